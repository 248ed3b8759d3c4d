"""What the shell says about a half-typed line of IMAP: tags that it proposes, and names that the session knows."""

import pytest

from mailshell.imap.tags import following
from mailshell.shell.hints import choices, colours, coming, ghost, hint
from tests.test_meta import Desk

SCENES = {
    "entry": [],
    "inside": ["a1 LOGIN bob hungry"],
    "open": ["a1 LOGIN bob hungry", 'a2 CREATE "Old mail"', "a3 SELECT INBOX", "a4 STORE 1 +FLAGS (tea)"],
    "idle": ["a1 LOGIN bob hungry", "a2 IDLE"],
    "secret": ["a1 LOGIN bob {6}"],
    "numbered": ["x.099 NOOP", "NOOP"],
}
DESKS: dict[str, Desk] = {}


def at(scene):
    """A desk led into a scene: always the same one, for nothing here may change it."""
    if scene not in DESKS:
        DESKS[scene] = Desk()
        DESKS[scene].do(":connect nyu.edu imap", *SCENES[scene])
    return DESKS[scene]


def lines(scene, text):
    """The lines that the legal choices lead to."""
    return [text[: len(text) - one.back] + one.text for one in choices(at(scene).meta, text) if one.legal]


@pytest.mark.parametrize(
    ("tag", "after"),
    [(b"", b"a1"), (b"*", b"a1"), (b"zz", b"a1"), (b"a1", b"a2"), (b"a99", b"a100"), (b"A009", b"A010"), (b"7", b"8")],
)
def test_the_tag_that_follows(tag, after):
    assert following(tag) == after


@pytest.mark.parametrize(
    ("scene", "grey"),
    [("entry", "a1 "), ("open", "a5 "), ("numbered", "x.100 "), ("idle", "DONE"), ("secret", "")],
)
def test_grey_on_an_empty_line_stands_the_next_tag_or_the_one_word_that_may_come(scene, grey):
    assert coming(at(scene).meta) == grey


LEADS = [
    ("inside", "a2 SEL", ["a2 SELECT "]),
    ("inside", "LOGO", ["a2 LOGOUT"]),
    ("inside", "sele", ["a2 SELECT "]),
    ("open", "a5 UID F", ["a5 UID FETCH "]),
    ("open", "a5 fetch", ["a5 fetch 1:* ", "a5 fetch * ", "a5 fetch 1 ", "a5 fetch 2 "]),
    ("open", "a5 FETCH 1 FL", ["a5 FETCH 1 FLAGS"]),
    ("open", "a5 FETCH 1 BODY[T", ["a5 FETCH 1 BODY[TEXT]"]),
    ("open", "a5 FETCH 1 BODY.", ["a5 FETCH 1 BODY.PEEK["]),
    (
        "open",
        "a5 FETCH 1 BODY",
        [*(f"a5 FETCH 1 BODY{one}" for one in (".PEEK[", "[", "STRUCTURE", " (CHANGEDSINCE "))],
    ),
    ("open", "a5 SORT (DATE) ", ["a5 SORT (DATE) UTF-8 ", "a5 SORT (DATE) US-ASCII "]),
    ("open", "a5 SEARCH CHARSET ", ["a5 SEARCH CHARSET UTF-8 ", "a5 SEARCH CHARSET US-ASCII "]),
    ("open", "a5 APPEND Sent ", ["a5 APPEND Sent ("]),
    ("inside", "a2 ENABLE ", ["a2 ENABLE CONDSTORE"]),
    ("open", "a5 STORE 1 -", ["a5 STORE 1 -FLAGS"]),
    ("open", "a5 STORE 1 +FLAGS (\\Se", ["a5 STORE 1 +FLAGS (\\Seen"]),
    ("open", "a5 SEARCH UNS", ["a5 SEARCH UNSEEN"]),
    ("open", "a5 SEARCH KEYWORD ", ["a5 SEARCH KEYWORD tea"]),
    ("open", "a5 COPY 1 T", ["a5 COPY 1 Trash"]),
    ("open", 'a5 SELECT "O', ['a5 SELECT "Old mail"']),
    ("open", "a5 STATUS Sent (MES", ["a5 STATUS Sent (MESSAGES"]),
    ("open", "a5 RENAME Sent ", []),
    ("open", "a5 CREATE ", []),
    ("entry", "a1 LOGIN ", ["a1 LOGIN bob ", "a1 LOGIN carol "]),
    ("entry", "a1 SELECT ", []),
    ("idle", "D", ["DONE"]),
    ("entry", "LOGIN b", []),
]


@pytest.mark.parametrize(("scene", "text", "expected"), LEADS)
def test_what_may_be_typed_next(scene, text, expected):
    assert lines(scene, text) == expected


@pytest.mark.parametrize("text", ["", "a", "a2", "a2 "])
def test_the_legal_commands_come_first_each_with_the_tag_in_front(text):
    found = choices(at("inside").meta, text)
    legal = [one for one in found if one.legal]
    assert found[: len(legal)] == legal
    leads = [(text[: len(text) - one.back] + one.text).rstrip(" (") for one in legal]
    assert leads == [f"a2 {name}" for name in at("inside").seat.link.session.legal()]


def test_a_command_that_must_wait_says_so_after_its_question():
    (search,) = [one for one in choices(at("inside").meta, "a2 SEA") if not one.legal]
    assert search.says == "which messages fit? not now: SEARCH works on the messages of an open mailbox"


HINTS = [
    ("inside", "a", "next: a2  a name for this command"),
    ("inside", "a2", "next: a space  one, before what follows"),
    ("inside", "a2 S", "next: SELECT STATUS SUBSCRIBE"),
    ("inside", "a2 SEL", "SELECT mailbox  open a mailbox"),
    ("inside", "SEL", "next: a2 SELECT  a tag goes before the command"),
    ("entry", "LOG", "next: a1 LOGIN or a1 LOGOUT"),
    ("entry", "LOGIN bob", "LOGIN stands where the tag stands.  A tag goes before it, as in a1 LOGIN."),
    ("open", "a5 UID FETCH ", "next: sequence-set  uids of messages"),
    ("open", "a5 STORE 1 +FLAGS (\\Zz", 'Octet 20 is "\\".'),
    ("entry", "(a", "Each command begins with a tag, as in a1 NOOP."),
]


@pytest.mark.parametrize(("scene", "text", "says"), HINTS)
def test_the_line_under_the_prompt(scene, text, says):
    assert hint(at(scene).meta, text, 100).startswith(says)


def test_a_long_word_takes_no_time():
    line = b"a" * 1_000_000
    assert at("entry").seat.link.session.preview(line).fits == len(line)


def test_grey_is_what_was_typed_before_under_another_tag():
    meta, typed = at("open").meta, ["a4 FETCH 1 ENVELOPE", "DONE"]
    assert ghost(meta, "a5 FE", typed) == "TCH 1 ENVELOPE"
    assert ghost(meta, "a", typed) == ""
    assert ghost(meta, "a5 STORE 1 +FLAGS (\\F", []) == "lagged"
    assert ghost(meta, "a5 SELECT ", []) == "INBOX"


def test_the_tag_is_no_command_by_its_colour():
    assert colours(at("open").meta, "a5 UID FETCH 1")[:2] == [("client", "a5 "), ("legal", "UID FETCH")]
    assert colours(at("inside").meta, "a2 FETCH 1")[:2] == [("client", "a2 "), ("early", "FETCH")]
