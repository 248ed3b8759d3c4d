"""The values that a predicate is made of, what they come to, and what is missing where they do not hold."""

import re
from collections.abc import Callable, Mapping
from typing import Literal, NamedTuple

from mailshell.core.session import Scalar

Op = Literal["==", "!=", "<", ">", "<=", ">=", "in", "contains"]


class Text(NamedTuple):
    """A text as it stands in the lesson."""

    value: str


class Number(NamedTuple):
    """A whole number."""

    value: int


class Vary(NamedTuple):
    """`{name}`: what the variant of the learner has under that name."""

    name: str


class Name(NamedTuple):
    """Something in the state of the world; `keys` stand in the places of `*` in the path, in order."""

    path: tuple[str, ...]
    keys: "tuple[Text | Vary, ...]" = ()


class Items(NamedTuple):
    """A list."""

    items: "tuple[Expression, ...]"


class Count(NamedTuple):
    """How many items a list has."""

    of: "Expression"


class Not(NamedTuple):
    """The opposite."""

    of: "Expression"


class Every(NamedTuple):
    """All of them hold."""

    of: "tuple[Expression, ...]"


class Some(NamedTuple):
    """At least one of them holds."""

    of: "tuple[Expression, ...]"


class Compare(NamedTuple):
    """Two values side by side."""

    op: Op
    left: "Expression"
    right: "Expression"


Expression = Text | Number | Vary | Name | Items | Count | Not | Every | Some | Compare
"""A predicate, or a part of one."""

BRACES = re.compile(r"\{([a-z][a-z0-9-]*)\}")
"""A name of the lesson in a text."""

Values = Mapping[str, str | int]
"""What a variant of a lesson has in the place of `{name}`."""

Ask = Callable[[tuple[str, ...], tuple[str, ...]], Scalar]
"""Gives what the state has under a path, with the keys that stand for `*` in it."""


def filled(text: str, values: Values) -> str:
    """A text of the lesson with the learner's values in the place of each `{name}`."""
    for name, one in values.items():
        text = text.replace(f"{{{name}}}", str(one))
    return text


def holds(expression: Expression, ask: Ask, values: Values) -> bool:
    """Whether a predicate is true now."""
    return bool(value(expression, ask, values))


def value(expression: Expression, ask: Ask, values: Values) -> Scalar:
    """What an expression comes to. The reader of lessons has seen to it that it comes to something."""
    match expression:
        case Text(text):
            return filled(text, values)
        case Number(number):
            return number
        case Vary(name):
            return values[name]
        case Name(path, keys):
            return ask(path, tuple(str(value(key, ask, values)) for key in keys))
        case Items(items):
            return _tuple([value(item, ask, values) for item in items])
        case Count(of):
            found = value(of, ask, values)
            assert isinstance(found, tuple), "only a list is counted"
            return len(found)
        case Not(of):
            return not value(of, ask, values)
        case Every(parts):
            return all(value(part, ask, values) for part in parts)
        case Some(parts):
            return any(value(part, ask, values) for part in parts)
        case _:
            return _compare(expression.op, value(expression.left, ask, values), value(expression.right, ask, values))


def _tuple(found: list[Scalar]) -> Scalar:
    texts = tuple(one for one in found if isinstance(one, str))
    return texts if texts else tuple(one for one in found if isinstance(one, int))


def _compare(op: Op, left: Scalar, right: Scalar) -> bool:
    if op == "==":
        return _plain(left) == _plain(right)
    if op == "!=":
        return _plain(left) != _plain(right)
    if op == "in":
        return _within(left, right)
    if op == "contains":
        return _within(right, left)
    assert isinstance(left, int), "only numbers have an order"
    assert isinstance(right, int), "only numbers have an order"
    return {"<": left < right, ">": left > right, "<=": left <= right, ">=": left >= right}[op]


def _plain(found: Scalar) -> object:
    """The form in which values are compared: case does not matter, nor does the order of a list."""
    if isinstance(found, str):
        return found.casefold()
    return sorted(map(_plain, found), key=str) if isinstance(found, tuple) else found


def _within(part: Scalar, whole: Scalar) -> bool:
    if isinstance(whole, str):
        return str(part).casefold() in whole.casefold()
    assert isinstance(whole, tuple), "only a text or a list contains something"
    return _plain(part) in [_plain(one) for one in whole]


