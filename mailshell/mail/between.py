"""What differs between two states of the mail, found in the changes that led to each: nothing is undone for it."""

from collections.abc import Mapping
from typing import NamedTuple

from mailshell.mail.state import Value, What
from mailshell.mail.store import Store


class Pair(NamedTuple):
    """One value in two states; None where a state has none."""

    one: Value | None
    other: Value | None


def between(store: Store, one: int, other: int) -> Mapping[What, Pair]:
    """Everything that differs after change number `one` and after change number `other`, on whatever branches.

    Raises LookupError where the store keeps no history.
    """
    heads = {0: one, 1: other}
    ends: dict[int, dict[What, Value | None]] = {0: {}, 1: {}}
    common: dict[What, Value | None] = {}
    while heads[0] != heads[1]:  # a change has a higher number than its parent
        side = 0 if heads[0] > heads[1] else 1
        change = store.change(heads[side])
        ends[side].setdefault(change.what, change.after)
        common[change.what] = change.before  # the oldest comes last
        heads[side] = change.parent
    found = {what: Pair(ends[0].get(what, value), ends[1].get(what, value)) for what, value in common.items()}
    return {what: pair for what, pair in found.items() if pair.one != pair.other}
