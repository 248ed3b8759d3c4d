"""What a command of mailshell itself works with: the seat, the screen, the log, and the front end."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple, Protocol

from mailshell.core.transcript import Entry
from mailshell.demo.playing import Scene
from mailshell.protocols import PROTOCOLS
from mailshell.shell.log import Log
from mailshell.shell.render import Label, Renderer
from mailshell.shell.watching import Watch
from mailshell.world.seat import Seat, SeatError

if TYPE_CHECKING:  # most sessions have no lesson
    from mailshell.shell.tutor import Tutor


class Choice(NamedTuple):
    """Something that may be typed: the last `back` characters of the line are replaced by `text`.

    `says` is what it does; `legal` is false for what the server would refuse now.
    """

    text: str
    back: int
    says: str = ""
    legal: bool = True


class Front(Protocol):
    """What only a front end that redraws can do; the plain one has none of it."""

    def panes(self) -> None:
        """Show the wire and its meaning side by side, or go back."""

    def follows(self) -> bool:
        """Whether what is on the screen changes with the view by itself, as in the panes."""

    def editing(self, mode: str) -> str:
        """Edit as in `vi` or `emacs`, or change over; the mode that holds now."""

    def restyle(self) -> None:
        """The theme has changed."""

    def page(self, lines: list[str]) -> None:
        """Show a long text with a pager."""

    def listen(self, words: list[str]) -> list[str]:
        """Open TCP ports, or close them; what there is to say. Raises SeatError."""

    def clear(self) -> None:
        """Clear the screen; what was shown stays in the terminal's memory."""

    def bindings(self) -> list[tuple[str, str, str]]:
        """Each action: its id, its keys as people write them, what it does; as `keys.listing` gives it."""


class Meta:
    """What a command may use. `front` is None where nothing can be redrawn."""

    def __init__(
        self, seat: Seat, renderer: Renderer, log: Log, out: Callable[[list[str]], None], world: str = "lecture"
    ) -> None:
        self.seat = seat
        self.world = world
        """The name of the starting world."""
        self.renderer = renderer
        renderer.unfolds = ":body shows all"
        self.log = log
        self.out = out
        self.watch = Watch(seat.world, self.say)
        self.front: Front | None = None
        self.escape = "Ctrl-]"
        """The key that stands before a command of mailshell in every phase, as people write it."""
        self.goes_on = ":step goes on, :undo takes back."
        """How a scene goes on and back in this front end, as people are told."""
        self.pipeline = False
        """Whether the lines of a paste go out in one write."""
        self.failed = False
        """Whether the last command of mailshell could not be carried out."""
        self.scene: Scene | None = None
        self.lesson: Tutor | None = None
        self.then: str | None = None
        """The lesson, as `mailshell learn` takes it, that comes when this session is over."""
        self.show: Callable[[Entry], None] = lambda entry: None
        """Shows a step of a conversation."""
        self.type: Callable[[bytes], None] = lambda octets: seat.send(octets + b"\r\n")
        """Sends a line, its end left out, as if somebody had typed it."""
        self.over = False

    def look(self) -> None:
        """Something was typed: a lesson looks at what has changed."""
        if self.lesson is not None:
            self.lesson.look()

    def label(self, entry: Entry) -> Label:
        """How the gutter names the connection of an entry: ours by their numbers, those of others by letters."""
        number = self.seat.number_of(entry.wire.number)
        return self.watch.letter(entry) if number is None else number

    def read(self, lines: list[str]) -> None:
        """Show a text that somebody asked for: with a pager where there is one and the screen is smaller."""
        if self.front is None:
            self.out(lines)
        else:
            self.front.page(lines)

    def fail(self, text: str) -> None:
        """Say that a command of mailshell could not be carried out, and why."""
        self.failed = True
        self.out(self.renderer.error(text))

    def say(self, text: str) -> None:
        """Words of mailshell."""
        self.out(self.renderer.say(text))

    def current(self) -> list[Entry]:
        """What happened on the current connection, undone steps left out; raises SeatError where nothing did."""
        wire = self.seat.link.wire
        found = [entry for _, entries in self.seat.story() for entry in entries if entry.wire is wire]
        if not found:
            raise SeatError("Nothing has happened on this connection. Enter opens it again.")
        return found

    def redrawing(self, name: str) -> Front:
        """The front end, for a command that needs one that redraws; raises SeatError in plain mode."""
        if self.front is None:
            raise SeatError(f":{name} needs a terminal that can redraw; this is plain mode.")
        return self.front


def reads_lines(meta: Meta) -> bool:
    """Whether a line is a command now, and not a part of a message."""
    link = meta.seat.link
    return link.closed or PROTOCOLS[link.wire.protocol].reads_lines(link.session.phase)


def awaited(meta: Meta) -> str:
    """What the server waits for, in words."""
    link = meta.seat.link
    return PROTOCOLS[link.wire.protocol].phases[link.session.phase].next


def answers(meta: Meta) -> bool:
    """Whether a line answers what a mechanism asks."""
    link = meta.seat.link
    return not link.closed and link.session.phase in PROTOCOLS[link.wire.protocol].answers


def _none(meta: Meta, text: str) -> Iterable[Choice]:
    return ()


class Command(NamedTuple):
    """A local command: its argument as one types it, what it does, how, and what may stand for its argument.

    `words` are fixed words that its argument may be, in any case of their letters, each with what it does; `names`
    finds what else the argument may be.
    """

    syntax: str
    says: str
    run: Callable[[Meta, str], None]
    names: Callable[[Meta, str], Iterable[Choice]] = _none
    words: Mapping[str, str] = {}

    def choices(self, meta: Meta, text: str) -> Iterator[Choice]:
        """What the argument may be, as far as `text` begins it."""
        yield from self.names(meta, text)
        for word, says in self.words.items():
            if word.startswith(text.lower()):
                yield Choice(word, len(text), says)

    def carry_out(self, meta: Meta, argument: str) -> None:
        """Do it."""
        self.run(meta, argument.lower() if argument.lower() in self.words else argument)


def no_argument(name: str, rest: str) -> None:
    """Raise SeatError where a command that takes no argument has one."""
    if rest:
        raise SeatError(f":{name} takes no argument.")
