"""What processes cost: starting them, and every hand through which a process pool's item goes.

The pool's threads and workers have CPU clocks of their own, so that a batch of tiny tasks tells
what each of them takes, however they overlap. Where that is two things in one thread, each is timed
alone and the thread's time is shared out in proportion.
"""

import multiprocessing
import threading
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing.reduction import ForkingPickler
from time import perf_counter_ns as now
from typing import List, Tuple

from . import calibrate_work, lifeline
from .calibrate_kernel import context
from .calibrate_stats import Results, Unknown, cpu

SIZES = (1_000, 64_000, 1 << 20, 4 << 20, 16 << 20)
# Smaller payloads drown in what a trip through the pool takes.
WHOLE = 64_000
METHODS = ("fork", "spawn", "forkserver")


def clock_of(thread: threading.Thread) -> int:
    """Which clock tells that thread's CPU time."""
    if not hasattr(time, "pthread_getcpuclockid") or thread.ident is None:
        raise Unknown("this system does not tell the CPU time of other threads")
    return time.pthread_getcpuclockid(thread.ident)


def pool(results: Results, quick: bool) -> None:
    """One round of a pool of one process that does tiny tasks."""
    count = 100 if quick else 300
    before_threads = set(threading.enumerate())
    with ProcessPoolExecutor(1, mp_context=context()) as executor:
        # The pool's threads and its process are there after the first items.
        for _ in range(3):
            executor.submit(calibrate_work.nothing).result()
        helpers = [thread for thread in threading.enumerate() if thread not in before_threads]
        feeders = [thread for thread in helpers if "Feeder" in thread.name]
        managers = [thread for thread in helpers if thread not in feeders]
        if len(feeders) != 1 or len(managers) != 1:
            raise Unknown("the pool's threads are not the two that were expected")
        feeder, manager = clock_of(feeders[0]), clock_of(managers[0])
        worker = executor.submit(calibrate_work.cpu_of_process).result()
        fed, managed = time.clock_gettime_ns(feeder), time.clock_gettime_ns(manager)
        before = cpu()
        futures = [executor.submit(calibrate_work.nothing) for _ in range(count)]
        results.work("process_submit", (cpu() - before) / count)
        for future in futures:
            future.result()
        results.work("feeder", (time.clock_gettime_ns(feeder) - fed) / count)
        results.work("manager", (time.clock_gettime_ns(manager) - managed) / count)
        worker = executor.submit(calibrate_work.cpu_of_process).result() - worker
        results.work("worker", worker / (count + 1))


def halves(results: Results, quick: bool) -> None:
    """One round of the parts of a thread's work: putting an item, and a worker's get and put."""
    count = 100 if quick else 300
    line = context().Queue()
    line.put(None)
    line.get()
    item = (1, calibrate_work.nothing, (), {})
    started = cpu()
    for _ in range(count):
        line.put(item)
    results.work("manager_put", (cpu() - started) / count)
    started = cpu()
    for _ in range(count):
        line.get()
    results.work("worker get", (cpu() - started) / count)
    line.close()
    line.join_thread()
    simple = context().SimpleQueue()
    started = cpu()
    for _ in range(count):
        simple.put(item)
    results.work("worker put", (cpu() - started) / count)


def start_plain(results: Results, method: str, times: int) -> None:
    """Processes that tell their CPU time when they begin."""
    ours = multiprocessing.get_context(method)
    for _ in range(times):
        mine, theirs = ours.Pipe(duplex=False)
        process = ours.Process(target=calibrate_work.tell_start, args=(theirs,), daemon=True)
        before, used = now(), cpu()
        process.start()
        used, after = cpu() - used, now()
        theirs.close()
        if not mine.poll(20):
            raise Unknown(f"a process started by {method} did not answer")
        own = mine.recv()
        process.join()
        mine.close()
        # `fork_exec` keeps its caller, lock and all, until the child has become another program.
        # The parent of a fork server's child waits too, for its number, but without the lock.
        parent = after - before if method == "spawn" else used
        if method != "fork":
            results.work(f"parent {method}", parent)
        results.work(f"own plain {method}", own)


def start_pool(results: Results, method: str, times: int) -> None:
    """Pools of one process, which tells its CPU time when its first task begins."""
    for _ in range(times):
        with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context(method)) as executor:
            own = executor.submit(calibrate_work.cpu_of_process).result()
            results.work(f"own pooled {method}", own)


def forks(results: Results, times: int) -> None:
    """What each fork of a pool takes its parent: pools fork all their workers at the first item."""
    ours = multiprocessing.get_context("fork")
    for _ in range(times):
        took = {}
        for workers in (1, 3):
            with ProcessPoolExecutor(workers, mp_context=ours) as executor:
                before = cpu()
                future = executor.submit(calibrate_work.nothing, 0)
                took[workers] = cpu() - before
                future.result()
        results.work("parent fork", (took[3] - took[1]) / 2)


def starts(results: Results, quick: bool) -> None:
    """Starting processes by every method."""
    methods = multiprocessing.get_all_start_methods()
    if "fork" in methods:
        start_plain(results, "fork", 4)
        forks(results, 3)
    if "spawn" in methods:
        start_plain(results, "spawn", 1)
        start_pool(results, "spawn", 1)
    if "forkserver" in methods:
        try:
            start_pool(results, "forkserver", 1)
            start_plain(results, "forkserver", 2)
        finally:
            lifeline.stop_fork_server()


