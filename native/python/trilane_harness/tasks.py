"""A whole task, from its first step to its last, on the thread that does it."""

from typing import Any, Callable, List, Optional

from .blocking import Compiler, Context, Op, Spawn
from .records import BEGIN, END, now
from .run import Run


def touched(size: int) -> Optional[bytearray]:
    """Memory that is really there: `bytearray` writes every page."""
    return bytearray(size) if size else None


def in_this_process(run: Run, shared: List[Any], spawn: Optional[Spawn]) -> Callable[[int, int], None]:
    """The function that does a task of a kind on whatever thread calls it."""
    job, book, agenda = run.job, run.book, run.agenda
    compiler = Compiler(run.draws, shared, job.io, book, spawn, run.new_id)
    programs: List[List[Op]] = [compiler.steps(kind.steps) for kind in job.kinds]
    kinds, watched = job.kinds, agenda.watched

    def do(index: int, task: int) -> None:
        if run.over:
            return
        kind = kinds[index]
        recorder = book.here()
        cx = Context(task, kind.draw_of(task), recorder)
        cx.put((BEGIN, task, now(), 0, 0, 0))
        try:
            memory = touched(kind.memory)
            for op in programs[index]:
                op(cx)
            del memory
        except BaseException as error:
            run.fail(error)
            raise
        at = now()
        cx.put((END, task, at, 0, 0, 0))
        if watched[index]:
            agenda.ended(index, at)

    return do
