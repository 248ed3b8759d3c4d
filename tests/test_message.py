"""Messages taken apart: their structure on octets, and the reading of each line as it arrives."""

import re
import sys
from email import message_from_bytes
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailshell.core.explain import BodyLines, body_row
from mailshell.core.framer import lines
from mailshell.core.record import Body
from mailshell.mail import glosses, parameters
from mailshell.mail.headers import HEADERS, OPTIONAL
from mailshell.mail.letter import Letter
from mailshell.mail.message import FIELDS, NESTING, PARTS, Entity, Media, Outline, parse, uncommented, unfolded
from mailshell.mail.message import media as content_type
from tests.sections import SECTIONS

LETTER = b"""Return-Path: <alice@lancs.uk>
Received: from lancs.uk (lancs.uk [192.0.2.1])
\tby nyu.edu with ESMTP id m1
\tfor <bob@nyu.edu>;
\tMon, 09 Mar 2015 10:00:00 +0000
From: "Alice A." <alice@lancs.uk>
To: bob@nyu.edu (Bob), Carol <carol@nyu.edu>
Subject: =?utf-8?Q?caf=C3=A9?= today
Date: Mon, 9 Mar 2015 10:00:00 -0130
Message-ID: <1@lancs.uk>
MIME-Version: 1.0
Content-Type: multipart/mixed; (a comment)
 boundary="x=_y"
X-Own: \xff

for old programs
--x=_y
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: quoted-printable

Un caf=C3=A9 =
cr=E8me
--x=_y
Content-Type: multipart/alternative; boundary=in
 ner

--in ner
Content-Type: text/html; charset="utf-8"
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="a.html"

PGI+Y2Fmw6k8L2I+
Zg==
--in ner  \t
Content-Type: message/rfc822

Subject: inside

text
--x=_y

no fields
--x=_y--
the rest
""".replace(b"\n", b"\r\n").replace(b"=in\r\n ner", b'="in\r\n ner"')


def outline(octets, entity):
    return entity.media.name, octets[entity.body : entity.end], [outline(octets, part) for part in entity.parts]


def test_a_message_has_parts_in_parts():
    top = parse(LETTER)
    assert [field.name for field in top.fields][:3] == [b"return-path", b"received", b"from"]
    assert top.fields[1].value(LETTER).startswith(b"from lancs.uk (lancs.uk [192.0.2.1])\tby nyu.edu")
    assert top.media == Media("multipart/mixed", (("boundary", "x=_y"),))
    first, second, third = top.parts
    assert (first.encoding, LETTER[first.body : first.end]) == ("quoted-printable", b"Un caf=C3=A9 =\r\ncr=E8me")
    html, inner = second.parts
    assert (html.media.name, html.encoding) == ("text/html", "base64")
    assert LETTER[html.body : html.end] == b"PGI+Y2Fmw6k8L2I+\r\nZg=="
    assert [LETTER[one.body : one.end] for one in inner.parts] == [b"text"]
    assert (third.fields, LETTER[third.body : third.end]) == ((), b"no fields")


def entities(entity):
    yield entity
    for part in entity.parts:
        yield from entities(part)


def whole(octets: bytes, entity: Entity) -> bytes:
    """An entity put together again from its fields, its parts and what stands between them."""
    head = b"".join(octets[field.start : field.end] for field in entity.fields)
    at = entity.start + len(head)
    assert octets[at : entity.body] in (b"", b"\r\n")
    out = head + octets[at : entity.body]
    at = entity.body
    for part in entity.parts:
        out += octets[at : part.start] + whole(octets, part)
        at = part.end
    return out + octets[at : entity.end]


def check_spans(octets: bytes) -> None:
    top = parse(octets)
    assert whole(octets, top) == octets
    for entity in entities(top):
        assert 0 <= entity.start <= entity.body <= entity.end <= len(octets)
        places = [entity.start, *(place for field in entity.fields for place in (field.start, field.colon, field.end))]
        assert places == sorted(places)
        assert all(octets[field.colon : field.colon + 1] == b":" for field in entity.fields)
        assert all(before.end <= after.start for before, after in pairwise(entity.parts))


