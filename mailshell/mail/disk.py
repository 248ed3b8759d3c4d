"""The state file: the state of a store as tables of an SQLite database, with the octets of its messages.

One process at a time: the file is locked from opening to closing. It is in WAL mode and every commit is synced, so what
`write` has written survives a killed process and a power cut.

Our mark and the schema version are read before a file is opened in any way that could change it. The mark is never in
the WAL alone, for tables are created outside of WAL mode.
"""

import os
import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any, NamedTuple

from mailshell.core.clock import Instant
from mailshell.mail.queue import Held, Queued, Recipient, Terms
from mailshell.mail.state import Account, Box, BoxKey, Message, Value, What
from mailshell.mail.store import Full, Mailbox, StateError

APPLICATION = int.from_bytes(b"mshl", "big")
"""Marks an SQLite file as ours (PRAGMA application_id)."""

SCHEMA = 4
"""The version of the tables below (PRAGMA user_version)."""

_TERMS = (  # what schema 2 adds to a queued message
    "release INTEGER NOT NULL DEFAULT 0",
    "bits TEXT NOT NULL DEFAULT ''",
    "utf8 INTEGER NOT NULL DEFAULT 0",
    "returns TEXT NOT NULL DEFAULT ''",
    "envelope_id TEXT NOT NULL DEFAULT ''",
    "deliver_by INTEGER",
    "late TEXT NOT NULL DEFAULT ''",
    "traced INTEGER NOT NULL DEFAULT 0",
    "priority INTEGER",
    "hold TEXT NOT NULL DEFAULT ''",
)
_TRIES = (  # what schema 3 adds
    "attempts INTEGER NOT NULL DEFAULT 0",
    "warned INTEGER NOT NULL DEFAULT 0",
)
_BOXES = (  # what schema 4 adds to a mailbox
    "recent INTEGER NOT NULL DEFAULT 1",
    "use TEXT NOT NULL DEFAULT ''",
    "keywords TEXT NOT NULL DEFAULT ''",
)
_SUBSCRIPTION = """CREATE TABLE subscription (host TEXT NOT NULL, user TEXT NOT NULL, name TEXT NOT NULL,
        value INTEGER NOT NULL, PRIMARY KEY (host, user, name)) WITHOUT ROWID"""
_HELD = """CREATE TABLE held (host TEXT NOT NULL, id TEXT NOT NULL, users TEXT NOT NULL,
        body INTEGER NOT NULL REFERENCES body, release INTEGER NOT NULL, PRIMARY KEY (host, id)) WITHOUT ROWID"""

# AUTOINCREMENT remembers the highest number that was ever used; the index finds the numbers without the octets.
_TABLES = f"""
    CREATE TABLE account (host TEXT NOT NULL, folded TEXT NOT NULL, user TEXT NOT NULL, password TEXT NOT NULL,
        name TEXT NOT NULL, PRIMARY KEY (host, folded)) WITHOUT ROWID;
    CREATE TABLE mailbox (id INTEGER PRIMARY KEY, host TEXT NOT NULL, user TEXT NOT NULL, name TEXT NOT NULL,
        uidvalidity INTEGER NOT NULL, uidnext INTEGER NOT NULL, modseq INTEGER NOT NULL,
        {", ".join(_BOXES)}, UNIQUE (host, user, name));
    CREATE TABLE message (mailbox INTEGER NOT NULL REFERENCES mailbox, uid INTEGER NOT NULL,
        body INTEGER NOT NULL REFERENCES body, size INTEGER NOT NULL, internal_date INTEGER NOT NULL,
        zone INTEGER NOT NULL, save_date INTEGER NOT NULL, object_id TEXT NOT NULL, modseq INTEGER NOT NULL,
        flags TEXT NOT NULL, PRIMARY KEY (mailbox, uid)) WITHOUT ROWID;
    CREATE TABLE queued (host TEXT NOT NULL, id TEXT NOT NULL, reverse_path TEXT NOT NULL, recipients TEXT NOT NULL,
        body INTEGER NOT NULL REFERENCES body, size INTEGER NOT NULL, arrived INTEGER NOT NULL,
        {", ".join(_TERMS + _TRIES)}, PRIMARY KEY (host, id)) WITHOUT ROWID;
    {_HELD};
    {_SUBSCRIPTION};
    CREATE TABLE counter (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
    CREATE TABLE body (id INTEGER PRIMARY KEY AUTOINCREMENT, octets BLOB NOT NULL);
    CREATE INDEX body_id ON body (id);
    PRAGMA application_id = {APPLICATION};
    PRAGMA user_version = {SCHEMA}"""

