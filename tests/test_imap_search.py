"""SEARCH against slow models that share no code with it: Python's email package, and Unicode's own tables."""

import base64
import email.policy
import unicodedata
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone
from email.header import Header
from email.message import EmailMessage
from email.mime.base import MIMEBase
from email.mime.message import MIMEMessage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.utils import format_datetime, parsedate_to_datetime
from itertools import zip_longest

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailshell.core.clock import HOUR, Instant
from mailshell.core.record import Exchange
from mailshell.imap import dates, texts
from mailshell.imap.collation import collated
from mailshell.mail import ledger
from mailshell.mail.store import BoxKey, Store
from mailshell.world.seat import Seat
from mailshell.world.start import STUDENT, build

TRASH = BoxKey("nyu.edu", "bob", "Trash")


def mailbox(*messages: bytes, came: Sequence[int] = ()) -> Seat:
    """A session that has a mailbox with some messages open; `came`: when each one came, in hours."""
    made = Seat(build("lecture"), STUDENT, "script")
    store, host = made.world.store, made.world.hosts["nyu.edu"]
    for one, hours in zip_longest(messages, came, fillvalue=0):
        assert isinstance(one, bytes)
        store.append(TRASH, store.keep(one), at=Instant(host.now() + hours * HOUR))
    made.connect("nyu.edu", "imap")
    made.send(b"a1 LOGIN bob hungry\r\na2 SELECT Trash\r\n")
    return made


def answer(made: Seat, command: str) -> list[bytes]:
    """The lines that answer a command."""
    made.send(b"a3 " + command.encode() + b"\r\n")
    found = [one.record for one in made.world.transcript.entries if isinstance(one.record, Exchange)]
    return b"".join(found[-1].replies).split(b"\r\n")[:-1]


def numbers(made: Seat, command: str) -> list[int]:
    """The numbers in the untagged answer to a command that was carried out."""
    first, last = answer(made, command)
    assert last.startswith(b"a3 OK"), last
    return [int(word) for word in first.split(b" ")[2:]]


# Texts

letters = st.text(st.characters(exclude_categories=["C", "Zl", "Zp"]), max_size=8)
ENCODINGS = ["8bit", "base64", "quoted-printable"]


@given(letters)
def test_texts_are_compared_by_title_case_and_decomposition(text):
    def one(letter: str) -> str:
        title = letter.title()
        return unicodedata.normalize("NFKD", title if len(title) == 1 else letter)

    assert collated(text) == "".join(map(one, text)).encode()
    assert collated(text.swapcase()) == collated(text) or not text.isascii()


def test_the_table_of_letters_does_not_grow_without_an_end():
    text = "".join(map(chr, range(0x4E00, 0x4E00 + 9000)))
    assert collated(text).decode() == text


@st.composite
def leaves(draw):
    """A part with text, or one with none, and the texts that can be found in it."""
    text = draw(letters)
    if draw(st.booleans()):
        charset = draw(st.sampled_from(["utf-8", "iso-8859-1", "utf-16", "koi8-r"]))
        part = MIMEText("", _charset=None)
        octets = text.encode(charset, "ignore")
        del part["Content-Transfer-Encoding"]
        part.set_param("charset", charset)
        return encoded(draw, part, octets), [octets.decode(charset)]
    return encoded(draw, MIMEBase("application", "x"), b"secret"), []


def encoded(draw, part, octets):
    """The part with these octets in its body, in some encoding."""
    encoding = draw(st.sampled_from(ENCODINGS if b"\n" not in octets and b"\r" not in octets else ENCODINGS[1:]))
    part["Content-Transfer-Encoding"] = encoding
    coded = {
        "8bit": octets.decode("ascii", "surrogateescape"),
        "base64": base64.encodebytes(octets).decode(),
        "quoted-printable": "".join(f"={octet:02X}" for octet in octets),
    }
    part.set_payload(coded[encoding])
    return part


@st.composite
def mails(draw, depth=2):
    """A message of the email package, and the texts that can be found in its body."""
    if depth and draw(st.booleans()):
        made = MIMEMultipart(boundary=f"b{depth}")
        found = []
        for _ in range(draw(st.integers(1, 3))):
            part, inside = draw(mails(depth=depth - 1))
            if draw(st.booleans()):
                part["Subject"] = Header(subject := draw(letters), "utf-8").encode()
                inside = [*inside, str(subject)]
                part = MIMEMessage(part)
            made.attach(part)
            found += inside
        return made, found
    return draw(leaves())


