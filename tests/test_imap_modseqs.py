"""Mod-sequences of several sessions on one mailbox (RFC 7162 section 3.1)."""

import re
from collections.abc import Callable

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from mailshell.imap import sets
from tests.imap import INBOX, by, said, sessions

FETCH = re.compile(rb"\* \d+ FETCH \((.*)\)\r\n")
LITERAL = re.compile(rb"\{1\}\r\n.", re.DOTALL)
FLAGS = re.compile(rb"FLAGS \(([^)]*)\)")
UID = re.compile(rb"UID (\d+)")
MODSEQ = re.compile(rb"MODSEQ \((\d+)\)")
HIGHEST = re.compile(rb"\[HIGHESTMODSEQ (\d+)\]")
MODIFIED = re.compile(rb"\[MODIFIED ([0-9,:]+)\]")
SESSIONS = st.integers(1, 3)
FLAG = st.sampled_from(["\\Seen", "\\Deleted", "$x", "\\Flagged"])

Known = dict[int, tuple[frozenset[str], int]]
"""By uid, the flags and the mod-sequence of messages."""


class Cache:
    """What a client keeps of the mailbox: all that it was told, and the mod-sequence up to which it knows all."""

    def __init__(self) -> None:
        self.known: Known = {}
        self.highest = 0
        self.grown = False

    def take(self, answer: bytes, own: Callable[[frozenset[str]], frozenset[str]]) -> None:
        """Each FETCH names the message and its mod-sequence; of its `own` silent change a client is told no flags."""
        self.grown |= b" EXISTS\r\n" in answer
        for line in FETCH.findall(LITERAL.sub(b"", answer)):
            uid, modseq, found = UID.search(line), MODSEQ.search(line), FLAGS.search(line)
            assert uid is not None
            assert modseq is not None
            number = int(uid[1])
            if found is not None:
                self.known[number] = frozenset(found[1].decode().split()) - {"\\Recent"}, int(modseq[1])
            elif number in self.known:
                self.known[number] = own(self.known[number][0]), int(modseq[1])


