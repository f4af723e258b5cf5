"""How Python programs behave under threads, processes and asyncio: simulated, and shown.

`simulate`, `advise`, `code`, `example` and `examples` ask the program that this package carries, which is the
command `trilane` too. `Race`, `Timeline`, `Kitchen`, `Quiz` and `Choose` are widgets for notebooks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ._program import ProgramMissing, TrilaneError, program
from ._simulate import advise, code, example, examples, simulate

if TYPE_CHECKING:
    from ._widgets import Choose, Kitchen, Quiz, Race, Timeline, Widget

__all__ = [
    "Choose",
    "Kitchen",
    "ProgramMissing",
    "Quiz",
    "Race",
    "Timeline",
    "TrilaneError",
    "Widget",
    "advise",
    "code",
    "example",
    "examples",
    "program",
    "simulate",
]

_WIDGETS = frozenset({"Choose", "Kitchen", "Quiz", "Race", "Timeline", "Widget"})


def __getattr__(name: str) -> object:
    # Whoever only simulates does not wait for all that widgets import.
    if name in _WIDGETS:
        from . import _widgets

        return getattr(_widgets, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
