"""What SELECT and EXAMINE have in common: open a mailbox, and say what is in it (RFC 3501 sections 6.3.1 and 6.3.2)."""

from mailshell.core.cursor import Cursor
from mailshell.core.record import Expect
from mailshell.imap import flags, grammar, modseqs, reasons
from mailshell.imap.desk import CONDSTORE, Desk
from mailshell.imap.replies import SELECTED
from mailshell.imap.view import View, opened
from mailshell.imap.wording import Reply
from mailshell.mail.store import Mailbox

PARTS = {"select-param": "CONDSTORE: tell mod-sequences from now on"}
_CLOSED = b"* OK [CLOSED] The mailbox that was open is closed now\r\n"
_PARAMETER = Expect("(CONDSTORE)", "mod-sequences are told from now on", needs=CONDSTORE)


def arguments(cursor: Cursor) -> tuple[str, bool]:
    """SP mailbox [SP "(" "CONDSTORE" ")"]."""
    grammar.space(cursor)
    name = grammar.mailbox(cursor, opened=True)
    start = cursor.at
    aware = cursor.word(b" (CONDSTORE)", _PARAMETER)
    cursor.mark("select-param", start)
    cursor.done(grammar.END)
    return name, aware


def run(desk: Desk, name: str, *, writable: bool, aware: bool) -> Reply:
    """Open a mailbox; one that was open is closed first, also where this fails. With `aware` mod-sequences are told."""
    closed = _CLOSED if desk.state.view is not None and desk.offers(CONDSTORE) else b""  # RFC 7162 section 3.2.11
    desk.select(None)
    mailbox = desk.find(name)
    if mailbox is None:
        return reasons.no_mailbox(desk, name, closed)
    box = mailbox.box
    recent = desk.claim(mailbox.key) if writable else range(box.recent, box.uidnext)
    view = opened(mailbox, writable=writable).claimed(recent)
    if aware:
        modseqs.enable(desk)
    desk.select(view)
    block = (
        closed + described(desk, view, mailbox).encode("ascii") + (modseqs.highest(view.modseq) if desk.aware else b"")
    )
    verb, code = ("SELECT", "READ-WRITE") if writable else ("EXAMINE", "READ-ONLY")
    return SELECTED(block=block, code=code, verb=verb)


def described(desk: Desk, view: View, mailbox: Mailbox) -> str:
    """The untagged responses that SELECT must give, of those that the year of the server has."""
    box = mailbox.box
    known, lasting = flags.told(box.keywords, writable=view.writable)
    lines = [known, f"* {len(view.uids)} EXISTS", f"* {view.recents} RECENT"]
    first = next((at for at, one in enumerate(mailbox.messages.values(), 1) if flags.SEEN not in one.flags), 0)
    if first:
        lines.append(f"* OK [UNSEEN {first}] The first message without \\Seen")
    lines.append(lasting)
    if desk.gives("UIDNEXT"):
        lines.append(f"* OK [UIDNEXT {box.uidnext}] The next uid, or a higher one")
    lines.append(f"* OK [UIDVALIDITY {box.uidvalidity}] UIDs are valid as long as this is the same")
    return "\r\n".join(lines) + "\r\n"
