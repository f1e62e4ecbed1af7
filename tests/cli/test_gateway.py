"""``p6lowpan gateway``: refusals, and the tables of one that runs in another thread."""

import asyncio
import io
import json
import threading

import pytest
from rich.console import Console

from p6lowpan.cli import gateway as gateway_command
from p6lowpan.cli.gateway_tables import Shown
from p6lowpan.gateway.gateway import Gateway
from p6lowpan.gateway.running import demo_plan


@pytest.fixture(scope="module")
def control(tmp_path_factory):
    """The socket of a gateway with simulated nodes that have registered."""
    path = str(tmp_path_factory.mktemp("gateway") / "demo.sock")
    ready, ends = threading.Event(), threading.Event()

    async def main():
        gateway = Gateway(demo_plan(path))
        await gateway.start()
        while gateway.status()[0]["registrations"] < 14:
            await asyncio.sleep(0.02)
        ready.set()
        while not ends.is_set():
            await asyncio.sleep(0.02)
        await gateway.close()

    thread = threading.Thread(target=asyncio.run, args=(main(),))
    thread.start()
    assert ready.wait(20)
    yield path
    ends.set()
    thread.join()


def test_a_gateway_tells_its_neighbors_and_how_it_stands(run, control):
    shown = run("gateway", "neighbors", "--control", control)
    assert shown.exit_code == 0
    assert all(
        f"level-{level}" in shown.stdout and f"fd6c:6f77:706e::{level + 1}" in shown.stdout for level in range(7)
    )
    status = run("gateway", "status", "--control", control)
    assert "0x6c6f" in status.stdout
    assert "level-6" in status.stdout


def test_a_terminal_that_is_too_narrow_for_a_table_gets_a_line_for_each_value():
    records = [
        {"network": "demo", "neighbor": f"02:00:00:00:00:00:00:{number:02x}", "addresses": ["fe80::1", "fd00::1"]}
        for number in (1, 2)
    ]
    told = {}
    for width in (40, 80):
        console = Console(width=width, file=io.StringIO())
        console.print(Shown("neighbors", records))
        told[width] = console.file.getvalue().splitlines()[1:]
    assert [line.split() for line in told[40][:5]] == [
        ["network", "demo"],
        ["neighbor", "02:00:00:00:00:00:00:01"],
        ["addresses", "fe80::1"],
        ["fd00::1"],
        [],
    ]
    assert "network" in told[80][1]
    assert "neighbor" in told[80][1]


def test_what_there_is_nothing_of_is_said_in_a_line():
    console = Console(file=io.StringIO())
    console.print(Shown("drops", []))
    assert console.file.getvalue().endswith(": nothing was dropped\n")


def test_whoever_has_seen_enough_of_a_watched_table_may_go(start, control):
    watching = start("gateway", "neighbors", "--watch", "--control", control)
    assert watching.stdout.readline().startswith(b"neighbors, ")
    watching.stdout.close()
    assert watching.wait(20) == 0
    assert watching.stderr.read() == b""


def test_a_table_that_is_watched_is_shown_anew_until_somebody_has_seen_enough(run, control, monkeypatch):
    waits = []

    def wait(seconds):
        waits.append(seconds)
        if len(waits) == 3:
            raise KeyboardInterrupt

    asked, ask = [], gateway_command.ask
    monkeypatch.setattr(gateway_command.time, "sleep", wait)
    monkeypatch.setattr(gateway_command, "ask", lambda path, **words: asked.append(words) or ask(path, **words))
    shown = run("gateway", "neighbors", "--watch", "--control", control)
    assert shown.exit_code == 0
    assert waits == [gateway_command.REFRESH_SECONDS] * 3
    assert asked == [{"ask": "neighbors"}] * 3
    assert "level-6" in shown.stdout


def test_for_programs_it_is_json(run, control):
    (status,) = json.loads(run("gateway", "status", "--json", "--control", control).stdout)
    assert (status["network"], status["registrations"], status["counters"]["starts"]) == ("demo", 14, 1)
    assert json.loads(run("gateway", "drops", "--json", "--control", control).stdout) is not None


@pytest.mark.parametrize("what", ["ping", "echo"])
def test_a_node_is_reached_from_the_command_line(run, control, what):
    answer = run("gateway", what, "fd6c:6f77:706e::1", "--size", "700", "--control", control)
    assert answer.stdout.startswith("700 octets from fd6c:6f77:706e::1 in ")


def test_what_is_no_address_is_said_without_a_number(refused, control):
    assert "'foo' is no IPv6 address" in refused("gateway", "ping", "foo", "--control", control)


def test_who_is_not_there_is_said_in_a_line(refused, control):
    assert refused("gateway", "ping", "fd6c:6f77:706e::77", "--wait", "0.2", "--control", control)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "gateway what? CONFIG.toml, --demo, status"),
        (("status", "--control", "/nowhere/gateway.sock"), "no gateway runs here: there is no /nowhere/gateway.sock"),
        (("ping",), "gateway ping needs an address"),
        (("status", "--control", "/proc/version"), "no gateway answers at /proc/version: "),
        (("gateway.toml", "--demo"), "--demo needs no configuration"),
        (("gateway.toml", "--tun", "lowpan0"), "--tun is for --demo: a configuration has a table [tun]"),
        (("nowhere.toml",), "nowhere.toml: No such file"),
        (("statu",), "statu: neither a file nor a question: status, neighbors, drops, ping, echo, reload"),
    ],
)
def test_what_cannot_be_is_refused_in_a_line(refused, words, said):
    assert said in refused("gateway", *words)


def test_a_wrong_configuration_is_refused_with_its_place_and_nothing_starts(refused, tmp_path):
    path = tmp_path / "gateway.toml"
    path.write_text('[[network]]\neui64 = "02"\npan = 1\nprefix = "2001:db8::/64"\nradio = { kind = "simulated" }\n')
    said = refused("gateway", path)
    assert "gateway.toml: network[0].eui64: expected an EUI-64, 16 hex digits, not '02'" in said
