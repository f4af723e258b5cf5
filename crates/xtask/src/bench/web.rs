//! `cargo xtask bench --web`: how the page feels, and how fast the simulator is in it.
//!
//! crates/bench/page.js drives the built page in headless Chromium, as a visitor's hand would, and
//! runs the native simulator in turn with the page's; here the work is made, and the figures are held
//! to their goals.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use serde::Deserialize;
use serde_json::json;

use crate::process::{cargo, execute};
use crate::web::sizes::Size;
use crate::web::{self, Mode};
use crate::written::{between_marks, machine};
use crate::{browser, npm};

/// Tasks and plans of the race on which a knob is turned.
const RACE_TASKS: u32 = 1_000;
const RACE_PLANS: [&str; 7] = [
    "sync",
    "threads(8)",
    "threads(32)",
    "asyncio",
    "asyncio+threads(8)",
    "processes(4)",
    "threads(8)@3.14t",
];
/// What the simulator's speed is compared on.
const SPEED_TASKS: [u32; 3] = [1_000, 10_000, 100_000];
/// So many tasks one question asks for at least, the same plan several times where need be.
const ASKED_TASKS: u32 = 10_000;
const SPEED_PLANS: [&str; 2] = ["threads(8)", "asyncio"];
/// A run of a million spans: its tasks, of twenty steps each, wait about as often as they run.
const TRACE_TASKS: u32 = 25_000;

/// What the page's script prints; times in ms.
#[derive(Debug, Deserialize)]
struct Measured {
    agent: String,
    start: Start,
    drag: Option<Frames>,
    turn: Option<Turn>,
    opened: Option<Opened>,
    speed: Vec<Speed>,
}

#[derive(Debug, Deserialize)]
struct Start {
    ready: f64,
}

#[derive(Debug, Deserialize)]
struct Frames {
    count: u32,
    median: f64,
    longest: f64,
    /// The longest of the tasks that Chromium calls long, or 0.
    task: f64,
}

#[derive(Debug, Deserialize)]
struct Turn {
    median: f64,
    longest: f64,
}

#[derive(Debug, Deserialize)]
struct Opened {
    shown: f64,
    zoom: Frames,
    pan: Frames,
}

#[derive(Debug, Deserialize)]
struct Speed {
    n: u32,
    plan: String,
    native: f64,
    wasm: f64,
}

/// A goal of the page, and how near it came.
struct Goal {
    what: String,
    gate: String,
    figure: String,
    /// Nothing where the page has no such thing yet, or where there is no gate.
    met: Option<bool>,
}

pub(super) fn run(root: &Path, json: Option<&PathBuf>, quick: bool) -> Result<()> {
    browser::install(root)?;
    let (dist, sizes) = web::build_sized(root, Mode::Release)?;
    execute(cargo(root).args(["build", "--release", "--package", "trilane-bench"]))?;
    let place = root.join("target/bench");
    std::fs::create_dir_all(&place).with_context(|| format!("cannot make {}", place.display()))?;
    let work = place.join("page.json");
    std::fs::write(&work, work_to_do(quick).to_string())
        .with_context(|| format!("cannot write {}", work.display()))?;
    let mut node = npm::node(root)?;
    node.env("NODE_PATH", browser::modules(root));
    node.arg(root.join("crates/bench/page.js"))
        .arg(&dist)
        .arg(root.join("target/release/time"))
        .arg(&work);
    let output = node.output().context("cannot run node")?;
    let errors = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "crates/bench/page.js: {errors}");
    if let Some(path) = json {
        std::fs::write(path, &output.stdout)
            .with_context(|| format!("cannot write {}", path.display()))?;
    }
    let measured: Measured =
        serde_json::from_slice(&output.stdout).context("crates/bench/page.js printed no JSON")?;
    let table = table(&measured, &sizes)?;
    println!("{table}");
    if !quick {
        between_marks(&root.join("docs/BENCHMARKS.md"), "bench --web", &table)?;
    }
    Ok(())
}

