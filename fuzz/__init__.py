"""Fuzz targets: each module ``fuzz_*`` states its invariant in its first line, makes ``seeds`` and has a ``check``."""
