"""Answers of IMAP that come in pieces, so that other clients of the server are served meanwhile."""

import asyncio
import re
import tracemalloc
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailshell.core.clock import SECOND, Instant
from mailshell.core.record import Exchange
from mailshell.core.session import Peer
from mailshell.imap import limits
from mailshell.mail.faults import Faults, parse
from mailshell.mail.host import Traits
from mailshell.mail.store import Store
from mailshell.net.listen import Port, Server
from mailshell.world.start import build
from mailshell.world.world import World
from tests.imap import INBOX
from tests.serving import PATIENCE
from tests.test_world import FullDisk

COUNT = 40


class Client:
    """A TCP client: what it has been sent, and how often the server let it wait for the rest."""

    def __init__(self, world: World, user: str = "bob") -> None:
        self.world, self.got, self.pieces = world, b"", 0
        self.link = world.open("nyu.edu", "imap", Peer("client", "127.0.0.1", True), self._send, "tcp")
        world.settle()
        self.says(f"a LOGIN {user} hungry")
        self.says("a SELECT INBOX")

    def _send(self, octets: bytes, last: bool) -> None:
        self.got += octets
        self.pieces += 1

    def says(self, line: str) -> bytes:
        """The whole answer to a command, or to several."""
        self.begins(line)
        while self.link.session.waits:
            self.goes_on()
        return self.got

    def begins(self, line: str) -> None:
        """The first piece of an answer."""
        self.got, self.pieces = b"", 0
        self.world.feed(self.link, line.encode() + b"\r\n")
        self.world.settle()

    def goes_on(self) -> None:
        """The next piece."""
        self.world.feed(self.link, b"")
        self.world.settle()


def message(number: int) -> bytes:
    lines = (
        f"From: sender{number % 7}@lancs.uk",
        f"Subject: Number {number}",
        f"Date: Mon, 2 Mar 2026 10:{number:02d}:00 +0000",
        f"Message-ID: <{number}@lancs.uk>",
        f"References: <{number // 3}@lancs.uk>",
        "",
        "text " * number,
        "",
    )
    return "\r\n".join(lines).encode()


def filled() -> World:
    world = build("lecture", traits=Traits(policy="tolerant"))
    for number in range(COUNT):
        world.store.append(INBOX, world.store.keep(message(number)), at=Instant(number))
    world.store.commit()
    return world


@pytest.fixture
def small(monkeypatch):
    """Pieces of a few messages."""
    monkeypatch.setattr(limits, "BLOCK", 3)
    monkeypatch.setattr(limits, "TOLD", 2_000)
    monkeypatch.setattr(limits, "READ", 20_000)


COMMANDS = [
    "b FETCH 1:* (FLAGS UID ENVELOPE BODYSTRUCTURE)",
    "b UID FETCH 1:* BODY.PEEK[]",
    "b FETCH 1:* (BODY[HEADER] FLAGS)",
    "b FETCH 1:* BINARY[1]",
    "b SEARCH TEXT text SUBJECT 3",
    "b UID SEARCH RETURN (MIN MAX COUNT ALL) FROM sender3",
    "b SORT (REVERSE SUBJECT) UTF-8 OR FROM sender1 3:9",
    "b UID THREAD REFERENCES UTF-8 ALL",
]


@pytest.mark.parametrize("command", COMMANDS)
def test_the_pieces_are_the_answer(command, small, monkeypatch):
    cut = Client(filled())
    answer = cut.says(command)
    records = [entry.record for entry in cut.world.transcript.entries]
    spoken = [one for one in records if isinstance(one, Exchange)]
    first = next(at for at, one in enumerate(spoken) if one.octets == command.encode() + b"\r\n")
    rests = spoken[first + 1 :]
    if "FETCH" in command:
        assert len(rests) > 3
        assert all(not one.octets and "more of the answer to" in one.because for one in rests)
    else:
        assert cut.pieces > 3
        assert not rests
    for name, much in (("BLOCK", COUNT * 2), ("TOLD", 1 << 30), ("READ", 1 << 30)):
        monkeypatch.setattr(limits, name, much)
    whole = Client(filled())
    assert whole.says(command) == answer
    assert whole.pieces == 1
    assert answer.endswith(b" completed\r\n")


def test_others_are_served_between_two_pieces(small):
    world = filled()
    one, other = Client(world), Client(world, "carol")
    one.begins("b FETCH 1:* BODY.PEEK[]")
    assert one.link.session.waits
    assert other.says("c NOOP") == b"c OK NOOP completed\r\n"
    while one.link.session.waits:
        one.goes_on()
    assert one.got.endswith(b"b OK FETCH completed\r\n")


