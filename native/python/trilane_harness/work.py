"""The work itself: CPU time in bytecode and in C, and waits.

CPU work is a number of turns that was calibrated in thread CPU time. A spin until some time on the
clock would look the same and hide what is to be measured: a thread without the GIL or a core would
end its work while it waits.
"""

import time
from time import perf_counter_ns as now
from time import thread_time_ns as cpu_now
from typing import Callable, List, NamedTuple

from .records import IO, NATIVE, PYTHON

# Turns are counted in chunks of so much CPU time, so that a gap is seen where it falls.
CHUNK = 500_000
# Wall time beyond CPU time that counts as a gap.
GAP = 100_000
# Shorter steps do without the thread's clock, a system call of up to a microsecond or two. One
# without a gap was on the CPU all the time; one with a gap took what it was asked to.
SHORT = 100_000
# Before longer ones it pays to forget earlier waits in the run queue.
LONG = 2_000_000


class Speed(NamedTuple):
    """How fast this machine is just now."""

    turn: float
    """Nanoseconds of CPU time a turn of `burn`."""
    native_base: float
    """Nanoseconds of a call into C."""
    native_turn: float
    """Nanoseconds of each round in it."""


SPEED = Speed(20.0, 0.0, 300.0)
TURN = SPEED.turn
CHUNK_TURNS = 25_000
_hmac: Callable[..., bytes]


def set_speed(speed: Speed) -> None:
    """Takes over what was calibrated."""
    global SPEED, TURN, CHUNK_TURNS
    SPEED = speed
    TURN = speed.turn
    CHUNK_TURNS = max(1, round(CHUNK / speed.turn))


def burn(turns: int) -> None:
    """So many turns of bytecode."""
    while turns:
        turns -= 1


def need_native() -> None:
    """Loads what `rounds` calls: OpenSSL takes its time to load, and few workers need it."""
    global _hmac
    from hashlib import pbkdf2_hmac

    _hmac = pbkdf2_hmac


def rounds(count: int) -> None:
    """So many rounds in C, without the GIL."""
    _hmac("sha256", b"x", b"y", count)


def python_work(cx, ns: int) -> None:
    """So much CPU time in bytecode."""
    turns = int(ns / TURN)
    if ns <= SHORT:
        a = now()
        burn(turns)
        b = now()
        gap = b - a - ns
        if gap > GAP:
            cx.put((PYTHON, cx.task, a, b, ns, cx.recorder.delays.within(gap)))
        else:
            cx.put((PYTHON, cx.task, a, b, b - a, 0))
        return
    chunk = CHUNK_TURNS
    if ns >= LONG:
        cx.recorder.delays.refresh()
    start = last = now()
    start_cpu = last_cpu = cpu_now()
    while turns:
        part = chunk if turns > chunk else turns
        turns -= part
        burn(part)
        at = now()
        cpu = cpu_now()
        gap = at - last - cpu + last_cpu
        if gap > GAP:
            # What ran without a gap is one row, the chunk with the gap another.
            if last > start:
                cx.put((PYTHON, cx.task, start, last, last_cpu - start_cpu, 0))
            delay = cx.recorder.delays.within(gap)
            cx.put((PYTHON, cx.task, last, at, cpu - last_cpu, delay))
            start, start_cpu = at, cpu
        last, last_cpu = at, cpu
    if last > start:
        cx.put((PYTHON, cx.task, start, last, last_cpu - start_cpu, 0))


def native_work(cx, ns: int) -> None:
    """So much CPU time in C code that lets go of the GIL."""
    speed = SPEED
    count = int((ns - speed.native_base) / speed.native_turn)
    if count < 1:
        count = 1
    if ns <= SHORT:
        a = now()
        rounds(count)
        b = now()
        gap = b - a - ns
        cpu = ns if gap > GAP else b - a
    else:
        if ns >= LONG:
            cx.recorder.delays.refresh()
        a = now()
        cpu = cpu_now()
        rounds(count)
        b = now()
        cpu = cpu_now() - cpu
        gap = b - a - cpu
    delay = cx.recorder.delays.within(gap) if gap > GAP else 0
    cx.put((NATIVE, cx.task, a, b, cpu, delay))


def sleep(cx, ns: int) -> None:
    """Waits outside Python, blocking the thread."""
    a = now()
    time.sleep(ns / 1e9)
    cx.put((IO, cx.task, a, now(), ns, 0))


def _low(work: Callable[[int], None], turns: int, times: int) -> float:
    """CPU nanoseconds of so many turns: a low quantile, as a disturbance only ever adds."""
    took: List[int] = []
    for _ in range(times):
        start = cpu_now()
        work(turns)
        took.append(cpu_now() - start)
    took.sort()
    return float(took[len(took) // 4])


def calibrate(native: bool = True) -> Speed:
    """Measures the speed of this moment, in about 15 ms of CPU time."""
    burn(100_000)
    empty = _low(burn, 0, 9)
    turn = max(0.1, (_low(burn, 20_000, 17) - empty) / 20_000)
    if not native:
        return Speed(turn, SPEED.native_base, SPEED.native_turn)
    need_native()
    rounds(1000)
    one = _low(rounds, 1, 9)
    many = _low(rounds, 1001, 15)
    slope = max(0.1, (many - one) / 1000)
    return Speed(turn, max(0.0, one - slope), slope)
