"""CoAP without I/O: what a server does with datagrams (RFC 7252), and resources for it."""