@settings(max_examples=150, deadline=None)
@given(mails())
def test_the_texts_of_all_parts_are_found_as_the_email_package_wrote_them(made):
    message, wanted = made
    octets = message.as_bytes(policy=email.policy.SMTP.clone(max_line_length=0, cte_type="8bit"))
    found = texts.body(octets)
    for text in wanted:
        assert collated(text.strip()) in found
    assert b"SECRET" not in found


subjects = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=40)


@given(st.lists(subjects, min_size=1, max_size=3), st.sampled_from(["utf-8", "iso-8859-1", "koi8-r"]))
def test_encoded_words_are_found_as_they_were_meant(words, charset):
    text = " ".join(words).encode(charset, "ignore").decode(charset).strip()
    octets = b"Subject: " + Header(text, charset).encode(linesep="\r\n").encode() + b"\r\n\r\n"
    assert texts.field(b"subject", octets) == texts.END + collated(text)


@given(st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=90))
def test_names_of_files_are_found_as_the_email_package_wrote_them(name):
    """It writes them with a charset, and in pieces where they are long (RFC 2231)."""
    name = f"\u00fc{name}"
    made = EmailMessage(email.policy.SMTP)
    made.set_content("x")
    made.add_attachment(b"y", "application", "x-y", filename=name)
    octets = made.as_bytes()
    assert collated(f"filename={name}") in texts.body(octets)


@pytest.mark.parametrize("text", ["Jause f\u00fcr zwei", "name=Jause", "JAUSE F\u00dcR"])
def test_a_parameter_in_pieces_is_found(text):
    made = mailbox(
        b"Content-Type: application/x-y;\r\n name*0*=iso-8859-1'de'Jause%20;\r\n name*1*=f%FCr%20; name*2=zwei\r\n\r\n"
    )
    for key in ("TEXT", "HEADER Content-Type"):
        assert numbers(made, f'SEARCH CHARSET UTF-8 {key} "{text}"') == [1]


def test_thousands_of_keys_take_no_time():
    made = mailbox()
    store = made.world.store
    store.add(TRASH, [store.draft(store.keep(b"x"), at=Instant(0))] * 20_000)
    answer(made, "NOOP")
    assert len(numbers(made, f"SEARCH {'1:* ' * 1500}ALL")) == 20_000
    ranges = " ".join(f"{at}:{20_000 - at}" for at in range(1, 600))
    assert numbers(made, f"SEARCH {ranges}") == list(range(599, 19_402))


def test_what_is_looked_for_does_not_reach_from_one_field_or_part_into_the_next():
    made = mailbox(
        b"Subject: one\r\nTo: two\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
        b"--b\r\n\r\nthree\r\n--b\r\n\r\nfour\r\n--b--\r\n"
    )
    assert numbers(made, 'SEARCH TEXT "to: two"') == [1]
    assert numbers(made, "SEARCH BODY three BODY four") == [1]
    for text in ("oneto", "one to", "threefour", "two\xff"):
        assert numbers(made, f'SEARCH TEXT "{text}"') == []
    assert numbers(made, "SEARCH HEADER Subject two") == []
    assert numbers(made, "SEARCH HEADER ubject one") == []


def test_an_address_is_found_as_it_is_meant():
    made = mailbox(
        b"From: <bob (his box)@ (at) nyu.edu>\r\n\r\n",
        b'From: Friends: zo\xc3\xab@x.test, "b c"@d.test;\r\n\r\n',
        b"From: =?utf-8?q?Zo=C3=AB?= <z@x.test>\r\n\r\n",
    )
    assert numbers(made, "SEARCH FROM bob@nyu.edu") == [1]
    assert numbers(made, 'SEARCH FROM "his box"') == [1]
    assert numbers(made, "SEARCH FROM friends") == [2]
    assert numbers(made, 'SEARCH FROM "b c@d.test"') == [2]
    assert numbers(made, 'SEARCH FROM "ZO\u00cb"') == [2, 3]
    assert numbers(made, "SEARCH FROM x.testz") == []


def test_a_number_that_does_not_exist_fits_nothing():
    made = mailbox(b"a", b"b")
    assert numbers(made, "SEARCH 5") == numbers(made, "UID SEARCH 7 UID 9") == []
    assert numbers(made, "SEARCH 2,4") == numbers(made, "SEARCH 3:*") == numbers(made, "SEARCH NOT 1,7") == [2]
    assert numbers(mailbox(), "SEARCH 1:*") == []


# Dates

