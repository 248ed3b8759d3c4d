"""Looking at what happened and at the world: why, what next, who and what is there."""

from collections.abc import Iterable

from mailshell.core.record import Body, Exchange, reply_ends
from mailshell.core.transcript import Entry
from mailshell.protocols import PROTOCOLS
from mailshell.shell import looking
from mailshell.shell.help import sentence, wrapped
from mailshell.shell.meta import Choice, Meta, no_argument
from mailshell.world.seat import SeatError

# The modules that do the work are imported where they are used: none of them is needed before the first prompt.


def why(meta: Meta, rest: str) -> None:
    """`:why [LINE] [DEPTH]`."""
    from mailshell.shell.why import DEPTHS
    from mailshell.shell.why import why as told
    from mailshell.world import steps

    words = rest.split()
    if len(words) > 2 or words[1:2] not in ([], *([one] for one in DEPTHS)):
        raise SeatError(":why wants the number of a line and a depth from 0 to 3, as in :why 3 or :why -1 3")
    meta.current()
    found = steps.steps(meta.seat)
    step = steps.chosen(found, meta.seat, words[0] if words else "-1")
    newest = step == steps.chosen(found, meta.seat, "-1")
    depth = int(words[1]) if words[1:] else 2
    link = meta.seat.link if newest else None
    meta.read(told(step, link, steps.before(found, step), meta.renderer.view, depth))


def try_next(meta: Meta, rest: str) -> None:
    """`:try`."""
    no_argument("try", rest)
    link, width = meta.seat.link, meta.renderer.view.width
    if link.closed:
        raise SeatError("The connection is closed. Enter alone opens it again.")
    engine = PROTOCOLS[link.wire.protocol]
    phase = engine.phases[link.session.phase]
    text = not engine.reads_lines(link.session.phase)
    out = wrapped(
        f"{phase.more} Next: {phase.next}." if text else f"Phase: {sentence(link.session.phase.value)}", width
    )
    moves = link.session.moves()
    for move in moves:
        # In the text of a message a colon does not make a line a command of mailshell.
        typed = f"{meta.escape} {move.line}" if text and move.line.startswith(":") else move.line
        out += [f"   {move.kind + ':':<10}{typed}", *wrapped(f"{move.says} {move.why}", width, indent=13)]
    if not moves:
        out += wrapped("The server waits for the rest of a line. Enter ends it.", width)
    meta.read(out)


def world(meta: Meta, rest: str) -> None:
    """`:world [list]`: a picture, where there is room and somebody can see one, or a list."""
    from mailshell.shell import picture

    if rest not in ("", *WORLD):
        raise SeatError(":world takes nothing, or the word list.")
    view = meta.renderer.view
    drawn = not rest and not view.words and view.width >= picture.NARROW
    meta.read(picture.world(meta.seat, view) if drawn else looking.world(meta.seat, view))


WORLD = {"list": "in words: users, lists, mail"}
"""The words of `:world`."""


def search(meta: Meta, rest: str) -> None:
    """`:search [TEXT]`."""
    from mailshell.shell import search as searching
    from mailshell.world.steps import steps

    found, view = steps(meta.seat), meta.renderer.view
    if not found:
        raise SeatError("Nothing has happened yet.")
    lines = searching.matching(found, rest, view) if rest else searching.listing(found, view)
    if not lines:
        raise SeatError(f"No line holds {rest}. :search alone lists them all.")
    meta.read(lines)


SIDES = {"client": "what the client sent", "server": "what the server answered", "all": "both, line by line"}
"""The words of `:copy`."""


def copy(meta: Meta, rest: str) -> None:
    """`:copy client|server|all`."""
    from mailshell.shell.search import Sides, side
    from mailshell.world.steps import steps

    sides: dict[str, Sides] = {"client": "client", "server": "server", "all": "all"}
    if rest not in sides:
        raise SeatError(":copy wants client, server or all: whose lines to print for pasting.")
    meta.current()
    wire = meta.seat.link.wire
    here = [step for step in steps(meta.seat) if step.entry.wire is wire]
    lines = side(here, sides[rest], secrets=meta.renderer.view.secrets)
    if not lines:
        whose = "" if rest == "all" else f" of the {rest}"
        raise SeatError(f"This connection has no line{whose} yet.")
    meta.out(lines)


def explain(meta: Meta, rest: str) -> None:
    """`:explain WORDS`."""
    from mailshell.shell.explain import explained
    from mailshell.shell.known import nearest

    if not rest:
        raise SeatError(":explain wants words, as in :explain 452 or :explain MAIL FROM:<bob@nyu.edu>")
    lines = explained(rest, meta.renderer.view)
    if not lines:
        near = nearest(rest)
        hint = f" Near it: {', '.join(near)}." if near else ""
        raise SeatError(f"Nothing is known about {rest[:60]}.{hint}")
    meta.read(lines)


def body(meta: Meta, rest: str) -> None:
    """`:body [LINE]`."""
    from mailshell.shell.render import Renderer
    from mailshell.world import steps

    found = steps.steps(meta.seat)
    here = [step for step in found if step.entry.wire is meta.seat.link.wire and _unfolds(step.entry)]
    if not rest and not here:
        raise SeatError("No message was sent on this connection yet.")
    step = steps.chosen(found, meta.seat, rest) if rest else here[-1]
    if not _unfolds(step.entry):
        raise SeatError(f"Line {step.number} is no message text. :search lists them.")
    before = steps.before(found, step) if isinstance(step.entry.record, Body) else []
    meta.read(Renderer(meta.renderer.view).message(before, step.entry, step.label, whole=True))


def _unfolds(entry: Entry) -> bool:
    """Whether there is more in it than a screen shows at first: a message that was sent, or one that came."""
    record = entry.record
    if not isinstance(record, Exchange):
        return isinstance(record, Body)
    from mailshell.shell.render import FOLD

    return record.card.name in PROTOCOLS[entry.wire.protocol].messages or reply_ends(record, FOLD)[1] > 0


def mailbox(meta: Meta, rest: str) -> None:
    """`:mailbox [USER[@HOST] [MAILBOX] [N [all]]]`."""
    from mailshell.shell import mailboxes

    seat = meta.seat
    meta.read(mailboxes.mailbox(seat.world, seat.link.wire.host, rest, meta.renderer.view))


def users(meta: Meta, text: str) -> Iterable[Choice]:
    """The users of the current host, then `user@host` of the others."""
    world, host = meta.seat.world, meta.seat.link.wire.host
    for account in (one for name in (host, *world.hosts) for one in world.store.accounts(name)):
        name = account.user if account.host == host else f"{account.user}@{account.host}"
        if " " not in text and name.startswith(text):
            yield Choice(name, len(text), account.name)
