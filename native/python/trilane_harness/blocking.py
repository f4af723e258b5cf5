"""Steps as code for every plan whose waits block a thread.

A list of steps becomes a list of closures, built once a run. That costs a call a step while it
runs, and no look at what sort of step it is.
"""

import queue
import socket
import time
from typing import Any, Callable, List, Optional, Sequence, Tuple

from .records import BEGIN, BRANCH, CUT, END, IO, JOIN, LOCK, QUEUE, SUBMIT, Book, Recorder, now
from .work import native_work, python_work, sleep

Op = Callable[["Context"], None]
Spawn = Callable[[Callable[[], Any]], Callable[[], Any]]


class Cut(Exception):
    """A time limit is over; it ends the steps inside the limit that has this token."""

    def __init__(self, token: object) -> None:
        super().__init__()
        self.token = token


class Context:
    """Where a task stands: its number, its next draw, the earliest limit around it."""

    __slots__ = ("task", "cursor", "recorder", "put", "deadline", "token")

    def __init__(self, task: int, cursor: int, recorder: Optional[Recorder]) -> None:
        self.task = task
        self.cursor = cursor
        self.recorder = recorder
        self.put = recorder.put if recorder is not None else None
        self.deadline: Optional[int] = None
        self.token: Optional[object] = None


def run(ops: List[Op], cx: Context) -> None:
    """Does the steps, one after another."""
    for op in ops:
        op(cx)


def leaf(work: Callable[[Context, int], None], amount: Optional[int], draws: Sequence[int]) -> Op:
    """A step that takes an amount of time: a number, or the task's next draw."""
    if amount is not None:
        return lambda cx: work(cx, amount)

    def op(cx: Context) -> None:
        ns = draws[cx.cursor]
        cx.cursor += 1
        work(cx, ns)

    return op


def waiting(cx: Context, ns: int) -> None:
    """A wait that a time limit cuts, as time-outs of sockets do."""
    if cx.deadline is None:
        return sleep(cx, ns)
    a = now()
    left = max(0, cx.deadline - a)
    asked = min(ns, left)
    time.sleep(asked / 1e9)
    cx.put((IO, cx.task, a, now(), asked, 0))
    if ns > left:
        raise Cut(cx.token)


def waiting_on(port: int) -> Callable[[Context, int], None]:
    """The same on a socket: a server answers after the delay it is sent."""

    def wait(cx: Context, ns: int) -> None:
        a = now()
        left = None if cx.deadline is None else max(0, cx.deadline - a)
        cut = False
        try:
            # A time-out of 0 would mean not to block at all.
            seconds = None if left is None else max(1e-6, left / 1e9)
            with socket.create_connection(("127.0.0.1", port), seconds) as connection:
                connection.sendall(ns.to_bytes(8, "little"))
                connection.recv(1)
        except socket.timeout:
            cut = True
        cx.put((IO, cx.task, a, now(), ns if left is None else min(ns, left), 0))
        if cut:
            raise Cut(cx.token)

    return wait


