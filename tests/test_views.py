"""The views of three IMAP sessions on one mailbox, under any interleaving, against plain lists."""

import re

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from mailshell.core.record import Notice, Record
from mailshell.mail.store import BoxKey
from mailshell.world.seat import Seat
from mailshell.world.start import STUDENT, build

INBOX = BoxKey("nyu.edu", "bob", "INBOX")
LINE = re.compile(rb"\* (\d+) (EXISTS|RECENT|EXPUNGE|FETCH)(?: \((.*)\))?\r\n")
FLAGS = re.compile(rb"FLAGS \(([^)]*)\)")
UID = re.compile(rb"UID (\d+)")
SESSIONS = st.integers(1, 3)
FLAG = st.sampled_from(["\\Seen", "\\Deleted", "$x", "\\Flagged"])


class Client:
    """What a client knows of the mailbox: it believes what it is told, and nothing else."""

    def __init__(self) -> None:
        self.flags: list[frozenset[str] | None] = []  # of each message; None: it has not asked
        self.uids: list[int | None] = []
        self.recents: set[int] = set()

    def take(self, octets: bytes) -> list[bytes]:
        """Believe the untagged responses; the kinds of those that came."""
        kinds = []
        for number, kind, rest in LINE.findall(octets):
            kinds.append(kind)
            at = int(number) - 1
            if kind == b"EXISTS":
                assert int(number) >= len(self.flags)
                new = int(number) - len(self.flags)
                self.flags += [None] * new
                self.uids += [None] * new
            elif kind == b"EXPUNGE":
                assert 0 <= at < len(self.flags)
                del self.flags[at], self.uids[at]
            elif kind == b"FETCH":
                assert 0 <= at < len(self.flags)
                self._fetched(at, rest)
        return kinds

    def _fetched(self, at: int, rest: bytes) -> None:
        uid, found = UID.search(rest), FLAGS.search(rest)
        if uid is not None:
            assert self.uids[at] in (None, int(uid[1]))
            self.uids[at] = int(uid[1])
        if found is not None:
            words = frozenset(found[1].decode().split())
            known = self.uids[at]
            if "\\Recent" in words and known is not None:
                self.recents.add(known)
            self.flags[at] = words - {"\\Recent"}


class Views(RuleBasedStateMachine):
    @initialize()
    def begin(self):
        self.made = Seat(build("lecture"), STUDENT, "script")
        self.clients = {number: Client() for number in (1, 2, 3)}
        self.idle: set[int] = set()
        self.taken = 0
        for number in (1, 2, 3):
            self.made.connect("nyu.edu", "imap", number)
            self.say(number, "LOGIN bob hungry")
            self.say(number, "SELECT INBOX")
            self.say(number, "FETCH 1:* (UID FLAGS)")

    def say(self, number: int, line: str, tag: str = "a ") -> tuple[list[bytes], bytes]:
        """Send a command on a connection; the kinds of untagged responses, and the last line."""
        self.made.switch(number)
        self.made.send(f"{tag}{line}\r\n".encode())
        mine: list[bytes] = []
        last = b""
        entries = self.made.world.transcript.since(self.taken, self.made.world.transcript.count)
        self.taken = self.made.world.transcript.count
        for entry in entries:
            record: Record = entry.record
            octets = b"".join(getattr(record, "replies", ()))
            who = self.made.number_of(entry.wire.number)
            assert who is not None
            assert who == number or not octets or (isinstance(record, Notice) and who in self.idle)
            kinds = self.clients[who].take(octets)
            if who == number:
                mine += kinds
                last = octets.split(b"\r\n")[-2] if octets else last
        return mine, last

    def awake(self, number: int) -> None:
        if number in self.idle:
            self.idle.discard(number)
            self.say(number, "DONE", tag="")

    @property
    def messages(self):
        mailbox = self.made.world.store.mailbox(INBOX)
        assert mailbox is not None
        return mailbox.messages

    def numbers(self, data, number: int) -> str:
        count = len(self.clients[number].flags)
        first, second = sorted((data.draw(st.integers(1, count)), data.draw(st.integers(1, count))))
        return f"{first}:{second}"

    @rule(number=SESSIONS)
    def append(self, number):
        self.awake(number)
        _, last = self.say(number, "APPEND INBOX {3+}\r\nabc")
        assert last.startswith(b"a OK")

    @precondition(lambda self: len(self.messages) < 9)
    @rule()
    def deliver(self):
        store = self.made.world.store
        store.append(INBOX, store.keep(b"Subject: x\r\n\r\n"), at=self.made.world.clock.now())

    @rule(number=SESSIONS, data=st.data(), flag=FLAG, sign=st.sampled_from("+-"), silent=st.booleans())
    def store(self, number, data, flag, sign, silent):
        self.awake(number)
        client = self.clients[number]
        if client.flags:
            numbers = self.numbers(data, number)
            kinds, _ = self.say(number, f"STORE {numbers} {sign}FLAGS{'.SILENT' * silent} ({flag})")
            assert b"EXPUNGE" not in kinds
            first, second = map(int, numbers.split(":"))
            for at in range(first - 1, second) if silent else ():
                known = client.flags[at]
                if known is not None:
                    client.flags[at] = known | {flag} if sign == "+" else known - {flag}

    @rule(number=SESSIONS, data=st.data())
    def fetch(self, number, data):
        self.awake(number)
        if self.clients[number].flags:
            kinds, _ = self.say(number, f"FETCH {self.numbers(data, number)} (UID FLAGS)")
            assert b"EXPUNGE" not in kinds

    @rule(number=SESSIONS)
    def search(self, number):
        self.awake(number)
        kinds, _ = self.say(number, "SEARCH NOT DELETED")
        assert b"EXPUNGE" not in kinds

    @rule(number=SESSIONS)
    def expunge(self, number):
        self.awake(number)
        self.say(number, "EXPUNGE")

    @rule(number=SESSIONS)
    def wait(self, number):
        if number not in self.idle:
            self.say(number, "IDLE")
            self.idle.add(number)

    @rule(number=SESSIONS)
    def catch_up(self, number):
        """After NOOP a client knows all: how many there are, which, and their flags."""
        self.awake(number)
        self.say(number, "NOOP")
        client = self.clients[number]
        uids = list(self.messages)
        assert len(client.flags) == len(uids)
        for at, uid in enumerate(uids):
            assert client.uids[at] in (None, uid)
            assert client.flags[at] in (None, self.messages[uid].flags)
        if uids:
            self.say(number, "FETCH 1:* (UID FLAGS)")
        assert client.uids == uids

    @invariant()
    def recent_belongs_to_one(self):
        """No message is recent in two sessions."""
        seen = [uid for client in self.clients.values() for uid in client.recents]
        assert len(seen) == len(set(seen))


Views.TestCase.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
TestViews = Views.TestCase
