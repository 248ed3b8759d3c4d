"""Records as JSON: one object for each entry of a transcript, for `serve --json` and `run --json`.

Octets are text in latin-1: one character an octet, whatever they are. `t` is in seconds since 1970 UTC.
`code` is a number in SMTP, "+OK", "-ERR" or "+" in POP3, and "OK", "NO", "BAD", "BYE", "PREAUTH" or "+" in IMAP; null
where the server said nothing of that kind. `response_code` is what stands in brackets behind it, where something does.
"""

import json

from mailshell.core.explain import code, masked, response_code
from mailshell.core.record import Body, Closed, Exchange, Fault, Notice, Opened, Parsed, Prompt, reply_lines
from mailshell.core.session import Engine
from mailshell.core.transcript import Entry
from mailshell.mail.host import Host
from mailshell.protocols import PROTOCOLS

BODY = 4096
"""The most octets of one piece of a message that an event shows; `size` counts all."""


def event(entry: Entry, *, secrets: bool = False) -> dict[str, object]:
    """What happened, on which connection, and when; with `secrets` passwords are not masked."""
    wire, record = entry.wire, entry.record
    engine = PROTOCOLS[wire.protocol]
    known: dict[str, object] = {
        "event": type(record).__name__.lower(),
        "t": entry.at / 1_000_000,
        "link": wire.number,
        "protocol": wire.protocol,
        "host": wire.host,
    }
    if isinstance(record, Exchange | Prompt):
        known |= {"octets": _text(record.octets if secrets else masked(record.octets))} | _answer(record, engine)
        known |= {
            "card": _command(record.parsed, record.octets, engine),
            "verdict": record.verdict.name.lower(),
            "because": record.because,
        }
    elif isinstance(record, Opened):
        known |= {"peer": wire.peer.address, "inside": wire.peer.inside, "after": record.after.name.lower()}
        known |= _replies(record) | _codes(record, engine)
    elif isinstance(record, Body):
        known |= {"size": len(record.octets) + record.omitted, "octets": _text(record.octets[:BODY])}
    elif isinstance(record, Notice):
        known |= _answer(record, engine) | {"because": record.because}
    else:
        known |= _ending(record)
    return known


def dump(known: dict[str, object]) -> bytes:
    """One line of JSON; every character beyond ASCII is escaped."""
    return json.dumps(known).encode("ascii") + b"\n"


def _answer(record: Exchange | Prompt | Notice, engine: Engine[Host]) -> dict[str, object]:
    phases = {"before": record.before.name.lower(), "after": record.after.name.lower()}
    return _replies(record) | phases | _codes(record, engine)


def _codes(record: Opened | Exchange | Prompt | Notice, engine: Engine[Host]) -> dict[str, object]:
    told = response_code(record.replies, engine)
    known: dict[str, object] = {"code": code(record.replies, engine)}
    return known if told is None else known | {"response_code": told}


def _replies(record: Opened | Exchange | Prompt | Notice) -> dict[str, object]:
    """The lines of an answer; of a message that was sent, the first octets, and how many were left out."""
    whole = sum(len(reply) for reply in record.replies)
    if whole > BODY:
        head = b"".join(record.replies)[:BODY]
        record = record._replace(replies=(head[: head.rfind(b"\r\n") + 2],))
    known: dict[str, object] = {"replies": [_text(line) for line in reply_lines(record)]}
    if omitted := whole - len(b"".join(record.replies)):
        known["omitted"] = omitted
    return known


def _ending(record: Closed) -> dict[str, object]:
    return {"by": record.by, "before": record.before.name.lower(), "because": record.because}


def _command(parsed: Parsed | Fault, octets: bytes, engine: Engine[Host]) -> str:
    """The name of the command; of one that was not understood, the name of its verb, or nothing."""
    if not isinstance(parsed, Fault):
        return parsed.card.name
    card = engine.mark_command(octets.rstrip(b"\r\n")).card
    return "" if card is None else card.name


def _text(octets: bytes) -> str:
    return octets.decode("latin-1")
