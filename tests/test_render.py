"""Records as lines of text: the picture of the screen at each depth and width, and what holds on every one of them."""

import difflib
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailshell.core.explain import Note
from mailshell.core.framer import lines as cut
from mailshell.core.record import Body, Exchange, Prompt
from mailshell.shell.carets import named
from mailshell.shell.render import FOLD, Renderer
from mailshell.shell.text import show
from mailshell.shell.theme import ANSI16
from mailshell.shell.view import View
from mailshell.smtp.phases import Phase as Smtp
from mailshell.world.seat import Seat
from mailshell.world.start import STUDENT, build

SCREENS = Path(__file__).parent / "screens"
COLOUR = re.compile(r"\x1b\[[0-9;]*m")
STARS = "********"

PICTURE = [
    b"EHLO lancs.uk",
    b"RCPT TO:<bob@nyu.edu>",
    b"MAIL FROM: <alice@lancs.uk> SIZE=412",
    b"RCPT TO:bob@nyu.edu",
    b"RCPT TO:<bob@nyu.edu>",
    b"DATA",
    b"Subject: Lunch",
    b"",
    b"..dots",
    b".",
    b"QUIT",
]
"""The exchange of the design's picture, and one of each kind beside."""

VIEWS = {
    f"depth-{depth}-width-{columns}": View(depth=depth, width=columns)
    for depth in (0, 1, 2)
    for columns in (80, 60, 40)
}
VIEWS |= {
    "wire-off": View(wire="off"),
    "wire-hex": View(wire="hex"),
    "ascii": View(ascii=True),
    "words": View(words=True),
    "words-depth-2": View(words=True, depth=2),
    "colour": View(theme=ANSI16),
    "colour-depth-2": View(theme=ANSI16, depth=2),
}


class Screen:
    """A seat whose records are rendered as they come."""

    def __init__(self, view):
        self.seat = Seat(build("lecture"), STUDENT)
        self.renderer = Renderer(view)
        self.shown = []
        self.seat.world.transcript.subscribe(self._show)
        self.seat.connect("nyu.edu", "smtp")

    def _show(self, entry):
        self.shown += self.renderer.lines(entry, self.seat.number_of(entry.wire.number) or 0)

    def type(self, *lines):
        """Send lines, and return what is shown from then on."""
        before = len(self.shown)
        for line in lines:
            self.seat.send(line + b"\r\n")
        return self.shown[before:]

    def send(self, octets):
        before = len(self.shown)
        self.seat.send(octets)
        return self.shown[before:]


def screen_of(view, lines=PICTURE):
    screen = Screen(view)
    screen.type(*lines)
    return screen.shown


LETTER = [b"HELO lancs.uk", b"MAIL FROM:<alice@lancs.uk>", b"RCPT TO:<bob@nyu.edu>", b"DATA"]


@pytest.mark.parametrize("name", VIEWS)
def test_a_screen_is_the_picture(name, request):
    path = SCREENS / f"{name}.txt"
    text = "".join(line.replace("\x1b", "␛") + "\n" for line in screen_of(VIEWS[name]))
    if request.config.getoption("--update-transcripts", default=False):
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return
    wanted = path.read_text(encoding="utf-8")
    diff = difflib.unified_diff(wanted.splitlines(), text.splitlines(), name, "rendered", lineterm="")
    assert text == wanted, "\n" + "\n".join(diff)


def test_there_is_no_screen_that_nobody_renders():
    assert {path.stem for path in SCREENS.iterdir()} == set(VIEWS)


def test_depth_0_is_the_gutter_and_the_wire_alone():
    assert all(re.match(r"[CS][:*] .*␍␊$", line) for line in screen_of(View(depth=0)))


@pytest.mark.parametrize("view", VIEWS.values(), ids=VIEWS)
def test_nothing_but_the_wire_is_wider_than_the_screen(view):
    for line in (COLOUR.sub("", text) for text in screen_of(view)):
        if not re.match(r"[CS][:*] |client|server|  meaning|   [0-9a-f]{4}  ", line):
            assert len(line) <= view.width, line


printable = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=90).map(str.encode)
WIRE = st.lists(printable | st.binary(max_size=30).map(lambda line: line.replace(b"\n", b"")), max_size=4)


