"""What an IMAP verb may see and change: the state of the session, its host, its peer."""

from collections.abc import Callable, Collection, Iterable, Mapping
from functools import lru_cache
from typing import NamedTuple

from mailshell.core.chunks import Chunk
from mailshell.core.clock import Instant
from mailshell.core.command import Command, Verb
from mailshell.core.cursor import Slip
from mailshell.core.session import Peer
from mailshell.imap import eras, limits, names, tags, updates
from mailshell.imap.phases import Phase
from mailshell.imap.view import View
from mailshell.imap.wording import Reply
from mailshell.mail.host import Host, Traits
from mailshell.mail.store import Account, BoxKey, Full, Mailbox, Message

Mechanism = Callable[[Host, tuple[bytes, ...]], bytes | Account | None]
"""A SASL mechanism: from all that the client has answered so far, the next challenge, or who it is, or None (refused).

A function of the answers alone, so that an exchange is a value like all else that a session remembers.
"""

CONDSTORE = "CONDSTORE"
"""The capability that tells mod-sequences (RFC 7162 section 3.1)."""

_BASIC = frozenset({"IMAP4", "IMAP4rev1"})
_EXTEND_LIST = frozenset({"LIST-STATUS", "SPECIAL-USE"})
"""Capabilities that bring options of LIST, for which a server has LIST-EXTENDED (RFC 5258 section 3)."""


class Dialogue(NamedTuple):
    """An exchange of AUTHENTICATE: the mechanism, and the answers so far."""

    mechanism: str
    answers: tuple[bytes, ...] = ()


class Incoming(NamedTuple):
    """A literal as it arrives: octets still to come, and those that came.

    The octets of a message stand `aside`: the command has only the number in braces for it. Of a command that is
    refused they are counted, and not kept.
    """

    left: int
    aside: bool
    chunks: Chunk | None = None


class Rest(NamedTuple):
    """What is left of a command that takes long, and is run in pieces, so that others are served meanwhile.

    `then` goes on with it. `octets` and `slips` are those of the command, as long as nothing of its answer was told.
    """

    then: "Callable[[Desk], Reply]"
    parsed: "Verb[Desk, Reply] | None" = None
    octets: bytes = b""
    slips: tuple[Slip, ...] = ()


class State(NamedTuple):
    """Everything that an IMAP session remembers; replaced, never changed.

    `tag` is that of the command under way, or of the last one, `numbered` the last one that ended in a number. `lead`
    is what of a command with literals came before its last line, `texts` are the messages in it, and `refusal` is its
    answer where that is known before its end.
    """

    phase: Phase = Phase.NOT_AUTHENTICATED
    tag: bytes = b"*"
    numbered: bytes = b""
    user: str = ""
    view: View | None = None
    enabled: frozenset[str] = frozenset()
    lead: bytes = b""
    literal: Incoming | None = None
    texts: tuple[bytes, ...] = ()
    refusal: Reply | None = None
    dialogue: Dialogue | None = None
    rest: Rest | None = None
    pending: tuple[bytes, int] = (b"", 0)
    active: Instant = Instant(0)


