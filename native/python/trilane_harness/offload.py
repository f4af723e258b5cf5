"""Executors under an event loop: which step goes to which, and what it costs to send it there."""

import asyncio
from concurrent.futures import Executor
from typing import Any, Awaitable, Callable, Dict, Optional, Set

from . import worker
from .blocking import Context
from .job import Job, leaves
from .records import OFFLOAD, WORK, Book, now
from .work import native_work, python_work

# Where plans want a step, the best place first.
WANTED = {
    "cpu": ("processes",),
    "native": ("processes", "threads"),
    "blocking": ("threads", "processes"),
    "io": (),
}


class Offload:
    """The executors of a mixed plan."""

    def __init__(self, book: Book, job: Job, io: Callable[[Context, int], None]) -> None:
        self.book = book
        self.kinds = job.kinds
        self.plan = {name for name in ("threads", "processes") if job.plan.get(name)}
        # Those of the plan that are used.
        self.executors: Dict[str, Executor] = {}
        self.works: Dict[str, Callable[[Context, int], None]] = {
            "cpu": python_work,
            "native": native_work,
            "io": io,
        }

    def place(self, name: str, on: Optional[str], blocking: bool = False) -> str:
        """Where a step goes: where it says, else where the plan wants it, else on the loop."""
        wanted = WANTED["blocking" if blocking else name]
        for place in (on, *wanted):
            if place == "loop" or place in self.plan:
                return str(place)
        return "loop"

    def used(self, job: Job) -> Set[str]:
        """Where the steps of a job go."""
        return {
            self.place(step[0], step[-1], step[0] == "io" and step[2])
            for step in leaves(job)
            if step[0] in WANTED
        }

    def to(self, place: str, name: str, kind: int) -> Callable[[Context, int], Awaitable[None]]:
        """The step `name`, handed to an executor and awaited."""
        executor = self.executors[place]
        if place == "processes":
            payload, output = bytes(self.kinds[kind].input), self.kinds[kind].output

            def args(cx: Context, ns: int) -> "tuple[Any, ...]":
                return worker.exchange, name, cx.task, ns, payload, output
        else:
            work = self.works[name]

            def args(cx: Context, ns: int) -> "tuple[Any, ...]":
                return self.on_thread, work, cx.task, ns

        async def offloaded(cx: Context, ns: int) -> None:
            loop = asyncio.get_running_loop()
            a = now()
            try:
                await loop.run_in_executor(executor, *args(cx, ns))
            finally:
                cx.put((OFFLOAD, cx.task, a, now(), 0, 0))

        return offloaded

    def on_thread(self, work: Callable[[Context, int], None], task: int, ns: int) -> None:
        """The work of a step on a thread of the pool."""
        cx = Context(task, 0, self.book.here())
        a = now()
        work(cx, ns)
        cx.put((WORK, task, a, now(), 0, 0))
