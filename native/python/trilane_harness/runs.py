"""One job: look whether it can run here, warm up, run it, say what it took."""

import contextlib
import gc
import multiprocessing
import os
import signal
import sys
import threading
import time
from typing import Any, Callable, Dict, Iterator, Optional, Set, Tuple

from . import delays, job as jobs, lifeline, merge, records, work
from .blocking import Context, leaf
from .job import Job
from .records import Recorder, now
from .run import Run
from .trouble import Trouble
from .usage import Usage

# How long threads of a failed run may take to end before the next run.
PATIENCE = 10.0
# A trial with less CPU time in bytecode tells nothing, ns.
ENOUGH = 2_000_000
# What has been warmed up in this process.
WARM: Set[Any] = set()


class Loaded:
    """A job that is ready to run."""

    def __init__(self, path: str) -> None:
        wait_for_leftovers()
        self.job = jobs.load(path)
        check(self.job)
        self.run_plan = plan(self.job)
        self.draws = jobs.read_draws(self.job.draws)
        self.native = jobs.uses(self.job, "native")
        self.fork_server = uses_fork_server(self.job)
        # What a turn took in a trial, and the clock's speed then.
        self.trial: Optional[Tuple[float, float]] = None
        self.in_threads = self.job.plan["kind"] in ("threads", "thread_each", "interpreters")
        delays.keep_gil(shares_gil(self.job))
        warm_up(self.job)

    def run(self, out: str, trial: bool = False) -> Dict[str, Any]:
        """One real run; the records go to the file `out`.

        A trial is a run on one core, where nothing slows anything down but the places in memory where
        frames happen to lie; those make the same loop up to a quarter slower. What its turns took is
        what the job's turns are counted by from then on, at the speed that the machine's clock has.
        """
        wait_for_leftovers()
        if self.fork_server:
            # A program pays for it at its first pool.
            lifeline.stop_fork_server()
        gc.collect()
        asked = time.process_time_ns()
        before = self.speed()
        work.set_speed(before)
        interval = sys.getswitchinterval()
        if self.job.switch_interval:
            sys.setswitchinterval(self.job.switch_interval / 1e9)
        usage = Usage()
        run = Run(self.job, self.draws, out)
        handler = signal.signal(signal.SIGUSR1, run.interrupt)
        try:
            with on_one_core(trial):
                self.run_plan(run)
            shutdown = now()
            if run.failure is not None:
                raise run.failure
        except BaseException:
            merge.discard(run)
            raise
        finally:
            run.over = True
            signal.signal(signal.SIGUSR1, handler)
            sys.setswitchinterval(interval)
        switches, peak = usage.switches_since(), usage.peak_since()
        after = self.speed()
        rows = merge.finish(run)
        if trial:
            self.trial = in_place(run)
        return {
            "start": run.start,
            "end": run.end,
            "shutdown": shutdown,
            "rows": rows,
            "python_ns_per_turn": [before.turn, after.turn],
            "native_ns_per_turn": [before.native_turn, after.native_turn],
            "peak_bytes": peak + run.peak_apart,
            "switches": switches,
            # All that this request took, and not just the run.
            "cpu_ns": time.process_time_ns() - asked + run.cpu_apart,
            "outcome": "completed",
        }

    def speed(self) -> work.Speed:
        """How fast this job's work goes now."""
        speed = work.calibrate(self.native, self.in_threads)
        if self.trial is None:
            return speed
        turn, clock = self.trial
        return speed._replace(turn=turn * work.clock_speed() / clock)


def in_place(run: Run) -> Optional[Tuple[float, float]]:
    """What a turn took in a run, ns, and the clock's speed."""
    turns, cpu = (sum(column) for column in zip(*run.paces))
    return (cpu / turns, work.clock_speed()) if cpu >= ENOUGH else None


@contextlib.contextmanager
def on_one_core(wanted: bool) -> Iterator[None]:
    """Keeps all threads and processes that are started meanwhile on one core, where that can be."""
    if not wanted or not hasattr(os, "sched_setaffinity"):
        yield
        return
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(cores)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, cores)


def uses_fork_server(job: Job) -> bool:
    """Whether the plan's worker processes are a fork server's children."""
    pool = job.plan if job.plan["kind"] == "processes" else job.plan.get("processes")
    return bool(pool) and pool["start"] == "forkserver"


def has_interpreters() -> bool:
    """Whether this Python has pools of interpreters."""
    if sys.version_info < (3, 14):
        return False
    try:
        from concurrent.futures import InterpreterPoolExecutor
    except ImportError:
        return False
    return InterpreterPoolExecutor is not None


