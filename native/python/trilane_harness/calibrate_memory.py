"""What running costs in memory: resident size of many of a kind, and without them."""

import asyncio
import gc
import os
import threading
import time

from . import calibrate_work
from .calibrate_stats import Results, Unknown


def resident(process: str = "self") -> int:
    """Bytes of memory that a process has in use."""
    try:
        with open(f"/proc/{process}/statm", encoding="ascii") as file:
            pages = int(file.read().split()[1])
    except (OSError, ValueError, IndexError):
        raise Unknown("this system has no /proc") from None
    return pages * os.sysconf("SC_PAGE_SIZE")


def threads(results: Results, quick: bool) -> None:
    """Threads that wait."""
    count = 50 if quick else 150
    gate = threading.Event()
    gc.collect()
    before = resident()
    crew = [threading.Thread(target=gate.wait) for _ in range(count)]
    for thread in crew:
        thread.start()
    time.sleep(0.01)
    used = resident() - before
    gate.set()
    for thread in crew:
        thread.join()
    results.number("memory_thread", "bytes", max(0, used / count), f"{count} threads that wait")


def tasks(results: Results, quick: bool) -> None:
    """Tasks that wait."""
    count = 2_000 if quick else 10_000

    async def wait(gate: asyncio.Event) -> None:
        await gate.wait()

    async def main() -> int:
        gate = asyncio.Event()
        gc.collect()
        before = resident()
        crew = [asyncio.ensure_future(wait(gate)) for _ in range(count)]
        await asyncio.sleep(0)
        used = resident() - before
        gate.set()
        await asyncio.gather(*crew)
        return used

    used = max(0, asyncio.run(main()) / count)
    results.number("memory_task", "bytes", used, f"{count} tasks that wait")


def processes(results: Results, quick: bool) -> None:
    """A spawned process that waits."""
    import multiprocessing

    resident()
    ours = multiprocessing.get_context("spawn")
    mine, theirs = ours.Pipe()
    process = ours.Process(target=calibrate_work.wait_for_end, args=(theirs,), daemon=True)
    process.start()
    theirs.close()
    try:
        if not mine.poll(20):
            raise Unknown("a spawned process did not answer")
        used = resident(str(process.pid))
        results.number("memory_process", "bytes", used, "resident size of a spawned process")
    finally:
        mine.close()
        process.join(5)
        process.terminate()
        process.join()
