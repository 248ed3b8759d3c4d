"""The interactive shell in trouble: passwords, hostile text, files that fail, lines that come too fast."""

import asyncio
import io
import os
import re
import socket
from argparse import Namespace

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from prompt_toolkit.data_structures import Size
from prompt_toolkit.output.vt100 import Vt100_Output

from mailshell import cli
from mailshell.mail.store import StateError
from mailshell.shell.app import App
from mailshell.shell.config import Shell as Asked
from mailshell.shell.log import Log
from mailshell.shell.setup import Stage
from mailshell.world.start import build
from tests.shells import ARGS, in_shell
from tests.test_app import LETTER
from tests.test_meta import Desk

COLOUR = re.compile(r"\x1b\[[0-9;]*m")
FULL = "/dev/full"
needs_full = pytest.mark.skipif(not os.path.exists(FULL), reason=f"there is no {FULL} here")


def pasted(text):
    return f"\x1b[200~{text}\x1b[201~"


# Passwords.

RAW = [
    r':raw "PASS rabbit\r\n"',
    r':raw "NOOP\r\nPASS rabbit\r\n"',
    r':raw "AUTH PLAIN rabbit\r\nNOOP\r\n"',
    r':raw "\\\\\x0d\x0aPASS rabbit\r\n"',
    r':raw "PASS a"rabbit\r\n"',
]


@pytest.mark.parametrize("line", RAW)
def test_a_password_in_raw_octets_is_neither_shown_nor_kept_nor_offered(line, tmp_path, monkeypatch):
    monkeypatch.setenv("MAILSHELL_STATE_DIR", str(tmp_path))

    async def journey(shell):
        await shell.type(f":log {tmp_path / 'log'}", line)
        shell.octets = ""
        shell.press(":ra")
        await shell.until("smtp nyu.edu> :raw")
        await shell.settled()
        assert "rabbit" not in shell.octets
        above = [row for row in shell.rows if "PASS" in row or "AUTH" in row]
        assert any("********" in row for row in above)
        assert not any("rabbit" in row for row in above)

    in_shell(journey, asked=Asked())
    assert "rabbit" not in (tmp_path / "log").read_text(encoding="utf-8")
    assert "rabbit" not in (tmp_path / "history-smtp").read_text(encoding="utf-8")


# Text that a terminal might obey.


def test_a_local_command_is_shown_and_not_obeyed():
    async def journey(shell):
        shell.press(pasted(":search \x1b]0;mine\x07\x1b[31m"))
        shell.press("\r")
        await shell.until("** No line holds")
        assert "\x1b]0;" not in shell.octets
        assert "\x1b[31m" not in shell.octets

    in_shell(journey)


STARTS = [
    "",
    ":",
    "::",
    "?",
    "\x1d",
    "? ",
    ":search ",
    ":explain ",
    ":connect ",
    ":why ",
    ":switch ",
    ':raw "',
    ":help ",
]
STARTS += [":mailbox ", ":mailbox bob@", ":demo ", ":serve ", ":serve smtp=", ":theme ", ":wait ", ":copy ", "EHLO "]
STARTS += [":save /dev/null/", ":log /dev/null/", "MAIL FROM:<", "MAIL FROM:<alice@lancs.uk> SIZE=", "HELP ", "VRFY "]
text = st.text(st.characters(exclude_characters="\r\n/"), max_size=30)


def obeyed(shown):
    """Whether a terminal would do something else than show the text, but for colours."""
    return any(not letter.isprintable() for letter in COLOUR.sub("", shown))


@settings(max_examples=40)
@given(st.lists(st.tuples(st.sampled_from(STARTS), text), min_size=1, max_size=4), st.booleans())
@example([(":log /dev/null/", "\0"), (":save /dev/null/", "\0"), (":demo ", "\0")], False)
def test_no_row_of_the_shell_is_obeyed(typed, in_a_message):
    rows: list[str] = []

    async def type_all():
        output = Vt100_Output(io.StringIO(), lambda: Size(rows=24, columns=80), term="xterm", enable_cpr=False)
        args = Namespace(**ARGS, shell=Asked(history=0))
        app = App(args, build("lecture"), Log(), Stage(), output=output)
        vars(app.printer)["put"] = rows.extend
        app.start()
        for line in LETTER[:5] if in_a_message else ():
            app.buffer.insert_text(line)
            app.enter()
        for start, rest in typed:
            if start.startswith(":serve") and not rest.strip("0 "):
                continue  # no port is opened here
            app.buffer.insert_text(start + rest)
            rows.append("".join(piece for _, piece, *_ in (*app._toolbar(), *app._prompt())))
            app.enter()
            rows.append("".join(piece for _, piece, *_ in (*app._toolbar(), *app._prompt())))

    asyncio.run(type_all())
    assert [row for row in rows if obeyed(row)] == []


