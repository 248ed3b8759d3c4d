"""Keys: their names, what they do, and how people write them."""

import pytest
from prompt_toolkit.key_binding.key_bindings import _parse_key
from prompt_toolkit.keys import ALL_KEYS, KEY_ALIASES

from mailshell.shell.keys import ACTIONS, ALIASES, KEYS, KeyFault, bindings, listing, shown
from mailshell.shell.local import COMMANDS
from tests.test_meta import Desk


def test_the_names_are_those_of_the_line_editor():
    assert {name for name in ALL_KEYS if not name.startswith("<")} == KEYS
    assert ALIASES == KEY_ALIASES


def test_every_action_has_keys_that_the_line_editor_takes():
    for name, keys in bindings({}).items():
        assert keys, name
        assert all(_parse_key(part) for key in keys for part in key)


def test_the_command_of_an_action_is_one_of_ours():
    for action in ACTIONS.values():
        assert action.command in ("", "?", ":") or action.command[1:] in COMMANDS


def test_the_file_replaces_the_keys_of_an_action():
    bound = bindings({"depth": ["f9", "c-x d"], "wire": []})
    assert list(bound) == list(ACTIONS)
    assert bound["depth"] == (("f9",), ("c-x", "d"))
    assert bound["wire"] == ()
    assert bound["help"] == (("f1",),)


def test_keys_can_change_places():
    bound = bindings({"depth": ["f3"], "wire": ["f2"]})
    assert (bound["depth"], bound["wire"]) == ((("f3",),), (("f2",),))


def test_one_key_counts_in_two_places():
    assert bindings({"older": ["right"]})["older"] == bindings({})["accept-ghost"][:1]


@pytest.mark.parametrize(
    ("config", "action", "spec", "says"),
    [
        ({"dpeth": ["f2"]}, "dpeth", None, "dpeth is no action. Did you mean depth? There are: send, complete, "),
        ({"depth": ["f99"]}, "depth", "f99", "f99 is no key."),
        ({"depth": ["F2"]}, "depth", "F2", "F2 is no key. Did you mean f2?"),
        ({"depth": ["c-x pagup"]}, "depth", "c-x pagup", "pagup is no key. Did you mean pageup?"),
        ({"depth": ["<any>"]}, "depth", "<any>", "<any> is no key."),
        ({"depth": ["f9", "\x07"]}, "depth", "\x07", "\x07 is no key."),
        ({"depth": [" "]}, "depth", " ", "a key has a name"),
        ({"depth": ["d"]}, "depth", "d", "d is text that one types."),
        ({"wire": ["f2"]}, "wire", "f2", "F2 is the key of depth as well as of wire."),
        ({"depth": ["f9"], "wire": ["f9"]}, "wire", "f9", "F9 is the key of depth as well as of wire."),
        ({"wire": ["f9"], "depth": ["f9"]}, "depth", "f9", "F9 is the key of wire as well as of depth."),
        ({"depth": ["c-m"]}, "depth", "c-m", "^M is the key of send as well as of depth."),
    ],
)
def test_a_mistake_names_the_action_and_the_key(config, action, spec, says):
    with pytest.raises(KeyFault) as raised:
        bindings(config)
    assert (raised.value.action, raised.value.spec) == (action, spec)
    assert str(raised.value).startswith(says)


@pytest.mark.parametrize(
    ("spec", "written"),
    [
        *[
            ("c-]", "^]"),
            ("f2", "F2"),
            ("c-x c-e", "^X ^E"),
            ("escape d", "Alt-d"),
            ("tab", "Tab"),
            ("c-@", "Ctrl-Space"),
        ],
        *[("s-tab", "Shift-Tab"), ("pageup", "PageUp"), ("c-s-left", "Ctrl-Shift-Left"), ("escape", "Esc")],
        *[
            ("c-pagedown", "Ctrl-PageDown"),
            ("c-f3", "Ctrl-F3"),
            ("c-\\", "^\\"),
            ("escape a b", "Esc a b"),
            ("c-x ?", "^X ?"),
        ],
    ],
)
def test_how_people_write_keys(spec, written):
    assert shown(spec) == written


class Redrawing:
    """A front end that writes down what it is asked for."""

    def __init__(self):
        self.asked = []

    def panes(self):
        self.asked.append("panes")

    def editing(self, mode):
        return mode or "vi"

    def follows(self):
        return False

    def restyle(self):
        self.asked.append("restyle")

    def page(self, lines):
        self.asked.append("page")

    def listen(self, words):
        self.asked.append(words)
        return ["smtp nyu.edu 127.0.0.1 port 2525"]

    def clear(self):
        self.asked.append("clear")

    def bindings(self):
        return listing(bindings({"wire": []}))


@pytest.fixture
def desk():
    made = Desk()
    made.meta.front = Redrawing()
    return made


def test_keys_are_listed_with_their_commands(desk):
    shown = desk.do(":keys")
    assert "   Enter        send           send the line, with CR LF at its end" in shown
    assert any(line.split()[:2] == ["F2", "depth"] and line.endswith("(:depth)") for line in shown)
    assert any(line.split()[:3] == ["no", "key", "wire"] for line in shown)
    assert [line[16:].split()[0] for line in shown if line[0] != "="] == list(ACTIONS), "each action is one line"
    assert all(len(line) <= 80 for line in shown)


def test_plain_mode_says_whose_keys_they_are():
    assert Desk().said(":keys").startswith("This is plain mode: the keys are those of your terminal's line editor.")


def test_commands_for_the_screen_reach_the_front_end(desk):
    assert desk.do(":panes") == desk.do(":clear") == []
    assert desk.said(":serve smtp=2525 pop3") == "smtp nyu.edu 127.0.0.1 port 2525"
    assert desk.meta.front.asked == ["panes", "clear", ["smtp=2525", "pop3"]]
    assert desk.said(":editing emacs") == "The line is edited as in emacs."
    assert desk.said(":editing") == "The line is edited as in vi."


def test_a_paste_may_go_out_in_one_write(desk):
    assert desk.said(":pipeline on") == "The lines of a paste go out in one write."
    assert desk.meta.pipeline
    assert desk.said(":pipeline off") == "A paste goes out line by line."
    assert not desk.meta.pipeline


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (":editing ed", "** :editing wants vi or emacs."),
        (":pipeline", "** :pipeline wants on (a paste goes out in one write) or off (line by line)."),
        (":panes on", "** :panes takes no argument."),
        (":clear all", "** :clear takes no argument."),
    ],
)
def test_a_wrong_argument_reaches_nobody(desk, text, says):
    assert desk.said(text) == says
    assert desk.meta.front.asked == []


def test_serve_offers_the_protocols(desk):
    offered = COMMANDS["serve"].choices
    assert [choice.text for choice in offered(desk.meta, "")] == ["smtp", "pop3", "imap", "off"]
    assert [(choice.text, choice.back) for choice in offered(desk.meta, "smtp=25 s")] == [("smtp", 1)]
