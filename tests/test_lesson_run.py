"""A learner in a lesson: goals, feedback, hints, predictions, questions, free play, and ways through the steps."""

import contextlib
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailshell.lesson import load, news, progress, propose, shipped, stage
from mailshell.lesson.check import judge
from mailshell.lesson.expression import Compare, Name, Number, Text, written
from mailshell.lesson.look import Look
from mailshell.lesson.news import Asked, Crashed, Entered, Finished, Passed, Predicted, Returned, Ticked, Told
from mailshell.lesson.parts import Goal
from mailshell.lesson.prove import prove
from mailshell.lesson.run import Learner, Run
from mailshell.lesson.schema import schema
from mailshell.world.play import Hands, local, wait
from mailshell.world.seat import SeatError

FIRST = shipped.load(str(Path(__file__).parent / "lessons" / "good" / "conversation.md"))

TRIP = """\
+++
format = 1
id = "trip"
title = "A message on its way"
host = "lancs.uk"
needs = ["queue", "HELO", "MAIL", "RCPT", "DATA", "USER", "PASS", "DELE", "QUIT", "NOOP"]

[world]
faults = ["queue-full nyu.edu"]

[vary]
count = [1, 2]
+++

Number {count}.

## The letter waits {#queued fade=backward}

### Goals

- [ ] A message waits. `check waits: queue.count == 1 and queue.recipients == [bob@nyu.edu]`
- [ ] Nothing waits at nyu.edu. `keep there: queue["nyu.edu"].count == 0`

### Hints

1. Send it.

### Solution

```session
C: HELO lancs.uk
C: MAIL FROM:<alice@lancs.uk>
C: RCPT TO:<bob@nyu.edu>
C: DATA
C: Subject: Number {count}
C:
C: .
```

It waits in the queue.

## The letter arrives {#arrives fade=backward}

### Predict

- [ ] 0, it is gone
- [ ] 1, it waits

`predict left: queue.count after ":heal", ":wait 30m"`

### Goals

- [ ] It is with Bob. `check there: mailbox["nyu.edu/bob"].subjects contains "Number {count}"`
- [ ] Time has passed. `check late: clock.elapsed >= 30 and queue.count == 0 and count(faults) == 0`

### Feedback

- `when full: last.local contains ":wait" and faults contains queue-full` The server at nyu.edu is full still.

### Hints

1. Heal it.

### Solution

```session
> :heal
> :wait 30m
```

It has arrived.

### Tests

```session expects=full
> :wait 1h
```

## Bob deletes a message {#delete}

Look at this conversation.

```session given
S2(pop3@nyu.edu): +OK…
C2: USER bob
C2: PASS hungry
```

### Goals

- [ ] Message 1 is marked. `check marked: 1 in drop.marked and session.user == bob and link.2.drop.open`
- [ ] It is there still. `keep three: mailbox["nyu.edu/bob"].count == 3 and mailbox["nyu.edu/bob"].octets > 1410`

### Hints

1. DELE.

### Solution

```session
C2: DELE 1
S2: +OK…
```

It is marked, and nothing is gone.

## What was wrong? {#diagnose}

```session given
C2: DELE 9
```

### Goals

- [ ] Nothing is done. `keep open: session.open`

### Quiz

Why has the server refused it? {#why}

- [ ] It is full.
  > No.
- [x] There is no message 9.
  > Right: it has three messages.

Is message 1 gone? {#gone}

- [x] No.
  > Not before QUIT.
- [ ] Yes.
  > Not before QUIT.
"""


def seated(lesson, learner=None, hands=None):
    seat = stage.seat(lesson)
    return seat, Run(lesson, seat, learner, hands)


def said(seat, run, *lines):
    """What is new after some lines."""
    news = []
    for line in lines:
        if line.startswith(":wait "):
            wait(seat, line.removeprefix(":wait "))
        else:
            seat.send(line.encode() + b"\r\n")
        news += run.look()
    return news


def kinds(news):
    return [type(one).__name__ for one in news]


