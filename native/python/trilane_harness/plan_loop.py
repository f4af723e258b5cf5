"""The plans with an event loop, alone or with executors under it."""

import asyncio
import selectors
from concurrent.futures import ThreadPoolExecutor
from time import thread_time_ns
from typing import Any, Callable, Coroutine, List, Optional

from . import shared
from .blocking import Context
from .coroutine import MODERN, Compiler, blocking_on
from .offload import Offload
from .plan_processes import Pool
from .records import BEGIN, CPU, END, IDLE, SUBMIT, Recorder, now
from .run import Run
from .work import sleep

# A look for events that does not wait takes less.
WAITED = 20_000


class Selector(selectors.DefaultSelector):  # type: ignore[misc,valid-type]
    """The usual one, which says how long the loop had nothing to do."""

    def __init__(self, recorder: Recorder) -> None:
        super().__init__()
        self.put = recorder.put

    def select(self, timeout: Optional[float] = None) -> Any:
        """Waits for events."""
        if timeout is not None and timeout <= 0:
            return super().select(timeout)
        a = now()
        events = super().select(timeout)
        b = now()
        if b - a > WAITED:
            self.put((IDLE, -1, a, b, 0, 0))
        return events


def run(run: Run) -> None:
    """Runs everything on one loop in this thread."""
    plan = run.job.plan
    blocking = blocking_on(run.job.io["port"]) if run.job.io else sleep
    offload = Offload(run.book, run.job, blocking)
    used = offload.used(run.job)
    threads: Optional[ThreadPoolExecutor] = None
    pool: Optional[Pool] = None
    loop = asyncio.SelectorEventLoop(Selector(run.book.main))
    try:
        asyncio.set_event_loop(loop)
        if "processes" in used:
            pool = Pool(run, plan["processes"]["workers"], plan["processes"]["start"], [])
            offload.executors["processes"] = pool.executor
        if "threads" in used:
            threads = ThreadPoolExecutor(max_workers=plan["threads"])
            offload.executors["threads"] = threads
            if pool is not None:
                # Beside other threads a fork may copy a lock that one of them holds.
                pool.fork_early()
        loop.run_until_complete(Tasks(run, offload).all())
    except BaseException:
        run.over = True
        if threads is not None:
            threads.shutdown(wait=False, cancel_futures=True)
        if pool is not None:
            pool.kill()
        raise
    finally:
        loop.run_until_complete(loop.shutdown_asyncgens())
        asyncio.set_event_loop(None)
        loop.close()
    if threads is not None:
        threads.shutdown()
    if pool is not None:
        pool.close()


class Tasks:
    """The coroutines of a run."""

    def __init__(self, run: Run, offload: Offload) -> None:
        self.run = run
        self.offload = offload

    async def all(self) -> None:
        """Creates a task for everything that arrives, and waits for all of them."""
        run, job = self.run, self.run.job
        resources = shared.on_a_loop(job.resources)
        compiler = Compiler(run.draws, resources, job.io, self.offload, run.new_id)
        self.programs = [
            (compiler.program(index, kind.steps), *kind.draws_from(), kind.memory)
            for index, kind in enumerate(job.kinds)
        ]
        one: Callable[[int, int], Coroutine[Any, Any, None]] = self.one
        limit = job.plan.get("limit")
        if limit:
            slots = asyncio.Semaphore(limit)

            async def in_slot(index: int, task: int) -> None:
                async with slots:
                    await self.one(index, task)

            one = in_slot
        if MODERN:
            async with asyncio.TaskGroup() as group:
                await self.hand_out(lambda index, task: group.create_task(one(index, task)))
        else:
            tasks: List["asyncio.Task[None]"] = []
            create = asyncio.get_running_loop().create_task
            await self.hand_out(lambda index, task: tasks.append(create(one(index, task))))
            await asyncio.gather(*tasks)
        run.end = now()
        run.book.main.put((CPU, -1, run.start, run.end, thread_time_ns() - run.cpu, 0))

    async def one(self, index: int, task: int) -> None:
        """One task."""
        ops, first_draw, draws, size = self.programs[index]
        cx = Context(task, first_draw + task * draws, self.run.book.main)
        cx.put((BEGIN, task, now(), 0, 0, 0))
        memory = bytearray(size) if size else None
        for op in ops:
            wait = op(cx)
            if wait is not None:
                await wait
        del memory
        at = now()
        cx.put((END, task, at, 0, 0, 0))
        if self.run.agenda.watched[index]:
            self.run.agenda.ended(index, at)

    async def hand_out(self, give: Callable[[int, int], Any]) -> None:
        """Gives every task when it arrives, in the order that holds for all plans."""
        agenda, put = self.run.agenda, self.run.book.main.put
        released = asyncio.Event()
        agenda.on_release = released.set
        while True:
            # One row for all that is given at once: a row each would be a part of the cost.
            a = now()
            batch = agenda.take(a)
            if batch is not None:
                index, first, count = batch
                for task in range(first, first + count):
                    give(index, task)
                put((SUBMIT, first, a, now(), count, 0))
                continue
            due = agenda.next_due()
            if due is None and not agenda.blocked():
                return
            delay = None if due is None else max(0.0, (due - now()) / 1e9)
            if not agenda.blocked():
                await asyncio.sleep(delay or 0.0)
                continue
            released.clear()
            try:
                await asyncio.wait_for(released.wait(), delay)
            except asyncio.TimeoutError:
                pass
