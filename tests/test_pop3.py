"""POP3 beyond its transcripts: what a store refuses, locks, exchanges of AUTH, what lasts, who wrote what."""

from hashlib import md5
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailshell.core.clock import HOUR, MINUTE
from mailshell.core.dots import stuff, unstuff
from mailshell.core.record import Body, Closed, Exchange, Fault, Opened, Prompt, Verdict, reply_lines
from mailshell.mail.disk import Disk
from mailshell.mail.host import ERAS, Traits
from mailshell.mail.prep import prepared
from mailshell.mail.store import Account, BoxKey, Full, StateError, Store
from mailshell.pop3 import commands, eras, limits
from mailshell.pop3.capabilities import CAPABILITIES
from mailshell.pop3.commands import COMMANDS, STRICT
from mailshell.pop3.drop import NONE
from mailshell.pop3.phases import Phase
from mailshell.pop3.replies import REPLIES
from mailshell.pop3.responses import CODES, mark_reply
from mailshell.pop3.session import TABLE, Session
from mailshell.protocols import PROTOCOLS
from mailshell.shell.events import BODY, event
from mailshell.world.seat import Seat
from mailshell.world.start import STUDENT, add_account, build
from tests.goldens import PATHS, played
from tests.strategies import clean_messages

INBOX = BoxKey("nyu.edu", "bob", "INBOX")
CARDS = {reply.card.name: reply.card for reply in REPLIES}
LOGIN = b"USER bob\r\nPASS hungry\r\n"


def seat(store: Store | None = None, traits: Traits | None = None) -> Seat:
    made = Seat(build("lecture", store=store, traits=traits), STUDENT, "script")
    made.connect("nyu.edu", "pop3")
    return made


def said(made: Seat, octets: bytes) -> list[bytes]:
    """The lines that octets are answered with."""
    count = made.world.transcript.count
    made.send(octets)
    records = [entry.record for entry in made.world.transcript.since(count, count + 99_999)]
    return [line for record in records if not isinstance(record, Body | Closed) for line in reply_lines(record)]


def last(made: Seat) -> Exchange | Prompt:
    records = [entry.record for entry in made.world.transcript.entries]
    return next(one for one in reversed(records) if isinstance(one, Exchange | Prompt))


def uids(store: Store) -> list[int]:
    mailbox = store.mailbox(INBOX)
    assert mailbox is not None
    return list(mailbox.messages)


class FullDisk(Store):
    """A store whose commits fail while it is broken."""

    broken = False

    @property
    def durable(self) -> bool:
        return True

    def commit(self) -> None:
        if self.broken:
            self.rollback()
            raise Full("The disk is full.")
        super().commit()


def test_quit_is_refused_where_the_disk_is_full_and_nothing_is_deleted():
    store = FullDisk()
    made = seat(store)
    made.send(LOGIN + b"DELE 1\r\n")
    store.broken = True
    assert said(made, b"QUIT\r\n") == [b"-ERR [SYS/TEMP] Deleted messages not removed\r\n"]
    record = last(made)
    assert isinstance(record, Exchange)
    assert (record.verdict, record.because, record.after) == (Verdict.REFUSED, "The disk is full.", Phase.CLOSED)
    assert not record.changes
    assert made.link.closed
    assert uids(store) == [1, 2]
    store.broken = False
    made.connect("nyu.edu", "pop3")
    assert said(made, LOGIN + b"LIST\r\n")[2:] == [
        b"+OK 2 messages (1410 octets)\r\n",
        b"1 498\r\n",
        b"2 912\r\n",
        b".\r\n",
    ]


def test_quit_without_marks_asks_nothing_of_the_disk():
    store = FullDisk()
    made = seat(store)
    store.broken = True
    assert said(made, LOGIN + b"QUIT\r\n")[-1].startswith(b"+OK")


