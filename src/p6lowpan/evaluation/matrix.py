"""Who understands whom: ordered pairs of stacks, and of levels and FLEX fields with discovery and without."""

from p6lowpan.capability.profile import flex_field, level_features
from p6lowpan.evaluation.octets import SIX
from p6lowpan.evaluation.results import Experiment, Value
from p6lowpan.interop.laboratory.matrix import matrix
from p6lowpan.interop.laboratory.parties import GROUPS, parties
from p6lowpan.interop.profiles import STACKS

FLEX_LEVELS = (1, 3, 5)


def own_names(quick: bool) -> tuple[str, ...]:
    """Our own parties: the levels, and FLEX fields with the features of some."""
    fields = tuple(f"flex:{flex_field(level_features(level)):08x}" for level in FLEX_LEVELS)
    return GROUPS["levels"][::3] if quick else (*GROUPS["levels"], *fields)


def measure(quick: bool) -> dict[str, Value]:
    """The smallest packet that fails, for each ordered pair, empty where all get through; and how many fail, unless
    only some pairs are tried."""
    values: dict[str, Value] = {}
    stacks = [name for name in SIX if name in STACKS]
    for title, names, discovery in (
        ("stacks", stacks[:2] if quick else stacks, False),
        ("own, without discovery", own_names(quick), False),
        ("own, with discovery", own_names(quick), True),
    ):
        found = matrix(parties(names), discovery=discovery)
        cells = [cell for row in found.cells for cell in row]
        if not quick:
            values[f"{title}/packets"] = found.probes
            values[f"{title}/pairs"] = len(cells)
            values[f"{title}/failing pairs"] = len(found.failing)
        for cell in cells:
            failed = None if cell.witness is None else cell.witness.probe.name
            values[f"{title}/{cell.sender.name}/{cell.receiver.name}"] = failed or ""
    return values


EXPERIMENT = Experiment(
    "matrix",
    "every packet that one party sends is put to the other; the smallest that does not arrive is the witness",
    measure,
)
