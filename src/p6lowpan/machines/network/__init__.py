"""IPv6 of one interface: a host's and a router's part, without Neighbor Discovery and without a link."""