def test_a_login_that_cannot_be_written_down_is_refused_and_holds_no_lock():
    store = FullDisk()
    made = seat(store, Traits(delay=60))
    store.broken = True
    assert said(made, LOGIN)[-1] == b"-ERR [SYS/TEMP] The server has no room, try later\r\n"
    store.broken = False
    assert said(made, LOGIN)[-1].startswith(b"+OK")


def test_a_message_that_was_not_sent_stays_where_the_server_keeps_none_that_was():
    made = seat(traits=Traits(expire=0))
    store = made.world.store
    store.append(INBOX, store.keep("a: \u00e9\r\n\r\n".encode()), at=made.world.clock.now())
    made.send(LOGIN)
    assert said(made, b"RETR 3\r\n") == [b"-ERR [UTF8] The message needs UTF-8 mode\r\n"]
    made.send(b"RETR 1\r\nDELE 2\r\nQUIT\r\n")
    assert uids(store) == [3]
    made.undo()
    assert uids(store) == [1, 2, 3]


def test_quit_removes_nothing_by_itself_where_the_disk_is_full():
    store = FullDisk()
    made = seat(store, Traits(expire=1))
    made.send(LOGIN)
    store.broken = True
    assert said(made, b"QUIT\r\n") == [b"-ERR [SYS/TEMP] Deleted messages not removed\r\n"]
    assert uids(store) == [1, 2]


@pytest.mark.parametrize("traits", [Traits(era="1995"), Traits(voice="classic"), Traits(off=frozenset({"EXPIRE"}))])
def test_a_server_that_cannot_say_how_long_it_keeps_mail_keeps_it(traits):
    made = seat(traits=traits._replace(expire=0))
    made.send(LOGIN + b"RETR 1\r\nQUIT\r\n")
    assert uids(made.world.store) == [1, 2]


@pytest.mark.parametrize(("days", "left"), [(0, [1, 2]), (1, [2]), (2, [1, 2]), (30, [1, 2])])
def test_the_days_of_a_message_count_from_its_arrival(days, left):
    made = seat(traits=Traits(expire=days))
    made.send(LOGIN + b"QUIT\r\n")
    assert uids(made.world.store) == left
    record = [entry.record for entry in made.world.transcript.entries if isinstance(entry.record, Exchange)][-1]
    says = "1 message removed. Here goes at QUIT what has been here for 1 day or longer (EXPIRE 1)."
    assert record.because == ("" if days != 1 else f"Without DELE: {says}")


def test_an_account_without_a_mailbox_cannot_log_in():
    made = seat()
    made.world.store.add_account(Account("nyu.edu", "dave", "secret", "Dave"))
    assert said(made, b"USER dave\r\nPASS secret\r\n")[-1] == b"-ERR [SYS/PERM] The maildrop cannot be opened\r\n"
    moves = made.link.session.moves()
    made.send(b"USER dave\r\n")
    assert made.link.session.moves()[0].line == "QUIT"
    assert moves[0].line == "USER bob"


def test_a_message_that_the_store_cannot_read_is_refused(monkeypatch):
    made = seat()
    made.send(LOGIN)

    def damaged(self: Store, body: int) -> bytes:
        raise StateError("The file is damaged.")

    monkeypatch.setattr(Store, "octets", damaged)
    for line in (b"RETR 1\r\n", b"TOP 1 0\r\n"):
        assert said(made, line) == [b"-ERR [SYS/PERM] The message cannot be read\r\n"]
        assert last(made).because == "The file is damaged."


def test_a_mailbox_that_is_gone_at_quit():
    """Undo of another seat may take it away; nothing was promised yet."""
    made = seat()
    made.send(LOGIN + b"DELE 1\r\n")
    state = made.link.session.state
    fresh = PROTOCOLS["pop3"].open(build("empty").hosts["nyu.edu"], STUDENT)
    fresh.restore(state)
    (record, _) = fresh.receive(b"QUIT\r\n")
    assert isinstance(record, Exchange)
    assert record.replies == (b"-ERR [SYS/TEMP] Deleted messages not removed\r\n",)


