"""Widgets for notebooks, on anywidget: Trilane's custom elements, and a model in Python that stays in step with them."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import anywidget
import traitlets as t

from ._program import ask
from ._simulate import Scenario, examples, listed, simulate, text_of

_MODULE = Path(__file__).parent / "notebook.js"
if not _MODULE.is_file():
    raise ImportError(
        f"{_MODULE} is missing, which the widgets are shown with: install the package from its wheel, "
        "or make the file with `cargo xtask wheel`"
    )

_THEMES = ("auto", "light", "dark")


class Widget(anywidget.AnyWidget):
    """What all widgets share; take `Race`, `Timeline`, `Kitchen`, `Quiz` or `Choose`.

    Every trait can be read, set and observed. `scenario`, `playhead_ns` and `playing` follow what the reader does, and
    move the widget when they are set; `result` and `problem` are told by the widget.
    """

    _esm = _MODULE

    #: Which element it is.
    kind = t.Unicode(read_only=True).tag(sync=True)
    #: The scenario's text, as it is turned by knobs. Setting another text, or an example's name, checks it.
    scenario = t.Unicode().tag(sync=True)
    #: The plans, one to eight, as they are written: `threads(8)@3.14t`.
    plans = t.List(t.Unicode()).tag(sync=True)
    #: Keys of the knobs that are shown: `tasks.sum.count`.
    knobs = t.List(t.Unicode()).tag(sync=True)
    #: The plan whose run time is guessed before anything is shown; nothing for none.
    guess = t.Unicode().tag(sync=True)
    #: Where the playhead stands at first, as a duration: `120ms`; nothing for the end.
    at = t.Unicode().tag(sync=True)
    #: Words below it, and its name for those who cannot see it.
    caption = t.Unicode().tag(sync=True)
    #: What is asked before the guess.
    question = t.Unicode().tag(sync=True)
    #: Of a quiz: what is often believed.
    claim = t.Unicode().tag(sync=True)
    #: Of a quiz: why it is wrong.
    why = t.Unicode().tag(sync=True)
    #: `auto`, as the ground it stands on, `light` or `dark`.
    theme = t.Enum(_THEMES, default_value="auto").tag(sync=True)
    #: `en` or `de`; nothing for the notebook's.
    lang = t.Unicode().tag(sync=True)
    #: Where the playhead is, nanoseconds; told whenever it stands. `None` until it was moved.
    playhead_ns = t.Int(None, allow_none=True, min=0).tag(sync=True)
    #: Whether it plays.
    playing = t.Bool(False).tag(sync=True)
    #: What the widget has run: `title`, `end_ns`, and `plans` with `plan`, `python`, `makespan_ns`, `speedup`, `outcome`.
    #: Empty before it is shown; `figures()` needs no front end.
    result = t.Dict().tag(sync=True)
    #: Why it cannot be shown, in words; nothing where it can.
    problem = t.Unicode().tag(sync=True)

    _kind = ""

    def __init__(
        self,
        scenario: Scenario | None = None,
        plans: str | Iterable[str] = (),
        *,
        cores: int | None = None,
        python: str | None = None,
        knobs: str | Iterable[str] = (),
        **traits: Any,
    ) -> None:
        if not self._kind:
            raise TypeError("Widget is what all widgets share: take Race, Timeline, Kitchen, Quiz or Choose")
        unknown = [name for name in traits if not self.has_trait(name)]
        if unknown:
            raise TypeError(f"{type(self).__name__} takes no `{unknown[0]}`: see the traits of trilane.Widget")
        self._told = True
        text = ""
        if scenario is not None:
            text = text_of(scenario)
            # Before it is changed, so that a problem stands where it was written.
            simulate(text, listed(plans)[:1] or "sync", cores=cores)
            text = text if cores is None else _with_cores(text, cores)
        chosen = [_with_python(plan, python) for plan in listed(plans) or self._usual_plans(scenario, text)]
        super().__init__(scenario=text, plans=chosen, knobs=listed(knobs), **traits)
        self.set_trait("kind", self._kind)
        self._told = False
        self._check()

    def _usual_plans(self, scenario: Scenario | None, text: str) -> list[str]:
        """An example's own plans, or else the default set."""
        if not text:
            return []
        for known in examples():
            if known["name"] == scenario:
                return known["plans"]
        runs = simulate(text)["runs"]
        usual = runs[0]["python"]
        return [_with_python(run["plan"], run["python"] if run["python"] != usual else None) for run in runs]

    def figures(self) -> dict[str, Any]:
        """The race as it is turned now, as `trilane.simulate` gives it."""
        return simulate(self.scenario, self.plans)

    def still(self) -> str:
        """The still picture as SVG, which stands where there is no front end; empty for a flowchart."""
        return ask(["note", "--svg", "--name=widget"], self._block()) if self.scenario else ""

    def _block(self) -> str:
        """The block, as chapters have it, with all that can be wrong in it and none of the words."""
        work = [self.kind, self.scenario, self.plans, self.at]
        # Pictures of one page must not share names.
        name = hashlib.sha256(json.dumps(work).encode()).hexdigest()[:12]
        lines = {
            "id": f"w{name}",
            # A quiz is a race with words.
            "widget": "race" if self.kind == "quiz" else self.kind,
            "caption": "A still picture",
            "plans": self.plans,
            "knobs": self.knobs,
            "scenario": self.scenario,
        }
        if self.at:
            lines["at"] = self.at
        # What JSON escapes TOML reads alike.
        written = (f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in lines.items())
        return "\n".join(["v = 1", *written, ""])

    def _check(self) -> None:
        """Raises `TrilaneError` where the widget could not be shown."""
        if not self.scenario:
            return
        simulate(self.scenario, self.plans)
        self.still()
        if self.guess and self.guess not in self.plans:
            raise ValueError(f"`guess`: `{self.guess}` is none of the plans; they are: {', '.join(self.plans)}")

    def set_state(self, sync_data: dict[str, Any]) -> None:
        # What a front end tells has been checked there, many times a second while a knob is dragged.
        before, self._told = self._told, True
        try:
            super().set_state(sync_data)
        finally:
            self._told = before

    @t.validate("scenario", "plans", "knobs", "at", "guess")
    def _still_right(self, proposal: dict[str, Any]) -> Any:
        if self._told:
            return proposal["value"]
        name, value = proposal["trait"].name, proposal["value"]
        if name == "scenario":
            value = text_of(value)
        before = getattr(self, name)
        # Checked as it will be, and nothing is told before that.
        self._trait_values[name] = value
        try:
            self._check()
        finally:
            self._trait_values[name] = before
        return value

    def __repr__(self) -> str:
        title = self.result.get("title") or self.caption
        return f"<trilane.{type(self).__name__}{': ' * bool(title)}{title}>"

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        bundle = super()._repr_mimebundle_(**kwargs)
        if bundle is None:
            return None
        data, *metadata = bundle if isinstance(bundle, tuple) else (bundle,)
        picture = self.still()
        if picture:
            # For whoever has no front end for widgets: a preview, an export, a print.
            data = {**data, "image/svg+xml": picture}
        return (data, *metadata) if metadata else data


