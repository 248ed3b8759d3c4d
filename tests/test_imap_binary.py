"""Parts without their transfer encoding, and messages with the octet NUL (RFC 3516)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailshell.imap.binary import Binary, Undecodable
from mailshell.imap.items import Text
from mailshell.mail.message import FIELDS
from mailshell.mail.transfer import decoded, without_nul
from tests.imap import said, sessions
from tests.strategies import message_octets

HEAD = b"Subject: a\r\nContent-Transfer-Encoding: Binary\r\n\r\n"
MIXED = (
    b"Content-Type: multipart/mixed; boundary=b\r\nContent-Transfer-Encoding: binary\r\n\r\n"
    b"--b\r\nContent-Type: message/rfc822\r\nContent-Transfer-Encoding: binary\r\n\r\n%b\r\n"
    b"--b\r\n\r\ntext\r\n--b--\r\n"
)


@given(st.binary())
def test_a_part_in_binary_comes_back_as_it_was_sent(body):
    kept = without_nul(HEAD + body)
    assert kept is not None
    assert b"\0" not in kept
    assert Binary((1,)).cut(Text(kept)) == body
    inside = without_nul(MIXED % (HEAD + b"\0" + body.replace(b"--b", b"")))
    assert inside is not None
    assert Binary((1, 1)).cut(Text(inside)) == b"\0" + body.replace(b"--b", b"")
    assert Binary((2,)).cut(Text(inside)) == b"text"


@given(message_octets)
def test_a_message_without_nul_stays_as_it_is(octets):
    if b"\0" not in octets:
        assert without_nul(octets) == octets
    else:
        assert without_nul(octets) is None


@pytest.mark.parametrize(
    ("encoding", "wanted"),
    [
        ("", b"aGk=\r\n"),
        ("8bit", b"aGk=\r\n"),
        ("base64", b"hi"),
        ("quoted-printable", b"aGk=\r\n".replace(b"=\r\n", b"")),
        ("x-uuencode", None),
    ],
)
def test_encodings_that_are_taken_off(encoding, wanted):
    assert decoded(b"aGk=\r\n", encoding) == wanted


def test_a_whole_message_and_what_holds_parts_have_no_encoding():
    octets = MIXED.replace(b"Encoding: binary", b"Encoding: x-unknown", 1) % b"Subject: x\r\n\r\nhi"
    assert Binary().cut(Text(octets)) == octets
    assert Binary((1,)).cut(Text(octets)) == b"Subject: x\r\n\r\nhi"
    assert Binary((1, 1)).cut(Text(octets)) == b"hi"
    assert Binary((3,)).cut(Text(octets)) is None
    with pytest.raises(Undecodable):
        Binary((1,)).cut(Text(b"Content-Transfer-Encoding: x-unknown\r\n\r\nhi"))


def test_a_request_that_fails_sets_no_flag():
    made = sessions()
    said(made, b"a APPEND INBOX {49+}\r\nContent-Transfer-Encoding: x-unknown-cte\r\n\r\nhello")
    assert said(made, "a FETCH 1:3 (BODY[] BINARY[1])").startswith(b"a NO [UNKNOWN-CTE]")
    assert said(made, "a SEARCH SEEN").startswith(b"* SEARCH\r\n")


def test_one_message_that_cannot_be_kept_keeps_all_out():
    made = sessions()
    assert said(made, b"a APPEND Sent {1+}\r\nx ~{1+}\r\n\0").startswith(b"a NO [UNKNOWN-CTE]")
    assert said(made, "a STATUS Sent (MESSAGES)").startswith(b"* STATUS Sent (MESSAGES 0)")


@pytest.mark.parametrize("line", ["a SELECT ~{5+}\r\nINBOX", "a FETCH 1 BINARY[1.HEADER]", "a FETCH 1 BINARY[TEXT]"])
def test_what_is_no_binary(line):
    assert said(sessions(), line).startswith(b"a BAD")


def test_a_name_may_begin_with_a_tilde():
    assert said(sessions(), "a CREATE ~x").startswith(b"a OK")


def test_nul_stays_out_where_the_encoding_stands_after_more_fields_than_are_told():
    text = b"a: b\r\n" * FIELDS + b"Content-Transfer-Encoding: binary\r\n\r\na\0b"
    answer = said(sessions(), b"x APPEND Sent ~{%d+}\r\n%b" % (len(text), text))
    assert answer.endswith(b"x NO [UNKNOWN-CTE] Unknown content transfer encoding\r\n")
