"""What holds for every protocol, whatever a client sends."""

import re
from collections.abc import Iterable
from itertools import product

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mailshell.core.clock import MINUTE
from mailshell.core.dots import stuff, unstuff
from mailshell.core.record import Body, Closed, Exchange, Fault, Notice, Opened, Prompt, Record, Verdict
from mailshell.core.session import Peer
from mailshell.core.utf8 import CHARACTER as UTF8
from mailshell.imap.capabilities import CAPABILITIES as IMAP
from mailshell.mail.host import ERAS, Traits
from mailshell.mail.store import BoxKey
from mailshell.pop3.capabilities import CAPABILITIES
from mailshell.protocols import PROTOCOLS
from mailshell.smtp.extensions import EXTENSIONS
from mailshell.world.seat import Seat
from mailshell.world.start import DEFAULT_HOST, STUDENT, build
from tests.goldens import all_played
from tests.strategies import COMMANDS, SCENES, TEXT, clean_messages, conversation, message_octets, mutated

each_protocol = pytest.mark.parametrize("protocol", PROTOCOLS)
few = settings(max_examples=60, suppress_health_check=[HealthCheck.data_too_large, HealthCheck.too_slow])
some = settings(few, max_examples=250)

REPLY_LINE = {
    "smtp": re.compile(rb"[2-5][0-5][0-9][ -](?:[ -~]|" + UTF8 + rb")*\r\n"),
    "pop3": re.compile(rb"(?:\+OK|-ERR)(?: (?:[ -~]|" + UTF8 + rb")*)?\r\n"),
    "imap": re.compile(rb"(?:[!-~]+ (?:OK|NO|BAD|BYE)|\+) [ -~]*\r\n"),
}
REFUSAL = {"smtp": re.compile(rb"[45]"), "pop3": re.compile(rb"-ERR"), "imap": re.compile(rb"[^ ]+ (?:NO|BAD|BYE)")}
LONGEST_REPLY = {"smtp": 512, "pop3": 512}

any_traits = st.builds(
    Traits,
    voice=st.sampled_from(["modern", "modern", "classic"]),
    policy=st.sampled_from(["tolerant", "strict"]),
    era=st.sampled_from(["today", "today", *ERAS]),
    off=st.frozensets(
        st.sampled_from(
            [*(one.keyword for one in EXTENSIONS), *(one.tag for one in CAPABILITIES), *(one.keyword for one in IMAP)]
        )
    ),
    size=st.sampled_from([None, None, 60]),
    recipients=st.sampled_from([None, 1]),
    delay=st.sampled_from([0, 0, 60]),
    expire=st.sampled_from([None, None, 0, 1]),
)
peers = st.sampled_from([STUDENT, Peer("[2001:db8::9]", "2001:db8::9", inside=False)])


def seat(traits=None, host=DEFAULT_HOST, protocol="smtp", peer=STUDENT):
    made = Seat(build("lecture", traits=traits), peer, "script")
    made.connect(host, protocol)
    return made


def records_of(made: Seat) -> list[Record]:
    """Everything that happened, with neighbouring pieces of a body put together."""
    return joined_up(entry.record for entry in made.world.transcript.entries)


def heard(pieces: Iterable[bytes], traits=None, protocol="smtp", peer=STUDENT) -> list[Record]:
    """What a session alone makes of octets that come in pieces; a world would judge what came in one piece."""
    session = PROTOCOLS[protocol].open(build("lecture", traits=traits).hosts[DEFAULT_HOST], peer)
    return joined_up(record for piece in pieces for record in session.receive(piece))


def joined_up(records: Iterable[Record]) -> list[Record]:
    joined: list[Record] = []
    for record in records:
        if isinstance(record, Body) and joined and isinstance(joined[-1], Body):
            joined[-1] = Body(joined[-1].octets + record.octets)
        else:
            joined.append(record)
    return joined


