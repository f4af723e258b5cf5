"""What runs in a worker process or interpreter: set up once, then a call a task.

It imports little: what a worker loads before its first task counts as its start-up.
"""

import os
import time
from typing import Any, Dict, List, Tuple

from . import delays, lifeline, records, usage, work
from .blocking import Compiler, Context, waiting, waiting_on
from .job import Kind, map_draws
from .records import BEGIN, END, WORK, now
from .trouble import told


class Worker:
    """The state of this worker."""

    def __init__(self, spec: Dict[str, Any], shared: List[Any], role: str, interpreter: int) -> None:
        self.book = records.Book(role)
        self.recorder = self.book.main
        self.recorder.interpreter = interpreter
        self.cpu = time.process_time_ns()
        self.resident = usage.resident()
        io = spec["io"]
        compiler = Compiler(map_draws(spec["draws"]), shared, io, self.book)
        self.programs = [
            (compiler.steps(kind.steps), *kind.draws_from(), kind.memory, kind.output)
            for kind in map(Kind._make, spec["kinds"])
        ]
        self.works = {
            "cpu": work.python_work,
            "native": work.native_work,
            "io": waiting_on(io["port"]) if io else waiting,
        }
        self.out = spec["out"]

    def flush(self) -> None:
        """Writes what happened here, beside the run's own file."""
        more = {
            "cpu_ns": time.process_time_ns() - self.cpu,
            "peak": max(0, usage.peak() - self.resident),
            "pace": self.book.pace(),
        }
        name = f"{self.out}.{os.getpid()}-{self.recorder.interpreter}"
        records.write(name + ".part", self.book.threads(), self.book.table(), more)
        # A file that is there is whole.
        os.rename(name + ".part", name)


WORKER: Worker


def set_up(spec: Dict[str, Any], shared: List[Any], role: str, interpreter: int) -> Worker:
    """Makes this worker's state."""
    global WORKER
    work.set_speed(work.Speed(*spec["speed"]))
    delays.keep_gil(False)
    if spec["native"]:
        work.need_native()
    WORKER = Worker(spec, shared, role, interpreter)
    return WORKER


def begin_process(spec: Dict[str, Any], shared: List[Any]) -> None:
    """The initializer of a worker process."""
    lifeline.end_with_parent()
    from multiprocessing import util

    if spec["protocol"] >= 0 and spec["forked"]:
        # The pipe to the binary is the parent's alone, or it would not close with it.
        os.close(spec["protocol"])
    if spec["switch"]:
        import sys

        sys.setswitchinterval(spec["switch"] / 1e9)
    for resource in shared:
        if hasattr(resource, "cancel_join_thread"):
            # Items that nobody takes are no reason to stay.
            resource.cancel_join_thread()
    worker = set_up(spec, shared, "process", 0)
    util.Finalize(None, worker.flush, exitpriority=100)


def do(index: int, task: int, payload: bytes = b"") -> bytes:
    """One task; hands back as much as its kind does."""
    worker = WORKER
    ops, first_draw, draws, size, output = worker.programs[index]
    cx = Context(task, first_draw + task * draws, worker.recorder)
    cx.put((BEGIN, task, now(), 0, 0, 0))
    memory = bytearray(size) if size else None
    for op in ops:
        op(cx)
    del memory
    cx.put((END, task, now(), 0, 0, 0))
    return bytes(output)


def do_or_tell(index: int, task: int, payload: bytes = b"") -> Any:
    """The same in an interpreter, handing back an error as data: `InterpreterPoolExecutor` of 3.14
    loses a `MemoryError`, and then gives it to the next task that fails."""
    try:
        return do(index, task, payload)
    except BaseException as error:
        return told(error)


def do_chunk(chunk: List[Tuple[Any, ...]]) -> List[bytes]:
    """Several tasks as one item, as `map` with a chunk size sends them."""
    return [do(*args) for args in chunk]


def exchange(name: str, task: int, ns: int, payload: bytes, output: int) -> bytes:
    """A step of a task whose coroutine waits in the parent."""
    worker = WORKER
    cx = Context(task, 0, worker.recorder)
    a = now()
    worker.works[name](cx, ns)
    cx.put((WORK, task, a, now(), 0, 0))
    return bytes(output)