def test_from_start_to_end():
    seat, run = seated(FIRST)
    assert run.over
    assert kinds(run.start()) == ["Entered"]
    assert (run.place, run.step.id, run.over) == (0, "hello", False)
    assert run.text(run.goals[0].goal.says) == "The server knows the client as lancs.uk."
    assert run.goals[0].word == "unmet"
    assert run.look() == []
    assert kinds(said(seat, run, "HELO lancs.uk")) == ["Ticked", "Passed", "Entered"]
    assert kinds(said(seat, run, "MAIL FROM:<alice@lancs.uk>")) == ["Ticked", "Passed", "Entered"]
    news = said(seat, run, "RCPT TO:<bob@nyu.edu>")
    assert news[1] == Told("only-bob", "Bob is on the envelope. Now try dave.")
    news = said(seat, run, "RCPT TO:<dave@nyu.edu>")
    assert kinds(news) == ["Ticked", "Passed", "Entered"]
    assert [item.text for item in news[-1].given] == ["DATA", "354…"]
    assert news[-1].left == 4
    news = said(seat, run, "Subject: Tea", "", "At four?", ".")
    assert kinds(news) == ["Ticked", "Ticked", "Asked"]
    assert run.quiz is not None
    chosen, news = run.answer("quiz", 0)
    assert (chosen.right, news) == (False, [])
    chosen, news = run.answer("quiz", 1)
    assert chosen.right
    assert kinds(news) == ["Passed", "Entered"]
    news = said(seat, run, "QUIT")
    assert kinds(news) == ["Ticked", "Passed", "Finished"]
    assert run.over
    assert run.place == 5
    assert run.step.id == "close"
    assert set(run.learner.marks.values()) == {"done"}
    assert run.look() == []
    assert run.onward() == []


def test_feedback_is_for_what_is_new():
    seat, run = seated(FIRST)
    run.start()
    assert kinds(said(seat, run, "HELO")) == ["Told"]
    assert said(seat, run, "NOOP") == []
    seat.undo()
    assert run.look() == []
    seat.redo()
    assert run.look() == []


def test_a_goal_that_breaks_is_unticked():
    seat, run = seated(FIRST)
    run.goto("sender")
    assert [one.word for one in run.goals] == ["unmet", "met"]
    seat.send(b"MAIL FROM:<bob@nyu.edu>\r\nRCPT TO:<bob@nyu.edu>\r\n")
    news = run.look()
    assert news[0] == Ticked(run.step.goals[1], False)
    assert [one.word for one in run.goals] == ["unmet", "broken"]
    assert run.why()[1] == (
        "Nobody is named as recipient yet.",
        ("count(envelope.recipients) is 1, wanted 0.",),
    )
    seat.undo()
    assert run.look() == [Ticked(run.step.goals[1], True)]


def test_hints_come_one_by_one():
    _, run = seated(FIRST, Learner(FIRST.id, seed=1))
    run.start()
    assert run.hints() == []
    shown = [run.hint() for _ in range(4)]
    assert shown[2] == shown[3] == "A client on the computer farm.test would say `HELO farm.test`."
    assert run.hints() == shown[:3]
    assert run.learner.hints == {"hello": 3}
    assert run.values["computer"] == "books.test"


def test_a_step_without_hints_gives_none():
    lesson = load.read(TRIP.encode())
    _, run = seated(lesson)
    run.goto("diagnose")
    assert run.hint() is None


def test_predictions_are_answered_by_the_server():
    seat, run = seated(FIRST)
    run.start()
    assert run.prediction.name == "hello"
    run.predict("hello", 1)
    assert run.prediction is None
    assert said(seat, run, "NOOP") == []
    news = said(seat, run, "helo LANCS.uk ")
    assert news[0].chosen.value == "220"
    assert news[0].right.answer == "250 means that the server has done what was asked."
    assert news[0].came == "250"


def test_a_prediction_that_nobody_made_is_over_when_the_line_was_sent():
    seat, run = seated(FIRST)
    run.goto("recipient")
    assert run.prediction is not None
    assert not any(isinstance(one, Predicted) for one in said(seat, run, "RCPT TO:<dave@nyu.edu>"))
    assert run.prediction is None
    run.reset()
    assert run.prediction is not None


