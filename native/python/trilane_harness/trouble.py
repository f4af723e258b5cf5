"""Trouble by name: what the binary is told when something does not work.

Each message has the value, the rule and the remedy, as the binary passes it on to a person.
"""

import errno
import traceback
from typing import Dict

HANDLES = (errno.EMFILE, errno.ENFILE)


class Trouble(Exception):
    """An error of which the kind and the message are known."""

    def __init__(self, kind: str, message: str, traceback: str = "") -> None:
        super().__init__(message)
        self.kind = kind
        # Of where it happened, if that was in another interpreter.
        self.traceback = traceback


def innermost(error: BaseException) -> BaseException:
    """The error itself where a task group has wrapped it."""
    while getattr(error, "exceptions", None):
        error = error.exceptions[0]  # type: ignore[attr-defined]
    return error


def told(error: BaseException) -> Dict[str, str]:
    """The error as a line of the protocol."""
    error = innermost(error)
    kind, message = named(error)
    lines = traceback.format_exception(type(error), error, error.__traceback__)
    text = getattr(error, "traceback", "") or "".join(lines)
    return {"error": message, "kind": kind, "traceback": text[-8000:]}


def named(error: BaseException) -> "tuple[str, str]":
    """The kind and one line for an error."""
    if isinstance(error, Trouble):
        return error.kind, str(error)
    text = " ".join(str(error).split()) or type(error).__name__
    if isinstance(error, MemoryError):
        return "memory", "out of memory: Python got no more; lessen memory, input, tasks or workers"
    number = getattr(error, "errno", None)
    if isinstance(error, OSError) and number == errno.ENOMEM:
        return "memory", f"out of memory ({text}): lessen memory, tasks or workers"
    if isinstance(error, OSError) and number in HANDLES:
        return "handles", f"out of file handles ({text}): raise `ulimit -n`, or take fewer workers"
    threads = isinstance(error, RuntimeError) and "new thread" in text
    if threads or isinstance(error, OSError) and number == errno.EAGAIN:
        return "threads", f"no more threads or processes ({text}): raise `ulimit -u`, or take fewer"
    if type(error).__name__ in ("BrokenProcessPool", "BrokenInterpreterPool", "BrokenExecutor"):
        return "failed", f"a worker ended before its work ({text}): look at what ended it"
    return "failed", f"{type(error).__name__}: {text}"
