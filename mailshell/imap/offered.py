"""What of a session may stand for a rule of a command, while somebody types: mailboxes, messages, flags, charsets.

All of it is what the client was told, or could ask for: names as LIST has them, numbers as its own view has them.
"""

from collections.abc import Callable, Iterable, Iterator

from mailshell.core.record import Expect
from mailshell.imap import flags, grammar
from mailshell.imap.capabilities import CAPABILITIES
from mailshell.imap.commands.enable import CAN, NAME
from mailshell.imap.desk import Desk
from mailshell.imap.query import KEYWORD
from mailshell.imap.searching import CHARSET, CHARSETS

_MOST = 20
"""So many messages are named one by one."""

Pairs = Iterable[tuple[str, str]]
"""Texts as one types them, each with what it is."""


def names(desk: Desk, rule: Expect) -> Pairs:
    """What may stand for a rule; nothing where the session has no names for it."""
    find = _FINDERS.get((rule.what, rule.why))
    return () if find is None else find(desk)


def _mailboxes(desk: Desk) -> Iterator[tuple[str, str]]:
    state = desk.state
    if not state.user:
        return
    for box in desk.host.store.mailboxes(desk.host.name, state.user):
        count = len(box.messages)
        opened = ", open now" if state.view is not None and state.view.key == box.key else ""
        says = f"{count} {'message' if count == 1 else 'messages'}{opened}"
        yield grammar.sent_name(box.key.name).decode("ascii"), says


def _patterns(desk: Desk) -> Iterator[tuple[str, str]]:
    yield "*", "every name"
    yield "%", "every name of one level"
    yield from _mailboxes(desk)


def _numbers(desk: Desk) -> Iterator[tuple[str, str]]:
    uids = () if desk.state.view is None else desk.state.view.uids
    yield from _all(len(uids))
    for number, uid in enumerate(uids[:_MOST], 1):
        yield str(number), f"the message with the uid {uid}"


def _uids(desk: Desk) -> Iterator[tuple[str, str]]:
    uids = () if desk.state.view is None else desk.state.view.uids
    yield from _all(len(uids))
    for number, uid in enumerate(uids[:_MOST], 1):
        yield str(uid), f"message {number} of the open mailbox"


def _all(count: int) -> Iterator[tuple[str, str]]:
    if count:
        yield "1:*", f"from the first to the last message: {count}"
        yield "*", "the last message"


def _flags(desk: Desk) -> Iterator[tuple[str, str]]:
    for name in flags.SYSTEM:
        yield name, flags.MEANINGS[name]
    yield from _keywords(desk)


def _keywords(desk: Desk) -> Iterator[tuple[str, str]]:
    mailbox = None if desk.state.view is None else desk.mailbox
    for name in () if mailbox is None else mailbox.box.keywords:
        yield name, "a keyword of this mailbox"


def _users(desk: Desk) -> Iterator[tuple[str, str]]:
    for one in desk.host.accounts():
        if one.password and one.user.isascii():
            yield one.user, one.name


def _charsets(desk: Desk) -> Iterator[tuple[str, str]]:
    yield from CHARSETS.items()


def _capabilities(desk: Desk) -> Iterator[tuple[str, str]]:
    for one in CAPABILITIES:
        if one.keyword in CAN and desk.offers(one.keyword):
            yield one.keyword, one.card.says


_FINDERS: dict[tuple[str, str], Callable[[Desk], Pairs]] = {
    (rule.what, rule.why): find
    for rule, find in (
        (grammar.USER, _users),
        (grammar.MAILBOX, _mailboxes),
        (grammar.PATTERN, _patterns),
        (grammar.SET, _numbers),
        (grammar.UIDS, _uids),
        (grammar.FLAG, _flags),
        (KEYWORD, _keywords),
        (CHARSET, _charsets),
        (NAME, _capabilities),
    )
}
