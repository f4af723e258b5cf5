"""Simulating, by asking the program."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Union

from ._program import ask

#: A scenario: the name of an embedded example, a text (TOML, or JSON), the path of a file, or a mapping.
Scenario = Union[str, "os.PathLike[str]", Mapping[str, Any]]


def text_of(scenario: Scenario) -> str:
    """A scenario's text. A string of one line that could be neither TOML nor JSON is an example's name."""
    if isinstance(scenario, Mapping):
        return json.dumps(scenario, ensure_ascii=False, indent=2)
    if isinstance(scenario, str):
        is_text = "\n" in scenario or "=" in scenario or scenario.lstrip().startswith("{")
        return scenario if is_text else example(scenario)
    return Path(scenario).read_text(encoding="utf-8")


def listed(plans: str | Iterable[str]) -> list[str]:
    """Plans as a list; one alone may be a string."""
    return [plans] if isinstance(plans, str) else list(plans)


def _flags(plans: str | Iterable[str], **values: object) -> list[str]:
    flags = [flag for plan in listed(plans) for flag in ("--plan", str(plan))]
    given = ((name, value) for name, value in values.items() if value is not None)
    return flags + [f"--{name}={value}" for name, value in given]


def simulate(
    scenario: Scenario,
    plans: str | Iterable[str] = (),
    *,
    cores: int | None = None,
    python: str | None = None,
    seed: int | None = None,
    jitter: int | None = None,
) -> dict[str, Any]:
    """Races a scenario under plans, and gives the figures: what `trilane simulate --json` prints.

    Times are in nanoseconds (`makespan_ns`, `latency_ns`, `time_ns`), sizes in bytes. Without plans it is the default
    set; `cores` is the machine's, or else the scenario's, or 4; `python` is that of plans that do not fix theirs;
    `seed` draws the work, `jitter` the machine's own.

    Raises `TrilaneError` where the scenario, a plan or a number is wrong.
    """
    flags = _flags(plans, cores=cores, python=python, seed=seed, jitter=jitter)
    return json.loads(ask(["simulate", "-", "--json", *flags], text_of(scenario)))


def advise(
    scenario: Scenario,
    plans: str | Iterable[str] = (),
    *,
    cores: int | None = None,
    python: str | None = None,
    seed: int | None = None,
) -> dict[str, Any]:
    """Which plan to take, why, and where the answer flips: what `trilane advise --json` prints.

    Takes seconds: every plan runs under 20 seeds. Raises `TrilaneError` as `simulate` does.
    """
    flags = _flags(plans, cores=cores, python=python, seed=seed)
    return json.loads(ask(["advise", "-", "--json", *flags], text_of(scenario)))


def code(scenario: Scenario, plan: str, *, cores: int | None = None, python: str | None = None) -> str:
    """The Python program for a scenario and a plan. Raises `TrilaneError` as `simulate` does."""
    return ask(["code", "-", *_flags(plan, cores=cores, python=python)], text_of(scenario))


def examples() -> list[dict[str, Any]]:
    """The embedded examples, each with `name`, `title`, `topic`, `says` and `plans`."""
    return json.loads(ask(["examples", "--json"]))


def example(name: str) -> str:
    """The text of an embedded example. Raises `TrilaneError` where there is none of that name."""
    # A name that looks like a flag is none.
    return ask(["examples", "--", name])
