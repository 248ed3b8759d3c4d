"""The state file: what it keeps, what it survives, what it refuses."""

import hashlib
import os
import resource
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from mailshell.core.clock import Instant
from mailshell.mail.disk import APPLICATION, SCHEMA, Disk
from mailshell.mail.queue import Recipient, Terms
from mailshell.mail.store import Account, BoxKey, Full, Message, StateError, Store
from tests.test_store import INBOX, NOON, SENT, picture

ROOT = Path(__file__).parents[1]


def opened(path, **options) -> Store:
    return Store(disk=Disk(str(path)), **options)


def sql(store: Store, statement: str):
    """Run a statement behind the store's back; the answer is its first row."""
    assert store._disk is not None
    return store._disk._connection.execute(statement).fetchone()


def messages_of(store: Store, key: BoxKey) -> dict[int, Message]:
    mailbox = store.mailbox(key)
    assert mailbox is not None
    return mailbox.messages


def fill(store: Store) -> None:
    """One of everything, with octets and text of every kind."""
    store.add_account(Account("nyu.edu", "Bob", "hun\0gry \N{SNOWMAN}", "Bob"))
    store.create(INBOX)
    store.create(SENT)
    body = store.keep(bytes(range(256)) * 40)
    store.append(INBOX, body, at=NOON, zone=-330, flags=frozenset({"\\Seen", "$Forwarded"}))
    store.append(INBOX, store.keep(b""), at=NOON)
    store.append(SENT, body, at=NOON, flags=frozenset({"\\Seen", "$Forwarded"}))
    store.enqueue("nyu.edu", "1", "bob@nyu.edu", (Recipient("a@b.test"), Recipient('"x y"@b.test')), body, NOON)
    terms = Terms("8BITMIME", True, "HDRS", "a+2Bb", Instant(NOON + 5), "R", True, -3, "for;60")
    asked = (Recipient("a@b.test", ("SUCCESS", "DELAY"), "rfc822;a@b.test"), Recipient("\xfc@b.test", ("NEVER",)))
    store.enqueue("nyu.edu", "2", "\xfc@b.test", asked, body, NOON, terms=terms, release=Instant(NOON + 7))
    store.hold("nyu.edu", "3", ("Bob", "bob two"), body, Instant(NOON + 9))
    store.enqueue("lancs.uk", "1", "", (), body, Instant(-1))


def prints(folder: Path) -> dict[str, str]:
    """The digest of each file of a folder: files that were not touched have the same."""
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir() if path.is_file()}


def refused(path, *words: str) -> None:
    with pytest.raises(StateError) as caught:
        opened(path)
    text = str(caught.value)
    assert str(path) in text
    assert text.endswith(".")
    for word in words:
        assert word in text


@contextmanager
def full_disk(store: Store):
    """Let the file not grow."""
    sql(store, f"PRAGMA max_page_count = {sql(store, 'PRAGMA page_count')[0]}")
    yield
    sql(store, "PRAGMA max_page_count = 1000000")


