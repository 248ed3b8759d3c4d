"""From a plan to the text of a world file, for people to edit; reading it gives the same plan."""

import json
from collections.abc import Iterator

from mailshell.core import script
from mailshell.core.clock import span
from mailshell.mail import faults
from mailshell.mail.host import Traits
from mailshell.world.plan import HostPlan, Letter, Plan
from mailshell.world.read import TRAITS

_TIMES = ("retry", "give_up", "warn")


def write(plan: Plan) -> str:
    """The text; what is as it would be without being said is left out."""
    out = ["# mailshell help world-file explains every key; mailshell world check FILE says what is wrong.", ""]
    out += [f"title = {_toml(plan.title)}", f"server = {_toml(plan.server)}"]
    out += [*_said("faults", [faults.text(one) for one in plan.faults]), *_said("seed", plan.seed)]
    for host in plan.hosts:
        out += ["", "[[host]]", *_host(host)]
    for account in plan.accounts:
        out += ["", "[[user]]", f"address = {_toml(f'{account.user}@{account.host}')}"]
        out += [f"name = {_toml(account.name)}", f"password = {_toml(account.password)}"]
    for host in plan.hosts:
        for one in host.lists:
            out += ["", "[[list]]", f"address = {_toml(f'{one.name}@{host.name}')}", f"title = {_toml(one.title)}"]
            out += [f"members = {_toml(list(one.members))}", *([] if one.shown else ["shown = false"])]
    for letter in plan.letters:
        out += ["", "[[message]]", *_letter(letter)]
    for name, found in plan.names.items():
        out += ["", "[[dns]]", f"name = {_toml(name)}"]
        out += _said("mx", [f"{mx.preference} {mx.host}" for mx in found.mx])
        out += [*_said("addresses", list(found.addresses)), *_said("alias", found.alias)]
    return "\n".join(out) + "\n"


def _host(host: HostPlan) -> Iterator[str]:
    yield f"name = {_toml(host.name)}"
    yield f"address = {_toml(host.address)}"
    for key, words in (("domains", host.domains), ("relays", host.relays), ("networks", host.networks)):
        yield from _said(key, list(words))
    for key, (field, _) in TRAITS.items():
        if field in host.said:
            yield f"{key} = {_trait(host.traits, field)}"


def _trait(traits: Traits, field: str) -> str:
    value = traits._asdict()[field]
    if field in _TIMES:
        return _toml(span(value))
    return _toml(sorted(value) if isinstance(value, frozenset) else value)


def _letter(letter: Letter) -> Iterator[str]:
    yield f"to = {_toml(letter.to)}"
    yield f"from = {_toml(letter.sender)}"
    yield from _said("subject", letter.subject)
    if letter.text:
        yield f"text = {_lines(letter.text)}"
    yield from _said("size", letter.size)
    yield from _said("age", letter.age and span(letter.age))
    yield from _said("id", letter.id)
    yield from _said("mailbox", "" if letter.mailbox == "INBOX" else letter.mailbox)
    yield from _said("queued", letter.queued)
    if letter.raw:
        lines = letter.raw.removesuffix(b"\r\n").split(b"\r\n")
        yield f"raw = {_lines(''.join(f'{script.text(line)}{chr(10)}' for line in lines))}"


def _said(key: str, value: object) -> list[str]:
    return [f"{key} = {_toml(value)}"] if value else []


def _lines(text: str) -> str:
    """A text of several lines stands on several lines."""
    if "\n" not in text:
        return _toml(text)
    return '"""\n' + "\n".join(_toml(line)[1:-1] for line in text.split("\n")) + '"""'


def _toml(value: object) -> str:
    """A value as TOML writes it: strings, lists of them, numbers and truth values look as in JSON."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