def test_what_was_sent_behind_it_is_done_after_it(small):
    client = Client(filled())
    got = client.says(
        "b FETCH 1:* ENVELOPE\r\nc STORE 1 +FLAGS.SILENT (\\Deleted)\r\nd SEARCH DELETED TEXT a\r\ne NOOP"
    )
    tagged = [line for line in got.split(b"\r\n") if line[:2] in (b"b ", b"c ", b"d ", b"e ")]
    assert [line[:4] for line in tagged] == [b"b OK", b"c OK", b"d OK", b"e OK"]


def test_a_piece_has_no_more_of_big_messages_than_one(small, monkeypatch):
    monkeypatch.setattr(limits, "OCTETS", 1)
    client = Client(filled())
    client.begins("b FETCH 1:* BODY.PEEK[]")
    assert client.link.session.waits
    while client.link.session.waits:
        before = len(client.got)
        client.goes_on()
        assert len(client.got) - before < 2_000 + 500


@pytest.mark.parametrize("command", ["SEARCH TEXT a", "UID SORT (SUBJECT) UTF-8 ALL", "FETCH 1:* BODY.PEEK[]"])
def test_of_big_messages_one_is_read_in_a_turn(command, monkeypatch):
    monkeypatch.setattr(limits, "OCTETS", 1)
    monkeypatch.setattr(limits, "READ", 1)
    world = filled()
    client, read = Client(world), [world.store.read]
    client.begins(f"b {command}")
    read.append(world.store.read)
    while client.link.session.waits:
        client.goes_on()
        read.append(world.store.read)
    assert len(read) > COUNT
    assert max(after - before for before, after in pairwise(read)) < 15_000  # TEXT reads it twice


def test_an_answer_that_nobody_has_read_yet_takes_little_memory():
    world = build("lecture")
    body = world.store.keep(b"Subject: big\r\n\r\n" + b"x" * 1_000_000)
    for number in range(100):
        world.store.append(INBOX, body, at=Instant(number))
    client = Client(world)
    tracemalloc.start()
    client.begins("b FETCH 1:* BODY.PEEK[]")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert client.link.session.waits
    assert peak < 6_000_000


def test_the_numbers_stay_while_another_session_removes_messages(small):
    world = filled()
    one, other = Client(world), Client(world)
    one.begins("c FETCH 1:* (UID BODY.PEEK[HEADER.FIELDS (Subject)])")
    assert one.link.session.waits
    told = one.got.count(b" FETCH (")
    other.says("d STORE 1,41:42 +FLAGS.SILENT (\\Deleted)")
    other.says("d EXPUNGE")
    while one.link.session.waits:
        one.goes_on()
    total = COUNT + 2
    assert 0 < told < total - 2
    assert one.got.count(b" FETCH (") == total - 2
    assert b"* 40 FETCH (UID 40 " in one.got
    assert b"EXPUNGE\r\n" not in one.got
    assert one.got.endswith(b"c NO [EXPUNGEISSUED] Some of the messages are gone\r\n")
    assert one.says("d NOOP").count(b" EXPUNGE\r\n") == 3


def test_a_search_finds_nothing_that_was_removed_meanwhile(small):
    world = filled()
    one, other = Client(world), Client(world)
    one.begins("b UID SEARCH SUBJECT Number")
    assert one.link.session.waits
    other.says("d STORE 3,42 +FLAGS.SILENT (\\Deleted)")
    other.says("d EXPUNGE")
    while one.link.session.waits:
        one.goes_on()
    assert one.got.startswith(b"* SEARCH 4 5 ")
    assert b" 41\r\n" in one.got
    assert one.got.endswith(b"b OK SEARCH completed\r\n")


@pytest.mark.parametrize("command", COMMANDS)
def test_the_answer_goes_on_while_another_session_renames_the_mailbox(command, small):
    def opened() -> Client:
        made = Client(filled())
        made.says("x CREATE Work\r\nx COPY 1:* Work\r\nx SELECT Work")
        return made

    one = opened()
    other = Client(one.world)
    one.begins(command)
    assert one.link.session.waits
    assert other.says("x RENAME Work Play") == b"x OK RENAME completed\r\n"
    while one.link.session.waits:
        one.goes_on()
    assert one.got == opened().says(command)


