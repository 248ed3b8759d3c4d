"""The rules that several verbs share, by their names in RFC 3501 section 9.

A command is read whole: its lines and literals in one piece, the last line end left out. Only the messages of APPEND
stand aside.
"""

import re

from mailshell.core.cursor import Cursor, Slip, Stop
from mailshell.core.record import Cite, Expect
from mailshell.core.utf8 import CHARACTER
from mailshell.imap import flags, limits, names, sets

QUOTED = 1024
"""Ours: the longest string that is sent in quotes, in octets."""

TAG_CHARS = re.compile(rb'[^\x00-\x20\x7f-\xff(){%*"\\+]+')
"""As much of a tag as stands there: any ASTRING-CHAR but the plus sign."""

TAG = re.compile(rb"(" + TAG_CHARS.pattern + rb")(?: |$)")
"""tag, and the space after it."""

ANNOUNCED = re.compile(rb"~?\{([0-9]{1,20})(\+?)\}\r\n\Z")
"""The end of a line that a literal follows."""

_ATOM = re.compile(rb'[^\x00-\x20\x7f-\xff(){%*"\\\]]+')
_PLAIN = re.compile(rb"[\x01-\t\x0b\x0c\x0e-!#-\[\]-\x7f]*+")
_ASTRING = re.compile(rb'[^\x00-\x20\x7f-\xff(){%*"\\]+')
_LIST = re.compile(rb'[^\x00-\x20\x7f-\xff(){"\\]+')
_QUOTED = re.compile(rb'"((?:[^"\\\r\n\x00\x80-\xff]|\\["\\]|' + CHARACTER + rb')*)"')
_LITERAL = re.compile(rb"\{[0-9]{1,10}\+?\}")
_CRLF = re.compile(rb"\r\n")
_FLAG = re.compile(rb'\\?[^\x00-\x20\x7f-\xff(){%*"\\\]]+')
_ESCAPED = re.compile(rb"\\(.)")

END = Expect("the end of the line", "CR LF")
SPACE = Expect("a space", "one, before what follows")
OPEN = Expect("(", "a list in parentheses begins")
CLOSE = Expect(")", "the list in parentheses ends")
TAGGED = Expect("tag", "a name for this command, as in a1: its answer has the same", like="a1")
OCTETS = Expect("literal octets", "as many octets as the number in braces says")
NO_NUL = Expect("literal octets", "any octet but NUL")
USER = Expect("userid", "the name of a user, as in bob", like="bob")
MAILBOX = Expect("mailbox", "the name of a mailbox, as in INBOX", like="INBOX")
NEW = Expect("mailbox", "the name of a new mailbox, as in Tea", like="Tea")
PATTERN = Expect("list-mailbox", "a name, in which * and % are wildcards", like="*")
SET = Expect("sequence-set", "numbers of messages, as in 1 or 2:4 or 1,3:*", like="1:*")
UIDS = Expect("sequence-set", "uids of messages, as in 1 or 2:4 or 1,3:*", like="1:*")
FLAG = Expect("flag", "a flag, as in \\Seen", like="\\Seen")

TAG_GLOSS = "tag: the client makes it up, and the answer has the same"
LITERAL_GLOSS = "so many octets follow the line; + : without a wait"

TRAILING_SPACE = Slip(
    "white space at the end of the line",
    Expect("the end of the line", "no white space stands before it"),
    "The line ends in white space that the grammar does not have. Some servers accept it, a strict server refuses it.",
    Cite(3501, "9"),
)
BEYOND_ASCII = Slip(
    "letters outside ASCII in quotes",
    Expect("ASCII", "between quotes; a literal may have all letters"),
    "The string in quotes has letters outside ASCII, which only a literal may have. Some servers accept it, a strict "
    "server refuses it.",
    Cite(3501, "4.3"),
)
LONE_LF = Slip(
    "LF without CR in a message",
    Expect("CR LF", "at the end of each line of a message"),
    "Lines of the message end in LF without CR: other programs may read them as one line. Some servers accept it, a "
    "strict server refuses it.",
    Cite(5322, "2.3"),
)
TOLERATED = (TRAILING_SPACE, BEYOND_ASCII, LONE_LF)
"""Everything that the tolerant policy lets pass, and the strict policy refuses."""


def space(cursor: Cursor) -> None:
    """SP."""
    cursor.need_word(b" ", SPACE)


def atom(cursor: Cursor, rule: str, expect: Expect) -> str:
    """atom."""
    cursor.rule, start = rule, cursor.at
    found = cursor.need(_ATOM, expect)
    cursor.mark(rule, start)
    return found.decode("ascii")


def literal(cursor: Cursor, rule: str, *, secret: bool = False) -> bytes | None:
    """literal = "{" number "}" CRLF *CHAR8; None where none stands here."""
    start = cursor.at
    found = cursor.match(_LITERAL, Expect(rule, "or the number of its octets in braces, as in {5}"))
    if found is None:
        return None
    cursor.mark("literal", start)
    size = int(found[found.index(b"{") + 1 : -1].rstrip(b"+"))
    if cursor.at < cursor.end:  # a line that is typed ends here
        cursor.need(_CRLF, END)
    start = cursor.at
    cursor.at = min(start + size, cursor.end)
    if cursor.at - start < size:
        cursor.miss(OCTETS)
        raise Stop
    octets = cursor.octets[start : cursor.at]
    if b"\0" in octets:
        raise cursor.refuse(start + octets.index(b"\0"), NO_NUL)
    cursor.mark(rule, start, secret)
    return octets


