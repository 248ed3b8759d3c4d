"""Answers of many lines: what is explained of them, and what is only counted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailshell.core.explain import code, explain, response_code
from mailshell.core.record import Opened, reply_ends, reply_lines
from mailshell.pop3 import PROTOCOL
from mailshell.pop3.phases import Phase
from mailshell.pop3.replies import GREETING, SCAN_LISTING
from mailshell.protocols import PROTOCOLS
from mailshell.shell.events import event
from mailshell.world.seat import Seat
from mailshell.world.start import STUDENT, build

blocks = st.lists(
    st.lists(st.sampled_from([b"+OK", b"", b"1 5", b"."]), min_size=1, max_size=6), min_size=1, max_size=4
)


def record(items: list[list[bytes]]) -> Opened:
    replies = tuple(b"".join(line + b"\r\n" for line in item) for item in items)
    return Opened(replies, Phase.AUTHORIZATION, GREETING.card)


@given(blocks, st.integers(1, 12))
def test_the_ends_are_the_first_lines_and_the_last_one(items, most):
    whole = reply_lines(record(items))
    shown, left_out = reply_ends(record(items), most)
    if len(whole) <= most + 1:
        assert (shown, left_out) == (whole, 0)
    else:
        assert shown == [*whole[:most], whole[-1]]
        assert left_out == len(whole) - most - 1


def test_the_last_line_of_a_folded_answer_is_known_as_the_last():
    lines = [b"+OK", *(b"%d 5" % number for number in range(1, 100)), b"."]
    made = record([lines])._replace(card=SCAN_LISTING.card)
    meaning = explain(made, PROTOCOL, 3)
    assert meaning.folded == 97
    assert [row.octets for row in meaning.answers] == [b"+OK\r\n", b"1 5\r\n", b"2 5\r\n", b".\r\n"]
    assert meaning.answers[-1].gloss == "the end of the answer"
    assert explain(made, PROTOCOL).folded == 0


@pytest.mark.parametrize(
    ("protocol", "replies", "how"),
    [
        ("smtp", (b"250-a\r\n250 b\r\n",), 250),
        ("smtp", (b"250 OK [x] y\r\n",), 250),
        ("smtp", (b"2500\r\n",), None),
        ("smtp", (), None),
        ("pop3", (b"+OK\r\n", b"1 5\r\n.\r\n"), "+OK"),
        ("pop3", (b"-ERR [IN-USE] no\r\n",), "-ERR"),
        ("pop3", (b"+ \r\n",), "+"),
        ("pop3", (b"+OKAY\r\n",), None),
        ("imap", (b"* 2 EXISTS\r\n* OK x\r\n", b"a1 NO [NONEXISTENT] x\r\n"), "NO"),
        ("imap", (b"* OK [UNSEEN 1] x\r\na1 BAD x\r\n",), "BAD"),
        ("imap", (b"250 ok\r\n",), "OK"),
        ("imap", (b"+ idling\r\n",), "+"),
        ("imap", (b"* 2 EXISTS\r\n",), None),
        ("imap", (b"a1 OKAY\r\n",), None),
        ("imap", (), None),
    ],
)
def test_how_an_answer_went(protocol, replies, how):
    assert code(replies, PROTOCOLS[protocol]) == how


def test_the_code_in_brackets_stands_apart_where_answers_have_tags():
    imap = PROTOCOLS["imap"]
    assert response_code((b"* OK [UNSEEN 1] x\r\n", b"a1 OK [APPENDUID 21 3] done\r\n"), imap) == "APPENDUID 21 3"
    assert response_code((b"* OK [UNSEEN 1] x\r\n", b"a1 OK done [x]\r\n"), imap) is None
    assert response_code((b"-ERR [IN-USE] no\r\n",), PROTOCOLS["pop3"]) is None


def test_an_event_has_both():
    made = Seat(build("lecture"), STUDENT)
    made.connect("nyu.edu", "imap")
    made.send(b"a1 LOGIN bob wrong\r\n", "")
    (opened, login) = (event(entry) for entry in made.world.transcript.entries)
    assert (login["code"], login["response_code"]) == ("NO", "AUTHENTICATIONFAILED")
    assert opened["code"] == "OK"