def test_a_lock_dies_with_its_process(tmp_path):
    path = str(tmp_path / "state")
    store = Store(disk=Disk(path))
    made = seat(store)
    assert said(made, LOGIN)[-1].startswith(b"+OK")
    before = said(made, b"DELE 1\r\nUIDL\r\n")[2:]
    store.close()
    again = Store(disk=Disk(path))
    made = seat(again)
    lines = said(made, LOGIN + b"UIDL\r\n")
    assert lines[1].startswith(b"+OK Maildrop locked, 2 messages")
    assert lines[4:] == before, "unique-ids survive a restart"
    made.send(b"DELE 1\r\nQUIT\r\n")
    again.close()
    assert uids(Store(disk=Disk(path))) == [2]


def test_unique_ids_fit_the_grammar():
    """1 to 70 characters from 0x21 to 0x7E, whatever the numbers (RFC 1939 section 7)."""
    made = seat()
    made.send(LOGIN)
    assert len(f"{2**63}.{2**63}") <= limits.UNIQUE_ID
    lines = said(made, b"UIDL\r\n")[1:-1]
    assert all(0x21 <= octet <= 0x7E for line in lines for octet in line.split(b" ")[1].rstrip())


def test_a_reset_leaves_no_lock_behind():
    made = seat()
    made.connect("nyu.edu", "pop3")
    made.send(LOGIN)
    made.reset()
    assert said(made, LOGIN)[-1].startswith(b"+OK")
    made.undo()
    made.undo()
    made.switch(2)
    assert made.link.session.phase is Phase.TRANSACTION
    made.switch(1)
    assert b"[IN-USE]" in said(made, LOGIN)[-1]


def test_going_back_gives_the_lock_to_the_one_who_had_it():
    made = seat()
    made.send(LOGIN)
    mark = made.world.mark()
    made.send(b"QUIT\r\n")
    made.connect("nyu.edu", "pop3")
    assert said(made, LOGIN)[-1].startswith(b"+OK")
    other = made.world.mark()
    made.world.rewind(mark)
    made.connect("nyu.edu", "pop3")
    assert b"[IN-USE]" in said(made, LOGIN)[-1]
    made.switch(1)
    assert said(made, b"STAT\r\n") == [b"+OK 2 1410\r\n"]
    made.world.rewind(other)
    made.switch(2)
    assert said(made, b"STAT\r\n") == [b"+OK 2 1410\r\n"]
    made.connect("nyu.edu", "pop3")
    assert b"[IN-USE]" in said(made, LOGIN)[-1]


def test_a_message_may_have_no_header():
    made = seat()
    store = made.world.store
    store.append(INBOX, store.keep(b"\r\n\xe9\r\n\r\nb\r\n"), at=made.world.clock.now())
    made.send(LOGIN)
    assert last_block(made, b"TOP 3 0\r\n")[1] == b"\r\n.\r\n"
    assert last_block(made, b"TOP 3 1\r\n")[1] == b"\r\n\xe9\r\n.\r\n"


def test_a_message_that_another_program_removed_is_refused_and_no_trouble_at_quit():
    store = Store()
    made = seat(store)
    made.send(LOGIN)
    store.remove(INBOX, [1])
    store.commit()
    assert said(made, b"RETR 1\r\n") == [b"-ERR [SYS/PERM] The message cannot be read\r\n"]
    assert last(made).because == "Another program has removed the message since the login."
    assert said(made, b"DELE 1\r\nQUIT\r\n")[-1].startswith(b"+OK")
    assert uids(store) == [2]


def test_a_half_typed_line_that_is_too_long_is_told():
    made = seat()
    preview = made.link.session.preview(b"USER " + b"a" * 300)
    assert preview.why == "The line has 307 octets, CR LF included. The longest allowed here has 255."
    assert preview.fits == 253


