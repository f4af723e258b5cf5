"""What the kernel and the cores cost: waking up, timers, time slices, cores that share.

Cores are kept busy by processes of their own, pinned where the system can do that, so that what is
measured does not hang on where the kernel happens to put them.
"""

import multiprocessing
import os
import select
import threading
import time
from time import perf_counter_ns as now
from typing import Any, Callable, List, Tuple

from . import calibrate_work
from .calibrate_stats import (
    Results,
    Unknown,
    cpu,
    distribution,
    each,
    low,
    median,
    quantile,
    spread,
    usual,
)


def context() -> Any:
    """The cheapest way to a process."""
    methods = multiprocessing.get_all_start_methods()
    return multiprocessing.get_context("fork" if "fork" in methods else "spawn")


class Child:
    """A process at the end of a pipe, which ends with this one."""

    def __init__(self, target: Callable[..., None], *arguments: Any) -> None:
        self.pipe, theirs = context().Pipe()
        self.process = context().Process(target=target, args=(theirs, *arguments), daemon=True)
        self.process.start()
        theirs.close()

    def ask(self, seconds: float = 20.0) -> Any:
        """What it says next."""
        if not self.pipe.poll(seconds):
            raise Unknown("a process that was to be measured did not answer")
        return self.pipe.recv()

    def end(self) -> None:
        """Takes it away."""
        self.pipe.close()
        self.process.terminate()
        self.process.join()


def cores() -> List[int]:
    """The cores this process may use, or nothing where the system does not say."""
    if not hasattr(os, "sched_getaffinity"):
        return []
    return sorted(os.sched_getaffinity(0))


def one_way(count: int, pause: float) -> List[float]:
    """From before a lock is given back until the thread that waits for it goes on."""
    there, back = threading.Lock(), threading.Lock()
    there.acquire()
    back.acquire()
    took: List[float] = [0.0] * (2 * count)
    sent = [0, 0]

    def other() -> None:
        for i in range(count):
            there.acquire()
            took[2 * i] = now() - sent[0]
            if pause:
                time.sleep(pause)
            sent[1] = now()
            back.release()

    thread = threading.Thread(target=other)
    thread.start()
    # Until the other sleeps too.
    time.sleep(0.002)
    for i in range(count):
        if pause:
            time.sleep(pause)
        sent[0] = now()
        there.release()
        back.acquire()
        took[2 * i + 1] = now() - sent[1]
    thread.join()
    # The first finds everything cold.
    return took[2:]


def wake(results: Results, quick: bool) -> None:
    """One round of wake-ups: at once, and out of sleeps of 1 and 5 ms, in which a core rests."""
    for count, pause in ((90, 0.0), (24, 0.001), (12 if quick else 20, 0.005)):
        for took in one_way(count, pause):
            results.add(f"wake {pause}", took)


def sleeps(results: Results, quick: bool) -> None:
    """One round of sleeps, and of the call alone."""
    reader, writer = os.pipe()

    def both() -> None:
        os.write(writer, b"x")
        os.read(reader, 1)

    results.work("io_call", each(300, both) / 2)
    os.close(reader)
    os.close(writer)
    for seconds, count in ((0.002, 12), (0.01, 4 if quick else 10)):
        for _ in range(count):
            start = now()
            time.sleep(seconds)
            results.add("overslept", now() - start - seconds * 1e9)


def polls(results: Results, quick: bool) -> None:
    """One round of long waits in `epoll_wait`."""
    if not hasattr(select, "epoll"):
        raise Unknown("this system has no epoll")
    seconds = 0.03 if quick else 0.08
    with select.epoll() as poll:
        for _ in range(1 if quick else 2):
            start = now()
            poll.poll(seconds)
            results.add("polled late", now() - start - seconds * 1e9)
            results.add("polled", seconds * 1e9)


def busy(results: Results, quick: bool) -> None:
    """Time slices, and waking up, on a core that others keep busy."""
    here = cores()
    if not here:
        raise Unknown("this system does not pin processes to cores")
    core = here[-1]
    seconds = 0.15
    pair = [Child(calibrate_work.burn, core, seconds) for _ in range(2)]
    try:
        for child in pair:
            child.ask()
        for child in pair:
            runs = child.ask()
            for start, end in runs[1:-1]:
                # A timer's interrupt is a gap too, but ends no slice.
                if end - start > 300_000:
                    results.add("slice", end - start)
    finally:
        for child in pair:
            child.end()
    seconds = 0.3
    child = Child(calibrate_work.burn, core, seconds)
    try:
        child.ask()
        os.sched_setaffinity(0, {core})
        end = now() + int(seconds * 0.95e9)
        works = False
        while now() < end:
            # Who only ever sleeps is let in at once; who computes too has had a share already.
            until = cpu() + (1_500_000 if works else 0)
            works = not works
            while cpu() < until:
                pass
            start = now()
            time.sleep(0.003)
            results.add("woke late on a busy core", now() - start - 3e6)
    finally:
        os.sched_setaffinity(0, set(here))
        child.end()


