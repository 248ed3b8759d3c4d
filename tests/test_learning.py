"""A lesson as a learner meets it in the shell: the task, the goals above the prompt, help, wrong turns."""

import pytest

from mailshell.shell.board import Board
from mailshell.shell.text import width
from tests.lessons import board, kept, lessons, read, taught, type_in

__all__ = ["kept", "lessons"]

pytestmark = pytest.mark.usefixtures("kept", "lessons")


# A lesson from its start to its end.


def test_a_lesson_begins_with_its_words_the_greeting_the_task_and_the_goals():
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


def test_a_goal_ticks_a_step_is_passed_and_the_lesson_is_over(kept):
    async def journey(shell):
        shown = await type_in(shell, "HELO lancs.uk")
        assert "== passed: Say hello" in shown
        assert "   Each side knows the name of the other." in shown
        assert read(kept)["marks"] == {"hello": "done"}
        assert shell.rows[-7] == "== That was done for you. 2 lines are left."
        assert board(shell)[1:] == [
            "[ ] Bob's mailbox holds one message more.",
            "[x] Carol gets nothing.",
            "[ ] A question is answered.",
        ]
        await type_in(shell, "Lunch?")
        shown = await type_in(shell, ".")
        assert "   Who answers for the message?" in shown
        assert "[x] Bob's mailbox holds one message more." in board(shell)
        assert await type_in(shell, "1") == ["smtp nyu.edu> 1", "== 1 is not right. The client may forget it."]
        shown = await type_in(shell, "2")
        assert shown[1:4] == [
            "== 2 is right. It has said 250.",
            "== passed: The letter",
            "   The server answers for the message now.",
        ]
        shown = await type_in(shell, "QUIT")
        assert "== The lesson is over. Its 3 steps are passed." in shown
        assert "== :next goes on to lesson 2/2, Some toast." in shown
        assert board(shell) == ["lesson 1/2 · A cup of tea · passed"]
        assert read(kept)["marks"] == dict.fromkeys(["hello", "letter", "close"], "done")
        assert read(kept)["step"] == ""
        shell.press(":next\r")
        await shell.when(lambda: shell.app.meta.then == "toast")

    taught(journey)


def test_a_prediction_is_answered_by_the_server():
    async def journey(shell):
        assert await type_in(shell, "2") == ["smtp nyu.edu> 2", "== Your prediction: 354, go on. Now send the line."]
        assert "answers" not in shell.toolbar
        shown = " ".join(row.strip() for row in await type_in(shell, "HELO lancs.uk"))
        assert "You predicted: 354, go on. What came: 250, the server greets the client." in shown
        assert "354 comes later." in shown

    taught(journey)


def test_a_prediction_about_several_lines_says_so(lessons):
    text = (lessons / "tea.md").read_text()
    (lessons / "tea.md").write_text(text.replace('after "HELO {computer}"', 'after "NOOP", "HELO {computer}"'))

    async def journey(shell):
        assert "== A number predicts; the server answers when you send the lines." in shell.rows
        assert (await type_in(shell, "2"))[1].endswith("Now send the lines.")

    taught(journey)


def test_a_number_is_a_line_for_the_server_once_no_question_is_open():
    async def journey(shell):
        assert (await type_in(shell, "3"))[0].startswith("C: 3")
        shell.press("1")
        await shell.until("Enter answers:  250, the server greets the client")
        await shell.type("")
        assert (await type_in(shell, "1"))[0].startswith("C: 1")

    taught(journey)


def test_a_message_line_is_never_an_answer():
    async def journey(shell):
        await type_in(shell, "HELO lancs.uk")
        assert (await type_in(shell, "1"))[0].startswith("C: 1")

    taught(journey)


# Wrong turns.


def test_feedback_comes_once_and_not_after_undo():
    async def journey(shell):
        said = "== The command wants one more word after it."
        assert said in await type_in(shell, "HELO")
        assert said not in await type_in(shell, ":undo")
        assert said not in await type_in(shell, ":redo")

    taught(journey)


