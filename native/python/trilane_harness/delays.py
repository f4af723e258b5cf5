"""How long a thread stood in the kernel's run queue: Linux says it for each thread.

It tells, in a gap during which a thread did not run, the wait for a core from the wait for the GIL.
Where several threads share a GIL it must be read without letting go of it: `os.pread` does let go,
another thread that waits for the GIL wakes, fails, and begins its 5 ms anew, and the gaps that were
to be measured are halved. A call through `ctypes.PyDLL` keeps the lock.
"""

import os
import sys
import threading
from typing import Any, Callable, Optional

FILE = "/proc/thread-self/schedstat"
# File handles belong to the workload: with more threads than this, the others go without.
MOST = 128

_read: Callable[[int], bytes] = lambda fd: os.pread(fd, 64, 0)
_open = 0
_lock = threading.Lock()
_there = sys.platform == "linux" and os.path.exists(FILE)


def keep_gil(keep: bool) -> None:
    """Chooses how to read: with the GIL kept, or cheaply, for a thread that has it to itself."""
    global _read
    _read = _keeping() or os_read if keep else os_read


def os_read(fd: int) -> bytes:
    """Reads the file, without the GIL meanwhile."""
    return os.pread(fd, 64, 0)


def _keeping() -> Optional[Callable[[int], bytes]]:
    try:
        import ctypes

        library: Any = ctypes.PyDLL(None)
        pread = library.pread
        pread.argtypes = (ctypes.c_int, ctypes.c_void_p, ctypes.c_size_t, ctypes.c_long)
        pread.restype = ctypes.c_long
        kind = ctypes.c_char * 64
    except (ImportError, AttributeError, OSError):
        return None

    def read(fd: int) -> bytes:
        buffer = kind()
        pread(fd, buffer, 64, 0)
        return buffer.value

    return read


class Delays:
    """One thread's time in the run queue. Made and read by that thread."""

    __slots__ = ("fd", "seen")

    def __init__(self) -> None:
        self.fd = -1
        self.seen = 0

    def total(self) -> int:
        """Nanoseconds since the thread began."""
        global _open
        if self.fd < 0:
            with _lock:
                if not _there or _open >= MOST:
                    return self.seen
                _open += 1
            try:
                self.fd = os.open(FILE, os.O_RDONLY)
            except OSError:
                with _lock:
                    _open -= 1
                return self.seen
        return int(_read(self.fd).split()[1])

    def refresh(self) -> None:
        """Forgets what was before: waits after sleeps are no part of the next gap."""
        self.seen = self.total()

    def within(self, gap: int) -> int:
        """The part of a gap that just ended which was spent in the run queue."""
        before, self.seen = self.seen, self.total()
        return min(gap, self.seen - before)

    def close(self) -> None:
        """Gives the file handle back."""
        global _open
        if self.fd >= 0:
            os.close(self.fd)
            self.fd = -1
            with _lock:
                _open -= 1
