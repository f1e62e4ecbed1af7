"""A gateway in this process, with nodes over ZEP or simulated ones: control socket, metrics, tap, reload, restart."""

import asyncio
import json
import os
import socket
import urllib.request
from contextlib import closing
from dataclasses import replace

import pytest

from gateway.asking import asked_again
from gateway.leaves import KEY, Leaves, address, eui64, running, text
from p6lowpan.capability.errors import UsageError, said_by
from p6lowpan.capability.features import Feature
from p6lowpan.capability.limits import P6LOWPAN
from p6lowpan.capability.profile import of_level
from p6lowpan.capability.reasons import Reason
from p6lowpan.capture.files import open_capture
from p6lowpan.drivers.tun import Tun
from p6lowpan.gateway import gateway as gateway_module
from p6lowpan.gateway.control import ask
from p6lowpan.gateway.gateway import Gateway
from p6lowpan.gateway.plan import read_plan
from p6lowpan.gateway.running import demo_plan
from p6lowpan.gateway.store import Store
from p6lowpan.machines.adaptation.news import How
from p6lowpan.machines.network.addresses import AddressState
from p6lowpan.machines.network.packet import make_packet
from p6lowpan.machines.network.udp import make_datagram
from p6lowpan.wire.address import parse_ipv6

FORGOTTEN_SECONDS = P6LOWPAN.duplicate_memory_us / 1e6 + 0.1
"""After which nobody takes a frame of the next gateway for one of the last."""

OUTSIDE = parse_ipv6("2001:db8:2::9")


@pytest.fixture
def run():
    def until_done(main):
        async def watched():
            unhandled = []
            asyncio.get_running_loop().set_exception_handler(lambda _, context: unhandled.append(context))
            async with asyncio.timeout(40):
                result = await main
            assert unhandled == []
            return result

        return asyncio.run(watched())

    return until_done


def fetched(url: str) -> str:
    with urllib.request.urlopen(url, timeout=5) as answer:
        return answer.read().decode()


def udp(to: str, port: int = 5683) -> bytes:
    segment = make_datagram(OUTSIDE, 40_000, parse_ipv6(to), port, b"hello")
    return make_packet(OUTSIDE, parse_ipv6(to), 17, 64, segment)


def test_the_demo_answers_pings_and_datagrams_of_every_size_at_every_level(run, tmp_path):
    async def main():
        control = str(tmp_path / "demo.sock")
        async with running(demo_plan(control)):
            while (await ask(control, ask="status"))[0]["registrations"] < 14:
                await asyncio.sleep(0.05)
            for number in range(1, 8):
                for size in (0, 1232):
                    for what in ("ping", "echo"):
                        answer = await asked_again(control, ask=what, address=f"fd6c:6f77:706e::{number}", size=size)
                        assert answer["octets"] == size
            profiles = sorted(one["profile"] for one in await ask(control, ask="neighbors"))
            assert profiles == [f"level-{level}" for level in range(7)]
            (status,) = await ask(control, ask="status")
            assert (status["registrations"], status["packets in"]) == (14, 0)

    run(main())


def test_the_demo_is_no_faster_than_a_radio(run, tmp_path):
    async def main():
        control = str(tmp_path / "demo.sock")
        async with running(demo_plan(control)):
            while (await ask(control, ask="status"))[0]["registrations"] < 14:
                await asyncio.sleep(0.05)
            for _ in range(3):
                await asyncio.sleep(0.2)
                answer = await asked_again(control, ask="ping", address="fd6c:6f77:706e::1", size=1232)
                assert answer["milliseconds"] > 2 * 1280 * 8 / 250

    run(main())


def test_what_the_control_socket_cannot_answer_is_an_error_and_the_socket_goes_on(run, tmp_path):
    async def main():
        control = str(tmp_path / "demo.sock")
        async with running(demo_plan(control)) as gateway:
            for question in (
                {"ask": "dance"},
                {"ask": "ping"},
                {"ask": "ping", "address": "nobody"},
                {"ask": "ping", "address": "fd6c:6f77:706e::1", "size": 9999},
                {"ask": "ping", "address": "fd6c:6f77:706e::99", "wait": 0.2},
                {"ask": "reload"},
            ):
                with pytest.raises(UsageError):
                    await ask(control, **question)
            reader, writer = await asyncio.open_unix_connection(control)
            for line in (b"no json\n", b"[]\n", b'{"ask": []}\n', b"\xff\n"):
                writer.write(line)
                assert "error" in json.loads(await reader.readline())
            writer.write(bytes(100_000))
            assert await reader.read() == b""
            assert os.stat(control).st_mode & 0o077 == 0
            with pytest.raises(OSError, match="another gateway"):
                await Gateway(gateway.plan).control.open()
        assert not os.path.exists(control)

    run(main())


