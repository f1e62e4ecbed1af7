"""Who talked with whom."""

import pytest

from analysis.laboratory import GLOBAL_ALICE, GLOBAL_BOB, icmpv6_packet, udp_packet
from p6lowpan.analysis.conversations import MOST_CONVERSATIONS, Conversations
from p6lowpan.analysis.transport import Transport, transport_of

SECOND = 10**9


def transport(number: int) -> Transport:
    return transport_of(udp_packet(source_port=number))


def test_the_packets_of_one_direction_are_one_row() -> None:
    conversations = Conversations()
    there, back = udp_packet(source_port=1, destination_port=2), icmpv6_packet(bytes(8), GLOBAL_BOB, GLOBAL_ALICE)
    conversations.add(transport_of(there), 100, 5 * SECOND)
    conversations.add(transport_of(back), 30, 6 * SECOND)
    conversations.add(transport_of(there), 50, 9 * SECOND)
    first, second = conversations
    assert (first.source, first.destination) == (there[8:24], there[24:40])
    assert (first.protocol, first.source_port, first.destination_port) == (17, 1, 2)
    assert (first.packets, first.octets) == (2, 150)
    assert (first.first_time, first.last_time) == (5 * SECOND, 9 * SECOND)
    assert (second.protocol, second.source_port, second.packets) == (58, None, 1)


def test_times_may_come_in_any_order() -> None:
    conversations = Conversations()
    for time in (7, 3, 5):
        conversations.add(transport(1), 1, time)
    (row,) = conversations
    assert (row.first_time, row.last_time) == (3, 7)


def test_the_row_with_most_octets_comes_first() -> None:
    conversations = Conversations()
    for number in (1, 2, 3):
        conversations.add(transport(number), 10 * number, number)
    assert [row.source_port for row in conversations] == [3, 2, 1]


def test_at_the_bound_nothing_is_forgotten() -> None:
    conversations = Conversations(bound=3)
    for number in range(3):
        conversations.add(transport(number), 10, number)
    assert len(conversations) == len(list(conversations)) == 3
    assert conversations.forgotten == 0


def test_one_past_the_bound_adds_the_one_that_was_heard_longest_ago_to_the_others() -> None:
    conversations = Conversations(bound=3)
    for number, time in ((0, 1), (1, 2), (2, 3), (0, 4), (3, 5), (4, 6)):
        conversations.add(transport(number), 10, time)
    *rows, others = conversations
    assert sorted(row.source_port for row in rows if row.source_port is not None) == [0, 3, 4]
    assert conversations.forgotten == 2
    assert (others.packets, others.octets, others.first_time, others.last_time) == (2, 20, 2, 3)
    assert (others.source, others.destination, others.source_port) == (b"", b"", None)
    assert sum(row.packets for row in conversations) == 6


@pytest.mark.parametrize("more", [0, 1])
def test_the_table_does_not_grow_past_its_bound(more: int) -> None:
    conversations = Conversations()
    for number in range(MOST_CONVERSATIONS + more):
        conversations.add(transport(number), 1, number)
    assert len(conversations) == MOST_CONVERSATIONS
    assert conversations.forgotten == more
