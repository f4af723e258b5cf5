"""What other processes and interpreters run while costs are measured.

A module of its own that imports next to nothing: a spawned process loads it before it can begin.
"""

import os
import time
from time import perf_counter_ns as now
from typing import Any, List, Tuple


def turns(count: int) -> None:
    """Bytecode: so many turns of an empty loop."""
    while count:
        count -= 1


def nothing(_: Any = None) -> None:
    """The smallest task."""


def echo(payload: bytes) -> bytes:
    """Gives back what it is given."""
    return payload


def cpu_of_process(_: Any = None) -> int:
    """CPU time of the worker so far."""
    return time.process_time_ns()


def tell_start(connection: Any) -> None:
    """A new process says what it took so far, and ends."""
    connection.send(time.process_time_ns())
    connection.close()


def wait_for_end(connection: Any) -> None:
    """A process that only is there."""
    try:
        connection.send(None)
        connection.recv()
    except (EOFError, OSError):
        pass


def pin(core: int) -> None:
    """Keeps this process on a core."""
    os.sched_setaffinity(0, {core})


def burn(connection: Any, core: int, seconds: float) -> None:
    """Keeps a core busy until its time is over; then tells when it ran, as (start, end)."""
    if core >= 0:
        pin(core)
    connection.send(None)
    ran: List[Tuple[int, int]] = []
    start = last = now()
    end = start + int(seconds * 1e9)
    while last < end:
        at = now()
        if at - last > 100_000:
            ran.append((start, last))
            start = at
        last = at
    ran.append((start, last))
    try:
        connection.send(ran)
    except OSError:
        pass


def run_turns(connection: Any) -> None:
    """Runs so many turns as it is told, again and again; answers with the CPU time of each part."""
    try:
        while True:
            count, parts = connection.recv()
            took = []
            for _ in range(parts):
                start = time.thread_time_ns()
                turns(count)
                took.append(time.thread_time_ns() - start)
            connection.send(took)
    except (EOFError, OSError):
        pass


def receive(connection: Any, back: Any) -> None:
    """Reads messages as a pool's worker does, and says when each was there."""
    try:
        while True:
            size = len(connection.recv_bytes())
            at = now()
            if not size:
                return
            back.send(at)
    except (EOFError, OSError):
        pass
