"""What to try next: for each phase a safe step, an odd one and a breaking one, fitted to this server and this client.

A promise of a move holds for the state that it was made for; tests make every move and hold it to its verdict.
"""

from collections.abc import Callable

from mailshell.core import dots
from mailshell.core.record import Phase, Verdict
from mailshell.core.session import Move
from mailshell.smtp import grammar
from mailshell.smtp import phases as smtp
from mailshell.smtp.commands import data
from mailshell.smtp.desk import Desk
from mailshell.smtp.extensions import futurerelease

Three = tuple[Move, ...]

_REFUSED, _TOLERATED, _ACCEPTED = Verdict.REFUSED, Verdict.TOLERATED, Verdict.ACCEPTED
_TYPED = 60  # octets of a line that one types by hand
_RSET = Move(
    "safe", "RSET", "The server drops the transaction and answers 250. It still knows your name.",
    "RSET clears senders, recipients and text, whatever went wrong before.",
)  # fmt: skip


def moves(desk: Desk) -> Three:
    """Three next moves; none once the connection is closed."""
    find = _MOVES.get(desk.state.phase)
    return () if find is None else find(desk)


def _name(desk: Desk) -> str:
    """What this client may call itself: its host name, or else its address in brackets (RFC 5321 section 4.1.3)."""
    name, address = desk.peer.name, desk.peer.address
    if name != address and grammar.DOMAIN.fullmatch(name.encode()):
        return name
    return f"[IPv6:{address}]" if ":" in address else f"[{address}]"


def _sender(desk: Desk) -> str:
    """An address of this client: a user of its host, where this world knows one."""
    users = [one.user for one in desk.host.store.accounts(desk.peer.name) if one.password and one.user.isascii()]
    return grammar.Path(users[0] if users else "you", _name(desk)).address


def _mailbox(desk: Desk) -> str:
    """A mailbox of this server that is no recipient yet; its postmaster where there is no other."""
    envelope = desk.state.envelope
    taken = {path.local.lower() for path in envelope.recipients} if envelope is not None else set()
    users = [one.user for one in desk.host.accounts() if one.password and one.user.isascii()]
    free = [user for user in users if user.lower() not in taken]
    return grammar.Path((free or ["postmaster"])[0], desk.host.name).address


def _room(desk: Desk) -> bool:
    """Whether one more recipient is taken, refused ones counted (RFC 9422 section 4.2)."""
    envelope = desk.state.envelope
    assert envelope is not None, "asked only in a transaction"
    return len(envelope.recipients) + envelope.refused < desk.recipient_limit


def _hello(desk: Desk, kind: str = "safe") -> Move:
    name = _name(desk)
    if not desk.offers("EHLO"):
        says = "The server answers 250 and knows your name. It offers no extension."
        return Move("safe", f"HELO {name}", says, "This server does not take EHLO, so HELO is the way in.")
    if kind == "odd":
        says = "The server answers 250, lists its extensions, and drops the transaction."
        return Move("odd", f"EHLO {name}", says, "A second EHLO is allowed at any time. It clears as RSET does.")
    says = "The server answers 250, one line for each extension that it offers."
    return Move("safe", f"EHLO {name}", says, "What it lists here you may use afterwards; nothing else is safe to use.")


def _greeted(desk: Desk) -> Three:
    return (
        _hello(desk),
        Move(
            "odd", f"VRFY {_mailbox(desk)}", "The server answers 250 and names the mailbox, though you are a stranger.",
            "Only mail needs a hello before it. VRFY does not, and spammers collected addresses so.",
        ),
        Move(
            "breaking", "DATA", "The server answers 503. Nothing changes.",
            "SMTP has an order: hello, sender, recipient, message. The server knows where you are in it.", _REFUSED,
        ),
    )  # fmt: skip


def _ready(desk: Desk) -> Three:
    sender = _sender(desk)
    safe = Move(
        "safe", f"MAIL FROM:<{sender}>", "The server opens a transaction and answers 250.",
        "Nobody checks that this is you. The address is for reports about failed delivery.",
    )  # fmt: skip
    odd = _odd_sender(desk, sender)
    if desk.host.traits.transactions is not None and desk.state.mails >= desk.host.traits.transactions:
        says = "The server answers 221 and closes the connection. Enter opens a new one."
        safe = Move("safe", "QUIT", says, "This connection has had its share of messages.")
        says = "The server answers 250, and has nothing to drop."
        odd = Move("odd", "RSET", says, "RSET is allowed where no transaction is open. It does not win you more mail.")
    breaking = Move(
        "breaking", f"MAIL FROM:{sender}", "The server answers 501 at the first octet that does not fit.",
        "The angle brackets are part of the grammar. Without them nobody knows where an address ends.", _REFUSED,
    )  # fmt: skip
    if safe.line == "QUIT":
        breaking = breaking._replace(
            line="RCPT TO:<Postmaster>", says="The server answers 503.", why="No MAIL, no RCPT."
        )
    return safe, odd, breaking


