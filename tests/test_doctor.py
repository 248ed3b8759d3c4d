"""The doctor: what it finds, what it advises, and that it changes nothing."""

import io
import json
import os
import socket
import sqlite3
import sys
from importlib import metadata

import pytest

from mailshell import cli
from mailshell.mail.disk import Disk
from mailshell.mail.store import Store
from mailshell.shell import doctor


@pytest.fixture
def machine(monkeypatch, tmp_path):
    """A tidy machine: folders below tmp_path, free ports, no option from the environment."""
    for name in [name for name in os.environ if name.startswith("MAILSHELL_")]:
        monkeypatch.delenv(name)
    for name in ("NO_COLOR", "COLORTERM"):
        monkeypatch.delenv(name, raising=False)
    for name in ("CONFIG", "STATE", "DATA"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name.lower()))
    for name, value in {"TERM": "xterm-256color", "COLUMNS": "80", "LINES": "24"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(doctor, "PORTS", {"smtp": 0})
    return tmp_path


@pytest.fixture
def found(machine, capsys):
    """Run the doctor: its exit status, and the findings by what they are about."""

    def look(*options):
        status = cli.main(["doctor", "--json", *options])
        out, errors = capsys.readouterr()
        assert errors == ""
        return status, {row["about"]: row for row in map(json.loads, out.splitlines())}

    return look


class Terminal(io.StringIO):
    """A standard stream that says that it is a terminal."""

    encoding = "utf-8"

    def isatty(self):
        return True


@pytest.fixture
def terminal(machine, monkeypatch):
    """Run the doctor in a terminal; what it prints."""

    def look(*options, encoding="utf-8"):
        out = Terminal()
        out.encoding = encoding
        with monkeypatch.context() as patch:
            patch.setattr(sys, "stdin", Terminal())
            patch.setattr(sys, "stdout", out)
            cli.main(["doctor", *options])
        return out.getvalue()

    return look


def test_a_tidy_machine_has_no_problem_and_stays_as_it_is(found, machine):
    status, rows = found()
    assert status == 0
    assert {row["level"] for about, row in rows.items() if about != "mode"} == {"ok"}
    assert rows["mode"]["says"].startswith("plain: standard ")
    assert rows["config file"]["says"] == f"none; mailshell config init writes {machine}/config/mailshell/config.toml"
    assert rows["state folder"]["says"] == f"{machine}/state/mailshell, made when it is needed"
    assert rows["prompt_toolkit"]["says"].startswith("3.0.")
    assert rows["history smtp"]["says"] == f"{machine}/state/mailshell/history-smtp: nothing yet"
    assert list(machine.iterdir()) == []


def test_text_has_one_line_a_finding_and_advice_below(terminal):
    lines = terminal().splitlines()
    assert "ok       mode           interactive" in lines
    at = next(number for number, line in enumerate(lines) if line.startswith("ok       encoding "))
    assert lines[at].endswith("you should see CR LF as ␍␊, a box as ┌─┬─┐")
    assert lines[at + 1] == f"{'':<23} -> If you do not, take --ascii."


def test_the_mode_and_why(terminal, monkeypatch):
    assert "note     mode           plain: --plain, " in terminal("--plain")
    monkeypatch.setenv("TERM", "dumb")
    assert "note     mode           plain: TERM is dumb" in terminal()
    monkeypatch.delenv("TERM")
    assert "note     mode           plain: TERM is not set" in terminal()


def test_colours_and_why(terminal, monkeypatch):
    assert "ok       colours        theme ansi16, --color auto\n" in terminal()
    assert "ok       colours        theme dark, --color auto\n" in terminal("--theme", "dark")
    monkeypatch.setenv("TERM", "xterm")
    assert "note     colours        theme dark, --color auto\n" in terminal("--theme", "dark")
    assert "take --theme ansi16." in terminal("--theme", "dark")
    monkeypatch.setenv("NO_COLOR", "1")
    assert "ok       colours        none, --color auto, NO_COLOR=1\n" in terminal("--theme", "dark")
    monkeypatch.setenv("COLORTERM", "truecolor")
    assert "theme dark, --color always, NO_COLOR=1, COLORTERM=truecolor\n" in terminal(
        *["--theme", "dark", "--color", "always"]
    )


def test_a_terminal_that_shows_only_ascii_gets_only_ascii(terminal, monkeypatch):
    monkeypatch.setenv("MAILSHELL_DATA_DIR", "/home/jörg")
    text = terminal(encoding="ascii")
    assert "note     encoding       ascii, locale " in text
    assert "set LANG=C.UTF-8" in text
    assert r"/home/j\xc3\xb6rg" in text
    assert text.isascii()
    assert "ok       encoding " in terminal("--ascii")


def test_a_narrow_window_is_noted(terminal, monkeypatch):
    monkeypatch.setenv("COLUMNS", "60")
    assert "note     terminal       TERM=xterm-256color, 60 columns, 24 lines\n" in terminal()


def test_a_wrong_config_file_is_a_problem_and_the_rest_is_told_all_the_same(found, terminal, machine):
    path = machine / "config" / "mailshell" / "config.toml"
    path.parent.mkdir(parents=True)
    path.write_text("depth = 7\n")
    status, rows = found("--state", str(machine / "mail"))
    assert status == 1
    assert rows["options"]["level"] == "problem"
    assert rows["options"]["says"] == f"{path}:1:9: depth is one of 0, 1, 2.\n  1 | depth = 7\n    |         ^"
    assert rows["state file"]["says"] == f"{machine}/mail is made when it is needed"
    assert f"\n{'':<23}     |         ^\n{'':<23} -> Correct it" in terminal()
    path.write_text("depth = 2\n[shell]\nhistory = false\n")
    status, rows = found()
    assert (status, rows["config file"]["says"]) == (0, f"{path} is valid")
    assert rows["history"]["says"].startswith("none is kept")
    assert found("--no-config")[1]["config file"]["says"] == "not read, as --no-config asks"


def test_a_wrong_variable_is_a_problem(found, monkeypatch):
    monkeypatch.setenv("MAILSHELL_WIRE", "loud")
    status, rows = found()
    assert (status, rows["options"]["says"]) == (1, "MAILSHELL_WIRE=loud: choose from off, marks, hex.")


def test_a_library_that_is_missing_is_a_problem(found, monkeypatch):
    def absent(name):
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(doctor, "version", absent)
    status, rows = found()
    assert (status, rows["prompt_toolkit"]["level"], rows["prompt_toolkit"]["says"]) == (
        1,
        "problem",
        "is not installed",
    )


def test_folders_that_cannot_be_used_are_problems(found, machine, monkeypatch):
    (machine / "file").touch()
    monkeypatch.setenv("MAILSHELL_DATA_DIR", str(machine / "file" / "data"))
    status, rows = found()
    assert (status, rows["data folder"]["says"]) == (1, f"{machine}/file/data: {machine}/file is no folder")
    assert rows["data folder"]["advice"] == "Set MAILSHELL_DATA_DIR."
    monkeypatch.setattr(os, "access", lambda path, mode: not str(path).endswith("/state/mailshell"))
    (machine / "state" / "mailshell").mkdir(parents=True)
    rows = found()[1]
    assert rows["state folder"]["says"].endswith("/state/mailshell may not be written")


def test_the_size_of_the_history_is_told(found, machine):
    path = machine / "state" / "mailshell" / "history-smtp"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"NOOP\n")
    assert found()[1]["history smtp"]["says"] == f"{path}: 5 octets"


