"""`:search` and `:copy`: the steps of a story as a list, the lines that hold a text, one side for pasting."""

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

from mailshell.core import script
from mailshell.core.explain import Row, body_row, explain, masked
from mailshell.core.framer import lines
from mailshell.core.record import HEARD, SAID, Body, Closed, Exchange, Prompt, reply_lines
from mailshell.mail.letter import Letter
from mailshell.protocols import PROTOCOLS
from mailshell.shell.help import wrapped
from mailshell.shell.render import Renderer
from mailshell.shell.text import safe
from mailshell.shell.theme import NONE
from mailshell.shell.view import View
from mailshell.world.steps import Step

Sides = Literal["client", "server", "all"]

_CODE = re.compile(rb"[0-9]{3}|[^ \r]+")
_NUMBER = 5
"""Columns of a number."""
_BELOW = 9
"""Where what belongs to a line stands below it."""


def listing(found: list[Step], view: View) -> list[str]:
    """Every step on a line: its number, the code of its answer, what was sent."""
    return [_listed(step, view) for step in found]


def _listed(step: Step, view: View) -> str:
    record, who = step.entry.record, f"connection {step.label} " if step.label > 1 else ""
    code = ""
    if isinstance(record, SAID) and record.replies:
        found = _CODE.match(record.replies[0])
        code = "" if found is None else found[0].decode("ascii", "replace")
    head = f"{step.number:>{_NUMBER}}  {code:<4} "
    if isinstance(record, Body):
        count = len(lines(record.octets))
        return f"{head}{who}({count:,} {'line' if count == 1 else 'lines'} of a message)"
    if isinstance(record, Closed):
        return f"{head}{who}(closed by the {record.by})"
    meaning = explain(record, PROTOCOLS[step.entry.wire.protocol], 1)
    # The answer to a counted chunk has no command of its own.
    return head + _plain(view).line((*meaning.command, *meaning.answers)[0], step.label)


def _plain(view: View) -> Renderer:
    return Renderer(view._replace(theme=NONE))


class _Hit(NamedTuple):
    """A line of the wire with what is said of it; `reason` is for the whole step."""

    line: str
    gloss: str
    reason: str


def matching(found: list[Step], text: str, view: View) -> list[str]:
    """The lines that hold a text, on the wire, in a gloss or in a reason; a gloss and a reason stand below theirs."""
    wanted, out = text.casefold(), []
    letters: dict[int, Letter] = {}
    for step in found:
        for hit in _hits(step, letters, view):
            gloss, reason = wanted in hit.gloss.casefold(), wanted in hit.reason.casefold()
            if gloss or reason or wanted in hit.line.casefold():
                out.append(f"{step.number:>{_NUMBER}}  {hit.line}")
                out += wrapped(hit.gloss, view.width, indent=_BELOW) if gloss else []
                out += wrapped(f"why: {hit.reason}", view.width, indent=_BELOW) if reason else []
    return out


def _hits(step: Step, letters: dict[int, Letter], view: View) -> Iterator[_Hit]:
    record, wire = step.entry.record, step.entry.wire.number
    if isinstance(record, Exchange | Prompt) and record.octets:
        # A command between two chunks of one message leaves its glosses out, and nothing else.
        letters.pop(wire, None)
    if isinstance(record, Closed):
        yield _Hit(f"(closed by the {record.by})", "", record.because)
        return
    if isinstance(record, Body):
        letter = letters.setdefault(wire, Letter())
        rows: tuple[Row, ...] = tuple(body_row(line, (), letter.read(line).gloss) for line in lines(record.octets))
        reason = ""
    else:
        meaning = explain(record, PROTOCOLS[step.entry.wire.protocol])
        rows, reason = (*meaning.command, *meaning.answers), meaning.because
    renderer = _plain(view)
    for row in rows:
        yield _Hit(renderer.line(row, step.label), safe(row.gloss, ascii_only=view.ascii), safe(reason))
        reason = ""


def side(found: list[Step], which: Sides, *, secrets: bool) -> list[str]:
    """One side of a connection as it was sent, a line each, control characters as transcripts write them."""
    out: list[bytes] = []
    for step in found:
        record = step.entry.record
        if isinstance(record, HEARD) and which != "server" and record.octets:
            if isinstance(record, Body):
                out += lines(record.octets)
            else:
                out.append(record.octets if secrets else masked(record.octets))
        if isinstance(record, SAID) and which != "client":
            out += reply_lines(record)
    return [script.text(line.removesuffix(b"\r\n")) for line in out]
