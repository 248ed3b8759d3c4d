"""Everything that mailshell knows about a word of mail: what each protocol knows, terms, header fields, limits."""

import re
from collections.abc import Iterator

from mailshell.core import tables
from mailshell.core.elsewhere import Fact, kept
from mailshell.mail.headers import OPTIONAL, card_of
from mailshell.mail.host import Traits
from mailshell.mail.kinds import KINDS
from mailshell.protocols import readers
from mailshell.shell.text import safe, wrap
from mailshell.shell.view import View

TODAY = Traits()
"""A server as they are now."""
_PRIVATE_FIELD = re.compile(r"[Xx](-[A-Za-z0-9]+)+")


def facts(text: str, traits: Traits = TODAY, protocol: str = "") -> list[Fact]:
    """What is known about a word, a code or a name; empty where it is nothing that we know.

    A server with these traits is the one whose replies are quoted, and in whose year a word is old or not. What a
    `protocol` says comes first.
    """
    wanted = text.upper()
    common = [*_terms(wanted), *_header_fields(wanted), *_limits(wanted), *_faults(wanted)] or _private(text)
    asked = sorted(readers().items(), key=lambda pair: pair[0] != protocol)
    own = [fact for _, reader in asked for fact in reader.facts(text, traits)]
    others = [_dated(fact, traits) for fact in common]
    # A number that has a name is a port sooner than a reply code.
    return others + own if text.isdecimal() else own + others


def _dated(fact: Fact, traits: Traits) -> Fact:
    dated = [reader.dated(fact, traits) for reader in readers().values()]
    return next((one for one in dated if one.late), fact)


def _terms(wanted: str) -> list[Fact]:
    """A word that people use for a thing of mail, under any of its names."""
    out = []
    for row in tables.rows("terms"):
        also = [] if row["also"] == "-" else row["also"].split("; ")
        if wanted in (name.upper() for name in (row["term"], *also)):
            fields = (("also", ", ".join(also)),) if also else ()
            out.append(Fact(row["term"], "term", row["says"], row["meaning"], "", fields, row["section"]))
    return out


def _header_fields(wanted: str) -> list[Fact]:
    out = []
    for row in tables.find("message-headers", "field", wanted):
        fields = kept((name, row[name]) for name in ("syntax", "set_by", "min", "max", "group"))
        card = card_of(row["field"].lower().encode())
        says = card.says if card is not OPTIONAL else row["meaning"].removesuffix(".")
        out.append(
            Fact(row["field"], f"header field, {row['group']}", says, row["meaning"], "", fields, row["section"])
        )
    return out


def _limits(wanted: str) -> list[Fact]:
    out = []
    for row in tables.find("limits", "name", wanted):
        says = f"{row['value']} {row['unit']}, {row['kind']}"
        more = "" if row["meaning"] == "-" else row["meaning"]
        out.append(Fact(row["name"], "limit", says, more, "", (), row["section"]))
    return out


def _faults(wanted: str) -> list[Fact]:
    """A kind of fault that may be put into a world."""
    kind = KINDS.get(wanted.lower())
    if kind is None:
        return []
    card = kind.card
    more = f"{card.more} It is written :fault {kind.syntax}."
    return [Fact(card.name, "fault", card.says, more, card.next, (), str(card.cite))]


def _private(text: str) -> list[Fact]:
    """A header field that begins with X: anybody may make one up."""
    if not _PRIVATE_FIELD.fullmatch(text):
        return []
    (row,) = tables.find("message-headers", "field", "(optional field)")
    more = "A program has made this field up, and only such programs know what it means. Servers do not read it."
    return [Fact(text, "header field, private", "a field of no standard", more, "", (), row["section"])]


def _names() -> Iterator[tuple[str, str]]:
    """Every word that can be explained, and under which name, for the nearest ones to a word that cannot."""
    for reader in readers().values():
        yield from reader.names()
    yield from ((name, name) for name in KINDS)
    for table, column in {"message-headers": "field", "limits": "name", "terms": "term"}.items():
        yield from ((row[column], row[column]) for row in tables.rows(table))
    for row in tables.rows("terms"):
        yield from ((name, row["term"]) for name in row["also"].split("; ") if name != "-")


def nearest(text: str) -> list[str]:
    """The names that look most like a text, and those that have it in them; of the names of one thing the nearest."""
    from difflib import get_close_matches

    known = {name.upper(): (name, meant) for name, meant in _names()}
    near = get_close_matches(text.upper(), known, 4, 0.6)
    inside = [name for name in known if len(text) > 3 and text.upper() in name]
    found: dict[str, str] = {}
    for name, meant in (known[one] for one in [*near, *inside]):
        found.setdefault(meant.upper(), name)
    return list(found.values())[:5]


def fact_lines(fact: Fact, view: View) -> list[str]:
    """One line at depth 0, some sentences at depth 1, every field at depth 2."""
    if view.depth == 0:
        late = f" ({fact.late.removesuffix('.')})" if fact.late else ""
        return [safe(f"{fact.name}: {fact.says}{late}", ascii_only=view.ascii)]
    head = f"{fact.name}: {fact.says} ({fact.kind})"
    texts = [fact.more] if fact.more.removesuffix(".").casefold() != fact.says.casefold() else []
    if fact.late:
        texts.insert(0, fact.late)
    if fact.next:
        texts.append(f"next: {fact.next}")
    if view.depth == 2:
        texts += [f"{name}: {text}" for name, text in fact.fields]
    texts.append(fact.section if view.depth == 2 else fact.section.split(";")[0])
    out = [f"   {row}" for row in wrap(safe(head, ascii_only=view.ascii), max(view.width - 3, 30))]
    for text in texts:
        out += [f"     {row}" for row in wrap(safe(text, ascii_only=view.ascii), max(view.width - 5, 30))]
    return out