def missing(expression: Expression, ask: Ask, values: Values) -> list[str]:
    """Why a predicate does not hold, a sentence for each part of it that fails; empty where it holds."""
    if holds(expression, ask, values):
        return []
    match expression:
        case Every(parts):
            return [why for part in parts for why in missing(part, ask, values)]
        case Some(parts):
            found = [missing(part, ask, values)[0].removesuffix(".") for part in parts]
            return [f"{', and '.join(found)}. One of these must change."]
        case Compare(op, left, right):
            return [f"{_shown(left, ask, values)}{_WANTED[op]} {_literal(right, ask, values)}."]
        case Not(Compare(op, left, right)):
            return [f"{_shown(left, ask, values)}{_UNWANTED[op]} {_literal(right, ask, values)}."]
        case Not(of):
            return [f"{written(of, values)} is true, wanted false."]
        case _:
            return [f"{written(expression, values)} is false, wanted true."]


_WANTED: Mapping[Op, str] = {
    "==": ", wanted",
    "!=": ", wanted is anything but",
    "<": ", wanted is less than",
    ">": ", wanted is more than",
    "<=": ", wanted is at most",
    ">=": ", wanted is at least",
    "in": ", wanted is one of",
    "contains": ", wanted in it is",
}
_UNWANTED: Mapping[Op, str] = {
    "==": ", wanted is anything but",
    "!=": ", wanted",
    "<": ", wanted is at least",
    ">": ", wanted is at most",
    "<=": ", wanted is more than",
    ">=": ", wanted is less than",
    "in": ", wanted is none of",
    "contains": ", not wanted in it is",
}


def _shown(expression: Expression, ask: Ask, values: Values) -> str:
    return f"{written(expression, values)} is {words(value(expression, ask, values))}"


def _literal(expression: Expression, ask: Ask, values: Values) -> str:
    found = words(value(expression, ask, values))
    return found if isinstance(expression, Text | Number | Vary | Items) else f"{written(expression, values)}, {found}"


def words(found: Scalar) -> str:
    """A value in words, for people; a long one is cut."""
    if isinstance(found, bool):
        return "true" if found else "false"
    if isinstance(found, tuple):
        return "[" + ", ".join(map(words, found)) + "]" if found else "empty"
    if isinstance(found, int):
        return str(found)
    shown = "".join(letter if letter.isprintable() else "·" for letter in found[:_LONGEST])
    return f"{shown}…" if len(found) > _LONGEST else shown or "empty"


_LONGEST = 120  # characters of a value in a sentence


def written(expression: Expression, values: Values | None = None) -> str:
    """A predicate as it stands in a lesson; with `values` they take the place of `{name}`."""
    match expression:
        case Text(found):
            return f'"{found if values is None else filled(found, values)}"'
        case Number(found):
            return str(found)
        case Vary(name):
            return f"{{{name}}}" if values is None else f'"{values[name]}"'
        case Name(path, keys):
            return _name(path, [written(key, values) for key in keys])
        case Items(items):
            return f"[{', '.join(written(item, values) for item in items)}]"
        case Count(of):
            return f"count({written(of, values)})"
        case Not(of):
            return f"not {_inner(of, values)}"
        case Every(parts):
            return " and ".join(_inner(part, values, (Every, Some)) for part in parts)
        case Some(parts):
            return " or ".join(_inner(part, values, (Every, Some)) for part in parts)
        case _:
            return f"{_inner(expression.left, values)} {expression.op} {_inner(expression.right, values)}"


_LOOSE = (Not, Every, Some, Compare)


def _inner(expression: Expression, values: Values | None, loose: tuple[type, ...] = _LOOSE) -> str:
    """A part of another one, in brackets where the parts would come apart without them."""
    shown = written(expression, values)
    return f"({shown})" if isinstance(expression, loose) else shown


def _name(path: tuple[str, ...], keys: list[str]) -> str:
    shown, left = path[0], iter(keys)
    for part in path[1:]:
        key = next(left) if part == "*" else ""
        plain = _SIMPLE.fullmatch(key)
        shown += f".{plain[1] if plain else part}" if plain or not key else f"[{key}]"
    return shown


_SIMPLE = re.compile(r'"([\w-]+)"')  # a key that may stand after a dot


def names(expression: Expression) -> set[str]:
    """The names in braces that an expression uses."""
    match expression:
        case Vary(name):
            return {name}
        case Text(text):
            return set(BRACES.findall(text))
        case Name(_, keys):
            return set().union(*map(names, keys))
        case Items(parts) | Every(parts) | Some(parts):
            return set().union(*map(names, parts))
        case Count(of) | Not(of):
            return names(of)
        case Compare(_, left, right):
            return names(left) | names(right)
        case _:
            return set()
