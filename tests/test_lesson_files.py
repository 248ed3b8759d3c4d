"""Lesson files: what is read, what is wrong and where, what is proven, the commands for authors."""

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailshell import cli
from mailshell.lesson import load, shipped
from mailshell.lesson.lint import EVERYDAY
from mailshell.lesson.parts import LessonError
from mailshell.lesson.prove import prove
from mailshell.shell import lessons
from mailshell.shell.options import OptionError

FILES = Path(__file__).parent / "lessons"
SHIPPED = shipped.lessons()
NAME = next(iter(SHIPPED))
STARTER = shipped.starter()


def problems(text):
    """What is wrong with a lesson, as sentences with line and column."""
    try:
        lesson = load.read(text if isinstance(text, bytes) else text.encode())
        found, text = tuple(prove(lesson)), lesson.text
    except LessonError as error:
        found, text = error.problems, error.text
    return [f"{place(text, one.offset)}: {one.says}" for one in found]


def place(text, offset):
    assert 0 <= offset <= len(text)
    return f"{text.count(chr(10), 0, offset) + 1}:{offset - text.rfind(chr(10), 0, offset)}"


@pytest.mark.parametrize("path", sorted(FILES.glob("*.md")), ids=lambda path: path.stem)
def test_mistakes_are_shown_with_their_places(path, capsys, update):
    assert cli.main(["lesson", "check", str(path)]) == 1
    shown = capsys.readouterr().out.replace(str(path), path.name)
    golden = path.with_suffix(".shown")
    if update:
        golden.write_text(shown, encoding="utf-8")
    assert shown == golden.read_text(encoding="utf-8")


# Lessons that come with mailshell.


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_lesson_is_proven(name):
    lesson = shipped.load(SHIPPED[name])
    assert prove(lesson) == []
    assert lesson.id == name


def test_what_a_shipped_lesson_needs_an_earlier_one_teaches():
    taught = set(EVERYDAY)
    for path in SHIPPED.values():
        lesson = shipped.load(path)
        assert {word.casefold() for word in lesson.needs} - taught == set(), path
        taught |= {word.casefold() for word in lesson.teaches}


def test_the_starter_is_proven():
    assert problems(STARTER) == []