# Lines that come too fast.


def test_the_end_of_a_paste_stays_in_the_line_where_the_paste_begins_a_message():
    async def journey(shell):
        await shell.type(*LETTER[:3])
        shell.press(pasted("DATA\nSubject: soup"))
        await shell.until("smtp nyu.edu| Subject: soup")
        shell.press("\r.\r")
        await shell.until("S: 250 2.0.0 Message accepted")
        assert shell.app.buffer.text == ""

    in_shell(journey)


def test_a_paste_goes_in_at_the_cursor():
    async def journey(shell):
        shell.press("NOOP b\x02")
        shell.press(pasted("a\nNOOP "))
        await shell.until("C: NOOP a", "smtp nyu.edu> NOOP b")

    in_shell(journey)


def test_an_empty_line_of_a_paste_opens_no_connection():
    async def journey(shell):
        shell.press(pasted("QUIT\n\n\n"))
        await shell.until("== Enter opens the connection again")
        assert shell.app.seat.link.closed
        shell.press("\r")
        await shell.when(lambda: not shell.app.seat.link.closed)

    in_shell(journey)


def test_a_scene_that_begins_a_message_goes_on_with_the_editor_for_text(tmp_path):
    path = tmp_path / "scene.txt"
    path.write_text("".join(f"C: {line}\n" for line in LETTER), encoding="utf-8")

    async def journey(shell):
        await shell.type(f":demo {path}")
        for number in range(4):
            shell.press("\x1b[19~")
            await shell.until(f"C: {LETTER[number]}")
        shell.press("\x1b[A")
        shell.press("text\r")
        await shell.until("C: text")

    in_shell(journey)


def test_ports_that_are_opened_twice_or_closed_at_once_do_not_stay_open():
    async def journey(shell):
        shell.press(pasted(":serve smtp=0\n:serve smtp=0\n"))
        await shell.until("** Ports are open already.", "listens on 127.0.0.1 port")
        await shell.type(":serve off")
        await shell.until("== The ports are closed.")
        shell.press(pasted(":serve smtp=0\n:serve off\n:serve\n:serve off\n"))
        await shell.when(lambda: sum("The ports are closed." in row for row in shell.rows) == 3)
        ports = re.findall(r"listens on 127.0.0.1 port\s+(\d+)", " ".join(shell.rows))
        for port in ports:
            with pytest.raises(ConnectionRefusedError):
                socket.create_connection(("127.0.0.1", int(port))).close()

    in_shell(journey)


def test_whoever_leaves_closes_the_ports():
    ports = []

    async def journey(shell):
        await shell.type(":serve smtp=0")
        rows = await shell.until("listens on 127.0.0.1 port")
        ports.append(int(re.findall(r"port (\d+)", " ".join(rows))[0]))
        with socket.create_connection(("127.0.0.1", ports[0])) as client:
            await shell.until("Sa: 220")
            client.recv(100)
            shell.press(":quit\r")
            await shell.until("== The ports are closed.")
            assert (await asyncio.to_thread(client.recv, 100)).startswith(b"421 4.3.2 nyu.edu shutting down")

    in_shell(journey)
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", ports[0])).close()


def test_ctrl_c_in_a_command_of_mailshell_gives_the_line_back_that_was_put_aside():
    async def journey(shell):
        shell.press("NOOP\x1dundo")
        await shell.until("smtp nyu.edu> :undo")
        shell.press("\x03")
        await shell.until("smtp nyu.edu> NOOP")
        shell.press("\x03")
        await shell.settled()
        assert shell.prompt == "smtp nyu.edu>"

    in_shell(journey)


# Small windows.


