"""The IMAP peers: Twisted's server with an INBOX in memory, and pymap with its own."""

import sys
from email import message_from_bytes
from email.message import Message
from importlib import import_module
from io import BytesIO
from typing import Any

SYSTEM = ["\\Seen", "\\Answered", "\\Flagged", "\\Deleted", "\\Draft"]


class Part:
    """What Twisted asks of a message or a part of it."""

    def __init__(self, message: Message) -> None:
        self.message = message

    def getHeaders(self, negate: bool, *names: str) -> dict[str, str]:
        wanted = {name.lower() for name in names}
        return {
            name.lower(): value
            for name, value in self.message.items()
            if not names or (name.lower() in wanted) is not negate
        }

    def getBodyFile(self) -> BytesIO:
        return BytesIO(str(self.message.get_payload()).encode())

    def getSize(self) -> int:
        return len(self.message.as_bytes())

    def isMultipart(self) -> bool:
        return self.message.is_multipart()

    def getSubPart(self, part: int) -> "Part":
        found = self.message.get_payload(part)
        assert isinstance(found, Message)
        return Part(found)


class Letter(Part):
    """A message with its number and flags; it is parsed once."""

    def __init__(self, octets: bytes, uid: int, flags: list[str]) -> None:
        super().__init__(message_from_bytes(octets))
        self.size, self.uid, self.flags = len(octets), uid, flags

    def getUID(self) -> int:
        return self.uid

    def getFlags(self) -> list[str]:
        return self.flags

    def getInternalDate(self) -> str:
        return "09-Mar-2015 10:00:00 +0000"

    def getSize(self) -> int:
        return self.size


class Mailbox:
    """An INBOX in memory."""

    def __init__(self) -> None:
        self.letters: list[Letter] = []
        self.listeners: list[Any] = []

    def getFlags(self) -> list[str]:
        return SYSTEM

    def getHierarchicalDelimiter(self) -> str:
        return "/"

    def getUIDValidity(self) -> int:
        return 1

    def getUIDNext(self) -> int:
        return len(self.letters) + 1

    def getUID(self, message: int) -> int:
        return self.letters[message - 1].uid

    def getMessageCount(self) -> int:
        return len(self.letters)

    def getRecentCount(self) -> int:
        return 0

    def getUnseenCount(self) -> int:
        return 0

    def isWriteable(self) -> bool:
        return True

    def destroy(self) -> None:
        pass

    def requestStatus(self, names: list[str]) -> dict[str, int]:
        return {"MESSAGES": len(self.letters)}

    def addListener(self, listener: object) -> None:
        self.listeners.append(listener)

    def removeListener(self, listener: object) -> None:
        self.listeners.remove(listener)

    def addMessage(self, file: BytesIO, flags: tuple[str, ...] = (), date: object = None) -> object:
        self.letters.append(Letter(file.read(), len(self.letters) + 1, list(flags)))
        for listener in self.listeners:
            listener.newMessages(len(self.letters), None)
        return import_module("twisted.internet.defer").succeed(None)

    def expunge(self) -> list[int]:
        gone = [number for number, one in enumerate(self.letters, 1) if "\\Deleted" in one.flags]
        self.letters = [one for one in self.letters if "\\Deleted" not in one.flags]
        return gone

    def fetch(self, messages: Any, uid: bool) -> list[tuple[int, Letter]]:
        messages.last = len(self.letters)
        return [(number, self.letters[number - 1]) for number in messages]

    def store(self, messages: Any, flags: list[str], mode: int, uid: bool) -> dict[int, list[str]]:
        return {}


def twisted(port: int) -> None:
    """Twisted's server; IDLE is not in it, and new messages are told as they come."""
    imap4, reactor = import_module("twisted.mail.imap4"), import_module("twisted.internet.reactor")
    faces, protocol = import_module("twisted.mail.interfaces"), import_module("twisted.internet.protocol")
    portal, implements = import_module("twisted.cred.portal"), import_module("zope.interface").classImplements
    checkers, credentials = import_module("twisted.cred.checkers"), import_module("twisted.cred.credentials")
    for kind, face in ((Part, faces.IMessageIMAPPart), (Letter, faces.IMessageIMAP), (Mailbox, faces.IMailboxIMAP)):
        implements(kind, face)
    accounts: dict[bytes, Any] = {}

    class Realm:
        def requestAvatar(self, user: bytes, mind: object, *interfaces: object) -> tuple[object, ...]:
            if user not in accounts:
                accounts[user] = imap4.MemoryAccount(user)
                accounts[user].addMailbox("INBOX", Mailbox())
            return faces.IAccountIMAP, accounts[user], lambda: None

    class Everybody:
        credentialInterfaces = (credentials.IUsernamePassword,)

        def requestAvatarId(self, known: object) -> bytes:
            name: bytes = vars(known)["username"]
            return name

    implements(Realm, portal.IRealm)
    implements(Everybody, checkers.ICredentialsChecker)
    factory = protocol.ServerFactory()

    def build(address: object) -> object:
        made = imap4.IMAP4Server()
        made.portal, made.factory = portal.Portal(Realm(), [Everybody()]), factory
        connected = made.connectionMade

        def quick() -> None:
            made.transport.setTcpNoDelay(True)
            connected()

        made.connectionMade = quick
        return made

    factory.buildProtocol = build
    reactor.listenTCP(port, factory, interface="127.0.0.1")
    reactor.run()


def pymap(port: int) -> None:
    """pymap with its store in memory, for one user."""
    server = ["--host", "127.0.0.1", "--port", str(port), "--no-tls"]
    server += ["--no-service", "managesieve", "--no-service", "admin"]
    sys.argv = ["pymap", *server, "dict", "--demo-data", "--demo-user", "u0", "--demo-password", "pw"]
    import_module("pymap.main").main()


def run(name: str, port: int) -> None:
    """Run a peer to its end."""
    {"twisted": twisted, "pymap": pymap}[name](port)
