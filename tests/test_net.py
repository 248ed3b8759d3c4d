"""TCP around a world, in this process: turns, ends, pressure, time, and what happens when we are wrong."""

import asyncio
import contextlib
import errno
import ipaddress
import socket
import time
from contextlib import asynccontextmanager

import pytest

from mailshell.core.clock import Instant
from mailshell.core.record import Closed, Prompt
from mailshell.core.transcript import SERVE_LIMIT, Transcript
from mailshell.mail.disk import Disk
from mailshell.mail.store import BoxKey, StateError, Store
from mailshell.net import connection, listen
from mailshell.net.listen import ListenError, Port, Server
from mailshell.smtp.session import Session
from mailshell.world import world
from mailshell.world.start import build
from mailshell.world.world import World

HERE = Port("nyu.edu", "smtp", "127.0.0.1", 0)
ENVELOPE = b"MAIL FROM:<alice@lancs.uk>\r\nRCPT TO:<bob@nyu.edu>\r\nDATA\r\n"
HELLO = b"EHLO lancs.uk\r\n"


def a_world(store: Store | None = None) -> World:
    now = Instant(time.time_ns() // 1000)
    return build("lecture", store=store or Store(), now=now, transcript=Transcript(SERVE_LIMIT))


def received(world: World) -> list[bytes]:
    """What has arrived for Bob since the start of the world."""
    mailbox = world.store.mailbox(BoxKey("nyu.edu", "bob", "INBOX"))
    assert mailbox is not None
    return [world.store.octets(message.body) for message in mailbox.messages.values()][2:]


class Client:
    """A connection as a client sees it."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    def send(self, octets: bytes) -> None:
        self.writer.write(octets)

    async def reply(self) -> bytes:
        async with asyncio.timeout(5):
            while (line := await self.reader.readline())[3:4] == b"-":
                pass
            return line

    async def codes(self, count: int) -> list[bytes]:
        return [(await self.reply())[:3] for _ in range(count)]

    async def rest(self) -> bytes:
        async with asyncio.timeout(5):
            with contextlib.suppress(ConnectionError):
                return await self.reader.read()
            return b""


class Served:
    """A world with an open port."""

    def __init__(self, world: World, server: Server, port: int) -> None:
        self.world, self.server, self.port = world, server, port
        self.clients: list[Client] = []

    async def connect(self) -> Client:
        client = Client(*await asyncio.open_connection("127.0.0.1", self.port))
        self.clients.append(client)
        return client

    async def ready(self) -> Client:
        client = await self.connect()
        client.send(HELLO)
        assert await client.codes(2) == [b"220", b"250"]
        return client

    async def until(self, true) -> None:
        async with asyncio.timeout(5):
            while not true():
                await asyncio.sleep(0.005)


@asynccontextmanager
async def served(world: World | None = None, **options):
    world = world or a_world()
    server = Server(world, **options)
    (port,) = await server.start([HERE])
    it = Served(world, server, port.port)
    try:
        yield it
    finally:
        await server.stop()
        for client in it.clients:
            client.writer.close()
            with contextlib.suppress(OSError):
                await client.writer.wait_closed()


def test_a_message_arrives():
    async def scenario():
        async with served() as it:
            client = await it.ready()
            client.send(b"MAIL FROM:<alice@lancs.uk>\r\n")
            assert await client.codes(1) == [b"250"]
            client.send(b"RCPT TO:<bob@nyu.edu>\r\nDA")
            assert await client.codes(1) == [b"250"]
            client.send(b"TA\r\n")
            assert await client.codes(1) == [b"354"]
            client.send(b"Hello.\r\n.\r")
            client.send(b"\nQUIT\r\n")
            assert await client.codes(3) == [b"250", b"221", b""]
            (octets,) = received(it.world)
            assert b"\r\n\tfor <bob@nyu.edu>;\r\n" in octets
            assert octets.endswith(b"\r\nHello.\r\n")
            assert it.world.links == {}

    asyncio.run(scenario())


@pytest.mark.parametrize("most", [0, world.ANSWERS])
def test_everything_in_one_write(most, monkeypatch):
    monkeypatch.setattr(world, "ANSWERS", most)

    async def scenario():
        async with served() as it:
            client = await it.connect()
            text = b"".join(b"%04d " % number + b"x" * 70 + b"\r\n" for number in range(10_000))
            client.send(HELLO + (ENVELOPE + text + b".\r\n") * 3 + b"QUIT\r\n")
            assert await client.codes(15) == [b"220", b"250"] + 3 * [b"250", b"250", b"354", b"250"] + [b"221"]
            assert [octets.endswith(text) for octets in received(it.world)] == [True] * 3
            prompt = next(entry.record for entry in it.world.transcript.entries if isinstance(entry.record, Prompt))
            assert prompt.because.startswith("The client did not wait for 354")

    asyncio.run(scenario())


def test_who_waits_for_its_answers_is_not_read_from(monkeypatch):
    monkeypatch.setattr(world, "ANSWERS", 0)

    async def scenario():
        async with served() as it:
            client, other = await it.ready(), await it.ready()
            (ours,) = (one for one in it.server._hub.connections if one.link.wire.number == 1)
            reading = []

            def send(octets, last):
                ours._send(octets, last)
                reading.append(ours._transport.is_reading())

            ours.link.send = send
            client.send(b"NOOP\r\n" * 3)
            assert await client.codes(3) == [b"250"] * 3
            assert reading == [False, False, True]
            other.send(b"NOOP\r\n")
            assert await other.codes(1) == [b"250"]

    asyncio.run(scenario())


def test_a_half_closed_connection_is_answered_to_its_end():
    async def scenario():
        async with served() as it:
            client = await it.connect()
            client.send(HELLO + b"NOOP\r\n" * 5000)
            client.writer.write_eof()
            assert (await client.rest()).count(b"\r\n250 ") == 5001
            assert it.world.links == {}

    asyncio.run(scenario())


def test_a_bare_line_feed_is_refused_at_the_first_line():
    async def scenario():
        async with served() as it:
            client = await it.connect()
            client.send(b"EHLO lancs.uk\n")
            assert await client.codes(2) == [b"220", b"500"]

    asyncio.run(scenario())


@pytest.mark.parametrize("abruptly", [False, True])
def test_a_client_that_vanishes_leaves_nothing(abruptly):
    async def scenario():
        async with served() as it:
            client = await it.ready()
            client.send(ENVELOPE + b"Half a mess")
            await client.codes(3)
            if abruptly:
                client.writer.transport.abort()
            else:
                client.writer.close()
            await it.until(lambda: not it.world.links)
            assert received(it.world) == []
            last = it.world.transcript.entries[-1].record
            assert isinstance(last, Closed)
            assert last.by == "client"

    asyncio.run(scenario())


def test_one_turn_is_one_commit(monkeypatch):
    async def scenario():
        async with served() as it:
            clients = [await it.ready() for _ in range(10)]
            commits = []
            monkeypatch.setattr(it.world.store, "commit", lambda: commits.append(1))
            for client in clients:
                client.send(b"NOOP\r\n")
            for client in clients:
                assert await client.codes(1) == [b"250"]
            assert len(commits) <= 2

    asyncio.run(scenario())


def test_a_peer_that_never_reads_is_not_read_from(monkeypatch):
    monkeypatch.setattr(Session, "idle", 2_000_000)
    monkeypatch.setattr(connection, "LINGER", 0.1)
    monkeypatch.setattr(connection, "SLACK", 0.01)

    async def scenario():
        async with served() as it:
            deaf = socket.create_connection(("127.0.0.1", it.port))
            deaf.setblocking(False)
            await it.until(lambda: it.world.links)
            (link,) = it.world.links.values()
            (ours,) = it.server._hub.connections
            assert ours.link is link
            transport = ours._transport
            while transport.is_reading():
                with contextlib.suppress(BlockingIOError):
                    deaf.send(b"HELP\r\n" * 1000)
                await asyncio.sleep(0)
            assert connection.LINES < transport.get_write_buffer_size() < 1_000_000
            other = await it.ready()
            other.send(b"NOOP\r\n")
            assert await other.codes(1) == [b"250"]
            # It has so long to come to its senses, and is told that it had; then it is cut off.
            await it.until(lambda: not it.server._hub.connections)
            deaf.close()

    asyncio.run(scenario())


def test_who_says_nothing_is_told_so_and_cut_off(monkeypatch):
    monkeypatch.setattr(Session, "idle", 300_000)

    async def scenario():
        async with served() as it:
            quiet, busy = await it.ready(), await it.ready()
            for _ in range(8):
                busy.send(b"NOOP\r\n")
                assert await busy.codes(1) == [b"250"]
                await asyncio.sleep(0.05)
            assert await quiet.codes(2) == [b"421", b""]
            assert len(it.world.links) == 1
            assert await busy.codes(2) == [b"421", b""]
            later = await it.ready()
            assert await later.codes(2) == [b"421", b""], "the timer is set anew"

    asyncio.run(scenario())


def test_the_last_words_go_out_before_the_end():
    async def scenario():
        async with served() as it:
            client = await it.ready()
            client.send(b"NOOP\r\n" * 300 + b"QUIT\r\nNOOP\r\n")
            await client.codes(300)
            assert (await client.rest()).startswith(b"221 ")

    asyncio.run(scenario())


def test_a_stop_settles_and_says_so():
    async def scenario():
        async with served() as it:
            client = await it.ready()
            client.send(ENVELOPE)
            await client.codes(3)
            await it.server.stop()
            assert (await client.rest()).startswith(b"421 4.3.2 nyu.edu shutting down")
            with pytest.raises(ConnectionRefusedError):
                await it.connect()

    asyncio.run(scenario())


def test_too_many_connections(capsys):
    async def scenario():
        async with served(limit=2) as it:
            first, second = await it.ready(), await it.ready()
            third, fourth = await it.connect(), await it.connect()
            assert await third.rest() == await fourth.rest() == b""
            first.send(b"QUIT\r\n")
            assert await first.codes(2) == [b"221", b""]
            await it.until(lambda: len(it.server._hub.connections) == 1)
            await it.ready()
            second.send(b"NOOP\r\n")
            assert await second.codes(1) == [b"250"]

    asyncio.run(scenario())
    assert capsys.readouterr().err == "mailshell: 2 connections are open; further ones are closed at once\n"


def test_networks():
    async def scenario(network: str) -> bool:
        async with served(networks=[ipaddress.ip_network("2001:db8::/32"), ipaddress.ip_network(network)]) as it:
            await it.ready()
            (link,) = it.world.links.values()
            assert link.wire.peer[:2] == ("127.0.0.1", "127.0.0.1")
            inside: bool = link.wire.peer.inside
            return inside

    assert asyncio.run(scenario("127.0.0.0/8"))
    assert not asyncio.run(scenario("192.0.2.0/24"))


def test_a_held_message_is_released_at_its_time():
    async def scenario():
        async with served(networks=[ipaddress.ip_network("127.0.0.0/8")]) as it:
            client = await it.ready()
            client.send(b"MAIL FROM:<alice@lancs.uk> HOLDFOR=1\r\nRCPT TO:<bob@nyu.edu>\r\nDATA\r\n\r\n.\r\n")
            assert await client.codes(4) == [b"250", b"250", b"354", b"250"]
            (held,) = it.world.store.held()
            assert received(it.world) == []
            while not received(it.world):
                await asyncio.sleep(0.02)
            assert held.release <= time.time_ns() // 1000 < held.release + 2_000_000

    asyncio.run(asyncio.wait_for(scenario(), 10))


# When we are wrong


def breaking(monkeypatch, name: str) -> None:
    """Let a session fail on `BOOM`, or whenever a client with the name `boom` is concerned."""
    whole = getattr(Session, name)

    def broken(self, *data):
        if data[:1] == (b"BOOM\r\n",) or (not data and self._desk.state.hello == "boom.test"):
            self._desk.host.store.number("half done")
            raise ZeroDivisionError("made for a test")
        return whole(self, *data)

    monkeypatch.setattr(Session, name, broken)


@pytest.mark.parametrize(("name", "octets"), [("receive", b"BOOM\r\n"), ("receive_eof", b""), ("wake", b"NOOP\r\n")])
def test_a_mistake_of_ours_costs_one_connection(name, octets, monkeypatch, capsys):
    breaking(monkeypatch, name)

    async def scenario():
        async with served() as it:
            other, client = await it.ready(), await it.connect()
            client.send(b"EHLO boom.test\r\n")
            await client.codes(2)
            before = it.world.store.changes
            if name == "wake":
                monkeypatch.setattr(Session, "idle", 0)
                it.server._hub._wake()
                monkeypatch.setattr(Session, "idle", 300_000_000)
            elif octets:
                client.send(octets)
            else:
                client.writer.write_eof()
            assert await client.rest() == b""
            assert it.world.store.changes == before
            if name == "wake":
                return
            other.send(b"NOOP\r\n")
            assert await other.codes(1) == [b"250"]
            assert len(it.world.links) == 1
            last = [each.record for each in it.world.transcript.entries if each.wire.number == 2][-1]
            assert isinstance(last, Closed)
            assert last.by == "server"

    asyncio.run(scenario())
    text = capsys.readouterr().err
    said = "internal error on connection 2: ZeroDivisionError('made for a test'); please report it\n"
    assert text == f"mailshell: {said}"


def test_a_greeting_that_fails(monkeypatch, capsys):
    breaking(monkeypatch, "greet")

    async def scenario():
        async with served() as it:
            monkeypatch.setattr(Session, "greet", lambda self: 1 // 0)
            client = await it.connect()
            assert await client.rest() == b""
            monkeypatch.undo()
            await it.ready()

    asyncio.run(scenario())
    assert "internal error on a new connection: ZeroDivisionError" in capsys.readouterr().err


def test_a_commit_that_fails_lets_no_promise_out(monkeypatch, capsys):
    async def scenario():
        async with served() as it:
            client = await it.ready()
            client.send(ENVELOPE)
            await client.codes(3)
            monkeypatch.setattr(it.world.store, "commit", lambda: monkeypatch.undo() or 1 // 0)
            client.send(b"Hello.\r\n.\r\n")
            assert await client.rest() == b""
            await it.ready()

    asyncio.run(scenario())
    assert "internal error while mail was saved: ZeroDivisionError" in capsys.readouterr().err


def test_a_damaged_state_ends_the_server(monkeypatch):
    async def scenario():
        async with served() as it:
            client, other = await it.ready(), await it.ready()

            def commit() -> None:
                raise StateError("state is damaged. Put a copy in its place.")

            monkeypatch.setattr(it.world.store, "commit", commit)
            client.send(b"NOOP\r\n")
            with pytest.raises(StateError, match="is damaged"):
                await it.server.wait()
            assert await client.rest() == await other.rest() == b""

    asyncio.run(scenario())


def test_a_full_disk_is_a_452_and_passes(tmp_path):
    path = str(tmp_path / "state")

    async def scenario():
        store = Store(disk=Disk(path))
        async with served(a_world(store)) as it:
            clients = [await it.ready() for _ in range(3)]
            answers = []
            assert store._disk is not None
            run = store._disk._connection.execute
            for pages in (run("PRAGMA page_count").fetchone()[0], 1_000_000):
                run(f"PRAGMA max_page_count = {pages}")
                for client in clients:
                    client.send(ENVELOPE)
                    await client.codes(3)
                for client in clients:
                    client.send(b"Hello.\r\n" * 2000 + b".\r\nNOOP\r\n")
                answers += [await client.codes(2) for client in clients]
            assert answers == 3 * [[b"452", b"250"]] + 3 * [[b"250", b"250"]]
        store.close()

    asyncio.run(scenario())
    again = a_world(Store(disk=Disk(path)))
    assert [octets.count(b"Hello.\r\n") for octets in received(again)] == [2000] * 3
    again.store.close()


# Ports


def start(*ports: Port) -> list[Port]:
    async def scenario():
        server = Server(a_world())
        try:
            return await server.start(ports)
        finally:
            await server.stop()

    return asyncio.run(scenario())


def test_ports_are_all_opened_or_none():
    first, second = start(HERE, HERE._replace(host="lancs.uk"))
    assert 0 < first.port != second.port > 0
    assert (second.host, second.address) == ("lancs.uk", "127.0.0.1")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        number = taken.getsockname()[1]
        with pytest.raises(ListenError, match=f"Port {number} of 127.0.0.1 is taken by another program. Stop that"):
            start(first, HERE._replace(port=number))
    assert start(first) == [first]


@pytest.mark.parametrize("address", ["203.0.113.77", "no-such-name.invalid", "300.1.1.1", "", "x" * 300, "a..b"])
def test_an_address_that_is_none_of_ours(address):
    with pytest.raises(ListenError, match="is not an address"):
        start(HERE._replace(address=address))


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.EACCES, "Port 25 of 127.0.0.1 needs the rights of an administrator. Choose a port above 1023 for smtp."),
        (errno.ENOBUFS, "Port 25 of 127.0.0.1 cannot be opened (No buffer space available). Choose another"),
    ],
)
def test_a_port_that_cannot_be_opened(number, words, monkeypatch):
    def bind(self, address):
        raise OSError(number, "No buffer space available")

    monkeypatch.setattr(socket.socket, "bind", bind)
    with pytest.raises(ListenError) as caught:
        listen._listening(HERE._replace(port=25))
    assert words in str(caught.value)


def test_the_limit_on_open_files(monkeypatch):
    resource = pytest.importorskip("resource")
    asked = []
    monkeypatch.setattr(resource, "getrlimit", lambda _: (256, 4096))
    monkeypatch.setattr(resource, "setrlimit", lambda _, both: asked.append(both))
    assert listen._open_files() == 4096 - 64
    assert asked == [(4096, 4096)]

    def refuse(*_):
        raise ValueError("not allowed")

    monkeypatch.setattr(resource, "setrlimit", refuse)
    assert listen._open_files() == 256 - 64