def said(made: Seat) -> bytes:
    """Everything that the server sent."""
    found = (entry.record for entry in made.world.transcript.entries)
    return b"".join(line for record in found if not isinstance(record, Body | Closed) for line in record.replies)


def picture(made: Seat):
    """The state of the world as one comparable value."""
    world = made.world
    mail = [
        (box.key, box.box, list(box.messages.items()), [world.store.octets(one.body) for one in box.messages.values()])
        for host in world.hosts
        for account in world.store.accounts(host)
        for box in world.store.mailboxes(host, account.user)
    ]
    queues = [(queued, world.store.octets(queued.body)) for host in world.hosts for queued in world.store.queue(host)]
    held = [(held, world.store.octets(held.body)) for held in world.store.held()]
    links = [(link.wire, link.closed, link.session.state) for link in world.links.values()]
    return mail, (queues, held), links, world.clock.now()


def reading(protocol: str) -> list[list[bytes]]:
    """The scenes that lead into phases which read commands."""
    return [scene for scene in SCENES[protocol] if scene not in TEXT[protocol]]


def lead(made: Seat, scene: list[bytes]) -> None:
    for line in scene:
        made.send(line + b"\r\n")


@each_protocol
@some
@given(data=st.data(), traits=any_traits, peer=peers)
def test_the_input_may_be_cut_anywhere(protocol, data, traits, peer):
    octets = data.draw(conversation(protocol))
    everywhere = st.just(frozenset(range(len(octets))))
    cuts = sorted(data.draw(st.sets(st.integers(0, len(octets)), max_size=9) | everywhere))
    pieces = [octets[start:end] for start, end in zip([0, *cuts], [*cuts, len(octets)], strict=True)]
    assert heard(pieces, traits, protocol, peer) == heard([octets], traits, protocol, peer)
    whole, cut = seat(traits, protocol=protocol, peer=peer), seat(traits, protocol=protocol, peer=peer)
    whole.send(octets)
    for piece in pieces:
        cut.send(piece)
    assert said(cut) == said(whole)


@each_protocol
@some
@given(data=st.data(), most=st.integers(0, 300), traits=any_traits, peer=peers)
def test_commands_may_wait_for_their_turn(protocol, data, most, traits, peer):
    """A session that stops after so many octets of answers has the same to say as one that does not."""
    octets = data.draw(conversation(protocol))
    session = PROTOCOLS[protocol].open(build("lecture", traits=traits).hosts[DEFAULT_HOST], peer)
    records = session.receive(octets, most)
    while session.waits:
        session.restore(session.state)
        records += session.receive(b"", most)
    assert joined_up(records) == heard([octets], traits, protocol, peer)


@pytest.mark.parametrize("pieces", [True, False])
def test_nothing_but_crlf_dot_crlf_ends_a_message(pieces):
    """Every sequence of up to five octets that could be taken for an end, at the start of a message and inside it."""
    host = build("lecture").hosts[DEFAULT_HOST]
    session = PROTOCOLS["smtp"].open(host, STUDENT)
    session.receive(b"".join(line + b"\r\n" for line in SCENES["smtp"][-1]))
    start = session.state
    for length in range(1, 6):
        for letters in product(b"\r\n.\0x", repeat=length):
            for before in (b"", b"x"):
                octets = before + bytes(letters)
                session.restore(start)
                for piece in [octets[at : at + 1] for at in range(len(octets))] if pieces else [octets]:
                    session.receive(piece)
                ended = session.phase is not start.phase
                assert ended == (b"\r\n.\r\n" in b"\r\n" + octets), octets


@each_protocol
def test_the_input_may_come_octet_by_octet(protocol):
    for scene in SCENES[protocol]:
        octets = b"".join(line + b"\r\n" for line in scene)
        octets += b"..a\r\n.\r\nNOOP\nNOOP\r\n.\r\nQUIT\r\nNOOP\r\n"
        pieces = (octets[at : at + 1] for at in range(len(octets)))
        assert heard(pieces, protocol=protocol) == heard([octets], protocol=protocol)


