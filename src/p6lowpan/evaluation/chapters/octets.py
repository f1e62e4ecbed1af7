"""Octets on the air for a day of traffic: what a level, a FLEX field or a stack makes of it, and the energy."""

from p6lowpan.evaluation.chapters.names import DRAFT_2018, DRAFT_2020
from p6lowpan.evaluation.document import Cell, Chapter, Plot, Table, Tone, sentence, shown, words
from p6lowpan.evaluation.radio import ACKNOWLEDGEMENT, PHY_OCTETS, RADIOS, US_PER_OCTET
from p6lowpan.evaluation.results import Results
from p6lowpan.evaluation.traffic import BLOCKS, PINGS, REPORTS, STARTS, exchanges
from p6lowpan.interop.profiles import STACKS

TIMES = {"start-up": STARTS, "report": REPORTS, "echo": PINGS, "block": BLOCKS}

EXPLAINED = (
    "The drafts say that compression saves energy and order their levels by what each saves, without a traffic to"
    " count it for; so there is no figure of theirs beside ours. For this mix contexts (level 2) save most: all"
    " traffic but the start-up is between global addresses. Level 1 has next to nothing of it, UDP and its ports"
    " (level 4) are 3 octets a frame, and level 5 has nothing to compress here.",
    "What is saved is headers. Of the octets on the air, half are those of IEEE 802.15.4: preamble, MAC header with"
    " EUI-64s, frame check, acknowledgement. That is why the percentages of the whole are smaller than those of the"
    " headers.",
    "Level 6 is not below level 5 in everything: a packet under generic compression cannot be fragmented, and the"
    " compressor then falls back behind what level 5 does for the block of 1 kB.",
    "Stacks that refuse a packet, or send frames longer than IEEE 802.15.4 has them, come out cheap for what they leave"
    " out: see the column of packets not sent. A stack that neither fragments nor knows contexts is not better, it is"
    " silent.",
)


def chapter(results: Results) -> Chapter:
    """The mix, the table by level and by stack, energy."""
    names = results.below("octets")
    own = [name for name in names if name not in STACKS]
    stacks = [name for name in names if name in STACKS]
    radios = "; ".join(f"{radio.name}: {radio.source}" for radio in RADIOS)
    return Chapter(
        name="octets",
        title="Octets on the air, and the energy they take",
        source=f"Section 6.1 of {DRAFT_2020} and 5 of {DRAFT_2018} argue with it; neither has figures",
        lead="A sensor's day over its one hop: it starts, reports by CoAP every minute, is pinged every hour, and gets"
        " eight blocks of 1 kB.",
        tables=(
            _mix(),
            _by_exchange(
                results, "octets-levels", "On air, each exchange once, and a day: levels and FLEX fields", own
            ),
            _by_exchange(results, "octets-stacks", "The same: stacks, as their profiles predict them", stacks),
        ),
        plots=(_plot(results, "octets-levels-plot", "A day on the air by level", own), _stacks(results, stacks)),
        how=f"{sentence(results.experiments['octets'].how)}. On air: {PHY_OCTETS} octets of the physical layer, MAC"
        f" header with EUI-64s in one PAN, 6LoWPAN, frame check, and {ACKNOWLEDGEMENT} octets of acknowledgement for"
        f" each unicast frame; no link-layer security. Energy: {US_PER_OCTET} us an octet, transmitting or receiving;"
        f" {radios}. Listening and sleeping are not in it.",
        explained=EXPLAINED,
    )


def _mix() -> Table:
    rows = []
    for exchange in exchanges():
        packets = " + ".join(str(len(step.packet)) for step in exchange.steps)
        rows.append(words(exchange.name, MEANING[exchange.name], str(TIMES[exchange.name]), packets))
    return Table("mix", "The traffic", ("Exchange", "What it is", "A day", "IPv6 octets"), tuple(rows))


MEANING = {
    "start-up": "RS, RA, NS, NA, as in the chapter before, without capability options",
    "report": "CoAP POST, confirmable, 24 octets of CBOR; 2.04 as the acknowledgement",
    "echo": "ICMPv6 echo with 16 octets, and its reply",
    "block": "CoAP PUT with a block of 1024 octets (Block1); 2.31",
}


def _by_exchange(results: Results, name: str, title: str, names: list[str]) -> Table:
    rows = []
    for each in names:
        once = (shown(results, f"octets/{each}/{exchange}/on air") for exchange in TIMES)
        day = [shown(results, f"octets/{each}/day/{what}") for what in ("on air", "percent of level 0")]
        energy = [shown(results, f"octets/{each}/day/millijoules {radio.name}") for radio in RADIOS]
        missing = f"octets/{each}/day/packets not sent"
        tone = Tone.BAD if results[missing].value else Tone.PLAIN
        rows.append((Cell(each), *once, *day, *energy, Cell(str(results[missing].value), tone, missing)))
    heading = ("", *TIMES, "a day", "% of level 0", *(f"mJ {radio.name}" for radio in RADIOS), "packets not sent")
    return Table(name, title, heading, tuple(rows))


def _plot(results: Results, name: str, title: str, names: list[str]) -> Plot:
    lowpan = [results.number(f"octets/{each}/day/6LoWPAN") / 1000 for each in names]
    on_air = [results.number(f"octets/{each}/day/on air") / 1000 for each in names]
    around = [whole - part for whole, part in zip(on_air, lowpan, strict=True)]
    series = {"6LoWPAN": lowpan, "IEEE 802.15.4 around it": around}
    return Plot(name, title, "kilo-octets", tuple(names), series, lies=True, stacks=True)


def _stacks(results: Results, names: list[str]) -> Plot:
    whole = [each for each in names if not results[f"octets/{each}/day/packets not sent"].value]
    return _plot(results, "octets-stacks-plot", "A day on the air by stack, of those that send every packet", whole)
