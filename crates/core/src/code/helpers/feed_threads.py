import threading
from collections.abc import Callable, Iterable


def feed(
    after: list[threading.Thread],
    task: Callable[..., object],
    offsets: Iterable[float],
    *args: object,
) -> None:
    """Once `after` has ended, start each task as it arrives."""
    for earlier in after:
        earlier.join()
    workers = [start(task, number, *args) for number in arrivals(offsets)]
    for thread in workers:
        thread.join()
