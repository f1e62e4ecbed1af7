"""The profile that all take, in words."""

from collections.abc import Iterator

from p6lowpan.analysis.presentation.names import in_order
from p6lowpan.analysis.presentation.palette import Palette
from p6lowpan.analysis.presentation.tables import Json
from p6lowpan.interop.laboratory.safe import Safe


def safe_lines(safe: Safe, palette: Palette) -> Iterator[str]:
    """Features, level, FLEX field, what each is in the way of, and what fails all the same."""
    yield f"{palette.title('all of them take')}  {', '.join(feature.value.name for feature in in_order(safe.features))}"
    yield f"level  {'none: not even level 0' if safe.level is None else safe.level}"
    yield f"FLEX field  {'none: not what every FLEX node has' if safe.flex is None else f'{safe.flex:08x}'}"
    for name, features in safe.forbids.items():
        yield ""
        yield f"{palette.title(name)} forbids  {', '.join(each.value.name for each in in_order(features)) or 'nothing'}"
        if safe.partly[name]:
            yield f"  takes in part  {', '.join(each.value.name for each in in_order(safe.partly[name]))}"
        for exempt in safe.exempt:
            if exempt.delivery.receiver.name == name:
                probe = exempt.delivery.probe
                yield f"  but not every packet: {probe.name} {exempt.delivery.fate}: {exempt.reason.says}"


def safe_record(safe: Safe) -> Json:
    """For programs."""
    return {
        "features": [feature.value.name for feature in in_order(safe.features)],
        "level": safe.level,
        "flex_field": None if safe.flex is None else f"{safe.flex:08x}",
        "forbids": {name: [each.value.name for each in in_order(found)] for name, found in safe.forbids.items()},
        "takes_in_part": {name: [each.value.name for each in in_order(found)] for name, found in safe.partly.items()},
        "exceptions": [
            {
                "stack": exempt.delivery.receiver.name,
                "packet_name": exempt.delivery.probe.name,
                "packet": exempt.delivery.probe.packet.hex(),
                "frames": [frame.hex() for frame in exempt.delivery.frames],
                "fate": exempt.delivery.fate.value,
                "because": exempt.reason.says,
            }
            for exempt in safe.exempt
        ],
    }
