"""The neighbour that ``p6lowpan probe`` is given: in the simulator, or on a radio."""

import asyncio
import contextlib
import ipaddress
from dataclasses import dataclass
from pathlib import Path

from p6lowpan.analysis.given import contexts_of
from p6lowpan.capability.errors import UsageError
from p6lowpan.capture.zep import PORT
from p6lowpan.drivers.zep import ZepRadio, zep_link
from p6lowpan.interop.probing import simulated
from p6lowpan.interop.probing.live import LiveProbing
from p6lowpan.interop.probing.plan import Reach, plan
from p6lowpan.interop.probing.prober import Patience, Prober
from p6lowpan.interop.probing.results import Results, restored
from p6lowpan.interop.probing.scene import Scene
from p6lowpan.machines.link.configuration import LinkKey, LinkSecurity
from p6lowpan.simulator.links import LinkQuality
from p6lowpan.wire.address import LinkAddress, parse_ipv6, parse_link

SIMULATED, ZEP = "sim", "zep"


@dataclass(frozen=True, slots=True)
class Neighbor:
    """What the command line says of it, as it was typed; empty where nothing was said."""

    target: str
    radio: str
    pan: str
    channel: int
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
        results = read_state(state)
        kind, place = _kind_of(self.radio)
        if kind == SIMULATED:
            quality = LinkQuality(loss=self.loss)
            simulation = simulated.simulation(simulated.by_name(place), quality, reach, results)
            simulation.run()
            write_state(state, simulation.prober)
            return simulation.prober
        prober = self._live(reach, results)
        radio = zep_radio(place, self.channel, parse_link(self.own))
        with contextlib.suppress(KeyboardInterrupt):
            asyncio.run(LiveProbing(prober, radio, lambda: write_state(state, prober)).run())
        write_state(state, prober)
        return prober

    def _live(self, reach: Reach, results: Results | None) -> Prober:
        if not self.target:
            raise UsageError("a neighbour on a radio needs its link-layer address")
        ours, our_short = parse_link(self.own), _short(self.own_short)
        scene = Scene(
            ours,
            parse_link(self.target),
            our_short,
            _short(self.short),
            {one.identifier: one for one in contexts_of(list(self.contexts))},
            parse_ipv6(self.address) if self.address else None,
        )
        link = zep_link(ours, _pan(self.pan), short=our_short, security=_security(self.key))
        return Prober(link, scene, plan(reach), results, self.patience)


def _short(text: str) -> LinkAddress | None:
    if not text:
        return None
    address = parse_link(text)
    if len(address) != 2:
        raise UsageError(f"{text!r} is no short address: 4 hex digits")
    return address


def _pan(text: str) -> int:
    try:
        return int(text, 16)
    except ValueError:
        raise UsageError(f"{text!r} is no PAN: up to 4 hex digits") from None


def _security(key: str) -> LinkSecurity | None:
    if not key:
        return None
    try:
        return LinkSecurity((LinkKey(bytes.fromhex(key)),))
    except ValueError:
        raise UsageError("--key is 32 hex digits") from None


def read_state(path: Path | None) -> Results | None:
    """What an earlier probing found; ``None`` where there was none."""
    if path is None or not path.exists():
        return None
    try:
        return restored(path.read_text(encoding="utf-8"))
    except UnicodeDecodeError:
        raise UsageError(f"{path}: no text file") from None
    except UsageError as error:
        raise UsageError(f"{path}: {error}") from None


def write_state(path: Path | None, prober: Prober) -> None:
    """All at once: whoever interrupts it finds the old state or the new one."""
    if path is None:
        return
    beside = path.with_name(path.name + ".new")
    beside.write_text(prober.results.saved() + "\n", encoding="utf-8")
    beside.replace(path)


def _kind_of(text: str) -> tuple[str, str]:
    """``sim:riot`` is ``sim`` and ``riot``."""
    kind, colon, rest = text.partition(":")
    if kind not in (SIMULATED, ZEP) or (kind == SIMULATED and not colon):
        raise UsageError(f"--radio is sim:LEVEL, sim:STACK, zep or zep:HOST:PORT, not {text!r}")
    return kind, rest


def zep_radio(place: str, channel: int, registers_as: LinkAddress) -> ZepRadio:
    """A radio at a dispatcher, a peer or a group: ``HOST:PORT``, ``[HOST]:PORT``, or a host alone."""
    host, port = _read_place(place)
    try:
        is_group = ipaddress.ip_address(host.partition("%")[0]).is_multicast
    except ValueError as error:
        raise UsageError(f"--radio zep: {error}") from None
    return ZepRadio([(host, port)], channel=channel, registers_as=None if is_group else registers_as)


def _read_place(place: str) -> tuple[str, int]:
    if not place:
        return "::1", PORT
    if not place.startswith("[") and place.count(":") != 1:
        return place, PORT
    host, _, port = place.rpartition(":")
    if not port.isdigit() or not 0 < int(port) < 1 << 16:
        raise UsageError(f"--radio zep: {port!r} is no UDP port")
    return host.strip("[]"), int(port)
