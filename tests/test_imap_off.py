"""A capability that is off takes its words with it: from the grammar, hints, completion and examples at once."""

import pytest

from mailshell.imap.capabilities import CAPABILITIES
from mailshell.mail.host import Traits
from mailshell.shell.hints import choices, ghost, hint
from tests.imap import said, sessions
from tests.test_meta import Desk

OPTIONS = [
    ("BINARY", "a1 FETCH 1 ", "BINARY[", "1]"),
    ("BINARY", "a1 FETCH 1 (UID ", "BINARY.SIZE[", "1])"),
    ("CONDSTORE", "a1 FETCH 1 ", "MODSEQ", ""),
    ("CONDSTORE", "a1 FETCH 1 FLAGS", " (CHANGEDSINCE ", "5)"),
    ("CONDSTORE", "a1 STORE 1 ", "(UNCHANGEDSINCE ", "5) +FLAGS (\\Seen)"),
    ("CONDSTORE", "a1 SEARCH NOT ", "MODSEQ", " 5"),
    ("CONDSTORE", "a1 STATUS INBOX (", "HIGHESTMODSEQ", ")"),
    ("CONDSTORE", "a1 SELECT INBOX", " (CONDSTORE)", ""),
    ("CREATE-SPECIAL-USE", "a1 CREATE x", " (USE (", "\\Archive))"),
    ("ESEARCH", "a1 SEARCH ", "RETURN (", "MIN) ALL"),
    ("SEARCHRES", "a1 SEARCH RETURN (", "SAVE", ") ALL"),
    ("LIST-EXTENDED", "a1 LIST ", "(", ') "" *'),
    ("LIST-EXTENDED", 'a1 LIST "" ', "(", "*)"),
    ("LIST-EXTENDED", 'a1 LIST "" *', " RETURN (", ")"),
    ("LIST-STATUS", 'a1 LIST "" * RETURN (', "STATUS", " (UNSEEN))"),
    ("SPECIAL-USE", "a1 LIST (", "SPECIAL-USE", ') "" *'),
    ("SPECIAL-USE", 'a1 LIST "" * RETURN (', "SPECIAL-USE", ")"),
    ("STATUS=SIZE", "a1 STATUS INBOX (", "SIZE", ")"),
    ("APPENDLIMIT", "a1 STATUS INBOX (", "APPENDLIMIT", ")"),
    ("THREAD=REFERENCES", "a1 THREAD ", "REFERENCES", " UTF-8 ALL"),
    ("THREAD=ORDEREDSUBJECT", "a1 THREAD ", "ORDEREDSUBJECT", " UTF-8 ALL"),
    ("WITHIN", "a1 SEARCH ", "OLDER", " 5"),
]


@pytest.mark.parametrize(("capability", "lead", "word", "rest"), OPTIONS)
def test_a_word_is_offered_as_long_as_its_capability_is_there(capability, lead, word, rest):
    line = (lead + word + rest).encode()
    seen = {}
    for off in (frozenset(), frozenset({capability})):
        session = sessions(traits=Traits(off=off)).link.session
        half, whole = session.preview(lead.encode()), session.preview(line)
        offered = word in {one.text for one in half.wants}
        assert any(one.needs == capability for one in half.expected) is offered
        seen[bool(off)] = offered, whole.fits == len(line), whole.why
    assert seen[False] == (True, True, "")
    offered, fits, why = seen[True]
    assert not offered
    assert not fits
    assert why.startswith(f"This server does not offer {capability}.")


@pytest.mark.parametrize(("capability", "lead", "word", "rest"), OPTIONS)
def test_without_the_capability_nothing_is_done(capability, lead, word, rest):
    made = sessions(traits=Traits(off=frozenset({capability})))
    before = made.world.store.changes
    assert said(made, lead + word + rest) == b"a1 BAD Command not offered\r\n"
    assert made.world.store.changes == before


def test_each_capability_that_brings_words_is_in_the_table():
    verbs = {"ENABLE", "ID", "IDLE", "MOVE", "NAMESPACE", "SORT", "UNSELECT", "UIDPLUS"}
    words = {"CHILDREN", "IMAP4", "IMAP4rev1", "LITERAL+", "LITERAL-"}  # they change answers, or literals
    others = {"MULTIAPPEND"}  # a message more, not a word
    assert {one.keyword for one in CAPABILITIES} - verbs - words - others == {one for one, *_ in OPTIONS}


def desk(*off: str) -> Desk:
    made = Desk(off=frozenset(off))
    made.do(":connect nyu.edu imap")
    made.do("a LOGIN bob hungry", "a SELECT INBOX")
    return made


def test_completion_and_the_bar_under_a_line_know_it():
    text = "a1 STATUS INBOX ("
    assert "(SIZE" in {one.text for one in choices(desk().meta, text)}
    assert "(SIZE" not in {one.text for one in choices(desk("STATUS=SIZE").meta, text)}
    assert "RETURN (" in hint(desk().meta, "a1 SEARCH R", 200)
    assert "RETURN (" not in hint(desk("ESEARCH").meta, "a1 SEARCH R", 200)


def test_no_example_of_it_is_proposed():
    assert ghost(desk().meta, "a1 SEARCH MOD", ()) == "SEQ 5"
    assert ghost(desk("CONDSTORE").meta, "a1 SEARCH MOD", ()) == ""