def check_replies(protocol: str, replies: tuple[bytes, ...]) -> None:
    assert replies
    if protocol == "imap":
        assert all(item.endswith(b"\r\n") for item in replies)
        assert REPLY_LINE[protocol].fullmatch(replies[-1]) or replies[-1].startswith(b"* "), replies[-1]
        return
    if protocol == "pop3":
        assert REPLY_LINE[protocol].fullmatch(replies[0]), replies[0]
        assert len(replies[0]) <= LONGEST_REPLY[protocol]
        assert all(item.endswith(b"\r\n") for item in replies)
        block = b"\r\n" + b"".join(replies[1:])
        assert block.count(b"\r\n.\r\n") == block.endswith(b"\r\n.\r\n") == (len(replies) > 1)
        return
    for number, line in enumerate(replies):
        assert REPLY_LINE[protocol].fullmatch(line), line
        assert len(line) <= LONGEST_REPLY[protocol]
        assert line[:3] == replies[0][:3]
        assert line[3:4] == (b" " if number == len(replies) - 1 else b"-")


_BROKE = re.compile(r"The connection broke before|the answer is lost")


def check_record(protocol: str, record: Record) -> None:
    """What every record of any conversation keeps to."""
    if isinstance(record, Prompt) and not record.replies:
        assert record.wants != 0
        assert record.verdict is not Verdict.REFUSED
    elif isinstance(record, Exchange | Prompt) and _BROKE.search(record.because):
        assert record.replies == ()
    elif isinstance(record, Opened | Exchange | Prompt | Notice):
        check_replies(protocol, record.replies)
        assert record.card.name
    if isinstance(record, Exchange | Prompt | Notice | Closed) and record.because:
        assert record.because == record.because.strip()
        assert record.because.isprintable()
        assert record.because[-1] in ".?", record.because
    if isinstance(record, Exchange | Prompt):
        if record.replies:
            final = record.replies[-1 if protocol == "imap" else 0]
            assert (record.verdict is Verdict.REFUSED) == bool(REFUSAL[protocol].match(final))
        assert record.verdict is Verdict.ACCEPTED or record.because
        if not isinstance(record.parsed, Fault):
            named = record.parsed.card.name.encode()
            assert protocol == "imap" or not record.octets or record.octets.upper().startswith(named)
            # The strings of IMAP are any octets.
            assert protocol == "imap" or record.parsed.line().decode("utf-8").isprintable()
        for line in record.replies:
            assert not record.because or record.because.encode() not in line
    if isinstance(record, Exchange) and isinstance(record.parsed, Fault):
        assert record.verdict is Verdict.REFUSED
        assert 0 <= record.parsed.at <= len(record.octets)
        assert record.before is record.after or record.after.name == "FAILED"
        assert not record.changes


@each_protocol
@some
@given(data=st.data(), traits=any_traits, peer=peers, host=st.sampled_from([DEFAULT_HOST, "lancs.uk"]))
def test_any_octets_get_well_formed_answers(protocol, data, traits, peer, host):
    made = seat(traits, host, protocol, peer)
    made.send(data.draw(conversation(protocol) | st.binary()))
    made.wait(10 * MINUTE, idle=data.draw(st.booleans()))
    made.drop()
    for record in records_of(made):
        check_record(protocol, record)


def test_every_record_of_the_golden_transcripts_is_well_formed():
    for golden in all_played().values():
        for entry in golden.seat.world.transcript.entries:
            check_record(entry.wire.protocol, entry.record)


