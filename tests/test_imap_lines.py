"""Lines and literals of IMAP commands: how they are cut, and what is refused before any grammar reads it."""

import pytest

from mailshell.imap import limits
from mailshell.imap.desk import State
from mailshell.mail.host import Traits
from tests.imap import SENT, last, said, sessions, uids

# Literals (RFC 3501 sections 4.3.1 and 9)


@pytest.mark.parametrize("off", ["", "BINARY"])
def test_a_literal_has_no_nul(off):
    made = sessions(traits=Traits(off=frozenset([off])))
    answer = said(made, b"x APPEND Sent {5+}\r\na\0b\r\n")
    assert last(answer).startswith(b"x BAD ")
    assert uids(made, SENT) == []
    assert last(said(made, b"x SEARCH SUBJECT {3+}\r\na\0b")).startswith(b"x BAD ")
    assert last(said(made, b"x SELECT {3+}\r\na\0b")).startswith(b"x BAD ")
    assert last(said(made, "x CHECK")) == b"x OK CHECK completed\r\n"


def test_one_message_with_nul_keeps_all_others_out():
    made = sessions()
    assert last(said(made, b"x APPEND Sent {1+}\r\na {1+}\r\n\0")).startswith(b"x BAD ")
    assert uids(made, SENT) == []


def test_letters_outside_ascii_in_quotes_are_told_and_a_strict_server_refuses_them():
    wanted = 'x SEARCH SUBJECT "é"'
    assert last(said(sessions(), wanted)).startswith(b"x OK ")
    assert last(said(sessions(traits=Traits(policy="strict")), wanted)).startswith(b"x BAD ")


# Lines (sections 2.2.1 and 7.1.3)


def test_a_line_that_is_cut_inside_its_tag_gets_an_answer_without_one():
    made = sessions()
    assert said(made, "x" * 9000) == b"* BAD Command too long\r\n"
    assert said(made, "x LOGIN " + "x" * 9000) == b"x BAD Command too long\r\n"
    assert said(made, "x" * 100).startswith(b"x" * 100 + b" BAD ")


def test_the_literal_at_the_end_of_a_line_that_is_too_long_is_no_command():
    """RFC 7888 section 3: the end of every line is looked at."""
    made = sessions()
    long = b"x SEARCH " + b"a" * 9000
    assert said(made, long + b" {8+}\r\ny NOOP\r\n\r\nz NOOP") == b"x BAD Command too long\r\nz OK NOOP completed\r\n"
    made.send(long)
    assert said(made, b" {8+}\r\ny NOOP\r\n\r\nz NOOP") == b"x BAD Command too long\r\nz OK NOOP completed\r\n"
    assert said(made, long + b" {8}\r\nz NOOP") == b"x BAD Command too long\r\nz OK NOOP completed\r\n"


@pytest.mark.parametrize("line", [b'x LIST "" ' + b"{0+}\r\n" * 5000, b"x APPEND Sent" + b" {1+}\r\na" * 5000])
def test_a_command_of_many_literals_is_not_held_once_it_is_refused(line):
    made = sessions()
    made.send(line)
    state = made.link.session.state
    assert isinstance(state, State)
    assert len(state.lead) < 9000
    assert last(said(made, "")).startswith(b"x BAD ")


@pytest.mark.parametrize("more", [1, 2, limits.TAIL - 1, limits.TAIL, limits.TAIL + 1, 1000])
@pytest.mark.parametrize("end", ["", "{3}", "{3+}"])
def test_every_line_over_the_limit_is_refused_and_what_comes_after_it_is_read(more, end):
    made, room = sessions(), limits.COMMAND + more - len("x LOGIN bob \r\n") - len(end)
    answer = said(made, f"x LOGIN bob {'y' * room}{end}" + "\r\nabc" * (end == "{3+}"))
    assert answer.startswith((b"x BAD ", b"x NO ", b"* BYE "))
    assert said(made, "z NOOP").endswith(b"z OK NOOP completed\r\n") or answer.startswith(b"* BYE ")


def test_a_line_as_long_as_the_limit_is_read():
    made = sessions()
    tag = "x" * (limits.COMMAND - len(" NOOP\r\n"))
    assert said(made, f"{tag} NOOP").endswith(f"{tag} OK NOOP completed\r\n".encode())
    assert said(made, f"{tag}x NOOP").startswith(f"{tag}x BAD ".encode())
