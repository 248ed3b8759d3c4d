"""What a typed line does, in every front end: it is for mailshell, for the server, or it opens the connection again."""

import re
from collections.abc import Callable

from mailshell.core.explain import masked
from mailshell.core.record import Exchange, Verdict
from mailshell.core.transcript import Entry
from mailshell.shell.local import COMMANDS, carry_out
from mailshell.shell.meta import Meta, answers, reads_lines
from mailshell.shell.render import Label
from mailshell.shell.text import safe
from mailshell.shell.typed import ESCAPE, typed

CRLF = b"\r\n"

_END = rb"\\(?:[rn]|x0[AaDd])"
_PIECE = re.compile(rb"(?:%s)+|(?:(?!%s)(?:\\.|.))+" % (_END, _END), re.DOTALL)
"""A line, or the ends of one, in the argument of `:raw`, where CR and LF are written as escapes."""


class Talk:
    """One person at the world. `show` puts a step of a conversation on the screen, with the name of its connection.

    `personal` says that a person types, who is told what a script does not need.
    """

    def __init__(self, meta: Meta, show: Callable[[Entry, Label], None], *, personal: bool) -> None:
        self.meta = meta
        self.seat = meta.seat
        self.renderer = meta.renderer
        self.personal = personal
        meta.type = lambda octets: self._send(octets, "", by_hand=True)
        meta.seat.kept = self._kept
        meta.show = lambda entry: show(entry, meta.label(entry))
        meta.seat.world.transcript.subscribe(self._shown)

    def line(self, octets: bytes, *, by_hand: bool) -> bool:
        """One line, its end left out; whether it is a command that was not refused.

        `by_hand`: it was typed, not pasted, and is never folded away.
        """
        text = octets.decode("utf-8", "surrogateescape")
        command = self.local(text)
        if command is not None:
            return carry_out(self.meta, command)
        if self.seat.link.closed:
            self._reopen(text, by_hand=by_hand)
            self.meta.look()
            return False
        transcript, wire = self.seat.world.transcript, self.seat.link.wire
        before, is_text = transcript.count, not self.reads_lines()
        self._send(octets, text, by_hand=by_hand)
        said = [one.record for one in transcript.since(before, transcript.count) if one.wire is wire]
        refused = any(isinstance(one, Exchange) and one.verdict is Verdict.REFUSED for one in said)
        self.meta.look()
        return bool(said) and not is_text and not refused

    def together(self, lines: list[str]) -> None:
        """Lines in one write: what PIPELINING is about, and how the lines of a message go on."""
        sent = [line.encode("utf-8", "surrogateescape") for line in lines]
        more = f" and {len(sent) - 1} more" if len(sent) > 1 else ""
        self.seat.send(b"".join(line + CRLF for line in sent), f"C: {self._cause(sent[0])}{more}")
        self._ended()
        self.meta.look()

    def paste(self, lines: list[str]) -> None:
        """Whole lines that came at once, one after the other, or in one write where the person wants that."""
        if self.meta.pipeline and len(lines) > 1:
            return self.together(lines)
        at = 0
        while at < len(lines) and not self.meta.over:
            end = at if self.reads_lines() else _text_ends(lines, at)
            if end > at:
                self.together(lines[at:end])
            if end < len(lines):
                self.line(lines[end].encode("utf-8", "surrogateescape"), by_hand=False)
            at = end + 1

    def local(self, text: str) -> str | None:
        """What a line wants of mailshell, or None where it goes to the server."""
        whom, start = typed(self.meta, text)
        rest = text[start:].strip()
        if whom == "choice":
            return f"answer {rest}"
        return rest if whom == "local" else f"help {rest or '?'}" if whom == "help" else None

    def reads_lines(self) -> bool:
        """Whether a line is a command now, and not a part of a message."""
        return reads_lines(self.meta)

    def masked(self, octets: bytes) -> bytes:
        """A typed line as a log may keep it: with stars for a password, in each line of what `:raw` sends too."""
        if self.local(octets.decode("utf-8", "surrogateescape")) is not None:
            before, quote, rest = octets.partition(b'"')
            return masked(before) + quote + _PIECE.sub(lambda found: masked(found[0]), rest)
        return self._masked(octets)

    def _masked(self, octets: bytes) -> bytes:
        """A line for the server with stars for what is a secret in this phase."""
        if answers(self.meta):
            return octets if octets in (b"", b"*") else b"********"
        return masked(octets) if self.reads_lines() else octets

    def shown(self, octets: bytes) -> str:
        """A local command as it stands above the prompt once it was typed."""
        view = self.renderer.view
        line = octets if view.secrets else self.masked(octets)
        return safe(line.decode("utf-8", "surrogateescape").replace(ESCAPE, "^]"), ascii_only=view.ascii)

    def secret(self, octets: bytes) -> bool:
        """Whether a line holds a password, which no history may keep."""
        return self.masked(octets) != octets

    def _send(self, octets: bytes, text: str, *, by_hand: bool) -> None:
        was_text = not self.reads_lines() and not answers(self.meta)
        # A second colon in front is how a line that begins with a colon is typed.
        sent = octets[typed(self.meta, text).start :]
        self.renderer.typed = sent + CRLF if by_hand else b""
        # "C:" keeps what was typed apart from the causes that have a meaning of their own, such as ":reset".
        self.seat.send(sent + CRLF, f"C: {self._cause(sent)}".rstrip())
        self.renderer.typed = b""
        if self.personal and was_text and not self.reads_lines():
            self._warn(text)
        self._ended()

    def _warn(self, text: str) -> None:
        """Tell somebody who wants to leave a message, or to command in it, that this was a line of it."""
        word = text.partition(" ")[0]
        if word.startswith(":") and word[1:].lower() in COMMANDS:
            self.meta.say(f"That was message text. A command of mailshell starts with {self.meta.escape} here.")
        elif text.strip().upper() in ("QUIT", "EXIT", "HELP", "?", "ABORT", "LOGOUT", "RSET"):
            escape = self.meta.escape
            self.meta.say(f"That was message text. A line with one dot ends the message; {escape} :drop gives it up.")

    def _cause(self, octets: bytes) -> str:
        return self._masked(octets)[:60].decode("utf-8", "surrogateescape")

    def _kept(self, name: str) -> None:
        self.meta.say(f"What was undone is kept as {name}. :branches draws all branches.")

    def _ended(self) -> None:
        scene = self.meta.scene
        if self.personal and self.seat.link.closed and (scene is None or not scene.left):
            self.meta.say("Enter opens the connection again, :quit leaves.")

    def _reopen(self, text: str, *, by_hand: bool) -> None:
        wire = self.seat.link.wire
        if text:
            self.meta.out(self.renderer.error("The connection is closed. Enter alone opens it again; :quit leaves."))
        elif by_hand or self.meta.lesson is not None:  # a lesson asks for Enter; of other scripts it opens nothing
            self.seat.connect(wire.host, wire.protocol, self.seat.current)

    def _shown(self, entry: Entry) -> None:
        lesson = self.meta.lesson
        if self.meta.watch.shows(entry.wire) and not (lesson is not None and lesson.holds(entry)):
            self.meta.show(entry)


def _text_ends(lines: list[str], at: int) -> int:
    """Where the lines of a message that go out in one piece end: at one that may end it, or that is for mailshell."""
    return next((n for n in range(at, len(lines)) if lines[n] == "." or lines[n].startswith(ESCAPE)), len(lines))
