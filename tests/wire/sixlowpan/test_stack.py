"""The headers in front of a datagram and their order (RFC 4944 section 5, RFC 8025, RFC 8066, RFC 8931)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from p6lowpan.capability.errors import Malformed
from p6lowpan.capability.reasons import Reason
from p6lowpan.wire.address import Link, LinkAddress
from p6lowpan.wire.sixlowpan import routing_header
from p6lowpan.wire.sixlowpan.dispatch import Dispatch
from p6lowpan.wire.sixlowpan.fragment import FirstFragment, SubsequentFragment
from p6lowpan.wire.sixlowpan.mesh import BroadcastHeader, MeshHeader
from p6lowpan.wire.sixlowpan.paging import PageSwitch
from p6lowpan.wire.sixlowpan.stack import Stack, UncompressedDispatch, read_stack

LINK = Link(LinkAddress(bytes.fromhex("0212345678abcd01")), LinkAddress(bytes.fromhex("0212345678abcd02")))
MESH = "b5 0a0b 0c0d"
"""Both addresses short, 5 hops left."""

DEEP_MESH = "8f 20 0212345678abcd07 0212345678abcd08"
BROADCAST = "50 2a"
FIRST = "c0c8 beef"
SUBSEQUENT = "e0c8 beef 0c"


def read(octets: str) -> Stack:
    return read_stack(bytes.fromhex(octets), LINK)


def refused(octets: str) -> tuple[Reason, int]:
    with pytest.raises(Malformed) as caught:
        read(octets)
    return caught.value.reason, caught.value.offset


@pytest.mark.parametrize(
    ("octets", "kind"),
    [("41 60", Dispatch.IPV6), ("60", Dispatch.IPHC), ("7f", Dispatch.IPHC), ("42 00", Dispatch.HC1)],
)
def test_a_datagram_may_stand_alone(octets: str, kind: Dispatch) -> None:
    assert read(octets) == Stack((), 0, kind, LINK, None, 0)


@pytest.mark.parametrize(
    ("octets", "page"),
    [
        *(("41 60", page) for page in ("", "f1f0", "f0")),
        *(("7a33 3b", page) for page in ("", "f1f0", "f0", "f1")),
    ],
)
@pytest.mark.parametrize("mesh", ["", MESH, DEEP_MESH])
@pytest.mark.parametrize("broadcast", ["", BROADCAST])
@pytest.mark.parametrize("fragment", ["", FIRST])
def test_headers_in_their_order_are_taken_off(octets: str, mesh: str, broadcast: str, fragment: str, page: str) -> None:
    front = bytes.fromhex(mesh + broadcast + fragment + page)
    stack = read_stack(front + bytes.fromhex(octets), LINK)
    kinds = [
        *([MeshHeader] if mesh else []),
        *([BroadcastHeader] if broadcast else []),
        *([FirstFragment] if fragment else []),
        *[PageSwitch] * (len(page) // 2),
    ]
    assert [type(placed.header) for placed in stack.headers] == kinds
    assert b"".join(placed.header.encode() for placed in stack.headers) == front
    assert [placed.start for placed in stack.headers] == [0, *(placed.end for placed in stack.headers)][: len(kinds)]
    assert stack.at == len(front)
    assert stack.kind is (Dispatch.IPV6 if octets.startswith("41") else Dispatch.IPHC)
    assert stack.page == (int(page[-1]) if page else 0)
    assert stack.fragment == (FirstFragment(datagram_size=200, datagram_tag=0xBEEF) if fragment else None)


@pytest.mark.parametrize(
    ("mesh", "source", "destination"), [(MESH, "0a0b", "0c0d"), (DEEP_MESH, "0212345678abcd07", "0212345678abcd08")]
)
def test_behind_a_mesh_header_the_ends_are_originator_and_final_destination(
    mesh: str, source: str, destination: str
) -> None:
    ends = Link(LinkAddress(bytes.fromhex(source)), LinkAddress(bytes.fromhex(destination)))
    assert read(mesh + "7a33").link == ends
    assert read(mesh + SUBSEQUENT + "00").link == ends


def test_what_follows_a_subsequent_fragment_is_no_header() -> None:
    stack = read(SUBSEQUENT + "41 60")
    assert (stack.at, stack.kind) == (5, None)
    assert stack.fragment == SubsequentFragment(datagram_size=200, datagram_tag=0xBEEF, datagram_offset=12)


@pytest.mark.parametrize(
    ("octets", "at"), [("e901 0440 0010 41 60", 6), ("eb01 00000000", 6), ("40 81 41", 3), ("e901 0040 00c8 ff", 6)]
)
def test_what_follows_a_recoverable_fragment_or_an_escape_is_no_header(octets: str, at: int) -> None:
    stack = read(octets)
    assert (stack.at, stack.kind, stack.fragment) == (at, None, None)


@pytest.mark.parametrize(
    "octets",
    [
        *(MESH + MESH, BROADCAST + BROADCAST, BROADCAST + MESH, FIRST + MESH, FIRST + BROADCAST, FIRST + FIRST),
        *(FIRST + SUBSEQUENT, "f0" + MESH, "f0" + FIRST),
    ],
)
def test_headers_out_of_order_or_twice_are_malformed(octets: str) -> None:
    reason, offset = refused(octets + "7a33")
    assert reason is Reason.BAD_ORDER
    assert 0 < offset < len(bytes.fromhex(octets))


@pytest.mark.parametrize("front", ["", MESH, BROADCAST, FIRST, MESH + BROADCAST + FIRST, "f1"])
def test_a_frame_without_a_datagram_is_truncated(front: str) -> None:
    assert refused(front) == (Reason.TRUNCATED, len(bytes.fromhex(front)))


@pytest.mark.parametrize("octets", [MESH, DEEP_MESH, BROADCAST, FIRST, SUBSEQUENT, MESH + BROADCAST + SUBSEQUENT])
def test_a_header_cut_off_anywhere_is_truncated(octets: str) -> None:
    whole = bytes.fromhex(octets)
    for end in range(len(whole)):
        with pytest.raises(Malformed) as caught:
            read_stack(whole[:end], LINK)
        assert (caught.value.reason, caught.value.offset) == (Reason.TRUNCATED, end)


@pytest.mark.parametrize(
    ("octets", "reason"),
    [
        ("00", Reason.NOT_A_LOWPAN_FRAME),
        ("3f", Reason.NOT_A_LOWPAN_FRAME),
        ("44", Reason.UNKNOWN_DISPATCH),
        ("5f", Reason.UNKNOWN_DISPATCH),
        ("c8", Reason.UNKNOWN_DISPATCH),
        ("43", Reason.UNSUPPORTED),
        ("f2 60", Reason.UNKNOWN_DISPATCH),
        ("f1 41", Reason.UNKNOWN_DISPATCH),
    ],
)
@pytest.mark.parametrize("front", ["", MESH, FIRST])
def test_a_dispatch_that_begins_no_header_of_ours_is_malformed_where_it_stands(
    octets: str, reason: Reason, front: str
) -> None:
    at = len(bytes.fromhex(front)) + len(bytes.fromhex(octets)) - 1
    if octets.startswith("f"):
        octets += "00"
    assert refused(front + octets) == (reason, at)


@given(st.binary(max_size=40))
def test_any_octets_are_a_stack_or_malformed(octets: bytes) -> None:
    try:
        stack = read_stack(octets, LINK)
    except Malformed as error:
        at = error.offset
    else:
        at = stack.at
        assert b"".join(placed.header.encode() for placed in stack.headers) == octets[:at]
    assert 0 <= at <= len(octets)


def test_the_dispatch_of_an_uncompressed_packet_is_fixed() -> None:
    assert UncompressedDispatch().encode() == b"\x41"
    with pytest.raises(Malformed):
        UncompressedDispatch.decode(b"\x42")


def test_routing_headers_of_page_1_stand_in_front_of_the_compressed_header() -> None:
    """RFC 8138 section 4: page 1, an RPI-6LoRH, an elective header that nobody knows, then LOWPAN_IPHC."""
    rpi = routing_header.rpl_information(0, 256)
    unknown = routing_header.ElectiveRoutingHeader(type=30, contents=b"\x01\x02")
    octets = b"\xf1" + rpi.encode() + unknown.encode() + bytes.fromhex("7e33f30182aa")
    stack = read_stack(octets, Link())
    assert [placed.header for placed in stack.headers][1:] == [rpi, unknown]
    assert (stack.kind, stack.page, octets[stack.at]) == (Dispatch.IPHC, 1, 0x7E)


def test_a_critical_routing_header_of_unknown_type_drops_the_packet() -> None:
    """RFC 8138 section 4.2."""
    with pytest.raises(Malformed) as caught:
        read_stack(b"\xf1" + bytes((0b10000001, 30)) + bytes(8), Link())
    assert (caught.value.reason, caught.value.offset) == (Reason.UNSUPPORTED, 1)
