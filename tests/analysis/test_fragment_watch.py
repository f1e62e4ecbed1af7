"""Orders, times and mixtures of fragments that are legal, and that some stacks lose datagrams by."""

import pytest

from analysis.laboratory import ALICE, BOB, CAROL, Laboratory, finding, fragments, names, udp_packet
from p6lowpan.analysis import fragment_watch
from p6lowpan.analysis.explained import Severity
from p6lowpan.analysis.fragment_watch import MOST_SENDERS, FragmentWatch
from p6lowpan.analysis.known_stacks import REASSEMBLY, Stack
from p6lowpan.machines.adaptation.timeline import DatagramKey
from p6lowpan.wire.address import LinkAddress
from p6lowpan.wire.sixlowpan.mesh import MeshHeader

PACKET = udp_packet(bytes(200))
OTHER = udp_packet(bytes(range(200)))


@pytest.fixture
def laboratory() -> Laboratory:
    return Laboratory()


def test_fragments_in_order_and_in_time_are_no_finding(laboratory: Laboratory) -> None:
    heard = [laboratory.hear(payload) for payload in fragments(PACKET)]
    assert len(heard) == 4
    assert [packet.octets for packet in heard[-1].packets] == [PACKET]
    assert [names(each) for each in heard] == [[]] * 4


def test_a_last_fragment_after_some_time_names_the_stacks_that_do_not_wait(laboratory: Laboratory) -> None:
    *before, last = fragments(PACKET)
    for payload in before:
        laboratory.hear(payload)
    laboratory.wait(4)
    late = finding(laboratory.hear(last), "fragments-late")
    assert late.severity is Severity.WARNING
    assert "took 4.0 s" in late.text
    assert Stack.OPENTHREAD in late.text
    assert Stack.RIOT in late.text
    assert Stack.NANOSTACK not in late.text


@pytest.mark.parametrize(("wait", "late"), [(1.99, False), (2.01, True)])
def test_the_shortest_time_out_decides(laboratory: Laboratory, wait: float, late: bool) -> None:
    first, *between, last = fragments(PACKET)
    laboratory.hear(first)
    laboratory.wait(wait - 0.003)
    for payload in between:
        laboratory.hear(payload)
    assert ("fragments-late" in names(laboratory.hear(last))) is late


def test_a_subsequent_fragment_in_front_of_the_first(laboratory: Laboratory) -> None:
    first, second, third, last = fragments(PACKET)
    for payload in (second, first, third):
        assert names(laboratory.hear(payload)) == []
    found = finding(laboratory.hear(last), "first-fragment-late")
    for stack in (Stack.OPENTHREAD, Stack.LINUX, Stack.TINYOS, Stack.CONTIKI_NG):
        assert stack in found.text


def test_fragments_that_are_not_in_ascending_order(laboratory: Laboratory) -> None:
    first, second, third, last = fragments(PACKET)
    heard = [laboratory.hear(payload) for payload in (first, third, second, last)]
    found = finding(heard[-1], "fragments-out-of-order")
    assert Stack.LINUX in found.text
    assert Stack.CONTIKI_NG not in found.text
    assert "first-fragment-late" not in names(heard[-1])


def test_a_fragment_that_comes_twice(laboratory: Laboratory) -> None:
    first, second, *_ = fragments(PACKET)
    for payload in (first, second, first):
        heard = laboratory.hear(payload)
    found = finding(heard, "fragment-repeated")
    assert Stack.TINYOS in found.text
    assert Stack.RIOT not in found.text


def test_a_fragment_that_a_mesh_router_hands_on_is_not_repeated(laboratory: Laboratory) -> None:
    mesh = MeshHeader(hops_left=5, originator=ALICE, final_destination=BOB).encode()
    handed_on = MeshHeader(hops_left=4, originator=ALICE, final_destination=BOB).encode()
    for payload in fragments(PACKET):
        for heard in (laboratory.hear(mesh + payload, ALICE, CAROL), laboratory.hear(handed_on + payload, CAROL, BOB)):
            assert "fragment-repeated" not in names(heard)


