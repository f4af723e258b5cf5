"""Locks, semaphores and queues, as each plan's programs use them.

All have the same two methods each, `acquire(timeout=seconds)` and `release()`, or `put(item,
timeout=seconds)` and `get(timeout=seconds)`; what raises `queue.Full` or `queue.Empty` was too late.
"""

import queue
import threading
from typing import Any, Dict, List


class NoLock:
    """A lock in a program that does nothing at the same time."""

    def acquire(self, timeout: float = 0.0) -> bool:
        """Nobody else runs."""
        return True

    def release(self) -> None:
        """Nobody else runs."""


def alone(resources: List[Dict[str, Any]]) -> List[Any]:
    """For a plain loop."""
    return [
        queue.Queue(resource["capacity"]) if "capacity" in resource else NoLock()
        for resource in resources
    ]


def between_threads(resources: List[Dict[str, Any]]) -> List[Any]:
    """For threads of one process."""
    return _made(resources, threading.Lock, threading.Semaphore, queue.Queue)


def between_processes(resources: List[Dict[str, Any]], context: Any) -> List[Any]:
    """For processes; workers get them when they start."""
    return _made(resources, context.Lock, context.Semaphore, context.Queue)


def on_a_loop(resources: List[Dict[str, Any]]) -> List[Any]:
    """For coroutines; made inside the loop, as before 3.10 they belong to the one that runs."""
    import asyncio

    return _made(resources, asyncio.Lock, asyncio.Semaphore, asyncio.Queue)


def _made(resources: List[Dict[str, Any]], lock: Any, semaphore: Any, fifo: Any) -> List[Any]:
    made = []
    for resource in resources:
        if "capacity" in resource:
            made.append(fifo(resource["capacity"]))
        elif resource["permits"] == 1:
            made.append(lock())
        else:
            made.append(semaphore(resource["permits"]))
    return made
