"""Whole visits to the interactive shell, in a terminal: a pseudo-terminal, and tmux where more of it is needed."""

import os
import re
import shlex
import shutil
import signal
import smtplib
import subprocess
import termios

import pytest

from tests.terminal import PATIENCE, PYTHON, ROOT, Terminal, environment
from tests.tmux import BAR, PROMPT, WHY_NOT, Pane, Tmux

BANNER = "== mailshell 0.1.0: SMTP with nyu.edu in a closed world. ? helps, :quit leaves."
LETTER = [
    *("HELO lancs.uk", "MAIL FROM:<alice@lancs.uk>", "RCPT TO:<bob@nyu.edu>", "DATA"),
    *("Subject: Ketchup", "", "Do you like ketchup?", "."),
]
F5 = "\x1b[15~"
AGAIN = "== Enter opens the connection again, :quit leaves."

pytestmark = pytest.mark.process


class Shell(Terminal):
    """A mailshell in a terminal that can be redrawn, at its first prompt."""

    def __init__(self, *options, ready=True, **more):
        known = {"TERM": "xterm-256color", "MAILSHELL_STATE_DIR": os.devnull} | more
        super().__init__("smtp", *options, **known)
        self.before = termios.tcgetattr(self.process.fd)
        if ready:
            self.until("smtp nyu.edu>", BAR)

    def type(self, *lines):
        """Type lines, and wait after each for the empty prompt below its answer; what has come since."""
        first = len(self.rows) - 2
        for line in lines:
            rows = len(self.rows)
            self.press(f"{line}\r")
            while len(self.rows) <= rows or not re.fullmatch(r"(\d )?smtp [a-z.]+[>|]", self.rows[-2]):
                self.wait_more()
        return self.rows[first:-2]

    def leave(self, *keys):
        """Press keys that end it; the exit status. The terminal is as it was before."""
        for each in keys:
            self.press(each)
        status = self.end()
        assert termios.tcgetattr(self.process.fd) == self.before
        for mode, rest in ((b"?25", b"h"), (b"?1049", b"l"), (b"?2004", b"l"), (b"?7", b"h")):
            assert (re.findall(rb"\x1b\[" + re.escape(mode) + rb"([hl])", self.octets) or [rest])[-1] == rest
        return status


def plain(*lines):
    """What the same lines give in a pipe."""
    done = subprocess.run(
        [PYTHON, "-m", "mailshell", "smtp"],
        cwd=ROOT,
        env=environment(),
        input="".join(f"{line}\n" for line in lines).encode(),
        capture_output=True,
        timeout=PATIENCE,
        check=True,
    )
    return done.stdout.decode().splitlines()


# In a pseudo-terminal.


def test_the_lecture_session_from_the_first_word_to_the_last():
    with Shell() as shell:
        assert shell.rows[0] == BANNER
        shell.type(*LETTER, "QUIT")
        assert shell.rows == [
            *(BANNER, *plain(*LETTER, "QUIT"), AGAIN),
            "smtp nyu.edu>",
            shell.rows[-1],
        ]
        assert shell.leave(":quit\r") == 0
        assert shell.rows == [BANNER, *plain(*LETTER, "QUIT"), AGAIN, "smtp nyu.edu> :quit"]


def test_three_mistakes_and_what_the_screen_says():
    with Shell() as shell:
        assert shell.type("MAIL FROM:<alice@lancs.uk>")[1:] == [
            "S* 503 5.5.1 Need EHLO or HELO first␍␊     x permanent: wrong order",
            "   why: MAIL needs EHLO or HELO before it. Legal now: EHLO HELO RSET NOOP VRFY",
            "        EXPN HELP QUIT.",
            "   next: EHLO or HELO, and your host name",
        ]
        assert shell.type("HELLO lancs.uk")[1].startswith("S* 500 ")
        shell.type("HELO lancs.uk")
        assert shell.type("MAIL alice")[1].startswith("S* 501 ")
        assert shell.rows[-3].startswith("   next: ")


