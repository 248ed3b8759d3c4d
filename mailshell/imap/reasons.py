"""Why a line was refused, in sentences for the student; none of this goes on the wire."""

from collections.abc import Iterable
from functools import partial

from mailshell.core import reasons
from mailshell.core.record import Fault, Phase
from mailshell.imap import eras, flags, grammar, limits, names
from mailshell.imap import phases as imap
from mailshell.imap.desk import Desk
from mailshell.imap.replies import (
    ALREADY_IN,
    BAD_SYNTAX,
    CROWDED,
    LOG_IN_FIRST,
    NAME_CANNOT,
    NO_SUCH_MAILBOX,
    NO_TAG,
    NOT_NOW,
    NOT_OFFERED,
    SELECT_FIRST,
    TRY_CREATE,
    UNKNOWN_COMMAND,
    VALUE_CANNOT,
)
from mailshell.imap.wording import Reply
from mailshell.mail.state import Box

CRLF = reasons.crlf("IMAP")


def closed_early(phase: Phase) -> str:
    """What an end without LOGOUT means in this phase."""
    if phase in (imap.Phase.LITERAL, imap.Phase.SECRET, imap.Phase.REST):
        return "The connection ended in the middle of a command, which was not carried out."
    return "The connection ended without LOGOUT. Messages with \\Deleted are still there."


def legal(desk: Desk, phase: Phase) -> str:
    """The commands that this server takes in a phase, as a list in a sentence."""
    found = (one.card.name for one in desk.commands if phase in one.when and one.offered(desk.offers))
    return " ".join(dict.fromkeys(name.partition(" ")[0] for name in found))


def no_tag(line: bytes, desk: Desk) -> Reply:
    """The line does not begin with a tag and a space."""
    word = reasons.first_word(line).upper()
    if any(word == one.card.name.split(" ")[0].encode() for one in desk.commands):
        name = word.decode("ascii")
        return NO_TAG(f"The line begins with {name} alone. A tag stands before it, as in {desk.tag} {name}.")
    because = reasons.no_verb(line, "an IMAP", legal(desk, desk.standing))
    return NO_TAG(because or f'A tag is one word without ( ) {{ % * + " or \\, as in {desk.tag} NOOP.')


def misplaced(tag: bytes, desk: Desk) -> str:
    """Why no command follows a tag that is itself the name of a command; empty where it is none."""
    name = tag.strip().upper()
    if not any(name == one.card.name.split(" ")[0].encode() for one in desk.commands):
        return ""
    word = name.decode("ascii")
    return f"{word} stands where the tag stands. A tag goes before it, as in {desk.tag} {word}."


def unknown(line: bytes, start: int, phase: Phase, desk: Desk) -> Reply:
    """The word after the tag is no verb; the nearest one is named."""
    rest, now = line[start:], legal(desk, phase)
    word = reasons.first_word(rest)
    if because := misplaced(line[:start], desk):
        return UNKNOWN_COMMAND(because)
    if rest.startswith(b" ") and rest.strip():
        return UNKNOWN_COMMAND("More than one space stands after the tag. The command comes after the first.")
    if not word:
        return UNKNOWN_COMMAND(f"The line has a tag and no command. Legal now: {now}.")
    if because := reasons.no_verb(rest, "an IMAP", now):
        return UNKNOWN_COMMAND(because)
    if word.upper() == b"UID":
        after = "UID stands before FETCH, STORE, COPY, MOVE, SEARCH, SORT, THREAD or EXPUNGE, which then take uids."
        return UNKNOWN_COMMAND(after)
    later = partial(eras.YEARS.later, era=desk.host.traits.era)
    if because := reasons.not_here("imap-commands", word.decode("latin-1").upper(), now, later):
        return UNKNOWN_COMMAND(because)
    offered = (one for one in desk.commands if one.offered(desk.offers))
    return UNKNOWN_COMMAND(reasons.no_command(word, offered, now))


def not_offered(name: str, desk: Desk) -> Reply:
    """The verb is known, and this server does not have it, or has not heard of it yet."""
    return NOT_OFFERED(f"{eras.YEARS.absent(name, desk.host.traits.era)} Legal now: {legal(desk, desk.standing)}.")


def wrong_order(name: str, when: frozenset[Phase], phase: Phase, desk: Desk) -> Reply:
    """The verb is known, and not legal in this phase."""
    now = legal(desk, phase)
    if phase is imap.Phase.NOT_AUTHENTICATED:
        return LOG_IN_FIRST(f"{name} needs a user, so log in first. Legal now: {now}.")
    if when == imap.ENTRY:
        return ALREADY_IN(f"The user is known, and {name} comes before that. Legal now: {now}.")
    if when == imap.OPEN:
        return SELECT_FIRST(f"{name} works on the messages of an open mailbox. SELECT opens one. Legal now: {now}.")
    return NOT_NOW(f"{name} comes before a mailbox is opened. Legal now: {now}.")


def no_mailbox(desk: Desk, name: str, block: bytes = b"") -> Reply:
    """There is no mailbox of that name; LIST may show it all the same, as the level above others."""
    every = (one.key.name for one in desk.host.store.mailboxes(desk.host.name, desk.state.user))
    if any(one.startswith(name + names.SEPARATOR) for one in every):
        return NO_SUCH_MAILBOX(f"{name} is no mailbox: there are only names below it.", block)
    return NO_SUCH_MAILBOX(f"The user has no mailbox {name}.", block)


def wrong_name(name: str) -> Reply | None:
    """Why no mailbox can get this name; None where one can."""
    because = names.wrong(name)
    return NAME_CANNOT(because, code="LIMIT" if len(name) > names.LONGEST else "") if because else None


def crowded(box: Box, sets: Iterable[frozenset[str]]) -> Reply | None:
    """Why a mailbox cannot have some flags: it has as many keywords as it takes; None where it can."""
    if not flags.crowded(box.keywords, sets):
        return None
    return CROWDED(
        f"This server takes {limits.KEYWORDS:,} keywords in a mailbox, whether messages have them now or not."
    )


def nowhere(name: str, done: str = "") -> Reply:
    """Messages have no mailbox to go to; CREATE helps, if there can be one of that name."""
    because = f"The user has no mailbox {name}. {done}".strip()
    return NO_SUCH_MAILBOX(because) if names.wrong(name) or name.endswith(names.SEPARATOR) else TRY_CREATE(because)


def syntax(line: bytes, fault: Fault, lead: int = 0, form: str = "") -> Reply:
    """Where the line stops making sense, and what would have made sense there; its `form` where an argument is missing.

    After a literal the octets are counted anew: `lead` of them came before.
    """
    if line[fault.at : fault.at + 1] == b'"' and b'"' not in line[fault.at + 1 :]:
        because = f"The string that begins at octet {fault.at - lead + 1} has no double quote at its end."
    elif 0 < lead <= fault.at:
        there = reasons.found(line[lead:], fault._replace(at=fault.at - lead))
        because = f"After the literal: {there[0].lower()}{there[1:]} {reasons.wanted(line, fault)}"
    else:
        because = f"{reasons.found(line, fault)} {reasons.wanted(line, fault)}"
    if form and fault.at == len(line) and fault.expected == (grammar.SPACE,):
        because += f" The form is {form}."
    return VALUE_CANNOT(because) if fault.formed else BAD_SYNTAX(because)
