"""One module a stack: what it receives and sends, its bounds, and each departure with its evidence."""

from p6lowpan.capability.errors import UsageError
from p6lowpan.interop.profiles import (
    as_printed,
    contiki,
    contiki_ng,
    linux,
    lwip,
    nanostack,
    ns3,
    openthread,
    riot,
    scapy,
    smoltcp,
    tinyos,
    tock,
    tshark,
    wisun,
)
from p6lowpan.interop.stack import Stack

STACKS = {
    stack.name: stack
    for stack in (
        contiki.CONTIKI,
        contiki_ng.CONTIKI_NG,
        contiki_ng.CONTIKI_NG_4_2,
        linux.LINUX,
        lwip.LWIP,
        nanostack.NANOSTACK,
        ns3.NS3,
        ns3.NS3_UL,
        openthread.OPENTHREAD,
        riot.RIOT,
        scapy.SCAPY,
        smoltcp.SMOLTCP,
        smoltcp.SMOLTCP_FULL,
        tinyos.TINYOS,
        tinyos.TINYOS_FIX,
        tinyos.TINYOS_FIX_LIBCTX,
        tock.TOCK,
        tock.TOCK_MULTI,
        wisun.WSBRD,
        wisun.WSRD,
    )
}
"""By name: those that were measured."""

EVERY = {**STACKS, "wisun": wisun.WSBRD, "tshark": tshark.TSHARK, **as_printed.AS_PRINTED}
"""With a shorter name, one that was measured and sends nothing, and those that the drafts print: ``riot@2018``."""


def by_name(name: str) -> Stack:
    """The stack of that name. Raises :class:`UsageError`."""
    if name not in EVERY:
        raise UsageError(f"unknown stack {name!r}: {', '.join(EVERY)}")
    return EVERY[name]