class Compiler:
    """Makes closures of steps for one run."""

    def __init__(
        self,
        draws: Sequence[int],
        shared: List[Any],
        io: Optional[dict],
        book: Book,
        spawn: Optional[Spawn] = None,
        new_id: Optional[Callable[[], int]] = None,
    ) -> None:
        self.draws = draws
        self.shared = shared
        self.book = book
        # Starts a branch and returns how to wait for it; without it branches run in a row.
        self.spawn = spawn
        self.new_id = new_id
        self.io = waiting_on(io["port"]) if io else waiting

    def steps(self, steps: List[Any]) -> List[Op]:
        """Steps in a row."""
        ops: List[Op] = []
        for step in steps:
            ops += getattr(self, "_" + step[0])(*step[1:])
        return ops

    def _cpu(self, amount: Optional[int], _on: Any) -> List[Op]:
        return [leaf(python_work, amount, self.draws)]

    def _native(self, amount: Optional[int], _on: Any) -> List[Op]:
        return [leaf(native_work, amount, self.draws)]

    def _io(self, amount: Optional[int], _blocking: bool, _on: Any) -> List[Op]:
        return [leaf(self.io, amount, self.draws)]

    def _lock(self, index: int, steps: List[Any]) -> List[Op]:
        lock, inner = self.shared[index], self.steps(steps)
        acquire, release = lock.acquire, lock.release

        def op(cx: Context) -> None:
            a = now()
            if cx.deadline is None:
                held = acquire()
            else:
                held = acquire(timeout=max(0.0, (cx.deadline - a) / 1e9))
            cx.put((LOCK, cx.task, a, now(), index, 0))
            if not held:
                raise Cut(cx.token)
            try:
                for step in inner:
                    step(cx)
            finally:
                release()

        return [op]

    def _put(self, index: int) -> List[Op]:
        put = self.shared[index].put
        return [self._exchange(index, lambda cx, **limit: (put(cx.task, **limit), cx.task)[1])]

    def _get(self, index: int) -> List[Op]:
        get = self.shared[index].get
        return [self._exchange(index, lambda _, **limit: get(**limit))]

    def _exchange(self, index: int, exchange: Callable[..., int]) -> Op:
        def op(cx: Context) -> None:
            a = now()
            if cx.deadline is None:
                item = exchange(cx)
                cx.put((QUEUE, cx.task, a, now(), index, item))
                return
            try:
                item = exchange(cx, timeout=max(0.0, (cx.deadline - a) / 1e9))
                cx.put((QUEUE, cx.task, a, now(), index, item))
            except (queue.Empty, queue.Full):
                cx.put((QUEUE, cx.task, a, now(), index, -1))
                raise Cut(cx.token) from None

        return op

    def _repeat(self, times: int, steps: List[Any]) -> List[Op]:
        inner = self.steps(steps)

        def op(cx: Context) -> None:
            for _ in range(times):
                for step in inner:
                    step(cx)

        return [op]

    def _timeout(self, amount: Optional[int], drawn: int, steps: List[Any]) -> List[Op]:
        inner = self.steps(steps)

        def limited(cx: Context, ns: int) -> None:
            end = cx.cursor + drawn
            outer = cx.deadline, cx.token
            deadline = now() + ns
            token = cx.token
            if cx.deadline is None or deadline <= cx.deadline:
                token = object()
                cx.deadline, cx.token = deadline, token
            try:
                for step in inner:
                    step(cx)
            except Cut as cut:
                if cut.token is outer[1]:
                    raise
                cx.put((CUT, cx.task, now(), 0, 0, 0))
            finally:
                cx.cursor = end
                cx.deadline, cx.token = outer

        return [leaf(limited, amount, self.draws)]

    def _gather(self, branches: List[Tuple[int, List[Any]]]) -> List[Op]:
        compiled = [(drawn, self.steps(steps)) for drawn, steps in branches]
        spawn, new_id = self.spawn, self.new_id
        if spawn is None or new_id is None:
            return [op for _, ops in compiled for op in ops]

        def op(cx: Context) -> None:
            waits = []
            cursor = cx.cursor
            for drawn, ops in compiled:
                child = Context(new_id(), cursor, None)
                child.deadline, child.token = cx.deadline, cx.token
                cursor += drawn
                a = now()
                cx.put((BRANCH, child.task, a, cx.task, 0, 0))
                waits.append(spawn(self.branch(child, ops)))
                cx.put((SUBMIT, child.task, a, now(), 0, 0))
            cx.cursor = cursor
            a = now()
            cuts = [wait() for wait in waits]
            cx.put((JOIN, cx.task, a, now(), 0, 0))
            for token in cuts:
                if token is not None:
                    raise Cut(token)

        return [op]

    def branch(self, cx: Context, ops: List[Op]) -> Callable[[], Optional[object]]:
        """A branch as a call; it says which limit of its parent's cut it, if one did."""

        def call() -> Optional[object]:
            cx.recorder = self.book.here()
            cx.put = cx.recorder.put
            cx.put((BEGIN, cx.task, now(), 0, 0, 0))
            token = None
            try:
                for op in ops:
                    op(cx)
            except Cut as cut:
                token = cut.token
            cx.put((END, cx.task, now(), 0, 0, 0))
            return token

        return call
