"""What happened, as rows of numbers: kept while a run goes on, written when it is over.

Every thread has a list of its own, so that nothing is locked. The lists are flat: a tuple a row
would be an object more for the garbage collector to visit, and its visits would be measured.
"""

import itertools
import json
import sys
import threading
from array import array
from time import perf_counter_ns as now
from typing import Any, Dict, List, Optional, Tuple

from .delays import Delays

ARRIVE, BRANCH, BEGIN, END, DONE, PYTHON, NATIVE, IO = range(8)
LOCK, QUEUE, JOIN, OFFLOAD, WORK, CUT, IDLE, SUBMIT = range(8, 16)
CPU = 17

# In memory a row is (code, task, a, b, c, d); its thread is told by its list.
KEPT = 6
# In the file the thread stands behind the code.
WRITTEN = 7


class Recorder:
    """The rows of one thread."""

    __slots__ = ("rows", "put", "role", "number", "interpreter", "born", "delays", "turns", "cpu")

    def __init__(self, role: str, number: int, interpreter: int = 0) -> None:
        self.born = now()
        self.rows: List[int] = []
        self.put = self.rows.extend
        self.role = role
        self.number = number
        self.interpreter = interpreter
        self.delays = Delays()
        # Turns of bytecode that were timed, and the CPU time they took.
        self.turns = 0
        self.cpu = 0

    def did(self, turns: int, cpu: int) -> None:
        """Counts work."""
        self.turns += turns
        self.cpu += cpu


class Book:
    """All the rows of a process (or an interpreter) during one run."""

    def __init__(self, role: str) -> None:
        self.recorders: List[Recorder] = []
        self.numbers = itertools.count()
        self.local = threading.local()
        # Rows of no thread.
        self.apart: List[int] = []
        self.main = self.open(role)
        self.local.recorder = self.main

    def open(self, role: str, interpreter: int = 0) -> Recorder:
        """Makes the recorder of a thread that has none."""
        recorder = Recorder(role, next(self.numbers), interpreter)
        self.recorders.append(recorder)
        return recorder

    def here(self) -> Recorder:
        """The recorder of the thread that asks: a worker's, if it is new."""
        try:
            return self.local.recorder
        except AttributeError:
            self.local.recorder = recorder = self.open("worker")
            return recorder

    def pace(self) -> Tuple[int, int]:
        """Turns of bytecode that were timed on all threads, and the CPU time they took."""
        return sum(one.turns for one in self.recorders), sum(one.cpu for one in self.recorders)

    def close(self) -> None:
        """Gives back the file handles."""
        for recorder in self.recorders:
            recorder.delays.close()

    def threads(self, process: int = 0) -> List[Dict[str, Any]]:
        """What the header says of each thread."""
        return [
            {
                "role": recorder.role,
                "number": recorder.number,
                "process": process,
                "interpreter": recorder.interpreter,
                "born": recorder.born,
            }
            for recorder in self.recorders
        ]

    def table(self) -> array:
        """The rows as they are written, thread by thread."""
        table = with_thread(self.apart, -1)
        for index, recorder in enumerate(self.recorders):
            table += with_thread(recorder.rows, index)
        return table


def with_thread(rows: List[int], thread: int) -> array:
    """Puts the thread behind the code of each row."""
    count = len(rows) // KEPT
    flat = array("q", rows)
    table = array("q", bytes(count * WRITTEN * 8))
    table[0::WRITTEN] = flat[0::KEPT]
    table[1::WRITTEN] = array("q", [thread]) * count
    for column in range(1, KEPT):
        table[column + 1 :: WRITTEN] = flat[column::KEPT]
    return table


def write(
    path: str,
    threads: List[Dict[str, Any]],
    table: array,
    more: Optional[Dict[str, Any]] = None,
) -> int:
    """Writes a file of records; returns its number of rows."""
    rows = len(table) // WRITTEN
    header = {"threads": threads, "rows": rows, **(more or {})}
    with open(path, "wb") as file:
        file.write(json.dumps(header).encode() + b"\n")
        if sys.byteorder == "big":
            table = array("q", table)
            table.byteswap()
        table.tofile(file)
    return rows


def read(path: str) -> Tuple[Dict[str, Any], array]:
    """Reads a file of records."""
    with open(path, "rb") as file:
        header = json.loads(file.readline())
        table = array("q")
        table.frombytes(file.read())
    if sys.byteorder == "big":
        table.byteswap()
    return header, table


def cost() -> float:
    """Nanoseconds that a clock reading and a record take, measured."""
    best = float("inf")
    for _ in range(5):
        put = [].extend
        start = now()
        for _ in range(1000):
            at = now()
            put((IO, 1, at, at, 0, 0))
        best = min(best, (now() - start) / 1000)
    return best
