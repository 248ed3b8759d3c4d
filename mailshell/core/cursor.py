"""Read one complete command, and remember what would have been accepted at the furthest point.

The same parser serves the server, the hint under a half-typed line, completion, colouring and the caret under an
error: an attempt that fails leaves behind what it wanted, and where.
"""

import re
from collections.abc import Callable
from typing import NamedTuple

from mailshell.core.record import Cite, Expect, Fault, Part, Want

_SPACE = re.compile(rb"[ \t]+")
_REACH = 512
"""No word and no rule that still fits is longer, so what began further back is not tried for going on."""


class Stop(Exception):
    """The input cannot be what the grammar wants; raised by a cursor, caught only where a line is read."""


class Slip(NamedTuple):
    """Something that the standard does not allow and that the tolerant policy lets pass."""

    name: str
    expect: Expect
    says: str
    cite: Cite


def every(capability: str) -> bool:
    """A server that has every capability: the grammar is read for itself."""
    return True


class Cursor:
    """A place in the octets of one command, line end left out.

    With `marks` the rules that were read are kept as parts, and what would have been accepted is remembered; without,
    reading is quick, and tells only whether the line is well formed. With `strict` a slip stops the reading.

    `offers` says which capabilities the server has. What belongs to another one is read, so that the answer can name
    it, and is never among what would have been accepted: `absent` is the first such capability, used at `absent_at`.
    """

    __slots__ = (
        *("_tries", "absent", "absent_at", "at", "end", "expected", "far", "formed", "octets", "offers", "parts"),
        *("rule", "slips", "strict", "trailing"),
    )

    def __init__(
        self,
        octets: bytes,
        trailing: Slip | None = None,
        *,
        strict: bool = False,
        marks: bool = False,
        offers: Callable[[str], bool] = every,
    ):
        self.octets = octets
        self.offers = offers
        self.absent = ""
        self.absent_at = 0
        self.at = 0
        self.end = len(octets)
        self.far = 0
        self.formed = False
        self.expected: list[Expect] = []
        self.parts: list[Part] | None = [] if marks else None
        self.rule = ""
        self.slips: tuple[Slip, ...] = ()
        self.strict = strict
        self.trailing = trailing
        self._tries: list[tuple[int, bytes | re.Pattern[bytes], Expect, str]] = []

    @property
    def near(self) -> bool:
        """Whether what may stand here is remembered: the line may go on from a word that begins here."""
        return self.parts is not None and self.end - self.at <= _REACH

    def use(self, capability: str, at: int) -> None:
        """What stands at `at` belongs to a capability."""
        if not self.absent and not self.offers(capability):
            self.absent, self.absent_at = capability, at

    def _remembers(self, expect: Expect) -> bool:
        """Whether this is worth to be remembered as what would have been accepted."""
        return self.parts is not None and (not expect.needs or self.offers(expect.needs))

    def miss(self, expect: Expect) -> None:
        """Remember that `expect` would have been accepted here."""
        if not self._remembers(expect):
            return
        if self.at > self.far:
            self.far = self.at
            self.expected = [expect]
        elif self.at == self.far:
            self.expected.append(expect)

    def offer(self, what: bytes | re.Pattern[bytes], expect: Expect, ahead: int = 0) -> None:
        """Remember that `what` may stand here, or some octets further on; a word is in upper case."""
        if not self._remembers(expect):
            return
        at = self.at + ahead
        if self.end - at <= _REACH:
            self._tries.append((at, what, expect, self.rule))
        if not ahead:
            self.miss(expect)

    def word(self, text: bytes, expect: Expect) -> bool:
        """Take `text` (upper case), in any case of its letters, if it stands here."""
        end = self.at + len(text)
        if self.octets[self.at : end].upper() == text:
            if expect.needs:
                self.use(expect.needs, self.at)
            self.at = end
            return True
        if self.parts is not None:
            self.offer(text, expect)
        return False

    def match(self, pattern: re.Pattern[bytes], expect: Expect) -> bytes | None:
        """Take what `pattern` matches here, if it does."""
        found = pattern.match(self.octets, self.at)
        if self.near:
            self._tries.append((self.at, pattern, expect, self.rule))
        if found is None:
            self.miss(expect)
            return None
        self.at = found.end()
        return found[0]

    def need_word(self, text: bytes, expect: Expect) -> None:
        """Take `text`, or raise Stop."""
        if not self.word(text, expect):
            raise Stop

    def need(self, pattern: re.Pattern[bytes], expect: Expect) -> bytes:
        """Take what `pattern` matches, or raise Stop."""
        found = self.match(pattern, expect)
        if found is None:
            raise Stop
        return found

    def refuse(self, at: int, expect: Expect, *, unfinished: bool = False, formed: bool = False) -> Stop:
        """What stands at `at` could be read and is still not acceptable; the caller raises what this returns.

        With `unfinished` it may become acceptable when the line goes on. With `formed` the grammar has it, and what it
        stands for cannot be.
        """
        self.at = self.far = at
        self.formed = formed
        self.expected = [expect]
        if not unfinished:
            self._tries.clear()
        return Stop()

    def slip(self, slip: Slip) -> None:
        """Note a slip, or raise Stop under the strict policy."""
        if self.strict:
            raise self.refuse(self.at, slip.expect, unfinished=True)
        self.slips += (slip,)

    def mark(self, rule: str, start: int, secret: bool = False) -> None:
        """The octets from `start` to here are `rule`."""
        if self.parts is not None and self.at > start:
            self.parts.append(Part(rule, start, self.at, secret))

    def done(self, expect: Expect) -> None:
        """Demand the end of the line; white space before it is a slip where the protocol has one for it."""
        if self.at == self.end:
            self.miss(expect)
            return
        space = _SPACE.match(self.octets, self.at)
        if space is not None and space.end() == self.end and self.trailing is not None:
            self.slip(self.trailing)
            self.at = self.end
            return
        self.miss(expect)
        raise Stop

    def fault(self) -> Fault:
        """What went wrong, at the furthest point that was reached."""
        return Fault(self.far, tuple(dict.fromkeys(self.expected)), self.rule, self.formed)

    def wants(self) -> tuple[Want, ...]:
        """All that the line may go on with, in the order of the grammar; empty where it can only be wrong or over."""
        found: dict[Want, None] = {}
        for at, what, expect, rule in self._tries:
            rest = self.octets[at:]
            if isinstance(what, bytes):
                words: tuple[str, ...] = (what.decode("ascii"),)
            elif expect.words:
                words = tuple(word for word, _ in expect.words)
            else:
                if _goes_on(what, rest, expect.like.encode("ascii")):
                    found[Want(at, "", expect, rule)] = None
                continue
            begun = rest.upper().decode("latin-1")
            for word in words:
                if len(begun) < len(word) and word.startswith(begun):
                    found[Want(at, word, expect, rule)] = None
        return tuple(found)


def _goes_on(pattern: re.Pattern[bytes], begun: bytes, like: bytes) -> bool:
    """Whether a rule of which `begun` is there can have more: some end of an example is tried."""
    for at in range(len(like)):
        found = pattern.match(begun + like[at:])
        if found is not None and found.end() > len(begun):
            return True
    return False
