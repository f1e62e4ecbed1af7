"""Thread's link-layer keys (Thread 1.1 specification, section 7.1.4).

One network key and a key sequence number make the key of MLE and the key of the MAC; frames name the sequence by its
low seven bits. Key identifier mode 2 with the key source and index below is for frames that everyone may read.
"""

import hmac
from dataclasses import dataclass

from p6lowpan.capability.errors import UsageError

NETWORK_KEY_OCTETS = 16
KEY_OCTETS = 16
LARGEST_SEQUENCE = 0xFFFFFFFF

WELL_KNOWN_KEY = bytes.fromhex("78581686fdb4580fb092546aecbd1566")
WELL_KNOWN_KEY_SOURCE = bytes.fromhex("ffffffff")
WELL_KNOWN_KEY_INDEX = 0xFF
WELL_KNOWN_EXTENDED_SOURCE = bytes.fromhex("3506feb823d48712")
"""The nonce of such frames takes this address instead of the sender's."""


@dataclass(frozen=True, slots=True)
class ThreadKeys:
    """The keys of one key sequence, and the key index under which frames name it."""

    mle: bytes
    mac: bytes
    key_index: int


def thread_keys(network_key: bytes, sequence: int) -> ThreadKeys:
    """HMAC-SHA256 of the sequence (4 octets, big endian) and ``Thread``: first half MLE's, second half the MAC's."""
    if len(network_key) != NETWORK_KEY_OCTETS:
        raise UsageError(f"a Thread network key has {NETWORK_KEY_OCTETS} octets, not {len(network_key)}")
    if not 0 <= sequence <= LARGEST_SEQUENCE:
        raise UsageError(f"a Thread key sequence has 32 bits, {sequence} does not")
    derived = hmac.digest(network_key, sequence.to_bytes(4, "big") + b"Thread", "sha256")
    return ThreadKeys(derived[:KEY_OCTETS], derived[KEY_OCTETS:], key_index(sequence))


def key_index(sequence: int) -> int:
    """The key index of a key sequence: 1 to 128."""
    return (sequence & 0x7F) + 1
