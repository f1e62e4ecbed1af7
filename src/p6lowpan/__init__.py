"""6LoWPAN that interoperates."""
