import heapq
import time
from collections import Counter
from collections.abc import Callable, Iterable
from typing import NamedTuple


class Kind(NamedTuple):
    """What a task does, when such tasks arrive, and which it follows."""

    task: Callable[..., object]
    offsets: Iterable[float]
    after: list[str]
    args: tuple[object, ...] = ()


def run_in_order(kinds: dict[str, Kind]) -> Counter[str]:
    """Run all tasks one by one in order of arrival; count each kind's."""
    done: Counter[str] = Counter()
    left: dict[str, int] = {}
    agenda: list[tuple[float, int, str, int]] = []
    while True:
        # A kind enters once all tasks of the kinds it follows have ended.
        for name, kind in kinds.items():
            if name in left or any(left.get(k) != 0 for k in kind.after):
                continue
            now, order = time.perf_counter(), len(left)
            offsets = list(kind.offsets)
            left[name] = len(offsets)
            for number, offset in enumerate(offsets):
                heapq.heappush(agenda, (now + offset, order, name, number))
        if not agenda:
            return done
        due, _, name, number = heapq.heappop(agenda)
        time.sleep(max(0.0, due - time.perf_counter()))
        kinds[name].task(number, *kinds[name].args)
        done[name] += 1
        left[name] -= 1
