"""World files: from the text of one to a plan, or to all that is wrong with it, with places.

The text comes from anywhere. It is data and nothing else: nothing of it is run, and no file that it names is read.
"""

from collections.abc import Callable, Iterator, Mapping
from ipaddress import ip_address, ip_network

from mailshell.core import script
from mailshell.core.clock import Instant
from mailshell.core.fields import ENOUGH, Complaint, Fields
from mailshell.core.near import near
from mailshell.core.toml import Document, Path, Problem, TomlError
from mailshell.mail import faults
from mailshell.mail.faults import Fault
from mailshell.mail.host import ERAS, POSTMASTER, MailingList, Policy, Traits, Voice
from mailshell.mail.names import domain, user
from mailshell.mail.state import fold_user
from mailshell.mail.store import Account
from mailshell.protocols import PROTOCOLS, verbs
from mailshell.world.names import Mx, Records
from mailshell.world.plan import MAILBOXES, HostPlan, Letter, Plan, compose
from mailshell.world.review import review

_MOST = 256 << 20  # octets of all messages together
_LARGEST = 64 << 20  # octets of one message
_MANY = 1_000_000_000
_SAYS = 300  # characters of what is said of one

_VOICES: Mapping[str, Voice] = {"modern": "modern", "classic": "classic"}
_POLICIES: Mapping[str, Policy] = {"tolerant": "tolerant", "strict": "strict"}

TRAITS: Mapping[str, tuple[str, Callable[[Fields, str], object]]] = {
    "voice": ("voice", lambda fields, key: fields.choice(key, _VOICES, "modern")),
    "policy": ("policy", lambda fields, key: fields.choice(key, _POLICIES, "tolerant")),
    "era": ("era", lambda fields, key: fields.choice(key, {era: era for era in ERAS}, "today")),
    "off": ("off", lambda fields, key: frozenset(fields.each(key, "SIZE", _extension))),
    "size": ("size", lambda fields, key: fields.number(key, 1, 1, _MANY)),
    "recipients": ("recipients", lambda fields, key: fields.number(key, 1, 1, _MANY)),
    "mails": ("transactions", lambda fields, key: fields.number(key, 1, 1, _MANY)),
    "keeps": ("keeps", lambda fields, key: fields.flag(key, True)),
    "quota": ("quota", lambda fields, key: fields.number(key, 1, 1, _MANY)),
    "expire": ("expire", lambda fields, key: fields.number(key, 0, 0, _MANY)),
    "delay": ("delay", lambda fields, key: fields.number(key, 0, 0, _MANY)),
    "retry": ("retry", lambda fields, key: _moment(fields, key)),
    "give_up": ("give_up", lambda fields, key: _moment(fields, key)),
    "backoff": ("backoff", lambda fields, key: fields.flag(key, False)),
    "delay_notice": ("warn", lambda fields, key: fields.time(key, 0)),
}
"""The keys of a host that are its habits: the trait of each, and how it is read."""

TABLES: Mapping[str, tuple[str, ...]] = {
    "host": ("name", "address", "domains", "relays", "networks", *TRAITS),
    "user": ("address", "name", "password"),
    "list": ("address", "title", "members", "shown"),
    "message": ("to", "from", "subject", "text", "size", "age", "id", "mailbox", "queued", "raw"),
    "dns": ("name", "mx", "addresses", "alias"),
}
"""The tables of a world file, each with its keys."""

TOP = ("title", "server", "faults", "seed")
"""The keys that stand above the tables."""


class WorldError(Exception):
    """A text is no world file; `problems` are in the order of their places in `text`."""

    def __init__(self, text: str, problems: tuple[Problem, ...]) -> None:
        super().__init__(problems[0].says)
        self.text = text
        self.problems = problems


def read(octets: bytes) -> Plan:
    """The plan that a world file describes; raises WorldError."""
    return checked(octets)[0]


def checked(octets: bytes) -> tuple[Plan, WorldError | None]:
    """The plan that a world file describes, and what is right in it but may not be meant; raises WorldError."""
    try:
        document = Document(octets)
    except TomlError as error:
        raise WorldError(error.text, (error.problem,)) from None
    plan, notes = described(document.tree)
    problems = tuple(sorted(placed(document, note) for note in notes))
    found = WorldError(document.text, problems) if problems else None
    if found is not None and any(problem.grave for problem in problems):
        raise found
    return plan, found