def test_who_asks_a_gateway_that_is_about_to_begin_is_answered_when_its_networks_are_up(run, tmp_path, monkeypatch):
    async def main():
        control, slow = str(tmp_path / "demo.sock"), asyncio.Event()
        gateway = Gateway(demo_plan(control))
        start = gateway.lowpans[0].start

        async def when_the_radio_is_there():
            await slow.wait()
            await start()

        monkeypatch.setattr(gateway.lowpans[0], "start", when_the_radio_is_there)
        async with asyncio.TaskGroup() as tasks:
            starting = tasks.create_task(gateway.start())
            while not os.path.exists(control):
                await asyncio.sleep(0.01)
            asked = tasks.create_task(ask(control, ask="neighbors"))  # of a node that has not begun: an error
            with pytest.raises(OSError, match="another gateway"):
                await Gateway(gateway.plan).control.open()
            await asyncio.sleep(0.05)
            assert not asked.done()
            slow.set()
            await starting
            assert isinstance(await asked, list)
        await gateway.close()

    run(main())


def test_a_gateway_that_cannot_begin_leaves_nobody_waiting_for_its_answer(run, tmp_path):
    async def main():
        control = str(tmp_path / "demo.sock")
        gateway = Gateway(demo_plan(control))
        await gateway.control.open()
        reader, writer = await asyncio.open_unix_connection(control)
        writer.write(b'{"ask": "status"}\n')
        await asyncio.sleep(0.05)
        await gateway.close()
        assert await reader.read() == b""
        writer.close()

    run(main())


def test_the_socket_of_a_gateway_that_was_killed_is_taken_over(run, tmp_path):
    async def main():
        control = tmp_path / "demo.sock"
        with socket.socket(socket.AF_UNIX) as killed:
            killed.bind(str(control))
        async with running(demo_plan(str(control))):
            assert await ask(str(control), ask="status")

    run(main())


def test_a_file_in_the_way_of_the_control_socket_stays_where_it_is(run, tmp_path):
    async def main():
        file = tmp_path / "notes.txt"
        file.write_text("kept")
        gateway = Gateway(demo_plan(str(file)))
        with pytest.raises(OSError, match="something else"):
            await gateway.start()
        await gateway.close()
        assert file.read_text() == "kept"

    run(main())


def test_neighbors_registrations_and_counters_outlive_a_restart(run, tmp_path):
    async def main():
        async with Leaves(0, 3, 6) as leaves:
            plan = read_plan(text(tmp_path, leaves.medium), "gateway.toml")
            async with running(plan) as gateway:
                await leaves.have_addresses()
                gateway._inward(udp(address(1)))  # nobody permitted that
                before = gateway.status()[0]["counters"]
                assert before[f"dropped {Reason.NOT_PERMITTED.value}"] == 1
            await asyncio.sleep(FORGOTTEN_SECONDS)
            async with running(plan) as gateway:
                (lowpan,) = gateway.lowpans
                assert len(lowpan.keeping.restored.registrations) == 6
                for number, level in enumerate((0, 3, 6), 1):
                    assert lowpan.node.node.levels.known(eui64(number)) == (of_level(level), How.ADVERTISEMENT)
                    assert len((await lowpan.node.ping(address(number), bytes(500))).payload) == 500
                after = gateway.status()[0]["counters"]
                assert after["starts"] == 2
                assert all(after[name] >= count for name, count in before.items())

    run(main())


def test_a_secured_network_goes_on_behind_a_restart(run, tmp_path):
    async def main():
        async with Leaves(5, secured=True) as leaves:
            plan = read_plan(text(tmp_path, leaves.medium, network=f'security_key = "{KEY.hex()}"'), "gateway.toml")
            for _ in range(2):
                async with running(plan) as gateway:
                    await leaves.have_addresses()
                    (lowpan,) = gateway.lowpans
                    assert (await lowpan.node.ping(address(1), b"hello")).payload == b"hello"
                    assert Reason.REPLAYED not in leaves.nodes[0].dropped
                await asyncio.sleep(FORGOTTEN_SECONDS)

    run(main())


