"""6LoWPAN payloads without a capture around them: somebody has octets, and wants to know what they are.

explainer = PayloadExplainer(Settings(contexts=...))
explained = explainer.explain_payload(1, octets, link, pan_id=None)
"""

from p6lowpan.analysis.explained import Draft, Explained
from p6lowpan.analysis.explainer import Explainer
from p6lowpan.analysis.findings import examine
from p6lowpan.capability.errors import UsageError
from p6lowpan.capability.profile import Profile
from p6lowpan.capture.frame import CapturedFrame, LinkType
from p6lowpan.capture.inside import Encapsulated, Kind
from p6lowpan.wire.address import Link

MICROSECOND_NS = 1000
SEPARATORS = str.maketrans("", "", ":-_,")


class PayloadExplainer(Explainer):
    """An explainer that is given frames and payloads one by one, in the order of their arrival."""

    def explain_payload(self, number: int, octets: bytes, link: Link, pan_id: int | None) -> Explained:
        """Explain a MAC payload that was sent between the ends of ``link``."""
        draft = Draft(_captured(number, octets))
        draft.inside = Encapsulated(Kind.LOWPAN, octets, source=link.source, destination=link.destination)
        self.lowpan(draft, pan_id, octets, link)
        examine(draft)
        return draft.finished()

    def explain_frame(self, number: int, octets: bytes) -> Explained:
        """Explain a MAC frame."""
        return self.explain(_captured(number, octets))


def _captured(number: int, octets: bytes) -> CapturedFrame:
    """As if captured a microsecond after the one before."""
    return CapturedFrame(number, number * MICROSECOND_NS, octets, LinkType.IEEE802_15_4_NOFCS, len(octets))


def octets_of(text: str) -> bytes:
    """Octets from hexadecimal digits, with or without separators. Raises :class:`UsageError`."""
    digits = text.lower().removeprefix("0x").translate(SEPARATORS)
    try:
        return bytes.fromhex(digits)
    except ValueError:
        shown = text if len(text) <= 40 else f"{text[:40]}…"
        raise UsageError(f"{shown!r} is no even number of hexadecimal digits") from None


def verdict(explained: Explained, profile: Profile) -> str:
    """Whether a node of ``profile`` takes a frame, and what it lacks if not."""
    unsupported = sorted(feature.value.name for feature in profile.unsupported(explained.features))
    bound = profile.limits.header_growth_octets
    if explained.growth > bound:
        unsupported.append(f"a growth of {explained.growth} octets (its bound is {bound})")
    return f"{profile.name} does not take it: {', '.join(unsupported)}" if unsupported else f"{profile.name} takes it"
