"""IMAP where transcripts do not reach: mechanisms, the end of a server, damaged files, moves, and a foreign client."""

import imaplib
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailshell.core.explain import explain
from mailshell.core.record import Body, Exchange, Notice, Prompt, Record, Verdict, reply_lines
from mailshell.imap import envelope, names, sections, sets, structure
from mailshell.imap.desk import State
from mailshell.imap.items import Text
from mailshell.imap.phases import Phase
from mailshell.imap.replies import FETCHED
from mailshell.imap.responses import mark_reply
from mailshell.imap.session import Session
from mailshell.lesson.look import Look
from mailshell.mail.host import Host, Traits
from mailshell.mail.message import parse
from mailshell.mail.store import Account, BoxKey, StateError
from mailshell.protocols import PROTOCOLS
from mailshell.world.seat import Seat
from mailshell.world.start import STUDENT, build
from tests.serving import PATIENCE, serving

LOGIN = [b"a1 LOGIN bob hungry", b"a2 SELECT INBOX"]


def seat(*lines: bytes, traits: Traits | None = None) -> Seat:
    made = Seat(build("lecture", traits=traits), STUDENT, "script")
    made.connect("nyu.edu", "imap")
    for line in lines:
        made.send(line + b"\r\n")
    return made


def last(made: Seat) -> Exchange:
    found = [one.record for one in made.world.transcript.entries if isinstance(one.record, Exchange)]
    return found[-1]


# AUTHENTICATE


def echo(host: Host, answers: tuple[bytes, ...]) -> bytes | Account | None:
    """Asks twice; who answers with a name the second time is that user."""
    if len(answers) < 2:
        return b"again" if answers else b""
    return host.account(answers[1].decode())


def exchange(*lines: bytes) -> tuple[Session, list[Record]]:
    session = Session(build("lecture").hosts["nyu.edu"], STUDENT, {"ECHO": echo})
    return session, [record for line in lines for record in session.receive(line + b"\r\n")]


def replies(records: list[Record]) -> list[bytes]:
    return [line for one in records if isinstance(one, Exchange | Prompt) for line in reply_lines(one)]


def test_an_exchange_asks_until_it_knows_who_it_is():
    session, records = exchange(b"a AUTHENTICATE echo", b"eA==", b"Ym9i")
    assert replies(records)[:2] == [b"+ \r\n", b"+ YWdhaW4=\r\n"]
    assert replies(records)[2].startswith(b"a OK [CAPABILITY IMAP4rev1 ")
    assert b"AUTH=ECHO" in replies(records)[2]
    assert session.phase is Phase.AUTHENTICATED


@pytest.mark.parametrize(
    ("line", "answer"),
    [(b"*", b"a BAD AUTHENTICATE cancelled\r\n"), (b"!", b"a BAD The answer is no BASE64\r\n")],
)
def test_an_exchange_may_be_given_up(line, answer):
    session, records = exchange(b"a AUTHENTICATE ECHO", line)
    assert replies(records)[-1] == answer
    assert session.phase is Phase.NOT_AUTHENTICATED
    assert PROTOCOLS["imap"].answers == {Phase.EXCHANGE, Phase.SECRET}


def test_a_mechanism_may_say_no():
    session, records = exchange(b"a AUTHENTICATE ECHO", b"eA==", b"bm9ib2R5")
    assert replies(records)[-1].startswith(b"a NO [AUTHENTICATIONFAILED]")
    assert session.phase is Phase.NOT_AUTHENTICATED


# The end, and damage


def test_of_a_refusal_the_tagged_line_alone_refuses():
    answers = explain(last(seat(*LOGIN, b"a3 SELECT nowhere")), PROTOCOLS["imap"]).answers
    assert [(row.octets[:4], row.manner) for row in answers] == [(b"* OK", "plain"), (b"a3 N", "refusal")]


def test_a_server_that_is_stopped_says_bye():
    made = seat(*LOGIN)
    session = made.link.session
    notice, *_ = session.shut()
    assert isinstance(notice, Notice)
    assert notice.replies == (b"* BYE Server shutting down\r\n",)
    assert session.phase is Phase.LOGOUT
    assert session.shut() == session.receive_eof() == session.wake() == []


