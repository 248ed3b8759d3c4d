"""The line front end as its users meet it: in a pipe, and in a terminal of 80 columns and 24 rows."""

import os
import re
import subprocess

import pytest

from tests.terminal import PATIENCE, PYTHON, ROOT, Terminal, environment

LETTER = ["HELO lancs.uk", "MAIL FROM:<alice@lancs.uk>", "RCPT TO:<bob@nyu.edu>", "DATA", "Subject: a", "", "b", "."]
BANNER = "== mailshell 0.1.0: SMTP with nyu.edu in a closed world. ? helps, :quit leaves."

pytestmark = pytest.mark.process


def piped(stdin, *options, python=(), **more):
    """A whole session in a pipe: exit status, stdout, stderr."""
    octets = stdin if isinstance(stdin, bytes) else "".join(f"{line}\n" for line in stdin).encode()
    done = subprocess.run(
        [PYTHON, *python, "-m", "mailshell", *options],
        cwd=ROOT,
        env=environment(**more),
        input=octets,
        capture_output=True,
        timeout=PATIENCE,
    )
    return done.returncode, done.stdout.decode(), done.stderr.decode()


@pytest.fixture
def terminal():
    with Terminal("smtp") as made:
        made.wait("C:")
        yield made


def test_a_pipe_is_a_script_of_plain_lines():
    status, out, errors = piped([*LETTER, "QUIT"])
    assert (status, errors) == (0, "")
    lines = out.splitlines()
    assert lines[0].startswith("-- greeting ---")
    assert [line for line in lines if line.startswith("C: ")][3].startswith("C: DATA␍␊  ")
    assert lines[-1] == "== closed. The client said QUIT."
    assert "\x1b" not in out


def test_a_script_may_have_the_line_ends_of_any_system():
    assert piped(b"HELO a\r\nNOOP\r\nQUIT", "--depth", "0") == piped(b"HELO a\nNOOP\nQUIT\n", "--depth", "0")


def test_a_script_that_just_ends_closes_its_connections():
    _, out, _ = piped(["HELO a", ":connect lancs.uk", "HELO b"])
    assert "== closed. The connection ended without QUIT.\n" in out
    assert "== connection 2 closed. The connection ended without QUIT.\n" in out


def test_local_commands_work_in_a_pipe():
    status, out, _ = piped(
        [*LETTER, ":undo", "\x1d:redo", ":mailbox bob", "QUIT", "NOOP", "", ":connect", "NOOP", ":quit", "TURN"]
    )
    assert status == 0
    assert "C: :undo" not in out
    assert "     3  " in out
    assert "** The connection is closed. Enter alone opens it again; :quit leaves." in out
    assert out.endswith("250 the server is alive\n")


def test_where_what_was_undone_stays_is_said_right_after_the_line_that_took_its_place():
    _, out, _ = piped(["HELO a", "NOOP", ":back 2", "HELO b", "NOOP"])
    said = "== What was undone is kept as main-2. :branches draws all branches.\n"
    assert out.count(said) == 1
    before, after = out.split(said)
    assert "C: HELO b" in before
    assert after.startswith("C: NOOP")


def test_octets_pass_a_pipe_unchanged_and_are_never_obeyed():
    _, out, _ = piped(b"HELO a\nNOOP \xff\xfe\x00\x1b[31m \xe2\x80\xae\n")
    assert r"C: NOOP \xff\xfe␀␛[31m \xe2\x80\xae␍␊" in out
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", out)


def test_a_long_line_is_whole_and_what_the_server_did_not_keep_is_told():
    line = "NOOP " + "x" * 4000
    for depth in ("0", "1", "2"):
        _, out, _ = piped([line, "NOOP " + "x" * 9000], "--depth", depth)
        assert f"C: {line}␍␊" in out.splitlines()
        kept = [row for row in out.splitlines() if row.startswith("C: ")][1].removeprefix("C: ")
        assert f"== The line goes on; the server kept its first {len(kept):,} octets.\n" in out


def test_a_locale_without_utf_8_gets_ascii():
    lines = ["EHLO ä", ":help", ":why", ":mailbox", ":wire loud", ":depth 2", "MAIL FROM:ä"]
    status, out, errors = piped(lines, LC_ALL="C", PYTHONUTF8="0", PYTHONIOENCODING="ascii", PYTHONCOERCECLOCALE="0")
    assert (status, errors) == (0, "")
    assert out.isascii()
    assert r"C: EHLO \xc3\xa4\r\n" in out


def test_plain_writes_roles_as_words():
    _, out, _ = piped(["HELO a", "TURN"], "--plain")
    assert [line.partition(":")[0] for line in out.splitlines() if not line.startswith(" ")] == [
        *("phase", "server", "client", "server", "phase", "client", "server refuses", "mailshell")
    ]
    assert "␍" not in out


