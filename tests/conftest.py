"""Hypothesis is repeatable here: a test that fails, fails again. ``--hypothesis-profile=search`` looks further."""

from hypothesis import settings

settings.register_profile("repeatable", derandomize=True, deadline=None, database=None)
settings.register_profile("search", deadline=None, max_examples=1000)
settings.load_profile("repeatable")