# One change of a lesson that is right, and what is said of it.


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        ("+++\n#", "---\n#", "1:1: a lesson begins with a line +++"),
        ("\n+++\n\nA client", "\n\nA client", "1:1: a second line +++ is missing"),
        ("format = 1", "format = 2", "3:10: this mailshell reads lessons of format 1, and this one is of format 2."),
        ("format = 1", "format = ", "3:10: invalid value."),
        ("A client says", "A client\x1b[2J says", "18:9: the character U+001B is not printable, and is not read."),
        ("A client says", "A client \u202e says", "18:10: the character U+202E is not printable, and is not read."),
        ('protocol = "smtp"', 'protocol = "smpt"', "Did you mean smtp?"),
        ('host = "nyu.edu"', 'quota = "much"', "quota is a whole number"),
        ("[world]", "[[world]]", "world is a table: write [world] on a line"),
        ('base = "lecture"', 'base = "lectur"', "Did you mean lecture?"),
        ('base = "lecture"', 'wurld = "lecture"', "wurld is no key of the world of a lesson."),
        ("[vary]", "[[vary]]", "vary is a table: write [vary] on a line"),
        ('computer = ["lancs.uk", ', "computer = [1, ", "texts alone, or whole numbers alone"),
        ('computer = ["lancs.uk", "farm.test", "lab.test"]', "computer = []", "computer is a list of 1 to 40 values"),
        ('"farm.test"', '"{farm}"', "no quotes, braces or backslashes"),
        ("computer = [", "Computer = [", "Computer is no name: small letters"),
        ("A client says its name", "### Goals", "18:5: a section belongs to a step, and no step has begun."),
        ("A client says its name", "# Hello", "18:3: a heading is ## for a step, or ### for one of its sections"),
        ("A client says its name", "```session given\nC: NOOP\n```", "before the first step nothing is played"),
        ("## The first command {#hello}", "The first command", "no step has begun"),
        ("{#hello}", "{#hello wide}", "20:30: wide means nothing here"),
        ("{#hello}", "{#Hello}", "20:23: #Hello means nothing here"),
        ("The first command {", "{", "a step has a title"),
        ("### Goals\n", "### Goals\n\n### Hints\n", "the section Goals is empty"),
        ("### Goals", "### Gaols", "24:5: Gaols is no section of a step. Did you mean Goals?"),
        ("### Goals", "### Xyz", "Xyz is no section of a step. There are: Goals, Feedback"),
        ("- [ ] The server knows", "The server knows", "a goal is - [ ] with a sentence"),
        ("`check named:", "`check Named:", "a name is wanted here, of small letters"),
        ("`check named:", "`check:", "a name is wanted here, of small letters"),
        ("The server knows the name of the computer. `", "`", "a sentence is missing here"),
        ("`when no-name:", "`when solved:", "the name solved is taken already"),
        ("`when no-name: last.verb == HELO and last.verdict == refused`", "", "feedback begins with `when name:"),
        ("expects=no-name", "expects=no-nam", "no feedback above is named no-nam. Did you mean no-name?"),
        ("```session expects=no-name", "```session", "a test is a fence that begins with"),
        ("```session expects=no-name\nC: HELO\n```", "C: HELO", "a test is a fence that begins with"),
        ("C: HELO {computer}\n", "C: HELO {computr}\n", "{computr} is no name of this lesson. Did you mean computer?"),
        ("C: HELO {computer}\n", "C: HELO \\q\n", "\\q is no escape"),
        ("C: HELO {computer}\n", "> :wiat 5m\n", ":wiat is no command that a lesson can give. Did you mean :wait?"),
        ("C: HELO {computer}\n", "? Who?\n", "a question belongs into the section Predict"),
        ("C: HELO {computer}\n", "", "this fence has no line to send"),
        ("C: HELO {computer}\n", "C: NOOP\n" * 301, "a fence has 300 lines at most"),
        ("S: 250…\n```", "S: 250…\n```\n\n```session\nC: NOOP\n```", "a step has one solution"),
        ("S: 250…\n```", "S: 250…", "the fence ``` is not closed"),
        ("- [x] The server", "- [ ] The server", "a question has one right answer"),
        ("- [x] The server", "- The server", "an answer to choose is - [ ] and its text"),
        ("Who speaks first in SMTP?", "", "a question stands above its answers"),
        ("### Instructor notes", "One more?\n\n### Instructor notes", "a question has answers below it"),
        ("### Instructor notes", "```\nx\n```\n\n### Instructor notes", "a quiz has no fence"),
        ("### Instructor notes", "Again?\n\n- [ ] a\n- [x] b\n\n### Instructor notes", "named quiz already"),
        ("  > The client waits for the greeting, which begins with 220.\n", "", "an answer to choose has a reply"),
        ("### Hints\n", "### Hints\n\n" + "1. More.\n" * 41, "has more than 40 parts"),
        ("### Hints\n\n1.", "### Hints\n\nText\n\n1.", "hints are a list"),
        (
            "session.hello ==",
            "mailbox.bbo.count == 1 and session.hello ==",
            "nyu.edu has no user bbo. Did you mean bob?",
        ),
        ("session.hello ==", "mailbox.x.count == 1 and session.hello ==", "nyu.edu has no user x. There are: "),
        ("session.hello ==", 'mailbox["nyu.edo/bob"].count == 1 and session.hello ==', "Did you mean nyu.edu?"),
        (
            "session.hello ==",
            'mailbox["nyu.edu/bob/Snt"].count == 1 and session.hello ==',
            "Snt is no mailbox. There are",
        ),
        ("session.hello ==", 'mailbox["nyu.edu/bob/Sent"].count == 1 and session.hello ==', "does not reach named"),
        ("session.hello ==", 'mailbox["{computer}"].count == 1 and session.hello ==', "nyu.edu has no user lancs.uk"),
        (
            "session.hello ==",
            'queue["x"].count == 1 and session.hello ==',
            "x is no host of this world. There are: lancs.uk",
        ),
        ("session.hello ==", "link.a.session.open and session.hello ==", "a is no number of a connection"),
        (
            "session.hello ==",
            '"{computr}" == x and session.hello ==',
            "{computr} is no name of this lesson. Did you mean",
        ),
        ("C: HELO {computer}\nS", "> :fault nothing\nC: HELO {computer}\nS", "nothing is no kind of fault"),
        ("C: HELO {computer}\nS: 250…", "C: HELO {computer}\nS: 250…\nC: NOOP", "the step is passed after this line"),
        ("C: HELO\n", "> :fault nothing\n", "nothing is no kind of fault"),
        ("C: HELO\n", "C: HELO {computer}\n", "the test passes the step, and should lead to the feedback no-name"),
        (
            "C: HELO\n",
            "C: NOOP\n",
            "the test leads to no feedback, and should lead to no-name. The last answer is: 250",
        ),
        (
            "C: HELO\n",
            "> :wait 1m\n",
            "the test leads to no feedback, and should lead to no-name. Nothing was answered",
        ),
    ],
)
def test_one_mistake(before, after, says):
    assert before in STARTER
    found = problems(STARTER.replace(before, after, 1))
    assert any(says in one for one in found), found


