import time


def io_until(seconds: float, deadline: float) -> None:
    """A call with a time-out, as sockets have: replace it with your own."""
    left = time_left(deadline)
    time.sleep(min(seconds, left))
    if seconds > left:
        raise TimeoutError
