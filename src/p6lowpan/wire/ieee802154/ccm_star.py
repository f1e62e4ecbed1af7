"""CCM*: CCM with message integrity codes of 0, 4, 8 or 16 octets (IEEE 802.15.4-2015 annex B.4).

With a code it is CCM (RFC 3610) with two octets of length and a nonce of 13; without one it is counter mode alone,
which CCM does not have. Thread's MLE and others use it with nonces of the same form.
"""

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.aead import AESCCM
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CTR

from p6lowpan.capability.errors import UsageError

KEY_OCTETS = 16
NONCE_OCTETS = 13
LENGTH_OCTETS = 2  # L: 15 minus the nonce
CODE_OCTETS = (0, 4, 8, 16)


def seal(key: bytes, nonce: bytes, header: bytes, message: bytes, code_octets: int) -> tuple[bytes, bytes]:
    """Encrypt ``message`` and authenticate it with ``header``. Returns ciphertext and integrity code.

    Without an integrity code (``code_octets`` 0) nothing is authenticated.
    """
    _check(key, nonce, code_octets)
    if code_octets == 0:
        return _counter_mode(key, nonce, message), b""
    sealed = AESCCM(key, tag_length=code_octets).encrypt(nonce, message, header)
    return sealed[: len(message)], sealed[len(message) :]


def unseal(key: bytes, nonce: bytes, header: bytes, ciphertext: bytes, code: bytes) -> bytes | None:
    """The message, or ``None`` where the integrity code is not that of ``header`` and message."""
    _check(key, nonce, len(code))
    if not code:
        return _counter_mode(key, nonce, ciphertext)
    try:
        return AESCCM(key, tag_length=len(code)).decrypt(nonce, ciphertext + code, header)
    except InvalidTag:
        return None


def _counter_mode(key: bytes, nonce: bytes, octets: bytes) -> bytes:
    # Block A_0 is kept for the integrity code: the message starts with A_1 (annex B.4.1.3).
    first_block = bytes((LENGTH_OCTETS - 1,)) + nonce + (1).to_bytes(LENGTH_OCTETS, "big")
    encryptor = Cipher(AES(key), CTR(first_block)).encryptor()
    return encryptor.update(octets) + encryptor.finalize()


def _check(key: bytes, nonce: bytes, code_octets: int) -> None:
    if len(key) != KEY_OCTETS:
        raise UsageError(f"a key has {KEY_OCTETS} octets, not {len(key)}")
    if len(nonce) != NONCE_OCTETS:
        raise UsageError(f"a nonce has {NONCE_OCTETS} octets, not {len(nonce)}")
    if code_octets not in CODE_OCTETS:
        raise UsageError(f"an integrity code has 0, 4, 8 or 16 octets, not {code_octets}")
