"""The log of another program as chapters and as events."""

from collections.abc import Iterable
from typing import NamedTuple

from mailshell.core.elsewhere import Step
from mailshell.core.explain import code
from mailshell.core.record import Phase
from mailshell.shell.annotate import Annotator, Talk
from mailshell.shell.carets import starred
from mailshell.shell.export.chapters import Chapter, Recorder
from mailshell.shell.logs import Said
from mailshell.shell.view import View

_EVENTS = {"greeting": "opened", "text": "body"}


class Log(NamedTuple):
    """A log read: its chapters, and its events in the shape of `shell.events`, as far as a log tells them."""

    chapters: list[Chapter]
    events: list[dict[str, object]]


class _Reader(Recorder, Annotator):
    """An annotator that keeps what each line is, and each turn."""

    def __init__(self, view: View) -> None:
        super().__init__(view)
        self.steps: list[tuple[int, Talk, Step]] = []

    def _step(self, step: Step, link: int) -> list[str]:
        text_before = bool(self.steps) and self.steps[-1][2].kind == "text"
        if step.kind != "text" and not text_before:
            self.begin()
        self.steps.append((link, self._talks[link], step))
        return super()._step(step, link)


def read(lines: Iterable[Said], view: View) -> Log:
    """Follow a log to its end."""
    reader = _Reader(view)
    for said in lines:
        reader.said(said)
    reader.end()
    return Log(reader.chapters, [_event(link, talk, step, view) for link, talk, step in reader.steps])


def _event(link: int, talk: Talk, step: Step, view: View) -> dict[str, object]:
    secret = () if view.secrets or step.kind == "text" else talk.reader.sent(step).secret
    octets = starred(step.octets, secret)[0]
    known: dict[str, object] = {"event": _EVENTS.get(step.kind, "exchange"), "link": link, "protocol": talk.protocol}
    if step.kind == "text":
        return known | {"size": len(octets), "octets": octets.decode("latin-1")}
    return known | {
        "octets": octets.decode("latin-1"),
        "replies": [reply.decode("latin-1") for reply in step.replies],
        "before": _name(step.before),
        "after": _name(step.after),
        "code": code(step.replies, talk.engine),
    }


def _name(phase: Phase | None) -> str | None:
    return None if phase is None else phase.name.lower()