def test_a_changed_configuration_holds_at_once_and_nobody_registers_again(run, tmp_path):
    async def main():
        async with Leaves(4) as leaves:
            whole = text(tmp_path, leaves.medium)
            async with running(whole) as gateway:
                await leaves.have_addresses()
                (lowpan,) = gateway.lowpans
                gateway._inward(udp(address(1)))
                assert lowpan.node.dropped[Reason.NOT_PERMITTED] == 1
                added = (
                    'permit = ["udp port 5683"]\nair_kbps = 50\n'
                    'neighbor = [{ eui64 = "0200000000000001", profile = "level-1" }]\n'
                )
                other = whole.replace('"0=2001:db8:1::/64"', '"0=2001:db8:1::/64", "5=2001:db8:5::/64"') + added
                gateway.change(read_plan(other, "gateway.toml"))
                gateway._inward(udp(address(1)))
                assert lowpan.node.dropped[Reason.NOT_PERMITTED] == 1
                assert lowpan.node.node.levels.known(eui64(1)) == (of_level(1), How.CONFIGURED)
                assert [one.context.identifier for one in lowpan.node.node.durable.contexts] == [0, 5]
                assert lowpan.node.node.border.backbone.air.octets_per_second == 6250
                assert len(lowpan.node.node.durable.registrations) == 2
                gateway.change(read_plan(whole, "gateway.toml"))
                assert lowpan.node.node.levels.known(eui64(1)) == (of_level(4), How.ADVERTISEMENT)
                for wrong in ("pan = 1", 'prefix = "2001:db8:7::/64"', 'name = "other"'):
                    key = wrong.partition(" ")[0]
                    lines = [wrong if line.startswith(f"{key} =") else line for line in whole.splitlines()]
                    with pytest.raises(UsageError, match="restart"):
                        gateway.change(read_plan("\n".join(lines), "gateway.toml"))

    run(main())


@pytest.mark.parametrize("other", ["the same", "another socket", "no radio"])
def test_a_gateway_that_does_not_begin_leaves_what_is_kept_alone(run, tmp_path, other):
    async def main():
        async with Leaves(0, 3) as leaves:
            whole = text(tmp_path, leaves.medium)
            async with running(whole) as gateway:
                await leaves.have_addresses()
                if other == "no radio":
                    await gateway.close()
                with closing(Store(str(tmp_path / "state.db"))) as store:
                    kept = store.values("zep").keys()
                second = whole if other == "the same" else whole.replace("control.sock", "second.sock")
                if other == "no radio":
                    lines = (
                        "radio = 'serial:/nowhere'" if line[:5] == "radio" else line for line in second.splitlines()
                    )
                    second = "\n".join(lines)
                with pytest.raises(OSError, match=r"another gateway has this state|No such file"):
                    async with running(second):
                        pass
                with closing(Store(str(tmp_path / "state.db"))) as store:
                    assert store.values("zep").keys() == kept
                assert sum(kind == "registration" for kind, _ in kept) == 4

    run(main())


def test_a_state_that_another_may_still_write_is_not_even_read(run, tmp_path, monkeypatch):
    """Else the next would begin with frame counters of a moment ago."""
    plan = read_plan(text(tmp_path, ("::1", 17754)), "gateway.toml")

    async def main():
        first = Gateway(plan)
        with pytest.raises(OSError, match="another gateway has this state"):
            Gateway(plan)
        await first.close()
        with monkeypatch.context() as broken:
            broken.setattr(gateway_module, "Lowpan", refuse)
            with pytest.raises(UsageError, match="no network"):
                Gateway(plan)
        await Gateway(plan).close()  # who could not be holds nothing

    def refuse(*_):
        raise UsageError("no network")

    run(main())


