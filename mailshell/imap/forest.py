"""Trees that are put together and taken apart: which one a node is in is found quickly, however deep it is.

Each way down from a top is kept in a splay tree, and each splay tree hangs from the node that its way leaves (Sleator
and Tarjan, "Self-adjusting binary search trees", 1985): many steps take the logarithm of the nodes each.
"""


class Place:
    """A place in a tree. Of its way it knows one splay tree: what is above it, what is below it, and the parent there.

    The root of a splay tree hangs from a place of another way, which does not know it.
    """

    __slots__ = ("_above", "_below", "_from")

    def __init__(self) -> None:
        self._above: Place | None = None
        self._below: Place | None = None
        self._from: Place | None = None

    @property
    def top(self) -> "Place":
        """The place at the top of the tree."""
        self._reach()
        found = self
        while found._above is not None:
            found = found._above
        found._splay()
        return found

    def hang(self, under: "Place") -> None:
        """Put the tree of which this is the top below a place of another tree."""
        self._splay()
        self._from = under

    def part(self) -> None:
        """Become the top of a tree of its own, with all that is below it; it was no top."""
        self._reach()
        assert self._above is not None, "something is above what is no top"
        self._above._from = None
        self._above = None

    def _reach(self) -> None:
        """Make one way of all that stands from the top to here, and make this the root of its splay tree."""
        below: Place | None = None
        at: Place | None = self
        while at is not None:
            at._splay()
            at._below = below
            below, at = at, at._from
        self._splay()

    def _splay(self) -> None:
        """Become the root of the splay tree of its way."""
        while (parent := self._parent) is not None:
            grand = parent._parent
            if grand is not None:
                straight = (grand._above is parent) is (parent._above is self)
                (parent if straight else self)._rise()
            self._rise()

    @property
    def _parent(self) -> "Place | None":
        found = self._from
        return found if found is not None and (found._above is self or found._below is self) else None

    def _rise(self) -> None:
        """Change places with the parent in the splay tree; the order from above to below stays."""
        parent = self._parent
        assert parent is not None, "the root of a splay tree does not rise"
        grand = parent._from
        if grand is not None:
            if grand._above is parent:
                grand._above = self
            elif grand._below is parent:
                grand._below = self
        if parent._above is self:
            moved = parent._above = self._below
            self._below = parent
        else:
            moved = parent._below = self._above
            self._above = parent
        if moved is not None:
            moved._from = parent
        self._from, parent._from = grand, self
