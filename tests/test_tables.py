"""The phase x verb table of each protocol, and its extensions: pinned, and proven by real sessions."""

from pathlib import Path

import pytest

from mailshell.core.record import Exchange, Fault, Prompt
from mailshell.mail.host import Traits
from mailshell.protocols import PROTOCOLS
from mailshell.smtp.commands import COMMANDS
from mailshell.smtp.extensions import EXTENSIONS
from mailshell.smtp.phases import Phase
from mailshell.smtp.session import TABLE
from mailshell.world.seat import Seat
from mailshell.world.start import STUDENT, build
from tests.goldens import PATHS, played

TABLES = Path(__file__).parent / "tables"
SMTP = Path(__file__).parents[1] / "mailshell" / "smtp"

EHLO, MAIL, RCPT = b"EHLO lancs.uk\r\n", b"MAIL FROM:<alice@lancs.uk>\r\n", b"RCPT TO:<bob@nyu.edu>\r\n"
INTO = {
    Phase.GREETED: b"",
    Phase.READY: EHLO,
    Phase.SENDER: EHLO + MAIL,
    Phase.RECIPIENTS: EHLO + MAIL + RCPT,
    Phase.CHUNKS: EHLO + MAIL + RCPT + b"BDAT 0\r\n",
    Phase.FAILED: EHLO + MAIL + RCPT + b"BDAT x\r\n",
}
"""What leads into each phase of SMTP that reads commands."""


def seat(octets: bytes = b"", off: frozenset[str] = frozenset()) -> Seat:
    made = Seat(build("lecture", traits=Traits(off=off)), STUDENT)
    made.connect("nyu.edu", "smtp")
    made.send(octets)
    return made


def answer(made: Seat, octets: bytes) -> Exchange | Prompt:
    made.send(octets)
    if made.link.session.phase is Phase.CHUNK:
        prompt = made.world.transcript.entries[-1].record
        assert isinstance(prompt, Prompt)
        made.send(b"x" * (prompt.wants or 0))
        record = made.world.transcript.entries[-1].record
        assert isinstance(record, Exchange)
        return record._replace(before=prompt.before)
    record = made.world.transcript.entries[-1].record
    if not isinstance(record, Exchange | Prompt):
        record = made.world.transcript.entries[-2].record  # the connection was closed after it
    assert isinstance(record, Exchange | Prompt)
    return record


TRAITS = {
    "": Traits(),
    "-1982": Traits(era="1982"),
    "-1995": Traits(era="1995"),
    "-2008": Traits(era="2008"),
    "-classic": Traits(voice="classic"),
    "-strict": Traits(policy="strict"),
}


@pytest.mark.parametrize("traits", TRAITS)
@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_the_phase_table_is_the_pinned_one(protocol, traits, update):
    path = TABLES / f"{protocol}{traits}.txt"
    host = build("empty", traits=TRAITS[traits]).hosts["nyu.edu"]
    table = "\n".join(PROTOCOLS[protocol].matrix(host)) + "\n"
    if update:
        path.parent.mkdir(exist_ok=True)
        path.write_text(table, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == table


@pytest.mark.parametrize("phase", INTO)
@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.card.name)
def test_a_verb_is_out_of_order_just_where_the_table_says_so(phase, command):
    for example in command.examples:
        made = seat(INTO[phase])
        assert made.link.session.phase is phase
        record = answer(made, example.encode() + b"\r\n")
        assert record.replies[0].startswith(b"503") == (phase not in command.when)
        assert record.before is phase


def test_no_verb_is_legal_in_the_phases_that_read_no_commands():
    assert {phase for phase in Phase if TABLE.legal(phase)} == set(INTO)
    assert [phase for phase in Phase if not PROTOCOLS["smtp"].reads_lines(phase)] == [Phase.MESSAGE, Phase.CHUNK]


@pytest.mark.parametrize("phase", INTO)
def test_what_is_legal_is_what_the_verbs_say_and_no_relic(phase):
    assert TABLE.legal(phase) == tuple(one for one in COMMANDS if phase in one.when and not one.relic)


def test_every_file_of_a_verb_and_of_an_extension_is_listed():
    files = {path.stem for path in (SMTP / "commands").glob("*.py")} - {"__init__"}
    assert files == {command.card.name.lower() for command in COMMANDS}
    files = {path.stem for path in (SMTP / "extensions").glob("*.py")} - {"__init__", "extension"}
    assert files == {one.keyword.lower().replace("8bit", "eightbit").replace("-", "") for one in EXTENSIONS}


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.card.name)
def test_every_verb_has_examples_that_parse_and_a_transcript(command):
    assert command.examples
    assert command.when
    for example in command.examples:
        preview = seat().link.session.preview(example.encode())
        assert preview.fault is None
        assert preview.card is command.card
    assert f"smtp/{command.card.name.lower()}.txt" in PATHS


@pytest.mark.parametrize("extension", EXTENSIONS, ids=lambda extension: extension.keyword)
def test_every_extension_and_parameter_has_transcripts(extension):
    name = extension.keyword.lower()
    assert {f"smtp/{name}.txt", f"smtp/{name}-off.txt"} <= set(PATHS)
    for parameter in (*extension.mail, *extension.rcpt):
        assert f"smtp/param-{parameter.keyword.lower()}.txt" in PATHS


