"""What things cost under this Python on this machine: the figures of a profile.

Each part of `calibrate_*` takes samples; a part that is quick is taken in several rounds with all
others in between, so that a disturbance falls on a sample of each rather than on all of one. A part
that does not work on this system is told with its reason, and the others go on.
"""

import os
import platform
import sys
import time
import warnings
from time import perf_counter_ns as now
from typing import Any, Callable, Dict, List, Optional, Tuple

from . import (
    calibrate_interpreters,
    calibrate_kernel,
    calibrate_loop,
    calibrate_memory,
    calibrate_processes,
    calibrate_threads,
    calibrate_work,
)
from .calibrate_stats import Results, Unknown, each

Part = Callable[[Results, bool], None]

ROUNDS = 5


def pace() -> None:
    """A loop of a quarter of a millisecond, timed before every part."""
    calibrate_work.turns(10_000)


# What is missing where a part fails.
IN_ROUNDS: List[Tuple[Part, Tuple[str, ...]]] = [
    (calibrate_kernel.wake, ("wake_idle",)),
    (calibrate_kernel.sleeps, ("io_call", "timer_late")),
    (calibrate_kernel.polls, ("epoll_late_ppm",)),
    (
        calibrate_threads.threads,
        ("thread_create", "thread_boot", "thread_exit", "thread_join"),
    ),
    (calibrate_threads.steps, ("call", "lock", "semaphore", "queue")),
    (calibrate_threads.process_sync, ("process_sync",)),
    (calibrate_threads.pool, ("pool_submit", "pool_task")),
    (calibrate_threads.waits, ("future_wait",)),
    (calibrate_loop.start, ("loop_start",)),
    (calibrate_loop.yields, ("loop_iteration", "loop_callback")),
    (calibrate_loop.tasks, ("task_create", "task_run")),
    (calibrate_loop.timers, ("loop_timer",)),
    (calibrate_loop.sync, ("loop_sync",)),
    (calibrate_loop.executor, ("executor_call", "executor_return")),
    (calibrate_processes.pool, ("process_submit", "feeder")),
    (calibrate_processes.halves, ("manager_put",)),
    (calibrate_processes.starts, ("forkserver_start",)),
    (calibrate_kernel.busy, ("slice", "wake_busy")),
    (calibrate_kernel.shares, ("core_share",)),
    (calibrate_threads.hand_overs, ("gil_steal_ppm",)),
]
# What leaves memory behind that a fork would have to copy comes when there is none to come.
LATE: List[Tuple[Part, Tuple[str, ...]]] = [
    (calibrate_processes.transfer, ("transfer",)),
    (calibrate_interpreters.pool, ("interpreter_boot", "interpreter_task")),
]
ONCE: List[Tuple[Part, Tuple[str, ...]]] = [
    (calibrate_interpreters.memory, ("memory_interpreter",)),
    (calibrate_memory.threads, ("memory_thread",)),
    (calibrate_memory.tasks, ("memory_task",)),
    (calibrate_memory.processes, ("memory_process",)),
]
CONCLUSIONS = (
    calibrate_kernel.conclude,
    calibrate_threads.conclude,
    calibrate_loop.conclude,
    calibrate_processes.conclude,
    calibrate_interpreters.conclude,
)


def figures(request: Dict[str, Any]) -> Dict[str, Any]:
    """Answers a request: `quick` takes few samples, `only` = "speed" nothing but the speed."""
    quick = bool(request.get("quick"))
    results = Results()
    began, load = now(), Load()
    with warnings.catch_warnings():
        # 3.12 and later warn of forking beside threads; ours wait, and hold nothing.
        warnings.simplefilter("ignore")
        rounds = 1 if quick else ROUNDS
        everything = request.get("only") != "speed"
        for parts, times in ((IN_ROUNDS, rounds), (LATE, rounds), (ONCE, 1)):
            for _ in range(times):
                speed(results)
                for part, names in parts if everything else ():
                    take(results, part, names, quick)
    answer: Dict[str, Any] = {
        "turn_ns": results.low("turn"),
        "native_ns": results.low("native"),
        "build": " ".join(sys.version.split()),
        "machine": machine(),
        "cores": len(calibrate_kernel.cores()) or os.cpu_count() or 1,
        "system": f"{platform.system()} {platform.release()}",
        "date": time.strftime("%Y-%m-%d"),
        "start": start_method(),
        "quick": quick,
        "seconds": (now() - began) / 1e9,
        "other_load": load.others(),
        "figures": {},
        "missing": {},
    }
    if everything:
        results.at_one_pace()
        for conclude in CONCLUSIONS:
            try:
                conclude(results)
            except (Unknown, KeyError) as trouble:
                results.missing.setdefault(conclude.__module__.rpartition("_")[2], str(trouble))
        answer["figures"] = results.figures
        answer["missing"] = results.missing
    return answer


def take(results: Results, part: Part, names: Tuple[str, ...], quick: bool) -> None:
    """Takes a part's samples, or the reason why there are none."""
    try:
        results.paces.append(min(each(1, pace) for _ in range(3)))
        part(results, quick)
    except (Unknown, OSError, RuntimeError, ValueError, AttributeError, NotImplementedError) as why:
        for name in names:
            results.missing[name] = " ".join(str(why).split()) or type(why).__name__


def speed(results: Results) -> None:
    """One round of plain work, in bytecode and in C: what this build makes of the machine."""
    from hashlib import pbkdf2_hmac

    calibrate_work.turns(20_000)
    for _ in range(8):
        results.add("turn", each(1, lambda: calibrate_work.turns(20_000)) / 20_000)
        results.add("native", each(1, lambda: pbkdf2_hmac("sha256", b"x", b"y", 1000)) / 1000)


def start_method() -> str:
    """How process pools start their workers unless told otherwise."""
    import multiprocessing

    return multiprocessing.get_context().get_start_method()


def machine() -> str:
    """The processor, in words."""
    try:
        with open("/proc/cpuinfo", encoding="utf-8", errors="replace") as file:
            for line in file:
                if line.lower().startswith("model name"):
                    return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


class Load:
    """How many cores are busy with something else."""

    def __init__(self) -> None:
        self.began = now()
        self.all = self.busy()
        self.own = self.ours()

    @staticmethod
    def busy() -> Optional[float]:
        """Seconds of CPU time that the whole machine has spent, a hypervisor's theft included."""
        try:
            with open("/proc/stat", encoding="ascii") as file:
                user, nice, system, _, _, irq, soft, stolen = map(int, file.readline().split()[1:9])
        except (OSError, ValueError):
            return None
        return (user + nice + system + irq + soft + stolen) / os.sysconf("SC_CLK_TCK")

    @staticmethod
    def ours() -> float:
        """Seconds of CPU time of this process and of its children that have ended."""
        times = os.times()
        return times.user + times.system + times.children_user + times.children_system

    def others(self) -> Optional[float]:
        """Cores that were busy with something else since the beginning."""
        busy = self.busy()
        if busy is None or self.all is None:
            return None
        seconds = (now() - self.began) / 1e9
        return max(0.0, (busy - self.all - (self.ours() - self.own)) / seconds)
