//! `simulate` from outside: what it prints, and the JSON contract.

use crate::common::{SMALL, run_with, stdout_of, text, trilane};
use serde_json::Value;
use unicode_width::UnicodeWidthStr;

/// Without escape codes.
fn strip(text: &str) -> String {
    let mut parts = text.split('\u{1b}');
    let mut plain = parts.next().unwrap_or("").to_owned();
    for part in parts {
        plain.push_str(part.split_once('m').map_or("", |(_, rest)| rest));
    }
    plain
}

fn json(args: &[&str]) -> Value {
    serde_json::from_str(&stdout_of(args)).expect("the output is JSON")
}

#[test]
fn the_bare_command_races_the_first_example_and_says_what_next() {
    let bare = stdout_of(&[]);
    let race = stdout_of(&["simulate"]);
    assert!(bare.starts_with(race.trim_end()), "{bare}");
    assert!(bare.contains("trilane advise"), "{bare}");
    let first = stdout_of(&["examples", "--json"]);
    let list: Value = serde_json::from_str(&first).expect("JSON");
    assert!(
        bare.contains(list[0]["title"].as_str().expect("a title")),
        "{bare}"
    );
}

#[test]
fn a_pipe_gets_80_columns_and_no_colour() {
    for args in [
        vec!["simulate"],
        vec!["simulate", "--timeline"],
        vec!["advise"],
        vec!["examples"],
    ] {
        let shown = stdout_of(&args);
        assert!(!shown.contains('\u{1b}'), "{args:?}");
        for line in shown.lines() {
            assert!(
                line.width() <= 80,
                "{args:?}: {} columns: {line}",
                line.width()
            );
            assert_eq!(line, line.trim_end(), "{args:?}: spaces at the end");
        }
    }
}

#[test]
fn colour_can_be_forced_and_changes_no_text() {
    let plain = stdout_of(&["simulate"]);
    let with = |name: &str, value: &str| {
        let mut command = trilane(&["simulate"]);
        command.env("CLICOLOR_FORCE", "1").env(name, value);
        text(command.output().expect("the binary starts"), &[name])
    };
    let forced = with("COLORTERM", "truecolor");
    assert!(
        forced.contains("\u{1b}[38;2;0;114;178m"),
        "the page's blue for Python"
    );
    assert_eq!(strip(&forced), plain);
    let cube = with("COLORTERM", "");
    assert!(cube.contains("\u{1b}[38;5;"), "the nearest of 256 colours");
    assert_eq!(strip(&cube), plain);
    assert_eq!(with("NO_COLOR", "1"), plain, "NO_COLOR wins");
}

#[test]
fn a_dumb_terminal_and_the_c_locale_get_seven_bits() {
    for (name, value) in [("TERM", "dumb"), ("LC_ALL", "C"), ("LC_ALL", "POSIX")] {
        for args in [
            vec!["simulate", "--timeline"],
            vec!["advise"],
            vec!["examples"],
        ] {
            let mut command = trilane(&args);
            command.env(name, value);
            let shown = text(command.output().expect("the binary starts"), &args);
            assert!(shown.is_ascii(), "{args:?} {name}={value}: {shown}");
        }
    }
}

