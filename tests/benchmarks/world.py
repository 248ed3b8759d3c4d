"""How long a big world takes to run to its end, and whether the time grows with the messages alone.

    python tests/benchmarks/world.py                1,000 hosts, 10,000 to 100,000 messages
    python tests/benchmarks/world.py --quick        a look: 100 hosts, 1,000 to 4,000 messages
    python tests/benchmarks/world.py --history      the same with everything kept for undo, as in the shell

Every message waits in the queue of its sender's host at the start, and goes to a user of any host. Five hosts of a
hundred fail: half of them are down, half have a full queue. After six hours the queues have room again, and one host in
two that was down is up; the others stay down until their mail has gone back to its senders. Hosts try less and less
often (`backoff`). Times are CPU times. Nothing here asserts one.
"""

import argparse
import gc
import resource
import time

from mailshell.core.clock import DAY, HOUR, Instant
from mailshell.core.transcript import Transcript
from mailshell.mail.faults import Fault, Faults
from mailshell.mail.host import Traits
from mailshell.mail.store import Store
from mailshell.world.generate import generate
from mailshell.world.start import START, build
from mailshell.world.world import World

ROOM = 1 << 36  # octets of messages: no store is full here


def made(hosts: int, messages: int, *, history: bool) -> World:
    """The world at its start."""
    transcript = Transcript() if history else Transcript(limit=1 << 20)
    store = Store(history=history, limit=ROOM)
    plan = generate(hosts, 2 * hosts, 0, seed=1, waiting=messages)
    world = build(plan, store=store, traits=Traits(backoff=True), transcript=transcript)
    faults = Faults()
    for number, host in enumerate(list(world.hosts)[::20]):
        faults = faults.put(Fault("queue-full" if number % 2 else "host-down", host))
    world.suffer(faults)
    return world


def run(world: World) -> None:
    """Let everything happen, up to the day on which the last message has been given up."""
    world.advance(Instant(START + 6 * HOUR))
    down = [fault for fault in world.faults.all if fault.kind == "host-down"]
    world.suffer(world.faults._replace(all=tuple(down[::2])))
    world.advance(Instant(START + 30 * DAY))


def main() -> None:
    """Print a row for each size."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--history", action="store_true")
    options = parser.parse_args()
    hosts, sizes = (100, (1_000, 2_000, 4_000)) if options.quick else (1_000, (10_000, 20_000, 50_000, 100_000))
    print(f"{hosts:,} hosts, 5 % of them fail")
    print(f"{'messages':>9} {'seconds':>8} {'us each':>8} {'ratio':>6} {'arrived':>9} {'waiting':>8} {'MiB':>6}")
    first = 0.0
    for size in sizes:
        world = made(hosts, size, history=options.history)
        gc.collect()
        gc.freeze()  # what was there before is not searched for garbage again and again
        start = time.process_time()
        run(world)
        seconds = time.process_time() - start
        each = seconds / size * 1e6
        first = first or each
        store = world.store
        accounts = [one for host in world.hosts.values() for one in host.accounts()]
        arrived = sum(len(box.messages) for one in accounts for box in store.mailboxes(one.host, one.user))
        waiting = sum(len(store.queue(host)) for host in world.hosts)
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        row = f"{size:>9,} {seconds:>8.1f} {each:>8.0f} {each / first:>6.2f} {arrived:>9,} {waiting:>8,} {memory:>6,}"
        print(row, flush=True)
        del world, store, accounts
        gc.unfreeze()


if __name__ == "__main__":
    main()
