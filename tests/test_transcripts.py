"""The golden transcripts are what really happens, and the checker of transcripts can fail."""

import difflib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailshell.core import script
from mailshell.core.script import Item, Script, ScriptError
from mailshell.world.play import LOCAL, play
from mailshell.world.start import DEFAULT_HOST
from tests.goldens import PATHS, played, seat_of

LECTURE = {"world": "lecture"}

SLIDE = [
    "220 nyu.edu",
    "250 Hello lancs.uk, pleased to meet you",
    "250 alice@lancs.uk... Sender ok",
    "250 bob@nyu.edu ... Recipient ok",
    '354 Enter mail, end with "." on a line by itself',
    "250 Message accepted for delivery",
    "221 nyu.edu closing connection",
]


@pytest.mark.parametrize("name", PATHS)
def test_a_golden_transcript_is_what_happens(name, update):
    path = PATHS[name]
    text = path.read_text(encoding="utf-8")
    golden = played(text)
    if update:
        path.write_text(golden.written, encoding="utf-8")
        return
    diff = difflib.unified_diff(text.splitlines(), golden.written.splitlines(), name, "played", lineterm="")
    assert golden.written == text, "\n" + "\n".join(diff)
    assert golden.outcome.misses == ()
    assert text.startswith("# "), "the first line says what the transcript shows"


def test_the_lecture_session_has_the_server_lines_of_the_slide():
    golden = played(PATHS["smtp/lecture.txt"].read_text(encoding="utf-8"))
    assert [line[3:] for line in golden.written.splitlines() if line.startswith("S:")] == SLIDE
    assert golden.outcome.refusals == 0


def misses(text):
    return play(seat_of(LECTURE), script.read(text), "smtp", DEFAULT_HOST)[0].misses


def test_a_transcript_that_holds_has_no_misses():
    text = "S: 220 nyu…\nC: NOOP\nS: 250 2.0.0 Nothing done\n= greeted\nC: DATA\nS: 503…\n! DATA needs EHLO or HELO…\n"
    assert misses(text.rpartition("!")[0]) == ()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("C: NOOP\nS: 220 nyu.edu ESMTP mailshel\n", "line 2: expected 220 nyu.edu ESMTP mailshel\n"),
        ("C: NOOP\nS: 220…\nS: 251…\n", "line 3: expected 251…\n        but got  250 2.0.0 Nothing done"),
        ("S: 220…\nS: 250 more\n", "line 2: expected 250 more\n        but got  nothing more"),
        ("C: NOOP\n= ready\n", "line 2: expected phase ready\n        but got  phase greeted"),
        ("C: NOOP\n! Because.\n", "line 2: expected Because.\n        but got  nothing more"),
        ("C: FOO\n! FOO is obsolete.\n", "line 2: expected FOO is obsolete.\n        but got  FOO is no command"),
    ],
)
def test_a_wrong_expectation_is_a_miss(text, says):
    (miss,) = misses(text)
    assert str(miss).startswith(says)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("C: NOOP\nhello\n", "line 2: 'hello' is no line of a transcript; it starts with C: S: = ! > ? or #"),
        ("C: NOOP\n\nC: a\\qb\n", r"line 3: \q is no escape; there are \r \n \t \0 \\ \xNN"),
        ("C: ends in \\\n", r"line 1: \ is no escape; there are \r \n \t \0 \\ \xNN"),
        ("C: NOOP\n> :dance\n", f"line 2: :dance is no command for a script; there are {' '.join(LOCAL)}"),
        ("C: NOOP\n> :raw abc\n", "line 2: :raw wants text in double quotes"),
        ('C: NOOP\n> :raw "\\q"\n', r"line 2: \q is no escape"),
        ("C: NOOP\n> :wait\n", "line 2: :wait wants a time"),
        ("C: NOOP\n> :wait 5m now\n", "line 2: :wait wants a time"),
        ("C: NOOP\n> :drop it\n", "line 2: the command takes no argument"),
        ("C: NOOP\n> :redo\n", "line 2: There is nothing to redo."),
        ("> :undo\n", "line 1: There is nothing to undo."),
        ("> :drop\n", "line 1: There is no connection yet."),
        ("= ready\n", "line 1: There is no connection yet."),
        ("C0: NOOP\n", "line 1: 'C0: NOOP' is no line of a transcript"),
        ("C: NOOP\nC2(gopher): NOOP\n", "line 2: gopher is no protocol of mailshell."),
        ("C: NOOP\nS2(smtp@mars): NOOP\n", "line 2: mars is no host of this world."),
    ],
)
def test_a_bad_file_is_refused_with_the_number_of_the_line(text, says):
    with pytest.raises(ScriptError) as error:
        misses(text)
    assert str(error.value).startswith(says)


def test_a_header_ends_where_the_conversation_starts():
    text = "# Shows nothing.\n# protocol: smtp\n\n# host: lancs.uk\nC: NOOP\n# host: nyu.edu\n"
    assert script.read(text).header == {"protocol": "smtp", "host": "lancs.uk"}


@pytest.mark.parametrize("text", ["C: NOOP", "S: 220", "C2: NOOP", "C2(imap): a NOOP", "\n# x\nS:", "> :wait 3m"])
def test_a_transcript_is_told_from_plain_commands(text):
    assert script.is_script(text)


@pytest.mark.parametrize("text", ["", "# only a comment", "NOOP\nC: NOOP", "QUIT", "S", "Subject: a"])
def test_plain_commands_are_told_from_a_transcript(text):
    assert not script.is_script(text)


def test_plain_commands_are_sent_one_a_line():
    items = Item(3, "send", "HELO a"), Item(4, "send", ""), Item(5, "send", "# b\\\\c\\xe2\\x80\\xa8d")
    assert script.plain("# a note\n\nHELO a\r\n\n# b\\c\u2028d\n") == Script({}, items, together=False)


@given(st.binary())
def test_octets_survive_being_written_and_read(octets):
    written = script.text(octets)
    assert script.octets(written) == octets
    assert written.isprintable()
    assert len(written.splitlines()) <= 1
    assert script.matches(written.replace("…", r"\xe2\x80\xa6"), octets + b"\r\n")


@given(st.text(alphabet="ab\\ \N{HORIZONTAL ELLIPSIS}\N{SNOWMAN}"))
def test_a_line_survives_being_played(text):
    """What a `C:` line sends is what the rewritten transcript shows."""
    line = "C: " + script.text(b"NOOP " + text.encode())
    assert line in play(seat_of(LECTURE), script.read(line), "smtp", DEFAULT_HOST)[1].splitlines()
