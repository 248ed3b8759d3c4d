"""Files: what happened, to play it again or to show it to others; what is shown, as it comes."""

import os
from contextlib import suppress

from mailshell.core import script
from mailshell.core.explain import explain
from mailshell.core.record import Exchange, Prompt
from mailshell.protocols import PROTOCOLS
from mailshell.shell.meta import Meta
from mailshell.shell.theme import ANSI16, NONE
from mailshell.world.seat import SeatError

_FORMS = {
    ".txt": "",
    ".log": "txt",
    ".svg": "svg",
    ".html": "html",
    ".md": "md",
    ".cast": "cast",
    ".json": "json",
}
"""What the end of a name asks for: a form of `mailshell export`, or nothing, a file that `mailshell run` plays."""

_WIDTH = 80


def save(meta: Meta, rest: str) -> None:
    """`:save FILE`: the end of the name chooses the form; without one it is a file that can be played again."""
    if not rest:
        raise SeatError(":save wants the name of a file, as in :save session.txt or :save session.svg")
    path = _path(rest)
    suffix = os.path.splitext(rest)[1].lower() or ".txt"
    if suffix not in _FORMS:
        raise SeatError(f"{suffix} is no form of :save. There are: {' '.join(_FORMS)}.")
    form = _FORMS[suffix]
    text = _exported(meta, form) if form else _script(meta, path)
    try:
        with open(path, "x", encoding="utf-8", newline="") as file:
            file.write(text)
    except FileExistsError:
        raise SeatError(f"{rest} exists already. Choose another name.") from None
    plays = "" if form else f"mailshell run {rest} plays it again."
    meta.say(" ".join(filter(None, [f"Saved to {rest}.", *_warned(meta, plays)])))


def _warned(meta: Meta, plays: str) -> tuple[str, ...]:
    """What is to say about passwords, and how the file is played where it can be."""
    if not _secret(meta):
        return (plays,)
    if meta.renderer.view.secrets:
        return (plays, "Passwords stand in it.")
    return (f"Passwords are left out; with them put back, {plays}",) if plays else ("Passwords are left out.",)


def _path(name: str) -> str:
    """The path that a name means, the home folder for `~`; raises SeatError for what no file can be called."""
    path = os.path.expanduser(name)
    try:
        with suppress(OSError):  # told by whoever opens it
            os.lstat(path)
    except ValueError:  # NUL, or no text
        raise SeatError(f"No file can have the name {name}.") from None
    return path


def _secret(meta: Meta) -> bool:
    """Whether somebody typed a password."""
    told = [(one.record, PROTOCOLS[one.wire.protocol]) for _, entries in meta.seat.story() for one in entries]
    rows = [explain(record, engine).command for record, engine in told if isinstance(record, Exchange | Prompt)]
    return any(row.secret for command in rows for row in command)


def _script(meta: Meta, path: str) -> str:
    from mailshell.shell.options import is_file  # it loads argparse, and nobody saves before the first prompt

    traits = meta.seat.world.hosts[meta.seat.link.wire.host].traits
    world = os.path.relpath(meta.world, os.path.dirname(path) or ".") if is_file(meta.world) else meta.world
    header = f"# world: {world}\n# voice: {traits.voice}\n# policy: {traits.policy}\n"
    return f"{header}\n{script.write(meta.seat.story(), meta.seat.numbers, secrets=meta.renderer.view.secrets)}"


def _exported(meta: Meta, form: str) -> str:
    """The session in the depth, the theme and with the line ends of the screen."""
    from mailshell.shell.export import FORMS, document  # rarely needed, and not for the first prompt

    view = meta.renderer.view
    theme = ANSI16 if view.theme is NONE else view.theme
    view = view._replace(theme=theme, width=_WIDTH)
    entries = (one for _, entries in meta.seat.story() for one in entries if meta.watch.shows(one.wire))
    return FORMS[form](document(entries, meta.seat.numbers, view), view)


OFF = {"off": "no log any more"}
"""The word of `:log`."""


def log(meta: Meta, rest: str) -> None:
    """`:log [FILE|off]`."""
    if not rest:
        meta.say(f"Log: {meta.log.path or 'none'}. :log FILE starts one, :log off stops it.")
    elif rest == "off":
        if not meta.log.path:
            raise SeatError("There is no log. :log FILE starts one.")
        meta.log.close()
        meta.say("The log is closed.")
    else:
        meta.log.open(_path(rest))
        meta.say(f"What is shown from now on is appended to {rest}.")