def test_an_event_has_the_beginning_of_a_long_answer():
    made = seat()
    store = made.world.store
    store.append(INBOX, store.keep(b"a: b\r\n\r\n" + b"x" * 70 + b"\r\n" + b"y\r\n" * 9000), at=made.world.clock.now())
    made.send(LOGIN + b"RETR 3\r\n")
    record = last(made)
    known = event(made.world.transcript.entries[-1])
    lines = known["replies"]
    assert isinstance(lines, list)
    assert lines[:2] == ["+OK 27080 octets\r\n", "a: b\r\n"]
    shown = sum(map(len, lines))
    assert shown <= BODY
    assert known["omitted"] == sum(map(len, record.replies)) - shown
    assert known["code"] == "+OK"


def test_a_server_that_stops_says_nothing_and_deletes_nothing():
    made = seat()
    made.send(LOGIN + b"DELE 1\r\n")
    says = "The connection ended without QUIT: nothing was deleted, and the maildrop is unlocked."
    stopped = Closed("server", Phase.TRANSACTION, f"The server was stopped. {says}")
    assert made.link.session.shut() == [stopped]
    assert made.link.session.shut() == []
    assert made.link.session.wake() == []
    assert uids(made.world.store) == [1, 2]


def test_the_deadline_is_that_of_the_last_octet():
    made = seat()
    start = made.world.clock.now()
    assert made.link.session.deadline == start + 10 * MINUTE
    made.wait(9 * MINUTE, idle=True)
    assert made.link.session.wake() == []
    made.send(b"USER")
    assert made.link.session.deadline == start + 19 * MINUTE
    made.wait(HOUR, idle=True)
    assert made.link.closed
    assert made.link.session.deadline is None


def test_in_1982_nobody_answers():
    made = seat(traits=Traits(era="1982"))
    opened, closed = (entry.record for entry in made.world.transcript.entries)
    assert isinstance(opened, Opened)
    assert isinstance(closed, Closed)
    assert opened.replies[0].startswith(b"-ERR")
    assert "1984" in closed.because
    assert made.link.closed
    assert made.link.session.moves() == ()
    assert made.link.session.legal() == ()


def deliver(made: Seat, message: bytes) -> None:
    made.connect("nyu.edu", "smtp")
    made.send(b"EHLO lancs.uk\r\nMAIL FROM:<a@lancs.uk> BODY=8BITMIME SMTPUTF8\r\nRCPT TO:<bob@nyu.edu>\r\nDATA\r\n")
    made.send(stuff(message) + b".\r\nQUIT\r\n")


@settings(max_examples=100)
@given(clean_messages)
def test_what_smtp_takes_pop3_gives_after_the_trace_fields(message):
    made = seat()
    deliver(made, message)
    made.connect("nyu.edu", "pop3")
    size = int(said(made, b"UTF8\r\n" + LOGIN + b"LIST 3\r\n")[-1].split()[2])
    first, block = last_block(made, b"RETR 3\r\n")
    assert first == b"+OK %d octets\r\n" % size
    assert block.endswith(b".\r\n")
    octets = unstuff(block[:-3])
    assert len(octets) == size
    assert octets.partition(b" +0000\r\n")[2] == message
    top = last_block(made, b"TOP 3 99\r\n")[1]
    assert top == block, "more lines than there are give the whole message"


def last_block(made: Seat, octets: bytes) -> tuple[bytes, bytes]:
    made.send(octets)
    first, *block = last(made).replies
    return first, b"".join(block)