PIECES = [
    *(
        b"\r\n",
        b"\r",
        b"\n",
        b" ",
        b":",
        b"--",
        b"--b",
        b"--b--",
        b"--c\r\n",
        b"--b\r\n",
        b"\r\n\r\n",
        b"\0",
        b"\xff",
        b".",
    ),
    *(b"Content-Type: multipart/mixed; boundary=b\r\n", b"Content-Type: multipart/digest;\r\n boundary=c\r\n"),
    *(
        b"Content-Type: message/rfc822\r\n",
        b"Content-Transfer-Encoding: base64\r\n",
        b"Subject: a\r\n",
        b"a",
        b"From: a\r\n",
    ),
    *(b"Received: from a by b; ", b"=?utf-8?Q?a?=", b"<a@b>", b'"', b"(", b"Content-Type: text/html; charset=x\r\n"),
    *(
        b"Content-Transfer-Encoding: quoted-printable\r\n",
        b"=C3=A9=\r\n",
        b"Zg==\r\n",
        b"Content-Disposition: inline\r\n",
    ),
]
messages = st.lists(st.sampled_from(PIECES), max_size=25).map(b"".join) | st.binary(max_size=60)


@settings(max_examples=400)
@given(messages)
def test_any_octets_have_a_structure_whose_pieces_give_the_octets_back(octets):
    check_spans(octets)


def test_every_beginning_of_a_letter_has_a_structure():
    for end in range(len(LETTER) + 1):
        check_spans(LETTER[:end])


def test_nesting_has_a_limit_and_no_recursion_error():
    deep = b"Content-Type: message/rfc822\r\n\r\n" * (sys.getrecursionlimit() * 2)
    check_spans(deep)
    depth, entity = 0, parse(deep)
    while entity.parts:
        (entity,) = entity.parts
        depth += 1
    assert depth == NESTING


@pytest.mark.parametrize(
    ("octets", "names", "body"),
    [
        (b"", [], b""),
        (b"Hello\r\nBob\r\n", [], b"Hello\r\nBob\r\n"),
        (b"\r\nHello", [], b"Hello"),
        (b" a: b\r\n", [], b" a: b\r\n"),
        (b"A: b\r\nHello\r\n", [b"a"], b"Hello\r\n"),
        (b"A: b\r\n", [b"a"], b""),
        (b"A : b\r\n\tc\r\n\r\nd", [b"a"], b"d"),
        (b"A: b\nC: d\r\n\r\n", [b"a"], b""),
        (b"A b: c\r\n", [], b"A b: c\r\n"),
        (b": c\r\n", [], b": c\r\n"),
    ],
)
def test_where_a_header_ends(octets, names, body):
    top = parse(octets)
    assert [field.name for field in top.fields] == names
    assert octets[top.body : top.end] == body


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        (b"text/plain", Media("text/plain")),
        (b"TEXT/Plain ; Charset=UTF-8", Media("text/plain", (("charset", "UTF-8"),))),
        (b'a/b; c="d;\\"e (f)"; g=h/i=j', Media("a/b", (("c", 'd;"e (f)'), ("g", "h/i=j")))),
        (b"a (x)/b (c; d=e); f; =g", Media("a/b")),
        (b"a/b (c (d; e=f) \\) g); h=i", Media("a/b", (("h", "i"),))),
        (b'a/b; c="d', Media("a/b", (("c", "d"),))),
        *((value, None) for value in (b"", b"text", b"/plain", b"text/", b'"', b"(")),
    ],
)
def test_content_types_are_read(value, wanted):
    assert content_type(value) == wanted


@pytest.mark.parametrize(
    ("value", "wanted"),
    [(b"Base64", "base64"), (b" (a (b)) base64 (c;d)", "base64"), (b"base64; x=y", "base64"), (b"(c)", ""), (b"", "")],
)
def test_transfer_encodings_are_read(value, wanted):
    assert parse(b"Content-Transfer-Encoding: %b\r\n\r\n" % value).encoding == wanted


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        (b"a", b"a"),
        (b"a (b) c", b"a   c"),
        (b"a(b (c) \\( d)e", b"a e"),
        (b'"a (b)" (c)', b'"a (b)"  '),
        (b'a ("b) c', b"a   c"),
        (b"a (b", b"a  "),
        (b"a) b", b"a) b"),
        (b'"\\" (a)" (b)', b'"\\" (a)"  '),
        (b"(" * 50_000, b" "),
    ],
)
def test_comments_are_white_space(value, wanted):
    assert uncommented(value) == wanted


