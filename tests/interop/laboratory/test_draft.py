"""The ten pairs of draft-hudson-ayers-low-power-interop-00 section 2.3."""

from functools import cache

import pytest

from p6lowpan.interop.laboratory import draft
from p6lowpan.interop.laboratory.delivery import Fate
from p6lowpan.interop.laboratory.draft import PAIRS, Outcome
from p6lowpan.interop.laboratory.words.matrix import draft_record, draft_rows

outcome = cache(draft.outcome)
HOLDS = {
    ("contiki", "openthread"): False,
    ("contiki", "riot"): True,
    ("contiki", "nanostack"): True,
    ("contiki", "tinyos"): True,
    ("openthread", "riot"): True,
    ("openthread", "nanostack"): False,
    ("openthread", "tinyos"): True,
    ("riot", "nanostack"): True,
    ("riot", "tinyos"): True,
    ("nanostack", "tinyos"): False,
}
"""Whether the draft's packet is still lost between the stacks that were measured."""


def test_the_draft_names_ten_pairs() -> None:
    assert [pair.names for pair in PAIRS] == list(HOLDS)


@pytest.fixture(params=PAIRS, ids=["-".join(pair.names) for pair in PAIRS])
def found(request: pytest.FixtureRequest) -> Outcome:
    return outcome(request.param)


def test_each_pair_has_a_witness_or_it_is_said_why_not_any_more(found: Outcome) -> None:
    assert found.holds is HOLDS[found.pair.names]
    witness = found.claimed or found.other
    assert witness is not None
    assert witness.fate is not Fate.ARRIVES
    assert {witness.sender.name, witness.receiver.name} == set(found.pair.names)
    if found.claimed is not None:
        assert (witness.sender.name, witness.receiver.name) == (found.pair.sender, found.pair.receiver)
    else:
        assert found.pair.today


def test_uncompressed_packets_of_a_contiki_that_sent_them_would_still_be_dropped_by_openthread() -> None:
    found = outcome(PAIRS[0])
    assert found.tried == 0
    assert found.as_if is not None
    assert found.as_if.frames[0][0] == 0x41
    assert found.as_if.fate is Fate.IS_LOST


def test_what_the_draft_claims_follows_from_its_own_table_but_for_what_that_does_not_list() -> None:
    """Neither the Mobility header nor the context option has a row."""
    unlisted = {("openthread", "nanostack"), ("nanostack", "tinyos")}
    assert {pair.names for pair in PAIRS if outcome(pair).printed is None} == unlisted


def test_a_mobility_header_and_an_advertisement_of_contexts_are_sent_and_arrive() -> None:
    for pair in (PAIRS[5], PAIRS[9]):
        found = outcome(pair)
        assert found.tried > 0
        assert found.claimed is None


def test_the_pairs_are_said_in_words_and_for_programs() -> None:
    found = [outcome(pair) for pair in PAIRS[:2]]
    assert [row[3].split(":")[0] for row in draft_rows(found)] == ["not any more", "holds"]
    first, second = draft_record(found)["pairs"]
    assert (first["holds"], second["holds"]) == (False, True)
    assert first["as_if"]["from"] == "level-0"
    assert second["witness"]["sections"] == ["RFC 6282 3.2.4"]