@given(st.lists(st.tuples(st.sampled_from(["dele", "rset", "quit"]), st.integers(1, 3000)), max_size=30))
@settings(max_examples=50)
def test_marks_are_a_set(steps):
    marks, model = NONE, dict[int, int]()
    for what, number in steps:
        if what == "dele" and number not in model:
            marks = marks.add(number, number * 7)
            model[number] = number * 7
        elif what == "rset":
            marks, model = NONE, {}
        assert (marks.size, marks.octets) == (len(model), sum(model.values()))
        assert all((each in marks) is (each in model) for each in (number, number + 1, 1, 1023, 1024, 3001))


def test_one_mark_more_copies_little_however_many_there_are():
    marks = NONE
    for number in range(1, 100_001):
        marks = marks.add(number, 1)
    more = marks.add(100_001, 1)
    assert sum(before is not after for before, after in zip(marks.words, more.words, strict=True)) == 1
    assert len(more.words) < 100
    assert max(word.bit_length() for word in more.words) <= 1024


def test_a_thousand_marks_are_removed_and_no_other_message():
    made = seat()
    store = made.world.store
    body = store.keep(b"a\r\n")
    for _ in range(2100):
        store.append(INBOX, body, at=made.world.clock.now())
    made.send(LOGIN)
    made.send(b"".join(b"DELE %d\r\n" % number for number in range(1, 2103, 2)))
    assert said(made, b"STAT\r\n") == [b"+OK 1051 %d\r\n" % (912 + 1050 * 3)]
    assert len(said(made, b"LIST\r\n")) == 1053
    made.send(b"QUIT\r\n")
    assert uids(store) == list(range(2, 2103, 2))
    made.undo()
    assert uids(store) == list(range(1, 2103)), "in their order"


# AUTH


def echo(host, answers):
    """A mechanism that asks for a name and then for a word, and takes the word `yes`."""
    if not answers:
        return b"name"
    if len(answers) == 1:
        return b""
    return host.account(answers[0].decode()) if answers[1] == b"yes" else None


def exchange(*lines: bytes, traits: Traits | None = None):
    host = build("lecture", traits=traits).hosts["nyu.edu"]
    session = Session(host, STUDENT, {"ECHO": echo})
    records = [session.receive(line + b"\r\n") for line in lines]
    return session, records


def replies(records) -> list[bytes]:
    return [
        line
        for group in records
        for record in group
        if isinstance(record, Exchange | Prompt)
        for line in record.replies
    ]


def test_an_exchange_asks_until_it_knows():
    session, records = exchange(b"auth echo", b"Ym9i", b"eWVz")
    assert replies(records) == [b"+ bmFtZQ==\r\n", b"+ \r\n", b"+OK Maildrop locked, 2 messages, 1410 octets\r\n"]
    assert [type(one) for one in records[0]] == [Prompt]
    assert [type(one) for one in records[1]] == [Body, Prompt]
    asked = records[1][1]
    assert isinstance(asked, Prompt)
    assert (asked.octets, asked.parsed.card.name, asked.parsed.line()) == (b"", "AUTH", b"Ym9i")
    assert [type(one) for one in records[2]] == [Body, Exchange]
    assert session.phase is Phase.TRANSACTION


def test_a_first_answer_may_come_with_the_command():
    assert replies(exchange(b"AUTH ECHO Ym9i", b"eWVz")[1])[0] == b"+ \r\n"
    assert replies(exchange(b"AUTH ECHO =", b"eWVz")[1]) == [
        b"+ \r\n",
        b"-ERR [AUTH] Invalid user name or password\r\n",
    ]
    assert replies(exchange(b"AUTH FOO")[1]) == [b"-ERR The server has no such mechanism\r\n"]
    assert replies(exchange(b"AUTH")[1]) == [b"-ERR The server has no such mechanism\r\n"]


