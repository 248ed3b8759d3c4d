"""Any octets may be a message, and any octets may come from a client: the answers are IMAP all the same."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mailshell.imap import envelope, limits, sections, structure, usual
from mailshell.imap.items import Text
from mailshell.mail import message
from mailshell.mail.message import parse
from mailshell.world.seat import Seat
from mailshell.world.start import STUDENT, build
from tests.imap import INBOX
from tests.imap_words import attributes, check_body, check_envelope, leaves, responses

PIECES = [
    b"From: ", b"To: ", b"Sender:", b"Reply-To : ", b"Cc:", b"Date: ", b"Subject: ", b"Message-ID: ",
    b"In-Reply-To:", b"Content-Type: multipart/mixed; boundary=b",
    b"Content-Type: multipart/digest; boundary=\"b b\"", b"Content-Type: message/rfc822",
    b"Content-Type: text/html; charset=\"\\\"\"", b"Content-Type: multipart/x", b"Content-Type: text",
    b"Content-Type: /;;=", b"Content-Type: message/rfc822; a=\xff", b"Content-Transfer-Encoding: base64",
    b"Content-Disposition: attachment; filename=\"a\\\"b\"", b"Content-Disposition: ;", b"Content-Language: en, de",
    b"Content-Language: ,", b"Content-Location: x", b"Content-ID: <x>", b"Content-MD5: y",
    b"Content-Description: \"", b"\r\n", b"\r\n\r\n", b"\r\n--b\r\n", b"\r\n--b--", b"--b b\r\n", b"\r\n ",
    b"\r\n\t", b"a@b", b"Bob B. <bob@nyu.edu>", b"\"Bob \\\" B\" <a@b>", b"<@x,@y:a@b>", b"(c)",
    b"group: a@b, c@d;", b",", b";", b":", b"<", b">", b"(", b")", b"\"", b"\\", b"@", b"[", b"]", b"{5}",
    b"{5}\r\n", b"\0", b"\r", b"\n", b"\xc3\xa9", b"\xff", b"x", b" ", b"undisclosed:;", b"a" * 1100, b"-", b"NIL",
    b"%s", b"=?utf-8?q?a?=",
]  # fmt: skip
octets = st.one_of(st.binary(max_size=100), st.lists(st.sampled_from(PIECES), max_size=40).map(b"".join))


def seat(*lines: bytes) -> Seat:
    made = Seat(build("lecture"), STUDENT, "script")
    made.connect("nyu.edu", "imap")
    for line in lines:
        made.send(line)
    return made


def said(made: Seat) -> bytes:
    """All that a server has sent so far."""
    entries = made.world.transcript.entries
    return b"".join(block for one in entries for block in getattr(one.record, "replies", ()))


SEAT = seat(b"a LOGIN bob hungry\r\n", b"b SELECT Drafts\r\n")
ITEMS = b"ENVELOPE BODYSTRUCTURE BODY BODY.PEEK[] BODY.PEEK[HEADER] BODY.PEEK[1] BODY.PEEK[1.MIME] BODY.PEEK[2.1]<3.9>"


def test_thousands_of_fields_take_no_time():
    text = b"To: a@b\r\n" * 150_000
    found = envelope.of(text, parse(text))
    assert found.count(b"@") == 0
    assert found.count(b'(NIL NIL "a" "b")') == 1000


def test_hundreds_of_sections_of_a_message_take_no_time():
    made = seat(b"a LOGIN bob hungry\r\n")
    store, count = made.world.store, 8000
    parts = b"".join(b"--b\r\n\r\n%d\r\n" % one for one in range(1, count + 1))
    text = b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + parts + b"--b--"
    store.append(INBOX, store.keep(text), at=made.world.clock.now())
    wanted = b" ".join(b"BODY.PEEK[%d] BINARY[%d]" % (one, one) for one in range(count, count - 250, -1))
    made.send(b"b SELECT INBOX\r\nc FETCH 3 (" + wanted + b")\r\n")
    assert said(made).count(b" BINARY[") == 250
    assert b"BODY[7999] {4}\r\n7999 BINARY[7999] {4}\r\n7999 " in said(made)


def test_a_disposition_is_read_as_far_as_a_type_is():
    text = b"Content-Disposition: x" + b"; a=b" * 10_000 + b"\r\n\r\n"
    assert 1000 < structure.digests(text)["BODYSTRUCTURE"].count(b'"A" "b"') < 2000


@settings(max_examples=200, deadline=None)
@given(octets)
@example(b"")
@example(b"From: a@b, , <>, <@>, a <b\r\nTo: :;:;\r\n\r\n")
@example(b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b--\r\n")
@example(b"Content-Type: \xff/\xff; \xff=b\r\nContent-Transfer-Encoding: \xb5\r\nContent-Disposition: \xdf\r\n\r\n")
def test_any_octets_have_an_envelope_and_a_structure(text):
    """They are stored, and fetched: what comes is by the grammar, and nothing is left over."""
    store, session = SEAT.world.store, SEAT.link.session
    store.append(INBOX._replace(name="Drafts"), store.keep(text), at=SEAT.world.clock.now())
    records = session.receive(b"x NOOP\r\ny FETCH * (UID " + ITEMS + b")\r\n")
    found = responses(b"".join(block for one in records for block in getattr(one, "replies", ())))
    assert (found[-1].tag, found[-1].name) == ("y", "OK")
    (fetched,) = (one for one in found if one.name == "FETCH")
    items = attributes(fetched.words)
    check_envelope(items["ENVELOPE"])
    check_body(items["BODYSTRUCTURE"], full=True)
    check_body(items["BODY"], full=False)
    for number, size in leaves(items["BODYSTRUCTURE"]):
        part = sections.Section(number).cut(Text(text))
        assert part is not None
        assert len(part) == size
    assert items["BODY[]"] == text.replace(b"\0", b"\x80")


@settings(max_examples=300)
@given(octets)
def test_the_quick_ways_to_read_a_message_find_the_same(text):
    """A header read at once, and line by line; addresses as they usually are, and by their tokens."""
    with pytest.MonkeyPatch.context() as patch:
        quick = parse(text), envelope.addresses(text)
        patch.setattr(message.Outline, "take", lambda outline, octets, at: [])
        patch.setattr(envelope, "_usual", lambda value: None)
        assert quick == (parse(text), envelope.addresses(text))


WORDS = [
    b"a1 ", b"A+ ", b"* ", b"+ ", b"] ", b"a\xff ", b"NOOP", b"FETCH ", b"UID ", b"STORE ", b"SEARCH ", b"LOGIN ",
    b"SELECT ", b"APPEND ", b"IDLE", b"DONE", b"COPY ", b"LIST ", b"STATUS ", b"CREATE ", b"RENAME ", b"DELETE ",
    b"EXPUNGE", b"CLOSE", b"AUTHENTICATE ", b"EXAMINE ", b"CHECK", b"CAPABILITY", b"INBOX", b"bob", b"hungry",
    b"Sent", b"\r\n", b"\n", b"\r", b" ", b"(", b")", b"[", b"]", b"<", b">", b"{3}\r\n", b"{3+}\r\n", b"{0}\r\n",
    b"{99999999999}\r\n", b"{99999999+}\r\n", b"{007}\r\n", b"~{3}\r\n", b"{", b"}", b"1:*", b"*", b"0",
    b"4294967296", b"1,2", b"\\Seen", b"\\Recent", b"FLAGS", b"+FLAGS.SILENT ", b"BODY[", b"HEADER.FIELDS (",
    b"TEXT", b"1.2.3", b"<0.1>", b"ALL", b"NOT ", b"OR ", b"\"", b"\\", b"(" * 200, b"NOT " * 200, b"%", b"&",
    b"&AOk-", b"\0", b"abc", b"CHARSET ", b"UTF-8 ", b"RETURN (", b"ENABLE ", b"ID ", b"x" * 3000,
]  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(WORDS), max_size=40).map(b"".join), st.booleans())
def test_whatever_a_client_sends_the_answers_are_by_the_grammar(text, selected):
    lines = (b"a LOGIN bob hungry\r\n", b"b SELECT INBOX\r\n") if selected else ()
    made = seat(*lines)
    made.send(text)
    responses(said(made))


LINES = st.sampled_from([
    "NOOP", "FETCH 1:* (UID FLAGS)", "STORE 1 +FLAGS (\\Deleted)", "STORE 1 FLAGS (\\Seen)", "EXPUNGE", "CHECK",
    "UID FETCH 1:9 (FLAGS)", "COPY 1 Sent", "SELECT Sent", "SELECT INBOX", "CLOSE", "STATUS INBOX (MESSAGES)",
    "APPEND INBOX {3+}\r\nabc", "APPEND nowhere {3+}\r\na\r\n", "WHAT", "FETCH 1 (", 'LIST "" *', "FETCH 9 FLAGS",
    "SEARCH DELETED", "DELETE INBOX",
])  # fmt: skip
TAGS = st.text(st.sampled_from("aZ09.-_:;<>=?@!#$&'/[]^`|~,}"), min_size=1, max_size=8)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(TAGS, LINES), max_size=12))
def test_commands_in_one_write_are_answered_in_order_as_if_the_client_waited(commands):
    """RFC 3501 section 5.5: what could be ambiguous is done strictly one after the other."""
    octets = [f"{tag} {line}\r\n".encode() for tag, line in commands]
    start = (b"a LOGIN bob hungry\r\n", b"b SELECT INBOX\r\n")
    together, apart = seat(*start), seat(*start, *octets)
    together.send(b"".join(octets))
    assert said(together) == said(apart)
    tags = [one.tag for one in responses(said(together)) if one.tag != "*"]
    assert tags == ["a", "b", *(tag for tag, _ in commands)]


DEEP = [
    b"SEARCH " + b"(" * 3000 + b"ALL" + b")" * 3000,
    b"SEARCH " + b"NOT " * 3000 + b"ALL",
    b"SEARCH " + b"OR ALL " * 2000 + b"ALL",
    b"FETCH 1 BODY[" + b"1." * 2000 + b"1]",
    b"FETCH " + b"1," * 20000 + b"1 FLAGS",
    b"STORE 1 FLAGS (" + b"x " * 20000 + b"x)",
    b"LIST " + b'"" ' + b"%/*" * 1000,
    b"x" * 100_000,
    b"NOOP {99999999999999}",
    b"NOOP {5000000000+}",
    b"LOGIN {18446744073709551616+}",
]


@pytest.mark.parametrize("line", DEEP, ids=lambda line: line[:20].decode())
def test_what_is_too_deep_or_too_long_gets_an_answer(line):
    made = seat(b"a LOGIN bob hungry\r\n", b"b SELECT INBOX\r\n")
    made.send(b"c " + line + b"\r\n")
    last = responses(said(made))[-1]
    assert last.name in ("OK", "NO", "BAD", "BYE")
    assert last.tag in ("c", "*")


def test_a_command_with_many_literals_is_refused_soon_and_costs_nothing_later():
    """The command is read again at each literal, so the work would grow with the square of their number."""
    made = seat(b"a LOGIN bob hungry\r\n", b"b SELECT INBOX\r\n")
    few, many = limits.LITERALS, 20 * limits.LITERALS
    made.send(b"c SEARCH " + b"TO {3+}\r\nbob " * few + b"ALL\r\n")
    made.send(b"d SEARCH " + b"TO {3+}\r\nbob " * many + b"ALL\r\n")
    made.send(b"e NOOP\r\n")
    tagged = {one.tag: one.name for one in responses(said(made)) if one.tag != "*"}
    assert tagged == {"a": "OK", "b": "OK", "c": "OK", "d": "BAD", "e": "OK"}


def test_many_messages_may_stand_in_one_command():
    made = seat(b"a LOGIN bob hungry\r\n")
    most = limits.DRAFTS
    for name, count in ((b"b", most), (b"c", most + 1)):
        made.send(name + b" APPEND Drafts" + b" {1+}\r\nx" * count + b"\r\n")
    made.send(b"d STATUS Drafts (MESSAGES)\r\n")
    assert b"\r\nc BAD Command too long\r\n" in said(made)
    assert b"* STATUS Drafts (MESSAGES %d)\r\n" % most in said(made)


FIELDS = [
    b"From: Bob <bob@nyu.edu>", b"To: a@b,\r\n c@d", b"Subject: x", b"subject : \r\n\ty", b"X-Other: z", b"--b: x",
    b"Content-Type: text/plain; charset=utf-8", b"Content-Type: image/png", b"Content-Type: message/rfc822",
    b"Content-Type: multipart/mixed; boundary=b", b"Content-Type: multipart/digest; boundary=b",
    b"Content-Transfer-Encoding: base64", b"Content-ID: <1@x>", b"Content-Disposition: inline; filename=a",
]  # fmt: skip
HEADS = st.lists(st.sampled_from(FIELDS), max_size=4, unique=True).map(
    lambda lines: b"".join(line + b"\r\n" for line in lines)
)
PARTS = st.builds(lambda head, end, body: head + end + body, HEADS, st.sampled_from([b"\r\n", b""]), octets)
WHOLE = st.builds(
    lambda head, parts, end: head + b"\r\n" + b"".join(b"--b\r\n" + part + b"\r\n" for part in parts) + end,
    HEADS,
    st.lists(PARTS, max_size=3),
    st.sampled_from([b"--b--", b"--b--\r\nend", b"", b"--b", b"--b-- \r\n", b"--b--\r\n--b\r\n\r\nx"]),
)


@settings(max_examples=500)
@given(octets | WHOLE)
def test_the_quick_way_to_a_structure_gives_the_same(text):
    assert usual.digests(text) == structure.digests(text)


def test_a_usual_message_takes_the_quick_way(monkeypatch):
    part = b"Content-Type: text/plain\r\nContent-Transfer-Encoding: 7bit\r\n\r\nhello\r\n"
    text = b"From: a@b\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n%b\r\n--b\r\n%b\r\n--b--\r\n" % (
        part,
        part,
    )
    expected = [structure.digests(one) for one in (part, text)]
    monkeypatch.delattr(structure, "digests")
    assert [usual.digests(one) for one in (part, text)] == expected
