"""IEEE 802.15.4: frames, addressing, information elements, security."""
