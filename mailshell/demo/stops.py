"""What a scene consists of: a transcript as a row of stops, each of which one key carries out."""

from collections.abc import Iterable
from string import ascii_lowercase
from typing import NamedTuple

from mailshell.core.script import Item, Script


class Stop(NamedTuple):
    """What one key does: it shows words and a question, or it does a line of the transcript.

    `does` is that line (an expected line opens its connection); `wants` are the expectations that follow it. Choices
    have letters; `answer` is the right one of the question before the line, empty where none is marked.
    """

    words: str = ""
    question: str = ""
    choices: tuple[str, ...] = ()
    does: Item | None = None
    wants: tuple[Item, ...] = ()
    answer: str = ""


class Stops(NamedTuple):
    """A scene: what is expected of the connection that is there when it begins, and its stops."""

    opening: tuple[Item, ...]
    stops: tuple[Stop, ...]


def title(parsed: Script) -> str:
    """The first comment of a transcript, which says what it shows; empty where there is none."""
    first = next(iter(parsed.items), None)
    return _comment(first) if first is not None and first.what == "comment" else ""


def stops(parsed: Script, opened: Iterable[int] = (1,)) -> Stops:
    """The stops of a transcript; connections `opened` are there when it begins."""
    reading = _Reading(set(opened))
    for item in _played(parsed):
        reading.take(item)
    reading.show()
    return Stops(tuple(reading.opening), tuple(reading.stops))


def _played(parsed: Script) -> Iterable[Item]:
    """The lines without the head: the comments up to the first empty line, and the fields of the header."""
    head, begun = True, False
    for item in parsed.items:
        begun = begun or item.what != "comment"
        head = head and bool(item.text) and not begun
        field = not begun and _comment(item).partition(":")[0] in parsed.header
        if item.what != "comment" or not (head or field):
            yield item


def _comment(item: Item) -> str:
    return item.text.lstrip("#").strip()


class _Reading:
    """Gathers stops: `_pending` shows something, as long as no line follows it; `_does` counts those that do lines."""

    def __init__(self, opened: set[int]) -> None:
        self.opening: list[Item] = []
        self.stops: list[Stop] = []
        self._opened = opened
        self._does: list[int] = []
        self._pending = Stop()
        self._answer = ""

    def take(self, item: Item) -> None:
        """One more line."""
        if item.what == "comment":
            self._speak(_comment(item))
        elif item.what == "ask":
            self._ask(item.text)
        elif item.what in ("send", "local") or self._opens(item):
            self._do(item)
        elif self._does:
            at = self._does[-1]
            self.stops[at] = self.stops[at]._replace(wants=(*self.stops[at].wants, item))
        else:
            self.show()
            self.opening.append(item)

    def show(self) -> None:
        """What is pending is a stop of its own."""
        if self._pending != Stop():
            self.stops.append(self._pending)
        self._pending = Stop()

    def _opens(self, item: Item) -> bool:
        again = bool(item.protocol) and bool(self._does)
        return item.what == "expect" and (again or item.link not in self._opened)

    def _speak(self, words: str) -> None:
        if self._pending.question:
            self.show()
        self._pending = self._pending._replace(words=f"{self._pending.words} {words}".strip())

    def _ask(self, text: str) -> None:
        if text[:2] not in ("- ", "+ "):
            if self._pending.question:
                self.show()
            self._pending = self._pending._replace(question=text)
            self._answer = ""
            return
        choice = f"{ascii_lowercase[len(self._pending.choices) % 26]}: {text[2:].strip()}"
        self._pending = self._pending._replace(choices=(*self._pending.choices, choice))
        if text[0] == "+":
            self._answer = choice

    def _do(self, item: Item) -> None:
        self.show()
        self._does.append(len(self.stops))
        self.stops.append(Stop(does=item, answer=self._answer))
        self._answer = ""
        if item.what != "local":
            self._opened.add(item.link)
