"""What PASS, APOP and AUTH have in common once it is known who it is: open the maildrop, or say why not."""

from mailshell.core.clock import SECOND
from mailshell.mail.prep import prepared
from mailshell.mail.store import Account, BoxKey, Full
from mailshell.pop3.desk import Desk
from mailshell.pop3.drop import counted, take
from mailshell.pop3.phases import Phase
from mailshell.pop3.replies import BAD_LOGIN, IN_USE, LOGGED_IN, NO_LOGIN_NOW, NO_MAILDROP, TOO_SOON
from mailshell.pop3.wording import Reply


def find(desk: Desk, name: str) -> Account | None:
    """The account of a name, if it is one with which somebody may log in."""
    form = prepared(name)
    account = None if form is None else desk.host.account(form)
    return account if account is not None and account.password else None


def refused(desk: Desk, name: str, wrong: str) -> Reply:
    """No; the reason for the student says what was wrong, `wrong` where the user exists."""
    desk.move(Phase.AUTHORIZATION)
    host = desk.host.name
    named = f"a user {name}" if name.isascii() and name.isprintable() else "a user of that name"
    if find(desk, name) is not None:
        return BAD_LOGIN(wrong)
    if desk.host.account(name) is not None:
        return BAD_LOGIN(f"{host} has {named}, but no password, so nobody can log in there.")
    return BAD_LOGIN(f"{host} does not have {named}. On the wire the server does not say so.")


def free(desk: Desk, account: Account) -> bool:
    """Whether a login of this account would be taken now, given the right password."""
    mailbox = desk.host.store.mailbox(BoxKey(desk.host.name, account.user, "INBOX"))
    return mailbox is not None and not desk.host.locked(mailbox.key.user) and _wait(desk, mailbox.key.user) <= 0


def _wait(desk: Desk, user: str) -> int:
    """How many microseconds are left until this user may log in again."""
    last = desk.host.store.noted(_moment(desk, user)) if desk.offers("LOGIN-DELAY") else None
    return 0 if last is None else last + desk.host.traits.delay * SECOND - desk.host.now()


def _moment(desk: Desk, user: str) -> str:
    """The name of the number in the store that says when a user logged in last."""
    return f"login {desk.host.name} {user}"


def enter(desk: Desk, account: Account) -> Reply:
    """Open the maildrop of an account, and lock it (RFC 1939 section 4)."""
    host, store = desk.host, desk.host.store
    desk.move(Phase.AUTHORIZATION)
    mailbox = store.mailbox(BoxKey(host.name, account.user, "INBOX"))
    if mailbox is None:
        return NO_MAILDROP(f"{host.name} has an account {account.user}, but no INBOX for it.")
    user, delay = mailbox.key.user, host.traits.delay
    if (wait := _wait(desk, user)) > 0:
        because = f"{account.user} logged in less than {delay} seconds ago. Seconds left to wait: {-(-wait // SECOND)}."
        return TOO_SOON(because, seconds=str(delay))
    if fault := host.struck("maildrop-locked", lambda one: host.account(one.what) == account):
        return IN_USE(fault.because)
    if not host.lock(user, desk):
        return IN_USE(f"Another session has the maildrop of {account.user} open. Its QUIT, or its end, unlocks it.")
    if desk.offers("LOGIN-DELAY"):
        try:
            store.note(_moment(desk, user), host.now())
        except Full as full:
            host.unlock(user, desk)
            return NO_LOGIN_NOW(str(full))
    drop = take(mailbox)
    desk.enter(drop)
    return LOGGED_IN(counts=counted(drop.left, drop.octets))
