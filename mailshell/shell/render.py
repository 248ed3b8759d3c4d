"""Records to lines of text, at the depth that somebody wants."""

from collections.abc import Iterable, Mapping
from string import ascii_lowercase

from mailshell.core.clock import day_time
from mailshell.core.explain import Manner, Meaning, Note, Row, body_row, explain
from mailshell.core.record import Body, Closed, Exchange, Opened, Phase, Prompt, Record, Verdict
from mailshell.core.session import Engine
from mailshell.core.transcript import Entry, Wire
from mailshell.mail.host import Host
from mailshell.protocols import PROTOCOLS
from mailshell.shell.bodies import Message, letter
from mailshell.shell.carets import carets, cited, named, piece, starred
from mailshell.shell.help import sentence
from mailshell.shell.text import cut, hex_rows, middle_left_out, safe, show, width, wrap
from mailshell.shell.theme import Role, paint
from mailshell.shell.view import View, WireMarks

GLOSS_COLUMN = 43
"""Where glosses begin, counted from 0; a longer line has its gloss below."""

_GAP = 2  # columns between a line and its gloss, at least

FOLD = 40
"""Lines of a message, its header among them, or of an answer that are shown; the rest is counted."""

_START, _END = 600, 100  # octets that are shown of a line over the longest

Label = int | str
"""Which connection it is, for people: a number, or a letter for somebody else's."""

_MANNERS: dict[Manner, tuple[str, str, Role]] = {
    "plain": (":", "", "server"),
    "refusal": ("*", " refuses", "refusal"),
    "unasked": ("!", " unasked", "notice"),
}

_NARROW = 72


