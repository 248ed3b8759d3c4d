"""World files: what they say becomes a world, what is wrong is told with its place; the worlds that ship."""

import re
import shutil
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailshell import cli
from mailshell.core.clock import DAY, HOUR, MINUTE, Instant
from mailshell.core.record import Exchange, Verdict
from mailshell.core.toml import Document
from mailshell.mail.faults import text as words
from mailshell.mail.host import MailingList, Traits
from mailshell.mail.store import Account, BoxKey
from mailshell.shell import options, pages
from mailshell.world.generate import generate
from mailshell.world.names import Mx, Records, Unroutable, route
from mailshell.world.plan import Letter
from mailshell.world.read import TABLES, TOP, TRAITS, WorldError, checked, read
from mailshell.world.seat import Seat
from mailshell.world.shipped import SHIPPED, page, plan, starter
from mailshell.world.start import START, STUDENT, WORLDS, build
from mailshell.world.write import write

HOST = '[[host]]\nname = "nyu.edu"\naddress = "198.51.100.1"\n'
BOB = '[[user]]\naddress = "bob@nyu.edu"\npassword = "hungry"\n'
TO = HOST + BOB + "[[message]]\nto = 'bob@nyu.edu'\n"

WHOLE = r'''
title = "All that there is"
server = "b.example"
faults = ["queue-full nyu.edu", "reject RCPT 450 odds 30%"]
seed = 7

[[host]]
name = "NYU.edu"
address = "198.51.100.1"
domains = ["cs.nyu.edu"]
relays = ["b.example"]
networks = ["192.0.2.7/24"]
voice = "classic"
policy = "strict"
era = 1995
off = ["pipelining", "UIDL"]
size = 9000
recipients = 3
mails = 2
quota = 50_000
expire = 7
delay = 60
keeps = true
retry = "10m"
backoff = true
give_up = "1d12h"
delay_notice = "0s"

[[host]]
name = "b.example"
address = "2001:DB8::1"

[[user]]
address = "Bob@nyu.edu"
name = "Bob"
password = "hungry"

[[user]]
address = "zoë@b.example"

[[list]]
address = "all@nyu.edu"
title = "All"
members = ["Bob", "postmaster"]
shown = false

[[message]]
to = "bob@NYU.edu"
from = "Zoë <zoë@b.example>"
subject = "Hello"
text = """One
two"""
size = 700
age = "2h"
id = "first"
mailbox = "Trash"

[[message]]
to = "postmaster@b.example"
raw = \'\'\'
Subject: raw

a\x0ab\xff
.
\'\'\'

[[message]]
to = "nobody@else.where"
from = "bob@nyu.edu"
queued = true

[[dns]]
name = "shop.example"
mx = ["20 b.example", "10 nyu.edu"]

[[dns]]
name = "www.example"
alias = "shop.example"

[[dns]]
name = "no.example"
mx = ["0 ."]
'''.replace("\\'", "'")


def test_a_file_says_all_that_a_plan_holds():
    found = read(WHOLE.encode())
    assert (found.title, found.server, found.seed) == ("All that there is", "b.example", 7)
    assert [words(one) for one in found.faults] == ["queue-full nyu.edu", "reject RCPT 450 odds 30%"]
    nyu, other = found.hosts
    assert (nyu.name, nyu.address, nyu.domains) == ("nyu.edu", "198.51.100.1", ("cs.nyu.edu",))
    assert (nyu.relays, nyu.networks) == (("b.example",), ("192.0.2.0/24",))
    asked = Traits(
        "classic", "strict", frozenset({"PIPELINING", "UIDL"}), 9000, 3, 2, True, "1995", 60, 50_000,
        10 * MINUTE, 36 * HOUR, True, 0, 7,
    )  # fmt: skip
    assert nyu.traits == nyu.habits(Traits(voice="modern", keeps=False)) == asked
    assert nyu.lists == (MailingList("all", "All", ("Bob", "postmaster"), shown=False),)
    assert other.address == "2001:db8::1"
    usual = Traits(voice="classic", size=3)
    assert other.habits(usual) == usual
    assert found.accounts == (
        Account("nyu.edu", "Bob", "hungry", "Bob"),
        Account("b.example", "zoë", "", "zoë"),
    )
    assert found.letters == (
        Letter("Bob@nyu.edu", "Zoë <zoë@b.example>", "Hello", "One\ntwo", 700, 2 * HOUR, "first", "Trash"),
        Letter(
            "postmaster@b.example", "Postmaster <postmaster@b.example>", raw=b"Subject: raw\r\n\r\na\nb\xff\r\n.\r\n"
        ),
        Letter("nobody@else.where", "bob@nyu.edu", queued=True),
    )
    assert found.zone["nyu.edu"] == Records((Mx(10, "nyu.edu"),), ("198.51.100.1",))
    assert found.zone["cs.nyu.edu"] == Records((Mx(10, "nyu.edu"),))
    assert found.zone["b.example"] == Records((Mx(10, "b.example"), Mx(20, "nyu.edu")), ("2001:db8::1",))
    assert found.zone["www.example"] == Records(alias="shop.example")