def test_a_message_that_cannot_be_read_is_refused(monkeypatch):
    made = seat(*LOGIN)

    def damaged(body: int) -> bytes:
        raise StateError("The file is damaged.")

    monkeypatch.setattr(made.world.store, "octets", damaged)
    made.send(b"a3 FETCH 1 BODY.PEEK[]\r\n")
    assert last(made).replies[-1].startswith(b"a3 NO [SERVERBUG]")
    made.send(b"a4 SEARCH TEXT soup\r\n")
    assert last(made).replies[-1].startswith(b"a4 NO [SERVERBUG]")


def test_a_user_without_an_inbox_cannot_come_in():
    made = seat()
    made.world.store.delete(BoxKey("nyu.edu", "bob", "INBOX"))
    made.send(b"a1 LOGIN bob hungry\r\n")
    assert last(made).replies[0].startswith(b"a1 NO [CONTACTADMIN]")


# Literals


def state_of(made: Seat) -> State:
    state = made.link.session.state
    assert isinstance(state, State)
    return state


def test_the_octets_of_a_refused_literal_are_not_held():
    made = seat(b"a1 FOO {5000000+}")
    made.send(b"x" * 4_000_000)
    state = state_of(made)
    assert state.literal is not None
    assert (state.literal.left, state.literal.chunks) == (1_000_000, None)
    made.send(b"x" * 1_000_000 + b" more\r\nb NOOP\r\n")
    assert last(made).replies == (b"b OK NOOP completed\r\n",)


def test_nothing_in_a_literal_is_a_command():
    made = seat(b"a1 LOGIN bob {22+}", b"hungry\r\na2 LOGIN x y\r", b"a3 NOOP")
    found = [one.record for one in made.world.transcript.entries]
    assert [one.octets for one in found if isinstance(one, Body)] == [b"hungry\r\na2 LOGIN x y\r\r"]
    assert state_of(made).user == ""


def test_a_message_is_held_once_and_let_go():
    made = seat(*LOGIN, b"a3 APPEND Sent {6+}", b"hello!")
    assert state_of(made).texts == ()
    assert state_of(made).lead == b"a3 APPEND Sent {6+}\r\n"


def test_the_rest_of_a_command_is_explained_by_what_came_before():
    made = seat(b"a1 LOGIN {3}", b"bob")
    preview = made.link.session.preview(b" hungry")
    assert preview.fault is not None  # the octets of the literal were followed by CR LF, which is the end of the line
    made = seat(b"a1 LOGIN {3}")
    made.send(b"bob")
    preview = made.link.session.preview(b" hungry")
    assert preview.fault is None
    assert [(part.rule, part.secret) for part in preview.parts] == [("password", True)]
    made.send(b" hungry\r\n")
    assert last(made).verdict is Verdict.ACCEPTED
    assert last(made).lead == b"a1 LOGIN {3}\r\nbob"


# Moves


@pytest.mark.parametrize(
    "lines", [[], LOGIN[:1], LOGIN, [*LOGIN, b"a3 IDLE"], [b"a1 LOGIN bob hungry", b"a2 SELECT Sent"]]
)
@pytest.mark.parametrize("traits", [Traits(), Traits(voice="classic"), Traits(policy="strict"), Traits(era="1995")])
def test_every_move_keeps_its_promise(lines, traits):
    for move in seat(*lines, traits=traits).link.session.moves():
        made = seat(*lines, traits=traits)
        made.send(move.line.encode() + b"\r\n")
        assert last(made).verdict is move.verdict, move


def test_no_move_fits_inside_a_literal_and_after_the_end():
    assert seat(b"a1 LOGIN {3}").link.session.moves() == ()
    assert seat(b"a1 LOGOUT").link.session.moves() == ()
    assert seat(b"a1 NOOP", traits=Traits(era="1982")).link.session.moves() == ()


def test_the_shell_sees_the_numbers_of_the_session():
    made = seat(*LOGIN, b"a3 STORE 2 +FLAGS (\\Deleted)")
    numbers = made.link.session.numbers()
    assert numbers is not None
    assert (dict(numbers.numbers), set(numbers.marked)) == ({1: 1, 2: 2}, {2})
    assert seat().link.session.numbers() is None


# Pieces


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_names_survive_modified_utf_7(name):
    assert names.decoded(names.encoded(name)) == name


@pytest.mark.parametrize("octets", [b"&", b"&A-", b"&AGE-", b"&2AA-", b"a&-&-&", b"\xe9", b"&APw", b"&AP-w-"])
def test_what_is_no_modified_utf_7_is_no_name(octets):
    assert names.decoded(octets) is None