@pytest.mark.parametrize(
    ("answer", "reply"),
    [
        (b"*", b"-ERR Authentication cancelled\r\n"),
        (b"Ym9", b"-ERR Invalid BASE64, authentication cancelled\r\n"),
        (b"=AAA", b"-ERR Invalid BASE64, authentication cancelled\r\n"),
        (b"Ym 9i", b"-ERR Invalid BASE64, authentication cancelled\r\n"),
        (b"Y" * 6000, b"-ERR Invalid BASE64, authentication cancelled\r\n"),
    ],
)
def test_an_exchange_that_fails_leaves_the_session_where_it_was(answer, reply):
    session, records = exchange(b"AUTH ECHO", answer)
    assert replies(records)[-1] == reply
    assert session.phase is Phase.AUTHORIZATION
    assert replies([session.receive(LOGIN)])[-1].startswith(b"+OK")


def test_an_answer_that_ends_in_a_bare_lf_is_refused():
    session, _ = exchange(b"AUTH ECHO")
    assert replies([session.receive(b"Ym9i\n")]) == [b"-ERR Invalid BASE64, authentication cancelled\r\n"]
    session, _ = exchange(b"AUTH ECHO")
    assert replies([session.receive(b"Ym")]) == []


def test_the_capability_lists_the_mechanisms_and_can_be_off():
    assert b"SASL ECHO\r\n" in reply_lines(exchange(b"CAPA")[1][0][0])
    off = Traits(off=frozenset({"SASL"}))
    _, records = exchange(b"CAPA", b"AUTH ECHO", traits=off)
    assert b"SASL" not in b"".join(replies(records))
    assert replies(records)[-1].startswith(b"-ERR")


def test_an_exchange_offers_the_way_out():
    session, _ = exchange(b"AUTH ECHO")
    (move,) = session.moves()
    assert (move.line, move.verdict) == ("*", Verdict.REFUSED)
    assert session.preview(b"*").note == "gives the exchange up"
    assert session.preview(b"Ym9i").card is not None
    assert not PROTOCOLS["pop3"].reads_lines(session.phase)
    assert session.legal() == ()


def test_what_follows_auth_in_one_write_was_sent_too_early():
    host = build("lecture").hosts["nyu.edu"]
    session = Session(host, STUDENT, {"ECHO": echo})
    notes = dict(session.rushed(session.receive(b"AUTH ECHO\r\nYm9i\r\neWVz\r\n")))
    assert set(notes) == {0, 2}
    assert all("challenge" in note for note in notes.values())


# Answers


@pytest.mark.parametrize(
    ("line", "card", "at", "parts"),
    [
        (b"+OK", "greeting", 0, [("status", b"+OK")]),
        (b"+OK ready", "greeting", 0, [("status", b"+OK"), ("text", b"ready")]),
        (
            b"+OK a <1@b> c",
            "greeting",
            0,
            [*zip(("status", "text", "timestamp", "text"), (b"+OK", b"a ", b"<1@b>", b" c"), strict=True)],
        ),
        (b"+OK a <1@b", "greeting", 0, [("status", b"+OK"), ("text", b"a <1@b")]),
        (b"+OKAY", "greeting", 0, [("text", b"+OKAY")]),
        (b"", "greeting", 0, []),
        (b"250 ok", "logged in", 0, [("text", b"250 ok")]),
        (b"-ERR [IN-USE] no", "maildrop in use", 0, [("status", b"-ERR"), ("resp-code", b"[IN-USE]"), ("text", b"no")]),
        (b"-ERR [X/Y]", "maildrop in use", 0, [("status", b"-ERR"), ("resp-code", b"[X/Y]")]),
        (b"-ERR [a b] no", "maildrop in use", 0, [("status", b"-ERR"), ("text", b"[a b] no")]),
        (b"+ Ym9i", "challenge", 0, [("status", b"+"), ("challenge", b"Ym9i")]),
        (b"+OK 2 320", "drop listing", 0, [("status", b"+OK"), ("count", b"2"), ("octets", b"320")]),
        (b"+OK ", "drop listing", 0, [("status", b"+OK")]),
        (b"1 120", "scan listing", 1, [("msg", b"1"), ("octets", b"120")]),
        (b"1 a.b", "unique-id listing", 2, [("msg", b"1"), ("unique-id", b"a.b")]),
        (b"SASL A B", "capability list", 1, [("capa-tag", b"SASL"), ("param", b"A B")]),
        (b"XFOO", "capability list", 1, [("capa-tag", b"XFOO")]),
        (b".", "capability list", 3, [("termination octet", b".")]),
        (b"..a", "message follows", 3, [("stuffed dot", b"."), ("dot-stuffed", b".a")]),
        (b"", "message follows", 3, []),
    ],
)
def test_a_line_of_an_answer_is_taken_apart(line, card, at, parts):
    marked = mark_reply(line, CARDS[card], at)
    assert [(part.rule, line[part.start : part.end]) for part in marked.parts] == parts