def test_a_paste_of_the_session_is_the_session():
    with Shell() as shell:
        shell.press("\x1b[200~" + "".join(f"{line}\n" for line in [*LETTER, "NOOP"]) + "\x1b[201~")
        shell.until("S: 250 2.0.0 Nothing done")
        assert shell.rows[1:-2] == plain(*LETTER, "NOOP")[:-1]


def test_quit_is_undone_and_the_session_goes_on():
    with Shell() as shell:
        shell.type(*LETTER[:2], "QUIT", ":undo")
        assert shell.type(LETTER[2])[1].startswith("S: 250 2.1.5 Recipient ok")


def test_two_connections():
    with Shell() as shell:
        shell.type(":connect lancs.uk", "HELO a", ":switch 1", "HELO b")
        whose = [row.partition(" ")[0] for row in shell.rows if row.startswith(("C", "S"))]
        assert whose == ["S:", "S2:", "C2:", "S2:", "C:", "S:"]
        assert shell.rows[-2] == "1 smtp nyu.edu>"


def test_ctrl_c_clears_the_line_and_ctrl_d_leaves_only_an_empty_one():
    with Shell() as shell:
        shell.press("QUIT\x03NOOP\x04\r")
        shell.until("S: 250 2.0.0 Nothing done")
        shell.press("\x03")
        shell.until("== Ctrl-C clears the line. Ctrl-D or :quit leaves.")
        assert shell.leave("\x04") == 0
        assert not any("QUIT" in row for row in shell.rows[2:])


def test_what_is_typed_while_it_loads_is_neither_lost_nor_echoed():
    with Shell(ready=False) as shell:
        shell.until(BANNER)
        shell.press("HELO lancs.uk\rMAIL FR")
        shell.until("smtp nyu.edu> MAIL FR")
        assert shell.rows[:-2] == [BANNER, *plain("HELO lancs.uk")[:-1]]
        assert shell.leave("\x03\x04") == 0


COLOUR = re.compile(rb"\x1b\[(?:[\d;]*;)?(?:3|4|9|10)[0-8][;m]")


@pytest.mark.parametrize("asked", [["NO_COLOR"], ["--color", "never"], ["--theme", "mono"]])
def test_a_screen_without_colours(asked):
    options, more = (asked, {}) if asked[0].startswith("-") else ([], {asked[0]: "1"})
    with Shell(*options, **more) as shell:
        shell.type("HELO lancs.uk", "TURN")
        assert not COLOUR.search(shell.octets)
        assert b"\x1b[" in shell.octets


@pytest.mark.parametrize("theme", ["ansi16", "dark", "light", "projector"])
def test_a_theme_changes_nothing_but_colours(theme):
    with Shell("--theme", theme) as shell:
        shell.type(*LETTER)
        assert shell.rows[1:-2] == plain(*LETTER)[:-1]
        assert COLOUR.search(shell.octets)


def test_the_depth_comes_from_the_environment():
    with Shell(MAILSHELL_DEPTH="0") as shell:
        assert shell.type("HELO lancs.uk") == ["C: HELO lancs.uk␍␊", "S: 250 nyu.edu␍␊"]
        assert "depth 0 F2" in shell.rows[-1]


def test_a_locale_without_utf_8_gets_ascii():
    more = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PYTHONIOENCODING": "ascii"}
    with Shell(**more) as shell:
        shell.type("NOOP ä", ":help DATA")
        assert r"C: NOOP \xc3\xa4\r\n" in "\n".join(shell.rows)
        shell.press("\t")
        shell.until("  EHLO")
        shell.press(f"\x03{F5}")
        shell.until("What this means", "-" * 80)
        assert shell.octets.isascii()
        assert shell.leave("\x04") == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("where", ["loading", "prompt", "panes"])
