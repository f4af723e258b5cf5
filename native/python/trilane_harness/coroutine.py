"""Steps as code for tasks on an event loop.

As in `blocking`, a list of closures. Each returns `None` if it is done, or what is to be awaited;
so a step that does not wait costs the loop no coroutine.
"""

import asyncio
import socket
import sys
from typing import Any, Awaitable, Callable, Dict, List, Optional, Sequence, Tuple

from .blocking import Context
from .offload import Offload
from .records import BEGIN, BRANCH, CUT, END, IO, JOIN, LOCK, QUEUE, now
from .work import native_work, python_work, sleep

Op = Callable[[Context], Optional[Awaitable[None]]]

# `asyncio.timeout` and `TaskGroup` came together.
MODERN = sys.version_info >= (3, 11)


async def run(ops: List[Op], cx: Context) -> None:
    """Does the steps, one after another."""
    for op in ops:
        wait = op(cx)
        if wait is not None:
            await wait


def leaf(work: Callable[[Context, int], Any], amount: Optional[int], draws: Sequence[int]) -> Op:
    """A step that takes an amount of time: a number, or the task's next draw."""
    if amount is not None:
        return lambda cx: work(cx, amount)

    def op(cx: Context) -> Optional[Awaitable[None]]:
        ns = draws[cx.cursor]
        cx.cursor += 1
        return work(cx, ns)

    return op


def asked(cx: Context, a: int, ns: int) -> int:
    """What a wait that was cancelled would have taken until its limit."""
    return ns if cx.deadline is None else min(ns, max(0, cx.deadline - a))


async def waiting(cx: Context, ns: int) -> None:
    """A wait that lets the loop go on."""
    a = now()
    try:
        await asyncio.sleep(ns / 1e9)
    except asyncio.CancelledError:
        cx.put((IO, cx.task, a, now(), asked(cx, a, ns), 0))
        raise
    cx.put((IO, cx.task, a, now(), ns, 0))


def waiting_on(port: int) -> Callable[[Context, int], Awaitable[None]]:
    """The same on a socket: a server answers after the delay it is sent."""

    async def wait(cx: Context, ns: int) -> None:
        a = now()
        writer = None
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(ns.to_bytes(8, "little"))
            await reader.read(1)
        except asyncio.CancelledError:
            cx.put((IO, cx.task, a, now(), asked(cx, a, ns), 0))
            raise
        finally:
            if writer is not None:
                writer.close()
        cx.put((IO, cx.task, a, now(), ns, 0))

    return wait


def blocking_on(port: int) -> Callable[[Context, int], None]:
    """A library without an async form: it blocks whoever calls it, and knows of no limit."""

    def wait(cx: Context, ns: int) -> None:
        a = now()
        with socket.create_connection(("127.0.0.1", port)) as connection:
            connection.sendall(ns.to_bytes(8, "little"))
            connection.recv(1)
        cx.put((IO, cx.task, a, now(), ns, 0))

    return wait


