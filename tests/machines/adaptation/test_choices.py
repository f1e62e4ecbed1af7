"""The ways to send one header: every row that gives it back, and no other."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from p6lowpan.capability import limits
from p6lowpan.capability.features import Feature
from p6lowpan.capability.profile import LEVELS, RFC6282
from p6lowpan.machines.adaptation import choices
from p6lowpan.machines.adaptation.choices import (
    Choice,
    Ends,
    address_pairs,
    ipv6_choices,
    ipv6_rows,
    last_option,
    sent_addresses,
)
from p6lowpan.wire.address import Link, LinkAddress, parse_ipv6
from p6lowpan.wire.sixlowpan import iphc
from p6lowpan.wire.sixlowpan.address_modes import DESTINATION_MODES, SOURCE_MODES
from p6lowpan.wire.sixlowpan.contexts import Context, Contexts
from p6lowpan.wire.sixlowpan.expansion import expand
from p6lowpan.wire.sixlowpan.iphc import Iphc
from p6lowpan.wire.sixlowpan.payload import decode_payload
from p6lowpan.wire.sixlowpan.used_features import features_of
from properties.building import LINK_LOCAL_ALICE, extension, ipv6, udp
from properties.packets import Case, cases

ALICE, BOB = LinkAddress(bytes.fromhex("0212345678abcd01")), LinkAddress(bytes.fromhex("0212345678abcd02"))
SHORT = LinkAddress(bytes.fromhex("0a0b"))
ALL = RFC6282.receives
PREFIXES = {0: ("2001:db8::", 64), 3: ("2001:db8::", 32), 5: ("fd00:cafe:1:2:3300::", 72), 9: ("2001:db8:9::9", 128)}
CONTEXTS: Contexts = {
    number: Context(number, parse_ipv6(prefix), length) for number, (prefix, length) in PREFIXES.items()
}


def ends(link: Link) -> Ends:
    return Ends(link.source, link.destination, link.source_identifier, link.destination_identifier)


# --- addresses -------------------------------------------------------------------------------------------------------

UNICAST = [  # address, the modes that give it back as (SAC, SAM, octets, context)
    ("::", {(1, 0, 0, 0), (0, 0, 16, 0)}),
    (LINK_LOCAL_ALICE, {(0, 3, 0, 0), (0, 1, 8, 0), (0, 0, 16, 0)}),
    ("fe80::ff:fe00:1234", {(0, 2, 2, 0), (0, 1, 8, 0), (0, 0, 16, 0)}),
    ("fe80:0:0:1::1", {(0, 0, 16, 0)}),
    ("2001:db8::12:3456:78ab:cd01", {(1, 3, 0, 0), (1, 3, 0, 3), (1, 1, 8, 0), (1, 1, 8, 3), (0, 0, 16, 0)}),
    ("2001:db8::ff:fe00:1", {(1, 2, 2, 0), (1, 2, 2, 3), (1, 1, 8, 0), (1, 1, 8, 3), (0, 0, 16, 0)}),
    ("2001:db8:1::1", {(0, 0, 16, 0)}),
    ("fd00:cafe:1:2:3312:3456:78ab:cd01", {(1, 3, 0, 5), (1, 1, 8, 5), (0, 0, 16, 0)}),
    ("fd00:cafe:1:2:3400:ff:fe00:1", {(0, 0, 16, 0)}),
    ("fd00:cafe:1:2:3300:ff:fe00:1", {(1, 2, 2, 5), (1, 1, 8, 5), (0, 0, 16, 0)}),
    ("2001:db8:9::9", {(1, 3, 0, 9), (1, 2, 2, 9), (1, 1, 8, 9), (0, 0, 16, 0)}),
]


@pytest.mark.parametrize(("address", "modes"), UNICAST)
def test_a_source_is_sent_in_every_mode_that_gives_it_back(address: str, modes: set[tuple[int, ...]]) -> None:
    identifier = Link(ALICE, BOB).source_identifier
    found = list(sent_addresses(SOURCE_MODES, parse_ipv6(address), ALICE, identifier, CONTEXTS))
    assert {(one.mode.stateful, one.mode.mode, len(one.carried), one.context) for one in found} == modes
    assert len(found) == len(modes)


GROUPS = [
    ("ff02::1a", {(0, 3, 1), (0, 2, 4), (0, 1, 6), (0, 0, 16)}),
    ("ff02::100", {(0, 2, 4), (0, 1, 6), (0, 0, 16)}),
    ("ff05::1a", {(0, 2, 4), (0, 1, 6), (0, 0, 16)}),
    ("ff05::11:2233", {(0, 2, 4), (0, 1, 6), (0, 0, 16)}),
    ("ff05::11:2233:4455", {(0, 1, 6), (0, 0, 16)}),
    ("ff05::1:11:2233:4455", {(0, 0, 16)}),
    ("ff3e:140:2001:db8::89ab:cdef", {(1, 0, 6), (0, 0, 16)}),
    ("ff3e:120:2001:db8::89ab:cdef", {(1, 0, 6), (0, 0, 16)}),
    ("ff3e:130:2001:db8::89ab:cdef", {(0, 0, 16)}),
    ("ff3e:148:fd00:cafe:1:2:89ab:cdef", {(1, 0, 6), (0, 0, 16)}),
]


@pytest.mark.parametrize(("address", "modes"), GROUPS)
def test_a_group_is_sent_in_every_mode_that_gives_it_back(address: str, modes: set[tuple[int, ...]]) -> None:
    found = list(sent_addresses(choices.GROUP_MODES, parse_ipv6(address), BOB, bytes(8), CONTEXTS))
    assert {(one.mode.stateful, one.mode.mode, len(one.carried)) for one in found} == modes


def test_group_and_unicast_modes_are_all_modes() -> None:
    assert set(choices.GROUP_MODES) | set(choices.UNICAST_MODES) == set(DESTINATION_MODES)


def test_a_context_for_decompression_only_is_not_used() -> None:
    only = {0: replace(CONTEXTS[0], compress=False)}
    address = parse_ipv6("2001:db8::1")
    (found,) = sent_addresses(SOURCE_MODES, address, ALICE, bytes(8), only)
    assert found.mode.octets == 16


def test_without_a_link_layer_address_nothing_is_taken_from_it() -> None:
    found = list(sent_addresses(SOURCE_MODES, parse_ipv6(LINK_LOCAL_ALICE), b"", None, CONTEXTS))
    assert {len(one.carried) for one in found} == {8, 16}


def test_an_identifier_from_a_short_link_layer_address_needs_short_addresses() -> None:
    address, link = parse_ipv6("fe80::ff:fe00:a0b"), Link(SHORT, BOB)
    found = {
        (one.mode.mode): one.features
        for one in sent_addresses(SOURCE_MODES, address, SHORT, link.source_identifier, {})
    }
    assert {mode for mode, features in found.items() if Feature.SHORT_ADDRESSES in features} == {2, 3}


@pytest.mark.parametrize(
    ("source", "destination", "cost"),
    [
        (LINK_LOCAL_ALICE, "2001:db8::1:2:3:4", 8),  # context 0, without an octet that names it
        (LINK_LOCAL_ALICE, "fd00:cafe:1:2:3300:ff:fe00:1", 3),
        ("fd00:cafe:1:2:3300:ff:fe00:1", "fd00:cafe:1:2:3300:ff:fe00:1", 5),
        ("2001:db8:9::9", "2001:db8:9::9", 1),
        ("::", "ff02::1", 1),
    ],
)
def test_naming_contexts_costs_one_octet_for_both_addresses(source: str, destination: str, cost: int) -> None:
    pairs = address_pairs(parse_ipv6(source), parse_ipv6(destination), ends(Link(ALICE, BOB)), CONTEXTS, ALL)
    costs = [len(one.carried) + len(other.carried) + bool(one.context or other.context) for one, other in pairs]
    assert costs[0] == cost
    assert costs == sorted(costs)


def test_of_two_contexts_for_an_address_the_one_that_needs_no_name_comes_first() -> None:
    last_first = dict(reversed(CONTEXTS.items()))
    address = parse_ipv6("2001:db8::12:3456:78ab:cd01")
    (source, _), *_ = address_pairs(address, parse_ipv6("fe80::1"), ends(Link(ALICE, BOB)), last_first, ALL)
    assert (source.context, source.carried) == (0, b"")


def test_a_profile_that_names_no_contexts_has_context_0() -> None:
    address = parse_ipv6("2001:db8:9::9"), parse_ipv6("2001:db8::1")
    pairs = address_pairs(*address, ends(Link(ALICE, BOB)), CONTEXTS, ALL - {Feature.CONTEXT_IDENTIFIER})
    assert {pair[0].context or pair[1].context for pair in pairs} == {0}
    assert len(pairs[0][0].carried) + len(pairs[0][1].carried) == 24


# --- IPv6 headers ----------------------------------------------------------------------------------------------------


@given(cases(longest=0), st.sampled_from([*LEVELS, RFC6282]))
def test_every_choice_of_an_ipv6_header_gives_it_back_and_says_what_it_uses(case: Case, profile: object) -> None:
    allowed = profile.sends  # type: ignore[attr-defined]  # drawn from profiles
    header, link = case.packet[:40], case.link
    meant = header[:4] + bytes(2) + header[6:]
    sizes = []
    for following in (header[6], None):
        for choice in ipv6_choices(ipv6_rows(header, ends(link), case.contexts, allowed), allowed, following):
            read = Iphc.decode_all(choice.octets)
            assert read == choice.header
            octets = iphc.expand(read, link.source_identifier, link.destination_identifier, case.contexts)
            assert octets[:6] + octets[7:] == meant[:6] + meant[7:]
            assert octets[6] == (following or 0)
            assert choice.features == iphc.features(read, len(link.source) == 2, len(link.destination) == 2)
            assert choice.features <= allowed
            assert (choice.covered, choice.growth) == (40, 40 - len(choice.octets))
            sizes.append((following is None, len(choice.octets)))
    for elided in (True, False):
        of_one = [size for nh, size in sizes if nh == elided]
        assert min(of_one, default=0) == (of_one[0] if of_one else 0)


def test_a_header_has_a_choice_for_each_row_of_tf_and_hlim() -> None:
    header = ipv6(59, b"")
    found = list(ipv6_choices(ipv6_rows(header, ends(Link(ALICE, BOB)), {}, ALL), ALL, 59))
    encodings = {(read.tf, read.hlim, read.sam, read.dam) for read in (Iphc.decode_all(one.octets) for one in found)}
    expected = {(tf, hlim, sam, dam) for tf in range(4) for hlim in (0, 2) for sam in (0, 1, 3) for dam in (0, 1, 3)}
    assert encodings == expected
    assert len(found) == len(expected)


# --- extension headers -----------------------------------------------------------------------------------------------

LINK = Link(ALICE, BOB)


def restored(choice: Choice, number: int) -> bytes:
    """The header that a receiver makes of a choice behind LOWPAN_IPHC, and what it says about it."""
    frame = bytes.fromhex("7e33") + choice.octets
    payload = decode_payload(frame, LINK, {}, limits.RFC6282)
    assert payload.expanded is not None
    assert payload.expanded.growth == 38 + choice.growth
    assert features_of(payload) >= choice.features
    assert payload.expanded.octets[6] == number
    return payload.expanded.octets[40:]


PADDINGS = [  # contents, how many octets the smallest choice carries behind the length
    ("1e0401020304", 6),
    ("010400000000", 0),
    ("0104000000a5", 6),
    ("1e0301020300", 5),
    ("1e02010200 00", 5),
    ("1e0201020100", 4),
    ("1e020102 0000", 5),
    ("1e0101 010100", 3),
    ("000000000000", 5),
    ("1e05 0001020304 0105 0000000000", 7),
    ("0106 000000000000 1e04 00000000", 14),
    ("1eff01020304", 6),
    ("1e0301020301", 6),
]


@pytest.mark.parametrize("number", [0, 60])
@pytest.mark.parametrize(("contents", "carried"), PADDINGS)
def test_one_trailing_padding_that_a_receiver_puts_back_is_elided(number: int, contents: str, carried: int) -> None:
    header = extension(59, bytes.fromhex(contents))
    found = list(choices.extension_choices(number, header, 59))
    assert [restored(choice, number) for choice in found] == [header] * len(found)
    assert min(len(choice.octets) for choice in found) == 3 + carried
    elided = [choice for choice in found if Feature.NHC_PADDING_ELIDED in choice.features]
    assert len(elided) == (carried < len(header) - 2)


@pytest.mark.parametrize("number", [43, 135])
def test_what_is_no_option_is_no_padding(number: int) -> None:
    header = extension(59, bytes.fromhex("010400000000"))
    (choice,) = choices.extension_choices(number, header, 59)
    assert restored(choice, number) == header


@pytest.mark.parametrize(("size", "forms"), [(256, 2), (264, 1), (272, 0)])
def test_an_extension_header_of_more_than_255_octets_is_not_compressed(size: int, forms: int) -> None:
    options = b"\x1e\xc8" + bytes(200)
    contents = options + b"\x1e" + bytes((size - 2 - 202 - 2 - 7,)) + bytes(size - 2 - 202 - 2 - 7) + b"\1\5" + bytes(5)
    header = extension(59, contents)
    assert len(header) == size
    found = list(choices.extension_choices(60, header, 59))
    assert len(found) == forms
    assert [restored(choice, 60) for choice in found] == [header] * forms


@pytest.mark.parametrize("reserved", [0, 1, 255])
def test_a_fragment_header_keeps_its_reserved_octet(reserved: int) -> None:
    header = bytes((59, reserved)) + bytes.fromhex("000112345678")
    (choice,) = choices.extension_choices(44, header, 59)
    assert restored(choice, 44) == header


def test_a_fragment_header_whose_reserved_octet_looks_like_a_length_is_not_compressed() -> None:
    assert list(choices.extension_choices(44, bytes.fromhex("3b06000112345678"), 59)) == []


@pytest.mark.parametrize("number", [0, 43, 60, 135])
@pytest.mark.parametrize("following", [59, None])
def test_an_extension_header_under_generic_compression_comes_back(number: int, following: int | None) -> None:
    header = extension(59 if following else 17, bytes.fromhex("1e0c") + bytes(12))
    choice = choices.generic_extension_choice(number, header, following, ipv6(0, b"")[8:40])
    behind = b"" if following else bytes.fromhex("f3 3a beef")
    found = expand(bytes.fromhex("7e33") + choice.octets + behind, LINK, {}, limits.RFC6282)
    assert found.octets[40:56] == header
    assert choice.covered - len(choice.octets) == choice.growth


@pytest.mark.parametrize(
    ("contents", "last"),
    [
        ("", 2),
        ("000000000000", 7),
        ("1e0401020304", 2),
        ("1e0301020300", 7),
        ("1e0501020304", 8),
        ("0102000001", 7),
        ("1e", 3),
    ],
)
def test_the_last_option_is_found_where_the_options_add_up(contents: str, last: int) -> None:
    assert last_option(bytes(2) + bytes.fromhex(contents)) == last


# --- UDP and ICMPv6 --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "destination", "modes"),
    [
        (0xF0B0, 0xF0BF, {0, 1, 2, 3}),
        (0xF0AF, 0xF0B0, {0, 1, 2}),
        (0xF0B0, 0xF0C0, {0, 1, 2}),
        (0xF000, 0xEFFF, {0, 2}),
        (0xF100, 0xF0FF, {0, 1}),
        (0xEFFF, 0xF100, {0}),
        (0, 0xFFFF, {0}),
    ],
)
@pytest.mark.parametrize("elided", [False, True])
def test_udp_ports_are_sent_in_every_form_that_gives_them_back(
    source: int, destination: int, modes: set[int], elided: bool
) -> None:
    datagram = udp(b"", source, destination, 0xBEEF)
    found = list(choices.udp_choices(datagram, elided))
    assert {choice.octets[0] & 3 for choice in found} == modes
    assert [len(choice.octets) for choice in found] == sorted(len(choice.octets) for choice in found)
    for choice in found:
        assert (choice.octets[0] >> 2 & 1) == elided
        assert (Feature.NHC_UDP_CHECKSUM_ELIDED in choice.features) == elided
        assert (Feature.NHC_UDP_PORTS in choice.features) == bool(choice.octets[0] & 3)
        assert restored(choice, 17)[:6] == datagram[:6]
        assert elided or restored(choice, 17) == datagram


@given(st.binary(max_size=30), st.binary(min_size=32, max_size=32))
def test_generic_forms_give_their_payload_back(payload: bytes, addresses: bytes) -> None:
    before = bytes.fromhex("7c00 40") + addresses
    (plain, *_) = choices.udp_choices(udp(payload), False)
    datagram = choices.generic_udp_choice(plain, payload, choices.generic_code(payload, addresses))
    assert expand(before + datagram.octets, Link(), {}, limits.RFC6282).octets[40:] == udp(payload)
    assert datagram.growth == plain.growth
    message = choices.generic_icmpv6_choice(payload, addresses)
    assert expand(before + message.octets, Link(), {}, limits.RFC6282).octets[40:] == payload
    assert message.growth == 0
