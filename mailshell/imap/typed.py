"""What a half-typed line means where the grammar of commands does not say it: before the verb, and inside a command."""

from collections.abc import Iterator

from mailshell.core.record import Expect, Fault, Part, Want
from mailshell.core.session import Preview
from mailshell.imap import grammar
from mailshell.imap.desk import Desk, State
from mailshell.imap.phases import CARDS, COUNTED, Phase

NOTES = COUNTED | {Phase.EXCHANGE, Phase.IDLE}
"""The phases that have no grammar of commands."""

_DONE = Expect("DONE", "ends IDLE", (("DONE", "ends IDLE"),))
_OCTETS = Expect("literal octets", "what the number in braces has counted")
_ANSWER = Expect("base64", "the answer to the mechanism")


def inside(line: bytes, state: State) -> Preview:
    """A line in a phase that reads no commands."""
    card = CARDS[state.phase]
    if state.phase is Phase.IDLE:
        whole = line.upper() == b"DONE"
        begun = b"DONE".startswith(line.upper())
        fault = None if whole else Fault(0, (_DONE,), "DONE")
        wants = (Want(0, "DONE", _DONE),) if begun and not whole else ()
        why = "" if begun else "In IDLE a client sends DONE and nothing else."
        parts = (Part("DONE", 0, len(line)),) if whole else ()
        return Preview(card, begun, parts, fault, (_DONE,), len(line) if begun else 0, wants, why)
    if state.phase is Phase.EXCHANGE:
        note = "* alone gives up" if line != b"*" else "gives the exchange up"
        return Preview(card, True, expected=(_ANSWER,), fits=len(line), note=note)
    left = state.literal.left if state.literal is not None else 0
    return Preview(card, True, expected=(_OCTETS,), fits=len(line), note=_counted(left, len(line)))


def _counted(left: int, size: int) -> str:
    """What a line of so many octets is to a literal that wants `left` more; its end counts as two."""
    if left <= size:
        return f"the literal ends after octet {left}; the rest of the line belongs to the command"
    if left <= size + 2:
        return "the literal ends with this line"
    return f"octets of the literal left after this line: {left - size - 2}"


def tagged(line: bytes) -> bool:
    """Whether the tag of a line is over: a space stands behind it."""
    found = grammar.TAG.match(line)
    return found is not None and found.end() > found.end(1)


def untagged(line: bytes, desk: Desk) -> Preview:
    """A line whose tag is not over: the session proposes one, and puts it before a command that has none."""
    begun = grammar.TAG_CHARS.match(line)
    fits = 0 if begun is None else begun.end()
    whole = fits == len(line)
    parts = (Part("tag", 0, fits),) if fits else ()
    fault = Fault(fits, (grammar.SPACE if fits else grammar.TAGGED,), "tag")
    wants = tuple(_proposed(line.decode("ascii"), desk)) if whole else ()
    why = "" if whole else f"Each command begins with a tag, as in {desk.tag} NOOP."
    return Preview(None, False, parts, fault, (grammar.TAGGED,), fits, wants, why)


def _proposed(line: str, desk: Desk) -> Iterator[Want]:
    tag, verb, found = desk.tag, line.upper(), False
    if len(line) < len(tag) and tag.startswith(line):
        yield Want(0, tag, grammar.TAGGED)
        return
    for one in desk.commands:
        name = one.card.name
        if len(line) > 1 and name.startswith(verb) and desk.standing in one.when and one.offered(desk.offers):
            yield Want(0, f"{tag} {name}", Expect(f"{tag} {name}", "a tag goes before the command"))
            found = True
    if not found:
        yield Want(len(line), " ", grammar.SPACE)


def shifted(preview: Preview, by: int) -> Preview:
    """A preview of a whole command, for its last line: `by` octets stood before that."""
    if not by:
        return preview
    parts = tuple(part._replace(start=max(part.start - by, 0), end=part.end - by) for part in preview.parts)
    fault = preview.fault
    return preview._replace(
        parts=tuple(part for part in parts if part.end > part.start),
        fault=None if fault is None else fault._replace(at=max(fault.at - by, 0)),
        fits=max(preview.fits - by, 0),
        wants=tuple(want._replace(at=want.at - by) for want in preview.wants if want.at >= by),
    )