def quoted(cursor: Cursor, rule: str, expect: Expect, *, secret: bool = False) -> bytes | None:
    """quoted; None where none stands here."""
    start = cursor.at
    found = cursor.match(_QUOTED, expect._replace(like=f'"{expect.like}"'))
    if found is None:
        return None
    if not found.isascii():
        end, cursor.at = cursor.at, start
        cursor.slip(BEYOND_ASCII)
        cursor.at = end
    cursor.mark(rule, start, secret)
    return _ESCAPED.sub(rb"\1", found[1:-1])


def string(cursor: Cursor, rule: str, expect: Expect, *, bare: re.Pattern[bytes] | None, secret: bool = False) -> bytes:
    """string = quoted / literal, or what stands for itself where `bare` says so; as it is meant."""
    cursor.rule, start = rule, cursor.at
    if bare is not None and not cursor.octets.startswith((b'"', b"{"), start):
        found = cursor.need(bare, expect)
        cursor.mark(rule, start, secret)
        return found
    text = quoted(cursor, rule, expect, secret=secret)
    if text is None:
        text = literal(cursor, rule, secret=secret)
    if text is None:
        raise Stop
    return text


def astring(cursor: Cursor, rule: str, expect: Expect, *, secret: bool = False) -> bytes:
    """astring = 1*ASTRING-CHAR / string."""
    return string(cursor, rule, expect, bare=_ASTRING, secret=secret)


def text(cursor: Cursor, rule: str, expect: Expect, *, secret: bool = False) -> str:
    """An astring that is text in UTF-8."""
    start = cursor.at
    try:
        return astring(cursor, rule, expect, secret=secret).decode("utf-8")
    except UnicodeDecodeError:
        raise cursor.refuse(start, Expect(rule, "text in UTF-8"), formed=True) from None


def _named(cursor: Cursor, start: int, octets: bytes, rule: str, *, formed: bool = True) -> str:
    name = names.decoded(octets)
    if name is None or not names.readable(name):
        expect = Expect(rule, "printable letters, and modified UTF-7 outside ASCII, as in Entw&APw-rfe")
        raise cursor.refuse(start, expect, formed=formed)
    return name


def mailbox(cursor: Cursor, expect: Expect = MAILBOX, *, opened: bool = False) -> str:
    """mailbox = "INBOX" / astring.

    The answer to what cannot be a name is NO, but BAD where the mailbox would be `opened`: after NO the one before it
    would have to be closed (RFC 3501 sections 6 and 6.3.1).
    """
    start = cursor.at
    octets = astring(cursor, "mailbox", expect)
    return names.folded(_named(cursor, start, octets, "mailbox", formed=not opened))


def pattern(cursor: Cursor) -> str:
    """list-mailbox = 1*list-char / string."""
    start = cursor.at
    return _named(cursor, start, string(cursor, "list-mailbox", PATTERN, bare=_LIST), "list-mailbox")


def sequence_set(cursor: Cursor, *, uid: bool) -> sets.Numbers:
    """sequence-set: of uids, or of sequence numbers."""
    cursor.rule, start = "sequence-set", cursor.at
    found = sets.read(cursor.need(sets.PATTERN, UIDS if uid else SET))
    if max(map(max, found)) > limits.NUMBER:
        raise cursor.refuse(start, Expect("sequence-set", f"numbers of 32 bits: {limits.NUMBER} at most"))
    if found == sets.SAVED:
        cursor.use("SEARCHRES", start)
    cursor.mark("sequence-set", start)
    return found


def flag(cursor: Cursor) -> str:
    """flag: a system flag or a keyword; \\Recent is the server's alone."""
    cursor.rule, start = "flag", cursor.at
    found = flags.spelled(cursor.need(_FLAG, FLAG).decode("ascii"))
    if found == flags.RECENT:
        raise cursor.refuse(start, Expect("flag", "a flag that a client may change, which \\Recent is not"))
    if found.startswith("\\") and found not in flags.SYSTEM:
        begun = cursor.at == cursor.end and any(one.lower().startswith(found.lower()) for one in flags.SYSTEM)
        expect = Expect("flag", "one of the five system flags, or a keyword without a backslash")
        raise cursor.refuse(start, expect, unfinished=begun, formed=True)
    cursor.mark("flag", start)
    return found


def flag_list(cursor: Cursor) -> frozenset[str]:
    """flag-list = "(" [flag *(SP flag)] ")"."""
    cursor.need_word(b"(", OPEN)
    return flags_inside(cursor)


def flags_inside(cursor: Cursor) -> frozenset[str]:
    """The rest of flag-list, after its parenthesis."""
    found: list[str] = []
    if cursor.word(b")", CLOSE):
        return frozenset()
    while True:
        found.append(flag(cursor))
        if cursor.word(b")", CLOSE):
            return frozenset(found)
        space(cursor)


def written(octets: bytes) -> bytes:
    """An astring as one would type it."""
    if _ASTRING.fullmatch(octets):
        return octets
    if not octets.isascii() or b"\r" in octets or b"\n" in octets or b"\0" in octets:
        return b"{%d}\r\n" % len(octets) + octets
    return b'"' + octets.replace(b"\\", b"\\\\").replace(b'"', b'\\"') + b'"'


def string_of(octets: bytes) -> bytes:
    """A string as a server sends it: quoted where it may be, else a literal; no string has the octet NUL."""
    if len(octets) <= QUOTED and _PLAIN.fullmatch(octets):
        return b'"%b"' % octets
    octets = octets.replace(b"\0", b"\x80")
    if len(octets) <= QUOTED and octets.isascii() and not (b"\r" in octets or b"\n" in octets):
        if b'"' in octets or b"\\" in octets:
            octets = octets.replace(b"\\", b"\\\\").replace(b'"', b'\\"')
        return b'"' + octets + b'"'
    return b"{%d}\r\n" % len(octets) + octets


def sent_name(name: str) -> bytes:
    """The name of a mailbox as a server sends it."""
    return written(names.encoded(name))