/// I/O and CPU in turn, so that half of the tasks wait for I/O and half for their turn.
fn scenario(tasks: u32, steps: u32) -> String {
    let io = u64::from(tasks) * 200;
    format!(
        "trilane = 1\ntitle = \"{tasks} tasks\"\n\n[tasks.work]\ncount = {tasks}\n\
         steps = [ {{ repeat = {steps}, steps = [ {{ io = \"exp({io}us)\" }}, {{ cpu = \"exp(200us)\" }} ] }} ]\n"
    )
}

fn work_to_do(quick: bool) -> serde_json::Value {
    let speed: Vec<_> = SPEED_TASKS
        .iter()
        .filter(|&&n| !quick || n <= 10_000)
        .flat_map(|&n| SPEED_PLANS.map(|plan| (n, plan)))
        .map(|(n, plan)| {
            let times = (ASKED_TASKS / n).max(1);
            json!({ "n": n, "plan": plan, "text": scenario(n, 5), "times": times })
        })
        .collect();
    let trace = if quick { 1_000 } else { TRACE_TASKS };
    json!({
        "race": { "text": scenario(RACE_TASKS, 5), "plans": RACE_PLANS },
        "trace": { "text": scenario(trace, 10), "plan": "threads(64)" },
        "speed": speed,
        "rounds": if quick { 2 } else { 7 },
    })
}

fn goals(measured: &Measured, sizes: &[Size]) -> Vec<Goal> {
    let first: usize = sizes.iter().filter(|s| s.first()).map(|s| s.brotli).sum();
    let mut all = vec![Goal {
        what: "first load, under brotli".to_owned(),
        gate: "≤ 350 kB".to_owned(),
        figure: format!("{:.0} kB", first as f64 / 1e3),
        met: Some(first <= 350_000),
    }];
    all.push(Goal {
        what: "from the end of the download to a page that can be used".to_owned(),
        gate: "–".to_owned(),
        figure: format!("{:.0} ms", measured.start.ready),
        met: None,
    });
    let drag = measured.drag.as_ref();
    all.push(Goal {
        what: format!("longest frame while a knob is dragged, {RACE_TASKS} tasks"),
        gate: "≤ 50 ms".to_owned(),
        figure: drag.map_or("–".to_owned(), |seen| {
            format!("{:.0} ms of {} frames", seen.longest, seen.count)
        }),
        met: drag.map(|seen| seen.longest <= 50.0),
    });
    all.push(Goal {
        what: "longest task meanwhile".to_owned(),
        gate: "≤ 50 ms".to_owned(),
        figure: drag.map_or("–".to_owned(), |seen| match seen.task > 0.0 {
            true => format!("{:.0} ms", seen.task),
            false => "none over 50 ms".to_owned(),
        }),
        met: drag.map(|seen| seen.task <= 50.0),
    });
    let turn = measured.turn.as_ref();
    all.push(Goal {
        what: format!(
            "from a knob's move to the result, {RACE_TASKS} tasks × {} plans",
            RACE_PLANS.len()
        ),
        gate: "≤ 100 ms".to_owned(),
        figure: turn.map_or("–".to_owned(), |t| {
            format!("{:.0} ms, at most {:.0}", t.median, t.longest)
        }),
        met: turn.map(|turn| turn.median <= 100.0),
    });
    let opened = measured.opened.as_ref();
    for (what, seen) in [
        ("pan", opened.map(|opened| &opened.pan)),
        ("zoom", opened.map(|opened| &opened.zoom)),
    ] {
        all.push(Goal {
            what: format!("a frame's median in a {what} over a million spans"),
            gate: "≤ 17 ms".to_owned(),
            figure: seen.map_or("–".to_owned(), |seen| {
                format!("{:.1} ms, at most {:.0}", seen.median, seen.longest)
            }),
            // A frame at 60 Hz is 16.67 ms; timers have tenths.
            met: seen.map(|seen| seen.median <= 17.0),
        });
    }
    all.push(Goal {
        what: "from the link to the opened row, a million spans".to_owned(),
        gate: "–".to_owned(),
        figure: opened.map_or("–".to_owned(), |o| format!("{:.1} s", o.shown / 1e3)),
        met: None,
    });
    for (most, gate) in [(10_000, 0.7), (100_000, 0.5)] {
        let least = |least: u32| {
            let of = measured
                .speed
                .iter()
                .filter(move |s| s.n <= most && s.n > least);
            of.map(|s| s.native / s.wasm).fold(f64::INFINITY, f64::min)
        };
        let worst = least(if most == 10_000 { 0 } else { 10_000 });
        let there = worst.is_finite();
        all.push(Goal {
            what: match most {
                10_000 => "speed in WASM ÷ native, to 10 000 tasks".to_owned(),
                _ => "speed in WASM ÷ native, 100 000 tasks".to_owned(),
            },
            gate: format!("≥ {gate}"),
            figure: if there {
                format!("{worst:.2}")
            } else {
                "–".to_owned()
            },
            met: there.then_some(worst >= gate),
        });
    }
    all
}