def test_the_first_content_type_counts_and_a_bad_one_is_plain_text():
    assert parse(b"Content-Type: a/b\r\nContent-Type: c/d\r\n\r\n").media.name == "a/b"
    assert parse(b"Content-Type: ?\r\n\r\n").media.name == "text/plain"
    digest = b"Content-Type: multipart/digest; boundary=b\r\n\r\n--b\r\n\r\nSubject: a\r\n\r\nb\r\n--b--\r\n"
    assert [part.media.name for part in parse(digest).parts] == ["message/rfc822"]


names = st.from_regex(r"X-[A-Za-z]{1,8}", fullmatch=True) | st.sampled_from(["From", "To", "Subject", "Date"])
texts = st.lists(
    st.text("abcXYZ019.,()<>@ ", min_size=1, max_size=12).map(lambda text: f"v{text}v"), min_size=1, max_size=3
)
headers = st.lists(st.tuples(names, texts), max_size=4)
bodies = st.lists(st.sampled_from(["hello", "-- ", "--", "a: b", "", "."]), max_size=3).map("\r\n".join)


@st.composite
def well_formed(draw, depth=0):
    head = "".join(f"{name}: {(chr(13) + chr(10) + ' ').join(value)}\r\n" for name, value in draw(headers))
    if depth == 2 or draw(st.booleans()):
        return f"{head}\r\n{draw(bodies)}"
    parts = draw(st.lists(well_formed(depth + 1), min_size=1, max_size=3))
    boundary = f"level{depth}"
    inside = "".join(f"--{boundary}\r\n{part}\r\n" for part in parts)
    media = f'Content-Type: multipart/mixed;\r\n boundary="{boundary}"\r\n'
    return f"{head}{media}\r\npreamble\r\n{inside}--{boundary}--\r\nend"


def same(octets, entity, other):
    names = [(name.lower().encode(), value) for name, value in other.items()]
    mine = [(field.name, unfolded(field.value(octets)).decode()) for field in entity.fields]
    assert mine == [(name, unfolded(value.encode()).decode()) for name, value in names]
    assert entity.media.name == other.get_content_type()
    assert len(entity.parts) == (len(other.get_payload()) if other.is_multipart() else 0)
    if entity.parts:
        for part, theirs in zip(entity.parts, other.get_payload(), strict=True):
            same(octets, part, theirs)
    else:
        assert octets[entity.body : entity.end].decode() == other.get_payload()


@settings(max_examples=200)
@given(well_formed())
def test_the_email_package_finds_the_same_structure(text):
    octets = text.encode()
    same(octets, parse(octets), message_from_bytes(octets))


@given(st.from_regex(rb"[a-z]{1,3}/[a-z]{1,3}(; ?[a-z]{1,3}=(\"[a-z;=/ ]{0,3}\"|[a-z]{1,3})){0,3}", fullmatch=True))
def test_the_quick_way_to_a_content_type_gives_the_same(value):
    assert content_type(value) == content_type(value + b" (with a comment)")


def readings(octets, sender=b"", dotted=False):
    letter = Letter(sender)
    return [(line, letter.read(line, dotted=dotted)) for line in lines(octets)]


def noted(octets, **kind):
    """Of each line what is marked, and how."""
    return [
        [(note.rule, line[note.start : note.end]) for note in reading.notes]
        for line, reading in readings(octets, **kind)
    ]


def check_notes(octets, **kind):
    for line, reading in readings(octets, **kind):
        end = 0
        for note in reading.notes:
            assert end <= note.start <= note.end <= len(line)
            assert note.text
            assert note.cite is not None
            assert note.cite.section in SECTIONS[note.cite.rfc].split(), note
            end = note.end


@settings(max_examples=400)
@given(messages, st.booleans())
def test_notes_lie_in_order_inside_the_line_and_cite_what_exists(octets, dotted):
    check_notes(octets, sender=b"a@b.c", dotted=dotted)


