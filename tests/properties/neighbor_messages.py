"""Strategies for messages of Neighbor Discovery as an attacker on the link would send them.

Right and wrong in every field, from addresses that mean something to the node under test and from others; so that they
go deep. The node itself has the number :data:`properties.neighbors.ME`.
"""

from typing import Any

from hypothesis import strategies as st

from p6lowpan.wire.address import (
    ALL_NODES,
    ALL_ROUTERS,
    BROADCAST,
    UNSPECIFIED,
    LinkAddress,
    link_local,
    parse_ipv6,
)
from p6lowpan.wire.ipv6.capability_options import CapabilityIndication, FlexCapability
from p6lowpan.wire.ipv6.duplicate_address import DuplicateAddressConfirmation, DuplicateAddressRequest
from p6lowpan.wire.ipv6.link_layer_options import SourceLinkLayerAddress, TargetLinkLayerAddress
from p6lowpan.wire.ipv6.neighbor_discovery import (
    NeighborAdvertisement,
    NeighborSolicitation,
    Redirect,
    RouterAdvertisement,
    RouterSolicitation,
)
from p6lowpan.wire.ipv6.neighbor_option import UnknownOption
from p6lowpan.wire.ipv6.registration_options import AddressRegistration
from properties.neighbors import (
    BORDER,
    OTHER_PREFIX,
    PREFIX,
    SHORT,
    abro,
    address,
    context_option,
    link,
    pio,
)

NUMBERS = st.integers(1, 6)  # 1 is the node itself
GROUPS = st.sampled_from((ALL_NODES, ALL_ROUTERS, parse_ipv6("ff02::1:ff00:1"), parse_ipv6("ff05::2")))
ODD = st.sampled_from((UNSPECIFIED, BORDER, parse_ipv6("::1"), parse_ipv6("fe80::ff:fe00:a0b"), parse_ipv6("fe80::")))
ADDRESSES = st.one_of(
    NUMBERS.map(lambda number: link_local(link(number))),
    NUMBERS.map(lambda number: address(PREFIX, number)),
    NUMBERS.map(lambda number: address(OTHER_PREFIX, number)),
    GROUPS,
    ODD,
)
LINKS = st.one_of(NUMBERS.map(link), st.sampled_from((SHORT, BROADCAST, LinkAddress(b""), LinkAddress(b"\x80\x00"))))
MINUTES = st.sampled_from((0, 1, 2, 60, 0xFFFF))
SECONDS = st.sampled_from((0, 1, 2, 30, 7200, 0xFFFFFFFF))
VERIFIERS = st.one_of(NUMBERS.map(link), st.just(bytes(16)), st.just(bytes(range(32))))
BIT, OCTET = st.integers(0, 1), st.integers(0, 255)


def link_option(kind: type[SourceLinkLayerAddress | TargetLinkLayerAddress]) -> st.SearchStrategy[Any]:
    """An option of this kind, with an address that is one or not."""
    padded = LINKS.filter(bool).map(lambda one: one + bytes(6 if len(one) == 8 else 4))
    return st.builds(kind, address=st.one_of(padded, st.binary(min_size=6, max_size=6), st.just(bytes(14))))


REGISTRATIONS = st.builds(
    AddressRegistration,
    status=st.sampled_from((0, 0, 0, 0, 1, 2, 3, 4, 6, 9, 11, 80)),
    address_type=st.sampled_from((0, 0, 0, 0, 1, 3)),
    has_transaction=BIT,
    transaction=st.sampled_from((0, 127, 128, 239, 240, 241, 255)),
    lifetime_minutes=MINUTES,
    ownership_verifier=VERIFIERS,
)
OPTIONS = st.lists(
    st.one_of(
        link_option(SourceLinkLayerAddress),
        link_option(TargetLinkLayerAddress),
        REGISTRATIONS,
        st.builds(pio, st.sampled_from((PREFIX, OTHER_PREFIX, bytes(16), ALL_NODES)), SECONDS, SECONDS, on_link=BIT),
        st.builds(pio, st.just(PREFIX), SECONDS, prefix_length=st.integers(0, 128)),
        st.builds(context_option, st.integers(0, 15), st.sampled_from((PREFIX, OTHER_PREFIX)), MINUTES, BIT),
        st.builds(abro, st.integers(0, 3), st.sampled_from((BORDER, address(PREFIX, 2), link_local(link(3)))), MINUTES),
        st.builds(CapabilityIndication, experiments=OCTET, extended_registration=BIT, extended_duplicate_messages=BIT),
        st.builds(FlexCapability, features=st.integers(0, 0xFFFFFFFF)),
        st.builds(UnknownOption, type=st.just(200), data=st.just(bytes(6))),
    ),
    max_size=5,
).map(tuple)
DUPLICATES = {
    "code_prefix": st.integers(0, 15),
    "transaction": OCTET,
    "lifetime_minutes": MINUTES,
    "ownership_verifier": VERIFIERS,
    "registered_address": ADDRESSES,
}
MESSAGES = st.one_of(
    st.builds(RouterSolicitation, code=st.just(0), options=OPTIONS),
    st.builds(
        RouterAdvertisement,
        code=st.just(0),
        hop_limit=OCTET,
        managed_addresses=BIT,
        preference=st.integers(0, 3),
        router_lifetime_seconds=st.sampled_from((0, 1, 30, 1800, 0xFFFF)),
        reachable_time_ms=st.sampled_from((0, 1, 0xFFFFFFFF)),
        retransmission_timer_ms=st.sampled_from((0, 1, 0xFFFFFFFF)),
        options=OPTIONS,
    ),
    st.builds(NeighborSolicitation, code=st.just(0), target=ADDRESSES, options=OPTIONS),
    st.builds(
        NeighborAdvertisement,
        code=st.just(0),
        router=BIT,
        solicited=BIT,
        override=BIT,
        target=ADDRESSES,
        options=OPTIONS,
    ),
    st.builds(Redirect, code=st.just(0), target=ADDRESSES, destination=ADDRESSES, options=OPTIONS),
    st.builds(DuplicateAddressRequest, address_type=st.integers(0, 3), **DUPLICATES),
    st.builds(DuplicateAddressConfirmation, status=OCTET, **DUPLICATES),
)
