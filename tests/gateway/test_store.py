"""What a gateway keeps: whole, at once, and never less than was shown."""

import contextlib
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections import Counter
from dataclasses import replace

import pytest

from gateway.disk import disk_that_takes_nothing
from gateway.leaves import KEY, eui64
from p6lowpan.capability.errors import UsageError
from p6lowpan.capability.named import by_name
from p6lowpan.capability.profile import of_flex, of_level
from p6lowpan.gateway.keeping import AHEAD, STARTS, Keeping
from p6lowpan.gateway.records import durable_from, values_of
from p6lowpan.gateway.store import Store
from p6lowpan.machines.adaptation.discovery import KnownLevel
from p6lowpan.machines.adaptation.news import How
from p6lowpan.machines.link.configuration import LinkKey, LinkSecurity, MacConfiguration, NeighborCounter
from p6lowpan.machines.neighbor_discovery.configuration import AdvertisedPrefix, Configuration, Role
from p6lowpan.machines.neighbor_discovery.context_life import KeptContext, Phase
from p6lowpan.machines.neighbor_discovery.entry import KeptRegistration
from p6lowpan.machines.neighbor_discovery.prefix_life import KeptPrefix
from p6lowpan.machines.neighbor_discovery.registry import KeptRecord
from p6lowpan.node.configuration import NodeConfiguration
from p6lowpan.node.durable import Durable
from p6lowpan.node.inputs import AnnounceContext, Wake
from p6lowpan.node.node import Node
from p6lowpan.wire.address import parse_ipv6
from p6lowpan.wire.sixlowpan.contexts import Context

PAGE_OCTETS = 4096
ADDRESS = parse_ipv6("2001:db8:1::1")
CONTEXT = Context(0, parse_ipv6("2001:db8:1::"), 64)
DURABLE = Durable(
    levels=(
        KnownLevel(eui64(1), of_level(2), How.ERROR),
        KnownLevel(eui64(2), of_flex(0xFF000000), How.ADVERTISEMENT, True),
        KnownLevel(eui64(3), by_name("linux"), How.ADVERTISEMENT),
    ),
    registrations=(KeptRegistration(ADDRESS, eui64(1), bytes(8), 240, 60, 3_600_000_000, True),),
    bindings=(KeptRecord(ADDRESS, bytes(8), None, 5, (ADDRESS,), True, (ADDRESS,), 77),),
    prefixes=(KeptPrefix(AdvertisedPrefix(CONTEXT.prefix)), KeptPrefix(AdvertisedPrefix(ADDRESS, 128, 0, 0), 77)),
    contexts=(
        KeptContext(CONTEXT, Phase.IN_USE, None),
        KeptContext(replace(CONTEXT, identifier=3), Phase.RETIRING, 9, replace(CONTEXT, identifier=3, length=48)),
    ),
    version=7,
    short_addresses=((eui64(9)[6:], eui64(9)),),
    frame_counter=1000,
    neighbor_counters=(NeighborCounter(LinkKey(KEY).name, eui64(1), 55),),
)


@pytest.fixture
def path(tmp_path):
    return str(tmp_path / "state.db")


def node(security: LinkSecurity | None = None) -> Node:
    discovery = Configuration(
        Role.BORDER_ROUTER,
        eui64(255),
        profile=of_level(6),
        prefixes=(AdvertisedPrefix(CONTEXT.prefix),),
        link_secured=security is not None,
    )
    link = MacConfiguration(eui64(255), None, 0xABCD, security)
    return Node(NodeConfiguration(link, discovery, of_level(6)))


def test_where_the_disk_takes_nothing_at_the_start_what_is_kept_is_read_and_each_write_tries_again(path):
    store = Store(path)
    store.keep("one", values_of(DURABLE))
    store.close()
    with disk_that_takes_nothing():
        store = Store(path)
        store.claim()
        assert durable_from(store.values("one")) == DURABLE
        for _ in range(2):
            with pytest.raises(OSError, match=r"state\.db: "):
                store.change("one", {("level", "1"): 1})
    store.change("one", {("level", "1"): 1})
    store.close()
    assert Store(path).values("one")["level", "1"] == 1


def test_what_is_in_the_log_alone_is_not_taken_for_missing(path, tmp_path):
    killed = tmp_path / "killed.db"
    with contextlib.closing(Store(path)) as store:
        store.keep("one", values_of(DURABLE))
        for end in ("", "-wal"):
            shutil.copy(f"{path}{end}", f"{killed}{end}")
    with disk_that_takes_nothing(), pytest.raises(OSError, match=r"killed\.db: "):
        Store(str(killed))
    assert durable_from(Store(str(killed)).values("one")) == DURABLE


def test_a_disk_without_room_is_said_where_sqlite_does_not(path, monkeypatch):
    with disk_that_takes_nothing(), pytest.raises(OSError, match="error") as refused:
        Store(path)
    assert "no space" not in str(refused.value)
    monkeypatch.setattr(os, "statvfs", lambda folder: os.statvfs_result((0,) * 10))
    with disk_that_takes_nothing(), pytest.raises(OSError, match="no space is left on the disk"):
        Store(path)


def test_everything_durable_comes_back_as_it_was(path):
    store = Store(path)
    store.keep("one", values_of(DURABLE))
    store.close()
    assert durable_from(Store(path).values("one")) == DURABLE
    assert durable_from(Store(path).values("another")) == Durable()


