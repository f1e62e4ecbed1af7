"""The machine: what it saves and goes on from, what it does with whoever is not there, how much it may cost."""

import json
from dataclasses import replace

import pytest

from p6lowpan.capability.errors import UsageError
from p6lowpan.capability.features import Feature
from p6lowpan.capability.profile import level_features, of_level
from p6lowpan.interop.conformance import catalogue
from p6lowpan.interop.conformance.packets import packet
from p6lowpan.interop.laboratory.parties import party
from p6lowpan.interop.probing import simulated
from p6lowpan.interop.probing.findings import Verdict
from p6lowpan.interop.probing.plan import Reach, plan
from p6lowpan.interop.probing.plan_addresses import group_of
from p6lowpan.interop.probing.prober import Prober
from p6lowpan.interop.probing.questions import answer_to, closed_port, echo, misquoted
from p6lowpan.interop.probing.record import profile_record, read_profile
from p6lowpan.interop.probing.results import Outcome, Results, restored
from p6lowpan.interop.probing.scene import Scene
from p6lowpan.interop.probing.words import summary
from p6lowpan.machines.link.configuration import MacConfiguration
from p6lowpan.machines.link.framing import data_frame
from p6lowpan.machines.neighbor_discovery.configuration import Configuration, Mode, Role
from p6lowpan.node.configuration import NodeConfiguration
from p6lowpan.node.inputs import FrameReceived, JoinGroup, Wake
from p6lowpan.node.node import Node
from p6lowpan.simulator.links import LinkQuality
from p6lowpan.simulator.world import World
from p6lowpan.wire.address import link_local, parse_link
from p6lowpan.wire.ipv6.registry import Protocol

SHORT = Reach(octets=160, wait_s=0.5, parallel=2)
HOUR_US = 3_600_000_000


def simulation(level=3, results=None, loss=0.0):
    return simulated.simulation(of_level(level), LinkQuality(loss=loss), SHORT, results)


def test_a_probing_that_is_cut_off_at_any_moment_goes_on_from_what_it_saved():
    whole = simulation()
    whole.run()
    results = None
    for _ in range(40):
        part = simulation(results=results)
        part.run(15_000_000)
        results = restored(part.prober.results.saved())
        if part.prober.is_done:
            break
    assert part.prober.is_done
    assert part.prober.findings.receives == whole.prober.findings.receives
    assert [one.name for one in results.of.values()] == [one.name for one in whole.prober.results.of.values()]


def test_nothing_is_asked_again_that_was_decided():
    first = simulation()
    first.run()
    again = simulation(results=restored(first.prober.results.saved()))
    assert again.prober.is_done
    assert again.prober.findings == first.prober.findings


def test_what_could_not_be_put_is_put_once_an_address_is_known():
    scene = replace(simulated.SCENE, our_short=None, their_short=None, contexts={})
    results = None
    for known in (scene, simulated.SCENE):
        world = World(1)
        prober = Prober(simulated.OUR_LINK, known, plan(SHORT), results)
        theirs = world.add(simulated.neighbour(of_level(2)))
        world.connect(world.add(prober, starts_at_us=3_000_000), theirs)
        world.inject(simulated.JOINS_US, theirs, JoinGroup(group_of(simulated.CONTEXTS[0])))
        while not prober.is_done:
            assert world.step()
        lacking = level_features(2) - prober.findings.receives
        results = restored(prober.results.saved())
        assert (Feature.SHORT_ADDRESSES in lacking) == (known is scene)
    assert prober.findings.level == 2


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"version": 9}', '{"version": 1, "of": [{}]}', '{"version": 1, "x": 2}']
)
def test_what_is_no_state_is_refused(text):
    with pytest.raises(UsageError):
        restored(text)


