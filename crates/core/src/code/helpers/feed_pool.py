from collections.abc import Callable, Iterable
from concurrent.futures import Executor, Future, wait


def feed(
    pool: Executor,
    after: list[Future[int]],
    task: Callable[..., object],
    offsets: Iterable[float],
    *args: object,
) -> int:
    """Once `after` has ended, submit each task as it arrives; count them."""
    wait(after)
    futures = [
        pool.submit(task, number, *args) for number in arrivals(offsets)
    ]
    return len([future.result() for future in futures])