def test_a_neighbor_is_pinned_to_what_a_probing_found_while_the_gateway_runs(run, tmp_path, capsys):
    async def main():
        file = tmp_path / "sensor.profile.json"
        record = {
            "kind": "p6lowpan profile",
            "name": "sensor",
            "limits": {"datagram_octets": 1280, "header_growth_octets": 51},
        }
        file.write_text(json.dumps(record | {"sends": [], "receives": ["uncompressed_ipv6", "iphc"]}))
        async with Leaves(4) as leaves:
            whole = text(tmp_path, leaves.medium)
            async with running(whole) as gateway:
                await leaves.have_addresses()
                (lowpan,) = gateway.lowpans
                pinned = f'{whole}neighbor = [{{ eui64 = "0200000000000001", profile = "{file}" }}]\n'
                gateway.change(read_plan(pinned, "gateway.toml"))
                profile, how = lowpan.node.node.levels.known(eui64(1))
                assert (profile.name, how) == ("sensor", How.CONFIGURED)
                assert profile.receives == {Feature.UNCOMPRESSED_IPV6, Feature.IPHC}
                assert (await lowpan.node.ping(address(1), b"hello")).payload == b"hello"
                assert capsys.readouterr().err == ""
                too_much = whole + 'neighbor = [{ eui64 = "0200000000000001", profile = "level-6" }]\n'
                gateway.change(read_plan(too_much, "gateway.toml"))
                (neighbor,) = gateway.neighbors()
                assert (neighbor["profile"], neighbor["says"]) == ("level-6", "level-4")
                said = "02:00:00:00:00:00:00:01 says that it is level-4, and is configured as level-6"
                assert said in capsys.readouterr().err

    run(main())


def test_a_prefix_that_was_changed_while_the_gateway_was_off_is_withdrawn(run, tmp_path):
    async def main():
        async with Leaves(4) as leaves:
            whole = text(tmp_path, leaves.medium)
            async with running(whole):
                await leaves.have_addresses()
            await asyncio.sleep(FORGOTTEN_SECONDS)
            async with running(whole.replace("2001:db8:1::", "2001:db8:7::")) as gateway:
                (lowpan,) = gateway.lowpans
                assert lowpan.node.node.durable.bindings == ()
                (leaf,) = leaves.nodes
                while "2001:db8:7::1" not in leaf.addresses:
                    await asyncio.sleep(0.05)
                pong = await lowpan.node.ping("2001:db8:7::1", b"hello")
                assert pong.payload == b"hello"
                own = {one.address: one for one in leaf.node.network.addresses.own(leaf.now)}
                assert own[parse_ipv6(address(1))].state is AddressState.DEPRECATED
                gone = {one.announced.prefix: one.ends_at for one in lowpan.node.node.durable.prefixes}
                assert gone[parse_ipv6("2001:db8:7::")] is None
                assert gone[parse_ipv6("2001:db8:1::")] > lowpan.node.now

    run(main())


def test_prometheus_gets_every_counter_and_none_goes_back(run, tmp_path):
    async def main():
        async with Leaves(2) as leaves:
            plan = read_plan(text(tmp_path, leaves.medium, extra='metrics = "127.0.0.1:0"'), "gateway.toml")
            seen: dict[str, float] = {}
            for start in (1, 2):
                async with running(plan) as gateway:
                    await leaves.have_addresses()
                    gateway._inward(udp(address(1)))
                    url = f"http://127.0.0.1:{gateway.metrics.port}/metrics"
                    page = await asyncio.to_thread(fetched, url)
                    samples = dict(line.rsplit(" ", 1) for line in page.splitlines() if not line.startswith("#"))
                    counters = {name: float(value) for name, value in samples.items() if "_total" in name}
                    assert counters['p6lowpan_starts_total{network="zep"}'] == start
                    dropped = 'p6lowpan_dropped_total{network="zep",reason="not-permitted",where="node"}'
                    assert counters[dropped] == start
                    assert float(samples['p6lowpan_registrations{network="zep"}']) == 2
                    assert all(counters[name] >= value for name, value in seen.items())
                    seen = counters
                await asyncio.sleep(FORGOTTEN_SECONDS)
            with pytest.raises(UsageError):
                _ = gateway.metrics.port

    run(main())


def test_a_port_for_metrics_that_somebody_else_has_is_said_with_its_place(run, tmp_path):
    async def main():
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            gateway = Gateway(replace(demo_plan(str(tmp_path / "demo.sock")), metrics=("127.0.0.1", port)))
            with pytest.raises(OSError, match="in use") as refused:
                await gateway.start()
            await gateway.close()
            assert said_by(refused.value) == f"metrics at 127.0.0.1 port {port}: Address already in use"

    run(main())