PREDICT = """
### Predict

What comes?

- [ ] 250, it is taken
  > A reply that begins with 2
  and goes on.
- [ ] 501, it is not

`predict hello: last.code after "HELO {computer}"`

### Tests
"""


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        ("- [ ] 250", "- [x] 250", "the servers say which prediction is right"),
        ("- [ ] 501, it is not\n", "", "two answers to choose from, or more"),
        ("- [ ] 501", "- [ ] five", "this answer begins with a number"),
        ("`predict hello", "`predcit hello", "predcit has no meaning here. Did you mean predict?"),
        ("last.code after", "last.cod after", "Did you mean last.code?"),
        ('after "HELO {computer}"', 'after "HELO {x}"', "{x} is no name of this lesson"),
        ('after "HELO {computer}"', 'after ":wate"', "Did you mean :wait?"),
        ('after "HELO {computer}"', 'after ":fault nothing"', "the lines of the prediction cannot be played"),
        ('after "HELO {computer}"', 'after "QUIT"', "last.code is 221 then, and no answer to choose begins so"),
        ('`predict hello: last.code after "HELO {computer}"`\n', "", "a prediction ends with `predict name"),
        ("What comes?", "```\nx\n```", "a prediction has no fence"),
        (
            '"`\n',
            '"`\n\n- [ ] 250\n- [ ] 501\n\n`predict hello: last.code after "NOOP"`\n',
            "a prediction is named hello already",
        ),
    ],
)
def test_one_mistake_in_a_prediction(before, after, says):
    text = STARTER.replace("\n### Tests\n", PREDICT)
    assert problems(text) == []
    assert before in PREDICT
    found = problems(STARTER.replace("\n### Tests\n", PREDICT.replace(before, after, 1)))
    assert any(says in one for one in found), found


def test_a_step_that_would_be_passed_over():
    given = "```session given\n> :drop\nC(smtp@nyu.edu): NOOP\n```\n\n"
    step = (
        STARTER[STARTER.index("## The first") :]
        .replace("{#hello}", "{#again}")
        .replace("### Goals", f"{given}### Goals")
    )
    says = "the goals of again hold before the step begins, so it would be passed over."
    assert [one.partition(": ")[2] for one in problems(STARTER + step)] == [f"{says} (With computer = lancs.uk.)"]


def test_two_steps_of_one_name():
    step = STARTER[STARTER.index("## The first") :]
    assert any("a step is named hello already" in one for one in problems(STARTER + step))


def test_a_step_with_goals_and_no_solution():
    text = STARTER[: STARTER.index("### Solution")]
    assert [one.partition(": ")[2] for one in problems(text)] == [
        "the step hello has goals and no section Solution.",
        "no test leads to the feedback no-name, so nobody knows whether it ever comes.",
    ]


def test_a_lesson_that_would_take_too_long_to_prove():
    values = ", ".join(f'"{number}"' for number in range(40))
    text = STARTER.replace('["lancs.uk", "farm.test", "lab.test"]', f"[{values}]")
    text = text.replace("C: HELO\n", "C: HELO\n" * 290)
    more = "\n```session expects=no-name\n" + "C: HELO\n" * 290 + "```\n"
    assert any(
        "plays more than 20,000 lines" in one for one in problems(text.replace("\n### Quiz", more + "\n### Quiz"))
    )


def test_code_is_not_judged_by_its_words():
    code = "```\nWell done! Just RCPT.\n```\n\n"
    text = STARTER.replace("A client says", f"{code}A client says").replace("Say hello with", f"{code}Say hello with")
    assert problems(text) == []