def test_every_trait_of_a_host_has_a_key():
    assert {field for field, _ in TRAITS.values()} == set(Traits._fields)


def test_the_example_of_the_readme_is_a_world():
    readme = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
    example = re.search(r"```toml\n(.*?)```", readme, re.DOTALL)
    assert example is not None
    made, hints = checked(example[1].encode())
    assert hints is None
    seat = Seat(build(made), STUDENT)
    seat.connect(made.server, "smtp")
    seat.send(b"HELO x\r\nMAIL FROM:<x@mail.example>\r\nRCPT TO:<sam@shop.example>\r\nDATA\r\n")
    seat.send(b"Subject: twenty sheets\r\n\r\nPlease\r\n.\r\n")
    (queued,) = seat.world.store.queue("mail.example")
    seat.world.advance(Instant(START + HOUR))
    (still,) = seat.world.store.queue("mail.example")
    assert (queued.id, queued.body) == (still.id, still.body)


def test_the_world_of_a_file_is_as_the_file_says():
    world = build(read(WHOLE.encode()))
    assert [words(one) for one in world.hosts["nyu.edu"].faults] == ["queue-full nyu.edu", "reject RCPT 450 odds 30%"]
    assert world.hosts["nyu.edu"].traits.era == "1995"
    assert isinstance(route(world.zone, "no.example"), Unroutable)
    trash = world.store.mailbox(BoxKey("nyu.edu", "bob", "Trash"))
    assert trash is not None
    (message,) = trash.messages.values()
    assert (message.size, message.internal_date) == (700, START - 2 * HOUR)
    octets = world.store.octets(message.body)
    assert octets.startswith(b"Return-Path: <zo\xc3\xab@b.example>\r\n")
    assert b"\r\nMessage-ID: <first@b.example>\r\n\r\nOne\r\ntwo\r\n" in octets
    (queued,) = world.store.queue("nyu.edu")
    assert [one.address for one in queued.recipients] == ["nobody@else.where"]
    assert not world.store.octets(queued.body).startswith(b"Return-Path")


def test_a_store_that_has_the_world_already_gets_nothing_twice():
    asked = read(WHOLE.encode())
    world = build(asked)
    before = world.store.changes
    assert build(asked, store=world.store).store.changes == before


@pytest.mark.parametrize("size", [*range(330, 480), 4000])
def test_a_message_has_the_size_that_the_file_says(size):
    message = f'[[message]]\nto = "bob@nyu.edu"\nfrom = "bob@nyu.edu"\nsize = {size}\n'
    world = build(read((HOST + BOB + message).encode()))
    box = world.store.mailbox(BoxKey("nyu.edu", "bob", "INBOX"))
    assert box is not None
    assert [one.size for one in box.messages.values()] == [size]
    assert max(map(len, world.store.octets(box.messages[1].body).split(b"\r\n"))) < 90