def test_what_cannot_be_read_any_more_is_left_out(path):
    values = values_of(DURABLE)
    values["level", eui64(1).hex()] = ["level-9", "error", False]
    values["registration", "no hex"] = [1, 2]
    values["prefix", "2001:db8::/64"] = ["nonsense"]
    assert durable_from(values) == replace(DURABLE, levels=DURABLE.levels[1:])


def test_only_what_differs_is_written(path):
    store = Store(path)
    store.keep("one", values_of(DURABLE))
    assert store.transactions == 1
    store.keep("one", values_of(DURABLE))
    assert store.transactions == 1
    store.keep("one", values_of(replace(DURABLE, registrations=())))
    assert store.transactions == 2
    assert durable_from(Store(path).values("one")).registrations == ()


def test_times_are_kept_by_the_clock_on_the_wall(path):
    one = Keeping(Store(path), "one")
    one._store.keep("one", values_of(DURABLE.shifted(one._began_us)))
    other = Keeping(Store(path), "one").restored
    assert 0 <= 3_600_000_000 - other.registrations[0].expires_at < 10_000_000  # it was opened a moment later


def test_a_change_is_kept_and_nothing_else_is_written(path):
    store = Store(path)
    keeping, one = Keeping(store, "one"), node()
    one.handle(0, Wake())
    keeping.keep(one)
    before = store.transactions
    keeping.keep(one)
    assert store.transactions == before
    one.handle(1, AnnounceContext(2, CONTEXT.prefix, 64))
    keeping.keep(one)
    keeping.keep(one)
    assert store.transactions == before + 1
    assert [one.context.identifier for one in Keeping(Store(path), "one").restored.contexts] == [2]


def test_frame_counters_are_kept_ahead_of_those_that_were_used(path):
    one = node(LinkSecurity((LinkKey(KEY),)))
    keeping = Keeping(Store(path), "one")
    for used, kept in ((0, 0), (1, 1 + AHEAD), (AHEAD, 1 + AHEAD), (1 + AHEAD, 1 + AHEAD), (2 + AHEAD, 2 + 2 * AHEAD)):
        one.link._security.frame_counter = used  # this and all above it are still to be used
        keeping.keep(one)
        assert Keeping(Store(path), "one").restored.frame_counter == kept


def test_counters_go_on_where_they_were(path):
    first = Keeping(Store(path), "one")
    assert first.counted(Counter(dropped=5)) == {"dropped": 5, STARTS: 1}
    assert Keeping(Store(path), "one").counted(Counter(dropped=2)) == {"dropped": 7, STARTS: 2}


def spoil(path, store):
    """What is behind the first page is not what was written: as of a card for memory that fails."""
    store._database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    octets = os.stat(path).st_size
    assert octets > PAGE_OCTETS
    with open(path, "r+b") as file:
        file.seek(PAGE_OCTETS)
        file.write(b"\xff" * (octets - PAGE_OCTETS))
    store._database.execute("PRAGMA shrink_memory")  # else it need not look


def test_a_disk_that_fails_is_said_whether_something_is_read_or_written(path):
    store = Store(path)
    store.keep("one", values_of(DURABLE))
    keeping = Keeping(store, "one")
    spoil(path, store)
    for attempt in (store.values, store.counters, lambda network: store.keep(network, values_of(DURABLE))):
        with pytest.raises(OSError, match=r"state\.db: .*malformed"):
            attempt("one")
    keeping.write(node())
    assert "malformed" in keeping.state


def test_counters_of_events_do_not_wait_for_the_disk_though_something_before_them_did(path):
    store = Store(path)
    for waits, level in ((True, 2), (False, 1), (True, 2)):
        store.change("one", {("level", "1"): waits}, waits=waits)
        assert store._database.execute("PRAGMA synchronous").fetchone() == (level,)
    store.count("one", {"dropped": 1})
    assert store._database.execute("PRAGMA synchronous").fetchone() == (1,)


def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path):
    path = tmp_path / "notes.txt"
    path.write_text("these are my notes " * 100)
    with pytest.raises(UsageError, match="no database of a gateway"):
        Store(str(path))
    assert path.read_text().startswith("these are my notes")
    with pytest.raises(OSError, match="unable to open"):
        Store(str(tmp_path / "nowhere" / "state.db"))


def test_a_database_of_a_later_format_is_refused(path):
    with sqlite3.connect(path) as database:
        database.execute("PRAGMA user_version=99")
    with pytest.raises(UsageError, match="format 99"):
        Store(path)


WRITER = """
import sys
from p6lowpan.gateway.store import Store
store = Store(sys.argv[1])
for number in range(1_000_000):
    store.keep("one", {("a", "b"): number, ("c", "d"): number})
    store.count("one", {"n": number})
    print(number, flush=True)
"""


@pytest.mark.parametrize("after", [1, 3, 20, 150])
def test_what_was_said_to_be_written_is_there_whenever_the_writer_is_killed(path, after):
    with subprocess.Popen([sys.executable, "-c", WRITER, path], stdout=subprocess.PIPE, text=True) as writer:
        last = [int(writer.stdout.readline()) for _ in range(after)][-1]
        os.kill(writer.pid, signal.SIGKILL)
        last = max([last, *(int(line) for line in writer.stdout.read().splitlines())])
    store = Store(path)
    values = store.values("one")
    assert values["a", "b"] == values["c", "d"] >= last
    assert store.counters("one")["n"] >= last
