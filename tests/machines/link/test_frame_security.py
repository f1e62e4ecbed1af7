"""Which frames are believed; levels, keys, counters, and what they are protected from."""

import copy
from dataclasses import replace

import pytest

from p6lowpan.capability.errors import Malformed, UsageError
from p6lowpan.capability.limits import P6LOWPAN
from p6lowpan.capability.reasons import Reason
from p6lowpan.machines.link.configuration import LAST_FRAME_COUNTER, LinkKey, NeighborCounter
from p6lowpan.machines.link.frame_security import FrameSecurity, Opened
from p6lowpan.machines.link.framing import data_frame
from p6lowpan.machines.outcomes import Dropped
from p6lowpan.wire.ieee802154.frame import Frame
from p6lowpan.wire.ieee802154.security import secure
from p6lowpan.wire.ieee802154.security_header import (
    MIC_OCTETS,
    AuxiliarySecurityHeader,
    AuxiliarySecurityHeader2006,
    KeyIdentifierMode,
    SecurityLevel,
)

LIMITS = replace(P6LOWPAN, secured_neighbors=2, short_addresses=2)
LEVELS = [level for level in SecurityLevel if MIC_OCTETS[level]]
MODES = [
    {"mode": KeyIdentifierMode.IMPLICIT, "index": None},
    {"mode": KeyIdentifierMode.KEY_INDEX, "index": 9},
    {"mode": KeyIdentifierMode.KEY_SOURCE_4_OCTETS, "source": b"abcd"},
    {"mode": KeyIdentifierMode.KEY_SOURCE_8_OCTETS, "source": b"abcdefgh"},
]
HELLO = b"hello"
EUI = [bytes((2, 0, 0, 0, 0, 0, 0, number)) for number in range(10)]


@pytest.fixture
def party(device, secured):
    """Device ``number`` with security changed so, and its configuration."""

    def make(number, limits=LIMITS, device_changes=None, **changes):
        configuration = device(number, security=secured(**changes), **(device_changes or {}))
        return FrameSecurity(configuration, limits), configuration

    return make


@pytest.fixture
def hello():
    """A data frame from a device to device 1."""
    return lambda configuration, source=None: data_frame(
        configuration, source or configuration.address, EUI[1], 5, HELLO
    )


def reason_of(outcome):
    assert isinstance(outcome, Dropped)
    return outcome.reason


@pytest.mark.parametrize("version", [1, 2])
@pytest.mark.parametrize("mode", MODES, ids=lambda mode: mode["mode"].name)
@pytest.mark.parametrize("level", LEVELS, ids=lambda level: level.name)
def test_what_one_seals_the_other_opens(party, hello, level, mode, version):
    key = LinkKey(bytes(range(16)), **mode)
    changes = {"keys": (key,), "level": level, "minimum_level": level, "device_changes": {"frame_version": version}}
    (alice, configuration), (bob, _) = party(2, **changes), party(1, **changes)
    plain = hello(configuration)
    sealed = alice.seal(plain)
    assert len(sealed.encode()) == len(plain.encode()) + alice.overhead
    assert (HELLO in sealed.encode()) == (level < SecurityLevel.ENC)
    assert bob.open(Frame.decode_all(sealed.encode())) == Opened(plain, secured=True)


def test_without_security_frames_go_and_come_as_they_are(device, hello):
    alice = FrameSecurity(device(2), LIMITS)
    plain = hello(device(2))
    assert (alice.seal(plain), alice.overhead) == (plain, 0)
    assert alice.open(plain) == Opened(plain, secured=False)
    assert alice.neighbor_counters == ()


def test_each_frame_has_a_counter_of_its_own(party, hello):
    alice, configuration = party(2, frame_counter=41)
    assert [alice.seal(hello(configuration)).security.frame_counter for _ in range(3)] == [41, 42, 43]
    assert alice.frame_counter == 44


def test_when_the_last_counter_is_used_nothing_goes_out(party, hello):
    alice, configuration = party(2, frame_counter=LAST_FRAME_COUNTER - 1)
    assert alice.seal(hello(configuration)).security.frame_counter == LAST_FRAME_COUNTER - 1
    for _ in range(2):
        assert reason_of(alice.seal(hello(configuration))) is Reason.COUNTER_EXHAUSTED
    assert alice.frame_counter == LAST_FRAME_COUNTER


def test_a_frame_is_taken_once(party, hello):
    (alice, configuration), (bob, _) = party(2), party(1)
    sealed = alice.seal(hello(configuration))
    assert bob.open(sealed).secured
    assert reason_of(bob.open(sealed)) is Reason.REPLAYED


def test_a_frame_that_was_overtaken_is_not_taken(party, hello):
    (alice, configuration), (bob, _) = party(2), party(1)
    first, second = alice.seal(hello(configuration)), alice.seal(hello(configuration))
    assert bob.open(second).secured
    assert reason_of(bob.open(first)) is Reason.REPLAYED


