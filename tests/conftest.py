"""Hypothesis is repeatable here: a test that fails, fails again. ``--hypothesis-profile=search`` looks further.

Tests interrupt programs that they start. Where the tests themselves run in the background of a script, interrupts are
ignored, and the programs would inherit that.
"""

import signal

from hypothesis import settings

settings.register_profile("repeatable", derandomize=True, deadline=None, database=None)
settings.register_profile("search", deadline=None, max_examples=1000)
settings.load_profile("repeatable")

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