class Modseqs(RuleBasedStateMachine):
    @initialize()
    def begin(self):
        self.made = sessions(3, "a ENABLE CONDSTORE")
        self.caches = {number: Cache() for number in (1, 2, 3)}
        self.top = 0
        self.last: Known = {}
        self.stamps: dict[int, dict[str, int]] = {}
        """By uid, when each flag changed last; under the empty name, when the message came."""
        for number in (1, 2, 3):
            self.synchronise(number)

    @property
    def truth(self) -> Known:
        mailbox = self.made.world.store.mailbox(INBOX)
        assert mailbox is not None
        return {uid: (one.flags, one.modseq) for uid, one in mailbox.messages.items()}

    def say(self, number: int, line: str, own: Callable[[frozenset[str]], frozenset[str]] = frozenset) -> bytes:
        answer = by(self.made, number, line)
        self.caches[number].take(answer, own)
        return answer

    @rule(number=SESSIONS)
    def synchronise(self, number):
        """A client that comes back asks what has changed since it was here, and knows all (RFC 7162 section 6)."""
        cache = self.caches[number]
        found = HIGHEST.search(self.say(number, "a SELECT INBOX (CONDSTORE)"))
        assert found is not None
        self.say(number, f"a UID FETCH 1:* (FLAGS) (CHANGEDSINCE {cache.highest or 1})")
        cache.highest, cache.grown = int(found[1]), False
        self.agree(number)

    @rule(number=SESSIONS)
    def catch_up(self, number):
        """A client that stays hears of every change, with its mod-sequence."""
        self.say(number, "a NOOP")
        cache = self.caches[number]
        if cache.grown:
            fresh = [uid for uid in self.truth if uid not in cache.known]
            self.say(number, f"a UID FETCH {','.join(map(str, fresh or [1]))} (FLAGS MODSEQ)")
            cache.grown = False
        self.agree(number)

    def agree(self, number: int) -> None:
        cache = self.caches[number]
        there = self.say(number, "a UID SEARCH ALL").split(b"\r\n")[0].split()[2:]
        cache.known = {int(uid): cache.known[int(uid)] for uid in there}
        assert cache.known == self.truth

    @precondition(lambda self: len(self.truth) < 8)
    @rule()
    def deliver(self):
        store = self.made.world.store
        store.append(INBOX, store.keep(b"Subject: x\r\n\r\n"), at=self.made.world.clock.now())

    @precondition(lambda self: len(self.truth) < 8)
    @rule(number=SESSIONS)
    def copy(self, number):
        self.say(number, "a UID COPY 1:3 INBOX")

    @rule(number=SESSIONS)
    def expunge(self, number):
        self.say(number, "a EXPUNGE")

    @rule(number=SESSIONS, first=st.integers(1, 9), to=st.sampled_from(["INBOX", "Trash"]))
    def move(self, number, first, to):
        """The session that moves is told how far it knows the mailbox (RFC 6851 section 4.4)."""
        self.catch_up(number)
        moved = {first, first + 1}.intersection(self.truth)
        answer = self.say(number, f"a UID MOVE {first}:{first + 1} {to}")
        found = HIGHEST.search(answer.splitlines()[-1])
        mailbox = self.made.world.store.mailbox(INBOX)
        assert mailbox is not None
        assert (found is not None) is bool(moved)
        if found is not None:
            assert int(found[1]) == mailbox.box.modseq
            assert answer.index(b"[COPYUID ") < answer.index(b" EXPUNGE\r\n")
        assert moved.isdisjoint(self.truth)

    @rule(
        number=SESSIONS,
        flag=FLAG,
        sign=st.sampled_from(["+", "-", ""]),
        silent=st.booleans(),
        first=st.integers(1, 9),
        since=st.none() | st.integers(0, 12),
    )
    def store(self, number, flag, sign, silent, first, since):
        """A conditional STORE changes what nobody has changed since, and nothing else.

        Where it names the flags one by one, others may have changed (RFC 7162 section 3.1.12). Since 0 all that exists
        has changed: each flag of the system, and each keyword that is set (section 3.1.3).
        """
        before = self.truth
        limit = None if since is None else max(self.top - since, 0)
        condition = "" if limit is None else f"(UNCHANGEDSINCE {limit}) "
        item = f"{sign}FLAGS{'.SILENT' * silent} ({flag})"

        def change(flags: frozenset[str]) -> frozenset[str]:
            return {"+": flags | {flag}, "-": flags - {flag}, "": frozenset({flag})}[sign]

        answer = self.say(number, f"a UID STORE {first}:{first + 2} {condition}{item}", change)
        found = MODIFIED.search(answer)
        failed = {at + 1 for at in sets.by_uid(sets.read(found[1]), range(1, 99))} if found else set[int]()
        after = self.truth
        for uid, (flags, modseq) in before.items():
            named, stamps = first <= uid <= first + 2, self.stamps[uid]
            late = limit is not None and modseq > limit
            if late and sign and not limit:
                late = flag in flags or flag.startswith("\\")
            elif late and sign:
                late = limit is not None and max(stamps[""], stamps.get(flag, 0)) > limit
            assert (uid in failed) is (named and late)
            if named and not late and change(flags) != flags:
                assert after[uid][0] == change(flags)
                assert after[uid][1] > self.top
                assert f"MODSEQ ({after[uid][1]})".encode() in answer
            else:
                assert after[uid] == (flags, modseq)

    @rule(number=SESSIONS, first=st.integers(1, 9))
    def read(self, number, first):
        self.say(number, f"a UID FETCH {first}:* (BODY[]<0.1> MODSEQ)")

    @rule(number=SESSIONS, since=st.integers(0, 9))
    def search(self, number, since):
        """The answer has the highest of the mod-sequences of what it finds."""
        answer = self.say(number, f"a UID SEARCH MODSEQ {since}")
        line = next(one for one in answer.split(b"\r\n") if one.startswith(b"* SEARCH"))
        uids, _, rest = line.partition(b" (MODSEQ ")
        truth = self.truth
        found = [int(uid) for uid in uids.split()[2:]]
        assert all(truth[uid][1] >= since for uid in found)
        assert (not found and not rest) or int(rest.rstrip(b")")) == max(truth[uid][1] for uid in found)

    @invariant()
    def mod_sequences_grow(self):
        """No message has a higher mod-sequence than the mailbox, whose mod-sequence never goes back."""
        mailbox, truth = self.made.world.store.mailbox(INBOX), self.truth
        assert mailbox is not None
        assert mailbox.box.modseq >= max([self.top, *(modseq for _, modseq in truth.values())])
        self.top = mailbox.box.modseq
        for uid, (flags, modseq) in truth.items():
            stamps = self.stamps.setdefault(uid, {"": modseq})
            stamps.update(dict.fromkeys(flags ^ self.last.get(uid, (flags, 0))[0], modseq))
        self.last = truth


