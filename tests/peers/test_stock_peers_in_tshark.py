"""What our nodes said to RIOT and Contiki-NG, beside what those said, in tshark: no frame is malformed, every checksum
holds, and every request that tshark finds an answer to in the capture has one here."""

import subprocess
from collections import Counter
from pathlib import Path

import pytest

from node.stock_room import Room
from node.stock_seats import SEATS, Seat, captured_packets, node_for
from p6lowpan.capability.named import by_name
from p6lowpan.wire.address import format_ipv6, is_multicast, link_local
from p6lowpan.wire.ipv6.registry import MessageType
from peers.trouble import TSHARK, Trouble, contexts_for, trouble_in

pytestmark = pytest.mark.skipif(TSHARK is None, reason="tshark is not installed")

CHOSEN = {
    "riot-stock-2": "riot",
    "riot-short-2": "riot",
    "riot-rpl-root": "riot",
    "riot-udp-receiver": "rfc6282",
    "contiki-ng-root-6lowpan": "contiki-ng",
    "contiki-ng-node-regular": "rfc6282",
}
FILLER = ("--disable-protocol", "coap", "--disable-protocol", "dns")
"""RIOT's datagrams go to the ports of CoAP and DNS, and hold neither."""
NOTHING = Trouble(frozenset(), frozenset(), frozenset())


@pytest.fixture(scope="module", params=CHOSEN)
def exchange(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Room, Path]:
    seat = SEATS[request.param]
    room = Room(seat, node_for(seat, by_name(CHOSEN[request.param]))).run()
    return room, room.write(tmp_path_factory.mktemp("exchange") / "exchange.pcap")


def rows(path: Path, seat: Seat, which: str, *fields: str) -> list[list[str]]:
    wanted = [part for field in fields for part in ("-e", field)]
    command = [
        str(TSHARK),
        "-n",
        "-2",
        "-r",
        str(path),
        *contexts_for(seat.contexts),
        "-Y",
        which,
        "-T",
        "fields",
        *wanted,
    ]
    shown = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120).stdout
    return [line.split("\t") for line in shown.splitlines()]


def test_tshark_finds_nothing_wrong(exchange: tuple[Room, Path]) -> None:
    room, path = exchange
    assert trouble_in(path, *contexts_for(room.seat.contexts), *FILLER) == NOTHING


def test_every_echo_request_that_our_node_had_is_answered_for_tshark_too(exchange: tuple[Room, Path]) -> None:
    """``icmpv6.resp_in``: tshark matches addresses, identifier and sequence number."""
    room, path = exchange
    seat = room.seat
    ours = {format_ipv6(one) for link in seat.ours for one in (seat.global_address(link), link_local(link))}
    requests = rows(path, seat, "icmpv6.type==128", "ipv6.dst", "icmpv6.resp_in", "frame.number")
    unanswered = [row for row in requests if row[0] in ours and not row[1]]
    assert not unanswered
    heard = {
        one.said for one in captured_packets(seat.capture, seat.contexts)
        if one.said.kind == MessageType.ECHO_REQUEST and one.link_source in seat.others
        and not is_multicast(one.said.destination) and format_ipv6(one.said.destination) in ours
    }  # fmt: skip
    assert len([row for row in requests if row[0] in ours]) == len(heard)


def test_tshark_reads_from_our_frames_what_we_put_there(exchange: tuple[Room, Path]) -> None:
    room, path = exchange
    shown = rows(path, room.seat, "icmpv6 && !icmpv6.type==1", "ipv6.src", "ipv6.dst", "ipv6.hlim", "icmpv6.type")
    theirs = Counter(tuple(row) for row in shown)
    for said in room.said():
        if said.kind is not None and said.kind != MessageType.DESTINATION_UNREACHABLE:
            row = format_ipv6(said.source), format_ipv6(said.destination), str(said.hop_limit), str(said.kind)
            assert theirs[row] > 0
