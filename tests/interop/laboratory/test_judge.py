"""Which stacks would lose a packet of a capture."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from p6lowpan.analysis.explained import Finding
from p6lowpan.analysis.explainer import Explainer, Settings
from p6lowpan.analysis.findings import RULES
from p6lowpan.analysis.judging import LOST_BY_STACKS, TAKEN_BY_STACKS
from p6lowpan.analysis.payloads import PayloadExplainer
from p6lowpan.capture.files import open_capture
from p6lowpan.interop.laboratory.delivery import Fate
from p6lowpan.interop.laboratory.judge import MOST_DATAGRAMS, StackJudge
from p6lowpan.interop.laboratory.parties import party
from p6lowpan.interop.laboratory.probes import CONTEXTS, LONG, PAN, by_name
from p6lowpan.interop.profiles import STACKS

CAPTURES = Path(__file__).parents[2] / "vectors" / "captures"
NAMES = {LOST_BY_STACKS.name, TAKEN_BY_STACKS.name}


def judged(judge: StackJudge, *frames: bytes) -> list[Finding]:
    explainer = PayloadExplainer(Settings(contexts=tuple(CONTEXTS.values())), judge=judge)
    explanations = [explainer.explain_payload(number, frame, LONG, PAN) for number, frame in enumerate(frames, 1)]
    return [finding for each in explanations for finding in each.findings if finding.name in NAMES]


def frames_of(name: str, sender: str = "rfc6282") -> tuple[bytes, ...]:
    probe = by_name()[name]
    return party(sender).sends(probe.packet, probe.node).frames


def test_both_findings_are_in_the_table() -> None:
    assert {LOST_BY_STACKS, TAKEN_BY_STACKS} <= set(RULES)


def test_a_packet_that_stacks_misread_is_told_with_quirk_clause_and_a_safe_level() -> None:
    judge = StackJudge([STACKS["riot"], STACKS["nanostack"]])
    (finding,) = judged(judge, *frames_of("traffic/46-1-fffff"))
    assert finding.text == (
        "riot hands up another packet: the traffic class octet is copied between IPv6 and LOWPAN_IPHC as it is, both"
        " ways (RFC 6282 3.2.1). Level 0 would be safe"
    )
    assert judge.totals == {("riot", Fate.ARRIVES_WRONG): 1}
    assert judge.packets == 1


def test_those_who_do_the_same_are_told_together() -> None:
    judge = StackJudge([STACKS["tock"], STACKS["openthread"], STACKS["riot"]])
    uncompressed = b"\x41" + by_name()["traffic/0-0-0"].packet
    (finding,) = judged(judge, uncompressed)
    assert "openthread drops it" in finding.text
    assert "tock drops it" in finding.text
    assert "riot" not in finding.text
    assert finding.text.endswith("would be safe")


def test_a_packet_that_all_take_needs_no_word() -> None:
    assert judged(StackJudge([STACKS["riot"]]), *frames_of("traffic/0-0-0")) == []


def test_fragments_are_judged_when_the_datagram_is_complete() -> None:
    frames = frames_of("size/256", "level-0")
    assert len(frames) > 2
    judge = StackJudge([STACKS["linux"], STACKS["riot"]])
    (finding,) = judged(judge, *frames)
    assert finding.text.startswith("linux")
    assert judged(StackJudge([STACKS["linux"]]), *frames[:-1]) == []


def test_what_is_wrong_and_yet_handed_up_is_told() -> None:
    unknown = bytes.fromhex("7e3300") + bytes(30)
    (finding,) = judged(StackJudge([STACKS["riot"], STACKS["openthread"]]), unknown)
    assert (finding.name, finding.text) == ("taken-by-stacks", "handed up as a packet by riot")


def test_datagrams_that_never_end_are_forgotten() -> None:
    judge = StackJudge([STACKS["riot"]])
    first, _, *_ = frames_of("size/256")
    judged(judge, *(first[:2] + tag.to_bytes(2, "big") + first[4:] for tag in range(3 * MOST_DATAGRAMS)))
    assert len(judge._fragments) == MOST_DATAGRAMS


def findings_of(name: str, judge: StackJudge | None) -> Iterator[Finding]:
    explainer = Explainer(Settings(), judge=judge)
    for captured in open_capture(str(CAPTURES / f"{name}.pcap")):
        yield from explainer.explain(captured).findings


@pytest.mark.parametrize("name", ["riot-short", "riot-udp"])
def test_a_judge_adds_findings_and_changes_no_other(name: str) -> None:
    judge = StackJudge(STACKS.values())
    with_judge = list(findings_of(name, judge))
    assert [finding for finding in with_judge if finding.name not in NAMES] == list(findings_of(name, None))
    assert judge.packets > 0
    assert any(finding.name in NAMES for finding in with_judge)


def test_contiki_loses_short_addresses_of_a_real_capture() -> None:
    judge = StackJudge([STACKS["contiki"], STACKS["riot"]])
    lost = [finding.text for finding in findings_of("riot-short", judge) if finding.name == LOST_BY_STACKS.name]
    assert lost
    assert all("a short link-layer address is taken for the beginning of an EUI-64" in text for text in lost)
    assert judge.totals["contiki", Fate.ARRIVES_WRONG] == len(lost)
    assert judge.totals["riot", Fate.ARRIVES_WRONG] == 0
