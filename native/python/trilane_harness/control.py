"""The harness' side of the conversation with the binary: a JSON document a line, each way."""

import contextlib
import json
import os
import signal
import sys
import warnings
from typing import Any, Dict, NoReturn, Optional

from . import lifeline, plan_processes, runs
from .trouble import Trouble, told


class Conversation:
    """Reads requests from standard input and answers on what was standard output."""

    def __init__(self) -> None:
        # Whatever else is printed, by whomever, must not stand between the answers.
        self.answers = os.dup(1)
        os.dup2(2, 1)
        sys.stdout = sys.stderr
        plan_processes.PROTOCOL = self.answers
        self.requests = lifeline.Lines(0)
        self.loaded: Optional[runs.Loaded] = None

    def say(self, document: Dict[str, Any]) -> None:
        """Sends an answer."""
        line = memoryview(json.dumps(document).encode() + b"\n")
        while line:
            line = line[os.write(self.answers, line) :]

    def answer(self, request: Any) -> Dict[str, Any]:
        """Does what is asked."""
        do = request.get("do") if isinstance(request, dict) else None
        if do == "load":
            self.loaded = None
            self.loaded, answer = runs.load(request["job"])
            return answer
        if do == "run":
            if self.loaded is None:
                raise Trouble("failed", "nothing to run: a load that succeeds comes first")
            trial = bool(request.get("trial"))
            return {"ran": self.loaded.run(request["out"], trial)}
        if do == "calibrate":
            # Where it is asked for: a run need not load it.
            from . import calibrate

            return {"figures": calibrate.figures(request)}
        raise Trouble("failed", f"request {do!r} is none of load, run, calibrate, stop")

    def hold(self) -> None:
        """Answers until there is nothing more to answer."""
        self.say(runs.about())
        for line in iter(self.requests.next, None):
            try:
                request = json.loads(line)
                if is_stop(request):
                    return
                with self.requests.watched(look):
                    answer = self.answer(request)
            except Exception as error:
                answer = told(error)
            self.say(answer)


def is_stop(request: Any) -> bool:
    """Whether this is the last request."""
    return isinstance(request, dict) and request.get("do") == "stop"


def look(requests: lifeline.Lines) -> None:
    """In the middle of a request: ends it all, if that is what has come."""
    if requests.ended:
        leave()
    for line in bytes(requests.read).split(b"\n")[:-1]:
        with contextlib.suppress(ValueError):
            if is_stop(json.loads(line)):
                leave()


def leave() -> NoReturn:
    """Ends at once, with all workers. Threads that hang would keep an orderly end waiting."""
    lifeline.kill_children()
    os._exit(0)


def main() -> None:
    """Runs the harness."""
    # As the kernel has it: the process is gone, whatever its threads do, and workers follow.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    # For helpers too: multiprocessing's tracker would complain of semaphores when all is ended at
    # once, and takes them away itself.
    warnings.simplefilter("ignore")
    sys.warnoptions[:] = ["ignore"]
    try:
        Conversation().hold()
    except BrokenPipeError:
        pass
    leave()
