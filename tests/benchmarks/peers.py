"""The peers of the benchmarks: small servers as users of aiosmtpd and of Twisted would write them.

    python tests/benchmarks/peers.py aiosmtpd PORT               keep every message in memory
    python tests/benchmarks/peers.py twisted PORT
    python tests/benchmarks/peers.py aiosmtpd PORT --discard     forget every message
    python tests/benchmarks/peers.py aiosmtpd PORT --file FILE   append every message to FILE, fsync, then say 250
    python tests/benchmarks/peers.py twisted PORT --pop3 N       POP3: N messages in the maildrop of everybody
    python tests/benchmarks/peers.py twisted PORT --imap         IMAP: an INBOX in memory for everybody
    python tests/benchmarks/peers.py pymap PORT --imap           the same, for u0 alone

They listen on 127.0.0.1, take mail for everybody, and end at SIGTERM. A library is imported only when its peer runs.
"""

import argparse
import os
import signal
from collections.abc import Callable
from importlib import import_module
from io import BytesIO
from typing import BinaryIO, Protocol

from load import make_message

Keep = Callable[[bytes], None]
ENDS = {signal.SIGTERM, signal.SIGINT}


def durable(file: BinaryIO) -> Keep:
    """Keep a message by writing it to the file and waiting for the disk."""

    def keep(message: bytes) -> None:
        file.write(message)
        file.flush()
        os.fsync(file.fileno())

    return keep


def discard(message: bytes) -> None:
    """Keep nothing."""


class Envelope(Protocol):
    """What we read of aiosmtpd's envelope."""

    content: bytes


class Mailbox:
    """An aiosmtpd handler that hands over every message."""

    def __init__(self, keep: Keep) -> None:
        self.keep = keep

    async def handle_DATA(self, server: object, session: object, envelope: Envelope) -> str:
        self.keep(envelope.content)
        return "250 OK"


def aiosmtpd(port: int, keep: Keep) -> None:
    """The controller runs in a thread of its own, as aiosmtpd's guide has it."""
    signal.pthread_sigmask(signal.SIG_BLOCK, ENDS)
    controller = import_module("aiosmtpd.controller").Controller(Mailbox(keep), hostname="127.0.0.1", port=port)
    controller.start()
    signal.sigwait(ENDS)
    controller.stop()


def twisted(port: int, keep: Keep) -> None:
    """ESMTP with a delivery that takes every address."""
    defer, reactor = import_module("twisted.internet.defer"), import_module("twisted.internet.reactor")
    smtp, implementer = import_module("twisted.mail.smtp"), import_module("zope.interface").implementer

    @implementer(smtp.IMessage)
    class Message:
        def __init__(self) -> None:
            self.lines: list[bytes] = []

        def lineReceived(self, line: bytes) -> None:
            self.lines.append(line)

        def eomReceived(self) -> object:
            keep(b"\r\n".join(self.lines))
            self.lines = []
            return defer.succeed(None)

        def connectionLost(self) -> None:
            self.lines = []

    @implementer(smtp.IMessageDelivery)
    class Delivery:
        def receivedHeader(self, helo: object, origin: object, recipients: object) -> bytes:
            return b"Received: by localhost"

        def validateFrom(self, helo: object, origin: object) -> object:
            return origin

        def validateTo(self, user: object) -> Callable[[], Message]:
            return Message

    factory = smtp.SMTPFactory()
    factory.protocol = lambda: delivering(smtp.ESMTP(), Delivery())
    reactor.listenTCP(port, factory, interface="127.0.0.1")
    reactor.run()


def twisted_pop3(port: int, messages: list[bytes]) -> None:
    """POP3 with a maildrop in memory for everybody, and without the wait of Nagle's algorithm."""
    pop3, reactor = import_module("twisted.mail.pop3"), import_module("twisted.internet.reactor")
    protocol, implementer = import_module("twisted.internet.protocol"), import_module("zope.interface").implementer
    portal, checkers = import_module("twisted.cred.portal"), import_module("twisted.cred.checkers")

    @implementer(pop3.IMailbox)
    class Maildrop:
        def __init__(self, kept: list[bytes]) -> None:
            self.kept = kept

        def listMessages(self, index: int | None = None) -> int | list[int]:
            return [len(one) for one in self.kept] if index is None else len(self.kept[index])

        def getMessage(self, index: int) -> BinaryIO:
            return BytesIO(self.kept[index])

        def getUidl(self, index: int) -> bytes:
            return b"id%d" % index

        def sync(self) -> None:
            pass

        deleteMessage = undeleteMessages = sync

    @implementer(portal.IRealm)
    class Realm:
        def requestAvatar(self, user: bytes, mind: object, *interfaces: object) -> tuple[object, ...]:
            return pop3.IMailbox, Maildrop(messages), lambda: None

    @implementer(checkers.ICredentialsChecker)
    class Everybody:
        credentialInterfaces = (import_module("twisted.cred.credentials").IUsernamePassword,)

        def requestAvatarId(self, credentials: object) -> bytes:
            name: bytes = vars(credentials)["username"]
            return name

    factory = protocol.ServerFactory()

    def build(address: object) -> object:
        made = pop3.POP3()
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


class Delivering(Protocol):
    """What we set of Twisted's protocol."""

    delivery: object


def delivering(esmtp: Delivering, delivery: object) -> Delivering:
    esmtp.delivery = delivery
    return esmtp


PEERS: dict[str, Callable[[int, Keep], None]] = {"aiosmtpd": aiosmtpd, "twisted": twisted}
NAMES = (*PEERS, "pymap")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("name", choices=NAMES)
    parser.add_argument("port", type=int)
    parser.add_argument("--discard", action="store_true")
    parser.add_argument("--file", type=argparse.FileType("ab"))
    parser.add_argument("--pop3", type=int, metavar="N")
    parser.add_argument("--size", type=int, default=1000)
    parser.add_argument("--imap", action="store_true")
    args = parser.parse_args()
    if args.imap:
        import_module("imappeers").run(args.name, args.port)
        return
    if args.pop3 is not None:
        return twisted_pop3(args.port, [make_message(number, args.size) for number in range(args.pop3)])
    kept: list[bytes] = []
    PEERS[args.name](args.port, durable(args.file) if args.file else discard if args.discard else kept.append)


if __name__ == "__main__":
    main()
