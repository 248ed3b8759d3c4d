"""The kinds of faults that can be put into a world: the words of each, and a card on what it teaches."""

from typing import Literal, NamedTuple

from mailshell.core.clock import MINUTE, SECOND
from mailshell.core.record import Card, Cite

Slot = Literal["host", "domain", "mailbox", "sender", "word", "verb", "code", "count", "span", "skew"]
"""What may stand after the name of a kind."""


class Kind(NamedTuple):
    """One kind of fault: its card, the words that may follow its name, in the order in which they are written.

    Words in `needs` must be there; `figure` and `span` (in microseconds) hold where none is said. With `odds` the fault
    may strike now and then only.
    """

    card: Card
    slots: tuple[Slot, ...]
    needs: tuple[Slot, ...] = ()
    figure: int = 0
    span: int = 0
    odds: bool = True

    @property
    def syntax(self) -> str:
        """What one types: `delay VERB [SPAN] [HOST] [odds N%]`."""
        words = [_SHOWN[slot] if slot in self.needs else f"[{_SHOWN[slot]}]" for slot in self.slots]
        return " ".join([self.card.name, *words, *(["[odds N%]"] if self.odds else [])])


_SHOWN: dict[Slot, str] = {
    "host": "HOST",
    "domain": "DOMAIN",
    "mailbox": "USER@HOST",
    "sender": "ADDRESS",
    "word": "WORD",
    "verb": "VERB",
    "code": "CODE",
    "count": "N",
    "span": "TIME",
    "skew": "+TIME",
}


def _card(name: str, says: str, section: str, more: str, next: str, rfc: int = 5321) -> Card:
    return Card(name, says, Cite(rfc, section), more=more, next=next)


