"""Export: the golden file of each form, and what holds whatever a message says."""

import json
import re
import xml.etree.ElementTree as ElementTree
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from mailshell.cli import _FORMS, main
from mailshell.core import script
from mailshell.shell.export import FORMS, document
from mailshell.shell.export.cells import clusters, rows
from mailshell.shell.export.markdown import code, fenced, prose
from mailshell.shell.local import carry_out
from mailshell.shell.log import Log
from mailshell.shell.meta import Meta
from mailshell.shell.render import FOLD, Renderer
from mailshell.shell.text import width
from mailshell.shell.theme import DARK, MONO, THEMES
from mailshell.shell.view import View
from mailshell.world.play import play
from mailshell.world.seat import Seat
from mailshell.world.start import STUDENT, build
from tests.strategies import conversation

EXPORTS = Path(__file__).parent / "exports"
LOGS = Path(__file__).parent / "logs"
SESSION = EXPORTS / "session.txt"
SVG = "{http://www.w3.org/2000/svg}"
SGR = re.compile(r"\x1b\[[0-9;]*m")


def seat_after(octets, *more):
    """A seat that has sent some octets."""
    seat = Seat(build("lecture"), STUDENT)
    seat.connect("nyu.edu", "smtp")
    for piece in (octets, *more):
        if not seat.link.closed:
            seat.send(piece)
    return seat


def exported(form, seat, view=None):
    view = view or View(theme=DARK)
    entries = [entry for _, entries in seat.story() for entry in entries]
    return FORMS[form](document(entries, seat.numbers, view), view)


def session(form, view=None):
    seat = Seat(build("lecture"), STUDENT)
    play(seat, script.read(SESSION.read_text(encoding="utf-8")), "smtp", "nyu.edu")
    return exported(form, seat, view)


def svg_lines(text):
    """The text of a picture by the height at which it stands."""
    lines: dict[str | None, list[str]] = {}
    for element in ElementTree.fromstring(text).iter(f"{SVG}text"):
        lines.setdefault(element.get("y"), []).append("".join(element.itertext()))
    return list(lines.values())


def wires(page):
    """The wire lines of a page, as they are copied."""
    return ["".join(code.itertext()) for code in page.findall(".//div[@class]/span/code")]


@pytest.mark.parametrize("name", ["svg", "html", "md", "log", "cast", "json", "depth-2.html", "depth-2.md"])
def test_a_golden_export_is_what_is_written(name, update):
    form = {"log": "txt"}.get(name, name.rpartition(".")[2])
    text = session(form, View(theme=DARK, depth=2 if "depth-2" in name else 1))
    path = EXPORTS / f"session.{name}"
    if update:
        path.write_bytes(text.encode())
    assert text == path.read_bytes().decode()


def test_the_command_line_names_every_form():
    assert list(_FORMS) == list(FORMS)


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
@pytest.mark.parametrize("depth", [0, 1, 2])
@pytest.mark.parametrize("form", ["svg", "html"])
def test_pictures_and_pages_are_xml_and_hold_all_that_they_need(form, depth, theme):
    text = session(form, View(theme=theme, depth=depth, wire="hex"))
    root = ElementTree.fromstring(text)
    for element in root.iter():
        assert element.tag.rpartition("}")[2] not in {"script", "image", "img", "link", "iframe", "foreignObject"}
        for name, value in element.attrib.items():
            assert not name.startswith("on")
            assert "href" not in name or value.startswith("#")
    assert not re.search(r"url\(|@import|@font-face|<\?", text)
    assert text.count("http") == text.count("http://www.w3.org/2000/svg")


def test_a_picture_has_a_title_and_stays_inside_its_width():
    root = ElementTree.fromstring(session("svg", View(theme=DARK, width=60)))
    assert root[0].tag == f"{SVG}title"
    assert root[0].text == "SMTP session with nyu.edu"
    right = float(root.attrib["width"]) - 28
    for element in root.iter(f"{SVG}text"):
        assert float(element.get("x", 0)) + float(element.get("textLength", 0)) <= right + 0.2


def test_a_picture_follows_the_reader_where_the_theme_follows_the_terminal():
    assert "prefers-color-scheme:dark" in session("svg", View(theme=THEMES["ansi16"]))
    assert "prefers-color-scheme" not in session("svg", View(theme=THEMES["dark"]))
    assert "prefers-color-scheme:dark" in session("svg", View(theme=MONO))