# From schema 1, which kept no terms and held nothing back; from 2, which sent nothing on; from 3, which knew no IMAP.
_UPGRADES = (
    (*(f"ALTER TABLE queued ADD COLUMN {column}" for column in _TERMS), "UPDATE queued SET release = arrived", _HELD),
    tuple(f"ALTER TABLE queued ADD COLUMN {column}" for column in _TRIES),
    (
        *(f"ALTER TABLE mailbox ADD COLUMN {column}" for column in _BOXES),
        "UPDATE mailbox SET use = '\\' || name WHERE name IN ('Sent', 'Drafts', 'Trash', 'Junk')",
        _SUBSCRIPTION,
        "INSERT INTO subscription SELECT host, user, name, 1 FROM mailbox",
    ),
)

_BOX = "(SELECT id FROM mailbox WHERE host = ? AND user = ? AND name = ?)"

_PUT = {  # what's key, then the columns of the value; a mailbox comes before its messages
    "account": "INSERT OR REPLACE INTO account VALUES (?, ?, ?, ?, ?)",
    "box": "INSERT INTO mailbox (host, user, name, uidvalidity, uidnext, modseq, recent, use, keywords)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (host, user, name) DO UPDATE SET"
    " uidvalidity = excluded.uidvalidity, uidnext = excluded.uidnext, modseq = excluded.modseq,"
    " recent = excluded.recent, use = excluded.use, keywords = excluded.keywords",
    "message": f"INSERT OR REPLACE INTO message VALUES ({_BOX}, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    "queued": f"INSERT OR REPLACE INTO queued VALUES (?, ?, ?, ?, ?, ?, ?{', ?' * len(_TERMS + _TRIES)})",
    "held": "INSERT OR REPLACE INTO held VALUES (?, ?, ?, ?, ?)",
    "subscription": "INSERT OR REPLACE INTO subscription VALUES (?, ?, ?, ?)",
    "counter": "INSERT OR REPLACE INTO counter VALUES (?, ?)",
}
_REMOVE = {  # what's key; messages go before their mailbox
    "message": f"DELETE FROM message WHERE mailbox = {_BOX} AND uid = ?",
    "box": "DELETE FROM mailbox WHERE host = ? AND user = ? AND name = ?",
    "account": "DELETE FROM account WHERE host = ? AND folded = ?",
    "queued": "DELETE FROM queued WHERE host = ? AND id = ?",
    "held": "DELETE FROM held WHERE host = ? AND id = ?",
    "subscription": "DELETE FROM subscription WHERE host = ? AND user = ? AND name = ?",
    "counter": "DELETE FROM counter WHERE name = ?",
}
_USED = "SELECT body FROM message UNION ALL SELECT body FROM queued UNION ALL SELECT body FROM held"
_ORPHANS = f"DELETE FROM body WHERE id IN (SELECT id FROM body EXCEPT SELECT * FROM ({_USED}))"

_NO_ROOM = frozenset((sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY))
_NO_ACCESS = _NO_ROOM | {sqlite3.SQLITE_CANTOPEN}


class Saved(NamedTuple):
    """What a state file holds, but for the octets; `next_body` is a number that no body ever had."""

    accounts: list[Account]
    mailboxes: list[Mailbox]
    queue: list[Queued]
    held: list[Held]
    subscriptions: list[BoxKey]
    counters: dict[str, int]
    next_body: int