def test_undo_takes_a_tick_back_and_the_rows_stay():
    async def journey(shell):
        await type_in(shell, "HELO lancs.uk", "Lunch?", ".")
        before = board(shell)
        assert before[1].startswith("[x]")
        await type_in(shell, ":undo")
        assert board(shell)[1].startswith("[ ]")
        assert len(board(shell)) == len(before)

    taught(journey)


def test_hints_and_what_is_missing(kept):
    async def journey(shell):
        shell.press("\x1b[17~")
        await shell.until("== hint: The command has four letters.")
        shell.press("\x1b[17~")
        await shell.until("== hint: For another computer the line would be `HELO farm.test`.")
        assert read(kept)["hints"] == {"hello": 2}
        shell.press("\x1b[18~")
        rows = await shell.until("== Missing yet:")
        at = rows.index("== Missing yet:")
        assert rows[at + 1] == "   - The server knows the client as lancs.uk."
        assert rows[at + 2] == "     session.hello is empty, wanted lancs.uk."

    taught(journey)


def test_a_solution_that_was_shown_marks_the_step(kept):
    async def journey(shell):
        assert "   C: HELO lancs.uk" in await type_in(shell, ":solution")
        assert "== passed with help: Say hello" in await type_in(shell, "HELO lancs.uk")
        assert read(kept)["marks"] == {"hello": "helped"}

    taught(journey)


def test_goto_plays_the_steps_before_in_short():
    async def journey(shell):
        shown = await type_in(shell, ":goto 3")
        assert shown[1].startswith("-- the steps before this one ---")
        assert "C: HELO lancs.uk␍␊" in shown
        assert shown[-2].startswith("-- step 3/3: The close")
        assert board(shell)[0] == "lesson 1/2 · step 3/3 The close"
        assert "There are: hello, letter, close." in " ".join(await type_in(shell, ":goto nowhere"))

    taught(journey)


def test_the_step_begins_again_and_free_play_leads_back():
    async def journey(shell):
        await type_in(shell, "HELO")
        assert "== The step begins again: Say hello" in await type_in(shell, ":again")
        await type_in(shell, ":free")
        assert board(shell)[0].startswith("free play, :free goes back")
        assert not any("passed" in row for row in await type_in(shell, "HELO lancs.uk"))
        await type_in(shell, ":free")
        assert board(shell) == ["lesson 1/2 · step 1/3 Say hello", "[ ] The server knows the client as lancs.uk."]
        assert "passed: Say hello" in " ".join(await type_in(shell, "HELO lancs.uk"))

    taught(journey)


def test_dropping_the_connection_and_opening_it_again_leaves_the_lesson_on():
    async def journey(shell):
        await type_in(shell, ":drop")
        shell.press("\r")
        await shell.when(lambda: not shell.app.seat.link.closed)
        assert "== passed: Say hello" in await type_in(shell, "HELO lancs.uk")

    taught(journey)


def test_reset_says_that_the_step_begins_later():
    async def journey(shell):
        await type_in(shell, "HELO lancs.uk")
        await shell.type("\x1dreset")
        await shell.until("== The step that you are in begins later: :again goes there.")
        await type_in(shell, ":again")
        assert shell.prompt.startswith("smtp nyu.edu|")

    taught(journey)


def test_a_question_may_be_left_alone():
    async def journey(shell):
        assert "** This step is not passed yet." in (await type_in(shell, "\x1dnext"))[1]
        shown = await type_in(shell, "Lunch?", ".", ":next")
        assert "== passed: The letter" in shown

    taught(journey, asked="tea#letter")


def test_who_quits_while_a_question_is_open_goes_on_with_the_connection():
    async def journey(shell):
        shown = await type_in(shell, "Lunch?", ".", "QUIT", "2")
        assert "== What you did while the question was open is taken back." in shown
        assert shell.toolbar.strip().startswith("SMTP  ready")

    taught(journey, asked="tea#letter")


