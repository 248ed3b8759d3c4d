"""A maildrop as one session sees it: a view that was taken at login, and the marks of what is to be deleted."""

from collections.abc import Iterator
from typing import NamedTuple

from mailshell.core.clock import DAY, Instant
from mailshell.mail.state import BoxKey, Message
from mailshell.mail.store import Mailbox

_WORD = 1024


class Marks(NamedTuple):
    """A set of message numbers as a bitmap in pieces, so that one mark more copies little, however many there are."""

    words: tuple[int, ...] = ()
    size: int = 0
    octets: int = 0

    def __contains__(self, number: object) -> bool:
        assert isinstance(number, int), "messages have numbers"
        word, bit = divmod(number, _WORD)
        return word < len(self.words) and bool(self.words[word] >> bit & 1)

    def add(self, number: int, octets: int) -> "Marks":
        """The set with one number more, that of a message of so many octets."""
        word, bit = divmod(number, _WORD)
        words = self.words + (0,) * (word + 1 - len(self.words))
        words = (*words[:word], words[word] | 1 << bit, *words[word + 1 :])
        return Marks(words, self.size + 1, self.octets + octets)


NONE = Marks()


class Drop(NamedTuple):
    """The messages of a maildrop, number 1 first, as they were when the session locked it.

    What arrives later is not in it (RFC 1939 section 4). `octets` are those of all messages together. `sent` are those
    that RETR has sent, where the server keeps none of them.
    """

    key: BoxKey
    validity: int
    messages: tuple[Message, ...]
    octets: int
    marks: Marks = NONE
    sent: Marks = NONE

    @property
    def user(self) -> str:
        """Whose maildrop it is."""
        return self.key.user

    @property
    def left(self) -> int:
        """How many messages are not marked as deleted."""
        return len(self.messages) - self.marks.size

    @property
    def octets_left(self) -> int:
        """How many octets they have together."""
        return self.octets - self.marks.octets

    def listed(self) -> Iterator[tuple[int, Message]]:
        """The messages that are not marked as deleted, with their numbers."""
        numbered = enumerate(self.messages, 1)
        if not self.marks.size:
            return numbered
        marks = self.marks
        return ((number, message) for number, message in numbered if number not in marks)

    def marked(self) -> Iterator[int]:
        """The uids of the messages that are marked as deleted."""
        marks = self.marks
        return (message.uid for number, message in enumerate(self.messages, 1) if number in marks)

    def leaving(self, days: int | None, now: Instant) -> "Drop":
        """The maildrop with marks on what a server that keeps mail for so many days removes by itself, too."""
        marks = self.marks
        for number, message in () if days is None else self.listed():
            if now - message.save_date >= days * DAY if days else number in self.sent:
                marks = marks.add(number, message.size)
        return self._replace(marks=marks)

    def unique_id(self, message: Message) -> str:
        """`4.2`: the same in every session, after a restart too, and never given to another message of this maildrop.

        A mailbox that is deleted and made anew gets another validity.
        """
        return f"{self.validity}.{message.uid}"


def take(mailbox: Mailbox) -> Drop:
    """The maildrop as it is now."""
    messages = tuple(mailbox.messages.values())
    return Drop(mailbox.key, mailbox.box.uidvalidity, messages, sum(message.size for message in messages))


def counted(count: int, octets: int) -> dict[str, str]:
    """`2 messages`, `1410 octets` and the same in German, as fields of a reply."""
    return {
        "messages": f"{count} message{'' if count == 1 else 's'}",
        "nachrichten": f"{count} Nachricht{'' if count == 1 else 'en'}",
        "octets": str(octets),
    }
