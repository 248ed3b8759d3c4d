"""Looking at the world: mailboxes, connections, the reason of the last answer."""

from mailshell.core.clock import Instant, iso_date, mail_date
from mailshell.core.framer import lines
from mailshell.core.record import Closed, Exchange, Notice, Opened, Prompt, Verdict
from mailshell.core.transcript import Entry
from mailshell.mail import words
from mailshell.mail.message import parse
from mailshell.mail.queue import Recipient, Terms
from mailshell.mail.store import BoxKey, Mailbox
from mailshell.protocols import PROTOCOLS
from mailshell.shell.help import legal_topics
from mailshell.shell.render import Renderer
from mailshell.shell.text import safe, wrap
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
        return [safe(row, ascii_only=view.ascii) for row in _mailboxes(world, host)]
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
    for one in waiting:
        out.append(f"       {one.id} from <{one.reverse_path}>{_asked(one.terms)}{_until(world, one.release)}")
        out += [f"          to <{each.address}>{_notify(each)}" for each in one.recipients]
    held = [one for one in world.store.held() if one.host == host]
    if held:
        out.append(f"     {'held':<22}{_count(len(held), 'message')}")
    out += [f"       {one.id} for {', '.join(one.users)}{_until(world, one.release)}" for one in held]
    return out


def _until(world: World, release: Instant) -> str:
    return f", held until {iso_date(release)}" if release > world.clock.now() else ""


def _asked(terms: Terms) -> str:
    """What MAIL asked for, in the words of SMTP; a by-time is shown as the moment that it means."""
    late = f" ({terms.late}{'T' * terms.traced})"
    words = (
        ("BODY", terms.body),
        ("RET", terms.returns),
        ("ENVID", terms.envelope_id),
        ("deliver by", "" if terms.deliver_by is None else iso_date(terms.deliver_by) + late),
        ("MT-PRIORITY", "" if terms.priority is None else str(terms.priority)),
        ("SMTPUTF8", "yes" if terms.utf8 else ""),
    )
    return "".join(f", {name} {value}" for name, value in words if value)


def _notify(recipient: Recipient) -> str:
    notify = f", NOTIFY {','.join(recipient.notify)}" if recipient.notify else ""
    return f"{notify}, ORCPT {recipient.original}" if recipient.original else notify


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
    """A header field for people, for a list; empty where there is none."""
    found = (field.value(message) for field in parse(message).fields if field.name(message) == name)
    return words.decoded(next(found, b""))


def _message(world: World, box: Mailbox, number: int, view: View) -> list[str]:
    message = list(box.messages.values())[number - 1]
    octets = world.store.octets(message.body)
    rows = Renderer(view).stored(lines(octets[:65536]))
    more = [f"   ... {message.size - 65536:,} more octets"] if message.size > 65536 else []
    title = f"   message {number} of {box.key.user}@{box.key.host}, {message.size:,} octets as stored"
    return [title, *rows, *more]


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
        out += _paragraph("so", _so(record), view)
    out += _paragraph("rule", str(card.cite), view)
    engine = PROTOCOLS[link.wire.protocol]
    phase = engine.phases[link.session.phase]
    out += _paragraph("phase", f"{link.session.phase.value}. {phase.more}", view)
    legal = ", ".join(topic.syntax for topic in legal_topics(engine, link.session))
    return out + (_paragraph("legal", legal, view) if legal else [])


_VERDICTS = {
    Verdict.ACCEPTED: "The command was accepted.",
    Verdict.TOLERATED: "The command was accepted, but it is not by the standard.",
    Verdict.REFUSED: "The command was refused, and it changed nothing.",
}


def _so(record: Exchange | Prompt) -> str:
    if record.verdict is Verdict.REFUSED and record.before is not record.after:
        return f"The command was refused, and nothing was stored. The phase is another: {record.after.value}."
    return _VERDICTS[record.verdict]


def _paragraph(head: str, text: str, view: View) -> list[str]:
    rows = wrap(safe(text, ascii_only=view.ascii), max(view.width - 12, 20))
    return [f"   {head if index == 0 else '':<7} {row}" for index, row in enumerate(rows)]