Modseqs.TestCase.settings = settings(max_examples=50, stateful_step_count=30, deadline=None)
TestModseqs = Modseqs.TestCase


@pytest.mark.parametrize(
    "line",
    [
        "a STATUS Sent (HIGHESTMODSEQ)",
        "a FETCH 1 MODSEQ",
        "a FETCH 1 FLAGS (CHANGEDSINCE 1)",
        "a STORE 1 (UNCHANGEDSINCE 1) +FLAGS ($y)",
        "a SEARCH MODSEQ 1",
    ],
)
def test_what_asks_for_mod_sequences_first_is_told_that_of_the_open_mailbox(line):
    made = sessions(2)
    assert b"MODSEQ" not in by(made, 1, "a STORE 1 +FLAGS ($x)")
    assert b"* OK [HIGHESTMODSEQ 4]" in said(made, line)
    assert b"HIGHESTMODSEQ 4]" not in said(made, line)
    by(made, 2, "a STORE 2 +FLAGS ($x)")
    assert b" UID 2 MODSEQ (" in by(made, 1, "a NOOP")
    assert b"MODSEQ" not in by(made, 2, "a NOOP")


@pytest.mark.parametrize("line", ["FETCH 1 (FLAGS) (CHANGEDSINCE 3)", "STORE 1 (UNCHANGEDSINCE 3) +FLAGS (\\Seen)"])
def test_what_is_told_with_the_first_such_command_has_mod_sequences(line):
    made = sessions(2)
    by(made, 2, "a STORE 1:2 +FLAGS (\\Seen)")
    assert b"* 2 FETCH (FLAGS (\\Seen) UID 2 MODSEQ (4))\r\n" in by(made, 1, f"a {line}")


def test_a_command_that_is_refused_asks_for_nothing():
    made = sessions()
    assert said(made, "a FETCH 9 MODSEQ").startswith(b"a BAD")
    assert b"MODSEQ" not in said(made, "a STORE 1 +FLAGS ($x)")


@pytest.mark.parametrize("name", ["/flags/\\\\Seen", "/FLAGS/\\\\seen", "/Flags/$x"])
def test_the_name_of_an_entry_has_no_case(name):
    assert b"* SEARCH 1 2 (MODSEQ 3)\r\n" in said(sessions(), f'a SEARCH MODSEQ "{name}" All 1')


def test_idle_tells_mod_sequences():
    made = sessions(2, "a ENABLE CONDSTORE")
    by(made, 2, "a IDLE")
    assert b"* 1 FETCH (FLAGS (\\Seen \\Recent) UID 1 MODSEQ (4))\r\n" in by(
        made, 1, "a STORE 1 +FLAGS.SILENT (\\Seen)"
    )


