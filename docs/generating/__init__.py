"""What docs/generate.py writes: one module for a kind of page."""
