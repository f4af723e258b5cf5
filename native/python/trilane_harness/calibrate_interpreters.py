"""What a pool of interpreters costs, where there is one (3.14)."""

import gc
import threading
import time

from .calibrate_memory import resident
from .calibrate_processes import clock_of
from .calibrate_stats import Results, Unknown


def pool(results: Results, quick: bool) -> None:
    """Interpreters that start, and tiny tasks through one of them."""
    try:
        from concurrent.futures import InterpreterPoolExecutor
    except ImportError:
        raise Unknown("this Python has no InterpreterPoolExecutor") from None
    count = 30 if quick else 150
    for _ in range(2):
        before_threads = set(threading.enumerate())
        with InterpreterPoolExecutor(1) as executor:
            # Nothing of ours: an interpreter need not be able to import this package.
            executor.submit(abs, -1).result()
            workers = [thread for thread in threading.enumerate() if thread not in before_threads]
            clock = clock_of(workers[0])
            used = time.clock_gettime_ns(clock)
            results.work("first of interpreter", used)
            futures = [executor.submit(abs, -1) for _ in range(count)]
            for future in futures:
                future.result()
            results.work("item of interpreter", (time.clock_gettime_ns(clock) - used) / count)


def memory(results: Results, quick: bool) -> None:
    """Interpreters that are there."""
    try:
        from concurrent.futures import InterpreterPoolExecutor
    except ImportError:
        raise Unknown("this Python has no InterpreterPoolExecutor") from None
    count = 2 if quick else 4
    with InterpreterPoolExecutor(count + 1) as executor:
        # The first brings what all share. None is idle yet when the next is wanted.
        executor.submit(time.sleep, 0.3)
        time.sleep(0.2)
        gc.collect()
        before = resident()
        for _ in range(count):
            executor.submit(time.sleep, 0.3)
        time.sleep(0.25)
        used = resident() - before
    results.number(
        "memory_interpreter",
        "bytes",
        max(0, used / count),
        f"{count} workers of a pool of interpreters",
    )


def conclude(results: Results) -> None:
    """The figures from the samples."""
    if "first of interpreter" not in results.samples:
        return
    other = results.low("thread_boot") + results.low("item of interpreter")
    for sample in results.samples["first of interpreter"]:
        results.add("interpreter_boot", sample - other)
    results.cost(
        "interpreter_boot",
        "ns",
        "CPU time of a pool's worker until its first task is done, less an item's and a thread's",
    )
    for sample in results.samples["item of interpreter"]:
        results.add("interpreter_task", sample - results.low("pool_task"))
    results.cost(
        "interpreter_task", "ns", "a worker's CPU time for a tiny task, less a thread pool's"
    )
