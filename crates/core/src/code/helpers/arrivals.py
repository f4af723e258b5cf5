import time
from collections.abc import Iterable, Iterator


def arrivals(offsets: Iterable[float]) -> Iterator[int]:
    """Yield the number of each task at its time of arrival."""
    start = time.perf_counter()
    for number, offset in enumerate(offsets):
        # Against the start, so that delays do not add up.
        delay = start + offset - time.perf_counter()
        if delay > 0:
            time.sleep(delay)
        yield number
