"""What is known about a word of IMAP: from our own cards, and from the tables."""

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from mailshell.core import tables
from mailshell.core.elsewhere import Fact, joined, kept
from mailshell.core.record import Card
from mailshell.core.session import Topic
from mailshell.core.tables import Cells
from mailshell.imap import PROTOCOL, eras
from mailshell.imap.capabilities import CAPABILITIES
from mailshell.imap.commands.status import ITEMS as STATUS
from mailshell.imap.eras import CODE_YEARS, YEARS
from mailshell.imap.flags import MEANINGS
from mailshell.imap.items import ITEMS
from mailshell.imap.keys import KEYS
from mailshell.imap.listing import ATTRIBUTES
from mailshell.imap.phases import CARDS, Phase
from mailshell.imap.replies import REPLIES
from mailshell.imap.wording import Wording
from mailshell.imap.words import CODES, RESPONSES
from mailshell.mail.host import Traits

_COMMAND = "IMAP command"
_CODE = "IMAP response code"
_SECTION = re.compile(r"(BODY|BODY\.PEEK|BINARY|BINARY\.PEEK|BINARY\.SIZE)\[.*\](?:<[0-9.]+>)?")
_LITERAL = re.compile(r"~?\{([0-9]{1,10})(\+?)\}")
_VALUE = re.compile(r"(.+=).+")


class _Source(NamedTuple):
    """A table: the column that has the name, what kind of thing it is, the cells to tell, our own cards and glosses."""

    column: str
    kind: str
    cells: tuple[str, ...]
    cards: Mapping[str, Card]
    says: Mapping[str, str] = {}


_TABLES = {
    "imap-responses": _Source("response", "IMAP response", ("kind", "syntax", "caused_by"), {}, RESPONSES),
    "imap-response-codes": _Source("code", _CODE, ("arguments", "appears_in"), {}, CODES),
    "imap-capabilities": _Source(
        "capability", "IMAP capability", ("in_rev2",), {one.keyword.upper(): one.card for one in CAPABILITIES}
    ),
    "imap-fetch-items": _Source(
        *("item", "IMAP FETCH item", ("kind", "syntax", "value", "seen")), {one.name: one.card for one in ITEMS}
    ),
    "imap-search-keys": _Source("key", "IMAP SEARCH key", ("argument", "where"), {one.name: one.card for one in KEYS}),
    "imap-status-items": _Source(
        "item", "IMAP STATUS item", ("value", "where"), {}, {one.name: one.says for one in STATUS}
    ),
    "imap-flags": _Source("flag", "IMAP flag", ("kind", "set_by", "where"), {}, MEANINGS),
    "imap-mailbox-attributes": _Source("attribute", "IMAP mailbox attribute", ("kind",), {}, ATTRIBUTES),
    "imap-states": _Source("state", "IMAP state", ("entered_by", "commands", "transitions", "facts"), {}),
    "imap-acl-rights": _Source("right", "IMAP ACL right", (), {}),
}
"""What is no command; of those some words have the same name as one of these."""


def facts(text: str, traits: Traits) -> list[Fact]:
    """What is known about a word of IMAP, and whether a server with these traits knows it."""
    wanted = text.upper()
    found = [*_commands(wanted), *_literals(wanted)]
    for name, source in _TABLES.items():
        found += _rows(name, source, wanted, traits)
    return [dated(fact, traits) for fact in found or _topics(wanted)]


def names() -> Iterator[tuple[str, str]]:
    """Every word of IMAP that can be explained, and under which name."""
    yield from ((row["command"], row["command"]) for row in tables.rows("imap-commands"))
    for name, source in _TABLES.items():
        yield from ((row[source.column], row[source.column]) for row in tables.rows(name))
    yield from ((topic.card.name, topic.card.name) for topic in PROTOCOL.topics)


def dated(fact: Fact, traits: Traits) -> Fact:
    """A fact with the sentence that the server does not know the word, where that is so."""
    if not fact.kind.startswith("IMAP"):
        return fact
    years = CODE_YEARS if fact.kind == _CODE else YEARS
    return fact._replace(late=years.later(fact.origin or fact.name, fact.section, traits.era))


def says(row: Cells) -> str:
    """What a row says, as it stands beside a line: no sentence, only its words."""
    text = row["meaning"].removesuffix(".")
    return text if text[1:2].isupper() or not text[:1].isalpha() else text[0].lower() + text[1:]


