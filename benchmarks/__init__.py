"""Benchmarks: the same work done by p6lowpan and by its peers, in one run. ``make bench``; see docs/performance.md."""
