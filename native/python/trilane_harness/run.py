"""What one run consists of, whatever its plan."""

import itertools
import queue
import signal
import threading
import time
from typing import Any, Callable, List, Optional, Sequence, Tuple

from .agenda import Agenda
from .job import Job
from .records import IDLE, Book, now


class Run:
    """One run of a job in this process."""

    def __init__(self, job: Job, draws: Sequence[int], out: str) -> None:
        self.job = job
        self.draws = draws
        self.out = out
        role = "loop" if job.plan["kind"] == "asyncio" else "main"
        self.book = Book(role)
        chunk = max(1, job.plan.get("chunk") or 1) if job.plan["kind"] == "processes" else 1
        self.start = now()
        self.cpu = time.thread_time_ns()
        self.agenda = Agenda(job.kinds, chunk, self.start)
        self.end = self.start
        self.failure: Optional[BaseException] = None
        self.over = False
        # Ids of branches; a lock, as without the GIL two threads may ask at once.
        self._ids = itertools.count(job.tasks)
        self._lock = threading.Lock()
        # What workers of other processes leave behind for the sums.
        self.cpu_apart = 0
        # Of every process: turns of bytecode that were timed, and the CPU time they took.
        self.paces: List[Tuple[int, int]] = []
        self.peak_apart: Optional[int] = 0

    def new_id(self) -> int:
        """The id of the next branch."""
        with self._lock:
            return next(self._ids)

    def fail(self, error: BaseException) -> None:
        """Ends the run because of an error in any thread: the main thread may be waiting for
        something that will now never come."""
        with self._lock:
            if self.failure is not None or self.over:
                return
            self.failure = error
        signal.pthread_kill(threading.main_thread().ident, signal.SIGUSR1)

    def interrupt(self, *_: Any) -> None:
        """The handler of that signal, in the main thread."""
        if self.failure is not None and not self.over:
            self.over = True
            raise self.failure

    def hand_out(self, give: Callable[[int, int, int], None]) -> None:
        """Gives every task when it arrives, in the order that holds for all plans: to `give` go a
        kind, a first task and how many of them."""
        agenda, put, chunk = self.agenda, self.book.main.put, self.agenda.chunk
        released: "queue.SimpleQueue[None]" = queue.SimpleQueue()
        agenda.on_release = lambda: released.put(None)
        while True:
            batch = agenda.take(now())
            if batch is not None:
                index, first, count = batch
                for task in range(first, first + count, chunk):
                    give(index, task, min(chunk, first + count - task))
                continue
            due = agenda.next_due()
            if due is None and not agenda.blocked():
                return
            began = now()
            if agenda.blocked():
                try:
                    released.get(timeout=None if due is None else max(0.0, (due - began) / 1e9))
                except queue.Empty:
                    pass
            else:
                time.sleep(max(0.0, (due - began) / 1e9))
            put((IDLE, -1, began, now(), 0, 0))

    def collect(self, waits: List[Callable[[], Any]]) -> None:
        """Waits for everything that was handed out, in that order, as programs do."""
        began = now()
        for wait in waits:
            wait()
        self.end = now()
        self.book.main.put((IDLE, -1, began, self.end, 0, 0))