def transfer(results: Results, quick: bool) -> None:
    """One round of bytes of several sizes: pickled, through a pipe, unpickled."""
    ours = context()
    reader, writer = ours.Pipe(duplex=False)
    back, answer = ours.Pipe(duplex=False)
    child = ours.Process(target=calibrate_work.receive, args=(reader, answer), daemon=True)
    child.start()
    reader.close()
    answer.close()
    try:
        sizes = (8, *SIZES[: 3 if quick else len(SIZES)])
        for size in sizes:
            payload = bytes(size)
            for _ in range(2 if size > 4 << 20 else 4 if size > 64_000 else 10):
                a = cpu()
                pickled = ForkingPickler.dumps(payload)
                b = cpu()
                again = ForkingPickler.loads(pickled)
                c = cpu()
                results.work(f"dumps {size}", b - a)
                results.work(f"loads {size}", c - b)
                del again
                sent = now()
                writer.send_bytes(pickled)
                if not back.poll(20):
                    raise Unknown("a process at the end of a pipe did not answer")
                results.add(f"pipe {size}", back.recv() - sent)
                del pickled
        with ProcessPoolExecutor(1, mp_context=ours) as executor:
            executor.submit(calibrate_work.nothing).result()
            for size in sizes:
                payload = bytes(size)
                for _ in range(2 if size > 4 << 20 else 4 if size > 64_000 else 10):
                    sent = now()
                    executor.submit(calibrate_work.echo, payload).result()
                    results.add(f"echo {size}", now() - sent)
    finally:
        writer.close()
        back.close()
        child.terminate()
        child.join()


def conclude_transfer(results: Results) -> None:
    """The table from the samples of all rounds."""
    rows: List[Tuple[int, ...]] = [(0, 0, 0, 0)]
    for size in SIZES:
        if f"pipe {size}" not in results.samples:
            continue
        # A pipe's two ends work side by side; the model has them one after the other.
        shares = {"dumps": 1, "loads": 1, "pipe": 2}
        row = [
            max(0.0, results.low(f"{name} {size}") - results.low(f"{name} 8")) / share
            for name, share in shares.items()
        ]
        # Memory that was in use a moment ago makes each alone look cheap. The parts tell the
        # shares, a pool that gives payloads back the sum: there and back, a pipe with two ends.
        echo = max(0.0, results.low(f"echo {size}") - results.low("echo 8"))
        parts = 2 * (row[0] + row[1] + 2 * row[2])
        if size >= WHOLE and parts > 0:
            row = [part * echo / parts for part in row]
        rows.append((size, *[max(round(x), rows[-1][i + 1]) for i, x in enumerate(row)]))
    if len(rows) == 1:
        return
    results.table(
        "transfer",
        "rows",
        rows,
        "bytes that a pool of one process gives back, less 8 bytes; shared out as pickling, "
        "unpickling and half of sending through a pipe take alone",
    )


def conclude(results: Results) -> None:
    """The figures from the samples of all rounds."""
    batch = "in a batch of tiny tasks through a pool of one process: CPU time "
    results.cost("process_submit", "ns", batch + "of `submit`")
    results.cost("manager_put", "ns", "CPU time of `put` on a queue like the pool's call queue")
    results.cost("feeder", "ns", batch + "of the feeder thread, an item")
    if "manager" in results.samples and "manager_put" in results.samples:
        for sample in results.samples["manager"]:
            results.add("manager_result", sample - results.low("manager_put"))
    results.cost("manager_result", "ns", batch + "of the manager thread, an item, less its `put`")
    if "worker" in results.samples and "worker get" in results.samples:
        get, put = results.low("worker get"), results.low("worker put")
        for sample in results.samples["worker"]:
            rest = max(0.0, sample - results.low("call"))
            results.add("process_get", rest * get / (get + put))
            results.add("process_put", rest * put / (get + put))
    shared = batch + "of the worker, shared out as a `get` and a `put` take"
    results.cost("process_get", "ns", shared)
    results.cost("process_put", "ns", shared)
    for method in METHODS:
        if f"parent {method}" not in results.samples:
            for name in (f"process_parent_{method}", f"process_boot_{method}"):
                results.missing[name] = f"this system has no {method}"
            continue
        parents = results.samples[f"parent {method}"]
        # What is timed by the clock is disturbed by more than what is timed in CPU time.
        for sample in [min(parents)] if method == "spawn" else parents:
            results.add(f"process_parent_{method}", sample)
        how = {
            "fork": "CPU time of the first `submit` to a pool of three against a pool of one, a process",
            "spawn": "time of `Process.start()` by spawn",
            "forkserver": "CPU time of `Process.start()` by forkserver",
        }
        results.cost(f"process_parent_{method}", "ns", how[method])
        # Starting is computing, but for moments: CPU time tells it also beside other load. A child
        # of the fork server waits until the server has forked it, which is as long as our own fork.
        boot = "CPU time of a new process until its target begins"
        samples = results.samples[f"own plain {method}"]
        less = 0.0
        if method != "fork":
            boot = "CPU time of a pool's new process until its first task begins, less its `get`"
            samples = results.samples[f"own pooled {method}"]
            less = results.low("process_get")
        if method == "forkserver":
            boot += ", and a fork's in its parent"
            less -= results.low("parent fork")
        for sample in samples:
            results.add(f"process_boot_{method}", sample - less)
        results.cost(f"process_boot_{method}", "ns", boot)
    if "parent forkserver" in results.samples:
        for sample in results.samples["own plain spawn"]:
            results.add("forkserver_start", sample)
    results.cost(
        "forkserver_start",
        "ns",
        "CPU time of a spawned process until its target begins: the server starts in the same way",
    )
    conclude_transfer(results)
