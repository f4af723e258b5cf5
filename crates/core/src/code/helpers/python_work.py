import time


def python_work(seconds: float) -> None:
    """Burn this much CPU time in Python code: replace it with your own."""
    # CPU time of this thread: waiting for others does not count as work.
    end = time.thread_time() + seconds
    while time.thread_time() < end:
        pass
