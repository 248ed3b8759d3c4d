"""`:why`: a step at length, in four depths.

0  one sentence
1  what happened, the reason, what became of it, what the server told beside its answer, what is next
2  also the rule, the phase that it led to, and what is legal now
3  also each part of the command and of the answer, the codes taken apart, and what servers mean by them
"""

from collections.abc import Iterator

from mailshell.core.explain import Row, explain
from mailshell.core.record import SAID, Body, Closed, Exchange, Fault, Notice, Opened, Prompt, Spoken, Verdict
from mailshell.core.transcript import Entry
from mailshell.protocols import PROTOCOLS, readers
from mailshell.shell.help import legal_topics, sentence, wrapped
from mailshell.shell.render import FOLD, Renderer
from mailshell.shell.text import cut, safe, show, wrap
from mailshell.shell.view import View
from mailshell.world.steps import Step
from mailshell.world.world import Link

DEPTHS = ("0", "1", "2", "3")

Line = tuple[str, str]
"""A head and what stands beside it."""

_VERDICTS = {
    Verdict.ACCEPTED: "The command was accepted.",
    Verdict.TOLERATED: "The command was accepted, but it is not by the standard.",
    Verdict.REFUSED: "The command was refused, and it changed nothing.",
}
_MOST = 8
"""So many lines that the server told are explained one by one."""

_SYNTAXES = 20
"""So many commands are shown as they are typed."""

_HEAD = 28
"""So many columns of them are shown."""

_TEXT = "The server had asked for a message. Each of these lines is a part of it, and none is a command."


def why(step: Step, link: Link | None, before: list[Entry], view: View, depth: int = 2) -> list[str]:
    """A step at length. `link` is its connection where nothing came after it; `before` led to it."""
    record = step.entry.record
    if isinstance(record, Body):
        return _message(step, record, before, view, depth)
    if depth == 0:
        return wrapped(safe(_sentence(record), ascii_only=view.ascii), view.width)
    if isinstance(record, Closed):
        told = [("what", f"The connection was closed by the {record.by}. {record.because}")]
        return _rows([*told, ("next", "Enter opens the connection again.")], view)
    lines = list(_first(record, step, view))
    if depth > 1:
        lines += _rule(record, step, link)
    if depth > 2:
        lines += _parts(record, step)
        lines += _codes(record, step)
    return _rows(lines, view)


def _sentence(record: Spoken) -> str:
    if isinstance(record, Closed):
        return f"The connection was closed by the {record.by}."
    verdict = ""
    if isinstance(record, Exchange | Prompt) and record.verdict is not Verdict.ACCEPTED:
        verdict = f", {record.verdict.value}"
    return f"{record.card.name}{verdict} ({record.card.says})."


def _first(record: Opened | Exchange | Prompt | Notice, step: Step, view: View) -> Iterator[Line]:
    card = record.card
    yield "what", f"{card.name}: {card.more}"
    if not isinstance(record, Opened) and record.because:
        yield "why", record.because
    if isinstance(record, Exchange | Prompt):
        yield "so", _so(record)
    yield from _told(record, step, view)
    phase = PROTOCOLS[step.entry.wire.protocol].phases[record.after]
    if card.next or phase.next:
        yield "next", card.next or phase.next


def _told(record: Spoken, step: Step, view: View) -> Iterator[Line]:
    """The lines that are no answer by themselves: what each says, and which command or event brings it."""
    engine, head = PROTOCOLS[step.entry.wire.protocol], "told"
    verb = (
        "" if not isinstance(record, Exchange | Prompt) or isinstance(record.parsed, Fault) else record.parsed.card.name
    )
    because = "" if isinstance(record, Opened | Closed) else record.because
    rows = explain(record, engine, FOLD).answers
    told = [(row, engine.cause(row.octets, verb, because)) for row in rows if not row.counted]
    told = [(row, cause) for row, cause in told if cause and not isinstance(record, Opened)]
    for row, cause in told[:_MOST]:
        yield head, f"{cut(show(row.octets, 'off', ascii_only=view.ascii).text, _HEAD)}: {row.gloss}; {cause}"
        head = ""
    if len(told) > _MOST:
        yield "", f"{len(told) - _MOST} more of them"


def _so(record: Exchange | Prompt) -> str:
    if record.verdict is Verdict.REFUSED and record.before is not record.after:
        return f"The command was refused, and nothing was stored. The phase is another: {sentence(record.after.value)}"
    if record.verdict is Verdict.REFUSED and isinstance(record, Exchange) and record.changes:
        return "The command was refused, but a part of it was done."
    return _VERDICTS[record.verdict]


