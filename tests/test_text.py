"""Octets as text: each octet once and in order, and nothing that a terminal would obey."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailshell.shell.text import hex_rows, safe, show, unshown, width, wrap

BIDI = {"\u061c", "\u200e", "\u200f", *map(chr, range(0x202A, 0x202F)), *map(chr, range(0x2066, 0x206A))}
WIRES = st.sampled_from(["off", "marks", "hex"])
MIXED = st.lists(
    st.binary(max_size=4)
    | st.text(max_size=4).map(str.encode)
    | st.sampled_from([b"\r\n", b"\r", b"\n", b"\0", b"\x1b[2J"])
).map(b"".join)


def obeyed(text):
    """The characters of a text that a terminal does not just draw."""
    return [
        letter for letter in text if unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Zl", "Zp") or letter in BIDI
    ]


def pictured(octets):
    """What each character of a line should look like, by the words of DESIGN: symbols, loud line ends, \\xNN."""
    out = ""
    for letter in octets.decode("utf-8", "surrogateescape"):
        code = ord(letter)
        if letter in "\r\n":
            out += {"\r": "␍CR!", "\n": "␊LF!"}[letter]
        elif code < 0x20 or code == 0x7F:
            out += chr(0x2400 + code) if code < 0x20 else "␡"
        elif letter.isprintable():
            out += letter
        else:
            out += "".join(f"\\x{octet:02x}" for octet in letter.encode("utf-8", "surrogateescape"))
    return out


@given(MIXED, WIRES)
def test_each_octet_is_shown_once_and_in_order(octets, wire):
    line = octets.removesuffix(b"\r\n")
    end = "␍␊" if octets.endswith(b"\r\n") and wire != "off" else ""
    assert show(octets, wire).text == pictured(line) + end


@given(MIXED, WIRES, st.booleans())
def test_a_terminal_has_nothing_to_obey(octets, wire, ascii_only):
    text = show(octets, wire, ascii_only=ascii_only).text
    assert obeyed(text) == []
    assert text.isprintable()
    assert text.isascii() or not ascii_only


@given(st.text() | st.text(alphabet=sorted(BIDI)) | st.characters(categories=["Cs", "Cf", "Cc"]), st.booleans())
def test_safe_text_has_nothing_to_obey(text, ascii_only):
    assert obeyed(safe(text, ascii_only=ascii_only)) == []
    assert safe(text, ascii_only=ascii_only).isascii() or not ascii_only


@given(MIXED)
def test_each_octet_has_the_column_at_which_it_begins(octets):
    line = octets.removesuffix(b"\r\n")
    shown = show(octets, "off")
    assert len(shown.columns) == len(line) + 1
    assert shown.columns == sorted(shown.columns)
    assert shown.columns[0] == 0
    assert shown.columns[-1] == width(shown.text)
    for end in range(len(line)):
        try:
            before = line[:end].decode("utf-8")
            line[end:].decode("utf-8")
        except UnicodeDecodeError:
            continue
        assert shown.columns[end] == width(pictured(before.encode()))


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("", 0),
        ("abc", 3),
        ("é", 1),
        ("e\N{COMBINING ACUTE ACCENT}", 1),
        ("中文", 4),
        ("\N{GRINNING FACE}", 2),
        ("ｆ", 2),
        ("♥\N{VARIATION SELECTOR-16}", 1),
        ("\N{DEVANAGARI LETTER KA}\N{DEVANAGARI SIGN VIRAMA}", 1),
        ("\N{HEBREW LETTER ALEF}", 1),
    ],
)
def test_the_width_of_a_text(text, columns):
    assert width(text) == columns


def test_a_field_after_wide_letters_is_found():
    assert show("中é@".encode(), "off").columns == [0, 0, 0, 2, 2, 3, 4]


@pytest.mark.parametrize(
    ("octets", "shown", "plain"),
    [
        (b"NOOP\r\n", "NOOP␍␊", r"NOOP\r\n"),
        (b"\r\n", "␍␊", r"\r\n"),
        (b"NOOP\n", "NOOP␊LF!", r"NOOP\nLF!"),
        (b"NOOP\r", "NOOP␍CR!", r"NOOP\rCR!"),
        (b"a\nb\rc\r\r\n", "a␊LF!b␍CR!c␍CR!␍␊", r"a\nLF!b\rCR!c\rCR!\r\n"),
        (b"a\0\t\x1b[31m\x7f\r\n", "a␀␉␛[31m␡␍␊", r"a\x00\x09\x1b[31m\x7f\r\n"),
        (b"\xff\xc3\xa9\xc3", r"\xff" + "é" + r"\xc3", r"\xff\xc3\xa9\xc3"),
        ("a\u202eb\u2028".encode(), r"a\xe2\x80\xaeb\xe2\x80\xa8", r"a\xe2\x80\xaeb\xe2\x80\xa8"),
    ],
)
def test_what_is_no_letter_has_a_sign(octets, shown, plain):
    assert show(octets).text == show(octets, "hex").text == shown
    assert show(octets, ascii_only=True).text == plain


def test_line_ends_are_hidden_only_where_they_are_right():
    assert show(b"NOOP\r\n", "off").text == "NOOP"
    assert show(b"NOOP\n", "off").text == "NOOP␊LF!"


def test_a_hex_dump_has_sixteen_octets_a_row():
    assert hex_rows(b"250 2.1.0 Sender \xff\x1b\r\n") == [
        "0000  32 35 30 20 32 2e 31 2e  30 20 53 65 6e 64 65 72  |250 2.1.0 Sender|",
        "0010  20 ff 1b 0d 0a                                    | ....|",
    ]
    assert hex_rows(b"") == []


@given(st.binary(max_size=100))
def test_a_hex_dump_holds_every_octet(octets):
    assert bytes.fromhex("".join(row[6:54] for row in hex_rows(octets))) == octets


@given(st.text(alphabet="ab 中"), st.integers(2, 12))
def test_wrapped_text_keeps_its_words_and_fits(text, columns):
    rows = wrap(text, columns)
    assert " ".join(rows).split() == text.split()
    assert all(width(row) <= columns or " " not in row for row in rows)


@given(
    st.binary(max_size=40) | st.text(alphabet="a\u00e9\u4e2d \r\n\t\x1b\x7f\x85", max_size=20).map(str.encode),
    st.booleans(),
)
def test_what_was_shown_is_read_back(octets, ascii_only):
    line = octets.replace(b"\\", b"/").replace(b"\xe2", b"")  # escapes and control pictures of the line itself stay
    assert unshown(show(line, "off", ascii_only=ascii_only).text) == line.removesuffix(b"\r\n")


def test_an_escape_that_a_person_typed_stays_as_it_is():
    assert unshown("NOOP \\x41 \\r\\n \\") == b"NOOP \\x41 \\r\\n \\"


def test_an_example_is_not_broken_where_it_fits():
    text = ":why wants a number and a depth, as in :why 3 or :why -1 3, and no more"
    for columns in range(14, 80):
        rows = wrap(text, columns)
        assert " ".join(rows) == text
        assert any(":why -1 3," in row for row in rows)
    assert " ".join(wrap(text, 4)) == text
