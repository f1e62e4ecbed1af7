"""Who hears whom, and how well: the chances that a link takes with every frame."""

from dataclasses import dataclass

from p6lowpan.capability.errors import UsageError

BEST_INDICATION = 255
"""IEEE 802.15.4-2015 section 10.2.6: a link quality indication has 8 bits."""


@dataclass(frozen=True, slots=True)
class LinkQuality:
    """One direction of a link. Chances are 0 to 1. Raises :class:`UsageError` for what cannot be.

    ``loss``: nothing is received. ``corruption``: what is received fails its frame check, so that the receiver's radio
    drops it. ``duplication``: the receiver is told twice. ``delay_us`` and up to ``jitter_us`` more pass between the
    frame's end and the moment at which the receiver is told; with the chance ``reordering`` it is held back by up to
    ``held_back_us`` more, so that later frames overtake it. Delay is the way from radio to device: on the air, and for
    whoever looks whether the channel is clear, there is none. ``indication`` is what the receiver's radio says of it.
    """

    loss: float = 0.0
    corruption: float = 0.0
    duplication: float = 0.0
    reordering: float = 0.0
    delay_us: int = 0
    jitter_us: int = 0
    held_back_us: int = 10_000
    indication: int = BEST_INDICATION

    def __post_init__(self) -> None:
        for name in ("loss", "corruption", "duplication", "reordering"):
            if not 0 <= getattr(self, name) <= 1:
                raise UsageError(f"{name} is a chance of 0 to 1, not {getattr(self, name)}")
        for name in ("delay_us", "jitter_us", "held_back_us"):
            if getattr(self, name) < 0:
                raise UsageError(f"{name} is a time of 0 or more, not {getattr(self, name)}")
        if not 0 <= self.indication <= BEST_INDICATION:
            raise UsageError(f"a link quality indication has 8 bits, {self.indication} does not")

    @property
    def is_prompt(self) -> bool:
        """Whether what is received is handed up once and at once."""
        return not (self.duplication or self.reordering or self.delay_us or self.jitter_us)


PERFECT = LinkQuality()

CERTAIN = 1_000_000
"""Chances are drawn in millionths: whole numbers are the same on every machine."""


class Link:
    """One direction of a link, with its chances in millionths, to be read for every frame."""

    __slots__ = ("corruption", "duplication", "is_prompt", "loss", "quality", "receiver", "reordering")

    def __init__(self, receiver: int, quality: LinkQuality) -> None:
        self.receiver = receiver
        self.quality = quality
        self.is_prompt = quality.is_prompt
        self.loss = round(quality.loss * CERTAIN)
        self.corruption = round(quality.corruption * CERTAIN)
        self.duplication = round(quality.duplication * CERTAIN)
        self.reordering = round(quality.reordering * CERTAIN)


Separation = tuple[frozenset[int], frozenset[int]]
"""Two sets of stations that do not hear one another for a while."""


class Links:
    """Who hears whom. ``heard_by[sender]`` is computed anew when a link changes, so that sending costs nothing."""

    def __init__(self) -> None:
        self.heard_by: list[tuple[Link, ...]] = []
        self._links: list[dict[int, Link]] = []
        self._separations: list[Separation] = []

    def add(self) -> int:
        """One more station, which hears nobody yet. Returns its number."""
        self._links.append({})
        self.heard_by.append(())
        return len(self._links) - 1

    def quality(self, sender: int, receiver: int) -> LinkQuality | None:
        """How well ``receiver`` hears ``sender`` while they are not separated; ``None``: not at all."""
        link = self._links[sender].get(receiver)
        return None if link is None else link.quality

    def set(self, sender: int, receiver: int, quality: LinkQuality | None) -> None:
        """Make or change the link from ``sender`` to ``receiver``; ``None`` takes it away.

        Raises :class:`UsageError` for a station that is not there, or a link to itself.
        """
        if sender == receiver or not all(0 <= number < len(self._links) for number in (sender, receiver)):
            raise UsageError(f"no link from station {sender} to station {receiver} of {len(self._links)}")
        if quality is None:
            self._links[sender].pop(receiver, None)
        else:
            self._links[sender][receiver] = Link(receiver, quality)
        self._refresh(sender)

    def separate(self, separation: Separation) -> None:
        """From now on nobody in one set hears anybody in the other."""
        self._separations.append(separation)
        for sender in separation[0] | separation[1]:
            self._refresh(sender)

    def rejoin(self, separation: Separation) -> None:
        """Take back one :meth:`separate`."""
        self._separations.remove(separation)
        for sender in separation[0] | separation[1]:
            self._refresh(sender)

    def _refresh(self, sender: int) -> None:
        apart = [other for one, two in self._separations for mine, other in ((one, two), (two, one)) if sender in mine]
        links = self._links[sender].values()
        self.heard_by[sender] = tuple(link for link in links if not any(link.receiver in other for other in apart))
