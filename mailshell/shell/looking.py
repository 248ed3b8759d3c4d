"""Looking at the world: mailboxes, connections, the reason of the last answer."""

from mailshell.core.clock import mail_date
from mailshell.core.framer import lines
from mailshell.core.record import Closed, Exchange, Notice, Opened, Prompt, Verdict
from mailshell.core.transcript import Entry
from mailshell.mail.store import BoxKey, Mailbox
from mailshell.protocols import PROTOCOLS
from mailshell.shell.text import safe, show, wrap
from mailshell.shell.view import View
from mailshell.world.seat import Seat, SeatError
from mailshell.world.world import Link, World


def date(world: World) -> str:
    """The time of the world."""
    return mail_date(world.clock.now())


def mailbox(world: World, host: str, wanted: str, view: View) -> list[str]:
    """Every mailbox of a host; the messages of one user's INBOX; or one message as it is stored."""
    words = wanted.split()
    if not words:
        return _mailboxes(world, host)
    user, _, named = words[0].partition("@")
    host = named or host
    if host not in world.hosts:
        raise SeatError(f"{host} is no host of this world. There are: {' '.join(world.hosts)}.")
    found = world.store.mailbox(BoxKey(host, user, "INBOX"))
    if found is None:
        raise SeatError(f"{host} has no user {user}. :mailbox lists them.")
    if len(words) == 1:
        return _messages(world, found, view)
    number = int(words[1]) if words[1].isascii() and words[1].isdecimal() else 0
    if not 1 <= number <= len(found.messages) or len(words) > 2:
        raise SeatError(f":mailbox {words[0]} N shows message N; there are {len(found.messages)}.")
    return _message(world, found, number, view)


def _mailboxes(world: World, host: str) -> list[str]:
    out = [f"   {host}"]
    for account in world.store.accounts(host):
        for box in world.store.mailboxes(host, account.user):
            if box.key.name == "INBOX" or box.messages:
                name = f"{account.user} {box.key.name}"
                out.append(f"     {name:<22}{_count(len(box.messages), 'message')}")
    waiting = world.store.queue(host)
    out.append(f"     {'outgoing queue':<22}{_count(len(waiting), 'message')}")
    out += [f"       {one.id} from <{one.reverse_path}> to {', '.join(one.recipients)}" for one in waiting]
    return out


def _count(number: int, word: str) -> str:
    return f"{number:,} {word}" if number == 1 else f"{number:,} {word}s"


def _messages(world: World, box: Mailbox, view: View) -> list[str]:
    out = [f"   {box.key.user}@{box.key.host} {box.key.name}: {_count(len(box.messages), 'message')}"]
    for number, message in enumerate(box.messages.values(), 1):
        start = world.store.octets(message.body)[:65536]
        subject = _field(start, b"subject") or "(no subject)"
        shown = safe(subject, ascii_only=view.ascii)[: min(max(view.width - 29, 10), 40)]
        out.append(f"     {number:>3}  {message.size:>9,} octets  {shown}")
    return out


def _field(message: bytes, name: bytes) -> str:
    """The first line of a header field, for a list; empty where there is none."""
    header = message.split(b"\r\n\r\n", 1)[0]
    for line in header.split(b"\r\n"):
        if line[: len(name) + 1].lower() == name + b":":
            return line[len(name) + 1 :].strip().decode("utf-8", "backslashreplace")
    return ""


def _message(world: World, box: Mailbox, number: int, view: View) -> list[str]:
    message = list(box.messages.values())[number - 1]
    octets = world.store.octets(message.body)
    marks = "off" if view.words else view.wire
    rows = [show(line, marks, ascii_only=view.ascii).text for line in lines(octets[:65536])]
    more = [f"   ... {message.size - 65536:,} more octets"] if message.size > 65536 else []
    title = f"   message {number} of {box.key.user}@{box.key.host}, {message.size:,} octets as stored"
    return [title, *(f"   | {row}" for row in rows), *more]


def connections(seat: Seat, view: View) -> list[str]:
    """The connections of a seat; a star marks the current one."""
    out = []
    for number, link in seat.links.items():
        star = "*" if number == seat.current else " "
        phase = "closed" if link.closed else link.session.phase.value
        out.append(f"   {star} {number}  {link.wire.protocol} {link.wire.host:<18}{phase}")
    return out


def why(entries: list[Entry], link: Link, view: View) -> list[str]:
    """The last answer at length: what happened, the reason, the rule, what is next."""
    record = entries[-1].record
    if isinstance(record, Closed):
        return _paragraph("what", f"The connection was closed by the {record.by}. {record.because}", view)
    assert isinstance(record, Exchange | Prompt | Notice | Opened), "a body has no answer of its own"
    card = record.card
    out = _paragraph("what", f"{card.name}: {card.more}", view)
    because = "" if isinstance(record, Opened) else record.because
    if because:
        out += _paragraph("why", because, view)
    if isinstance(record, Exchange | Prompt):
        out += _paragraph("so", _VERDICTS[record.verdict], view)
    out += _paragraph("rule", str(card.cite), view)
    engine = PROTOCOLS[link.wire.protocol]
    phase = engine.phases[link.session.phase]
    out += _paragraph("phase", f"{link.session.phase.value}. {phase.more}", view)
    legal = ", ".join(topic.syntax for topic in engine.legal(link.session.phase))
    return out + (_paragraph("legal", legal, view) if legal else [])


_VERDICTS = {
    Verdict.ACCEPTED: "The command was accepted.",
    Verdict.TOLERATED: "The command was accepted, but it is not by the standard.",
    Verdict.REFUSED: "The command was refused, and it changed nothing.",
}


def _paragraph(head: str, text: str, view: View) -> list[str]:
    rows = wrap(safe(text, ascii_only=view.ascii), max(view.width - 12, 20))
    return [f"   {head if index == 0 else '':<7} {row}" for index, row in enumerate(rows)]
