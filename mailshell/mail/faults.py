"""Faults that somebody put into a world, to see what mail does about them: values, their words, chance without luck.

Whatever is asked here is answered by the faults alone. Only `drawn` counts, in the store, so that undo and replay
bring the same luck.
"""

import re
from collections.abc import Callable, Collection
from contextlib import suppress
from typing import NamedTuple

from mailshell.core.clock import duration, span
from mailshell.core.near import among
from mailshell.mail.store import Full, Store

SEED = "seed"
"""The name under which the store notes the seed of a world."""

_MASK = (1 << 64) - 1
_HOST = re.compile(r"[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
_VERB = re.compile(r"\.|[A-Za-z][A-Za-z0-9]*")
_ODDS = re.compile(r"([1-9][0-9]?|100)%")


class Fault(NamedTuple):
    """One fault; `host` is empty where it holds on every host.

    `what` is the user, the sender, the word or the verb that it is about, `figure` a reply code or a number of
    recipients, `span` a time in microseconds. It strikes `odds` times in a hundred. `number` is 0 until it is put in.
    """

    kind: str
    host: str = ""
    what: str = ""
    figure: int = 0
    span: int = 0
    odds: int = 100
    number: int = 0

    @property
    def because(self) -> str:
        """Why something went wrong, for the student."""
        return f"A fault was put in ({text(self)}), and :heal {self.number} removes it."


class Faults(NamedTuple):
    """All faults of a world, in the order of their numbers; `last` is the highest number ever given."""

    all: tuple[Fault, ...] = ()
    last: int = 0

    def put(self, fault: Fault) -> "Faults":
        """One fault more, with the next number."""
        return Faults((*self.all, fault._replace(number=self.last + 1)), self.last + 1)

    def without(self, which: str) -> "Faults":
        """All but one by its number, those of a kind, or none at all (`all`); raises ValueError where there is none."""
        if not self.all:
            raise ValueError("There is no fault.")
        left = tuple(one for one in self.all if which.lower() not in (str(one.number), one.kind, "all"))
        if len(left) == len(self.all):
            numbers = " ".join(str(one.number) for one in self.all)
            raise ValueError(f"There is no fault {which}. There are: {numbers}.")
        return self._replace(all=left)

    def at(self, host: str) -> tuple[Fault, ...]:
        """The faults that a host itself has."""
        return tuple(one for one in self.all if one.kind not in NAMES and one.host in ("", host))

    def about(self, name: str, kinds: Collection[str]) -> tuple[Fault, ...]:
        """The faults of some kinds that a host, or a name, has by its name."""
        return tuple(one for one in self.all if one.kind in kinds and one.host == name.lower())


NAMES = ("name-not-found", "name-server-silent")
"""The faults of a name, which no host sees itself."""


def skew(faults: tuple[Fault, ...]) -> int:
    """How many microseconds a clock with these faults is ahead of the true time."""
    return sum(one.span for one in faults if one.kind == "clock-skew")


def drawn(fault: Fault, store: Store) -> bool:
    """Whether a fault strikes this time; each time that it might is counted in the store."""
    if fault.odds == 100:
        return True
    counter = f"odds {fault.number}"
    turn = store.coming(counter)
    with suppress(Full):  # what cannot be counted now is drawn the same when it comes again
        store.number(counter)
    return _draw(store.noted(SEED) or 0, fault.number, turn) < fault.odds


def _draw(seed: int, number: int, turn: int) -> int:
    """A number from 0 to 99 that looks like chance, and is always the same (the mixer of SplitMix64)."""
    mixed = (seed * 0x9E3779B97F4A7C15 + number * 0xD1B54A32D192ED03 + turn * 0x8CB92BA72F3D8DD7) & _MASK
    mixed = ((mixed ^ mixed >> 30) * 0xBF58476D1CE4E5B9) & _MASK
    mixed = ((mixed ^ mixed >> 27) * 0x94D049BB133111EB) & _MASK
    return (mixed ^ mixed >> 31) % 100


def text(fault: Fault) -> str:
    """A fault in the words that `parse` reads."""
    from mailshell.mail.kinds import KINDS  # the cards are not needed before the first fault

    words = [_WRITE[slot](fault) for slot in KINDS[fault.kind].slots]
    odds = [] if fault.odds == 100 else [f"odds {fault.odds}%"]
    return " ".join([fault.kind, *filter(None, words), *odds])


_WRITE: dict[str, Callable[[Fault], str]] = {
    "host": lambda fault: fault.host,
    "domain": lambda fault: fault.host,
    "mailbox": lambda fault: f"{fault.what}@{fault.host}",
    "sender": lambda fault: fault.what,
    "word": lambda fault: fault.what,
    "verb": lambda fault: fault.what,
    "code": lambda fault: str(fault.figure),
    "count": lambda fault: str(fault.figure),
    "span": lambda fault: span(fault.span),
    "skew": lambda fault: f"{'+' if fault.span >= 0 else '-'}{span(abs(fault.span))}",
}


def parse(line: str, hosts: Collection[str] = (), verbs: Collection[str] = ()) -> Fault:
    """Read the words of a fault, such as `greylisting nyu.edu 5m` or `reject RCPT 450 odds 30%`.

    Where `hosts` or `verbs` are given, no others will do. Raises ValueError, whose text says what is wrong and what
    there is.
    """
    from mailshell.mail.kinds import KINDS

    words = line.split()
    name = words[0].lower() if words else ""
    kind = KINDS.get(name)
    if kind is None:
        raise ValueError(f"{words[0] if words else 'Nothing'} is no kind of fault.{among(name, KINDS)}")
    wants = f"It is written {kind.syntax}."
    fault = Fault(name, figure=kind.figure, span=kind.span)
    words = words[1:]
    if kind.odds and len(words) > 1 and words[-2].lower() == "odds":
        found = _ODDS.fullmatch(words[-1])
        if found is None:
            raise ValueError(f"odds {words[-1]} is nothing from 1% to 100%. {wants}")
        fault, words = fault._replace(odds=int(found[1])), words[:-2]
    left, last = list(kind.slots), ""
    for word in words:
        for slot in left:
            read = _READ[slot](fault, word, hosts)
            if read is not None:
                fault, last = read, slot
                left.remove(slot)
                break
        else:
            if last != "verb" or _VERB.fullmatch(word) is None:
                raise ValueError(f"{word} does not fit there. {wants}")
            # A verb may have two words, as UID FETCH has.
            fault, last = fault._replace(what=f"{fault.what} {word.upper()}"), ""
    if any(slot in kind.needs for slot in left):
        raise ValueError(f"{name} wants more words. {wants}")
    return _checked(fault, hosts, verbs, domain="domain" in kind.slots, verb="verb" in kind.slots)


def _checked(fault: Fault, hosts: Collection[str], verbs: Collection[str], *, domain: bool, verb: bool) -> Fault:
    if hosts and not domain and fault.host and fault.host not in hosts:
        raise ValueError(f"{fault.host} is no host of this world.{among(fault.host, hosts)}")
    if verb and verbs and fault.what not in verbs:
        raise ValueError(f"{fault.what} is no command.{among(fault.what, verbs)}")
    return fault


def _host(fault: Fault, word: str, hosts: Collection[str]) -> Fault | None:
    name = word.lower()
    return fault._replace(host=name) if _HOST.fullmatch(name) or name in hosts else None


def _mailbox(fault: Fault, word: str, hosts: Collection[str]) -> Fault | None:
    local, at, host = word.rpartition("@")
    return _host(fault._replace(what=local), host, hosts) if local and at else None


def _sender(fault: Fault, word: str, hosts: Collection[str]) -> Fault | None:
    return fault._replace(what=word.lower()) if "@" in word or word == "<>" else None


def _word(fault: Fault, word: str, hosts: Collection[str]) -> Fault | None:
    return fault._replace(what=word.lower())


def _verb(fault: Fault, word: str, hosts: Collection[str]) -> Fault | None:
    return fault._replace(what=word.upper()) if _VERB.fullmatch(word) else None


def _code(fault: Fault, word: str, hosts: Collection[str]) -> Fault | None:
    return fault._replace(figure=int(word)) if re.fullmatch(r"[45][0-5][0-9]", word, re.ASCII) else None


def _count(fault: Fault, word: str, hosts: Collection[str]) -> Fault | None:
    return fault._replace(figure=int(word)) if re.fullmatch(r"[0-9]{1,5}", word, re.ASCII) else None


def _span(fault: Fault, word: str, hosts: Collection[str]) -> Fault | None:
    time = duration(word)
    return fault._replace(span=time) if time else None


def _skew(fault: Fault, word: str, hosts: Collection[str]) -> Fault | None:
    time = duration(word[1:]) if word[:1] in ("+", "-") else None
    return fault._replace(span=time if word[0] == "+" else -time) if time else None


_READ: dict[str, Callable[[Fault, str, Collection[str]], Fault | None]] = {
    "host": _host,
    "domain": _host,
    "mailbox": _mailbox,
    "sender": _sender,
    "word": _word,
    "verb": _verb,
    "code": _code,
    "count": _count,
    "span": _span,
    "skew": _skew,
}
