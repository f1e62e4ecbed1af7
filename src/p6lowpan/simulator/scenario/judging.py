"""Whether a run shows what its scenario expects."""

from collections.abc import Iterator, Sequence

from p6lowpan.simulator.scenario.plan import ExpectPlan
from p6lowpan.simulator.scenario.results import ErrorResult, NodeResult, PairResult, Verdict


def judge(
    expect: ExpectPlan, nodes: Sequence[NodeResult], pairs: Sequence[PairResult], errors: Sequence[ErrorResult]
) -> Iterator[Verdict]:
    """What is expected, and what was found."""
    if expect.delivered is not None:
        sent, got = sum(pair.sent for pair in pairs), sum(pair.delivered for pair in pairs)
        expected = "every packet is delivered" if expect.delivered == 1 else f"{expect.delivered:.1%} are delivered"
        yield Verdict(expected, f"{got} of {sent}", got >= expect.delivered * sent)
    if expect.errors_per_pair_max is not None:
        most = max(errors, key=lambda error: error.count, default=None)
        found = "none" if most is None else f"{most.count} from {most.sender} to {most.receiver}"
        expected = f"at most {expect.errors_per_pair_max} class-unsupported from one node to another"
        yield Verdict(expected, found, most is None or most.count <= expect.errors_per_pair_max)
    if expect.levels_right:
        wrong = [(node.name, belief.neighbor) for node in nodes for belief in node.beliefs if belief.is_wrong]
        found = "they are" if not wrong else f"{wrong[0][0]} is wrong about {wrong[0][1]}, {len(wrong)} such in all"
        yield Verdict("the levels that nodes know of each other are right", found, not wrong)
