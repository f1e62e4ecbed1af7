"""A year of a gateway: the disk is full for a while, the power fails, somebody sets the clock."""

import asyncio
import contextlib
import logging
import os
import shutil
import signal
from collections import deque

import pytest

from drivers.serial_line import plugged_in
from gateway.disk import disk_that_takes_nothing
from gateway.leaves import KEY, Leaves, address, running, text
from p6lowpan import __version__
from p6lowpan.drivers import reopening
from p6lowpan.gateway import keeping as keeping_module
from p6lowpan.gateway.keeping import AHEAD, KEPT, Keeping
from p6lowpan.gateway.logs import LOGGER
from p6lowpan.gateway.running import read_file, serve
from p6lowpan.gateway.store import Store

SECURED = f'security_key = "{KEY.hex()}"'
MANY_PAGES = 1 << 30
YEAR_US = 365 * 86_400 * 1_000_000
FILE_TIME_US = 1_000_000
"""So much at most is the time of a file behind the clock: the system's tick, a file system's second."""


@contextlib.asynccontextmanager
async def one_node(folder, *, secured=False):
    """A gateway, and behind it a node of level 3 that has its addresses."""
    async with (
        Leaves(3, secured=secured) as leaves,
        running(text(folder, leaves.medium, network=SECURED if secured else "")) as gateway,
    ):
        await leaves.have_addresses()
        yield gateway, gateway.lowpans[0]


def pages(store: Store, most: int) -> int:
    """Let the database grow no further than so many pages: SQLite then says what it says of a disk that is full."""
    return int(store._database.execute(f"PRAGMA max_page_count={most}").fetchone()[0])


def fill(store: Store) -> None:
    """Leave room in no page."""
    pages(store, 1)
    rows = ({("filler", str(number)): "x" * 40} for number in range(1000))
    with pytest.raises(OSError, match="full"):
        deque(store.change("another", row) for row in rows)


def remount(store: Store, *, writable: bool) -> None:
    """SQLite says what it says of a disk that nobody may write."""
    store._database.execute(f"PRAGMA query_only={int(not writable)}")


@pytest.fixture
def said():
    records, handler = [], logging.Handler()
    handler.emit = records.append
    LOGGER.addHandler(handler)
    yield lambda: [(one.levelname, one.getMessage()) for one in records if "state" in one.getMessage()]
    LOGGER.removeHandler(handler)


def test_while_the_disk_is_full_the_network_goes_on_and_says_so_once(tmp_path, said):
    async def main():
        async with one_node(tmp_path) as (gateway, lowpan):
            fill(gateway.store)
            lowpan.node.node.link.learn_address(b"\0\7", bytes(range(8)))
            for _ in range(3):
                await lowpan.node.ping(address(1), b"x")
                lowpan.tend()
            assert "full" in gateway.status()[0]["state"]
            pages(gateway.store, MANY_PAGES)
            lowpan.tend()
            assert gateway.status()[0]["state"] == KEPT
            assert Keeping(gateway.store, "zep").restored.short_addresses == ((b"\0\7", bytes(range(8))),)

    asyncio.run(main())
    assert said() == [("ERROR", "the state is not kept"), ("WARNING", "the state is kept again")]


def test_a_gateway_that_begins_on_a_full_disk_knows_what_it_knew_and_keeps_it_again_when_there_is_room(tmp_path, said):
    async def main():
        async with Leaves(2) as leaves:
            async with running(text(tmp_path, leaves.medium)):
                await leaves.have_addresses()
            async with contextlib.AsyncExitStack() as stack:
                disk = stack.enter_context(contextlib.ExitStack())
                disk.enter_context(disk_that_takes_nothing())
                gateway = await stack.enter_async_context(running(text(tmp_path, leaves.medium)))
                status = gateway.status()[0]
                assert (status["registrations"], status["neighbors"]) == (2, 1)
                assert "state.db" in status["state"]
                disk.close()
                while gateway.status()[0]["state"] != KEPT:
                    await asyncio.sleep(0.05)
            assert len(Keeping(Store(f"{tmp_path}/state.db"), "zep").restored.registrations) == 2

    asyncio.run(asyncio.wait_for(main(), 40))
    assert said() == [("ERROR", "the state is not kept"), ("WARNING", "the state is kept again")]


