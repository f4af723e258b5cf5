"""The plans of one process whose waits block: a plain loop, a thread pool, a thread a task."""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Callable, List

from . import shared
from .records import SUBMIT, now
from .run import Run
from .tasks import in_this_process


def sync(run: Run) -> None:
    """One task after another."""
    do = in_this_process(run, shared.alone(run.job.resources), None)
    run.hand_out(lambda index, task, _: do(index, task))
    run.end = now()


def pool(run: Run) -> None:
    """`ThreadPoolExecutor`; branches go to the same pool, which may starve."""
    executor = ThreadPoolExecutor(max_workers=run.job.plan["workers"])
    submit, put = executor.submit, run.book.main.put
    resources = shared.between_threads(run.job.resources)
    do = in_this_process(run, resources, lambda call: submit(call).result)
    waits: List[Callable[[], Any]] = []

    def give(index: int, task: int, _: int) -> None:
        a = now()
        waits.append(submit(do, index, task).result)
        put((SUBMIT, task, a, now(), 0, 0))

    try:
        run.hand_out(give)
        run.collect(waits)
    except BaseException:
        run.over = True
        executor.shutdown(wait=False, cancel_futures=True)
        raise
    executor.shutdown()


class Started:
    """A thread for one call, and what the call returned."""

    def __init__(self, run: Run, call: Callable[[], Any]) -> None:
        self.run = run
        self.call = call
        self.result: Any = None
        # A thread that hangs after a failure must not keep the harness from ending.
        self.thread = threading.Thread(target=self._work, daemon=True)
        self.thread.start()

    def _work(self) -> None:
        try:
            self.result = self.call()
        except BaseException as error:
            self.run.fail(error)
        self.run.book.here().delays.close()

    def wait(self) -> Any:
        """Waits for the end of the thread."""
        self.thread.join()
        return self.result


def thread_each(run: Run) -> None:
    """A thread for each task, and for each branch."""
    put = run.book.main.put
    resources = shared.between_threads(run.job.resources)
    do = in_this_process(run, resources, lambda call: Started(run, call).wait)
    waits: List[Callable[[], Any]] = []

    def give(index: int, task: int, _: int) -> None:
        a = now()
        waits.append(Started(run, lambda: do(index, task)).wait)
        put((SUBMIT, task, a, now(), 0, 0))

    try:
        run.hand_out(give)
        run.collect(waits)
    except BaseException:
        run.over = True
        raise