MISTAKES = {
    "": ("1:1", 'a world has a host: write [[host]], name = "nyu.edu" and an address.'),
    "titel = 'x'\n" + HOST: ("1:1", "titel is no key of a world file. Did you mean title?"),
    'title = "a\\u001b"\n' + HOST: ("1:9", "title has a character that is not printable, U+001B."),
    "server = 'nyu.ed'\n" + HOST: ("1:10", "nyu.ed is no host of this world. Did you mean nyu.edu?"),
    "seed = -1\n" + HOST: ("1:8", "seed is a whole number from 0 to 1,000,000,000."),
    "faults = 'x'\n" + HOST: ("1:10", 'faults is a list of texts, such as ["queue-full nyu.edu"].'),
    "faults = ['host-down nyu.edu', 'full']\n" + HOST: ("1:32", "full is no kind of fault. Did you mean disk-full?"),
    "faults = ['queue-full mars.example']\n" + HOST: ("1:11", "mars.example is no host of this world."),
    "faults = ['reject RCTP 450']\n" + HOST: ("1:11", "RCTP is no command."),
    "host = 3": ("1:8", "host is a list of tables: write [[host]] with two brackets on each side."),
    "[host]\nname = 'x'": ("1:1", "host is a list of tables: write [[host]] with two brackets on each side."),
    "host = [3]": ("1:9", "a host is a table: write [[host]] on a line, and its keys below."),
    "[[hosts]]": ("1:3", "hosts is no key of a world file. Did you mean host?"),
    "zzz = 1": ("1:1", "zzz is no key of a world file. Allowed are title, server, faults, seed, host, user, list, "),
    "[[host]]\naddress = '::1'": ("1:1", 'name is missing. A host has one, such as name = "nyu.edu".'),
    "[[host]]\nname = 'a..b'\naddress = '::1'": ("2:8", "'a..b' is no domain: letters, digits and hyphens"),
    f"[[host]]\nname = '{'a' * 64}'\naddress = '::1'": ("2:8", f"'{'a' * 64}' is too long for a domain: 253 octets"),
    "[[host]]\nname = 'a'\naddress = '1.2.3'": ("3:11", "'1.2.3' is no IP address, such as 192.0.2.7 or 2001:db8::7."),
    "[[host]]\nname = 'a'\naddress = 7": ("3:11", 'address is a text in quotes, such as "198.51.100.1".'),
    HOST + HOST.replace("100.1", "100.2"): ("5:8", "nyu.edu is a domain of nyu.edu already."),
    HOST + HOST.replace("nyu", "b"): ("6:11", "198.51.100.1 is the address of nyu.edu already."),
    HOST + "domains = ['a.b',\n 'a..b']": ("5:2", "'a..b' is no domain"),
    HOST + "relays = ['nyu.edu']": ("4:11", "nyu.edu is a domain of the host itself."),
    HOST + "networks = ['1.2.3.4/40']": ("4:13", "'1.2.3.4/40' is no network, such as 192.0.2.0/24"),
    HOST + "voice = 'modem'": ("4:9", 'voice is one of "modern", "classic". Did you mean modern?'),
    HOST + "policy = true": ("4:10", 'policy is one of "tolerant", "strict".'),
    HOST + "era = 1996": ("4:7", 'era is one of "1982", "1995", "2008", "today". Did you mean 1995?'),
    HOST + "off = ['SIZ']": ("4:8", "SIZ is no extension or capability. Did you mean SIZE?"),
    HOST + "size = 0": ("4:8", "size is a whole number from 1 to 1,000,000,000."),
    HOST + "size = true": ("4:8", "size is a whole number"),
    HOST + "size = 1.5": ("4:8", "size is a whole number"),
    HOST + "keeps = 1": ("4:9", "keeps is true or false."),
    HOST + "retry = '30'\nretry = 1": ("5:10", "cannot overwrite a value."),
    HOST + "retry = '0s'": ("4:9", "retry is a time of 1s at least."),
    HOST + "give_up = 5": ("4:11", 'give_up is a time in quotes, such as "90s", "30m", "2h" or "1d12h".'),
    HOST + "give_up = 'soon'": ("4:11", "give_up is a time in quotes"),
    HOST + "nmae = 1": ("4:1", "nmae is no key of a host. Did you mean name?"),
    HOST + "[[user]]\naddress = 'bob'": ("5:11", "'bob' is no address, such as bob@nyu.edu."),
    HOST + "[[user]]\naddress = 'b b@nyu.edu'": ("5:11", "'b b' is no name for a mailbox"),
    HOST + "[[user]]\naddress = 'bob@nyu.de'": ("5:11", "nyu.de is no host of this world. Did you mean nyu.edu?"),
    HOST + "domains = ['cs.nyu.edu']\n[[user]]\naddress = 'bob@cs.nyu.edu'": ("6:11", "cs.nyu.edu is no host of this"),
    HOST + "[[user]]\naddress = 'Postmaster@nyu.edu'": ("5:11", "every host has a postmaster already"),
    HOST + BOB + BOB.replace("bob", "BOB"): ("8:11", "BOB@nyu.edu is there already."),
    HOST + BOB + "[[list]]\naddress = 'bob@nyu.edu'": ("8:11", "bob@nyu.edu is there already."),
    HOST + BOB + "[[list]]\naddress = 'l@nyu.edu'\nmembers = ['bob', 'bop']": ("9:19", "bop is no user of nyu.edu."),
    HOST + BOB + "[[message]]\nsubject = 'x'": ("7:1", "to is missing. A message has one, such as to = "),
    HOST + BOB + "[[message]]\nto = 'bop@nyu.edu'": ("8:6", "nyu.edu has no user bop. Did you mean bob?"),
    TO + "from = 'Bob'": ("9:8", "'Bob' is no address, such as bob@nyu.edu, or a n"),
    TO + "from = 'a@b.c'\nqueued = true": ("9:8", "b.c is no host of this world, and"),
    TO + "size = 10": ("9:8", "size is 330 at least: so many octets are there"),
    TO + "mailbox = 'trash'": ("9:11", 'mailbox is one of "INBOX", "Sent", "Drafts", "Tr'),
    TO + "raw = 'a'\nsize = 9": ("10:8", "raw is the whole message, so size means n"),
    TO + "raw = '\\q'": ("9:7", "\\q is no escape; there are \\r \\n \\t \\0 \\\\ \\xNN."),
    TO + "subject = 'a\tb'": ("9:11", "subject has a character that is not printable"),
    HOST + BOB + "[[message]]\nto = 'bob@nyu.edu'\nsize = 60_000_000\n" * 5: (
        "21:8", "the messages have more than 268,435,456 octets together."),
    HOST + "[[dns]]\nname = 'a'\nmx = ['a.b']": ("6:7", "'a.b' is no mail exchanger, such as \"10 mail.example.org\""),
    HOST + "[[dns]]\nname = 'a'\nmx = ['10 ']": ("6:7", "'' is no domain"),
    HOST + "[[dns]]\nname = 'a'\nalias = 'b'\nmx = ['0 .']": ("6:9", "a name that is an alias has no other records"),
    HOST + "[[dns]]\nname = 'a'\n[[dns]]\nname = 'A'": ("7:8", "a is there already."),
    HOST + "x = '\\u001b[2J" + "y" * 5000 + "'": ("4:1", "x is no key of a host."),
    HOST + f"domains = ['{'y ' * 5000}']": ("4:12", "'y y y"),
}  # fmt: skip