fn table(measured: &Measured, sizes: &[Size]) -> Result<String> {
    let agent = &measured.agent;
    let chromium = agent
        .split_once("Chrome/")
        .map_or(agent.as_str(), |(_, v)| v);
    let chromium = chromium.split(' ').next().unwrap_or_default();
    let mut out = format!("{}; headless Chromium {chromium}\n\n", machine());
    out.push_str("| goal | gate | measured | |\n|---|---|---|---|\n");
    for goal in goals(measured, sizes) {
        let met = match goal.met {
            Some(true) => "met",
            Some(false) => "**missed**",
            None => "",
        };
        let Goal {
            what, gate, figure, ..
        } = goal;
        writeln!(out, "| {what} | {gate} | {figure} | {met} |")?;
    }
    out.push_str(
        "\n| the same simulation, ms | native | WASM | WASM's speed |\n|---|--:|--:|--:|\n",
    );
    for Speed {
        n,
        plan,
        native,
        wasm,
    } in &measured.speed
    {
        writeln!(
            out,
            "| {n} tasks, `{plan}` | {native:.2} | {wasm:.2} | {:.2} |",
            native / wasm
        )?;
    }
    out.push_str("\n| file, bytes | on the disk | under brotli | |\n|---|--:|--:|---|\n");
    for size in sizes {
        // Without what changes with every edit.
        let name = match size.name.rsplit_once('.') {
            Some((stem, kind)) => format!("{}.{kind}", stem.split('-').next().unwrap_or(stem)),
            None => size.name.clone(),
        };
        let when = if size.first() {
            "at once"
        } else {
            "when it is first needed"
        };
        writeln!(out, "| {name} | {} | {} | {when} |", size.raw, size.brotli)?;
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_without_knobs_is_neither_met_nor_missed() {
        let text = r#"{"agent":"Mozilla Chrome/156.0.0.0 Safari","start":{"ready":12.5},"drag":null,
            "turn":{"median":80,"longest":120},"opened":null,
            "speed":[{"n":1000,"plan":"sync","native":1,"wasm":1.25},{"n":100000,"plan":"sync","native":1,"wasm":4}]}"#;
        let measured: Measured = serde_json::from_str(text).expect("as the script prints");
        let sizes = [Size {
            name: "trilane-0.wasm".to_owned(),
            raw: 900_000,
            brotli: 350_001,
        }];
        let met: Vec<_> = goals(&measured, &sizes).iter().map(|g| g.met).collect();
        let expect = [
            Some(false),
            None,
            None,
            None,
            Some(true),
            None,
            None,
            None,
            Some(true),
            Some(false),
        ];
        assert_eq!(met, expect);
        let table = table(&measured, &sizes).expect("written");
        assert!(table.contains("headless Chromium 156.0.0.0\n"), "{table}");
        assert!(
            table.contains("| trilane.wasm | 900000 | 350001 | at once |"),
            "{table}"
        );
    }

    #[test]
    fn the_work_is_a_scenario() {
        for (tasks, steps) in [(RACE_TASKS, 5), (TRACE_TASKS, 10)] {
            let text = scenario(tasks, steps);
            let format = trilane_core::scenario::Format::Toml;
            assert!(
                trilane_core::scenario::parse(&text, format).is_ok(),
                "{text}"
            );
        }
    }
}
