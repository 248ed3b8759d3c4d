"""Faults: what is in force, what there is, one more, and away with them."""

from collections.abc import Iterable

from mailshell.mail.faults import text
from mailshell.mail.kinds import KINDS
from mailshell.shell.help import columns, wrapped
from mailshell.shell.meta import Choice, Meta

_LEFT = 22
"""Columns of the name of a kind, or of a fault in force, in a list."""


def fault(meta: Meta, rest: str) -> None:
    """`:fault`, `:fault KIND [HOST] [arguments]`."""
    if not rest:
        meta.read(_listed(meta))
        return
    put = meta.seat.fault(rest)
    card = KINDS[put.kind].card
    meta.say(f"Fault {put.number}: {text(put)}. :heal {put.number} removes it.")
    width = meta.renderer.view.width
    meta.out([*wrapped(f"{card.says[0].upper()}{card.says[1:]} ({card.cite}).", width), *wrapped(card.more, width)])
    meta.out(wrapped(f"next: {card.next}", width))


def heal(meta: Meta, rest: str) -> None:
    """`:heal [N|KIND|all]`."""
    if not rest and len(meta.seat.world.faults.all) > 1:
        meta.out(_in_force(meta))
        meta.out(wrapped(":heal wants the number of one, the name of a kind, or all.", meta.renderer.view.width))
        return
    gone = meta.seat.heal(rest or "all")
    meta.say(f"Removed: {'; '.join(text(one) for one in gone)}.")


def _listed(meta: Meta) -> list[str]:
    width = meta.renderer.view.width
    out = [*_in_force(meta), *wrapped("There are:", width)]
    out += columns([(name, kind.card.says) for name, kind in KINDS.items()], width, indent=5, left=_LEFT)
    hint = ":fault KIND puts one in, :heal N takes it away, :help KIND says what it teaches and how it is written."
    return [*out, *wrapped(hint, width)]


def _in_force(meta: Meta) -> list[str]:
    width, faults = meta.renderer.view.width, meta.seat.world.faults.all
    out = wrapped("In force:" if faults else "No fault is in force.", width)
    for one in faults:
        rows = wrapped(f"{text(one)}: {KINDS[one.kind].card.says}", width, indent=9)
        out += [f"     {one.number:<3} {rows[0].strip()}", *rows[1:]]
    return out


def words(meta: Meta, line: str) -> Iterable[Choice]:
    """The kinds, then what may stand after one: hosts, users, commands."""
    name, space, rest = line.partition(" ")
    typed = rest.rpartition(" ")[2]
    if not space:
        found = {kind: one.card.says for kind, one in KINDS.items()}
        typed = name
    elif name.lower() in KINDS:
        found = _after(meta, name.lower())
    else:
        found = {}
    given = rest.split(" ")[:-1]
    for word, says in found.items():
        if word.lower().startswith(typed.lower()) and word not in given:
            yield Choice(word, len(typed), says)


def _after(meta: Meta, kind: str) -> dict[str, str]:
    slots, hosts = KINDS[kind].slots, meta.seat.world.hosts
    found: dict[str, str] = {}
    if "verb" in slots:
        names = (*meta.seat.link.session.legal(), ".")
        found |= dict.fromkeys(names, "a command")
    if "mailbox" in slots:
        found |= {f"{one.user}@{name}": one.name for name, host in hosts.items() for one in host.accounts()}
    if "host" in slots or "domain" in slots:
        found |= dict.fromkeys(hosts, "a host")
    return found


def healed(meta: Meta, line: str) -> Iterable[Choice]:
    """The faults in force, by number, and all of them."""
    found = {str(one.number): text(one) for one in meta.seat.world.faults.all}
    found |= {"all": "every fault"} if found else {}
    return [Choice(word, len(line), says) for word, says in found.items() if word.startswith(line.lower())]
