"""`mailshell serve --pop3`: sessions over sockets, and what a +OK to QUIT promises."""

import contextlib
import poplib
import random
import signal
import socket
import struct
import threading
import time
from hashlib import md5

import pytest

from mailshell.core.clock import Instant
from mailshell.mail.disk import Disk
from mailshell.mail.store import BoxKey, Store
from mailshell.world.start import build
from tests.serving import PATIENCE, Nursery, Wire, free_port, serving

pytestmark = pytest.mark.process

INBOX = BoxKey("nyu.edu", "bob", "INBOX")
ROUNDS = 40
EACH = 5


def uids(path) -> list[int]:
    """The messages that a state file has for bob, by their uids."""
    store = Store(disk=Disk(str(path)))
    try:
        mailbox = store.mailbox(INBOX)
        assert mailbox is not None
        return list(mailbox.messages)
    finally:
        store.close()


@pytest.fixture
def state(tmp_path):
    return tmp_path / "state"


@pytest.fixture
def server(tmp_path, state):
    with serving(tmp_path, "--pop3", "0", "--state", str(state)) as served:
        yield served


def login(port: int) -> poplib.POP3:
    """A session in its transaction phase; closed where that is refused."""
    found = poplib.POP3("127.0.0.1", port, timeout=PATIENCE)
    try:
        found.user("bob")
        found.pass_("hungry")
    except BaseException:
        found.close()
        raise
    return found


def client(server) -> poplib.POP3:
    return login(server.ports["pop3"])


def test_poplib_from_login_to_quit(server, state):
    text = b"Subject: dots\r\n\r\n.\r\n..two\r\nplain\r\n"
    with Wire(server.port) as wire:
        assert wire.hello().mail(text.decode().replace("\r\n.", "\r\n..").removesuffix("\r\n")).startswith(b"250")
    found = client(server)
    assert found.getwelcome().startswith(b"+OK")
    count, octets = found.stat()
    sizes = [int(line.split()[1]) for line in found.list()[1]]
    assert (count, sum(sizes), sizes[:2]) == (3, octets, [498, 912])
    _, lines, stuffed = found.retr(3)
    assert b"\r\n".join([*lines, b""]).endswith(text)
    assert sum(len(line) + 2 for line in lines) == sizes[2]
    assert stuffed == sizes[2], "poplib has taken the stuffed dots off"
    assert found.top(3, 1)[1][-1] == b"."
    ids = found.uidl()[1]
    assert found.uidl(3).split()[2] == ids[2].split()[1]
    assert found.capa()["UTF8"] == ["USER"]
    found.dele(1)
    with pytest.raises(poplib.error_proto, match="marked"):
        found.retr(1)
    found.rset()
    found.dele(2)
    found.noop()
    assert found.quit().endswith(b"(2 messages left)")
    again = client(server)
    assert again.uidl()[1] == [b"1 " + ids[0].split()[1], b"2 " + ids[2].split()[1]]
    again.quit()
    assert server.stop() == 0
    assert uids(state) == [1, 3]


def test_poplib_with_apop_and_utf8(server):
    found = poplib.POP3("127.0.0.1", server.ports["pop3"], timeout=PATIENCE)
    found.utf8()
    found.apop("bob", "hungry")
    assert found.stat() == (2, 1410)
    found.quit()


def test_a_digest_is_of_no_use_on_the_next_connection(server):
    digests = set()
    for _ in range(2):
        found = poplib.POP3("127.0.0.1", server.ports["pop3"], timeout=PATIENCE)
        stamp = found.getwelcome().split()[-1]
        digests.add(md5(stamp + b"hungry", usedforsecurity=False).hexdigest())
        found.quit()
    assert len(digests) == 2


def _closes(found: poplib.POP3) -> None:
    found.sock.shutdown(socket.SHUT_RDWR)
    found.close()


def _sends_no_more(found: poplib.POP3) -> None:
    """It would still read, and never closes."""
    found.sock.shutdown(socket.SHUT_WR)


def _breaks(found: poplib.POP3) -> None:
    """A reset, as from a program that was killed while answers waited for it."""
    found.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    found.file.close()
    found.sock.close()