def test_wide_and_combining_letters_stay_in_their_cells():
    seat = seat_after("NOOP 中e\u0301\u05e9x\r\n".encode())
    places: dict[str, float] = {}
    for element in ElementTree.fromstring(exported("svg", seat)).iter(f"{SVG}text"):
        text = "".join(element.itertext())
        if element.get("x") is None:
            places |= {"".join(span.itertext()): float(span.attrib["x"]) for span in element}
        elif text in ("x", "C: NOOP "):
            places[text] = float(element.attrib["x"])
    start = places["C: NOOP "] + 8 * 8.4
    wanted = {"中": 0, "e\u0301": 2, "\u05e9": 3, "x": 4}
    assert {text: round((places[text] - start) / 8.4, 1) for text in wanted} == wanted


@given(st.text(st.sampled_from("ab 中文\u0301é\u05e9")), st.integers(2, 9))
def test_a_line_is_cut_at_the_edge_and_nothing_is_lost(text, columns):
    assert "".join(clusters(text)) == text
    cut = list(rows([("client", text), (None, text)], columns))
    assert "".join(piece for row in cut for _, piece in row) == text + text
    assert all(sum(width(piece) for _, piece in row) <= columns for row in cut)


def test_what_is_copied_from_a_page_is_the_wire():
    page = ElementTree.fromstring(session("html"))
    lines = wires(page)
    assert "MAIL FROM: <alice@lancs.uk>" in lines
    assert '..</style> ]]> & "中文" `x`' in lines
    spoken = ["".join(one.itertext()) for one in page.findall(".//span[@class='hidden gutter']")]
    assert {"client: ", "server: ", "server refuses: "} == set(spoken)
    assert len(spoken) == len(lines)


def test_each_exchange_of_a_page_has_its_own_address_and_each_phase_its_heading():
    page = ElementTree.fromstring(session("html"))
    addresses = [one.attrib["href"] for one in page.findall(".//a")]
    assert addresses == [f"#x{number}" for number in range(1, 9)]
    assert [one.get("id") for one in page.findall(".//div[@id]")] == [one[1:] for one in addresses]
    headings = {one.get("id"): one.text for one in page.findall(".//h2")}
    assert list(headings.values())[:2] == ["greeting", "ready: no sender yet"]
    assert [one.get("aria-labelledby") for one in page.findall(".//section")] == list(headings)


def test_notes_have_a_heading_a_phase_and_the_sections():
    text = session("md", View(depth=2))
    assert [line for line in text.splitlines() if line.startswith("#")][:3] == [
        "# SMTP session with nyu.edu",
        "## greeting",
        "## ready: no sender yet",
    ]
    assert "  - `MAIL` verb: opens a mail transaction\n" in text
    assert "(RFC 5321, 4.1.1.2)" in text


@given(st.text(st.sampled_from("`a \n~")))
def test_no_backtick_ends_a_span_or_a_block_too_early(text):
    (block,) = MarkdownIt().parse(fenced(text.split("\n")))
    assert (block.type, block.content) == ("fence", text + "\n")
    if text.strip() and "\n" not in text:
        (inline,) = (token for token in MarkdownIt().parse(f"x {code(text)} y") if token.type == "inline")
        assert [child.content for child in inline.children or [] if child.type == "code_inline"] == [text]


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126)))
def test_prose_stays_prose(text):
    tokens = MarkdownIt().enable(["strikethrough", "table"]).parse(f"- **note:** {prose(text)}")
    inline = [child for token in tokens for child in token.children or []]
    assert {child.type for child in inline} <= {"text", "strong_open", "strong_close", "code_inline", "text_special"}
    assert "".join(child.content for child in inline).split() == ["note:", *text.split()]


def markdown_is_calm(text):
    tokens = MarkdownIt().enable(["strikethrough", "table"]).parse(text)
    kinds = {token.type for token in tokens} | {child.type for token in tokens for child in token.children or []}
    return kinds <= {
        *("heading_open", "heading_close", "inline", "text", "text_special", "fence", "code_inline"),
        *("bullet_list_open", "bullet_list_close", "list_item_open", "list_item_close"),
        *("paragraph_open", "paragraph_close", "strong_open", "strong_close", "softbreak"),
    }


@settings(max_examples=40)
@given(conversation("smtp"), st.integers(0, 2), st.sampled_from(["off", "marks", "hex"]))
def test_no_octet_becomes_markup_or_is_obeyed(octets, depth, wire):
    seat = seat_after(octets, b'<script>&amp;</style>]]>"`**x**` \x1b[31m\x07\xff\r\n', octets)
    view = View(theme=DARK, depth=depth, wire=wire)
    tags = {element.tag for element in ElementTree.fromstring(exported("svg", seat, view)).iter()}
    assert tags <= {SVG + tag for tag in ("svg", "title", "style", "rect", "g", "text", "tspan", "path")}
    page = ElementTree.fromstring(exported("html", seat, view))
    assert not [element for element in page.iter() if element.tag == "script"]
    assert len(page.findall(".//style")) == 1
    assert markdown_is_calm(exported("md", seat, view))
    shown = "".join(
        data for _, kind, data in map(json.loads, exported("cast", seat, view).splitlines()[1:]) if kind == "o"
    )
    assert all(letter.isprintable() or letter in "\r\n" for letter in SGR.sub("", shown))
    assert SGR.sub("", shown).replace("\r\n", "\n") == exported("txt", seat, view)


