"""The header of a transcript file: the world that its dialogue needs.

# world: lecture          the starting world; or a world file, as shop.toml, beside the transcript
# host: nyu.edu           the server of connection 1
# protocol: smtp         or pop3
# voice: classic
# policy: strict
# era: 1982               the year whose protocols the hosts speak: 1982, 1995, 2008 or today
# off: SIZE PIPELINING    extensions that the hosts do not offer
# peer: lancs.uk 192.0.2.10    who is connected: a name and an address
# size: 100000            the largest message, in octets
# recipients: 2           the most recipients of one message
# mails: 2                the most MAIL commands of one connection
# delay: 60               how many seconds must lie between two POP3 logins of a user
# quota: 5000             how many octets of messages each user may have
# expire: 7               how many days POP3 leaves mail on the server; 0: none that was fetched
# room: 5000              how many octets of messages the store holds
# users: jsmith@nyu.edu John Smith; zoe@nyu.edu Zoe    more accounts, without a password
"""

import os
from collections.abc import Mapping
from typing import NamedTuple

from mailshell.core.script import ScriptError
from mailshell.core.session import Peer
from mailshell.mail.host import ERAS, Era, Policy, Traits, Voice
from mailshell.mail.names import user
from mailshell.mail.store import Account
from mailshell.protocols import PROTOCOLS
from mailshell.world.start import STUDENT, WORLDS

_VOICES: dict[str, Voice] = {"modern": "modern", "classic": "classic"}
_POLICIES: dict[str, Policy] = {"tolerant": "tolerant", "strict": "strict"}
_ERAS: dict[str, Era] = {era: era for era in ERAS}
_KEYS = (
    "protocol",
    "world",
    "host",
    "voice",
    "policy",
    "era",
    "off",
    "peer",
    "size",
    "recipients",
    "mails",
    "delay",
    "quota",
    "expire",
    "room",
    "users",
)


class Setting(NamedTuple):
    """What a header asks for.

    `world` is a name or the path of a world file, `room` is None where the store's own limit holds, and `users` are in
    addition.
    """

    world: str
    traits: Traits
    peer: Peer
    room: int | None
    users: tuple[Account, ...] = ()


def setting(
    header: Mapping[str, str], world: str = "lecture", traits: Traits | None = None, folder: str = ""
) -> Setting:
    """Read a header, over what holds without it; raises ScriptError for a value that makes no sense.

    A world file is looked for from `folder`.
    """
    traits = traits or Traits()
    for key, value in header.items():
        if key == "voice":
            traits = traits._replace(voice=_VOICES[_one_of(key, value, _VOICES)])
        elif key == "policy":
            traits = traits._replace(policy=_POLICIES[_one_of(key, value, _POLICIES)])
        elif key == "era":
            traits = traits._replace(era=_ERAS[_one_of(key, value, _ERAS)])
        elif key == "off":
            traits = traits._replace(off=_keywords(value))
        elif key == "size":
            traits = traits._replace(size=_number(key, value))
        elif key == "recipients":
            traits = traits._replace(recipients=_number(key, value))
        elif key == "mails":
            traits = traits._replace(transactions=_number(key, value))
        elif key == "delay":
            traits = traits._replace(delay=_number(key, value))
        elif key == "quota":
            traits = traits._replace(quota=_number(key, value))
        elif key == "expire":
            traits = traits._replace(expire=_number(key, value))
        elif key not in _KEYS:
            raise ScriptError(f"the header has no key {key}; there are {', '.join(_KEYS)}")
    room = _number("room", header["room"]) if "room" in header else None
    users = tuple(_user(words.strip()) for words in header["users"].split(";")) if "users" in header else ()
    if "world" in header:
        world = header["world"]
        world = os.path.join(folder, world) if world.endswith(".toml") else _one_of("world", world, WORLDS)
    return Setting(world, traits, _peer(header), room, users)


def _keywords(value: str) -> frozenset[str]:
    """The extensions that `off` names; one that nobody has would switch nothing off, and nobody would notice."""
    known = {topic.card.name for engine in PROTOCOLS.values() for topic in engine.topics}
    for word in value.upper().split():
        _one_of("off", word, tuple(sorted(known)))
    return frozenset(value.upper().split())


def _peer(header: Mapping[str, str]) -> Peer:
    if "peer" not in header:
        return STUDENT
    words = header["peer"].split()
    if len(words) != 2:
        raise ScriptError("the header's peer is a name and an address, as in # peer: lancs.uk 192.0.2.10")
    return Peer(words[0], words[1], inside=False)


def _user(text: str) -> Account:
    address, _, name = text.partition(" ")
    local, at, host = address.rpartition("@")
    if not (local and at and host and name):
        raise ScriptError("the header's users are addresses with names, as in # users: jsmith@nyu.edu John Smith")
    try:
        return Account(host, user(local), "", name)
    except ValueError as error:
        raise ScriptError(f"the header's users: {error}") from None


def _one_of(key: str, value: str, allowed: Mapping[str, object] | tuple[str, ...]) -> str:
    if value not in allowed:
        raise ScriptError(f"the header's {key} is {value!r}; choose from {', '.join(allowed)}")
    return value


def _number(key: str, value: str) -> int:
    if not (value.isascii() and value.isdecimal() and len(value) < 16):
        raise ScriptError(f"the header's {key} is {value!r}; a number is wanted")
    return int(value)
