"""Encoded words, quoted-printable, base64: the samples of the RFCs, and any octets."""

import base64
import quopri
from email.header import decode_header, make_header

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailshell.mail import words

SAMPLES = [  # RFC 2047 section 8
    (b"=?US-ASCII?Q?Keith_Moore?=", "Keith Moore"),
    (b"=?ISO-8859-1?Q?Keld_J=F8rn_Simonsen?=", "Keld Jørn Simonsen"),
    (b"=?ISO-8859-1?Q?Andr=E9?= Pirard", "André Pirard"),
    (
        b"=?ISO-8859-1?B?SWYgeW91IGNhbiByZWFkIHRoaXMgeW8=?=\r\n =?ISO-8859-2?B?dSB1bmRlcnN0YW5kIHRoZSBleGFtcGxlLg==?=",
        "If you can read this you understand the example.",
    ),
    (b"(=?ISO-8859-1?Q?a?=)", "(a)"),
    (b"(=?ISO-8859-1?Q?a?= b)", "(a b)"),
    (b"(=?ISO-8859-1?Q?a?= =?ISO-8859-1?Q?b?=)", "(ab)"),
    (b"(=?ISO-8859-1?Q?a?=  =?ISO-8859-1?Q?b?=)", "(ab)"),
    (b"(=?ISO-8859-1?Q?a_b?=)", "(a b)"),
    (b"(=?ISO-8859-1?Q?a?= =?ISO-8859-2?Q?_b?=)", "(a b)"),
    (b"=?utf-8*en?Q?caf=C3=A9?=", "café"),
    ("raw café".encode(), "raw café"),
    (b"", ""),
]


@pytest.mark.parametrize(("value", "text"), SAMPLES)
def test_encoded_words_read_as_the_rfc_says(value, text):
    assert words.decoded(value) == text


@pytest.mark.parametrize(
    "value", [b"=?utf-8?X?a?=", b"=?utf-8?Q?a b?=", b"=?utf-8?Q?a", b"=??Q?a?=", b"=?a?b?=", b"caf=C3=A9", b"=?\xff?="]
)
def test_what_is_no_encoded_word_stays_as_it_is(value):
    assert words.decoded(value) == value.decode("utf-8", "backslashreplace")


@pytest.mark.parametrize(
    "charset", ["x-none", "iso-8859-99", "idna", "unicode_escape", "hex", "utf-8\0", "\u00e9", "undefined", "rot13"]
)
def test_a_charset_that_nobody_knows_shows_as_escapes(charset):
    assert words.text(b"a\\u0041\xff", charset) == "a\\u0041\\xff"


def test_octets_that_do_not_fit_the_charset_show_as_escapes():
    assert words.decoded(b"=?utf-8?Q?a=FF?=") == "a\\xff"
    assert words.text(b"\xff\xfea", "utf-16")


def test_an_encoded_word_knows_its_places():
    value = b"x =?utf-8?q?a_b?= y"
    (word,) = words.words(value)
    assert value[word.start : word.end] == b"=?utf-8?q?a_b?="
    assert value[word.text_at : word.end] == b"a_b?="
    assert (word.charset, word.encoding, word.text) == ("utf-8", "Q", "a b")


@given(st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=20))
def test_the_email_package_reads_the_same(text):
    coded = base64.b64encode(text.encode())
    for value in (
        b"=?utf-8?B?" + coded + b"?=",
        b"=?UTF-8?q?" + "".join(f"={o:02X}" for o in text.encode()).encode() + b"?=",
    ):
        assert words.decoded(value) == text == str(make_header(decode_header(value.decode())))


@given(st.binary(max_size=100))
def test_base64_and_quoted_printable_are_read_back(octets):
    assert words.base64(base64.encodebytes(octets).replace(b"\n", b"\r\n")) == octets
    assert words.quoted_printable(quopri.encodestring(octets.hex().encode(), quotetabs=True)) == octets.hex().encode()
    coded = "".join(f"={octet:02X}" for octet in octets).encode()
    assert words.quoted_printable(coded) == words.q(coded) == octets