def test_nobody_there_is_found_out_and_nothing_is_said_of_features():
    world = World(1)
    prober = Prober(simulated.OUR_LINK, simulated.SCENE, plan(SHORT))
    world.add(prober)
    world.run(HOUR_US // 10)
    assert prober.is_done
    assert not prober.findings.is_there
    assert prober.findings.having(Verdict.UNKNOWN) == frozenset(Feature) - {Feature.ESCAPE}
    assert world.counters[0].sent < 200
    assert "No frame was acknowledged" in "\n".join(summary(prober.findings))


def test_who_acknowledges_and_answers_nothing_is_there():
    run = simulated.simulation(simulated.by_name("tock"), reach=SHORT)
    run.run()
    assert "It is there, for it acknowledged" in "\n".join(summary(run.prober.findings))


def test_a_neighbour_that_goes_away_in_the_middle_leaves_what_was_found():
    run = simulation(level=2)
    run.run(6_000_000)
    run.world.connect(0, 1, None)
    run.run()
    assert run.prober.is_done
    assert not run.prober.findings.is_whole
    assert run.prober.findings.receives < level_features(2)
    assert run.prober.findings.having(Verdict.NO) == frozenset()
    back = simulation(level=2, results=restored(run.prober.results.saved()))
    back.run()
    assert back.prober.findings.receives == level_features(2)


def test_a_probing_costs_no_more_than_a_few_hundred_frames():
    run = simulation(level=6)
    run.run()
    assert run.world.counters[0].sent < 600
    assert run.world.now < 120_000_000


def test_every_verdict_has_its_evidence():
    run = simulation(level=4, loss=0.1)
    run.run()
    asked = [one for one in run.prober.results.of.values() if one.tries]
    assert all(one.sent for one in asked)
    assert all(one.came for one in asked if one.outcome in (Outcome.ANSWERED, Outcome.REFUSED))
    assert all(one.why for one in run.prober.results.of.values())


def test_a_profile_file_is_a_party_of_the_laboratory(tmp_path):
    run = simulation(level=4)
    run.run()
    record = profile_record(run.prober.findings, "the sensor")
    path = tmp_path / "sensor.profile.json"
    path.write_text(json.dumps(record))
    there = party(str(path))
    assert there.name == "the sensor"
    assert there.profile.receives == level_features(4)
    assert there.profile.limits.datagram_octets == 160  # no more was tried
    assert record["level"] == 4


@pytest.mark.parametrize(
    "text",
    ["", "[]", '{"kind": "x"}', '{"kind": "p6lowpan profile", "name": "n", "sends": [], "receives": ["flying"]}',
     '{"kind": "p6lowpan profile", "name": "n", "sends": [], "receives": [], "limits": {"datagram_octets": 9999, '
     '"header_growth_octets": 1}}'],
)  # fmt: skip
def test_what_is_no_profile_is_refused(text):
    with pytest.raises(UsageError):
        read_profile(text)


def test_everybody_cannot_be_probed():
    with pytest.raises(UsageError):
        Scene(simulated.OURS, parse_link("ffff"))


def test_what_others_answer_is_not_taken_for_the_neighbours_word():
    world = World(1)
    prober = Prober(simulated.OUR_LINK, simulated.SCENE, plan(SHORT))
    ours = world.add(prober, starts_at_us=3_000_000)
    theirs = world.add(simulated.neighbour(of_level(2)))
    world.connect(ours, theirs)
    world.inject(simulated.JOINS_US, theirs, JoinGroup(group_of(simulated.CONTEXTS[0])))
    extended = parse_link("0200000000000077")
    discovery = Configuration(role=Role.HOST, mode=Mode.REGULAR, extended=extended, profile=of_level(0))
    beside = NodeConfiguration(MacConfiguration(extended, None, simulated.PAN), discovery, profile=of_level(0))
    world.connect(ours, world.add(Node(beside)))
    while not prober.is_done:
        assert world.step()
    assert (prober.findings.level, prober.findings.announced) == (2, "level-2")


def test_a_neighbour_with_a_short_address_alone_can_be_asked():
    scene = Scene(simulated.OURS, simulated.THEIR_SHORT, simulated.OUR_SHORT)
    prober = Prober(simulated.OUR_LINK, scene, plan(SHORT))
    world = World(1)
    world.connect(world.add(prober, starts_at_us=3_000_000), world.add(simulated.neighbour(of_level(3))))
    while not prober.is_done:
        assert world.step()
    contexts = {Feature.STATEFUL_UNICAST, Feature.STATEFUL_MULTICAST, Feature.CONTEXT_IDENTIFIER}
    assert prober.findings.receives == level_features(3) - contexts
    assert contexts <= prober.findings.having(Verdict.UNKNOWN)
    assert (prober.findings.level, prober.findings.level_at_most) == (1, 3)


def test_a_second_link_layer_address_of_the_neighbour_is_learned_from_an_answer_to_what_only_it_was_asked():
    scene = Scene(simulated.OURS, simulated.THEIRS, address=link_local(simulated.THEIR_SHORT))  # answered from there
    prober = Prober(simulated.OUR_LINK, scene, plan(SHORT))
    world = World(1)
    world.connect(world.add(prober, starts_at_us=3_000_000), world.add(simulated.neighbour(of_level(3))))
    while not prober.is_done:
        assert world.step()
    assert restored(prober.results.saved()).ends == {simulated.THEIR_SHORT.hex()}
    assert (prober.findings.announced, prober.findings.level_at_most) == ("level-3", 3)


def test_the_number_of_tries_grows_with_what_is_lost():
    assert Results(answered=10).tries(1) == 3
    assert Results(answered=10, lost=5).tries(1) > 3
    assert Results(answered=10, frames=10, attempts=20).tries(1, everybody=True) > 9
    assert Results(answered=10, lost=5).tries(15) == 12


def test_nothing_that_a_neighbor_sends_upsets_the_prober_or_passes_for_an_answer():
    prober = Prober(simulated.OUR_LINK, simulated.SCENE, plan(SHORT))
    them = MacConfiguration(extended=simulated.THEIRS, short=simulated.THEIR_SHORT, pan=simulated.PAN)
    prober.handle(0, Wake())
    now = 0
    for number, case in enumerate(catalogue.cases()):
        for payload in case.frames:
            for octets in (payload, payload[: len(payload) // 2], bytes(octet ^ 1 << number % 8 for octet in payload)):
                now += 10
                frame = data_frame(them, simulated.THEIRS, simulated.OURS, now // 10 % 256, octets)
                prober.handle(now, FrameReceived(frame.encode()))
    assert all(one.outcome is not Outcome.ANSWERED for one in prober.results.of.values())


def test_an_answer_is_that_of_this_question_alone():
    asked, other = echo(simulated.SCENE, 7), echo(simulated.SCENE, 8)
    reply = packet(
        simulated.SCENE.destination, simulated.SCENE.source, (Protocol.ICMPV6, b"\x81\0\0\0" + asked.echo), hop_limit=64
    )
    assert answer_to(asked, reply) == "an echo reply from fe80::a0:b0c0:d0e0:f001"
    assert answer_to(other, reply) is None
    assert answer_to(closed_port(simulated.SCENE, 7), reply) is None


def test_an_error_must_quote_the_packet_as_it_was_sent():
    asked = closed_port(simulated.SCENE, 7)
    for change, expected in ((None, True), (7, True), (3, False), (45, False)):
        quoted = bytearray(asked.packet)
        if change is not None:
            quoted[change] ^= 1  # the hop limit may differ, nothing else
        message = b"\x01\x04\0\0\0\0\0\0" + bytes(quoted)
        error = packet(simulated.SCENE.destination, simulated.SCENE.source, (Protocol.ICMPV6, message), hop_limit=64)
        assert (answer_to(asked, error) is not None) is expected
        assert (misquoted(asked, error) is None) is expected
