"""Back and forth in time: undo, redo, reset, the clock; branches, and what differs between them."""

from collections.abc import Iterable

from mailshell.shell import looking
from mailshell.shell.local.view import again
from mailshell.shell.meta import Choice, Meta, awaited, no_argument, reads_lines
from mailshell.world import play, steps
from mailshell.world.seat import SeatError


def undo(meta: Meta, rest: str) -> None:
    """`:undo`."""
    no_argument("undo", rest)
    # The last step of a scene is taken back whole, and so is one that changed nothing.
    cause = meta.scene.back() if meta.scene is not None else None
    where(meta, f"undone: {cause or meta.seat.undo()}")


def redo(meta: Meta, rest: str) -> None:
    """`:redo`."""
    no_argument("redo", rest)
    cause = meta.seat.redo()
    where(meta, f"done again: {cause}")
    if cause.startswith("C: "):
        again(meta)


def back(meta: Meta, rest: str) -> None:
    """`:back LINE`."""
    if not rest:
        raise SeatError(":back wants the number of a line, as in :back 3. :search lists them.")
    number, cause = steps.back(meta.seat, rest)
    where(meta, f"right before line {number}: {cause}")


def branch(meta: Meta, rest: str) -> None:
    """`:branch [NAME]`."""
    from mailshell.shell.branches import where as described

    history = meta.seat.history
    before = history.branch
    if not rest:
        meta.say(described(meta.seat))
    elif meta.seat.branch(rest):
        meta.say(f"{rest} begins here, and {before} stays as it is. :branch {before} goes back to it.")
    else:
        cause = history.now.cause
        where(meta, f"the end of {history.branch}: {cause}")


def branches(meta: Meta, rest: str) -> None:
    """`:branches`."""
    from mailshell.shell.branches import branches as drawn

    no_argument("branches", rest)
    meta.read(drawn(meta.seat, meta.renderer.view))


def diff(meta: Meta, rest: str) -> None:
    """`:diff A [B]`: the second way is the present one where it is not named."""
    from mailshell.shell.diff import Side
    from mailshell.shell.diff import diff as compared

    history, names = meta.seat.history, rest.split()
    if not 1 <= len(names) <= 2:
        raise SeatError(":diff wants one branch, or two, as in :diff main lunch. :branches draws them.")
    sides = []
    for name in names:
        known = history.named(name)
        if known is None:
            raise SeatError(f"There is no branch {name}. There are: {', '.join(history.names)}.")
        sides.append(Side(known, history.tip(known)))
    sides.append(Side("here", history.now))
    meta.read(compared(meta.seat, sides[0], sides[1], meta.renderer.view, wide=meta.front is not None))


def names(meta: Meta, text: str) -> Iterable[Choice]:
    """The branches, each with its last cause."""
    history = meta.seat.history
    for name in history.names:
        if name.casefold().startswith(text.casefold()):
            yield Choice(name, len(text), history.tip(name).cause)


def pairs(meta: Meta, text: str) -> Iterable[Choice]:
    """The branches, for each of two words."""
    return names(meta, text.split(" ")[-1]) if text.count(" ") < 2 else ()


def reset(meta: Meta, rest: str) -> None:
    """`:reset`."""
    no_argument("reset", rest)
    said = meta.renderer.say("The world is as it was at the start. :undo takes that back.")
    meta.seat.reset(lambda: meta.out(said))
    if meta.scene is not None:
        meta.scene.restart()
    if meta.lesson is not None and meta.lesson.run.place:
        meta.say("The step that you are in begins later: :again goes there.")


def wait(meta: Meta, rest: str) -> None:
    """`:wait TIME [--idle]`."""
    meta.watch.rest()
    play.wait(meta.seat, rest)
    meta.watch.rest()
    meta.say(f"It is {looking.date(meta.seat.world)}.")


def where(meta: Meta, what: str) -> None:
    """Say what was undone or done again, and the phase in which that leaves each connection."""
    meta.say(what)
    entries = [entry for _, entries in meta.seat.story() for entry in entries]
    for number, link in meta.seat.links.items():
        meta.out(meta.renderer.moved(link.wire, link.session.phase, number, entries))
    if meta.seat.link.closed:
        meta.say("The connection is closed. Enter opens it again.")
    elif not reads_lines(meta):
        meta.say(f"The server waits for {awaited(meta)}. {meta.escape} stands before a command of mailshell.")
