"""Ordinary frames told by the C core, many at once: a line each, and their figures.

The words are those of :mod:`p6lowpan.analysis.presentation.line`: a line is written here once, with names in place of
what differs from frame to frame, and whatever else a line says is asked for once, and remembered. What is the first of
its kind, a finding above all, the core leaves to the Python.
"""

import re

from p6lowpan import fast_capture
from p6lowpan.analysis.acknowledgements import NO_ACKNOWLEDGEMENT
from p6lowpan.analysis.explained import Finding
from p6lowpan.analysis.explainer import Explainer
from p6lowpan.analysis.frame_rules import RETRANSMISSION
from p6lowpan.analysis.glancing_payloads import verdict_on
from p6lowpan.analysis.gleaning import Gleaner, Written
from p6lowpan.analysis.mac_headers import MacHeader
from p6lowpan.analysis.packet_rules import EXTENDED_SOURCE
from p6lowpan.analysis.pan import Pan
from p6lowpan.analysis.payload_rules import GUESSED_CONTEXT
from p6lowpan.analysis.presentation.glimpse_words import (
    ACKNOWLEDGEMENT,
    ASKED,
    FIRST,
    PACKET,
    PENDING,
    REPEATED,
    REPETITION,
    SEQUENCE,
    SUBSEQUENT,
    Kind,
    repeated,
    with_packet,
)
from p6lowpan.analysis.presentation.line import NUMBER, SECONDS, LineWriter
from p6lowpan.analysis.presentation.lowpan_words import (
    PLACE,
    UNDER_WAY,
    WHOLE,
    complete,
    marked,
    marked_packet_words,
    under_way,
)
from p6lowpan.analysis.presentation.names import several
from p6lowpan.analysis.presentation.packet_words import form_of
from p6lowpan.analysis.summary import Summary
from p6lowpan.wire.sixlowpan.contexts import Contexts

BY_HEADERS = 4
"""A bit beside the two of the ends."""

NUMBERS = re.compile(r"\{identifier\}|\{sequence\}")
"""In the order of the packet."""

CHANNEL = (0, None)
"""The only one of a file whose records are told."""

RULES = (NO_ACKNOWLEDGEMENT, RETRANSMISSION, EXTENDED_SOURCE)
"""Those that no payload tells of, in the order of c/python/telling.h."""

NAMES = (RULES[0].name, RULES[1].name, RULES[2].name)


class Teller(Gleaner):
    """What the core needs to tell an explainer's frames to a summary, and in ``lines`` where these are shown."""

    def __init__(self, explainer: Explainer, summary: Summary, lines: LineWriter, *, shows_lines: bool) -> None:
        super().__init__(explainer)
        self._acknowledgements = explainer.acknowledgements
        self._summary = summary
        self._lines = lines
        marks = [lines.mark(rule.finding()).encode() for rule in RULES]
        self.tools = self.tools._replace(
            telling=fast_capture.Telling(
                fast_capture.forms(forms_of(lines)) if shows_lines else None,
                {},
                self._header,
                {},
                self._packet,
                *explainer.addresses.tables,
                summary.findings,
                *summary.tables,
                summary.conversations.count,
                (marks[0], marks[1], marks[2]),
                NAMES,
            )
        )

    @property
    def state(self) -> fast_capture.State:
        """What the core starts from."""
        lines = self._lines
        sequence, number = lines.waiting
        waiting = self._acknowledgements.waiting(CHANNEL)
        return lines.first_ns, -1 if sequence is None else sequence, number, waiting

    def written(self, text: bytes, number: int, told: fast_capture.Told | None) -> Written:
        """The Python goes on from where the core ended."""
        if told is not None:
            sums, sequence, asked, waiting = told
            self._summary.add_sums(fast_capture.Tally(*sums), NAMES)
            self._lines.waiting = None if sequence < 0 else sequence, asked
            self._acknowledgements.now_wait(CHANNEL, waiting)
        return super().written(text, number, told)

    def mark(self, finding: Finding) -> str:
        """What a line says of a finding."""
        return self._lines.mark(finding)

    def telling(self, pan: Pan, contexts: Contexts) -> tuple[object, ...]:
        """What payloads of a PAN are told with."""

        def payload(header: MacHeader, octets: bytes, guessed: frozenset[int] | None) -> fast_capture.ToldPayload:
            verdict = verdict_on(octets, header.link, contexts)
            ends = verdict.guessed_ends(guessed) if guessed else (False, False)
            findings = (*([GUESSED_CONTEXT.finding()] if guessed else ()), *verdict.findings)
            return fast_capture.ToldPayload(
                self._lines.cost(verdict.features, verdict.growth).encode(),
                self._lines.used(verdict.features).encode(),
                "".join(map(self._lines.mark, findings)).encode(),
                tuple([finding.name for finding in findings]),
                (verdict.features, verdict.growth),
                ends[0] | ends[1] << 1,
            )

        return {}, payload, pan.fragment_watch.tables

    def _header(self, header: MacHeader) -> fast_capture.ToldHeader:
        home = (header.pan, header.source) if len(header.source) == 8 else None
        ends, pending = self._lines.ends(*header.ends), PENDING if header.pending else ""
        return fast_capture.ToldHeader(
            ends.encode(), pending.encode(), header.asks, header.asked, header.extended, home, header.octets
        )

    def _packet(self, how: int, packet: bytes) -> tuple[bytes, ...]:
        """The words of a packet, or of its beginning, by the number of the ends that are guesses; or those of all that
        have the same headers, where numbers stand between them."""
        ends, palette = (bool(how & 1), bool(how & 2)), self._lines.palette
        if not how & BY_HEADERS:
            return (marked_packet_words(packet, ends, palette).encode(),)
        form = form_of(packet)
        return () if form is None else tuple([words.encode() for words in NUMBERS.split(marked(form, ends, palette))])


def forms_of(lines: LineWriter) -> fast_capture.Forms:
    """The lines of ordinary frames, with names in place of what differs."""
    faint, fragment = lines.palette.faint, lines.palette.fragment
    nobody, nothing = lines.ends(b"", b""), lines.cost(frozenset(), 0)

    def form(
        kind: Kind, words: str, ends: str = "{ends}", cost: str = "{cost}", more: str = "{features}{marks}"
    ) -> str:
        return lines.row(NUMBER, SECONDS, ends, cost, (*kind, words), more)

    def acknowledgement(words: str) -> str:
        return form(ACKNOWLEDGEMENT, faint(words), nobody, nothing, "") + "\n"

    place = fragment(under_way(PLACE, UNDER_WAY))
    whole = fragment(complete(PLACE, WHOLE.replace("{fragments}", several("{fragments}", "fragment"))))
    again = faint(repeated(SEQUENCE, REPEATED))
    return fast_capture.Forms(
        acknowledgement(SEQUENCE),
        acknowledgement(SEQUENCE + ASKED),
        form(REPETITION, again, cost=nothing, more="{marks}") + "\n",
        form(FIRST, with_packet(place, "{words}")) + "\n",
        form(SUBSEQUENT, place) + "\n",
        form(SUBSEQUENT, with_packet(whole, "{words}")) + "\n",
        form(PACKET, "{words}") + "\n",
    )