def test_a_recording_types_what_the_client_sends_and_marks_the_phases():
    header, *events = map(json.loads, session("cast").splitlines())
    assert (header["version"], header["width"], header["height"]) == (2, 80, 24)
    times = [at for at, _, _ in events]
    assert times == sorted(times)
    assert [data for _, kind, data in events if kind == "m"][:2] == ["greeting", "ready: no sender yet"]
    typed = [(at, data) for at, kind, data in events if kind == "o"]
    first = next(number for number, (_, data) in enumerate(typed) if data.endswith("C: "))
    keys = typed[first + 1 : first + 14]
    assert "".join(data for _, data in keys) == "HELO lancs.uk"
    assert all(0.04 < later[0] - sooner[0] < 0.06 for sooner, later in pairwise(keys))


def test_json_is_what_run_prints(capsys):
    assert main(["run", str(SESSION), "--json"]) == 0
    printed = capsys.readouterr().out
    assert main(["export", str(SESSION), "--to", "json"]) == 0
    assert capsys.readouterr().out == printed


@pytest.mark.parametrize("form", FORMS)
def test_nothing_said_is_an_export_too(form):
    text = exported(form, Seat(build("lecture"), STUDENT))
    assert ("Nothing has happened yet" in text) == (form not in ("txt", "json"))


@pytest.mark.parametrize("form", FORMS)
def test_a_long_line_and_a_long_message(form):
    start = b"HELO a\r\nMAIL FROM:<a@lancs.uk>\r\nRCPT TO:<bob@nyu.edu>\r\nDATA\r\n"
    seat = seat_after(start, b"x" * 5000 + b"\r\n" + b"0123456789abcdef\r\n" * 55_000, b".\r\n")
    text = exported(form, seat)
    assert text.count("0123456789abcdef") < 300
    if form != "json":
        assert f"{55_001 - FOLD:,} more lines of the message not shown" in text
    if form == "svg":
        long = [line for line in svg_lines(text) if set("".join(line)) == {"x"}]
        assert all(len("".join(line)) == 80 for line in long[:-1])


def test_a_message_that_never_ended_is_told_to_its_last_octet():
    seat = seat_after(b"HELO a\r\nMAIL FROM:<a@lancs.uk>\r\nRCPT TO:<bob@nyu.edu>\r\nDATA\r\n", b"one\r\ntw")
    assert "C: tw" in exported("txt", seat)


def test_two_connections_are_told_apart():
    seat = seat_after(b"HELO a\r\n")
    seat.connect("lancs.uk", "smtp")
    seat.send(b"NOOP\r\n")
    seat.switch(1)
    seat.send(b"NOOP\r\n")
    headings = [line for line in exported("md", seat).splitlines() if line.startswith("## ")]
    assert headings == [
        "## greeting",
        "## ready: no sender yet",
        "## connection 2: greeting",
        "## ready: no sender yet",
    ]


class Desk:
    """A seat with its local commands."""

    def __init__(self):
        self.out: list[str] = []
        self.seat = seat_after(b"HELO lancs.uk\r\n")
        self.meta = Meta(self.seat, Renderer(View(width=300)), Log(), self.out.extend)

    def do(self, command):
        self.out.clear()
        carry_out(self.meta, command)
        return "\n".join(self.out)


@pytest.mark.parametrize("suffix", ["log", "svg", "html", "md", "cast", "json"])
def test_save_by_the_end_of_the_name(suffix, tmp_path):
    desk = Desk()
    desk.seat.send(b"MAIL FROM:<taken-back@lancs.uk>\r\n")
    desk.seat.undo()
    path = tmp_path / f"a.{suffix}"
    assert desk.do(f"save {path}") == f"== Saved to {path}."
    text = path.read_text(encoding="utf-8")
    assert "HELO" in text or suffix == "cast"
    assert "taken-back" not in text
    assert "exists already" in desk.do(f"save {path}")
    assert path.read_text(encoding="utf-8") == text