def test_every_response_code_of_ours_is_explained():
    assert {reply.code for reply in REPLIES if reply.code} == set(CODES)
    glosses = mark_reply(b"-ERR [FOO] no", CARDS["maildrop in use"], 0).glosses
    assert glosses["resp-code"] == "a response code that mailshell does not know"


# Names


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("I\u00adX", "IX"),
        ("user", "user"),
        ("\u00aa", "a"),
        ("\u2168", "IX"),
        ("\u0007", None),
        ("\u0627\u0031", None),
        ("\u00e9\u0007", None),
        ("\u00a0\u00e9", " \u00e9"),
        ("\u0627\u0628", "\u0627\u0628"),
        ("\u0627a\u0628", None),
        ("\u00ad", None),
    ],
)
def test_names_are_prepared(text, form):
    """The examples of RFC 4013 section 3, and the rules that they leave out."""
    assert prepared(text) == form


def test_apop_takes_a_password_outside_ascii_in_its_prepared_form():
    made = seat()
    add_account(made.world.store, Account("nyu.edu", "eve", "\u2168\u00e9", "Eve"))
    stamp = "<1.1425895200@nyu.edu>"
    digest = md5(f"{stamp}IX\u00e9".encode(), usedforsecurity=False).hexdigest()
    assert said(made, f"APOP eve {digest}\r\n".encode())[0].startswith(b"+OK")


def test_no_two_connections_have_the_same_timestamp():
    made = seat()
    made.connect("nyu.edu", "pop3")
    made.undo()
    made.connect("nyu.edu", "pop3")
    greetings = [entry.record.replies[0] for entry in made.world.transcript.entries if isinstance(entry.record, Opened)]
    assert len(set(greetings)) == len(greetings) == 3


# Tables


INTO: dict[Phase, list[bytes]] = {
    Phase.AUTHORIZATION: [],
    Phase.PASSWORD: [b"USER bob"],
    Phase.TRANSACTION: [b"USER bob", b"PASS hungry"],
}
ORDER = (b"-ERR Log in first", b"-ERR USER first", b"-ERR PASS or QUIT", b"-ERR Already")


@pytest.mark.parametrize(("policy", "table"), [("tolerant", COMMANDS), ("strict", STRICT)])
@pytest.mark.parametrize("phase", INTO)
@pytest.mark.parametrize("number", range(len(COMMANDS)), ids=lambda number: COMMANDS[number].card.name)
def test_a_verb_is_out_of_order_just_where_the_table_says_so(phase, number, policy, table):
    command = table[number]
    for example in command.examples:
        made = seat(traits=Traits(policy=policy))
        for line in INTO[phase]:
            made.send(line + b"\r\n")
        assert made.link.session.phase is phase
        if not command.relic and command.needs != "SASL":
            assert (command.card.name in made.link.session.legal()) == (phase in command.when)
            assert made.link.session.preview(example.encode()).legal == (phase in command.when)
        made.send(example.encode() + b"\r\n")
        record = last(made)
        assert record.replies[0].startswith(ORDER) == (phase not in command.when)
        assert record.before is phase


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.card.name)
def test_every_example_is_read_and_printed(command):
    for example in command.examples:
        parsed = TABLE.read(example.encode()).parsed
        assert not isinstance(parsed, Fault)
        assert parsed.card is command.card
        assert parsed.line().decode().upper() == example.upper()