def test_a_letter_is_explained_line_by_line():
    check_notes(LETTER)
    found = dict(zip(lines(LETTER), noted(LETTER), strict=True))
    rules = {line.strip(): [rule for rule, _ in marks] for line, marks in found.items()}
    assert rules[b"Return-Path: <alice@lancs.uk>"] == ["field-name", "Reverse-path"]
    assert rules[b"Received: from lancs.uk (lancs.uk [192.0.2.1])"] == ["field-name", "From-domain", "TCP-info"]
    assert rules[b"by nyu.edu with ESMTP id m1"] == ["FWS", "By-domain", "With", "ID"]
    assert rules[b"for <bob@nyu.edu>;"] == ["FWS", "For"]
    assert rules[b"Mon, 09 Mar 2015 10:00:00 +0000"] == ["FWS", "day-of-week", "date", "time-of-day", "zone"]
    assert rules[b'From: "Alice A." <alice@lancs.uk>'] == ["field-name", "display-name", "angle-addr"]
    assert found[b"To: bob@nyu.edu (Bob), Carol <carol@nyu.edu>\r\n"] == [
        ("field-name", b"To"),
        ("addr-spec", b"bob@nyu.edu"),
        ("comment", b"(Bob)"),
        ("display-name", b"Carol"),
        ("angle-addr", b"<carol@nyu.edu>"),
    ]
    assert found[b"Subject: =?utf-8?Q?caf=C3=A9?= today\r\n"] == [
        ("field-name", b"Subject"),
        ("charset", b"utf-8"),
        ("encoding", b"Q"),
        ("encoded-text", b"caf=C3=A9"),
    ]
    assert rules[b"Message-ID: <1@lancs.uk>"] == ["field-name", "msg-id"]
    assert rules[b"MIME-Version: 1.0"] == ["field-name", "version"]
    assert rules[b"Content-Type: multipart/mixed; (a comment)"] == ["field-name", "type", "subtype"]
    assert found[b' boundary="x=_y"\r\n'] == [("FWS", b" "), ("parameter", b'boundary="x=_y"')]
    assert found[b"X-Own: \xff\r\n"] == [("field-name", b"X-Own"), ("UTF8-non-ascii", b"\xff")]
    assert rules[b"for old programs"] == ["preamble"]
    assert rules[b"the rest"] == ["epilogue"]
    assert rules[b"--x=_y"] == ["dash-boundary"]
    assert rules[b"--x=_y--"] == ["close-delimiter"]
    assert found[b"Un caf=C3=A9 =\r\n"] == [("hex-octet", b"=C3=A9"), ("soft line break", b"=")]
    assert rules[b'Content-Disposition: attachment; filename="a.html"'] == [
        "field-name",
        "disposition-type",
        "parameter",
    ]
    assert rules[b"PGI+Y2Fmw6k8L2I+"] == ["base64"]
    assert found[b"Zg==\r\n"] == [("padding", b"==")]


def glosses_of(octets, **kind):
    return [reading.gloss for _, reading in readings(octets, **kind)]


def texts_of(octets, **kind):
    return [note.text for _, reading in readings(octets, **kind) for note in reading.notes]


def test_decoded_text_is_told():
    said = texts_of(LETTER)
    for text in ('reads "café"', '2 octets: "é"', 'an octet: "\\xe8"', "01 h 30 min behind UTC"):
        assert text in said
    assert any(text.endswith('and read "<b>café</b>"') for text in said)


def test_plain_text_has_no_gloss_and_a_header_has_one_a_field():
    assert glosses_of(b"From: a@b\r\n c\r\nX-Own: d\r\n\r\nHello\r\n--\r\nBob\r\n") == [
        *("the author, as the message claims", "", "", "the header ends, the body begins"),
        *("", "", ""),
    ]
    assert glosses_of(b"Subject: =?utf-8?Q?caf=C3=A9?= today\r\n") == ['reads "café today"']


