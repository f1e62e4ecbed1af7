"""What it costs to find out what a neighbour can take."""

from p6lowpan.evaluation.chapters.names import DRAFT_2020
from p6lowpan.evaluation.discovery import TOLD
from p6lowpan.evaluation.document import Chapter, Plot, Table, sentence, shown, words
from p6lowpan.evaluation.results import Results
from p6lowpan.machines.adaptation.discovery import Policy

NETWORKS = ("levels", "FLEX")
WHAT = (
    "errors",
    "most errors between two",
    "octets of errors",
    "sent again",
    "octets of first attempts",
    "all octets",
    "datagrams sent",
    "datagrams delivered",
)

EXPLAINED = (
    "The draft: no more than one failure between any two neighbours, and none where Neighbor Discovery tells levels."
    " Ours agrees, but for one error even then: the leaf of level 6, which cannot know from a Router Advertisement"
    " whether its router is above level 5, and tries. In FLEX the advertisement tells, and there is none.",
    "The draft leaves open what becomes of the datagram that failed. Here its sender keeps it and sends it again, so"
    " that every datagram arrives; the first attempts are part of the cost, and larger than the errors.",
    "Caution costs more than errors. A node that sends at level 0 until it is told otherwise (conservative) provokes"
    " none, and puts more octets on the air in this short run than all errors and first attempts of the optimistic"
    " one: without Neighbor Discovery it stays at level 0 for good.",
)


def chapter(results: Results) -> Chapter:
    """By policy, told or not, levels and FLEX."""
    rows = []
    groups, whole = [], []
    for network in NETWORKS:
        for told in TOLD:
            for policy in Policy:
                base = f"discovery/{network}/{told}/{policy}"
                if f"{base}/errors" in results:
                    rows.append(
                        (*words(network, told, str(policy)), *(shown(results, f"{base}/{what}") for what in WHAT))
                    )
                    groups.append(f"{network}, {told}: {policy}")
                    whole.append(results.number(f"{base}/all octets"))
    heading = ("Network", "Learned by", "Policy", *WHAT)
    plot = Plot("discovery", "Everything on the air, by policy", "octets", tuple(groups), {"octets": whole}, lies=True)
    return Chapter(
        name="discovery",
        title="The cost of discovery",
        source=f"Sections 5.2, 6.2 and 7.3 of {DRAFT_2020}",
        lead="A border router of level 5 and seven leaves, one of each level, start one after the other, register, and"
        " exchange three datagrams of 20 octets each way. Octets are on air.",
        tables=(Table("discovery-costs", "Errors and what they cost", heading, tuple(rows)),),
        plots=(plot,),
        how=f"{sentence(results.experiments['discovery'].how)}.",
        explained=EXPLAINED,
    )
