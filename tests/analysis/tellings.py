"""Frames told in two ways: each looked at in full, and those that are ordinary by the C core, many at once."""

from contextlib import suppress

from analysis.mixtures import pcap_of
from p6lowpan.analysis.explainer import Explainer, Settings
from p6lowpan.analysis.glancing import Glancer
from p6lowpan.analysis.gleaning import Written
from p6lowpan.analysis.glimpse import Glimpse
from p6lowpan.analysis.presentation.palette import PLAIN
from p6lowpan.analysis.presentation.report import LineReport
from p6lowpan.analysis.presentation.summary_words import summary_lines
from p6lowpan.analysis.presentation.telling import Teller
from p6lowpan.analysis.summary import Summary
from p6lowpan.capability.errors import Malformed

NOTHING_GIVEN = Settings()


def remembered_by(explainer):
    """Whatever the frames behind may depend on, in its order."""
    tables = [list(table.items()) for table in (*explainer.addresses.tables, explainer.homes)]
    for identifier, pan in explainer.pans.items():
        knowledge, reassembler = pan.knowledge, pan.receiver.reassembler
        current, _, mixed, crowded, *_ = pan.fragment_watch.tables
        tables += [identifier, knowledge.prefixes, list(knowledge.addresses), knowledge._news]
        tables += [list(current.items()), list(mixed), list(crowded.items()), list(pan.suspects.items())]
        tables += [reassembler.received, reassembler.delivered, reassembler.duplicates, reassembler.buffers]
    return tables, explainer.acknowledgements.waiting((0, None)), explainer.addresses.news


class Way:
    """One way to tell frames: their lines, their figures, and how many frames were told at once."""

    def __init__(self, given_settings, palette, features, explainer=None):
        self.explainer = explainer or Explainer(given_settings)
        self.summary = Summary()
        self.report = LineReport(palette, features=features)
        self.lines = []
        self.at_once = 0

    def add(self, seen):
        if isinstance(seen, Written):
            self.at_once += seen.number
            self.lines += seen.octets.decode().splitlines()
        elif isinstance(seen, Glimpse):
            self.summary.add_glimpse(seen)
            self.lines.append(self.report.glimpse(seen).rstrip("\n"))
        else:
            self.summary.add(seen)
            self.lines += self.report.frame(seen)

    def finished(self):
        """Lines, figures, and what the explainer remembers."""
        remembered = remembered_by(self.explainer)
        self.summary.finish(self.explainer.finish())
        return self.lines, list(summary_lines(self.summary, PLAIN)), remembered


def as_far_as_it_goes(capture):
    """Frames up to the end, or up to where the file is damaged."""
    with suppress(Malformed):
        yield from capture


def told_slowly(frames, given_settings=NOTHING_GIVEN, palette=PLAIN, features=False, explainer=None):
    way = Way(given_settings, palette, features, explainer)
    for frame in as_far_as_it_goes(frames):
        way.add(way.explainer.explain(frame))
    return way.finished()


def tell(frames, given_settings=NOTHING_GIVEN, palette=PLAIN, features=False, shows_lines=True, explainer=None):
    way = Way(given_settings, palette, features, explainer)
    glancer = Glancer(way.explainer)
    teller = Teller(way.explainer, way.summary, way.report.lines, shows_lines=shows_lines)
    capture = pcap_of(frames) if isinstance(frames, list) else frames
    for _, seen in as_far_as_it_goes(glancer.glean(capture)):
        way.add(seen)
        glancer.glean_with(teller)
    return way


def told(frames, *how, **named):
    return tell(frames, *how, **named).finished()
