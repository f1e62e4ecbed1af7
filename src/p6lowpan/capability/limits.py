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
    link_retries: int = 3  # IEEE 802.15.4-2015 macMaxFrameRetries: 0 to 7; a busy channel counts, too
    link_backoffs: int = 4  # IEEE 802.15.4-2015 macMaxCsmaBackoffs: 0 to 5
    channel_assessment_timeout_us: int = 100_000  # the assessment takes 128 us; the rest is for a slow driver; ours
    transmission_timeout_us: int = 1_000_000  # longer than a radio's own CSMA/CA and retries (about 190 ms); ours
    duplicate_sources: int = 32  # neighbors of whose frames the latest are remembered; ours
    duplicate_frames_per_source: int = 8  # of 256 sequence numbers: far fewer, so that none comes round; ours
    duplicate_memory_us: int = 1_000_000  # longer than the 15 retries of OpenThread, 640 ms at most
    secured_neighbors: int = 64  # whose frame counters are kept, for good; OpenThread 32 routers, 10 children
    short_addresses: int = 64  # of which the EUI-64 is known; as many as secured neighbors
    discovery_neighbors: int = 64  # whose level is remembered, three bits each; as many as secured neighbors
    discovery_datagrams: int = 7  # kept while it is open whether a neighbour takes them: long ones, so few; ours
    discovery_wait_us: int = 500_000  # after which silence proves a feature: an error is back in two frame times; ours

    # the mesh
    mesh_queue_frames: int = 64  # waiting to be sent, ours and others': three datagrams of 1280 octets; ours
    mesh_gap_us: int = 25_000  # between frames of ours, so that three hops are done with one; RFC 8930 5 asks for it
    flood_gap_us: int = 100_000  # between floods of ours, so that four neighbors are done with one; ours
    flood_jitter_us: int = 20_000  # at most, before one is sent on: about five frames; RFC 5148 5.3 asks for it
    flood_memory: int = 128  # floods remembered: of three originators that send one every 100 ms; RFC 4944 sets none
    flood_memory_us: int = 4_000_000  # sequence numbers come round after 25 s at ten floods a second; ours

    # the network
    joined_groups: int = 8  # beside those of RFC 4291 2.8, which need no entry; ours
    on_link_prefixes: int = 64  # and single addresses: every neighbor that registered has one; ours
    static_routes: int = 64  # one for each node of a small network; Contiki-NG 16
    udp_ports: int = 16  # bound at a time; ours
    icmpv6_error_burst: int = 10  # RFC 4443 2.4 f, its example for a small device: B=10
    icmpv6_errors_per_second: int = 10  # the same example: N=10/s
    fragmented_packets: int = 2  # of IPv6 itself (RFC 8200 4.5), waiting for the rest of their fragments; ours
    fragmented_packet_octets: int = 1500  # RFC 8200 5: as large a packet must be accepted after reassembly
    fragmented_packet_us: int = 60_000_000  # RFC 8200 4.5: 60 s from the first fragment that came

    coap_exchanges: int = 16  # answered, remembered for repetitions; RFC 7252 4.5 wants them, and sets no number
    coap_payload_octets: int = 1024  # RFC 7252 4.6: what to assume where nothing is known of the other end

    # the backbone of a border router
    backbone_flows: int = 1024  # conversations that nodes began, so that answers get in; ours
    backbone_flow_us: int = 300_000_000  # RFC 6092 REC-14 for UDP: five minutes or more
    backbone_tcp_flow_us: int = 7_440_000_000  # RFC 6092 REC-35: not less than 2 hours 4 minutes
    backbone_queue_octets: int = 51_200  # waiting for the radio: 40 datagrams of 1280 octets, two seconds of air; ours
    backbone_queue_octets_per_node: int = 12_800  # of these for one node, so that it cannot fill them all; ours

    # Neighbor Discovery: room
    neighbors: int = 32  # entries of the neighbor cache; Contiki-NG 16, RIOT 8, Linux 1024
    neighbors_for_routers: int = 4  # of these kept for routers of ours (draft-ietf-lwig-nbr-mgmt-policy)
    neighbors_for_registered: int = 16  # of these kept for nodes that register with us
    neighbor_queue_packets: int = 3  # for each unresolved neighbor; RFC 4861 7.2.2: at least 1
    own_addresses: int = 8  # four prefixes for each of two link-layer addresses
    default_routers: int = 4  # RFC 4861 6.3.4: at least 2
    prefixes: int = 4  # of the prefix list, and from each border router; RFC 4861 sets no number
    border_routers: int = 2  # whose information is kept (RFC 6775 8.1.4)
    refused_routers: int = 4  # remembered, because their neighbor cache is full; as many as default routers
    bindings: int = 256  # registrations that a border router keeps for its network
    duplicate_requests: int = 8  # that a router has under way with its border router
    pending_advertisements: int = 8  # router solicitations that wait for their answer

    # Neighbor Discovery: times and counts
    reachable_time_us: int = 30_000_000  # RFC 4861 10, REACHABLE_TIME
    retransmission_timer_us: int = 1_000_000  # RFC 4861 10, RETRANS_TIMER
    shortest_retransmission_us: int = 100_000  # whatever a router advertisement says; ours
    first_probe_delay_us: int = 5_000_000  # RFC 4861 10, DELAY_FIRST_PROBE_TIME
    multicast_solicitations: int = 3  # RFC 4861 10, MAX_MULTICAST_SOLICIT
    unicast_solicitations: int = 3  # RFC 4861 10, MAX_UNICAST_SOLICIT
    duplicate_probes: int = 1  # RFC 4862 5.1, DupAddrDetectTransmits
    router_solicitation_delay_us: int = 1_000_000  # RFC 4861 10, MAX_RTR_SOLICITATION_DELAY
    router_solicitation_interval_us: int = 10_000_000  # RFC 6775 9, RTR_SOLICITATION_INTERVAL
    regular_solicitation_interval_us: int = 4_000_000  # RFC 4861 10, RTR_SOLICITATION_INTERVAL
    router_solicitations: int = 3  # RFC 6775 9, MAX_RTR_SOLICITATIONS
    longest_solicitation_interval_us: int = 60_000_000  # RFC 6775 9, MAX_RTR_SOLICITATION_INTERVAL
    advertisement_delay_us: int = 2_000_000  # RFC 6775 9, MAX_RA_DELAY_TIME
    advertisement_spacing_us: int = 10_000_000  # RFC 6775 9, MIN_DELAY_BETWEEN_RAS
    initial_advertisements: int = 3  # RFC 6775 9, MAX_RTR_ADVERTISEMENTS
    initial_advertisement_interval_us: int = 16_000_000  # RFC 4861 10, MAX_INITIAL_RTR_ADVERT_INTERVAL
    advertisement_interval_us: int = 600_000_000  # RFC 4861 6.2.1, MaxRtrAdvInterval
    tentative_registration_us: int = 20_000_000  # RFC 6775 9, TENTATIVE_NCE_LIFETIME
    context_change_delay_us: int = 300_000_000  # RFC 6775 9, MIN_CONTEXT_CHANGE_DELAY
    multihop_hop_limit: int = 64  # RFC 6775 9, MULTIHOP_HOPLIMIT
    registration_timer_us: int = 2_000_000  # for each try; RFC 6775 5.5: at least RETRANS_TIMER; ours
    registration_retry_us: int = 60_000_000  # after the registry was full, or the registration removed; ours
    registration_advances: int = 3  # how often a counter that was too old is set forward; ours
    refused_router_us: int = 60_000_000  # for so long a router with a full neighbor cache is not asked again; ours
    removed_binding_us: int = 5_000_000  # RFC 8505 5.7: the DELAY state of a binding that was given back; ours


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