def test_quoted_printable_drops_soft_line_breaks_and_added_white_space():
    coded = b"Now's the time =\r\nfor all folk to come=\r\n to the aid of their country.  \r\n=3D\t\r\n"
    assert words.quoted_printable(coded) == b"Now's the time for all folk to come to the aid of their country.\r\n=\r\n"
    assert words.quoted_printable(b"=G1 =4") == b"=G1 =4"


@given(st.binary(max_size=60) | st.text("=?QBqb_utf8-AZ ", max_size=40).map(str.encode), st.text(max_size=12))
def test_no_octets_raise(octets, charset):
    for read in (words.base64, words.q, words.quoted_printable):
        assert isinstance(read(octets), bytes)
    assert isinstance(words.text(octets, charset), str)
    assert isinstance(words.decoded(octets), str)
    assert all(0 <= flaw.start < flaw.end <= len(octets) for flaw in words.flaws(octets))
    end = 0
    for word in words.words(octets):
        assert end <= word.start < word.text_at < word.end <= len(octets)
        end = word.end


@pytest.mark.parametrize("value", [value for value, _ in SAMPLES])
def test_a_well_formed_word_has_no_flaw(value):
    assert words.flaws(value) == ()


LONG = b"=?utf-8?Q?" + b"a" * 64 + b"?="


@pytest.mark.parametrize(
    ("value", "says", "section"),
    [
        (b"=?utf-8?Q?caf=C3=A?=", "=A is no octet: two hexadecimal digits follow each =.", "4.2"),
        (b"=?utf-8?Q?100=?=", "= is no octet: two hexadecimal digits follow each =.", "4.2"),
        (b"=?utf-8?Q?a?b?=", "A question mark stands in the text.", "4.2"),
        (b"=?utf-8?Q?why??=", "A question mark stands in the text.", "4.2"),
        (b"=?x-none?Q?caf?=", "The charset x-none is not known", "3"),
        (b"=?idna?Q?caf?=", "The charset idna is not known", "3"),
        (b"=??Q?a?=", "The name of the charset is missing.", "2"),
        (b"=?utf-8?B?YWI?=", "The base64 text has 3 characters.", "5"),
        (b"=?utf-8?B?YW!h?=", "Base64 has letters, digits, + and / only", "4.1"),
        (b"=?utf-8?B?YQ==YQ==?=", "Base64 has letters, digits, + and / only", "4.1"),
        (b"=?utf-8?B?w6k=?= =?utf-8?B?ww==?=", "The octets are not whole characters of utf-8.", "5"),
        (b"=?utf-8?Q?caf=C3?=", "The octets are not whole characters of utf-8.", "5"),
        (LONG, "An encoded word has at most 75 octets, and this one has 76.", "2"),
        (b"=?utf-8?Q?a b?=", "Q writes a space as _ or as =20.", "2"),
        (b"=?utf-8?B?YW Jj?=", "A space or a tab stands in the encoded word, and there must be none.", "2"),
        (b"=?utf-8?Q?caf\xc3\xa9?=", "An encoded word has visible ASCII characters only.", "2"),
        (b"=?utf-8?Q??=", "The encoded word holds no text.", "2"),
        (b"=?utf-8?X?a?=", "The encoding is X; there are B and Q.", "4"),
        (b"=?utf-8??a?=", "The encoding is missing; there are B and Q.", "4"),
        (b"=?utf-8?Q?caf=C3=A9 and more", "There is no ?= at the end", "2"),
        (b"=?utf-8?Q?a =?utf-8?Q?b?=", "There is no ?= at the end", "2"),
    ],
)
def test_what_is_wrong_with_an_encoded_word_is_said(value, says, section):
    (flaw,) = words.flaws(value)
    assert says in flaw.says
    assert (flaw.cite.rfc, flaw.cite.section) == (2047, section)


def test_each_flaw_is_said():
    assert [flaw.cite.section for flaw in words.flaws(b"=?x-a?B?" + b"A" * 70 + b"?= x =?utf-8?Q? ?=")] == [
        "2",
        "3",
        "5",
        "2",
    ]