def test_counters_of_two_neighbors_have_nothing_to_do_with_each_other(party, hello):
    (alice, her), (carol, hers), (bob, _) = party(2, frame_counter=100), party(3), party(1)
    assert bob.open(alice.seal(hello(her))).secured
    assert bob.open(carol.seal(hello(hers))).secured


def test_counters_of_two_keys_have_nothing_to_do_with_each_other(party, hello):
    old, new = LinkKey(bytes(16), index=1), LinkKey(bytes(15) + b"\1", index=2)
    (before, configuration), (after, _) = party(2, keys=(old,), frame_counter=100), party(2, keys=(new,))
    bob, _ = party(1, keys=(new, old))
    assert bob.open(before.seal(hello(configuration))).secured
    assert bob.open(after.seal(hello(configuration))).secured
    assert [kept.counter for kept in bob.neighbor_counters] == [100, 0]


def test_a_forged_frame_moves_no_counter(party, hello):
    (alice, configuration), (bob, _) = party(2), party(1)
    (mallory, _) = party(2, keys=(LinkKey(bytes(16)),), frame_counter=1 << 31)
    assert reason_of(bob.open(mallory.seal(hello(configuration)))) is Reason.BAD_INTEGRITY_CODE
    assert bob.neighbor_counters == ()
    assert bob.open(alice.seal(hello(configuration))).secured


