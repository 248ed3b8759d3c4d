"""`mailshell lesson record`: what was done once in the shell is the draft of a lesson, and the draft is proven."""

import subprocess
import sys

import pytest

from mailshell.lesson.load import read
from mailshell.lesson.prove import prove
from tests.terminal import ROOT, Terminal, environment

LETTER = ["HELO lancs.uk", "MAIL FROM:<alice@lancs.uk>", "RCPT TO:<bob@nyu.edu>", "DATA", "Subject: Tea", "", "b", "."]
POP3 = ["USER bob", "PASS hungry", "DELE 1", "QUIT"]


def record(path, *lines, options=()):
    """Record a script; the exit status, and what stands on stderr."""
    command = [sys.executable, "-m", "mailshell", "lesson", "record", str(path), *options]
    text = "".join(f"{line}\n" for line in lines)
    done = subprocess.run(command, cwd=ROOT, env=environment(), input=text, capture_output=True, text=True, timeout=60)
    return done.returncode, done.stderr


@pytest.mark.parametrize(
    ("lines", "options", "goal"),
    [
        (LETTER, [], "`check mailbox-count-bob: mailbox.bob.count == 3`"),
        (POP3, ["--protocol", "pop3"], "`check mailbox-count-bob: mailbox.bob.count == 1`"),
        (["HELO a"], ["--world", "empty"], '`check session-hello: session.hello == "a"`'),
        (
            [*LETTER, ":wait 30m", "QUIT"],
            ["--host", "lancs.uk"],
            "`keep mailbox-count-alice: mailbox.alice.count == 0`",
        ),
    ],
)
def test_a_draft_has_the_solution_and_goals_and_is_proven(tmp_path, lines, options, goal):
    path = tmp_path / "My lesson.md"
    assert record(path, *lines, options=options) == (0, "")
    text = path.read_text()
    lesson = read(text.encode())
    assert lesson.id == "my-lesson"
    assert goal in text
    assert [one for one in prove(lesson) if one.grave] == []
    assert [item.text for item in lesson.steps[0].solution.items if item.what in ("send", "local")] == lines


def test_what_was_undone_is_no_part_of_it(tmp_path):
    path = tmp_path / "a.md"
    assert record(path, "HELO a", "NOOP", ":undo") == (0, "")
    assert "NOOP" not in path.read_text()


def test_a_file_that_is_there_stays(tmp_path):
    path = tmp_path / "a.md"
    path.write_text("mine")
    status, says = record(path, "NOOP")
    assert (status, path.read_text()) == (2, "mine")
    assert "exists already" in says


def test_a_folder_that_is_not_there_is_said_before_anything_is_typed(tmp_path):
    path = tmp_path / "no" / "a.md"
    says = f"mailshell: {path} cannot be written: {path.parent} is no folder that you may write to.\n"
    assert record(path, "HELO a") == (2, says)


def test_where_nothing_is_typed_nothing_is_written(tmp_path):
    status, says = record(tmp_path / "a.md")
    assert status == 0
    assert "Nothing was typed" in says
    assert not (tmp_path / "a.md").exists()


def test_a_world_file_is_put_into_the_lesson_by_hand(tmp_path):
    status, says = record(tmp_path / "a.md", options=["--world", "my.toml"])
    assert status == 2
    assert "[world]" in says


def test_in_a_terminal_quit_writes_the_file(tmp_path):
    path = tmp_path / "a.md"
    with Terminal("lesson", "record", str(path), TERM="xterm-256color", XDG_STATE_HOME=str(tmp_path)) as terminal:
        terminal.until("What you type is the solution of a lesson.", "220 nyu.edu")
        terminal.press("HELO lancs.uk\r:quit\r")
        assert terminal.end() == 0
    assert "C: HELO lancs.uk" in path.read_text()
