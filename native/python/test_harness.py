"""Holds the harness to its protocol, for every plan that this Python has."""

import sys
import unittest
from collections import Counter

from harness_driver import MS, DelayServer, Harness

SYNC = {"kind": "sync"}
THREADS = {"kind": "threads", "workers": 8}
EACH = {"kind": "thread_each"}
LOOP = {"kind": "asyncio", "limit": None, "threads": None, "processes": None}
FORK, SPAWN, SERVER = (
    {"kind": "processes", "workers": 2, "start": start, "chunk": 1}
    for start in ("fork", "spawn", "forkserver")
)
WITH_THREADS = {**LOOP, "threads": 3}
WITH_PROCESSES = {**LOOP, "processes": {"workers": 2, "start": "fork"}}
WITH_BOTH = {**LOOP, "threads": 2, "processes": {"workers": 2, "start": "spawn"}}
INTERPRETERS = {"kind": "interpreters", "workers": 2}
HAS_INTERPRETERS = sys.version_info >= (3, 14)

LOOPS = [LOOP, {**LOOP, "limit": 3}, WITH_THREADS, WITH_PROCESSES, WITH_BOTH]
APART = [FORK, SPAWN, SERVER] + ([INTERPRETERS] if HAS_INTERPRETERS else [])
PLANS = [SYNC, THREADS, EACH, *APART, *LOOPS]
# Where it makes no difference how a worker process was started.
FEWER = [plan for plan in PLANS if plan not in (SPAWN, WITH_BOTH)]
# With these two tasks run at the same time, whatever they wait for.
CONCURRENT = [plan for plan in FEWER if plan != SYNC]


def asked(ran, name, tasks):
    """The sum of what was asked of these tasks, or of their CPU time."""
    return sum(row.c for row in ran.of(name) if row.task in tasks)