@pytest.mark.parametrize(
    ("pattern", "fits", "other"),
    [
        ("*", ["INBOX", "a/b"], []),
        ("%", ["INBOX", "a"], ["a/b"]),
        ("a/%", ["a/b"], ["a", "a/b/c"]),
        ("inbox", ["INBOX"], ["inbox2"]),
        ("*b", ["a/b", "b"], ["a"]),
        ("%/%", ["a/b"], ["a", "a/b/c"]),
        ("*%*", ["", "x/y"], []),
    ],
)
def test_wildcards(pattern, fits, other):
    assert [name for name in (*fits, *other) if names.matcher(pattern)(name)] == fits


def test_many_wildcards_take_no_time():
    assert not names.matcher("*a" * 120 + "b")("a" * 255)


numbers = st.lists(st.integers(1, 12), unique=True)


@given(found=numbers.map(sorted))
def test_numbers_survive_being_made_a_set(found):
    assert not found or sets.by_uid(sets.read(sets.compact(found)), range(1, 13)) == [one - 1 for one in found]


def test_a_star_is_the_last_message_also_where_it_comes_first():
    assert sets.by_number(sets.read(b"*:2"), 4) == [1, 2, 3]
    assert sets.by_number(sets.read(b"5:*"), 4) is None
    assert sets.by_number(sets.read(b"*"), 0) is None
    assert sets.by_uid(sets.read(b"9:*"), (2, 5)) == [1]
    assert sets.by_uid(sets.read(b"*"), ()) == []
    assert sets.octets(sets.read(b"1,3:*")) == b"1,3:*"


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        (b"bob@nyu.edu", b'((NIL NIL "bob" "nyu.edu"))'),
        (
            b"Bob B <bob@nyu.edu>, carol@nyu.edu (Carol)",
            b'(("Bob B" NIL "bob" "nyu.edu")("Carol" NIL "carol" "nyu.edu"))',
        ),
        (b'"B, \\"x\\"" <bob@nyu.edu>', b'(("B, \\"x\\"" NIL "bob" "nyu.edu"))'),
        (b"Friends: a@b, c@d;", b'((NIL NIL "Friends" NIL)(NIL NIL "a" "b")(NIL NIL "c" "d")(NIL NIL NIL NIL))'),
        (
            b"a: b: c@d;",
            b'((NIL NIL "a" NIL)(NIL NIL NIL NIL)(NIL NIL "b" NIL)(NIL NIL "c" "d")(NIL NIL NIL NIL))',
        ),
        (b"bob@nyu . edu later", b'((NIL NIL "bob" "nyu.edu later"))'),
        (b"undisclosed:;", b'((NIL NIL "undisclosed" NIL)(NIL NIL NIL NIL))'),
        (b"<@x,@y:bob@nyu.edu>", b'((NIL "@x,@y" "bob" "nyu.edu"))'),
        (b"Bob of NYU", b'((NIL NIL "Bob of NYU" ""))'),
        (b"<@x ,@y , @z: bob@nyu.edu>", b'((NIL "@x,@y,@z" "bob" "nyu.edu"))'),
        (b'"bob . b"@nyu.edu', b'((NIL NIL "bob . b" "nyu.edu"))'),
        (b"bob@nyu@edu, carol@lancs.uk", b'((NIL NIL "bob" "nyu@edu")(NIL NIL "carol" "lancs.uk"))'),
        (b"<@x@y:bob@nyu.edu>", b'((NIL "@x@y" "bob" "nyu.edu"))'),
        (b"bob . b @ nyu . edu", b'((NIL NIL "bob.b" "nyu.edu"))'),
        (b"", b"NIL"),
        (b"bob@[192.0.2.1]", b'((NIL NIL "bob" "[192.0.2.1]"))'),
    ],
)
def test_addresses_are_taken_apart(value, wanted):
    assert envelope.addresses(value) == wanted


def test_a_header_of_many_addresses_is_read_so_far():
    many = b"To: bob@nyu.edu\r\n" * 200_000 + b"\r\n"
    long = b"To: " + b"bob " * 1_000_000 + b"\r\n\r\n"
    assert envelope.of(many, parse(many)).count(b'"bob" "nyu.edu"') == 1000
    assert len(envelope.of(long, parse(long))) < 70_000


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        (b'x=y; n*1=" menu"; n*0=lunch; z=1', b'("X" "y" "N" "lunch menu" "Z" "1")'),
        (b"n*0*=utf-8'en'%C3%A9; n*1=\"t & 'u\"; n*2*=%20v", b'("N*" "utf-8\'en\'%C3%A9t%20&%20%27u%20v")'),
    ],
)
def test_a_parameter_in_pieces_is_told_in_one(value, wanted):
    for field, place in (
        (b"Content-Type: x/y", b'("X" "Y" %b NIL'),
        (b"Content-Disposition: x", b' ("X" %b) NIL NIL)'),
    ):
        octets = field + b"; " + value + b"\r\n\r\n"
        assert place % wanted in structure.digests(octets)["BODYSTRUCTURE"]