moments = st.datetimes(datetime(1970, 1, 2), datetime(2100, 1, 1))
zones = st.integers(-23 * 60, 23 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@given(moments, zones)
def test_a_date_field_is_read_as_the_email_package_reads_it(moment, zone):
    moment = moment.replace(microsecond=0, tzinfo=zone)
    found = dates.of_field(format_datetime(moment).encode())
    assert found is not None
    start = datetime(moment.year, moment.month, moment.day, tzinfo=UTC)
    assert found == tuple(round(one.timestamp()) * 1_000_000 for one in (start, moment))


@pytest.mark.parametrize(
    "value",
    [
        *(
            "9 Mar 2015 10:00 GMT",
            "Mon, 09 Mar 2015 10:00:00 EST",
            "9 Mar 15 10:00:00 +0100",
            "Mon, 9 Mar 99 1:02:03 PDT",
        ),
        "Mon, 9 Mar 2015 10:00:00 +0000 (UTC (really))",
    ],
)
def test_older_dates_are_read_as_the_email_package_reads_them(value):
    wanted = parsedate_to_datetime(value)
    found = dates.of_field(value.encode())
    assert found is not None
    assert found[1] == round((wanted if wanted.tzinfo else wanted.replace(tzinfo=UTC)).timestamp()) * 1_000_000


def test_a_comment_may_stand_in_a_date_field():
    assert dates.of_field(b"Mon, (a (b) \\)) 9 Mar 2015 10:00 +0000") == dates.of_field(b"9 Mar 2015 10:00 +0000")


@pytest.mark.parametrize(
    ("value", "clock"),
    [
        ("9 Mar 2015", "00:00"),
        ("9 mar 2015 x", "00:00"),
        ("9 Mar 2015 25:00 +0000", "00:00"),
        ("9 Mar 2015 10:00 +9900", "10:00"),
        ("9 Mar 2015 10:00 Q", "10:00"),
        ("Mon, 9 Mar 115 10:00", None),
        *((value, None) for value in ("yesterday", "", "31 Feb 2015", "9 Foo 2015", "9 Mar 0000")),
    ],
)
def test_what_makes_no_sense_in_a_date_is_left_out(value, clock):
    found = dates.of_field(value.encode())
    if clock is None:
        assert found is None or found[1] != found[0]
    else:
        assert found is not None
        assert datetime.fromtimestamp(found[1] / 1_000_000, UTC).strftime("%Y-%m-%d %H:%M") == f"2015-03-09 {clock}"


# Trees of keys

WORDS = ["lunch", "soup", "notes"]


def fits(tree, at: int, message: tuple[str, bool], count: int) -> bool:
    """Whether a message fits a tree of keys: the model."""
    word, seen = message
    if isinstance(tree, str):
        if tree == "SEEN":
            return seen
        if tree in ("1", "2:*"):
            return at == 1 if tree == "1" else at >= min(2, count)
        return tree.split(" ")[1].lower() in word
    how, *inner = tree
    found = [fits(one, at, message, count) for one in inner]
    return {"NOT": not found[0], "OR": any(found), "AND": all(found)}[how]


def typed(tree) -> str:
    if isinstance(tree, str):
        return tree
    how, *inner = tree
    return f"({' '.join(map(typed, inner))})" if how == "AND" else " ".join([how, *map(typed, inner)])


trees = st.recursive(
    st.sampled_from(
        ["SEEN", "1", "2:*", *(f"SUBJECT {word.upper()}" for word in WORDS), *(f"TEXT {one}" for one in WORDS)]
    ),
    lambda inner: (
        st.tuples(st.just("NOT"), inner)
        | st.tuples(st.just("OR"), inner, inner)
        | st.lists(inner, min_size=1, max_size=3).map(lambda found: ("AND", *found))
    ),
    max_leaves=8,
)


@settings(max_examples=80, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(WORDS), st.booleans()), min_size=1, max_size=5), st.lists(trees, max_size=6))
def test_keys_may_be_nested(messages, wanted):
    made = mailbox(*(f"Subject: {word}\r\n\r\n".encode() for word, _ in messages))
    for at, (_, seen) in enumerate(messages, 1):
        if seen:
            answer(made, f"STORE {at} +FLAGS.SILENT (\\Seen)")
    for tree in wanted:
        model = [at for at, one in enumerate(messages, 1) if fits(tree, at, one, len(messages))]
        assert numbers(made, f"SEARCH {typed(tree)}") == model
        assert numbers(made, f"uid search {typed(tree)}") == model


