"""Draft-00 section 2.3: no pairing interoperates; and who understands whom today."""

from p6lowpan.evaluation.document import NOT_MEASURED, Cell, Chapter, Table, Tone, sentence, shown, words
from p6lowpan.evaluation.pairs import name_of
from p6lowpan.evaluation.results import Results
from p6lowpan.interop.laboratory.draft import PAIRS, SECTION, Pair

OWN = ("own, without discovery", "own, with discovery")


def chapter(results: Results) -> Chapter:
    """The ten claims with witnesses, the matrix of stacks, and that of our own levels."""
    tables = [
        _claims(results),
        _matrix(results, "stacks", "Stacks: the smallest packet from the row that the column loses"),
    ]
    tables += [_matrix(results, title, f"Levels and FLEX fields, {title.removeprefix('own, ')}") for title in OWN]
    return Chapter(
        name="pairs",
        title="No pairing interoperates",
        source=f"{SECTION}; section 3 of the draft of 2020",
        lead="For each of the ten pairs the draft names a packet that one generates and the other does not receive."
        " By table 1: whether it follows from what the same draft says that the two support. Each claim is tried"
        " again with every packet that it is about.",
        tables=tuple(tables),
        plots=(),
        how=f"{sentence(results.experiments['pairs'].how)}. Matrices: {results.experiments['matrix'].how}.",
        explained=_explained(),
    )


def _explained() -> tuple[str, ...]:
    said = tuple(f"{' and '.join(pair.names)}: {pair.today}." for pair in PAIRS if pair.today)
    return (*said, "With discovery no pair of levels or FLEX fields loses a packet: what is sent is what both have.")


def _claims(results: Results) -> Table:
    heading = (
        "Pair",
        "Claim of 2018",
        "By table 1",
        "Holds now",
        "Tried",
        "Smallest witness",
        "First frame",
        "What happens",
        "Why",
    )
    return Table("ten-pairs", "The ten pairs", heading, tuple(_claim(results, pair) for pair in PAIRS))


def _claim(results: Results, pair: Pair) -> tuple[Cell, ...]:
    base = f"pairs/{name_of(pair.names)}"
    said = words(" and ".join(pair.names), f"from {pair.sender}: {pair.claim}")
    if f"{base}/holds" not in results:
        return (*said, Cell(NOT_MEASURED, Tone.MISSING), *words("", "", "", "", "", ""))
    claim = (*said, shown(results, f"{base}/follows from table 1"))
    holds = shown(results, f"{base}/holds", printed="yes")
    if results[f"{base}/witness"].value is None:
        return (*claim, holds, shown(results, f"{base}/tried"), *words("none", "", "", ""))
    ends = f"{results[f'{base}/from'].value} to {results[f'{base}/to'].value}"
    witness = Cell(f"{results[f'{base}/witness'].value} ({ends})", entry=f"{base}/witness")
    rest = (shown(results, f"{base}/{what}") for what in ("frames", "fate", "why"))
    return (*claim, holds, shown(results, f"{base}/tried"), witness, *rest)


def _matrix(results: Results, title: str, words_of_title: str) -> Table:
    base = f"matrix/{title}"
    names = [each for each in results.below(base) if each not in ("packets", "pairs", "failing pairs")]
    rows = []
    for sender in names:
        cells = []
        for receiver in names:
            entry = f"{base}/{sender}/{receiver}"
            failed = str(results[entry].value)
            cells.append(Cell(failed or "all", Tone.BAD if failed else Tone.GOOD, entry))
        rows.append((Cell(sender), *cells))
    note = ""
    if f"{base}/pairs" in results:
        failing, pairs, packets = (results[f"{base}/{what}"].value for what in ("failing pairs", "pairs", "packets"))
        note = f"{failing} of {pairs} ordered pairs lose one of {packets} packets."
    heading = ("from \\ to", *names)
    return Table(
        f"matrix-{title.replace(', ', '-').replace(' ', '-')}",
        words_of_title,
        heading,
        tuple(rows),
        note,
        is_matrix=True,
    )