class Disk:
    """An open state file; it is created when there is none, or an empty one.

    Raises StateError when it cannot be used: locked, not ours, written by a newer mailshell, damaged, or not
    accessible. A file that is not ours or newer is not changed by one octet.
    """

    def __init__(self, path: str) -> None:
        self._path = path
        real = os.path.realpath(path)
        try:
            _look(path, real)
            self._connection = sqlite3.connect(real, timeout=0, isolation_level=None)
        except sqlite3.Error as error:
            raise _refusal(path, error) from error
        try:
            self._open()
        except sqlite3.Error as error:
            self.close()
            raise _refusal(path, error) from error

    def load(self) -> Saved:
        """Read everything but the octets, and drop the bodies that nothing refers to.

        Raises StateError when the file is damaged; it is closed then.
        """
        try:
            saved = self._read()
            with suppress(sqlite3.OperationalError):  # a full disk can still be read; the bodies go another time
                self._transact({_ORPHANS: [()]})
        except sqlite3.Error as error:
            self.close()
            raise _refusal(self._path, error) from error
        return saved

    def write(
        self, pending: Mapping[What, Value | None], bodies: Mapping[int, bytes], unused: Iterable[int] = ()
    ) -> None:
        """Write values (None: remove) and bodies, and drop unused ones, in one transaction: all are durable, or none.

        Raises Full when the disk has no room or fails, StateError when the file is damaged. After Full the file is as
        it was before, and can be written again once there is room.
        """
        rows: dict[str, list[tuple[object, ...]]] = {"INSERT INTO body VALUES (?, ?)": list(bodies.items())}
        rows |= {sql: [] for sql in (*_PUT.values(), *_REMOVE.values())}
        for what, value in pending.items():
            if value is None:
                rows[_REMOVE[what[0]]].append(_key(what))
            else:
                rows[_PUT[what[0]]].append(_key(what) + _columns(value))
        rows["DELETE FROM body WHERE id = ?"] = [(body,) for body in unused]
        try:
            self._transact(rows)
        except sqlite3.Error as error:
            if _code(error) in _NO_ROOM:
                raise Full(f"Nothing was saved: {self._path} could not be written ({error}).") from error
            raise _refusal(self._path, error) from error

    def octets(self, body: int) -> bytes:
        """The octets of a body. Raises KeyError when the file does not have it, StateError when it is damaged."""
        return bytes(self._cell("octets", body))

    def size(self, body: int) -> int:
        """How many octets a body has. Raises as `octets` does."""
        return int(self._cell("length(octets)", body))

    def close(self) -> None:
        """Fold what was written into the one file, and unlock it."""
        self._connection.close()

    def _open(self) -> None:
        run = self._connection.execute
        run("PRAGMA locking_mode = EXCLUSIVE")
        run("PRAGMA synchronous = FULL")
        run("BEGIN EXCLUSIVE")  # locked from here on, as the locking mode gives no lock back
        if run("SELECT count(*) FROM sqlite_master").fetchone() == (0,):
            for statement in _TABLES.split(";"):
                run(statement)
        else:
            (version,) = run("PRAGMA user_version").fetchone()
            for statement in (one for upgrade in _UPGRADES[version - 1 :] for one in upgrade):
                run(statement)
            if version < SCHEMA:
                run(f"PRAGMA user_version = {SCHEMA}")
        run("COMMIT")
        run("PRAGMA journal_mode = WAL")

    def _read(self) -> Saved:
        run = self._connection.execute
        accounts = [Account(*row) for row in run("SELECT host, user, password, name FROM account")]
        mailboxes = []
        flags: dict[str, frozenset[str]] = {}  # many messages, few sets
        for number, host, user, name, *box, keywords in run("SELECT * FROM mailbox ORDER BY id"):
            messages = {}
            for row in run("SELECT * FROM message WHERE mailbox = ? ORDER BY uid", (number,)):
                text = row[9]
                if text not in flags:
                    flags[text] = frozenset(text.split())
                messages[row[1]] = Message._make((*row[1:9], flags[text]))
            mailboxes.append(Mailbox(BoxKey(host, user, name), Box._make((*box, tuple(keywords.split()))), messages))
        queue = [_queued(*row) for row in run("SELECT * FROM queued")]
        held = [
            Held(name, host, tuple(users.split("\n")[:-1]), body, release)
            for host, name, users, body, release in run("SELECT * FROM held")
        ]
        subscriptions = [BoxKey(*row) for row in run("SELECT host, user, name FROM subscription")]
        (last_body,) = run("SELECT ifnull(max(seq), 0) FROM sqlite_sequence WHERE name = 'body'").fetchone()
        counters = dict(run("SELECT * FROM counter"))
        return Saved(accounts, mailboxes, queue, held, subscriptions, counters, last_body + 1)

    def _transact(self, rows: Mapping[str, Iterable[tuple[object, ...]]]) -> None:
        """Run each statement for each of its rows, in one transaction that is rolled back at any exception."""
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            for statement, values in rows.items():
                self._connection.executemany(statement, values)
            self._connection.execute("COMMIT")
        except BaseException:
            with suppress(sqlite3.Error):  # after some failures SQLite has rolled back by itself
                self._connection.execute("ROLLBACK")
            raise

    def _cell(self, column: str, body: int) -> Any:
        try:
            row = self._connection.execute(f"SELECT {column} FROM body WHERE id = ?", (body,)).fetchone()
        except sqlite3.Error as error:
            raise _refusal(self._path, error) from error
        if row is None:
            raise KeyError(body)
        return row[0]


