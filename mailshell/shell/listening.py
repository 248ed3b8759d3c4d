"""`:serve`: TCP ports of the world while somebody types in it."""

from collections.abc import Callable, Coroutine

from mailshell.mail.store import StateError
from mailshell.net.listen import PORTS, ListenError, Port, Server
from mailshell.protocols import PROTOCOLS
from mailshell.shell.meta import Meta
from mailshell.world.seat import SeatError
from mailshell.world.world import World


class Ports:
    """The open ports of a shell; the clock of its world stands still, so that nobody is timed out.

    `spawn` runs something beside the shell.
    """

    def __init__(self, world: World, meta: Meta, spawn: Callable[[Coroutine[object, object, None]], object]) -> None:
        self._world = world
        self._meta = meta
        self._server: Server | None = None
        self._open: list[Port] = []
        self._spawn = spawn

    @property
    def open(self) -> bool:
        """Whether ports are open."""
        return self._server is not None

    def listen(self, words: list[str]) -> list[str]:
        """Open ports (`smtp=2525`, `smtp`, or none: each protocol on its own), or close them (`off`)."""
        if words == ["off"]:
            if self._server is None:
                raise SeatError("No port is open. :serve opens them.")
            self._spawn(self.close())
            return []
        if self._server is not None and not words:
            return [_where(port) for port in self._open]
        ports = [_port(word, self._meta.seat.link.wire.host) for word in words or PROTOCOLS]
        if self._server is not None:
            raise SeatError("Ports are open already. :serve off closes them.")
        self._spawn(self._start(ports))
        return []

    async def _start(self, ports: list[Port]) -> None:
        server = Server(self._world, ticking=False)
        try:
            self._open = await server.start(ports)
        except ListenError as error:
            self._meta.out(self._meta.renderer.error(str(error)))
            return
        self._server = server
        for port in self._open:
            self._meta.say(_where(port))
        try:
            await server.wait()
        except StateError as error:
            self._meta.out(self._meta.renderer.error(str(error)))

    async def close(self) -> None:
        """Close the ports; each client that is connected hears of it."""
        server, self._server = self._server, None
        if server is None:
            return
        await server.stop()
        self._meta.say("The ports are closed.")


def _where(port: Port) -> str:
    return f"{port.protocol} of {port.host} listens on {port.address} port {port.port}. :serve off closes it."


def _port(word: str, host: str) -> Port:
    name, _, number = word.partition("=")
    if name not in PROTOCOLS:
        hint = f" A port stands after its protocol, as in :serve smtp={name}." if name.isdecimal() else ""
        raise SeatError(f"{name} is no protocol of mailshell. There are: {' '.join(PROTOCOLS)}.{hint}")
    if number and not (number.isascii() and number.isdecimal() and int(number) <= 65_535):
        raise SeatError(f"{number} is no port: a port is a number from 0 to 65535, as in :serve smtp=2525")
    return Port(host, name, "127.0.0.1", int(number) if number else PORTS[name])
