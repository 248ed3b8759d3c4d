"""The rules that several verbs share, by their names in RFC 1939 and in RFC 2449 section 3."""

import re

from mailshell.core.cursor import Cursor, Slip
from mailshell.core.record import Cite, Expect
from mailshell.core.utf8 import CHARACTER

NAME = re.compile(rb"(?:[!-~]|" + CHARACTER + rb")+")
_NUMBER = re.compile(rb"[0-9]+")

END = Expect("the end of the line", "CR LF")
SPACE = Expect("a space", "one, before what follows")
USER = Expect("name", "the name of a user, as in bob", like="bob")
MESSAGE = Expect("msg", "the number of a message, from 1", like="1")
LINES = Expect("n", "how many lines of the body, from 0", like="0")

TRAILING_SPACE = Slip(
    "white space at the end of the line",
    Expect("the end of the line", "no white space stands before it"),
    "The line ends in white space that the grammar does not have. Many servers accept it, a strict server refuses it.",
    Cite(2449, "3"),
)
SECOND_USER = Slip(
    "a second USER before PASS",
    Expect("PASS", "the password of the user who is named"),
    "After USER the standard has PASS or QUIT. Most servers take another USER, a strict server refuses it.",
    Cite(1939, "7"),
)
TOLERATED = (TRAILING_SPACE, SECOND_USER)
"""Everything that the tolerant policy lets pass, and the strict policy refuses."""


def number(cursor: Cursor, rule: str, expect: Expect) -> int:
    """SP 1*DIGIT."""
    cursor.need_word(b" ", SPACE)
    cursor.rule, start = rule, cursor.at
    digits = cursor.need(_NUMBER, expect)
    cursor.mark(rule, start)
    return int(digits)


def optional(cursor: Cursor, rule: str, pattern: re.Pattern[bytes], expect: Expect, *, secret: bool = False) -> str:
    """[SP argument]: what `pattern` matches; empty where the line ends before it."""
    if not cursor.octets[cursor.at :].strip(b" \t"):
        cursor.offer(b" ", SPACE)
        cursor.offer(pattern, expect, ahead=1)
        return ""
    cursor.need_word(b" ", SPACE)
    cursor.rule, start = rule, cursor.at
    found = cursor.need(pattern, expect)
    cursor.mark(rule, start, secret)
    return found.decode("ascii")


def message(cursor: Cursor) -> int:
    """SP msg, then the end of the line."""
    found = number(cursor, "msg", MESSAGE)
    cursor.done(END)
    return found


def any_message(cursor: Cursor) -> int | None:
    """[SP msg], then the end of the line."""
    found = optional(cursor, "msg", _NUMBER, MESSAGE)
    cursor.done(END)
    return int(found) if found else None


def name(cursor: Cursor) -> str:
    """SP name."""
    cursor.need_word(b" ", SPACE)
    cursor.rule, start = "name", cursor.at
    found = cursor.need(NAME, USER)
    cursor.mark("name", start)
    return found.decode("utf-8")
