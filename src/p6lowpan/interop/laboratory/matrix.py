"""For every ordered pair: does every packet that the one generates get through to the other?"""

from collections.abc import Sequence
from dataclasses import dataclass

from p6lowpan.interop.laboratory.delivery import Delivery, witness
from p6lowpan.interop.laboratory.parties import Party
from p6lowpan.interop.laboratory.probes import Probe, probes


@dataclass(frozen=True)
class Cell:
    """From ``sender`` to ``receiver``: the smallest packet that fails, or ``None`` where all get through."""

    sender: Party
    receiver: Party
    witness: Delivery | None


@dataclass(frozen=True)
class Matrix:
    """``cells[i][j]``: from party ``i`` to party ``j``. ``discovery``: our own parties know what the others take."""

    parties: tuple[Party, ...]
    cells: tuple[tuple[Cell, ...], ...]
    discovery: bool
    probes: int

    @property
    def failing(self) -> tuple[Cell, ...]:
        """The cells with a witness."""
        return tuple(cell for row in self.cells for cell in row if cell.witness is not None)


def matrix(parties: Sequence[Party], packets: tuple[Probe, ...] | None = None, *, discovery: bool = True) -> Matrix:
    """Every pair of ``parties``, each with itself too; of ``packets``, or of all probes."""
    tried = probes() if packets is None else packets
    rows = tuple(
        tuple(cell(sender, receiver, tried, discovery=discovery) for receiver in parties) for sender in parties
    )
    return Matrix(tuple(parties), rows, discovery, len(tried))


def cell(sender: Party, receiver: Party, packets: tuple[Probe, ...] | None = None, *, discovery: bool = True) -> Cell:
    """One pair."""
    sending = sender.toward(receiver) if discovery else sender
    return Cell(sender, receiver, witness(sending, receiver, packets))
