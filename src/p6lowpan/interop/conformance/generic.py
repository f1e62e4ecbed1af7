"""Generic header compression (RFC 7400): payloads built instruction by instruction, together with their byte code."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from p6lowpan.capability.features import Feature
from p6lowpan.capability.reasons import Reason
from p6lowpan.interop.conformance import extensions, packets, writer
from p6lowpan.interop.conformance.case import Case, Fault
from p6lowpan.interop.conformance.packets import LONG
from p6lowpan.interop.conformance.writer import Written
from p6lowpan.wire.ipv6.registry import Protocol
from p6lowpan.wire.sixlowpan.ghc import STATIC_DICTIONARY

SECTION = "RFC 7400 2"
ENDS = packets.link_local_of(LONG.source), packets.link_local_of(LONG.destination)
UDP_DISPATCH, ICMPV6_DISPATCH, EXTENSION_DISPATCH, STOP = 0xD0, b"\xdf", 0xB0, b"\x90"


@dataclass
class Program:
    """Byte code, and what it gives: both grow by the same steps."""

    text: bytes = b"".join(ENDS) + STATIC_DICTIONARY
    code: bytes = b""
    start: int = field(init=False)

    def __post_init__(self) -> None:
        self.start = len(self.text)

    @property
    def result(self) -> bytes:
        """The payload so far."""
        return self.text[self.start :]

    def literal(self, octets: bytes) -> "Program":
        """Octets as they are, 95 at most."""
        self.text, self.code = self.text + octets, self.code + bytes((len(octets),)) + octets
        return self

    def zeros(self, count: int) -> "Program":
        """2 to 17 zeros."""
        self.text, self.code = self.text + bytes(count), self.code + bytes((0x80 | count - 2,))
        return self

    def copy(self, count: int, gap: int) -> "Program":
        """``count`` octets that end ``gap`` octets before the end of what is there."""
        end = len(self.text) - gap
        self.text += self.text[end - count : end]
        extended_length, length = divmod(count - 2, 8)
        extended_gap, near = divmod(gap, 8)
        while extended_length or extended_gap:
            step = min(extended_gap, 15)
            self.code += bytes((0xA0 | min(extended_length, 1) << 4 | step,))
            extended_length, extended_gap = max(extended_length - 1, 0), extended_gap - step
        self.code += bytes((0xC0 | length << 3 | near,))
        return self


def programs() -> dict[str, Program]:
    """Every instruction at its edges."""
    words = packets.pattern(24)
    return {
        "nothing": Program(),
        "literal-1": Program().literal(b"\x5a"),
        "literal-60": Program().literal(packets.pattern(60)),
        "zeros-2": Program().literal(b"\1").zeros(2),
        "zeros-17": Program().literal(b"\1").zeros(17),
        "copy-2": Program().literal(words).copy(2, 0),
        "copy-9": Program().literal(words).copy(9, 7),
        "copy-10": Program().literal(words).copy(10, 0),
        "copy-far": Program().literal(words).copy(4, 20),
        "copy-from-dictionary": Program().copy(8, 0),
        "copy-addresses": Program().copy(16, 32),
        "mixed": Program().zeros(5).literal(words).copy(17, 3).zeros(2).copy(24, 24).literal(b"\xff"),
    }


def cases() -> Iterator[Case]:
    """Generic compression of UDP, of ICMPv6 and of extension headers."""
    for name, program in programs().items():
        yield _udp(name, program)
    yield _icmpv6()
    yield from _extension_headers()
    yield from _faults()


def _udp(name: str, program: Program) -> Case:
    """The payload behind a compressed UDP header."""
    packet = packets.packet(*ENDS, packets.udp(0xF0B1, 0xF0B2, program.result), hop_limit=64)
    header = writer.udp(packet, 40, 3)
    octets = bytes((UDP_DISPATCH | header.octets[0] & 0x07,)) + header.octets[1:]
    front = writer.iphc(packet, LONG, tf=3, nh=1, hlim=2) + Written(octets, 8, header.features | {Feature.GHC_UDP})
    frame = front.octets + program.code
    about = f"UDP under generic compression: {name.replace('-', ' ')}"
    return _whole(f"generic/udp/{name}", about, packet, frame, front)


def _whole(name: str, about: str, packet: bytes, frame: bytes, front: Written) -> Case:
    return Case(
        name=name,
        about=about,
        section=SECTION,
        link=LONG,
        frames=(frame,),
        packets=(packet,),
        features=front.features,
        growth=front.growth,
        sends=True,
    )


def _icmpv6() -> Case:
    """A message with zeros and octets of the dictionary; its checksum is part of the code."""
    data = bytes(12) + ENDS[0] + packets.PROBE
    packet = packets.packet(*ENDS, packets.echo_request(data), hop_limit=255)
    program = Program().literal(packet[40:48]).zeros(12)
    program.copy(16, len(program.text) - 16).literal(packets.PROBE)
    front = writer.iphc(packet, LONG, tf=3, nh=1, hlim=3)
    frame = front.octets + ICMPV6_DISPATCH + program.code
    features = Written(b"", 0, frozenset({Feature.GHC_ICMPV6}))
    return _whole("generic/icmpv6", "an ICMPv6 message under generic compression", packet, frame, front + features)


def _extension_headers() -> Iterator[Case]:
    """Without the length, and without the next header where LOWPAN_NHC follows; a stop code ends the code."""
    for protocol, identifier in ((Protocol.HOP_BY_HOP_OPTIONS, 0), (Protocol.DESTINATION_OPTIONS, 3)):
        part = extensions.options_header(protocol, 2)
        packet = packets.packet(*ENDS, part, packets.udp(0xF0B1, 0xF0B2), hop_limit=64)
        front = writer.iphc(packet, LONG, tf=3, nh=1, hlim=2)
        for nh in (0, 1):
            inside = packet[42:56] if nh else packet[40:41] + packet[42:56]
            octets = bytes((EXTENSION_DISPATCH | identifier << 1 | nh,)) + Program().literal(inside).code + STOP
            written = front + Written(octets, 16, frozenset({Feature.GHC_EXTENSION}))
            if nh:
                written += writer.udp(packet, 56, 3)
            name = f"generic/{extensions.NAMES[protocol]}/{'nhc' if nh else 'in-line'}"
            about = f"{extensions.NAMES[protocol]} header under generic compression"
            yield writer.framed(name, about, "RFC 7400 3.2", LONG, packet, written)


def _faults() -> Iterator[Case]:
    """Byte code that gives nothing, and code that gives too much."""
    faults = {
        "reserved-literal": (b"\x60" + bytes(40), Reason.RESERVED, "code 0x60 is reserved"),
        "reserved-stop": (b"\x91", Reason.RESERVED, "code 0x91 is reserved"),
        "literal-cut": (b"\x05\x01\x02", Reason.TRUNCATED, "a literal of 5 octets, of which 2 are there"),
        "before-the-dictionary": (b"\xa6\xc7", Reason.BAD_BACKREFERENCE, "a copy from before the first octet"),
        "behind-the-stop": (b"\x90\x01\x01", Reason.TRAILING, "octets behind the stop code"),
    }
    for name, (code, reason, about) in faults.items():
        good = _udp("nothing", Program())
        yield replace(
            good,
            name=f"generic/bad/{name}",
            about=about,
            frames=(good.frames[0] + code,),
            packets=(),
            fault=Fault(reason),
            sends=False,
        )
    program = Program()
    for _ in range(80):
        program.zeros(17)
    about = "86 octets of code that give a packet of 1408"
    yield replace(_udp("", program), name="generic/bad/bomb", about=about, bound=Reason.TOO_BIG, sends=False)
