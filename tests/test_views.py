"""The views of three IMAP sessions on two mailboxes, under any interleaving, against plain lists.

Each client believes what the server sends, read by the formal syntax, and nothing else; the model knows what the
commands mean, and nothing of sessions.
"""

import copy
from collections.abc import Sequence

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from mailshell.core.record import Notice
from mailshell.mail.store import BoxKey
from mailshell.world.seat import Seat
from mailshell.world.start import STUDENT, build
from tests.imap_words import Response, Word, attributes, responses

SESSIONS = st.integers(1, 3)
NAMES = st.sampled_from(["INBOX", "Work"])
FLAG = st.sampled_from(["\\Seen", "\\Deleted", "\\Deleted", "$x", "$y", "\\Flagged"])
SYSTEM = {"\\Answered", "\\Flagged", "\\Deleted", "\\Seen", "\\Draft"}
SIGNS = st.sampled_from(["+", "-", ""])
MOST = 8  # messages of a mailbox
MAIL = b"MAIL FROM:<a@lancs.uk>\r\nRCPT TO:<bob@nyu.edu>\r\nDATA\r\nSubject: x\r\n\r\nhi\r\n.\r\n"


def words_of(word: Word) -> set[str]:
    assert isinstance(word, list)
    found = {one for one in word if isinstance(one, str)}
    assert len(found) == len(word)
    return found


def numbers_of(text: str) -> list[int]:
    """`1,3:5` by its numbers."""
    found: list[int] = []
    for piece in text.split(","):
        first, _, last = piece.partition(":")
        found += range(int(first), int(last or first) + 1)
    return found


class Box:
    """A mailbox of the model: flags by uids, in their order, and the uids that nobody has had as recent."""

    def __init__(self, validity: int) -> None:
        self.validity = validity
        self.messages: dict[int, set[str]] = {}
        self.fresh: set[int] = set()
        self.next = 1

    def add(self, flags: Sequence[str] | set[str] = ()) -> int:
        uid, self.next = self.next, self.next + 1
        self.messages[uid] = set(flags)
        self.fresh.add(uid)
        return uid

    def remove(self, uids: Sequence[int]) -> None:
        for uid in uids:
            del self.messages[uid]
            self.fresh.discard(uid)

    @property
    def deleted(self) -> list[int]:
        return [uid for uid, flags in self.messages.items() if "\\Deleted" in flags]


class Client:
    """What a client knows of its mailbox from the responses alone."""

    def __init__(self) -> None:
        self.idle = False
        self.forget()

    def forget(self) -> None:
        """Nothing is selected."""
        self.box: Box | None = None  # which one it has opened, in the model
        self.writable = False
        self.uids: list[int | None] = []  # of each message; None: it has not asked
        self.flags: list[set[str] | None] = []
        self.recents: set[int] = set()
        self.recent: int | None = 0  # None: removed messages may have been among them
        self.known: set[str] = set()  # flags that exist
        self.codes: dict[str, str] = {}

    def take(self, response: Response) -> None:
        """Believe an untagged response."""
        number, name, words = response.number, response.name, response.words
        if name == "EXISTS":
            assert number is not None
            assert number >= len(self.uids)
            new = number - len(self.uids)
            self.uids += [None] * new
            self.flags += [None] * new
            if self.box is not None and self.writable:
                self.box.fresh.clear()  # whoever is told first has them as recent
        elif name == "RECENT":
            assert number is not None
            self.recent = number
        elif name == "EXPUNGE":
            assert number is not None
            assert 1 <= number <= len(self.uids)
            del self.uids[number - 1], self.flags[number - 1]
            self.recent = None
        elif name == "FLAGS":
            self.known = words_of(words[0])
        elif name == "FETCH":
            assert number is not None
            assert 1 <= number <= len(self.uids)
            self._fetched(number - 1, attributes(words))
        elif name == "OK" and isinstance(words[0], str) and words[0]:
            code, _, rest = words[0].partition(" ")
            self.codes[code] = rest

    def _fetched(self, at: int, items: dict[str, Word]) -> None:
        if isinstance(uid := items.get("UID"), str):
            assert self.uids[at] in (None, int(uid))
            self.uids[at] = int(uid)
        if "FLAGS" in items:
            flags = words_of(items["FLAGS"])
            assert flags <= self.known | {"\\Recent"}
            known = self.uids[at]
            if "\\Recent" in flags and known is not None:
                self.recents.add(known)
            self.flags[at] = flags - {"\\Recent"}


