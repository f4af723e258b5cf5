"""Drives the harness as the binary does, over pipes: for its tests."""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from array import array
from collections import defaultdict

NAMES = (
    "ARRIVE BRANCH BEGIN END DONE PYTHON NATIVE IO LOCK QUEUE JOIN OFFLOAD WORK CUT IDLE SUBMIT "
    "START CPU"
).split()
MAIN = os.path.join(os.path.dirname(os.path.abspath(__file__)), "trilane_main.py")
MS = 1_000_000


class Row:
    """One record."""

    def __init__(self, numbers):
        self.code, self.thread, self.task, self.a, self.b, self.c, self.d = numbers
        self.name = NAMES[self.code]

    def __repr__(self):
        return f"{self.name} {self.thread} {self.task} {self.a} {self.b} {self.c} {self.d}"


class Ran:
    """A run and its records."""

    def __init__(self, answer, path):
        self.answer = answer
        with open(path, "rb") as file:
            header = json.loads(file.readline())
            table = array("q")
            table.frombytes(file.read())
        self.threads = header["threads"]
        rows = [Row(table[at : at + 7]) for at in range(0, len(table), 7)]
        self.rows = sorted(rows, key=lambda row: row.a)
        assert header["rows"] == len(self.rows) == answer["rows"]
        self.by_name = defaultdict(list)
        for row in self.rows:
            self.by_name[row.name].append(row)

    def of(self, name, task=None):
        """The rows of a sort, of all tasks or one."""
        return [row for row in self.by_name[name] if task is None or row.task == task]

    def role(self, row):
        """The role of a row's thread."""
        return self.threads[row.thread]["role"]


class Harness:
    """A running harness."""

    def __init__(self, limits=None):
        def limit():
            import resource

            for name, most in (limits or {}).items():
                resource.setrlimit(getattr(resource, name), (most, most))

        self.folder = tempfile.TemporaryDirectory()
        self.errors = tempfile.TemporaryFile()
        self.process = subprocess.Popen(
            [sys.executable, "-B", "-E", "-s", "-X", "utf8", MAIN],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.errors,
            start_new_session=True,
            preexec_fn=limit if limits else None,
        )
        # A harness that hangs must not hang its test.
        self.watch = threading.Timer(120, self.process.kill)
        self.watch.daemon = True
        self.watch.start()
        self.hello = self.answer()

    def say(self, **request):
        """Sends a request."""
        self.process.stdin.write(json.dumps(request).encode() + b"\n")
        self.process.stdin.flush()

    def answer(self):
        """Reads an answer."""
        line = self.process.stdout.readline()
        assert line, f"the harness ended: {self.said()}"
        return json.loads(line)

    def ask(self, **request):
        """Sends a request and reads its answer."""
        self.say(**request)
        return self.answer()

    def path(self, name):
        """A file in the harness' folder."""
        return os.path.join(self.folder.name, name)

    def load(self, kinds, plan, resources=(), draws=(), io=None):
        """Loads a job."""
        full, first = [], 0
        for number, kind in enumerate(kinds):
            kind = {
                **{"name": f"k{number}", "count": 1, "after": [], "arrivals": [], "input": 0},
                **{"output": 0, "memory": 0, "first_draw": 0, "draws_per_task": 0, "steps": []},
                **kind,
                "first_task": first,
            }
            first += kind["count"]
            full.append(kind)
        with open(self.path("draws"), "wb") as file:
            array("Q", draws).tofile(file)
        job = {"kinds": full, "resources": list(resources), "draws": self.path("draws")}
        job.update(tasks=first, plan=plan, io=io, switch_interval=None)
        with open(self.path("job"), "w") as file:
            json.dump(job, file)
        return self.ask(do="load", job=self.path("job"))

    def run(self, kinds, plan, **more):
        """Loads a job, runs it, and holds it to what every run obeys."""
        loaded = self.load(kinds, plan, **more)
        assert loaded.get("loaded"), loaded
        answer = self.ask(do="run", out=self.path("out"))
        assert "ran" in answer, answer
        ran = Ran(answer["ran"], self.path("out"))
        check(ran, kinds)
        assert sorted(os.listdir(self.folder.name)) == ["draws", "job", "out"]
        return ran

    def said(self):
        """What is on its standard error."""
        self.errors.seek(0)
        return self.errors.read().decode()

    def gone(self):
        """Waits until no process of its group is left."""
        self.process.wait(20)
        end = time.monotonic() + 20
        while members(self.process.pid):
            assert time.monotonic() < end, members(self.process.pid)
            time.sleep(0.01)

    def stop(self):
        """Ends it, as asked; returns what it printed."""
        if self.process.poll() is None:
            try:
                self.say(do="stop")
            except BrokenPipeError:
                pass
            self.process.wait(20)
        return self.close()

    def close(self):
        """Tidies up, whatever state it is in."""
        self.watch.cancel()
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            pass
        self.process.wait(20)
        said = self.said()
        self.errors.close()
        self.process.stdin.close()
        self.process.stdout.close()
        self.folder.cleanup()
        return said


