"""What the C core remembers of its neighbors' levels, and how it tells its own."""

import ctypes

import pytest

from core.bound_core import REASONS
from core.bound_level import Build
from p6lowpan.capability import profile
from p6lowpan.capability.reasons import Reason
from p6lowpan.machines.adaptation.class_unsupported import error_packet
from p6lowpan.wire.address import LinkAddress, link_local
from p6lowpan.wire.ipv6.capability_options import CapabilityIndication, FlexCapability, level_of, with_level

OURS, THEIRS = (link_local(LinkAddress(bytes((2, 0, 0, 0, 0, 0, 0, number)))) for number in (1, 2))
UNKNOWN, NEIGHBORS = 7, 21


@pytest.fixture(scope="module")
def core(tmp_path_factory) -> ctypes.CDLL:
    return Build(3).compiled(tmp_path_factory.mktemp("level"))


@pytest.fixture
def table() -> ctypes.Array[ctypes.c_char]:
    octets = (NEIGHBORS * 3 + 13) // 8
    return ctypes.create_string_buffer(b"\xff" * octets, octets)


def test_every_neighbor_has_three_bits_of_its_own(core, table) -> None:
    assert [core.p6_level(table, neighbor) for neighbor in range(NEIGHBORS)] == [UNKNOWN] * NEIGHBORS
    for neighbor in range(NEIGHBORS):
        core.p6_set_level(table, neighbor, neighbor % 8)
    assert [core.p6_level(table, neighbor) for neighbor in range(NEIGHBORS)] == [each % 8 for each in range(NEIGHBORS)]


def learned(core, table, packet: bytes) -> Reason | None:
    return REASONS[core.p6_learn(table, 5, packet, ctypes.c_size_t(len(packet)))]


def test_an_error_lowers_a_level_and_never_raises_one(core, table) -> None:
    assert learned(core, table, error_packet(profile.of_level(3), THEIRS, OURS)) is Reason.STALE, "we send no more"
    assert learned(core, table, error_packet(profile.of_level(2), THEIRS, OURS)) is None
    assert core.p6_level(table, 5) == 2
    assert learned(core, table, error_packet(profile.of_level(2), THEIRS, OURS)) is Reason.STALE
    assert learned(core, table, error_packet(profile.of_level(0), THEIRS, OURS)) is None
    assert [core.p6_level(table, neighbor) for neighbor in (4, 5, 6)] == [UNKNOWN, 0, UNKNOWN]


def test_other_messages_teach_nothing(core, table) -> None:
    error = error_packet(profile.of_level(0), THEIRS, OURS)
    off_link = error[:7] + b"\xfe" + error[8:]
    for packet in (b"", error[:-1], error + b"\0", off_link, error[:41] + b"\x07" + error[42:], error[:40] + bytes(4)):
        assert learned(core, table, packet) is Reason.BAD_VALUE
    assert core.p6_level(table, 5) == UNKNOWN


def test_the_level_in_a_capability_indication_is_told_and_read_as_in_python(core) -> None:
    flags = CapabilityIndication(router=1, generic_compression=1, experiments=0x0F)
    option = ctypes.create_string_buffer(flags.encode(), 8)
    core.p6_tell_level(option)
    assert option.raw == with_level(flags, 3).encode()
    for level in range(7):
        assert core.p6_told_level(with_level(flags, level).encode()) == level
    assert (
        core.p6_told_level(flags.encode()) == UNKNOWN == core.p6_told_level(b"\x01" + with_level(flags, 2).encode()[1:])
    )
    assert level_of(CapabilityIndication.decode_all(option.raw)) == 3


def test_flex_neighbors_are_known_by_fields(tmp_path) -> None:
    ours = 0xFFFFC000
    core = Build(4, flex=ours).compiled(tmp_path)
    core.p6_told_field.restype = ctypes.c_uint32
    fields = (ctypes.c_uint32 * 3)(ours, ours, ours)

    def learn(field: int) -> Reason | None:
        packet = error_packet(profile.of_flex(field), THEIRS, OURS)
        return REASONS[core.p6_learn(fields, 1, packet, ctypes.c_size_t(len(packet)))]

    assert learn(0xFFFFFF00) is Reason.STALE, "it takes all that we send"
    assert learn(0x3F000000) is None
    assert list(fields) == [ours, 0xFF000000, ours], "level 0 is always there"
    assert learn(0x3F000000) is Reason.STALE
    error = error_packet(profile.of_level(2), THEIRS, OURS)
    assert REASONS[core.p6_learn(fields, 1, error, ctypes.c_size_t(len(error)))] is Reason.BAD_VALUE
    option = ctypes.create_string_buffer(8)
    core.p6_tell_field(option, ctypes.c_uint32(ours))
    assert FlexCapability.decode_all(option.raw) == FlexCapability(features=ours)
    assert core.p6_told_field(option) == ours
    assert core.p6_told_field(CapabilityIndication().encode()) == 0
