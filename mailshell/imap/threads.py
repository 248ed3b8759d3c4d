"""Threads: messages as trees of what answers what (RFC 5256 section 3, THREAD)."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from mailshell.core.clock import Instant
from mailshell.imap.compared import Facts
from mailshell.imap.forest import Place


class Post(NamedTuple):
    """A message that is threaded: its number in the answer, the moment it was sent, its facts.

    Moments that are alike stand in the order of the mailbox.
    """

    number: int
    sent: tuple[Instant, int]
    facts: Facts


class Node(Place):
    """A message in a thread, or, without a post, a place that holds messages together."""

    __slots__ = ("children", "kids", "parent", "post")

    def __init__(self, post: Post | None = None) -> None:
        super().__init__()
        self.post = post
        self.parent: Node | None = None
        self.kids = 0
        """How many nodes have this one as their parent."""
        self.children: list[Node] = []

    @property
    def first(self) -> Post:
        """The post itself, or that of its first child."""
        found = self.post or self.children[0].post
        assert found is not None, "what stands for nothing has messages as children"
        return found

    def adopt(self, child: "Node") -> None:
        """Become the parent of a node that has none, if that makes no loop."""
        if child is self or (child.kids and self.top is child):
            return
        child.hang(self)
        child.parent = self
        self.kids += 1

    def leave(self) -> None:
        """Have no parent any more."""
        if self.parent is not None:
            self.part()
            self.parent.kids -= 1
            self.parent = None


def by_subject(posts: Sequence[Post]) -> list[Node]:
    """ORDEREDSUBJECT: one thread for each base subject; all other messages of it answer the first one."""
    threads: dict[bytes, Node] = {}
    for post in sorted(posts, key=lambda post: post.sent):
        root = threads.setdefault(post.facts.subject, Node(post))
        if root.post is not post:
            root.children.append(Node(post))
    return sorted(threads.values(), key=_first)


def by_references(posts: Sequence[Post]) -> list[Node]:
    """REFERENCES: steps 1 to 6 of the algorithm; the posts come in the order of the mailbox."""
    roots = [pruned for root in _linked(posts) for pruned in _pruned(root)]
    for root in roots:
        if root.post is None:
            root.children.sort(key=_first)
    roots = _gathered(sorted(roots, key=_first))
    for node in _below(roots):
        node.children.sort(key=_first)
    return sorted(roots, key=_first)


Algorithm = Callable[[Sequence[Post]], list[Node]]
ALGORITHMS: dict[str, Algorithm] = {"ORDEREDSUBJECT": by_subject, "REFERENCES": by_references}


def written(roots: list[Node]) -> bytes:
    """The threads as an answer has them: `(2)(3 6 (4 23)(44 7 96))`."""
    pieces: list[bytes] = []
    waiting: list[Node | None] = list(reversed(roots))
    while waiting:
        node = waiting.pop()
        if node is None:
            pieces.append(b")")
            continue
        members = [] if node.post is None else [b"%d" % node.post.number]
        while len(node.children) == 1:
            node = node.children[0]
            assert node.post is not None, "only the first place in a thread may be empty"
            members.append(b"%d" % node.post.number)
        pieces.append(b"(" + b" ".join(members))
        if members and node.children:
            pieces.append(b" ")
        waiting.append(None)
        waiting += reversed(node.children)
    return b"".join(pieces)


def _first(node: Node) -> tuple[Instant, int]:
    return node.first.sent


def _linked(posts: Sequence[Post]) -> list[Node]:
    """Steps 1 and 2: every node that has no parent, with all that is below it."""
    known: dict[bytes, Node] = {}
    nodes: list[Node] = []

    def of(name: bytes) -> Node:
        node = known.get(name)
        if node is None:
            node = known[name] = Node()
            nodes.append(node)
        return node

    for post in posts:
        own = post.facts.id
        node = of(own) if own else None
        if node is None or node.post is not None:  # no id, or one that is taken: nobody refers to this message
            node = Node()
            nodes.append(node)
        node.post = post
        above: Node | None = None
        for name in post.facts.references:
            below = of(name)
            if above is not None and below.parent is None:
                above.adopt(below)
            above = below
        if node.parent is not above or above is None:
            node.leave()
            if above is not None:
                above.adopt(node)
    for node in nodes:
        if node.parent is not None:
            node.parent.children.append(node)
    return [node for node in nodes if node.parent is None]


def _below(roots: list[Node]) -> list[Node]:
    """All nodes of some threads, each before its children."""
    found = list(roots)
    for node in found:  # it grows while it is walked
        found += node.children
    return found


def _pruned(root: Node) -> list[Node]:
    """Step 3: the thread without places that hold nothing; one that holds several messages stays at the top."""
    for node in reversed(_below([root])):
        node.children = _kept(node.children)
    if root.post is not None or len(root.children) > 1:
        return [root]
    return root.children


def _kept(children: list[Node]) -> list[Node]:
    """The children with those of empty places instead of these, in any order; the longest list is not copied."""
    lists = sorted((one.children for one in children if one.post is None), key=len)
    if not lists:
        return children
    kept = lists.pop()
    for more in lists:
        kept += more
    kept += (one for one in children if one.post is not None)
    return kept


def _gathered(roots: list[Node]) -> list[Node]:
    """Step 5: threads with the same subject become one."""
    table: dict[bytes, Node] = {}
    for node in roots:
        subject = node.first.facts.subject
        known = table.get(subject)
        if known is None or (
            known.post is not None and (node.post is None or (known.post.facts.reply and not node.post.facts.reply))
        ):
            table[subject] = node
    found = dict.fromkeys(roots)
    for node in roots:
        subject = node.first.facts.subject
        known = table[subject]
        if not subject or known is node:
            continue
        del found[node]
        if known.post is None:
            known.children += [node] if node.post is not None else node.children
        elif node.post is not None and node.post.facts.reply and not known.post.facts.reply:
            known.children.append(node)
        else:
            both = table[subject] = Node()
            both.children = [known, node]
            del found[known]
            found[both] = None
    return list(found)
