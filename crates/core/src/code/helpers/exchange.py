from collections.abc import Callable


def exchange(
    work: Callable[[float], None], seconds: float, payload: bytes, size: int
) -> bytes:
    """Work on what was sent here, and send `size` bytes back."""
    work(seconds)
    return bytes(size)