def test_every_damaged_bit_is_found_and_moves_no_counter(party, hello):
    (alice, configuration), (bob, _) = party(2), party(1)
    octets = alice.seal(hello(configuration)).encode()
    reasons = set()
    for bit in range(8 * len(octets)):
        damaged = bytearray(octets)
        damaged[bit // 8] ^= 1 << bit % 8
        try:
            reasons.add(reason_of(bob.open(Frame.decode_all(bytes(damaged)))))
        except Malformed:
            continue
    assert reasons == {
        Reason.BAD_INTEGRITY_CODE,
        Reason.NO_KEY,
        Reason.SECURITY_TOO_LOW,
        Reason.TRUNCATED,  # one bit makes a beacon of it
        Reason.UNSUPPORTED,
    }
    assert bob.neighbor_counters == ()
    assert bob.open(Frame.decode_all(octets)).secured


def test_the_counter_that_ends_a_key_is_not_taken(party, hello):
    bob, configuration = party(1)
    for counter, outcome in ((LAST_FRAME_COUNTER, Reason.COUNTER_EXHAUSTED), (LAST_FRAME_COUNTER - 1, None)):
        header = AuxiliarySecurityHeader2006(level=5, key_identifier_mode=1, frame_counter=counter, key_index=1)
        opened = bob.open(secure(hello(configuration, EUI[2]), header, bytes(range(0xC0, 0xD0)), EUI[2]))
        assert (opened.reason if isinstance(opened, Dropped) else None) is outcome


def test_an_unsecured_frame_is_taken_only_where_nothing_is_demanded(party, hello, device):
    plain = hello(device(2))
    strict, _ = party(1)
    assert reason_of(strict.open(plain)) is Reason.SECURITY_TOO_LOW
    lenient, _ = party(1, minimum_level=SecurityLevel.NONE)
    assert lenient.open(plain) == Opened(plain, secured=False)


@pytest.mark.parametrize("level", LEVELS, ids=lambda level: level.name)
@pytest.mark.parametrize("minimum", LEVELS, ids=lambda level: level.name)
def test_less_than_the_minimum_is_refused_before_anything_else(party, hello, level, minimum):
    alice, configuration = party(2, level=level, minimum_level=SecurityLevel.NONE)
    bob, _ = party(1, level=SecurityLevel.ENC_MIC_128, minimum_level=minimum)
    outcome = bob.open(alice.seal(hello(configuration)))
    enough = MIC_OCTETS[level] >= MIC_OCTETS[minimum] and (level >= 4 or minimum < 4)
    if enough:
        assert outcome.secured
    else:
        assert reason_of(outcome) is Reason.SECURITY_TOO_LOW
        assert bob.neighbor_counters == ()


@pytest.mark.parametrize("level", [SecurityLevel.NONE, SecurityLevel.ENC], ids=lambda level: level.name)
def test_a_level_that_authenticates_nothing_is_refused_even_where_nothing_is_demanded(party, hello, level):
    # Otherwise anybody could move a neighbor's counter to its end with a forged frame.
    bob, configuration = party(1, minimum_level=SecurityLevel.NONE)
    header = AuxiliarySecurityHeader2006(level=level, key_identifier_mode=1, frame_counter=1 << 31, key_index=1)
    forged = secure(hello(configuration, EUI[2]), header, bytes(range(0xC0, 0xD0)), EUI[2])
    assert reason_of(bob.open(forged)) is Reason.SECURITY_TOO_LOW
    assert bob.neighbor_counters == ()


def test_a_key_is_found_by_its_whole_name(party, hello):
    bob, _ = party(1)
    for name in ({"index": 2}, *MODES):
        alice, configuration = party(2, keys=(LinkKey(bytes(range(0xC0, 0xD0)), **name),))
        assert reason_of(bob.open(alice.seal(hello(configuration)))) is Reason.NO_KEY


def test_a_secured_frame_is_not_taken_without_keys(party, hello, device):
    alice, configuration = party(2)
    nobody = FrameSecurity(device(1), LIMITS)
    assert reason_of(nobody.open(alice.seal(hello(configuration)))) is Reason.NO_KEY


def test_a_short_source_needs_its_eui64(party, hello):
    alice, configuration = party(2, device_changes={"short": b"\0\2"})
    bob, _ = party(1)
    assert reason_of(bob.open(alice.seal(hello(configuration)))) is Reason.NO_EXTENDED_ADDRESS
    assert bob.identities.learn(b"\0\2", EUI[3]) == ()
    assert reason_of(bob.open(alice.seal(hello(configuration)))) is Reason.BAD_INTEGRITY_CODE
    bob.identities.learn(b"\0\2", EUI[2])
    sealed = alice.seal(hello(configuration))
    assert bob.open(sealed).secured
    # One counter for both kinds of address.
    assert [kept.neighbor for kept in bob.neighbor_counters] == [EUI[2]]
    assert bob.open(alice.seal(hello(configuration, EUI[2]))).secured
    assert len(bob.neighbor_counters) == 1


def test_the_table_of_short_addresses_forgets_the_one_learned_first_and_says_so(party):
    bob, _ = party(1)
    assert bob.identities.learn(b"\0\2", EUI[2]) == bob.identities.learn(b"\0\3", EUI[3]) == ()
    [dropped] = bob.identities.learn(b"\0\4", EUI[4])
    assert dropped.reason is Reason.SHORT_ADDRESSES_FULL
    assert "0x0002" in dropped.detail


@pytest.mark.parametrize(("short", "extended"), [(b"\0", EUI[2]), (EUI[2], EUI[2]), (b"\0\2", b"\0\2")])
def test_only_a_short_and_an_extended_address_belong_together(party, short, extended):
    bob, _ = party(1)
    with pytest.raises(UsageError):
        bob.identities.learn(short, extended)


@pytest.mark.parametrize("short", [None, b"\0\1"])
def test_our_own_frames_sent_back_at_us_are_replays(party, hello, short):
    bob, configuration = party(1, device_changes={"short": short})
    assert reason_of(bob.open(bob.seal(hello(configuration)))) is Reason.REPLAYED
    assert bob.neighbor_counters == ()


def test_a_full_table_of_counters_refuses_new_neighbors_and_forgets_nobody(party, hello):
    bob, _ = party(1)
    neighbors = [party(number) for number in (2, 3, 4)]
    for alice, configuration in neighbors[:2]:
        assert bob.open(alice.seal(hello(configuration))).secured
    stranger, strange = neighbors[2]
    assert reason_of(bob.open(stranger.seal(hello(strange)))) is Reason.SECURED_NEIGHBORS_FULL
    assert len(bob.neighbor_counters) == LIMITS.secured_neighbors
    for alice, configuration in neighbors[:2]:
        assert bob.open(alice.seal(hello(configuration))).secured
    assert reason_of(bob.open(stranger.seal(hello(strange)))) is Reason.SECURED_NEIGHBORS_FULL


def test_after_a_restart_old_frames_stay_old(party, hello):
    (alice, configuration), (bob, _) = party(2), party(1)
    sealed = alice.seal(hello(configuration))
    assert bob.open(sealed).secured
    restarted, _ = party(1, neighbor_counters=bob.neighbor_counters)
    assert restarted.neighbor_counters == bob.neighbor_counters
    assert reason_of(restarted.open(sealed)) is Reason.REPLAYED


def test_more_counters_than_there_is_room_for_are_refused(party):
    kept = tuple(NeighborCounter((1, b"", 1), neighbor, 1) for neighbor in EUI[2:5])
    assert party(1, neighbor_counters=kept[:2])[0].neighbor_counters == kept[:2]
    with pytest.raises(UsageError):
        party(1, neighbor_counters=kept)


def test_security_without_a_frame_counter_is_not_supported(party, hello, device):
    bob, _ = party(1)
    plain = hello(device(2, frame_version=2))
    header = AuxiliarySecurityHeader(level=5, key_identifier_mode=1, asn_in_nonce=1, key_index=1)
    in_slots = secure(plain, header, bytes(range(0xC0, 0xD0)), EUI[2], 7)
    of_2003 = Frame(
        frame_version=0, security_enabled=1, sequence_number=1, destination_pan=1, destination=EUI[1], source=EUI[2]
    )
    without = replace(in_slots, security=replace(header, asn_in_nonce=0))
    both = replace(in_slots, security=replace(header, frame_counter=1, frame_counter_suppression=0))
    for frame in (in_slots, of_2003, without, both):
        assert reason_of(bob.open(frame)) is Reason.UNSUPPORTED


def test_a_copy_goes_on_by_itself(party, hello):
    (alice, configuration), (bob, _) = party(2), party(1)
    twin = copy.deepcopy(bob)
    sealed = alice.seal(hello(configuration))
    assert bob.open(sealed) == twin.open(sealed)
    later = alice.seal(hello(configuration))
    assert twin.open(later).secured
    assert bob.open(later).secured
