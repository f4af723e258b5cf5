import threading
from collections.abc import Callable

ended: list[str] = []  # list.append is atomic, with the GIL and without it


def start(task: Callable[..., object], *args: object) -> threading.Thread:
    """Start a thread for one call; `ended` gets its name at the end."""

    def run() -> None:
        task(*args)
        ended.append(task.__name__)

    thread = threading.Thread(target=run)
    thread.start()
    return thread
