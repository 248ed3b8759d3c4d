"""What to try next: for each phase a safe step, an odd one and a breaking one, fitted to this server and its users.

A promise of a move holds for the state that it was made for; tests make every move and hold it to its verdict.
"""

from collections.abc import Callable

from mailshell.core.record import Phase, Verdict
from mailshell.core.session import Move
from mailshell.pop3 import login
from mailshell.pop3 import phases as pop3
from mailshell.pop3.desk import Desk

Three = tuple[Move, ...]

_REFUSED, _TOLERATED = Verdict.REFUSED, Verdict.TOLERATED


def moves(desk: Desk) -> Three:
    """Three next moves; none once the connection is closed."""
    find = _MOVES.get(desk.state.phase)
    return () if find is None else find(desk)


def _user(desk: Desk) -> str:
    """A user of this server who can log in; nobody where there is none."""
    users = [one.user for one in desk.host.accounts() if one.password and one.user.isascii()]
    return (users or ["nobody"])[0]


def _stranger(desk: Desk) -> str:
    """A name that no user of this server has."""
    return next(name for name in ("nobody", "no-such-user", "zzz") if desk.host.account(name) is None)


def _authorization(desk: Desk) -> Three:
    stat = Move(
        "breaking", "STAT", "The server answers -ERR. Nothing changes.",
        "Before the login the server shows nothing of any maildrop.", _REFUSED,
    )  # fmt: skip
    if not desk.offers("USER"):
        says = "The server answers -ERR: it does not offer USER and PASS."
        quits = Move("safe", "QUIT", "The server says +OK and closes.", "Without USER there is no login to type here.")
        return quits, Move("odd", f"USER {_user(desk)}", says, "A server may want APOP or AUTH.", _REFUSED), stat
    return (
        Move(
            "safe", f"USER {_user(desk)}", "The server answers +OK and waits for the password.",
            "A login takes two commands: who you are, and what proves it.",
        ),
        Move(
            "odd", f"USER {_stranger(desk)}", "The server answers +OK, though it has no such user.",
            "It says the same to any name, so that nobody finds out which users there are.",
        ),
        stat,
    )  # fmt: skip


def _password(desk: Desk) -> Three:
    account = login.find(desk, desk.state.user)
    safe = Move("safe", "QUIT", "The server says +OK and closes.", "Nobody can log in under this name.")
    if account is not None:
        says = "The server opens the maildrop and locks it."
        safe = Move("safe", f"PASS {account.password}", says, "Everybody on the way can read this line.")
        if not login.free(desk, account):
            why = "A session has the maildrop, or was there a moment ago: a login would be refused."
            safe = Move("safe", "QUIT", "The server says +OK and closes.", why)
    odd = Move(
        "odd", f"USER {_user(desk)}", "The server answers +OK, and the note says that PASS should come next.",
        "Most servers take another USER, a strict one refuses it.", _TOLERATED,
    )  # fmt: skip
    if desk.strict:
        says = "The server answers -ERR: a strict server takes PASS or QUIT now."
        odd = odd._replace(says=says, verdict=_REFUSED)
    says = "The server answers -ERR, and you must name the user again."
    wrong = Move("breaking", "PASS not-the-password", says, "It does not say if the name or the password was wrong.")
    return safe, odd, wrong._replace(verdict=_REFUSED)


def _transaction(desk: Desk) -> Three:
    drop = desk.drop
    safe = Move("safe", "LIST", "The server lists the messages with their sizes.", "The numbers hold until QUIT.")
    last = len(drop.messages)
    breaking = Move(
        "breaking", f"RETR {last + 1}", "The server answers -ERR: there is no such message.",
        "What arrives during a session gets its number in the next one.", _REFUSED,
    )  # fmt: skip
    if drop.marks.size:
        number = next(number for number in range(1, last + 1) if number in drop.marks)
        says = "The server answers -ERR: the message is marked as deleted."
        why = "It is still there, and QUIT removes it. RSET takes the mark off."
        says_odd = "The server takes the marks off all messages."
        odd = Move("odd", "RSET", says_odd, "Until QUIT nothing is gone.")
        return safe, odd, Move("breaking", f"RETR {number}", says, why, _REFUSED)
    if last:
        says = "The server marks the message. It is still there."
        return safe, Move("odd", "DELE 1", says, "Cut the line with :drop, and nothing was deleted."), breaking
    return (
        safe,
        Move("odd", "RSET", "The server answers +OK, and has no mark to take off.", "RSET is harmless."),
        breaking,
    )


def _exchange(desk: Desk) -> Three:
    says = "The server answers -ERR, and the session is where it was before AUTH."
    why = "A client that cannot answer a challenge gives up with one *."
    return (Move("safe", "*", says, why, _REFUSED),)


_MOVES: dict[Phase, Callable[[Desk], Three]] = {
    pop3.Phase.AUTHORIZATION: _authorization,
    pop3.Phase.PASSWORD: _password,
    pop3.Phase.TRANSACTION: _transaction,
    pop3.Phase.EXCHANGE: _exchange,
}