@pytest.mark.parametrize(("color", "env", "coloured"), [("always", {"NO_COLOR": "1"}, True), ("auto", {}, False)])
def test_a_pipe_has_colour_only_when_asked(color, env, coloured):
    assert ("\x1b[" in piped(["NOOP"], "--color", color, **env)[1]) is coloured


HEAVY = {
    "prompt_toolkit",
    "rich",
    "asyncio",
    "email",
    "sqlite3",
    "dataclasses",
    "socket",
    "ssl",
    "inspect",
    "json",
    "tomllib",
}


@pytest.mark.parametrize("options", [["--help"], ["--version"], ["smtp"], ["paths"], ["table", "smtp"]])
def test_nothing_heavy_is_imported(options):
    # An editable install may import whatever it likes before us; site packages are left out.
    _, _, errors = piped([*LETTER, "QUIT"], *options, python=("-X", "importtime"))
    imported = {line.rpartition("|")[2].strip() for line in errors.splitlines() if line.startswith("import time:")}
    assert "mailshell.cli" in imported
    assert imported & HEAVY == set()
    if options[0].startswith("-"):
        assert not any(
            name.startswith(("mailshell.smtp", "mailshell.world", "difflib", "pathlib")) for name in imported
        )


@pytest.mark.parametrize("command", ["smtp", "--help", "table smtp", "run -"])
def test_a_reader_that_goes_away_is_no_error(command):
    read, write = os.pipe()
    os.close(read)
    try:
        done = subprocess.run(
            [PYTHON, "-m", "mailshell", *command.split()],
            cwd=ROOT,
            env=environment(),
            input=b"NOOP\n" * 10,
            stdout=write,
            stderr=subprocess.PIPE,
            timeout=PATIENCE,
        )
    finally:
        os.close(write)
    assert (done.returncode, done.stderr) == (0, b"")


def test_a_typed_line_is_the_line_of_the_transcript(terminal):
    assert terminal.rows[:3] == [
        BANNER,
        "-- greeting -------------------------------------------------------------------",
        "S: 220 nyu.edu ESMTP mailshell␍␊           220 service ready",
    ]
    assert terminal.type("HELO lancs.uk") == [
        "C: HELO lancs.uk",
        "   ␍␊                                      hello, without extensions",
        "S: 250 nyu.edu␍␊                           250 hello",
        "-- ready: no sender yet -------------------------------------------------------",
    ]


def test_what_raw_sends_is_shown_though_it_was_not_typed_so(terminal):
    shown = terminal.type(r':raw "NOOP\n"')
    assert shown[1].startswith("C: NOOP␊LF!")
    shown = terminal.type(r':raw "NO"') + terminal.type("OP")
    assert shown[-2].startswith("C: NOOP␍␊")


def test_ctrl_c_clears_the_line_and_the_session_goes_on(terminal):
    terminal.process.write(b"HELO half")
    terminal.wait("C: HELO half")
    terminal.process.write(b"\x03")
    while terminal.rows[-1] != "C:":  # readline may show ^C or not
        terminal.wait_more()
    assert terminal.type("NOOP")[2].startswith("S: 250 2.0.0 Nothing done")


def test_ctrl_d_on_an_empty_line_leaves(terminal):
    terminal.process.write(b"\x04")
    assert terminal.end() == 0
    assert not any(row.startswith("== closed") for row in terminal.rows)


def test_quit_leaves_and_enter_opens_a_closed_connection_again(terminal):
    assert terminal.type("QUIT")[-2:] == [
        "== closed. The client said QUIT.",
        "== Enter opens the connection again, :quit leaves.",
    ]
    assert terminal.type("")[-1].startswith("S: 220 nyu.edu ")
    terminal.process.write(b":quit\r")
    assert terminal.end() == 0


def test_in_a_message_only_ctrl_bracket_leaves_the_wire(terminal):
    for line in LETTER[:5]:
        terminal.type(line)
    assert terminal.type(":depth 0") == [
        "C: :depth 0",
        f"   ␍␊{' ' * 38}no field: the body begins",
        "== That was message text. A command of mailshell starts with Ctrl-] here.",
    ]
    shown = terminal.type("\x1d:depth 0")
    assert "== depth 0; the last exchange again:" in shown
    assert shown[-1] == "C: :depth 0␍␊"
    assert terminal.type("no note now") == ["C: no note now"]


def test_more_typed_lines_than_are_folded_are_not_counted_as_hidden(terminal):
    for line in [*LETTER[:4], *["a line"] * 41]:
        terminal.type(line)
    assert terminal.type(".")[-1].startswith("-- ready")
    assert not any("not shown" in row for row in terminal.rows)


