"""The second form of a verb that works on messages: UID stands before it, and its numbers are uids."""

from collections.abc import Callable

from mailshell.core.command import Command, Verb
from mailshell.core.cursor import Cursor
from mailshell.core.record import Card, Cite
from mailshell.imap.desk import Desk
from mailshell.imap.wording import Reply

Parse = Callable[[Cursor], Verb[Desk, Reply]]


def card(plain: Card) -> Card:
    """The card of the form with UID."""
    parts = {f"UID {rule}" if rule == plain.name else rule: gloss for rule, gloss in plain.parts.items()}
    if "sequence-set" in parts:
        parts["sequence-set"] = parts["sequence-set"].replace("numbers", "uids")
    says = f"{plain.name} by uids"
    return plain._replace(name=f"UID {plain.name}", says=says, cite=Cite(3501, "6.4.8"), parts=parts)


def twin(plain: Command[Desk, Reply], by_uid: Card, parse: Parse, *, needs: str = "") -> Command[Desk, Reply]:
    """The command of the form with UID."""
    examples = tuple(example.replace(plain.card.name, by_uid.name, 1) for example in plain.examples)
    return plain._replace(card=by_uid, syntax=f"UID {plain.syntax}", parse=parse, examples=examples, needs=needs)
