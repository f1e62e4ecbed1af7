"""The capability spectrum, counted: features by level, and FLEX fields."""

from p6lowpan.capability.features import FLEX_RESERVED_BITS, HIGHEST_LEVEL, Feature
from p6lowpan.capability.profile import flex_field, level_features
from p6lowpan.evaluation.results import Experiment, Value


def measure(_quick: bool) -> dict[str, Value]:
    """Of each level: its features, those it adds, and the FLEX field that says the same."""
    values: dict[str, Value] = {}
    for level in range(HIGHEST_LEVEL + 1):
        own = [feature.value.name for feature in Feature if feature.level == level]
        values[f"{level}/adds"] = ", ".join(own)
        values[f"{level}/added"] = len(own)
        values[f"{level}/features"] = len(level_features(level))
        values[f"{level}/FLEX field"] = f"{flex_field(level_features(level)):08x}"
    values["FLEX features"] = len({feature.flex_bit for feature in Feature} - {None})
    values["FLEX reserved bits"] = FLEX_RESERVED_BITS
    return values


EXPERIMENT = Experiment(
    "spectrum", "counted in the table of features, of which the encoder's choices are made", measure
)
