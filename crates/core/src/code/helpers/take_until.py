import queue
import time
from concurrent import interpreters


def take_until(source: interpreters.Queue, deadline: float) -> object:
    """Take an item, or give up at the deadline.

    The queue's own time-out counts in whole seconds.
    """
    while True:
        try:
            return source.get_nowait()
        except queue.Empty:
            if time.perf_counter() >= deadline:
                raise TimeoutError from None
            time.sleep(0.001)
