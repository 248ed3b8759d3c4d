"""Commands made by the formal syntax of RFC 3501 section 9, rule by rule: none is BAD, in whatever form it is."""

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from mailshell.world.seat import Seat
from tests.imap import said, sessions
from tests.imap_words import responses

Octets = SearchStrategy[bytes]

ATOM_CHARS = "".join(chr(code) for code in range(33, 127) if chr(code) not in '(){%*"\\]')
sample = st.sampled_from
one_of = st.one_of


def words(*texts: str) -> Octets:
    """One of some words, in any case of its letters."""
    return sample([one.encode() for text in texts for one in (text, text.lower(), text.title())])


def row(*parts: Octets | bytes) -> Octets:
    """Parts one after the other."""
    return st.tuples(*(st.just(part) if isinstance(part, bytes) else part for part in parts)).map(b"".join)


def several(part: Octets, *, least: int = 1, between: bytes = b" ") -> Octets:
    return st.lists(part, min_size=least, max_size=3).map(between.join)


def maybe(part: Octets) -> Octets:
    return one_of(st.just(b""), part)


def as_literal(octets: bytes) -> bytes:
    return b"{%d+}\r\n%b" % (len(octets), octets)


def as_quoted(octets: bytes) -> bytes:
    return b'"' + octets.replace(b"\\", b"\\\\").replace(b'"', b'\\"') + b'"'