def shares(results: Results, quick: bool) -> None:
    """How much busy cores slow each other down."""
    count = len(cores()) or os.cpu_count() or 1
    counts = [1]
    while counts[-1] < count:
        counts.append(min(count, 2 * counts[-1]))
    part = 20_000
    crew: List[Child] = []
    try:
        for _ in range(count):
            crew.append(Child(calibrate_work.run_turns))
        for child in crew:
            child.pipe.send((part, 1))
        for child in crew:
            child.ask()
        parts = 12 if quick else 30
        # Each against itself: the same loop is not equally fast in all processes.
        alone = [together([child], part, parts)[0] for child in crew]
        for busy_cores in counts:
            took = together(crew[:busy_cores], part, parts)
            slower = sum(beside / before for beside, before in zip(took, alone)) / busy_cores
            results.add(f"share {busy_cores}", slower * 1e6 if busy_cores > 1 else 1e6)
    finally:
        for child in crew:
            child.end()


def together(crew: List[Child], part: int, parts: int) -> List[float]:
    """CPU time of parts of work that each child does while the others do the same."""
    for child in crew:
        child.pipe.send((part, parts))
    # The first and last parts may run beside nobody.
    return [low(child.ask()[2:-2]) for child in crew]


def conclude(results: Results) -> None:
    """The figures from the samples of all rounds."""
    samples: List[float] = []
    for pause in (0.0, 0.001, 0.005):
        # Each manner of waking has the same weight, whatever the number of its samples.
        usual_ones = usual(results.samples.get(f"wake {pause}", []))
        samples.extend(quantile(usual_ones, i / 40) for i in range(41))
    wakes = distribution(samples)
    results.quantiles(
        "wake_idle",
        wakes,
        "from giving a lock back until the thread that waits for it goes on: at once, after 1 ms "
        "and after 5 ms of rest, in equal parts",
    )
    results.cost(
        "io_call",
        "ns",
        "CPU time of reading or writing a byte that need not wait: the call, and the lock",
    )
    call = results.low("io_call")
    late = distribution(usual(results.samples.get("overslept", [])))
    lates = [max(0.0, at - wake - call) for at, wake in zip(late, wakes)]
    results.quantiles(
        "timer_late",
        lates,
        "how much too long `time.sleep` of 2 and 10 ms takes, less the wake-up and the call",
    )
    if "polled late" in results.samples:
        # A long wait is late by more than a short one: the kernel lets it slip, and cores rest
        # deeper.
        short = results.low("overslept")
        for polled, time_out in zip(results.samples["polled late"], results.samples["polled"]):
            results.add("epoll_late_ppm", (polled - short) / time_out * 1e6)
        results.cost(
            "epoll_late_ppm",
            "ppm",
            "how much too long `epoll_wait` takes 80 ms, beyond `time.sleep` of 2 and 10 ms",
        )
    if "slice" in results.samples:
        slices = results.samples["slice"]
        results.number(
            "slice",
            "ns",
            median(slices),
            "two processes on one core: how long each runs before the other does",
            spread(slices, median(slices)),
            len(slices),
        )
    if "woke late on a busy core" in results.samples:
        woke = distribution(results.samples["woke late on a busy core"])
        timer = median(lates) + call
        results.quantiles(
            "wake_busy",
            [max(0.0, at - timer) for at in woke],
            "how much too long `time.sleep` of 3 ms takes on a core that another process keeps "
            "busy, less the timer's lateness and the call; before every other sleep 1.5 ms of work",
        )
    counts = [name for name in results.samples if name.startswith("share ")]
    rows: List[Tuple[int, int]] = []
    for name in counts:
        least = rows[-1][1] if rows else 1_000_000
        rows.append((int(name[6:]), max(least, round(median(results.samples[name])))))
    if rows:
        rows[0] = (1, 1_000_000)
        results.table(
            "core_share",
            "busy",
            rows,
            "CPU time of a loop of bytecode in so many processes at once, against one",
        )