@given(WIRE, st.sampled_from([0, 1, 2]), st.sampled_from([40, 60, 80, 132]), st.sampled_from(["off", "marks", "hex"]))
def test_the_wire_is_never_altered_or_cut(lines, depth, columns, wire):
    screen = Screen(View(depth=depth, width=columns, wire=wire, secrets=True))
    screen.type(*lines, *LETTER, *lines)
    texts = [line[3:] for line in screen.shown]
    records = [entry.record for entry in screen.seat.world.transcript.entries]
    sent = [record.octets for record in records if isinstance(record, Exchange | Prompt)]
    sent += cut(b"".join(record.octets for record in records if isinstance(record, Body)))
    said = [reply for record in records for reply in getattr(record, "replies", ())]
    for line in sent + said:
        assert any(text.startswith(show(line, wire).text) for text in texts), line


@given(WIRE, st.sampled_from([0, 1, 2]), st.booleans(), st.booleans())
def test_colour_only_repeats_what_the_words_say(lines, depth, words, ascii_only):
    view = View(depth=depth, words=words, ascii=ascii_only)
    plain = screen_of(view, [*lines, *PICTURE])
    coloured = screen_of(view._replace(theme=ANSI16), [*lines, *PICTURE])
    assert not any("\x1b" in line for line in plain)
    assert [COLOUR.sub("", line) for line in coloured] == plain
    assert all(line.isprintable() for line in plain)


def test_the_gutter_says_who_and_how():
    screen = Screen(View())
    assert screen.type(b"NOOP")[1].startswith("S: ")
    assert screen.type(b"TURN")[1].startswith("S* ")
    before = len(screen.shown)
    screen.seat.wait(6 * 60 * 1_000_000, idle=True)
    shown = screen.shown[before:]
    assert shown[0].startswith("S! 421 ")
    assert shown[2] == "   note: Nothing arrived for 5 minutes. The connection ended without QUIT."
    assert shown[-1] == "== closed."


def test_the_gutter_as_words():
    screen = Screen(View(words=True))
    assert [line.partition(": ")[0] for line in screen.type(b"TURN") if line[:1] != " "] == ["client", "server refuses"]
    screen.seat.connect("lancs.uk", "smtp")
    assert [line.partition(": ")[0] for line in screen.type(b"NOOP") if line[:1] != " "] == ["client 2", "server 2"]
    before = len(screen.shown)
    screen.seat.wait(6 * 60 * 1_000_000, idle=True)
    assert screen.shown[before].startswith("server unasked: 421 ")
    assert not any("␍" in line for line in screen.shown)


def test_a_second_connection_has_its_number_in_the_gutter_and_in_the_rule():
    screen = Screen(View())
    screen.seat.connect("lancs.uk", "smtp")
    assert screen.shown[-2].startswith("-- connection 2: greeting ----")
    assert screen.shown[-1].startswith("S2: 220 lancs.uk ")
    assert [line[:4] for line in screen.type(b"HELO a")] == ["C2: ", "S2: ", "-- c"]
    screen.seat.switch(1)
    assert [line[:3] for line in screen.type(b"NOOP")] == ["C: ", "S: "]


@pytest.mark.parametrize("depth", [1, 2])
def test_a_refusal_says_why_and_what_comes_next(depth):
    shown = Screen(View(depth=depth)).type(b"RCPT TO:<bob@nyu.edu>")
    assert any(line.startswith("   why: RCPT needs EHLO or HELO before it.") for line in shown)
    assert shown[-1] == "   next: EHLO or HELO, and your host name"


def test_what_is_tolerated_has_a_note():
    shown = Screen(View()).type(b"HELO a", b"MAIL FROM: <alice@lancs.uk>")
    assert any(line.startswith("   note: RFC 5321 allows no space after the colon.") for line in shown)
    assert not any("next:" in line for line in shown)


@pytest.mark.parametrize(
    ("line", "column"), [(b"MAIL FROM:bob", 13), (b"MAIL FROM:<a@b.c", 19), (b"VRFY \x01", 8), (b"HELO a b", 9)]
)
def test_depth_2_points_at_the_octet_that_does_not_fit(line, column):
    screen = Screen(View(depth=2))
    screen.type(b"EHLO a")
    marks = screen.type(line)
    assert marks[1].rfind("^") == column
    assert marks[2].index("x does not fit here") == column