def members(group):
    """The living processes of a process group."""
    found = []
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                with open(f"/proc/{name}/stat") as file:
                    state, _, pgrp = file.read().rsplit(")", 1)[1].split()[:3]
            except OSError:
                continue
            if int(pgrp) == group and state not in "ZX":
                found.append(int(name))
    return found


def check(ran, kinds):
    """What holds for every run that completes."""
    tasks = sum(kind.get("count", 1) for kind in kinds)
    begins, ends = ({row.task: row.a for row in ran.of(name)} for name in ("BEGIN", "END"))
    arrivals = {row.task: row.a for row in ran.of("ARRIVE")}
    assert sorted(arrivals) == list(range(tasks))
    assert len(ran.of("ARRIVE")) == tasks
    branches = {row.task: row for row in ran.of("BRANCH")}
    assert sorted(branches) == list(range(tasks, tasks + len(branches)))
    for task in [*range(tasks), *branches]:
        born = branches[task].a if task in branches else arrivals[task]
        # A branch that is cancelled before its first step ends without a beginning.
        assert task in branches or task in begins
        assert born <= begins.get(task, born) <= ends[task] <= ran.answer["end"], task
    assert len(ends) == len(ran.of("END")) == tasks + len(branches)
    for row in ran.rows:
        if row.name in ("PYTHON", "NATIVE", "IO", "LOCK", "QUEUE", "JOIN", "WORK", "IDLE"):
            assert row.a <= row.b, row
            assert row.thread >= 0, row
        if row.name in ("PYTHON", "NATIVE"):
            assert row.c >= 0 and 0 <= row.d <= row.b - row.a, row
        if row.name == "IO":
            assert row.b - row.a >= row.c - 2 * MS, row
    assert ran.answer["start"] <= ran.answer["end"] <= ran.answer["shutdown"]
    assert ran.answer["outcome"] == "completed"


class DelayServer:
    """Answers each connection after the delay that it is sent, as the binary's server does."""

    def __enter__(self):
        self.socket = socket.socket()
        self.socket.bind(("127.0.0.1", 0))
        self.socket.listen(100)
        self.port = self.socket.getsockname()[1]
        threading.Thread(target=self.serve, daemon=True).start()
        return self

    def serve(self):
        """Takes connections until the socket is closed."""
        while True:
            try:
                connection = self.socket.accept()[0]
            except OSError:
                return
            threading.Thread(target=self.delay, args=(connection,), daemon=True).start()

    def delay(self, connection):
        """Answers one."""
        with connection:
            time.sleep(int.from_bytes(connection.recv(8), "little") / 1e9)
            try:
                connection.sendall(b"x")
            except OSError:
                pass  # its client has given up

    def __exit__(self, *_):
        self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()
