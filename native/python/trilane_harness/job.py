"""The job: the drawn workload and the plan, as the binary wrote them. Data, never code."""

import json
import mmap
import os
import sys
from array import array
from typing import Any, Dict, Iterator, List, NamedTuple, Optional, Sequence, Tuple

from .trouble import Trouble

PLANS = ("sync", "threads", "thread_each", "processes", "interpreters", "asyncio")


class Kind(NamedTuple):
    """One kind of task."""

    name: str
    first_task: int
    count: int
    after: List[int]
    arrivals: List[int]
    input: int
    output: int
    memory: int
    first_draw: int
    draws_per_task: int
    steps: List[Any]

    def draws_from(self) -> Tuple[int, int]:
        """Where a task's draws begin: the first of these plus the second times the task's id."""
        return self.first_draw - self.first_task * self.draws_per_task, self.draws_per_task


class Job(NamedTuple):
    """All that a run needs to know."""

    kinds: List[Kind]
    resources: List[Dict[str, Any]]
    draws: str
    tasks: int
    plan: Dict[str, Any]
    io: Optional[Dict[str, int]]
    switch_interval: Optional[int]


def load(path: str) -> Job:
    """Reads a job and looks whether this Python can run its plan."""
    with open(path, encoding="utf-8") as file:
        data = json.load(file)
    try:
        job = Job(
            kinds=[Kind(**{name: kind[name] for name in Kind._fields}) for kind in data["kinds"]],
            resources=data["resources"],
            draws=data["draws"],
            tasks=data["tasks"],
            plan=data["plan"],
            io=data.get("io"),
            switch_interval=data.get("switch_interval"),
        )
    except (KeyError, TypeError) as error:
        raise Trouble("failed", f"the job lacks {error}: write it as this version does") from error
    if job.plan.get("kind") not in PLANS:
        raise Trouble("unsupported", f"plan {job.plan.get('kind')!r} is none of {', '.join(PLANS)}")
    return job


def uses(job: Job, name: str) -> bool:
    """Whether a step of this name occurs in the job."""
    return any(step[0] == name for step in leaves(job))


def leaves(job: Job) -> Iterator[List[Any]]:
    """Every step that holds no others."""
    return (step for kind in job.kinds for step in _leaves(kind.steps))


def _leaves(steps: List[Any]) -> Iterator[List[Any]]:
    for step in steps:
        if step[0] == "gather":
            for branch in step[1]:
                yield from _leaves(branch[1])
        elif isinstance(step[-1], list):
            yield from _leaves(step[-1])
        else:
            yield step


def read_draws(path: str) -> Sequence[int]:
    """All the draws, as an array: for the process that uses them all."""
    draws = array("Q")
    with open(path, "rb") as file:
        draws.frombytes(file.read())
    if sys.byteorder == "big":
        draws.byteswap()
    return draws


def map_draws(path: str) -> Sequence[int]:
    """The same without reading them: a worker looks at few, and is to start quickly."""
    if sys.byteorder == "big" or not os.path.getsize(path):
        return read_draws(path)
    with open(path, "rb") as file:
        return memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)).cast("Q")
