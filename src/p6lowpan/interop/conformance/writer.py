"""The frame side: one compressed header at a time, in the form that a case asks for, whether a compressor would choose
it or not. The forms are rows of the codec's tables; what they leave out is not looked up, it is known from the packet.
"""

from dataclasses import dataclass, fields
from typing import Any

from p6lowpan.capability.features import Feature
from p6lowpan.interop.conformance.case import Case
from p6lowpan.wire.address import Link
from p6lowpan.wire.ipv6.header import IPV6_HEADER_OCTETS, Ipv6
from p6lowpan.wire.ipv6.registry import Protocol
from p6lowpan.wire.sixlowpan.address_modes import DESTINATION, SOURCE, AddressMode
from p6lowpan.wire.sixlowpan.iphc import HOP_LIMITS, TRAFFIC_FEATURES, TRAFFIC_FORMS, Iphc, Traffic
from p6lowpan.wire.sixlowpan.next_header_compression import (
    EXTENSION_FEATURES,
    EXTENSION_IDENTIFIERS,
    PORT_FORMS,
    CompressedExtension,
    CompressedFragment,
    CompressedUdp,
)

UNCOMPRESSED = b"\x41"
LINK_LOCAL_SOURCE, LINK_LOCAL_DESTINATION = SOURCE[0b011], DESTINATION[0b0011]
"""The rows that leave a link-local address out."""


@dataclass(frozen=True, slots=True)
class Written:
    """Compressed octets, how many octets of the packet they stand for, and what their reader must be able to do."""

    octets: bytes
    covers: int
    features: frozenset[Feature]

    def __add__(self, behind: "Written") -> "Written":
        return Written(self.octets + behind.octets, self.covers + behind.covers, self.features | behind.features)

    @property
    def growth(self) -> int:
        """How many octets the headers gain when they are expanded."""
        return self.covers - len(self.octets)


def iphc(
    packet: bytes,
    link: Link,
    source: AddressMode = LINK_LOCAL_SOURCE,
    destination: AddressMode = LINK_LOCAL_DESTINATION,
    tf: int = 0,
    nh: int = 0,
    hlim: int = 0,
    identifiers: tuple[int, int] | None = None,
) -> Written:
    """LOWPAN_IPHC for the header of ``packet``, its fields in the given forms; ``identifiers``: of the contexts."""
    header, _ = Ipv6.decode(packet)
    source_context, destination_context = identifiers or (None, None)
    octets = Iphc(
        tf=tf,
        nh=nh,
        hlim=hlim,
        cid=int(identifiers is not None),
        sac=int(source.stateful),
        sam=source.mode,
        m=int(destination.multicast),
        dac=int(destination.stateful),
        dam=destination.mode,
        source_context=source_context,
        destination_context=destination_context,
        traffic=traffic(header, tf),
        next_header=None if nh else header.next_header,
        hop_limit=None if HOP_LIMITS[hlim] is not None else header.hop_limit,
        source=source.carry(header.source),
        destination=destination.carry(header.destination),
    ).encode()
    used = frozenset({Feature.IPHC}) | source.features | destination.features | TRAFFIC_FEATURES[tf]
    asked = {
        Feature.HOP_LIMIT: hlim > 0,
        Feature.CONTEXT_IDENTIFIER: identifiers is not None,
        Feature.TUNNELLED_IPV6: not nh and header.next_header == Protocol.IPV6,
        Feature.SHORT_ADDRESSES: (source.elided and len(link.source) == 2)
        or (destination.elided and len(link.destination) == 2),
    }
    return Written(octets, IPV6_HEADER_OCTETS, used | _asked(asked))


def _asked(asked: dict[Feature, bool]) -> frozenset[Feature]:
    return frozenset(feature for feature, is_used in asked.items() if is_used)


def traffic(header: Ipv6, tf: int) -> Traffic | None:
    """Traffic class and flow label as far as TF has them in line."""
    form: Any = TRAFFIC_FORMS[tf]  # Any: the forms have different fields
    if form is None:
        return None
    values = {
        "explicit_congestion_notification": header.ecn,
        "differentiated_services": header.dscp,
        "flow_label": header.flow_label,
    }
    inline = {field.name for field in fields(form)}
    result: Traffic = form(**{name: value for name, value in values.items() if name in inline})
    return result


def udp(packet: bytes, at: int, mode: int, elided: bool = False) -> Written:
    """LOWPAN_NHC for the UDP header at octet ``at``; ``mode`` is P, ``elided`` leaves the checksum out."""
    words = [int.from_bytes(packet[place : place + 2], "big") for place in (at, at + 2, at + 6)]
    form = PORT_FORMS[mode]
    ports = form(source=words[0] - form.SOURCE_BASE, destination=words[1] - form.DESTINATION_BASE)
    header = CompressedUdp(
        checksum_elided=int(elided), port_mode=mode, ports=ports, checksum=None if elided else words[2]
    )
    asked = {
        Feature.NHC_UDP: True,
        Feature.NHC_UDP_PORTS: mode > 0,
        Feature.NHC_UDP_CHECKSUM_ELIDED: elided,
    }
    return Written(header.encode(), 8, _asked(asked))


def extension(packet: bytes, at: int, protocol: int, nh: int = 0, padding: int = 0) -> Written:
    """LOWPAN_NHC for the extension header ``protocol`` at octet ``at``, its last ``padding`` octets left out."""
    octets = 8 * (packet[at + 1] + 1)
    identifier = EXTENSION_IDENTIFIERS[protocol]
    header = CompressedExtension(
        extension=identifier,
        nh=nh,
        next_header=None if nh else packet[at],
        data=packet[at + 2 : at + octets - padding],
    )
    elided = {Feature.NHC_PADDING_ELIDED} if padding else set()
    return Written(header.encode(), octets, frozenset({EXTENSION_FEATURES[identifier]} | elided))


def fragment(packet: bytes, at: int, nh: int = 0, reserved: int = 0) -> Written:
    """LOWPAN_NHC for the Fragment header at octet ``at``."""
    header = CompressedFragment(
        nh=nh, next_header=None if nh else packet[at], reserved=reserved, data=packet[at + 2 : at + 8]
    )
    six = {Feature.NHC_FRAGMENT_LENGTH_SIX} if reserved == 6 else set()
    return Written(header.encode(), 8, frozenset({Feature.NHC_FRAGMENT} | six))


WHOLE = Written(UNCOMPRESSED, 0, frozenset({Feature.UNCOMPRESSED_IPV6}))
"""Dispatch 0x41: nothing is compressed."""


def framed(  # one case, in one frame
    name: str, about: str, section: str, link: Link, packet: bytes, written: Written, **more: Any
) -> Case:  # Any: the fields of a case
    """The case of a packet in one frame: what is written, and the rest as it is."""
    grown = 0 if written.covers == 0 else written.growth
    frames = (written.octets + packet[written.covers :],)
    return Case(
        name=name,
        about=about,
        section=section,
        link=link,
        frames=frames,
        packets=(packet,),
        features=written.features,
        growth=grown,
        **{"sends": True, **more},
    )
