"""The two families of errors."""

import copy
import pickle

import pytest

from p6lowpan.capability.errors import Malformed, UsageError
from p6lowpan.capability.reasons import Reason


def test_malformed_says_where_why_and_what():
    error = Malformed("iphc", 3, Reason.TRUNCATED, "destination needs 16 octets")
    assert str(error) == "iphc at octet 3: truncated (destination needs 16 octets)"
    assert str(Malformed("iphc", 3, Reason.TRUNCATED)) == "iphc at octet 3: truncated"


def test_a_shifted_error_counts_from_earlier_octets():
    error = Malformed("udp", 2, Reason.BAD_LENGTH, "9").shifted(40)
    assert (error.layer, error.offset, error.reason, error.detail) == ("udp", 42, Reason.BAD_LENGTH, "9")


@pytest.mark.parametrize("duplicate", [copy.copy, copy.deepcopy, lambda error: pickle.loads(pickle.dumps(error))])
def test_an_error_can_be_copied_and_sent_to_another_process(duplicate):
    error = duplicate(Malformed("udp", 2, Reason.BAD_LENGTH, "9"))
    assert (error.layer, error.offset, error.reason, error.detail) == ("udp", 2, Reason.BAD_LENGTH, "9")


def test_a_caller_may_catch_usage_errors_as_value_errors():
    assert issubclass(UsageError, ValueError)
    assert not issubclass(Malformed, ValueError)
