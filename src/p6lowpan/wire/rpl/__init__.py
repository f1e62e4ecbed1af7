"""RPL, RFC 6550: the ICMPv6 messages and their options."""
