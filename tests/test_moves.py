"""`:try`: every move keeps its promise, in every phase, on every kind of server."""

from itertools import product
from typing import get_args

import pytest

from mailshell.core.record import Exchange, Prompt, Verdict
from mailshell.core.session import Peer
from mailshell.mail.host import ERAS, Policy, Traits, Voice
from mailshell.smtp.extensions import EXTENSIONS
from mailshell.smtp.phases import TEXT, Phase
from mailshell.world import play
from mailshell.world.seat import Seat
from mailshell.world.start import STUDENT, build

LETTER = ["MAIL FROM:<alice@lancs.uk>", "RCPT TO:<bob@nyu.edu>"]
CHUNKED = ["MAIL FROM:<a@lancs.uk> BODY=BINARYMIME", LETTER[1]]
SCENES: dict[Phase, list[list[str]]] = {
    Phase.GREETED: [[]],
    Phase.READY: [["HELO lancs.uk"], ["EHLO lancs.uk"]],
    Phase.SENDER: [["HELO lancs.uk", LETTER[0]]],
    Phase.RECIPIENTS: [["HELO lancs.uk", *LETTER], ["EHLO lancs.uk", *LETTER], ["EHLO lancs.uk", *CHUNKED]],
    Phase.MESSAGE: [["HELO lancs.uk", *LETTER, "DATA"], ["HELO lancs.uk", *LETTER, "DATA", "Subject: a", "", "b"]],
    Phase.CHUNKS: [["EHLO lancs.uk", *LETTER, "BDAT 0"], ["EHLO lancs.uk", *LETTER, "BDAT 4", "a\0"]],
    Phase.CHUNK: [
        *(["EHLO lancs.uk", *LETTER, f"BDAT {size} LAST"] for size in (1, 2, 3, 5, 6, 7, 40, 60, 1000)),
        ["EHLO lancs.uk", *LETTER, "BDAT 9"],
        ["EHLO lancs.uk", *LETTER, "BDAT 9 LAST", "a\0"],
        ["EHLO lancs.uk", *LETTER, "BDAT 20 FIRST"],
    ],
    Phase.FAILED: [["EHLO lancs.uk", *LETTER, "BDAT x"], ["EHLO lancs.uk", *CHUNKED, "DATA"]],
    Phase.CLOSED: [["QUIT"]],
}
"""Lines that lead into each phase, in the ways in which it matters."""

MODERN = Traits()
KINDS = [
    Traits(era=era, voice=voice, policy=policy)
    for era, voice, policy in product(ERAS, get_args(Voice), get_args(Policy))
]
BARE = Traits(off=frozenset(one.keyword for one in EXTENSIONS))


def seat(traits=MODERN, lines=(), peer=STUDENT, host="nyu.edu", world="lecture"):
    made = Seat(build(world, traits=traits), peer)
    made.connect(host, "smtp")
    for line in lines:
        made.send(line.encode() + b"\r\n")
    return made


def verdict(made, move):
    """What the server says of a move; None where it says nothing."""
    count = made.world.transcript.count
    if move.line.startswith(":raw "):
        play.raw(made, move.line.removeprefix(":raw "))
    else:
        made.send(move.line.encode() + b"\r\n")
    records = [entry.record for entry in made.world.transcript.since(count, count + 99)]
    found = [record.verdict for record in records if isinstance(record, Exchange | Prompt)]
    return found[-1] if found else None


def check(situation):
    """Make each move, each in a fresh world, and hold it to its promise; the moves."""
    moves = seat(*situation).link.session.moves()
    for move in moves:
        made = seat(*situation)
        assert verdict(made, move) is move.verdict, move
        assert made.link.closed is (move.line == "QUIT" and move.kind == "safe"), move
        assert move.kind != "breaking" or move.verdict in (Verdict.REFUSED, None)
        assert move.kind != "odd" or move.verdict is not Verdict.REFUSED or "501" in move.says
    return moves