def described(tree: Mapping[str, object], base: Plan | None = None) -> tuple[Plan, list[Complaint]]:
    """The plan that the tables of a world file describe, in addition to those of `base`, and what is wrong with it."""
    reader = _Reader(tree, base)
    plan = reader.plan()
    if not any(note.grave for note in reader.notes):
        reader.notes += review(plan, reader.dns)
    return plan, reader.notes


def placed(document: Document, note: Complaint) -> Problem:
    """What is wrong, with its place in the file."""
    return Problem((document.value if note.value else document.key)(note.path), _short(note.says), note.grave)


def _short(says: str) -> str:
    return says if len(says) <= _SAYS else f"{says[:_SAYS]}…"


class _Reader:
    """Reads the tables in the order in which they need one another; `notes` is what is wrong."""

    def __init__(self, tree: Mapping[str, object], base: Plan | None = None) -> None:
        self.notes: list[Complaint] = []
        self.dns: dict[str, Path] = {}
        """Where the records of a name stand in the file."""
        self._tree = tree
        self._top = Fields(tree, (), "a world file", (*TOP, *TABLES), self.notes)
        self._hosts: dict[str, HostPlan] = {}
        self._addresses: dict[str, str] = {}  # of each host
        self._taken: dict[str, str] = {}  # the host of each address
        self._domains: dict[str, str] = {}  # the host of each
        self._accounts: dict[tuple[str, str], Account] = {}  # by host and folded user
        self._users: dict[str, dict[str, str]] = {}  # of each host, each under its own name
        self._lists: dict[str, dict[str, MailingList]] = {}
        self._letters: list[Letter] = []
        self._names: dict[str, Records] = {}
        self._octets = 0
        self._base = base
        if base is not None:
            self._begin(base)

    def _begin(self, base: Plan) -> None:
        """All of another plan is there already."""
        for host in base.hosts:
            self._hosts[host.name] = host
            self._addresses[host.name], self._taken[host.address] = host.address, host.name
            self._domains |= dict.fromkeys((host.name, *host.domains), host.name)
            self._lists[host.name] = {one.name: one for one in host.lists}
        for account in base.accounts:
            self._accounts[account.host, fold_user(account.user)] = account
            self._users.setdefault(account.host, {})[account.user] = account.user
        self._letters += base.letters
        self._names |= base.names

    def plan(self) -> Plan:
        """What the file describes, as far as it is right."""
        for fields in self._tables("host", "a host"):
            self._host(fields)
        if not self._hosts and not self.notes:
            self.notes.append(Complaint((), 'a world has a host: write [[host]], name = "nyu.edu" and an address.'))
        for fields in self._tables("user", "a user"):
            self._user(fields)
        for fields in self._tables("list", "a list"):
            self._list(fields)
        for fields in self._tables("message", "a message"):
            self._message(fields)
        for fields in self._tables("dns", "a name"):
            self._dns(fields)
        hosts = tuple(
            host._replace(lists=tuple(self._lists.get(host.name, {}).values())) for host in self._hosts.values()
        )
        server = self._top.text("server", self._base.server if self._base else next(iter(self._hosts), ""))
        if server not in self._hosts and "server" in self._top:
            self._top.wrong("server", f"{server} is no host of this world.{near(server, self._hosts)}")
        title, seed = self._top.text("title", ""), self._top.number("seed", 0, 0, _MANY)
        known = self._base.faults if self._base else ()
        found = (*known, *self._top.each("faults", "queue-full nyu.edu", self._fault))
        accounts, letters = tuple(self._accounts.values()), tuple(self._letters)
        return Plan(title, server, hosts, accounts, letters, self._names, found, seed)

    def _fault(self, words: str) -> Fault:
        return faults.parse(words, self._hosts, (".", *verbs()))

    def _tables(self, key: str, what: str) -> Iterator[Fields]:
        found = self._tree.get(key, [])
        if not isinstance(found, list):
            self._top.wrong(key, f"{key} is a list of tables: write [[{key}]] with two brackets on each side.")
            return
        for number, table in enumerate(found):
            if len(self.notes) > ENOUGH:
                return
            yield Fields(table, (key, number), what, TABLES[key], self.notes)

    def _host(self, fields: Fields) -> None:
        name = fields.one("name", "nyu.edu", domain)
        address = fields.one("address", "198.51.100.1", _address)
        own = fields.each("domains", "cs.nyu.edu", domain)
        for number, one in enumerate([name, *own]):
            if one in self._domains:
                fields.wrong("domains" if number else "name", f"{one} is a domain of {self._domains[one]} already.")
            elif one is not None:
                self._domains[one] = name or one
        if address in self._taken:
            fields.wrong("address", f"{address} is the address of {self._taken[address]} already.")
        relays = tuple(fields.each("relays", "someschool.edu", domain))
        for number, one in enumerate(relays):
            if one in (name, *own):
                fields.wrong("relays", f"{one} is a domain of the host itself.", number)
        said = {TRAITS[key][0]: TRAITS[key][1](fields, key) for key in TRAITS if key in fields}
        traits = Traits(**(Traits()._asdict() | said))
        networks = tuple(fields.each("networks", "192.0.2.0/24", _network))
        if address:
            self._taken[address] = name or address
        if name:  # even with a mistake, which must not make a mistake of each of its users
            self._addresses[name] = address or ""
            self._hosts[name] = HostPlan(name, address or "", tuple(own), relays, networks, (), traits, frozenset(said))

    def _user(self, fields: Fields) -> None:
        name, password = fields.text("name", ""), fields.text("password", "")
        found = self._mailbox(fields, "address", "bob@nyu.edu")
        if found is None:
            return
        local, host = found
        if fold_user(local) == POSTMASTER:
            fields.wrong("address", "every host has a postmaster already, without a password.")
        elif (host, fold_user(local)) in self._accounts:
            fields.wrong("address", f"{local}@{host} is there already.")
        else:
            self._accounts[host, fold_user(local)] = Account(host, local, password, name or local)
            self._users.setdefault(host, {})[local] = local

    def _mailbox(self, fields: Fields, key: str, such: str) -> tuple[str, str] | None:
        """User and host of an address that is to be one of this world."""
        found = fields.one(key, such, _split)
        if found is None or found[1] in self._hosts:
            return found
        at = self._domains.get(found[1], "")
        hint = f" It is a domain of {at}: write {found[0]}@{at}." if at else near(found[1], self._hosts)
        fields.wrong(key, f"{found[1]} is no host of this world.{hint}")
        return None

    def _list(self, fields: Fields) -> None:
        title, shown = fields.text("title", ""), fields.flag("shown", True)
        members = fields.words("members", "bob")
        found = self._mailbox(fields, "address", "friends@nyu.edu")
        if found is None:
            return
        name, host = found
        there, known = self._users.get(host, {}), self._lists.setdefault(host, {})
        for number, member in enumerate(members):
            if member not in there and member != POSTMASTER:
                fields.wrong("members", f"{member} is no user of {host}.{near(member, there)}", number)
        if name.lower() == POSTMASTER or name.lower() in known or (host, fold_user(name)) in self._accounts:
            fields.wrong("address", f"{name}@{host} is there already.")
        known[name.lower()] = MailingList(name.lower(), title or name, members, shown)

    def _message(self, fields: Fields) -> None:
        queued = fields.flag("queued", False)
        letter = Letter(
            "",
            fields.text("from", "", such="Alice <alice@lancs.uk>"),
            fields.text("subject", ""),
            fields.text("text", "", lines=True),
            fields.number("size", 0, 1, _LARGEST),
            fields.time("age", 0),
            fields.text("id", ""),
            fields.choice("mailbox", {one: one for one in MAILBOXES}, "INBOX"),
            queued,
            self._raw(fields),
        )
        found = fields.one("to", "bob@nyu.edu", _split) if queued else self._mailbox(fields, "to", "bob@nyu.edu")
        if found is None:
            return
        local, host = found
        account = self._accounts.get((host, fold_user(local)))
        if account is not None:
            local = account.user
        elif not queued and fold_user(local) != POSTMASTER:
            fields.wrong("to", f"{host} has no user {local}.{near(local, self._users.get(host, {}))}")
        sender = letter.sender or f"Postmaster <{POSTMASTER}@{host}>"
        letter = letter._replace(to=f"{local}@{host}", sender=sender)
        self._sender(fields, letter)
        self._measure(fields, letter, account.name if account else "")
        self._letters.append(letter)

    def _sender(self, fields: Fields, letter: Letter) -> None:
        try:
            at = _split(letter.reverse_path)[1]
        except ValueError as error:
            fields.wrong("from", f"{error}, or a name with the address after it, in <>.")
            return
        if letter.queued and at not in self._hosts:
            fields.wrong("from", f"{at} is no host of this world, and a message waits on the host that it is from.")

    def _measure(self, fields: Fields, letter: Letter, name: str) -> None:
        bare = letter._replace(size=0)
        least = len(compose(bare, len(self._letters) + 1, name, self._addresses, Instant(0)))
        if letter.size and letter.size < least:
            fields.wrong("size", f"size is {least:,} at least: so many octets are there without filling.")
        before, self._octets = self._octets, self._octets + max(letter.size, least)
        if before <= _MOST < self._octets:
            fields.wrong("size" if "size" in fields else "", f"the messages have more than {_MOST:,} octets together.")

    def _raw(self, fields: Fields) -> bytes:
        """The octets of a message that is written out: line ends become CR LF, and escapes are octets."""
        if "raw" not in fields:
            return b""
        text = fields.text("raw", "", lines=True, such="Subject: Hello\\n\\nHello")
        for key in ("subject", "text", "size", "id"):
            if key in fields:
                fields.wrong(key, f"raw is the whole message, so {key} means nothing here.")
        try:
            return b"".join(script.octets(line) + b"\r\n" for line in text.removesuffix("\n").split("\n"))
        except script.ScriptError as error:
            fields.wrong("raw", f"{error}.")
            return b""

    def _dns(self, fields: Fields) -> None:
        name = fields.one("name", "shop.example", domain)
        found = Records(
            tuple(fields.each("mx", "10 mail.shop.example", _mx)),
            tuple(fields.each("addresses", "192.0.2.7", _address)),
            (fields.one("alias", "nyu.edu", domain) or "") if "alias" in fields else "",
        )
        if found.alias and (found.mx or found.addresses):
            fields.wrong("alias", "a name that is an alias has no other records.")
        if name in self._names:
            fields.wrong("name", f"{name} is there already.")
        if name:
            self._names[name] = found
            self.dns[name] = fields.path


