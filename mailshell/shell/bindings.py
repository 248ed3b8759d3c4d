"""What each action does, bound to the keys that hold for it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.filters import Always, Condition, has_completions, is_searching
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.keys import Keys
from prompt_toolkit.search import SearchDirection, start_search

from mailshell.protocols import PROTOCOLS
from mailshell.shell.bar import coming
from mailshell.shell.keys import ACTIONS
from mailshell.shell.meta import awaited
from mailshell.shell.typed import ESCAPE, octets

if TYPE_CHECKING:
    from mailshell.shell.app import App

Do = Callable[[KeyPressEvent], None]


def bind(app: App) -> KeyBindings:
    """The bindings of the shell; those of the line editor itself are below them."""
    bindings = KeyBindings()
    playing = Condition(lambda: app.auto.playing)
    typing = ~is_searching & ~playing
    places = {
        "line": Always(),
        "ghost": Condition(lambda: bool(_grey(app))),
        "panes": Condition(app.follows),
        "scene": Condition(lambda: _in_scene(app)),
    }
    for action, do in _actions(app).items():
        for keys in app.bound[action]:
            bindings.add(*keys, filter=typing & places[ACTIONS[action].place], eager=action in _EAGER)(do)
    for key in ("q", "c-c"):
        bindings.add(key, filter=playing, eager=True)(lambda event: app.end(SystemExit(130)))
    bindings.add(Keys.Any, filter=playing, eager=True)(lambda event: app.auto.stop())
    bindings.add("escape", filter=has_completions, eager=True)(lambda event: event.current_buffer.cancel_completion())
    bindings.add(Keys.BracketedPaste, filter=typing)(lambda event: _paste(app, event.data))
    bindings.add("c-j", filter=typing)(lambda event: _send(app))
    return bindings


def _grey(app: App) -> str:
    """The grey text behind the line, where the cursor stands right before it; a scene plays its own line."""
    buffer = app.buffer
    if not buffer.text:
        return "" if app.meta.scene is not None else coming(app.meta)
    return buffer.suggestion.text if buffer.suggestion is not None and buffer.document.is_cursor_at_the_end else ""


_WORD = re.compile(r"\s*\S+")
_EAGER = frozenset({"local", "send", "scene-on"})
"""Ctrl-] begins a search for a character in the line editor: it would swallow the next key. Enter may be one of two."""


def _actions(app: App) -> dict[str, Do]:
    def command(text: str) -> Do:
        return lambda event: app.command(text)

    return {
        "send": lambda event: _send(app),
        "complete": lambda event: _complete(event, 1),
        "complete-back": lambda event: _complete(event, -1),
        "help": lambda event: app.command(f"help {_word(app)}"),
        "depth": command("depth"),
        "wire": command("wire"),
        "editing": command("editing"),
        "hint": command("hint"),
        "check": command("check"),
        "fold": command("fold"),
        "step": command("step"),
        "scene-on": lambda event: _scene(app, event),
        "scene-back": command("undo"),
        "scroll-back": lambda event: app.scroll(1),
        "scroll-on": lambda event: app.scroll(-1),
        "panes": lambda event: app.panes(),
        "local": lambda event: _local(app),
        "clear-line": lambda event: _clear(app),
        "leave": lambda event: _leave(app, event),
        "suspend": lambda event: event.app.suspend_to_background(),
        "clear-screen": lambda event: app.clear(),
        "editor": lambda event: app.edit(),
        "accept-ghost": lambda event: _accept(app, whole=True),
        "accept-word": lambda event: _accept(app, whole=False),
        "older": lambda event: event.current_buffer.auto_up(),
        "newer": lambda event: event.current_buffer.auto_down(),
        "search": lambda event: start_search(direction=SearchDirection.BACKWARD),
    }


def _word(app: App) -> str:
    """The command that the line begins with, or that its first word can only become; else what may be typed now."""
    engine = PROTOCOLS[app.seat.link.wire.protocol]
    text = app.buffer.text
    word = text[engine.lead(octets(text)) :].strip().partition(" ")[0]
    if not word or not app.talk.reads_lines():
        return "?"
    names = [topic.card.name for topic in engine.topics if topic.examples]
    begun = [name for name in names if name.startswith(word.upper())]
    return word if word.upper() in begun or word.startswith(":") else begun[0] if len(begun) == 1 else "?"


def _send(app: App) -> None:
    state = app.buffer.complete_state
    if state is not None and state.current_completion is not None:
        # Enter on a choice takes it, and never sends.
        app.buffer.complete_state = None
        return
    app.enter()


def _in_scene(app: App) -> bool:
    """Whether a scene is played, and nothing is typed."""
    scene, buffer = app.meta.scene, app.buffer
    return scene is not None and scene.on and not buffer.text and buffer.complete_state is None


def _scene(app: App, event: KeyPressEvent) -> None:
    """The next step of the scene; the space lets it play by itself again. After the last one Enter is Enter."""
    if app.meta.scene is None or not app.meta.scene.left:
        if event.data == "\r":
            _send(app)
    elif event.data == " " and app.auto.waits:
        app.auto.start()
    else:
        app.command("step")


def _complete(event: KeyPressEvent, step: int) -> None:
    buffer = event.current_buffer
    if buffer.complete_state is None:
        found = list(buffer.completer.get_completions(buffer.document, CompleteEvent(completion_requested=True)))
        if len(found) == 1:
            buffer.apply_completion(found[0])
        else:
            buffer.start_completion()
    elif step > 0:
        buffer.complete_next()
    else:
        buffer.complete_previous()


def _local(app: App) -> None:
    """A command of mailshell, from every phase; what was typed already comes back after it."""
    mark = ":" if app.talk.reads_lines() else ESCAPE
    app.aside("" if app.buffer.text.startswith(mark) else mark)


def _clear(app: App) -> None:
    if not app.buffer.text and app.buffer.complete_state is None:
        app.meta.say("Ctrl-C clears the line. Ctrl-D or :quit leaves.")
    app.aside("")


def _leave(app: App, event: KeyPressEvent) -> None:
    if app.buffer.text:
        app.buffer.delete()
    elif app.talk.reads_lines() or app.warned:
        event.app.exit()
    else:
        app.warned = True
        app.meta.say(f"The server waits for {awaited(app.meta)}. Ctrl-D again leaves, and nothing is sent.")


def _paste(app: App, text: str) -> None:
    if "\n" in text or "\r" in text:
        app.paste(text)
    else:
        app.buffer.insert_text(text)


def _accept(app: App, *, whole: bool) -> None:
    """Take over the grey text, or the first word of it."""
    ghost = _grey(app)
    head = _WORD.match(ghost)
    app.buffer.insert_text(ghost if whole or head is None else head[0])
