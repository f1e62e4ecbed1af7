"""Generic Header Compression: RFC 7400. The vectors are all examples of its appendix A."""

from functools import cache
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from p6lowpan.capability.errors import Malformed, UsageError
from p6lowpan.capability.reasons import Reason
from p6lowpan.wire.description import Header
from p6lowpan.wire.sixlowpan import ghc
from p6lowpan.wire.sixlowpan.ghc import Backreference, ExtendedArguments, Literal, Stop, Zeros

LIMIT = 2047
NO_ADDRESSES = ghc.dictionary(bytes(16), bytes(16))

APPENDIX_A = [  # source, destination, payload, code
    pytest.param(
        "fe80000000000000021cdafffe002024",
        "ff02000000000000000000000000001a",
        "9b006bde00000000",
        "049b006bde82",
        id="figure 8: A Simple RPL Example",
    ),
    pytest.param(
        "fe80000000000000021cdafffe003023",
        "ff02000000000000000000000000001a",
        (
            "9b017a5f00f001008800000020020db800000000000000fffe00face040e001409ff00000100000000000000081e8020"
            "ffffffffffffffff0000000020020db800000000000000fffe00face030e4000ffffffff20020db800000000"
        ),
        ("069b017a5f00f0c70188810420020db885a7c908face040e001409ffa4da8306081e8020ffffc0d082b4f003030e40c7a3c9a2f0"),
        id="figure 9: A Longer RPL Example",
    ),
    pytest.param(
        "20020db800000000000000fffe003344",
        "20020db800000000000000fffe001122",
        ("9b02587d018000f10512008020020db800000000000000fffe00334406140080f100fe80000000000000000000fffe001122"),
        ("0c9b02587d018000f105120080b5f40806140080f100fe8087a7dd"),
        id="figure 10: A RPL DAO Message",
    ),
    pytest.param(
        "20020db800000000000000fffe003bd3",
        "fe80000000000000021cdafffe003023",
        "8700a76800000000fe80000000000000021cdafffe00302301013bd3000000001f02000000000006001cdafffe002024",
        "048700a76882b3f00401013bd382021f0283020600a2db022024",
        id="figure 11: An ND Neighbor Solicitation",
    ),
    pytest.param(
        "fe80000000000000021cdafffe003023",
        "20020db800000000000000fffe003bd3",
        "8800266cc0000000fe80000000000000021cdafffe0030230201face000000001f02000000000006001cdafffe002024",
        "058800266cc081b5f0040201face82021f0283020600a2db022024",
        id="figure 12: An ND Neighbor Advertisement",
    ),
    pytest.param(
        "fe80000000000000aede480000000001",
        "ff020000000000000000000000000002",
        "85009065000000000102acde480000000001000000000000",
        "0485009065de0202aca5eb84",
        id="figure 13: An ND Router Solicitation",
    ),
    pytest.param(
        "fe80000000000000103400fffe001122",
        "fe80000000000000aede480000000001",
        (
            "860055c940000fa01c5a3817000007d0010111220000000003044040ffffffffffffffff0000000020020db800000000"
            "000000000000000020024010000003e820020db800000000210300010000000020020db800000000000000fffe001122"
        ),
        (
            "0c860055c940000fa01c5a3817800607d001011122820603044040ffffc0d0820420020db88a0420024010a4cb01e8a2"
            "f0022103a9e6b3cdafdb"
        ),
        id="figure 14: An ND Router Advertisement",
    ),
    pytest.param(
        "00000000000000000000000000000000",
        "00000000000000000000000000000000",
        "17fefd0001000000000001001d000100000000000109b20e82c16eb696c51f368d1761e2b5d422d4ed2b",
        "b0d1011df21509b20e82c16eb696c51f368d1761e2b5d422d4ed2b",
        id="figure 15: A DTLS Application Data Packet",
    ),
    pytest.param(
        "00000000000000000000000000000000",
        "00000000000000000000000000000000",
        "17fefd000100000000000500160001000000000005aea0155667924dff8a24e4cb35b9",
        "b0c303050016f20eaea0155667924dff8a24e4cb35b9",
        id="figure 16: Another DTLS Application Data Packet",
    ),
    pytest.param(
        "00000000000000000000000000000000",
        "00000000000000000000000000000000",
        (
            "16fefd000000000000000000360100002a000000000000002afefd5152ed79a420c962561147c939ee6cc0a4fec6892f"
            "32269a164e317e9f20929200000002c0a80100"
        ),
        ("a1cd870136a1cd012a85232afefd5152ed79a420c962561147c939ee6cc0a4fec6892f32269a164e317e9f209292810502c0a80100"),
        id="figure 17: A DTLS Handshake Packet (Client Hello)",
    ),
]


@pytest.mark.parametrize(("source", "destination", "payload", "code"), APPENDIX_A)
def test_the_code_of_appendix_a_gives_its_payload(source: str, destination: str, payload: str, code: str) -> None:
    prefix = ghc.dictionary(bytes.fromhex(source), bytes.fromhex(destination))
    assert ghc.expand(bytes.fromhex(code), prefix, LIMIT) == bytes.fromhex(payload)


