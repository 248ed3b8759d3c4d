"""Back and forth in time: undo, redo, reset, the clock."""

from mailshell.shell import looking
from mailshell.shell.local.view import again
from mailshell.shell.meta import Meta, awaited, no_argument, reads_lines
from mailshell.world import play


def undo(meta: Meta, rest: str) -> None:
    """`:undo`."""
    no_argument("undo", rest)
    cause = meta.seat.undo()
    _where(meta, f"undone: {cause}")


def redo(meta: Meta, rest: str) -> None:
    """`:redo`."""
    no_argument("redo", rest)
    cause = meta.seat.redo()
    _where(meta, f"done again: {cause}")
    if cause.startswith("C: "):
        again(meta)


def reset(meta: Meta, rest: str) -> None:
    """`:reset`."""
    no_argument("reset", rest)
    said = meta.renderer.say("The world is as it was at the start. :undo takes that back.")
    meta.seat.reset(lambda: meta.out(said))
    if meta.scene is not None:
        meta.scene.done(0)


def wait(meta: Meta, rest: str) -> None:
    """`:wait TIME [--idle]`."""
    play.wait(meta.seat, rest)
    meta.say(f"It is {looking.date(meta.seat.world)}.")


def _where(meta: Meta, what: str) -> None:
    """Say what was undone or done again, and the phase in which that leaves each connection."""
    meta.say(what)
    entries = [entry for _, entries in meta.seat.story() for entry in entries]
    for number, link in meta.seat.links.items():
        meta.out(meta.renderer.moved(link.wire, link.session.phase, number, entries))
    if meta.seat.link.closed:
        meta.say("The connection is closed. Enter opens it again.")
    elif not reads_lines(meta):
        meta.say(f"The server waits for {awaited(meta)}. {meta.escape} stands before a command of mailshell.")