@pytest.mark.parametrize(("columns", "rows"), [(40, 6), (20, 5), (100, 4), (40, 8)])
def test_the_prompt_stays_in_panes_of_any_size(columns, rows):
    async def journey(shell):
        await shell.type("NOOP")
        shell.press("\x1b[15~NO")
        await shell.settled()
        await shell.until("smtp nyu.edu> NO")
        assert any(row.startswith("S: 250") for row in shell.screen.display)

    in_shell(journey, columns=columns, rows=rows)


# Files and programs that fail.


@needs_full
def test_a_log_that_cannot_be_written_is_given_up_and_the_session_goes_on():
    async def journey(shell):
        await shell.type(f":log {FULL}", "NOOP")
        assert f"** {FULL}: No space left on device; the log ends here" in shell.rows
        assert "log" not in shell.toolbar
        assert any(row.startswith("S: 250 2.0.0 Nothing done") for row in shell.rows)

    in_shell(journey)


@needs_full
def test_a_log_that_nobody_looks_after_complains_on_stderr(capsys):
    with Log(FULL) as log:
        log.write(["a"])
        log.write(["b"])
        assert log.path is None
    assert capsys.readouterr().err == f"mailshell: {FULL}: No space left on device; the log ends here\n"


def test_a_state_file_that_breaks_ends_the_shell(monkeypatch):
    async def journey(shell):
        def broken():
            raise StateError("state.db is damaged")

        monkeypatch.setattr(shell.world.store, "commit", broken)
        shell.press("NOOP\r")
        await shell.when(lambda: not shell.app.app.is_running)

    with pytest.raises(StateError, match="damaged"):
        in_shell(journey)


@pytest.mark.parametrize("command", ["vi '", "rm", "  "])
def test_an_editor_that_cannot_be_run_or_leaves_no_text_is_told(command, monkeypatch):
    monkeypatch.setenv("VISUAL", command)

    async def journey(shell):
        shell.press("NOOP\x18\x05")
        await shell.until("** ")
        assert not any("internal error" in row for row in shell.rows)
        assert shell.prompt == "smtp nyu.edu> NOOP"

    in_shell(journey)


# Back and forth.


def test_redo_brings_a_scene_forward_again():
    desk = Desk(voice="classic")

    def typed(*commands):
        desk.do(*commands)
        assert desk.meta.scene is not None
        return desk.meta.scene.place

    assert typed(":demo mistakes", ":step", ":step", ":step", ":step", ":undo", ":undo", ":undo", ":undo") == 0
    assert typed(":redo") == 2
    assert typed(":redo") == 4
    assert typed(":undo", "NOOP") == 2
    assert typed(":step") == 3


@pytest.mark.parametrize("command", [":switch {}", ":close {}", ":why {}", ":body -{}", ":mailbox bob {}"])
def test_no_number_is_too_long(command):
    desk = Desk()
    assert desk.do(command.format("9" * 5000))[0].startswith("** ")


def test_closing_another_connection_leaves_one_where_one_is():
    desk = Desk()
    desk.do(":connect lancs.uk", ":connect lancs.uk", ":switch 1", ":close 2")
    assert desk.seat.current == 1
    desk.do(":undo")
    assert (desk.seat.current, list(desk.seat.links)) == (1, [1, 2, 3])
    desk.do(":close")
    assert desk.seat.current == 3


# What stands in the environment, in a path or in a file.

HOSTILE = "\x1b]0;mine\x07"


@pytest.mark.parametrize(
    ("variables", "options"),
    [
        ({"MAILSHELL_DEPTH": HOSTILE}, []),
        ({"MAILSHELL_CONFIG": f"/dev/null/{HOSTILE}"}, []),
        ({}, ["--state", f"/dev/null/{HOSTILE}"]),
        ({}, [HOSTILE]),
    ],
)
def test_no_complaint_is_obeyed(variables, options, monkeypatch, capsys):
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert cli.main(["smtp", *options]) in (2, 3)
    said = capsys.readouterr().err
    assert "mine" in said
    assert not any(obeyed(line) for line in said.splitlines())


def test_no_complaint_about_a_config_file_is_obeyed(tmp_path, capsys):
    path = tmp_path / f"a{HOSTILE}"
    path.write_text(f'depth = "{HOSTILE[1:-1]}"\nodd = 1\n', encoding="utf-8")
    assert cli.main(["--config", str(path), "smtp"]) == 2
    said = capsys.readouterr().err
    assert "mine" in said
    assert not any(obeyed(line) for line in said.splitlines())