@each_protocol
@some
@given(data=st.data(), traits=any_traits)
def test_each_line_has_one_final_answer(protocol, data, traits):
    """The octets of the records are the input; each command is one record with one answer, whatever its line end."""
    octets = data.draw(conversation(protocol))
    made = seat(traits, protocol=protocol)
    made.send(octets)
    found = records_of(made)[1:]
    closed = isinstance(found[-1], Closed) if found else False
    heard = b"".join(record.octets for record in found if isinstance(record, Exchange | Prompt | Body))
    assert octets.startswith(heard)
    rest = octets[len(heard) :]
    in_message = made.link.session.phase.name == "MESSAGE"
    assert closed or b"\n" not in rest or (in_message and len(rest) < 4)
    wants = None  # octets that the open command with a counted body waits for
    for record in found:
        if protocol == "imap" and isinstance(record, Exchange | Prompt):
            # The line of a command goes on after a literal; the answer to AUTHENTICATE is a body.
            assert not wants
            assert record.octets.count(b"\n") == record.octets.endswith(b"\n") == bool(record.octets)
            assert record.replies or (isinstance(record, Prompt) and record.octets.endswith(b"}\r\n"))
            wants = record.wants if isinstance(record, Prompt) else None
        elif isinstance(record, Exchange | Prompt):
            assert record.octets.count(b"\n") == (wants is None)
            assert record.octets.endswith(b"\n") == (wants is None)
            assert not wants
            wants = record.wants if isinstance(record, Prompt) else None
            assert bool(record.replies) == (wants is None)
        elif isinstance(record, Body) and wants is not None:
            wants -= len(record.octets)
            assert wants >= 0
    assert closed or protocol == "imap" or wants != 0
    kinds = [type(record) for record in found]
    assert kinds.count(Closed) <= 1
    assert Closed not in kinds[:-1]


@each_protocol
@some
@given(data=st.data())
def test_parts_lie_in_order_inside_the_line(protocol, data):
    commands = COMMANDS[protocol]
    line = data.draw(commands | mutated(commands) | st.binary(max_size=30))
    marked = PROTOCOLS[protocol].mark_command(line)
    end = 0
    for part in marked.parts:
        assert end <= part.start < part.end <= len(line)
        assert part.rule in marked.glosses
        end = part.end


@each_protocol
@some
@given(data=st.data())
def test_a_command_printed_and_read_again_is_the_same(protocol, data):
    line = data.draw(COMMANDS[protocol])
    made = seat(protocol=protocol)
    preview = made.link.session.preview(line)
    assert preview.fault is None, line
    for scene in reading(protocol):
        made = seat(protocol=protocol)
        lead(made, scene)
        made.send(line + b"\r\n")
        record = next(one for one in reversed(records_of(made)) if isinstance(one, Exchange | Prompt))
        if not isinstance(record.parsed, Fault):
            again = seat(protocol=protocol)
            lead(again, scene)
            tag = line.partition(b" ")[0] + b" " if protocol == "imap" else b""
            again.send(tag + record.parsed.line() + b"\r\n")
            other = next(one for one in reversed(records_of(again)) if isinstance(one, Exchange | Prompt))
            assert other.parsed == record.parsed
            assert other.replies == record.replies


@each_protocol
@some
@given(data=st.data())
def test_reading_in_a_hurry_and_reading_with_care_agree(protocol, data):
    """The server reads without marks, preview with them: both find the same command, or the same fault."""
    commands = COMMANDS[protocol]
    line = data.draw(commands | mutated(commands)).replace(b"\n", b"")
    made = seat(protocol=protocol)
    for scene in reading(protocol):
        made.reset()
        made.connect(DEFAULT_HOST, protocol)
        lead(made, scene)
        preview = made.link.session.preview(line)
        made.send(line + b"\r\n")
        record = next(one for one in reversed(records_of(made)) if isinstance(one, Exchange | Prompt))
        if preview.legal and not (isinstance(record, Prompt) and record.wants):
            assert preview.card is not None
            assert (preview.fault is None) == (not isinstance(record.parsed, Fault))
            assert preview.fault is None or preview.fault == record.parsed


