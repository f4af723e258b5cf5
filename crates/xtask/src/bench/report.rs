//! The table, as Markdown: what is printed and what docs/BENCHMARKS.md holds.

use std::fmt::Write;
use std::path::Path;
use std::process::Command;

use anyhow::Result;

use super::gates::{Gate, Verdict};
use super::{Case, Engine, Rows, WORKLOADS};
use crate::written::{self, first_line};

/// How the table of gates begins.
pub(super) const GATES: &str = "| goal |";

/// The whole result.
pub(super) fn markdown(
    root: &Path,
    python: &Path,
    rows: &Rows,
    gates: &[Gate],
    full: bool,
) -> Result<String> {
    let mut sizes: Vec<u32> = rows.keys().map(|case| case.n).collect();
    sizes.sort_unstable();
    sizes.dedup();
    let mut text = machine(root, python);
    for workload in WORKLOADS {
        write!(text, "\n**{workload}**, ns an event\n\n| tasks |")?;
        for n in &sizes {
            write!(text, " {n} |")?;
        }
        writeln!(
            text,
            " bytes a task |\n|---|{}",
            "--:|".repeat(sizes.len() + 1)
        )?;
        for engine in Engine::ALL {
            write!(text, "| {} |", label(engine))?;
            let mut bytes = None;
            for &n in &sizes {
                match rows.get(&Case {
                    workload,
                    n,
                    engine,
                }) {
                    Some(row) => {
                        bytes = row.bytes_per_task;
                        write!(text, " {} |", figure(row.ns_per_event))?;
                    }
                    None => write!(text, " – |")?,
                }
            }
            let bytes = bytes.map_or("–".to_owned(), figure);
            writeln!(text, " {bytes} |")?;
        }
    }
    writeln!(
        text,
        "\n{GATES} gate | stretch | worst case | |\n|---|---|---|---|---|"
    )?;
    for gate in gates {
        let verdict = match gate.verdict {
            Verdict::Missed => "**missed**",
            Verdict::Met => "met",
            Verdict::Stretch => "met, and the stretch",
        };
        let Gate {
            goal,
            gate,
            stretch,
            worst,
            ..
        } = gate;
        writeln!(
            text,
            "| {goal} | {gate} | {stretch} | {worst} | {verdict} |"
        )?;
    }
    writeln!(text)?;
    for engine in Engine::ALL {
        let (limit, why) = engine.limit(full);
        if sizes.iter().any(|&n| n > limit) {
            writeln!(text, "{} is cut at {limit} tasks: {why}.", label(engine))?;
        }
    }
    Ok(text)
}

/// What it was measured on.
fn machine(root: &Path, python: &Path) -> String {
    let rustc = first_line(Command::new("rustc").current_dir(root).arg("-V"));
    let python = first_line(Command::new(python).arg("-V"));
    let machine = written::machine();
    format!("{machine}; {rustc}; {python}, SimPy 4.1.2; nexosim 1.0.0\n")
}

fn label(engine: Engine) -> &'static str {
    match engine {
        Engine::Trilane => "**Trilane**",
        Engine::Recording => "Trilane, recording the trace",
        Engine::RecordingFirst => "Trilane, recording a first trace",
        Engine::Heap => "the bare rules on std's BinaryHeap",
        Engine::NexosimOne => "nexosim, one model",
        Engine::NexosimEach => "nexosim, a model a task",
        Engine::Simpy => "SimPy",
        Engine::HoldHeap => "pop + push alone: BinaryHeap",
        Engine::HoldLadder => "pop + push alone: Trilane's ladder",
    }
}

/// Three significant digits, or all before the point.
pub(super) fn figure(value: f64) -> String {
    match value.abs() {
        size if size >= 99.95 => format!("{value:.0}"),
        size if size >= 9.995 => format!("{value:.1}"),
        _ => format!("{value:.2}"),
    }
}