@pytest.mark.parametrize(("file", "wanted"), MISTAKES.items(), ids=range(len(MISTAKES)))
def test_a_mistake_is_told_with_its_place(file, wanted, tmp_path, capsys):
    path = tmp_path / "w.toml"
    path.write_bytes(file.encode())
    assert cli.main(["world", "check", str(path)]) == 1
    out = capsys.readouterr().out
    place, says = wanted
    assert out.startswith(f"{path}:{place}: {says}")
    assert all(line.isprintable() for line in out.splitlines())
    assert max(map(len, out.splitlines())) < 300 + len(f"{path}:100:100: ") + 10
    assert cli.main(["smtp", "--plain", "--world", str(path)]) == 2
    assert capsys.readouterr().err.startswith(f"mailshell: {path}:{place}: {says}")


def test_all_mistakes_are_told_in_the_order_of_their_places(capsys):
    path = Path(__file__).parent / "worlds" / "mistakes.toml"
    assert cli.main(["world", "check", str(path)]) == 1
    told = capsys.readouterr().out.replace(str(path), path.name)
    assert told == path.with_suffix(".shown").read_text(encoding="utf-8")


def test_of_very_many_mistakes_some_are_told(tmp_path, capsys):
    path = tmp_path / "w.toml"
    path.write_text("[[host]]\n" * 5000, encoding="utf-8")
    assert cli.main(["world", "check", str(path)]) == 1
    out = capsys.readouterr().out.splitlines()
    assert len(out) == 61
    assert out[-1] == f"{path}: and 32 more."


