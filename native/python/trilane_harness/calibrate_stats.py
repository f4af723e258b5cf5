"""Samples, and what is made of them.

A cost is the median of its samples, which are taken in several rounds with everything else in
between; of a latency the whole distribution is kept. A machine whose neighbours or power budget slow
it down for a while does that to all code alike: CPU times from slower moments are told at the
machine's usual pace, by a loop that is timed beside them.
"""

import sys
import time
from time import perf_counter_ns as now
from typing import Any, Callable, Dict, List, Sequence, Tuple

# Windows counts a thread's CPU time in steps of 15 ms, with which nothing can be measured.
cpu = now if sys.platform == "win32" else time.thread_time_ns

POINTS = (0.0, 5.0, 25.0, 50.0, 75.0, 95.0, 99.0, 100.0)
# What woke so much later than most did not wait for a wake-up but for a core.
STRAY = 20


class Unknown(Exception):
    """A figure cannot be measured here; the reason is its text."""


def quantile(samples: Sequence[float], share: float) -> float:
    """By rank, linear in between."""
    ordered = sorted(samples)
    if not ordered:
        raise Unknown("no sample was taken")
    place = share * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def low(samples: Sequence[float]) -> float:
    """What it costs undisturbed."""
    return quantile(samples, 0.25)


def median(samples: Sequence[float]) -> float:
    """The middle."""
    return quantile(samples, 0.5)


def spread(samples: Sequence[float], middle: float) -> float:
    """How far half of the samples lie from a value."""
    return median([abs(sample - middle) for sample in samples])


def usual(samples: Sequence[float]) -> List[float]:
    """Without what lies absurdly far above the middle."""
    limit = STRAY * max(median(samples), 1000)
    return [sample for sample in samples if sample <= limit]


def distribution(samples: Sequence[float]) -> List[float]:
    """The values at POINTS."""
    return [max(0.0, quantile(samples, point / 100)) for point in POINTS]


def rising(values: Sequence[float]) -> List[float]:
    """The same, each value at least as great as the one before it."""
    out: List[float] = []
    for value in values:
        out.append(max(value, out[-1] if out else 0.0))
    return out


def each(count: int, work: Callable[[], Any]) -> float:
    """CPU time of one of so many repetitions, the loop included."""
    start = cpu()
    for _ in range(count):
        work()
    return (cpu() - start) / count


class Results:
    """Figures by name, and the reasons for those that are missing."""

    def __init__(self) -> None:
        self.samples: Dict[str, List[float]] = {}
        self.work_at: Dict[str, List[Tuple[float, float]]] = {}
        self.paces: List[float] = []
        self.figures: Dict[str, Dict[str, Any]] = {}
        self.missing: Dict[str, str] = {}

    def add(self, name: str, value: float) -> None:
        """One sample of something."""
        self.samples.setdefault(name, []).append(value)

    def work(self, name: str, nanoseconds: float) -> None:
        """One sample of CPU time, taken at the present pace."""
        self.work_at.setdefault(name, []).append((nanoseconds, self.paces[-1]))

    def at_one_pace(self) -> None:
        """Turns samples of CPU time into what they would have been at the usual pace."""
        usual_pace = median(self.paces)
        for name, taken in self.work_at.items():
            self.samples[name] = [value * min(1.0, usual_pace / pace) for value, pace in taken]

    def low(self, name: str) -> float:
        """What a thing that was sampled costs undisturbed."""
        return low(self.samples.get(name, []))

    def cost(self, name: str, unit: str, how: str) -> None:
        """A figure from its samples. A difference of two that are alike may come out below 0."""
        samples = [max(0.0, sample) for sample in self.samples.get(name, [])]
        if not samples:
            self.missing.setdefault(name, "it could not be timed")
            return
        value = median(samples)
        self.number(name, unit, value, how, spread(samples, value), len(samples))

    def number(
        self, name: str, unit: str, value: float, how: str, around: float = 0.0, count: int = 1
    ) -> None:
        """A figure that is one number."""
        self.figures[name] = {
            unit: round(value),
            "spread": round(around),
            "samples": count,
            "how": how,
        }

    def table(self, name: str, key: str, rows: Sequence[Any], how: str) -> None:
        """A figure that is a table or a distribution."""
        self.figures[name] = {key: rows, "how": how}

    def quantiles(self, name: str, values: Sequence[float], how: str) -> None:
        """A figure that is a distribution."""
        rows: List[Tuple[float, int]] = [
            (point, round(value)) for point, value in zip(POINTS, rising(values))
        ]
        self.table(name, "quantiles", rows, how)
