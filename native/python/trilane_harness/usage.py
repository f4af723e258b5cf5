"""What a run used: context switches, memory."""

import resource
import sys
from typing import List, Optional


def reset_peak() -> None:
    """Lets the peak of memory begin anew; where that is not possible it only ever grows."""
    try:
        with open("/proc/self/clear_refs", "w", encoding="ascii") as file:
            file.write("5")
    except OSError:
        pass


def _status(name: str) -> Optional[int]:
    try:
        with open("/proc/self/status", encoding="ascii", errors="replace") as file:
            for line in file:
                if line.startswith(name):
                    return int(line.split()[1]) * 1024
    except OSError:
        pass
    return None


def resident() -> int:
    """Bytes of memory this process has now."""
    return _status("VmRSS:") or peak()


def peak() -> int:
    """The most bytes of memory this process has had."""
    most = _status("VmHWM:")
    if most is not None:
        return most
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


class Usage:
    """Counters of this process and of the children it has waited for."""

    def __init__(self) -> None:
        reset_peak()
        self.resident = resident()
        self.switches = self._switches()

    @staticmethod
    def _switches() -> List[int]:
        own = resource.getrusage(resource.RUSAGE_SELF)
        theirs = resource.getrusage(resource.RUSAGE_CHILDREN)
        return [own.ru_nvcsw + theirs.ru_nvcsw, own.ru_nivcsw + theirs.ru_nivcsw]

    def switches_since(self) -> List[int]:
        """Voluntary and involuntary context switches since, children's too once they ended."""
        return [after - before for before, after in zip(self.switches, self._switches())]

    def peak_since(self) -> int:
        """By how much the memory of this process grew at most."""
        return max(0, peak() - self.resident)