def answers(text: str) -> list[tuple[tuple[bytes, ...], str]]:
    """What a transcript is answered, with the reasons, the answers to EHLO left out."""
    records = [record for record in played(text).records if isinstance(record, Exchange | Prompt)]
    return [(one.replies, one.because) for one in records if not one.octets.upper().startswith(b"EHLO")]


@pytest.mark.parametrize("extension", EXTENSIONS, ids=lambda extension: extension.keyword)
def test_the_transcripts_of_an_extension_show_what_it_changes(extension):
    """Each of them goes otherwise when the extension is switched."""
    on, off = (PATHS[f"smtp/{extension.keyword.lower()}{end}.txt"].read_text(encoding="utf-8") for end in ("", "-off"))
    switch = f"# off: {extension.keyword}\n"
    assert switch in off
    assert "\n# off:" not in on
    assert answers(on) != answers(on.replace("\n", f"\n{switch}", 1))
    assert answers(off) != answers(off.replace(switch, "", 1))


WITHHELD = {"FUTURERELEASE", "REQUIRETLS"}
"""What a stranger without TLS is not offered."""


def keywords(made: Seat) -> list[str]:
    """The keywords of an EHLO reply."""
    return [line[4:].decode().split()[0] for line in answer(made, EHLO).replies[1:]]


def test_ehlo_lists_the_extensions_in_their_order():
    assert keywords(seat()) == [one.keyword for one in EXTENSIONS if one.keyword not in WITHHELD]
    inside = Seat(build("lecture"), STUDENT)
    inside.connect("lancs.uk", "smtp")
    assert keywords(inside) == [one.keyword for one in EXTENSIONS if one.keyword != "REQUIRETLS"]


@pytest.mark.parametrize("keyword", [extension.keyword for extension in EXTENSIONS])
def test_an_extension_that_is_off_is_not_listed(keyword):
    needed = {"CHUNKING": {"BINARYMIME"}, "8BITMIME": {"SMTPUTF8"}}
    gone = {keyword, *needed.get(keyword, ()), *WITHHELD}
    assert keywords(seat(off=frozenset({keyword}))) == [one.keyword for one in EXTENSIONS if one.keyword not in gone]


@pytest.mark.parametrize(
    ("keyword", "octets", "on", "off"),
    [
        ("SIZE", MAIL[:-2] + b" SIZE=10\r\n", b"250 2.1.0", b"555 5.5.4"),
        ("SIZE", MAIL[:-2] + b" SIZE=99999999\r\n", b"552 5.3.4", b"555 5.5.4"),
        ("8BITMIME", MAIL[:-2] + b" BODY=8BITMIME\r\n", b"250 2.1.0", b"555 5.5.4"),
        ("CHUNKING", MAIL + RCPT + b"BDAT 0 LAST\r\n", b"250 2.0.0", b"502 5.5.1"),
        ("BINARYMIME", MAIL[:-2] + b" BODY=BINARYMIME\r\n", b"250 2.1.0", b"555 5.5.4"),
        ("DSN", MAIL[:-2] + b" RET=FULL ENVID=a\r\n", b"250 2.1.0", b"555 5.5.4"),
        ("DSN", MAIL + RCPT[:-2] + b" NOTIFY=NEVER ORCPT=rfc822;a\r\n", b"250 2.1.5", b"555 5.5.4"),
        ("DELIVERBY", MAIL[:-2] + b" BY=120;R\r\n", b"250 2.1.0", b"555 5.5.4"),
        ("MT-PRIORITY", MAIL[:-2] + b" MT-PRIORITY=-3\r\n", b"250 2.1.0", b"555 5.5.4"),
        ("SMTPUTF8", b"MAIL FROM:<zo\xc3\xab@lancs.uk> SMTPUTF8\r\n", b"250 2.1.0", b"555 5.5.4"),
        ("SMTPUTF8", b"VRFY bob SMTPUTF8\r\n", b"250 2.1.5", b"504 5.5.4"),
        ("HELP", b"HELP\r\n", b"214-2.0.0", b"502 5.5.1"),
        ("ENHANCEDSTATUSCODES", b"NOOP\r\n", b"250 2.0.0 ", b"250 Nothing"),
    ],
)
def test_an_extension_works_where_it_is_listed_and_nowhere_else(keyword, octets, on, off):
    assert answer(seat(EHLO), octets).replies[0].startswith(on)
    assert answer(seat(EHLO, frozenset({keyword})), octets).replies[0].startswith(off)


@pytest.mark.parametrize("off", [frozenset(), frozenset({"PIPELINING"})])
def test_commands_sent_ahead_are_answered_in_order(off):
    """RFC 2920 forbids them without PIPELINING, but a session does not look at when they came; the world notes it."""
    made = seat(EHLO, off)
    made.send(MAIL + RCPT + RCPT + b"DATA\r\nHello\r\n.\r\nQUIT\r\n")
    records = [entry.record for entry in made.world.transcript.entries]
    codes = [record.replies[0][:3] for record in records[2:] if isinstance(record, Exchange | Prompt)]
    assert codes == [b"250", b"250", b"250", b"354", b"250", b"221"]


@pytest.mark.parametrize("example", ["MAIL FROM:<a@b.example> X", "MAIL FROM:<a@b.example> SIZE=1"])
def test_a_parameter_needs_ehlo(example):
    record = answer(seat(b"HELO lancs.uk\r\n"), example.encode() + b"\r\n")
    assert record.replies[0].startswith(b"555")
    assert not isinstance(record.parsed, Fault)
