"""Export: a transcript as a picture, a page, notes, text, a recording or JSON, each complete in one file."""

from collections.abc import Callable, Iterable, Mapping

from mailshell.core.transcript import Entry
from mailshell.shell.events import event
from mailshell.shell.export import cast, html, lines, markdown, svg
from mailshell.shell.export.chapters import Document, told
from mailshell.shell.view import View

FORMS: dict[str, Callable[[Document, View], str]] = {
    "svg": svg.write,
    "html": html.write,
    "md": markdown.write,
    "txt": lines.text,
    "cast": cast.write,
    "json": lines.events,
}
"""The forms by their names; `view.theme` gives the colours of those that have any."""


def document(entries: Iterable[Entry], numbers: Mapping[int, int], view: View) -> Document:
    """What happened here; `numbers` gives the number of each connection of ours."""
    kept = list(entries)
    places = [f"{entry.wire.protocol.upper()} session with {entry.wire.host}" for entry in kept[:1]]
    events = (event(entry, secrets=view.secrets) for entry in kept)
    return Document(places[0] if places else "Nothing has happened yet", told(kept, numbers, view), events)
