"""The wire formats: octets to values and back. No state, no clock, no setting."""
