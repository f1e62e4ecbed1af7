"""Neighbor Discovery: RFC 4861 and 4862, and what LoWPANs make of them (RFC 6775, RFC 8505)."""