def _odd_sender(desk: Desk, sender: str) -> Move:
    if desk.classic:
        says = "The server answers 250, and the note says that RFC 5321 has no space after the colon."
        move = Move("odd", f"MAIL FROM: <{sender}>", says, "The slide types it so, and most servers accept it.")
        if not desk.strict:
            return move._replace(verdict=_TOLERATED)
        says = "The server answers 501: a strict server takes no space after the colon."
        return move._replace(says=says, why="The slide types it so, and most servers accept it.", verdict=_REFUSED)
    if desk.early:
        says = "The server answers 250, and ignores the hosts before the colon."
        why = "A source route was the way through the networks of 1982. Today no client should send one."
        return Move("odd", f"MAIL FROM:<@{desk.host.name}:{sender}>", says, why)
    if desk.state.extended and futurerelease.EXTENSION.offered(desk):
        says = "The server answers 250. It will hold the message for one minute."
        why = "Send the rest, look at :mailbox, then turn the clock on with :wait 2m and look again."
        return Move("odd", f"MAIL FROM:<{sender}> HOLDFOR=60", says, why)
    why = "Reports about failed mail are sent so, because reports about reports could go on for ever."
    return Move("odd", "MAIL FROM:<>", "The server answers 250. Nobody will get a report.", why)


def _sender_known(desk: Desk) -> Three:
    host = desk.host
    safe, odd = _RSET, Move("odd", "NOOP", "The server answers 250.", "Nothing changes: the sender is known still.")
    if _room(desk):
        says = "The server looks for the mailbox and answers 250."
        why = "Only RCPT decides who gets the message. The To field inside it does not."
        safe = Move("safe", f"RCPT TO:<{_mailbox(desk)}>", says, why)
        says = "The server answers 250, though the address has no domain."
        why = "Every server has a postmaster, a person to write to when mail goes wrong."
        odd = Move("odd", "RCPT TO:<Postmaster>", says, why)
    if desk.peer.inside:
        user = next(name for name in ("nobody", "no-such-user", "zzz") if not host.members(name))
        says = "The server answers 550: it has no such mailbox. The transaction stays open."
        why = "Each recipient gets its own answer. One that is refused does not spoil the others."
        return safe, odd, Move("breaking", f"RCPT TO:<{user}@{host.name}>", says, why, _REFUSED)
    says = "The server refuses: the mailbox is elsewhere, and it passes on nothing for strangers."
    why = "A server that passes on mail for everybody is an open relay, and spammers find it."
    return safe, odd, Move("breaking", "RCPT TO:<somebody@example.org>", says, why, _REFUSED)


def _recipients_known(desk: Desk) -> Three:
    chunks = desk.state.extended and desk.offers("CHUNKING")
    if data.body(desk) == "BINARYMIME":
        says = "The server takes a message of no octets and answers 250."
        safe = Move(
            "safe", "BDAT 0 LAST", says, "After BODY=BINARYMIME a message comes in chunks, and DATA is refused."
        )
    else:
        says = "The server answers 354. From then on every line is message text."
        safe = Move("safe", "DATA", says, "354 asks for more. The answer to the message comes after its final dot.")
    if chunks:
        says = "The server takes a chunk of no octets and answers 250. The message has begun."
        odd = Move("odd", "BDAT 0", says, "BDAT counts the octets, so no dot ends the message and none is doubled.")
    elif _room(desk):
        says = "The server answers 250 once more. The message is delivered once."
        odd = Move("odd", f"RCPT TO:<{_again(desk)}>", says, "A name that comes twice gets one copy here.")
    else:
        odd = Move("odd", "NOOP", "The server answers 250.", "Nothing changes: the envelope is kept.")
    says = "The server answers 503: a transaction is open already."
    why = "One envelope at a time: finish this one, or drop it with RSET."
    return safe, odd, Move("breaking", f"MAIL FROM:<{_sender(desk)}>", says, why, _REFUSED)


def _again(desk: Desk) -> str:
    envelope = desk.state.envelope
    assert envelope is not None, "asked only in a transaction"
    return envelope.recipients[-1].address


