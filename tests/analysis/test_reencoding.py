"""Every frame of every capture, taken apart and put together again, layer by layer: the same octets."""

from collections import Counter

import pytest

from analysis.captured import FRAMES, KNOWN, explained
from p6lowpan.analysis.explained import Explained
from p6lowpan.capability.errors import Malformed
from p6lowpan.wire.coap.message import Message
from p6lowpan.wire.description import Header
from p6lowpan.wire.dissect import ICMPV6_MESSAGES
from p6lowpan.wire.ieee802154.decoding import decode_content, decode_frame
from p6lowpan.wire.ieee802154.frame import Frame
from p6lowpan.wire.ipv6 import chain
from p6lowpan.wire.ipv6.udp import Udp

COAP_PORTS = {5683, 61631}


def put_together(frame: Explained) -> Counter[str]:
    """Check every layer of one frame; which layers there were."""
    assert frame.inside is not None
    octets, fcs = frame.inside.octets, frame.inside.fcs_octets
    sealed, sequence = decode_frame(octets, fcs)
    assert sealed.encode() + sequence == octets
    seen = Counter([sealed.LAYER])
    if isinstance(frame.frame, Frame) and (content := decode_content(frame.frame)) is not None:
        assert content.encode() == frame.frame.payload
        seen[content.LAYER] += 1
    if frame.received is not None and frame.received.payload is not None:
        seen += put_payload_together(frame)
    for packet in frame.packets:
        seen += put_packet_together(packet.octets)
    return seen


def put_payload_together(frame: Explained) -> Counter[str]:
    """The headers in front, then the compressed ones, then what follows them."""
    assert isinstance(frame.frame, Frame)
    assert frame.received is not None
    octets, payload = frame.frame.payload, frame.received.payload
    assert payload is not None
    headers: list[Header] = [placed.header for placed in payload.stack.headers]
    for placed in payload.stack.headers:
        assert placed.header.encode() == octets[placed.start : placed.end]
    at = payload.stack.at
    for part in payload.expanded.parts if payload.expanded else ():
        assert part.header.encode() == octets[at + part.start : at + part.end]
        headers.append(part.header)
    last = payload.expanded.parts[-1].end if payload.expanded else 0
    assert b"".join([header.encode() for header in headers]) + octets[at + last :] == octets
    return Counter(header.LAYER for header in headers)


def put_packet_together(packet: bytes) -> Counter[str]:
    """The chain of IPv6 headers, and the message behind it."""
    walked = chain.headers(packet)
    assert chain.encode(walked) == packet
    seen = Counter(header.LAYER for header in walked.headers)
    seen.update(option.LAYER for header in walked.headers for option in getattr(header, "options", ()))
    last = walked.headers[-1]
    if walked.protocol == 58:
        message, rest = ICMPV6_MESSAGES.decode(walked.payload)
        assert message.encode() + rest == walked.payload
        seen[message.LAYER] += 1
        for holder in (message, getattr(message, "base", None)):
            seen.update(option.LAYER for option in getattr(holder, "options", ()))
    elif isinstance(last, Udp) and COAP_PORTS & {last.source_port, last.destination_port}:
        try:
            coap = Message.decode_all(walked.payload)
        except Malformed:  # the UDP tests of some captures send other things to CoAP's port
            return seen
        assert coap.encode() == walked.payload
        seen[coap.LAYER] += 1
    return seen


REACHED = {
    "contiki-ng-rpl-1hop": {"fragn", "nhc-extension", "option-rpl", "ipv6-routing-rpl", "rpl-dodag-configuration"},
    "openthread-form": {"iphc", "mesh", "nhc-udp", "coap"},
    "openthread-ping-global": {"frag1", "fragn", "icmpv6-echo-request"},
    "openthread-ping-linklocal": {"frag1", "fragn", "icmpv6-echo-reply"},
    "openthread-ping-meshlocal": {"frag1", "option-mpl", "option-padn", "coap"},
    "openthread-ping-multicast": {"mesh", "nhc-ipv6", "nhc-extension", "ipv6-hop-by-hop"},
    "openthread-udp": {"mesh", "frag1", "nhc-udp", "coap"},
    "riot-rpl": {"rpl", "rpl-target", "rpl-transit-information", "frag1"},
    "riot-short": {"nhc-udp", "icmpv6-router-solicitation", "icmpv6-destination-unreachable"},
    "riot-stock": {"icmpv6-router-solicitation", "nd-option-source-link-layer-address", "rpl-prefix-information"},
    "riot-udp": {"nhc-udp", "icmpv6-destination-unreachable"},
}
"""Layers that must have been there, so that the test is known to look at them."""


@pytest.mark.parametrize("name", FRAMES)
def test_every_layer_of_every_frame_encodes_to_the_octets_it_came_from(name: str) -> None:
    seen: Counter[str] = Counter()
    for frame in explained(name, KNOWN[name]):
        seen += put_together(frame)
    assert seen["ieee802154"] == FRAMES[name]
    missing = REACHED[name] - seen.keys()
    assert not missing, sorted(seen)
