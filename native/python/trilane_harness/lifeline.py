"""Who dies with whom: no process of a run outlives the harness, nor the harness the binary.

Nothing watches while a run goes on, as a thread that does would be measured with it. A pipe that
closes sends a signal instead: SIGIO, which ends a worker at once, whatever code it is in. The
parent takes Ctrl-C and SIGTERM as the kernel gives them and is gone; its workers follow.
"""

import contextlib
import os
import select
import signal
from typing import Any, Callable, Iterator, Optional

try:
    import fcntl
except ImportError:  # not on Windows
    fcntl = None  # type: ignore[assignment]


def signal_when_closed(fd: int, on: bool = True) -> bool:
    """Asks for SIGIO when something comes through a pipe, or when its other end closes."""
    if fcntl is None or not hasattr(os, "O_ASYNC"):
        return False
    try:
        flags = fcntl.fcntl(fd, fcntl.F_GETFL)
        if on:
            fcntl.fcntl(fd, fcntl.F_SETOWN, os.getpid())
            fcntl.fcntl(fd, fcntl.F_SETFL, flags | os.O_ASYNC)
        else:
            fcntl.fcntl(fd, fcntl.F_SETFL, flags & ~os.O_ASYNC)
    except OSError:
        return False
    return True


def closed(fd: int) -> bool:
    """Whether the other end of a pipe is closed."""
    poll = select.poll()
    poll.register(fd, select.POLLIN)
    return any(events & (select.POLLHUP | select.POLLERR) for _, events in poll.poll(0))


def ready(fd: int) -> bool:
    """Whether a read would not wait."""
    poll = select.poll()
    poll.register(fd, select.POLLIN)
    return bool(poll.poll(0))


def end_with_parent() -> None:
    """In a worker: die when the parent does, and of Ctrl-C without a word."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGUSR1, signal.SIG_DFL)
    signal.signal(signal.SIGIO, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGINT])
    import multiprocessing

    parent: Any = multiprocessing.parent_process()
    if parent is not None and signal_when_closed(parent.sentinel) and closed(parent.sentinel):
        os._exit(1)


@contextlib.contextmanager
def without_interrupts() -> Iterator[None]:
    """A worker that starts inherits the mask: until it is set up, Ctrl-C cannot make it speak."""
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGINT])


def stop_fork_server() -> None:
    """Ends the fork server, so that the next child starts it again, and nothing is left behind."""
    from multiprocessing import forkserver

    server = getattr(forkserver, "_forkserver", None)
    if hasattr(server, "_stop"):
        server._stop()


def kill_children() -> None:
    """Ends all workers at once."""
    import multiprocessing

    for child in multiprocessing.active_children():
        child.kill()


class Lines:
    """Reads lines from a pipe; while something else is done, a signal tells what comes."""

    def __init__(self, fd: int) -> None:
        self.fd = fd
        self.read = bytearray()
        self.ended = False

    def next(self) -> Optional[bytes]:
        """The next line; `None` at the end."""
        while b"\n" not in self.read and not self.ended:
            self._more()
        line, _, rest = bytes(self.read).partition(b"\n")
        self.read[:] = rest
        return line if line or not self.ended else None

    def _more(self) -> None:
        part = os.read(self.fd, 1 << 16)
        self.read += part
        self.ended = self.ended or not part

    @contextlib.contextmanager
    def watched(self, look: Callable[["Lines"], None]) -> Iterator[None]:
        """Calls `look` when there is more, or when the other end closes."""

        def come(*_: Any) -> None:
            while not self.ended and ready(self.fd):
                self._more()
            look(self)

        signal.signal(signal.SIGIO, come)
        signal_when_closed(self.fd)
        try:
            come()
            yield
        finally:
            # The handler stays: a last signal may be under way, and by default it kills.
            signal_when_closed(self.fd, on=False)
