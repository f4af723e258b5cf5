"""The package as `pip install trilane` leaves it, without any front end: run by that environment's Python."""

import json
import subprocess
import sys
import tempfile
import unittest
from importlib.metadata import distribution
from pathlib import Path

import trilane

SUMS = 'trilane = 1\ntitle = "Sums"\n[tasks.sum]\ncount = 8\nsteps = [{ cpu = "50ms" }]\n'
BROKEN = SUMS.replace("count", "cuont")


def command(*arguments: str, text: str = "", program: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*(program or (str(trilane.program()),)), *arguments], input=text, capture_output=True, text=True)


class Program(unittest.TestCase):
    def test_it_is_this_environment_s_and_of_the_package_s_version(self) -> None:
        self.assertEqual(trilane.program().parent, Path(sys.executable).parent)
        version = distribution("trilane").version
        self.assertEqual(command("--version").stdout, f"trilane {version}\n")

    def test_the_module_becomes_the_program(self) -> None:
        module = (sys.executable, "-m", "trilane")
        plain = command("examples", "--json")
        self.assertEqual(command("examples", "--json", program=module).stdout, plain.stdout)
        self.assertEqual(command("simulate", "-", text=BROKEN, program=module).returncode, 2)

    def test_it_carries_the_page(self) -> None:
        server = subprocess.Popen([str(trilane.program()), "serve", "--port=0"], stdout=subprocess.PIPE, text=True)
        try:
            # Without a page it says so, and ends.
            self.assertIn("http://127.0.0.1:", server.stdout.readline())
        finally:
            server.terminate()
            server.communicate()

    def test_the_package_says_what_is_in_it(self) -> None:
        metadata = distribution("trilane").metadata
        self.assertEqual(metadata["License-Expression"], "MIT OR Apache-2.0")
        self.assertTrue(metadata["Summary"] and metadata.get_payload().startswith("# Trilane"))
        names = {str(file) for file in distribution("trilane").files}
        self.assertLessEqual({"trilane/notebook.js", "trilane/py.typed"}, names)
        wheel = distribution("trilane").read_text("WHEEL")
        self.assertRegex(wheel, r"Root-Is-Purelib: false\nTag: py3-none-")


class Simulate(unittest.TestCase):
    def test_it_gives_what_the_command_prints(self) -> None:
        printed = command("simulate", "-", "--json", "--plan", "threads(8)", "--cores", "2", text=SUMS).stdout
        self.assertEqual(trilane.simulate(SUMS, "threads(8)", cores=2), json.loads(printed))

    def test_a_scenario_may_be_a_name_a_text_a_path_or_a_mapping(self) -> None:
        mapping = {"trilane": 1, "title": "Sums", "tasks": {"sum": {"count": 8, "steps": [{"cpu": "50ms"}]}}}
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "sums.toml")
            path.write_text(SUMS, encoding="utf-8")
            runs = [trilane.simulate(given, "sync") for given in (SUMS, path, mapping)]
        self.assertEqual(runs[0], runs[1])
        self.assertEqual(runs[0], runs[2])
        self.assertEqual(trilane.simulate("cpu-bound", "sync"), trilane.simulate(trilane.example("cpu-bound"), "sync"))
        self.assertIn("cpu-bound", [one["name"] for one in trilane.examples()])

    def test_programs_and_advice(self) -> None:
        compile(trilane.code(SUMS, "asyncio"), "program", "exec")
        self.assertTrue(trilane.advise("cpu-bound", ["sync", "processes(4)"]))

    def test_a_problem_is_told_with_its_place(self) -> None:
        with self.assertRaisesRegex(trilane.TrilaneError, r"unknown key `cuont`[\s\S]*did you mean `count`") as caught:
            trilane.simulate(BROKEN)
        self.assertEqual((caught.exception.line, caught.exception.column), (4, 1))
        for wrong in ({"plans": "treads(8)"}, {"cores": 0}, {"python": "2.7"}):
            with self.assertRaises(trilane.TrilaneError) as caught:
                trilane.simulate(SUMS, **wrong)
            self.assertIsNone(caught.exception.line)
        with self.assertRaisesRegex(trilane.TrilaneError, "unknown example `cpu-bund`"):
            trilane.simulate("cpu-bund")


class Widgets(unittest.TestCase):
    def test_cores_and_python_go_before_what_the_scenario_says(self) -> None:
        for text in (SUMS, "cores = 2\n" + SUMS, SUMS.replace("[", "cores = 2 # few\n[", 1)):
            race = trilane.Race(text, ["sync", "threads(8)@3.14t"], cores=8, python="3.12")
            self.assertEqual(race.plans, ["sync@3.12", "threads(8)@3.14t"])
            expect = trilane.simulate(SUMS, race.plans, cores=8)
            self.assertEqual(race.figures(), expect)
        mapping = {"trilane": 1, "title": "Sums", "tasks": {"sum": {"count": 8, "steps": [{"cpu": "50ms"}]}}}
        self.assertEqual(trilane.Race(mapping, "processes", cores=2).figures()["cores"], 2)

    def test_plans_that_are_not_named_are_the_example_s_or_the_usual(self) -> None:
        self.assertEqual(trilane.Race("one-blocking-call").plans, ["asyncio", "asyncio+threads"])
        self.assertGreater(len(trilane.Race(SUMS).plans), 2)

    def test_whatever_is_wrong_is_told_at_once(self) -> None:
        for wrong in ({"knobs": "tasks.x.count"}, {"at": "soon"}, {"plans": "treads"}, {"plans": ["sync"] * 9}):
            with self.assertRaises(trilane.TrilaneError):
                trilane.Race(SUMS, **wrong)
        with self.assertRaisesRegex(ValueError, "`guess`"):
            trilane.Quiz(SUMS, guess="threads(3)")
        with self.assertRaisesRegex(TypeError, "takes no `colour`"):
            trilane.Race(SUMS, colour="red")
        race = trilane.Race(SUMS, "sync")
        with self.assertRaises(trilane.TrilaneError) as caught:
            race.scenario = BROKEN
        self.assertEqual((caught.exception.line, race.scenario), (4, SUMS))

    def test_it_can_be_set_and_heard(self) -> None:
        race = trilane.Race(SUMS, "sync")
        heard = []
        race.observe(lambda change: heard.append(change["new"]), names="scenario")
        race.scenario = "web-scraping"
        self.assertEqual(heard, [trilane.example("web-scraping")])
        # As a front end tells it.
        race.set_state({"scenario": SUMS, "playhead_ns": 5})
        self.assertEqual((heard[-1], race.playhead_ns), (SUMS, 5))

    def test_there_is_a_still_picture_for_whoever_has_no_widgets(self) -> None:
        for widget in (trilane.Race, trilane.Timeline, trilane.Kitchen, trilane.Quiz):
            data, *_ = widget(SUMS, "threads(8)")._repr_mimebundle_()
            self.assertIn("application/vnd.jupyter.widget-view+json", data)
            self.assertTrue(data["image/svg+xml"].startswith("<svg "), widget)
        data, *_ = trilane.Choose()._repr_mimebundle_()
        self.assertNotIn("image/svg+xml", data)


if __name__ == "__main__":
    unittest.main()
