"""Who is right, in words."""

from collections.abc import Iterator

from p6lowpan.analysis.presentation.names import counted, in_order
from p6lowpan.analysis.presentation.palette import Palette
from p6lowpan.analysis.presentation.tables import Json
from p6lowpan.interop.laboratory.verdict import Group, Opinion, Verdict


def verdict_lines(verdict: Verdict, palette: Palette) -> Iterator[str]:
    """The groups, that of our own decoder first, and why the others are not in it."""
    said = counted(len(verdict.frames), "frame")
    yield f"{said}: {', '.join(f'{each.value.name} ({each.value.section})' for each in in_order(verdict.features))}"
    for group in verdict.groups:
        yield ""
        who = ", ".join(opinion.who for opinion in group.opinions)
        yield f"{palette.title(_answer(group))}  {counted(len(group.opinions), 'opinion')}: {who}"
        for packet in group.packets:
            yield f"  {packet.hex()}"
        for opinion in group.opinions:
            yield from (f"  {opinion.who}: {line}" for line in _why(opinion, group))


def _answer(group: Group) -> str:
    crash = "ends its receiver" if group.opinions[0].up.crash is not None else ""
    if not group.packets:
        return crash or "nothing handed up"
    octets = ", ".join(counted(len(packet), "octet") for packet in group.packets)
    return f"{'a packet' if len(group.packets) == 1 else f'{len(group.packets)} packets'} of {octets} {crash}".rstrip()


def _why(opinion: Opinion, group: Group) -> Iterator[str]:
    if opinion.quirks:
        yield from (quirk.says + (f" ({quirk.clause})" if quirk.clause else "") for quirk in opinion.quirks)
    elif not group.packets:
        yield from dict.fromkeys((*opinion.up.dropped, *filter(None, (opinion.up.crash,))))


def verdict_record(verdict: Verdict) -> Json:
    """For programs."""
    return {
        "frames": [frame.hex() for frame in verdict.frames],
        "features": [feature.value.name for feature in in_order(verdict.features)],
        "groups": [
            {
                "ours": group.is_ours,
                "packets": [packet.hex() for packet in group.packets],
                "opinions": [_opinion(opinion) for opinion in group.opinions],
            }
            for group in verdict.groups
        ],
    }


def _opinion(opinion: Opinion) -> Json:
    return {
        "who": opinion.who,
        "crash": opinion.up.crash,
        "dropped": list(opinion.up.dropped),
        "because": [quirk.says for quirk in opinion.quirks],
        "sections": list(dict.fromkeys(quirk.clause for quirk in opinion.quirks if quirk.clause)),
    }
