"""ICMPv6 errors, RFC 4443 section 3."""

import pytest

from p6lowpan.wire.ipv6.icmpv6 import MESSAGES
from p6lowpan.wire.ipv6.icmpv6_errors import DestinationUnreachable, PacketTooBig, ParameterProblem, TimeExceeded

PACKET = bytes.fromhex("6000000000003b40") + bytes(32)

VECTORS = {
    "destination unreachable, RFC 4443 section 3.1": (
        DestinationUnreachable(code=4, checksum=0x0102, invoking_packet=PACKET),
        "01 04 0102 00000000" + PACKET.hex(),
    ),
    "destination unreachable with extensions, RFC 4884 section 4.1": (
        DestinationUnreachable(code=8, original_length=5, unused=6, invoking_packet=PACKET),
        "01 08 0000 05000006" + PACKET.hex(),
    ),
    "packet too big, RFC 4443 section 3.2": (
        PacketTooBig(mtu=1280, invoking_packet=PACKET[:3]),
        "02 00 0000 00000500 600000",
    ),
    "time exceeded, RFC 4443 section 3.3": (TimeExceeded(code=1), "03 01 0000 00000000"),
    "parameter problem, RFC 4443 section 3.4": (
        ParameterProblem(code=2, pointer=42, invoking_packet=PACKET),
        "04 02 0000 0000002a" + PACKET.hex(),
    ),
}


@pytest.mark.parametrize(("value", "octets"), VECTORS.values(), ids=VECTORS)
def test_an_error_goes_both_ways_and_stands_hostile_octets(proves, value, octets):
    proves(MESSAGES, value, octets)


@pytest.mark.parametrize(
    ("value", "meaning"),
    [
        (DestinationUnreachable(code=0), "no route to destination"),
        (DestinationUnreachable(code=7), "error in source routing header"),
        (DestinationUnreachable(code=99), "not assigned"),
        (TimeExceeded(code=0), "hop limit exceeded in transit"),
        (TimeExceeded(code=1), "fragment reassembly time exceeded"),
        (ParameterProblem(code=2, pointer=0), "unrecognized IPv6 option"),
        (ParameterProblem(code=10, pointer=0), "option too big"),
    ],
)
def test_codes_are_said_in_words(words, value, meaning):
    assert words(value, "code") == meaning