@pytest.mark.parametrize(
    ("octets", "text"),
    [
        (b"Hello\r\n", "this message has no header: a field is name, colon, value"),
        (b"\r\nHello\r\n", "no header: the body begins"),
        (b"Subject: a\r\nHello\r\n", "no field: the body begins, an empty line is missing"),
        (b"Subject: a\r\n\r\n", "the header ends, the body begins; Date and From are missing"),
        (b"From: a\r\n\r\n", "the header ends, the body begins; Date is missing"),
        (b"Date: a\r\nFrom: a\r\n\r\n", "the header ends, the body begins"),
        (b"Content-Type: multipart/x; boundary=b\r\n\r\n--b\r\n\r\n", "no fields: the part is plain text"),
        (b"Content-Type: multipart/x; boundary=b\r\n\r\n--b\r\na\r\n", "this part has no header: this is its body"),
        (b"Content-Type: message/rfc822\r\n\r\n", "a message inside: its header follows"),
        (b"\r\n" + b"a" * 999 + b"\r\n", "1,001 octets with CR LF; a line has at most 1000"),
    ],
)
def test_what_is_missing_is_said(octets, text):
    assert texts_of(octets)[-1] == text


def test_an_author_that_is_not_the_sender_of_the_envelope_is_noted():
    gloss = "author, not the MAIL FROM address"
    note = "MAIL FROM:<alice@lancs.uk> is another; nobody compares them"
    stored = b"Return-Path: <alice@lancs.uk>\r\nFrom: Bob <bob@nyu.edu>\r\n"
    assert glosses_of(b"From: bob@nyu.edu\r\n", sender=b"alice@lancs.uk") == [gloss]
    assert glosses_of(stored)[1] == gloss
    assert note in texts_of(stored)
    assert note in texts_of(b"From: Bob\r\n <bob@nyu.edu>\r\n", sender=b"alice@lancs.uk")
    for octets in (
        b"From: Alice@LANCS.uk\r\n",
        b"From: a@b, alice@lancs.uk\r\n",
        b"To: bob@nyu.edu\r\n",
        b"From: x\r\n y\r\n",
    ):
        assert note not in texts_of(octets, sender=b"alice@lancs.uk")
    assert note not in texts_of(b"From: bob@nyu.edu\r\n", sender=b"")


def rows(pieces, dotted=True):
    """The rows of a body in whatever pieces it comes."""
    cutter, letter, out = BodyLines(), Letter(b"alice@lancs.uk"), []
    for piece in pieces:
        out += cutter.add(Body(piece))
    rest = cutter.rest()
    readings = [(line, letter.read(line, dotted=dotted)) for line in [*out, *([rest] if rest else [])]]
    return [body_row(line, reading.notes, reading.gloss, dotted=dotted) for line, reading in readings]


@given(messages | st.just(LETTER), st.lists(st.integers(0, 400), max_size=5), st.booleans())
def test_cut_anywhere_the_notes_are_the_same(octets, places, dotted):
    cuts = sorted({0, len(octets), *(place for place in places if place < len(octets))})
    pieces = [octets[start:end] for start, end in pairwise(cuts)]
    assert rows(pieces, dotted) == rows([octets], dotted)
    assert b"".join(row.octets for row in rows(pieces, dotted)) == octets


def test_a_stuffed_dot_is_no_part_of_the_line():
    (row, *_) = rows([b".Subject: =?utf-8?Q?a?=\r\n"])
    assert [row.octets[note.start : note.end] for note in row.notes] == [b".", b"Subject", b"utf-8", b"Q", b"a"]
    assert row.gloss == "the first dot is stuffing; the server takes it off"
    (row, *_) = rows([b".a: b\r\n"], dotted=False)
    assert row.notes[0].rule == "field-name"


def test_a_line_that_comes_in_pieces_is_followed_and_not_explained():
    letter = Letter()
    for piece in (b"Content-Type: multipart/mixed;", b" boundary=b\r", b"\n"):
        assert letter.read(piece) == ("", ())
    assert letter.read(b"\r\n").gloss == "the header ends, the body begins"
    assert letter.read(b"--b\r\n").gloss == "a part begins"
    assert letter.read(b"x" * 10_000) == letter.read(b"y\r") == letter.read(b"\n") == ("", ())
    assert letter.read(b"--b--\r\n").gloss == "the last part is over"