HINTS = {
    "[[dns]]\nname = 'a.b'\nmx = ['1 nyu.edu', '2 c.d']": [
        ("3:7", "nyu.edu takes no mail for a.b: that is neither in its domains nor in its relays."),
        ("3:20", "no address is known for c.d."),
    ],
    "[[dns]]\nname = 'a.b'\naddresses = ['1.2.3.4']": [("3:14", "no host of this world has the address 1.2.3.4.")],
    "[[dns]]\nname = 'a.b'\nalias = 'a.b'": [
        ("3:9", "a.b leads to no name with records: to none at all, or in a circl")
    ],
    "[[dns]]\nname = 'a.b'\nmx = ['0 .', '1 nyu.edu']": [
        ("3:7", "the null MX stands alone (RFC 7505 section 3)"),
        ("3:14", "nyu.edu takes no mail for a.b"),
    ],
    "[[dns]]\nname = 'a.b'\nalias = 'nyu.edu'\n[[dns]]\nname = 'c.d'\nmx = ['1 a.b']": [
        ("6:7", "a.b is an alias, and a mail exchanger must not be one (RFC 5321 section 5.1)."),
        ("6:7", "nyu.edu takes no mail for c.d"),
    ],
    "relays = ['a.b']": [("1:11", "a.b ends at no host, so nyu.edu has nobody to pass its mail on to.")],
    "domains = ['a.b']\n[[dns]]\nname = 'a.b'\nmx = ['1 nyu.edu']": [],
}


@pytest.mark.parametrize(("file", "wanted"), HINTS.items())
def test_what_may_not_be_meant_is_a_hint(file, wanted):
    made, hints = checked((HOST + file).encode())
    assert made.hosts
    found = []
    for problem in hints.problems if hints else ():
        before = (HOST + file)[: problem.offset].split("\n")
        found.append((f"{len(before) - HOST.count(chr(10))}:{len(before[-1]) + 1}", problem.says, problem.grave))
    assert [(place, grave) for place, _, grave in found] == [(place, False) for place, _ in wanted]
    assert all(says.startswith(start) for (_, says, _), (_, start) in zip(found, wanted, strict=True))


@pytest.mark.parametrize("name", WORLDS)
def test_a_world_that_ships_can_be_shown_checked_and_read_again(name, tmp_path, capsys):
    assert cli.main(["world", "show", name]) == 0
    path = tmp_path / "shown.toml"
    path.write_text(capsys.readouterr().out, encoding="utf-8")
    assert cli.main(["world", "check", str(path), name]) == 0
    assert read(path.read_bytes()) == plan(name)
    assert read(write(plan(name)).encode()) == plan(name)
    assert options.CHOICES["world"][0] == WORLDS


def test_a_plan_that_says_everything_can_be_written_and_read_again():
    asked = read(WHOLE.encode())
    assert read(write(asked).encode()) == asked


def test_the_lectures_world_is_what_it_is_to_the_octet():
    world = build("lecture")
    box = world.store.mailbox(BoxKey("nyu.edu", "bob", "INBOX"))
    assert box is not None
    first, second = (world.store.octets(one.body) for one in box.messages.values())
    assert first.startswith(LUNCH)
    assert [sha256(octets).hexdigest()[:16] for octets in (first, second)] == ["68359444f2aef203", "76ac549913711ec6"]
    assert [one.internal_date for one in box.messages.values()] == [START - 46 * HOUR, START - 22 * HOUR]
    assert (len(first), len(second)) == (498, 912)


LUNCH = b"""\
Return-Path: <alice@lancs.uk>\r
Received: from lancs.uk (lancs.uk [192.0.2.1])\r
\tby nyu.edu with ESMTP id m1\r
\tfor <bob@nyu.edu>;\r
\tSat, 07 Mar 2015 12:00:00 +0000\r
Date: Sat, 07 Mar 2015 12:00:00 +0000\r
From: Alice <alice@lancs.uk>\r
To: Bob <bob@nyu.edu>\r
Subject: Lunch on Friday\r
Message-ID: <1.lecture@lancs.uk>\r
\r
Bob, shall we meet at noon? The place by the river has soup.\r
"""