def check(path: str) -> None:
    """Raise StateError where the state file cannot be used now; no octet of what it holds changes.

    A file that is not there yet is not created.
    """
    real = os.path.realpath(path)
    try:
        _look(path, real)
        if not os.path.exists(real):
            return
        connection = sqlite3.connect(real, timeout=0, isolation_level=None)
        try:
            connection.execute("BEGIN EXCLUSIVE")
        finally:
            connection.close()
    except sqlite3.Error as error:
        raise _refusal(path, error) from error


def _key(what: What) -> tuple[object, ...]:
    """The columns that a row is found by."""
    return (*what[1], *what[2:]) if isinstance(what[1], BoxKey) else what[1:]


def _columns(value: Value) -> tuple[object, ...]:
    """The columns of a row that follow its key."""
    match value:
        case Account(_, user, password, name):
            return user, password, name
        case Message(flags=flags):
            return (*value[1:8], " ".join(sorted(flags)))
        case Queued(recipients=recipients):
            lines = "".join("\t".join((one.address, ",".join(one.notify), *one[2:])) + "\n" for one in recipients)
            return (value.reverse_path, lines, *value[4:8], *value.terms, value.attempts, value.warned)
        case Held(users=users):
            return ("".join(f"{user}\n" for user in users), value.body, value.release)
        case Box(keywords=keywords):
            return (*value[:5], " ".join(keywords))
        case _:
            return (value,)


def _queued(host: str, name: str, path: str, lines: str, body: int, size: int, arrived: int, *rest: Any) -> Queued:
    """A row of the queue; a recipient of schema 1 is its address alone, one of schema 2 has no answers."""
    recipients = []
    for line in lines.split("\n")[:-1]:
        address, *wishes = line.split("\t")
        notify = tuple(wishes[0].split(",")) if wishes and wishes[0] else ()
        recipients.append(Recipient(address, notify, *wishes[1:]))
    release, bits, utf8, returns, envelope_id, deliver_by, late, traced, priority, hold, attempts, warned = rest
    terms = Terms(bits, bool(utf8), returns, envelope_id, deliver_by, late, bool(traced), priority, hold)
    found = tuple(recipients)
    return Queued(name, host, path, found, body, size, Instant(arrived), release, terms, attempts, bool(warned))


