"""A look at the state of a seat and its world, as lessons ask for it: put together when somebody asks."""

from collections.abc import Mapping
from functools import cached_property

from mailshell.core.clock import MINUTE, Instant, iso_date
from mailshell.core.record import Exchange, Prompt, Record, reply_lines
from mailshell.core.session import EMPTY, Fact, Marked, Scalar, Sort
from mailshell.core.transcript import Entry
from mailshell.mail import message
from mailshell.mail.state import BoxKey
from mailshell.protocols import PROTOCOLS
from mailshell.world.history import Moment
from mailshell.world.seat import RESET, Seat
from mailshell.world.world import Link

_MOST = 1 << 20  # octets of a body that are read


class Letter:
    """A message as a lesson sees it; it is taken apart when somebody looks inside."""

    def __init__(self, octets: bytes) -> None:
        self.octets = octets

    @cached_property
    def _entity(self) -> message.Entity:
        return message.parse(self.octets)

    @property
    def size(self) -> int:
        """In octets."""
        return len(self.octets)

    def field(self, name: str) -> str:
        """The first header field of that name; empty where there is none. Angle brackets of a return path go."""
        found = self._named(name)
        text = _text(found[0].value(self.octets)) if found else ""
        return text.strip("<>") or "<>" if found and name.lower() == "return-path" else text

    def count(self, name: str) -> int:
        """How many header fields have that name."""
        return len(self._named(name))

    @property
    def body(self) -> str:
        """What comes after the header."""
        return _text(self.octets[self._entity.body : self._entity.body + _MOST]).replace("\r\n", "\n")

    def _named(self, name: str) -> list[message.Field]:
        wanted = name.lower().encode("utf-8", "replace")
        return [field for field in self._entity.fields if field.name == wanted]


class Look:
    """The state as it is now; `since` is the moment at which the step began, `host` is the lesson's own.

    Of what was typed only what came after `since` counts, and what was undone does not; where undo has led behind
    `since`, all counts.
    """

    def __init__(self, seat: Seat, host: str, since: Moment | None = None) -> None:
        self.host = host
        self._seat = seat
        self._world = seat.world
        self._since = since if since is not None and seat.history.holds(since) else None

    @cached_property
    def _story(self) -> list[tuple[str, list[Entry]]]:
        after = -1 if self._since is None else self._since.depth
        return self._seat.told([moment for moment in self._seat.history.path[1:] if moment.depth > after])

    @cached_property
    def said(self) -> list[Mapping[str, Scalar]]:
        """Each command with its answer, in order."""
        mine = self._seat.number_of
        entries = [entry for _, entries in self._story for entry in entries if mine(entry.wire.number) is not None]
        return [_exchange(entry, entry.record) for entry in entries if isinstance(entry.record, Exchange | Prompt)]

    @property
    def last(self) -> Mapping[str, Scalar] | None:
        """The last command with its answer."""
        return self.said[-1] if self.said else None

    @property
    def locals(self) -> tuple[str, ...]:
        """The commands of mailshell that were typed and changed something."""
        return tuple(cause for cause, _ in self._story if cause.startswith(":") and cause != RESET)

    @property
    def local(self) -> str:
        """The last one of them, where it was the last thing that was done."""
        cause = self._story[-1][0] if self._story else ""
        return cause if cause.startswith(":") else ""

    @property
    def links(self) -> Mapping[int, Link]:
        """The connections by their numbers."""
        return self._seat.links

    @property
    def current(self) -> Link | None:
        """The connection that lines go to."""
        return self.links.get(self._seat.current)

    def numbered(self, key: str) -> Link | None:
        """The connection of that number."""
        return self.links.get(int(key)) if key.isascii() and key.isdecimal() and len(key) < 10 else None

    def session(self, name: str, sort: Sort, link: Link | None) -> Scalar:
        """Something that every session has."""
        if link is None:
            return EMPTY[sort]
        found: dict[str, Scalar] = {
            "protocol": link.wire.protocol,
            "host": link.wire.host,
            "phase": link.session.phase.name.lower(),
            "open": not link.closed,
            "inside": link.wire.peer.inside,
        }
        return found[name]

    def fact(self, fact: Fact, link: Link | None) -> Scalar:
        """Something that the sessions of some protocols have; nothing for those of another one."""
        own = () if link is None else PROTOCOLS[link.wire.protocol].facts()
        found = next((one for one in own if one.name == fact.name), None)
        return EMPTY[fact.sort] if link is None or found is None else found.read(link.session.state)

    def mailbox(self, key: str) -> list[Letter]:
        """The messages of a mailbox, the oldest first: `bob`, `nyu.edu/bob` or `nyu.edu/bob/Sent`."""
        store = self._world.store
        found = store.mailbox(box(key, self.host))
        return [] if found is None else [Letter(store.octets(one.body)) for one in found.messages.values()]

    @property
    def mailboxes(self) -> list[str]:
        """The keys of all INBOXes: those of the lesson's own host are the names of its users."""
        hosts = self._world.hosts.values()
        return [
            one.user if host.name == self.host else f"{host.name}/{one.user}"
            for host in hosts
            for one in host.accounts()
        ]

    @property
    def others(self) -> list[str]:
        """The hosts of the world without the lesson's own."""
        return [name for name in self._world.hosts if name != self.host]

    def queue(self, host: str) -> Mapping[str, Scalar]:
        """What waits on a host to be sent on."""
        queued = self._world.store.queue(host)
        first = queued[0] if queued else None
        due = min((one.release for one in queued), default=None)
        return {
            "count": len(queued),
            "recipients": tuple(recipient.address for one in queued for recipient in one.recipients),
            "senders": tuple(one.reverse_path or "<>" for one in queued),
            "attempts": 0 if first is None else first.attempts,
            "next": 0 if due is None else max(due - self._now, 0) // MINUTE,
            "answer": first.recipients[0].said if first is not None and first.recipients else "",
        }

    @property
    def _now(self) -> Instant:
        return self._world.clock.now()

    @property
    def time(self) -> str:
        """The time by the clock of the world."""
        return iso_date(self._now)

    @property
    def elapsed(self) -> int:
        """Whole minutes since the step began."""
        start = self._seat.history.start if self._since is None else self._since
        return (self._now - start.at) // MINUTE

    @property
    def faults(self) -> tuple[str, ...]:
        """The kinds of the faults in force."""
        return tuple(fault.kind for fault in self._world.faults.all)