def test_two_datagrams_that_a_sender_mixes(laboratory: Laboratory) -> None:
    one, other = fragments(PACKET, tag=1), fragments(OTHER, tag=2)
    heard = [laboratory.hear(payload) for payload in (one[0], other[0], one[1], other[1], one[2], other[2])]
    found = [each for frame in heard for each in frame.findings if each.name == "datagrams-interleaved"]
    assert len(found) == 1
    assert Stack.SMOLTCP in found[0].text
    assert Stack.CONTIKI_NG in found[0].text


def test_two_datagrams_one_after_the_other_are_not_mixed(laboratory: Laboratory) -> None:
    for tag, packet in enumerate((PACKET, OTHER)):
        for payload in fragments(packet, tag=tag):
            assert names(laboratory.hear(payload)) == []


def test_two_senders_do_not_mix_and_fill_their_receiver(laboratory: Laboratory) -> None:
    first = fragments(PACKET)[0]
    assert names(laboratory.hear(first, ALICE, BOB)) == []
    crowd = finding(laboratory.hear(first, CAROL, BOB), "many-reassemblies")
    assert crowd.text.startswith("2 datagrams to 02:12:34:56:78:ab:cd:02")
    assert Stack.SMOLTCP in crowd.text
    assert Stack.CONTIKI_NG not in crowd.text
    assert names(laboratory.hear(first, ALICE, CAROL)) == []


def test_the_crowd_at_a_receiver_is_told_once_for_each_number(laboratory: Laboratory) -> None:
    told = []
    for number in range(6):
        heard = laboratory.hear(fragments(PACKET)[0], LinkAddress(bytes((number,)) * 8), BOB)
        told += [each.text.split()[0] for each in heard.findings if each.name == "many-reassemblies"]
    assert told == ["2", "3", "4", "5", "6"]
    for payload in fragments(PACKET)[1:]:
        laboratory.hear(payload, LinkAddress(bytes(8)), BOB)
    assert "many-reassemblies" not in names(laboratory.hear(fragments(PACKET)[0], CAROL, BOB))


def test_a_lost_datagram_says_what_is_missing_and_from_whom(laboratory: Laboratory) -> None:
    first, _, third, _ = fragments(PACKET)
    laboratory.hear(first)
    laboratory.hear(third)
    (drop,) = laboratory.explainer.finish()
    text = fragment_watch.lost_in_words(drop)
    assert "datagram of 248 octets from 02:12:34:56:78:ab:cd:01, tag 0x0001" in text
    assert "2 fragments given up, octets missing: 72-143, 216-247" in text


def test_a_time_out_is_told_with_the_next_frame(laboratory: Laboratory) -> None:
    laboratory.hear(fragments(PACKET)[0])
    laboratory.wait(61)
    heard = laboratory.hear(fragments(OTHER, tag=9)[0], CAROL, ALICE)
    assert "reassembly-timeout" in finding(heard, "datagram-lost").text
    assert [drop.key.tag for drop in heard.lost] == [1]


def test_the_watch_keeps_as_many_senders_as_its_bound_and_no_more(laboratory: Laboratory) -> None:
    watch = FragmentWatch()
    laboratory.explainer = Laboratory().explainer
    for number in range(MOST_SENDERS + 1):
        source = LinkAddress(number.to_bytes(8, "big"))
        heard = laboratory.hear(fragments(PACKET)[0], source, CAROL)
        draft = fragment_watch.Draft(heard.captured, received=heard.received)
        pan = laboratory.explainer.pans[0xABCD]
        watch.look(draft, pan.receiver.reassembler)
    assert len(watch._current) == MOST_SENDERS
    assert all(isinstance(key, DatagramKey) for key in watch._current.values())


def test_the_table_of_stacks_has_a_row_for_each() -> None:
    assert [row.stack for row in REASSEMBLY] == list(Stack)
