"""What answers teach of the form in which a neighbour understands anything: kept in the results, used in the scene."""

from dataclasses import replace

from p6lowpan.interop.probing.results import Outcome, Results
from p6lowpan.interop.probing.scene import Base, Scene

BASES = {"base/plain": Base.PLAIN, "base/iphc": Base.IPHC}
FRAGMENTS = {"fragment/plain": Base.PLAIN, "fragment/iphc": Base.IPHC}
SHORT = "fragment/short"
AT_ONCE = "parallel/"


def begun(scene: Scene, results: Results, room: int) -> Scene:
    """The scene with what the results know. ``room``: octets of 6LoWPAN in a frame."""
    return replace(
        scene,
        base=_base(results.base),
        fragments=_base(results.fragments),
        is_short_fragmented=results.is_short_fragmented,
        parallel=max((_at_once(one.name) for one in results.of.values() if one.outcome is Outcome.ANSWERED), default=1),
        room=room,
    )


def learned(scene: Scene, results: Results, name: str) -> Scene:
    """The scene after the probe of that name was answered; the results remember it."""
    if name in BASES and scene.base is None:
        return based(scene, results, BASES[name])
    if name in FRAGMENTS:
        results.fragments, results.is_short_fragmented = FRAGMENTS[name].value, False
        return replace(scene, fragments=FRAGMENTS[name], is_short_fragmented=False)
    if name.startswith(AT_ONCE):
        return replace(scene, parallel=_at_once(name))
    if name == SHORT and scene.fragments is None:
        results.fragments, results.is_short_fragmented = Base.IPHC.value, True
        return replace(scene, fragments=Base.IPHC, is_short_fragmented=True)
    return scene


def based(scene: Scene, results: Results, base: Base) -> Scene:
    """The scene once it is known which form is understood."""
    results.base = base.value
    return replace(scene, base=base)


def _at_once(name: str) -> int:
    return int(name.removeprefix(AT_ONCE)) if name.startswith(AT_ONCE) else 1


def _base(name: str | None) -> Base | None:
    return None if name is None else Base(name)
