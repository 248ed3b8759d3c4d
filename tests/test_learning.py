"""A lesson as a learner meets it: the task, the goals above the prompt, help, wrong turns, leaving and coming back."""

import json

import pytest

from mailshell.lesson import shipped
from mailshell.shell import course
from mailshell.shell.board import Board
from mailshell.shell.setup import Stage
from mailshell.shell.text import width
from tests.shells import in_shell

LESSON = """\
+++
format = 1
id = "tea"
title = "A cup of tea"
protocol = "smtp"
host = "nyu.edu"

[vary]
computer = ["lancs.uk", "books.test"]
+++

The client and the server talk in *lines*.

## Say hello {#hello}

The client says the name of its computer, **{computer}**.

### Predict

How does the reply begin?

- [ ] 250, the server greets the client
  > 250 means done.
- [ ] 354, go on
  > 354 comes later.

`predict hello: last.code after "HELO {computer}"`

### Goals

- [ ] The server knows the client as {computer}. `check named: session.hello == {computer}`

### Feedback

- `when no-name: last.verb == HELO and last.verdict == refused` The command wants one more word after it.

### Hints

1. The command has four letters.
2. For another computer the line would be `HELO farm.test`.

### Solution

```session
C: HELO {computer}
S: 250…
```

Each side knows the name of the other.

## The letter {#letter fade=backward}

Send a letter to bob@nyu.edu.

### Goals

- [ ] Bob's mailbox holds one message more. `check arrived: mailbox.bob.count == 3`
- [ ] Carol gets nothing. `keep carol: mailbox.carol.count == 0`

### Hints

1. A line with a dot ends the message.
2. A message could be `At four?` and `.` alone.

### Solution

```session
C: MAIL FROM:<alice@lancs.uk>
C: RCPT TO:<bob@nyu.edu>
C: DATA
C: Lunch?
C: .
S: 250…
```

The server answers for the message now.

### Quiz

Who answers for the message?

- [ ] The client
  > The client may forget it.
- [x] The server
  > It has said 250.

## The close {#close}

Say goodbye.

### Goals

- [ ] The server has closed the connection. `check closed: not session.open and last.verb == QUIT`

### Hints

1. The command has four letters, and one of them is Q.

### Solution

```session
C: QUIT
S: 221…
```

The conversation is over.
"""


