"""The other interface of a border router: what may come in and go out there, and how fast."""
