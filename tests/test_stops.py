"""A transcript as the steps of a scene: words, questions, lines with what should come of them."""

from mailshell.core import script
from mailshell.demo.stops import Stop, stops, title


def read(text, opened=(1,)):
    opening, found = stops(script.read(text), opened)
    return [item.text for item in opening], [shape(stop) for stop in found]


def shape(stop):
    wants = [item.text for item in stop.wants]
    return stop.does.text if stop.does and not wants else (stop.does.text, *wants) if stop.does else stop


def test_the_head_is_not_spoken():
    text = "# Title\n# more of it\n# host: nyu.edu\n\n# voice: classic\n# One.\n#\n# Two.\nS: 220\n# Three.\nC: a\n"
    assert read(text) == (["220"], [Stop(words="One. Two."), Stop(words="Three."), "a"])
    assert title(script.read(text)) == "Title"
    assert title(script.read("C: a\n")) == title(script.read("")) == ""


def test_expectations_belong_to_the_line_before_them():
    text = "S: 220\n= greeted\nC: a\nC: b\nS: 1\n# words\n! why\n> :wait 1m\n= ready\n"
    words = Stop(words="words")
    assert read(text) == (["220", "greeted"], ["a", ("b", "1", "why"), words, (":wait 1m", "ready")])


def test_a_line_that_is_heard_opens_its_connection():
    text = "S: 220\nC: a\nS: 1\nS2: 220\nC2(pop3): b\nS2: 2\nC3: c\nS3: 220\nS(smtp@nyu.edu): 220\nS: 3\n"
    steps = ["a", "220", "b", "c", "220"]
    assert [step if isinstance(step, str) else step[0] for step in read(text)[1]] == steps
    assert [step if isinstance(step, str) else step[0] for step in read(text, opened=())[1]] == ["220", *steps]


def test_a_question_has_choices_with_letters_and_its_answer_comes_after_the_line():
    text = "# Title\n\n# w\n? q\n? - x\n? + y\nC: a\n? r\n# v\n? s\n? - z\nC: b\nS: 1\n? t\n? u\n"
    question, first, *rest = stops(script.read(text)).stops
    assert question == Stop(words="w", question="q", choices=("a: x", "b: y"))
    assert (first.answer, first.does and first.does.text) == ("b: y", "a")
    assert rest[:2] == [Stop(question="r"), Stop(words="v", question="s", choices=("a: z",))]
    assert rest[2].answer == ""
    assert rest[3:] == [Stop(question="t"), Stop(question="u")]
