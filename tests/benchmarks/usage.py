"""What a running process uses: memory and CPU time, from /proc (Linux)."""

import contextlib
import os
import re
from collections import defaultdict
from pathlib import Path
from typing import NamedTuple, Self


class Memory(NamedTuple):
    """Resident and proportional set size, in MiB, of a process and all its descendants."""

    processes: int
    rss: float
    pss: float

    @classmethod
    def of(cls, root: int) -> Self:
        """Read it; what ends meanwhile is left out."""
        children: dict[int, list[int]] = defaultdict(list)
        for stat in Path("/proc").glob("[0-9]*/stat"):
            with contextlib.suppress(OSError):
                children[int(fields(stat)[1])].append(int(stat.parent.name))
        todo, processes, rss, pss = [root], 0, 0, 0
        while todo:
            pid = todo.pop()
            todo += children[pid]
            with contextlib.suppress(OSError):
                rollup = Path(f"/proc/{pid}/smaps_rollup").read_text("ascii")
                values = dict(re.findall(r"^(Rss|Pss):\s+(\d+)", rollup, re.MULTILINE))
                processes, rss, pss = processes + 1, rss + int(values["Rss"]), pss + int(values["Pss"])
        return cls(processes, rss / 1024, pss / 1024)


def cpu(pid: int) -> float:
    """Seconds of CPU, user and system, of all threads of a process; exact to a clock tick (mostly 10 ms)."""
    values = fields(Path(f"/proc/{pid}/stat"))
    return (int(values[11]) + int(values[12])) / os.sysconf("SC_CLK_TCK")


def fields(stat: Path) -> list[str]:
    """The fields after the process's name, which may hold spaces: state, parent, ..."""
    return stat.read_text("ascii", "replace").rpartition(")")[2].split()