def test_what_is_no_request_for_metrics_is_refused(run, tmp_path):
    async def main():
        plan = replace(demo_plan(str(tmp_path / "demo.sock")), metrics=("127.0.0.1", 0))
        async with running(plan) as gateway:
            for request in (b"POST / HTTP/1.1\r\n\r\n", b"GET /secret HTTP/1.1\r\n\r\n", b"\xff\r\n\r\n"):
                reader, writer = await asyncio.open_connection("127.0.0.1", gateway.metrics.port)
                writer.write(request)
                assert (await reader.read()).startswith(b"HTTP/1.1 404")
                writer.close()
            reader, writer = await asyncio.open_connection("127.0.0.1", gateway.metrics.port)
            writer.write(bytes(20_000))
            assert await reader.read() == b""
            writer.close()

    run(main())


def test_the_tap_is_a_capture_of_every_frame(run, tmp_path):
    async def main():
        async with Leaves(5) as leaves:
            tap = tmp_path / "tap.pcap"
            plan = read_plan(text(tmp_path, leaves.medium, network=f'tap = "{tap}"'), "gateway.toml")
            async with running(plan) as gateway:
                await leaves.have_addresses()
                await gateway.lowpans[0].node.ping(address(1), bytes(300))
                frames = gateway.lowpans[0].radio.tap.frames
        with open_capture(str(tap)) as capture:
            assert len(list(capture)) == frames > 10

    run(main())


def test_what_a_radio_refused_or_could_not_send_and_a_tap_missed_is_shown_as_theirs(run, tmp_path):
    async def main():
        async with Leaves() as leaves:
            plan = read_plan(text(tmp_path, leaves.medium, network=f'tap = "{tmp_path}/tap.pcap"'), "gateway.toml")
            async with running(plan) as gateway:
                (lowpan,) = gateway.lowpans
                lowpan.radio.radio.datagram_received(b"EX", ("::1", 9))
                lowpan.radio.radio.error_received(ConnectionRefusedError())
                lowpan.radio.tap.missed = 2
                gateway.tun = Tun("lowpan0")
                gateway.tun.lost = 4
                drops = {(one["where"], one["reason"]): one["count"] for one in gateway.drops()}
                gateway.tun = None
                assert drops == {
                    ("radio", "bad-source"): 1,
                    ("radio", "not-sent"): 1,
                    ("tap", "slow-reader"): 2,
                    ("tun", "not-taken"): 4,
                }
                assert gateway.status()[0]["dropped"] == 2

    run(main())


def test_what_the_link_could_not_deliver_is_shown_as_the_links(run, tmp_path):
    async def main():
        async with Leaves(2) as leaves, running(text(tmp_path, leaves.medium)) as gateway:
            await leaves.have_addresses()
            await leaves.nodes[0].close()
            with pytest.raises(UsageError, match="no-acknowledgement"):
                await ask(str(tmp_path / "control.sock"), ask="ping", address=address(1), wait=1)
            (drop,) = gateway.drops()
            assert (drop["where"], drop["reason"], drop["count"]) == ("link", "no-acknowledgement", 1)
            assert gateway.status()[0]["dropped"] == 1

    run(main())


def test_two_networks_of_one_gateway_reach_each_other_by_their_own_rules(run, tmp_path):
    async def main():
        async with Leaves(1) as one, Leaves(6) as other:
            first, second = (text(tmp_path, each.medium) for each in (one, other))
            second = second[second.index("[[network]]") :].replace('"zep"\n', '"other"\n').replace(":1::", ":3::")
            plan = read_plan(first + 'permit = ["udp"]\n' + second + 'permit = ["icmpv6"]\n', "gateway.toml")
            async with running(plan) as gateway:
                await asyncio.gather(one.have_addresses(), other.have_addresses())
                pong = await one.nodes[0].ping("2001:db8:3::1", bytes(400))
                assert (pong.source, len(pong.payload)) == ("2001:db8:3::1", 400)
                with pytest.raises((TimeoutError, OSError)):
                    await other.nodes[0].ping(address(1), b"", timeout=0.5)
                with pytest.raises((TimeoutError, OSError)):
                    await one.nodes[0].ping("2001:db8:4::1", b"", timeout=0.3)
                assert gateway.lost.total() == 1

    run(main())
