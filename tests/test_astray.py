"""Replies of other servers that are not by the standard."""

import pytest

from mailshell.smtp.astray import slips


@pytest.mark.parametrize(
    ("verb", "replies", "words"),
    [
        ("HELO", ["250 Hello lancs.uk, pleased to meet you"], "the full name of the server"),
        ("EHLO", ["250-hello there", "250 SIZE"], "the full name of the server"),
        ("DATA", ["250 what"], "The standard answers DATA with 354, not with 250"),
        ("MAIL", ["354 go"], "not with 354"),
        ("QUIT", ["250 bye"], "The standard answers QUIT with 221"),
        (".", ["354 more"], "The standard answers the final dot with 250"),
        ("", ["250 hello"], "The standard answers a new connection with 220"),
        ("RCPT", ["250-ok", "550 no"], "these carry 250 and 550"),
        (None, ["250 5.1.1 odd"], "5.1.1 starts with 5, and 250 wants 2 there"),
        (None, ["452 5.1.1 odd"], "452 wants 4 there"),
    ],
)
def test_what_is_not_by_the_standard_is_named(verb, replies, words):
    found = slips(verb, tuple(f"{reply}\r\n".encode() for reply in replies))
    assert len([sentence for sentence in found if words in sentence]) == 1
    assert all("section" in sentence for sentence in found)


@pytest.mark.parametrize(
    ("verb", "replies"),
    [
        ("EHLO", ["250-nyu.edu greets lancs.uk", "250 HELP"]),
        ("HELO", ["250 [192.0.2.1] hello"]),
        ("EHLO", ["502 not here"]),
        ("MAIL", ["250 2.1.0 ok"]),
        ("RCPT", ["251 will forward"]),
        ("RCPT", ["599 a code that nobody knows"]),
        ("DATA", ["354 go"]),
        ("QUIT", ["221 2.0.0 bye"]),
        ("FROB", ["250 whatever"]),
        (None, ["250 ok"]),
        ("NOOP", ["no reply at all"]),
        ("NOOP", []),
    ],
)
def test_what_is_by_the_standard_is_left_alone(verb, replies):
    assert slips(verb, tuple(f"{reply}\r\n".encode() for reply in replies)) == []
