"""A tmux server of our own: panes with an alternate screen and a memory, as a terminal on a desk has them."""

import os
import shlex
import shutil
import subprocess
import time
import uuid

from tests.terminal import PATIENCE, PYTHON, ROOT

WHY_NOT = "" if shutil.which("tmux") else "tmux is not installed"
PROMPT = "sh$"
START = f"{shlex.quote(PYTHON)} -m mailshell smtp"
BAR = "  | next "  # stands in the toolbar, and nowhere else


class Tmux:
    """A server with a socket that nobody else has."""

    def __init__(self):
        self._socket = f"mailshell-{uuid.uuid4().hex}"

    def run(self, *words):
        """What a command of tmux prints."""
        environment = {name: value for name, value in os.environ.items() if name != "TMUX"} | {"LC_ALL": "C.UTF-8"}
        command = ["tmux", "-L", self._socket, "-f", os.devnull, *words]
        done = subprocess.run(command, env=environment, capture_output=True, timeout=PATIENCE, check=True)
        return done.stdout.decode()

    def close(self):
        """End the server and all that runs in it."""
        subprocess.run(["tmux", "-L", self._socket, "kill-server"], capture_output=True, timeout=PATIENCE, check=False)


class Pane:
    """A shell in a pane, with little of our environment, and `more`."""

    def __init__(self, tmux, columns=80, rows=24, **more):
        self._tmux = tmux
        self._name = uuid.uuid4().hex
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "XDG_CONFIG_HOME") if name in os.environ}
        known = kept | {"LC_ALL": "C.UTF-8", "PS1": f"{PROMPT} ", "MAILSHELL_STATE_DIR": os.devnull} | more
        # TERM and TMUX come from the server; what else it has is nothing of ours.
        command = ["env", "-u", "NO_COLOR", *(f"{name}={value}" for name, value in known.items()), "sh"]
        size = ["-x", str(columns), "-y", str(rows)]
        self._tmux.run("new-session", "-d", "-s", self._name, *size, "-c", str(ROOT), shlex.join(command))
        self.until(PROMPT)

    def start(self):
        """Start mailshell, and wait for its prompt."""
        self.type(START, "Enter")
        self.until("smtp nyu.edu>", BAR)

    def type(self, text, *keys):
        """Type text, then press keys by the names that tmux has for them."""
        if text:
            self._tmux.run("send-keys", "-t", self._name, "-l", text)
        if keys:
            self._tmux.run("send-keys", "-t", self._name, *keys)

    def resize(self, columns, rows):
        """Give the window another size."""
        self._tmux.run("resize-window", "-t", self._name, "-x", str(columns), "-y", str(rows))

    @property
    def rows(self):
        """The rows of the screen, without the empty ones at its end."""
        return self._captured()

    @property
    def transcript(self):
        """The lines since mailshell started, on the screen and above it; one that was too long for a row is whole."""
        rows = [row.rstrip() for row in self._captured("-J", "-S", "-")]
        return rows[max(number for number, row in enumerate(rows) if row.startswith("== mailshell")) + 1 :]

    def _captured(self, *options):
        return self._tmux.run("capture-pane", "-p", "-t", self._name, *options).rstrip("\n").split("\n")

    @property
    def alternate(self):
        """Whether the alternate screen is shown."""
        return self._tmux.run("display-message", "-p", "-t", self._name, "#{alternate_on}").strip() == "1"

    def until(self, *texts):
        """Wait until each text stands on some row of the screen; the rows."""
        self.when(lambda: all(any(text in row for row in self.rows) for text in texts))
        return self.rows

    def when(self, happened):
        """Wait until something is so."""
        deadline = time.monotonic() + PATIENCE
        while not happened():
            assert time.monotonic() < deadline, "\n".join(self.rows)
            time.sleep(0.01)
