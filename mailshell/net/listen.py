"""TCP ports of a world: open them, serve until a signal comes, close in good order."""

import asyncio
import errno
import os
import signal
import socket
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from typing import NamedTuple

from mailshell.mail.store import StateError
from mailshell.net.connection import Connection, Hub, Network, complain
from mailshell.world.world import World

CONNECTIONS = 10_000
"""Connections at the same time; the system's limit on open files may allow fewer."""

PORTS = {"smtp": 2525, "pop3": 1110, "imap": 1143, "http": 8080}
"""The port of each protocol unless another one is asked for: one that needs no rights."""

GRACE = 1.0
"""Seconds that the last answers have to go out when the server stops."""

_BACKLOG = 1024
_OTHER_FILES = 64  # open files beside the connections


class ListenError(Exception):
    """A port cannot be opened. Its text says where, why, and what to do."""


class Port(NamedTuple):
    """A server of the world on a TCP port; port 0 asks for any that is free."""

    host: str
    protocol: str
    address: str
    port: int


class Server:
    """Some ports of a world inside a running event loop; with `ticking` the clock of the world is the real one."""

    def __init__(
        self, world: World, networks: Sequence[Network] = (), limit: int = CONNECTIONS, *, ticking: bool = True
    ) -> None:
        self._ended: asyncio.Future[StateError | None] = asyncio.get_running_loop().create_future()
        self._hub = Hub(world, tuple(networks), min(limit, _open_files()), self.end, ticking=ticking)
        self._servers: list[asyncio.Server] = []

    async def start(self, ports: Sequence[Port]) -> list[Port]:
        """Open all ports, or none and raise ListenError; the answer names each port as it is."""
        sockets: list[socket.socket] = []
        try:
            for port in ports:
                sockets.append(_listening(port))
        except ListenError:
            for each in sockets:
                each.close()
            raise
        found = []
        loop = asyncio.get_running_loop()
        for port, each in zip(ports, sockets, strict=True):
            address, number = each.getsockname()[:2]
            found.append(port._replace(address=address, port=number))
            factory = partial(Connection, self._hub, (port.host, port.protocol))
            self._servers.append(await loop.create_server(factory, sock=each, backlog=_BACKLOG))
        return found

    def end(self, error: StateError | None = None) -> None:
        """Let `wait` return, or raise the error."""
        if not self._ended.done():
            self._ended.set_result(error)

    async def wait(self) -> None:
        """Serve until `end` is called; raises StateError when the state file fails."""
        error = await self._ended
        if error is not None:
            raise error

    async def stop(self) -> None:
        """Stop listening, settle, and close every connection."""
        for server in self._servers:
            server.close()
        await self._hub.stop(GRACE)


def serve(
    world: World,
    ports: Sequence[Port],
    ready: Callable[[list[Port]], None],
    *,
    networks: Sequence[Network] = (),
    limit: int = CONNECTIONS,
) -> None:
    """Serve until SIGTERM or SIGINT; `ready` hears of the open ports. Raises ListenError and StateError."""
    with suppress(KeyboardInterrupt):  # where the loop cannot take signals
        asyncio.run(_serve(world, ports, ready, networks, limit))


async def _serve(
    world: World,
    ports: Sequence[Port],
    ready: Callable[[list[Port]], None],
    networks: Sequence[Network],
    limit: int,
) -> None:
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(_report)
    server = Server(world, networks, limit)
    for number in (signal.SIGTERM, signal.SIGINT):
        with suppress(NotImplementedError):  # Windows
            loop.add_signal_handler(number, server.end)
    try:
        ready(await server.start(ports))
        await server.wait()
    finally:
        await server.stop()


def _report(loop: asyncio.AbstractEventLoop, context: dict[str, object]) -> None:
    """What the loop itself has to complain of, such as connections that cannot be taken."""
    complain(f"{context.get('message')}: {context.get('exception')!r}")


def check(port: Port) -> None:
    """Raise ListenError where a port cannot be opened now."""
    _listening(port).close()


def _listening(port: Port) -> socket.socket:
    try:
        found = socket.getaddrinfo(port.address, port.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (OSError, UnicodeError) as error:
        raise ListenError(f"{port.address} is not an address. Use one of this machine, such as 127.0.0.1.") from error
    family, kind, number, _, address = found[0]
    opened = socket.socket(family, kind, number)
    try:
        if os.name == "posix":
            opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            opened.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        opened.bind(address)
        opened.listen(_BACKLOG)
        opened.setblocking(False)
    except OSError as error:
        opened.close()
        raise ListenError(_sentence(port, error)) from error
    return opened


def _sentence(port: Port, error: OSError) -> str:
    where = f"Port {port.port} of {port.address}"
    if error.errno == errno.EADDRINUSE:
        return f"{where} is taken by another program. Stop that program, or choose another port for {port.protocol}."
    if error.errno in (errno.EACCES, errno.EPERM):
        return f"{where} needs the rights of an administrator. Choose a port above 1023 for {port.protocol}."
    if error.errno == errno.EADDRNOTAVAIL:
        return f"{port.address} is not an address of this machine. Use one that it has, such as 127.0.0.1."
    return f"{where} cannot be opened ({error.strerror}). Choose another address or port for {port.protocol}."


def _open_files() -> int:
    """How many connections the system's limit on open files allows, after raising it as far as possible."""
    try:
        import resource
    except ImportError:  # Windows
        return CONNECTIONS
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
            soft = hard
    return CONNECTIONS if soft == resource.RLIM_INFINITY else max(soft - _OTHER_FILES, 1)
