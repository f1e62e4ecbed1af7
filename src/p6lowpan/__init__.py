"""6LoWPAN that interoperates."""

__version__ = "0.1.0"
