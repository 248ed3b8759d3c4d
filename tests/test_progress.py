"""Where a learner goes on: which lesson, which step, what is kept, the map; and lessons without a screen."""

import signal
import subprocess
import sys

import pytest

from mailshell import cli
from mailshell.lesson import progress, run
from mailshell.lesson.parts import Block
from mailshell.shell import course
from mailshell.shell.options import OptionError
from mailshell.shell.prose import bare, paragraph, prose
from mailshell.shell.roadmap import drawn
from mailshell.shell.theme import ANSI16
from mailshell.shell.view import View
from tests.lessons import LESSON, board, kept, lessons, read, taught, type_in
from tests.terminal import ROOT, Terminal, environment

__all__ = ["kept", "lessons"]

pytestmark = pytest.mark.usefixtures("kept", "lessons")

SOLVED = ["HELO lancs.uk", "Lunch?", ".", "2", "QUIT"]


def learner(**more):
    return run.Learner("tea", **more)


# Which lesson, which step.


def test_without_progress_the_first_lesson_begins(kept):
    found = course.chosen("", keeps=True)
    assert (found.name, found.number, found.lessons) == ("tea", 1, 2)
    assert found.learner.step == ""
    assert not kept.exists()


def test_the_lesson_that_was_taken_last_goes_on(kept):
    both = [run.Learner("toast", step="letter"), learner(step="close")]
    progress.save(str(kept), progress.Kept({one.lesson: one for one in both}))
    assert course.chosen("", keeps=True).learner == both[1]


def test_after_a_lesson_comes_the_next_one_that_is_not_over(kept):
    progress.save(str(kept), progress.Kept({"tea": learner(marks={"hello": "done"})}))
    assert course.chosen("", keeps=True).name == "toast"
    progress.save(str(kept), progress.Kept({"toast": run.Learner("toast"), "tea": learner()}))
    assert course.chosen("", keeps=True).name == "tea"  # all are over


def test_a_lesson_that_was_over_begins_with_other_values_and_keeps_its_marks(kept):
    progress.save(str(kept), progress.Kept({"tea": learner(seed=4, marks={"hello": "helped"}, hints={"hello": 2})}))
    assert course.chosen("tea", keeps=True).learner == learner(seed=5, marks={"hello": "helped"})


@pytest.mark.parametrize("asked", ["tea#letter", "1#2", "te#letter"])
def test_a_lesson_and_a_step_have_names_and_numbers(asked):
    found = course.chosen(asked, keeps=True)
    assert (found.name, found.learner.step) == ("tea", "letter")


def test_a_file_is_a_lesson(tmp_path):
    (tmp_path / "mine.md").write_text(LESSON)
    found = course.chosen(str(tmp_path / "mine.md"), keeps=True)
    assert (found.number, found.called) == (0, "lesson tea")


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ("coffee", "coffee is no lesson and no file. There are: tea, toast."),
        ("tea#leter", "leter is no step of the lesson tea. Did you mean letter? There are: hello, letter, close."),
        ("3", "3 is no lesson and no file."),
    ],
)
def test_what_is_not_there_is_told(asked, says):
    with pytest.raises(OptionError) as raised:
        course.chosen(asked, keeps=True)
    assert str(raised.value).startswith(says)


def test_a_mistake_in_a_lesson_file_is_told_with_its_place(tmp_path, capsys):
    path = tmp_path / "mine.md"
    path.write_text(LESSON.replace("session.hello ==", "session.helo =="))
    assert cli.main(["learn", str(path)]) == 2
    assert f"{path}:31:72: session.helo is no name" in capsys.readouterr().err


# What is kept.


def test_who_comes_back_goes_on_at_the_step(kept):
    async def leaves(shell):
        await type_in(shell, "HELO lancs.uk")
        shell.press("\x1dquit\r")
        await shell.until("== mailshell learn goes on here: step 2/3 The letter.")

    async def comes_back(shell):
        assert shell.rows[1].startswith("-- the steps before this one ---")
        assert shell.rows[2:5] == ["S: 220 nyu.edu ESMTP mailshell␍␊", "C: HELO lancs.uk␍␊", "S: 250 nyu.edu␍␊"]
        assert board(shell)[0] == "lesson 1/2 · step 2/3 The letter"
        shown = await type_in(shell, "Lunch?", ".", "2")
        assert "== passed: The letter" in shown
        assert read(kept)["marks"] == {"hello": "done", "letter": "done"}

    taught(leaves)
    taught(comes_back, asked="")


