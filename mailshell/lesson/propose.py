"""Goals proposed from what has changed between two moments, for lessons that are written by doing them."""

from collections.abc import Mapping
from typing import Literal, NamedTuple

from mailshell.core.session import Scalar, Sort
from mailshell.lesson.expression import Compare, Count, Expression, Items, Name, Not, Number, Text
from mailshell.lesson.look import Look
from mailshell.lesson.schema import KEY, Entry, schema

State = Mapping[Name, tuple[Sort, Scalar]]
"""The values of names, each with its sort."""

_QUIET = frozenset({"last", "transcript", "clock", "link"})
"""Says how somebody got there, and not where."""


class Proposal(NamedTuple):
    """A goal that would be reached now and was not before, or, with `keep`, one that has held all the time."""

    kind: Literal["check", "keep"]
    name: str
    when: Expression


def state(look: Look) -> State:
    """What a lesson can ask for, with its values now: of all mailboxes and queues, and of the current connection."""
    found: dict[Name, tuple[Sort, Scalar]] = {}
    for entry in schema().entries:
        if entry.path[0] not in _QUIET:
            for keys in _keys(entry, look):
                name = Name(entry.path, tuple(map(Text, keys)))
                found[name] = entry.sort, entry.read(look, keys)
    return found


def _keys(entry: Entry, look: Look) -> list[tuple[str, ...]]:
    count = entry.path.count(KEY)
    if not count:
        return [()]
    first = look.mailboxes if entry.path[0] == "mailbox" else look.others
    return [(key,) for key in first] if count == 1 else [(key, "subject") for key in first]


def propose(before: State, after: State) -> list[Proposal]:
    """A goal for each thing that has changed; and, where nobody's mailbox has got more mail, that it stays so."""
    changed = [name for name in after if name in before and after[name] != before[name]]
    out, taken = list[Proposal](), set[str]()
    for name in changed:
        sort, found = after[name]
        when = _predicate(name, sort, found)
        if when is not None:
            out.append(Proposal("check", _called(name, taken), when))
    grown = {name.keys[0] for name in changed if name.path[0] == "mailbox"}
    for name, (_, found) in after.items() if grown else ():
        # Of the lesson's own host, where the learner is: all mailboxes of the world would be too many.
        key = name.keys[0] if name.path == ("mailbox", KEY, "count") else None
        if isinstance(key, Text) and "/" not in key.value and key not in grown and isinstance(found, int):
            out.append(Proposal("keep", _called(name, taken), Compare("==", name, Number(found))))
    return out


def _predicate(name: Name, sort: Sort, found: Scalar) -> Expression | None:
    if sort == "flag":
        return name if found else Not(name)
    if isinstance(found, str):
        quotable = found and '"' not in found and found.isprintable() and len(found) < 200
        return Compare("==", name, Text(found)) if quotable else None
    if isinstance(found, tuple):
        if not found:
            return Compare("==", Count(name), Number(0))
        if any(isinstance(one, str) and ('"' in one or not one.isprintable()) for one in found):
            return None
        return Compare("==", name, Items(tuple(Text(one) if isinstance(one, str) else Number(one) for one in found)))
    return Compare("==", name, Number(found))


def _called(name: Name, taken: set[str]) -> str:
    """A name for a goal, that no other one has."""
    words = [part for part in name.path if part != KEY]
    words += [key.value for key in name.keys if isinstance(key, Text)]
    plain = "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in "-".join(words).lower())
    base = plain.strip("-")[:30]
    called, count = base, 1
    while called in taken:
        count += 1
        called = f"{base}-{count}"
    taken.add(called)
    return called
