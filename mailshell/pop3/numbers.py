"""What LIST, RETR, TOP, UIDL and DELE have in common: the message of a number, and its octets."""

from mailshell.core.dots import stuff
from mailshell.mail.store import Message, StateError
from mailshell.pop3.desk import Desk
from mailshell.pop3.drop import counted
from mailshell.pop3.replies import ALREADY_MARKED, NEEDS_UTF8, NO_SUCH_MESSAGE, UNREADABLE
from mailshell.pop3.wording import Reply

NO_END = (
    "The message does not end in CR LF. An answer is made of lines, so the server adds two octets that LIST leaves out."
)
UNASKED = "The header has characters outside ASCII, and this server has no UTF8 command: it sends them all the same."


def find(desk: Desk, number: int) -> Message | Reply:
    """The message of a number, or the refusal where there is none, or none any more."""
    drop = desk.drop
    if not 0 < number <= len(drop.messages):
        last = len(drop.messages)
        numbers = "number 1" if last == 1 else f"numbers 1 to {last}"
        because = f"The maildrop had {counted(last, 0)['messages']} at login, {numbers}."
        if not last:
            because = "The maildrop was empty at login. What arrives during the session is shown in the next one."
        return NO_SUCH_MESSAGE(because, counts=counted(last, 0))
    if number in drop.marks:
        because = f"DELE {number} came earlier in this session. RSET takes the mark off again."
        return ALREADY_MARKED(because, number=str(number))
    return drop.messages[number - 1]


def octets(desk: Desk, message: Message) -> bytes | Reply:
    """The octets of a message, or the refusal where this client may not have them."""
    try:
        found = desk.host.store.octets(message.body)
    except StateError as error:
        return UNREADABLE(str(error))
    except KeyError:
        return UNREADABLE("Another program has removed the message since the login.")
    if not found.isascii() and not desk.state.utf8 and desk.offers("UTF8") and not header(found).isascii():
        return NEEDS_UTF8("A header field has characters outside ASCII. Send UTF8 before USER in the next session.")
    return found


def header(message: bytes) -> bytes:
    """The header of a message, the empty line after it included."""
    if message.startswith(b"\r\n"):
        return message[:2]
    end = message.find(b"\r\n\r\n")
    return message if end < 0 else message[: end + 4]


def lines(text: bytes) -> bytes:
    """Text as lines of an answer: dots stuffed, and an end on its last line."""
    if text and not text.endswith(b"\r\n"):
        text += b"\r\n"
    return stuff(text)


def noted(desk: Desk, text: bytes) -> str:
    """What is odd about octets that are sent, in a sentence."""
    ends = "" if not text or text.endswith(b"\r\n") else NO_END
    if text.isascii() or desk.state.utf8 or desk.offers("UTF8") or header(text).isascii():
        return ends
    return f"{UNASKED} {ends}".strip()