def test_a_prediction_about_a_local_command():
    lesson = load.read(TRIP.encode())
    seat, run = seated(lesson)
    run.goto("arrives")
    run.predict("left", 1)
    seat.heal("all")
    assert not any(isinstance(one, Predicted) for one in run.look())
    news = said(seat, run, ":wait 30m")
    assert news[0].right.says == "0, it is gone"


def test_goto_builds_the_state_and_marks_it_helped():
    seat, run = seated(FIRST)
    run.start()
    said(seat, run, "HELO lancs.uk")
    news = run.goto("recipient")
    assert kinds(news) == ["Entered"]
    assert run.learner.marks == {"hello": "done", "sender": "helped"}
    assert said(seat, run, "RCPT TO:<dave@nyu.edu>", "RCPT TO:<bob@nyu.edu>")[-1].step.id == "letter"
    with pytest.raises(SeatError, match=r"no step nowhere. There are: hello, sender"):
        run.goto("nowhere")


def test_a_learner_goes_on_where_it_was():
    learner = Learner(FIRST.id, 2, "sender", {"hello": "done"})
    seat, run = seated(FIRST, learner)
    assert run.start()[0].step.id == "sender"
    assert run.learner.marks == {"hello": "done"}
    assert seat.link.session.phase.name == "READY"
    assert said(seat, run, "MAIL FROM:<noor@lab.test>")[1].step.id == "sender"


def test_a_step_that_is_gone_begins_the_lesson():
    _, run = seated(FIRST, Learner(FIRST.id, step="gone"))
    assert run.start()[0].step.id == "hello"


def test_steps_that_are_done_complete_themselves():
    text = TRIP.replace('host = "lancs.uk"', 'host = "nyu.edu"')
    lesson = FIRST._replace(steps=(FIRST.steps[0], FIRST.steps[0]._replace(id="again"), *FIRST.steps[1:]))
    seat, run = seated(lesson)
    run.start()
    news = said(seat, run, "HELO lancs.uk")
    assert kinds(news) == ["Ticked", "Passed", "Entered", "Passed", "Entered"]
    assert [one.already for one in news if isinstance(one, Passed)] == [False, True]
    assert run.learner.marks == {"hello": "done", "again": "done"}
    assert text


def test_who_asks_for_the_solution_passes_with_help():
    seat, run = seated(FIRST)
    run.start()
    assert [item.text for item in run.solution() if item.what == "send"] == ["HELO lancs.uk"]
    assert said(seat, run, "HELO lancs.uk")[1].mark == "helped"
    assert said(seat, run, "MAIL FROM:<alice@lancs.uk>")[1].mark == "done"


def test_reset_goes_to_the_start_of_the_step():
    seat, run = seated(FIRST)
    run.goto("letter")
    start = seat.history.now
    said(seat, run, "x", ".")
    run.reset()
    assert seat.history.now is start
    assert run.look() == []
    assert [one.met for one in run.goals] == [False, False]
    assert kinds(said(seat, run, "Subject: x", "", ".")) == ["Ticked", "Ticked", "Asked"]
    run.reset()
    assert run.quiz is None


def test_free_play_and_back():
    seat, run = seated(FIRST)
    run.start()
    run.back()  # nothing to come back from
    here = seat.history.now
    run.leave()
    run.leave()
    assert run.free
    assert said(seat, run, "HELO lancs.uk", "MAIL FROM:<alice@lancs.uk>") == []
    run.back()
    assert not run.free
    assert seat.history.now is here
    assert run.look() == []
    assert kinds(said(seat, run, "HELO lancs.uk")) == ["Ticked", "Passed", "Entered"]


def test_questions_can_be_left():
    seat, run = seated(FIRST)
    run.goto("letter")
    assert run.onward() == []
    said(seat, run, "Subject: Tea", "", ".")
    assert kinds(run.onward()) == ["Passed", "Entered"]