def _rule(record: Opened | Exchange | Prompt | Notice, step: Step, link: Link | None) -> Iterator[Line]:
    yield "rule", str(record.card.cite)
    engine = PROTOCOLS[step.entry.wire.protocol]
    yield "phase", f"{sentence(record.after.value)} {engine.phases[record.after].more}"
    topics = legal_topics(engine, link.session) if link is not None else []
    if topics:
        # Of many commands the names will do, and UID stands for all that begin with it.
        syntaxes = (topic.syntax if len(topics) <= _SYNTAXES else topic.syntax.partition(" ")[0] for topic in topics)
        yield "legal", ", ".join(dict.fromkeys(syntaxes))


def _parts(record: Spoken, step: Step) -> Iterator[Line]:
    """Each part of the command and of the answer once, with its section."""
    meaning = explain(record, PROTOCOLS[step.entry.wire.protocol], FOLD)
    told: set[tuple[str, str]] = set()
    for head, rows in (("typed", meaning.command), ("answer", meaning.answers)):
        for row in rows:
            for note in row.notes:
                cite = note.cite or row.cite
                if (note.rule, note.text) not in told:
                    told.add((note.rule, note.text))
                    octets = _octets(row, note.start, note.end)
                    rule = "" if octets.startswith(note.rule) else f" {note.rule}"
                    place = f" ({cite})" if cite is not None else ""
                    yield head, f'"{octets}"{rule}: {note.text}{place}'
                    head = ""


def _octets(row: Row, start: int, end: int) -> str:
    hidden = any(first < end and start < last for first, last in row.secret)
    return "********" if hidden else show(row.octets[start:end], "off").text


def _codes(record: Spoken, step: Step) -> Iterator[Line]:
    """The codes of the answer taken apart, what servers mean by it after this verb, and the verb's history."""
    from mailshell.shell.known import TODAY

    verb, reader = _verb(record, step), readers()[step.entry.wire.protocol]
    codes: tuple[str, ...] = ()
    if isinstance(record, SAID) and record.replies:
        codes = reader.codes(record.replies[0].rstrip(b"\r\n"))
    for code in codes:
        for fact in reader.facts(code, TODAY):
            yield "code", f"{fact.name} {fact.says}: {fact.more} ({fact.section.split(';')[0]})"
            yield from (("", text) for head, text in fact.fields if head == "digit" or ".X" in head)
    if codes and verb:
        for fact in reader.facts(f"{verb} {codes[0]}", TODAY):
            yield from (("cases", f"{fact.name}, {phase}: {note}") for phase, note in fact.fields)
    for topic in PROTOCOLS[step.entry.wire.protocol].topics:
        if topic.card.name == verb and topic.examples:
            yield "verb", f"{verb}: {topic.card.more}"


def _verb(record: Spoken, step: Step) -> str:
    """The command that was sent, empty where it is none that we know."""
    if isinstance(record, Exchange | Prompt) and not isinstance(record.parsed, Fault):
        return record.parsed.card.name
    octets = record.octets.rstrip(b"\r\n") if isinstance(record, Exchange) else b""
    card = PROTOCOLS[step.entry.wire.protocol].mark_command(octets).card
    return card.name if card is not None else ""


def _message(step: Step, body: Body, before: list[Entry], view: View, depth: int) -> list[str]:
    lines = body.octets.count(b"\n") + (not body.octets.endswith(b"\n"))
    size = f"{lines:,} {'line' if lines == 1 else 'lines'}, {len(body.octets) + body.omitted:,} octets"
    if depth == 0:
        return wrapped(f"message text, {size}: part of a message, and no command.", view.width)
    prompts = [entry.record for entry in before if isinstance(entry.record, Prompt)]
    phase = prompts[-1].after
    card = PROTOCOLS[step.entry.wire.protocol].phases[phase]
    told: list[Line] = [("what", f"message text: {size}."), ("why", _TEXT), ("next", card.next)]
    if depth > 1:
        told += [("rule", str(card.cite)), ("phase", f"{sentence(phase.value)} {card.more}")]
    out = _rows(told, view)
    if depth > 1:
        shown = view._replace(depth=depth - 1)
        out += Renderer(shown).message(before, step.entry, step.label)
    return out


def _rows(lines: list[Line], view: View) -> list[str]:
    """Heads on the left, texts beside them; a line without a head goes on with the one above."""
    out = []
    for head, text in lines:
        room = max(view.width - 12, 20)
        for index, row in enumerate(wrap(safe(text, ascii_only=view.ascii), room)):
            out.append(f"   {head if index == 0 else '':<7} {row}")
    return out