@each_protocol
@few
@given(data=st.data(), traits=any_traits)
def test_the_same_world_and_script_give_the_same_octets(protocol, data, traits):
    octets = data.draw(conversation(protocol))
    pictures = []
    for _ in range(2):
        made = seat(traits, protocol=protocol)
        made.send(octets)
        pictures.append((said(made), records_of(made), picture(made)))
    assert pictures[0] == pictures[1]


@given(st.binary() | message_octets | clean_messages)
def test_dots_are_put_on_and_taken_off(message):
    stuffed = stuff(message)
    assert unstuff(stuffed) == message
    assert b"\r\n.\r\n" not in b"\r\n" + stuffed
    assert len(stuffed) - len(message) == (b"\r\n" + message).count(b"\r\n.")


@some
@given(message=clean_messages, cuts=st.sets(st.integers(0, 9000), max_size=5))
def test_what_is_sent_is_what_is_stored(message, cuts):
    made = seat()
    lead(made, SCENES["smtp"][-1])
    octets = stuff(message) + b".\r\n"
    cuts = sorted(cut for cut in cuts if cut < len(octets))
    for start, end in zip([0, *cuts], [*cuts, len(octets)], strict=True):
        made.send(octets[start:end])
    mailbox = made.world.store.mailbox(BoxKey("nyu.edu", "bob", "INBOX"))
    assert mailbox is not None
    stored = made.world.store.octets(mailbox.messages[3].body)
    trace = (
        b"Return-Path: <a@lancs.uk>\r\nReceived: from lancs.uk (lancs.uk [192.0.2.10])\r\n\tby nyu.edu with ESMTP id 1"
        b"\r\n\tfor <bob@nyu.edu>;\r\n\tMon, 09 Mar 2015 10:00:00 +0000\r\n"
    )
    assert stored == trace + message


BINARY = [b"EHLO lancs.uk", b"MAIL FROM:<a@lancs.uk> BODY=BINARYMIME", b"RCPT TO:<bob@nyu.edu>"]


@some
@given(chunks=st.lists(st.binary(max_size=40), min_size=1, max_size=5), cuts=st.sets(st.integers(0, 300), max_size=5))
def test_the_chunks_joined_are_what_is_stored(chunks, cuts):
    made = seat()
    lead(made, BINARY)
    octets = b"".join(b"BDAT %d\r\n%b" % (len(chunk), chunk) for chunk in chunks[:-1])
    octets += b"BDAT %d LAST\r\n%b" % (len(chunks[-1]), chunks[-1])
    cuts = sorted(cut for cut in cuts if cut < len(octets))
    for start, end in zip([0, *cuts], [*cuts, len(octets)], strict=True):
        made.send(octets[start:end])
    assert delivered(made).partition(b" +0000\r\n")[2] == b"".join(chunks)


@some
@given(message=clean_messages, size=st.integers(1, 300))
def test_chunks_and_data_store_the_same(message, size):
    by_data, by_chunks = seat(), seat()
    lead(by_data, SCENES["smtp"][-1])
    by_data.send(stuff(message) + b".\r\n")
    lead(by_chunks, SCENES["smtp"][-1][:-1])
    for start in range(0, len(message), size):
        chunk = message[start : start + size]
        by_chunks.send(b"BDAT %d\r\n%b" % (len(chunk), chunk))
    by_chunks.send(b"BDAT 0 LAST\r\n")
    assert delivered(by_chunks) == delivered(by_data)


def delivered(made: Seat) -> bytes:
    """The message that bob got."""
    mailbox = made.world.store.mailbox(BoxKey("nyu.edu", "bob", "INBOX"))
    assert mailbox is not None
    return made.world.store.octets(mailbox.messages[3].body)


actions = st.sampled_from(["send"] * 6 + ["wait", "idle", "drop", "connect", "undo", "redo", "reset", "switch"])


