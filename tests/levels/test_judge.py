"""The judge himself: he finds what is above a level, who was told and did not listen, and an error too many."""

import pytest

from levels.judge import Party, judge
from levels.meeting import Meeting, addresses
from levels.neighborhood import CONTEXTS, Kind, strangers
from p6lowpan.capability.features import Feature
from p6lowpan.capability.profile import of_level
from p6lowpan.machines.adaptation.discovery import Levels
from p6lowpan.machines.neighbor_discovery.configuration import Advertise, Mode
from p6lowpan.wire.address import LinkAddress


def met(one: int, other: int, advertise: Advertise = Advertise.NEVER) -> Meeting:
    profiles = of_level(one), of_level(other)
    return Meeting(strangers(*profiles, Kind(advertise, mode=Mode.REGULAR)), profiles)


def test_a_node_that_is_said_to_do_less_than_it_does_was_sent_too_much() -> None:
    meeting = met(4, 4, Advertise.ALWAYS)
    parties = {n: Party(of_level(3), addresses(n), hears=frozenset({1 - n})) for n in range(2)}
    excesses = judge(meeting.neighborhood.capture.getvalue(), parties, CONTEXTS).excesses
    assert {Feature.NHC_UDP, Feature.NHC_UDP_PORTS} <= frozenset().union(*(excess.features for excess in excesses))
    assert "nhc_udp" in str(excesses[0])


def test_a_sender_that_does_not_listen_to_errors_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Levels, "error_received", lambda *_: None)
    meeting = met(0, 5)
    verdict = meeting.verdict()
    assert {(excess.sender, excess.receiver) for excess in verdict.excesses} == {(1, 0)}
    assert max(verdict.errors.values()) > 1
    assert 0 in meeting.arrivals().values()


def test_an_error_makes_a_level_known_to_whom_it_answers() -> None:
    meeting = met(1, 5)
    whole = meeting.neighborhood.capture.getvalue()
    assert meeting.verdict().excesses == []
    nobody = {n: Party(of_level(0), addresses(n), hears=frozenset()) for n in range(2)}
    first = judge(whole, nobody, CONTEXTS).excesses[0]
    assert first.sender == 1
    assert LinkAddress(addresses(0)[0]) in {address for _, address in meeting.verdict().errors}
