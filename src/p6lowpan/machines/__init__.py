"""Behaviour without I/O: (now, event) -> outputs. One mechanism a file."""
