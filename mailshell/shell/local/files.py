"""Files: what happened, to play it again; what is shown, as it comes."""

import os

from mailshell.core import script
from mailshell.shell.meta import Meta
from mailshell.world.seat import SeatError


def save(meta: Meta, rest: str) -> None:
    """`:save FILE`."""
    if not rest:
        raise SeatError(":save wants the name of a file, as in :save session.txt")
    text = script.write(meta.seat.story(), meta.seat.numbers)
    try:
        with open(os.path.expanduser(rest), "x", encoding="utf-8") as file:
            file.write(f"{_header(meta)}\n{text}")
    except FileExistsError:
        raise SeatError(f"{rest} exists already. Choose another name.") from None
    meta.say(f"Saved to {rest}. mailshell run {rest} plays it again. Passwords are left out.")


def _header(meta: Meta) -> str:
    traits = meta.seat.world.hosts[meta.seat.link.wire.host].traits
    return f"# world: {meta.world}\n# voice: {traits.voice}\n# policy: {traits.policy}\n"


def log(meta: Meta, rest: str) -> None:
    """`:log [FILE|off]`."""
    if not rest:
        meta.say(f"Log: {meta.log.path or 'none'}. :log FILE starts one, :log off stops it.")
    elif rest == "off":
        meta.log.close()
        meta.say("The log is closed.")
    else:
        meta.log.open(os.path.expanduser(rest))
        meta.say(f"What is shown from now on is appended to {rest}.")