class Renderer:
    """Lines for one reader; remembers the phase that each connection was last shown in.

    `whole`: long messages and long lines are shown to their end at every depth.
    """

    def __init__(self, view: View, *, whole: bool = False) -> None:
        self.view = view
        self._whole = whole
        self.typed = b""
        """The line, end included, that somebody types at this moment: it is never folded away."""
        self.unfolds = ""
        """What shows the rest of a message on the reader's own connection; empty where nothing does."""
        self.bounded = False
        """Whether a long answer is folded at every depth."""
        self.echoed = False
        """Whether the terminal shows what is typed already."""
        self._phases: dict[int, Phase] = {}
        self._messages: dict[int, Message] = {}
        self._reasons: dict[int, str] = {}

    def lines(self, entry: Entry, label: Label = 1) -> list[str]:
        """An entry as lines of text; `label` names the connection in the gutter, 1 without a word."""
        record = entry.record
        number = entry.wire.number
        if isinstance(record, Body):
            return self._body(number, record, label)
        out = self._end_of_body(number, label)
        engine = PROTOCOLS[entry.wire.protocol]
        if isinstance(record, Prompt):
            self._message(number).wants = record.wants or 0
        meaning = explain(record, engine, None if self._unfolded and not self.bounded else FOLD)
        for row in meaning.command:
            out += self._row(row, label)
            if not row.octets.endswith(b"\n"):
                out += self.say(f"The line goes on; the server kept its first {len(row.octets):,} octets.")
        if entry.wire.kind == "relay" and isinstance(record, Opened):
            out += self._between(entry, record.after, label)
        elif meaning.before is None and meaning.answers:
            out += self._rule(number, label, meaning.after, engine)
        dotted = isinstance(record, Exchange) and record.card.name in engine.messages
        out += self._answers(meaning, label, engine, dotted=dotted)
        out += self._closed(meaning, number, label) if isinstance(record, Closed) else self._why(meaning, number)
        if meaning.before is not None:
            out += self._rule(number, label, meaning.after, engine)
        if isinstance(record, Closed):
            self._phases.pop(number, None)
            self._messages.pop(number, None)
        self._follow(number, record, meaning, engine)
        return out

    def _answers(self, meaning: Meaning, label: Label, engine: Engine[Host], *, dotted: bool) -> list[str]:
        """What the server said; `dotted`: all but the first and the last line are a message."""
        reader, out, last = letter() if dotted else None, [], len(meaning.answers) - 1
        for at, row in enumerate(meaning.answers):
            if at == last and meaning.folded:
                out += self.say(self._more(meaning.folded, "answer", label))
            if not row.counted and not dotted:
                what = engine.brings(row.octets)
                reader = letter(header=what == "header") if what else None
            elif reader is not None and 0 < at < last:
                reading = reader.read(row.octets, dotted=dotted)
                row = body_row(row.octets, reading.notes or row.notes, reading.gloss, dotted=dotted, side="server")
            out += self._row(row, label)
        return out

    def moved(self, wire: Wire, phase: Phase, label: Label, entries: Iterable[Entry] = ()) -> list[str]:
        """The rule of a phase that a connection came to without a word, by undo or redo; `entries` led there."""
        afresh = Renderer(self.view)
        for entry in entries:
            if entry.wire.number == wire.number:
                afresh.lines(entry)
        self._messages[wire.number] = afresh._message(wire.number)
        return self._rule(wire.number, label, phase, PROTOCOLS[wire.protocol])

    def again(self, entries: list[Entry], labels: Mapping[int, Label]) -> list[str]:
        """Entries shown once more, at the depth that holds now."""
        afresh = Renderer(self.view)
        afresh._phases = dict(self._phases)
        for number, message in self._messages.items():
            # Where in a message of chunks the entries begin nobody knows; DATA begins a message.
            afresh._messages[number] = Message(message.sender, known=False)
        return [line for entry in entries for line in afresh.lines(entry, labels.get(entry.wire.number, 1))]

    def message(self, before: Iterable[Entry], entry: Entry, label: Label, *, whole: bool = False) -> list[str]:
        """The text of a message by itself, folded unless the `whole` of it is wanted; `before` is what led there."""
        afresh = Renderer(self.view, whole=whole)
        for one in before:
            afresh.lines(one)
        return afresh.lines(entry, label) + afresh._end_of_body(entry.wire.number, label)

    def line(self, row: Row, label: Label) -> str:
        """A line of the wire with its gutter, and nothing beside it."""
        view = self.view._replace(depth=0, wire="off" if self.view.wire == "hex" else self.view.wire)
        return Renderer(view)._row(row, label)[0]

    def say(self, text: str) -> list[str]:
        """Words of mailshell itself."""
        return self._own("==", "mailshell: ", text, "rule")

    def error(self, text: str) -> list[str]:
        """A mistake in a local command."""
        return self._own("**", "mailshell error: ", text, "refusal")

    def question(self, text: str, choices: Iterable[str]) -> list[str]:
        """A question to those who watch, under a rule of its own, and the answers that they may choose."""
        out = [] if self.view.words else self.heading("question")
        for part in (text, *choices):
            out += self._own("  ", "question: ", part, "note")
        return out

    def _own(self, sign: str, word: str, text: str, role: Role) -> list[str]:
        head = word if self.view.words else f"{sign} "
        room = self._columns(len(head))
        rows = [row for part in safe_lines(text, self.view.ascii) for row in wrap_indented(part, room)]
        return [paint(head if number == 0 else "   ", role, self.view.theme) + row for number, row in enumerate(rows)]

    def _columns(self, used: int) -> int:
        return max(self.view.width - used, 30)

    def _gutter(self, row: Row, label: Label) -> tuple[str, Role]:
        number = "" if label == 1 else str(label)
        if row.side == "client":
            return (f"client{' ' + number if number else ''}: " if self.view.words else f"C{number}: "), "client"
        sign, words, role = _MANNERS[row.manner]
        server = f"server{' ' + number if number else ''}{words}: " if self.view.words else f"S{number}{sign} "
        return server, role

    def stored(self, lines: Iterable[bytes]) -> list[str]:
        """The lines of a message that lies in a mailbox: no dot is stuffed there, and the return path stands in it."""
        reader, out = letter(), []
        for line in lines:
            reading = reader.read(line)
            out += self._shown(body_row(line, reading.notes, reading.gloss, dotted=False), "   | ", "note")
        return out

    def _row(self, row: Row, label: Label) -> list[str]:
        return self._shown(row, *self._gutter(row, label))

    def _shown(self, row: Row, gutter: str, role: Role) -> list[str]:
        view = self.view
        octets, places = starred(row.octets, () if view.secrets else row.secret)
        if 0 < view.longest < len(octets) and not self._unfolded:
            octets, places = middle_left_out(octets, _START, _END), [0]
        marks: WireMarks = "off" if view.words else view.wire
        shown = show(octets, marks, ascii_only=view.ascii)
        columns = [len(gutter) + shown.columns[min(place, len(shown.columns) - 1)] for place in places]
        used = len(gutter) + width(shown.text)
        line = paint(gutter + shown.text.removesuffix(shown.mark), role, view.theme)
        line += paint(shown.mark, "mark", view.theme)
        typed = row.side == "client" and self.echoed and bool(self.typed) and row.octets == self.typed
        if typed:
            # The terminal shows what was typed; what Enter added to it is shown below.
            mark = " " * len(gutter) + show(b"\r\n", marks, ascii_only=view.ascii).mark
            line, used = paint(mark, "mark", view.theme), width(mark)
        bare = [] if typed else [line]
        out = self._glossed(line, used, row, typed) if view.depth == 1 and row.gloss else bare
        if view.depth == 2:
            out += self._fields(list(row.notes), columns, row)  # its marks point at the line right above them
        if view.wire == "hex":
            out += [paint(f"   {dump}", "mark", view.theme) for dump in hex_rows(octets)]
        return out

    @property
    def _unfolded(self) -> bool:
        return self._whole or self.view.depth == 2

    def _glossed(self, line: str, used: int, row: Row, typed: bool) -> list[str]:
        """A line of so many columns with its gloss beside it, or below it."""
        view, gloss = self.view, safe(row.gloss, ascii_only=self.view.ascii)
        if view.words:
            meaning = paint(gloss.removeprefix("x "), "note", view.theme)
            return [*([] if typed else [line]), f"  meaning: {meaning}"]
        if used + _GAP <= GLOSS_COLUMN and view.width >= _NARROW and GLOSS_COLUMN + width(gloss) <= view.width:
            return [line + " " * (GLOSS_COLUMN - used) + paint(gloss, "note", view.theme)]
        if typed and used + _GAP + width(gloss) <= view.width:
            return [line + "  " + paint(gloss, "note", view.theme)]
        return [line, *(" " * 5 + paint(row, "note", view.theme) for row in wrap(gloss, self._columns(5)))]

    def _fields(self, notes: list[Note], columns: list[int], row: Row) -> list[str]:
        """Every field marked and named, the last one first, and the section that says so."""
        if not notes:
            return []
        theme = self.view.theme
        texts = [safe(note.text, ascii_only=self.view.ascii) for note in notes]
        cites = cited(notes, row)
        starts = [columns[min(note.start, len(columns) - 1)] for note in notes]
        ends = [columns[min(note.end, len(columns) - 1)] for note in notes]
        room = self.view.width
        fits = ends[-1] <= room and all(at + width(text) <= room for at, text in zip(starts, texts, strict=True))
        if self.view.words or not fits:
            view = self.view
            pieces = [piece(note, row, secrets=view.secrets, ascii_only=view.ascii) for note in notes]
            # The place of the first field is that of the whole line, and stands below.
            told = map(named, notes, pieces, texts, ["", *cites[1:]])
            end = [f"     {cites[0]}"] if cites[0] else []
            return [line for text in told for line in _indented(text, room)] + end
        out = [paint(carets(starts, ends), "mark", theme)]
        for index in range(len(notes) - 1, -1, -1):
            bars = ""
            for start in starts[:index]:
                bars += " " * (start - len(bars)) + "|"
            line = bars + " " * (starts[index] - len(bars)) + texts[index]
            out.append(line)
            if cites[index]:
                gap = room - width(line) - len(cites[index])
                if gap >= 2:
                    out[-1] += " " * gap + cites[index]
                else:
                    out.append(
                        (bars + " " * (room - len(bars) - len(cites[index])) if index else "     ") + cites[index]
                    )
        return out

    def _closed(self, meaning: Meaning, number: int, label: Label) -> list[str]:
        if self.view.depth == 0:
            return []
        name = "closed." if label == 1 else f"connection {label} closed."
        known = self._reasons.pop(number, "") == meaning.because
        return self.say(name if known else f"{name} {meaning.because}")

    def _why(self, meaning: Meaning, number: int) -> list[str]:
        if self.view.depth == 0:
            return []
        out = []
        self._reasons[number] = meaning.because
        if meaning.because:
            out += self._below("why: " if meaning.refused else "note: ", meaning.because)
        if meaning.next:
            out += self._below("next: ", meaning.next)
        return out

    def _below(self, head: str, text: str) -> list[str]:
        rows = wrap(safe(text, ascii_only=self.view.ascii), self._columns(3 + len(head)))
        lead = [head, *[" " * len(head)] * (len(rows) - 1)]
        return [f"   {start}{row}" for start, row in zip(lead, rows, strict=True)]

    def _rule(self, number: int, label: Label, phase: Phase | None, engine: Engine[Host]) -> list[str]:
        if phase is None or self._phases.get(number) is phase or self.view.depth == 0:
            return []
        self._phases[number] = phase
        if not engine.phases[phase].next:
            return []  # Nothing can be sent any more, and a line of its own says why.
        wants = self._message(number).wants
        title = f"{phase.value}, {wants:,} to come" if wants else str(phase.value)
        return self._heading(titled(title, label), label)

    def _between(self, entry: Entry, phase: Phase, label: Label) -> list[str]:
        """The rule that begins a conversation between two servers: at each depth, or nobody knew who they are."""
        wire = entry.wire
        self._phases[wire.number] = phase
        return self._heading(titled(f"{wire.peer.name} > {wire.host}, {day_time(entry.at)}", label), label)

    def _heading(self, name: str, label: Label) -> list[str]:
        """The line that begins a phase of a connection."""
        return self.heading(name, "phase: ")

    def heading(self, name: str, word: str = "") -> list[str]:
        """The line that begins something; where roles are words, `word` stands before its name."""
        if self.view.words:
            return [f"{word}{sentence(name)}"]
        text = f"-- {cut(safe(name, ascii_only=self.view.ascii), self.view.width - 4)} "
        return [paint(text + "-" * (self.view.width - 1 - width(text)), "rule", self.view.theme)]

    def _more(self, lines: int, what: str, label: Label) -> str:
        more = f"{lines:,} more {'line' if lines == 1 else 'lines'} of the {what} not shown"
        return f"{more}; {self.unfolds}" if self.unfolds and isinstance(label, int) else more

    def _message(self, number: int) -> Message:
        return self._messages.setdefault(number, Message())

    def _follow(self, number: int, record: Record, meaning: Meaning, engine: Engine[Host]) -> None:
        """Remember the sender of the envelope, and how the octets that were asked for are to be read."""
        if isinstance(record, Prompt):
            message = self._message(number)
            message.answers = engine.phases[record.after].cite if record.after in engine.answers else None
            message.dotted = record.wants is None
            if message.dotted or (message.known and message.letter is None):
                message.letter = letter(message.sender)
        elif isinstance(record, Exchange) and record.verdict is not Verdict.REFUSED:
            for row in meaning.command:
                for note in row.notes:
                    if note.rule == "Reverse-path":
                        self._messages[number] = Message(row.octets[note.start : note.end].strip(b"<>"))

    def _body(self, number: int, body: Body, label: Label) -> list[str]:
        message = self._message(number)
        out = []
        for line in message.lines.add(body):
            out += self._body_line(number, line, label)
        message.wants = max(message.wants - len(body.octets) - body.omitted, 0)
        if message.wants and self.typed and self.view.depth:
            out += self.say(f"Octets still to come: {message.wants:,}.")
        return out

    def _body_line(self, number: int, line: bytes, label: Label) -> list[str]:
        message = self._message(number)
        message.count += 1
        row = message.row(line)
        if message.count > FOLD and not self._unfolded and line != self.typed:
            message.folded += 1
            return []
        return self._row(row, label)

    def _end_of_body(self, number: int, label: Label) -> list[str]:
        message = self._messages.get(number)
        if message is None:
            return []
        rest = message.lines.rest()
        out = self._body_line(number, rest, label) if rest else []
        folded = message.folded
        message.count = message.folded = 0
        if folded:
            out += self.say(self._more(folded, "message", label))
        return out


def titled(title: str, label: Label) -> str:
    """The title of a phase, with the connection that it belongs to."""
    return title if label == 1 else f"connection {label}: {title}"


def lettered(at: int) -> Label:
    """The letter of connection number `at`, counted from 0, of somebody else: a to z, then a1."""
    letter, again = ascii_lowercase[at % 26], at // 26
    return f"{letter}{again}" if again else letter


def _indented(text: str, room: int) -> list[str]:
    return ["     " + line for line in wrap(text.strip(), max(room - 5, 30))]


def safe_lines(text: str, ascii_only: bool) -> list[str]:
    """The lines of a text, each one harmless."""
    return [safe(line, ascii_only=ascii_only) for line in text.split("\n")]


def wrap_indented(line: str, columns: int) -> list[str]:
    """A line wrapped, its own indentation kept."""
    indent = line[: len(line) - len(line.lstrip())]
    return [indent + row for row in wrap(line, columns - len(indent))] or [""]