def test_the_news_of_two_sessions_are_both_kept(kept):
    async def journey(shell):
        progress.save(str(kept), progress.Kept({"toast": run.Learner("toast", step="close")}))
        await type_in(shell, "HELO lancs.uk")

    taught(journey)
    assert list(progress.load(str(kept)).learners) == ["toast", "tea"]


def test_damaged_progress_is_told_and_kept_as_a_copy(kept):
    kept.parent.mkdir(parents=True)
    kept.write_text("{")

    async def journey(shell):
        assert shell.rows[0].startswith("** The progress in")
        assert "damaged" in " ".join(shell.rows[:4])

    taught(journey)
    assert kept.with_name("progress.json.damaged").read_text() == "{"
    assert read(kept)["step"] == "hello"


def test_progress_that_cannot_be_kept_is_told_once(kept):
    kept.parent.parent.mkdir()
    kept.parent.write_text("no folder")

    async def journey(shell):
        await type_in(shell, "HELO lancs.uk")
        assert sum("The progress cannot be kept" in row for row in shell.rows) == 1

    taught(journey)


# The map.


def test_the_map_says_in_words_and_signs_what_is_done(kept):
    one = learner(step="close", marks={"hello": "done", "letter": "helped"})
    progress.save(str(kept), progress.Kept({"tea": one}))
    assert drawn(View()) == [
        "1  tea  A cup of tea",
        "   [x] done    hello             Say hello",
        "   [h] helped  letter            The letter",
        "   [>] here    close             The close",
        "2  toast  Some toast",
        "   [ ] open    hello             Say hello",
        "   [ ] open    letter            The letter",
        "   [ ] open    close             The close",
        "1 of 6 steps done, 1 with help.",
    ]
    assert drawn(View(words=True))[2] == "   helped:  letter            The letter"
    assert "\x1b" in drawn(View(theme=ANSI16))[3]


def test_the_map_stands_in_the_shell_and_on_the_command_line(kept, capsys):
    assert cli.main(["learn", "--list"]) == 0
    assert capsys.readouterr().out.splitlines()[0] == "1  tea  A cup of tea"
    assert not kept.exists()

    async def journey(shell):
        assert "   [>] here    hello             Say hello" in await type_in(shell, ":lessons")

    taught(journey)


# Without a screen.


def piped(kept, *lines, options=(), lesson="tea.md"):
    """What `mailshell learn` prints for lines on standard input, and its exit status."""
    command = [sys.executable, "-m", "mailshell", "learn", lesson, *options]
    env = environment(XDG_DATA_HOME=str(kept.parents[1]))
    text = "".join(f"{line}\n" for line in lines)
    done = subprocess.run(command, cwd=ROOT, env=env, input=text, capture_output=True, text=True, timeout=60)
    return done.stdout.splitlines(), done.stderr, done.returncode


def test_a_script_that_passes_the_lesson(kept, lessons):
    out, err, status = piped(kept, *SOLVED, lesson=str(lessons / "tea.md"))
    assert (status, err) == (0, "")
    at = out.index("C: HELO lancs.uk␍␊                         hello, without extensions")
    assert out[at + 3 : at + 6] == [
        "   [x] The server knows the client as lancs.uk.",
        "== passed: Say hello",
        "   Each side knows the name of the other.",
    ]
    assert "   [ ] Bob's mailbox holds one message more." in out
    assert not kept.exists()


def test_a_script_that_does_not_pass_it(kept, lessons):
    out, err, status = piped(kept, "HELO", ":undo", ":check", ":quit", lesson=str(lessons / "tea.md"))
    assert (status, err) == (4, "mailshell: the lesson is not passed: step 1/3 Say hello is open.\n")
    assert "== The command wants one more word after it." in out
    assert "     session.hello is empty, wanted lancs.uk." in out


def test_in_words_nothing_is_said_by_signs(kept, lessons):
    out, _, status = piped(kept, *SOLVED, options=["--plain"], lesson=str(lessons / "tea.md"))
    assert status == 0
    assert "step 1/3: Say hello." in out
    assert "   goal open: The server knows the client as lancs.uk." in out
    assert "   goal reached: The server knows the client as lancs.uk." in out
    assert not any("[x]" in line or line.startswith("--") for line in out)


def test_a_broken_goal_and_free_play_are_told_in_lines(kept, lessons):
    carol = ["HELO lancs.uk", "\x1dfree", ".", ":free", "\x1ddrop", "", "HELO lancs.uk"]
    letter = ["MAIL FROM:<alice@lancs.uk>", "RCPT TO:<carol@nyu.edu>", "DATA", "x", ".", ":undo"]
    out, _, status = piped(kept, *carol[:4], "\x1dagain", lesson=str(lessons / "tea.md"))
    assert status == 4
    assert "== Back in the lesson. Everything is as it was before." in out
    assert "== The step begins again: The letter" in out
    out, _, _ = piped(
        kept, "HELO lancs.uk", "a", "\x1dgoto 2", '\x1draw "x\\r\\n.\\r\\n"', *letter, lesson=str(lessons / "tea.md")
    )
    assert "   [!] Carol gets nothing." in out


