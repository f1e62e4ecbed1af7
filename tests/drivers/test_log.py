"""The log of a node: replayed, it gives the same outputs. What is dropped is counted and logged."""

import io
import logging

import pytest

from p6lowpan.capability.errors import UsageError
from p6lowpan.capability.profile import of_level
from p6lowpan.drivers.asyncio_node import LOGGER, AsyncioNode
from p6lowpan.drivers.dispatcher import ZepDispatcher
from p6lowpan.drivers.zep import ZepRadio
from p6lowpan.machines.neighbor_discovery.configuration import Role
from p6lowpan.node.inputs import Bind, FrameReceived, SendUdp, TransmitDone, Wake
from p6lowpan.node.log import entry_line, read_line, read_log, replay
from p6lowpan.node.outputs import DeliverUdp
from p6lowpan.wire.address import parse_ipv6


@pytest.mark.parametrize(
    "given",
    [
        Wake(),
        FrameReceived(b"\1\2", 7),
        TransmitDone(None, False),
        Bind(7),
        Bind(0, parse_ipv6("fe80::1"), parse_ipv6("fe80::2"), 9),
        SendUdp(1, parse_ipv6("fe80::1"), 2, b"", hop_limit=3),
    ],
)
def test_every_input_comes_back_from_its_line(given):
    assert read_line(entry_line(12, given)) == (12, given)


@pytest.mark.parametrize(
    "line", ["", "{}", "[]", "7", '{"now": 1, "input": "Sleep"}', '{"now": "x", "input": "Wake"}',
             '{"now": 1, "input": "Bind", "porter": 1}', '{"now": 1, "input": "FrameReceived", "octets": "xy"}'],
)  # fmt: skip
def test_what_no_log_has_is_refused(line):
    with pytest.raises(UsageError):
        read_line(line)


def test_a_recorded_node_does_the_same_again(run, configure, at, collector):
    log, told = io.StringIO(), []

    async def main():
        async with ZepDispatcher(("::1", 0)) as dispatcher:
            border, host = [ZepRadio([dispatcher.sockname[:2]], local=("::1", 0)) for _ in "12"]
            recorded = AsyncioNode(
                configure(1, of_level(5), Role.BORDER_ROUTER),
                border,
                record=lambda now, given: print(entry_line(now, given), file=log),
            )
            recorded.listeners.append(told.append)
            async with recorded, AsyncioNode(configure(2, of_level(1)), host) as other:
                await other.wait_for_address()
                _, received = await recorded.create_datagram_endpoint(collector, ("::", 7))
                transport, _ = await other.create_datagram_endpoint(collector, remote_addr=(at(1, True), 7))
                transport.sendto(bytes(300))
                await received.received.get()

    run(main())
    outputs = list(replay(configure(1, of_level(5), Role.BORDER_ROUTER), read_log(log.getvalue().splitlines())))
    shown = [output for _, output in outputs if type(output).__name__ not in ("Transmit", "AssessChannel")]
    assert shown == told
    assert [len(output.payload) for output in shown if isinstance(output, DeliverUdp)] == [300]


def test_what_is_dropped_is_logged_with_its_reason(network, run, at, caplog):
    async def main():
        async with network(of_level(5)) as (_, (border,)):
            border.loop.frame_received(b"\xff" * 20, 255)
            assert border.dropped.total() == 1

    caplog.set_level(logging.DEBUG, LOGGER.name)
    run(main())
    (record,) = [record for record in caplog.records if record.message.startswith("dropped")]
    assert record.reason
    assert record.where == "mac"


def test_node_and_radio_must_agree_about_who_does_what(configure):
    radio = ZepRadio()
    radio.acknowledges = True
    with pytest.raises(UsageError):
        AsyncioNode(configure(1), radio)
