"""What differs between two moments of a world, found without going to either of them."""

from collections.abc import Mapping
from typing import NamedTuple

from mailshell.core.clock import Instant
from mailshell.core.record import Phase
from mailshell.core.transcript import Wire
from mailshell.mail.between import Pair, between
from mailshell.mail.faults import Fault
from mailshell.mail.state import What
from mailshell.world.relay import Run
from mailshell.world.world import Mark, World


class Apart(NamedTuple):
    """The times of two moments, their faults, the mail on its way between hosts, and what differs of mail and phases.

    A phase is None where the connection is closed, or not there.
    """

    times: tuple[Instant, Instant]
    faults: tuple[tuple[Fault, ...], tuple[Fault, ...]]
    runs: tuple[tuple[Run, ...], tuple[Run, ...]]
    mail: Mapping[What, Pair]
    phases: Mapping[Wire, tuple[Phase | None, Phase | None]]


def apart(world: World, one: Mark, other: Mark) -> Apart:
    """Compare two moments that were marked, on whatever branches; raises LookupError without a history."""
    before, after = _phases(one), _phases(other)
    phases = {wire: (before.get(wire), after.get(wire)) for wire in dict.fromkeys((*before, *after))}
    differing = {wire: pair for wire, pair in phases.items() if pair[0] is not pair[1]}
    changes = between(world.store, one.head, other.head)
    runs = tuple(mark.flow.runs if mark.flow is not None else () for mark in (one, other))
    return Apart((one.now, other.now), (one.faults.all, other.faults.all), (runs[0], runs[1]), changes, differing)


def _phases(mark: Mark) -> dict[Wire, Phase]:
    return {link.wire: state.phase for link, state, closed in mark.links if not closed}
