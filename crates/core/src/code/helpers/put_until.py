import queue
import time
from concurrent import interpreters


def put_until(
    target: interpreters.Queue, item: object, deadline: float
) -> None:
    """Put an item, or give up at the deadline.

    The queue's own time-out counts in whole seconds.
    """
    while True:
        try:
            return target.put_nowait(item)
        except queue.Full:
            if time.perf_counter() >= deadline:
                raise TimeoutError from None
            time.sleep(0.001)