def test_the_same_numbers_give_the_same_big_world():
    made = generate(12, 40, 60, 3, waiting=10)
    assert made == generate(12, 40, 60, 3, waiting=10)
    assert made != generate(12, 40, 60, 4, waiting=10)
    assert (len(made.hosts), len(made.accounts), len(made.letters)) == (12, 40, 70)
    assert read(write(made).encode()) == made
    world = build(made)
    stored = [box for one in made.accounts for box in world.store.mailboxes(one.host, one.user)]
    assert sum(len(box.messages) for box in stored) == 60
    assert sum(len(world.store.queue(host)) for host in world.hosts) == 10
    assert {len(box.messages) for box in stored} != {0}
    assert checked(write(made).encode())[1] is None


def test_a_big_world_runs_to_its_end():
    world = build(generate(12, 40, 0, 3, waiting=25))
    world.advance(Instant(START + HOUR))
    assert [world.store.queue(host) for host in world.hosts] == [[]] * 12
    boxes = [
        box
        for host in world.hosts.values()
        for one in host.accounts()
        for box in world.store.mailboxes(host.name, one.user)
    ]
    assert sum(len(box.messages) for box in boxes) == 25


def test_the_hostile_world_is_as_hostile_as_it_says():
    world = build("hostile")
    routes = {name: route(world.zone, f"{name}.example") for name in ("null", "dangling", "circle", "alias", "bare")}
    told = {name: found.status for name, found in routes.items() if isinstance(found, Unroutable)}
    assert told == {"null": "5.1.10", "dangling": "5.4.4", "circle": "5.1.2", "bare": "5.4.4"}
    box = world.store.mailbox(BoxKey("mail.hostile.example", "mallory", "INBOX"))
    assert box is not None
    octets = b"".join(world.store.octets(one.body) for one in box.messages.values())
    assert b"\x1b[31m" in octets
    assert re.search(rb"[^\r]\n\.\n", octets)
    assert b"caf\xe9" in octets
    assert max(map(len, octets.split(b"\r\n"))) == 10_000
    seat = Seat(world, STUDENT)
    for host in world.hosts:
        for protocol, said in (("smtp", b"EHLO x\r\nMAIL FROM:<a@b.c>\r\n"), ("pop3", b"CAPA\r\n")):
            if not world.faults.about(host, ["host-down"]):
                seat.connect(host, protocol)
                seat.send(said)
    world.advance(Instant(START + 10 * DAY))
    left = {host: [one.recipients for one in world.store.queue(host)] for host in world.hosts}
    assert not any(left.values())


def test_the_mail_of_the_hostile_world_can_be_read_and_harms_no_terminal(capsys):
    user = "USER mallory\nPASS x\n"
    lines = user + "".join(f"RETR {number}\nTOP {number} 1\n" for number in range(1, 8)) + ":mailbox mallory\nQUIT\n"
    assert piped(["pop3", "--world", "hostile", "--depth", "2"], lines) == 0
    out = capsys.readouterr().out
    assert "owned" in out
    assert all(line.isprintable() for line in out.splitlines())


def piped(argv, text):
    """Run a command with a text on its standard input."""
    import io
    import sys
    from unittest import mock

    class Typed(io.TextIOWrapper):
        def isatty(self):
            return False

    with mock.patch.object(sys, "stdin", Typed(io.BytesIO(text.encode()), "utf-8")):
        return cli.main(argv)


def test_the_starter_has_no_mistakes_and_names_keys_of_every_table(tmp_path, capsys):
    path = tmp_path / "my.toml"
    assert cli.main(["world", "new", str(path)]) == 0
    assert capsys.readouterr().out == f"Written: {path}. mailshell smtp --world {path} talks to it.\n"
    assert path.read_text(encoding="utf-8") == starter()
    assert checked(starter().encode())[1] is None
    assert set(Document(starter().encode()).tree) == {"title", "server", *TABLES}
    assert read(re.sub(r"(?m)^# (?=\w+ = )", "", starter()).encode()).hosts[1].traits.era == "1995"
    assert cli.main(["world", "new", str(path)]) == 2
    assert capsys.readouterr().err == f"mailshell: {path} exists already and was left as it is.\n"


