"""CCM*: RFC 3610's packet vectors, CCM built from AES alone, and the lone counter mode."""

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import ECB

from p6lowpan.capability.errors import UsageError
from p6lowpan.wire.ieee802154 import ccm_star

KEY = bytes(range(0xC0, 0xD0))
NONCE = bytes.fromhex("acde4800000000010000000506")


def aes(block):
    encryptor = Cipher(AES(KEY), ECB()).encryptor()
    return encryptor.update(block) + encryptor.finalize()


def xor(left, right):
    return bytes(a ^ b for a, b in zip(left, right, strict=False))


def by_hand(nonce, header, message, code_octets):
    """IEEE 802.15.4-2015 annex B.4.1, block by block."""

    def padded(octets):
        return octets + bytes(-len(octets) % 16)

    flags = 1 | (code_octets - 2) // 2 << 3 if code_octets else 1
    if header:
        flags |= 0x40
    blocks = bytes((flags,)) + nonce + len(message).to_bytes(2, "big")
    if header:
        blocks += padded(len(header).to_bytes(2, "big") + header)
    blocks += padded(message)
    state = bytes(16)
    for start in range(0, len(blocks), 16):
        state = aes(xor(state, blocks[start : start + 16]))
    stream = b"".join(aes(b"\1" + nonce + number.to_bytes(2, "big")) for number in range(len(message) // 16 + 2))
    return xor(message, stream[16:]), xor(state, stream)[:code_octets]


@pytest.mark.parametrize("code_octets", [0, 4, 8, 16])
@pytest.mark.parametrize("length", [0, 1, 15, 16, 17, 100])
@pytest.mark.parametrize("header", [b"", b"header", bytes(range(60))])
def test_it_is_what_the_annex_describes(code_octets, length, header):
    message = bytes(range(length))
    sealed = ccm_star.seal(KEY, NONCE, header, message, code_octets)
    assert sealed == by_hand(NONCE, header, message, code_octets)
    assert ccm_star.unseal(KEY, NONCE, header, *sealed) == message


def test_packet_vector_1_of_rfc_3610():
    nonce = bytes.fromhex("00000003020100a0a1a2a3a4a5")
    packet = bytes(range(31))
    ciphertext, code = ccm_star.seal(KEY, nonce, packet[:8], packet[8:], 8)
    assert ciphertext.hex() == "588c979a61c663d2f066d0c2c0f989806d5f6b61dac384"
    assert code.hex() == "17e8d12cfdf926e0"


def test_a_wrong_code_header_key_or_nonce_is_no_message():
    ciphertext, code = ccm_star.seal(KEY, NONCE, b"header", b"message", 8)
    assert ccm_star.unseal(KEY, NONCE, b"Header", ciphertext, code) is None
    assert ccm_star.unseal(KEY, NONCE, b"header", ciphertext, bytes(8)) is None
    assert ccm_star.unseal(KEY[::-1], NONCE, b"header", ciphertext, code) is None
    assert ccm_star.unseal(KEY, NONCE[::-1], b"header", ciphertext, code) is None


def test_lengths_that_ccm_star_does_not_have_are_refused():
    for key, nonce, code_octets in ((KEY[1:], NONCE, 4), (KEY, NONCE[1:], 4), (KEY, NONCE, 5)):
        with pytest.raises(UsageError):
            ccm_star.seal(key, nonce, b"", b"", code_octets)
        with pytest.raises(UsageError):
            ccm_star.unseal(key, nonce, b"", b"", bytes(code_octets))
