from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def held_until(lock, deadline: float) -> Iterator[None]:
    """As `with lock:`, but give up at the deadline."""
    if not lock.acquire(timeout=time_left(deadline)):
        raise TimeoutError
    try:
        yield
    finally:
        lock.release()
