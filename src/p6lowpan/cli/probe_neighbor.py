"""The neighbour that ``p6lowpan probe`` is given: in the simulator, or on a radio."""

import asyncio
import contextlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from p6lowpan.analysis.given import contexts_of
from p6lowpan.capability.errors import UsageError
from p6lowpan.cli.options import pan_of
from p6lowpan.cli.output import counting
from p6lowpan.configuration.keys import Kind, taken
from p6lowpan.configuration.kinds import KEY, SHORT
from p6lowpan.drivers.radio import Radio
from p6lowpan.drivers.text_file import read_text
from p6lowpan.gateway.radios import link_over, radio_of, read_radio
from p6lowpan.interop.probing import simulated
from p6lowpan.interop.probing.live import LiveProbing
from p6lowpan.interop.probing.plan import Reach
from p6lowpan.interop.probing.plan import plan as probes
from p6lowpan.interop.probing.prober import Patience, Prober
from p6lowpan.interop.probing.results import Results, restored
from p6lowpan.interop.probing.scene import Scene
from p6lowpan.simulator.links import LinkQuality
from p6lowpan.wire.address import parse_ipv6, parse_link

SIMULATED = "sim"


@dataclass(frozen=True, slots=True)
class Neighbor:
    """What the command line says of it, as it was typed; empty where nothing was said."""

    target: str
    radio: str
    pan: str
    own: str
    own_short: str
    short: str
    address: str
    contexts: tuple[str, ...]
    key: str
    loss: float
    patience: Patience

    @property
    def name(self) -> str:
        """For tables and files."""
        return self.target or self.radio.partition(":")[2]

    def probe(self, reach: Reach, state: Path | None) -> Prober:
        """Probe it, from what ``state`` holds; what is found is kept there. Raises :class:`UsageError`,
        :class:`OSError`."""
        results = read_state(state, self.name)
        if is_simulated(self.radio):
            what = simulated.by_name(self.radio.partition(":")[2])
            simulation = simulated.simulation(what, LinkQuality(loss=self.loss), reach, results)
            with contextlib.suppress(KeyboardInterrupt):
                simulation.run()
            write_state(state, simulation.prober)
            return simulation.prober
        prober, radio = self._on_a_radio(reach, results)
        with contextlib.suppress(KeyboardInterrupt), counting() as count:

            def told() -> None:
                write_state(state, prober)
                count(len(prober.results.of), len(prober.plan))

            asyncio.run(LiveProbing(prober, radio, told).run())
        write_state(state, prober)
        return prober

    def _on_a_radio(self, reach: Reach, results: Results) -> tuple[Prober, Radio]:
        plan = read_radio(self.radio, "--radio, beside sim:LEVEL and sim:STACK")
        if not self.target:
            raise UsageError("a neighbour on a radio needs its link-layer address")
        ours, our_short = parse_link(self.own), _given(SHORT, "--own-short", self.own_short)
        pan, key = pan_of(self.pan), _given(KEY, "--key", self.key)
        scene = Scene(
            ours,
            parse_link(self.target),
            our_short,
            _given(SHORT, "--short", self.short),
            {one.identifier: one for one in contexts_of(self.contexts)},
            parse_ipv6(self.address) if self.address else None,
        )
        link = link_over(plan, ours, pan, short=our_short, key=key)
        return Prober(link, scene, probes(reach), results, self.patience), radio_of(plan, ours, pan, key)


def is_simulated(radio: str) -> bool:
    """Whether words name a neighbour in the simulator."""
    return radio.partition(":")[0] == SIMULATED


def _given(kind: Kind, option: str, text: str) -> Any:  # Any: what a key of that kind holds
    """What an option says, as a configuration's key would; ``None`` where nothing was said."""
    return taken(kind, text, option) if text else None


def read_state(path: Path | None, neighbour: str) -> Results:
    """What an earlier probing of the same neighbour found; nothing yet where there was none. Raises
    :class:`UsageError`."""
    if path is None or not path.exists():
        return Results(neighbour=neighbour)
    text = read_text(path)
    try:
        results = restored(text)
    except UsageError as error:
        raise UsageError(f"{path}: {error}") from None
    if results.neighbour != neighbour:
        raise UsageError(f"{path}: the state of a probing of {results.neighbour!r}, not of {neighbour!r}")
    return results


def write_state(path: Path | None, prober: Prober) -> None:
    """All at once: whoever interrupts it finds the old state or the new one."""
    if path is None:
        return
    beside = path.with_name(path.name + ".new")
    beside.write_text(prober.results.saved() + "\n", encoding="utf-8")
    beside.replace(path)
