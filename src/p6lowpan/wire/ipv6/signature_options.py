"""Options that prove ownership: SEND (RFC 3971 section 5) and address-protected discovery (RFC 8928 section 4).

What is signed and hashed is kept as octets; nothing is verified here.
"""

from typing import Annotated

from p6lowpan.wire.description import AUTO, U8, U16, U32, Bits, Computed, Header, Meaning, Octets, wire
from p6lowpan.wire.ipv6.neighbor_option import FixedType, exactly
from p6lowpan.wire.ipv6.registry import NeighborOptionType

CRYPTO_TYPES = {  # RFC 8928 section 8.2
    0: "ECDSA256: NIST P-256, SHA-256",
    1: "Ed25519: SHA-512",
    2: "ECDSA25519: Wei25519, SHA-256",
}


@wire("nd-option-cga")
class CgaOption(Header):
    """RFC 3971 section 5.1: the parameters that a cryptographically generated address is made of (RFC 3972)."""

    type: FixedType = NeighborOptionType.CGA
    length: Annotated[int, Bits(8), Computed("(len(parameters) + len(padding) + 4) // 8")] = AUTO
    pad_length: Annotated[int, Bits(8), Computed("len(padding)")] = AUTO
    reserved: U8 = 0
    parameters: Annotated[bytes, Octets("8 * length - 4 - pad_length"), Meaning(bytes.hex)]
    padding: Annotated[bytes, Octets("pad_length")]


@wire("nd-option-rsa-signature")
class RsaSignature(Header):
    """RFC 3971 section 5.2. The size of the signature follows from the key: signature and padding are one field."""

    type: FixedType = NeighborOptionType.RSA_SIGNATURE
    length: Annotated[int, Bits(8), Computed("(len(signature_and_padding) + 20) // 8")] = AUTO
    reserved: U16 = 0
    key_hash: Annotated[bytes, Octets(16), Meaning(bytes.hex)]
    signature_and_padding: Annotated[bytes, Octets("8 * length - 20"), Meaning(bytes.hex)]


def timestamp_in_words(value: int) -> str:
    """Seconds since 1970 with 16 bits of fraction."""
    return f"{value / 65536:.4f} s since 1970"


@wire("nd-option-timestamp")
class Timestamp(Header):
    """RFC 3971 section 5.3.1."""

    CHECKS = exactly(2, "RFC 3971 section 5.3.1")
    type: FixedType = NeighborOptionType.TIMESTAMP
    length: U8 = 2
    reserved: Annotated[int, Bits(48)] = 0
    timestamp: Annotated[int, Bits(64), Meaning(timestamp_in_words)]


@wire("nd-option-nonce")
class Nonce(Header):
    """RFC 3971 section 5.3.2; RFC 8928 section 6.1 challenges with it."""

    type: FixedType = NeighborOptionType.NONCE
    length: Annotated[int, Bits(8), Computed("(len(nonce) + 2) // 8")] = AUTO
    nonce: Annotated[bytes, Octets("8 * length - 2"), Meaning(bytes.hex)]


@wire("nd-option-crypto-id-parameters")
class CryptoIdParameters(Header):
    """RFC 8928 section 4.3 (CIPO): what a Crypto-ID, the verifier of a registration, is the hash of."""

    type: FixedType = NeighborOptionType.CRYPTO_ID_PARAMETERS
    length: Annotated[int, Bits(8), Computed("(len(public_key) + len(padding) + 7) // 8")] = AUTO
    reserved: Annotated[int, Bits(5)] = 0
    public_key_length: Annotated[int, Bits(11), Computed("len(public_key)")] = AUTO
    crypto_type: Annotated[int, Bits(8), Meaning(CRYPTO_TYPES)]
    modifier: U8 = 0
    registration_option_length: U8
    public_key: Annotated[bytes, Octets("public_key_length"), Meaning(bytes.hex)]
    padding: Annotated[bytes, Octets("8 * length - 7 - public_key_length")]


@wire("nd-option-signature")
class SignatureOption(Header):
    """RFC 8928 section 4.4 (NDPSO): the signature that proves the ownership of a Crypto-ID."""

    type: FixedType = NeighborOptionType.SIGNATURE
    length: Annotated[int, Bits(8), Computed("(len(signature) + len(padding) + 8) // 8")] = AUTO
    reserved_bits: Annotated[int, Bits(5)] = 0
    signature_length: Annotated[int, Bits(11), Computed("len(signature)")] = AUTO
    reserved: U32 = 0
    signature: Annotated[bytes, Octets("signature_length"), Meaning(bytes.hex)]
    padding: Annotated[bytes, Octets("8 * length - 8 - signature_length")]
