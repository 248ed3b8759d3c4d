"""`mailshell lesson record`: what somebody did in the shell as the draft of a lesson file."""

import argparse
import os
import re
import sys
from collections.abc import Iterator

from mailshell.core import script
from mailshell.lesson.expression import written
from mailshell.lesson.look import Look
from mailshell.lesson.propose import Proposal, propose, state
from mailshell.shell.options import DEFAULTS
from mailshell.shell.text import safe
from mailshell.world.seat import Seat
from mailshell.world.start import build

_DRAFT = """\
+++
format = 1
id = "{id}"
title = "Say here what the lesson is about"
protocol = "{protocol}"
host = "{host}"
{more}+++

Say here, in a few lines, what this is about.

## The step {{#step}}

Say here what is to be done, without its lines.

### Goals

{goals}

### Hints

1. Say here which command it is about.
2. Show here the same line with other values.

### Solution

```session
{solution}
```

Say here what was learned, in one or two sentences.
"""

_LABEL = re.compile(r"S\d*(?:\([^)]*\))?: ")


def write(args: argparse.Namespace, seat: Seat) -> None:
    """Write the draft of a lesson whose solution is what was typed, and say so; raises OSError."""
    path: str = args.record
    wire = seat.links[min(seat.links)].wire
    solution = list(_solution(script.write(seat.story(), seat.numbers, secrets=True)))
    if not solution:
        print(safe(f"Nothing was typed, so {path} was not written."), file=sys.stderr)
        return
    traits = seat.world.hosts[wire.host].traits
    fresh = Seat(build(args.world, traits=traits), seat.peer)
    fresh.connect(wire.host, wire.protocol)
    before = state(Look(fresh, wire.host, fresh.history.now))
    found = propose(before, state(Look(seat, wire.host, seat.history.start)))
    habits = {name: value for name, value in traits._asdict().items() if name in DEFAULTS and value != DEFAULTS[name]}
    more = [f'{name} = "{value}"' for name, value in habits.items()]
    more += [] if args.world == DEFAULTS["world"] else ["", "[world]", f'base = "{args.world}"']
    text = _DRAFT.format(
        id=re.sub(r"[^a-z0-9]+", "-", os.path.basename(path).removesuffix(".md").lower()).strip("-") or "lesson",
        protocol=wire.protocol,
        host=wire.host,
        more="".join(f"{line}\n" for line in more),
        goals="\n".join(map(_goal, found)) or "- [ ] Nothing has changed. `check done: last.verdict == accepted`",
        solution="\n".join(solution),
    )
    with open(path, "x", encoding="utf-8") as file:
        file.write(text)
    print(safe(f"Written: {path}. Keep the goals that matter, and give them words."))
    print(safe(f"mailshell lesson check {path} proves it."))


def _goal(proposal: Proposal) -> str:
    return f"- [ ] Say here what this means. `{proposal.kind} {proposal.name}: {written(proposal.when)}`"


def _solution(text: str) -> Iterator[str]:
    """The lines of a transcript from the first one that somebody typed; of what servers say, how it begins."""
    typed = False
    for line in text.splitlines():
        typed = typed or line.startswith(("C", "> "))
        label = _LABEL.match(line)
        if typed and label is not None:
            yield f"{label[0]}{re.split('[ -]', line[label.end() :])[0]}…"
        elif typed and not line.startswith("! "):
            yield line