def act(made: Seat, protocol: str, action: str, octets: bytes) -> None:
    """One thing that a person may do; what cannot be done now is left out."""
    if action == "send":
        made.send(octets)
    elif action in ("wait", "idle"):
        made.wait(6 * MINUTE, idle=action == "idle")
    elif action == "connect":
        made.connect("lancs.uk", protocol)
    elif action == "switch":
        made.switch(1)
    else:
        getattr(made, action)()


@each_protocol
@few
@given(data=st.data(), traits=any_traits)
def test_undo_then_redo_changes_nothing(protocol, data, traits):
    made = seat(traits, protocol=protocol)
    scene = data.draw(st.sampled_from(SCENES[protocol]))
    steps = [*(("send", line + b"\r\n") for line in scene)]
    steps += data.draw(
        st.lists(st.tuples(actions.filter(lambda one: one not in ("undo", "redo")), conversation(protocol)), max_size=4)
    )
    pictures = [picture(made)]
    for action, octets in steps:
        if action != "switch":
            act(made, protocol, action, octets)
            pictures.append(picture(made))
    for before in reversed(pictures[:-1]):
        made.undo()
        assert picture(made) == known(before, picture(made))
    for after in pictures[1:]:
        made.redo()
        assert picture(made) == known(after, picture(made))


def known(then, now):
    """A picture of then, with the connections that were opened since: they are closed, and have no part in it."""
    mail, queues, links, at = then
    return mail, queues, links + [(wire, True, state) for wire, _, state in now[2][len(links) :]], at


@each_protocol
@few
@given(data=st.data(), traits=any_traits)
def test_going_back_and_typing_the_same_gives_the_same(protocol, data, traits):
    made = seat(traits, protocol=protocol)
    lead(made, data.draw(st.sampled_from(SCENES[protocol])))
    octets = data.draw(conversation(protocol))
    count = len(made.world.transcript.entries)
    made.send(octets)
    first = [entry.record for entry in made.world.transcript.entries][count:]
    after = picture(made)
    made.undo()
    count = len(made.world.transcript.entries)
    made.send(octets)
    second = [entry.record for entry in made.world.transcript.entries][count:]
    assert [strip(record) for record in second] == [strip(record) for record in first]
    assert [(key, box, [size(m) for m in messages], bodies) for key, box, messages, bodies in picture(made)[0]] == [
        (key, box, [size(m) for m in messages], bodies) for key, box, messages, bodies in after[0]
    ]
    assert picture(made)[2:] == after[2:]


def strip(record):
    """A record without the numbers of its changes: a second try makes new ones, on another branch."""
    return record._replace(changes=range(len(record.changes))) if isinstance(record, Exchange) else record


def size(item):
    """A message without the number of its body, which is never used again."""
    uid, message = item
    return uid, message._replace(body=0, object_id="")


@each_protocol
@some
@given(data=st.data(), traits=any_traits)
def test_preview_changes_nothing_and_never_raises(protocol, data, traits):
    made = seat(traits, protocol=protocol)
    lead(made, data.draw(st.sampled_from(SCENES[protocol])))
    before = picture(made)
    line = data.draw(st.binary(max_size=20) | mutated(COMMANDS[protocol]))
    preview = made.link.session.preview(line)
    assert all(0 <= part.start < part.end <= len(line) for part in preview.parts)
    assert picture(made) == before


@each_protocol
@few
@given(data=st.data(), traits=any_traits)
def test_every_prefix_of_a_command_has_something_to_expect(protocol, data, traits):
    line = data.draw(COMMANDS[protocol])
    made = seat(traits, protocol=protocol)
    lead(made, data.draw(st.sampled_from(reading(protocol))))
    for end in range(len(line) + 1):
        preview = made.link.session.preview(line[:end])
        assert preview.expected or made.link.closed, line[:end]
        assert all(expect.what and expect.why for expect in preview.expected)
