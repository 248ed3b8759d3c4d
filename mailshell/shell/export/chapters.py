"""A transcript as chapters, exchanges and lines: found once, for every form of export."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from mailshell.core.explain import Row
from mailshell.core.record import Body, Closed
from mailshell.core.transcript import Entry
from mailshell.shell.carets import cited, starred
from mailshell.shell.render import Label, Renderer, lettered, safe_lines
from mailshell.shell.text import hex_rows, safe, show
from mailshell.shell.theme import ROLED, Role, spans
from mailshell.shell.view import View, WireMarks

Line = list[tuple[Role | None, str]]
"""A line as it stands on the screen: pieces with their roles."""


class Field(NamedTuple):
    """A part of a line: as it is shown, what it is, and the place that says so (empty where it is said already)."""

    shown: str
    says: str
    place: str


class Wire(NamedTuple):
    """A line of the wire; `text` is what the side sent, as it is shown, without the gutter and the mark of its end.

    `fields` and `dump` are empty where the view does not ask for them; `lines` is all of it as on the screen.
    """

    role: Role
    gutter: str
    text: str
    mark: str
    gloss: str
    place: str
    fields: tuple[Field, ...]
    dump: tuple[str, ...]
    lines: tuple[Line, ...]


class Remark(NamedTuple):
    """A sentence of mailshell; `head` is `why`, `note` or `next`, or empty."""

    head: str
    text: str
    lines: tuple[Line, ...]


Piece = Wire | Remark
Block = list[Piece]
"""One exchange: a command, or a message, with its answer and what is said about both."""


class Chapter(NamedTuple):
    """What happened in one phase of one connection.

    `rule` is its heading as on the screen; it has none, and perhaps no title, where the screen has no heading there.
    """

    title: str
    rule: tuple[Line, ...]
    blocks: list[Block]


class Document(NamedTuple):
    """All that a form of export may show; `events` are what JSON writes."""

    title: str
    chapters: list[Chapter]
    events: Iterable[dict[str, object]]


class Recorder(Renderer):
    """A renderer that also keeps what each line is, and all of it."""

    def __init__(self, view: View) -> None:
        super().__init__(view._replace(theme=ROLED, longest=0))
        self.chapters: list[Chapter] = []
        self._titles: dict[Label, str] = {}
        self._label: Label = 1
        self._fresh = True

    def begin(self) -> None:
        """What comes now is another exchange."""
        self._fresh = True

    def finish(self, number: int, label: Label) -> None:
        """Tell what is left of a message that never ended."""
        self._end_of_body(number, label)

    def say(self, text: str) -> list[str]:
        """Words of mailshell itself."""
        lines = super().say(text)
        self._put(Remark("", " ".join(safe_lines(text, self.view.ascii)), _roled(lines)))
        return lines

    def _below(self, head: str, text: str) -> list[str]:
        lines = super()._below(head, text)
        self._put(Remark(head.rstrip(": "), safe(text, ascii_only=self.view.ascii), _roled(lines)))
        return lines

    def _heading(self, name: str, label: Label) -> list[str]:
        lines = super()._heading(name, label)
        self._label, self._titles[label] = label, name
        self._open(name, lines)
        return lines

    def _row(self, row: Row, label: Label) -> list[str]:
        lines = super()._row(row, label)
        if label != self._label:
            self._label, self._fresh = label, True
            if label in self._titles:
                self._open(self._titles[label], [])
        gutter, role = self._gutter(row, label)
        self._put(self._wire(row, gutter, role, _roled(lines)))
        return lines

    def _wire(self, row: Row, gutter: str, role: Role, lines: tuple[Line, ...]) -> Wire:
        view = self.view
        marks: WireMarks = "off" if view.words else view.wire
        octets, places = starred(row.octets, () if view.secrets else row.secret)
        mark = show(b"\r\n", marks, ascii_only=view.ascii).text if octets.endswith(b"\r\n") else ""
        return Wire(
            role,
            gutter,
            show(octets, marks, ascii_only=view.ascii).text.removesuffix(mark),
            mark,
            safe(row.gloss, ascii_only=view.ascii) if view.depth else "",
            f"RFC {row.cite.rfc}, {row.cite.section}" if row.cite is not None and view.depth else "",
            tuple(self._named_fields(row, octets, places)) if view.depth == 2 else (),
            tuple(hex_rows(octets)) if view.wire == "hex" else (),
            lines,
        )

    def _named_fields(self, row: Row, octets: bytes, places: list[int]) -> Iterable[Field]:
        notes = list(row.notes)
        for note, place in zip(notes, cited(notes, row) if notes else [], strict=True):
            shown = show(octets[places[note.start] : places[note.end]], "off", ascii_only=self.view.ascii).text
            yield Field(shown, safe(note.text, ascii_only=self.view.ascii), place)

    def _open(self, title: str, rule: list[str]) -> None:
        self.chapters.append(Chapter(title, _roled(rule), []))
        self._fresh = True

    def _put(self, piece: Piece) -> None:
        if not self.chapters:
            self._open("", [])
        blocks = self.chapters[-1].blocks
        if self._fresh:
            blocks.append([])
        blocks[-1].append(piece)
        self._fresh = False


def _roled(lines: list[str]) -> tuple[Line, ...]:
    return tuple(spans(line) for line in lines)


def told(entries: Iterable[Entry], numbers: Mapping[int, int], view: View) -> list[Chapter]:
    """What happened; `numbers` gives the number of each connection of ours, those of others get letters."""
    recorder, labels, others, inside = Recorder(view), dict[int, Label](), 0, False
    for entry in entries:
        number, body = entry.wire.number, isinstance(entry.record, Body)
        if number not in labels:
            labels[number] = numbers.get(number) or lettered(others)
            others += number not in numbers
        if not (inside or body or isinstance(entry.record, Closed)):
            recorder.begin()
        recorder.lines(entry, labels[number])
        inside = body
    for number, label in labels.items():
        recorder.finish(number, label)
    return recorder.chapters