class Desk:
    """The session as a verb sees it; `commands` are all that exist."""

    __slots__ = ("_news", "_put", "classic", "commands", "host", "in_pieces", "mechanisms", "peer", "state", "strict")

    def __init__(
        self,
        host: Host,
        peer: Peer,
        commands: tuple[Command["Desk", Reply], ...],
        mechanisms: Mapping[str, Mechanism] = {},
    ) -> None:
        self.commands = commands
        self.host = host
        self.peer = peer
        self.mechanisms = mechanisms
        self.classic = host.traits.voice == "classic"
        self.strict = host.traits.policy == "strict"
        self.in_pieces = False
        """Whether a command that takes long may be done in pieces."""
        self._put = 0  # messages that this command has put into the open mailbox
        self._news: list[tuple[bytes, str]] = []
        self.state = State() if self.exists else State(Phase.LOGOUT)

    @property
    def exists(self) -> bool:
        """Whether there is an IMAP in the year of the host."""
        return eras.FIRST.known(self.host.traits.era)

    def offers(self, keyword: str) -> bool:
        """Whether the host offers a capability; a strict host has LITERAL- for LITERAL+ (RFC 7888 section 5)."""
        return offers(self.host.traits, keyword)

    @property
    def aware(self) -> bool:
        """Whether the session has asked to be told mod-sequences."""
        return CONDSTORE in self.state.enabled

    @property
    def limit(self) -> int:
        """The biggest message that APPEND takes, in octets."""
        return limit(self.host.traits)

    def gives(self, code: str) -> bool:
        """Whether the server uses a response code: not one of a later year than its own."""
        return eras.code_known(code, self.host.traits.era)

    @property
    def standing(self) -> Phase:
        """The state by RFC 3501 section 3 that the session is in, whatever part of a command is under way."""
        state = self.state
        if state.phase is Phase.LOGOUT:
            return Phase.LOGOUT
        if state.view is not None:
            return Phase.SELECTED
        return Phase.AUTHENTICATED if state.user else Phase.NOT_AUTHENTICATED

    @property
    def tag(self) -> str:
        """The tag that the client may give its next command."""
        return tags.following(self.state.numbered).decode("ascii")

    def resume(self) -> None:
        """The last line of a command is here, or it goes on: it is judged by the state that the session is in."""
        self._follow()
        standing = self.standing
        if self.state.phase is not standing:
            self.state = self.state._replace(phase=standing)

    def settle(self) -> None:
        """The command is over: the session reads commands again."""
        self.resume()
        state = self.state
        if state.texts or state.literal is not None or state.dialogue is not None:
            self.state = state._replace(literal=None, texts=(), dialogue=None)

    def go_on(self, then: "Callable[[Desk], Reply]") -> None:
        """The command is not done: `then` goes on with it in the next turn."""
        self.state = self.state._replace(rest=Rest(then))

    def wait(self, phase: Phase, dialogue: Dialogue | None = None) -> None:
        """A part of a command comes that is read in a phase of its own."""
        self.state = self.state._replace(phase=phase, dialogue=dialogue)

    def enter(self, user: str) -> None:
        """The user is known."""
        self.state = self.state._replace(phase=Phase.AUTHENTICATED, user=user, view=None)

    def select(self, view: View | None) -> None:
        """A mailbox is open from now on, or none."""
        self.state = self.state._replace(phase=Phase.SELECTED if view else Phase.AUTHENTICATED, view=view)

    def leave(self) -> None:
        """The session is over."""
        self.state = State(Phase.LOGOUT, self.state.tag)

    @property
    def view(self) -> View:
        """The open mailbox as this session knows it, in the phase SELECTED."""
        view = self.state.view
        assert view is not None, "the phase SELECTED has a mailbox"
        return view

    @view.setter
    def view(self, view: View) -> None:
        self.state = self.state._replace(view=view)

    @property
    def mailbox(self) -> Mailbox | None:
        """The open mailbox as it is now; None where it was deleted since, or has a name that is not known yet."""
        view = self.view
        mailbox = self.host.store.mailbox(view.key)
        return mailbox if mailbox is not None and mailbox.box.uidvalidity == view.validity else None

    def key(self, name: str) -> BoxKey:
        """The mailbox of that name, of the user who is logged in."""
        return BoxKey(self.host.name, self.state.user, names.folded(name))

    def find(self, name: str) -> Mailbox | None:
        """The same, as it is now; None where there is none."""
        return self.host.store.mailbox(self.key(name))

    def _follow(self) -> Mailbox | None:
        """The open mailbox as it is now: one that was renamed stays open under its new name (RFC 2180 section 3.4)."""
        view = self.state.view
        found = None if view is None else self.mailbox
        if view is None or found is not None:
            return found
        for mailbox in self.host.store.mailboxes(view.key.host, view.key.user):
            if mailbox.box.uidvalidity == view.validity:
                self.view = view._replace(key=mailbox.key)
                return mailbox
        return None

    def catch_up(self, *, expunges: bool, aware: bool = False) -> tuple[bytes, str]:
        """What the session has not been told yet of its mailbox, and why; the view knows it from now on.

        With `aware` the command asks for mod-sequences, which are told then also where none has asked before.
        """
        mailbox, view = self._follow(), self.state.view
        if view is None:
            return b"", ""
        aware = aware or self.aware
        own, self._put = self._put, 0
        found = updates.news(view, mailbox, lambda: self.claim(view.key), expunges=expunges, aware=aware, own=own)
        if found.view is not view:
            self.view = found.view
        return found.block, found.because

    def put(self, key: BoxKey, drafts: Iterable[Message]) -> list[Message]:
        """Put messages at the end of a mailbox, all or none. Raises Full."""
        added = self.host.store.add(key, drafts)
        if self.state.view is not None and self.state.view.key == key:
            self._put += len(added)
        return added

    def sync(self, *, expunges: bool, aware: bool = False) -> None:
        """Take in what others have changed, before this command changes something itself; `told` gives it out."""
        self._news.append(self.catch_up(expunges=expunges, aware=aware))

    def note(self, because: str) -> None:
        """Something to say about this command that is told with no line of its own."""
        self._news.append((b"", because))

    def told(self) -> tuple[bytes, str]:
        """What `sync` found in this command, and why it is told."""
        if not self._news:
            return b"", ""
        found, self._news = self._news, []
        return b"".join(block for block, _ in found), " ".join(because for _, because in found if because)

    def changed(self) -> bytes:
        """All that has changed since `sync` is this session's own doing: only new keywords are to be told."""
        mailbox, view = self.mailbox, self.view
        if mailbox is None:
            return b""
        self.view = view._replace(modseq=mailbox.box.modseq, keywords=len(mailbox.box.keywords))
        return updates.keywords(view, mailbox.box)

    def without(self, gone: Collection[int]) -> bytes:
        """The untagged EXPUNGE of each message, by its uid, that this command has removed."""
        if not gone:
            return b""
        self.view, block = updates.without(self.view, frozenset(gone))
        self.changed()
        return block

    def claim(self, key: BoxKey) -> range:
        """The uids that this session is the first to be told of; none where the store has no room to write that."""
        try:
            return self.host.store.claim(key)
        except Full:
            return range(0)


def limit(traits: Traits) -> int:
    """The biggest message that APPEND takes on a host with these traits, in octets."""
    return traits.size or limits.MESSAGE


@lru_cache(maxsize=1024)
def offers(traits: Traits, keyword: str) -> bool:
    """Whether a host with these traits offers a capability: asked for with almost every command."""
    if keyword in traits.off or not eras.YEARS.known(keyword, traits.era):
        return False
    if keyword == "IMAP4":
        return not offers(traits, "IMAP4rev1")
    if keyword in _BASIC:
        return True
    if keyword == "THREAD":  # the verb is there where one of its algorithms is
        return offers(traits, "THREAD=ORDEREDSUBJECT") or offers(traits, "THREAD=REFERENCES")
    if keyword == "SEARCHRES" and not offers(traits, "ESEARCH"):  # RFC 5182 section 2.1
        return False
    if keyword in _EXTEND_LIST and not offers(traits, "LIST-EXTENDED"):
        return False
    if keyword == ("LITERAL+" if traits.policy == "strict" else "LITERAL-"):
        return False
    return traits.voice != "classic"