def test_the_memory_of_a_letter_does_not_grow():
    def size(letter, outline):
        return sum(len(repr(value)) for value in (*vars(letter).values(), *vars(outline).values()))

    letter, outline = Letter(), Outline()
    for line in [b"Content-Type: text/plain;", b" a=b;" * 300] + [b" x" * 400, b"X: y" * 200] * 500:
        letter.read(line + b"\r\n")
        outline.line(line)
    assert size(letter, outline) < 20_000


def test_every_card_of_a_field_is_short_and_cites_what_exists():
    for card in (*HEADERS.values(), OPTIONAL):
        assert 0 < len(card.says) <= 40
        assert not card.says.endswith((".", "!"))
        assert card.cite.section in SECTIONS[card.cite.rfc].split(), card
        assert re.fullmatch(r"[!-9;-~]+", card.name)


def test_a_line_of_many_fields_has_a_bounded_number_of_notes():
    assert len(glosses.notes(b"to", b"To:" + b" a@b," * 1000, 3, True)) == 16
    escapes = readings(b"Content-Transfer-Encoding: quoted-printable\r\n\r\n" + b"=41 " * 99 + b"\r\n")
    assert len(escapes[-1][1].notes) == 8


@pytest.mark.parametrize(
    ("line", "rules"),
    [
        (b"Date: 9 Mar 2015 10:00 +0000", ["date", "time-of-day", "zone"]),
        (b"Date: soon", ["date-time"]),
        (b"Date: Mon,", []),
        (b"Date: 9 Mar 2015 10:00 GMT", ["date", "time-of-day", "zone"]),
        (b"Message-ID: nobody", ["msg-id"]),
        (b"To: Bob <bob@nyu.edu", ["display-name"]),
        (b"To: =?utf-8?Q?Bob?= <b@c>", ["charset", "encoding", "encoded-text", "angle-addr"]),
        (b'To: "=?utf-8?Q?Bob?=" <b@c>', ["display-name", "angle-addr"]),
        (b"Received: from a (from b) by c", ["From-domain", "comment", "By-domain"]),
        (b"Received: ( from b)", ["comment"]),
        (b"MIME-Version:", []),
        (b"Content-Transfer-Encoding:", []),
        (b"Content-Transfer-Encoding: x-own", ["mechanism"]),
        (b"Content-Type: plain", ["type"]),
        (b"Content-Type: (of text)", []),
        (b"Content-Type: x/y; z", ["type", "subtype"]),
        (b"Content-Disposition: filename=a", ["parameter"]),
        (b"Content-Disposition:", []),
        (b"Return-Path: nobody", []),
    ],
)
def test_what_stands_in_a_value(line, rules):
    (marks,) = noted(line + b"\r\n")
    assert [rule for rule, _ in marks] == ["field-name", *rules]


QP = b"Content-Transfer-Encoding: quoted-printable\r\n\r\n"


@pytest.mark.parametrize(
    ("octets", "text"),
    [
        (b"Date: Mon, 31 Feb 2015 10:00:00 +0000\r\n", "no calendar has this day"),
        (b"Date: Tue, 9 Mar 2015 10:00:00 +0000\r\n", "the day of the week; that day is a Mon"),
        (b"Date: Mon, 9 Mar 2015 24:00:00 +0000\r\n", "no clock shows this time"),
        (b"Date: Mon, 9 Mar 2015 10:60 +0000\r\n", "no clock shows this time"),
        (b"Date: Mon, 9 Mar 2015 23:59:61 +0000\r\n", "no clock shows this time"),
        (b"Date: tomorrow\r\n", "no date: as in 9 Mar 2015 12:00:00 +0000"),
        (b"From: a@b\r\nFROM: c@d\r\n", "one more From: only one is allowed"),
        (b"Message-ID: 1@a\r\n", "a message identifier stands in < and >"),
        (b"Content-Type: html\r\n", "no type/subtype: the body counts as plain text"),
        (b"MIME-Version: 2.0\r\n", "1.0 is the only version there is, so this is none"),
        (b"Content-Type: multipart/x\r\n\r\n", "the header ends; without a boundary nobody finds the parts"),
        (
            b"Content-Type: multipart/x; boundary=b\r\nContent-Transfer-Encoding: base64\r\n\r\n",
            "the header ends; parts are encoded one by one, never together",
        ),
        (QP + b"caf=E9 =ZZ\r\n", "no octet: two hexadecimal digits must follow each ="),
        (b"Content-Transfer-Encoding: base64\r\n\r\nQQ==\r\nBob!\r\n", "not base64: a reader skips it"),
    ],
)
def test_what_is_wrong_in_a_message_is_said(octets, text):
    assert text in texts_of(octets)


