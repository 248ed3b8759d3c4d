"""What LOGIN and AUTHENTICATE have in common once it is known who it is."""

from mailshell.imap.capabilities import listed
from mailshell.imap.desk import Desk
from mailshell.imap.replies import BAD_LOGIN, LOGGED_IN, NO_MAIL
from mailshell.imap.wording import Reply
from mailshell.mail.prep import prepared
from mailshell.mail.store import Account, BoxKey


def find(desk: Desk, name: str) -> Account | None:
    """The account of a name, if it is one with which somebody may log in."""
    form = prepared(name)
    account = None if form is None else desk.host.account(form)
    return account if account is not None and account.password else None


def refused(desk: Desk, name: str) -> Reply:
    """No; the reason for the student says what was wrong."""
    host = desk.host.name
    named = f"a user {name}" if name.isascii() and name.isprintable() else "a user of that name"
    if find(desk, name) is not None:
        return BAD_LOGIN(f"That is not the password of {name}.")
    if desk.host.account(name) is not None:
        return BAD_LOGIN(f"{host} has {named}, but no password, so nobody can log in there.")
    return BAD_LOGIN(f"{host} does not have {named}. On the wire the server does not say so.")


def enter(desk: Desk, account: Account) -> Reply:
    """The user is known from now on."""
    mailbox = desk.host.store.mailbox(BoxKey(desk.host.name, account.user, "INBOX"))
    if mailbox is None:
        return NO_MAIL(f"{desk.host.name} has an account {account.user}, but no INBOX for it.")
    desk.enter(mailbox.key.user)
    return LOGGED_IN(code=f"CAPABILITY {listed(desk)}")