def test_a_signal_leaves_the_terminal_as_it_was(number, where):
    with Shell(ready=where != "loading") as shell:
        shell.until(BANNER)
        if where == "panes":
            shell.press(F5)
            shell.until("What this means")
        shell.process.kill(number)
        assert shell.leave() == 128 + number


def test_ctrl_c_of_somebody_else_does_not_end_the_session():
    with Shell() as shell:
        shell.process.kill(signal.SIGINT)
        shell.type("NOOP")
        assert shell.leave("\x04") == 0


def test_an_error_of_ours_leaves_the_terminal_as_it_was(tmp_path):
    # A module that is found before ours, and fails in the middle of the drawing.
    (tmp_path / "sitecustomize.py").write_text(
        "import sys\n"
        "from mailshell.shell import hints\n"
        "whole = hints.toolbar\n"
        "def toolbar(meta, *more):\n"
        "    if meta.redrawing('').follows():\n"
        "        raise ZeroDivisionError('of ours')\n"
        "    return whole(meta, *more)\n"
        "hints.toolbar = toolbar\n"
    )
    with Shell(PYTHONPATH=f"{tmp_path}{os.pathsep}{ROOT}") as shell:
        assert shell.leave(F5) == 1
        assert "mailshell: internal error: ZeroDivisionError: of ours" in shell.rows
        assert not any("Traceback" in row for row in shell.rows)


HEAVY = {"rich", "email", "json", "sqlite3", "tomllib", "smtplib"}


def _imported(folder):
    """The environment in which a Python leaves the names of its modules in a file when it ends."""
    (folder / "sitecustomize.py").write_text(
        "import atexit, sys\n"
        f"atexit.register(lambda: open({str(folder / 'modules')!r}, 'w').write(' '.join(sys.modules)))\n"
    )
    return {"PYTHONPATH": str(folder)}


def test_nothing_heavy_is_imported_for_the_first_prompt(tmp_path):
    with Shell(**_imported(tmp_path)) as shell:
        assert shell.leave("\x04") == 0
    modules = set((tmp_path / "modules").read_text().split())
    assert "prompt_toolkit.application" in modules
    assert modules & HEAVY == set()


@pytest.mark.parametrize(("options", "more"), [(["--plain"], {"TERM": "xterm"}), ([], {"TERM": "dumb"})])
def test_plain_mode_in_a_terminal_imports_no_line_editor(tmp_path, options, more):
    with Terminal("smtp", *options, **more, **_imported(tmp_path)) as terminal:
        terminal.until("220 nyu.edu")
        terminal.press("QUIT\r:quit\r")
        assert terminal.end() == 0
    modules = set((tmp_path / "modules").read_text().split())
    assert "mailshell.shell.plain" in modules
    assert modules & (HEAVY | {"prompt_toolkit", "asyncio"}) == set()


# In tmux.


@pytest.fixture(scope="module")
def tmux():
    if WHY_NOT:
        pytest.skip(WHY_NOT)
    server = Tmux()
    yield server
    server.close()


def _port(pane):
    pane.type(":serve smtp=0", "Enter")
    rows = pane.until("listens on 127.0.0.1 port", "smtp nyu.edu>")
    return int("".join(rows).partition(" port ")[2].partition(".")[0])


def _letter(port):
    with smtplib.SMTP("127.0.0.1", port, local_hostname="farm.test") as client:
        client.sendmail("zoe@farm.test", ["bob@nyu.edu"], "Subject: hi\r\n\r\nhello\r\n")