def test_save_says_what_forms_there_are(tmp_path):
    assert (
        Desk().do(f"save {tmp_path}/a.pdf")
        == "** .pdf is no form of :save. There are: .txt .log .svg .html .md .cast .json."
    )
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("suffix", ["log", "svg", "html", "md", "json"])
def test_a_saved_password_is_masked_unless_asked(suffix, tmp_path):
    desk = Desk()
    desk.seat.send(b"AUTH PLAIN AGJvYgBodW5ncnk=\r\n")
    desk.do(f"save {tmp_path}/masked.{suffix}")
    assert "AGJv" not in (tmp_path / f"masked.{suffix}").read_text(encoding="utf-8")
    desk.do("secrets on")
    assert "Passwords stand in it." in desk.do(f"save {tmp_path}/shown.{suffix}")
    assert "AGJv" in (tmp_path / f"shown.{suffix}").read_text(encoding="utf-8")


def test_a_file_whose_expectations_fail_is_exported_all_the_same(tmp_path, capsys):
    path = tmp_path / "wrong.txt"
    path.write_text("C: NOOP\nS: 220…\nS: 999\n", encoding="utf-8")
    target = tmp_path / "out.md"
    assert main(["export", str(path), "--to", "md", "-o", str(target)]) == 1
    assert "line 3: expected 999" in capsys.readouterr().err
    assert "C: NOOP" in target.read_text(encoding="utf-8")


def test_the_header_of_a_file_is_honoured(tmp_path, capsys):
    path = tmp_path / "classic.txt"
    path.write_text("# voice: classic\n# host: lancs.uk\nC: HELO a\n", encoding="utf-8")
    assert main(["export", str(path), "--to", "txt"]) == 0
    assert "250 Hello a, pleased to meet you" in capsys.readouterr().out


def test_plain_commands_are_played_even_where_a_message_looks_like_a_log(tmp_path, capsys):
    path = tmp_path / "plain.txt"
    lines = "HELO a", "MAIL FROM:<a@lancs.uk>", "RCPT TO:<bob@nyu.edu>", "DATA", "> quoted", "250 apples", "."
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert main(["export", str(path), "--to", "txt", "--depth", "0", "--wire", "off"]) == 0
    out = capsys.readouterr().out.splitlines()
    assert out[-4:-1] == ["C: > quoted", "C: 250 apples", "C: ."]
    assert out[-1].startswith("S: 250")


@pytest.mark.parametrize("path", sorted(LOGS.glob("*.txt")), ids=lambda path: path.stem)
def test_a_log_is_annotated_as_explain_does_it(path, capsys):
    assert main(["explain", str(path)]) == 0
    shown = capsys.readouterr().out
    assert main(["export", str(path), "--to", "txt"]) == 0
    assert capsys.readouterr().out == shown
    assert main(["export", str(path), "--to", "html", "--depth", "2"]) == 0
    page = ElementTree.fromstring(capsys.readouterr().out)
    (title,) = (one.text or "" for one in page.iter("h1"))
    spoken = {name: f"-- {phase}" in shown for name, phase in (("SMTP", "ready"), ("POP3", "transaction"))}
    assert title.endswith(f" session: {path.name}")
    assert all((name in title) or not spoken[name] for name in spoken)


def test_secrets_of_a_log_are_masked_unless_asked(capsys):
    for form in ("txt", "json"):
        main(["export", str(LOGS / "swaks-auth.txt"), "--to", form])
        masked = capsys.readouterr().out
        main(["export", str(LOGS / "swaks-auth.txt"), "--to", form, "--secrets"])
        shown = capsys.readouterr().out
        assert masked.count("********") > 0 == shown.count("********")


def test_events_of_a_log(capsys):
    main(["export", str(LOGS / "telnet.txt"), "--to", "json"])
    events = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [events[0][key] for key in ("event", "after", "code")] == ["opened", "greeted", 220]
    assert {event["event"] for event in events} == {"opened", "exchange", "body"}


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["nowhere.txt", "--to", "svg"], "nowhere.txt: No such file or directory"),
        ([str(SESSION)], "the following arguments are required: --to"),
        ([str(SESSION), "--to", "pdf"], "invalid choice: 'pdf'"),
        ([str(SESSION), "--to", "svg", "--width", "9"], "wants a number from 40 to 400"),
    ],
)
def test_wrong_use_has_status_2(arguments, says, capsys):
    assert main(["export", *arguments]) == 2
    assert says in capsys.readouterr().err


def test_a_place_that_cannot_be_written_has_status_3(tmp_path, capsys):
    target = tmp_path / "none" / "a.svg"
    assert main(["export", str(SESSION), "--to", "svg", "-o", str(target)]) == 3
    assert capsys.readouterr().err == f"mailshell: {target}: No such file or directory\n"