@pytest.mark.parametrize("vanishes", [_closes, _sends_no_more, _breaks])
def test_the_lock_of_a_client_that_vanished_is_free(server, state, vanishes):
    first = client(server)
    first.dele(1)
    with pytest.raises(poplib.error_proto, match="IN-USE"):
        client(server)
    vanishes(first)
    end = time.monotonic() + PATIENCE
    while True:
        try:
            second = client(server)
            break
        except poplib.error_proto:
            assert time.monotonic() < end
    assert second.stat() == (2, 1410)
    second.quit()
    with contextlib.suppress(OSError):
        first.close()
    assert server.stop() == 0
    assert uids(state) == [1, 2]


def test_a_server_that_stops_deletes_nothing(server, state):
    found = client(server)
    found.dele(1)
    assert server.stop() == 0
    assert found.file.readline() == b""
    found.close()
    assert uids(state) == [1, 2]


# What a +OK promises


class Reader(threading.Thread):
    """Deletes the first messages of the maildrop in session after session, until the server is gone."""

    def __init__(self, port: int, done: threading.Semaphore) -> None:
        super().__init__()
        self.port, self.done = port, done
        self.deleted: list[bytes] = []
        self.asked: list[list[bytes]] = []

    def run(self) -> None:
        with contextlib.suppress(OSError, AssertionError):
            while True:
                with Wire(self.port) as wire:
                    self.session(wire)

    def session(self, wire: Wire) -> None:
        def ask(line: str) -> None:
            wire.send(f"{line}\r\n".encode())
            assert wire.file.readline().startswith(b"+OK")

        assert wire.file.readline().startswith(b"+OK")
        for line in ("USER bob", "PASS hungry", "UIDL"):
            ask(line)
        ids = [line.split()[1] for line in iter(wire.line, b".\r\n")][:EACH]
        for number in range(1, len(ids) + 1):
            ask(f"DELE {number}")
        self.asked.append(ids)
        ask("QUIT")
        self.deleted += ids
        self.done.release()


def fill(path) -> set[bytes]:
    """Put many messages into a new state file; their unique-ids."""
    store = Store(disk=Disk(str(path)))
    build("lecture", store=store)
    body = store.keep(b"Subject: a\r\n\r\nb\r\n")
    for _ in range(4000):
        store.append(INBOX, body, at=Instant(0))
    store.commit()
    mailbox = store.mailbox(INBOX)
    assert mailbox is not None
    names = {b"%d.%d" % (mailbox.box.uidvalidity, uid) for uid in mailbox.messages}
    store.close()
    return names


def left(path) -> set[bytes]:
    store = Store(disk=Disk(str(path)))
    mailbox = store.mailbox(INBOX)
    assert mailbox is not None
    names = {b"%d.%d" % (mailbox.box.uidvalidity, uid) for uid in mailbox.messages}
    store.close()
    return names


def test_what_quit_removed_stays_away_and_nothing_else_goes(state):
    chance, port, start = random.Random(1939), free_port(), fill(state)
    deleted, asked = set[bytes](), list[list[bytes]]()
    with Nursery() as nursery:
        for _ in range(ROUNDS):
            nursery.start("serve", "--pop3", str(port), "--state", str(state))
            done = threading.Semaphore(0)
            end = time.monotonic() + PATIENCE
            while True:
                with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
                    break
                assert time.monotonic() < end
            reader = Reader(port, done)
            reader.start()
            for _ in range(chance.randint(1, 8)):
                assert done.acquire(timeout=PATIENCE)
            assert nursery.kill() == signal.SIGKILL
            reader.join()
            deleted.update(reader.deleted)
            asked += reader.asked
    kept = left(state)
    assert len(deleted) >= ROUNDS * EACH
    assert not deleted & kept, "what +OK promised is gone for good"
    gone = start - kept
    assert gone <= {each for ids in asked for each in ids}, "nothing is gone that nobody marked"
    for ids in asked:
        assert set(ids) <= gone or not set(ids) & gone or set(ids) & deleted, "an update is whole, or did not happen"
