"""An ordinary frame in one line: the words that :mod:`p6lowpan.analysis.presentation.line` finds for any frame."""

from p6lowpan.analysis.glimpse import Glimpse, Part
from p6lowpan.analysis.presentation.lowpan_words import marked_packet_words, progress_words
from p6lowpan.analysis.presentation.mac_words import error_words
from p6lowpan.analysis.presentation.palette import Palette, Role

What = tuple[str, Role, str]
"""What kind of frame it is, the role of that word, and the words."""

SENT_AGAIN = "sent again: no acknowledgement came"


def glimpse_words(glimpse: Glimpse, palette: Palette) -> What:
    """What kind of frame it is, how that word is painted, and what the frame says."""
    if glimpse.features:
        return _payload(glimpse, palette)
    if glimpse.error is not None:
        return "DATA", Role.MAC, palette.error(error_words(glimpse.error, None))
    pending = ", data pending" if glimpse.header.pending else ""
    said = f"seq {glimpse.sequence_number}{pending}"
    if glimpse.repeated:
        return "RETRY", Role.MAC, palette.faint(f"{said}, {glimpse.payload_octets} octets, {SENT_AGAIN}")
    return "ACK", Role.MAC, said  # of which frame, and so the paint, comes behind it


def _payload(glimpse: Glimpse, palette: Palette) -> What:
    part = glimpse.part
    if part is None:
        return "IPHC", Role.TITLE, marked_packet_words(glimpse.packets[0].octets, glimpse.guessed_ends, palette)
    kind = "FRAG1" if part.began else "FRAGN"
    octets = glimpse.packets[0].octets if glimpse.packets else part.began
    said = palette.fragment(_progress(part))
    if octets:
        said = f"{said}  {marked_packet_words(octets, glimpse.guessed_ends, palette)}"
    return kind, Role.TITLE, said


def _progress(part: Part) -> str:
    return progress_words(part.tag, part.offset, part.octets, part.size, part.outcome)
