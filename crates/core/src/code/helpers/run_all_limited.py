import asyncio
from collections.abc import Callable, Coroutine, Iterable


async def run_all(
    after: list[asyncio.Task[int]],
    task: Callable[..., Coroutine[None, None, object]],
    offsets: Iterable[float],
    *args: object,
) -> int:
    """Once `after` has ended, start each task as it arrives; count them."""
    for earlier in after:
        await earlier
    async with asyncio.TaskGroup() as group:
        tasks = [
            group.create_task(in_slot(task(number, *args)))
            async for number in arrivals(offsets)
        ]
    return sum(task.done() for task in tasks)
