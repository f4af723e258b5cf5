import asyncio
from collections.abc import Callable, Coroutine, Iterable


async def run_all(
    after: list[asyncio.Task[int]],
    task: Callable[..., Coroutine],
    offsets: Iterable[float],
    *args: object,
) -> int:
    """Once `after` has ended, start each task as it arrives; count them."""
    for earlier in after:
        await earlier
    tasks = [
        asyncio.create_task(task(number, *args))
        async for number in arrivals(offsets)
    ]
    await asyncio.gather(*tasks)
    return sum(task.done() for task in tasks)
