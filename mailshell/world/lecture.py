"""The lecture's world. It is written here and not in a world file: to read one would delay the first prompt."""

from mailshell.core.clock import HOUR
from mailshell.mail.host import POSTMASTER, MailingList
from mailshell.mail.store import Account
from mailshell.world.hosts import DEFAULT_HOST, HOSTS
from mailshell.world.names import Records
from mailshell.world.plan import HostPlan, Letter, Plan

_FRIENDS = MailingList("friends", "Friends", ("bob", "carol"))
_STAFF = MailingList("staff", "Staff", ("carol", POSTMASTER), shown=False)
_ALICE = "Alice <alice@lancs.uk>"


def lecture() -> Plan:
    """Alice at lancs.uk, Bob and others at nyu.edu and someschool.edu; Bob's two messages of the POP3 slide."""
    hosts = (HostPlan(name, address) for name, address in HOSTS.items())
    accounts = (
        Account("lancs.uk", "alice", "rabbit", "Alice"),
        Account("nyu.edu", "bob", "hungry", "Bob"),
        Account("nyu.edu", "carol", "garden", "Carol"),
        Account("nyu.edu", "zo\u00eb", "violet", "Zo\u00eb"),
        Account("someschool.edu", "bob", "hungry", "Bob"),
    )
    soup = "Bob, shall we meet at noon? The place by the river has soup."
    notes = "Hello Bob, here are my notes. A mail server keeps mailboxes and a queue."
    letters = (
        Letter("bob@nyu.edu", _ALICE, "Lunch on Friday", soup, 498, 46 * HOUR, "1.lecture"),
        Letter("bob@nyu.edu", _ALICE, "Notes from the first lecture", notes, 912, 22 * HOUR, "2.lecture"),
    )
    # Without a mail exchanger, mail goes to the address of the name itself (RFC 5321 section 5.1).
    names = {"someschool.edu": Records(addresses=(HOSTS["someschool.edu"],))}
    listing = tuple(host._replace(lists=(_FRIENDS, _STAFF) if host.name == "nyu.edu" else ()) for host in hosts)
    return Plan("The lecture's world: Alice, Bob and three servers.", DEFAULT_HOST, listing, accounts, letters, names)


def discard() -> Plan:
    """The lecture's world, whose servers throw away what they accept."""
    plan = lecture()
    hosts = (host._replace(traits=host.traits._replace(keeps=False), said=host.said | {"keeps"}) for host in plan.hosts)
    return plan._replace(title="The lecture's world; its servers keep no mail.", hosts=tuple(hosts))


def empty() -> Plan:
    """The lecture's hosts without users."""
    plan = lecture()
    hosts = tuple(host._replace(lists=()) for host in plan.hosts)
    return Plan("The lecture's servers, without users and mail.", DEFAULT_HOST, hosts, names=plan.names)
