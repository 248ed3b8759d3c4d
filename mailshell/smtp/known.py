"""What is known about a word of SMTP: from our own cards, and from the tables."""

import re
from collections.abc import Iterator

from mailshell.core import tables
from mailshell.core.elsewhere import Fact, joined, kept
from mailshell.core.record import Cite
from mailshell.core.session import Topic
from mailshell.core.tables import Cells
from mailshell.mail.host import Traits
from mailshell.smtp import PROTOCOL, eras, phases
from mailshell.smtp.commands.data import END_CARD
from mailshell.smtp.extensions import EXTENSIONS
from mailshell.smtp.replies import EHLO_OK, NOT_YET, REPLIES
from mailshell.smtp.wording import Wording

_FINER = "ENHANCEDSTATUSCODES"
_PRIVATE_VERB = re.compile(r"[Xx]-[A-Za-z0-9]+|X[A-Z0-9]+")
_BLANK = re.compile(r"\{(\w+)\}")
_EXTENSION_OF = {one.card.cite.rfc: one.keyword for one in EXTENSIONS if one.card.cite.rfc != 5321}
"""The keyword whose RFC a reply rests on."""
_CODE = re.compile(r"[0-9]{3}")
_ENHANCED = re.compile(r"([245X])\.([0-9]{1,3}|X)\.([0-9]{1,3}|X)")
_CONTEXT = re.compile(r"(\S+|\([A-Z ]+\)) ([0-9]{3})")


def facts(text: str, traits: Traits) -> list[Fact]:
    """What is known about a word, a code or a name of SMTP, and whether a server with these traits knows it."""
    return [dated(fact, traits) for fact in _facts(text, traits)]


def _facts(text: str, traits: Traits) -> list[Fact]:
    if _CODE.fullmatch(text):
        return code(text, traits)
    wanted = text.upper()
    if (found := _ENHANCED.fullmatch(wanted)) is not None:
        return enhanced(*found.groups())
    if (found := _CONTEXT.fullmatch(wanted)) is not None and (context := _in_context(found[1], found[2], traits)):
        return context
    known = [*_commands(wanted), *_keywords(wanted), *_parameters(wanted), *_others(wanted)]
    return known or _private(text)


def dated(fact: Fact, traits: Traits) -> Fact:
    """A fact with the sentence that the server does not know the word, where that is so."""
    late = eras.later(fact.origin or fact.name, fact.section, traits.era)
    if not late and traits.voice == "classic" and fact.kind in ("EHLO keyword", "parameter"):
        late = "The classic voice offers no extensions."
    return fact._replace(late=late)


def _private(text: str) -> list[Fact]:
    """A verb that begins with X: anybody may make one up."""
    out = []
    if _PRIVATE_VERB.fullmatch(text):
        (row,) = tables.find("smtp-commands", "command", "X...")
        fields = _row_fields(row, "syntax", "when", "effect", "success", "errors")
        more = "Client and server must have agreed on it. A server that does not know it answers 500."
        out.append(Fact(text.upper(), "SMTP command", row["says"], more, "", fields, row["section"]))
    return out


def code(text: str, traits: Traits) -> list[Fact]:
    """A reply code: the table's words, its digits, the commands that it answers, the replies of our own server."""
    ours = tuple(("here", _ours(one, traits)) for one in REPLIES if str(one.code) == text and _speaks(one, traits))
    digits = tuple(("digit", f"{row['digit']} {row['name']}: {row['meaning']}") for row in _digits(text))
    contexts = tuple((_after(row), f"{row['note']}. {row['section']}") for row in tables.find(_CONTEXTS, "code", text))
    for row in tables.find("smtp-replies", "code", text):
        fields = (*digits, *contexts, *ours)
        return [Fact(text, "reply code", row["name"], row["meaning"], row["next"], fields, row["section"])]
    (rule,) = tables.find(_THEORY, "digit", "out of range" if text[0] not in "2345" else "unknown code")
    says = rule["name"] if text[0] not in "2345" else _digits(text)[0]["name"]
    return [Fact(text, "reply code", says, rule["meaning"], rule["next"], digits, rule["section"])]


def _speaks(one: Wording, traits: Traits) -> bool:
    """Whether a server of that era and voice can give this reply."""
    if one is NOT_YET:
        return traits.era != "today"
    word = "EHLO" if one is EHLO_OK else _EXTENSION_OF.get(one.card.cite.rfc)
    return word is None or (traits.voice != "classic" and eras.known(word, traits.era))


def _ours(one: Wording, traits: Traits) -> str:
    """A reply of our own server as it is sent, and what it means."""
    classic = traits.voice == "classic"
    finer = eras.known(_FINER, traits.era)
    line = one().lines(classic=classic, enhanced=finer, early=traits.era == "1982")[0].decode().rstrip()
    line = _BLANK.sub(r"<\1>", line)
    return f'{one.card.name}, "{line}": {one.card.more} {one.card.cite}'


_CONTEXTS, _THEORY = "smtp-reply-contexts", "smtp-reply-theory"


def _digits(text: str) -> list[Cells]:
    wanted = (f"{text[0]}yz", f"x{text[1]}z")
    return [row for digit in wanted for row in tables.find(_THEORY, "digit", digit)]


def _after(row: Cells) -> str:
    return f"{row['command']}, {row['phase']}"


def _in_context(command: str, text: str, traits: Traits) -> list[Fact]:
    found = [row for row in tables.find(_CONTEXTS, "code", text) if row["command"].upper() == command]
    if not found:
        return []
    general = code(text, traits)[0]
    fields = tuple((row["phase"], f"{row['note']}. {row['section']}") for row in found)
    says = found[0]["note"].split(";")[0]
    return [Fact(f"{command} {text}", "reply", says, general.more, general.next, fields, found[0]["section"])]