def test_a_quote_in_prose_is_kept():
    lesson = load.read(STARTER.replace("A client says", "A client says:\n> quoted\n\nIt says").encode())
    assert lesson.says[0].text == "A client says: > quoted"


LONG = 100_000


@pytest.mark.parametrize(
    "text",
    [
        "## " + " " * LONG + "x {" + " " * LONG + "\n",
        "## S {#s}\n" + "```session given\n" + "C: NOOP\n" * 25_000,
        "## S {#s}\n### Quiz\n- [ ] a\n" + "> b\n" * 50_000,
        "## S {#s}\n" + "### Goals\n- [ ] a `check b: session.open`\n" * 4000,
        "".join(f"## S {{#s{number}}}\n" for number in range(15_000)),
        "## S {#s}\n### Goals\n- [ ] a `check" + " " * LONG + "`\n",
        "## S {#s}\n### Goals\n- [ ] a `check b: " + "(" * LONG + "`\n",
        "`" * LONG + "{" * LONG,
        "## S {#s}\n" + "> " * LONG,
        "## S {#s}\n" + "- " * LONG,
    ],
)
def test_a_long_text_takes_no_long_time(text):
    assert problems(STARTER + text)


def test_too_many_steps():
    assert any(
        "60 steps at most" in one for one in problems(STARTER + "".join(f"\n## S {{#s{n}}}\n" for n in range(60)))
    )


def test_of_very_many_mistakes_some_are_told():
    assert 40 < len(problems(STARTER + "\n## S\n" * 500)) < 60
    assert 40 < len(problems(STARTER + "\n## S {#s}\n" + "\n{x}\n" * 500)) < 60


def test_a_file_that_is_too_large_or_no_text():
    assert problems(b"x" * (load.LARGEST + 1)) == ["1:1: the file has more than 262,144 octets, and is not read."]
    assert problems(STARTER.encode() + b"\r\n\xff") == [f"{STARTER.count(chr(10)) + 2}:1: this octet is no UTF-8."]


def test_line_ends_and_a_byte_order_mark_do_not_matter():
    octets = b"\xef\xbb\xbf" + STARTER.replace("\n", "\r\n").encode()
    assert load.read(octets) == load.read(STARTER.encode())


def test_messages_of_a_lesson_are_bounded():
    table = '\n[[world.message]]\nto = "bob@nyu.edu"\nsize = 5000000\n'
    found = problems(STARTER.replace('base = "lecture"', f'base = "lecture"{table}'))
    assert any("the messages have more than 4,194,304 octets together" in one for one in found)


def test_a_lesson_may_have_a_world_of_its_own():
    world = """[[world.host]]
name = "post.test"
address = "192.0.2.80"
[[world.user]]
address = "zoe@post.test"
"""
    text = STARTER.replace(
        '[world]\nbase = "lecture"                     # mailshell world list names the worlds\n', world
    )
    lesson = load.read(text.replace('host = "nyu.edu"', 'policy = "strict"').encode())
    assert list(lesson.plan.addresses) == ["post.test"]
    assert lesson.host == "post.test"
    assert lesson.traits.policy == "strict"


def test_a_world_of_a_lesson_stands_on_another_one():
    row = 'base = "lecture"                     # mailshell world list names the worlds\n'
    more = """faults = ["queue-full nyu.edu"]
[[world.user]]
address = "zoe@nyu.edu"
[[world.message]]
to = "zoe@nyu.edu"
"""
    lesson = load.read(STARTER.replace(row, row + more).encode())
    assert {"bob", "zoe"} <= {account.user for account in lesson.plan.accounts if account.host == "nyu.edu"}
    assert [fault.kind for fault in lesson.plan.faults] == ["queue-full"]
    assert len(lesson.plan.letters) == 3


# Whatever somebody makes of a lesson, what is wrong is told with its place.

LESSON = (FILES / "good" / "conversation.md").read_text(encoding="utf-8")
LINES = LESSON.splitlines(keepends=True)
PIECES = [
    "`",
    "```",
    "```session\n",
    "\n",
    "{",
    "}",
    "{#x}",
    "## ",
    "### Goals\n",
    "- [ ] ",
    "> ",
    "+++\n",
    "[[",
    '"',
    "and ",
    "(",
    "\x07",
    "é",
]


