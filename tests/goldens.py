"""Golden transcripts: where they are, what their headers mean, how one is played in a fresh world."""

from pathlib import Path
from typing import NamedTuple

from mailshell.core import script
from mailshell.core.record import Record
from mailshell.mail.store import Store
from mailshell.protocols import PROTOCOLS
from mailshell.world.header import setting
from mailshell.world.play import Outcome, play
from mailshell.world.seat import Seat
from mailshell.world.start import DEFAULT_HOST, build

ROOT = Path(__file__).parent / "transcripts"
PATHS = {path.relative_to(ROOT).as_posix(): path for path in sorted(ROOT.rglob("*.txt"))}


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
    wanted = setting(header)
    store = Store(history=True) if wanted.room is None else Store(history=True, limit=wanted.room)
    world = build(wanted.world, store=store, traits=wanted.traits, users=wanted.users)
    return Seat(world, wanted.peer, "script")


def played(text: str) -> Played:
    """Play the text of a golden transcript."""
    parsed = script.read(text)
    assert parsed.header["protocol"] in PROTOCOLS
    seat = seat_of(parsed.header)
    outcome, written = play(seat, parsed, "", DEFAULT_HOST)
    return Played(parsed.header, text, written, outcome, seat)


def all_played() -> dict[str, Played]:
    """Every golden transcript, by its path below tests/transcripts."""
    return {name: played(path.read_text(encoding="utf-8")) for name, path in PATHS.items()}
