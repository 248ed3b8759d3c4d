"""Removing messages for good: what EXPUNGE, UID EXPUNGE and CLOSE have in common (RFC 3501 section 6.4.3)."""

from collections.abc import Container

from mailshell.imap.desk import Desk
from mailshell.imap.flags import DELETED


def remove(desk: Desk, wanted: Container[int] | None = None) -> list[int]:
    """Remove the messages that have \\Deleted, of those uids where some are named; the uids that went."""
    mailbox = desk.mailbox
    if mailbox is None:
        return []
    known = desk.view.uidnext
    marked = (uid for uid, message in mailbox.messages.items() if uid < known and DELETED in message.flags)
    gone = [uid for uid in marked if wanted is None or uid in wanted]
    desk.host.store.remove(mailbox.key, gone)
    return gone
