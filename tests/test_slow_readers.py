"""Commands that come faster than their answers are read: what waits, what it costs, and that nothing of it is lost."""

import poplib
import re
import socket
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import pytest

from mailshell.core.record import Closed, Exchange
from mailshell.mail.host import Traits
from mailshell.mail.store import BoxKey
from mailshell.world import world as worlds
from mailshell.world.start import DEFAULT_HOST, STUDENT, build
from tests.serving import PATIENCE, Served, Wire, serving

LOGIN = b"USER bob\r\nPASS hungry\r\n"
GROUPS = {
    "pop3": LOGIN + b"LIST\r\nRETR 1\r\nDELE 1\r\nRETR 1\r\nUIDL\r\nNOPE\r\nQUIT\r\nNOOP\r\n",
    "smtp": b"EHLO a.test\r\nHELP\r\nNOOP\r\nMAIL FROM:<a@a.test>\r\nRCPT TO:<bob@nyu.edu>\r\nDATA\r\n"
    b"Subject: x\r\n\r\nx\r\n.\r\nRSET\r\nHELO b\r\nVRFY bob\r\nNOOP\r\nQUIT\r\nNOOP\r\n",
    "imap": b"a LOGIN bob hungry\r\nb SELECT INBOX\r\nc FETCH 1:* BODY[]\r\nd STORE 1 FLAGS {9+}\r\n(\\Seen a)\r\n"
    b"e APPEND INBOX {5}\r\nhello\r\nf IDLE\r\nDONE\r\ng EXPUNGE\r\nh LOGOUT\r\ni NOOP\r\n",
}
ASKED = 300


@pytest.mark.parametrize("era", ["today", "1995"])
@pytest.mark.parametrize("protocol", GROUPS)
@pytest.mark.parametrize("most", [0, 100])
def test_what_waits_has_the_same_records(protocol, era, most, monkeypatch):
    """Notes on who did not wait included: the client of a command that waits has not waited for the answer before."""
    monkeypatch.setattr(worlds, "ANSWERS", most)
    told, sent = [], []
    for kind in ("typed", "tcp"):
        world = build("lecture", traits=Traits(era=era))
        link = world.open(DEFAULT_HOST, protocol, STUDENT, lambda octets, last: sent.append(octets), kind)
        world.settle()
        world.feed(link, GROUPS[protocol])
        world.settle()
        assert link.session.waits == (kind == "tcp")
        while link.session.waits:
            world.feed(link, b"")
            world.settle()
        told.append([entry.record for entry in world.transcript.entries])
    assert told[0] == told[1]
    assert len(sent) > 4, "in pieces"


def test_a_peer_that_is_gone_gets_nothing_done(monkeypatch):
    """Without its QUIT the server may not remove anything (RFC 1939 section 6)."""
    monkeypatch.setattr(worlds, "ANSWERS", 0)
    world = build("lecture")
    link = world.open(DEFAULT_HOST, "pop3", STUDENT, lambda octets, last: None, "tcp")
    world.feed(link, LOGIN)
    while link.session.waits:
        world.feed(link, b"")
    world.feed(link, b"DELE 1\r\nQUIT\r\n")
    world.feed_eof(link)
    world.settle()
    assert link.closed
    assert not link.session.waits
    assert isinstance(world.transcript.entries[-1].record, Closed)
    assert len([entry for entry in world.transcript.entries if isinstance(entry.record, Exchange)]) == 3, "up to DELE"


def test_who_never_reads_is_timed_out(monkeypatch):
    monkeypatch.setattr(worlds, "ANSWERS", 0)
    world = build("lecture")
    link = world.open(DEFAULT_HOST, "pop3", STUDENT, lambda octets, last: None, "tcp")
    world.feed(link, LOGIN)
    due = world.due()
    assert due is not None
    assert link.session.waits
    world.advance(due)
    assert link.closed
    assert not link.session.waits


def test_a_large_answer_is_copied_once():
    world = build("lecture")
    text = b"Subject: large\r\n\r\n" + (b"x" * 70 + b"\r\n") * 100_000
    world.store.append(BoxKey(DEFAULT_HOST, "bob", "INBOX"), world.store.keep(text), at=world.clock.now())
    sent: list[bytes] = []
    link = world.open(DEFAULT_HOST, "pop3", STUDENT, lambda octets, last: sent.append(octets), "tcp")
    world.feed(link, LOGIN)
    world.settle()
    tracemalloc.start()
    world.feed(link, b"RETR 3\r\n")
    world.settle()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert sent[-1] == b"+OK %d octets\r\n%s.\r\n" % (len(text), text)
    assert len(text) < peak < 1.1 * len(text)


@pytest.fixture
def server(tmp_path) -> Iterator[Served]:
    with serving(tmp_path, protocols=("smtp", "pop3")) as served:
        yield served


def most_memory(server: Served) -> float:
    """The most memory that it has had, in MiB."""
    found = re.search(r"VmHWM:\s*(\d+) kB", Path(f"/proc/{server.process.pid}/status").read_text())
    assert found is not None
    return int(found[1]) / 1024


def login(server: Served, user: str, password: str) -> poplib.POP3:
    found = poplib.POP3("127.0.0.1", server.ports["pop3"], timeout=PATIENCE)
    found.user(user)
    found.pass_(password)
    return found


def lines(file: IO[bytes]) -> bytes:
    """An answer of many lines, from its +OK to its dot."""
    found = [file.readline()]
    while found[-1] not in (b".\r\n", b""):
        found.append(file.readline())
    return b"".join(found)


@pytest.mark.process
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs /proc")
def test_many_large_answers_at_once_take_little_memory(server):
    """A client asks for 300 megabytes in one go and reads them when it likes; everybody is served meanwhile."""
    with Wire(server.port) as wire:
        wire.hello()
        for number in range(2):
            text = "\r\n".join([f"Subject: {number}", "", *["..dot", "x" * 70] * 13_000])
            assert wire.mail(text).startswith(b"250")
    other = login(server, "carol", "garden")
    with socket.socket() as slow:
        slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 32 * 1024)
        slow.settimeout(PATIENCE)
        slow.connect(("127.0.0.1", server.ports["pop3"]))
        file = slow.makefile("rb")
        slow.sendall(LOGIN + b"RETR 3\r\nRETR 4\r\n")
        assert [file.readline()[:3] for _ in range(3)] == [b"+OK"] * 3
        messages = lines(file), lines(file)
        assert min(map(len, messages)) > 1_000_000
        before = most_memory(server)
        slow.sendall(b"RETR 3\r\nRETR 4\r\n" * (ASKED // 2) + b"DELE 3\r\nQUIT\r\n")
        slow.shutdown(socket.SHUT_WR)
        for count in range(ASKED):
            assert file.read(len(messages[count % 2])) == messages[count % 2], count
            if count % 10 == 0:
                assert other.noop().startswith(b"+OK")
        assert [line[:3] for line in file] == [b"+OK", b"+OK"], "the answers to DELE and QUIT"
    assert most_memory(server) - before < 40
    other.quit()
    again = login(server, "bob", "hungry")
    assert again.stat()[0] == 3
    again.quit()
