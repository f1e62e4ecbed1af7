"""Many devices in one process: one clock, one medium, and everything repeatable from a seed.

``World`` puts it together. A device is anything with ``handle`` and ``deadline``: see ``device.Device``.
"""
