"""The drafts' arithmetic, by hand from their text: section 7.3, figures 5, 6 and 8."""

import pytest

from p6lowpan.evaluation import model
from p6lowpan.evaluation.sizes import FIGURE_5, FIGURE_6_ADDED, FIGURE_6_WITH, STACKS

HAND = {"6LoWPAN": (168, 52, 324), "P6LoWPAN": (172, 56, 340), "FLEX-6LoWPAN": (176, 60, 356)}


@pytest.mark.parametrize("kind", HAND)
def test_the_sums_of_figure_8_follow_from_its_rs_and_na(kind):
    constant, each, three = HAND[kind]
    row = model.FIGURE_8[kind]
    assert (row.constant, row.each) == (constant, each)
    assert model.constant_of(row.solicitation) == constant
    assert model.each_of(row.advertisement) == each
    assert model.total(row, 3) == three == constant + 3 * each


def test_the_equation_is_that_of_section_7_3():
    # RS 20 + 2, RA 104 + 2, (NS 24 + 2) + (NA 24 + 2) for one endpoint, registration 24 in the NS and 16 in the NA
    assert model.total(model.FIGURE_8["6LoWPAN"], 1) == 22 + 106 + 26 + 26 + 24 + 16 == 220


def test_the_overheads_are_below_what_the_draft_says():
    values = model.measure(False)
    assert values["P6LoWPAN/limit percent"] == 7.7  # 56 / 52
    assert values["FLEX-6LoWPAN/limit percent"] == 15.4  # 60 / 52
    assert values["P6LoWPAN/overhead percent"] == 3.6  # 228 / 220
    assert values["error/compressed"] == 12
    assert values["error/factor"] == 4  # 48 / 12


def test_the_average_cost_of_discovery_is_more_than_the_caption_says():
    shares = [188 / 3200, 260 / 4200, 388 / 4800, 340 / 5100, 296 / 5600, 172 / 6200]
    assert model.measure(False)["figure 6/average percent"] == round(100 * sum(shares) / 6, 1) == 5.8
    assert model.measure(False)["figure 5/saved percent"] == 48.4  # 3.2 of 6.2 kB remain


def test_figure_6_agrees_with_figure_5_within_rounding():
    for base, added, whole in zip(FIGURE_5, FIGURE_6_ADDED, FIGURE_6_WITH, strict=True):
        assert abs(base + added / 1000 - whole) <= 0.1


def test_table_2_and_figure_3_have_the_same_sizes():
    for stack in STACKS:
        if any(stack.printed_in_2018):
            rounded = round(int(stack.printed_in_2018[0]) / 1000, 1)
            assert abs(rounded - float(stack.printed[0])) <= 0.25, stack.stack  # OpenThread: 26375 octets, and 26.6 kB