class Race(Widget):
    """A bar a plan on one time axis.

    `Race("cpu-bound", plans=["sync", "threads(8)"], knobs=["tasks.sum.count"])`. The scenario is an example's name, a
    text, a path or a mapping; `cores` and `python` go before what it and the plans say; the rest are traits of `Widget`.
    """

    _kind = "race"


class Timeline(Widget):
    """The lanes of each plan: threads, loop, GIL. Takes what `Race` takes."""

    _kind = "timeline"


class Kitchen(Widget):
    """The run as cooks, stoves and pans, at the playhead. Takes what `Race` takes."""

    _kind = "kitchen"


class Quiz(Widget):
    """A claim, a guess, then the race and why: `claim` and `why` besides what `Race` takes."""

    _kind = "quiz"


class Choose(Widget):
    """The flowchart, to click through. It has no scenario."""

    _kind = "choose"

    def __init__(self, **traits: Any) -> None:
        super().__init__(**traits)


def _with_python(plan: str, python: str | None) -> str:
    return f"{plan}@{python}" if python and "@" not in plan else plan


def _with_cores(text: str, cores: int) -> str:
    """The scenario on another number of cores, in TOML or JSON."""
    if text.lstrip().startswith("{"):
        return json.dumps({**json.loads(text), "cores": cores}, ensure_ascii=False, indent=2)
    line = f"cores = {cores}\n"
    # Above the first table: below it the key would be another's.
    head = re.match(r"(?:(?!\s*\[).*\n?)*", text)
    end = head.end() if head else 0
    changed, times = re.subn(r"^cores[ \t]*=.*\n?", line, text[:end], count=1, flags=re.MULTILINE)
    return (changed if times else line + text[:end]) + text[end:]