class HarnessTest(unittest.TestCase):
    """One harness for all tests that leave it alive, as one serves all plans of the binary."""

    @classmethod
    def setUpClass(cls):
        cls.harness = Harness()

    @classmethod
    def tearDownClass(cls):
        said = cls.harness.stop()
        assert cls.harness.process.returncode == 0 and said == "", said

    def test_hello(self):
        hello = self.harness.hello
        self.assertEqual(hello["hello"], 1)
        self.assertEqual(hello["version"], list(sys.version_info[:3]))
        self.assertEqual(hello["pid"], self.harness.process.pid)
        self.assertEqual(hello["interpreters"], HAS_INTERPRETERS)
        self.assertIn("fork", hello["start_methods"])

    def test_every_step_takes_what_it_is_asked_to(self):
        steps = [
            ["io", None, False, None],
            ["cpu", 3 * MS, None],
            ["cpu", 40_000, None],
            ["native", 2 * MS, None],
            ["repeat", 3, [["io", None, True, None], ["cpu", 60_000, None]]],
            ["gather", [[1, [["io", None, False, None]]], [1, [["io", None, True, None]]]]],
            ["io", None, False, None],
        ]
        draws = [(1 + n % 7) * 100_000 + n for n in range(5 * 7)]
        kind = {"count": 5, "draws_per_task": 7, "steps": steps, "input": 2000, "output": 1000}
        for plan in PLANS:
            with self.subTest(plan):
                ran = self.harness.run([{**kind, "memory": 100_000}], plan, draws=draws)
                parents = {row.task: row.b for row in ran.of("BRANCH")}
                in_row = plan in (SYNC, *APART)
                self.assertEqual(len(parents), 0 if in_row else 10)
                self.assertEqual(len(ran.of("JOIN")), 0 if in_row else 5)
                for task in range(5):
                    tasks = {task} | {branch for branch, parent in parents.items() if parent == task}
                    own = draws[7 * task : 7 * task + 7]
                    waits = sorted(row.c for row in ran.of("IO") if row.task in tasks)
                    self.assertEqual(waits, sorted(own))
                    for name, ns in (("PYTHON", 3_220_000), ("NATIVE", 2 * MS)):
                        self.assertTrue(ns / 5 < asked(ran, name, tasks) < ns * 10, name)
                    # Branch k begins behind the draws of those before it.
                    for number, branch in enumerate(sorted(tasks - {task})):
                        self.assertEqual(asked(ran, "IO", {branch}), own[4 + number])
                if plan in APART:
                    self.assertEqual(len(ran.of("DONE")), 5)
                    ends = {row.task: row.a for row in ran.of("END")}
                    self.assertTrue(all(row.a >= ends[row.task] for row in ran.of("DONE")))
                self.assertGreater(ran.answer["cpu_ns"], 5 * 5 * MS / 5)

    def test_only_pools_that_are_used_are_there(self):
        plan = {**LOOP, "threads": 2, "processes": {"workers": 2, "start": "fork"}}
        waits = ["io", MS, False, None]
        for steps, roles in (
            ([waits], ["loop"]),
            ([waits, ["io", MS, True, None]], ["loop", "worker"]),
            ([waits, ["repeat", 1, [["cpu", MS, None]]]], ["loop", "process"]),
            ([["io", MS, True, None], ["cpu", MS, None]], ["loop", "worker", "process"]),
            ([["cpu", MS, "loop"]], ["loop"]),
        ):
            with self.subTest(steps):
                ran = self.harness.run([{"count": 4, "steps": steps}], plan)
                at_work = {ran.role(row) for row in ran.rows if row.thread >= 0}
                self.assertEqual(at_work, set(roles))

    def test_a_loop_tells_its_cpu_time(self):
        ran = self.harness.run([{"count": 2, "steps": [["cpu", 5 * MS, None]]}], LOOP)
        (row,) = ran.of("CPU")
        self.assertEqual((row.task, ran.role(row)), (-1, "loop"))
        self.assertGreaterEqual(row.c, asked(ran, "PYTHON", {0, 1}))

    def test_a_trial_teaches_what_a_turn_takes(self):
        for plan in (SYNC, THREADS, LOOP, *APART):
            with self.subTest(plan):
                self.harness.load([{"count": 3, "steps": [["cpu", 4 * MS, None]]}], plan)
                out = self.harness.path("out")
                tried = self.harness.ask(do="run", out=out, trial=True)["ran"]
                self.assertEqual(tried["outcome"], "completed")
                ran = self.harness.ask(do="run", out=out)["ran"]
                # The same turns, told by another measure: not the same, but of a size.
                (before, _), (after, _) = (one["python_ns_per_turn"] for one in (tried, ran))
                self.assertTrue(before / 10 < after < before * 10, (before, after))

    def test_arrivals_count_from_the_release(self):
        kinds = [
            {"count": 3, "steps": [["io", 2 * MS, False, None]]},
            {"count": 3, "after": [0], "arrivals": [0, 3 * MS, 3 * MS]},
            {"count": 2, "arrivals": [MS, 2 * MS]},
            {"count": 0, "after": [1]},
            {"count": 1, "after": [3, 1, 2]},
        ]
        for plan in PLANS:
            with self.subTest(plan):
                ran = self.harness.run(kinds, plan)
                at = {row.task: row.a for row in ran.of("ARRIVE")}
                end = {row.task: row.a for row in ran.of("END")}
                start = ran.answer["start"]
                self.assertEqual([at[task] - start for task in (0, 1, 2, 6, 7)], [0, 0, 0, MS, 2 * MS])
                self.assertGreaterEqual(at[3], max(end[task] for task in range(3)))
                self.assertEqual([at[4] - at[3], at[5] - at[3]], [3 * MS, 3 * MS])
                self.assertGreaterEqual(at[8], max(end[task] for task in range(8)))

    def test_a_lock_lets_in_as_many_as_it_has_permits(self):
        for permits, plans in ((1, FEWER), (2, [THREADS, LOOP, FORK, *APART[3:]])):
            steps = [["lock", 0, [["io", MS, False, None], ["cpu", 100_000, None]]]]
            for plan in plans:
                with self.subTest(plan):
                    resources = [{"name": "db", "permits": permits}]
                    ran = self.harness.run([{"count": 6, "steps": steps}], plan, resources=resources)
                    self.assertEqual(len(ran.of("LOCK")), 6)
                    edges = [edge for row in ran.of("IO") for edge in ((row.a, 1), (row.b, -1))]
                    inside = most = 0
                    for _, step in sorted(edges):
                        inside += step
                        most = max(most, inside)
                    self.assertLessEqual(most, permits)

    def test_what_is_put_is_what_is_taken(self):
        put = {"count": 6, "steps": [["put", 0], ["put", 0]]}
        get = {"count": 3, "steps": [["repeat", 4, [["get", 0]]]]}
        for capacity, after, plans in ((0, [0], FEWER), (1, [], CONCURRENT)):
            for plan in plans:
                with self.subTest(plan):
                    if plan.get("limit") and capacity:
                        continue  # all slots would go to tasks that put
                    if plan in APART and capacity:
                        plan = {**plan, "workers": 9}
                    kinds = [put, {**get, "after": after}]
                    if plan == THREADS:
                        plan = {**plan, "workers": 9}
                    queues = [{"name": "inbox", "capacity": capacity}]
                    ran = self.harness.run(kinds, plan, resources=queues)
                    rows = ran.of("QUEUE")
                    given = [row.d for row in rows if row.task < 6]
                    taken = [row.d for row in rows if row.task >= 6]
                    self.assertEqual(Counter(given), Counter(taken))
                    self.assertEqual(len(taken), 12)
                    if plan in (SYNC, *LOOPS):
                        self.assertEqual(taken, given)

    def test_a_limit_cuts_waits_and_the_draws_go_on_behind_it(self):
        inner = [["repeat", 3, [["io", None, False, None]]], ["cpu", None, None]]
        steps = [["timeout", None, 4, inner], ["io", None, False, None]]
        draws = [150 * MS, MS, 4000 * MS, 9, 9, 3 * MS] + [4000 * MS, MS, MS, MS, MS, 2 * MS]
        kind = {"count": 2, "draws_per_task": 6, "steps": steps}
        for plan in FEWER:
            with self.subTest(plan):
                ran = self.harness.run([kind], plan, draws=draws)
                self.assertEqual([row.task for row in ran.of("CUT")], [0])
                first, cut, last = [row.c for row in ran.of("IO", 0)]
                self.assertEqual((first, last), (MS, 3 * MS))
                self.assertLess(cut, 150 * MS)
                self.assertEqual([row.c for row in ran.of("IO", 1)], [MS, MS, MS, 2 * MS])

    def test_a_limit_cuts_a_get_and_a_wait_for_a_lock(self):
        late = [["timeout", 5 * MS, 0, [["timeout", 9000 * MS, 0, [["get", 1]]]]]]
        holds = {"steps": [["lock", 0, [["io", 600 * MS, False, None]]]]}
        waits = {"arrivals": [200 * MS], "steps": [["timeout", 5 * MS, 0, holds["steps"]]]}
        resources = [{"name": "db", "permits": 1}, {"name": "inbox", "capacity": 0}]
        for plan in FEWER:
            with self.subTest(plan):
                ran = self.harness.run([{"count": 2, "steps": late}], plan, resources=resources)
                self.assertEqual(sorted(row.task for row in ran.of("CUT")), [0, 1])
        for plan in [THREADS, EACH, LOOP, WITH_THREADS, FORK]:
            with self.subTest(plan):
                ran = self.harness.run([holds, waits], plan, resources=resources)
                self.assertEqual([row.task for row in ran.of("CUT")], [1])
                self.assertEqual(len(ran.of("IO")), 1)

    def test_a_limit_around_a_gather_ends_its_branches(self):
        branches = [[0, [["io", 5000 * MS, False, None], ["cpu", 1, None]]], [0, [["cpu", 1, None]]]]
        steps = [["timeout", 10 * MS, 0, [["gather", branches]]], ["cpu", 1000, None]]
        for plan in [THREADS, EACH, LOOP, WITH_THREADS]:
            with self.subTest(plan):
                ran = self.harness.run([{"count": 2, "steps": steps}], plan)
                self.assertEqual(sorted(row.task for row in ran.of("CUT")), [0, 1])
                self.assertEqual(len(ran.of("PYTHON", 0)), 1)
                self.assertEqual(len(ran.of("END")), 6)

    def test_mixed_plans_put_steps_where_they_belong(self):
        steps = [["cpu", MS, None], ["native", MS, None], ["io", MS, True, None]]
        steps += [["io", MS, False, None], ["cpu", MS, "threads"], ["cpu", MS, "loop"]]
        places = {
            "threads": ["loop", "worker", "worker", "loop", "worker", "loop"],
            "processes": ["process", "process", "process", "loop", "process", "loop"],
            "both": ["process", "process", "worker", "loop", "worker", "loop"],
        }
        plans = {"threads": WITH_THREADS, "processes": WITH_PROCESSES, "both": WITH_BOTH}
        for name, plan in plans.items():
            kind = {"steps": steps, "input": 100_000, "output": 100_000}
            ran = self.harness.run([kind], plan)
            done = sorted(ran.of("PYTHON") + ran.of("NATIVE") + ran.of("IO"), key=lambda row: row.a)
            roles = []
            for row in done:
                # A gap makes two rows of one step.
                if not roles or (row.name, ran.role(row)) != (roles[-1]):
                    roles.append((row.name, ran.role(row)))
            self.assertEqual(
                {role for _, role in roles}, set(places[name]), f"{name}: {roles}"
            )
            there = len([place for place in places[name] if place != "loop"])
            self.assertEqual(len(ran.of("WORK")), there)
            self.assertEqual(len(ran.of("OFFLOAD")), there)
            self.assertTrue(all(ran.role(row) == "loop" for row in ran.of("OFFLOAD")))

    def test_a_chunk_goes_to_one_worker(self):
        for start in ("fork", "spawn"):
            plan = {"kind": "processes", "workers": 2, "start": start, "chunk": 3}
            ran = self.harness.run([{"count": 7, "input": 10, "output": 10}], plan)
            worker = {row.task: row.thread for row in ran.of("BEGIN")}
            sent = {row.task: row.a for row in ran.of("SUBMIT")}
            for chunk in ((0, 1, 2), (3, 4, 5), (6,)):
                self.assertEqual(len({worker[task] for task in chunk}), 1)
                self.assertEqual(len({sent[task] for task in chunk}), 1)
            self.assertEqual(len(set(sent.values())), 3)

    def test_sockets(self):
        wait, late = ["io", 20 * MS, False, None], [["io", 3000 * MS, False, None]]
        steps = [wait, ["io", 5 * MS, True, None], ["timeout", 5 * MS, 0, late]]
        with DelayServer() as server:
            for plan in [SYNC, THREADS, FORK, LOOP, WITH_THREADS, *APART[3:]]:
                with self.subTest(plan):
                    io = {"port": server.port}
                    ran = self.harness.run([{"count": 2, "steps": steps}], plan, io=io)
                    for task in range(2):
                        waits = [row.c for row in ran.of("IO", task)]
                        self.assertEqual(waits[:2], [20 * MS, 5 * MS])
                        self.assertLessEqual(waits[2], 5 * MS)

    def test_memory_is_really_there(self):
        for plan in [SYNC, THREADS, LOOP, FORK]:
            with self.subTest(plan):
                ran = self.harness.run([{"memory": 60_000_000}], plan)
                self.assertGreater(ran.answer["peak_bytes"], 50_000_000)

    def test_trouble_has_a_name_and_the_harness_lives_on(self):
        harness = self.harness
        self.assertEqual(harness.ask(do="sing")["kind"], "failed")
        self.assertEqual(harness.load([{}], {"kind": "magic"})["kind"], "unsupported")
        if not HAS_INTERPRETERS:
            self.assertIn("3.14", harness.load([{}], INTERPRETERS)["error"])
        self.assertEqual(harness.ask(do="run", out=harness.path("out"))["kind"], "failed")
        for plan in PLANS:
            with self.subTest(plan):
                # The others would wait for ever for what the one that fails was to bring.
                kinds = [{"count": 1, "memory": 1 << 50, "steps": [["put", 0]]}]
                harness.load(kinds, plan, resources=[{"name": "inbox", "capacity": 0}])
                answer = harness.ask(do="run", out=harness.path("out"))
                self.assertEqual(answer.get("kind"), "memory", answer)
                self.assertNotIn("\n", answer["error"])
                harness.run([{"count": 2}], plan)


if __name__ == "__main__":
    unittest.main()
