"""The results of a run in words."""

from collections import defaultdict
from collections.abc import Iterator

from p6lowpan.analysis.presentation.palette import Palette
from p6lowpan.analysis.presentation.tables import text_table
from p6lowpan.capability.profile import Profile
from p6lowpan.machines.adaptation.news import How
from p6lowpan.simulator.scenario.results import Belief, NodeResult, PairResult, Results, Traffic

NODE_HEADING = ("node", "role", "can", "frames", "octets", "retries", "knows of its neighbors")
MOST_ROWS = 40
MOST_PAIRS = 12
MOST_NEIGHBORS = 6
SOURCES = {How.ERROR: "error", How.ADVERTISEMENT: "told", How.CONFIGURED: "given"}

LEGEND = "(told: by Neighbor Discovery; error: by a class-unsupported error; given: by the scenario)"

Compared = tuple[int, Traffic] | None
"""A level, and what was on the air where all nodes had it."""


def run_lines(title: str, results: Results, compared: Compared, palette: Palette) -> Iterator[str]:
    """All that is worth saying."""
    yield palette.title(title)
    yield ""
    yield from text_table(NODE_HEADING, [node_row(node) for node in results.nodes[:MOST_ROWS]], palette)
    if len(results.nodes) > MOST_ROWS:
        yield f"and {len(results.nodes) - MOST_ROWS} more"
    yield LEGEND
    yield ""
    yield from _delivery(results, palette)
    yield from _errors(results)
    yield from _air(results, compared)
    yield from _verdicts(results, palette)


def node_row(node: NodeResult) -> tuple[str, ...]:
    """A node in the columns of ``NODE_HEADING``."""
    traffic = node.traffic
    numbers = (str(traffic.frames), str(traffic.octets), str(traffic.retries))
    known = [_belief(belief) for belief in node.beliefs if belief.profile is not None]
    rest = [f"and {len(known) - MOST_NEIGHBORS} more"] if len(known) > MOST_NEIGHBORS else []
    part = node.role.replace("_", " ") + ("" if node.is_on else " (off)")
    words = ", ".join(known[:MOST_NEIGHBORS] + rest) or "nothing"
    return (node.name, part, profile_words(node.profile), *numbers, words)


def profile_words(profile: Profile) -> str:
    """``5``, ``FLEX 0f0f0000``, or the profile's name."""
    if profile.level is not None:
        return str(profile.level)
    return f"FLEX {profile.flex:08x}" if profile.flex is not None else profile.name


def _belief(belief: Belief) -> str:
    if belief.profile is None or belief.how is None:
        return f"{belief.neighbor} unknown"
    doubt = f", is {profile_words(belief.truth)}" if belief.is_wrong else ""
    return f"{belief.neighbor} {profile_words(belief.profile)} ({SOURCES[belief.how]}{doubt})"


def _delivery(results: Results, palette: Palette) -> Iterator[str]:
    kinds: dict[str, list[PairResult]] = defaultdict(list)
    for pair in results.pairs:
        kinds[pair.kind].append(pair)
    for kind, pairs in kinds.items():
        sent, got = sum(pair.sent for pair in pairs), sum(pair.delivered for pair in pairs)
        repeated = sum(pair.repeated for pair in pairs)
        longest = max(pair.longest_us for pair in pairs)
        text = f"{kind}: {got} of {sent} delivered between {_count(len(pairs), 'pair')}"
        text += f", in {longest / 1000:.0f} ms at most" if got else ""
        yield text + (f", {repeated} repeated" if repeated else "")
        lossy = [pair for pair in pairs if pair.delivered < pair.sent]
        for pair in lossy[:MOST_PAIRS]:
            lost = f"  {pair.sender} > {pair.receiver}: {pair.delivered} of {pair.sent}"
            yield palette.warning(lost)
        if len(lossy) > MOST_PAIRS:
            yield f"  and {len(lossy) - MOST_PAIRS} more pairs"


def _errors(results: Results) -> Iterator[str]:
    if not results.errors:
        yield "class-unsupported: none was sent"
        return
    most = max(error.count for error in results.errors)
    yield f"class-unsupported: {results.errors_sent} sent, at most {most} from one node to another"
    for error in results.errors[:MOST_PAIRS]:
        yield f"  {error.sender} told {error.receiver}" + (f" {error.count} times" if error.count > 1 else "")
    if len(results.errors) > MOST_PAIRS:
        yield f"  and {len(results.errors) - MOST_PAIRS} more"


def _air(results: Results, compared: Compared) -> Iterator[str]:
    total = results.total
    share = total.airtime_us / max(1, results.now_us)
    yield (
        f"on the air: {total.octets} octets in {_count(total.frames, 'frame')}, {total.airtime_us / 1e6:.2f} s "
        f"({share:.1%} of {results.now_us / 1e6:g} s), {total.retries} retries"
    )
    if total.drops:
        yield "dropped: " + ", ".join(f"{count} {reason}" for reason, count in total.drops.items())
    if compared is not None:
        level, other = compared
        saved = 1 - total.octets / max(1, other.octets)
        yield (
            f"with all nodes at level {level}: {other.octets} octets in {_count(other.frames, 'frame')}, "
            f"{other.airtime_us / 1e6:.2f} s; these levels save {saved:.0%}"
        )


def _verdicts(results: Results, palette: Palette) -> Iterator[str]:
    if results.verdicts:
        yield ""
        yield palette.title("expected")
    for verdict in results.verdicts:
        mark = "yes" if verdict.is_met else palette.error("NO ")
        yield f"  {mark}  {verdict.expected}: {verdict.found}"


def _count(number: int, what: str) -> str:
    return f"{number} {what}" + ("" if number == 1 else "s")