def test_the_panes_are_another_screen_and_leave_everything_behind(tmux):
    pane = Pane(tmux)
    pane.start()
    pane.type(LETTER[0], "Enter")
    pane.until("S: 250 nyu.edu")
    pane.type("", "F5")
    pane.until("What this means", "smtp nyu.edu: ready: no sender yet")
    assert pane.alternate
    pane.type(LETTER[1], "Enter")
    pane.until("S: 250 2.1.0 Sender ok", "return path accepted")
    pane.type("", "F5")
    pane.until("S: 250 2.1.0 Sender ok␍␊                   250 return path accepted", BAR)
    assert not pane.alternate
    pane.type("", "C-d")
    pane.when(lambda: pane.rows[-1].strip() == PROMPT)
    assert pane.transcript == [*plain(*LETTER[:2])[:-1], pane.rows[-1]]


def test_a_scene_forward_and_back(tmux):
    """The keys of a presenter, a line typed in between, and the same in the panes."""
    pane = Pane(tmux)
    pane.type(f"{shlex.quote(PYTHON)} -m mailshell demo mistakes", "Enter")
    pane.until("smtp nyu.edu>", " scene mistakes 0/13  | Space asks a question")
    pane.type("", "NPage")
    pane.until("   b: 503, the order is wrong", "smtp nyu.edu> MAIL FROM:<alice@lancs.uk>")
    pane.type("", "Right")
    pane.until("== The answer was b: 503, the order is wrong", " scene mistakes 2/13  | Space goes on")
    pane.type("NOOP", "Enter")
    pane.until("C: NOOP", "S: 250 2.0.0 Nothing done")
    pane.type("", "PPage", "PPage", "PPage")
    pane.until("== undone: C: NOOP", "== undone: a question", " scene mistakes 0/13")
    pane.type("", "F5")
    pane.until("What this means")
    pane.type("", "Space", "Space")
    pane.until(" scene mistakes 2/13", "The answer was b")
    pane.type("", "BSpace")
    pane.until(" scene mistakes 1/13", "smtp nyu.edu> MAIL FROM:<alice@lancs.uk>")


def test_leaving_from_the_panes(tmux):
    pane = Pane(tmux)
    pane.start()
    pane.type("", "F5")
    pane.until("What this means")
    pane.type("NOOP", "Enter")
    pane.until("S: 250 2.0.0 Nothing done")
    pane.type("", "C-d")
    pane.when(lambda: pane.rows[-1].strip() == PROMPT)
    assert not pane.alternate
    assert pane.transcript[:-1] == plain("NOOP")[:-1]


def test_what_scrolls_away_is_the_transcript_and_nothing_else(tmux):
    pane = Pane(tmux, rows=10)
    pane.start()
    lines = [*LETTER, *LETTER[1:], "HELP", "RSET", "VRFY bob"]
    for line in lines:
        pane.type(line, "Enter")
    pane.until("S: 250 2.1.5 Bob")
    pane.type("", "C-d")
    pane.when(lambda: pane.rows[-1].strip() == PROMPT)
    assert pane.transcript[:-1] == plain(*lines)[:-1]


LINE = "MAIL FROM:<alice@lancs.uk> SIZE=1234 BODY=8BITMIME"


def _at_the_prompt(pane, columns):
    """Whether the line stands at the prompt, the toolbar right below it, and neither anywhere else."""
    whole = f"smtp nyu.edu> {LINE}"
    wrapped = [whole[start : start + columns].rstrip() for start in range(0, len(whole), columns)]
    rows = pane.transcript
    bars = [row for row in rows if row.startswith(" Enter sends it")]
    return (
        rows[-1 - len(wrapped) : -1] == wrapped
        and bars == rows[-1:]
        and sum(row.startswith("smtp nyu.edu> MAIL") for row in rows) == 1
    )