def _chunks(desk: Desk) -> Three:
    says = "The server takes a last chunk of no octets, stores the message and answers 250."
    safe = Move("safe", "BDAT 0 LAST", says, "LAST ends the message, even where the chunk with it is empty.")
    if data.judged(desk, desk.state.content.octets())[0] is not None:
        safe = _RSET._replace(why="The server would refuse the message that it has so far.")
    return (
        safe,
        Move(
            "odd", "NOOP", "The server answers 250, in the middle of a message.",
            "Between two chunks the server reads commands. Inside the text of DATA there are none.",
        ),
        Move(
            "breaking", "DATA", "The server answers 503, and the transaction has failed.",
            "BDAT and DATA do not mix in one message. After that only RSET or a new hello helps.", _REFUSED,
        ),
    )  # fmt: skip


def _failed(desk: Desk) -> Three:
    says = "The server answers 503 once more, whatever you send for this message."
    why = "A client that goes on after an error sends its text to nobody."
    return _RSET, _hello(desk, "odd"), Move("breaking", "DATA", says, why, _REFUSED)


def _message(desk: Desk) -> Three:
    refusal, slips = data.judged(desk, dots.unstuff(desk.state.content.octets()))
    says = "The message ends. The server stores it and answers 250."
    verdict = _TOLERATED if slips else _ACCEPTED
    if refusal is not None:
        says = f"The message ends. The server refuses it and answers {refusal.wording.code}."
        verdict = _REFUSED
    why = "The dot must stand alone on its line. It is no part of the message."
    return (
        Move("safe", ".", says, why, verdict),
        Move(
            "odd", "..", "No answer comes. The message has a line with one dot.",
            "A client doubles a dot that begins a line, and the server takes one off again.", None,
        ),
        Move(
            "breaking", ':raw "a\\n.\\nb\\r\\n"', "No answer comes yet. The final dot brings a refusal.",
            "The dot stands between two bare LF, not between CR LF. Servers that took it for the end let "
            "attackers smuggle a second mail in.", None,
        ),
    )  # fmt: skip


def _chunk(desk: Desk) -> Three:
    chunk = desk.state.chunk
    assert chunk is not None, "the phase CHUNK has a chunk"
    left = chunk.left
    if left > _TYPED:
        says = f"No answer comes: the server counts these octets, of {left:,} that are still to come."
        return (Move("safe", "Hello from a chunk", says, "CR LF counts as two octets.", None), _QUIT_IN_CHUNK)
    text = ("Hello from a chunk. " * 4)[: max(left - 2, 0)]
    line = text if text else f':raw "{"x" * left}"'
    safe = Move(
        "safe", line, f"These are the {left} octets that were still to come. The server answers.",
        "CR LF counts as two octets of the chunk.", _outcome(desk, text.encode() + b"\r\n" if text else b"x" * left),
    )  # fmt: skip
    says = "The chunk is complete before the line ends. The rest is read as a command and refused."
    why = "A client that counts wrong has its own text taken for commands."
    breaking = Move("breaking", ("Hello from a chunk. " * 4)[: left + 3], says, why, _REFUSED)
    return (safe, _QUIT_IN_CHUNK, breaking) if left > len(b"QUIT\r\n") else (safe, breaking)


_QUIT_IN_CHUNK = Move(
    "odd", "QUIT", "No answer comes: QUIT is message text here.",
    "Inside a chunk nothing is a command. The count alone says where it ends.", None,
)  # fmt: skip


def _outcome(desk: Desk, rest: bytes) -> Verdict:
    """What the server will say of the chunk once these octets complete it."""
    chunk = desk.state.chunk
    assert chunk is not None, "the phase CHUNK has a chunk"
    if chunk.refusal is not None:
        return _REFUSED
    if not chunk.last:
        return _ACCEPTED
    refusal, slips = data.judged(desk, desk.state.content.octets() + rest)
    if refusal is not None:
        return _REFUSED
    return _TOLERATED if slips else _ACCEPTED


_MOVES: dict[Phase, Callable[[Desk], Three]] = {
    smtp.Phase.GREETED: _greeted,
    smtp.Phase.READY: _ready,
    smtp.Phase.SENDER: _sender_known,
    smtp.Phase.RECIPIENTS: _recipients_known,
    smtp.Phase.CHUNKS: _chunks,
    smtp.Phase.FAILED: _failed,
    smtp.Phase.MESSAGE: _message,
    smtp.Phase.CHUNK: _chunk,
}
