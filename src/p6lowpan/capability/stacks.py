"""What real stacks receive and send, measured: one profile a stack, under the stack's name.

Each row is a feature, each column a stack; a cell has two signs, receiving and sending:
``R`` ``S`` right, ``r`` ``s`` in part, ``!`` wrong or a crash, ``-`` not at all. A profile receives what is right and
sends what is right or right in part: who sends to a stack should use only what surely arrives.
"""

from dataclasses import dataclass

from p6lowpan.capability import limits
from p6lowpan.capability.features import BY_NAME, Feature
from p6lowpan.capability.profile import NEVER_CHOSEN, Profile


@dataclass(frozen=True, slots=True)
class Stack:
    """A column of the table: the profile's name, and what exactly was measured."""

    name: str
    version: str


STACKS = (
    Stack("contiki", "commit 32b5b17f, 2018-11"),
    Stack("contiki-ng", "release 5.0"),
    Stack("contiki-ng-4.2", "release 4.2"),
    Stack("openthread", "commit d210a317, 2026-07"),
    Stack("riot", "commit c8bd52ff, 2026-08"),
    Stack("nanostack", "Mbed OS"),
    Stack("wisun-wsbrd", "wisun-br-linux, border router"),
    Stack("wisun-wsrd", "wisun-br-linux, router"),
    Stack("tinyos", "library as shipped"),
    Stack("smoltcp", "default build"),
    Stack("tock", "default build"),
    Stack("linux", "6.1"),
    Stack("ns3", "addresses with the universal/local bit corrected"),
    Stack("lwip", "default build"),
    Stack("scapy", "2.8"),
    Stack("tshark", "4.0.17"),
)

TABLE = """
uncompressed_ipv6           R- R- R- -- R- Rs Rs -- R- -- -- r- R- R- R. R.
fragmentation               RS RS RS RS RS RS RS R- RS RS rS RS RS RS !! R.
iphc                        RS RS RS RS RS RS RS RS RS RS RS RS RS RS RS R.
hop_limit                   RS RS RS RS RS RS RS RS RS RS RS RS RS RS RS R.
stateless_unicast           Rs Rs Rs RS RS RS RS RS Rs RS RS Rs RS RS RS R.
elided_identifier           Rs Rs Rs RS RS RS RS RS Rs RS RS Rs RS RS RS R.
unspecified_source          Rs Rs Rs RS RS RS -S -- Rs RS RS Rs RS R- RS R.
stateless_multicast         RS RS RS Rs RS RS RS Rs RS Rs RS RS RS RS RS R.
short_addresses             !s rS rs RS RS RS R- -- rS RS !s RS RS rS RS R.
stateful_unicast            rS rS rS RS RS RS -- -- !s r- rs RS R! rS !- R.
context_identifier          rS rS rS RS RS RS -- -- !- r- r- RS R! rS !- R.
stateful_multicast          !- !- !- Rs !s RS -- -- -- -- rs RS r! -- !- R.
traffic_class               RS RS RS RS !! RS RS RS RS !! RS RS !! !! !! R.
flow_label                  RS RS RS RS !! RS RS RS RS !! RS RS !! !! !! R.
nhc_ipv6                    !- -- !- RS r! RS RS RS -- !- R- -- !! -- -- R.
nhc_udp                     RS RS RS RS RS RS RS RS RS !S RS RS RS RS RS R.
nhc_udp_ports               RS RS RS RS RS RS RS RS R- !s !- RS RS RS RS R.
nhc_udp_checksum_elided     !- !- !- -- -- -- -- r- !- !- r- -- RS -- R- !.
headers_past_first_fragment RS R- R- r- R- RS RS R- r- -- r- RS R. RS -- R.
nhc_hop_by_hop              !- RS RS RS RS RS RS RS RS R- r- -- RS -- !- R.
nhc_routing                 !- RS RS R- RS RS RS RS RS R- r- -- !! -- !- R.
nhc_destination_options     !- RS RS R- RS RS RS RS RS R- r- -- R- -- !- R.
nhc_mobility                !- -- !- -- RS !! !! RS RS !- !- -- !- -- !- R.
nhc_padding_elided          !- -- !- RS !- Rs Rs R- Rs !- R- -- R- -- !- R.
mesh_header                 -- -- -- rs -- RS -- -- -- -- -- -- -- -- r. R.
mesh_deep_hops              -- -- -- r- -- RS -- -- -- -- -- -- -- -- r. R.
broadcast_header            -- -- -- -- -- RS -- -- -- -- -- -- r- -- r. R.
nhc_fragment                !- -- -- -- -- RS RS RS -- -- -- -- -- -- !- R.
nhc_fragment_length_six     !- RS RS R- RS !- !- !- RS R- R- -- RS -- !- -.
ghc_udp                     !- !- !- -- !- -- -- -- !- -- -- -- !- -- !- !.
"""
"""Columns as in :data:`STACKS`. Next header 41 in line is plain IPv6 and arrives wherever LOWPAN_IPHC does."""

_ROWS = {BY_NAME[name]: cells for name, *cells in (line.split() for line in TABLE.strip().splitlines())}
_ALWAYS = frozenset({Feature.TUNNELLED_IPV6})


def _profile(column: int, stack: Stack) -> Profile:
    receives = _ALWAYS | {feature for feature, cells in _ROWS.items() if cells[column][0] == "R"}
    sends = _ALWAYS | {feature for feature, cells in _ROWS.items() if cells[column][1] in "Ss"}
    return Profile(stack.name, sends - NEVER_CHOSEN, receives, limits.RFC6282)


def cells(name: str) -> dict[Feature, str]:
    """The cells of a stack, by feature: two signs each."""
    column = [stack.name for stack in STACKS].index(name)
    return {feature: row[column] for feature, row in _ROWS.items()}


PROFILES = {stack.name: _profile(column, stack) for column, stack in enumerate(STACKS)}
"""By the stack's name."""