/// A name, and what its value must be.
type Field = (&'static str, fn(&Value) -> bool);

/// The type of every field of a run, in the contract's order.
const FIELDS: &[Field] = &[
    ("plan", Value::is_string),
    ("python", Value::is_string),
    ("origin", |v| v == "simulated"),
    ("makespan_ns", Value::is_u64),
    ("tasks", Value::is_u64),
    ("finished", Value::is_u64),
    ("throughput_per_s", Value::is_number),
    ("speedup", |v| v.is_number() || v.is_null()),
    ("latency_ns", |v| {
        all(v, &["p50", "p95", "p99", "max"], Value::is_u64)
    }),
    ("cores_busy", Value::is_number),
    ("tasks_in_flight", Value::is_number),
    ("time_ns", |v| all(v, STATES, Value::is_u64)),
    ("gil_handoffs", Value::is_u64),
    ("context_switches", Value::is_u64),
    ("loop_lag_ns", |v| {
        all(v, &["p99", "max"], |v| v.is_u64() || v.is_null())
    }),
    ("memory_peak_bytes", Value::is_u64),
    ("timed_out", Value::is_u64),
    ("events", Value::is_u64),
    ("outcome", Value::is_string),
];

const STATES: &[&str] = &[
    "python",
    "native",
    "io",
    "gil_wait",
    "core_wait",
    "lock_wait",
    "queue_wait",
    "pool_wait",
    "loop_wait",
    "join_wait",
    "pickle",
    "overhead",
    "start",
];

fn all(value: &Value, names: &[&str], is: fn(&Value) -> bool) -> bool {
    let Some(object) = value.as_object() else {
        return false;
    };
    object.len() == names.len() && names.iter().all(|name| object.get(*name).is_some_and(is))
}

fn check_run(run: &Value, extra: &[&str]) {
    let object = run.as_object().expect("a run is an object");
    for (name, is) in FIELDS {
        assert!(object.get(*name).is_some_and(is), "{name} in {run}");
    }
    for name in object.keys() {
        let known = FIELDS.iter().any(|(field, _)| field == name) || extra.contains(&name.as_str());
        assert!(known, "{name} is not in the contract");
    }
}

#[test]
fn the_json_has_every_field_of_the_contract() {
    let race = json(&["simulate", "--json"]);
    let keys: Vec<&String> = race.as_object().expect("an object").keys().collect();
    assert_eq!(keys.len(), 4, "{keys:?}");
    assert!(race["scenario"].is_string() && race["seed"].is_u64() && race["cores"].is_u64());
    let runs = race["runs"].as_array().expect("a list");
    runs.iter().for_each(|run| check_run(run, &[]));
    let plans: Vec<&str> = runs.iter().filter_map(|run| run["plan"].as_str()).collect();
    assert_eq!(plans.len(), 7, "{plans:?}");
    assert_eq!(plans[0], "sync");
    assert!(plans[1].starts_with("threads("), "resolved: {plans:?}");
    assert_eq!(runs[0]["speedup"], 1.0);
    assert_eq!(runs[6]["python"], "3.14t");
}

#[test]
fn the_same_command_gives_the_same_bytes() {
    for args in [
        vec!["simulate", "--json"],
        vec![
            "simulate",
            "--json",
            "--seed",
            "3",
            "--jitter",
            "9",
            "mix-of-all",
        ],
        vec!["simulate", "--timeline"],
        vec!["advise", "--json"],
    ] {
        assert_eq!(stdout_of(&args), stdout_of(&args), "{args:?}");
    }
}

#[test]
fn a_deadlock_is_a_result_with_who_waits_for_whom() {
    let args = [
        "simulate",
        "deadlock-lock-order",
        "--plan",
        "threads",
        "--json",
    ];
    let race = json(&args);
    let run = &race["runs"][0];
    check_run(run, &["waiting"]);
    assert_eq!(run["outcome"], "deadlock");
    assert!(run["speedup"].is_null());
    let waiting = run["waiting"].as_array().expect("who waits");
    assert_eq!(waiting.len(), 2);
    for one in waiting {
        assert!(one["task"].is_string() && one["on"].is_string() && one["held_by"].is_array());
    }
    let shown = stdout_of(&args[..4]);
    assert!(
        shown.contains("deadlock: ") && shown.contains("held by"),
        "{shown}"
    );
}

#[test]
fn speedups_are_against_sync_even_where_nobody_asked_for_it() {
    let race = json(&["simulate", "cpu-bound", "--plan", "processes", "--json"]);
    let runs = race["runs"].as_array().expect("a list");
    assert_eq!(runs.len(), 1, "sync itself is not told");
    assert!(
        runs[0]["speedup"].as_f64().is_some_and(|times| times > 1.5),
        "{race}"
    );
}

#[test]
fn flags_reach_the_simulator() {
    let makespan = |args: &[&str]| {
        let mut all = vec!["simulate", "-", "--json"];
        all.extend(args);
        let text = text(run_with(&all, SMALL.as_bytes()), &all);
        let race: Value = serde_json::from_str(&text).expect("JSON");
        (race["cores"].clone(), race["runs"][0].clone())
    };
    let (cores, run) = makespan(&["--plan", "threads", "--cores", "2"]);
    assert_eq!((cores, &run["plan"]), (2.into(), &"threads(6)".into()));
    let (_, run) = makespan(&["--plan", "threads", "--python", "3.13"]);
    assert_eq!(run["python"], "3.13");
    let (_, run) = makespan(&["--plan", "threads@3.14t", "--python", "3.13"]);
    assert_eq!(run["python"], "3.14t", "the plan's own Python wins");
    let (_, run) = makespan(&["--plan", "processes@3.13"]);
    assert_eq!(
        run["plan"], "processes(4, start=fork)",
        "3.13's default start on Linux"
    );
    let one = makespan(&["--plan", "threads", "--jitter", "1"]).1;
    let two = makespan(&["--plan", "threads", "--jitter", "2"]).1;
    assert_ne!(one["makespan_ns"], two["makespan_ns"]);
}

#[test]
fn toml_and_json_come_from_files_and_from_standard_input() {
    let as_json = r#"{"trilane": 1, "title": "Twelve pages", "tasks": {"page":
        {"count": 12, "steps": [{"io": "20ms"}, {"cpu": "2ms"}]}}}"#;
    let place = tempfile::tempdir().expect("a temporary directory");
    let mut all = vec![];
    for (name, content) in [("a.toml", SMALL), ("a.json", as_json), ("bare", as_json)] {
        let path = place.path().join(name);
        std::fs::write(&path, content).expect("written");
        all.push(stdout_of(&[
            "simulate",
            "--json",
            path.to_str().expect("UTF-8"),
        ]));
        let args = ["simulate", "--json", "-"];
        let text = text(run_with(&args, format!("\n  {content}").as_bytes()), &args);
        all.push(text);
    }
    assert!(
        all.windows(2).all(|pair| pair[0] == pair[1]),
        "all are the same work"
    );
}

#[test]
fn every_example_runs_under_every_default_plan() {
    let list: Value = serde_json::from_str(&stdout_of(&["examples", "--json"])).expect("JSON");
    let list = list.as_array().expect("a list");
    assert!(list.len() >= 24);
    for example in list {
        let name = example["name"].as_str().expect("a name");
        let shown = stdout_of(&["simulate", name]);
        assert!(shown.contains('\n'), "{name}");
        let source = stdout_of(&["examples", name]);
        let args = ["simulate", "-"];
        assert_eq!(
            text(run_with(&args, source.as_bytes()), &args),
            shown,
            "{name}"
        );
    }
}