def test_a_port_that_is_taken_is_noted(found, monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        number = taken.getsockname()[1]
        monkeypatch.setattr(doctor, "PORTS", {"smtp": number})
        status, rows = found()
        assert (status, rows[f"port {number}"]["level"]) == (0, "note")
        assert "is taken by another program." in rows[f"port {number}"]["says"]
    assert found()[1][f"port {number}"]["says"] == "free, for smtp"


def test_a_state_file_is_looked_at_and_left_alone(found, machine):
    path = machine / "mail"
    assert found("--state", str(path))[1]["state file"]["says"] == f"{path} is made when it is needed"
    assert not path.exists()
    store = Store(disk=Disk(str(path)))
    try:
        status, rows = found("--state", str(path))
    finally:
        store.close()
    assert status == 1
    assert rows["state file"]["says"].startswith(f"{path} is locked: another mailshell is using it.")
    database = sqlite3.connect(path)
    database.execute("PRAGMA user_version = 1")  # the mark of the schema before: opening the file would change it
    database.close()
    before = path.read_bytes()
    status, rows = found("--state", str(path))
    assert (status, rows["state file"]["says"]) == (0, f"{path} can be used")
    assert path.read_bytes() == before
    path.write_bytes(b"no database\n" * 100)
    status, rows = found("--state", str(path))
    assert (status, rows["state file"]["says"].startswith(f"{path} is not a state file")) == (1, True)