def test_no_frame_counter_is_used_that_is_not_kept(tmp_path):
    async def main():
        async with one_node(tmp_path, secured=True) as (gateway, lowpan):
            node = lowpan.node
            remount(gateway.store, writable=False)
            node.node.link.security.frame_counter = lowpan.keeping._reserved
            with pytest.raises((TimeoutError, OSError)):
                await node.ping(address(1), b"x", timeout=0.5)
            assert "readonly" in lowpan.keeping.fault
            used = node.node.link.frame_counter
            assert used > lowpan.keeping._reserved
            remount(gateway.store, writable=True)
            lowpan.tend()
            assert (await node.ping(address(1), b"x")).payload == b"x"
            assert lowpan.keeping._reserved >= used + AHEAD

    asyncio.run(main())


def counters_in(path: str) -> list[int]:
    return sorted(one.counter for one in Keeping(Store(path), "zep").restored.neighbor_counters)


def test_behind_a_power_failure_only_what_came_since_the_last_sync_is_missing(tmp_path, monkeypatch):
    """What was on the disk when it was last waited for is all that the next gateway gets."""
    lost, state = tmp_path / "after" / "state.db", tmp_path / "state.db"
    lost.parent.mkdir()
    waited, real = [], os.fsync

    def fsync(descriptor: int) -> None:
        real(descriptor)
        waited.append(os.readlink(f"/proc/self/fd/{descriptor}"))
        for end in ("", "-wal"):
            shutil.copy(f"{state}{end}", f"{lost}{end}")

    monkeypatch.setattr(os, "fsync", fsync)

    async def main():
        async with one_node(tmp_path, secured=True) as (gateway, lowpan):
            await lowpan.node.ping(address(1), b"x")
            taken = sorted(one.counter for one in lowpan.node.node.link.neighbor_counters)
            await asyncio.sleep(1.5)
            assert set(waited) == {f"{state}-wal"}
            assert counters_in(str(lost)) >= taken
            gateway._writer.cancel()
            await lowpan.node.ping(address(1), b"y")
            assert counters_in(str(state)) > counters_in(str(lost))

    asyncio.run(main())


def test_a_disk_is_not_waited_for_where_nothing_was_written(tmp_path, monkeypatch):
    calls = []
    monkeypatch.setattr(os, "fsync", calls.append)
    store = Store(str(tmp_path / "state.db"))
    store.sync()
    assert calls == []
    store.change("one", {("level", "1"): 1})
    store.sync()
    store.sync()
    assert len(calls) == 1
    store.count("one", {"dropped": 1})
    store.sync()
    assert len(calls) == 2
    nothing = Store(":memory:")
    nothing.change("one", {("level", "1"): 1})
    nothing.sync()
    assert len(calls) == 2


@pytest.mark.parametrize("step_us", [YEAR_US, -YEAR_US], ids=["ahead", "back"])
def test_a_clock_that_is_set_ends_no_registration_and_keeps_none_for_ever(tmp_path, monkeypatch, step_us):
    real, offset = keeping_module.wall_us, 0
    monkeypatch.setattr(keeping_module, "wall_us", lambda: real() + offset)

    async def main():
        nonlocal offset
        async with one_node(tmp_path) as (_, lowpan):
            left = [one.expires_at - lowpan.node.now for one in lowpan.node.node.durable.registrations]
            offset = step_us
            lowpan.tend()
            os.utime(tmp_path / "state.db-wal", (keeping_module.wall_us() / 1e6,) * 2)  # as it would be
            again = Keeping(Store(str(tmp_path / "state.db")), "zep").restored
            for one, before in zip(again.registrations, left, strict=True):
                assert abs(one.expires_at - before) < 5_000_000

    asyncio.run(main())


