"""The map of the lessons: each with its steps, and which of them are done, were helped, or are open."""

from mailshell.lesson import progress, shipped
from mailshell.lesson.run import Learner
from mailshell.shell.paths import progress_file
from mailshell.shell.prose import bare
from mailshell.shell.text import cut
from mailshell.shell.theme import paint
from mailshell.shell.view import View

_SIGNS = {"done": "[x]", "helped": "[h]", "open": "[ ]", "here": "[>]"}
_STEP = 16  # columns for the name of a step


def drawn(view: View, path: str | None = None) -> list[str]:
    """The map as lines, from a progress file: the learner's own where none is named; an empty name: nobody's."""
    kept = progress.load(progress_file() if path is None else path) if path != "" else progress.Kept()
    out, counts = list[str](), dict.fromkeys(_SIGNS, 0)
    for number, (name, file) in enumerate(shipped.lessons().items(), 1):
        lesson, learner = shipped.load(file), kept.learner(name) or Learner(name)
        out.append(cut(f"{number}  {name}  {lesson.title}", view.width - 1))
        for step in lesson.steps:
            word = _word(step.id, learner)
            counts[word] += 1
            sign = f"{word}:" if view.words else f"{_SIGNS[word]} {word:<6}"
            text = cut(f"   {sign}  {step.id:<{_STEP}}  {bare(step.title)}", view.width - 1)
            out.append(paint(text, "legal", view.theme) if word == "here" else text)
    total = sum(counts.values())
    return [*out, f"{counts['done']} of {total} steps done, {counts['helped']} with help."]


def _word(step: str, learner: Learner) -> str:
    """How a step stands: where the learner is, else how it was passed."""
    return "here" if learner.step == step else learner.marks.get(step, "open")
