"""A short lesson, and learners in it: what the tests of learning share."""

import json

import pytest

from mailshell.lesson import shipped
from mailshell.shell import course
from mailshell.shell.setup import Stage
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


@pytest.fixture
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


def _split(shell):
    """The rows above those of the lesson, and the rows of the lesson, which stand above the prompt."""
    rows = shell.rows
    last = max(at for at, row in enumerate(rows) if row.startswith("smtp nyu.edu"))
    first = max(at for at, row in enumerate(rows[:last]) if row.startswith(("lesson ", "free play")))
    return rows[:first], rows[first:last]


def board(shell):
    """The rows of the lesson above the prompt."""
    return _split(shell)[1]


async def type_in(shell, *lines):
    """Type lines; what the last one shows above the rows of the lesson."""
    for line in lines:
        before = len(_split(shell)[0])
        await shell.type(line)
    return _split(shell)[0][before:]


def read(path):
    return json.loads(path.read_text())["lessons"]["tea"]
