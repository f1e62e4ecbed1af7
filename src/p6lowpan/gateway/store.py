"""What a gateway keeps over a restart, in SQLite: nothing that was acted upon is lost, whenever the process is killed.

Theory of operation. Each network has its values, a row each: levels, registrations, bindings, prefixes, contexts, frame
counters. A change is written in one transaction before anybody learns of it (WAL, ``synchronous=NORMAL``: what was
committed survives the process, whatever ends it; after a power failure what was written since the last
:meth:`Store.sync` may be missing, and the database is whole). To sync is for who calls us to do, every
:data:`BEHIND_SECONDS`: a disk takes milliseconds for it, a card for memory a hundred, so that a radio cannot wait for
each. Only what changed is written, and nothing of it is held in memory besides. What must not be missing after a power
failure at all is waited for (``synchronous=FULL``). Counters of events change with every packet: they are written
behind, at the latest :data:`BEHIND_SECONDS` later, and always before they are shown, so that nobody sees one go back.

Where the disk takes nothing at the start, because it is full or read-only, what is kept is read all the same, and each
write tries again to open the database for writing. That needs a database without a log beside it, as a gateway that
ended in peace leaves it: what is in the log alone, frame counters among it, would be missing.
"""

import errno
import fcntl
import json
import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

from p6lowpan.capability.errors import UsageError

FORMAT = 1
BEHIND_SECONDS = 1.0
SCHEMA = """
CREATE TABLE IF NOT EXISTS value (
    network TEXT NOT NULL, kind TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL,
    PRIMARY KEY (network, kind, key)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS counter (
    network TEXT NOT NULL, name TEXT NOT NULL, value INTEGER NOT NULL,
    PRIMARY KEY (network, name)
) WITHOUT ROWID;
"""

Place = tuple[str, str]
"""Kind and key of a value."""

Values = Mapping[Place, object]


