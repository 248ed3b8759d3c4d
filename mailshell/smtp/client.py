"""The SMTP client: answers in, commands out (RFC 5321 sections 3.3, 4.3 and 4.5.4); what it knows is one value."""

from enum import Enum
from types import MappingProxyType
from typing import NamedTuple

from mailshell.core import dots
from mailshell.core.clock import MINUTE, Instant
from mailshell.smtp.errand import Answer, Errand, Obstacle, Offers, mail, obstacle, rcpt
from mailshell.smtp.responses import ReplyLine, read_line

_LONGEST = 64 * 1024
"""An answer of more octets is no answer; ours are far shorter, and RFC 5321 section 4.5.3.1.5 allows 512 a line."""

_FITS = {"DATA": (3, 4, 5), "RSET": (2,), "QUIT": (2, 3, 4, 5), "": ()}
"""The first digits of the answers that a command can have, where it is not 2, 4 or 5; without a command none fits."""

_SPOKEN = {"connect": "", ".": "the final dot"}


class Stage(Enum):
    """Where a client stands: not ready yet, free for a message, busy with one, leaving, or without a connection."""

    OPENING = "opening"
    FREE = "free"
    BUSY = "busy"
    LEAVING = "leaving"
    OVER = "over"


class Client(NamedTuple):
    """One connection as the client sees it.

    `name` is how it names itself and `host` the server that it talks to. `waits` are the commands whose answers are
    still to come, in order, and `unsent` those that go out one by one, each after an answer. `answers` are for the
    recipients of the errand, in their order; None: not known yet. `open` says that a transaction has begun that the
    next one must drop. `trouble` is why the server cannot be used.
    """

    name: str
    host: str
    stage: Stage = Stage.OPENING
    offers: Offers = MappingProxyType({})
    waits: tuple[str, ...] = ("connect",)
    unsent: tuple[tuple[str, bytes], ...] = ()
    errand: Errand | None = None
    answers: tuple[Answer | None, ...] = ()
    open: bool = False
    pending: bytes = b""
    trouble: Obstacle | None = None


Turn = tuple[Client, bytes]
"""The client after it, and what it sends."""


def begin(client: Client, errand: Errand, now: Instant) -> Turn:
    """Hand over a message; only while the client is free."""
    assert client.stage is Stage.FREE, "one message after the other"
    client = client._replace(errand=errand, answers=(None,) * len(errand.recipients))
    found = obstacle(errand, client.offers, client.host, now)
    if found is not None:
        return _decided(client, "", 0, found), b""
    steps = [("RSET", b"RSET\r\n")] if client.open else []
    steps.append(("MAIL", mail(errand, client.offers, now)))
    steps += [("RCPT", rcpt(one, errand, client.offers)) for one in errand.recipients]
    if errand.terms.body == "BINARYMIME":
        steps.append(("BDAT", b"BDAT %d LAST\r\n" % len(errand.octets) + errand.octets))
    else:
        steps.append(("DATA", b"DATA\r\n"))
    return _send(client._replace(stage=Stage.BUSY, open=False, unsent=tuple(steps)))


def leave(client: Client) -> Turn:
    """Say goodbye; only while the client is free, or has found that the server cannot be used."""
    return client._replace(stage=Stage.LEAVING, waits=("QUIT",), unsent=()), b"QUIT\r\n"


def lost(client: Client) -> Client:
    """The connection is gone: what was not decided is to be tried again."""
    verb = client.waits[0] if client.waits else ""
    before = f" before it answered {_SPOKEN.get(verb, verb) or 'anything'}" if verb else ""
    return _broken(client, verb, 0, Obstacle("4.4.2", f"{client.host} closed the connection{before}"))


def tired(client: Client, waited: int) -> Client:
    """No answer came for so many microseconds, and the client waits no longer: it is to be tried again."""
    verb = client.waits[0] if client.waits else ""
    what = f"did not answer {_SPOKEN.get(verb, verb)}".rstrip()
    return _broken(client, verb, 0, Obstacle("4.4.2", f"{client.host} {what} within {waited // MINUTE} minutes"))


def hear(client: Client, octets: bytes) -> Turn:
    """Octets of the server arrived; after the end nobody listens."""
    if client.pending:
        octets, client = client.pending + octets, client._replace(pending=b"")
    *lines, rest = octets.split(b"\n")
    kept: list[ReplyLine] = []
    start, out = 0, b""
    for at, line in enumerate(lines):
        if client.stage is Stage.OVER:
            return client, out
        reply = read_line(line.removesuffix(b"\r"))
        if reply is None:
            return _wrong(client, "its answer is none by the grammar"), out
        kept.append(reply)
        if not reply.more:
            client, more = _answered(client, kept)
            out += more
            kept, start = [], at + 1
    if client.stage is Stage.OVER:
        return client, out
    pending = b"\n".join([*lines[start:], rest])
    if not pending:
        return client, out
    if len(pending) > _LONGEST:
        return _wrong(client, "its answer does not end"), out
    return client._replace(pending=pending), out


