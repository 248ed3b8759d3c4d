"""What is known about a word of POP3: from our own cards, and from the tables."""

from collections.abc import Iterator

from mailshell.core import tables
from mailshell.core.elsewhere import Fact, joined, kept
from mailshell.core.session import Topic
from mailshell.core.tables import Cells
from mailshell.mail.host import Traits
from mailshell.pop3 import PROTOCOL, eras
from mailshell.pop3.capabilities import CAPABILITIES
from mailshell.pop3.eras import YEARS
from mailshell.pop3.replies import REPLIES
from mailshell.pop3.wording import Wording

_TABLES = {
    "pop3-commands": "command",
    "pop3-capabilities": "capability",
    "pop3-response-codes": "code",
    "pop3-replies": "token",
    "pop3-states": "state",
}
"""The tables, and the column that has the name."""


def facts(text: str, traits: Traits) -> list[Fact]:
    """What is known about a word of POP3, and whether a server with these traits knows it."""
    wanted = text.upper()
    found = [*_commands(wanted), *_capabilities(wanted), *_codes(wanted, traits), *_replies(wanted, traits)]
    found += _states(wanted)
    return [dated(fact, traits) for fact in found or _topics(wanted)]


def names() -> Iterator[tuple[str, str]]:
    """Every word of POP3 that can be explained, and under which name."""
    for table, column in _TABLES.items():
        yield from ((row[column], row[column]) for row in tables.rows(table))
    yield from ((topic.card.name, topic.card.name) for topic in PROTOCOL.topics)


def dated(fact: Fact, traits: Traits) -> Fact:
    """A fact with the sentence that the server does not know the word, where that is so."""
    if not fact.kind.startswith("POP3"):
        return fact
    return fact._replace(late=YEARS.later(fact.origin or fact.name, fact.section, traits.era))


def _commands(wanted: str) -> Iterator[Fact]:
    """A command; QUIT has a row for each state in which it does something else."""
    rows = tables.find("pop3-commands", "command", wanted)
    columns = ("state", "effect", "syntax", "status", "answer", "success", "refusal", "rules", "codes")
    fields = dict.fromkeys(kept((name, row[name]) for row in rows for name in columns))
    topic = next((one for one in PROTOCOL.topics if one.card.name == wanted and one.syntax), None)
    if topic is not None and rows:
        card = topic.card
        examples = (("as in", example) for example in topic.examples)
        section = joined("; ".join([str(card.cite), *(row["section"] for row in rows)]))
        told = (*examples, *fields, *card.parts.items())
        yield Fact(wanted, "POP3 command", card.says, card.more, "", told, section)
    elif rows:
        yield Fact(wanted, "POP3 command", rows[0]["says"], rows[0]["effect"], "", tuple(fields), rows[0]["section"])


def _capabilities(wanted: str) -> Iterator[Fact]:
    """A capability: in our own words, where a server here may have it."""
    for row in tables.find("pop3-capabilities", "capability", wanted):
        columns = ("arguments", "adds", "affects", "announced", "after_login", "valid_in")
        fact = _plain("capability", "POP3 capability", row, columns)
        ours = [one.card for one in CAPABILITIES if one.tag == fact.name]
        if ours:
            fields = (("meaning", row["meaning"]), *fact.fields)
            fact = fact._replace(says=ours[0].says, more=ours[0].more, fields=fields)
        yield fact


def _codes(wanted: str, traits: Traits) -> Iterator[Fact]:
    """A response code, with its brackets or without."""
    for row in tables.find("pop3-response-codes", "code", wanted.removeprefix("[").removesuffix("]")):
        fact = _plain("code", "POP3 response code", row, ("commands", "announced_by"))
        ours = tuple(("here", _ours(one, traits)) for one in REPLIES if one.code == row["code"])
        yield fact._replace(name=f"[{row['code']}]", next=row["next"], fields=(*fact.fields, *ours), origin=row["code"])


def _replies(wanted: str, traits: Traits) -> Iterator[Fact]:
    for row in tables.find("pop3-replies", "token", wanted):
        fact = _plain("token", f"POP3 {row['kind']}", row, ("rule",))
        ours = tuple(("here", _ours(one, traits)) for one in REPLIES if one.status == row["token"])
        yield fact._replace(fields=(*fact.fields, *ours))


def _ours(one: Wording, traits: Traits) -> str:
    """A reply of our own server as it is sent, and what it means."""
    classic = traits.voice == "classic"
    line = one().lines(classic=classic, language="en", gives=lambda code: not classic)[0].decode().rstrip()
    line = line.replace("{", "<").replace("}", ">")
    return f'{one.card.name}, "{line}": {one.card.more} {one.card.cite}'


def _states(wanted: str) -> Iterator[Fact]:
    for row in tables.find("pop3-states", "state", wanted):
        columns = ("entered_by", "commands", "left_by", "next_state", "facts")
        fact = _plain("state", "POP3 state", row, columns)
        ours = [topic.card for topic in PROTOCOL.topics if topic.card.name.upper() == wanted and not topic.syntax]
        yield fact._replace(fields=(*fact.fields, *(("here", card.more) for card in ours)))


def _topics(wanted: str) -> Iterator[Fact]:
    """What only our own cards tell."""
    for topic in PROTOCOL.topics:
        if topic.card.name.upper() == wanted:
            card = topic.card
            yield Fact(card.name, _kind(topic), card.says, card.more, card.next, (), str(card.cite))


def _kind(topic: Topic) -> str:
    if topic.card in eras.CARDS:
        return "POP3 era"
    return "POP3 command" if topic.syntax else "POP3 phase" if topic.card in PROTOCOL.phases.values() else "POP3"


def _plain(key: str, kind: str, row: Cells, columns: tuple[str, ...]) -> Fact:
    """A row of a table as it is."""
    fields = kept((name.replace("_", " "), row[name]) for name in columns)
    return Fact(row[key], kind, row["says"], row["meaning"], "", fields, row["section"])