def test_the_page_explains_every_key_of_every_table(capsys):
    assert cli.main(["help", "world-file"]) == 0
    assert capsys.readouterr().out == page()
    assert max(map(len, page().splitlines())) <= 120
    part, found = "", dict[str, set[str]]()
    for line in page().splitlines():
        if line and not line.startswith(" "):
            head = re.match(r"\[\[(\w+)\]\]", line)
            part = head[1] if head else "top" if line == "At the top" else "" if "." in line else part
        elif part and (key := re.match(r"  (\w+)  ", line)):
            found.setdefault(part, set()).add(key[1])
    assert found == {"top": set(TOP)} | {name: set(keys) for name, keys in TABLES.items()}


def test_the_seed_of_a_file_decides_whom_faults_with_odds_strike():
    def codes(seed: int) -> list[bytes]:
        seat = Seat(build(read(f"faults = ['reject NOOP odds 50%']\nseed = {seed}\n{HOST}".encode())), STUDENT)
        seat.connect("nyu.edu", "smtp")
        seat.send(b"NOOP\r\n" * 40)
        records = (entry.record for entry in seat.world.transcript.entries)
        return [record.replies[0][:3] for record in records if isinstance(record, Exchange)]

    assert set(codes(1)) == {b"250", b"450"}
    assert codes(1) == codes(1) != codes(2)


@pytest.mark.parametrize("columns", [60, 80, 132])
@pytest.mark.parametrize("name", ["world-file", "lessons", "lesson-names"])
def test_a_page_fits_the_terminal_and_loses_no_word(name, columns):
    fitted = pages.fitted(pages.page(name), columns)
    assert fitted.split() == pages.page(name).split()
    assert max(map(len, fitted.splitlines())) <= columns


@pytest.mark.parametrize(
    ("argv", "says"),
    [
        (
            ["show", "lectur"],
            "lectur is no world of mailshell: there are lecture, discard, empty, big, hostile. Did you",
        ),
        (["show"], "world show wants the name of one world."),
        (["new", "a", "b"], "world new wants the name of one file."),
        (["list", "x"], "world list wants no name."),
        (["check"], "world check wants files."),
        (["check", "no/such.toml"], "no/such.toml: No such file or directory."),
        (["check", "/"], "/: Is a directory."),
        (["check", "a\0b"], "a␀b: embedded null byte."),
    ],
)
def test_what_world_cannot_do_is_told(argv, says, capsys):
    assert cli.main(["world", *argv]) == 2
    assert capsys.readouterr().err.startswith(f"mailshell: {says}")


def test_the_worlds_are_listed(capsys):
    assert cli.main(["world", "list"]) == 0
    out = capsys.readouterr().out.splitlines()
    assert [line.split("  ")[0] for line in out] == list(SHIPPED)
    assert out[0].endswith("The lecture's world: Alice, Bob and three servers.")


SHOP = """\
[[host]]
name = "shop.example"
address = "192.0.2.9"
voice = "classic"

[[user]]
address = "sam@shop.example"
"""


def test_commands_take_a_world_file(tmp_path, capsys):
    path = tmp_path / "shop.toml"
    path.write_text(SHOP, encoding="utf-8")
    assert piped(["smtp", "--world", str(path)], "QUIT\n") == 0
    assert "shop.example" in capsys.readouterr().out
    assert piped(["smtp", "nyu.edu", "--world", str(path)], "QUIT\n") == 2
    assert "There are shop.example." in capsys.readouterr().err
    assert piped(["run", "-", "--world", str(path)], "VRFY sam\nQUIT\n") == 0
    assert "sam <sam@shop.example>" in capsys.readouterr().out