@pytest.mark.parametrize("astray", [["QUIT"], ["MAIL FROM:<x@y.z>"], ["QUIT", "reconnect"], ["undo"]])
def test_the_next_step_begins_where_the_question_was_asked(astray):
    seat, run = seated(FIRST)
    run.goto("letter")
    said(seat, run, "Subject: Tea", "", ".")
    for one in astray:
        do(seat, run, *((one, "") if one in ("undo", "reconnect") else ("send", one)))
    news = run.answer("quiz", 1)[1]
    assert kinds(news) == ["Passed", "Returned", "Entered"]
    assert seat.link.session.phase.name == "READY"


def test_what_changes_no_connection_stays_when_a_question_is_answered():
    seat, run = seated(FIRST)
    run.goto("letter")
    said(seat, run, "Subject: Tea", "", ".", "NOOP")
    before = seat.history.now
    assert kinds(run.answer("quiz", 1)[1]) == ["Passed", "Entered"]
    assert seat.history.holds(before)


def test_a_refused_line_may_have_been_meant_as_an_answer():
    seat, run = seated(FIRST)
    run.goto("letter")
    said(seat, run, "Subject: Tea", "", ".")
    assert said(seat, run, "3") == [Told("unanswered", "The server got this line. A number answers the question.")]
    assert said(seat, run, "NOOP", ":wait 1m") == []


def test_a_solution_without_lines_is_no_help():
    _, run = seated(load.read(TRIP.encode()))
    run.goto("diagnose")
    assert run.solution() == ()
    while run.step.id == "diagnose" and run.quiz is not None:
        quiz = run.quiz
        run.answer(quiz.name, next(at for at, choice in enumerate(quiz.choices) if choice.right))
    assert run.learner.marks["diagnose"] == "done"


def test_several_hosts_links_a_clock_and_faults():
    lesson = load.read(TRIP.encode())
    assert prove(lesson) == []
    lines = []

    seat = stage.seat(lesson)

    def send(octets, words):
        lines.append(words)
        seat.send(octets, words)

    def does(item):
        lines.append(item.text)
        local(seat, item)

    hands = Hands(send, does)
    run = Run(lesson, seat, None, hands)
    first = run.start()[0]
    assert isinstance(first, Entered)
    assert [item.text for item in first.given] == [
        "HELO lancs.uk",
        "MAIL FROM:<alice@lancs.uk>",
        "RCPT TO:<bob@nyu.edu>",
        "DATA",
    ]
    assert (first.left, lines[-1]) == (3, "DATA")
    news = said(seat, run, "Subject: Number 1", "", ".")
    assert kinds(news) == ["Ticked", "Passed", "Entered"]
    assert news[-1].given == ()  # the second step of its kind gives one part less
    assert kinds(said(seat, run, ":wait 1h")) == ["Told"]
    seat.heal("all")
    assert run.look() == []
    news = said(seat, run, ":wait 30m")
    assert kinds(news) == ["Ticked", "Ticked", "Passed", "Entered"]
    assert run.step.id == "delete"
    assert [block.text for block in run.step.says] == ["Look at this conversation."]
    assert lines[-2:] == ["USER bob", "PASS hungry"]
    news = said(seat, run, "DELE 1")
    assert kinds(news) == ["Ticked", "Passed", "Entered", "Asked"]
    assert run.look() == []
    assert run.answer("why", 1)[1] == [Asked(run.step.quizzes[1])]
    assert kinds(run.answer("gone", 0)[1]) == ["Passed", "Finished"]


def test_a_crash_in_a_check_is_ours():
    broken = Goal("broken", "check", "It breaks.", Name(("no", "such", "name")))
    lesson = FIRST._replace(steps=(FIRST.steps[0]._replace(goals=(broken,)),))
    seat, run = seated(lesson)
    run.start()
    assert run.goals[0].word == "unmet"
    news = said(seat, run, "HELO lancs.uk")
    assert kinds(news) == ["Crashed"]
    assert news[0].says.startswith("A check of this lesson has failed: KeyError")
    assert run.why()[0][1] == ("This is a mistake of mailshell or of the lesson, not yours.",)
    assert any("A check of this lesson has failed" in one.says for one in prove(lesson))