atom = st.text(ATOM_CHARS, min_size=1, max_size=6).map(str.encode)
quoted = st.text(st.characters(min_codepoint=1, max_codepoint=127, exclude_characters="\r\n"), max_size=6).map(
    lambda text: as_quoted(text.encode())
)
literal = st.lists(st.integers(1, 255), max_size=6).map(lambda found: as_literal(bytes(found)))
string = one_of(quoted, literal)
astring = one_of(st.text(ATOM_CHARS + "]", min_size=1, max_size=6).map(str.encode), string)
names = sample([b"INBOX", b"inBox", b"Sent", b"a/b", b"NIL", b"x]"])
mailbox = one_of(names, names.map(as_quoted), names.map(as_literal), sample([b'"x y"', b'"q\\"t"', b'"b\\\\s"']))
pattern = one_of(sample([b"*", b"%", b"a/%", b"INBOX", b"]%"]), sample([b"*", b"", b"x y"]).map(as_literal), quoted)
number = st.integers(0, 2**32 - 1).map(lambda found: b"%d" % found)
some_uid = one_of(sample([b"1", b"2", b"*"]), st.integers(1, 2**32 - 1).map(lambda found: b"%d" % found))
uids = several(one_of(some_uid, row(some_uid, b":", some_uid)), between=b",")
some_number = sample([b"1", b"2", b"*"])
numbers = several(one_of(some_number, row(some_number, b":", some_number)), between=b",")
month = words("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
day = row(sample([b"1", b"09", b"28"]), b"-", month, b"-", sample([b"1970", b"2015"]))
date = one_of(day, row(b'"', day, b'"'))
moment = row(b'"', sample([b" 7", b"07", b"28"]), b"-", month, b"-2015 23:59:59 ", sample([b"+0000", b"-1130"]), b'"')
flag = one_of(words("\\Answered", "\\Flagged", "\\Deleted", "\\Seen", "\\Draft"), atom)
flags = row(b"(", several(flag, least=0), b")")

plain_key = words(
    "ALL",
    "ANSWERED",
    "DELETED",
    "DRAFT",
    "FLAGGED",
    "NEW",
    "OLD",
    "RECENT",
    "SEEN",
    "UNANSWERED",
    "UNDELETED",
    "UNDRAFT",
    "UNFLAGGED",
    "UNSEEN",
)
leaf = one_of(
    plain_key,
    row(words("BCC", "BODY", "CC", "FROM", "SUBJECT", "TEXT", "TO"), b" ", astring),
    row(words("BEFORE", "ON", "SINCE", "SENTBEFORE", "SENTON", "SENTSINCE"), b" ", date),
    row(words("KEYWORD", "UNKEYWORD"), b" ", atom),
    row(words("HEADER"), b" ", astring, b" ", astring),
    row(words("LARGER", "SMALLER"), b" ", number),
    row(words("UID"), b" ", uids),
    numbers,
)
key = st.recursive(
    leaf,
    lambda inner: one_of(
        row(words("NOT"), b" ", inner),
        row(words("OR"), b" ", inner, b" ", inner),
        row(b"(", several(inner), b")"),
    ),
    max_leaves=4,
)
charset = row(words("CHARSET"), b" ", sample([b"UTF-8", b'"us-ascii"', as_literal(b"utf-8")]), b" ")
search = row(words("SEARCH"), b" ", maybe(charset), several(key))

fields = row(b" (", several(astring), b")")
msgtext = one_of(words("HEADER", "TEXT"), row(words("HEADER.FIELDS", "HEADER.FIELDS.NOT"), fields))
part = several(sample([b"1", b"2", b"12"]), between=b".")
spec = one_of(st.just(b""), msgtext, part, row(part, b".", one_of(msgtext, words("MIME"))))
partial_ = row(b"<", number, b".", sample([b"1", b"100", b"4294967295"]), b">")
att = one_of(
    words(
        "ENVELOPE",
        "FLAGS",
        "INTERNALDATE",
        "RFC822",
        "RFC822.HEADER",
        "RFC822.SIZE",
        "RFC822.TEXT",
        "BODY",
        "BODYSTRUCTURE",
        "UID",
    ),
    row(words("BODY", "BODY.PEEK"), b"[", spec, b"]", maybe(partial_)),
)
items = one_of(words("ALL", "FULL", "FAST"), att, row(b"(", several(att), b")"))
stored = row(words("FLAGS", "+FLAGS", "-FLAGS", "FLAGS.SILENT", "+FLAGS.SILENT", "-FLAGS.SILENT"), b" ")


def on(some: Octets) -> Octets:
    """FETCH, STORE and COPY of messages."""
    return one_of(
        row(words("FETCH"), b" ", some, b" ", items),
        row(words("STORE"), b" ", some, b" ", stored, one_of(flags, several(flag))),
        row(words("COPY"), b" ", some, b" ", mailbox),
    )


status = row(b"(", several(words("MESSAGES", "RECENT", "UIDNEXT", "UIDVALIDITY", "UNSEEN")), b")")
command = one_of(
    words("CAPABILITY", "NOOP", "CHECK"),
    row(words("LIST", "LSUB"), b" ", mailbox, b" ", pattern),
    row(words("STATUS"), b" ", mailbox, b" ", status),
    row(words("CREATE", "DELETE", "SUBSCRIBE", "UNSUBSCRIBE"), b" ", mailbox),
    row(words("RENAME"), b" ", sample([b"a", b'"a/b"', as_literal(b"Sent")]), b" ", mailbox),
    row(words("APPEND"), b" ", mailbox, maybe(row(b" ", flags)), maybe(row(b" ", moment)), b" ", literal),
    search,
    on(numbers),
    row(words("UID"), b" ", one_of(search, on(uids))),
)
tag = st.text(ATOM_CHARS.replace("+", "") + "]", min_size=1, max_size=6)


def fresh() -> Seat:
    made = sessions()
    for line in ("CREATE a/b", "STORE 1 +FLAGS.SILENT (\\Seen)", "COPY 1:2 INBOX"):
        said(made, f"a {line}")
    return made


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(tag, command), min_size=1, max_size=6))
def test_no_command_by_the_formal_syntax_is_bad(commands):
    """Each is answered OK or NO, with its own tag, and the answer is by the formal syntax too."""
    made = fresh()
    for name, octets in commands:
        found = responses(said(made, b"%b %b" % (name.encode(), octets)))
        assert (found[-1].tag, found[-1].name in ("OK", "NO")) == (name, True), octets