def box(key: str, host: str) -> BoxKey:
    """The mailbox that a lesson means by `bob`, `nyu.edu/bob` or `nyu.edu/bob/Sent`."""
    parts = key.split("/", 2)
    if len(parts) == 1:
        return BoxKey(host, key, "INBOX")
    return BoxKey(parts[0], parts[1], parts[2] if len(parts) == 3 else "INBOX")


def _exchange(entry: Entry, record: Record) -> Mapping[str, Scalar]:
    assert isinstance(record, Exchange | Prompt), "nothing else has a command"
    line = _text(record.octets.rstrip(b"\r\n"))
    replies = [_text(reply.rstrip(b"\r\n")) for reply in reply_lines(record)] if record.replies else [""]
    engine = PROTOCOLS[entry.wire.protocol]
    whole = (record.lead + record.octets).rstrip(b"\r\n")
    said = _after_tag(_text(whole), engine.mark_command(whole))
    final = _after_tag(replies[-1], engine.mark_reply(replies[-1].encode("utf-8"), record.card, len(replies) - 1))
    if final == replies[-1]:  # no protocol with tags: the first line has the status
        final = replies[0].replace("-", " ", 1) if replies[0][:1].isdigit() else replies[0]
    status, _, rest = final.partition(" ")
    enhanced, _, _ = rest.partition(" ")
    return {
        "verb": said.split(" ", 1)[0].upper() if said else record.card.name,
        "line": line,
        "code": int(status) if status.isdecimal() and status.isascii() else 0,
        "status": status,
        "enhanced": enhanced if enhanced.count(".") == 2 and enhanced.replace(".", "").isdecimal() else "",
        "text": " ".join(replies),
        "verdict": record.verdict.name.lower(),
        "why": record.because,
        "before": record.before.name.lower(),
        "after": record.after.name.lower(),
        "protocol": entry.wire.protocol,
        "host": entry.wire.host,
    }


def _after_tag(line: str, marked: Marked) -> str:
    """A line without the tag that it begins with, where its protocol has tags."""
    first = marked.parts[0] if marked.parts else None
    return line[first.end :].lstrip() if first is not None and first.rule == "tag" else line


def _text(octets: bytes) -> str:
    return octets.decode("utf-8", "replace")
