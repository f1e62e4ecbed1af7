"""Thread network data."""

import pytest

from p6lowpan.capability.errors import Malformed, UsageError
from p6lowpan.capability.reasons import Reason
from p6lowpan.wire.thread.network_data import ENTRIES, INNER_ENTRIES, ContextEntry, PrefixEntry, UnknownEntry

# From frame 41 of openthread-form.pcap, as Wireshark decrypts and shows it.
PREFIX = bytes.fromhex("0314004020010db80000000105049c000 033".replace(" ", "") + "07021140")
COMMISSIONING = bytes.fromhex("08040b0233c5")


def test_a_prefix_with_its_border_router_and_its_context() -> None:
    entry, rest = ENTRIES.decode(PREFIX)
    assert rest == b""
    assert isinstance(entry, PrefixEntry)
    assert (entry.stable, entry.domain, entry.prefix_length) == (1, 0, 64)
    assert entry.prefix.hex() == "20010db800000001"
    router, context = entry.entries
    assert router == UnknownEntry(entry_type=2, stable=1, content=bytes.fromhex("9c000033"))
    assert context == ContextEntry(stable=1, compress=1, context_identifier=1, context_length=64)
    assert entry.encode() == PREFIX
    built = PrefixEntry(stable=1, prefix_length=64, prefix=entry.prefix, entries=(router, context))
    assert built == entry


def test_an_entry_that_nobody_reads_keeps_its_octets() -> None:
    entry, rest = ENTRIES.decode(COMMISSIONING + PREFIX)
    assert entry == UnknownEntry(entry_type=4, content=COMMISSIONING[2:])
    assert rest == PREFIX


def test_the_fields_are_said_in_words() -> None:
    entry, _ = ENTRIES.decode(PREFIX)
    words = {span.name: span.meaning for span in entry.layout()}
    assert words["entry_type"] == "prefix"
    assert words["stable"] == "stable"
    assert words["prefix"] == "2001:db8:0:1::"


@pytest.mark.parametrize("bits", [0, 1, 63, 64, 65, 128])
def test_a_prefix_has_as_many_octets_as_its_bits_need(bits: int) -> None:
    octets = bytes((0x02, 2 + (bits + 7) // 8, 0, bits)) + bytes((bits + 7) // 8)
    entry, rest = ENTRIES.decode(octets)
    assert rest == b""
    assert isinstance(entry, PrefixEntry)
    assert len(entry.prefix) == (bits + 7) // 8


@pytest.mark.parametrize(
    ("octets", "reason"),
    [
        (bytes((0x02, 19, 0, 129)) + bytes(17), Reason.BAD_VALUE),
        (bytes((0x02, 1, 0, 0)), Reason.BAD_LENGTH),
        (bytes((0x02, 9, 0, 64)) + bytes(8), Reason.BAD_LENGTH),
        (PREFIX[:-1], Reason.TRUNCATED),
        (bytes((0x02, 5, 0, 0, 0x07, 3, 0x11)), Reason.TRUNCATED),
        (bytes((0x02, 5, 0, 0, 0x07, 1, 0x11)), Reason.TRUNCATED),
    ],
)
def test_what_contradicts_itself_is_refused(octets: bytes, reason: Reason) -> None:
    with pytest.raises(Malformed) as raised:
        ENTRIES.decode(octets)
    assert raised.value.reason is reason


def test_a_context_has_two_octets() -> None:
    with pytest.raises(Malformed) as raised:
        INNER_ENTRIES.decode(bytes((0x07, 3, 0x11, 64, 0)))
    assert raised.value.reason is Reason.BAD_LENGTH
    with pytest.raises(UsageError):
        ContextEntry(context_identifier=16, context_length=64)
