"""One line of a conversation or of a message, explained on its own."""

import re

from mailshell.core import tables
from mailshell.core.explain import Note, Row
from mailshell.mail import words
from mailshell.mail.host import Traits
from mailshell.mail.letter import Letter
from mailshell.shell.annotate import Annotator, fault_of, reply_card, reply_row, sent_row
from mailshell.shell.help import wrapped
from mailshell.shell.known import fact_lines, facts
from mailshell.shell.text import safe
from mailshell.shell.view import View
from mailshell.smtp import reasons
from mailshell.smtp.astray import slips
from mailshell.smtp.replies import EHLO_OK
from mailshell.smtp.responses import read_line

_OFFER = re.compile(r"250[ -]([A-Z0-9-]+)( .*)?")
_FIELD = re.compile(rb"([A-Za-z][!-9;-~]*)[ \t]*:")
_PARAMETER = re.compile(r"([A-Za-z][A-Za-z0-9-]*)=\S*")


def line_lines(text: str, view: View, traits: Traits) -> list[str]:
    """A reply, a header field, a parameter, encoded words or a command; empty where it is none that we know."""
    octets = text.encode("utf-8", "surrogateescape")
    if read_line(octets) is not None:
        return _reply(octets, view, traits)
    name, coded = _name(octets), words.words(octets) or words.flaws(octets)
    field = name and any(fact.kind.startswith("header field") for fact in facts(name))
    # Anybody may make up a field; in a file of any octets a colon alone is none.
    if field or coded or (name and " " in text and text.isprintable()):
        return _marked(octets, view)
    parameter = _PARAMETER.fullmatch(text)
    if parameter is not None:
        known = [fact for fact in facts(parameter[1].upper(), traits) if fact.kind == "parameter"]
        return [line for fact in known for line in fact_lines(fact._replace(name=text), view)]
    return _command(octets, view, traits)


def _reply(line: bytes, view: View, traits: Traits) -> list[str]:
    """A line of a server, as if it stood alone: what it answers is not known."""
    text = line.decode("utf-8", "surrogateescape")
    found = read_line(line)
    assert found is not None, "the caller has read it"
    offer = _OFFER.fullmatch(text)
    keywords = [fact for fact in facts(offer[1], traits) if fact.kind == "EHLO keyword"] if offer is not None else []
    row = reply_row(line, EHLO_OK.card if keywords else reply_card("", found.code))
    if view.depth == 0:
        return [safe(f"{text}: {row.gloss}", ascii_only=view.ascii)]
    known = [*(facts(found.enhanced, traits) if found.enhanced else []), *keywords]
    about = known if keywords else [*facts(str(found.code), traits), *known]
    wrong = [row for slip in slips(None, (line,)) for row in wrapped(f"note: Not by the standard: {slip}", view.width)]
    return [*_lines(row, view), *wrong, *(line for fact in about for line in fact_lines(fact, view))]


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


def _command(line: bytes, view: View, traits: Traits) -> list[str]:
    """A line of a client; empty where its first word is no command of any server."""
    verb = line.split(b" ", 1)[0].decode("latin-1")
    known = [fact for fact in facts(verb, traits) if fact.kind == "command"]
    if not known:
        return []
    row = sent_row(line, refused=True)
    if view.depth == 0:
        return [safe(f"{verb.upper()}: {row.gloss}", ascii_only=view.ascii)]
    out = _lines(row, view)
    if (fault := fault_of(line)) is not None:
        out += Annotator(view).below("why: ", f"It does not fit the grammar. {reasons.syntax(line, fault).because}")
    return out + [text for fact in known for text in fact_lines(fact, view)]


def _lines(row: Row, view: View) -> list[str]:
    """One line of the wire with its meaning; nothing is known of its line end."""
    return Annotator(_no_end(view)).row(row)


def _no_end(view: View) -> View:
    return view._replace(wire="off") if view.wire == "marks" else view