def test_a_crash_in_a_prediction_is_ours():
    step = FIRST.steps[0]
    broken = step.predictions[0]._replace(what=Name(("no", "such", "name")))
    seat, run = seated(FIRST._replace(steps=(step._replace(predictions=(broken,)), *FIRST.steps[1:])))
    run.start()
    assert kinds(said(seat, run, "HELO lancs.uk")) == ["Crashed"]


def test_a_lesson_that_cannot_be_played_says_so():
    bad = TRIP.replace("C: HELO lancs.uk\n", "C2(gopher@nyu.edu): HELO lancs.uk\n").replace(" fade=backward", "")
    lesson = load.read(bad.encode())
    _, run = seated(lesson)
    run.start()
    news = run.goto("arrives")
    assert "The solution of the step queued cannot be played" in news[0].says
    given = load.read(TRIP.replace("S2(pop3@nyu.edu): +OK…", "S2(gopher@nyu.edu): +OK…").encode())
    _, run = seated(given)
    news = run.goto("delete")
    assert kinds(news) == ["Entered", "Crashed"]
    faded = load.read(TRIP.replace("C: HELO lancs.uk\n", "C2(gopher@nyu.edu): HELO lancs.uk\n").encode())
    _, run = seated(faded)
    assert kinds(run.start()) == ["Entered", "Crashed"]
    assert any("gopher is no protocol" in one.says for one in prove(faded))
    assert any("gopher is no protocol" in one.says for one in prove(given))


# The look at the state.


def asked(look, *parts):
    from mailshell.lesson.schema import Part

    entry, keys = schema().find([Part(part) for part in parts])
    return entry.read(look, tuple(parts[key] for key in keys))


def test_every_name_has_a_value_of_its_sort_before_and_after():
    sorts = {"text": str, "number": int, "flag": bool, "texts": tuple, "numbers": tuple}
    lesson = load.read(TRIP.encode())
    seat, run = seated(lesson)
    empty = Look(seat, "lancs.uk", seat.history.now)
    run.goto("diagnose")
    full = Look(seat, "lancs.uk")
    for entry in schema().entries:
        count = entry.path.count("*")
        for look in (empty, full):
            keyed = {"mailbox": "nyu.edu/bob", "queue": "lancs.uk", "link": "2"}.get(entry.path[0], "")
            keys = () if not count else (keyed,) if count == 1 else (keyed, "subject")
            found = entry.read(look, keys)
            assert type(found) is sorts[entry.sort], entry
            other = tuple({"nyu.edu/bob": "nyu.edu/nobody", "2": "x"}.get(key, key) for key in keys)
            assert type(entry.read(look, other)) is sorts[entry.sort], entry


def test_what_was_said():
    seat = stage.seat(FIRST)
    start = seat.history.now
    seat.send(b"EHLO lancs.uk\r\n")
    seat.send(b"FROM: x\r\n")
    look = Look(seat, "nyu.edu", start)
    assert asked(look, "last", "verb") == "FROM:"
    assert asked(look, "last", "code") == 500
    assert asked(look, "last", "enhanced").startswith("5.")
    assert asked(look, "last", "verdict") == "refused"
    assert asked(look, "last", "why")
    assert (asked(look, "last", "before"), asked(look, "last", "after")) == ("ready", "ready")
    assert asked(look, "transcript", "statuses") == ("250", "500")
    assert asked(look, "transcript", "verbs") == ("EHLO", "FROM:")
    assert asked(look, "session", "extended") is True
    assert "250-PIPELINING" in asked(look, "last", "text") or asked(look, "transcript", "count") == 2
    seat.undo()
    seat.undo()
    assert asked(Look(seat, "nyu.edu", start), "transcript", "count") == 0
    seat.send(b"NOOP\r\n")
    gone = seat.history.now
    seat.undo()
    seat.send(b"RSET\r\n")
    assert asked(Look(seat, "nyu.edu", gone), "transcript", "verbs") == ("RSET",)


