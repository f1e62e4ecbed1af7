"""Explicit, finite bounds (draft-ayers-low-power-interop-01 sections 5.3, 6.3): each with unit, default, source."""

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Limits:
    """Every number that the sender could otherwise choose for us. The unit ends the name where it is not a count."""

    header_growth_octets: int = 51  # draft 6.3: 38 IPv6 + 6 UDP + 7 one extension header
    nested_ipv6_headers: int = 0  # draft 6.3: the inner header is never compressed
    compressed_extension_headers: int = 4  # draft-00 6.3.1 gives the order of RFC 8200 4.1; the number is ours
    extension_headers_in_order: bool = True  # draft-00 6.3.1
    datagram_octets: int = 1280  # RFC 8200 5; the format's limit is 2047
    reassembly_buffers: int = 8  # RIOT 4, nanostack 8
    reassembly_buffers_per_neighbor: int = 2  # so that one neighbor cannot fill them all; ours
    reassembly_octets: int = 8 * 1280  # every buffer with a whole datagram
    reassembly_timeout_us: int = 60_000_000  # RFC 4944 5.3: at most 60 s; smoltcp 60, RIOT 3, lwIP 2
    reassembly_duplicates: int = 16  # repeated fragments that a datagram's timeline lists; the rest are counted; ours
    completed_datagrams: int = 8  # remembered, so that a late repetition starts nothing; as many as buffers
    completed_datagram_us: int = 5_000_000  # for so long: longer than link retries, shorter than a tag's reuse; ours
    contexts: int = 16  # RFC 6282 3.1.2: four bits
    frame_octets: int = 127  # IEEE 802.15.4-2015 aMaxPhyPacketSize: the frame check sequence counts
    link_queue_frames: int = 32  # a datagram of 1280 octets is 15 secured frames: two of them; Contiki 8 frames
    link_retries: int = 3  # IEEE 802.15.4-2015 macMaxFrameRetries: 0 to 7
    link_backoffs: int = 4  # IEEE 802.15.4-2015 macMaxCsmaBackoffs: 0 to 5
    channel_assessment_timeout_us: int = 100_000  # the assessment takes 128 us; the rest is for a slow driver; ours
    transmission_timeout_us: int = 1_000_000  # longer than a radio's own CSMA/CA and retries (about 190 ms); ours
    duplicate_sources: int = 32  # neighbors of whose frames the latest are remembered; ours
    duplicate_frames_per_source: int = 8  # of 256 sequence numbers: far fewer, so that none comes round; ours
    duplicate_memory_us: int = 1_000_000  # longer than the 15 retries of OpenThread, 640 ms at most
    secured_neighbors: int = (
        64  # whose frame counters are kept, for good; OpenThread 32 routers, and 10 children by default
    )
    short_addresses: int = 64  # of which the EUI-64 is known; as many as secured neighbors
    discovery_neighbors: int = 64  # whose level is remembered, three bits each; as many as secured neighbors
    discovery_waiting: int = 4  # packets that wait while the one before them is on probation, per neighbor; ours
    discovery_wait_us: int = 500_000  # after which silence proves a feature: an error is back in two frame times; ours


P6LOWPAN = Limits()
"""The bounds of every P6LoWPAN level."""

RFC6282 = Limits(
    header_growth_octets=2047,
    nested_ipv6_headers=4,
    compressed_extension_headers=16,
    extension_headers_in_order=False,
    datagram_octets=2047,
    reassembly_buffers=64,
    reassembly_buffers_per_neighbor=64,
    reassembly_octets=64 * 2047,
    completed_datagrams=64,
)
"""Plain RFC 6282, for gateways and analysis: no bound on growth, nested headers to a depth of four."""

ANALYSIS = replace(
    RFC6282,
    reassembly_buffers=1024,
    reassembly_buffers_per_neighbor=64,
    reassembly_octets=1024 * 2047,
    completed_datagrams=1024,
)
"""For a capture, where one reassembler stands for every node that was heard."""
