import time


def time_left(deadline: float) -> float:
    """Seconds until the deadline, 0 once it has passed."""
    return max(0.0, deadline - time.perf_counter())