@pytest.mark.parametrize(
    "octets",
    [
        b"Date: Sat, 29 Feb 2020 23:59:60 +0000\r\n",
        b"Received: from a by b\r\nReceived: from c by d\r\n",
        b"MIME-Version: 1.0 (old)\r\n",
        b"MIME-Version: (old) 1.0\r\n",
        QP + b"caf=C3=A9 = \r\n",
    ],
)
def test_nothing_is_said_of_what_is_right(octets):
    wrong = re.compile("no calendar|no clock|only one|so this is none|two hexadecimal|that day is")
    assert not [text for text in texts_of(octets) if wrong.search(text)]


def test_base64_of_nothing_is_not_explained():
    assert noted(b"Content-Transfer-Encoding: base64\r\n\r\n\r\nQQ\r\n")[2:] == [[], [("base64", b"QQ")]]
    data = b"Content-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\nQUJD\r\n"
    assert texts_of(data)[-1] == "base64: 4 characters are 3 octets"


def test_parts_and_fields_beyond_the_most_are_text_and_stay_in_the_header():
    text = b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\na\r\n" * (PARTS + 5) + b"--b--\r\nend"
    found = parse(text)
    assert len(found.parts) == PARTS
    last = found.parts[-1]
    assert text[last.body : last.end] == b"\r\n".join([b"a\r\n--b\r\n"] * 5) + b"\r\na"
    header = b"a: b\r\n" * (FIELDS + 5)
    for rest in (b"--x: y\r\n z\r\n", b""):
        found = parse(header + rest + b"\r\nbody")
        assert len(found.fields) == FIELDS
        assert (header + rest + b"\r\nbody")[found.body :] == b"body"
    inner = parse(b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n" + header + b"--x: y\r\n z\r\n\r\n--b--")
    assert len(inner.fields) + len(inner.parts[0].fields) == FIELDS


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("a*0=x; a*1=y; b=z", [("a", "xy"), ("b", "z")]),
        ('b=z; a*1=y; a*0="x y"', [("b", "z"), ("a", "x yy")]),
        ("a*0*=utf-8'en'%E2; a*1=\"% \"; a*2*=%AC", [("a*", "utf-8'en'%E2%25%20%AC")]),
        ("a*=utf-8''x%20y", [("a*", "utf-8''x%20y")]),
        ("a*0=x; a*2=y", [("a", "x"), ("a*2", "y")]),
        ("a*0=x; a*0=y", [("a", "x")]),
        ("a*0=x; a*1*=%20y", [("a*0", "x"), ("a*1*", "%20y")]),
        ("a*0*=x%20; a*1=y", [("a*", "x%20y")]),
        ("a*1=x; a*01=y; *0=z; a*0**=w", [("a*1", "x"), ("a*01", "y"), ("*0", "z"), ("a*0**", "w")]),
    ],
)
def test_pieces_of_parameters_are_put_together(written, meant):
    """RFC 2231 section 3; what is not by its rules stays."""
    assert content_type(f"a/b; {written}".encode()) == Media("a/b", tuple(meant))


@pytest.mark.parametrize(
    ("name", "value", "meant"),
    [
        ("a*", "iso-8859-1'en'x%20%FC", "x \u00fc"),
        ("a*", "''%C3%BC", "\u00fc"),
        ("a*", "no sign %C3%BC", "no sign \u00fc"),
        ("a*", "nobody'knows'%C3", "\\xc3"),
        ("a*", "utf-8''100%", "100%"),
        ("a", "utf-8''%20", "utf-8''%20"),
    ],
)
def test_values_of_parameters_are_told_as_they_are_meant(name, value, meant):
    assert parameters.text(name, value) == meant
