"""Read one complete command, and remember what would have been accepted at the furthest point.

The same parser serves the server, the hint under a half-typed line, completion, colouring and the caret under an
error: an attempt that fails leaves behind what it wanted, and where.
"""

import re
from typing import NamedTuple

from mailshell.core.record import Cite, Expect, Fault, Part

_SPACE = re.compile(rb"[ \t]+")


class Stop(Exception):
    """The input cannot be what the grammar wants; raised by a cursor, caught only where a line is read."""


class Slip(NamedTuple):
    """Something that the standard does not allow and that the tolerant policy lets pass."""

    name: str
    expect: Expect
    says: str
    cite: Cite


class Cursor:
    """A place in the octets of one command, line end left out.

    With `marks` the rules that were read are kept as parts, and what would have been accepted is remembered; without,
    reading is quick, and tells only whether the line is well formed. With `strict` a slip stops the reading.
    """

    __slots__ = ("at", "end", "expected", "far", "octets", "parts", "rule", "slips", "strict", "trailing")

    def __init__(self, octets: bytes, trailing: Slip | None = None, *, strict: bool = False, marks: bool = False):
        self.octets = octets
        self.at = 0
        self.end = len(octets)
        self.far = 0
        self.expected: list[Expect] = []
        self.parts: list[Part] | None = [] if marks else None
        self.rule = ""
        self.slips: tuple[Slip, ...] = ()
        self.strict = strict
        self.trailing = trailing

    def miss(self, expect: Expect) -> None:
        """Remember that `expect` would have been accepted here."""
        if self.parts is None:
            return
        if self.at > self.far:
            self.far = self.at
            self.expected = [expect]
        elif self.at == self.far:
            self.expected.append(expect)

    def word(self, text: bytes, expect: Expect) -> bool:
        """Take `text` (upper case), in any case of its letters, if it stands here."""
        end = self.at + len(text)
        if self.octets[self.at : end].upper() == text:
            self.at = end
            return True
        if self.parts is not None:
            self.miss(expect)
        return False

    def match(self, pattern: re.Pattern[bytes], expect: Expect) -> bytes | None:
        """Take what `pattern` matches here, if it does."""
        found = pattern.match(self.octets, self.at)
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

    def refuse(self, at: int, expect: Expect) -> Stop:
        """What stands at `at` is well formed and still not acceptable; the caller raises what this returns."""
        self.at = self.far = at
        self.expected = [expect]
        return Stop()

    def slip(self, slip: Slip) -> None:
        """Note a slip, or raise Stop under the strict policy."""
        if self.strict:
            raise self.refuse(self.at, slip.expect)
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
        return Fault(self.far, tuple(dict.fromkeys(self.expected)), self.rule)