def test_a_window_is_resized_between_lines_of_others(tmux):
    pane = Pane(tmux)
    pane.start()
    port = _port(pane)
    pane.type("EHLO lancs.uk", "Enter")
    pane.type(LINE)
    pane.when(lambda: _at_the_prompt(pane, 80))
    with smtplib.SMTP("127.0.0.1", port, local_hostname="farm.test") as client:
        pane.until("Sa: 220")
        for columns, rows in [(40, 12), (60, 20), (30, 12), (200, 60), (80, 24)]:
            pane.resize(columns, rows)
            # What is drawn before we hear of the new size stands in the wrong place; nothing can mend that.
            pane.when(lambda columns=columns: _at_the_prompt(pane, columns))
            for number in range(10):
                client.docmd(f"NOOP {columns}-{number}")
            pane.until(f"Ca: NOOP {columns}-9")
            pane.when(lambda columns=columns: _at_the_prompt(pane, columns))
    pane.until("connection a closed")
    sent = [row.split("␍")[0] for row in pane.transcript if row.startswith("Ca: NOOP")]
    assert sent == [f"Ca: NOOP {columns}-{number}" for columns in (40, 60, 30, 200, 80) for number in range(10)]


def test_a_client_appears_while_one_types(tmux):
    pane = Pane(tmux)
    pane.start()
    port = _port(pane)
    pane.type("HELO lan")
    pane.until("smtp nyu.edu> HELO lan")
    _letter(port)
    rows = pane.until("Ca: QUIT", "connection a closed")
    assert rows[-2].startswith("smtp nyu.edu> HELO lan")
    assert pane.transcript.count("S: 220 nyu.edu ESMTP mailshell␍␊           220 service ready") == 1
    pane.type("cs.uk", "Enter")
    pane.until("C: HELO lancs.uk", "S: 250 nyu.edu")


def test_the_shell_goes_to_the_background_and_comes_back(tmux):
    pane = Pane(tmux)
    pane.start()
    pane.type("HELO lan", "C-z")
    pane.until("Stopped", PROMPT)
    assert not any(row.startswith(("smtp nyu.edu>", " SMTP")) for row in pane.rows)
    pane.type("echo $((40 + 2))", "Enter")
    pane.until("42")
    pane.type("fg", "Enter")
    pane.until("smtp nyu.edu> HELO lan")
    pane.type("cs.uk", "Enter")
    pane.until("S: 250 nyu.edu", " SMTP  ready")
    assert pane.transcript[-1].startswith(" SMTP  ready")


def test_an_editor_has_the_screen_for_itself(tmux, tmp_path):
    editor = tmp_path / "editor"
    editor.write_text('#!/bin/sh\necho "in the editor: $(cat "$1")"\nread done\nprintf "%s\\n" $done NOOP > "$1"\n')
    editor.chmod(0o700)
    pane = Pane(tmux, VISUAL=str(editor))
    pane.start()
    port = _port(pane)
    pane.type("TURN", "C-x", "C-e")
    pane.until("in the editor: TURN")
    _letter(port)
    assert pane.rows[-1] == "in the editor: TURN"
    pane.type("RSET", "Enter")
    rows = pane.until("Ca: QUIT", "C: RSET", "S: 250 2.0.0 Nothing done")
    assert rows[-2] == "smtp nyu.edu>"
    assert rows[-1].startswith(" SMTP ")


@pytest.mark.skipif(not shutil.which("less"), reason="less is not installed")
def test_a_long_help_has_a_pager_that_ctrl_c_does_not_take_the_shell_from(tmux):
    pane = Pane(tmux, rows=10, PAGER="less -R")
    pane.start()
    port = _port(pane)
    before = pane.transcript
    pane.type(":help", "Enter")
    pane.when(lambda: pane.rows[-1].startswith("more: Space goes on, q leaves"))
    pane.type("", "C-c")
    _letter(port)
    # The pager may drop what is typed right after Ctrl-C.
    pane.when(lambda: pane.rows[-1].startswith(" SMTP") or pane.type("", "q"))
    pane.type("", "C-u")
    pane.until("connection a closed", "smtp nyu.edu>", BAR)
    assert pane.transcript[: len(before) - 2] == before[:-2]
    pane.type("NOOP", "Enter")
    pane.until("S: 250 2.0.0 Nothing done")