class Compiler:
    """Makes closures of steps for one run on one loop."""

    def __init__(
        self,
        draws: Sequence[int],
        shared: List[Any],
        io: Optional[Dict[str, int]],
        offload: Offload,
        new_id: Callable[[], int],
    ) -> None:
        self.draws = draws
        self.shared = shared
        self.offload = offload
        self.new_id = new_id
        self.io = waiting_on(io["port"]) if io else waiting
        self.blocking_io = blocking_on(io["port"]) if io else sleep
        self.kind = 0

    def program(self, kind: int, steps: List[Any]) -> List[Op]:
        """The steps of a kind: what goes to other processes depends on it."""
        self.kind = kind
        return self.steps(steps)

    def steps(self, steps: List[Any]) -> List[Op]:
        """Steps in a row."""
        return [getattr(self, "_" + step[0])(*step[1:]) for step in steps]

    def _work(
        self, name: str, here: Callable[[Context, int], Any], amount: Optional[int], place: str
    ) -> Op:
        if place != "loop":
            here = self.offload.to(place, name, self.kind)
        return leaf(here, amount, self.draws)

    def _cpu(self, amount: Optional[int], on: Optional[str]) -> Op:
        return self._work("cpu", python_work, amount, self.offload.place("cpu", on))

    def _native(self, amount: Optional[int], on: Optional[str]) -> Op:
        return self._work("native", native_work, amount, self.offload.place("native", on))

    def _io(self, amount: Optional[int], blocking: bool, on: Optional[str]) -> Op:
        here = self.blocking_io if blocking else self.io
        return self._work("io", here, amount, self.offload.place("io", on, blocking))

    def _lock(self, index: int, steps: List[Any]) -> Op:
        lock, inner = self.shared[index], self.steps(steps)

        async def op(cx: Context) -> None:
            a = now()
            try:
                await lock.acquire()
            finally:
                cx.put((LOCK, cx.task, a, now(), index, 0))
            try:
                for step in inner:
                    wait = step(cx)
                    if wait is not None:
                        await wait
            finally:
                lock.release()

        return op

    def _put(self, index: int) -> Op:
        put = self.shared[index].put

        async def op(cx: Context) -> None:
            a = now()
            item = -1
            try:
                await put(cx.task)
                item = cx.task
            finally:
                cx.put((QUEUE, cx.task, a, now(), index, item))

        return op

    def _get(self, index: int) -> Op:
        get = self.shared[index].get

        async def op(cx: Context) -> None:
            a = now()
            item = -1
            try:
                item = await get()
            finally:
                cx.put((QUEUE, cx.task, a, now(), index, item))

        return op

    def _repeat(self, times: int, steps: List[Any]) -> Op:
        inner = self.steps(steps)

        async def op(cx: Context) -> None:
            for _ in range(times):
                for step in inner:
                    wait = step(cx)
                    if wait is not None:
                        await wait

        return op

    def _timeout(self, amount: Optional[int], drawn: int, steps: List[Any]) -> Op:
        inner = self.steps(steps)

        async def limited(cx: Context, ns: int) -> None:
            end = cx.cursor + drawn
            outer = cx.deadline
            deadline = now() + ns
            cx.deadline = deadline if outer is None else min(outer, deadline)
            try:
                if MODERN:
                    async with asyncio.timeout(ns / 1e9):
                        await run(inner, cx)
                else:
                    await asyncio.wait_for(run(inner, cx), ns / 1e9)
            except asyncio.TimeoutError:
                cx.put((CUT, cx.task, now(), 0, 0, 0))
            finally:
                cx.cursor = end
                cx.deadline = outer

        return leaf(limited, amount, self.draws)

    def _gather(self, branches: List[Tuple[int, List[Any]]]) -> Op:
        compiled = [(drawn, self.steps(steps)) for drawn, steps in branches]

        async def op(cx: Context) -> None:
            children = []
            cursor = cx.cursor
            for drawn, _ in compiled:
                child = Context(self.new_id(), cursor, cx.recorder)
                child.deadline = cx.deadline
                cursor += drawn
                children.append(child)
            cx.cursor = cursor
            ended: Dict[int, int] = {}
            a = now()
            for child in children:
                cx.put((BRANCH, child.task, a, cx.task, 0, 0))
            calls = [
                self.branch(child, ops, ended) for child, (_, ops) in zip(children, compiled)
            ]
            try:
                if MODERN:
                    async with asyncio.TaskGroup() as group:
                        for call in calls:
                            group.create_task(call)
                else:
                    await asyncio.gather(*calls)
            finally:
                b = now()
                cx.put((JOIN, cx.task, a, b, 0, 0))
                for child in children:
                    # Cancelled before its first step, it could not say so itself.
                    if child.task not in ended:
                        cx.put((END, child.task, b, 0, 0, 0))

        return op

    async def branch(self, cx: Context, ops: List[Op], ended: Dict[int, int]) -> None:
        """A branch of a gather, a task of its own."""
        ended[cx.task] = 0
        cx.put((BEGIN, cx.task, now(), 0, 0, 0))
        try:
            for op in ops:
                wait = op(cx)
                if wait is not None:
                    await wait
        finally:
            cx.put((END, cx.task, now(), 0, 0, 0))
