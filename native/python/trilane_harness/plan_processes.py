"""The plan with worker processes, and their pool for the plans with a loop."""

import multiprocessing
from concurrent.futures import Future, ProcessPoolExecutor
from multiprocessing.context import ForkProcess, ForkServerProcess, SpawnProcess
from typing import Any, Callable, Dict, List

from . import lifeline, shared, work, worker
from .job import uses
from .records import DONE, SUBMIT, now
from .run import Run
from .trouble import Trouble

# The file handle of the protocol, which forked workers inherit and must close; -1: none.
PROTOCOL = -1


class _Quiet:
    """Starts a process so that Ctrl-C cannot make it speak before it is set up."""

    def start(self) -> None:
        """Starts it."""
        with lifeline.without_interrupts():
            super().start()  # type: ignore[misc]


def context(method: str) -> Any:
    """A context of multiprocessing whose processes start quietly."""
    found: Any = multiprocessing.get_context(method)
    found.Process = QUIET[method]
    return found


class QuietFork(_Quiet, ForkProcess):
    """`fork`."""


class QuietSpawn(_Quiet, SpawnProcess):
    """`spawn`."""


class QuietForkServer(_Quiet, ForkServerProcess):
    """`forkserver`."""


QUIET: Dict[str, Any] = {"fork": QuietFork, "spawn": QuietSpawn, "forkserver": QuietForkServer}


class Pool:
    """A pool of worker processes for one run."""

    def __init__(self, run: Run, workers: int, start: str, resources: List[Dict[str, Any]]) -> None:
        self.run = run
        self.forks = start == "fork"
        found = context(start)
        self.shared = shared.between_processes(resources, found)
        spec = worker_spec(run)
        spec["protocol"] = PROTOCOL
        spec["forked"] = self.forks
        if run.job.plan["kind"] == "asyncio":
            # Single steps are sent there, never whole tasks.
            spec["kinds"] = []
        self.executor = ProcessPoolExecutor(
            max_workers=workers,
            mp_context=found,
            initializer=worker.begin_process,
            initargs=(spec, self.shared),
        )

    def fork_early(self) -> None:
        """Starts all workers of a pool that forks, which it does at the first item."""
        if self.forks:
            self.executor.submit(int).result()

    def close(self) -> None:
        """Waits for the workers' end and fetches what they wrote."""
        self.executor.shutdown()
        self._close_queues()

    def kill(self) -> None:
        """Ends the workers, whatever they do."""
        for process in list((getattr(self.executor, "_processes", None) or {}).values()):
            process.kill()
        self.executor.shutdown(cancel_futures=True)
        self._close_queues()

    def _close_queues(self) -> None:
        for resource in self.shared:
            if hasattr(resource, "cancel_join_thread"):
                resource.cancel_join_thread()
                resource.close()


def worker_spec(run: Run) -> Dict[str, Any]:
    """What a worker must know; the arrivals are the parent's."""
    job = run.job
    return {
        "kinds": [tuple(kind._replace(arrivals=[], after=[])) for kind in job.kinds],
        "draws": job.draws,
        "io": job.io,
        "native": uses(job, "native"),
        "switch": job.switch_interval,
        "speed": tuple(work.SPEED),
        "out": run.out,
    }


def run(run: Run) -> None:
    """`ProcessPoolExecutor`, an item a task or a chunk of tasks."""
    plan = run.job.plan
    pool = Pool(run, plan["workers"], plan["start"], run.job.resources)
    try:
        send(run, pool.executor.submit, worker.do)
    except BaseException:
        run.over = True
        pool.kill()
        raise
    pool.close()


def send(run: Run, submit: Callable[..., "Future[Any]"], do: Callable[..., Any]) -> None:
    """Sends all tasks to an executor of workers that share nothing with us, and waits for them."""
    kinds, agenda = run.job.kinds, run.agenda
    put, apart = run.book.main.put, run.book.apart.extend
    payloads = [(bytes(kind.input),) if kind.input else () for kind in kinds]
    waits: List[Callable[[], Any]] = []

    def give(index: int, first: int, count: int) -> None:
        payload = payloads[index]

        def done(future: "Future[Any]") -> None:
            at = now()
            if future.cancelled():
                return
            error = future.exception()
            if error is not None:
                return run.fail(error)
            if isinstance(future.result(), dict):
                told = future.result()
                return run.fail(Trouble(told["kind"], told["error"], told["traceback"]))
            for task in range(first, first + count):
                apart((DONE, task, at, 0, 0, 0))
            agenda.ended(index, at, count)

        a = now()
        if agenda.chunk == 1:
            future = submit(do, index, first, *payload)
        else:
            chunk = [(index, task, *payload) for task in range(first, first + count)]
            future = submit(worker.do_chunk, chunk)
        future.add_done_callback(done)
        waits.append(future.result)
        b = now()
        for task in range(first, first + count):
            put((SUBMIT, task, a, b, 0, 0))

    run.hand_out(give)
    run.collect(waits)
