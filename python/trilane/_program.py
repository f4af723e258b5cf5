"""The program that the package carries: where it is, and asking it."""

from __future__ import annotations

import functools
import os
import re
import subprocess
import sys
import sysconfig
from pathlib import Path

_NAME = "trilane.exe" if sys.platform == "win32" else "trilane"


class ProgramMissing(RuntimeError):
    """The program is not where this package's installation has put it."""


class TrilaneError(ValueError):
    """Something that was given is wrong: its text is what the program says of it.

    `line` and `column` count from 1 and say where, of the first problem of a scenario's text; they are `None`
    where the problem has no place in a text.
    """

    def __init__(self, message: str) -> None:
        super().__init__(message)
        place = re.match(r"scenario:(\d+):(\d+): ", message)
        self.line: int | None = int(place[1]) if place else None
        self.column: int | None = int(place[2]) if place else None


def _places() -> list[Path]:
    package = Path(__file__).resolve().parent
    schemes = [None, sysconfig.get_preferred_scheme("user")]
    folders = [Path(sysconfig.get_path("scripts", scheme) if scheme else sysconfig.get_path("scripts")) for scheme in schemes]
    # `pip install --target FOLDER` puts programs below that folder, `--prefix` beside `lib`.
    folders.append(package.parent / "bin")
    folders += [parent / "bin" for parent in package.parents if (parent / "lib") in package.parents]
    return [folder / _NAME for folder in folders]


@functools.cache
def program() -> Path:
    """The program's path.

    Only what was installed with this package is taken, never another version that happens to be on `PATH`.

    Raises `ProgramMissing` where it is not there.
    """
    places = _places()
    for place in places:
        if place.is_file() and os.access(place, os.X_OK):
            return place
    looked = ", ".join(str(place) for place in places)
    raise ProgramMissing(f"the program is missing; it was looked for at {looked}: install the package anew with `pip install --force-reinstall trilane`")


def ask(arguments: list[str], text: str = "") -> str:
    """Runs the program on a text, and gives what it prints.

    Raises `TrilaneError` where what was given is wrong, `RuntimeError` where the program failed.
    """
    done = subprocess.run(
        [str(program()), *arguments],
        input=text.encode("utf-8", "surrogatepass"),
        capture_output=True,
        check=False,
        env={**os.environ, "NO_COLOR": "1"},
    )
    if done.returncode == 0:
        return done.stdout.decode("utf-8")
    said = done.stderr.decode("utf-8", "replace").strip().replace("<stdin>", "scenario")
    if done.returncode == 2:
        raise TrilaneError(said)
    raise RuntimeError(said or f"the program ended with status {done.returncode}")