@pytest.mark.parametrize("typed", ["AUTH PLAIN AGJvYgBodW5ncnk=", "PASS hungry", "pass hungry", "a1 LOGIN bob hungry"])
@pytest.mark.parametrize("view", VIEWS.values(), ids=VIEWS)
def test_a_password_is_never_shown(view, typed):
    word = typed.split(" ")[-1]
    shown = Screen(view).type(typed.encode())
    assert not any(word in line for line in shown)
    dump = bytes.fromhex("".join(line[9:57] for line in shown if re.match("   [0-9a-f]{4}  ", line)))
    assert word.encode() not in dump
    assert any(STARS in line for line in shown)
    assert any(word in line for line in Screen(view._replace(secrets=True)).type(typed.encode()))


def test_a_field_after_a_masked_password_is_marked_where_it_stands():
    screen = Screen(View(depth=2))
    line, carets, *_ = screen.type(b"AUTH x")
    assert line == f"C: AUTH {STARS}␍␊"
    assert carets == "   ^^^^"


def test_a_body_is_the_same_in_whatever_pieces_it_comes():
    body = b"Subject: a\r\n\r\n.. dots\r\n\xc3\xa9\r\nend\r\n.\r\n"
    whole = Screen(View())
    whole.type(*LETTER)
    pieces = Screen(View())
    pieces.type(*LETTER)
    wanted = whole.send(body)
    for octet in body[:-1]:
        pieces.send(bytes([octet]))
    pieces.send(body[-1:])
    assert pieces.shown[-len(wanted) :] == wanted
    assert [line[3:].split("␍")[0] for line in wanted[:4]] == [
        "Subject: a",
        "",
        ".. dots",
        "     the first dot is stuffing; the server takes it off"[3:],
    ]


def test_a_message_that_breaks_off_is_shown_up_to_there():
    screen = Screen(View())
    screen.type(*LETTER)
    screen.send(b"Subject: a\r\nhalf a line")
    before = len(screen.shown)
    screen.seat.drop()
    assert screen.shown[before] == "C: half a line"
    assert screen.shown[-1] == "== closed. The connection ended before the final dot: nothing was stored."


@pytest.mark.parametrize(("more", "says"), [(0, None), (1, "1 more line of"), (1005, "1,005 more lines of")])
@pytest.mark.parametrize("depth", [0, 1])
def test_a_long_message_is_folded_with_a_count(more, says, depth):
    screen = Screen(View(depth=depth))
    screen.type(*LETTER)
    shown = screen.send(b"a line\r\n" * (FOLD + more) + b".\r\n")
    assert sum("a line" in line for line in shown) == FOLD
    counts = [line for line in shown if line.startswith("== ")]
    assert counts == ([f"== {says} the message not shown"] if says else [])


def test_a_line_over_the_longest_loses_its_middle_to_a_count_and_no_character_is_cut():
    screen = Screen(View(depth=0, longest=800))
    (shown, *_) = screen.type(b"NOOP " + "é".encode() * 600)
    found = re.fullmatch(r"C: (.*) \[(\d+) octets not shown\] (.*)␍␊", shown)
    assert found is not None
    start, count, end = found.groups()
    kept = len(start.encode()) + len(end.encode()) + len(b"\r\n")
    assert int(count) == 1207 - kept
    assert "\\x" not in shown
    assert len(shown) < 800
    for whole in (View(depth=0), View(depth=2, longest=800)):
        assert "not shown" not in "".join(Screen(whole).type(b"NOOP " + b"x" * 2000))


def test_the_marks_of_depth_2_hang_under_the_line_and_a_dump_comes_after_them():
    rows = Screen(View(depth=2, wire="hex")).type(b"NOOP")
    assert rows[0] == "C: NOOP␍␊"
    assert rows[1].strip() == "^^^^"
    assert next(number for number, row in enumerate(rows) if row.startswith("   0000")) > 2


def test_depth_2_folds_nothing():
    screen = Screen(View(depth=2))
    screen.type(*LETTER)
    assert sum("a line" in line for line in screen.send(b"a line\r\n" * 99)) == 99


def test_what_the_terminal_shows_already_is_not_shown_again():
    screen = Screen(View())
    screen.renderer.typed, screen.renderer.echoed = b"NOOP\r\n", True
    shown = screen.type(b"NOOP")
    assert shown[0] == f"   ␍␊{' ' * 38}do nothing; are you there?"
    assert screen.send(b"NOOP a\n")[0].startswith("C: NOOP a␊LF!")