def test_letters():
    seat = stage.seat(FIRST)
    seat.send(b"HELO x\r\nMAIL FROM:<>\r\n")
    assert asked(Look(seat, "nyu.edu"), "envelope", "sender") == "<>"
    seat.send(b"RCPT TO:<bob@nyu.edu>\r\nDATA\r\nSubject: Tea\r\n\r\nAt four?\r\n.\r\n")
    look = Look(seat, "nyu.edu")
    assert asked(look, "mailbox", "bob", "newest", "sender") == "<>"
    assert asked(look, "mailbox", "bob", "newest", "text") == "At four?\n"
    assert asked(look, "mailbox", "bob", "newest", "hops") == 1
    assert asked(look, "mailbox", "bob", "subjects")[-1] == "Tea"
    assert asked(look, "mailbox", "bob", "newest", "header", "none") == ""
    assert asked(look, "mailbox", "nyu.edu/bob/Sent", "count") == 0


def test_judging_changes_nothing():
    seat = stage.seat(FIRST)
    head, now = seat.world.store.head, seat.history.now
    judge(FIRST.steps[3], Look(seat, "nyu.edu"), FIRST.values(0))
    assert (seat.world.store.head, seat.history.now) == (head, now)


# Goals proposed from what has changed.


def test_goals_are_proposed_from_what_has_changed():
    seat = stage.seat(FIRST)
    before = propose.state(Look(seat, "nyu.edu"))
    assert propose.propose(before, before) == []
    seat.send(b"HELO lancs.uk\r\n")
    seat.send(b"MAIL FROM:<alice@lancs.uk>\r\n")
    seat.send(b"RCPT TO:<bob@nyu.edu>\r\n")
    middle = propose.state(Look(seat, "nyu.edu"))
    found = {one.name: f"{one.kind} {written(one.when)}" for one in propose.propose(before, middle)}
    assert found["session-hello"] == 'check session.hello == "lancs.uk"'
    assert found["session-greeted"] == "check session.greeted"
    assert found["envelope-recipients"] == 'check envelope.recipients == ["bob@nyu.edu"]'
    seat.send(b"DATA\r\n")
    seat.send(b'Subject: a "b"\r\n\r\n.\r\nQUIT\r\n')
    after = propose.state(Look(seat, "nyu.edu"))
    proposals = propose.propose(middle, after)
    found = {one.name: f"{one.kind} {written(one.when)}" for one in proposals}
    assert found["mailbox-count-bob"] == "check mailbox.bob.count == 3"
    assert found["mailbox-count-carol"] == "keep mailbox.carol.count == 0"
    assert found["session-open"] == "check not session.open"
    assert found["envelope-recipients"] == "check count(envelope.recipients) == 0"
    assert not any('a "b"' in one for one in found.values())
    names = [one.name for one in proposals]
    assert len(names) == len(set(names))


def test_names_of_proposals_differ():
    long = "x" * 60
    one, other = (Name(("mailbox", "*", "count"), (Text(f"{long}{end}"),)) for end in "ab")
    found = propose.propose({one: ("number", 0), other: ("number", 0)}, {one: ("number", 1), other: ("number", 1)})
    assert [proposal.when for proposal in found] == [Compare("==", one, Number(1)), Compare("==", other, Number(1))]
    assert found[0].name != found[1].name


# What is kept.