@contextmanager
def failing_disk(path: Path):
    """Let the system refuse to make the files of a state larger: the write itself fails."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    size = max(os.path.getsize(name) for name in (path, f"{path}-wal") if os.path.exists(name))
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_state_survives_closing(tmp_path):
    path = tmp_path / "state"
    store = opened(path)
    fill(store)
    before = picture(store)
    store.commit()
    assert picture(store) == before
    store.close()
    assert [name.name for name in tmp_path.iterdir()] == ["state"]
    store = opened(path)
    assert picture(store) == before
    assert (store.changes, store.head) == (0, -1)
    assert store.create(BoxKey("nyu.edu", "bob", "Trash")).box.uidvalidity == 3
    assert store.durable
    message = store.append(INBOX, 1, at=NOON)
    assert (message.uid, message.modseq, message.size) == (3, 4, 10240)
    store.close()


def test_the_file_is_marked(tmp_path):
    path = tmp_path / "state"
    opened(path).close()
    header = path.read_bytes()[:100]
    assert header[60:64] == SCHEMA.to_bytes(4, "big")
    assert header[68:72] == APPLICATION.to_bytes(4, "big") == b"mshl"
    assert header[18:20] == b"\2\2"  # WAL


def test_every_commit_is_synced(tmp_path):
    store = opened(tmp_path / "state")
    assert sql(store, "PRAGMA synchronous") == (2,)
    assert sql(store, "PRAGMA journal_mode") == ("wal",)
    store.close()


def test_strange_names_are_plain_files(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in (":memory:", "file:x?mode=memory", "50%25#?", "caf\udce9"):
        store = opened(name)
        store.number("a")
        store.commit()
        store.close()
        assert os.path.getsize(name) > 0
        store = opened(name)
        assert store.number("a") == 2
        store.close()


def test_an_empty_file_is_new(tmp_path):
    path = tmp_path / "state"
    path.touch()
    store = opened(path)
    fill(store)
    store.commit()
    store.close()
    opened(path).close()


def test_a_link_to_a_file_is_followed(tmp_path):
    (tmp_path / "link").symlink_to(tmp_path / "state")
    store = opened(tmp_path / "link")
    store.number("a")
    store.commit()
    store.close()
    store = opened(tmp_path / "state")
    assert store.number("a") == 2
    store.close()


def test_what_is_not_committed_is_lost(tmp_path):
    path = tmp_path / "state"
    store = opened(path)
    fill(store)
    store.commit()
    before = picture(store)
    store.append(INBOX, store.keep(b"lost"), at=NOON)
    store.close()
    store = opened(path)
    assert picture(store) == before
    store.close()


def test_octets_are_in_the_file_only(tmp_path):
    store = opened(tmp_path / "state", limit=3)
    store.create(INBOX)
    body = store.keep(b"more than the limit")
    assert store.octets(body) == b"more than the limit"
    store.commit()
    assert store._bodies == {}
    assert store.octets(body) == b"more than the limit"
    assert store.append(INBOX, body, at=NOON).size == 19
    for ask in (store.octets, lambda number: store.append(INBOX, number, at=NOON)):
        with pytest.raises(KeyError):
            ask(body + 1)
    store.close()


def test_a_body_that_nothing_refers_to_goes_and_its_number_with_it(tmp_path):
    path = tmp_path / "state"
    store = opened(path)
    store.create(INBOX)
    used, queued, unused = store.keep(b"used"), store.keep(b"queued"), store.keep(b"unused")
    store.append(INBOX, used, at=NOON)
    store.enqueue("nyu.edu", "1", "", (), queued, NOON)
    store.commit()
    assert store.octets(unused) == b"unused"
    store.close()
    for _ in range(2):
        store = opened(path)
        assert (store.octets(used), store.octets(queued)) == (b"used", b"queued")
        with pytest.raises(KeyError):
            store.octets(unused)
        assert store.keep(b"new") > unused
        store.close()


def test_an_empty_commit_writes_nothing(tmp_path):
    store = opened(tmp_path / "state")
    store.number("a")
    store.commit()
    before = prints(tmp_path)
    store.commit()
    store.rollback()
    store.commit()
    assert prints(tmp_path) == before
    store.close()


def test_a_rewind_is_written_by_the_next_commit(tmp_path):
    path = tmp_path / "state"
    store = opened(path, history=True)
    store.create(INBOX)
    store.commit()
    middle, empty = store.head, picture(store)
    message = store.append(INBOX, store.keep(b"one"), at=NOON)
    store.create(SENT)
    store.append(SENT, message.body, at=NOON)
    store.add_account(Account("nyu.edu", "bob", "hungry", "Bob"))
    store.enqueue("nyu.edu", "1", "", (), message.body, NOON)
    store.commit()
    end, full = store.head, picture(store)
    for head, expected in ((middle, empty), (end, full), (-1, picture(Store())), (end, full)):
        store.rewind(head)
        store.commit()
        copy = tmp_path / "copy"  # what a killed process would leave
        shutil.copy(path, copy)
        shutil.copy(f"{path}-wal", f"{copy}-wal")
        other = opened(copy)
        assert picture(other) == expected == picture(store)
        other.close()
    store.close()


@pytest.mark.parametrize("trouble", ["full", "failing"])
@pytest.mark.parametrize("history", [False, True])
def test_a_full_disk_loses_the_batch_only(tmp_path, trouble, history):
    path = tmp_path / "state"
    store = opened(path, history=history)
    fill(store)
    store.commit()
    before, changes = picture(store), store.changes
    with full_disk(store) if trouble == "full" else failing_disk(path):
        for _ in range(3):
            store.append(INBOX, store.keep(b"x" * 1_000_000), at=NOON)
            store.number("a")
            with pytest.raises(Full, match=f"^Nothing was saved: {path} could not be written"):
                store.commit()
            assert picture(store) == before
            assert store.changes == changes
    store.append(INBOX, store.keep(b"y" * 1_000_000), at=NOON)
    store.commit()
    after = picture(store)
    store.close()
    store = opened(path)
    assert picture(store) == after
    assert sql(store, "PRAGMA integrity_check") == ("ok",)
    store.close()


def test_a_state_on_a_full_disk_can_be_read(tmp_path):
    path = tmp_path / "state"
    store = opened(path)
    fill(store)
    store.keep(b"unused" * 100)
    store.commit()
    before = picture(store)
    store.close()
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, limits[1]))
    try:
        store = opened(path)
        assert picture(store) == before
        store.number("a")
        with pytest.raises(Full):
            store.commit()
        store.close()
        refused(tmp_path / "new", "cannot be used", "Make room on its disk")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    store = opened(path)
    assert picture(store) == before
    store.close()
    opened(tmp_path / "new").close()


def test_text_that_is_no_text_is_rolled_back(tmp_path):
    store = opened(tmp_path / "state")
    fill(store)
    store.commit()
    before = picture(store)
    store.append(INBOX, store.keep(b"x"), at=NOON)
    store.enqueue("nyu.edu", "3", "\udcff", (), 1, NOON)
    with pytest.raises(UnicodeEncodeError):
        store.commit()
    assert picture(store) == before
    store.number("a")
    store.commit()
    store.close()


def test_a_locked_file_is_refused(tmp_path):
    path = tmp_path / "state"
    store = opened(path)
    refused(path, "is locked: another mailshell is using it")
    store.number("a")
    store.commit()
    refused(path, "is locked: another mailshell is using it")
    store.close()
    opened(path).close()


@pytest.mark.process
def test_a_locked_file_is_refused_to_other_processes(tmp_path):
    path = tmp_path / "state"
    script = "import sys; from mailshell.mail.disk import Disk; Disk(sys.argv[1])"
    store = opened(path)
    for _ in range(2):
        run = subprocess.run([sys.executable, "-c", script, path], cwd=ROOT, capture_output=True, text=True)
        assert run.returncode == 1
        assert f"{path} is locked: another mailshell is using it" in run.stderr
        refused(path, "is locked")  # being refused here must not give up the lock that keeps the others out
    store.close()
    subprocess.run([sys.executable, "-c", script, path], cwd=ROOT, check=True)


def foreign_database(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE precious (a)")
    connection.commit()
    connection.close()


def leave_as_killed(path: Path, *statements: str) -> None:
    """Change a database, and leave the files as a process does that is killed before it closes them."""
    work = path.with_name("work")
    work.mkdir()
    if path.exists():
        shutil.copy(path, work)
    connection = sqlite3.connect(work / path.name, isolation_level=None)
    for statement in ("PRAGMA locking_mode = EXCLUSIVE", "PRAGMA journal_mode = WAL", *statements):
        connection.execute(statement)
    shutil.copy(work / path.name, path)
    shutil.copy(work / f"{path.name}-wal", f"{path}-wal")
    connection.close()
    shutil.rmtree(work)


def test_what_is_not_a_state_file_is_left_untouched(tmp_path):
    foreign_database(tmp_path / "database")
    (tmp_path / "tiny").write_bytes(b"h")
    (tmp_path / "letter").write_bytes(b"Dear diary\n" * 1000)
    (tmp_path / "zeros").write_bytes(bytes(8192))
    (tmp_path / "half").write_bytes((tmp_path / "database").read_bytes()[:60])
    leave_as_killed(tmp_path / "wal", "CREATE TABLE precious (a)")
    assert (tmp_path / "wal-wal").stat().st_size > 0
    before = prints(tmp_path)
    for name in ("database", "tiny", "letter", "zeros", "half", "wal"):
        refused(tmp_path / name, "is not a state file of mailshell and was left untouched")
    assert prints(tmp_path) == before


def test_a_newer_file_is_left_untouched(tmp_path):
    path = tmp_path / "state"
    opened(path).close()
    connection = sqlite3.connect(path)
    connection.execute(f"PRAGMA user_version = {SCHEMA + 1}")
    connection.close()
    before = prints(tmp_path)
    refused(path, f"newer mailshell (schema {SCHEMA + 1}, this one knows {SCHEMA})", "was left untouched")
    assert prints(tmp_path) == before


def test_a_newer_file_is_known_by_its_wal(tmp_path):
    path = tmp_path / "state"
    store = opened(path)
    fill(store)
    store.commit()
    store.close()
    leave_as_killed(path, "CREATE TABLE another (a)", f"PRAGMA user_version = {SCHEMA + 6}")
    before = prints(tmp_path)
    assert sorted(before) == ["state", "state-wal"]
    refused(path, f"newer mailshell (schema {SCHEMA + 6}, this one knows {SCHEMA})", "was left untouched")
    assert prints(tmp_path) == before


def test_a_folder_must_exist(tmp_path):
    refused(tmp_path / "missing" / "state", f"{tmp_path / 'missing'} does not exist")
    (tmp_path / "file").touch()
    refused(tmp_path / "file" / "state", f"{tmp_path / 'file'} is not a folder")
    refused(tmp_path, "is a folder or a device")
    refused("/dev/null", "is a folder or a device")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file"]


@contextmanager
def nobody():
    """Be a user who may not do everything."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def shared():
    """A folder that another user can get at."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "folder"
        folder.mkdir()
        os.chmod(name, 0o755)
        yield folder
        os.chmod(folder, 0o755)


def test_permissions_are_told_apart(shared):
    path = shared / "state"
    opened(path).close()
    for file, folder, words in (
        (0o444, 0o777, f"{path} may not be read and written"),
        (0o000, 0o777, f"{path} may not be read and written"),
        (0o666, 0o555, f"{shared} may not"),
    ):
        os.chmod(path, file)
        os.chmod(shared, folder)
        before = prints(shared) if os.access(path, os.R_OK) else {}
        with nobody():
            refused(path, words)
        assert (prints(shared) if os.access(path, os.R_OK) else {}) == before
    with nobody():
        refused(shared / "new", f"{shared} may not", "Name another file")
    os.chmod(shared, 0o777)
    with nobody():
        opened(path).close()


def test_a_name_that_the_system_refuses_is_refused(tmp_path):
    refused(tmp_path / ("x" * 300), "cannot be used")


def damaged(path: Path, how: str) -> None:
    store = opened(path)
    fill(store)
    for _ in range(200):
        store.append(INBOX, store.keep(b"x" * 1000), at=NOON)
    store.commit()
    store.close()
    data = path.read_bytes()
    if how == "cut":
        path.write_bytes(data[: len(data) // 8192 * 4096])
    elif how == "schema":
        path.write_bytes(data[:100] + b"\xee" * 3996 + data[4096:])
    elif how == "pages":
        path.write_bytes(data[:4096] + b"\xee" * (len(data) - 4096))
    else:
        connection = sqlite3.connect(path)
        connection.execute("DROP TABLE counter")
        connection.close()


@pytest.mark.parametrize("how", ["cut", "schema", "pages", "table"])
def test_a_damaged_file_is_refused(tmp_path, how):
    path = tmp_path / "state"
    damaged(path, how)
    refused(path, "is damaged", "Put a good copy in its place")
    refused(path, "is damaged")  # and not locked


def test_damage_that_is_met_later_is_told(tmp_path):
    path = tmp_path / "state"
    store = opened(path)
    fill(store)
    store.commit()
    before = picture(store)
    sql(store, "DROP TABLE counter")
    store.number("a")
    with pytest.raises(StateError, match="is damaged"):
        store.commit()
    assert picture(store) == before
    sql(store, "DROP TABLE body")
    with pytest.raises(StateError, match="is damaged"):
        store.octets(1)
    store.close()


def test_a_closed_file_says_so(tmp_path):
    store = opened(tmp_path / "state")
    store.close()
    store.close()
    store.number("a")
    with pytest.raises(StateError, match="closed"):
        store.commit()


SERVER = """
import sys
from mailshell.mail.disk import Disk
from mailshell.mail.store import BoxKey, Store
store = Store(disk=Disk(sys.argv[1]))
while True:
    number = store.number("delivery")
    octets = b"%d\\r\\n" % number * 50
    store.append(BoxKey("nyu.edu", "bob", "INBOX"), store.keep(octets), at=number)
    store.enqueue("nyu.edu", str(number), str(number), (), store.keep(octets), number)
    store.commit()
    print(number, flush=True)
