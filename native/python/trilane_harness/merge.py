"""Brings together what the processes and interpreters of a run wrote down."""

import glob
import os
from array import array
from typing import Any, Dict, List

from . import records
from .records import WRITTEN
from .run import Run


def finish(run: Run) -> int:
    """Writes the run's file with everything in it; returns its number of rows."""
    run.book.apart += run.agenda.arrivals()
    run.book.close()
    run.paces.append(run.book.pace())
    threads: List[Dict[str, Any]] = run.book.threads()
    table = run.book.table()
    parts = [(name, *records.read(name)) for name in glob.glob(glob.escape(run.out) + ".*-*[0-9]")]
    parts.sort(key=lambda part: part[1]["threads"][0]["born"])
    for number, (name, header, rows) in enumerate(parts, 1):
        own = header["threads"]
        first = len(threads)
        for thread in own:
            thread["number"] = number
            if thread["role"] == "process":
                thread["process"] = number
        threads += own
        column = array("q", [t if t < 0 else t + first for t in rows[1::WRITTEN]])
        rows[1::WRITTEN] = column
        table += rows
        os.remove(name)
        run.paces.append(header["pace"])
        if own[0]["role"] == "process":
            run.cpu_apart += header["cpu_ns"]
            run.peak_apart += header["peak"]
    return records.write(run.out, threads, table)


def discard(run: Run) -> None:
    """Takes away what the workers of a failed run wrote."""
    for name in glob.glob(glob.escape(run.out) + ".*-*"):
        os.remove(name)
