"""The paging dispatch: which page the dispatch octets after it belong to (RFC 8025 section 3)."""

from typing import Annotated

from p6lowpan.wire.description import Bits, Fixed, Header, Meaning, wire

ROUTING_PAGE = 1
"""The page of the 6LoWPAN Routing Header (RFC 8138); LOWPAN_IPHC means in it what it means in page 0."""

EXPERIMENTAL_PAGE = 15


def _page_words(page: int) -> str:
    if page == EXPERIMENTAL_PAGE:
        return "for experiments"
    return {0: "the page of RFC 4944", ROUTING_PAGE: "6LoWPAN Routing Headers and LOWPAN_IPHC"}.get(
        page, "not assigned"
    )


@wire("page")
class PageSwitch(Header):
    """RFC 8025 section 3, figure 1. A page stays active until the next one of these."""

    dispatch: Annotated[int, Bits(4), Fixed()] = 0b1111
    page: Annotated[int, Bits(4), Meaning(_page_words)]
