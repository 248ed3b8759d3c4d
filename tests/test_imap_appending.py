"""APPEND of several messages (RFC 3502), and literals that come without a wait (RFC 7888)."""

import pytest

from mailshell.mail.host import Traits
from mailshell.mail.ledger import Full
from tests.imap import SENT, said, sessions, uids


def test_each_message_has_its_own_octets_flags_and_date():
    made = sessions()
    assert said(made, b'a APPEND Sent (\\Seen) {2+}\r\na\n "01-Jan-2001 00:00:00 +0200" {3+}\r\n\r\nb').endswith(
        b"a OK [APPENDUID 22 1:2] APPEND completed\r\n"
    )
    said(made, "a SELECT Sent")
    found = said(made, "a FETCH 1:2 (FLAGS BODY.PEEK[])")
    assert b"(FLAGS (\\Seen \\Recent) BODY[] {2}\r\na\n)" in found
    assert b"(FLAGS (\\Recent) BODY[] {3}\r\n\r\nb)" in found
    assert said(made, "a FETCH 2 INTERNALDATE").startswith(b'* 2 FETCH (INTERNALDATE "01-Jan-2001 00:00:00 +0200")')


def test_a_store_without_room_takes_none_of_the_messages():
    made = sessions()
    with made.world.store.refusing(Full("There is no room.")):
        assert said(made, b"a APPEND Sent {1+}\r\nx {1+}\r\ny").endswith(b"a NO [UNAVAILABLE] No room\r\n")
    assert uids(made, SENT) == []


@pytest.mark.parametrize("size", [4096, 4097])
def test_a_long_literal_must_wait_where_the_server_has_literal_minus(size):
    made = sessions(traits=Traits(policy="strict"))
    answer = said(made, b"a APPEND Sent {%d+}\r\n%b" % (size, b"x" * size))
    wanted = b"a OK [APPENDUID" if size <= 4096 else b"a BAD [TOOBIG]"
    assert answer.startswith(wanted)
    assert said(made, b"a SEARCH SUBJECT {4097+}\r\n" + b"x" * 4097).startswith(b"a BAD Literal")


@pytest.mark.parametrize("policy", ["tolerant", "strict"])
def test_a_server_never_has_both_kinds_of_literals(policy):
    words = said(sessions(traits=Traits(policy=policy)), "a CAPABILITY").split()
    assert [word for word in words if word.startswith(b"LITERAL")] == [
        b"LITERAL+" if policy == "tolerant" else b"LITERAL-"
    ]


def test_all_messages_of_a_command_together_have_a_limit():
    made = sessions()
    made.send(b"a APPEND Sent {60000000+}\r\n" + b"x" * 60_000_000)
    assert said(made, b" {60000000}").startswith(b"a NO [TOOBIG]")
