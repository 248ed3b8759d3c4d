"""Every name of the reference tables is explained, and every reply of ours says what happened, by which rule."""

import re
from pathlib import Path

import pytest

from mailshell.core import tables
from mailshell.core.record import Body, Closed, Exchange, Phase, Verdict
from mailshell.imap.desk import State as ImapState
from mailshell.pop3.desk import State as Pop3State
from mailshell.shell.explain import explained
from mailshell.shell.view import View
from mailshell.shell.why import why
from mailshell.smtp.desk import State
from mailshell.smtp.replies import REPLIES
from mailshell.world.steps import Step
from tests.goldens import all_played
from tests.sections import SECTIONS

CHECKLIST = Path(__file__).parent / "checklist"
STATES = {"smtp": State, "pop3": Pop3State, "imap": ImapState}
ALL = View(depth=2, wire="marks", width=10_000)
CONTEXT = re.compile(r"(.+?) (\d{3}) (.*)")
KEYS = {
    "smtp-replies": "code",
    "smtp-reply-theory": "digit",
    "smtp-enhanced": "code",
    "smtp-commands": "command",
    "smtp-extensions": "keyword",
    "smtp-limits": "name",
    "message-headers": "field",
    "pop3-commands": "command",
    "pop3-capabilities": "capability",
    "pop3-response-codes": "code",
    "pop3-replies": "token",
    "pop3-states": "state",
    "imap-acl-rights": "right",
    "imap-capabilities": "capability",
    "imap-commands": "command",
    "imap-fetch-items": "item",
    "imap-flags": "flag",
    "imap-mailbox-attributes": "attribute",
    "imap-response-codes": "code",
    "imap-responses": "response",
    "imap-search-keys": "key",
    "imap-states": "state",
    "imap-status-items": "item",
}
"""The lists whose lines are single names, and the column of the table that has them."""


def names(file: str) -> list[str]:
    return (CHECKLIST / f"{file}.txt").read_text(encoding="utf-8").splitlines()


def shown(text: str) -> str:
    return "\n".join(explained(text, ALL))


@pytest.mark.parametrize(("file", "name"), [(file, name) for file in KEYS for name in names(file)])
def test_every_name_is_explained(file, name):
    rows = tables.find(file.replace("smtp-limits", "limits"), KEYS[file], name)
    assert rows
    text = shown(name)
    assert name.upper() in text.upper()
    for row in rows:
        assert all(section in text for section in row["section"].split("; "))
        told = [row[column] for column in ("meaning", "effect") if row.get(column, "-") != "-"]
        assert all(words.removesuffix(".").casefold() in text.casefold() for words in told)


@pytest.mark.parametrize("name", names("smtp-reply-contexts"))
def test_every_reply_is_explained_in_every_context(name):
    found = CONTEXT.fullmatch(name)
    assert found is not None
    command, code, phase = found.groups()
    (row,) = [
        row
        for row in tables.find("smtp-reply-contexts", "code", code)
        if (row["command"], row["phase"]) == (command, phase)
    ]
    for text in (shown(code), shown(f"{command} {code}")):
        assert phase in text
        assert row["note"] in text
        assert row["section"] in text


@pytest.mark.parametrize("name", names("smtp-parameters"))
def test_every_parameter_is_explained(name):
    parameter, *commands, extension = name.split(" ")
    text = shown(parameter)
    assert f"{parameter}: parameter of {' '.join(commands)}" in text
    assert f"extension: {extension}" in text


@pytest.mark.parametrize("file", [*KEYS, "smtp-parameters", "smtp-reply-contexts"])
def test_the_lists_and_the_tables_have_the_same_names(file):
    rows = tables.rows(file.replace("smtp-limits", "limits"))
    if file == "smtp-parameters":
        found = {f"{row['parameter']} {row['command']} {row['extension']}" for row in rows}
    elif file == "smtp-reply-contexts":
        found = {f"{row['command']} {row['code']} {row['phase']}" for row in rows}
    else:
        found = {row[KEYS[file]] for row in rows}
    assert found == set(names(file))


@pytest.mark.parametrize("depth", [0, 1, 2])
def test_a_depth_says_as_much_as_it_should(depth):
    for file in KEYS:
        for name in names(file):
            lines = explained(name, View(depth=depth))
            assert lines
            assert all(line.isprintable() for line in lines)
            if depth:
                assert re.search(r"RFC \d+|IANA", lines[-1] + lines[-2])


def test_every_table_has_a_place_for_each_row():
    for file in (*KEYS, "smtp-reply-contexts", "limits"):
        if file == "smtp-limits":
            continue  # the names of a table that has another name
        if file in ("smtp-replies", "smtp-extensions", "message-headers"):
            continue  # some of their rows rest on a registry, or on an RFC as a whole
        for row in tables.rows(file):
            if row["section"].startswith("IANA") or row["section"] == "RFC 1957":
                continue  # registered without an RFC; an RFC of one page, without sections
            cite = tables.cite(row["section"])
            assert cite is not None
            assert cite.section in SECTIONS[cite.rfc].split()
    assert tables.cite("RFC 821") is None


def test_a_line_of_a_table_that_stands_beside_the_wire_is_short():
    for file in (
        "smtp-commands",
        "smtp-extensions",
        "pop3-commands",
        "pop3-capabilities",
        "pop3-response-codes",
        "imap-commands",
    ):
        assert [row["says"] for row in tables.rows(file) if not 0 < len(row["says"]) <= 36] == []


def test_every_reply_of_ours_says_what_happened_which_rule_and_what_is_legal_now():
    """In every phase in which a golden transcript has it."""
    seen: set[tuple[str, Phase]] = set()
    for golden in all_played().values():
        for entry in golden.seat.world.transcript.entries:
            record = entry.record
            if isinstance(record, Body | Closed) or (record.card.name, record.after) in seen:
                continue
            if entry.wire.number not in golden.seat.world.links:  # between hosts, and over
                continue
            seen.add((record.card.name, record.after))
            link = golden.seat.world.links[entry.wire.number]
            link.session.restore(STATES[entry.wire.protocol](phase=record.after))
            text = " ".join(" ".join(why(Step(1, 1, entry), link, [], View(width=10_000))).split())
            assert f"what {record.card.name}: {record.card.more}" in text
            assert f"rule {record.card.cite}" in text
            assert f"phase {record.after.value}" in text
            assert ("legal " in text) is bool(link.session.legal())
            if isinstance(record, Exchange) and record.verdict is Verdict.REFUSED:
                assert record.because
                assert f"why {record.because}" in text
    assert {wording.card.name for wording in REPLIES} - {name for name, _ in seen} == {"shutting down"}
