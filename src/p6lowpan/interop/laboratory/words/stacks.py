"""Tables of features by stack, as printed and as measured; the sheet of one stack."""

from collections.abc import Iterator, Sequence

from p6lowpan.analysis.presentation.palette import Palette
from p6lowpan.analysis.presentation.tables import Json, text_table
from p6lowpan.capability.stacks import PROFILES, cells
from p6lowpan.interop.laboratory.evidence import Evidence, Kind
from p6lowpan.interop.laboratory.sheet import RECEIVES, SENDS, sheet
from p6lowpan.interop.measured import Answer
from p6lowpan.interop.printed import PRINTED, Printed
from p6lowpan.interop.profiles import by_name
from p6lowpan.interop.stack import Quirk

Table = tuple[Sequence[str], list[Sequence[str]], str]
"""Heading, rows, and what is to be said below."""

MEASURED = "measured"
SIGNS = "receives, sends: R S right, r s in part, ! wrong or a crash, - not at all, . not known"
SHOWN_OCTETS = 48


def features_table(which: str) -> Table:
    """``2018``, ``2020`` or ``measured``."""
    return _measured() if which == MEASURED else _printed(PRINTED[int(which)])


def features_record(which: str) -> Json:
    """The same for programs."""
    if which == MEASURED:
        columns = {name: cells(name) for name in PROFILES}
        return {
            "table": MEASURED,
            "stacks": {
                name: {
                    feature.value.name: {"receives": RECEIVES[cell[0]], "sends": SENDS[cell[1]]}
                    for feature, cell in column.items()
                }
                for name, column in columns.items()
            },
        }
    table = PRINTED[int(which)]
    rows = [
        {
            "feature": row.feature,
            "marks": list(row.marks),
            "stacks": None if row.cells is None else dict(zip(table.stacks, row.cells, strict=True)),
            "features": list(row.features),
        }
        for row in table.rows
    ]
    return {"table": table.title, "source": table.source, "rows": rows}


def _measured() -> Table:
    names = list(PROFILES)
    columns = [cells(name) for name in names]
    rows = [[feature.value.name, *(column[feature] for column in columns)] for feature in columns[0]]
    return ["feature", *names], [list(row) for row in rows], SIGNS


def _printed(table: Printed) -> Table:
    rows: list[Sequence[str]] = []
    uncertain = False
    for row in table.rows:
        uncertain = uncertain or row.cells is None
        rows.append([row.feature, *(["?"] * len(table.stacks) if row.cells is None else row.cells)])
    lost = [f"{row.feature} {' '.join(row.marks)}" for row in table.rows if row.cells is None]
    note = "o support, ~ partial support"
    if uncertain:
        note += f"; ?: the columns of these marks are lost in the text at hand: {'; '.join(lost)}"
    return ["feature", *table.headings], rows, f"{table.title}, {table.source}: {note}"


# --- one stack -------------------------------------------------------------------------------------------------------


def sheet_lines(name: str, palette: Palette) -> Iterator[str]:
    """The sheet of a stack in words."""
    found = sheet(by_name(name))
    yield f"{palette.title(name)}  {found.stack.version}"
    yield ""
    rows = [(feature.value.name, *both, feature.value.section) for feature, both in found.features.items()]
    yield from text_table(("feature", "receives", "sends", "section"), rows, palette)
    if found.row != name:
        yield f"as measured of {found.row}, of which this is a variant: see the quirks"
    if found.bounds:
        yield ""
        yield palette.title("bounds")
        yield from (f"  {bound.replace('_', ' ')}: {value:g}" for bound, value in found.bounds.items())
    for number, (quirk, cases) in enumerate(found.quirks, 1):
        yield ""
        yield from _quirk(number, quirk, cases, palette)
    yield ""
    yield palette.title("agreement of prediction and measurement")
    for requests, figures in found.agreement.items():
        yield (
            f"  {requests}: {figures.asked} asked, the same outcome in {figures.agree / figures.asked:.1%},"
            f" the same octets in {figures.same / figures.asked:.1%}"
        )
    if not found.agreement:
        yield "  none was recorded"


def _quirk(number: int, quirk: Quirk, cases: tuple[Evidence, ...], palette: Palette) -> Iterator[str]:
    clause = f"  ({quirk.clause})" if quirk.clause else ""
    sides = [side for side, steps in (("receiving", quirk.receives), ("sending", quirk.sends)) if steps]
    yield f"{palette.title(f'quirk {number}')}, {' and '.join(sides) or 'informative'}: {quirk.says}{clause}"
    for case in cases:
        yield f"  {case.identifier}: {_answer(case)}"


def _answer(case: Evidence) -> str:
    if case.answer is None:
        return str(case.kind)
    crash = [f"ended: {case.answer.crash}"] if case.answer.crash else []
    what = "sent" if case.kind is Kind.FRAMES else "handed up"
    shown = [f"{what} {_octets(octets)}" for octets in case.answer.octets]
    return ", ".join(shown + crash) or ("sent nothing" if case.kind is Kind.FRAMES else "handed nothing up")


def _octets(octets: bytes) -> str:
    if len(octets) <= SHOWN_OCTETS:
        return octets.hex()
    return f"{octets[:SHOWN_OCTETS].hex()}... ({len(octets)} octets)"


def sheet_record(name: str) -> Json:
    """The sheet for programs, all octets of the evidence with it."""
    found = sheet(by_name(name))
    return {
        "name": name,
        "version": found.stack.version,
        "measured_as": found.row,
        "features": {
            feature.value.name: {"receives": receives, "sends": sends}
            for feature, (receives, sends) in found.features.items()
        },
        "bounds": found.bounds,
        "quirks": [
            {
                "says": quirk.says,
                "clause": quirk.clause or None,
                "receives": bool(quirk.receives),
                "sends": bool(quirk.sends),
                "evidence": [_evidence_record(case) for case in cases],
            }
            for quirk, cases in found.quirks
        ],
        "agreement": {
            requests: {"asked": figures.asked, "outcome": figures.agree, "octets": figures.same}
            for requests, figures in found.agreement.items()
        },
    }


def _evidence_record(case: Evidence) -> Json:
    answer: Answer | None = case.answer
    if answer is None:
        return {"case": case.identifier}
    return {"case": case.identifier, case.kind.value: [each.hex() for each in answer.octets], "crash": answer.crash}