def test_progress_is_kept(tmp_path):
    path = str(tmp_path / "data" / "progress.json")
    assert progress.load(path) == progress.Kept()
    learner = Learner("a", 3, "two", {"one": "done", "zero": "helped"}, {"one": 2}, {"two/x": 1}, {"one/quiz": (0, 1)})
    progress.save(path, progress.Kept().put(learner))
    progress.save(path, progress.load(path).put(Learner("b")))
    kept = progress.load(path)
    assert (kept.learner("a"), kept.learner("b"), kept.learner("c")) == (learner, Learner("b"), None)
    assert [one.name for one in (tmp_path / "data").iterdir()] == ["progress.json"]


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", '{"format": 2, "lessons": {}}', '{"format": 1}', "\xff", "[" * 100_000],
)
def test_a_damaged_file_is_kept_aside(tmp_path, text):
    path = tmp_path / "progress.json"
    path.write_bytes(text.encode("latin-1"))
    kept = progress.load(str(path))
    assert not kept.learners
    assert kept.complaint == f"The progress in {path} is damaged in part or whole. It is kept as {path}.damaged."
    assert Path(f"{path}.damaged").read_bytes() == text.encode("latin-1")


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("step", 1),
        ("seed", -1),
        ("seed", True),
        ("marks", {"one": "perfect"}),
        ("marks", []),
        ("hints", {"one": "two"}),
        ("answers", {"one": 1}),
        ("answers", {"one": [None]}),
        ("predictions", None),
    ],
)
def test_of_a_file_that_is_damaged_in_part_the_rest_is_read(tmp_path, key, value):
    path = tmp_path / "progress.json"
    progress.save(str(path), progress.Kept().put(Learner("a")).put(Learner("b")))
    tree = json.loads(path.read_text(encoding="utf-8"))
    tree["lessons"]["a"][key] = value
    path.write_text(json.dumps(tree), encoding="utf-8")
    kept = progress.load(str(path))
    assert set(kept.learners) == {"b"}
    assert "damaged in part or whole" in kept.complaint
    tree["lessons"]["a"] = None
    path.write_text(json.dumps(tree), encoding="utf-8")
    assert set(progress.load(str(path)).learners) == {"b"}


def test_a_file_that_cannot_be_read_or_written(tmp_path, monkeypatch):
    assert "cannot be read" in progress.load(str(tmp_path)).complaint
    path = tmp_path / "progress.json"
    progress.save(str(path), progress.Kept().put(Learner("a")))

    def full(handle):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        progress.save(str(path), progress.Kept())
    assert [one.name for one in tmp_path.iterdir()] == ["progress.json"]
    assert progress.load(str(path)).learner("a") is not None
    path.write_text("{", encoding="utf-8")
    Path(f"{path}.damaged").mkdir()
    assert "no copy is kept" in progress.load(str(path)).complaint


def test_the_names_of_news():
    named = {Entered, Ticked, Told, Predicted, Asked, Passed, Returned, Finished, Crashed}
    assert set(news.News.__args__) == named


# Whatever a learner does, in whatever order.

LINES = [
    *("HELO lancs.uk", "EHLO x", "MAIL FROM:<alice@lancs.uk>", "MAIL FROM:<x@y.z>", "RCPT TO:<bob@nyu.edu>", "DATA"),
    *("RCPT TO:<dave@nyu.edu>", "Subject: x", "", ".", "QUIT", "RSET", "\x00\xff", "NOOP"),
]
ACTS = st.one_of(
    st.sampled_from(LINES).map(lambda line: ("send", line)),
    st.sampled_from(
        ["undo", "redo", "reset", "leave", "back", "onward", "solution", "hint", "why", "reconnect", "wait"]
    ).map(lambda act: (act, "")),
    st.sampled_from([step.id for step in FIRST.steps]).map(lambda id: ("goto", id)),
    st.integers(0, 2).map(lambda number: ("choose", number)),
)


def do(seat, run, act, what):
    """One act, and what is new then."""
    if act == "send":
        seat.send(what.encode("latin-1") + b"\r\n")
    elif act in ("undo", "redo"):
        with contextlib.suppress(SeatError):
            getattr(seat, act)()
    elif act == "reconnect":
        seat.connect("nyu.edu", "smtp", 1)
    elif act == "wait":
        wait(seat, "1m")
    elif act == "goto":
        return [*run.goto(what), *run.look()]
    elif act == "choose":
        if run.prediction is not None:
            run.predict(run.prediction.name, what)
        if run.quiz is not None:
            return run.answer(run.quiz.name, what)[1]
    else:
        found = getattr(run, act)()
        return [*(found if act == "onward" else []), *run.look()]
    return run.look()


@given(st.lists(ACTS, max_size=40))
def test_any_acts_in_any_order(acts):
    seat, run = seated(FIRST)
    news = run.start()
    marks = set(run.learner.marks)
    for act, what in acts:
        news += do(seat, run, act, what)
        assert marks <= set(run.learner.marks)
        marks = set(run.learner.marks)
        assert not any(isinstance(one, Crashed) for one in news)
        if not run.over and not run.free:
            judged = run.goals
            assert run.look() == []
            assert run.goals == judged