def test_what_was_moved_has_a_mod_sequence_of_its_new_mailbox():
    made = sessions(1, "a ENABLE CONDSTORE")
    said(made, "a COPY 1:2 Trash")
    said(made, "a MOVE 1 Trash")
    assert b"[HIGHESTMODSEQ 4]" in said(made, "a SELECT INBOX")
    said(made, "a SELECT Trash")
    assert re.findall(rb"MODSEQ \((\d+)\)", said(made, "a FETCH 1:3 MODSEQ")) == [b"2", b"2", b"3"]


def test_messages_that_are_gone_and_messages_that_had_changed():
    made = sessions(2)
    by(made, 2, "a STORE 1 +FLAGS (\\Deleted)")
    by(made, 2, "a EXPUNGE")
    by(made, 2, "a STORE 1 +FLAGS ($x)")
    answer = by(made, 1, "a STORE 1:2 (UNCHANGEDSINCE 3) +FLAGS ($x)")
    assert answer.endswith(b"a NO [MODIFIED 2] Some of the messages are gone\r\n")
    assert answer.count(b"* 2 FETCH") == 1


def test_a_flag_that_nobody_has_changed_is_stored_beside_one_that_somebody_has():
    made = sessions(2)
    by(made, 2, "a STORE 1 +FLAGS (\\Flagged)")
    by(made, 2, "a STORE 2 +FLAGS ($x)")
    answer = by(made, 1, "a STORE 1:2 (UNCHANGEDSINCE 3) +FLAGS.SILENT ($x)")
    assert b"* 1 FETCH (FLAGS (\\Flagged) UID 1 MODSEQ (4))" in answer
    assert b"* 1 FETCH (UID 1 MODSEQ (6))" in answer
    assert b"a OK [MODIFIED 2] " in answer


@pytest.mark.parametrize("item", ["FLAGS (\\Seen)", "+FLAGS (\\Seen)", "-FLAGS (\\Flagged)", "-FLAGS (\\Draft)"])
def test_a_flag_that_was_changed_and_changed_back_has_changed(item):
    made = sessions(2)
    for line in ("+FLAGS (\\Seen \\Draft)", "-FLAGS (\\Seen \\Draft)", "+FLAGS (\\Flagged)"):
        by(made, 2, f"a STORE 1 {line}")
    assert b"[MODIFIED 1]" in by(made, 1, f"a STORE 1 (UNCHANGEDSINCE 3) {item}")


def test_a_keyword_that_was_changed_has_changed_in_any_spelling():
    made = sessions(2)
    by(made, 2, "a STORE 1 +FLAGS ($Done)")
    for since in (3, 0):
        assert b"[MODIFIED 1]" in by(made, 1, f"a STORE 1 (UNCHANGEDSINCE {since}) -FLAGS ($DONE)")


def test_what_nobody_remembers_is_taken_for_changed():
    made = sessions(2)
    for _ in range(600):
        by(made, 2, "a STORE 1 +FLAGS.SILENT ($x)")
        by(made, 2, "a STORE 1 -FLAGS.SILENT ($x)")
    assert b"[MODIFIED 1]" in by(made, 1, "a STORE 1 (UNCHANGEDSINCE 3) +FLAGS ($y)")


def test_since_0_a_keyword_that_is_not_set_is_stored():
    """So one of several clients alone does what is to be done once (RFC 7162 section 3.1.3)."""
    made = sessions(2)
    line = "a STORE 1 (UNCHANGEDSINCE 0) +FLAGS.SILENT ($MDNSent)"
    assert b"a OK STORE completed" in by(made, 1, line)
    assert b"a OK [MODIFIED 1]" in by(made, 2, line)
    assert b"a OK [MODIFIED 2]" in by(made, 2, "a STORE 2 (UNCHANGEDSINCE 0) +FLAGS.SILENT (\\Seen)")