def check(job: Job) -> None:
    """Refuses what this Python cannot do."""
    plan = job.plan
    version = "%d.%d" % sys.version_info[:2]
    if plan["kind"] == "interpreters" and not has_interpreters():
        raise Trouble(
            "unsupported",
            f"interpreters need Python 3.14, this is {version}: take a newer one, or processes",
        )
    for pool in (plan if plan["kind"] == "processes" else None, plan.get("processes")):
        methods = multiprocessing.get_all_start_methods()
        if isinstance(pool, dict) and pool["start"] not in methods:
            raise Trouble(
                "unsupported",
                f"start method {pool['start']!r} is not there: take one of {', '.join(methods)}",
            )


def plan(job: Job) -> Callable[[Run], None]:
    """The function that runs the job's plan. Importing it is part of the warm-up."""
    kind = job.plan["kind"]
    if kind in ("sync", "threads", "thread_each"):
        from . import plan_threads

        return {
            "sync": plan_threads.sync,
            "threads": plan_threads.pool,
            "thread_each": plan_threads.thread_each,
        }[kind]
    if kind == "asyncio":
        from . import plan_loop

        return plan_loop.run
    if kind == "processes":
        from . import plan_processes

        return plan_processes.run
    from . import plan_interpreters

    return plan_interpreters.run


def shares_gil(job: Job) -> bool:
    """Whether several threads of the parent want the same GIL."""
    several = job.plan["kind"] in ("threads", "thread_each") or job.plan.get("threads")
    return bool(several) and getattr(sys, "_is_gil_enabled", lambda: True)()


def warm_up(job: Job) -> None:
    """Imports what the plan needs, starts the helpers that live on, fills the caches."""
    plan = job.plan
    pool: Optional[Dict[str, Any]] = plan if plan["kind"] == "processes" else plan.get("processes")
    if pool:
        once(warm_processes, pool["start"])
    if plan.get("threads") or plan["kind"] == "threads":
        from concurrent.futures import ThreadPoolExecutor

        once(warm_pool, ThreadPoolExecutor)
    if plan["kind"] == "asyncio":
        once(warm_loop)
    if plan["kind"] == "interpreters":
        from concurrent.futures import InterpreterPoolExecutor

        once(warm_pool, InterpreterPoolExecutor)
    work.set_speed(work.calibrate(jobs.uses(job, "native")))


def once(warm: Callable[..., None], *args: Any) -> None:
    """Warms something up, unless it is warm."""
    if (warm, args) not in WARM:
        warm(*args)
        WARM.add((warm, args))


def warm_processes(start: str) -> None:
    """A pool of one process."""
    from concurrent.futures import ProcessPoolExecutor

    from . import plan_processes

    if start != "fork":
        # Before the first worker: it would unblock the signals that starting one blocks.
        from multiprocessing import resource_tracker

        with lifeline.without_interrupts():
            resource_tracker.ensure_running()
    context = plan_processes.context(start)
    with ProcessPoolExecutor(1, mp_context=context, initializer=lifeline.end_with_parent) as one:
        one.submit(int).result()


def warm_pool(kind: Callable[[int], Any]) -> None:
    """A pool of one thread or interpreter."""
    with kind(1) as one:
        one.submit(int).result()


def warm_loop() -> None:
    """An event loop."""
    import asyncio

    loop = asyncio.new_event_loop()
    loop.run_until_complete(asyncio.sleep(0))
    loop.close()


def step_cost() -> float:
    """Nanoseconds that the harness adds to a short step: dispatch, clock, record. Measured."""
    cx = Context(0, 0, Recorder("main", 0))
    empty = leaf(work.python_work, 0, ())
    best = float("inf")
    for _ in range(5):
        start = now()
        for _ in range(500):
            empty(cx)
        best = min(best, (now() - start) / 500)
    cx.recorder.delays.close()
    return best


def wait_for_leftovers() -> None:
    """Threads of a run that failed may still work; the next run must not be measured beside them."""
    end = time.monotonic() + PATIENCE
    while threading.active_count() > 1:
        if time.monotonic() > end:
            count = threading.active_count() - 1
            raise Trouble(
                "failed",
                f"{count} threads of a failed run still work: start the harness again",
            )
        time.sleep(0.01)


def about() -> Dict[str, Any]:
    """What this Python is."""
    return {
        "hello": 1,
        "python": sys.version.split()[0],
        "version": list(sys.version_info[:3]),
        "gil": getattr(sys, "_is_gil_enabled", lambda: True)(),
        "implementation": sys.implementation.name,
        "start_methods": multiprocessing.get_all_start_methods(),
        "interpreters": has_interpreters(),
        "cpus": cpus(),
        "compiler": " ".join(__import__("platform").python_compiler().split()),
        "pid": os.getpid(),
    }


def cpus() -> int:
    """Cores that this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:
        return os.cpu_count() or 1


def load(path: str) -> "tuple[Loaded, Dict[str, Any]]":
    """Gets a job ready; the answer says what a record and a short step cost."""
    loaded = Loaded(path)
    answer = {"loaded": True, "record_ns": records.cost(), "step_ns": step_cost()}
    return loaded, answer
