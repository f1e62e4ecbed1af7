"""IPv6, its extension headers, UDP, TCP, ICMPv6 and Neighbor Discovery."""
