"""Conformance vectors for any 6LoWPAN stack, generated from the tables of the codec."""
