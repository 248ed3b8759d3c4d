"""A half-typed line: what it is, what it may go on with, and what this server would say. Nothing changes."""

from mailshell.core.command import Command, Table
from mailshell.core.record import Fault, Want
from mailshell.core.session import Preview
from mailshell.smtp import phases as smtp
from mailshell.smtp import reasons
from mailshell.smtp.commands.data import END_CARD
from mailshell.smtp.desk import Desk
from mailshell.smtp.extensions import BRINGS
from mailshell.smtp.relics import Relic
from mailshell.smtp.wording import Reply


def preview(line: bytes, table: Table[Desk, Reply], desk: Desk) -> Preview:
    """What the grammar and the state of the session make of a line, line end left out."""
    phase = smtp.Phase(desk.state.phase)
    if phase in smtp.TEXT:
        return Preview(smtp.CARDS[phase], True, fits=len(line), note=_note(line, desk))
    # What stands past the longest line of any verb is refused whatever it is, and not worth reading at each key.
    reading = table.read(line[: table.longest], strict=desk.strict, marks=True)
    fault = reading.parsed if isinstance(reading.parsed, Fault) else None
    command, cursor = reading.command, reading.cursor
    if command is None or cursor is None:
        begun = table.begun(line)
        living = {one.card.name for one in table.living}
        wants = tuple(want for want in begun if want.text in living)
        fits = len(line) if begun else 0
        why = "" if begun or phase is smtp.Phase.CLOSED else reasons.unknown(line, table, phase, desk).because
        return Preview(None, False, reading.parts, fault, table.expect(phase), fits, wants, why)
    wants = cursor.wants()
    fits = len(line) if fault is None or wants else fault.at
    why = _too_early(command, table, desk) or (
        "" if fault is None or fits == len(line) else reasons.misfit(command.card.name, line, fault, desk).because
    )
    if not why and len(line) + 2 > command.limit:
        fits, why = min(fits, command.limit - 2), reasons.too_long(len(line) + 2, command.limit)
    if not why and isinstance(reading.parsed, Relic):
        why = reading.parsed.run(desk).because
    wants = tuple(want for want in wants if _grants(want, desk))
    return Preview(
        command.card,
        phase in command.when and desk.has(command),
        reading.parts,
        fault,
        reading.expected,
        fits,
        wants,
        why,
    )


def _too_early(command: Command[Desk, Reply], table: Table[Desk, Reply], desk: Desk) -> str:
    """Why the server does not take this verb now; empty where it does, and where it reads no commands at all."""
    phase = desk.state.phase
    if phase not in smtp.ANY or command.relic:
        return ""
    if not desk.has(command):
        return reasons.not_offered(command, desk).because
    return "" if phase in command.when else reasons.wrong_order(command, phase, table, desk).because


def _grants(want: Want, desk: Desk) -> bool:
    """Whether the server offered this client what the word belongs to."""
    extension = BRINGS.get(want.text.strip(" ="))
    return extension is None or (desk.state.extended and extension.offered(desk))


def _note(line: bytes, desk: Desk) -> str:
    chunk = desk.state.chunk
    if chunk is not None:
        return f"{chunk.left} octets to come, CR LF counts as two"
    if line == b".":
        return END_CARD.parts["."]
    if line.startswith(b"."):
        return "the server takes the first dot off; a line that is to begin with one dot begins with two"
    return "a line with one dot ends it"