@pytest.mark.parametrize(("source", "destination", "payload", "code"), APPENDIX_A)
def test_our_code_for_a_payload_of_appendix_a_is_as_short(
    source: str, destination: str, payload: str, code: str
) -> None:
    prefix, octets = ghc.dictionary(bytes.fromhex(source), bytes.fromhex(destination)), bytes.fromhex(payload)
    ours = ghc.compress(octets, prefix)
    assert ghc.expand(ours, prefix, LIMIT) == octets
    assert len(ours) <= len(bytes.fromhex(code))


@pytest.mark.parametrize(("source", "destination", "payload", "code"), APPENDIX_A)
def test_hostile_code_ends_in_octets_or_malformed(source: str, destination: str, payload: str, code: str) -> None:
    prefix, octets = ghc.dictionary(bytes.fromhex(source), bytes.fromhex(destination)), bytes.fromhex(code)
    number, width = int.from_bytes(octets, "big"), len(octets)
    hostile = [octets[:end] for end in range(width)]
    hostile += [(number ^ 1 << bit).to_bytes(width, "big") for bit in range(8 * width)]
    outcomes = {_outcome(code, prefix) for code in hostile}
    assert {Reason.TRUNCATED, "octets"} <= outcomes


def _outcome(code: bytes, prefix: bytes) -> str:
    try:
        octets = ghc.expand(code, prefix, LIMIT)
    except Malformed as error:
        return error.reason if 0 <= error.offset <= len(code) else "offset outside"
    return "octets" if len(octets) <= LIMIT else "too many octets"


@given(st.binary(max_size=40))
def test_any_octets_as_code_end_in_octets_or_malformed(code: bytes) -> None:
    assert _outcome(code, NO_ADDRESSES) not in ("offset outside", "too many octets")


# --- each row of table 1 ---------------------------------------------------------------------------------------------

PREFIX = bytes(range(0x10, 0x40))


@pytest.mark.parametrize(
    ("code", "octets"),
    [
        ("03010203", "010203"),
        ("00", ""),
        ("5f" + "07" * 95, "07" * 95),
        ("80", "0000"),
        ("8f", "00" * 17),
        ("c0", "3e3f"),
        ("f8", "3738393a3b3c3d3e3f"),  # nine octets
        ("f0", "38393a3b3c3d3e3f"),
        ("c7", "3738"),
        ("a1c0", "3637"),  # sa = 8: two octets that end 8 back
        ("b0c0", "363738393a3b3c3d3e3f"),  # na = 8: ten octets
        ("b2b0c1", "1d1e1f202122232425262728292a2b2c2d2e"),  # na = 16, sa = 16: 18 octets that end 17 back
        ("02aabb" + "c0", "aabbaabb"),
        ("a10155c0", "5537" + "38"),  # the variables live until the next backreference
        ("c0c0", "3e3f3e3f"),  # and not longer
        ("02010290", "0102"),  # a stop code may end a payload's code
        ("0101b0", "01"),  # arguments for a backreference that never comes
    ],
)
def test_each_instruction_does_what_table_1_says(code: str, octets: str) -> None:
    assert ghc.expand(bytes.fromhex(code), PREFIX, LIMIT).hex() == octets


@pytest.mark.parametrize(
    ("code", "reason", "offset"),
    [
        ("0101" + "03aabb", Reason.TRUNCATED, 5),
        ("0101" + "60" + "00" * 96, Reason.RESERVED, 2),
        ("7f", Reason.RESERVED, 0),
        ("0101" + "91", Reason.RESERVED, 2),
        ("9f", Reason.RESERVED, 0),
        ("80" + "9000", Reason.TRAILING, 2),
        ("afc0", Reason.BAD_BACKREFERENCE, 1),
        ("bfbfbfd0", Reason.BAD_BACKREFERENCE, 3),
    ],
)
def test_code_that_cannot_be_run_is_malformed(code: str, reason: Reason, offset: int) -> None:
    with pytest.raises(Malformed) as caught:
        ghc.expand(bytes.fromhex(code), PREFIX, LIMIT)
    assert (caught.value.reason, caught.value.offset) == (reason, offset)


@pytest.mark.parametrize(("code", "offset"), [("0401020304", 0), ("80" + "80", 1), ("0101" + "c1", 2)])
def test_output_stops_at_the_limit(code: str, offset: int) -> None:
    octets = ghc.expand(bytes.fromhex(code), PREFIX, 4)
    assert len(octets) <= 4
    with pytest.raises(Malformed) as caught:
        ghc.expand(bytes.fromhex(code), PREFIX, len(octets) - 1)
    assert (caught.value.reason, caught.value.offset) == (Reason.TOO_BIG, offset)