def _answered(client: Client, reply: list[ReplyLine]) -> Turn:
    """One whole answer, to the oldest command that waits for one."""
    last = reply[-1]
    verb, *rest = client.waits or ("",)
    if last.code == 421:
        return _broken(client, verb, last.code, _said(last)), b""
    if last.code // 100 not in _FITS.get(verb, (2, 4, 5)):
        return _wrong(client, f"it says {_said(last).text}"), b""
    client = client._replace(waits=tuple(rest))
    if verb in ("connect", "EHLO", "HELO"):
        return _opening(client, verb, reply)
    if verb == "QUIT":
        return client._replace(stage=Stage.OVER), b""
    if verb == "RCPT":
        return _recipient(client, last)
    if verb == "DATA" and last.code < 400:
        return _text(client)
    if verb in ("DATA", ".", "BDAT"):
        spoilt = client.open and (verb == "DATA" or (verb == "BDAT" and last.code >= 400))
        return _decided(client, verb, last.code, _said(last))._replace(open=spoilt), b""
    if verb == "MAIL" and last.code >= 400:
        client = client._replace(answers=_filled(client, verb, last.code, _said(last)), unsent=())
    elif verb == "MAIL":
        client = client._replace(open=True)
    return _next(client)


def _opening(client: Client, verb: str, reply: list[ReplyLine]) -> Turn:
    last = reply[-1]
    if verb == "connect" and last.code < 300:
        return client._replace(waits=("EHLO",)), f"EHLO {client.name}\r\n".encode()
    if verb == "EHLO" and last.code >= 500:
        return client._replace(waits=("HELO",)), f"HELO {client.name}\r\n".encode()
    if last.code < 300:
        words = [line.text.decode("utf-8", "replace").partition(" ") for line in reply[1:]]
        offers = {word.upper(): rest for word, _, rest in words} if verb == "EHLO" else {}
        return client._replace(stage=Stage.FREE, offers=offers), b""
    return leave(client._replace(trouble=_said(last)))


def _recipient(client: Client, reply: ReplyLine) -> Turn:
    """The answer to RCPT for the first recipient that has none; a taken one stays open until the message is taken."""
    assert client.errand is not None, "RCPT belongs to a message"
    to_come = client.waits.count("RCPT") + sum(verb == "RCPT" for verb, _ in client.unsent)
    at = len(client.answers) - to_come - 1
    if reply.code >= 400 and client.answers[at] is None:
        recipient, said = client.errand.recipients[at], _said(reply)
        answer = Answer(recipient, "RCPT", reply.code, *said)
        if reply.code == 552 and not reply.enhanced and None in client.answers[:at]:
            answer = Answer(recipient, "RCPT", 452, "4.5.3", said.text)  # as RFC 821 had it (RFC 5321 4.5.3.1.10)
        client = client._replace(answers=(*client.answers[:at], answer, *client.answers[at + 1 :]))
    if None not in client.answers and not client.waits:
        client = client._replace(unsent=())  # nobody is left: there is no need to send the message
    return _next(client)


def _text(client: Client) -> Turn:
    """The message itself; where no recipient was taken, an empty one, which the server must refuse (RFC 2920 3.1)."""
    assert client.errand is not None, "DATA belongs to a message"
    octets = client.errand.octets if None in client.answers else b""
    end = b"" if octets.endswith(b"\r\n") or not octets else b"\r\n"
    return client._replace(waits=(".",)), dots.stuff(octets) + end + b".\r\n"


def _next(client: Client) -> Turn:
    """Go on with what is not sent yet, or be free again when nothing is left to do."""
    if client.waits:
        return client, b""
    if client.unsent:
        return _send(client)
    return client._replace(stage=Stage.FREE, errand=None), b""


def _send(client: Client) -> Turn:
    """Send the next command, or with PIPELINING all up to the message; a chunk waits for the answers before it."""
    steps = client.unsent
    count = 1
    if "PIPELINING" in client.offers:
        count = next((at for at, (verb, _) in enumerate(steps) if verb == "BDAT"), len(steps)) or 1
    now, later = steps[:count], steps[count:]
    client = client._replace(waits=client.waits + tuple(verb for verb, _ in now), unsent=later)
    return client, b"".join(octets for _, octets in now)


def _wrong(client: Client, says: str) -> Client:
    """The server does not keep to the protocol, so nobody knows what its next answer is about."""
    verb = client.waits[0] if client.waits else ""
    about = f" after {_SPOKEN.get(verb, verb)}" if verb not in ("", "connect") else ""
    return _broken(client, verb, 0, Obstacle("4.5.0", f"{client.host} broke the protocol{about}: {says}"))


def _broken(client: Client, verb: str, code: int, trouble: Obstacle) -> Client:
    """The server cannot be used any more."""
    client = _decided(client, verb, code, trouble)
    trouble = client.trouble or trouble
    return client._replace(stage=Stage.OVER, trouble=trouble, waits=(), unsent=())


def _decided(client: Client, verb: str, code: int, why: Obstacle) -> Client:
    """All recipients are decided, and the client is free for the next message."""
    return client._replace(stage=Stage.FREE, errand=None, answers=_filled(client, verb, code, why))


def _filled(client: Client, verb: str, code: int, why: Obstacle) -> tuple[Answer | None, ...]:
    """The answers, where one more decides about all recipients that are not decided."""
    if client.errand is None:
        return client.answers
    pairs = zip(client.answers, client.errand.recipients, strict=True)
    return tuple(answer or Answer(one, verb, code, *why) for answer, one in pairs)


def _said(reply: ReplyLine) -> Obstacle:
    """An answer in short; its code speaks where there is no enhanced one, or one of another class."""
    first = str(reply.code)[0]
    enhanced = f" {reply.enhanced}" if reply.enhanced else ""
    text = f"{reply.code}{enhanced} {reply.text.decode('utf-8', 'replace')}".rstrip()
    return Obstacle(reply.enhanced if reply.enhanced.startswith(first) else f"{first}.0.0", text)
