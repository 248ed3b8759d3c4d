"""The peers of the benchmarks: small SMTP servers as users of aiosmtpd and of Twisted would write them.

    python tests/benchmarks/peers.py aiosmtpd PORT               keep every message in memory
    python tests/benchmarks/peers.py twisted PORT
    python tests/benchmarks/peers.py aiosmtpd PORT --discard     forget every message
    python tests/benchmarks/peers.py aiosmtpd PORT --file FILE   append every message to FILE, fsync, then say 250

They listen on 127.0.0.1, take mail for everybody, and end at SIGTERM. A library is imported only when its peer runs.
"""

import argparse
import os
import signal
from collections.abc import Callable
from importlib import import_module
from typing import BinaryIO, Protocol

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


class Delivering(Protocol):
    """What we set of Twisted's protocol."""

    delivery: object


def delivering(esmtp: Delivering, delivery: object) -> Delivering:
    esmtp.delivery = delivery
    return esmtp


PEERS: dict[str, Callable[[int, Keep], None]] = {"aiosmtpd": aiosmtpd, "twisted": twisted}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("name", choices=PEERS)
    parser.add_argument("port", type=int)
    parser.add_argument("--discard", action="store_true")
    parser.add_argument("--file", type=argparse.FileType("ab"))
    args = parser.parse_args()
    kept: list[bytes] = []
    PEERS[args.name](args.port, durable(args.file) if args.file else discard if args.discard else kept.append)


if __name__ == "__main__":
    main()
