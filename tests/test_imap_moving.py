"""MOVE among several sessions (RFC 6851)."""

from mailshell.mail.host import Traits
from tests.imap import INBOX, TRASH, by, said, sessions, uids


def test_the_numbers_of_move_are_those_that_the_session_knows():
    made = sessions(2)
    by(made, 2, "a STORE 1 +FLAGS.SILENT (\\Deleted)")
    by(made, 2, "a EXPUNGE")
    assert by(made, 1, "a MOVE 2 Trash").splitlines() == [
        b"* 1 EXPUNGE",
        b"* OK [COPYUID 24 2 1] The messages have these uids now",
        b"* 1 EXPUNGE",
        b"a OK MOVE completed",
    ]
    assert (uids(made, INBOX), uids(made, TRASH)) == ([], [1])
    assert by(made, 2, "a NOOP") == b"* 1 EXPUNGE\r\n* 0 RECENT\r\na OK NOOP completed\r\n"


def test_where_one_message_is_gone_none_is_moved():
    made = sessions(2)
    by(made, 2, "a UID MOVE 1 Trash")
    assert by(made, 1, "a MOVE 1:2 Trash").startswith(b"* 1 EXPUNGE\r\na NO [EXPUNGEISSUED]")
    assert (uids(made, INBOX), uids(made, TRASH)) == ([2], [1])


def test_flags_and_dates_go_along():
    made = sessions()
    before = said(made, "a FETCH 1 (INTERNALDATE BODY.PEEK[])")
    said(made, "a STORE 1 FLAGS (\\Flagged $x)")
    said(made, "a MOVE 1 Trash")
    said(made, "a SELECT Trash")
    assert said(made, "a FETCH 1 FLAGS").startswith(b"* 1 FETCH (FLAGS (\\Flagged $x \\Recent))")
    assert said(made, "a FETCH 1 (INTERNALDATE BODY.PEEK[])") == before


def test_a_copy_takes_room_and_a_move_takes_none():
    made = sessions(traits=Traits(quota=2000))
    assert said(made, "a COPY 1:2 Trash").startswith(b"a NO [OVERQUOTA]")
    assert uids(made, TRASH) == []
    assert said(made, "a MOVE 1:2 Trash").endswith(b"a OK MOVE completed\r\n")
    assert (uids(made, INBOX), uids(made, TRASH)) == ([], [1, 2])
