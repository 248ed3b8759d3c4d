"""`mailshell serve`: the servers of a world on TCP ports, and what happens there, live."""

import argparse
import gc
import ipaddress
import os
import sys
import time

from mailshell.core.clock import Instant
from mailshell.core.transcript import SERVE_LIMIT, Transcript
from mailshell.mail.names import user
from mailshell.mail.store import Account, Full, StateError, Store
from mailshell.net.connection import Network
from mailshell.net.listen import PORTS, ListenError, Port, serve
from mailshell.protocols import PROTOCOLS
from mailshell.shell import setup
from mailshell.shell.events import dump
from mailshell.shell.live import Pipe, Screen, Stream
from mailshell.shell.log import Log
from mailshell.shell.text import safe
from mailshell.shell.worlds import planned
from mailshell.world.plan import Plan
from mailshell.world.start import DEFAULT_HOST, build
from mailshell.world.world import World


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options of `serve` beside those that every command has."""
    parser.add_argument("--bind", default="127.0.0.1", metavar="ADDR", help="address to listen on (default 127.0.0.1)")
    for name in PROTOCOLS:
        text = f"port for {name.upper()}, 0 picks a free one ({PORTS[name]} where no port is asked for)"
        parser.add_argument(f"--{name}", type=_port, metavar="PORT", help=text)
    parser.add_argument("--host", metavar="NAME", help=f"which server (default {DEFAULT_HOST})")
    parser.add_argument(
        "--user", type=_user, action="append", default=[], metavar="NAME:PASSWORD", help="add a user with mailboxes"
    )
    parser.add_argument(
        "--network",
        type=_network,
        action="append",
        default=[],
        metavar="CIDR",
        help="its addresses count as the host's own, such as 192.0.2.0/24",
    )
    parser.add_argument("--json", action="store_true", help="one JSON object a line")


def main(args: argparse.Namespace) -> int:
    """Serve until SIGTERM or Ctrl-C; exit status 0, 2 for bad options, 3 where serving is not possible."""
    plan = planned(args.world)
    host = (args.host or plan.server).lower()
    names = plan.addresses
    if host not in names:
        text = f"mailshell: {args.host} is no host of this world: there are {', '.join(names)}."
        print(safe(text), file=sys.stderr)
        return 2
    try:
        kept = setup.store(args, history=False)
        try:
            return _serve(args, plan, host, kept)
        finally:
            kept.close()
    except (StateError, Full, ListenError, OSError) as error:
        print(safe(f"mailshell: {error}"), file=sys.stderr)
        return 3


def _serve(args: argparse.Namespace, plan: Plan, host: str, kept: Store) -> int:
    world = build(
        plan,
        store=kept,
        traits=setup.traits(args),
        now=Instant(time.time_ns() // 1000),
        transcript=Transcript(SERVE_LIMIT),
        users=tuple(Account(host, name, password, name) for name, password in args.user),
    )
    ports = [Port(host, name, args.bind, getattr(args, name)) for name in PROTOCOLS if getattr(args, name) is not None]
    if not ports:
        ports = [Port(host, name, args.bind, PORTS[name]) for name in PROTOCOLS]
    networks: list[Network] = args.network
    with Log(args.log) as log:
        shown = _show(args, world, log)
        gc.freeze()  # what is here from the start stays: a search for garbage need not look at it again and again
        try:
            serve(world, ports, shown.ready, networks=networks)
        finally:
            shown.pipe.close()
    return 0


class _Shown:
    """Where the first lines go, and the rest after them."""

    def __init__(self, pipe: Pipe, json: bool) -> None:
        self.pipe = pipe
        self._json = json

    def ready(self, ports: list[Port]) -> None:
        """The ports are open: say where, and warn of strangers."""
        for port in ports:
            self.pipe.put(dump(_listening(port)) if self._json else _first_line(port))
            if not ipaddress.ip_address(port.address).is_loopback:
                print(
                    f"mailshell: {port.address} is not this machine alone: "
                    f"anyone who can reach port {port.port} can use this {port.protocol.upper()} server.",
                    file=sys.stderr,
                    flush=True,
                )
        if self._json:
            self.pipe.put(dump({"event": "ready"}))


def _show(args: argparse.Namespace, world: World, log: Log) -> _Shown:
    """Connect the transcript with stdout, where somebody can see it."""
    fd = _stdout()
    if args.json:
        stream = Stream(fd, log)
        if stream.seen:
            world.transcript.subscribe(stream)
        return _Shown(stream.pipe, True)
    screen = Screen(fd, setup.view(args, sys.stdout), log)
    if screen.seen:
        world.transcript.subscribe(screen)
    return _Shown(screen.pipe, False)


def _stdout() -> int | None:
    """The file descriptor to write to; None where nobody reads."""
    try:
        fd = sys.stdout.fileno()
        nowhere = os.stat(os.devnull)
        here = os.fstat(fd)
    except (AttributeError, OSError, ValueError):
        return None
    return None if (here.st_dev, here.st_ino) == (nowhere.st_dev, nowhere.st_ino) else fd


def _first_line(port: Port) -> bytes:
    return f"{port.protocol} {port.host} {port.address} port {port.port}\n".encode("ascii")


def _listening(port: Port) -> dict[str, object]:
    return {"event": "listening"} | {
        "protocol": port.protocol,
        "host": port.host,
        "address": port.address,
        "port": port.port,
        "tls": "none",
    }


def _port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) > 65_535:
        raise argparse.ArgumentTypeError(f"{text!r} is no port: a port is a number from 0 to 65535")
    return int(text)


def _user(text: str) -> tuple[str, str]:
    name, colon, password = text.partition(":")
    if not colon or not password:
        raise argparse.ArgumentTypeError(f"{text!r} is not NAME:PASSWORD, such as dave:secret")
    try:
        name = user(name)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
    if not password.isprintable():
        raise argparse.ArgumentTypeError("a password has printable characters only")
    return name, password


def _network(text: str) -> Network:
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no network, such as 192.0.2.0/24 or 2001:db8::/32") from None
