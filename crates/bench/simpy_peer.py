"""SimPy on the work of `cargo xtask bench`: a process a task, the lock, the cores and the loop as
resources, as SimPy's own documentation would have it. Prints one line of JSON.

Usage: simpy_peer.py WORKLOAD N DRAWS REPEATS
"""

import array
import json
import resource
import sys
import time

import simpy

STEPS = 10
NATIVE_STEP = 7
CORES = 4
QUANTUM_NS = 5_000_000


def thread(env, gil, cores, steps):
    for step, ns in enumerate(steps):
        if step % 2 == 0:
            yield env.timeout(ns)
        elif step == NATIVE_STEP:
            with cores.request() as core:
                yield core
                yield env.timeout(ns)
        else:
            while ns > 0:
                with gil.request() as lock:
                    yield lock
                    with cores.request() as core:
                        yield core
                        run = min(ns, QUANTUM_NS)
                        yield env.timeout(run)
                        ns -= run


def coroutine(env, loop, steps):
    for step, ns in enumerate(steps):
        if step % 2 == 0:
            yield env.timeout(ns)
        else:
            with loop.request() as turn:
                yield turn
                yield env.timeout(ns)


def peak_bytes():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def run(workload, n, draws):
    start = time.process_time()
    env = simpy.Environment()
    lock = simpy.Resource(env, capacity=1)
    cores = simpy.Resource(env, capacity=CORES)
    for task in range(n):
        steps = draws[task * STEPS : (task + 1) * STEPS]
        if workload == "thr":
            env.process(thread(env, lock, cores, steps))
        else:
            env.process(coroutine(env, lock, steps))
    env.run()
    return time.process_time() - start, env.now


def main():
    workload, n, path, repeats = sys.argv[1], int(sys.argv[2]), sys.argv[3], int(sys.argv[4])
    draws = array.array("Q")
    with open(path, "rb") as file:
        draws.frombytes(file.read())
    if sys.byteorder == "big":
        draws.byteswap()
    before = peak_bytes()
    spent = []
    for _ in range(repeats):
        seconds, makespan = run(workload, n, draws)
        spent.append(seconds)
    spent.sort()
    # Each task's slice of the draws is a copy of its steps, which are counted aside.
    steps_bytes = n * STEPS * draws.itemsize
    result = {
        "ns_per_event": spent[len(spent) // 2] * 1e9 / (n * (STEPS + STEPS // 2)),
        "makespan_ns": makespan,
        "bytes_per_task": max(peak_bytes() - before - steps_bytes, 0) / n,
        "python": sys.version.split()[0],
    }
    print(json.dumps(result))


main()