def test_a_backreference_reaches_the_first_octet_of_the_dictionary_and_not_beyond() -> None:
    assert ghc.expand(bytes.fromhex("a5c6"), PREFIX, LIMIT) == PREFIX[:2]
    with pytest.raises(Malformed):
        ghc.expand(bytes.fromhex("a5c7"), PREFIX, LIMIT)


def test_an_extension_header_ends_at_its_stop_code() -> None:
    assert ghc.expand_until_stop(bytes.fromhex("020102" + "90" + "11f0"), PREFIX, LIMIT) == (b"\1\2", b"\x11\xf0")


@pytest.mark.parametrize(
    ("octets", "instruction", "words"),
    [
        ("020102", Literal(count=2, data=b"\1\2"), ""),
        ("82", Zeros(count=2), "4 zeros"),
        ("90", Stop(), ""),
        ("b3", ExtendedArguments(length=1, source=3), "24 octets further back"),
        ("f1", Backreference(length=6, source=1), "ending 1 octets back"),
    ],
)
def test_an_instruction_goes_both_ways_and_tells_what_it_does(octets: str, instruction: Header, words: str) -> None:
    assert instruction.encode().hex() == octets
    assert ghc.INSTRUCTIONS.decode(bytes.fromhex(octets)) == (instruction, b"")
    assert instruction.layout()[-1].meaning == words


# --- compressor ------------------------------------------------------------------------------------------------------

REPETITIVE = st.lists(
    st.one_of(st.binary(min_size=1, max_size=6), st.sampled_from([bytes(5), bytes(20), b"ab" * 9, b"\xff" * 8])),
    max_size=12,
).map(b"".join)


@given(st.one_of(st.binary(max_size=200), REPETITIVE), st.binary(min_size=16, max_size=16))
def test_what_is_compressed_expands_to_the_same_octets(octets: bytes, address: bytes) -> None:
    prefix = ghc.dictionary(address, address)
    code = ghc.compress(octets, prefix)
    assert ghc.expand(code, prefix, len(octets)) == octets


def _fewest_octets(octets: bytes, prefix: bytes) -> int:
    """The length of the shortest code, by trying every instruction with every argument at every position."""
    text, start = prefix + octets, len(prefix)

    @cache
    def from_here(at: int) -> int:
        if at == len(text):
            return 0
        costs = [1 + count + from_here(at + count) for count in range(1, min(95, len(text) - at) + 1)]
        for count in range(2, min(17, len(text) - at) + 1):
            if not any(text[at : at + count]):
                costs.append(1 + from_here(at + count))
        for count in range(2, len(text) - at + 1):
            for found in range(at - count + 1):
                if text[found : found + count] == text[at : at + count]:
                    gap, extended = at - found - count, 0
                    while count - 2 - 8 * extended > 7 or gap - 120 * extended > 7:
                        extended += 1
                    costs.append(1 + extended + from_here(at + count))
        return min(costs)

    return from_here(start)


@given(st.one_of(st.text("ab\0", max_size=60).map(str.encode), REPETITIVE.map(lambda octets: octets[:60])))
def test_no_code_is_shorter_than_ours(octets: bytes) -> None:
    assert len(ghc.compress(octets, NO_ADDRESSES)) == _fewest_octets(octets, NO_ADDRESSES)


@pytest.mark.parametrize("distance", [127, 128, 247, 248, 1200])
def test_no_code_is_shorter_than_ours_for_far_copies(distance: int) -> None:
    """The distance at which one more extended argument is needed: 8 + 120 octets for each."""
    copied = bytes(range(1, 101))
    octets = copied + b"\xaa" * (distance - 100) + copied[:40]
    code = ghc.compress(octets, PREFIX)
    tail = len(code) - len(ghc.compress(octets[:-40], PREFIX))
    gap = distance - 40
    assert tail == 1 + max((40 - 2) // 8, -(-(gap // 8) // 15))
    assert ghc.expand(code, PREFIX, LIMIT) == octets


def test_nothing_needs_no_code() -> None:
    assert ghc.compress(b"", PREFIX) == b""


@pytest.mark.parametrize("size", [95, 96, 190, 191])
def test_a_literal_carries_ninety_five_octets_at_most(size: int) -> None:
    octets = bytes((index * 7 + index // 64) & 0xFF for index in range(size))
    code = ghc.compress(octets, b"")
    assert ghc.expand(code, b"", LIMIT) == octets
    assert len(code) == _fewest_octets(octets, b"")


def test_more_than_a_datagram_is_refused() -> None:
    with pytest.raises(UsageError):
        ghc.compress(bytes(2048), PREFIX)
    assert ghc.expand(ghc.compress(bytes(2047), PREFIX), PREFIX, LIMIT) == bytes(2047)


def test_a_frame_is_compressed_in_milliseconds() -> None:
    octets = (b"coap://[2001:db8::1]/sensors/" + bytes(11)) * 3
    start = process_time()
    ghc.compress(octets[:100], NO_ADDRESSES)
    assert process_time() - start < 0.05
