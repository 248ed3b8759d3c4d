"""What the shell says about a half-typed line: from the grammar, the session and the world, and without any effect."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mailshell.core.cursor import Cursor
from mailshell.core.record import Expect, Want
from mailshell.protocols import PROTOCOLS
from mailshell.shell.hints import choices, colours, ghost, hint, toolbar
from mailshell.shell.local import COMMANDS
from mailshell.shell.theme import ROLES
from mailshell.shell.typed import ESCAPE
from mailshell.shell.view import View
from tests import strategies
from tests.test_meta import Desk

KEYS = {"depth": "F2", "help": "?", "local": "^]"}
SCENES = {
    "greeting": [],
    "ready": ["EHLO lancs.uk"],
    "helo": ["HELO lancs.uk"],
    "sender": ["EHLO lancs.uk", "MAIL FROM:<alice@lancs.uk>"],
    "recipients": ["EHLO lancs.uk", "MAIL FROM:<alice@lancs.uk>", "RCPT TO:<bob@nyu.edu>"],
    "chunks": ["EHLO lancs.uk", "MAIL FROM:<alice@lancs.uk>", "RCPT TO:<bob@nyu.edu>", "BDAT 0"],
    "failed": ["EHLO lancs.uk", "MAIL FROM:<alice@lancs.uk>", "RCPT TO:<bob@nyu.edu>", "BDAT x"],
    "message": ["HELO lancs.uk", "MAIL FROM:<alice@lancs.uk>", "RCPT TO:<bob@nyu.edu>", "DATA"],
    "chunk": ["EHLO lancs.uk", "MAIL FROM:<alice@lancs.uk>", "RCPT TO:<bob@nyu.edu>", "BDAT 9"],
    "closed": ["QUIT"],
}
COMMAND_SCENES = list(SCENES)[:7]
DESKS: dict[str, Desk] = {}
few = settings(max_examples=80, suppress_health_check=[HealthCheck.too_slow])


def at(scene, **options):
    """A desk led into a scene; without options always the same one, for nothing here may change it."""
    if options:
        made = Desk(**options)
        made.do(":", *SCENES[scene])
        return made
    if scene not in DESKS:
        DESKS[scene] = Desk()
        DESKS[scene].do(":", *SCENES[scene])
    return DESKS[scene]


def offered(scene, text, legal=True, **options):
    """The lines that the choices lead to."""
    found = choices(at(scene, **options).meta, text)
    return [text[: len(text) - one.back] + one.text for one in found if one.legal is legal]


def accept(text, choice):
    return text[: len(text) - choice.back] + choice.text


LEADS = [
    ("ready", "M", ["MAIL FROM:<"]),
    ("ready", "mail", ["mail FROM:<"]),
    ("ready", "MAIL FR", ["MAIL FROM:<"]),
    ("ready", "MAIL FROM:<a", ["MAIL FROM:<alice@lancs.uk>"]),
    ("ready", "MAIL FROM:<zoe", ["MAIL FROM:<zoe@"]),
    ("ready", "MAIL FROM:<zoe@x.org", ["MAIL FROM:<zoe@x.org>"]),
    ("ready", "MAIL FROM:<a@b.c> RET=", ["MAIL FROM:<a@b.c> RET=FULL", "MAIL FROM:<a@b.c> RET=HDRS"]),
    ("ready", "MAIL FROM:<a@b.c> RET=H", ["MAIL FROM:<a@b.c> RET=HDRS"]),
    ("ready", "MAIL FROM:<a@b.c> S", ["MAIL FROM:<a@b.c> SIZE=", "MAIL FROM:<a@b.c> SMTPUTF8"]),
    ("ready", "MAIL FROM:<a@b.c> SIZE=1 S", ["MAIL FROM:<a@b.c> SIZE=1 SMTPUTF8"]),
    ("ready", "MAIL FROM:<a@b.c> BODY=8", ["MAIL FROM:<a@b.c> BODY=8BITMIME"]),
    ("ready", "MAIL FROM:alice", []),
    ("helo", "MAIL FROM:<a@b.c> ", []),
    ("sender", "RCPT TO:<b", ["RCPT TO:<bob@nyu.edu>", "RCPT TO:<bob@someschool.edu>"]),
    (
        "sender",
        "RCPT TO:<alice@",
        ["RCPT TO:<alice@lancs.uk>", "RCPT TO:<alice@nyu.edu>", "RCPT TO:<alice@someschool.edu>"],
    ),
    ("sender", "RCPT TO:<a@b.c> NOTIFY=SUCCESS,F", ["RCPT TO:<a@b.c> NOTIFY=SUCCESS,FAILURE"]),
    ("greeting", "EHLO lan", ["EHLO lancs.uk"]),
    ("greeting", "EHLO", ["EHLO lancs.uk", "EHLO nyu.edu", "EHLO someschool.edu"]),
    ("greeting", "VRFY ", ["VRFY bob", "VRFY carol", "VRFY postmaster", "VRFY zoë", "VRFY friends", "VRFY staff"]),
    ("greeting", "EXPN f", ["EXPN friends"]),
    ("greeting", "HELP MA", ["HELP MAIL"]),
    ("greeting", "XYZ", []),
    ("greeting", "TUR", []),
    ("ready", "ETRN @l", ["ETRN @lancs.uk"]),
    ("recipients", "BDAT 8 L", ["BDAT 8 LAST"]),
    ("recipients", "DATA", []),
    ("message", "MAI", []),
    ("closed", "MAI", []),
    ("greeting", ":dep", [":depth "]),
    ("greeting", ":depth ", [":depth 0", ":depth 1", ":depth 2"]),
    ("greeting", ":wait 3", [":wait 30s", ":wait 30m"]),
    ("greeting", ":wait 1h ", [":wait 1h --idle"]),
    ("greeting", ":mailbox b", [":mailbox bob", ":mailbox bob@someschool.edu"]),
    ("greeting", ":mailbox bob ", [":mailbox bob 1", ":mailbox bob 2"]),
    ("greeting", ":help :und", [":help :undo"]),
    ("greeting", "?RC", ["?RCPT"]),
    ("greeting", "? mai", ["? MAIL"]),
    ("message", f"{ESCAPE}und", [f"{ESCAPE}undo"]),
    ("message", f"{ESCAPE}:und", [f"{ESCAPE}:undo"]),
    ("closed", ":qui", [":quit"]),
]


@pytest.mark.parametrize(("scene", "text", "lines"), LEADS)
def test_what_may_be_typed_next(scene, text, lines):
    found = offered(scene, text)
    assert found == lines


def test_the_legal_commands_come_first_and_the_others_say_why_not():
    found = choices(at("ready").meta, "")
    legal = [one for one in found if one.legal]
    assert found[: len(legal)] == legal
    assert [one.text.split(" ")[0] for one in legal] == list(at("ready").seat.link.session.legal())
    assert {one.text.strip(): one.says for one in found if not one.legal} == {
        "RCPT TO:<": "one recipient; not now: RCPT needs MAIL before it",
        "DATA": "start the message; not now: DATA needs MAIL before it",
        "BDAT": "counted octets of the message follow; not now: BDAT needs MAIL before it",
    }


def test_the_clients_own_address_comes_first_as_sender():
    assert offered("ready", "MAIL FROM:<")[0] == "MAIL FROM:<alice@lancs.uk>"
    assert offered("ready", "MAIL FROM:<")[-1] == "MAIL FROM:<>"
    assert offered("sender", "RCPT TO:<")[0] == "RCPT TO:<bob@nyu.edu>"


def test_a_sender_is_a_user_and_a_recipient_may_be_a_list():
    assert not any("friends" in line for line in offered("ready", "MAIL FROM:<"))
    assert any("friends" in line for line in offered("sender", "RCPT TO:<"))


@pytest.mark.parametrize(
    ("line", "values"),
    [
        ("MAIL FROM:<a@b.c> BODY=", ["7BIT", "8BITMIME", "BINARYMIME"]),
        ("MAIL FROM:<a@b.c> RET=", ["FULL", "HDRS"]),
    ],
)
def test_each_value_of_a_parameter_has_its_own_reason(line, values):
    found = {one.text.rpartition("=")[2]: one.says for one in choices(at("ready").meta, line)}
    assert list(found) == values
    assert len(set(found.values())) == len(values)


def keywords(scene, text, **options):
    return [line.removeprefix(text).strip(" =") for line in offered(scene, text, **options)]


def test_parameters_are_those_that_the_server_offered():
    line = "MAIL FROM:<a@b.c> "
    every = ["SIZE", "BODY", "RET", "ENVID", "BY", "MT-PRIORITY", "SMTPUTF8"]
    assert keywords("ready", line) == every
    assert keywords("ready", line, off=frozenset({"SIZE", "DSN"})) == ["BODY", "BY", "MT-PRIORITY", "SMTPUTF8"]
    values = ["BODY=7BIT", "BODY=8BITMIME", "BODY=BINARYMIME"]
    assert keywords("ready", line + "BODY=") == ["7BIT", "8BITMIME", "BINARYMIME"]
    assert offered("ready", line + "BODY=", off=frozenset({"CHUNKING"})) == [line + one for one in values[:2]]
    assert keywords("ready", line + "BODY=7BIT ") == [one for one in every if one != "BODY"]


def test_of_two_parameters_that_exclude_each_other_one_is_offered():
    desk = Desk()
    desk.do(":connect lancs.uk", "EHLO lancs.uk")
    line = "MAIL FROM:<a@b.c> "
    assert {"HOLDFOR=", "HOLDUNTIL="} <= {one.text for one in choices(desk.meta, line)}
    assert not any("HOLD" in one.text for one in choices(desk.meta, f"{line}HOLDFOR=60 "))


def test_files_complete(tmp_path):
    (tmp_path / "session.txt").write_text("")
    (tmp_path / "sub").mkdir()
    (tmp_path / ".hidden").write_text("")
    for command in (":save", ":log"):
        assert [one.text for one in choices(at("greeting").meta, f"{command} {tmp_path}/")] == ["session.txt", "sub/"]
        assert choices(at("greeting").meta, f"{command} {tmp_path}/nowhere/x") == []


def test_every_local_command_and_every_topic_is_offered():
    meta = at("greeting").meta
    assert {one.text.strip() for one in choices(meta, ":")} == set(COMMANDS)
    assert {topic.card.name for topic in PROTOCOLS["smtp"].topics} <= {one.text for one in choices(meta, "?")}


@pytest.mark.parametrize("traits", [{}, {"era": "1982"}, {"voice": "classic"}, {"policy": "strict"}])
@pytest.mark.parametrize("scene", COMMAND_SCENES)
def test_no_legal_choice_leads_to_a_fault(scene, traits):
    """From the empty line on, whatever legal choice is taken: nothing but right lines, and complete ones among them."""
    desk = Desk(**traits)
    desk.do(":", *SCENES[scene])
    session, reached, complete = desk.seat.link.session, {""}, set()
    todo = [""]
    while todo:
        text = todo.pop()
        preview = session.preview(text.encode())
        assert preview.fits == len(text.encode()), text
        if text and preview.fault is None:
            assert preview.legal, text
            complete.add(text)
        # Parameters can be taken in any order, so one is enough to see them all.
        for choice in choices(desk.meta, text) if text.count("=") < 2 else ():
            line = accept(text, choice)
            assert len(line) >= len(text)
            assert line != text
            if choice.legal and line not in reached:
                reached.add(line)
                todo.append(line)
    # Two need what no world knows: a size, and the octets after it.
    verbs = {line.split(" ")[0] for line in complete}
    assert verbs == set(session.legal()) - {"BDAT"}


GHOSTS = [
    ("ready", "", ""),
    ("ready", "M", "AIL FROM:<alice@lancs.uk>"),
    ("ready", "mail", " FROM:<alice@lancs.uk>"),
    ("greeting", "M", ""),
    ("sender", "R", ""),
    ("sender", "RC", "PT TO:<bob@nyu.edu>"),
    ("sender", "rcpt to:<c", "arol@nyu.edu>"),
    ("greeting", "EHLO l", "ancs.uk"),
    ("greeting", "EHLO lancs.uk", ""),
    ("recipients", "BDAT ", "86"),
    ("greeting", "XYZ", ""),
    ("ready", "MAIL FROM:alice", ""),
    ("message", "MA", ""),
    ("closed", "MA", ""),
    ("greeting", ":und", "o"),
    ("greeting", ":w", ""),
    ("greeting", "PASS hungry", ""),
]


@pytest.mark.parametrize(("scene", "text", "rest"), GHOSTS)
def test_the_rest_of_the_line_in_grey(scene, text, rest):
    assert ghost(at(scene).meta, text, []) == rest


def test_the_newest_line_of_the_history_that_is_right_now_goes_first():
    history = ["MAIL FROM:<old@x.org>", "MAIL FROM:<new@x.org>", "MAIL FROM:<bad", "MAIL", "NOOP", ":wait 5m", ":nope"]
    assert ghost(at("ready").meta, "M", history) == "AIL FROM:<new@x.org>"
    assert ghost(at("sender").meta, "M", history) == ""
    assert ghost(at("ready").meta, ":w", history) == "ait 5m"
    assert ghost(at("ready").meta, ":no", history) == ""
    assert ghost(at("ready").meta, "P", ["PASS hungry"]) == ""


COLOURS = [
    ("ready", "MAIL FROM:<a", [("legal", "MAIL"), ("client", " FROM:<a")]),
    ("sender", "MAIL FROM:<a", [("early", "MAIL"), ("client", " FROM:<a")]),
    ("ready", "MA", [("client", "MA")]),
    ("ready", "SEN", [("client", "SEN")]),
    ("ready", "MX", [("unknown", "MX")]),
    ("ready", "MA x", [("unknown", "MA"), ("client", " x")]),
    ("ready", " NOOP", [("fault", " NOOP")]),
    ("ready", "MAIL FROM:al", [("legal", "MAIL"), ("client", " FROM:"), ("fault", "al")]),
    ("ready", "DATA x", [("early", "DATA"), ("fault", " x")]),
    ("ready", "MAIL FROM:<é@ü.org> SIZE=x", [("legal", "MAIL"), ("client", " FROM:<é@ü.org> SIZE="), ("fault", "x")]),
    ("ready", "PASS hungry", [("unknown", "PASS"), ("client", " ******")]),
    ("ready", "::x", [("note", ":"), ("unknown", ":x")]),
    ("ready", ":dep", [("legal", ":dep")]),
    ("ready", ":depth 2", [("legal", ":depth"), ("note", " 2")]),
    ("ready", ":w 2", [("unknown", ":w"), ("note", " 2")]),
    ("ready", ":xyz", [("unknown", ":xyz")]),
    ("ready", "?MAIL", [("legal", "?"), ("note", "MAIL")]),
    ("message", "PASS hungry", [("client", "PASS hungry")]),
    ("message", ":undo", [("client", ":undo")]),
    ("message", f"{ESCAPE}undo", [("legal", f"{ESCAPE}undo")]),
    ("closed", "MAIL", [("client", "MAIL")]),
    ("ready", "", []),
]


@pytest.mark.parametrize(("scene", "text", "pieces"), COLOURS)
def test_the_colours_of_a_line(scene, text, pieces):
    assert colours(at(scene).meta, text) == pieces


def test_a_secret_is_shown_where_the_view_shows_secrets():
    assert colours(at("ready", view=View(secrets=True)).meta, "PASS hungry")[1:] == [("client", " hungry")]


HINTS = [
    (
        "ready",
        "MAIL",
        "next: FROM:  the keyword before the return path  (MAIL FROM:<address>: new mail; return path for reports)",
    ),
    (
        "ready",
        "MAIL FROM:<a@b.c",
        "next: >  the bracket that ends the address  (MAIL FROM:<address>: new mail; return path for reports)",
    ),
    (
        "greeting",
        "MAIL",
        "MAIL needs EHLO or HELO before it.  Legal now: EHLO HELO RSET NOOP VRFY EXPN HELP QUIT.",
    ),
    (
        "greeting",
        "MA",
        "MAIL needs EHLO or HELO before it.  Legal now: EHLO HELO RSET NOOP VRFY EXPN HELP QUIT.",
    ),
    ("ready", "MA", "MAIL FROM:<address>  new mail; return path for reports"),
    ("sender", "R", "next: RCPT RSET"),
    (
        "greeting",
        "MAIL FROM:al",
        "MAIL needs EHLO or HELO before it.  Legal now: EHLO HELO RSET NOOP VRFY EXPN HELP QUIT.",
    ),
    ("ready", "MAIL FROM:al", 'Octet 11 is "a".  An address stands in angle brackets, as in <alice@lancs.uk>.'),
    ("ready", "NOOP", "Enter sends it  (NOOP: do nothing; are you there?)  or word  a word; the server ignores it"),
    (
        "ready",
        "NOPE",
        "NOPE is no command of this server.  Did you mean NOOP?  "
        "Legal now: EHLO HELO MAIL RSET NOOP VRFY EXPN ETRN HELP QUIT.",
    ),
    ("message", "Hello", "a line with one dot ends it"),
    ("message", ".", "a line with one dot ends the message"),
    ("message", "..", "the server takes the first dot off; a line that is to begin with one dot begins with two"),
    ("chunk", "Hello", "9 octets to come, CR LF counts as two"),
    ("closed", "MAIL", "The connection is closed.  Enter alone opens it again."),
    ("ready", ":wai", ":wait TIME [--idle]  turn the clock on, as in :wait 30m"),
    ("ready", ":w", ":why  :wire  :wait"),
    ("ready", ":xyz", ":xyz is no command of mailshell.  :help lists them."),
    ("ready", "?nonsense", "? alone says what may be typed now,  ? WORD what a word means"),
    (
        "ready",
        "MAIL FROM:<a@b.c> SI",
        "next: SIZE=412  size of the message in octets  (MAIL FROM:<address>: new mail; return "
        "path for reports)  or Enter sends it",
    ),
    ("ready", "?mail", "MAIL: new mail; return path for reports"),
]


@pytest.mark.parametrize(("scene", "text", "says"), HINTS)
def test_one_line_about_the_text(scene, text, says):
    shown = hint(at(scene).meta, text, 160)
    if text.startswith(":w") and says.startswith(":why"):
        assert set(says.split()) <= set(shown.split())
    else:
        assert shown == says


def test_a_hint_leaves_out_the_least_and_then_is_cut():
    meta = at("ready").meta
    assert hint(meta, "MAIL", 60) == "next: FROM:  the keyword before the return path"
    assert hint(meta, "MAIL", 20) == "next: FROM:  the ke…"
    assert hint(at("ready", view=View(ascii=True)).meta, "MAIL", 20) == "next: FROM:  the..."


def bar(scene, columns=80, **options):
    return "".join(text for _, text in toolbar(at(scene, **options).meta, columns, KEYS))


def test_the_toolbar_of_each_phase():
    assert bar("ready") == " SMTP  ready  | next MAIL RSET NOOP QUIT | depth 1 F2 | ? help | ^] local"
    assert bar("recipients") == " SMTP  recipients  | next DATA RCPT RSET QUIT | depth 1 F2 | ? help | ^] local"
    assert bar("recipients", era="1982").startswith(" SMTP  greeting  | next HELO RSET NOOP QUIT | ")
    assert bar("message") == " SMTP  message  | a line with one dot ends it | ^] local"
    assert bar("chunk") == " SMTP  chunk  | 9 octets to come, CR LF counts as two | ^] local"
    assert bar("closed") == " SMTP  closed  | Enter opens it again | :quit leaves"


def test_the_toolbar_loses_items_from_the_right_and_the_phase_last():
    assert bar("ready", 70) == " SMTP  ready  | next MAIL RSET NOOP QUIT | depth 1 F2 | ? help"
    assert bar("ready", 50) == " SMTP  ready  | next MAIL RSET NOOP QUIT"
    assert bar("ready", 20) == " SMTP  ready"
    assert bar("ready", 8) == "ready"
    assert bar("ready", 3) == "rea"
    assert "".join(text for _, text in toolbar(at("ready").meta, 80, {})).endswith(" QUIT | depth 1")


def test_the_toolbar_names_the_connection_where_there_are_several():
    desk = Desk()
    desk.do(":connect lancs.uk")
    shown = "".join(text for _, text in toolbar(desk.meta, 80, KEYS))
    assert shown.startswith(" SMTP 2 lancs.uk  greeting  | next ")


LINES = (
    st.text()
    | st.text(st.characters(codec=None))
    | st.text(f" :?{ESCAPE}<>@\t\0\udcffMAIL")
    | (strategies.COMMANDS["smtp"] | strategies.mutated(strategies.COMMANDS["smtp"])).map(
        lambda line: line.decode("utf-8", "surrogateescape")
    )
)


@few
@given(text=LINES, scene=st.sampled_from(list(SCENES)), columns=st.integers(0, 120), data=st.data())
def test_any_text_is_fine_and_nothing_changes(text, scene, columns, data):
    desk = at(scene)
    text = text[: data.draw(st.integers(0, len(text)))]
    before = desk.situation, desk.seat.world.store.changes
    pieces = colours(desk.meta, text)
    assert sum(len(piece) for _, piece in pieces) == len(text)
    assert all(piece and role in ROLES for role, piece in pieces)
    for choice in choices(desk.meta, text):
        assert 0 <= choice.back <= len(text)
        assert choice.text
    rest = ghost(desk.meta, text, ["NOOP", text + "x"])
    assert not rest or text
    shown = hint(desk.meta, text, columns)
    assert len(shown) <= columns
    assert all(letter.isprintable() for letter in shown)
    assert sum(len(piece) for _, piece in toolbar(desk.meta, columns, KEYS)) <= columns
    assert (desk.situation, desk.seat.world.store.changes) == before


@settings(few, max_examples=200)
@given(line=strategies.COMMANDS["smtp"])
def test_no_beginning_of_a_right_line_is_coloured_as_wrong(line):
    text = line.decode()
    for end in range(len(text) + 1):
        assert not {"fault", "unknown"} & {role for role, _ in colours(at("ready").meta, text[:end])}, text[:end]


@settings(few, max_examples=200)
@given(line=strategies.mutated(strategies.COMMANDS["smtp"]))
def test_what_does_not_fit_is_refused_however_the_line_goes_on(line):
    """The octet at which a line stops to fit is the last of the shortest beginning that nothing can mend."""
    session = at("ready").seat.link.session
    preview = session.preview(line)
    if preview.card is not None and preview.fits < len(line):
        assert preview.fault is not None or len(line) > 500
        assert session.preview(line + b"a").fits <= preview.fits
        assert preview.why


def test_what_a_server_does_not_have_is_not_legal_and_says_why():
    session = Desk(off=frozenset({"EXPN", "ETRN"})).seat.link.session
    assert not session.preview(b"EXPN bob").legal
    assert session.preview(b"EXPN bob").why == "This server does not offer EXPN."
    assert session.preview(b"TURN").why.startswith("This server knows TURN and does not carry it out.")
    assert session.preview(b"NOOP " + b"x" * 600).fits == 510
    assert Desk(voice="classic").seat.link.session.preview(b"EHLO").why


def test_a_cursor_tells_what_the_line_may_go_on_with():
    import re

    word, rule = Expect("WORD", "a word"), Expect("time", "a time", like="12:30")
    fixed = Expect("ON or OFF", "a switch", (("ON", "it is lit"), ("OFF", "it is dark")))
    cursor = Cursor(b"wo", marks=True)
    assert not cursor.word(b"WORD", word)
    assert cursor.wants() == (Want(0, "WORD", word),)
    cursor = Cursor(b"07:", marks=True)
    assert cursor.match(re.compile(rb"\d\d:\d\d"), rule) is None
    assert cursor.wants() == (Want(0, "", rule),)
    cursor = Cursor(b"7x", marks=True)
    assert cursor.match(re.compile(rb"\d\d:\d\d"), rule) is None
    assert cursor.wants() == ()
    cursor = Cursor(b"o", marks=True)
    assert cursor.match(re.compile(rb"ON|OFF"), fixed) is None
    assert [want.text for want in cursor.wants()] == ["ON", "OFF"]
    assert Cursor(b"o").wants() == ()
