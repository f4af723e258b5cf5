import marimo

__generated_with = "0.25.2"
app = marimo.App(app_title="Waiting, ten thousand times")


@app.cell(hide_code=True)
def _(mo):
    mo.md("""
    # Waiting, a hundred times

    A hundred pages are to be fetched, and each server takes its time. What a program does meanwhile makes all the
    difference: turn the number of pages and the servers' patience, and read what this notebook makes of it.
    """)
    return


@app.cell
def _():
    import marimo as mo
    import trilane

    return mo, trilane


@app.cell
def _(mo, trilane):
    PAGES = {
        "trilane": 1,
        "title": "A hundred pages",
        "cores": 4,
        "tasks": {"page": {"count": 100, "steps": [{"io": "120ms"}, {"cpu": "1ms"}]}},
    }
    race = mo.ui.anywidget(
        trilane.Race(
            PAGES,
            plans=["sync", "threads(20)", "asyncio"],
            knobs=["tasks.page.count", "tasks.page.steps.0.io"],
            caption="One after the other, in twenty threads, on one event loop",
        )
    )
    race
    return PAGES, race


@app.cell(hide_code=True)
def _(mo, race):
    # Runs again whenever a knob is turned: the scenario is a value like any other.
    race.value["scenario"]
    runs = race.figures()["runs"]
    best = min(runs, key=lambda run: run["makespan_ns"])
    mo.vstack(
        [
            mo.md(
                f"**{runs[0]['tasks']} pages:** `{best['plan']}` has them after {best['makespan_ns'] / 1e6:.0f} ms, "
                f"{best['speedup']:.0f} times as fast as one after the other."
            ),
            mo.ui.table(
                [
                    {
                        "plan": run["plan"],
                        "ms": round(run["makespan_ns"] / 1e6),
                        "times as fast": round(run["speedup"], 1),
                        "memory, MB": round(run["memory_peak_bytes"] / 1e6, 1),
                    }
                    for run in runs
                ],
                selection=None,
            ),
        ]
    )
    return


@app.cell(hide_code=True)
def _(mo):
    mo.md("""
    ## One cook, many pans

    The event loop as a cook: while a pan simmers, the cook goes on to the next. Play it.
    """)
    return


@app.cell
def _(PAGES, mo, trilane):
    kitchen = mo.ui.anywidget(trilane.Kitchen(PAGES, plans="asyncio(limit=8)", at="300ms", caption="One cook, eight pans"))
    kitchen
    return


@app.cell(hide_code=True)
def _(mo):
    mo.md("""
    ## Believe it?
    """)
    return


@app.cell
def _(mo, trilane):
    quiz = mo.ui.anywidget(
        trilane.Quiz(
            "one-blocking-call",
            plans=["asyncio", "asyncio+threads"],
            guess="asyncio",
            claim="A blocking call in a coroutine hurts only its own task.",
            question="How long do all of them take, with one blocking call on the loop?",
            why="While it blocks, the loop runs nobody: every task waits. In a thread of its own it hurts nobody.",
        )
    )
    quiz
    return


if __name__ == "__main__":
    app.run()
