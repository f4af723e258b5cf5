"""The work itself: CPU time in bytecode and in C, and waits.

CPU work is a number of turns that was calibrated in thread CPU time. A spin until some time on the
clock would look the same and hide what is to be measured: a thread without the GIL or a core would
end its work while it waits.
"""

import binascii
import threading
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
# Until a core has the speed that it keeps.
WARM_UP = 20_000_000
# So many calls deep steps are done, more or less.
DEPTHS = (3, 5, 7, 9, 11)


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
CHUNK_TURNS = 50_000
_hmac: Callable[..., bytes]


def set_speed(speed: Speed) -> None:
    """Takes over what was calibrated."""
    global SPEED, TURN, CHUNK_TURNS
    SPEED = speed
    TURN = speed.turn
    CHUNK_TURNS = max(1, round(CHUNK / speed.turn))


def burn(turns: int) -> None:
    """So many turns of bytecode.

    All counting is done with the small numbers that every Python keeps at hand. A larger one is an
    object more at every turn, and what that takes depends on what else the program has allocated: up
    to a tenth more in the run than when it was calibrated.
    """
    while turns > 255:
        turns -= 255
        left = 255
        while left:
            left -= 1
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
    all_turns = turns = int(ns / TURN)
    if ns <= SHORT:
        a = now()
        burn(turns)
        b = now()
        gap = b - a - ns
        if gap > GAP:
            cx.put((PYTHON, cx.task, a, b, ns, cx.recorder.delays.within(gap)))
        else:
            cx.put((PYTHON, cx.task, a, b, b - a, 0))
            cx.recorder.did(all_turns, b - a)
        return
    chunk = CHUNK_TURNS
    if ns >= LONG:
        cx.recorder.delays.refresh()
    start = last = now()
    began_cpu = start_cpu = last_cpu = cpu_now()
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
    cx.recorder.did(all_turns, last_cpu - began_cpu)


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


def _usual(work: Callable[[int], None], turns: int, times: int) -> float:
    """CPU nanoseconds of so many turns: the median."""
    took: List[int] = []
    for _ in range(times):
        start = cpu_now()
        work(turns)
        took.append(cpu_now() - start)
    took.sort()
    return float(took[len(took) // 2])


def warm_up() -> None:
    """A core that has rested is up to a tenth faster for its first few milliseconds: no run that is
    worth measuring ends within them."""
    end = cpu_now() + WARM_UP
    while cpu_now() < end:
        burn(10_000)


def _at_depth(depth: int) -> float:
    """Nanoseconds a turn, so many calls further down."""
    if depth:
        return _at_depth(depth - 1)
    empty = _usual(burn, 0, 5)
    return max(0.1, (_usual(burn, 20_000, 9) - empty) / 20_000)


def _in_thread(call: Callable[[], float]) -> float:
    """What a call gives in a thread of its own."""
    given: List[float] = []
    thread = threading.Thread(target=lambda: given.append(call()))
    thread.start()
    thread.join()
    return given[0]


def turn_speed(in_threads: bool) -> float:
    """Nanoseconds a turn. The same loop takes up to a quarter more or less, depending on where its
    frame and the interpreter's lie on their stacks; so it is the median over several depths, of
    calls in threads where the work will be done in threads."""
    took = sorted(
        _in_thread(lambda: _at_depth(depth)) if in_threads else _at_depth(depth)
        for depth in DEPTHS
    )
    return took[len(took) // 2]


def clock_speed() -> float:
    """Nanoseconds of a piece of C code that takes as long as the processor's clock makes it, and
    nothing else: how much slower or faster the machine has become."""
    block = bytes(1 << 16)
    return _usual(lambda _: binascii.crc32(block), 0, 199)


def calibrate(native: bool = True, in_threads: bool = False) -> Speed:
    """Measures the speed of this moment, in about 40 ms of CPU time."""
    warm_up()
    turn = turn_speed(in_threads)
    if not native:
        return Speed(turn, SPEED.native_base, SPEED.native_turn)
    need_native()
    rounds(1000)
    one = _usual(rounds, 1, 9)
    many = _usual(rounds, 1001, 15)
    slope = max(0.1, (many - one) / 1000)
    return Speed(turn, max(0.0, one - slope), slope)
