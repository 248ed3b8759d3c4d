"""Records to lines of text, at the depth that somebody wants."""

from mailshell.core.explain import BodyLines, Meaning, Note, Row, body_row, explain
from mailshell.core.record import Body, Closed, Phase
from mailshell.core.session import Engine
from mailshell.core.transcript import Entry, Wire
from mailshell.mail.host import Host
from mailshell.protocols import PROTOCOLS
from mailshell.shell.text import hex_rows, safe, show, width, wrap
from mailshell.shell.theme import Role, paint
from mailshell.shell.view import View

GLOSS_COLUMN = 43
"""Where glosses begin, counted from 0; a longer line has its gloss below."""

FOLD = 40
"""Lines of a message that are shown; the rest is counted."""

_NARROW = 72


class Renderer:
    """Lines for one reader; remembers the phase that each connection was last shown in."""

    def __init__(self, view: View) -> None:
        self.view = view
        self._phases: dict[int, Phase] = {}
        self._bodies: dict[int, BodyLines] = {}
        self._count: dict[int, int] = {}

    def lines(self, entry: Entry, label: int = 1) -> list[str]:
        """An entry as lines of text; `label` is the number of the connection for the gutter, 1 without a number."""
        record = entry.record
        number = entry.wire.number
        if isinstance(record, Body):
            return self._body(number, record, label)
        out = self._end_of_body(number, label)
        engine = PROTOCOLS[entry.wire.protocol]
        meaning = explain(record, engine)
        for row in meaning.command:
            out += self._row(row, label, typed=self.view.typed and entry.wire.kind == "typed")
        for row in meaning.answers:
            if meaning.before is None:
                out += self._rule(number, label, meaning.after, engine)
            out += self._row(row, label)
        out += self._why(meaning, isinstance(record, Closed))
        if meaning.before is not None:
            out += self._rule(number, label, meaning.after, engine)
        if isinstance(record, Closed):
            self._phases.pop(number, None)
        return out

    def moved(self, wire: Wire, phase: Phase, label: int) -> list[str]:
        """The rule of a phase that a connection came to without a word, by undo or redo."""
        return self._rule(wire.number, label, phase, PROTOCOLS[wire.protocol])

    def again(self, entries: list[Entry], labels: dict[int, int]) -> list[str]:
        """Entries shown once more, at the depth that holds now."""
        phases, self._phases = self._phases, {}
        typed, self.view = self.view, self.view._replace(typed=False)
        out = [line for entry in entries for line in self.lines(entry, labels.get(entry.wire.number, 1))]
        self._phases, self.view = phases, typed
        return out

    def say(self, text: str) -> list[str]:
        """Words of mailshell itself."""
        return self._own("==", "mailshell: ", text, "rule")

    def error(self, text: str) -> list[str]:
        """A mistake in a local command."""
        return self._own("**", "mailshell error: ", text, "refusal")

    def _own(self, sign: str, word: str, text: str, role: Role) -> list[str]:
        head = word if self.view.words else f"{sign} "
        rows = [row for part in safe_lines(text, self.view.ascii) for row in (wrap_indented(part, self._columns(3)))]
        return [paint(head if number == 0 else "   ", role, self.view.color) + row for number, row in enumerate(rows)]

    def _columns(self, used: int) -> int:
        return max(self.view.width - used, 30)

    def _gutter(self, row: Row, label: int) -> tuple[str, Role]:
        number = str(label) if label > 1 else ""
        if row.side == "client":
            return (f"client{' ' + number if number else ''}: " if self.view.words else f"C{number}: "), "client"
        sign, words, role = {
            "plain": (":", "", "server"),
            "refusal": ("*", " refuses", "refusal"),
            "unasked": ("!", " unasked", "notice"),
        }[row.manner]
        server = f"server{' ' + number if number else ''}{words}: " if self.view.words else f"S{number}{sign} "
        return server, _role(role)

    def _row(self, row: Row, label: int, typed: bool = False) -> list[str]:
        view = self.view
        gutter, role = self._gutter(row, label)
        octets = row.octets
        if row.secret and not view.secrets:
            start, end = row.secret[0]
            octets = octets[:start] + b"********" + octets[end:]
        shown = show(octets, "off" if view.words else view.wire, ascii_only=view.ascii)
        columns = [column + len(gutter) for column in shown.columns]
        line, used = paint(gutter + shown.text, role, view.color), len(gutter) + width(shown.text)
        if typed:
            # The terminal shows what was typed; what Enter added to it is shown below.
            mark = show(b"\r\n", "off" if view.words else view.wire, ascii_only=view.ascii).text
            line, used = paint(" " * len(gutter) + mark, "mark", view.color), len(gutter) + width(mark)
        out = [] if typed else [line]
        if view.depth == 1 and row.gloss:
            out = self._glossed(line, used, row.gloss, role, typed)
        if view.wire == "hex":
            out += [paint(f"   {dump}", "mark", view.color) for dump in hex_rows(octets)]
        if view.depth == 2:
            out += self._fields(list(row.notes), columns, row)
        return out

    def _glossed(self, line: str, used: int, gloss: str, role: Role, typed: bool) -> list[str]:
        view = self.view
        text = safe(gloss, ascii_only=view.ascii)
        text = paint(text, "refusal" if role == "refusal" else "note", view.color)
        if view.words:
            return [*([line.rstrip()] if line.strip() else []), f"  meaning: {text}"]
        if used < GLOSS_COLUMN and view.width >= _NARROW and GLOSS_COLUMN + width(gloss) <= view.width:
            return [line + " " * (GLOSS_COLUMN - used) + text]
        return [f"{line}  {text}"] if typed else [line, f"     {text}"]

    def _fields(self, notes: list[Note], columns: list[int], row: Row) -> list[str]:
        """Every field marked and named, the last one first, and the section that says so."""
        if not notes:
            return []
        color = self.view.color
        cite = f"RFC {row.cite.rfc}, {row.cite.section}" if row.cite is not None else ""
        starts = [columns[min(note.start, len(columns) - 1)] for note in notes]
        ends = [columns[min(note.end, len(columns) - 1)] for note in notes]
        room = self.view.width
        fits = all(start + width(note.text) <= room for start, note in zip(starts, notes, strict=True))
        if self.view.words or not fits:
            out = [f"     {note.rule}: {note.text}" for note in notes]
            return [line for text in out for line in _indented(text, room)] + ([f"     {cite}"] if cite else [])
        carets = ""
        for start, end in zip(starts, ends, strict=True):
            carets += " " * (start - len(carets)) + "^" * max(end - start, 1)
        out = [paint(carets, "mark", color)]
        for index in range(len(notes) - 1, -1, -1):
            bars = ""
            for start in starts[:index]:
                bars += " " * (start - len(bars)) + "|"
            text = notes[index].text
            line = bars + " " * (starts[index] - len(bars)) + text
            if index == 0 and cite:
                gap = room - width(line) - len(cite)
                line = line + " " * gap + cite if gap >= 2 else f"{line}\n     {cite}"
            out += line.split("\n")
        return out

    def _why(self, meaning: Meaning, closed: bool) -> list[str]:
        if self.view.depth == 0:
            return []
        out = []
        if closed:
            out += self.say(f"closed. {meaning.because}")
        elif meaning.because:
            out += self._below("why: " if meaning.refused else "note: ", meaning.because)
        if meaning.next:
            out += self._below("next: ", meaning.next)
        return out

    def _below(self, head: str, text: str) -> list[str]:
        rows = wrap(safe(text, ascii_only=self.view.ascii), self._columns(3 + len(head)))
        lead = [head, *[" " * len(head)] * (len(rows) - 1)]
        return [f"   {start}{row}" for start, row in zip(lead, rows, strict=True)]

    def _rule(self, number: int, label: int, phase: Phase | None, engine: Engine[Host]) -> list[str]:
        if phase is None or self._phases.get(number) is phase or self.view.depth == 0:
            return []
        self._phases[number] = phase
        if not engine.phases[phase].next:
            return []  # Nothing can be sent any more, and a line of its own says why.
        name = f"connection {label}: {phase.value}" if label > 1 else str(phase.value)
        if self.view.words:
            return [f"phase: {name}."]
        text = f"-- {name} "
        return [paint(text + "-" * (self.view.width - 1 - width(text)), "rule", self.view.color)]

    def _body(self, number: int, body: Body, label: int) -> list[str]:
        lines = self._bodies.setdefault(number, BodyLines()).add(body)
        out = []
        for line in lines:
            out += self._body_line(number, line, label)
        return out

    def _body_line(self, number: int, line: bytes, label: int) -> list[str]:
        count = self._count[number] = self._count.get(number, 0) + 1
        if count > FOLD and self.view.depth < 2:
            return []
        row = body_row(line, first=count == 1)
        if self.view.typed and label and not row.gloss:
            return []
        return self._row(row, label, typed=self.view.typed)

    def _end_of_body(self, number: int, label: int) -> list[str]:
        body = self._bodies.pop(number, None)
        if body is None:
            return []
        rest = body.rest()
        out = self._body_line(number, rest, label) if rest else []
        count = self._count.pop(number, 0)
        if count > FOLD and self.view.depth < 2:
            out += self.say(f"{count - FOLD:,} more lines of the message are not shown")
        return out


def _role(name: str) -> Role:
    roles: dict[str, Role] = {"server": "server", "refusal": "refusal", "notice": "notice"}
    return roles[name]


def _indented(text: str, room: int) -> list[str]:
    return ["     " + line for line in wrap(text.strip(), max(room - 5, 30))]


def safe_lines(text: str, ascii_only: bool) -> list[str]:
    """The lines of a text, each one harmless."""
    return [safe(line, ascii_only=ascii_only) for line in text.split("\n")]


def wrap_indented(line: str, columns: int) -> list[str]:
    """A line wrapped, its own indentation kept."""
    indent = line[: len(line) - len(line.lstrip())]
    return [indent + row for row in wrap(line, columns - len(indent))] or [""]
