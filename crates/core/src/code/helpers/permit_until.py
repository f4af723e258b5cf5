from collections.abc import Iterator
from concurrent import interpreters
from contextlib import contextmanager


@contextmanager
def permit_until(
    tokens: interpreters.Queue, deadline: float
) -> Iterator[None]:
    """Hold one of the tokens, or give up at the deadline."""
    token = take_until(tokens, deadline)
    try:
        yield
    finally:
        tokens.put(token)
