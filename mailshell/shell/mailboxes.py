"""`:mailbox`: the mailboxes of a host, the messages in one, one message as it is stored."""

from collections.abc import Iterator

from mailshell.core.clock import iso_date
from mailshell.core.framer import lines
from mailshell.core.near import among
from mailshell.core.session import Numbers
from mailshell.mail import words
from mailshell.mail.message import parse
from mailshell.mail.store import Mailbox, Message
from mailshell.shell.help import wrapped
from mailshell.shell.looking import count
from mailshell.shell.render import FOLD, Renderer
from mailshell.shell.text import number, safe, width
from mailshell.shell.view import View
from mailshell.world.seat import SeatError
from mailshell.world.world import World

HEAD = 65536
"""Octets of a message in which its header is looked for."""
_WIDE = 72
"""Columns from which a message of a list stands on one line."""


def mailbox(world: World, host: str, wanted: str, view: View) -> list[str]:
    """Every mailbox of a host; the messages of one mailbox; or one message, folded unless `all` of it is wanted."""
    rest = wanted.split()
    if not rest:
        return [safe(row, ascii_only=view.ascii) for row in _mailboxes(world, host)]
    who = rest.pop(0)
    user, _, named = who.partition("@")
    host = named or host
    if host not in world.hosts:
        raise SeatError(f"{host} is no host of this world.{among(host, world.hosts)}")
    boxes = world.store.mailboxes(host, user)
    if not boxes:
        raise SeatError(f"{host} has no user {user}. :mailbox lists them.")
    whole = rest[-1:] == ["all"]
    rest = rest[: len(rest) - whole]
    place = number(rest[-1]) if rest else None
    if place is not None:
        rest.pop()
    found = _found(boxes, who, " ".join(rest) or "INBOX")
    asked = f":mailbox {' '.join([who, *rest])}"
    if place is None and not whole:
        return _messages(world, found, boxes, view)
    if place is None:
        raise SeatError(f"all wants the number of a message before it, as in {asked} 1 all")
    if not 1 <= place <= len(found.messages):
        where = "" if found.key.name == "INBOX" else f" in {found.key.name}"
        raise SeatError(f"{who} has {count(len(found.messages), 'message')}{where}. {asked} lists them.")
    return _message(world, found, place, asked, view, whole=whole)


def _found(boxes: list[Mailbox], who: str, name: str) -> Mailbox:
    for box in boxes:
        if box.key.name.casefold() == name.casefold():
            return box
    raise SeatError(f"{who} has no mailbox {name}. There are: {', '.join(box.key.name for box in boxes)}.")


def _mailboxes(world: World, host: str) -> list[str]:
    out = [f"   {host}"]
    for account in world.store.accounts(host):
        for box in world.store.mailboxes(host, account.user):
            if box.key.name == "INBOX" or box.messages:
                name = f"{account.user} {box.key.name}"
                out.append(f"     {name:<22}{count(len(box.messages), 'message')}")
    waiting, held = len(world.store.queue(host)), sum(one.host == host for one in world.store.held())
    more = "; :queue shows what waits" if waiting or held else ""
    out.append(f"     {'outgoing queue':<22}{count(waiting, 'message')}{f', {held:,} held' if held else ''}{more}")
    return out


def _messages(world: World, box: Mailbox, boxes: list[Mailbox], view: View) -> list[str]:
    out = [f"   {box.key.user}@{box.key.host} {box.key.name}: {count(len(box.messages), 'message')}"]
    names = {uid: str(row) for row, uid in enumerate(box.messages, 1)}
    for protocol, session in _opened(world, box):
        names = {uid: _named(uid, session) for uid in box.messages}
        text = f"A session of {protocol.upper()} has this mailbox open, and the numbers are those of the session."
        text += " x: marked as deleted." if session.marked else ""
        text += " new: came later, the session does not see it." if "new" in names.values() else ""
        out += wrapped(text, view.width, indent=5)
    if box.messages and view.width >= _WIDE:
        out.append(f"     {'':3} {'octets':>9}  {'date':<16}  {'from':<18}  subject")
    for uid, message in box.messages.items():
        out += _row(world, names[uid], message, view)
    others = [f"{one.key.name} {len(one.messages):,}" for one in boxes if one is not box]
    if others:
        out.append(shortened(f"     others: {', '.join(others)}", view.width, view))
    return out


def _opened(world: World, box: Mailbox) -> Iterator[tuple[str, Numbers]]:
    """The sessions that have a mailbox open, each with its protocol."""
    for link in world.links.values():
        numbers = link.session.numbers() if not link.closed and link.wire.host == box.key.host else None
        if numbers is not None and (numbers.user, numbers.mailbox) == (box.key.user, box.key.name):
            yield link.wire.protocol, numbers


def _named(uid: int, session: Numbers) -> str:
    return "x" * (uid in session.marked) + str(session.numbers.get(uid, "new"))


def _row(world: World, number: str, message: Message, view: View) -> list[str]:
    start = world.store.octets(message.body)[:HEAD]
    sender = field(start, b"from") or "(no author)"
    subject = field(start, b"subject") or "(no subject)"
    date = iso_date(message.internal_date)[:16].replace("T", " ")
    head = f"     {number:>3} {message.size:>9,}  {date}"
    if view.width < _WIDE:
        return [head, *(f"         {shortened(text, view.width - 9, view)}" for text in (sender, subject))]
    sender = shortened(sender, 18, view)
    return [f"{head}  {sender}{' ' * (18 - width(sender))}  {shortened(subject, view.width - 58, view)}"]


def shortened(text: str, columns: int, view: View) -> str:
    """Text that fits in so many columns, dots in the place of its end."""
    text = safe(text, ascii_only=view.ascii)
    if width(text) <= columns:
        return text
    while width(text) > columns - 3:
        text = text[:-1]
    return text + "..."


def field(message: bytes, name: bytes) -> str:
    """A header field for people, for a list; empty where there is none."""
    found = (field.value(message) for field in parse(message).fields if field.name == name)
    return words.decoded(next(found, b""))


def _message(world: World, box: Mailbox, number: int, asked: str, view: View, *, whole: bool) -> list[str]:
    message = list(box.messages.values())[number - 1]
    octets = world.store.octets(message.body)
    rows = lines(octets)
    shown = rows if whole else rows[:FOLD]
    title = f"   message {number} of {box.key.user}@{box.key.host}, {message.size:,} octets as stored"
    out = [title, *Renderer(view, whole=whole).stored(shown)]
    more = len(rows) - len(shown)
    return [*out, f"   {count(more, 'more line')}; {asked} {number} all shows all"] if more else out