NESTED = (
    b"Subject: outer\r\nContent-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\n\r\nplain\r\n--a\r\n"
    b"Content-Type: message/rfc822\r\n\r\nSubject: inner\r\nContent-Type: multipart/alternative; boundary=b\r\n\r\n"
    b"--b\r\nContent-Type: text/html\r\n\r\n<p>\r\n--b--\r\n--a--\r\n"
)


@pytest.mark.parametrize(
    ("part", "kind", "wanted"),
    [
        ((), "", NESTED),
        ((1,), "", b"plain"),
        ((1,), "MIME", b"\r\n"),
        ((2,), "MIME", b"Content-Type: message/rfc822\r\n\r\n"),
        ((2,), "HEADER.FIELDS", b"Subject: inner\r\n\r\n"),
        ((2, 1), "", b"<p>"),
        ((2, 1), "MIME", b"Content-Type: text/html\r\n\r\n"),
        ((1,), "HEADER", None),
        ((3,), "", None),
        ((2, 2), "", None),
        ((1, 1), "", None),
    ],
)
def test_parts_have_numbers(part, kind, wanted):
    assert sections.Section(part, kind, (b"Subject",)).cut(Text(NESTED)) == wanted


def test_the_body_of_a_plain_message_is_part_1():
    assert sections.Section((1,)).cut(Text(b"Subject: a\r\n\r\nhello")) == b"hello"
    assert sections.Section((1, 1)).cut(Text(b"Subject: a\r\n\r\nhello")) is None
    assert sections.part(parse(b"a: b\r\n\r\nhello"), (2,)) is None


def test_a_structure_describes_every_part():
    made = structure.short(NESTED)["BODY"]
    assert made.startswith(b'BODY (("TEXT" "PLAIN" ("CHARSET" "us-ascii") NIL NIL "7BIT" 5 0)("MESSAGE" "RFC822" NIL ')
    assert made.endswith(b' "MIXED")')


@pytest.mark.parametrize(
    ("line", "rules"),
    [
        (b"* 1 FETCH (FLAGS (\\Seen) UID 7 BODY[] {3}", "untagged msg-number response FETCH"),
        (b" FLAGS (\\Seen))", "msg-att FLAGS"),
        (b"* OK [UIDNEXT 3] x", "untagged resp-cond resp-text-code nz-number text"),
        (b"a1 NO x", "tag resp-cond text"),
        (b"+ go on", "continuation text"),
        (b"what is this", "text"),
    ],
)
def test_lines_of_a_server_are_taken_apart(line, rules):
    marked = mark_reply(line, FETCHED.card, 0)
    found = " ".join(part.rule for part in marked.parts)
    assert rules in found
    assert all(marked.glosses[part.rule] for part in marked.parts)


# A client that knows nothing of mailshell


def test_imaplib_works_on_a_mailbox(tmp_path):
    with serving(tmp_path, protocols=("imap",)) as served:
        client = imaplib.IMAP4("127.0.0.1", served.ports["imap"], timeout=PATIENCE)
        client.login("bob", "hungry")
        assert client.select("INBOX") == ("OK", [b"2"])
        assert (
            client.append("INBOX", "(\\Flagged)", imaplib.Time2Internaldate(0.0), b"Subject: new\r\n\r\nhi\r\n")[0]
            == "OK"
        )
        assert client.search(None, "FLAGGED") == ("OK", [b"3"])
        status, found = client.fetch("3", "(UID BODY[] FLAGS)")
        assert status == "OK"
        assert isinstance(found[0], tuple)
        assert found[0][1] == b"Subject: new\r\n\r\nhi\r\n"
        assert client.store("1", "+FLAGS", "\\Deleted")[0] == "OK"
        assert client.expunge() == ("OK", [b"1"])
        assert client.uid("FETCH", "1:*", "FLAGS")[1] == [
            b"1 (UID 2 FLAGS (\\Recent))",
            b"2 (UID 3 FLAGS (\\Flagged \\Seen \\Recent))",
        ]
        assert client.create("Work/Mail")[0] == "OK"
        assert client.copy("1:2", "Work/Mail")[0] == "OK"
        assert client.status("Work/Mail", "(MESSAGES)") == ("OK", [b"Work/Mail (MESSAGES 2)"])
        assert [re.sub(rb".* ", b"", row) for row in client.list('""', "W*")[1] if isinstance(row, bytes)] == [
            b"Work",
            b"Work/Mail",
        ]
        assert client.close()[0] == "OK"
        assert client.logout()[0] == "BYE"


