"""ETRN: ask the server to send what waits for a host (RFC 1985 section 5)."""

import re
from typing import Literal, NamedTuple

from mailshell.core.command import Command
from mailshell.core.cursor import Cursor
from mailshell.core.record import Card, Cite, Expect
from mailshell.mail.host import Host
from mailshell.mail.queue import Queued
from mailshell.smtp import grammar, limits
from mailshell.smtp.desk import Desk
from mailshell.smtp.phases import Phase
from mailshell.smtp.replies import NO_SUCH_QUEUE, NODE_NOT_ALLOWED, NONE_WAITING, WAITING
from mailshell.smtp.wording import Reply

CARD = Card(
    "ETRN",
    "send me what waits for this host",
    Cite(1985, "5"),
    parts={
        "ETRN": "verb: asks the server to start its queue",
        "option": "@: the host and all hosts below it; #: a queue of the server",
        "node-name": "the host that the mail waits for",
        "queue-name": "the name of a queue; each server has its own",
    },
    more="A host that is not always online asks its provider to send its mail now. The mail arrives on "
    "another connection, which the server opens itself.",
)
_NODE = Expect(" host.name", "a space and the name of the host that mail waits for")
_FULL_NAME = Expect("host.name", "a full host name, with a dot, as in lancs.uk")
_OPTION = re.compile(rb"[@#]")
_OPTIONS = (("@", "a host and all hosts below it"), ("#", "a queue of the server"))
_OPTION_EXPECT = Expect("@ or #", "@ for all hosts below this one, # for a queue of the server", _OPTIONS)
_QUEUE = re.compile(rb"[!-~]+")
_QUEUE_EXPECT = Expect("queue", "the name of a queue", like="queue")


class Etrn(NamedTuple):
    """ETRN with a node name; with the option `@` also for hosts below it, with `#` for a queue of that name."""

    node: str
    option: Literal["", "@", "#"]

    @property
    def card(self) -> Card:
        """The card of ETRN."""
        return CARD

    def line(self) -> bytes:
        """`ETRN lancs.uk`."""
        return f"ETRN {self.option}{self.node}".encode("ascii")

    def run(self, desk: Desk) -> Reply:
        """Start what waits; a client may ask for its own host, and for any from inside the server's network."""
        host, peer = desk.host, desk.peer
        shown = f"{self.option}{self.node}"
        if self.option == "#":
            return NO_SUCH_QUEUE(f"{host.name} has one queue for all hosts, and none named {self.node}.", node=shown)
        if not peer.inside and not _covers(peer.name, self.node, below=True):
            because = (
                f"You ({', '.join(dict.fromkeys((peer.name, peer.address)))}) are outside the network of {host.name}, "
                f"so you may ask for {peer.name} and hosts below it, not for {self.node}."
            )
            return NODE_NOT_ALLOWED(because, node=shown, reason="not your host")
        found = _waiting(host, self.node, below=self.option == "@")
        if not found:
            return NONE_WAITING(node=shown)
        for queued in found:
            host.store.update(queued, queued._replace(release=host.now()))
        because = f"The mail waits in the queue of {host.name}, which tries to send it now, on connections of its own."
        return WAITING(because, node=shown, count=str(len(found)))


def _covers(node: str, domain: str, *, below: bool) -> bool:
    """Whether `domain` is the node or, with `below`, ends in its name."""
    node, domain = node.lower(), domain.lower()
    return domain == node or (below and domain.endswith("." + node))


def _waiting(host: Host, node: str, *, below: bool) -> list[Queued]:
    """The messages of the outgoing queue that wait for a node; those that are held back are not due yet."""
    due = (one for one in host.store.queue(host.name) if one.attempts or one.release <= host.now())
    return [
        one
        for one in due
        if any(_covers(node, recipient.address.rpartition("@")[2], below=below) for recipient in one.recipients)
    ]


def parse(cursor: Cursor) -> Etrn:
    """ETRN SP [ "@" ] node-name, or ETRN SP "#" queue-name; a node name is a full domain name."""
    cursor.need_word(b" ", _NODE)
    cursor.rule = "node-name"
    start = cursor.at
    sign = cursor.match(_OPTION, _OPTION_EXPECT)
    cursor.mark("option", start)
    start = cursor.at
    if sign == b"#":
        node = cursor.need(_QUEUE, _QUEUE_EXPECT).decode("ascii")
        cursor.mark("queue-name", start)
    else:
        node = grammar.domain(cursor)
        if "." not in node:
            raise cursor.refuse(start, _FULL_NAME, unfinished=True)
        cursor.mark("node-name", start)
    cursor.done(grammar.END)
    return Etrn(node, "#" if sign == b"#" else "@" if sign else "")


COMMAND = Command(
    CARD,
    "ETRN host.name",
    frozenset({Phase.READY}),
    parse,
    ("ETRN lancs.uk", "ETRN @lancs.uk"),
    limits.COMMAND_LINE,
    needs="ETRN",
)
