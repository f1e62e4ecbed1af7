"""All experiments, in the order of the report."""

from p6lowpan.evaluation import (
    core,
    discovery,
    errors,
    features,
    matrix,
    model,
    octets,
    pairs,
    sizes,
    spectrum,
    start_up,
)
from p6lowpan.evaluation.results import Experiment, Results

EXPERIMENTS: tuple[Experiment, ...] = (
    features.EXPERIMENT,
    sizes.EXPERIMENT,
    pairs.EXPERIMENT,
    matrix.EXPERIMENT,
    spectrum.EXPERIMENT,
    core.EXPERIMENT,
    model.EXPERIMENT,
    start_up.EXPERIMENT,
    errors.EXPERIMENT,
    octets.EXPERIMENT,
    discovery.EXPERIMENT,
)


def measured(quick: bool) -> Results:
    """The results of all."""
    return Results((experiment, experiment.run(quick)) for experiment in EXPERIMENTS)
