"""The prober finds what was measured of the kernel."""

import asyncio

import pytest

from p6lowpan.capability.stacks import cells
from p6lowpan.interop.probing.live import LiveProbing
from p6lowpan.interop.probing.plan import DATAGRAM, Reach, plan
from p6lowpan.interop.probing.plan_addresses import group_of
from p6lowpan.interop.probing.prober import Patience, Prober
from p6lowpan.interop.probing.scene import Scene
from p6lowpan.wire.address import format_ipv6, parse_ipv6
from p6lowpan.wire.sixlowpan.contexts import Context
from peers.linux.air import GuestRadio
from peers.linux.ends import KERNEL, KERNEL_SHORT, OUR_SHORT, OURS, link_of
from peers.linux.names import GLOBAL, IDENTIFIER, OTHER_PREFIX, PREFIX, SHORT_IDENTIFIER, under

PREFIXES = {0: PREFIX, 3: OTHER_PREFIX}
CONTEXTS = {number: Context(number, parse_ipv6(prefix), 64) for number, prefix in PREFIXES.items()}


@pytest.fixture
def with_contexts(guest):
    """The kernel knows the contexts, has an address under each from either of its link-layer addresses, and has joined
    the group of the first."""
    for number, prefix in PREFIXES.items():
        guest.tell_context(number, prefix, 64)
        for identifier in (IDENTIFIER, SHORT_IDENTIFIER):
            if (address := under(prefix, identifier)) != GLOBAL:
                guest.do(f"ip -6 addr add {address}/64 dev lowpan0")
    guest.do("while ip -6 addr show dev lowpan0 | grep -q tentative; do sleep 0.1; done")
    joined = f"ipv6-join-group=[{format_ipv6(group_of(CONTEXTS[0]))}]:lowpan0"
    guest.do(f"socat -u UDP6-RECV:9,{joined} /dev/null & sleep 0.5")
    yield guest
    for number, prefix in PREFIXES.items():
        guest.tell_context(number, prefix, 0)


def test_the_prober_finds_what_was_measured_of_the_kernel(with_contexts):
    guest = with_contexts
    scene = Scene(OURS, KERNEL, OUR_SHORT, KERNEL_SHORT, CONTEXTS)
    patience = Patience(answer_us=300_000, gap_us=60_000)
    prober = Prober(
        link_of(short=OUR_SHORT), scene, plan(Reach(octets=1280, wait_s=0.5, parallel=4)), patience=patience
    )

    async def probing():
        async with asyncio.timeout(240):
            await LiveProbing(prober, GuestRadio(guest.radio_socket(), guest.peer)).run()

    asyncio.run(probing())
    found, measured = prober.findings, cells("linux")
    assert found.is_whole
    right = {feature for feature, cell in measured.items() if cell[0] == "R"}
    lacking = {feature for feature, cell in measured.items() if cell[0] in "-!"}
    assert [found.features[feature] for feature in right - found.receives] == []
    assert found.receives & lacking == set()
    bounds = {one.name: one.reached for one in found.bounds}
    assert bounds[DATAGRAM] == 1280
    assert bounds["fragments swapped"] is None
    assert bounds["fragments repeated"] == 1
