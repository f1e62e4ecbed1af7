"""The list of reasons."""

from p6lowpan.capability.reasons import Reason


def test_a_reason_is_its_name_in_small_letters_with_hyphens():
    # The values are stable: they appear in JSON and in counters.
    assert [reason.value for reason in Reason] == [reason.name.lower().replace("_", "-") for reason in Reason]


def test_a_reason_reads_as_text():
    assert f"{Reason.NO_CONTEXT}" == "no-context"
