"""Whose root an elided address is: DIOs of the frame's ends, the only DODAG, or what the user gave (RFC 8138 4.3.2)."""

import pytest

from analysis.routed import FAR, FAR_ADDRESS, HOST, NEAR, NEAR_ADDRESS, ROOT, ROOT_ADDRESS, dio_message
from p6lowpan.analysis.dodags import MOST_SENDERS, KnownDodags
from p6lowpan.wire.address import Link, LinkAddress
from p6lowpan.wire.rpl.messages import ControlMessage, Dao
from p6lowpan.wire.sixlowpan.routed_packet import Dodag

LINK = Link(FAR, NEAR)
OLD, NEW = 0x63, 0x23


@pytest.fixture
def known() -> KnownDodags:
    return KnownDodags({})


def test_nothing_is_known_before_a_dio(known: KnownDodags) -> None:
    assert known.dodag(LINK, 0) == known.dodag(LINK, None) == Dodag(None, OLD)


def test_the_only_dodag_of_an_instance_is_everybodys(known: KnownDodags) -> None:
    known.learn(ROOT, dio_message(ROOT_ADDRESS, instance=3))
    assert known.dodag(LINK, 3).root == known.dodag(LINK, None).root == ROOT_ADDRESS
    assert known.dodag(LINK, 4).root is None
    assert known.between(LINK).get(3) == Dodag(ROOT_ADDRESS, OLD)


def test_of_two_dodags_that_of_the_ends_counts(known: KnownDodags) -> None:
    known.learn(ROOT, dio_message(ROOT_ADDRESS))
    known.learn(LinkAddress(b"\0\7"), dio_message(HOST))
    assert known.dodag(LINK, 0).root is None
    known.learn(NEAR, dio_message(HOST))
    assert known.dodag(LINK, 0).root == HOST
    known.learn(FAR, dio_message(ROOT_ADDRESS))
    assert known.dodag(LINK, 0).root == ROOT_ADDRESS
    known.learn(FAR, dio_message(HOST))
    assert known.dodag(LINK, 0).root == HOST


def test_without_an_instance_several_dodags_leave_it_open(known: KnownDodags) -> None:
    known.learn(FAR, dio_message(ROOT_ADDRESS, instance=0))
    known.learn(FAR, dio_message(ROOT_ADDRESS, instance=1))
    assert known.dodag(LINK, None).root == ROOT_ADDRESS
    known.learn(FAR, dio_message(HOST, instance=2))
    assert known.dodag(LINK, None).root is None


def test_what_a_user_gives_counts_more() -> None:
    known = KnownDodags({None: HOST, 5: NEAR_ADDRESS})
    known.learn(FAR, dio_message(ROOT_ADDRESS))
    assert known.dodag(LINK, 0).root == known.dodag(LINK, None).root == HOST
    assert known.dodag(LINK, 5).root == NEAR_ADDRESS
    assert known.dodag(LINK, 200).root == HOST


def test_a_local_instance_tells_nobody_elses_root(known: KnownDodags) -> None:
    known.learn(FAR, dio_message(FAR_ADDRESS, instance=128))
    assert known.dodag(LINK, 128).root is None
    assert known.dodag(LINK, None).root is None


def test_other_messages_tell_no_root(known: KnownDodags) -> None:
    dao = Dao(rpl_instance_id=0, dao_sequence=1, dodag_id=ROOT_ADDRESS)
    known.learn(FAR, ControlMessage(base=dao))
    assert known.dodag(LINK, 0).root is None


@pytest.mark.parametrize(("flag", "mode", "expected"), [(0, 1, OLD), (1, 1, NEW), (None, 1, OLD), (None, 7, NEW)])
def test_the_option_type_is_as_configured(known: KnownDodags, flag: int | None, mode: int, expected: int) -> None:
    known.learn(ROOT, dio_message(ROOT_ADDRESS, flag=flag, mode=mode))
    assert known.dodag(LINK, 0).option_type == known.dodag(LINK, None).option_type == expected


def test_a_dio_without_configuration_leaves_the_option_type_as_it_was(known: KnownDodags) -> None:
    known.learn(ROOT, dio_message(ROOT_ADDRESS, flag=1))
    known.learn(NEAR, dio_message(ROOT_ADDRESS))
    assert known.dodag(LINK, 0).option_type == NEW
    known.learn(ROOT, dio_message(ROOT_ADDRESS, flag=0))
    assert known.dodag(LINK, 0).option_type == OLD


def test_the_option_type_is_that_of_the_dodag_of_a_given_root() -> None:
    known = KnownDodags({None: HOST})
    known.learn(ROOT, dio_message(ROOT_ADDRESS, flag=1))
    assert known.dodag(LINK, 0).option_type == OLD
    known.learn(NEAR, dio_message(HOST, flag=1))
    assert known.dodag(LINK, 0).option_type == NEW


def test_no_more_senders_are_remembered_than_the_bound_says(known: KnownDodags) -> None:
    known.learn(FAR, dio_message(ROOT_ADDRESS))
    known.learn(ROOT, dio_message(HOST))
    for number in range(MOST_SENDERS - 2):
        known.learn(LinkAddress(number.to_bytes(8, "big")), dio_message(HOST))
    assert known.dodag(LINK, 0).root == ROOT_ADDRESS
    known.learn(LinkAddress(bytes(7) + b"\xff" * 1), dio_message(HOST))
    known.learn(LinkAddress(b"\xff" * 8), dio_message(HOST))
    assert known.dodag(LINK, 0).root is None