def _look(path: str, real: str) -> None:
    """Raise StateError, or the error of SQLite, for what must not be opened for writing: that might change it."""
    folder = os.path.dirname(real)
    if not os.path.isdir(folder):
        problem = "is not a folder" if os.path.lexists(folder) else "does not exist"
        raise StateError(f"{path} cannot be opened: {folder} {problem}. Create that folder, or name another file.")
    if os.path.exists(real) and not os.path.isfile(real):
        raise StateError(f"{path} is a folder or a device, not a file. Name another file.")
    if not os.path.exists(real) or not os.path.getsize(real):
        return
    application, version = _stamp(real)
    if application != APPLICATION:
        raise _foreign(path)
    version = max(version, _wal_version(real))
    if version > SCHEMA:
        raise StateError(
            f"{path} was written by a newer mailshell (schema {version}, this one knows {SCHEMA}) and was left"
            " untouched. Use the newer mailshell, or name another file."
        )


def _stamp(real: str) -> tuple[int, int]:
    """The application id and the schema version of a file, read without a lock and without a change.

    SQLite itself reads the header: closing a file that is open twice would give up the locks of the whole process.
    """
    address = real.replace("%", "%25").replace("?", "%3f").replace("#", "%23")
    connection = sqlite3.connect(f"file://{address}?mode=ro&immutable=1", uri=True)
    try:
        (application,) = connection.execute("PRAGMA application_id").fetchone()
        (version,) = connection.execute("PRAGMA user_version").fetchone()
    finally:
        connection.close()
    return application, version


def _wal_version(real: str) -> int:
    """The newest schema version in the WAL that a killed process left behind, 0 if there is none.

    A frame is a header of 24 octets and a page; it counts if its salt is that of the WAL (sqlite.org/fileformat2.html).
    The checksums are left out: it does no harm to take a torn frame with our mark and a higher version at its word.
    """
    newest = 0
    with suppress(OSError), open(real + "-wal", "rb") as wal:
        head = wal.read(32)
        page_size = int.from_bytes(head[8:12], "big")
        while len(frame := wal.read(24 + 100)) == 24 + 100 and frame[8:16] == head[16:24]:
            if frame[:4] == b"\0\0\0\1" and frame[92:96] == APPLICATION.to_bytes(4, "big"):
                newest = max(newest, int.from_bytes(frame[84:88], "big"))
            wal.seek(page_size - 100, os.SEEK_CUR)
    return newest


def _refusal(path: str, error: sqlite3.Error) -> StateError:
    """Put in plain words why a file cannot be used."""
    code = _code(error)
    if code == sqlite3.SQLITE_BUSY:
        return StateError(f"{path} is locked: another mailshell is using it. Close that one, or name another file.")
    if code == sqlite3.SQLITE_NOTADB:
        return _foreign(path)
    if code not in _NO_ACCESS:
        return StateError(f"{path} is damaged ({error}). Put a good copy in its place, or name another file.")
    real = os.path.realpath(path)
    folder = os.path.dirname(real)
    if os.path.exists(real) and not _may(real, os.R_OK | os.W_OK):
        return StateError(f"{path} may not be read and written. Change its permissions, or name another file.")
    if not _may(folder, os.W_OK | os.X_OK):
        return StateError(f"{path} needs a folder that may be written, and {folder} may not. Name another file.")
    return StateError(f"{path} cannot be used ({error}). Make room on its disk, or name another file.")


def _foreign(path: str) -> StateError:
    return StateError(f"{path} is not a state file of mailshell and was left untouched. Name another file.")


def _may(path: str, mode: int) -> bool:
    return os.access(path, mode, effective_ids=os.access in os.supports_effective_ids)


def _code(error: sqlite3.Error) -> int:
    """The primary result code of SQLite, 0 where the module itself complains (as about a closed file)."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF
