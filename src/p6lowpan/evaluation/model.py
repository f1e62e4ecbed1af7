"""The drafts' own arithmetic, done again from what they print: section 7.3 of draft-ayers-low-power-interop-01."""

from dataclasses import dataclass

from p6lowpan.evaluation.results import Experiment, Value
from p6lowpan.evaluation.sizes import FIGURE_5, FIGURE_6_ADDED

MINIMUM_IP_HEADER = 2
ROUTER_ADVERTISEMENT = 104
NEIGHBOR_SOLICITATION = 24
REGISTRATION_IN_FIRST_NS = 24
REGISTRATION_IN_FIRST_NA = 16
"""The constants of the equation for C."""

ERROR_MESSAGE = 4
COMMON_COMPRESSED_HEADER = 8
UNCOMPRESSED_ERROR = 48
"""Section 7.3: C_icmp is a compressed header and 4; in FLEX 48; "the common case of 8 byte compressed headers"."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of figure 8 as printed: ``constant`` and ``each`` make C = constant + each * N."""

    solicitation: int
    advertisement: int
    constant: int
    each: int


FIGURE_8 = {
    "6LoWPAN": Row(20, 24, 168, 52),
    "P6LoWPAN": Row(24, 28, 172, 56),
    "FLEX-6LoWPAN": Row(28, 32, 176, 60),
}


def constant_of(solicitation: int) -> int:
    """The part of C that does not depend on N."""
    headers = 2 * MINIMUM_IP_HEADER
    return solicitation + ROUTER_ADVERTISEMENT + headers + REGISTRATION_IN_FIRST_NS + REGISTRATION_IN_FIRST_NA


def each_of(advertisement: int) -> int:
    """What each endpoint adds to C."""
    return NEIGHBOR_SOLICITATION + advertisement + 2 * MINIMUM_IP_HEADER


def total(row: Row, endpoints: int) -> int:
    """C, from the row's RS and NA."""
    return constant_of(row.solicitation) + each_of(row.advertisement) * endpoints


def _share(size: float, added: int) -> float:
    """Of what discovery adds, in octets, in a size in kB."""
    return added / (size * 1000)


def measure(_quick: bool) -> dict[str, Value]:
    """The sums that follow from the printed RS and NA, and what the printed overheads come to."""
    stock = FIGURE_8["6LoWPAN"]
    values: dict[str, Value] = {}
    for kind, row in FIGURE_8.items():
        values[f"{kind}/constant"] = constant_of(row.solicitation)
        values[f"{kind}/each"] = each_of(row.advertisement)
        values[f"{kind}/one endpoint"] = total(row, 1)
        values[f"{kind}/overhead percent"] = round(100 * (total(row, 1) / total(stock, 1) - 1), 1)
        values[f"{kind}/limit percent"] = round(
            100 * (each_of(row.advertisement) / each_of(stock.advertisement) - 1), 1
        )
        values[f"{kind}/is consistent"] = (row.constant, row.each) == (
            constant_of(row.solicitation),
            each_of(row.advertisement),
        )
    values["figure 6/average percent"] = round(100 * sum(map(_share, FIGURE_5, FIGURE_6_ADDED)) / len(FIGURE_5), 1)
    values["figure 5/saved percent"] = round(100 * (1 - FIGURE_5[0] / FIGURE_5[-1]), 1)
    values["error/compressed"] = COMMON_COMPRESSED_HEADER + ERROR_MESSAGE
    values["error/FLEX"] = UNCOMPRESSED_ERROR
    values["error/factor"] = UNCOMPRESSED_ERROR / (COMMON_COMPRESSED_HEADER + ERROR_MESSAGE)
    return values


EXPERIMENT = Experiment("model", "the draft's equation with the values that its figure prints", measure)
