"""Nodes in the world: clocks, sockets, radios, logs. The only place with I/O."""