@pytest.mark.parametrize("phase", Phase)
@pytest.mark.parametrize("traits", [*KINDS, BARE], ids=lambda one: f"{one.era} {one.voice} {one.policy} {len(one.off)}")
def test_every_move_keeps_its_promise(traits, phase):
    for lines in SCENES[phase]:
        made = seat(traits, lines)
        if made.link.session.phase is not phase:
            continue  # this server has no such phase
        moves = check((traits, lines))
        if phase not in (*TEXT, Phase.CLOSED):
            assert [move.kind for move in moves] == ["safe", "odd", "breaking"]
            assert moves[0].verdict is Verdict.ACCEPTED


def test_every_phase_is_reached():
    for phase, scenes in SCENES.items():
        assert all(seat(MODERN, lines).link.session.phase is phase for lines in scenes), phase


def test_each_phase_has_moves_of_its_own():
    found = [tuple(move.line for move in seat(MODERN, SCENES[phase][0]).link.session.moves()) for phase in SCENES]
    assert len(set(found)) == len(Phase)
    assert found[-1] == ()


def test_what_breaks_a_message_breaks_it_at_its_end():
    made = seat(MODERN, SCENES[Phase.MESSAGE][1])
    _, odd, breaking = made.link.session.moves()
    verdict(made, odd)
    assert made.link.session.moves()[0].verdict is Verdict.ACCEPTED
    verdict(made, breaking)
    dot = made.link.session.moves()[0]
    assert (dot.line, dot.verdict) == (".", Verdict.REFUSED)
    assert verdict(made, dot) is Verdict.REFUSED


def test_a_message_that_the_server_lets_pass_is_promised_as_such():
    check((MODERN, [*SCENES[Phase.MESSAGE][0], "caf\xe9"]))
    assert seat(MODERN, [*SCENES[Phase.MESSAGE][0], "caf\xe9"]).link.session.moves()[0].verdict is Verdict.TOLERATED
    check((MODERN, ["EHLO lancs.uk", *LETTER, "BDAT 12 LAST", "caf\xe9"]))


def test_no_move_fits_half_a_line():
    made = seat()
    made.send(b"NO")
    assert made.link.session.moves() == ()


@pytest.mark.parametrize("world", ["lecture", "empty"])
@pytest.mark.parametrize(
    "peer",
    [STUDENT, Peer("lancs.uk", "192.0.2.10", True), Peer("::1", "::1", False), Peer("127.0.0.1", "127.0.0.1", True)],
)
@pytest.mark.parametrize("lines", [[], ["HELO lancs.uk"], ["EHLO lancs.uk"], ["HELO lancs.uk", LETTER[0]]])
def test_the_moves_fit_who_is_connected(lines, peer, world):
    assert len(check((MODERN, lines, peer, "lancs.uk", world))) == 3


def test_the_moves_name_users_of_this_world():
    assert seat(MODERN, ["HELO lancs.uk"]).link.session.moves()[0].line == "MAIL FROM:<alice@lancs.uk>"
    assert seat(MODERN, ["HELO lancs.uk", LETTER[0]]).link.session.moves()[0].line == "RCPT TO:<bob@nyu.edu>"
    assert seat(BARE, ["HELO lancs.uk"]).link.session.moves()[1].line == "MAIL FROM:<>"


@pytest.mark.parametrize(
    ("traits", "lines"),
    [
        (Traits(transactions=1), ["EHLO lancs.uk", LETTER[0], "RSET"]),
        (Traits(recipients=1), ["EHLO lancs.uk", *LETTER]),
        (Traits(recipients=1), ["HELO lancs.uk", *LETTER]),
        (Traits(recipients=1), ["EHLO lancs.uk", LETTER[0], "RCPT TO:<nobody@nyu.edu>"]),
    ],
)
def test_the_moves_know_the_limits_of_the_server(traits, lines):
    safe, *_ = check((traits, lines))
    assert safe.verdict is Verdict.ACCEPTED
