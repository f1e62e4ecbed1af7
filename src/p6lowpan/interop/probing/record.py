"""A neighbour's profile as a file: what a probing found, for whoever will send to it."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from p6lowpan.capability.errors import UsageError
from p6lowpan.capability.features import BY_NAME, Feature
from p6lowpan.capability.limits import P6LOWPAN, RFC6282, Limits
from p6lowpan.capability.profile import Profile
from p6lowpan.drivers.text_file import read_text
from p6lowpan.interop.probing.findings import Bound, Findings, Verdict
from p6lowpan.interop.probing.plan import DATAGRAM, GROWTH

SUFFIX = ".profile.json"
KIND = "p6lowpan profile"
WIDEST = {"datagram_octets": 2047, "header_growth_octets": 2047}


def profile_record(found: Findings, name: str) -> dict[str, Any]:  # Any: JSON
    """What is known surely: features that were answered, bounds that were reached."""
    return {
        "kind": KIND,
        "name": name,
        "receives": _names(found.receives),
        "sends": _names(found.sends),
        "unknown": _names(found.having(Verdict.UNKNOWN)),
        "hidden": _names(found.having(Verdict.HIDDEN)),
        "level": found.level,
        "flex": None if found.flex is None else f"{found.flex:08x}",
        "limits": _limits(found),
    }


def _names(features: frozenset[Feature]) -> list[str]:
    return sorted(feature.value.name for feature in features)


def _limits(found: Findings) -> dict[str, int]:
    reached = {bound.name: bound for bound in found.bounds}
    return {
        "datagram_octets": _surely(reached.get(DATAGRAM), P6LOWPAN.datagram_octets),
        "header_growth_octets": _surely(reached.get(GROWTH), P6LOWPAN.header_growth_octets),
    }


def _surely(bound: Bound | None, otherwise: int) -> int:
    return otherwise if bound is None or bound.reached is None else int(bound.reached)


def read_profile(text: str) -> Profile:
    """A profile out of its file. Raises :class:`UsageError` for anything else."""
    try:
        record = json.loads(text)
        if record["kind"] != KIND:
            raise UsageError(f"a file of kind {record['kind']!r}, not {KIND!r}")
        receives = frozenset(BY_NAME[name] for name in record["receives"])
        sends = frozenset(BY_NAME[name] for name in record["sends"])
        return Profile(str(record["name"]), sends, receives, _read_limits(record["limits"]))
    except (ValueError, KeyError, TypeError) as error:
        raise UsageError(f"no profile: {error!r}") from None


def _read_limits(record: dict[str, Any]) -> Limits:
    values = {name: int(record[name]) for name in WIDEST}
    if any(not 0 < values[name] <= most for name, most in WIDEST.items()):
        raise UsageError(f"a bound beyond what datagrams can be: {values}")
    return replace(
        RFC6282, datagram_octets=values["datagram_octets"], header_growth_octets=values["header_growth_octets"]
    )


def profile_file(path: str) -> Profile:
    """The profile in a file. Raises :class:`UsageError`, :class:`OSError`."""
    text = read_text(Path(path))
    try:
        return read_profile(text)
    except UsageError as error:
        raise UsageError(f"{path}: {error}") from None