def test_the_history_has_no_password():
    with Terminal("smtp", "--plain", TERM="xterm") as terminal:
        terminal.wait("client:")
        for line in ("HELO first", "PASS hungry", "auth plain AGJv", r':raw "PASS hungry\r\n"', ":switch"):
            terminal.type(line, prompt="client:")
        terminal.process.write(b"\x1b[A")
        terminal.wait("client: :switch")
        terminal.process.write(b"\x1b[A")
        terminal.wait("client: HELO first")


def test_a_log_of_a_terminal_has_whole_lines_without_passwords(tmp_path):
    path = tmp_path / "log"
    with Terminal("smtp", "--log", str(path)) as terminal:
        terminal.wait("C:")
        terminal.type("PASS hungry")
        terminal.type(r':raw "PASS hungry\r\n"')
        terminal.type("HELO a")
        rows = terminal.rows[1:-1]  # the first words come before the log is open
    text = path.read_text(encoding="utf-8")
    assert "hungry" not in text
    changed = [line for line, row in zip(text.splitlines(), rows, strict=True) if line != row]
    assert changed == ["C: PASS ********", 'C: :raw "PASS ********\\r\\n"']


def test_the_second_connection_has_its_prompt(terminal):
    terminal.type(":connect lancs.uk", prompt="C2:")
    assert terminal.type("HELO a", prompt="C2:")[:2] == ["C2: HELO a", f"    ␍␊{' ' * 37}hello, without extensions"]
    terminal.type(":switch 1")


def test_a_dumb_terminal_gets_no_escape_sequence():
    with Terminal("smtp", TERM="dumb") as terminal:
        terminal.wait("C:")
        assert terminal.type("NOOP")[2].startswith("S: 250 ")
        terminal.process.write(b"\x04")
        assert terminal.end() == 0
        assert b"\x1b" not in terminal.octets


def test_plain_in_a_terminal_prompts_in_words():
    with Terminal("smtp", "--plain") as terminal:
        terminal.wait("client:")
        assert terminal.type("HELO a", prompt="client:") == [
            "client: HELO a",
            "  meaning: hello, without extensions",
            "server: 250 nyu.edu",
            "  meaning: 250 hello",
            "phase: ready: no sender yet.",
        ]


def test_the_depth_comes_from_the_environment():
    with Terminal("smtp", MAILSHELL_DEPTH="0") as terminal:
        terminal.wait("C:")
        assert terminal.type("NOOP") == ["C: NOOP", "S: 250 2.0.0 Nothing done␍␊"]


def test_a_narrow_terminal_has_notes_below():
    with Terminal("smtp", columns=40) as terminal:
        terminal.wait("C:")
        assert terminal.type("TORN")[:4] == [
            "C: TORN",
            "   ␍␊  no command of SMTP",
            "S* 500 5.5.2 Command not recognized␍␊",
            "     x permanent: no such command",
        ]


def test_a_window_that_changes_its_width_is_noticed(terminal):
    terminal.process.setwinsize(24, 60)
    terminal.type("NOOP")
    assert terminal.type("HELO a")[-1] == "-- ready: no sender yet " + "-" * 35


def test_octets_that_are_no_text_can_be_typed(terminal):
    terminal.process.write(b"NOOP \xff\r")
    while terminal.rows[-1] != "C:" or not any("0xFF" in row for row in terminal.rows):
        terminal.wait_more()
    assert any("Octet 6 is 0xFF" in row for row in terminal.rows)


def test_lines_that_are_pasted_at_once_are_sent_one_by_one(tmp_path):
    (tmp_path / "inputrc").write_text("set enable-bracketed-paste on\n")
    with Terminal("smtp", "--plain", TERM="xterm", INPUTRC=str(tmp_path / "inputrc")) as terminal:
        terminal.wait("client:")
        shown = terminal.type("\x1b[200~HELO a\rPASS hungry\rNOOP\x1b[201~", prompt="client:")
    assert [line[:20] for line in shown if line.startswith("client: ")][-3:] == [
        "client: HELO a",
        "client: PASS *******",
        "client: NOOP",
    ]


@pytest.mark.parametrize("options", [[], ["--plain"]])
def test_mailshell_alone_greets_in_five_lines_and_says_how_to_begin(options):
    prompt = "client:" if options else "C:"
    with Terminal(*options) as terminal:
        terminal.wait(prompt)
        greeting = next(at for at, row in enumerate(terminal.rows) if "greeting" in row)
        assert [row.split()[0] for row in terminal.rows[1:greeting]] == ["learn", "practise", "demo", "help"]
        assert all(len(row) <= 80 for row in terminal.rows)
        assert "at each Enter" in terminal.rows[3]
