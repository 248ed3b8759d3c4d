"""Answers of many lines: what is explained of them, and what is only counted."""

from hypothesis import given
from hypothesis import strategies as st

from mailshell.core.explain import code, explain
from mailshell.core.record import Opened, reply_ends, reply_lines
from mailshell.pop3 import PROTOCOL
from mailshell.pop3.phases import Phase
from mailshell.pop3.replies import GREETING, SCAN_LISTING

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


def test_how_an_answer_went():
    assert code((b"250-a\r\n250 b\r\n",)) == 250
    assert code((b"+OK\r\n", b"1 5\r\n.\r\n")) == "+OK"
    assert code((b"-ERR [IN-USE] no\r\n",)) == "-ERR"
    assert code((b"+ \r\n",)) == "+"
    assert code(()) is None
    assert code((b"2500\r\n",)) is None
    assert code((b"+OKAY\r\n",)) is None