def test_flags_and_what_is_recent_are_found():
    made = mailbox(b"a", b"b", b"c")
    answer(made, "STORE 1 +FLAGS (\\Seen $Label)")
    answer(made, "STORE 2 +FLAGS (\\Draft)")
    for key, wanted in {
        "SEEN": [1], "UNSEEN": [2, 3], "DRAFT": [2], "UNDRAFT": [1, 3], "KEYWORD $label": [1],
        "UNKEYWORD $LABEL": [2, 3], "NEW": [2, 3], "OLD": [], "RECENT": [1, 2, 3],
        "ANSWERED": [], "UNANSWERED": [1, 2, 3],
    }.items():  # fmt: skip
        assert numbers(made, f"search {key.lower()}") == wanted, key
    answer(made, "SELECT Trash")
    assert [numbers(made, f"SEARCH {key}") for key in ("NEW", "OLD", "RECENT")] == [[], [1, 2, 3], []]


def test_keys_are_nested_to_a_depth():
    made = mailbox(b"hello")
    assert numbers(made, f"SEARCH {'(' * 30}ALL{')' * 30}") == [1]
    assert answer(made, f"SEARCH {'(' * 40}ALL{')' * 40}")[0].startswith(b"a3 BAD")


# Results

OPTIONS = ["MIN", "MAX", "ALL", "COUNT", "SAVE"]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.booleans(), min_size=1, max_size=6),
    st.lists(st.sampled_from(OPTIONS), unique=True),
    st.booleans(),
)
def test_a_search_returns_what_was_asked_and_keeps_what_it_says(flagged, options, uid):
    made = mailbox(*([b"gone"] + [b"x"] * len(flagged)))
    answer(made, "STORE 1 +FLAGS (\\Deleted)")
    answer(made, "EXPUNGE")  # so that numbers and uids differ
    for at, one in enumerate(flagged, 1):
        if one:
            answer(made, f"STORE {at} +FLAGS (\\Flagged)")
    found = [at for at, one in enumerate(flagged, 1) if one]
    shown = [at + uid for at in found]
    lines = answer(made, f"{'UID ' * uid}SEARCH RETURN ({' '.join(options)}) FLAGGED")
    told = set(options) - {"SAVE"} or ({"ALL"} if not options else set())
    data = {
        "MIN": shown[:1], "MAX": shown[-1:], "COUNT": [len(shown)], "ALL": shown,
    }  # fmt: skip
    if told:
        words = lines[0].decode().split(" ")
        assert words[: 4 + uid] == ["*", "ESEARCH", "(TAG", '"a3")', *["UID"] * uid]
        pairs = words[4 + uid :]
        got = {pairs[at]: expanded(pairs[at + 1]) for at in range(0, len(pairs), 2)}
        assert got == {name: data[name] for name in told if data[name]}
    assert len(lines) == 1 + bool(told)
    if "SAVE" in options:
        ends = {*(found[:1] if "MIN" in told else ()), *(found[-1:] if "MAX" in told else ())}
        kept = found if told & {"ALL", "COUNT"} or not told else sorted(ends)
        assert numbers(made, "SEARCH $") == kept
        assert numbers(made, "UID SEARCH UID $") == [at + 1 for at in kept]


def expanded(text: str) -> list[int]:
    """The numbers of a set."""
    found: list[int] = []
    for piece in text.split(","):
        first, _, last = piece.partition(":")
        found += range(int(first), int(last or first) + 1)
    return found


# What is kept of messages


def test_digests_are_made_once_and_take_no_more_room_than_they_may(monkeypatch):
    store = Store()
    bodies = [store.keep(b"x" * 100) for _ in range(10)]
    made: list[bytes] = []

    def make(octets: bytes) -> dict[str, bytes]:
        made.append(octets)
        return {"a": octets, "b": b"y"}

    assert store.digests("a", make, bodies) == store.digests("a", make, bodies) == [b"x" * 100] * 10
    assert store.digests("b", make, bodies) == [b"y"] * 10
    assert len(made) == 10
    monkeypatch.setattr(ledger, "DIGESTS", 1000)
    for _ in range(3):
        assert store.digests("a", make, bodies[:1]) == [b"x" * 100]
    assert len(made) == 11  # the others are forgotten, this one is kept
    assert store.digests("a", make, bodies) == [b"x" * 100] * 10
    assert len(made) == 20


def test_nothing_fits_in_a_mailbox_that_is_gone():
    made = mailbox(b"a")
    made.world.store.delete(TRASH)
    for command in ("SEARCH ALL", "SORT (DATE) UTF-8 1", "THREAD REFERENCES UTF-8 ALL"):
        assert numbers(made, command) == []
