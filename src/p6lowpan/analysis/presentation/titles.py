"""The names of layers for a reader. A layer without one here is called by its stable name."""

from p6lowpan.wire.layers import Layer

TITLES = {
    "ieee802154": "IEEE 802.15.4 MAC header",
    "ieee802154-multipurpose": "IEEE 802.15.4 multipurpose MAC header",
    "beacon": "beacon",
    "mac-command": "MAC command",
    "encrypted": "encrypted payload",
    "integrity-code": "message integrity code",
    "frame-check": "frame check sequence",
    "mesh": "mesh addressing header",
    "bc0": "LOWPAN_BC0 broadcast header",
    "frag1": "first fragment header",
    "fragn": "subsequent fragment header",
    "rfrag": "recoverable fragment header",
    "rfrag_ack": "recoverable fragment acknowledgment",
    "page": "paging dispatch",
    "6lorh": "6LoWPAN routing header",
    "ipv6-dispatch": "dispatch of an uncompressed IPv6 packet",
    "hc1": "LOWPAN_HC1, compressed IPv6 header (deprecated)",
    "iphc": "LOWPAN_IPHC, compressed IPv6 header",
    "nhc-extension": "LOWPAN_NHC, compressed extension header",
    "nhc-fragment": "LOWPAN_NHC, compressed Fragment header",
    "nhc-ipv6": "LOWPAN_NHC, a compressed IPv6 header follows",
    "nhc-udp": "LOWPAN_NHC, compressed UDP header",
    "ghc-udp": "GHC, generically compressed UDP",
    "ghc-icmpv6": "GHC, generically compressed ICMPv6",
    "ghc-extension": "GHC, generically compressed extension header",
    "in-line": "octets of the packet, carried in line",
    "fragment-data": "octets of the fragment",
    "payload": "payload",
    "data": "octets that were not read",
    "ipv6": "IPv6",
    "ipv6-hop-by-hop": "Hop-by-Hop Options header",
    "ipv6-destination-options": "Destination Options header",
    "ipv6-routing-rpl": "Routing header, RPL source route",
    "ipv6-fragment": "Fragment header",
    "udp": "UDP",
    "tcp": "TCP",
    "rpl": "RPL control message",
    "coap": "CoAP",
    "mle": "Mesh Link Establishment, decrypted",
}


def title_of(layer: Layer) -> str:
    """What a layer is called."""
    return TITLES.get(layer.name, layer.name)
