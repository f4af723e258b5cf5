"""How the harness ends and what it says of trouble: always with everything it has started."""

import os
import signal
import time
import unittest

from harness_driver import MS, DelayServer, Harness, members
from test_harness import APART, EACH, FORK, LOOP, THREADS, WITH_BOTH


class EndTest(unittest.TestCase):
    """How it ends: always with everything it has started, and without a word."""

    def begin(self, plan, **more):
        """A harness in the middle of a run."""
        harness = Harness(**more)
        self.addCleanup(harness.close)
        work = [["cpu", 60_000 * MS, None], ["io", 60_000 * MS, True, None]]
        harness.load([{"count": 2, "steps": work}, {"count": 2, "steps": work[::-1]}], plan)
        harness.say(do="run", out=harness.path("out"))
        workers = 2 if "start" in plan or plan.get("processes") else 0
        end = time.monotonic() + 20
        # Tasks run when all processes are there: count them by their number.
        while len(members(harness.process.pid)) < 1 + workers:
            self.assertLess(time.monotonic(), end)
            time.sleep(0.01)
        time.sleep(0.1)
        return harness

    def test_it_ends_with_all_its_workers(self):
        ways = {
            "input": lambda harness: harness.process.stdin.close(),
            "stop": lambda harness: harness.say(do="stop"),
            "ctrl-c": lambda harness: os.killpg(harness.process.pid, signal.SIGINT),
            "term": lambda harness: harness.process.terminate(),
            "kill": lambda harness: harness.process.kill(),
        }
        plans = [THREADS, LOOP, *APART, WITH_BOTH]
        for number, plan in enumerate(plans):
            for name, way in ways.items():
                if plan != FORK and list(ways).index(name) % 3 != number % 3:
                    continue  # each way with several plans, in a third of the time
                with self.subTest(plan, way=name):
                    harness = self.begin(plan)
                    way(harness)
                    harness.gone()
                    self.assertEqual(harness.said(), "")

    def test_input_that_ends_between_requests_ends_it(self):
        harness = Harness()
        self.addCleanup(harness.close)
        harness.process.stdin.close()
        self.assertEqual(harness.process.wait(20), 0)

    def test_a_worker_that_is_killed_is_named(self):
        harness = self.begin(FORK)
        for pid in members(harness.process.pid):
            if pid != harness.process.pid:
                os.kill(pid, signal.SIGKILL)
                break
        answer = harness.answer()
        self.assertEqual(answer["kind"], "failed")
        self.assertIn("worker", answer["error"])
        harness.run([{"count": 3}], FORK)

    def test_too_few_handles_are_named(self):
        harness = Harness(limits={"RLIMIT_NOFILE": 40})
        self.addCleanup(harness.close)
        with DelayServer() as server:
            steps = [["io", 500 * MS, False, None]]
            for plan in (LOOP, EACH):
                harness.load([{"count": 60, "steps": steps}], plan, io={"port": server.port})
                answer = harness.ask(do="run", out=harness.path("out"))
                self.assertEqual(answer.get("kind"), "handles", answer)
        harness.run([{"count": 2}], LOOP)

    def test_too_few_threads_are_named(self):
        harness = Harness(limits={"RLIMIT_AS": 700_000_000})
        self.addCleanup(harness.close)
        for plan in (EACH, {"kind": "threads", "workers": 400}):
            harness.load([{"count": 400, "steps": [["io", 500 * MS, False, None]]}], plan)
            answer = harness.ask(do="run", out=harness.path("out"))
            self.assertEqual(answer.get("kind"), "threads", answer)
        harness.run([{"count": 2}], EACH)


if __name__ == "__main__":
    unittest.main()
