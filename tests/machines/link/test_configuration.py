"""What a device may be configured to be."""

import pytest

from p6lowpan.capability.errors import UsageError
from p6lowpan.machines.link.configuration import LinkKey, LinkSecurity, LinkTiming, satisfies
from p6lowpan.wire.ieee802154.security_header import KeyIdentifierMode, SecurityLevel

OCTETS = bytes(16)
SYMBOL = 16


def test_the_times_are_those_of_the_standard():
    # IEEE 802.15.4-2015 tables 8-94, 11-1: aTurnaroundTime 12 symbols, aUnitBackoffPeriod = turnaround + 8 of CCA,
    # macAckWaitDuration = aUnitBackoffPeriod + aTurnaroundTime + 10 of SHR + 6 octets of 2 symbols
    timing = LinkTiming()
    assert timing.turnaround_us == 12 * SYMBOL
    assert timing.backoff_period_us == (12 + 8) * SYMBOL
    assert timing.acknowledgement_wait_us == (20 + 12 + 10 + 6 * 2) * SYMBOL
    assert (timing.short_spacing_us, timing.long_spacing_us) == (12 * SYMBOL, 40 * SYMBOL)


@pytest.mark.parametrize(
    "changes",
    [
        {"extended": b"\1\2"},
        {"short": b""},
        {"short": b"\xff\xff"},
        {"short": b"\xff\xfe"},
        {"short": bytes(8)},
        {"pan": 0xFFFF},
        {"pan": -1},
        {"frame_version": 3},
    ],
    ids=str,
)
def test_what_nobody_can_be_is_refused(device, changes):
    with pytest.raises(UsageError):
        device(1, **changes)


def test_a_frame_of_version_0_cannot_be_secured(device, secured):
    with pytest.raises(UsageError, match="version 0"):
        device(1, frame_version=0, security=secured())
    assert device(1, frame_version=0).security is None


def test_frames_come_from_the_short_address_where_there_is_one(device):
    assert device(1).address == device(1).extended
    assert device(1, short=b"\0\1").address == b"\0\1"
    assert device(1, short=b"\0\1").addresses == (device(1).extended, b"\0\1")


@pytest.mark.parametrize(
    "key",
    [
        {"octets": bytes(15)},
        {"index": 256},
        {"index": None},
        {"mode": KeyIdentifierMode.IMPLICIT},
        {"mode": KeyIdentifierMode.KEY_SOURCE_4_OCTETS, "source": bytes(8)},
        {"source": bytes(4)},
    ],
    ids=str,
)
def test_a_key_that_no_frame_can_name_is_refused(key):
    with pytest.raises(UsageError):
        LinkKey(**{"octets": OCTETS, **key})


def test_a_key_is_not_shown():
    assert OCTETS.hex() not in repr(LinkKey(OCTETS))
    assert repr(OCTETS) not in repr(LinkKey(OCTETS))


@pytest.mark.parametrize(
    "changes",
    [
        {"keys": ()},
        {"keys": (LinkKey(OCTETS), LinkKey(bytes(15) + b"\1"))},
        {"level": SecurityLevel.NONE, "minimum_level": SecurityLevel.NONE},
        {"level": SecurityLevel.ENC},
        {"minimum_level": SecurityLevel.ENC},
        {"level": SecurityLevel.MIC_32, "minimum_level": SecurityLevel.MIC_64},
        {"frame_counter": -1},
        {"frame_counter": 1 << 32},
    ],
    ids=str,
)
def test_security_that_protects_nothing_or_talks_to_nobody_is_refused(secured, changes):
    with pytest.raises(UsageError):
        secured(**changes)


def test_a_level_satisfies_another_only_if_it_gives_all_of_it():
    better = {(a.name, b.name) for a in SecurityLevel for b in SecurityLevel if a != b and satisfies(a, b)}
    codes = ("MIC_32", "MIC_64", "MIC_128")
    expected = {(name, "NONE") for name in ("ENC", *codes, *(f"ENC_{code}" for code in codes))}
    expected |= {(f"ENC_{code}", "ENC") for code in codes}
    for place, code in enumerate(codes):
        for less in codes[: place + 1]:
            expected |= {(f"ENC_{code}", less)}
            if less != code:
                expected |= {(code, less), (f"ENC_{code}", f"ENC_{less}")}
    assert better == expected


def test_security_is_a_value():
    key = LinkKey(OCTETS)
    assert LinkSecurity(keys=(key,)) == LinkSecurity(keys=(LinkKey(OCTETS),))