_ALL = (
    Kind(
        _card(
            "queue-full", "MAIL gets 452: no room in the queue", "4.5.4.1",
            "The server has no room for one message more and says so at MAIL. A 4 means: not now. The client keeps the "
            "message in its own queue and tries again, after 30 minutes or more; it gives up after 4 or 5 days.",
            "look at the queue of the client, take the fault away, and wait for the next try",
        ),
        ("host",),
    ),
    Kind(
        _card(
            "mailbox-full", "RCPT gets 452: one mailbox is full", "3.3",
            "One mailbox has no room. Other recipients of the same message are accepted, so a message can be delivered "
            "to some and wait for others. With a quota the answer is 552, which says: not like this.",
            "send RCPT for another user of the same host: it is accepted", 3463,
        ),
        ("mailbox",), ("mailbox",),
    ),
    Kind(
        _card(
            "disk-full", "the final dot gets 452: nothing is stored", "6.1",
            "A server that says 250 to the final dot has taken the message over, so it must have stored it before. "
            "With a full disk it cannot, and says 452. All of the message has crossed the wire for nothing.",
            "look at the mailbox, which is as it was: the client still has the message",
        ),
        ("host",),
    ),
    Kind(
        _card(
            "host-down", "nobody answers at this host", "5.1",
            "No connection can be opened, and one that stands ends at the next command. A client that has mail for the "
            "domain tries its other mail exchangers in the order of their preferences, and the queue later on.",
            "look at the queue of the host that sends: the mail waits there",
        ),
        ("host",), ("host",),
    ),
    Kind(
        _card(
            "name-not-found", "the name does not exist", "5.1",
            "The name server says that there is no such name. Waiting does not help: the sender gets a report at once, "
            "as for a 5 on the wire.",
            "read the report in the mailbox of the sender",
        ),
        ("domain",), ("domain",),
    ),
    Kind(
        _card(
            "name-server-silent", "the name server does not answer", "5.1",
            "Nobody can say where the host is, or that it does not exist. Not to know is not the same as no: the "
            "message stays in the queue and is tried again.",
            "look at the queue: the message stays there",
        ),
        ("domain",), ("domain",),
    ),
    Kind(
        _card(
            "slow", "each answer takes its time", "4.5.3.2",
            "Each answer of the host comes later. SMTP gives a server minutes for an answer. A client that asks and "
            "waits pays for each round trip; one that sends its commands in one write (PIPELINING) pays less often.",
            "compare the time that the same mail takes with and without PIPELINING",
        ),
        ("host", "span"), span=10 * SECOND, odds=False,
    ),
    Kind(
        _card(
            "clock-skew", "the clock of a host is wrong", "4.4",
            "The host writes another time than the others into Received and into its mailboxes. To read a path, follow "
            "the order of the Received fields, the top one is the newest; their times may even go backwards.",
            "read the Received fields of a message that went through the host",
        ),
        ("host", "skew"), ("host", "skew"), odds=False,
    ),
    Kind(
        _card(
            "greylisting", "RCPT gets 451 from whoever is new", "2.4",
            "The server has not seen this client address, sender and recipient together before. It says 451 and "
            "remembers them; when the time is over, it takes the mail. A real server tries again. Much software that "
            "sends spam never does.",
            "send the same RCPT at once, then after :wait", 6647,
        ),
        ("host", "span"), span=5 * MINUTE,
    ),
    Kind(
        _card(
            "too-many-recipients", "RCPT gets 452 after some recipients", "4.5.3.1.10",
            "The server takes a few recipients of one message, and 452 is its answer to each one more. The client "
            "sends to those that were taken, and after that a second time to the others. A server by the standard "
            "takes at least 100.",
            "send DATA for those that were taken; the others need one more transaction",
        ),
        ("host", "count"), figure=1,
    ),
    Kind(
        _card(
            "sender-blocked", "MAIL gets 550: no mail from there", "7.9",
            "The server takes no mail with this return path. A server may refuse mail for reasons of its own, and 5 "
            "says: do not try again. The return path is what the client says it is, so another one passes.",
            "send MAIL with another return path",
        ),
        ("sender", "host"), ("sender",),
    ),
    Kind(
        _card(
            "content-refused", "the final dot gets 554: a word in it", "6.2",
            "The server has read the message and does not want it. It says so before it has taken the message over. A "
            "server that says 250 first must deliver it or report to the return path, which in spam is often false.",
            "send the same message without the word",
        ),
        ("host", "word"), ("word",),
    ),
    Kind(
        _card(
            "maildrop-locked", "POP3 login gets -ERR [IN-USE]", "8.1.2",
            "The maildrop is locked, as by another session. The password was right: a client should not ask its user "
            "for another one, and try later.",
            "take the fault away, and log in again", 2449,
        ),
        ("mailbox",), ("mailbox",),
    ),
    Kind(
        _card(
            "reject", "a command gets 4yz or 5yz", "4.2.1",
            "The server refuses the command. The first digit tells the client what to do: 4 says that the same may "
            "work later, 5 says that it will not. A POP3 server says -ERR, with [SYS/TEMP] or [SYS/PERM], an IMAP "
            "server NO, with [UNAVAILABLE] or [CONTACTADMIN].",
            "look at what the client does with the digit",
        ),
        ("verb", "code", "host"), ("verb",), figure=450,
    ),
    Kind(
        _card(
            "delay", "the answer to a command comes late", "4.5.3.2",
            "The answer to this command takes its time. Timeouts of an SMTP client are minutes: 5 for MAIL and RCPT, "
            "2 for DATA, 10 for the final dot. Who gives up earlier there may bring the message twice.",
            "compare the time before and after the command",
        ),
        ("verb", "span", "host"), ("verb",), span=30 * SECOND,
    ),
    Kind(
        _card(
            "drop", "the connection breaks before the command is done", "3.8",
            "The connection ends without an answer, and the command was not carried out. An SMTP client does as if it "
            "had heard 451: the message stays in its queue. With a dot as the verb it breaks at the final dot, before "
            "anything is stored.",
            "look at the mailbox, and at the queue of the client",
        ),
        ("verb", "host"), ("verb",),
    ),
    Kind(
        _card(
            "lose", "the connection breaks after the command is done", "6.1",
            "The command was carried out, and its answer is lost. The client cannot tell this from drop. With a dot "
            "as the verb the message is stored, the client sends it again, and the user gets it twice: RFC 1047 is "
            "about this gap. SMTP prefers two copies to none.",
            "look at the mailbox after the second try",
        ),
        ("verb", "host"), ("verb",),
    ),
)  # fmt: skip
KINDS = {one.card.name: one for one in _ALL}
"""Every kind by its name."""
