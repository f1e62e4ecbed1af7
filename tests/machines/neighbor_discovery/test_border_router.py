"""The border router: RFC 6775 sections 7 and 8, RFC 8505 section 5.7."""

import pytest

from p6lowpan.capability.errors import UsageError
from p6lowpan.capability.reasons import Reason
from p6lowpan.machines.neighbor_discovery.configuration import AdvertisedPrefix, Role
from p6lowpan.machines.neighbor_discovery.outputs import (
    AddressConfirmed,
    ContextLearned,
    Emit,
    NeighborDeregistered,
)
from p6lowpan.wire.address import link_local, parse_ipv6
from p6lowpan.wire.ipv6.duplicate_address import DuplicateAddressConfirmation, DuplicateAddressRequest
from p6lowpan.wire.ipv6.lowpan_options import AuthoritativeBorderRouter, LowpanContext
from p6lowpan.wire.ipv6.neighbor_discovery import NeighborSolicitation, RouterAdvertisement, RouterSolicitation
from p6lowpan.wire.ipv6.router_options import PrefixInformation
from p6lowpan.wire.sixlowpan.contexts import Context
from properties.neighbors import (
    MINUTE,
    MY_GLOBAL,
    MY_LL,
    OTHER_PREFIX,
    PREFIX,
    SECOND,
    STRANGER,
    STRANGER_GLOBAL,
    STRANGER_LINK,
    STRANGER_LL,
    Playbook,
    address,
    discovery,
    limited,
    link,
    messages,
    named,
    of,
    reasons,
    registration,
    said,
)

DELAY = 300 * SECOND  # MIN_CONTEXT_CHANGE_DELAY
CONTEXT = Context(1, PREFIX, 64)
REPLACED = Context(1, OTHER_PREFIX, 64)
LONG = Context(15, parse_ipv6("2001:db8::1"), 128)
ROUTER_ADDRESS, OTHER_ADDRESS = address(PREFIX, 2), address(PREFIX, 3)


def started(**changes):
    play = Playbook(discovery(Role.BORDER_ROUTER, **{"prefixes": (AdvertisedPrefix(PREFIX),), **changes}))
    play.first = play.start()
    play.wait(MINUTE)
    return play


def announced(play):
    """What the border router says to who asks."""
    play.hear(RouterSolicitation(options=(named(STRANGER),)), STRANGER_LL)
    return messages(play.wait(0), RouterAdvertisement)[-1].options


def contexts(play):
    return [(one.context_identifier, bool(one.compress)) for one in announced(play) if isinstance(one, LowpanContext)]


def version(play):
    return next(one.version for one in announced(play) if isinstance(one, AuthoritativeBorderRouter))


# --- what it is ------------------------------------------------------------------------------------------------------


def test_a_border_router_forms_its_own_address_and_names_itself_by_it():
    """LPND 1.5.1a."""
    play = started()
    assert [one.address for one in of(play.first, AddressConfirmed)] == [MY_LL, MY_GLOBAL]
    named_ = next(one for one in announced(play) if isinstance(one, AuthoritativeBorderRouter))
    assert (named_.border_router, named_.lifetime_minutes, named_.version) == (MY_GLOBAL, 0, 1)


def test_without_a_prefix_it_names_itself_by_its_link_local_address():
    play = started(prefixes=())
    assert (
        next(
            one for one in announced(play) if hasattr(one, "border_router") and hasattr(one, "version_low")
        ).border_router
        == MY_LL
    )


def test_prefix_and_lifetimes_are_as_configured():
    """LPND 1.5.1b."""
    prefix = AdvertisedPrefix(PREFIX, valid_lifetime_seconds=5000, preferred_lifetime_seconds=9999)
    play = started(prefixes=(prefix,), border_router_lifetime_minutes=77, version=0xABCDE)
    options = announced(play)
    (told,) = [one for one in options if isinstance(one, PrefixInformation)]
    assert (told.valid_lifetime_seconds, told.preferred_lifetime_seconds) == (5000, 5000)
    (named_,) = [one for one in options if isinstance(one, AuthoritativeBorderRouter)]
    assert (named_.lifetime_minutes, named_.version) == (77, 0xABCDE)


def test_contexts_out_of_stable_storage_compress_at_once():
    """LPND 1.5.1c."""
    play = started(contexts=(CONTEXT, LONG))
    told = [one for one in announced(play) if isinstance(one, LowpanContext)]
    assert [(one.context_identifier, one.compress, one.context_length, len(one.prefix)) for one in told] == [
        (1, 1, 64, 8),
        (15, 1, 128, 16),
    ]


def test_its_own_context_table_learns_what_it_announces_and_again_before_that_ends():
    play = started(contexts=(CONTEXT,), context_lifetime_minutes=60)
    assert of(play.first, ContextLearned) == [ContextLearned(CONTEXT, 60, 1800)]
    assert of(play.wait(30 * MINUTE), ContextLearned) == [ContextLearned(CONTEXT, 60, 1800)]