def test_a_solution_that_begins_with_a_new_connection_says_how_to_open_it(lessons):
    text = (lessons / "tea.md").read_text()
    (lessons / "tea.md").write_text(text + REOPENED)

    async def journey(shell):
        shown = await type_in(shell, "QUIT", ":solution")
        assert shown[1].startswith("== What is left of the solution. Enter alone opens the connection.")
        shell.press("\r")
        await shell.when(lambda: not shell.app.seat.link.closed)
        assert "== What is left of the solution. You type:" in await type_in(shell, ":solution")

    taught(journey, asked="tea#close")


REOPENED = """
## Once more {#more}

Say hello again.

### Goals

- [ ] The server knows the client. `check named: session.greeted and session.open`

### Solution

```session
C(smtp@nyu.edu): HELO {computer}
```
"""


def test_a_step_of_questions_alone_says_what_helps(lessons):
    text = (lessons / "tea.md").read_text()
    (lessons / "tea.md").write_text(text + QUESTION)

    async def journey(shell):
        assert "== This step has no hints. A number answers its question." in await type_in(shell, ":hint")
        shown = await type_in(shell, ":solution")
        assert "== This step has nothing to type. A number answers its question." in shown
        assert "== passed: Who waits?" in await type_in(shell, "1")

    taught(journey, asked="tea#who")


QUESTION = """
## Who waits? {#who}

One of them waits for the other.

### Quiz

Who is it?

- [x] The server
  > The client comes to it.
- [ ] The client
  > It opens the connection.
"""


def test_what_is_set_up_without_a_line_for_the_server_is_not_said_to_be_done(lessons):
    text = (lessons / "tea.md").read_text()
    given = "Say goodbye.\n\n```session given\n> :fault queue-full nyu.edu\n```"
    (lessons / "tea.md").write_text(text.replace("Say goodbye.", given))

    async def journey(shell):
        shown = await type_in(shell, "Lunch?", ".", "2")
        assert any(row.startswith("-- step 3/3") for row in shown)
        assert not any("done for you" in row for row in shown)

    taught(journey, asked="tea#letter")


# Where the rows stand.


@pytest.mark.parametrize("columns", [60, 120])
def test_the_rows_follow_the_width_of_the_window(columns):
    async def journey(shell):
        await type_in(shell, "HELO")
        said = "== The command wants one more word after it."
        await shell.resize(columns)
        rows = shell.rows
        assert rows.count("[ ] The server knows the client as lancs.uk.") == 1
        assert rows[rows.index("lesson 1/2 · step 1/3 Say hello") - 1] == said

    taught(journey)


def test_one_row_is_enough_when_the_goals_are_folded():
    async def journey(shell):
        await type_in(shell, ":fold")
        assert board(shell) == ["lesson 1/2 · step 1/3 Say hello [ ]"]
        await type_in(shell, "HELO lancs.uk")
        assert board(shell) == ["lesson 1/2 · step 2/3 The letter [ ][x][ ]"]
        shell.press("\x1b[24~")
        await shell.when(lambda: len(board(shell)) == 4)

    taught(journey)


def test_the_rows_stand_below_the_panes_too():
    async def journey(shell):
        shell.press("\x1b[15~")
        await shell.when(lambda: shell.app.pane.open)
        await shell.settled()
        await type_in(shell, "HELO lancs.uk")
        assert board(shell)[0] == "lesson 1/2 · step 2/3 The letter"
        assert "== passed: Say hello" in shell.rows
        shell.press("\x1b[15~")
        await shell.when(lambda: not shell.app.pane.open)

    taught(journey, rows=40)


def test_the_panes_show_the_task_and_the_question():
    async def journey(shell):
        shell.press("\x1b[15~")
        await shell.when(lambda: shell.app.pane.open)
        await shell.settled()
        assert any(row.startswith("-- step 1/3: Say hello") for row in shell.rows)
        assert "   2  354, go on" in shell.rows
        shell.press("\x1b[15~")
        await shell.when(lambda: not shell.app.pane.open)
        await shell.settled()
        assert "   2  354, go on" not in shell.rows

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
