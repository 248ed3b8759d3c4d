"""One line of a conversation or of a message, explained on its own."""

import re

from mailshell.core import tables
from mailshell.core.elsewhere import Told
from mailshell.core.explain import Note, Row
from mailshell.mail import words
from mailshell.mail.host import Traits
from mailshell.mail.letter import Letter
from mailshell.protocols import readers
from mailshell.shell.annotate import Annotator
from mailshell.shell.known import fact_lines, facts
from mailshell.shell.text import safe
from mailshell.shell.view import View

_FIELD = re.compile(rb"([A-Za-z][!-9;-~]*)[ \t]*:")


def line_lines(text: str, view: View, traits: Traits) -> list[str]:
    """A reply, a header field, a parameter, encoded words or a command; empty where it is none that we know."""
    octets = text.encode("utf-8", "surrogateescape")
    replies = [reader.reply(octets, traits) for reader in readers().values()]
    if any(replies):
        return _told(replies, view)
    name, coded = _name(octets), words.words(octets) or words.flaws(octets)
    field = name and any(fact.kind.startswith("header field") for fact in facts(name))
    # Anybody may make up a field; in a file of any octets a colon alone is none.
    if field or coded or (name and " " in text and text.isprintable()):
        return _marked(octets, view)
    return _told([reader.command(octets, traits) for reader in readers().values()], view)


def _told(found: list[Told | None], view: View) -> list[str]:
    """A line of the wire as each protocol reads it that knows it."""
    out = []
    for told in filter(None, found):
        if told.row is not None and view.depth == 0:
            out.append(safe(f"{told.name}: {told.row.gloss}", ascii_only=view.ascii))
            continue
        out += [] if told.row is None else _lines(told.row, view)
        for remark in told.remarks:
            out += Annotator(view).below(f"{remark.head}: ", remark.text)
        out += [line for fact in told.facts for line in fact_lines(fact, view)]
    return out


def _marked(line: bytes, view: View) -> list[str]:
    """A header field, or encoded words alone, each part below it."""
    name = _name(line)
    says, notes = _WORDS, tuple(map(_word, words.words(line)))
    flaws = words.flaws(line)
    more, section = _WORDS_MORE, "RFC 2047 section 2"
    if name:
        reading = Letter().read(line + b"\r\n")
        (row,) = tables.find("message-headers", "field", name) or tables.find("message-headers", "field", _OPTIONAL)[:1]
        says, notes = reading.gloss or row["meaning"], reading.notes
        flaws = flaws if any(note.rule.startswith("encoded-") for note in notes) else ()
        more, section = f"{row['field']}: {row['meaning']}", row["section"].split(";")[0]
    notes = tuple(note._replace(text=safe(note.text, ascii_only=view.ascii)) for note in notes)
    if view.depth == 0:
        told = says if name else "; ".join([*(note.text for note in notes), *(flaw.says for flaw in flaws)])
        return [safe(f"{name or line.decode('utf-8', 'replace')}: {told}", ascii_only=view.ascii)]
    annotator = Annotator(_no_end(view))
    out = annotator.text(line, notes)
    if view.depth == 1:
        out += [row for note in notes[bool(name) :] for row in annotator.below("  ", f"{note.rule}: {note.text}")]
    for flaw in flaws:
        if name and any(note.text == flaw.says for note in notes):
            continue  # said already, beside its place
        out += annotator.below("note: ", f"Not by the standard: {flaw.says} ({flaw.cite})")
    return [*out, *annotator.below("  ", more), *annotator.below("  ", section)]


def _name(line: bytes) -> str:
    """The name of a header field; empty where the line is none."""
    found = _FIELD.match(line)
    return "" if found is None else found[1].decode("ascii")


def _word(word: words.Word) -> Note:
    text = f'"{word.text}": charset {word.charset}, encoding {_ENCODINGS[word.encoding]}'
    return Note("encoded-word", word.start, word.end, text)


_OPTIONAL = "(optional field)"
_ENCODINGS = {"Q": "Q (quoted-printable)", "B": "B (base64)"}
_WORDS = "text outside ASCII, in ASCII letters"
_WORDS_MORE = (
    "An encoded word: a header field may hold text outside ASCII as =?charset?Q?text?= or =?charset?B?text?=. "
    "Q is like quoted-printable with _ for a space, B is base64."
)


def _lines(row: Row, view: View) -> list[str]:
    """One line of the wire with its meaning; nothing is known of its line end."""
    return Annotator(_no_end(view)).row(row)


def _no_end(view: View) -> View:
    return view._replace(wire="off") if view.wire == "marks" else view