Picture = tuple[dict[str, Box], dict[int, Client]]


class Views(RuleBasedStateMachine):
    @initialize()
    def begin(self):
        self.made = Seat(build("lecture"), STUDENT, "script")
        self.picture: Picture = ({}, {})
        self.past: list[Picture] = []
        self.taken = 0
        self.stamps: dict[tuple[int, int], tuple[int, frozenset[str]]] = {}
        for number in (1, 2, 3):
            self.made.connect("nyu.edu", "imap", number)
            self.clients[number] = Client()
            self.say(number, "LOGIN bob hungry")
        self.made.connect("nyu.edu", "smtp", 4)
        self.made.send(b"EHLO lancs.uk\r\n")
        self.say(1, "CREATE Work")
        for _ in range(3):
            self.say(1, "APPEND INBOX {3+}\r\nabc")
        for name in ("INBOX", "Work"):
            kept = self.made.world.store.mailbox(BoxKey("nyu.edu", "bob", name))
            assert kept is not None
            self.boxes[name] = Box(kept.box.uidvalidity)
            for one in kept.messages.values():
                self.boxes[name].add(set(one.flags))
        self.past.clear()
        for number in (1, 2, 3):
            self.open(number, "INBOX", number != 3)
            self.say(number, "FETCH 1:* (UID FLAGS)")

    @property
    def boxes(self) -> dict[str, Box]:
        return self.picture[0]

    @property
    def clients(self) -> dict[int, Client]:
        return self.picture[1]

    # Talking

    def cause(self, number: int, octets: bytes) -> list[Response]:
        """Send octets on a connection; what came on it. Whatever came on another is believed there."""
        self.past.append(copy.deepcopy(self.picture))
        if octets.startswith((b"t SELECT", b"t EXAMINE")):
            self.clients[number].forget()
        self.made.switch(number)
        self.made.send(octets)
        return self.hear(number)

    def hear(self, number: int) -> list[Response]:
        mine: list[Response] = []
        transcript = self.made.world.transcript
        entries, self.taken = transcript.since(self.taken, transcript.count), transcript.count
        for entry in entries:
            who = self.made.number_of(entry.wire.number)
            if who not in self.clients:
                continue
            found = responses(b"".join(getattr(entry.record, "replies", ())))
            if who != number and found:
                assert isinstance(entry.record, Notice)
                assert self.clients[who].idle
            for one in found:
                if one.tag == "*":
                    self.clients[who].take(one)
            if who == number:
                mine += found
        return mine

    def wake(self, number: int) -> None:
        if self.clients[number].idle:
            (*_, last) = self.cause(number, b"DONE\r\n")
            assert (last.tag, last.name) == ("i", "OK")
            self.clients[number].idle = False

    def say(self, number: int, line: str) -> list[Response]:
        """A command to its end."""
        self.wake(number)
        found = self.cause(number, b"t " + line.encode() + b"\r\n")
        assert [one.tag for one in found].count("t") == 1
        assert found[-1].tag == "t"
        return found

    def go(self, number: int, line: str, *, expunges: bool = True) -> list[Response]:
        """A command that is carried out; where it may not tell of removals, it does not."""
        found = self.say(number, line)
        assert found[-1].name == "OK", found[-1]
        assert expunges or not any(one.name == "EXPUNGE" for one in found)
        return found

    # What must be so

    def synced(self, number: int) -> None:
        """The client knows how many messages there are, and has no wrong belief about them."""
        client = self.clients[number]
        if client.box is None:
            return
        alive = client.box if client.box in self.boxes.values() else Box(0)
        assert len(client.uids) == len(alive.messages)
        for uid, flags, (real, wanted) in zip(client.uids, client.flags, alive.messages.items(), strict=True):
            assert uid in (None, real)
            assert flags is None or flags == wanted

    @invariant()
    def a_client_that_idles_knows_all(self):
        for number, client in self.clients.items():
            if client.idle:
                self.synced(number)

    @invariant()
    def nobody_shares_a_recent_message(self):
        for box in self.boxes.values():
            seen = [uid for one in self.clients.values() if one.box is box and one.writable for uid in one.recents]
            assert len(seen) == len(set(seen))

    @invariant()
    def a_change_has_a_higher_mod_sequence(self):
        now = {}
        for name, box in self.boxes.items():
            kept = self.made.world.store.mailbox(BoxKey("nyu.edu", "bob", name))
            assert kept is not None
            assert (kept.box.uidvalidity, kept.box.uidnext) == (box.validity, box.next)
            assert {uid: set(one.flags) for uid, one in kept.messages.items()} == box.messages
            for uid, one in kept.messages.items():
                assert one.modseq <= kept.box.modseq
                now[box.validity, uid] = one.modseq, one.flags
                modseq, flags = self.stamps.get((box.validity, uid), (0, frozenset()))
                assert one.modseq > modseq or (modseq, flags) == (one.modseq, one.flags)
        self.stamps = now

    # What may happen

    def numbers(self, data, number: int) -> tuple[list[int], str]:
        """A set of messages, by their places from 0, and as it is written."""
        count = len(self.clients[number].uids)
        first = data.draw(st.integers(1, count))
        last = min(first + data.draw(st.integers(0, 2)), count)
        return list(range(first - 1, last)), f"{first}:{last}"

    def opened(self, number: int) -> bool:
        return self.clients[number].box is not None

    def alive(self, number: int) -> Box | None:
        box = self.clients[number].box
        return box if box in self.boxes.values() else None

    def open(self, number: int, name: str, writable: bool) -> None:
        self.say(number, "NOOP")
        box = self.boxes[name]
        fresh = set(box.fresh)
        found = self.go(number, f"{'SELECT' if writable else 'EXAMINE'} {name}")
        client = self.clients[number]
        client.box, client.writable = box, writable
        if writable:
            box.fresh.clear()
        assert found[-1].words[0] == ("READ-WRITE" if writable else "READ-ONLY")
        assert len(client.uids) == len(box.messages)
        assert client.recent == len(fresh)
        assert client.codes["UIDVALIDITY"] == str(box.validity)
        assert client.codes["UIDNEXT"] == str(box.next)
        unseen = [at for at, flags in enumerate(box.messages.values(), 1) if "\\Seen" not in flags]
        assert client.codes.get("UNSEEN") == (str(unseen[0]) if unseen else None)
        kept = client.codes["PERMANENTFLAGS"]
        assert kept == ("(" + " ".join([*kept[1:-1].split()]) + ")")
        assert set(kept[1:-1].split()) == (client.known | {"\\*"} if writable else set())
        assert client.known >= SYSTEM

    @rule(number=SESSIONS, name=NAMES, writable=st.booleans())
    def select(self, number, name, writable):
        if name in self.boxes:
            self.open(number, name, writable)

    @rule(number=SESSIONS, name=NAMES, flags=st.sets(FLAG, max_size=2))
    def append(self, number, name, flags):
        if len(self.boxes[name].messages if name in self.boxes else ()) >= MOST:
            return
        words = " ".join(sorted(flags))
        found = self.say(number, f"APPEND {name} ({words}) {{3+}}\r\nabc")
        self._appended(name, flags, found[-1])
        if found[-1].name == "OK":
            self._told(number)

    def _appended(self, name: str, flags: set[str], last: Response) -> None:
        if name not in self.boxes:
            assert (last.name, last.words[0]) == ("NO", "TRYCREATE")
            return
        box = self.boxes[name]
        uid = box.add(flags)
        assert last.words[0] == f"APPENDUID {box.validity} {uid}"

    def _told(self, number: int) -> None:
        """The uids that were given out meanwhile are those of the sessions that have been told."""
        for who, client in self.clients.items():
            if client.box is not None and client.writable and (who == number or client.idle):
                client.box.fresh.clear()

    @rule()
    def deliver(self):
        if len(self.boxes["INBOX"].messages) < MOST:
            self.cause(4, MAIL)
            self.boxes["INBOX"].add()
            self._told(0)

    @rule(number=SESSIONS, data=st.data(), flags=st.sets(FLAG, min_size=1, max_size=2), sign=SIGNS,
          silent=st.booleans(), uid=st.booleans())  # fmt: skip
    def store(self, number, data, flags, sign, silent, uid):
        self.say(number, "NOOP")
        client = self.clients[number]
        if not client.uids:
            return
        if uid:
            self.go(number, "FETCH 1:* (UID)")
        places, text = self.numbers(data, number)
        if uid:
            text = f"{client.uids[places[0]]}:{client.uids[places[-1]]}"
        item = f"{sign}FLAGS{'.SILENT' * silent} ({' '.join(sorted(flags))})"
        found = self.say(number, f"{'UID ' * uid}STORE {text} {item}")
        client = self.clients[number]
        if not client.writable:
            assert (found[-1].name, found[-1].words[0]) == ("NO", "READ-ONLY")
            return
        assert found[-1].name == "OK"
        box = self.alive(number)
        assert box is not None
        uids = [list(box.messages)[at] for at in places]
        for at, one in zip(places, uids, strict=True):
            old = box.messages[one]
            box.messages[one] = old | flags if sign == "+" else old - flags if sign == "-" else set(flags)
            if silent and client.flags[at] is not None:
                client.flags[at] = set(box.messages[one])
        self.synced(number)

    @rule(number=SESSIONS, data=st.data(), flag=FLAG)
    def store_without_a_look(self, number, data, flag):
        """Messages that other sessions have removed meanwhile keep their numbers."""
        client = self.clients[number]
        if not client.uids or not client.writable or client.idle:
            return
        places, text = self.numbers(data, number)
        before, held = list(client.uids), len(client.uids)
        found = self.say(number, f"STORE {text} +FLAGS ({flag})")
        assert not any(one.name == "EXPUNGE" for one in found)
        client, box = self.clients[number], self.alive(number)
        there = {} if box is None else box.messages
        if any(before[at] is None for at in places):
            self._believe_store(number, found, flag)
            return
        uids = [before[at] for at in places]
        gone = [uid for uid in uids if uid not in there]
        assert (found[-1].name, found[-1].words[0]) == (("NO", "EXPUNGEISSUED") if gone else ("OK", ""))
        assert len(client.uids) >= held
        for uid in uids:
            if uid in there:
                there[uid].add(flag)

    def _believe_store(self, number: int, found: list[Response], flag: str) -> None:
        """Which messages they were the client learns now; the model takes over what the store has."""
        box = self.alive(number)
        if box is None:
            return
        name = next(name for name, one in self.boxes.items() if one is box)
        kept = self.made.world.store.mailbox(BoxKey("nyu.edu", "bob", name))
        assert kept is not None
        for uid, one in kept.messages.items():
            assert set(one.flags) - box.messages[uid] <= {flag}
            box.messages[uid] = set(one.flags)

    @rule(number=SESSIONS, data=st.data(), uid=st.booleans())
    def fetch(self, number, data, uid):
        client = self.clients[number]
        if not client.uids or client.idle:
            return
        _, text = self.numbers(data, number)
        found = self.say(number, "UID FETCH 1:* (FLAGS)" if uid else f"FETCH {text} (UID FLAGS)")
        assert uid or not any(one.name == "EXPUNGE" for one in found)
        last = found[-1]
        assert last.name == "OK" or (not uid and last.words[0] == "EXPUNGEISSUED")
        if uid:
            self._told(number)
            self.synced(number)

    @rule(number=SESSIONS)
    def search(self, number):
        client = self.clients[number]
        if client.box is None or client.idle:
            return
        held = len(client.uids)
        found = self.go(number, "SEARCH NOT DELETED", expunges=False)
        self._told(number)
        client, box = self.clients[number], self.alive(number)
        there = {} if box is None else box.messages
        (hits,) = (one for one in found if one.name == "SEARCH")
        for word in hits.words:
            assert isinstance(word, str)
            uid = client.uids[int(word) - 1]
            assert uid is None or "\\Deleted" not in there[uid]
        # Messages of which the client has not heard yet are not searched.
        known = list(there.values())[: len(there) - (len(client.uids) - held)]
        assert len(hits.words) == sum("\\Deleted" not in flags for flags in known)

    @rule(number=SESSIONS, data=st.data(), uid=st.booleans())
    def expunge(self, number, data, uid):
        self.look(number)
        client = self.clients[number]
        if client.box is None:
            return
        wanted = data.draw(st.sampled_from([(0, 9), (1, 3), (3, 9)])) if uid else (0, 1 << 32)
        found = self.say(number, f"UID EXPUNGE {wanted[0] or 1}:{wanted[1]}" if uid else "EXPUNGE")
        if not self.clients[number].writable:
            assert (found[-1].name, found[-1].words[0]) == ("NO", "READ-ONLY")
            return
        if (box := self.alive(number)) is not None:
            box.remove([one for one in box.deleted if wanted[0] <= one <= wanted[1]])
        self.synced(number)

    @rule(number=SESSIONS, data=st.data())
    def remove(self, number, data):
        """A message goes, and the others have a removal that is held back."""
        self.look(number)
        client, box = self.clients[number], self.alive(number)
        if box is None or not client.uids or not client.writable:
            return
        at = self.numbers(data, number)[0][0]
        flags = client.flags[at]
        assert flags is not None
        self.go(number, f"STORE {at + 1} +FLAGS.SILENT (\\Deleted)", expunges=False)
        flags.add("\\Deleted")
        list(box.messages.values())[at].add("\\Deleted")
        self.go(number, "EXPUNGE")
        box.remove(box.deleted)
        self.synced(number)
        self.fetch(data.draw(SESSIONS), data, False)

    @rule(number=SESSIONS, expunging=st.booleans())
    def close(self, number, expunging):
        self.look(number)  # messages of which it has not been told stay in any case
        if not self.opened(number):
            return
        found = self.go(number, "CLOSE" if expunging else "UNSELECT", expunges=False)
        client, box = self.clients[number], self.alive(number)
        if expunging and client.writable and box is not None:
            box.remove(box.deleted)
        assert len(found) == 1 or not expunging
        client.forget()

    @rule(number=SESSIONS, data=st.data(), name=NAMES, uid=st.booleans(), moves=st.booleans())
    def copy_messages(self, number, data, name, uid, moves):
        self.look(number)
        client = self.clients[number]
        if not client.uids or (name in self.boxes and len(self.boxes[name].messages) >= MOST):
            return
        places, text = self.numbers(data, number)
        if uid:
            text = f"{client.uids[places[0]]}:{client.uids[places[-1]]}"
        last = self.say(number, f"{'UID ' * uid}{'MOVE' if moves else 'COPY'} {text} {name}")[-1]
        if moves and not client.writable:
            assert (last.name, last.words[0]) == ("NO", "READ-ONLY")
            return
        if name not in self.boxes:
            assert (last.name, last.words[0]) == ("NO", "TRYCREATE")
            return
        box, to = self.alive(number), self.boxes[name]
        assert box is not None
        here = [list(box.messages)[at] for at in places]
        there = [to.add(box.messages[one]) for one in here]
        told = f"COPYUID {self.clients[number].codes['COPYUID']}" if moves else last.words[0]
        assert isinstance(told, str)
        code, validity, before, after = told.split()
        assert (code, validity) == ("COPYUID", str(to.validity))
        assert (numbers_of(before), numbers_of(after)) == (here, there)
        if moves:
            box.remove(here)
        self._told(number)
        self.synced(number)

    @rule(number=SESSIONS, name=NAMES)
    def status(self, number, name):
        if name not in self.boxes:
            return
        self.wake(number)
        fresh = len(self.boxes[name].fresh)
        found = self.go(number, f"STATUS {name} (MESSAGES RECENT UIDNEXT UIDVALIDITY UNSEEN)")
        box = self.boxes[name]
        self._told(number)
        (told,) = (one for one in found if one.name == "STATUS")
        items = told.words[1]
        assert isinstance(items, list)
        fields = dict(zip(items[::2], items[1::2], strict=True))
        assert fields["MESSAGES"] == str(len(box.messages))
        assert fields["RECENT"] == str(fresh)
        assert fields["UIDNEXT"] == str(box.next)
        assert fields["UIDVALIDITY"] == str(box.validity)
        assert fields["UNSEEN"] == str(sum("\\Seen" not in flags for flags in box.messages.values()))

    @rule(number=SESSIONS, here=NAMES, to=st.sampled_from(["Work", "Play"]))
    def rename(self, number, here, to):
        last = self.say(number, f"RENAME {here} {to}")[-1]
        if here not in self.boxes:
            assert (last.name, last.words[0]) == ("NO", "NONEXISTENT")
        elif to in self.boxes:
            assert last.name == "NO"
        elif here == "INBOX":
            assert last.name == "OK"
            inbox = self.boxes["INBOX"]
            self.boxes[to] = Box(self._validity(to))
            for flags in inbox.messages.values():
                self.boxes[to].add(flags)
            inbox.remove(list(inbox.messages))
            self._told(number)
        else:
            assert last.name == "OK"
            self.boxes[to] = self.boxes.pop(here)  # it stays open, under its new name
            self._told(number)

    def _validity(self, name: str) -> int:
        kept = self.made.world.store.mailbox(BoxKey("nyu.edu", "bob", name))
        assert kept is not None
        assert kept.box.uidvalidity not in [box.validity for box in self.boxes.values()]
        return kept.box.uidvalidity

    @rule(number=SESSIONS, name=st.sampled_from(["Work", "Play"]), there=st.booleans())
    def delete_or_create(self, number, name, there):
        last = self.say(number, f"{'DELETE' if there else 'CREATE'} {name}")[-1]
        assert (last.name == "OK") is ((name in self.boxes) is there)
        if there:
            self.boxes.pop(name, None)
        elif last.name == "OK":
            self.boxes[name] = Box(self._validity(name))

    @rule(number=SESSIONS)
    def wait(self, number):
        if not self.clients[number].idle:
            assert self.cause(number, b"i IDLE\r\n")[0].tag == "+"
            self.clients[number].idle = True
            self._told(number)

    @rule(number=SESSIONS)
    def look(self, number):
        """After NOOP and a FETCH of all a client has the same picture as the model."""
        self.go(number, "NOOP")
        self._told(number)
        self.synced(number)
        client = self.clients[number]
        if client.uids:
            self.go(number, "FETCH 1:* (UID FLAGS)", expunges=False)
            self.synced(number)
            assert None not in client.uids
            if client.recent is not None and client.writable:
                assert len(client.recents.intersection(client.uids)) == client.recent

    @precondition(lambda self: self.past)
    @rule()
    def undo(self):
        """Undo, redo, and undo for good: what the clients knew then is right again."""
        self.made.undo()
        self.made.redo()
        self.made.undo()
        self.picture = self.past.pop()
        self.taken = self.made.world.transcript.count
        self.stamps = {}


Views.TestCase.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
TestViews = Views.TestCase
