"""What threads, locks, thread pools and the interpreter lock cost.

Calls that only take CPU time are timed in CPU time of the thread that makes them, so that neither
other load nor waiting for the interpreter lock is in it. What a pool costs is taken apart by
keeping one of its sides busy while the other is timed.
"""

import multiprocessing
import queue
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from time import perf_counter_ns as now
from typing import Any, List, Tuple

from . import calibrate_work
from .calibrate_stats import Results, cpu, each, low


def gil() -> bool:
    """Whether this Python runs with a GIL."""
    return getattr(sys, "_is_gil_enabled", lambda: True)()


def threads(results: Results, quick: bool) -> None:
    """One round of threads that start and end one by one, and of joining ended ones."""
    count = 30 if quick else 60
    booted = [0] * count
    ended = [0] * count

    def target(i: int) -> None:
        # The thread's own clock began with the thread.
        booted[i] = cpu()
        ended[i] = cpu()

    created: List[int] = []
    whole = time.process_time_ns()
    mine = cpu()
    for i in range(count):
        thread = threading.Thread(target=target, args=(i,))
        before = cpu()
        thread.start()
        created.append(cpu() - before)
        thread.join()
    # The last may still be on its way out of the kernel.
    time.sleep(0.002)
    others = time.process_time_ns() - whole - (cpu() - mine)
    results.work("thread_create", low(created))
    results.work("thread_boot", low(booted))
    results.work("thread_exit", others / count - sum(ended) / count)
    crowd = [threading.Thread(target=calibrate_work.nothing) for _ in range(count)]
    for thread in crowd:
        thread.start()
    time.sleep(0.005)
    before = cpu()
    for thread in crowd:
        thread.join()
    results.work("thread_join", (cpu() - before) / count)


def task(work: Any) -> Any:
    """A task's function, as programs have it: it calls what it does."""
    return work(0)


def steps(results: Results, quick: bool) -> None:
    """One round of what a step may cost where nobody else wants the same thing."""
    count = 1000 if quick else 4000

    def empty() -> None:
        for _ in range(count):
            pass

    def calls() -> None:
        work = calibrate_work.nothing
        for _ in range(count):
            task(work)

    def locks() -> None:
        lock = threading.Lock()
        for _ in range(count):
            with lock:
                pass

    def semaphores() -> None:
        semaphore = threading.Semaphore(4)
        for _ in range(count):
            with semaphore:
                pass

    def queues() -> None:
        line: "queue.Queue[int]" = queue.Queue()
        for _ in range(count // 2):
            line.put(1)
        for _ in range(count // 2):
            line.get()

    loop = each(1, empty) / count
    works = {"call": calls, "lock": locks, "semaphore": semaphores, "queue": queues}
    for name, work in works.items():
        results.work(name, each(1, work) / count - loop)


def process_sync(results: Results, quick: bool) -> None:
    """One round of puts and gets on a queue between processes, here in one, in all its CPU time."""
    count = 100 if quick else 300
    line = multiprocessing.get_context("spawn").Queue()
    line.put(None)
    line.get()
    start = time.process_time_ns()
    for _ in range(count):
        line.put(1)
        line.get()
    results.work("process_sync", (time.process_time_ns() - start) / count / 2)
    line.close()
    line.join_thread()


def pool(results: Results, quick: bool) -> None:
    """One round of a thread pool: submitting while its worker is busy, then the worker alone."""
    count = 300 if quick else 1000
    gate, done = threading.Event(), threading.Event()
    marks: List[int] = []

    def first() -> None:
        gate.wait()
        marks.append(cpu())

    def last() -> None:
        marks.append(cpu())
        done.set()

    with ThreadPoolExecutor(1) as executor:
        executor.submit(first)
        time.sleep(0.001)
        start = cpu()
        for _ in range(count):
            executor.submit(calibrate_work.nothing)
        results.work("pool_submit", (cpu() - start) / count)
        executor.submit(last)
        gate.set()
        done.wait()
    results.work("pool_task", (marks[1] - marks[0]) / (count + 1))


def waits(results: Results, quick: bool) -> None:
    """One round of waiting for futures that are not done."""
    count = 30 if quick else 100
    waited: List[int] = []
    with ThreadPoolExecutor(1) as executor:
        for _ in range(count):
            # A moment without the lock: the result must not be there before it is asked for.
            future = executor.submit(time.sleep, 0.0003)
            before = cpu()
            future.result()
            waited.append(cpu() - before)
    results.work("future_wait", low(waited))


def hand_overs(results: Results, quick: bool) -> None:
    """Four threads that compute: who gets the lock after whom."""
    if not gil():
        return
    crew = 4
    end = now() + (200_000_000)
    logs: List[List[Tuple[int, int, int]]] = [[] for _ in range(crew)]

    def compute(number: int) -> None:
        log = logs[number]
        start = last = now()
        while last < end:
            at = now()
            if at - last > 400_000:
                log.append((start, last, number))
                start = at
            last = at
        log.append((start, last, number))

    team = [threading.Thread(target=compute, args=(i,)) for i in range(crew)]
    for thread in team:
        thread.start()
    for thread in team:
        thread.join()
    order: List[int] = []
    for _, _, number in sorted(run for log in logs for run in log):
        if not order or order[-1] != number:
            order.append(number)
    # The ends are no steady state.
    order = order[crew:-crew]
    for before, after in zip(order, order[2:]):
        results.add("back to the last", 1e6 if before == after else 0.0)


def conclude(results: Results) -> None:
    """The figures from the samples of all rounds."""
    cpu_of = "CPU time of "
    results.cost("thread_create", "ns", cpu_of + "`Thread.start()` in its caller")
    results.cost("thread_boot", "ns", "the new thread's own CPU time when its target begins")
    results.cost(
        "thread_exit", "ns", "CPU time of the process for an idle thread, less all that is others'"
    )
    results.cost("thread_join", "ns", cpu_of + "joining threads that have ended")
    results.cost("call", "ns", cpu_of + "a task's function that calls one other, less the loop")
    results.cost("lock", "ns", cpu_of + "`with lock: pass`, less the loop")
    results.cost("semaphore", "ns", cpu_of + "`with semaphore: pass`, less the loop")
    results.cost("queue", "ns", cpu_of + "a `put` or `get` that neither waits nor wakes")
    results.cost(
        "process_sync",
        "ns",
        cpu_of + "the process for a `put` or `get` of a small item, feeder and all",
    )
    results.cost("pool_submit", "ns", cpu_of + "`submit` while the pool's worker is busy")
    results.cost("pool_task", "ns", "the worker's own CPU time for an item, while nobody submits")
    results.number(
        "switch_interval", "ns", sys.getswitchinterval() * 1e9, "`sys.getswitchinterval()`"
    )
    results.cost("future_wait", "ns", cpu_of + "`result()` of a future that is not done")
    if not gil():
        results.number("gil_steal_ppm", "ppm", 0, "there is no lock to steal")
    elif "back to the last" in results.samples:
        backs = results.samples["back to the last"]
        results.number(
            "gil_steal_ppm",
            "ppm",
            sum(backs) / len(backs),
            "share of hand-overs among four computing threads that went to the one before",
            0,
            len(backs),
        )