def _extension(word: str) -> str:
    known = {topic.card.name for engine in PROTOCOLS.values() for topic in engine.topics}
    if word.upper() in known:
        return word.upper()
    raise ValueError(f"{word} is no extension or capability.{near(word.upper(), known)}")


def _moment(fields: Fields, key: str) -> int:
    found = fields.time(key, 1)
    if not found:
        fields.wrong(key, f"{key} is a time of 1s at least.")
    return found or 1


def _address(text: str) -> str:
    try:
        return str(ip_address(text))
    except ValueError:
        raise ValueError(f"{text!r} is no IP address, such as 192.0.2.7 or 2001:db8::7") from None


def _network(text: str) -> str:
    try:
        return str(ip_network(text, strict=False))
    except ValueError:
        raise ValueError(f"{text!r} is no network, such as 192.0.2.0/24 or 2001:db8::/32") from None


def _split(text: str) -> tuple[str, str]:
    """User and domain of an address."""
    local, at, host = text.rpartition("@")
    if not at:
        raise ValueError(f"{text!r} is no address, such as bob@nyu.edu")
    return user(local), domain(host)


def _mx(text: str) -> Mx:
    preference, _, host = text.partition(" ")
    if not (preference.isascii() and preference.isdecimal() and len(preference) < 6 and int(preference) < 65_536):
        raise ValueError(f'{text!r} is no mail exchanger, such as "10 mail.example.org", or "0 ." for none')
    return Mx(int(preference), host if host == "." else domain(host))
