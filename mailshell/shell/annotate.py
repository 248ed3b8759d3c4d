"""A conversation that happened elsewhere, shown as the shell shows its own: each line with its meaning."""

from typing import NamedTuple

from mailshell.core.elsewhere import Follower, Reader, Step, left_out
from mailshell.core.explain import Note, Row, body_row
from mailshell.core.record import Phase
from mailshell.core.session import Engine
from mailshell.mail.host import Host, Traits
from mailshell.mail.letter import Letter
from mailshell.protocols import PROTOCOLS, readers
from mailshell.shell.logs import Said
from mailshell.shell.render import FOLD, Label, Renderer
from mailshell.shell.theme import Role
from mailshell.shell.view import View

_NOT_SHOWN = {
    ("reply", "client"): "The log does not show what the next replies answer.",
    ("hidden", "client"): "The log does not show the message that the client sent here.",
    ("hidden", "server"): "The log does not show the lines that the server sent here.",
}
_UNTOLD = 50
"""So many lines of a connection may wait until one tells its protocol."""


class Talk(NamedTuple):
    """One connection of a log, whose protocol is known."""

    protocol: str
    engine: Engine[Host]
    reader: Reader[Traits]
    follower: Follower


class Annotator(Renderer):
    """Lines of text for the lines of a log; follows each connection of it."""

    def __init__(self, view: View) -> None:
        super().__init__(view._replace(longest=0))  # the reader of the log has cut the longest lines
        self._talks: dict[int, Talk] = {}
        self._untold: dict[int, list[Said]] = {}  # lines of connections whose protocol is not known yet
        self._due: dict[int, Phase | None] = {}  # the phase whose rule comes before the next line
        self._letters: dict[int, Letter] = {}
        self._shown_lines: dict[int, int] = {}  # of the message that is going on
        self._refused = False
        self._silent: set[int] = set()  # connections whose last replies answered nothing that the log shows

    def said(self, one: Said) -> list[str]:
        """A line of a log; a reply is shown when its last line has come."""
        if one.who in ("note", "reason"):
            text = one.octets.decode("utf-8", "replace").strip()
            return self._file_says(one.link, text) if one.who == "reason" else self._noted(text)
        talk, out = self._talks.get(one.link), []
        if talk is not None and one.protocol not in ("", talk.protocol) and one.protocol in PROTOCOLS:
            out = self._ended(one.link)
            talk = None
        if talk is not None:
            return self._heard(talk, one)
        waiting = self._untold.setdefault(one.link, [])
        waiting.append(one)
        protocol = _protocol(one)
        return out + (self._tell(one.link, protocol) if protocol or len(waiting) > _UNTOLD else [])

    def _tell(self, link: int, protocol: str) -> list[str]:
        """The lines that have waited for the name of the protocol; without one it is the first that there is."""
        name = protocol or next(iter(PROTOCOLS))
        reader = readers()[name]
        talk = self._talks[link] = Talk(name, PROTOCOLS[name], reader, reader.follow())
        return [line for one in self._untold.pop(link) for line in self._heard(talk, one)]

    def _heard(self, talk: Talk, one: Said) -> list[str]:
        follower = talk.follower
        steps = follower.client(one.octets) if one.who == "client" else follower.server(one.octets)
        return [line for step in steps for line in self._step(step, one.link)]

    def _ended(self, link: int) -> list[str]:
        """What is left of a conversation."""
        out = []
        for step in self._talks[link].follower.end():
            out += self._step(step, link)
        out += self._late(link) + self._end(link)
        del self._talks[link]
        return out

    def end(self) -> list[str]:
        """What is left when the log is over."""
        out = [line for link in list(self._untold) for line in self._tell(link, "")]
        return out + [line for link in list(self._talks) for line in self._ended(link)]

    def row(self, row: Row) -> list[str]:
        """One line of the wire, outside any conversation."""
        return self._row(row, 1)

    def text(self, octets: bytes, notes: tuple[Note, ...]) -> list[str]:
        """A line of a message; nobody knows which side sent it."""
        bare = _Bare(self.view)
        return bare.row(Row("client", "plain", octets, "", notes, (), notes[0].cite if notes else None))

    def below(self, head: str, text: str) -> list[str]:
        """A paragraph below a line."""
        return self._below(head, text)

    def _noted(self, text: str) -> list[str]:
        return self.say(text) if self.view.depth else []

    def _file_says(self, link: int, text: str) -> list[str]:
        head = "why: " if self._refused else "note: "
        return self._end(link) + (self._below(head, text) if self.view.depth else [])

    def _late(self, link: int) -> list[str]:
        """The rule of the phase that the last answer led to; a reason of the file comes before it."""
        return self._rule(link, link, self._due.pop(link, None), self._talks[link].engine)

    def _step(self, step: Step, link: int) -> list[str]:
        talk, out = self._talks[link], self._late(link)
        if step.kind in ("text", "line"):
            return out + self._rule(link, link, step.after, talk.engine) + self._inside(step, link)
        out += self._end(link)
        if step.kind == "greeting":
            out += self._rule(link, link, step.after, talk.engine)
        if step.octets:
            out += self._row(talk.reader.sent(step), link)
        elif self.view.depth and (step.kind, step.side) in _NOT_SHOWN and link not in self._silent:
            out += self.say(_NOT_SHOWN[step.kind, step.side])
        if step.kind == "reply":
            self._silent.add(link)
        else:
            self._silent.discard(link)
        for row in talk.reader.answers(step):
            out += self._row(row, link)
        if self.view.depth:
            for remark in talk.reader.remarks(step):
                out += self._below(f"{remark.head}: ", remark.text)
        if step.after is None:
            self._phases.pop(link, None)
        self._refused = step.refused
        self._due[link] = step.after
        return out

    def _inside(self, step: Step, link: int) -> list[str]:
        """A line of a message, or of a list; beyond the fold only counted. Where no dot ends a message, a list does."""
        if step.kind == "line" and not step.dotted and link in self._letters:
            return self._end(link) + self._inside(step, link)
        count = self._shown_lines[link] = self._shown_lines.get(link, 0) + 1
        folded = count > FOLD and self.view.depth < 2
        if step.kind == "line":
            rows = () if folded else self._talks[link].reader.answers(step)
            return [line for row in rows for line in self._row(row, link)]
        reading = self._letters.setdefault(link, Letter()).read(step.octets, dotted=step.dotted)
        if folded:
            return []
        notes = () if left_out(step.octets) else reading.notes  # they speak of the whole line
        row = body_row(step.octets, notes, reading.gloss, dotted=step.dotted, side=step.side)
        return self._row(row, link)

    def _end(self, link: int) -> list[str]:
        """Say how much of a message, or of a list, was not shown, once it is over."""
        what = "answer" if self._letters.pop(link, None) is None else "message"
        more = self._shown_lines.pop(link, 0) - FOLD
        if more <= 0 or self.view.depth == 2:
            return []
        return self.say(f"{more:,} more {'line' if more == 1 else 'lines'} of the {what} not shown")


class _Bare(Annotator):
    """Shows a line without a side."""

    def _gutter(self, row: Row, label: Label) -> tuple[str, Role]:
        return "   ", "client"


def _protocol(one: Said) -> str:
    """The protocol that a line tells, empty where it may be one of several."""
    if one.protocol in PROTOCOLS:
        return one.protocol
    line = one.octets.rstrip(b"\r\n")
    tells = [
        name for name, reader in readers().items() if (reader.knows if one.who == "client" else reader.is_reply)(line)
    ]
    return tells[0] if len(tells) == 1 else ""
