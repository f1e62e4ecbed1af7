"""The day of :mod:`.traffic` on the air: by level, by FLEX field, by stack.

Each packet is encoded for a receiver of the same kind, which is known: by our own compressor for levels and FLEX
fields, as its profile predicts for a stack. Frames have IEEE 802.15.4 headers with EUI-64s and no security.
"""

from collections.abc import Callable, Sequence

from p6lowpan.capability.errors import Malformed, UsageError
from p6lowpan.capability.profile import LEVELS, RFC6282, Profile
from p6lowpan.evaluation.errors import flex
from p6lowpan.evaluation.radio import PAN, RADIOS, OnAir, millijoules, on_air, room
from p6lowpan.evaluation.results import Experiment, Value
from p6lowpan.evaluation.traffic import CONTEXTS, Exchange, Step, exchanges
from p6lowpan.interop.node import Node
from p6lowpan.interop.prediction import sends
from p6lowpan.interop.profiles import STACKS
from p6lowpan.interop.stack import Stack
from p6lowpan.machines.adaptation.sender import send

Encode = Callable[[Step], Sequence[bytes]]
"""The frames of a packet; none where it is refused."""

SIX = ("contiki", "contiki-ng", "openthread", "riot", "nanostack", "tinyos")
"""The stacks of the drafts."""

TAG = 1


def by_profile(profile: Profile) -> Encode:
    """As our own node sends to one like it."""

    def encode(step: Step) -> Sequence[bytes]:
        try:
            return send(step.packet, step.link, CONTEXTS, profile, room(step.link), TAG).frames
        except (Malformed, UsageError):
            return ()

    return encode


def by_stack(stack: Stack) -> Encode:
    """As a stack sends, as far as its profile predicts that."""

    def encode(step: Step) -> Sequence[bytes]:
        return sends(stack, step.packet, Node(step.link, CONTEXTS, PAN), room(step.link)).frames

    return encode


def ways(quick: bool) -> dict[str, Encode]:
    """Everybody who is measured, by name."""
    found: dict[str, Encode] = {}
    for profile in LEVELS:
        found[f"level {profile.level}"] = by_profile(profile)
    for level in (5, 6):
        found[f"FLEX of level {level}"] = by_profile(flex(level))
    found["rfc6282"] = by_profile(RFC6282)
    names = [name for name in SIX if name in STACKS] if quick else [*STACKS]
    return found | {name: by_stack(STACKS[name]) for name in names}


def of_exchange(exchange: Exchange, encode: Encode) -> tuple[OnAir, OnAir, int]:
    """Once: what the sensor sends, what it receives, and how many packets are not sent: they are refused, or frames of
    theirs are longer than IEEE 802.15.4 has them."""
    up, down, refused = OnAir(), OnAir(), 0
    for step in exchange.steps:
        frames = encode(step)
        if any(len(frame) > room(step.link) for frame in frames):
            frames = ()
        refused += not frames
        taken = on_air(step.link, frames)
        if step.is_from_sensor:
            up += taken
        else:
            down += taken
    return up, down, refused


def measure(quick: bool) -> dict[str, Value]:
    """A day's octets, and each exchange's; what the sensor spends on them."""
    values: dict[str, Value] = {}
    for name, encode in ways(quick).items():
        up, down, refused = OnAir(), OnAir(), 0
        for exchange in exchanges():
            sent, received, lost = of_exchange(exchange, encode)
            values[f"{name}/{exchange.name}/6LoWPAN"] = (sent + received).lowpan
            values[f"{name}/{exchange.name}/on air"] = (sent + received).octets
            values[f"{name}/{exchange.name}/frames"] = (sent + received).frames
            up, down, refused = up + sent * exchange.times, down + received * exchange.times, refused + lost
        values[f"{name}/day/packets not sent"] = refused
        values[f"{name}/day/6LoWPAN"] = (up + down).lowpan
        values[f"{name}/day/on air"] = (up + down).octets
        for radio in RADIOS:
            spent = millijoules(radio, up.sent + down.acknowledged, down.sent + up.acknowledged)
            values[f"{name}/day/millijoules {radio.name}"] = round(spent, 1)
    return values | _shares(values)


def _shares(values: dict[str, Value]) -> dict[str, Value]:
    """In percent of level 0."""
    shares: dict[str, Value] = {}
    for name, value in values.items():
        if name.endswith("/day/on air") and isinstance(value, int) and isinstance(values[BASE], int):
            shares[name.replace("on air", "percent of level 0")] = round(100 * value / int(values[BASE] or 1), 1)
    return shares


BASE = "level 0/day/on air"

EXPERIMENT = Experiment(
    "octets",
    "every packet of the mix is encoded: by our compressor for a level or FLEX field, by its profile for a stack",
    measure,
)
