"""A whole task, from its first step to its last, on the thread that does it."""

from typing import Any, Callable, List, Optional

from .blocking import Compiler, Context, Spawn
from .records import BEGIN, END, now
from .run import Run


def in_this_process(run: Run, shared: List[Any], spawn: Optional[Spawn]) -> Callable[[int, int], None]:
    """The function that does a task of a kind on whatever thread calls it."""
    job, book, agenda = run.job, run.book, run.agenda
    compiler = Compiler(run.draws, shared, job.io, book, spawn, run.new_id)
    programs = [
        (compiler.steps(kind.steps), *kind.draws_from(), kind.memory) for kind in job.kinds
    ]
    watched = agenda.watched

    def do(index: int, task: int) -> None:
        if run.over:
            return
        ops, first_draw, draws, size = programs[index]
        cx = Context(task, first_draw + task * draws, book.here())
        cx.put((BEGIN, task, now(), 0, 0, 0))
        try:
            memory = bytearray(size) if size else None
            for op in ops:
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