def test_every_verb_and_capability_has_a_year_a_file_and_transcripts():
    names = {one.card.name for one in COMMANDS}
    tags = {one.tag for one in CAPABILITIES}
    assert set(eras.SINCE) == names | tags
    files = {path.stem.rstrip("_").upper() for path in Path(commands.__file__).parent.glob("*.py")} - {"__INIT"}
    assert files == names
    assert {f"pop3/{name.lower()}.txt" for name in names} <= set(PATHS)
    switched = tags - {"SASL"} | {"APOP", "CAPA", "AUTH"}
    assert {f"pop3/{name.lower()}-off.txt" for name in switched} <= set(PATHS)


@pytest.mark.parametrize("tag", sorted({one.tag for one in CAPABILITIES} - {"SASL"} | {"APOP", "CAPA"}))
def test_a_transcript_goes_otherwise_when_a_capability_is_switched(tag):
    text = PATHS[f"pop3/{tag.lower()}-off.txt"].read_text(encoding="utf-8")
    switch = f"# off: {tag}\n"
    assert switch in text
    assert played(text).outcome.misses == ()
    assert played(text.replace(switch, "")).outcome.misses != ()


def test_an_era_knows_all_that_went_before():
    known = [set(seat(traits=Traits(era=era)).link.session.legal()) for era in ERAS]
    assert known == sorted(known, key=len)
    assert known[0] == set()
    assert "APOP" in known[1]
    assert "CAPA" not in known[1]
    assert "CAPA" in known[2]
    assert "UTF8" not in known[2]


# What to try


@pytest.mark.parametrize("off", [frozenset(), frozenset({"USER"})])
@pytest.mark.parametrize("era", ERAS)
@pytest.mark.parametrize("voice", ["modern", "classic"])
@pytest.mark.parametrize("policy", ["tolerant", "strict"])
@pytest.mark.parametrize(
    "lines",
    [
        [],
        [b"USER bob"],
        [b"USER nobody"],
        [b"USER postmaster"],
        LOGIN.split(b"\r\n")[:2],
        [b"USER bob", b"PASS hungry", b"DELE 2"],
        [b"USER carol", b"PASS garden"],
    ],
)
def test_every_move_keeps_its_promise(lines, policy, voice, era, off):
    def fresh():
        made = seat(traits=Traits(policy=policy, voice=voice, era=era, off=off))
        for line in lines:
            made.send(line + b"\r\n")
        return made

    for move in fresh().link.session.moves():
        made = fresh()
        made.send(move.line.encode() + b"\r\n")
        assert last(made).verdict is move.verdict, move
        assert made.link.closed is (move.line == "QUIT")


def test_a_move_does_not_lead_into_a_lock():
    made = seat()
    made.send(LOGIN)
    made.connect("nyu.edu", "pop3")
    made.send(b"USER bob\r\n")
    assert made.link.session.moves()[0].line == "QUIT"
    made.send(b"NO")
    assert made.link.session.moves() == ()


def test_nobody_can_log_in_where_there_is_nobody():
    made = Seat(build("empty"), STUDENT)
    made.connect("nyu.edu", "pop3")
    assert made.link.session.moves()[0].line == "USER nobody"


def test_the_table_leaves_out_phases_that_nothing_leads_to():
    def phases(off: str) -> list[str]:
        host = build("lecture", traits=Traits(off=frozenset({off}))).hosts["nyu.edu"]
        return PROTOCOLS["pop3"].matrix(host)[0].split()[1:]

    assert phases("TOP") == ["authorization", "password", "transaction", "closed"]
    assert phases("USER") == ["authorization", "transaction", "closed"]