@st.composite
def mutations(draw):
    lines = list(LINES)
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(lines) - 1))
        what = draw(st.sampled_from(["drop", "double", "swap", "cut", "put", "move"]))
        line = lines[at]
        column = draw(st.integers(0, len(line)))
        if what == "drop":
            lines[at] = ""
        elif what == "double":
            lines[at] = line * 2
        elif what == "swap":
            other = draw(st.integers(0, len(lines) - 1))
            lines[at], lines[other] = lines[other], line
        elif what == "cut":
            lines[at] = line[:column]
        elif what == "put":
            lines[at] = line[:column] + draw(st.sampled_from(PIECES)) + line[column:]
        else:
            lines[at] = line[column:] + line[:column]
    return "".join(lines)


@settings(max_examples=150)
@given(mutations())
def test_a_broken_lesson_is_told_with_places(text):
    try:
        lesson = load.read(text.encode())
    except LessonError as error:
        found, text = error.problems, error.text
    else:
        found, text = tuple(prove(lesson)), lesson.text
    for one in found:
        assert 0 <= one.offset <= len(text)
        assert one.says


@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: f"+++\n+++\n{text}".encode()))
def test_any_octets_are_read_or_told(octets):
    with pytest.raises(LessonError) as error:
        load.read(octets)
    assert all(0 <= one.offset <= len(error.value.text) for one in error.value.problems)


# The commands.


def test_a_new_lesson_passes_its_check(tmp_path, capsys):
    path = tmp_path / "my.md"
    assert cli.main(["lesson", "new", str(path)]) == 0
    assert cli.main(["lesson", "new", str(path)]) == 2
    assert "exists already and was left as it is" in capsys.readouterr().err
    assert cli.main(["lesson", "check", str(path)]) == 0
    assert capsys.readouterr().out == f"{path}: proven. It has 1 step, 1 goal, 1 test and 3 variants.\n"


def test_lessons_are_listed(capsys):
    assert cli.main(["lesson", "list"]) == 0
    rows = capsys.readouterr().out.splitlines()
    assert [row.split()[0] for row in rows] == list(SHIPPED)
    assert all(f"steps  {shipped.load(path).title}" in row for row, path in zip(rows, SHIPPED.values(), strict=True))


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["list", "x"], "lesson list wants no name."),
        (["new"], "lesson new wants the name of one file."),
        (["check"], "lesson check wants lessons or files."),
        (["check", f"{NAME}x"], f"Did you mean {NAME}?"),
    ],
)
def test_what_makes_no_sense(words, says, capsys):
    assert cli.main(["lesson", *words]) == 2
    assert says in capsys.readouterr().err


def test_a_lesson_is_checked_by_its_name(capsys):
    assert cli.main(["lesson", "check", NAME]) == 0
    assert "proven" in capsys.readouterr().out


def test_a_file_that_is_gone_is_told(tmp_path):
    with pytest.raises(OptionError, match="No such file"):
        lessons.check([str(tmp_path / "gone.md")])


def test_watching(tmp_path, capsys):
    path = tmp_path / "my.md"
    path.write_text(STARTER.replace("`check named", "`chek named"), encoding="utf-8")
    turns = []

    def pause(seconds):
        turns.append(capsys.readouterr().out)
        if len(turns) == 2:
            path.unlink()
        elif len(turns) == 3:
            path.write_text(STARTER, encoding="utf-8")
        elif len(turns) == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        lessons.watch([str(path)], pause)
    assert "Did you mean check?" in turns[0]
    assert turns[1] == ""
    assert turns[2].startswith("-- ")
    assert "proven" in turns[3]


def test_the_page_names_every_section_and_name_of_the_state(capsys):
    from mailshell.lesson.schema import KEY, schema
    from mailshell.lesson.sections import SECTIONS

    assert cli.main(["help", "lessons"]) == 0
    page = capsys.readouterr().out
    assert all(f"### {section} " in page for section in SECTIONS)
    assert len(page.splitlines()) <= 60
    assert max(map(len, page.splitlines())) <= 120
    words = set(re.split(r"[\s.]+", page.partition("Names of the state")[2]))
    told = [entry.path for entry in schema().entries if not {"link", "oldest"} & set(entry.path)]
    assert all(set(path) - {KEY} <= words for path in told)
    assert cli.main(["help", "lesson-names"]) == 0
    names = capsys.readouterr().out
    assert all(entry.says in names for entry in schema().entries)
    assert max(map(len, names.splitlines())) <= 120
    assert "@" not in page.replace("bob@nyu.edu", "")
