from collections.abc import Iterator
from concurrent import interpreters
from contextlib import contextmanager


@contextmanager
def permit(tokens: interpreters.Queue) -> Iterator[None]:
    """Hold one of the tokens: interpreters share queues, but no locks."""
    token = tokens.get()
    try:
        yield
    finally:
        tokens.put(token)