def test_looking_again_leaves_the_phase_and_the_message_as_they_are():
    screen = Screen(View())
    screen.type(*LETTER, b"Subject: a")
    entries = list(screen.seat.world.transcript.entries)
    again = screen.renderer.again(entries, {1: 1})
    rules = ("-- ready", "-- sender", "-- message")
    assert [line for line in again if not line.startswith(rules)] == [
        line for line in screen.shown if not line.startswith(rules)
    ]
    assert screen.type(b"", b"more")[-1] == "C: more␍␊"


def test_a_message_is_explained_where_its_beginning_was_seen_and_only_there():
    gloss = "the topic"
    screen = Screen(View())
    assert gloss in screen.type(*LETTER, b"Subject: a")[-1]
    entries = list(screen.seat.world.transcript.entries)
    assert gloss in screen.renderer.again(entries[-2:], {})[-1]
    assert Renderer(View()).lines(entries[-1])[0].endswith(" message text")
    link = screen.seat.link
    screen.renderer.moved(link.wire, link.session.phase, 1, entries)
    assert "this is the body" not in screen.type(b"To: a")[-1]
    assert "the header ends" in screen.type(b"")[-1]


def test_an_author_that_is_not_the_sender_of_the_envelope_is_noted_and_undo_knows_the_sender():
    screen = Screen(View())
    assert "author, not the MAIL FROM address" in "".join(screen.type(*LETTER, b"From: bob@nyu.edu"))
    assert "author, not" not in "".join(screen.type(b".", *LETTER[1:], b"From: alice@lancs.uk"))
    link, entries = screen.seat.link, list(screen.seat.world.transcript.entries)
    screen.renderer.moved(link.wire, link.session.phase, 1, entries[:-1])
    assert "author, not the MAIL FROM address" in "".join(screen.type(b"From: bob@nyu.edu"))


def test_chunks_are_one_message_and_have_no_stuffed_dots():
    screen = Screen(View())
    screen.type(b"EHLO lancs.uk", *LETTER[1:3])
    shown = screen.send(b"BDAT 12\r\nSubject: a\r\nBDAT 9 LAST\r\n\r\n.dots\r\n")
    lines = [line for line in shown if line.startswith("C: ")]
    assert [line[43:] for line in lines if "BDAT" not in line] == [
        "the topic",
        "the header ends, the body begins",
        "",
    ]


@pytest.mark.parametrize("view", [View(depth=0), View(), View(depth=2), View(words=True), View(width=40, depth=2)])
def test_a_stored_message_is_explained_like_one_on_the_wire(view):
    octets = b"Return-Path: <a@b>\r\nFrom: x@y\r\nSubject: =?utf-8?Q?=1B[2J?=\r\n\r\n.dot\r\n"
    shown = Renderer(view).stored(cut(octets))
    wire = [line[5:17].strip() for line in shown if line.startswith("   | ")]
    assert wire[1] == ("From: x@y" if view.words else "From: x@y␍␊")
    text = "".join(shown)
    assert all(line.isprintable() for line in shown)
    assert ("not the MAIL FROM address" in text) == (view.depth == 1)
    assert ("nobody compares" in text) == (view.depth == 2)
    assert "stuff" not in text


def test_a_phase_is_named_when_it_changes_and_not_otherwise():
    screen = Screen(View())
    assert not any(line.startswith("--") for line in screen.type(b"NOOP"))
    assert screen.type(b"HELO a")[-1].startswith("-- ready: no sender yet ---")
    wire = screen.seat.link.wire
    assert screen.renderer.moved(wire, Smtp.READY, 1) == []
    assert screen.renderer.moved(wire, Smtp.GREETED, 1)[0].startswith("-- greeting ---")


def test_words_of_mailshell_are_harmless_and_fit():
    for words in (False, True):
        renderer = Renderer(View(words=words, width=40))
        for line in renderer.say("\x1b[2J " + "many words " * 20) + renderer.error("a\nb " + "c " * 40):
            assert len(line) <= 40
            assert line.isprintable()
    assert Renderer(View()).error("a\n  b") == ["** a", "     b"]


@pytest.mark.parametrize(
    ("piece", "text", "told"),
    [
        ('"*"', "*: FETCH brings it", 'untagged "*": FETCH brings it'),
        ('"*"', "no answer", 'untagged "*": no answer'),
        ("", "*: FETCH brings it", "untagged: *: FETCH brings it"),
    ],
)
def test_a_field_beside_its_name_is_not_said_twice(piece, text, told):
    assert named(Note("untagged", 0, 1, text), piece, text, "") == told