def test_an_empty_line_of_a_script_opens_the_connection_again(kept, lessons):
    lines = ["", "HELO lancs.uk", "MAIL FROM:<alice@lancs.uk>"]
    out, _, _ = piped(kept, "HELO lancs.uk", "Lunch?", ".", ":drop", *lines, lesson=str(lessons / "tea.md"))
    assert out.count("S: 220 nyu.edu ESMTP mailshell␍␊           220 service ready") == 2
    assert "S: 250 2.1.0 Sender ok␍␊                   250 return path accepted" in out[-6:]


def test_ctrl_c_interrupts_a_script(kept, lessons):
    command = [sys.executable, "-m", "mailshell", "learn", str(lessons / "tea.md")]
    env = environment(XDG_DATA_HOME=str(kept.parents[1]))
    child = subprocess.Popen(command, cwd=ROOT, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert child.stdout is not None
    assert child.stdin is not None
    assert child.stdout.readline().startswith(b"-- lesson tea: A cup of tea")
    while not child.stdout.readline().startswith(b"== A number predicts"):
        pass
    child.send_signal(signal.SIGINT)
    assert child.wait(20) == 130
    child.stdin.close()
    child.stdout.close()


@pytest.mark.parametrize("term", ["dumb", "xterm-256color"])
def test_a_stranger_in_a_terminal(kept, lessons, term):
    """From nothing to the first step, away, and back; on a terminal that cannot be redrawn, too."""
    more = {"XDG_DATA_HOME": str(kept.parents[1]), "XDG_STATE_HOME": str(kept.parents[1]), "TERM": term}
    with Terminal("learn", str(lessons / "tea.md"), "--seed", "0", **more) as terminal:
        terminal.until("== A number predicts; the server answers when you send the line.")
        terminal.press("1\rHELO lancs.uk\r")
        terminal.until("== passed: Say hello", "== That was done for you. 2 lines are left.")
        terminal.press("\x1dquit\r")
        assert terminal.end() == 0
        assert any(row.endswith("mailshell learn goes on here: step 2/3 The letter.") for row in terminal.rows)
    with Terminal("learn", str(lessons / "tea.md"), **more) as terminal:
        terminal.until("== That was done for you. 2 lines are left.")
        assert "C: HELO lancs.uk␍␊" in terminal.rows


@pytest.mark.parametrize("options", [[], ["--plain"]])
def test_one_comes_from_practice_to_a_lesson(kept, options):
    more = {"XDG_DATA_HOME": str(kept.parents[1]), "XDG_STATE_HOME": str(kept.parents[1]), "TERM": "xterm-256color"}
    with Terminal(*options, **more) as terminal:
        terminal.until("220 nyu.edu")
        terminal.press(":learn 2\r")
        terminal.until("lesson 2/")
        terminal.press(":quit\r")
        assert terminal.end() == 0


# Prose.


def test_marks_are_colours_and_stars_go():
    view = View(theme=ANSI16, width=60)
    (line,) = paragraph("The client is **lancs.uk**, and `HELO` says *so*.", view)
    assert line == "   The client is \x1b[96mlancs.uk\x1b[0m, and \x1b[96m`HELO`\x1b[0m says \x1b[96mso\x1b[0m."
    assert bare("2 * 3 ** 4 is `a * b * c`, **bold**") == "2 * 3 ** 4 is `a * b * c`, bold"


def test_paragraphs_items_and_lines_as_they_are():
    blocks = [
        Block("text", "One {name}."),
        Block("item", "a"),
        Block("item", "b"),
        Block("code", "C:  x\n  y"),
        Block("text", "z"),
    ]
    assert prose(blocks, lambda text: text.replace("{name}", "two"), View()) == [
        *("   One two.", "", "   - a", "   - b", "", "     C:  x", "       y", "", "   z")
    ]


def test_no_terminal_obeys_a_lesson():
    blocks = [Block("text", "a\x1b[2Jb \x07"), Block("code", "\x1b[2J")]
    assert not any("\x1b" in line or "\x07" in line for line in prose(blocks, str, View()))


def test_long_prose_is_wrapped_and_no_word_is_lost():
    text = "one **two three** four, " * 30
    rows = paragraph(text, View(width=40))
    assert all(len(row) <= 40 for row in rows)
    assert " ".join(row.strip() for row in rows) == bare(text).strip()