def enhanced(kind: str, subject: str, detail: str) -> list[Fact]:
    """An enhanced status code, its class, its subject; a pattern such as X.7.X is one too."""
    wanted = (f"{kind}.X.X", f"X.{subject}.X", f"X.{subject}.{detail}")
    found = [row for name in dict.fromkeys(wanted) for row in tables.find("smtp-enhanced", "code", name)]
    if not found:
        return []
    last = found[-1]
    name = f"{kind}.{subject}.{detail}"
    around = tuple((row["code"], f"{row['name']}. {row['meaning']}") for row in found[:-1])
    more = last["meaning"]
    if subject != "X" and not tables.find("smtp-enhanced", "code", wanted[2]):
        more = f"The detail {detail} is not registered. {more}"
    classes = f"{last['classes']} stands before it" if last["classes"] != "-" else "-"
    fields = (*around, ("class", classes), ("with", "-" if last["replies"] == "-" else f"reply code {last['replies']}"))
    return [
        Fact(
            name,
            "enhanced status code",
            last["name"],
            more,
            "",
            kept((head, text) for head, text in fields if text != "reply code not given"),
            last["section"],
            _FINER,
        )
    ]


def _row_fields(row: Cells, *names: str) -> tuple[tuple[str, str], ...]:
    return kept((name, row[name]) for name in names)


def _topics(wanted: str) -> list[Topic]:
    return [topic for topic in PROTOCOL.topics if topic.card.name.upper() == wanted]


def _commands(wanted: str) -> list[Fact]:
    out = []
    for row in tables.find("smtp-commands", "command", wanted):
        fields = _row_fields(row, "syntax", "when", "effect", "intermediate", "success", "errors")
        fields += kept([("with PIPELINING", row["pipelining"])])
        topic = next(iter(_topics(wanted)), None)
        if topic is None:
            more = f"Effect: {row['effect']}."
            out.append(Fact(wanted, "SMTP command", row["says"], more, "", fields, row["section"]))
            continue
        card = topic.card
        parts = tuple((rule, gloss) for rule, gloss in card.parts.items())
        examples = tuple(("as in", example) for example in topic.examples)
        out.append(
            Fact(
                wanted,
                "SMTP command",
                card.says,
                card.more,
                "",
                (*examples, *fields, *parts),
                joined(f"{card.cite}; {row['section']}"),
            )
        )
    return out


def _keywords(wanted: str) -> list[Fact]:
    out = []
    for row in tables.find("smtp-extensions", "keyword", wanted):
        fields = _row_fields(row, "name", "values", "commands", "parameters", "submission", "status")
        card = next((topic.card for topic in _topics(wanted) if not topic.examples and not topic.syntax), None)
        # Our own card tells more than a row of the table, where we offer the extension.
        says, more = row["says"], row["meaning"]
        if card is not None:
            says, more, fields = card.says, card.more, (("in short", row["meaning"]), *fields)
        out.append(Fact(wanted, "EHLO keyword", says, more, "", fields, row["section"]))
    return out


def _parameters(wanted: str) -> list[Fact]:
    out = []
    for row in tables.find("smtp-parameters", "parameter", wanted):
        fields = _row_fields(row, "syntax", "extension", "length", "errors")
        says = f"parameter of {row['command']}: {row['syntax']}"
        out.append(Fact(wanted, "parameter", says, row["meaning"], "", fields, row["section"], row["extension"]))
    return out


def _others(wanted: str) -> list[Fact]:
    out = [
        Fact(
            topic.card.name,
            _kind(topic),
            topic.card.says,
            topic.card.more,
            topic.card.next,
            (),
            str(topic.card.cite),
        )
        for topic in (*_topics(wanted), *([Topic(END_CARD, "", ())] if wanted == "." else []))
        if not tables.find("smtp-commands", "command", wanted)
        and not tables.find("smtp-extensions", "keyword", wanted)
        and not tables.find("smtp-parameters", "parameter", wanted)
    ]
    for row in tables.find(_THEORY, "digit", wanted.replace("XX", "YZ")):
        out.append(
            Fact(
                row["digit"],
                _position(row),
                row["name"],
                row["meaning"],
                row["next"],
                (),
                row["section"],
            )
        )
    return out + _rules(wanted)


def _rules(wanted: str) -> list[Fact]:
    """A rule of the grammar, by its name in the RFC, with each command that has it."""
    found: dict[str, tuple[str, str, Cite]] = {}
    for topic in PROTOCOL.topics:
        for rule, gloss in topic.card.parts.items():
            if rule.upper() == wanted and rule != topic.card.name and not _known_elsewhere(wanted):
                found.setdefault(topic.card.name, (rule, gloss, topic.card.cite))
    return [Fact(rule, f"part of {name}", gloss, "", "", (), str(cite)) for name, (rule, gloss, cite) in found.items()]


def _kind(topic: Topic) -> str:
    if topic.card in eras.CARDS:
        return "SMTP era"
    return "SMTP phase" if topic.card in phases.CARDS.values() else "SMTP line"


def _position(row: Cells) -> str:
    return "rule of replies" if row["position"] == "rule" else f"{row['position']} digit of a reply code"


def _known_elsewhere(wanted: str) -> bool:
    return bool(tables.find("smtp-parameters", "parameter", wanted))


def names() -> Iterator[tuple[str, str]]:
    """Every word of SMTP that can be explained, and under which name."""
    columns = {"smtp-commands": "command", "smtp-extensions": "keyword", "smtp-parameters": "parameter"}
    for table, column in columns.items():
        yield from ((row[column], row[column]) for row in tables.rows(table))
    yield from ((topic.card.name, topic.card.name) for topic in PROTOCOL.topics)