def test_a_transcript_names_a_world_file_beside_it(tmp_path, capsys):
    folder = tmp_path / "lesson"
    folder.mkdir()
    (folder / "shop.toml").write_text(SHOP, encoding="utf-8")
    script = folder / "a.txt"
    script.write_text(
        "# world: shop.toml\n# host: shop.example\n\nC: VRFY sam\nS: 250 <sam@shop.example>\n", encoding="utf-8"
    )
    assert cli.main(["run", str(script)]) == 1
    assert "sam <sam@shop.example>" in capsys.readouterr().out
    script.write_text("# world: ship.toml\n\nC: NOOP\n", encoding="utf-8")
    assert cli.main(["run", str(script)]) == 2
    assert capsys.readouterr().err == f"mailshell: {folder / 'ship.toml'}: No such file or directory.\n"


def test_a_session_in_a_world_file_is_saved_with_it(tmp_path, capsys, monkeypatch):
    (tmp_path / "shop.toml").write_text(SHOP, encoding="utf-8")
    (tmp_path / "kept").mkdir()
    monkeypatch.chdir(tmp_path)
    assert piped(["smtp", "--world", "shop.toml"], "VRFY sam\n:save kept/a.txt\n") == 0
    assert (tmp_path / "kept" / "a.txt").read_text(encoding="utf-8").startswith("# world: ../shop.toml\n")
    capsys.readouterr()
    shutil.move(tmp_path / "kept", tmp_path / "other")
    assert cli.main(["run", "other/a.txt"]) == 0


def test_a_config_file_names_a_world_file_from_its_folder(tmp_path, capsys):
    (tmp_path / "shop.toml").write_text(SHOP, encoding="utf-8")
    config = tmp_path / "config.toml"
    config.write_text('world = "shop.toml"\n', encoding="utf-8")
    assert piped(["smtp", "--config", str(config)], "QUIT\n") == 0
    assert "shop.example" in capsys.readouterr().out


FRAGMENTS = [
    *WHOLE.splitlines(keepends=True),
    *("[[host]]\n", "[dns]\n", "x = [[[\n", "= 1\n", "'''\n", "size = 1e400\n", "name = inf\n", "host = {}\n"),
    *("age = 1979-05-27\n", f"to = 0x{'f' * 9000}\n", "domains = [1, 'a']\n", "text = '\ud7ff'\n"),
]


@settings(deadline=None)
@given(st.lists(st.sampled_from(FRAGMENTS), max_size=30), st.randoms(use_true_random=False))
def test_a_broken_file_is_told_with_places_and_never_an_error(lines, chance):
    octets = bytearray("".join(lines).encode())
    for _ in range(chance.randrange(3) if octets else 0):
        octets[chance.randrange(len(octets))] = chance.randrange(256)
    found = outcome(bytes(octets))
    if isinstance(found, WorldError):
        assert found.problems
        assert all(0 <= one.offset <= len(found.text) for one in found.problems)
        assert sorted(one.offset for one in found.problems) == [one.offset for one in found.problems]
        assert all(one.says.endswith((".", "?", "…")) for one in found.problems)
    else:
        assert read(write(found).encode()) == found
        build(found)


@settings(deadline=None)
@given(st.data())
def test_a_file_with_one_value_changed_is_read_or_told(data):
    lines = WHOLE.splitlines()
    index = data.draw(st.sampled_from([number for number, line in enumerate(lines) if " = " in line]))
    value = data.draw(
        st.sampled_from(["''", "'x'", "7", "-1", "true", "[]", "['a', 1]", "{a = 1}", "1.5", "1999-01-01", "'@'"])
    )
    lines[index] = f"{lines[index].partition(' = ')[0]} = {value}"
    found = outcome("\n".join(lines).encode())
    assert not isinstance(found, WorldError) or found.problems
    if not isinstance(found, WorldError):
        build(found)


def outcome(octets):
    try:
        return read(octets)
    except WorldError as error:
        return error


def test_a_record_of_the_seat_is_inside_where_the_networks_say_so():
    seat = Seat(build(read(starter().encode())), STUDENT)
    for host, verdict in (("mail.example", Verdict.ACCEPTED), ("shop.example", Verdict.REFUSED)):
        seat.connect(host, "smtp")
        seat.send(b"HELO x\r\nMAIL FROM:<a@b.c>\r\n")
        seat.send(b"RCPT TO:<x@else.where>\r\n")
        record = seat.world.transcript.entries[-1].record
        assert isinstance(record, Exchange)
        assert record.verdict is verdict
