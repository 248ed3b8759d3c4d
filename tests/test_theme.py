"""Tones of roles: what follows from them for a terminal, for the line editor and for a page."""

import pytest

from mailshell.shell.editing import style_of
from mailshell.shell.export.sheet import sheets
from mailshell.shell.options import CHOICES
from mailshell.shell.render import Renderer
from mailshell.shell.theme import DARK, LIGHT, NONE, PROJECTOR, ROLED, ROLES, THEMES, editor_style, paint, rgb, spans
from mailshell.shell.view import View
from tests.test_render import Screen


def test_the_option_names_every_theme():
    assert set(CHOICES["theme"][0]) == set(THEMES)


@pytest.mark.parametrize(
    ("theme", "shown"),
    [("ansi16", "\x1b[96mx\x1b[0m"), ("dark", "\x1b[38;5;153mx\x1b[0m"), ("mono", "\x1b[1mx\x1b[0m")],
)
def test_paint(theme, shown):
    assert paint("x", "client", THEMES[theme]) == shown
    assert paint("", "client", THEMES[theme]) == ""
    assert paint("x", "client", NONE) == "x"


def test_spans_give_the_roles_back():
    line = "a " + paint("b c", "client", ROLED) + " d" + paint("e", "mark", ROLED)
    assert spans(line) == [(None, "a "), ("client", "b c"), (None, " d"), ("mark", "e")]
    assert spans("") == []


def test_every_role_is_told_from_the_others():
    assert [spans(paint("x", role, ROLED)) for role in ROLES] == [[(role, "x")] for role in ROLES]


def test_text_that_looks_like_a_code_is_never_one():
    shown = Renderer(View(theme=ROLED)).say("a \x1b[101mb")
    assert "".join(text for _, text in spans(shown[0])) == "== a ␛[101mb"


def test_styles_of_the_editor():
    assert editor_style("bright-cyan bold") == "fg:ansibrightcyan bold"
    assert editor_style("white") == "fg:ansigray"
    assert editor_style("153 underline") == "fg:#afd7ff underline"
    assert editor_style("") == ""


@pytest.mark.parametrize(
    ("color", "code"), [("153", "#afd7ff"), ("248", "#a8a8a8"), ("16", "#000000"), ("88", "#870000")]
)
def test_rgb(color, code):
    assert rgb(color) == code


def _luminance(code):
    def part(octet):
        share = octet / 255
        return share / 12.92 if share <= 0.03928 else ((share + 0.055) / 1.055) ** 2.4

    red, green, blue = (part(int(code[at : at + 2], 16)) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize(("theme", "background"), [(DARK, "#1e1e1e"), (LIGHT, "#ffffff"), (PROJECTOR, "#ffffff")])
def test_every_colour_can_be_read(theme, background):
    """Contrast of at least 4.5 to 1 (WCAG 2, AA) for all that must be read; ghost text may be fainter."""
    for role, tone in theme.tones.items():
        front, back = _luminance(rgb(tone.split()[0])), _luminance(background)
        ratio = (max(front, back) + 0.05) / (min(front, back) + 0.05)
        assert ratio >= (3 if role == "ghost" else 4.5), (theme.name, role, ratio)


@pytest.mark.parametrize("theme", [DARK, LIGHT, PROJECTOR])
def test_explanations_are_plain_text_and_the_rule_is_quieter(theme):
    (sheet, _) = sheets(theme)
    back, plain, rule = (_luminance(code) for code in (sheet.back, sheet.front, rgb(theme.tones["rule"])))
    assert "note" not in theme.tones
    assert abs(rule - back) < abs(plain - back)


def test_without_colour_a_refusal_is_bold_and_its_explanation_plain():
    assert paint("S* 503", "refusal", THEMES["mono"]) == "\x1b[1mS* 503\x1b[0m"
    screen = Screen(View(theme=THEMES["mono"], wire="off"))
    assert screen.type(b"DATA")[1].endswith("\x1b[0m       x permanent: wrong order")


def test_nothing_of_the_editor_is_dim_on_a_projector():
    assert not any("dim" in tone.split() for _, tone in style_of(PROJECTOR).style_rules)