# --- changes ---------------------------------------------------------------------------------------------------------


def test_a_new_context_is_introduced_without_compression():
    """RFC 6775 section 7.2; LPND 1.5.1e, 1.5.2a: the version goes up with each change."""
    play = started(contexts=(LONG,))
    outputs = play.node.announce_context(play.now, CONTEXT)
    assert [one.context.compress for one in of(outputs, ContextLearned)] == [True, False]
    assert (contexts(play), version(play)) == ([(15, True), (1, False)], 2)
    play.wait(DELAY)
    assert (contexts(play), version(play)) == ([(15, True), (1, True)], 3)


def test_a_context_that_goes_is_announced_without_compression_for_five_minutes():
    play = started(contexts=(CONTEXT,))
    play.node.withdraw_context(play.now, 1)
    assert (contexts(play), version(play)) == ([(1, False)], 2)
    play.wait(DELAY - SECOND)
    assert contexts(play) == [(1, False)]
    outputs = play.wait(SECOND)
    assert ContextLearned(Context(1, PREFIX, 64, compress=False), 0, 0) in outputs
    assert (contexts(play), version(play)) == ([], 3)


def test_an_identifier_gets_another_prefix_only_when_the_old_one_was_out_of_use_long_enough():
    """RFC 6775 section 7.2: "dissemination of the new value again SHOULD start with C=0"."""
    play = started(contexts=(CONTEXT,))
    play.node.announce_context(play.now, REPLACED)
    told = [(one.prefix, one.compress) for one in announced(play) if isinstance(one, LowpanContext)]
    assert told == [(PREFIX[:8], 0)]
    play.wait(DELAY)
    told = [(one.prefix, one.compress) for one in announced(play) if isinstance(one, LowpanContext)]
    assert told == [(OTHER_PREFIX[:8], 0)]
    play.wait(DELAY)
    told = [(one.prefix, one.compress) for one in announced(play) if isinstance(one, LowpanContext)]
    assert told == [(OTHER_PREFIX[:8], 1)]
    assert version(play) == 4


def test_a_change_of_mind_meanwhile_counts():
    play = started(contexts=(CONTEXT,))
    play.node.announce_context(play.now, REPLACED)
    play.node.withdraw_context(play.now, 1)
    play.wait(DELAY)
    assert contexts(play) == []


def test_what_is_announced_already_changes_nothing():
    play = started(contexts=(CONTEXT,))
    assert play.node.announce_context(play.now, CONTEXT) == ()
    assert play.node.withdraw_context(play.now, 9) == ()
    assert play.node.announce_prefix(play.now, AdvertisedPrefix(PREFIX)) == ()
    assert version(play) == 1


def test_a_change_is_told_to_everybody_three_times():
    play = started()
    play.node.announce_context(play.now, CONTEXT)
    assert len(messages(play.wait(MINUTE), RouterAdvertisement)) == 3


def test_a_prefix_that_comes_or_changes_raises_the_version():
    """LPND 1.5.1d."""
    play = started()
    play.node.announce_prefix(play.now, AdvertisedPrefix(OTHER_PREFIX))
    play.node.announce_prefix(
        play.now, AdvertisedPrefix(PREFIX, valid_lifetime_seconds=0, preferred_lifetime_seconds=0)
    )
    told = {one.prefix: one.valid_lifetime_seconds for one in announced(play) if isinstance(one, PrefixInformation)}
    assert told == {OTHER_PREFIX: 2_592_000, PREFIX: 0}
    assert version(play) == 3


def test_the_prefixes_are_bounded():
    play = started(limits=limited(prefixes=1))
    outputs = play.node.announce_prefix(play.now, AdvertisedPrefix(OTHER_PREFIX))
    assert reasons(outputs) == [Reason.PREFIXES_FULL]
    assert version(play) == 1


def test_only_a_border_router_announces():
    node = discovery(Role.ROUTER)
    with pytest.raises(UsageError):
        node.announce_context(0, CONTEXT)
    with pytest.raises(UsageError):
        node.withdraw_context(0, 1)
    with pytest.raises(UsageError):
        node.announce_prefix(0, AdvertisedPrefix(PREFIX))


# --- who has which address -------------------------------------------------------------------------------------------


def request(tid=240, number=STRANGER, minutes=60, suffix=None, wanted=STRANGER_GLOBAL, **fields):
    return DuplicateAddressRequest(
        code_suffix=(0 if tid is None else 1) if suffix is None else suffix,
        transaction=tid or 0,
        lifetime_minutes=minutes,
        ownership_verifier=link(number),
        registered_address=wanted,
        **fields,
    )


def ask(play, message, source=ROUTER_ADDRESS, destination=MY_GLOBAL):
    return play.hear(message, source, destination, hop_limit=61)