class Store:
    """A database at ``path``; ``:memory:`` keeps nothing. Raises :class:`UsageError` for a file that is none of ours,
    :class:`OSError` for one that cannot be, and wherever something cannot be read or written."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.transactions = 0
        self.last_written_us = _last_written_us(path)
        self._unsynced = False
        self._claimed: int | None = None
        self._waits = False  # as _prepare has it
        self._counted: dict[str, dict[str, int]] = {}
        try:
            self._database = self._opened()
            self._is_read_only = False
        except sqlite3.OperationalError as error:
            if not _is_whole_alone(path):
                raise self._fault(error) from None
            self._database = sqlite3.connect(f"{Path(path).absolute().as_uri()}?immutable=1", uri=True)
            self._is_read_only = True
            self._known_format(self._database)
        except sqlite3.DatabaseError as error:
            raise UsageError(f"{path}: no database of a gateway: {error}") from None

    def _opened(self) -> sqlite3.Connection:
        """The database, to be read and written."""
        database = sqlite3.connect(self.path, isolation_level=None)
        try:
            self._prepare(database)
        except BaseException:
            database.close()
            raise
        return database

    def _prepare(self, database: sqlite3.Connection) -> None:
        known = self._known_format(database)
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("PRAGMA synchronous=NORMAL")
        database.executescript(SCHEMA)
        if not known:
            database.execute(f"PRAGMA user_version={FORMAT}")

    def _known_format(self, database: sqlite3.Connection) -> int:
        """The format in which it was written; 0: nothing was, yet."""
        version: int = database.execute("PRAGMA user_version").fetchone()[0]
        if version not in (0, FORMAT):
            raise UsageError(f"{self.path}: written in format {version}, this gateway knows {FORMAT}")
        return version

    def close(self) -> None:
        """Write no more."""
        self._database.close()
        if self._claimed is not None:
            os.close(self._claimed)
            self._claimed = None

    def claim(self) -> None:
        """Nobody else may claim the database until it is closed, or its process ends. Raises :class:`OSError` where
        somebody has: two gateways would use each other's frame counters. The file stays open until the database is
        closed, since SQLite's own locks go when any descriptor of it is closed."""
        if self._claimed is not None or not os.path.exists(self.path):
            return  # it is ours, or in memory
        self._claimed = os.open(self.path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            fcntl.flock(self._claimed, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise OSError(errno.EBUSY, "another gateway has this state", self.path) from None

    # --- values ------------------------------------------------------------------------------------------------------

    def values(self, network: str) -> dict[Place, object]:
        """Everything that was kept of a network."""
        texts = self._texts(network)
        try:
            return {place: json.loads(text) for place, text in texts.items()}
        except ValueError as error:
            raise UsageError(f"{self.path}: no values of a gateway: {error}") from None

    def keep(self, network: str, values: Values) -> None:
        """From now on these are the values of a network: what differs is written, at once and as a whole."""
        known = self._texts(network)
        changed = {place: value for place, value in values.items() if known.get(place) != json.dumps(value)}
        self.change(network, changed, [place for place in known if place not in values])

    def change(self, network: str, present: Values, gone: Iterable[Place] = (), *, waits: bool = False) -> None:
        """These values are new, those are gone: at once and as a whole. ``waits`` until no power failure undoes it."""
        rows = [(network, *place, json.dumps(value)) for place, value in present.items()]
        places = [(network, *place) for place in gone]
        if not rows and not places:
            return
        self._transact(
            ("REPLACE INTO value VALUES (?, ?, ?, ?)", rows),
            ("DELETE FROM value WHERE network=? AND kind=? AND key=?", places),
            waits=waits,
        )

    def _texts(self, network: str) -> dict[Place, str]:
        rows = self._read("SELECT kind, key, value FROM value WHERE network=?", network)
        return {(kind, key): text for kind, key, text in rows}

    # --- counters ----------------------------------------------------------------------------------------------------

    def counters(self, network: str) -> dict[str, int]:
        """What was counted of a network."""
        counted = dict(self._read("SELECT name, value FROM counter WHERE network=?", network))
        self._counted[network] = dict(counted)
        return counted

    def count(self, network: str, counters: Mapping[str, int]) -> None:
        """Write what the counters of a network show now."""
        known = self._counted.setdefault(network, {})
        changed = [(network, name, value) for name, value in counters.items() if known.get(name) != value]
        if changed:
            self._transact(("REPLACE INTO counter VALUES (?, ?, ?)", changed))
            known.update(counters)

    # --- the disk ----------------------------------------------------------------------------------------------------

    def sync(self) -> None:
        """Wait until no power failure undoes what was written. For another thread, beside which more may be written."""
        if not self._unsynced:
            return
        self._unsynced = False
        try:
            log = os.open(f"{self.path}-wal", os.O_RDONLY)  # all that was committed since the last checkpoint
        except FileNotFoundError:
            return  # there is none where nothing is kept, and where the database is closed, and written
        try:
            os.fsync(log)
        except OSError:
            self._unsynced = True
            raise
        finally:
            os.close(log)

    def _read(self, question: str, network: str) -> list[Any]:  # Any: rows, as the question has them
        with self._said(), closing(self._database.execute(question, (network,))) as rows:
            return rows.fetchall()

    def _transact(self, *statements: tuple[str, Sequence[tuple[object, ...]]], waits: bool = False) -> None:
        self.transactions += 1
        with self._said():
            if self._is_read_only:
                before, self._database = self._database, self._opened()
                self._is_read_only = False
                before.close()
            if waits is not self._waits:
                self._database.execute(f"PRAGMA synchronous={'FULL' if waits else 'NORMAL'}")
                self._waits = waits
            with self._database:  # commits, or undoes
                self._database.execute("BEGIN IMMEDIATE")
                for statement, rows in statements:
                    if rows:
                        self._database.executemany(statement, rows)
        self._unsynced = True

    @contextmanager
    def _said(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise self._fault(error) from None

    def _fault(self, error: sqlite3.Error) -> OSError:
        """What SQLite says, and what it does not."""
        said = f"{self.path}: {error}"
        with suppress(OSError):  # its folder may be missing
            said += "" if os.statvfs(os.path.dirname(self.path) or ".").f_bavail else ": no space is left on the disk"
        return OSError(said)


def _is_whole_alone(path: str) -> bool:
    """Whether a database holds everything without the log beside it."""
    log = f"{path}-wal"
    return os.path.exists(path) and os.path.getsize(path) > 0 and not (os.path.exists(log) and os.path.getsize(log))


def _last_written_us(path: str) -> int:
    """When somebody last wrote there, by the clock on the wall of then; 0 where nobody has."""
    latest = next((file for file in (f"{path}-wal", path) if os.path.exists(file)), None)
    return 0 if latest is None else os.stat(latest).st_mtime_ns // 1000