def row_of(table: str, word: str) -> Cells | None:
    """The row of a table that tells of a word as it stands on the wire; a value after = is left out."""
    source = _TABLES[table]
    value = _VALUE.fullmatch(word)
    for name in (word, *((value[1], value[1].removesuffix("=")) if value is not None else ())):
        for row in tables.find(table, source.column, name):
            return row
    return None


def _literals(wanted: str) -> Iterator[Fact]:
    """A number in braces, at the end of a line."""
    found = _LITERAL.fullmatch(wanted)
    if found is not None:
        card, size = CARDS[Phase.LITERAL], int(found[1])
        waits = "The plus sign says that the client does not wait for the server." if found[2] else ""
        says = f"{size:,} {'octet follows' if size == 1 else 'octets follow'} the line"
        yield Fact(wanted, "IMAP literal", says, f"{card.more} {waits}".strip(), card.next, (), str(card.cite))


def _commands(wanted: str) -> Iterator[Fact]:
    """A command, in our own words where a server here has it."""
    for row in tables.find("imap-commands", "command", wanted):
        columns = ("states", "syntax", "untagged", "ok", "no", "bad", "capability", "note")
        fields = kept((name, row[name]) for name in columns)
        topic = next((one for one in PROTOCOL.topics if one.card.name == wanted and one.syntax), None)
        if topic is None:
            more = "" if row["note"] == "-" else row["note"]
            yield Fact(wanted, _COMMAND, row["says"], more, "", fields, row["section"])
        else:
            card = topic.card
            examples = (("as in", example) for example in topic.examples)
            told = (*examples, *fields, *card.parts.items())
            yield Fact(wanted, _COMMAND, card.says, card.more, "", told, joined(f"{card.cite}; {row['section']}"))


def _rows(table: str, source: _Source, wanted: str, traits: Traits) -> Iterator[Fact]:
    """The rows of a table for a word: several where one word has two meanings."""
    if table == "imap-response-codes" and wanted.startswith("["):
        wanted = wanted.strip("[]").partition(" ")[0]
    section, value = _SECTION.fullmatch(wanted), _VALUE.fullmatch(wanted)
    found = tables.find(table, source.column, wanted)
    if not found and table == "imap-fetch-items" and section is not None:
        found = tables.find(table, source.column, f"{section[1]}[]")
    if not found and table == "imap-capabilities" and value is not None:
        row = row_of(table, wanted)
        found = () if row is None else (row,)
    for row in found:
        yield _fact(table, source, row, traits)


def _fact(table: str, source: _Source, row: Cells, traits: Traits) -> Fact:
    name = row[source.column]
    fields = kept((column.replace("_", " "), row[column]) for column in source.cells)
    fact = Fact(name, source.kind, source.says.get(name) or says(row), row["meaning"], "", fields, row["section"], name)
    card = source.cards.get(name.upper())
    if card is not None and row.get("kind", "item") in ("item", "macro"):
        fields = (("meaning", row["meaning"]), *fields)
        fact = fact._replace(says=card.says, more=card.more or row["meaning"], fields=fields)
    if table == "imap-response-codes":
        ours = tuple(("here", _ours(one)) for one in REPLIES if one.code.split(" ")[0] == name)
        fact = fact._replace(name=f"[{name}]", next="" if row["next"] == "-" else row["next"], fields=(*fields, *ours))
    if table == "imap-responses" and row["kind"] in ("status", "continuation"):
        ours = tuple(("here", _ours(one)) for one in REPLIES if one.status == name)
        fact = fact._replace(fields=(*fields, *ours))
    return fact


def _ours(one: Wording) -> str:
    """A reply of our own server as it is sent, and what it means."""
    line = b"".join(one().lines(b"a1", lambda code: True)).decode().rstrip().replace("{", "<").replace("}", ">")
    return f'{one.card.name}, "{line}": {one.card.more} {one.card.cite}'


def _topics(wanted: str) -> Iterator[Fact]:
    """What only our own cards tell."""
    for topic in PROTOCOL.topics:
        if topic.card.name.upper() == wanted:
            card = topic.card
            yield Fact(card.name, _kind(topic), card.says, card.more, card.next, (), str(card.cite))


def _kind(topic: Topic) -> str:
    if topic.card in eras.CARDS:
        return "IMAP era"
    return _COMMAND if topic.syntax else "IMAP phase" if topic.card in PROTOCOL.phases.values() else "IMAP"
