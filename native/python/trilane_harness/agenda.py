"""The order in which tasks are handed out, the same for every plan.

By arrival, then by kind in file order, then by number. A kind with `after` is released when the
last task of the kinds it names has ended, and its arrivals count from then.
"""

import heapq
import threading
from typing import Callable, List, NamedTuple, Optional, Tuple

from .job import Kind
from .records import ARRIVE


class Batch(NamedTuple):
    """Tasks of one kind that have arrived; they are handed out in items of a chunk each."""

    kind: int
    first: int
    count: int


class Agenda:
    """What is to be handed out when."""

    def __init__(self, kinds: List[Kind], chunk: int, start: int) -> None:
        self.kinds = kinds
        self.chunk = chunk
        self.due: List[Tuple[int, int]] = []
        self.released: List[Optional[int]] = [None] * len(kinds)
        self.handed = [0] * len(kinds)
        self.left = [kind.count for kind in kinds]
        open_before = [sum(1 for k in kind.after if kinds[k].count) for kind in kinds]
        self.waits_for = open_before
        # Only of these anybody wants to know when their tasks end.
        self.watched = [any(index in kind.after for kind in kinds) for index in range(len(kinds))]
        self.lock = threading.Lock()
        # Called when a kind has been released, by whoever ended the last task it waited for.
        self.on_release: Callable[[], None] = lambda: None
        for index in range(len(kinds)):
            if not self.waits_for[index]:
                self._release(index, start)

    def _release(self, index: int, at: int) -> None:
        self.released[index] = at
        self._queue(index)

    def _queue(self, index: int) -> None:
        """The next item of a kind is due when its last task arrives."""
        kind = self.kinds[index]
        if self.handed[index] < kind.count:
            last = min(self.handed[index] + self.chunk, kind.count) - 1
            offset = kind.arrivals[last] if kind.arrivals else 0
            heapq.heappush(self.due, (self.released[index] + offset, index))

    def take(self, now: int) -> Optional[Batch]:
        """The next that have arrived. All of a kind where all arrive at its release: a look at
        the agenda for each would be a part of what a task costs."""
        with self.lock:
            if not self.due or self.due[0][0] > now:
                return None
            index = heapq.heappop(self.due)[1]
            kind = self.kinds[index]
            first = self.handed[index]
            rest = kind.count - first
            count = min(self.chunk, rest) if kind.arrivals else rest
            self.handed[index] += count
            self._queue(index)
            return Batch(index, kind.first_task + first, count)

    def next_due(self) -> Optional[int]:
        """When the next item arrives, as far as is known."""
        with self.lock:
            return self.due[0][0] if self.due else None

    def blocked(self) -> bool:
        """Whether kinds are still to be released."""
        return any(
            at is None and kind.count for at, kind in zip(self.released, self.kinds)
        )

    def ended(self, index: int, at: int, count: int = 1) -> None:
        """Tasks of a kind have ended."""
        if not self.watched[index]:
            return
        with self.lock:
            self.left[index] -= count
            if self.left[index]:
                return
            freed = False
            for other, kind in enumerate(self.kinds):
                times = kind.after.count(index)
                if times:
                    self.waits_for[other] -= times
                    if not self.waits_for[other]:
                        self._release(other, at)
                        freed = True
        if freed:
            self.on_release()

    def arrivals(self) -> List[int]:
        """The rows of all arrivals. They follow from the releases, so nothing is kept meanwhile."""
        rows: List[int] = []
        for kind, released, handed in zip(self.kinds, self.released, self.handed):
            for index in range(handed):
                offset = kind.arrivals[index] if kind.arrivals else 0
                rows += (ARRIVE, kind.first_task + index, released + offset, 0, 0, 0)
        return rows
