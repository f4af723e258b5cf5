import asyncio
import time
from collections.abc import AsyncIterator, Iterable


async def arrivals(offsets: Iterable[float]) -> AsyncIterator[int]:
    """Yield the number of each task at its time of arrival."""
    start = time.perf_counter()
    for number, offset in enumerate(offsets):
        # Against the start, so that delays do not add up.
        delay = start + offset - time.perf_counter()
        if delay > 0:
            await asyncio.sleep(delay)
        yield number
