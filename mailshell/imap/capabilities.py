"""The capabilities, in the order of the CAPABILITY response (RFC 3501 section 7.2.1)."""

from functools import lru_cache
from typing import NamedTuple

from mailshell.core.record import Card, Cite
from mailshell.imap.desk import Desk, limit, offers
from mailshell.mail.host import Traits


class Capability(NamedTuple):
    """A capability, by the word that stands in the list."""

    keyword: str
    card: Card


def _capability(keyword: str, says: str, rfc: int, section: str, more: str) -> Capability:
    return Capability(keyword, Card(keyword, says, Cite(rfc, section), more=more))


CAPABILITIES = (
    _capability("IMAP4", "speaks IMAP4 of 1994", 3501, "1", "The server speaks IMAP4 (RFC 1730), before its revision."),
    _capability(
        "IMAP4rev1", "speaks IMAP4rev1", 3501, "6.1.1",
        "The server speaks IMAP4, revision 1. Each such server lists this word.",
    ),
    _capability(
        "LITERAL+", "takes literals without a wait", 7888, "4",
        "A client may write {5+} and send the octets at once, without waiting for the server to say +.",
    ),
    _capability(
        "LITERAL-", "takes short literals without a wait", 7888, "5",
        "A client may write {5+} and send up to 4096 octets at once. For more it waits until the server says +.",
    ),
    _capability("ID", "has the command ID", 2971, "3", "Client and server may tell their names."),
    _capability("ENABLE", "has the command ENABLE", 5161, "3.1", "A client may switch on what it wants to use."),
    _capability("IDLE", "has the command IDLE", 2177, "3", "The server tells what changes as it happens."),
    _capability("NAMESPACE", "has the command NAMESPACE", 2342, "5", "NAMESPACE says where names of mailboxes begin."),
    _capability(
        "CHILDREN", "LIST tells which names have children", 3348, "3",
        "The attributes in LIST say of each name whether there are names below it.",
    ),
    _capability(
        "UIDPLUS", "tells the uids of copies", 4315, "1",
        "APPEND and COPY tell the uids of the new messages, and UID EXPUNGE removes only the messages that are named.",
    ),
    _capability(
        "LIST-EXTENDED", "LIST has options", 5258, "3",
        "LIST may have options that say which names are told and what is told of each, and several patterns.",
    ),
    _capability(
        "LIST-STATUS", "LIST tells numbers too", 5819, "2",
        "With RETURN (STATUS ...) LIST tells of each mailbox what STATUS would tell, so one command is enough.",
    ),
    _capability(
        "SPECIAL-USE", "LIST tells what mailboxes are for", 6154, "2",
        "An attribute such as \\Sent says what a mailbox is for, so that nobody has to set that up in a mail reader.",
    ),
    _capability(
        "CREATE-SPECIAL-USE", "CREATE may say what a mailbox is for", 6154, "3",
        "CREATE may give a new mailbox a use, as in CREATE Old (USE (\\Archive)).",
    ),
    _capability(
        "STATUS=SIZE", "STATUS tells the size of a mailbox", 8438, "3",
        "STATUS may ask for SIZE: the octets of all messages of a mailbox together.",
    ),
    _capability(
        "APPENDLIMIT", "tells the biggest message that it takes", 7889, "2",
        "The number after the equals sign is the size in octets of the biggest message that APPEND takes.",
    ),
    _capability("UNSELECT", "has the command UNSELECT", 3691, "2", "UNSELECT closes a mailbox and removes nothing."),
    _capability("WITHIN", "SEARCH can look for ages", 5032, "2", "The keys OLDER and YOUNGER count seconds until now."),
    _capability(
        "ESEARCH", "SEARCH can return less", 4731, "3.1",
        "SEARCH RETURN (MIN MAX ALL COUNT) says which of the results are wanted. The answer is short.",
    ),
    _capability(
        "SEARCHRES", "$ stands for the last result", 5182, "2.1",
        "SEARCH RETURN (SAVE) keeps the result on the server, and $ stands for it in the next commands.",
    ),
    _capability("SORT", "has the command SORT", 5256, "3", "SORT is SEARCH whose answer is in an order."),
    _capability(
        "THREAD=ORDEREDSUBJECT", "THREAD by subjects", 5256, "3", "THREAD can make one thread for each base subject."
    ),
    _capability(
        "THREAD=REFERENCES", "THREAD by what refers to what", 5256, "3",
        "THREAD can make trees from References, In-Reply-To and base subjects.",
    ),
    _capability(
        "BINARY", "decodes parts for the client", 3516, "4.1",
        "FETCH BINARY[...] gives a part without its transfer encoding, and APPEND may bring the octet NUL.",
    ),
    _capability(
        "MULTIAPPEND", "APPEND takes several messages", 3502, "6.3.11",
        "One APPEND may bring several messages. The mailbox gets all of them, or none.",
    ),
    _capability(
        "CONDSTORE", "tells what has changed", 7162, "3.1.1",
        "Each change of a message has a number, its mod-sequence. A client asks what has changed since it was here, "
        "and changes flags only where nobody else has.",
    ),
    _capability("MOVE", "has the command MOVE", 6851, "3.1", "MOVE takes messages to another mailbox in one step."),
)  # fmt: skip


def listed(desk: Desk) -> str:
    """`IMAP4rev1 LITERAL+ ...`: all that the server has now."""
    return _listed(desk.host.traits, tuple(desk.mechanisms))


@lru_cache(maxsize=64)
def _listed(traits: Traits, mechanisms: tuple[str, ...]) -> str:
    """The list of every host with these traits: each greeting and each login tells it."""
    words = (_word(one, traits) for one in CAPABILITIES if offers(traits, one.keyword))
    return " ".join([*words, *(f"AUTH={name}" for name in mechanisms)])


def _word(one: Capability, traits: Traits) -> str:
    return f"APPENDLIMIT={limit(traits)}" if one.keyword == "APPENDLIMIT" else one.keyword
