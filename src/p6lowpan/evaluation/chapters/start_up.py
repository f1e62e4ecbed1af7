"""Figure 8 and section 7.3: what Neighbor Discovery and the error take."""

from p6lowpan.evaluation.chapters.names import DRAFT_2020
from p6lowpan.evaluation.document import Cell, Chapter, Plot, Table, Tone, sentence, shown, words, written
from p6lowpan.evaluation.model import (
    FIGURE_8,
    NEIGHBOR_SOLICITATION,
    REGISTRATION_IN_FIRST_NA,
    REGISTRATION_IN_FIRST_NS,
    ROUTER_ADVERTISEMENT,
    UNCOMPRESSED_ERROR,
)
from p6lowpan.evaluation.results import Results
from p6lowpan.evaluation.start_up import HOSTS, KINDS, MESSAGES

SIZES = ("message", "packet", "6LoWPAN", "on air")

EXPLAINED = (
    "The sums of figure 8 follow from the RS and NA that it prints (20, 24 and 28; 24, 28 and 32). The figures"
    " themselves do not follow from RFC 4861: a Router Solicitation is 8 octets and the Source Link-Layer Address"
    " option, whose length is a multiple of 8: 16 in all with a 16-bit address, 24 with an EUI-64. 20 cannot be sent."
    " Ours is 24.",
    "The capability option is counted with 4 octets in P6LoWPAN and 8 in FLEX. Options of Neighbor Discovery are"
    " multiples of 8 octets, so each message grows by 8, for levels and for FLEX alike: on the link the bitfield"
    " costs nothing more there. It does in the Router Advertisement, which tells a FLEX field, while a level need not"
    " be told: every router is level 5.",
    "Ours puts the option into the Neighbor Solicitation that registers an address too, where the draft has RS and NA"
    " only: the router learns the level with the address.",
    "The first NS is 48 octets in the model: 24, and 24 for the registration. With an EUI-64 it is 56: 24, Source"
    " Link-Layer Address 16, Address Registration 16. NA is 40 in both. RA is 104 in both, and with its compressed"
    " header does not fit one frame between EUI-64s: two fragment headers, and a second MAC header, which no model"
    " counts.",
    "A host of level 6 pays one failed solicitation: it knows no more of its router than that it is level 5 at least,"
    " tries generic compression, and is told. A host of level 0 pays about half as much again as one of level 3.",
    "The error: the draft's 8 octets of compressed header are what levels 1 and 2 send; with the hop limit"
    " compressed, from level 3 on, 3 octets are enough. A FLEX node answers uncompressed: 48 octets, and the dispatch"
    " in front of them.",
)


def chapter(results: Results) -> Chapter:
    """The model, the frames, and the error."""
    return Chapter(
        name="start-up",
        title="What discovery adds to the start-up, and what an error takes",
        source=f"Figure 8 and section 7.3 of {DRAFT_2020}",
        lead="A host wakes up: Router Solicitation, Router Advertisement, Neighbor Solicitation that registers its"
        " address, Neighbor Advertisement. The draft computes C, the octets of the link layer's payload; here are its"
        " model and the frames that our nodes sent.",
        tables=(_model(results), _messages(results), _totals(results), _levels(results), _errors(results)),
        plots=(_plot(results),),
        how=f"{sentence(results.experiments['start-up'].how)}. The error: {results.experiments['error'].how}.",
        explained=EXPLAINED,
    )


def _model(results: Results) -> Table:
    rows = []
    for kind, row in FIGURE_8.items():
        constant, each = f"model/{kind}/constant", f"model/{kind}/each"
        formula = f"{results[constant].value} + {results[each].value} N"
        printed = f"{row.constant} + {row.each} N"
        tone = Tone.SAME if formula == printed else Tone.DIFFERENT
        rows.append(
            (
                *words(kind, str(row.solicitation), str(row.advertisement), printed),
                Cell(formula, tone, constant),
                shown(results, f"model/{kind}/one endpoint"),
                shown(results, f"model/{kind}/overhead percent", unit="%"),
                shown(results, f"model/{kind}/limit percent", unit="%"),
            )
        )
    heading = (
        "",
        "RS printed",
        "NA printed",
        "C printed",
        "C from its equation",
        "N = 1",
        "more, N = 1",
        "more, N large",
    )
    note = "The draft: at most 8 % more with levels, at most 16 % with the bitfield."
    return Table("figure-8", "Figure 8: the draft's model, done again", heading, tuple(rows), note)