@pytest.mark.parametrize(
    ("line", "note"),
    [
        (b"bob", "the literal ends after octet 3; the rest of the line belongs to the command"),
        (b"bo", "the literal ends with this line"),
        (b"", "octets of the literal left after this line: 1"),
    ],
)
def test_a_line_in_a_literal_says_what_is_left(line, note):
    assert seat(b"a1 LOGIN {3}").link.session.preview(line).note == note


def test_a_half_typed_line_is_read_as_far_as_it_goes():
    session = seat(*LOGIN).link.session
    assert session.preview(b"").expected[0].what == "tag"
    assert session.preview(b"a1").fits == 2
    assert session.preview(b"a+").why == "Each command begins with a tag, as in a3 NOOP."
    assert {want.text for want in session.preview(b"a1 UID F").wants} == {"UID FETCH"}
    assert "ENVELOPE" in {want.text for want in session.preview(b"a1 FETCH 1 E").wants}
    assert session.preview(b"a1 SELECT {5}").fits == 13
    session.receive(b"a1 IDLE\r\n")
    assert [want.text for want in session.preview(b"do").wants] == ["DONE"]
    assert session.preview(b"DONE").fault is None
    assert session.preview(b"a1 NOOP").why
    assert session.legal() == ()


@pytest.mark.parametrize("name", [b'"\x01"', b"&AAE-", b'"a\x7f"'])
def test_a_name_that_nobody_can_read_is_refused_and_never_shown(name):
    made = seat(b"a1 LOGIN bob hungry", b"a2 SELECT " + name)
    assert last(made).replies == (b"a2 BAD Syntax error in arguments\r\n",)
    assert last(made).because.isprintable()


def test_any_octets_may_be_looked_for():
    made = seat(*LOGIN, b'a3 SEARCH SUBJECT "\x01"', b"a4 SEARCH TEXT {2+}", b"\xe9\xff")
    assert last(made).replies == (b"* SEARCH\r\n", b"a4 OK SEARCH completed\r\n")


def test_a_lesson_may_ask_for_the_user_the_mailbox_and_its_counts():
    def told(*lines: bytes) -> dict[str, object]:
        made = seat(*lines)
        return {fact.name: fact.read(made.link.session.state) for fact in PROTOCOLS["imap"].facts()}

    assert told() == {
        **{"session.user": "", "session.tag": "*", "open.mailbox": "", "open.writable": False},
        **{"open.count": 0, "open.recent": 0, "open.uids": ()},
    }
    assert told(*LOGIN, b"x STORE 1 +FLAGS (\\Deleted)", b"y EXPUNGE") == {
        **{"session.user": "bob", "session.tag": "y", "open.mailbox": "INBOX", "open.writable": True},
        **{"open.count": 1, "open.recent": 1, "open.uids": (2,)},
    }
    assert told(b"a LOGIN bob hungry", b"b EXAMINE Sent")["open.writable"] is False


@pytest.mark.parametrize(
    ("lines", "verb", "status", "text"),
    [
        ([b"a1 login bob hungry"], "LOGIN", "OK", "a1 OK "),
        ([b"a1 LOGIN bob x"], "LOGIN", "NO", "a1 NO [AUTHENTICATIONFAILED]"),
        ([*LOGIN, b"x UID FETCH 1 FLAGS"], "UID", "OK", "* 1 FETCH"),
        ([b"a1 LOGIN {3}", b"bob hungry"], "LOGIN", "OK", "a1 OK "),
        ([*LOGIN, b"c IDLE", b"DONE"], "DONE", "OK", "c OK"),
        ([*LOGIN, b"c IDLE"], "IDLE", "+", "+ idling"),
    ],
)
def test_a_lesson_may_ask_for_the_last_command_without_its_tag(lines, verb, status, text):
    made = seat(*lines)
    told = Look(made, "nyu.edu").last
    assert told is not None
    assert (told["verb"], told["status"]) == (verb, status)
    assert str(told["text"]).startswith(text)