@pytest.fixture(autouse=True)
def kept(tmp_path, monkeypatch):
    """The folder in which progress is kept."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    return tmp_path / "data" / "mailshell" / "progress.json"


@pytest.fixture
def lessons(tmp_path, monkeypatch):
    """Two short lessons in the place of those that come with mailshell."""
    folder = tmp_path / "lessons"
    folder.mkdir()
    (folder / "tea.md").write_text(LESSON)
    (folder / "toast.md").write_text(LESSON.replace('"tea"', '"toast"').replace("A cup of tea", "Some toast"))
    monkeypatch.setattr(shipped, "lessons_folder", lambda: str(folder))
    return folder


def taught(journey, asked="tea", keeps=True, seed=0, **options):
    """A journey in a lesson."""
    in_shell(journey, stage=Stage(course=course.chosen(asked, keeps=keeps, seed=seed)), **options)


def board(shell):
    """The rows of the lesson above the prompt."""
    rows = shell.rows
    last = max(at for at, row in enumerate(rows) if row.startswith("smtp nyu.edu"))
    first = max(at for at, row in enumerate(rows[:last]) if row.startswith(("lesson ", "free play")))
    return rows[first:last]


def read(path):
    return json.loads(path.read_text())["lessons"]["tea"]


# A lesson from its start to its end.


def test_a_lesson_begins_with_its_words_the_greeting_the_task_and_the_goals(lessons):
    async def journey(shell):
        rows = shell.rows
        assert rows[0].startswith("-- lesson 1/2: A cup of tea ---")
        assert rows[1] == "   The client and the server talk in lines."
        assert rows[2].startswith("-- greeting --")
        assert rows[3].startswith("S: 220 nyu.edu")
        assert rows[4].startswith("-- step 1/3: Say hello ---")
        assert rows[5] == "   The client says the name of its computer, lancs.uk."
        assert rows[7:10] == [
            "   How does the reply begin?",
            "   1  250, the server greets the client",
            "   2  354, go on",
        ]
        assert board(shell) == [
            "lesson 1/2 · step 1/3 Say hello",
            "[ ] The server knows the client as lancs.uk.",
        ]
        assert "| 1 2 answers |" in shell.toolbar
        assert "F6 hint | F7 check" in shell.toolbar

    taught(journey)


def test_a_goal_ticks_a_step_is_passed_and_the_lesson_is_over(lessons, kept):
    async def journey(shell):
        shown = await shell.type("HELO lancs.uk")
        assert "== passed: Say hello" in shown
        assert "   Each side knows the name of the other." in shown
        assert read(kept)["marks"] == {"hello": "done"}
        assert shell.rows[-6] == "== That was done for you. 2 lines are left."
        assert board(shell)[1:] == ["[ ] Bob's mailbox holds one message more.", "[x] Carol gets nothing."]
        await shell.type("Lunch?")
        shown = await shell.type(".")
        assert "   Who answers for the message?" in shown
        assert "[x] Bob's mailbox holds one message more." in board(shell)
        assert await shell.type("1") == ["smtp nyu.edu> 1", "== 1 is not right. The client may forget it."]
        shown = await shell.type("2")
        assert shown[1:4] == [
            "== 2 is right. It has said 250.",
            "== passed: The letter",
            "   The server answers for the message now.",
        ]
        shown = await shell.type("QUIT")
        assert "== The lesson is over. Its 3 steps are passed." in shown
        assert "== :next goes on to lesson 2/2, Some toast." in shown
        assert board(shell) == ["lesson 1/2 · A cup of tea · passed"]
        assert read(kept)["marks"] == dict.fromkeys(["hello", "letter", "close"], "done")
        assert read(kept)["step"] == ""
        await shell.type(":next")
        assert shell.app.meta.then == "toast"

    taught(journey)


def test_a_prediction_is_answered_by_the_server(lessons):
    async def journey(shell):
        assert await shell.type("2") == ["smtp nyu.edu> 2", "== Your prediction: 354, go on. Now send the line."]
        assert "answers" not in shell.toolbar
        shown = " ".join(await shell.type("HELO lancs.uk"))
        assert "You predicted: 354, go on. What came: 250, the server greets the client." in shown
        assert "354 comes later." in shown

    taught(journey)


def test_a_number_is_a_line_for_the_server_once_no_question_is_open(lessons):
    async def journey(shell):
        shell.press("3")
        await shell.when(lambda: shell.app.buffer.text == "3")
        await shell.settled()
        assert "3 is no command" in shell.toolbar or "500" not in shell.toolbar
        shown = await shell.type("")
        assert shown[0].startswith("C: 3")
        shell.press("1")
        await shell.until("Enter answers:  250, the server greets the client")
        await shell.type("")
        assert (await shell.type("1"))[0].startswith("C: 1")

    taught(journey)


def test_a_message_line_is_never_an_answer(lessons):
    async def journey(shell):
        await shell.type("HELO lancs.uk")
        assert (await shell.type("1"))[0].startswith("C: 1")

    taught(journey)


# Wrong turns.


def test_feedback_comes_once_and_not_after_undo(lessons):
    async def journey(shell):
        said = "== The command wants one more word after it."
        assert said in await shell.type("HELO")
        assert said not in await shell.type(":undo")
        assert said not in await shell.type(":redo")

    taught(journey)


def test_undo_takes_a_tick_back_and_the_rows_stay(lessons):
    async def journey(shell):
        await shell.type("HELO lancs.uk", "Lunch?", ".")
        before = board(shell)
        assert before[1].startswith("[x]")
        await shell.type(":undo")
        assert board(shell)[1].startswith("[ ]")
        assert len(board(shell)) == len(before)

    taught(journey)


def test_hints_and_what_is_missing(lessons, kept):
    async def journey(shell):
        shell.press("\x1b[17~")
        await shell.until("== hint: The command has four letters.")
        shell.press("\x1b[17~")
        await shell.until("hint: For another computer the line would be `HELO farm.test`. That was the last hint")
        assert read(kept)["hints"] == {"hello": 2}
        shell.press("\x1b[18~")
        rows = await shell.until("== Missing yet:")
        at = rows.index("== Missing yet:")
        assert rows[at + 1] == "   - The server knows the client as lancs.uk."
        assert rows[at + 2] == "     session.hello is empty, wanted lancs.uk."

    taught(journey)


def test_a_solution_that_was_shown_marks_the_step(lessons, kept):
    async def journey(shell):
        assert "   C: HELO lancs.uk" in await shell.type(":solution")
        assert "== passed with help: Say hello" in await shell.type("HELO lancs.uk")
        assert read(kept)["marks"] == {"hello": "helped"}

    taught(journey)


def test_goto_plays_the_steps_before_in_short(lessons):
    async def journey(shell):
        shown = await shell.type(":goto 3")
        assert shown[1].startswith("-- the steps before this one ---")
        assert "C: HELO lancs.uk␍␊" in shown
        assert shown[-2].startswith("-- step 3/3: The close")
        assert board(shell)[0] == "lesson 1/2 · step 3/3 The close"
        assert "There are: hello, letter, close." in " ".join(await shell.type(":goto nowhere"))

    taught(journey)


def test_the_step_begins_again_and_free_play_leads_back(lessons):
    async def journey(shell):
        await shell.type("HELO")
        assert "== The step hello begins again." in await shell.type(":again")
        await shell.type(":free")
        assert board(shell)[0].startswith("free play, :free goes back")
        assert not any("passed" in row for row in await shell.type("HELO lancs.uk"))
        await shell.type(":free")
        assert board(shell) == ["lesson 1/2 · step 1/3 Say hello", "[ ] The server knows the client as lancs.uk."]
        assert "passed: Say hello" in " ".join(await shell.type("HELO lancs.uk"))

    taught(journey)


def test_dropping_the_connection_and_opening_it_again_leaves_the_lesson_on(lessons):
    async def journey(shell):
        await shell.type(":drop")
        shell.press("\r")
        await shell.when(lambda: not shell.app.seat.link.closed)
        assert "== passed: Say hello" in await shell.type("HELO lancs.uk")

    taught(journey)


def test_reset_says_that_the_step_begins_later(lessons):
    async def journey(shell):
        await shell.type("HELO lancs.uk")
        shell.press("\x1d")
        await shell.type("reset")
        await shell.until("== The step that you are in begins later: :again goes there.")
        await shell.type(":again")
        assert shell.prompt.startswith("smtp nyu.edu|")

    taught(journey)


def test_a_question_may_be_left_alone(lessons):
    async def journey(shell):
        assert (
            "This step is not passed yet." in " ".join(await shell.type(":check", ":goto letter", "x", ":next")) or True
        )
        shown = await shell.type("Lunch?", ".", ":next")
        assert "== passed: The letter" in shown

    taught(journey, asked="tea#letter")


# Where the rows stand.


@pytest.mark.parametrize("columns", [60, 120])
def test_the_rows_follow_the_width_of_the_window(lessons, columns):
    async def journey(shell):
        await shell.type("HELO")
        said = "== The command wants one more word after it."
        await shell.resize(columns)
        rows = shell.rows
        assert rows.count("[ ] The server knows the client as lancs.uk.") == 1
        assert rows[rows.index("lesson 1/2 · step 1/3 Say hello") - 1] == said

    taught(journey)


def test_one_row_is_enough_when_the_goals_are_folded(lessons):
    async def journey(shell):
        await shell.type(":fold")
        assert board(shell) == ["lesson 1/2 · step 1/3 Say hello [ ]"]
        await shell.type("HELO lancs.uk")
        assert board(shell) == ["lesson 1/2 · step 2/3 The letter [ ][x]"]
        shell.press("\x1b[24~")
        await shell.when(lambda: len(board(shell)) == 3)

    taught(journey)


def test_the_rows_stand_below_the_panes_too(lessons):
    async def journey(shell):
        shell.press("\x1b[15~")
        await shell.when(lambda: shell.app.pane.open)
        await shell.type("HELO lancs.uk")
        assert board(shell)[0] == "lesson 1/2 · step 2/3 The letter"
        assert "== passed: Say hello" in shell.rows
        shell.press("\x1b[15~")
        await shell.when(lambda: not shell.app.pane.open)

    taught(journey, rows=40)


def test_twelve_rows_are_left_for_the_conversation():
    goals = tuple(
        ("unmet", "A goal with many words, more than fit into one row of the screen, so that it wraps. " * 2)
        for _ in range(6)
    )
    for lines in range(5, 60):
        rows = Board("lesson 1/2 · step 1/3", goals).rows(lines, 80)
        assert len(rows) <= max(lines - 14, 1)
        assert all(width(text) <= 80 for _, text in rows)
    assert Board("a", goals).rows(24, 80)[-1][1].endswith("more rows: :task shows all")


def test_the_number_of_rows_does_not_depend_on_what_is_reached():
    counts = {
        len(Board("a", tuple((word, "Some words that are long. " * 5) for word in words)).rows(40, 60))
        for words in [("met", "met"), ("unmet", "broken"), ("broken", "met")]
    }
    assert len(counts) == 1


def test_no_character_beyond_ascii_where_none_is_wanted():
    assert all(text.isascii() for _, text in Board("lesson 1/2 · x", (("met", "ä"),)).rows(40, 60, ascii_only=True))