def _drafts_message(kind: str, message: str) -> int:
    """What the model counts for a message."""
    row = FIGURE_8[kind]
    return {
        "RS": row.solicitation,
        "RA": ROUTER_ADVERTISEMENT,
        "NS": NEIGHBOR_SOLICITATION + REGISTRATION_IN_FIRST_NS,
        "NA": row.advertisement + REGISTRATION_IN_FIRST_NA,
    }[message]


def _messages(results: Results) -> Table:
    rows = []
    for message in MESSAGES:
        for kind in KINDS:
            base, printed = f"start-up/{kind}/{message}", str(_drafts_message(kind, message))
            first = shown(results, f"{base}/message", printed=printed)
            rest = (shown(results, f"{base}/{size}") for size in SIZES[1:])
            rows.append((*words(message, kind, printed), first, *rest))
    heading = ("Message", "", "Draft: ICMPv6", "Ours: ICMPv6", "IPv6", "6LoWPAN", "On air")
    note = "On air: from preamble to frame check sequence, with the acknowledgement of unicast frames."
    return Table("messages", "Octets of each message of the first host", heading, tuple(rows), note)


def _totals(results: Results) -> Table:
    rows = []
    for kind in KINDS:
        for hosts in HOSTS:
            base = f"start-up/{kind}/{hosts}"
            if f"{base}/on air" in results:
                row = FIGURE_8[kind]
                printed = f"{row.constant + row.each} each, {hosts * (row.constant + row.each)} in all"
                sums = (shown(results, f"{base}/{what}") for what in ("IPv6 octets", "6LoWPAN octets", "on air"))
                rows.append((*words(kind, str(hosts), printed if hosts > 1 else str(row.constant + row.each)), *sums))
    heading = ("", "Hosts", "Draft: C with N = 1", "IPv6", "6LoWPAN", "On air")
    return Table("totals", "The start-up in all", heading, tuple(rows))


def _levels(results: Results) -> Table:
    rows = []
    for level in range(7):
        base = f"start-up/level {level}/1"
        if f"{base}/on air" in results:
            sums = (shown(results, f"{base}/{what}") for what in ("packets", "IPv6 octets", "6LoWPAN octets", "on air"))
            rows.append((Cell(str(level)), *sums))
    heading = ("Level of the host", "Packets", "IPv6", "6LoWPAN", "On air")
    return Table("start-up-levels", "The start-up of one host under a router of level 5", heading, tuple(rows))


def _errors(results: Results) -> Table:
    rows = []
    for kind, printed in (("level", "header + 4, commonly 12"), ("FLEX", str(UNCOMPRESSED_ERROR))):
        for level in range(6):
            base = f"error/{kind}/{level}"
            if f"{base}/6LoWPAN" in results:
                parts = (shown(results, f"{base}/{what}") for what in ("message", "header", "6LoWPAN", "on air"))
                rows.append(
                    (*words(f"{kind} {level}" if kind == "level" else f"FLEX of level {level}", printed), *parts)
                )
    heading = ("Who complains", "Draft: C_icmp", "Message", "Headers", "6LoWPAN", "On air")
    note = f"The draft: a factor of 4 or more; from its own figures {written(results['model/error/factor'].value)}."
    return Table("error", "The class-unsupported error", heading, tuple(rows), note)


def _plot(results: Results) -> Plot:
    return Plot(
        "start-up",
        "The start-up of one host: the draft's C, and octets that our nodes sent",
        "octets",
        KINDS,
        {
            "draft's C (N = 1)": [FIGURE_8[kind].constant + FIGURE_8[kind].each for kind in KINDS],
            "ours, 6LoWPAN": [results.number(f"start-up/{kind}/1/6LoWPAN octets") for kind in KINDS],
            "ours, on air": [results.number(f"start-up/{kind}/1/on air") for kind in KINDS],
        },
    )
