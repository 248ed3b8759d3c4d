"""The screen: keys, panes, how a line is edited; what pastes do; TCP ports. All this needs a terminal that redraws."""

from collections.abc import Iterable

from mailshell.protocols import PROTOCOLS
from mailshell.shell.help import columns
from mailshell.shell.keys import ACTIONS
from mailshell.shell.meta import Choice, Meta, no_argument
from mailshell.world.seat import SeatError

_KEYS = 12  # columns for the keys of an action


def keys(meta: Meta, rest: str) -> None:
    """`:keys`."""
    no_argument("keys", rest)
    if meta.front is None:
        meta.say("This is plain mode: the keys are those of your terminal's line editor. :help lists the commands.")
        return
    rows = []
    for name, written, says in meta.front.bindings():
        command = ACTIONS[name].command
        if len(written) > _KEYS:  # the first of many keys, and behind what they do the others
            written, *more = written.split(" or ")
            says += f"; {', '.join(more)} too" if more else ""
        rows.append((f"{written or 'no key':<{_KEYS}} {name}", f"{says} ({command})" if command else says))
    meta.out(columns(rows, meta.renderer.view.width, indent=3, left=28))
    meta.say("Other keys: [keys] in the config file; mailshell config init writes one.")


def panes(meta: Meta, rest: str) -> None:
    """`:panes`."""
    no_argument("panes", rest)
    meta.redrawing("panes").panes()


EDITINGS = {"vi": "Esc goes to the commands of vi", "emacs": "Ctrl and Alt with letters"}
"""The words of `:editing`."""


def editing(meta: Meta, rest: str) -> None:
    """`:editing [vi|emacs]`: change how a line is edited, or go to the other way."""
    front = meta.redrawing("editing")
    if rest not in ("", "vi", "emacs"):
        raise SeatError(":editing wants vi or emacs.")
    meta.say(f"The line is edited as in {front.editing(rest)}.")


def clear(meta: Meta, rest: str) -> None:
    """`:clear`."""
    no_argument("clear", rest)
    meta.redrawing("clear").clear()


PASTES = {"on": "a paste goes out in one write", "off": "line by line, each after the answer"}
"""The words of `:pipeline`."""


def pipeline(meta: Meta, rest: str) -> None:
    """`:pipeline on|off`."""
    meta.redrawing("pipeline")
    if rest not in ("on", "off"):
        raise SeatError(":pipeline wants on (a paste goes out in one write) or off (line by line).")
    meta.pipeline = rest == "on"
    meta.say("The lines of a paste go out in one write." if meta.pipeline else "A paste goes out line by line.")


OFF = {"off": "close the ports"}
"""The word of `:serve`."""


def serve(meta: Meta, rest: str) -> None:
    """`:serve [off|PROTOCOL[=PORT] ...]`."""
    for line in meta.redrawing("serve").listen(rest.split()):
        meta.say(line)


def ports(meta: Meta, text: str) -> Iterable[Choice]:
    """The protocols."""
    typed = text.rpartition(" ")[2]
    for name in PROTOCOLS:
        if name.startswith(typed):
            yield Choice(name, len(typed), "a port for other programs")