def test_a_request_is_confirmed_with_a_copy_of_it():
    """RFC 6775 section 8.2.4."""
    (told,) = of(ask(started(), request()), Emit)
    assert (told.source, told.destination, told.hop_limit, told.link_destination) == (
        MY_GLOBAL,
        ROUTER_ADDRESS,
        64,
        None,
    )
    assert said(told) == DuplicateAddressConfirmation(
        checksum=said(told).checksum,
        code_suffix=1,
        transaction=240,
        lifetime_minutes=60,
        ownership_verifier=STRANGER_LINK,
        registered_address=STRANGER_GLOBAL,
    )


def test_a_request_of_rfc_6775_is_confirmed_in_its_words():
    (told,) = messages(ask(started(), request(tid=None)), DuplicateAddressConfirmation)
    assert (told.code_suffix, told.transaction, told.status) == (0, 0, 0)


def test_an_address_that_another_node_has_is_a_duplicate():
    play = started()
    ask(play, request())
    (told,) = messages(ask(play, request(number=77), OTHER_ADDRESS), DuplicateAddressConfirmation)
    assert (told.status, told.ownership_verifier) == (1, link(77))


def test_the_router_that_a_node_moved_away_from_is_told():
    """RFC 8505 section 5.7."""
    play = started()
    ask(play, request())
    outputs = of([*ask(play, request(tid=241), OTHER_ADDRESS), *play.wait(5 * SECOND)], Emit)
    assert [(one.destination, said(one).status, said(one).transaction) for one in outputs] == [
        (OTHER_ADDRESS, 0, 241),
        (ROUTER_ADDRESS, 3, 241),
    ]


def test_a_node_that_moves_from_the_border_router_to_another_router_is_forgotten_here():
    play = started()
    message = NeighborSolicitation(target=STRANGER_GLOBAL, options=(named(STRANGER), registration(tid=240)))
    play.hear(message, STRANGER_LL)
    ask(play, request(tid=241))
    outputs = play.wait(5 * SECOND)
    assert of(outputs, NeighborDeregistered) == [NeighborDeregistered(STRANGER_GLOBAL, Reason.MOVED)]
    assert play.node.cache.get(STRANGER_GLOBAL) is None
    told = [one for one in of(outputs, Emit) if one.link_destination == STRANGER_LINK]
    assert [one.status for one in said(told[0]).options if hasattr(one, "status")] == [3]


def test_a_node_that_moves_to_the_border_router_leaves_the_other_router():
    play = started()
    ask(play, request())
    message = NeighborSolicitation(target=STRANGER_GLOBAL, options=(named(STRANGER), registration(tid=241)))
    outputs = of([*play.hear(message, STRANGER_LL), *play.wait(5 * SECOND)], Emit)
    assert [(one.destination, getattr(said(one), "status", None)) for one in outputs] == [
        (STRANGER_LL, None),
        (ROUTER_ADDRESS, 3),
    ]


def test_an_address_that_is_registered_elsewhere_is_refused_here():
    play = started()
    ask(play, request(number=77))
    message = NeighborSolicitation(target=STRANGER_GLOBAL, options=(named(STRANGER), registration(tid=240)))
    (told,) = of(play.hear(message, STRANGER_LL), Emit)
    assert [one.status for one in said(told).options if hasattr(one, "status")] == [1]


def test_a_request_for_another_border_router_is_not_ours():
    assert reasons(ask(started(), request(), destination=OTHER_ADDRESS)) == [Reason.NOT_FOR_US]


def test_a_router_outside_our_prefixes_is_not_of_our_network():
    """A request is routed, and no hop limit says that it is from near by."""
    play = started()
    assert reasons(ask(play, request(), address(OTHER_PREFIX, 2))) == [Reason.BAD_SOURCE]
    assert len(play.node.border_router.registry) == 0


def test_a_request_for_a_group_or_a_prefix_is_not_done():
    assert reasons(ask(started(), request(address_type=1))) == [Reason.UNSUPPORTED]


def test_a_flood_of_requests_is_bounded():
    play = started(limits=limited(bindings=5))
    found = []
    for number in range(100, 120):
        outputs = ask(play, request(number=number, wanted=address(PREFIX, number)))
        found += [one.status for one in messages(outputs, DuplicateAddressConfirmation)]
        assert reasons(outputs) == ([Reason.BINDINGS_FULL] if found[-1] else [])
    assert found == [0] * 5 + [9] * 15
    assert len(play.node.border_router.registry) == 5


def test_a_request_changes_no_neighbor():
    """RFC 6775 section 8.2.3: "A router MUST NOT modify the Neighbor Cache as a result of receiving a DAR"."""
    play = started()
    ask(play, request())
    assert len(play.node.cache) == 0


def test_the_source_of_a_registration_may_be_registered_with_the_same_verifier():
    play = started()
    for own in (STRANGER_LL, STRANGER_GLOBAL):
        message = NeighborSolicitation(target=own, options=(named(STRANGER), registration(tid=240)))
        play.hear(message, link_local(STRANGER_LINK))
    assert len(play.node.cache) == 2