def test_flags_of_others_and_their_keywords_are_told_in_their_order(small):
    world = filled()
    one, other = Client(world), Client(world)
    one.begins("b FETCH 1:* (FLAGS ENVELOPE)")
    other.says("d STORE 1:* +FLAGS.SILENT (fresh)")
    while one.link.session.waits:
        one.goes_on()
    assert one.got.index(b"* FLAGS (") < one.got.index(b"fresh)")
    assert b"* 1 FETCH (FLAGS (fresh \\Recent))\r\n" in one.got


def test_who_goes_away_in_the_middle_leaves_nothing_behind(small):
    world = filled()
    client = Client(world)
    client.begins("b FETCH 1:* BODY[]")
    world.feed_eof(client.link)
    world.settle()
    assert client.link.closed
    assert not client.link.session.waits


def test_an_answer_in_pieces_is_late_once(small):
    world = filled()
    client, start = Client(world), world.clock.now()
    world.suffer(Faults().put(parse("delay FETCH 10s")))
    client.begins("b FETCH 1:* ENVELOPE")
    assert client.got == b""
    world.advance(Instant(start + 10 * SECOND))
    while client.link.session.waits:
        client.goes_on()
    assert client.pieces > 3
    assert client.got.endswith(b"b OK FETCH completed\r\n")


def test_where_a_piece_is_lost_nothing_more_is_done(small):
    world = filled()
    client = Client(world)
    world.suffer(Faults().put(parse("lose FETCH")))
    client.begins("b FETCH 1:* BODY[]")
    assert client.got == b""
    assert client.link.closed
    assert not client.link.session.waits


def test_a_piece_for_which_the_disk_has_no_room_is_done_again(small, monkeypatch):
    world = filled()
    disk = FullDisk(world.store)
    monkeypatch.setattr(Store, "durable", property(lambda self: True))
    monkeypatch.setattr(world.store, "commit", disk.commit)
    client = Client(world)
    client.begins("b FETCH 1:* BODY[TEXT]")
    seen, disk.fail = client.got.count(b" FLAGS ("), True
    client.goes_on()
    disk.fail = False
    assert client.got.count(b" FLAGS (") == seen
    (*_, last) = world.transcript.entries
    assert isinstance(last.record, Exchange)
    assert last.record.because.endswith("The server has no room to write \\Seen down.")
    while client.link.session.waits:
        client.goes_on()
    numbers = [int(number) for number in re.findall(rb"^\* (\d+) FETCH ", client.got, re.MULTILINE)]
    assert numbers == list(range(1, COUNT + 3))
    assert seen < client.got.count(b" FLAGS (") < COUNT + 2


def test_who_misses_messages_is_told_why_flags_came_too(small):
    world = filled()
    one, other = Client(world), Client(world)
    one.begins("b FETCH 1:* BODY[]")
    other.says("d STORE 42 +FLAGS.SILENT (\\Deleted)")
    other.says("d EXPUNGE")
    while one.link.session.waits:
        one.goes_on()
    (*_, last) = world.transcript.entries
    assert isinstance(last.record, Exchange)
    assert last.record.because == (
        "This is more of the answer to FETCH. FLAGS came because reading a body sets \\Seen. Messages that are gone: 1."
    )


@given(st.lists(st.sampled_from(COMMANDS), min_size=1, max_size=3), st.integers(1, 9), st.integers(0, 5_000))
def test_wherever_it_is_cut_the_answer_is_the_same(commands, block, told):
    line = "\r\n".join(commands)
    expected = Client(filled()).says(line)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(limits, "BLOCK", block)
        patch.setattr(limits, "TOLD", told)
        patch.setattr(limits, "READ", told)
        assert Client(filled()).says(line) == expected


def test_over_tcp_the_pieces_follow_each_other(small):
    async def scenario() -> bytes:
        world = filled()
        server = Server(world)
        (port,) = await server.start([Port("nyu.edu", "imap", "127.0.0.1", 0)])
        reader, writer = await asyncio.open_connection("127.0.0.1", port.port)
        writer.write(
            b"a LOGIN bob hungry\r\na SELECT INBOX\r\nb SEARCH TEXT text\r\nc FETCH 1:* ENVELOPE\r\nd LOGOUT\r\n"
        )
        async with asyncio.timeout(PATIENCE):
            got = await reader.read()
        writer.close()
        await server.stop()
        return got

    got = asyncio.run(scenario())
    assert b"b OK SEARCH completed\r\n" in got
    assert got.count(b" FETCH (") == COUNT + 2
    assert got.endswith(b"d OK LOGOUT completed\r\n")
