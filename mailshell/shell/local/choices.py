"""What may stand for the argument of a local command: times, messages, files."""

import os
from collections.abc import Iterable

from mailshell.core.clock import duration
from mailshell.mail.store import BoxKey
from mailshell.shell.local import look
from mailshell.shell.meta import Choice, Meta

_TIMES = {"30s": "half a minute", "5m": "five minutes", "30m": "half an hour", "1h": "one hour", "1d": "one day"}
_IDLE = "--idle"
_MOST = 100
"""So many messages or files of a long list are offered."""


def times(meta: Meta, text: str) -> Iterable[Choice]:
    """Lengths of time, then --idle."""
    first, space, second = text.partition(" ")
    if not space:
        yield from (Choice(time, len(first), says) for time, says in _TIMES.items() if time.startswith(first))
    elif duration(first) is not None and _IDLE.startswith(second):
        yield Choice(_IDLE, len(second), "servers that wait too long give up")


def messages(meta: Meta, text: str) -> Iterable[Choice]:
    """The users, then the numbers of the messages in the INBOX of one."""
    first, space, second = text.partition(" ")
    if not space:
        yield from dict.fromkeys(look.users(meta, text))
        return
    user, _, host = first.partition("@")
    found = meta.seat.world.store.mailbox(BoxKey(host or meta.seat.link.wire.host, user, "INBOX"))
    for number, message in enumerate(() if found is None else list(found.messages.values())[:_MOST], 1):
        if str(number).startswith(second):
            yield Choice(str(number), len(second), f"{message.size:,} octets")


def steps(meta: Meta, text: str) -> Iterable[Choice]:
    """The numbers of the last lines, the newest first, each with its line."""
    from mailshell.shell.search import listing
    from mailshell.world.steps import steps as told

    found = told(meta.seat)[: -_MOST - 1 : -1] if " " not in text else []
    for step, line in zip(found, listing(found, meta.renderer.view._replace(wire="off")), strict=True):
        if str(step.number).startswith(text):
            yield Choice(str(step.number), len(text), line.split(None, 1)[1])


def files(meta: Meta, text: str) -> Iterable[Choice]:
    """The files and directories that a name may mean; hidden ones where it begins with a dot."""
    folder, name = os.path.split(text)
    try:
        with os.scandir(os.path.expanduser(folder) or ".") as entries:
            found = sorted((entry.name, entry.is_dir()) for entry in entries if entry.name.startswith(name))
    except (OSError, ValueError):
        return
    for entry, is_folder in found[:_MOST]:
        if entry.isprintable() and (name or not entry.startswith(".")):
            yield Choice(entry + "/" * is_folder, len(name))
