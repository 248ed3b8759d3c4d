"""`:queue`: what waits on the hosts, for whom, what was answered last, and when it is tried again."""

from mailshell.core.clock import day_time, iso_date
from mailshell.mail.queue import Held, Queued, Recipient, Terms
from mailshell.shell.help import wrapped
from mailshell.shell.text import safe
from mailshell.shell.view import View
from mailshell.world.world import World


def queue(world: World, hosts: list[str], view: View) -> list[str]:
    """The queues of some hosts; one that is empty is named only where it alone is asked for."""
    out: list[str] = []
    for name in hosts:
        waiting = world.store.queue(name)
        held = [one for one in world.store.held() if one.host == name]
        if waiting or held or len(hosts) == 1:
            out += _host(name, waiting, held, view)
    return out or wrapped("No message waits on any host.", view.width)


def _host(name: str, waiting: list[Queued], held: list[Held], view: View) -> list[str]:
    total = len(waiting) + len(held)
    if not total:
        return wrapped(f"{name}: no message waits.", view.width)
    out = wrapped(f"{name}: {'1 message waits' if total == 1 else f'{total:,} messages wait'}.", view.width)
    if waiting:
        out.append(f"     {'id':>4} {'octets':>9}  {'arrived':<9}  {'tries':>5}  {'next try':<9}  sender")
    for one in waiting:
        times = f"{day_time(one.arrived):<9}  {one.attempts:>5,}  {day_time(one.release):<9}"
        head = f"     {one.id:>4} {one.size:>9,}  {times}"
        out += _beside(head, f"<{one.reverse_path}>", view)
        asked = _asked(one.terms)
        out += wrapped(f"asked: {asked}", view.width, indent=10) if asked else []
        for each in one.recipients:
            out += _recipient(each, view)
    for two in held:
        until = f"{two.id} for {', '.join(two.users)}, held until {iso_date(two.release)}"
        out += wrapped(safe(until, ascii_only=view.ascii), view.width, indent=8)
    return out


def _beside(head: str, text: str, view: View) -> list[str]:
    text = safe(text, ascii_only=view.ascii)
    return [f"{head}  {text}"] if len(head) + 2 + len(text) <= view.width else [head, f"          {text}"]


def _recipient(one: Recipient, view: View) -> list[str]:
    by = f"{one.by}: " if one.by and one.said[:1].isdigit() else ""  # other words name the host themselves
    out = wrapped(safe(f"to <{one.address}>{_notify(one)}", ascii_only=view.ascii), view.width, indent=10)
    said = f"{by}{one.said}" if one.said else "not tried yet"
    return out + wrapped(safe(said, ascii_only=view.ascii), view.width, indent=13)


def _asked(terms: Terms) -> str:
    """What MAIL asked for, in the words of SMTP; a by-time is shown as the moment that it means."""
    late = f" ({terms.late}{'T' * terms.traced})"
    asked = (
        ("BODY", terms.body),
        ("RET", terms.returns),
        ("ENVID", terms.envelope_id),
        ("deliver by", "" if terms.deliver_by is None else iso_date(terms.deliver_by) + late),
        ("MT-PRIORITY", "" if terms.priority is None else str(terms.priority)),
        ("SMTPUTF8", "yes" if terms.utf8 else ""),
    )
    return ", ".join(f"{name} {value}" for name, value in asked if value)


def _notify(recipient: Recipient) -> str:
    notify = f", NOTIFY {','.join(recipient.notify)}" if recipient.notify else ""
    return f"{notify}, ORCPT {recipient.original}" if recipient.original else notify
