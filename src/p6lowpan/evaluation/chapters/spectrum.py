"""Figure 4: the capability spectrum, from the table of features that code and tests are made of."""

from p6lowpan.capability.features import HIGHEST_LEVEL
from p6lowpan.evaluation.chapters.names import DRAFT_2018, DRAFT_2020
from p6lowpan.evaluation.document import Cell, Chapter, Plot, Table, sentence, shown
from p6lowpan.evaluation.results import Results

PRINTED = (
    "uncompressed IPv6; fragmentation; 1280-octet packets; stateless decompression of source addresses; ICMP errors",
    "Dispatch_IPHC; version and length elided; stateless unicast and multicast; 16-bit link-layer addresses;"
    " autoconfiguration",
    "stateful unicast and multicast",
    "traffic class, flow label, hop limit",
    "tunnelled IPv6; UDP next header, length, ports; headers past the first fragment",
    "broadcast and mesh header; all IPv6 extension headers (all routers)",
    "RFC 7400, named as a later class",
)
"""Figure 4, and for level 6 the text behind it."""

EXPLAINED = (
    "Level 0: the source address that is decompressed so that an error can be sent is no feature of what is"
    " exchanged, so that it has no row. 1280 octets are a bound, autoconfiguration is Neighbor Discovery: neither is"
    " a form of frame.",
    "The unspecified source is level 1 here: a node without it could not send a Router Solicitation. The draft of"
    " 2018 has broadcast and mesh header, and extension headers, in its level 5 as well.",
    "FLEX has 26 features in the draft, which does not list them; ours are those of the table that have a bit.",
)


def chapter(results: Results) -> Chapter:
    """The levels, as printed and as they are."""
    levels = tuple(range(HIGHEST_LEVEL + 1))
    rows = tuple(
        (
            Cell(str(level)),
            Cell(PRINTED[level]),
            *(shown(results, f"spectrum/{level}/{what}") for what in ("adds", "features", "FLEX field")),
        )
        for level in levels
    )
    flex = (
        Cell("FLEX"),
        Cell("26 features in 32 bits"),
        Cell(f"{results['spectrum/FLEX features'].value} features", entry="spectrum/FLEX features"),
        shown(results, "spectrum/FLEX features"),
        Cell(f"{results['spectrum/FLEX reserved bits'].value} bits reserved", entry="spectrum/FLEX reserved bits"),
    )
    heading = ("Level", "The draft's", "Ours adds", "Features in all", "The same in FLEX")
    return Chapter(
        name="spectrum",
        title="The capability spectrum",
        source=f"Figure 4 of {DRAFT_2020}; section 6.1.1 of {DRAFT_2018}",
        lead="A level has everything of the levels below it, so that one number says what a neighbour can take.",
        tables=(Table("figure-4", "Levels", heading, (*rows, flex)),),
        plots=(_plot(results, levels),),
        how=f"{sentence(results.experiments['spectrum'].how)}.",
        explained=EXPLAINED,
    )


def _plot(results: Results, levels: tuple[int, ...]) -> Plot:
    added = [results.number(f"spectrum/{level}/added") for level in levels]
    whole = [results.number(f"spectrum/{level}/features") for level in levels]
    below = [all_of_them - own for all_of_them, own in zip(whole, added, strict=True)]
    return Plot(
        "spectrum",
        "Features that can be told apart on the wire, by level",
        "features",
        tuple(f"level {level}" for level in levels),
        {"of the levels below": below, "added": added},
        stacks=True,
    )
