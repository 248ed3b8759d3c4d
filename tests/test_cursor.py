"""A cursor reads one command, and remembers what it would have accepted at the furthest point."""

import re

import pytest

from mailshell.core.cursor import Cursor, Slip, Stop
from mailshell.core.record import Cite, Expect, Fault, Part

A, B, END = Expect("A", "the first letter"), Expect("B", "the second letter"), Expect("end", "the end")
DIGITS = re.compile(rb"[0-9]+")
TRAILING = Slip("white space", END, "White space.", Cite(5321, "4.1.1"))


def test_a_word_is_taken_in_any_case():
    cursor = Cursor(b"aB", marks=True)
    assert cursor.word(b"A", A)
    assert cursor.word(b"B", B)
    cursor.done(END)
    assert cursor.at == 2


def test_what_is_wanted_at_the_furthest_point_is_kept():
    cursor = Cursor(b"ax", marks=True)
    assert not cursor.word(b"B", B)
    assert cursor.word(b"A", A)
    assert not cursor.word(b"A", A)
    with pytest.raises(Stop):
        cursor.need_word(b"B", B)
    with pytest.raises(Stop):
        cursor.need(DIGITS, B)
    assert cursor.fault() == Fault(1, (A, B))


def test_an_attempt_further_back_is_forgotten():
    cursor = Cursor(b"a12x", marks=True)
    assert cursor.word(b"A", A)
    assert cursor.need(DIGITS, B) == b"12"
    assert not cursor.word(b"B", B)
    cursor.at = 1
    assert cursor.match(re.compile(rb"z"), A) is None
    assert cursor.fault() == Fault(3, (B,))


def test_a_refusal_points_at_what_was_well_formed():
    cursor = Cursor(b"a12", marks=True)
    assert cursor.word(b"A", A)
    assert cursor.need(DIGITS, B) == b"12"
    assert isinstance(cursor.refuse(1, END), Stop)
    assert cursor.fault() == Fault(1, (END,))


def test_without_marks_only_the_reading_is_done():
    cursor = Cursor(b"a")
    assert not cursor.word(b"B", B)
    cursor.mark("rule", 0)
    assert cursor.expected == []
    assert cursor.parts is None


def test_parts_are_never_empty():
    cursor = Cursor(b"abc", marks=True)
    cursor.mark("nothing", 0)
    assert cursor.word(b"A", A)
    cursor.mark("a", 0)
    assert cursor.word(b"B", B)
    cursor.mark("b", 1, secret=True)
    assert cursor.parts == [Part("a", 0, 1), Part("b", 1, 2, True)]


def test_white_space_at_the_end_is_a_slip_where_the_protocol_has_one():
    cursor = Cursor(b"a \t", TRAILING, marks=True)
    assert cursor.word(b"A", A)
    cursor.done(END)
    assert cursor.slips == (TRAILING,)
    assert cursor.at == cursor.end


@pytest.mark.parametrize(("octets", "trailing"), [(b"a ", None), (b"a b", TRAILING), (b"ab", TRAILING)])
def test_anything_else_at_the_end_stops_the_reading(octets, trailing):
    cursor = Cursor(octets, trailing, marks=True)
    assert cursor.word(b"A", A)
    with pytest.raises(Stop):
        cursor.done(END)
    assert cursor.fault() == Fault(1, (END,))


def test_the_strict_policy_stops_at_a_slip():
    cursor = Cursor(b"a ", TRAILING, strict=True, marks=True)
    assert cursor.word(b"A", A)
    with pytest.raises(Stop):
        cursor.done(END)
    assert cursor.slips == ()
    assert cursor.fault() == Fault(1, (END,))
