"""An ordinary frame in one line: the words that :mod:`p6lowpan.analysis.presentation.line` finds for any frame."""

from p6lowpan.analysis.glimpse import Glimpse, Part
from p6lowpan.analysis.presentation.lowpan_words import marked_packet_words, progress_words
from p6lowpan.analysis.presentation.mac_words import error_words
from p6lowpan.analysis.presentation.palette import Palette, Role

Kind = tuple[str, Role]
"""What kind of frame it is, in a word, and the role of that."""

What = tuple[str, Role, str]
"""The same, and the words behind it."""

ACKNOWLEDGEMENT: Kind = "ACK", Role.MAC
REPETITION: Kind = "RETRY", Role.MAC
FIRST: Kind = "FRAG1", Role.TITLE
SUBSEQUENT: Kind = "FRAGN", Role.TITLE
PACKET: Kind = "IPHC", Role.TITLE

SENT_AGAIN = "sent again: no acknowledgement came"
SEQUENCE = "seq {sequence}{pending}"
PENDING = ", data pending"
ASKED = ", of frame {asked}"
REPEATED = "{octets} octets"
"""Forms of what is said of acknowledgements and repetitions. What fills them in is named, so that the C core may do it
as well."""


def glimpse_words(glimpse: Glimpse, palette: Palette) -> What:
    """What kind of frame it is, how that word is painted, and what the frame says."""
    if glimpse.features:
        return _payload(glimpse, palette)
    if glimpse.error is not None:
        return "DATA", Role.MAC, palette.error(error_words(glimpse.error, None))
    said = SEQUENCE.format(sequence=glimpse.sequence_number, pending=PENDING if glimpse.header.pending else "")
    if glimpse.repeated:
        octets = REPEATED.format(octets=glimpse.payload_octets)
        return *REPETITION, palette.faint(repeated(said, octets))
    return *ACKNOWLEDGEMENT, said  # of which frame, and so the paint, comes behind it


def repeated(said: str, octets: str) -> str:
    """What is said of a frame that its sender sent again, where ``said`` is what is said of any."""
    return f"{said}, {octets}, {SENT_AGAIN}"


def _payload(glimpse: Glimpse, palette: Palette) -> What:
    part = glimpse.part
    if part is None:
        return *PACKET, marked_packet_words(glimpse.packets[0].octets, glimpse.guessed_ends, palette)
    kind = FIRST if part.began else SUBSEQUENT
    octets = glimpse.packets[0].octets if glimpse.packets else part.began
    said = palette.fragment(_progress(part))
    if octets:
        said = with_packet(said, marked_packet_words(octets, glimpse.guessed_ends, palette))
    return *kind, said


def with_packet(said: str, packet: str) -> str:
    """What is ``said`` of a fragment, and the packet that is whole with it or begins with it."""
    return f"{said}  {packet}"


def _progress(part: Part) -> str:
    return progress_words(part.tag, part.offset, part.octets, part.size, part.outcome)
