"""A scene that plays by itself: a step, a pause, the next step, until a key stops it."""

from collections.abc import Callable

from mailshell.shell.meta import Meta
from mailshell.shell.printer import Later


class Auto:
    """Steps with so many seconds between them; None where nothing plays by itself.

    `go_on` takes the next step, and `ended` is called after the last one, which ends mailshell.
    """

    def __init__(
        self, meta: Meta, seconds: float | None, go_on: Callable[[], None], ended: Callable[[], None], later: Later
    ) -> None:
        self._meta = meta
        self._seconds = seconds
        self._go_on = go_on
        self._ended = ended
        self._later = later
        self._call_off: Callable[[], None] | None = None

    @property
    def playing(self) -> bool:
        """Whether it plays now."""
        return self._call_off is not None

    @property
    def waits(self) -> bool:
        """Whether somebody has stopped it, and may let it go on."""
        return self._seconds is not None and not self.playing

    @property
    def says(self) -> str:
        """What the keys do because of it, for the toolbar."""
        if self.playing:
            return "any key stops | q leaves"
        return "Space plays on | Enter takes one step" if self.waits else ""

    def start(self) -> None:
        """Play on, after a pause."""
        if self._seconds is not None:
            self._call_off = self._later(self._seconds, self._step)

    def stop(self) -> None:
        """Play no more until it is started again."""
        if self._call_off is not None:
            self._call_off()
            self._call_off = None

    @property
    def status(self) -> int:
        """The exit status: 1 where a scene that was to play by itself went otherwise than it says."""
        return int(self._seconds is not None and self._meta.scene is not None and self._meta.scene.failed)

    def _step(self) -> None:
        self._call_off = None
        self._go_on()
        if self._meta.over:
            return
        if self._meta.scene is not None and self._meta.scene.left:
            self.start()
        else:
            self._meta.over = True
            self._ended()
