"""Golden transcripts: where they are, what their headers mean, how one is played in a fresh world."""

from pathlib import Path
from typing import NamedTuple

from mailshell.core import script
from mailshell.core.record import Record
from mailshell.core.session import Peer
from mailshell.mail.host import Policy, Traits, Voice
from mailshell.mail.store import Store
from mailshell.protocols import PROTOCOLS
from mailshell.world.play import Outcome, play
from mailshell.world.seat import Seat
from mailshell.world.start import DEFAULT_HOST, STUDENT, build

ROOT = Path(__file__).parent / "transcripts"
PATHS = {path.relative_to(ROOT).as_posix(): path for path in sorted(ROOT.rglob("*.txt"))}
KEYS = {"protocol", "world", "host", "voice", "policy", "off", "peer", "size", "recipients", "room"}
"""What a header may say; `room` is how many octets of messages the store holds."""

VOICES: dict[str, Voice] = {"modern": "modern", "classic": "classic"}
POLICIES: dict[str, Policy] = {"tolerant": "tolerant", "strict": "strict"}


class Played(NamedTuple):
    """A golden transcript after it was played; `written` is the file as the update flag writes it."""

    header: dict[str, str]
    text: str
    written: str
    outcome: Outcome
    seat: Seat

    @property
    def records(self) -> list[Record]:
        """What happened, in order."""
        return [entry.record for entry in self.seat.world.transcript.entries]


def seat_of(header: dict[str, str]) -> Seat:
    """A seat at a fresh world, both as the header of a transcript wants them."""
    traits = Traits(
        voice=VOICES[header.get("voice", "modern")],
        policy=POLICIES[header.get("policy", "tolerant")],
        off=frozenset(header.get("off", "").split()),
        size=int(header["size"]) if "size" in header else None,
        recipients=int(header["recipients"]) if "recipients" in header else None,
    )
    store = Store(history=True, limit=int(header.get("room", 1 << 30)))
    name, address = header["peer"].split() if "peer" in header else STUDENT[:2]
    return Seat(build(header["world"], store=store, traits=traits), Peer(name, address, inside=False), "script")


def played(text: str) -> Played:
    """Play the text of a golden transcript."""
    parsed = script.read(text)
    assert set(parsed.header) <= KEYS, set(parsed.header) - KEYS
    assert parsed.header["protocol"] in PROTOCOLS
    seat = seat_of(parsed.header)
    outcome, written = play(seat, parsed, "", DEFAULT_HOST)
    return Played(parsed.header, text, written, outcome, seat)


def all_played() -> dict[str, Played]:
    """Every golden transcript, by its path below tests/transcripts."""
    return {name: played(path.read_text(encoding="utf-8")) for name, path in PATHS.items()}