def test_a_start_before_the_clock_is_set_keeps_no_registration_for_longer_than_it_was_asked_for(tmp_path, monkeypatch):
    real = keeping_module.wall_us

    async def main():
        async with Leaves(3) as leaves, running(plan := text(tmp_path, leaves.medium)):
            await leaves.have_addresses()
        monkeypatch.setattr(keeping_module, "wall_us", lambda: real() - YEAR_US)
        async with running(plan) as gateway:
            lowpan = gateway.lowpans[0]
            kept = lowpan.node.node.durable
            assert len(kept.registrations) == 2
            now = lowpan.node.now + FILE_TIME_US
            assert all(one.expires_at <= one.lifetime_minutes * 60_000_000 + now for one in kept.registrations)
            longest = max(one.lifetime_minutes for one in kept.registrations) * 60_000_000
            assert all(one.expires_at <= longest + now for one in kept.bindings)

    asyncio.run(main())


def test_prometheus_is_told_whether_the_state_is_kept(tmp_path):
    async def main():
        async with running(text(tmp_path, ("::1", 17754), extra='metrics = "127.0.0.1:0"')) as gateway:
            shown = gateway.metrics._response(b"GET /metrics HTTP/1.1\r\n\r\n").decode()
            assert 'p6lowpan_state_kept{network="zep"} 1.0' in shown
            assert 'p6lowpan_radio_up{network="zep"} 1.0' in shown
            assert f'p6lowpan_build_info{{version="{__version__}"}} 1.0' in shown
            assert "process_resident_memory_bytes" in shown
            remount(gateway.store, writable=False)
            gateway.lowpans[0].node.node.link.learn_address(b"\0\7", bytes(range(8)))
            gateway.lowpans[0].keeping.write(gateway.lowpans[0].node.node)
            shown = gateway.metrics._response(b"GET /metrics HTTP/1.1\r\n\r\n").decode()
            assert 'p6lowpan_state_kept{network="zep"} 0.0' in shown

    asyncio.run(main())


def test_a_radio_that_is_pulled_out_is_shown_as_gone_and_the_gateway_goes_on_when_it_is_back(tmp_path, monkeypatch):
    monkeypatch.setattr(reopening, "RETRY_SECONDS", 0.01)
    port = tmp_path / "by-id"
    plan = text(tmp_path, ("::1", 17754)).replace(
        'kind = "zep", peers = ["[::1]:17754"], local = "[::1]:0"', f'kind = "serial", port = "{port}"'
    )

    async def until(gateway, how):
        while gateway.status()[0]["radio"] != how:
            await asyncio.sleep(0.005)

    async def main():
        with contextlib.ExitStack() as plug:
            plug.enter_context(plugged_in(port))
            async with running(plan) as gateway:
                await until(gateway, "up")
                plug.close()
                await until(gateway, "gone")
                with plugged_in(port) as device:
                    await until(gateway, "up")
                    while not await asyncio.to_thread(os.read, device, 1000):  # it advertises itself
                        pass

    asyncio.run(asyncio.wait_for(main(), 20))


@pytest.mark.parametrize(
    ("mode", "network", "warned"), [(0o644, SECURED, True), (0o640, SECURED, False), (0o644, "", False)]
)
def test_who_may_read_the_keys_is_said_at_the_start(tmp_path, capsys, mode, network, warned):
    file = tmp_path / "gateway.toml"
    file.write_text(text(tmp_path, ("::1", 17754), network=network))
    file.chmod(mode)

    async def main():
        asyncio.get_running_loop().call_later(0.2, os.kill, os.getpid(), signal.SIGTERM)
        await serve(read_file(file), file)

    asyncio.run(main())
    assert ("everybody may read the keys in this file" in capsys.readouterr().err) == warned