"""


@pytest.mark.process
def test_kill_9_after_a_commit_loses_nothing(tmp_path):
    path = tmp_path / "state"
    store = opened(path)
    store.create(INBOX)
    store.commit()
    store.close()
    promised: list[int] = []
    rounds = 20
    for count in range(1, rounds + 1):
        with subprocess.Popen([sys.executable, "-c", SERVER, path], cwd=ROOT, stdout=subprocess.PIPE) as server:
            assert server.stdout is not None
            promised += [int(server.stdout.readline()) for _ in range(count)]
            server.kill()
            promised += [int(line) for line in server.stdout if line.endswith(b"\n")]
    store = opened(path)
    messages = messages_of(store, INBOX)
    found = [int(store.octets(message.body).split()[0]) for message in messages.values()]
    assert list(messages) == list(range(1, len(messages) + 1))
    assert set(promised) <= set(found)
    assert found == list(range(1, len(found) + 1))
    assert len(found) <= len(promised) + rounds  # at most one commit a round was not told of
    assert [int(queued.reverse_path) for queued in store.queue("nyu.edu")] == found
    for message in messages.values():
        octets = store.octets(message.body)
        assert len(octets) == message.size
        assert octets == octets[: len(octets) // 50] * 50
    store.close()


KEYS = st.sampled_from([BoxKey(host, user, name) for host in ("nyu.edu", "lancs.uk") for user in ("bob", "carol")
                        for name in ("INBOX", "a/b")])  # fmt: skip
ADDRESSES = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\n"), max_size=5)
FLAGS = st.frozensets(st.sampled_from(["\\Seen", "\\Flagged", "$Junk"]))


class Model(RuleBasedStateMachine):
    """Any order of operations, against a list of pictures: one for each number of changes after an operation."""

    @initialize(history=st.booleans(), disk=st.booleans())
    def start(self, history, disk):
        self.folder = tempfile.TemporaryDirectory(dir="/dev/shm" if os.path.isdir("/dev/shm") else None)
        self.path = os.path.join(self.folder.name, "state") if disk else None
        self.history = history
        self.open()
        self.committed = picture(self.store)

    def open(self):
        self.store = Store(history=self.history, disk=Disk(self.path) if self.path else None)
        self.seen = {-1: picture(self.store)}
        self.safe = (-1, 0)

    def note(self):
        self.seen[self.store.head] = picture(self.store)

    @rule(key=KEYS, password=ADDRESSES)
    def add_account(self, key, password):
        self.store.add_account(Account(key.host, key.user, password, key.user))
        self.note()

    @rule(key=KEYS, octets=st.binary(max_size=20), flags=FLAGS, zone=st.integers(-900, 900))
    def append(self, key, octets, flags, zone):
        if self.store.mailbox(key) is None:
            self.store.create(key)
            self.note()
        body = self.store.keep(octets)
        message = self.store.append(key, body, at=NOON, zone=zone, flags=flags)
        assert messages_of(self.store, key)[message.uid] == message
        assert self.store.octets(message.body) == octets
        self.note()

    @rule(key=KEYS, octets=st.binary(max_size=20), path=ADDRESSES, recipients=st.lists(ADDRESSES, max_size=3))
    def enqueue(self, key, octets, path, recipients):
        name, found = str(self.store.number(key.host)), tuple(map(Recipient, recipients))
        queued = self.store.enqueue(key.host, name, path, found, self.store.keep(octets), NOON)
        assert self.store.queue(key.host)[-1] == queued
        self.note()

    @rule(counter=st.sampled_from(["a", "b"]))
    def number(self, counter):
        before = self.store._counters.get(counter, 0)
        assert self.store.number(counter) == before + 1
        self.note()

    @rule()
    def commit(self):
        self.store.commit()
        self.committed = picture(self.store)
        self.safe = (self.store.head, self.store.changes)

    @rule(full=st.booleans())
    def rollback(self, full):
        if full and self.path and (self.store._pending or self.store._bodies):
            self.store.keep(bytes(1_000_000))
            with failing_disk(Path(self.path)), pytest.raises(Full):
                self.store.commit()
        else:
            self.store.rollback()
        assert picture(self.store) == self.committed
        assert (self.store.head, self.store.changes) == self.safe
        self.seen = {head: seen for head, seen in self.seen.items() if head < self.safe[1]}

    @precondition(lambda self: self.history)
    @rule(data=st.data())
    def rewind(self, data):
        here = self.store.head
        there = data.draw(st.sampled_from(sorted(self.seen)))
        for head in (there, here, there):
            self.store.rewind(head)
            assert self.store.head == head
            assert picture(self.store) == self.seen[head]

    @precondition(lambda self: self.path)
    @rule()
    def reopen(self):
        self.store.close()
        self.open()
        assert picture(self.store) == self.committed

    @invariant()
    def is_as_seen(self):
        assert picture(self.store) == self.seen[self.store.head]
        for key in (box.key for box in self.store.mailboxes("nyu.edu", "bob")):
            assert list(messages_of(self.store, key)) == list(range(1, len(messages_of(self.store, key)) + 1))

    def teardown(self):
        self.store.close()
        self.folder.cleanup()


TestModel = Model.TestCase
TestModel.settings = settings(
    max_examples=60, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
)


def test_octets_of_a_removed_message_leave_the_file(tmp_path):
    path = tmp_path / "state"
    store = Store(disk=Disk(str(path)))
    store.create(INBOX)
    body = store.keep(b"x" * 100_000)
    for _ in range(2):
        store.append(INBOX, body, at=Instant(0))
    store.commit()
    store.remove(INBOX, [1])
    store.commit()
    assert len(store.octets(body)) == 100_000
    store.remove(INBOX, [2])
    store.commit()
    with pytest.raises(KeyError):
        store.octets(body)
    store.close()
    again = Store(disk=Disk(str(path)))
    mailbox = again.mailbox(INBOX)
    assert mailbox is not None
    assert mailbox.messages == {}
    again.close()
