"""The plan with interpreters in one process, each with a GIL of its own (3.14 and later)."""

import queue
import time
from typing import Any, Dict, List, Optional

from . import worker
from .plan_processes import send, worker_spec
from .run import Run

# Between two looks where the queue's own time-out cannot be used: it counts in whole seconds.
PAUSE = 0.001


class Fifo:
    """A queue between interpreters, with time-outs."""

    def __init__(self, shared: Any) -> None:
        self.shared = shared

    def put(self, item: int, timeout: Optional[float] = None) -> None:
        """Puts an item."""
        if timeout is None:
            return self.shared.put(item)
        end = time.perf_counter() + timeout
        while True:
            try:
                return self.shared.put_nowait(item)
            except queue.Full:
                if time.perf_counter() >= end:
                    raise
                time.sleep(PAUSE)

    def get(self, timeout: Optional[float] = None) -> int:
        """Takes an item."""
        if timeout is None:
            return self.shared.get()
        end = time.perf_counter() + timeout
        while True:
            try:
                return self.shared.get_nowait()
            except queue.Empty:
                if time.perf_counter() >= end:
                    raise
                time.sleep(PAUSE)


class Permits:
    """A lock or semaphore: interpreters share none, so who has a token has the lock."""

    def __init__(self, shared: Any) -> None:
        self.tokens = Fifo(shared)

    def acquire(self, timeout: Optional[float] = None) -> bool:
        """Takes a token."""
        try:
            self.tokens.get(timeout)
        except queue.Empty:
            return False
        return True

    def release(self) -> None:
        """Gives it back."""
        self.tokens.put(0)


def begin(spec: Dict[str, Any], shared: List[Any]) -> None:
    """The initializer of a worker's interpreter."""
    import atexit
    from concurrent import interpreters

    made = [Permits(one) if permits else Fifo(one) for permits, one in shared]
    number = interpreters.get_current().id
    atexit.register(worker.set_up(spec, made, "interpreter", number).flush)


def between_interpreters(resources: List[Dict[str, Any]]) -> List[Any]:
    """Queues for all resources, and which of them are locks."""
    from concurrent import interpreters

    made = []
    for resource in resources:
        shared = interpreters.create_queue(resource.get("capacity", 0))
        for _ in range(resource.get("permits", 0)):
            shared.put(0)
        made.append(("permits" in resource, shared))
    return made


def run(run: Run) -> None:
    """`InterpreterPoolExecutor`."""
    from concurrent.futures import InterpreterPoolExecutor

    resources = between_interpreters(run.job.resources)
    executor = InterpreterPoolExecutor(
        max_workers=run.job.plan["workers"],
        initializer=begin,
        initargs=(worker_spec(run), resources),
    )
    try:
        send(run, executor.submit, worker.do_or_tell)
    except BaseException:
        run.over = True
        executor.shutdown(wait=False, cancel_futures=True)
        raise
    executor.shutdown()
