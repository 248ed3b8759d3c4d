"""What each word of a command asks for, where the grammar has one rule for many words: an item, a key, a flag."""

from collections.abc import Mapping

from mailshell.core.record import Part
from mailshell.imap import flags
from mailshell.imap.commands.search import OPTIONS
from mailshell.imap.commands.status import ITEMS as STATUS
from mailshell.imap.commands.store import SAYS
from mailshell.imap.items import ITEMS, MACROS
from mailshell.imap.keys import KEYS
from mailshell.imap.ordering import ORDERS
from mailshell.imap.sections import SAYS as SECTIONS

_SECTIONS = {
    "BODY[": "a section of the message; reading it sets \\Seen",
    "BODY.PEEK[": "a section of the message; \\Seen stays as it is",
    "BINARY[": "a part without its transfer encoding; reading it sets \\Seen",
    "BINARY.PEEK[": "a part without its transfer encoding; \\Seen stays as it is",
    "BINARY.SIZE[": "the size of a part without its transfer encoding",
    "RFC822": "the whole message, an older name of BODY[]",
    "RFC822.HEADER": "the header, an older name of BODY.PEEK[HEADER]",
    "RFC822.TEXT": "the body, an older name of BODY[TEXT]",
}

WORDS: dict[str, Mapping[str, str]] = {
    "fetch-att": {**{item.name: item.card.says for item in ITEMS}, **_SECTIONS},
    "section-text": SECTIONS,
    "macro": {name: f"short for {' '.join(item.name for item in items)}" for name, items in MACROS.items()},
    "search-key": {key.name: key.card.says for key in KEYS}
    | {"NOT": "messages that do not fit the next key", "OR": "messages that fit one of the next two keys"}
    | {"UID": "messages with these uids"},
    "search-return-opt": OPTIONS,
    "sort-key": {order.name: order.card.says for order in ORDERS}
    | {f"REVERSE {order.name}": f"{order.card.says}, from the last to the first" for order in ORDERS},
    "status-att": {item.name: item.says for item in STATUS},
    "store-att-flags": SAYS,
    "flag": {name.upper(): says for name, says in flags.MEANINGS.items()},
}
"""By rule: each word, in upper case, and what it says."""


def worded(line: bytes, parts: tuple[Part, ...]) -> tuple[tuple[Part, ...], dict[str, str]]:
    """The parts of a command, with the word in the name of a rule that has many, and the glosses of these."""
    found, glosses = list[Part](), dict[str, str]()
    for part in parts:
        word = line[part.start : part.end].decode("latin-1").upper()
        says = WORDS.get(part.rule, {}).get(word)
        if says is not None:
            part = part._replace(rule=f"{part.rule} {word}")
            glosses[part.rule] = says
        found.append(part)
    return tuple(found), glosses
