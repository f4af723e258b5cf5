"""What the event loop costs, and going from it to an executor and back.

Everything happens on the loop's one thread, so CPU time of that thread is what it costs. How often
the loop went round is counted by its selector.
"""

import asyncio
import selectors
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Callable, Coroutine, List, Optional

from . import calibrate_work
from .calibrate_stats import Results, cpu


class Rounds(selectors.DefaultSelector):
    """Counts how often the loop asked it."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0

    def select(self, timeout: Optional[float] = None) -> Any:
        self.count += 1
        return super().select(timeout)


def on_a_loop(work: Callable[[Rounds], Coroutine[Any, Any, None]]) -> None:
    """Runs a coroutine on a loop whose rounds are counted."""
    rounds = Rounds()
    loop = asyncio.SelectorEventLoop(rounds)
    try:
        loop.run_until_complete(work(rounds))
    finally:
        loop.close()


async def nothing() -> None:
    """The smallest coroutine."""


def start(results: Results, quick: bool) -> None:
    """One round of loops that start."""
    began: List[int] = []

    async def main() -> None:
        began.append(cpu())

    for _ in range(4 if quick else 8):
        before = cpu()
        asyncio.run(main())
        results.work("asyncio.run", began.pop() - before)


def yields(results: Results, quick: bool) -> None:
    """One round of tasks that only let others go first: one alone, and many."""
    count = 300 if quick else 1000

    async def again(times: int) -> None:
        for _ in range(times):
            await asyncio.sleep(0)

    async def work(rounds: Rounds) -> None:
        before = cpu()
        await again(count)
        alone = (cpu() - before) / count
        crew, times = 50, count // 50
        before = cpu()
        await asyncio.gather(*[again(times + 1) for _ in range(crew)])
        more = cpu() - before
        before = cpu()
        await asyncio.gather(*[again(1) for _ in range(crew)])
        many = (more - (cpu() - before)) / crew / times
        # alone = iteration + callback; many = iteration / crew + callback
        iteration = max(0.0, (alone - many) * crew / (crew - 1))
        results.work("loop_iteration", iteration)
        results.work("loop_callback", max(0.0, alone - iteration))

    on_a_loop(work)


def tasks(results: Results, quick: bool) -> None:
    """One round of tasks that are made, do nothing, and end."""
    count = 200 if quick else 1000

    async def work(rounds: Rounds) -> None:
        started = rounds.count
        before = cpu()
        if hasattr(asyncio, "TaskGroup"):
            async with asyncio.TaskGroup() as group:
                for _ in range(count):
                    group.create_task(nothing())
                created = cpu()
        else:
            made = [asyncio.ensure_future(nothing()) for _ in range(count)]
            created = cpu()
            await asyncio.gather(*made)
        results.work("task_create", (created - before) / count)
        results.work("task whole", (cpu() - created) / count)
        results.add("task rounds", (rounds.count - started) / count)

    on_a_loop(work)


def timers(results: Results, quick: bool) -> None:
    """One round of many tasks that sleep."""
    crew, times = (100, 4) if quick else (300, 6)

    async def again(times: int) -> None:
        for _ in range(times):
            await asyncio.sleep(0.0011)

    async def work(rounds: Rounds) -> None:
        team = [asyncio.ensure_future(again(times)) for _ in range(crew)]
        await asyncio.sleep(0)
        # All have begun their first sleep, and have their last one's end before them.
        started = rounds.count
        before = cpu()
        await asyncio.gather(*team)
        sleeps = crew * (times - 1)
        results.work("sleep whole", (cpu() - before) / sleeps)
        results.add("sleep rounds", (rounds.count - started) / sleeps)

    on_a_loop(work)


def sync(results: Results, quick: bool) -> None:
    """One round of a lock that is free, and of a queue that has room and something in it."""
    count = 300 if quick else 1000

    async def work(_: Rounds) -> None:
        lock = asyncio.Lock()
        before = cpu()
        for _ in range(count):
            async with lock:
                pass
        locks = cpu() - before
        line: "asyncio.Queue[int]" = asyncio.Queue()
        before = cpu()
        for _ in range(count):
            await line.put(1)
            await line.get()
        queues = (cpu() - before) / 2
        results.work("loop_sync", (locks + queues) / 2 / count)

    on_a_loop(work)


def executor(results: Results, quick: bool) -> None:
    """One round of going to an executor and back: CPU time on either side."""
    count = 150 if quick else 500
    gate = threading.Event()
    marks: List[int] = []

    def first() -> None:
        gate.wait()
        marks.append(cpu())

    async def work(rounds: Rounds) -> None:
        loop = asyncio.get_running_loop()
        with ThreadPoolExecutor(1) as pool:
            opener = pool.submit(first)
            time.sleep(0.001)
            started = rounds.count
            before = cpu()
            calls = [
                loop.run_in_executor(pool, calibrate_work.nothing) for _ in range(count)
            ]
            last = pool.submit(lambda: marks.append(cpu()))
            gate.set()

            async def fetch(call: Any) -> None:
                await call

            # A task each, as in a program: each is woken by its own result.
            await asyncio.gather(*[fetch(call) for call in calls])
            results.work("offload whole", (cpu() - before) / count)
            results.add("offload rounds", (rounds.count - started) / count)
            opener.result()
            last.result()
        results.work("offload worker", (marks[1] - marks[0]) / count)

    on_a_loop(work)


def conclude(results: Results) -> None:
    """The figures from the samples of all rounds."""
    have = results.low
    iteration, callback = have("loop_iteration"), have("loop_callback")
    for sample in results.samples["asyncio.run"]:
        results.add("loop_start", sample - iteration)
    results.cost("loop_start", "ns", "CPU time of `asyncio.run` until its coroutine begins")
    results.cost(
        "loop_iteration",
        "ns",
        "`asyncio.sleep(0)` by one task against 50 at once: what they share",
    )
    results.cost(
        "loop_callback",
        "ns",
        "`asyncio.sleep(0)` by one task against 50 at once: what each takes",
    )
    results.cost("task_create", "ns", "CPU time of creating one of many tasks")
    for sample in results.samples["task whole"]:
        shared = have("task rounds") * iteration
        results.add("task_run", sample - callback - shared)
    results.cost("task_run", "ns", "many tasks that do nothing, besides making them and a callback")
    for sample in results.samples["sleep whole"]:
        shared = have("sleep rounds") * iteration
        results.add("loop_timer", sample - callback - shared)
    results.cost("loop_timer", "ns", "many tasks that sleep, besides a callback and the rounds")
    results.cost("loop_sync", "ns", "mean of `async with lock: pass` and half a `put` and `get`")
    created = have("task_create") + have("task whole") - have("task rounds") * iteration
    for sample in results.samples["offload whole"]:
        shared = have("offload rounds") * iteration
        own = created + have("pool_submit") + callback + shared
        results.add("executor_call", sample - own)
    results.cost(
        "executor_call",
        "ns",
        "CPU time of the loop for `run_in_executor` and back, less its task, callback and submit",
    )
    for sample in results.samples["offload worker"]:
        results.add("executor_return", sample - have("pool_task"))
    results.cost(
        "executor_return", "ns", "a worker's CPU time for an item of the loop, less the pool's own"
    )
