//! Real runs on Rust's own threads, processes and event loop: what they give, what is refused, and what is
//! left when one is broken off. No test here looks at how long anything took: what is compared are times
//! that are zero or not, by construction.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::common::{SMALL, check_refused, run, trilane};
use crate::measure::{EVERYTHING, check_everything, json, place};

/// Every plan that Rust has, as the runner is told it.
pub(crate) const PLANS: [(&str, &str); 9] = [
    ("sync", r#"{"kind": "sync"}"#),
    // More workers than tasks that gather: branches may never wait for a worker that waits for branches.
    ("threads(4)", r#"{"kind": "threads", "workers": 4}"#),
    ("threads(each)", r#"{"kind": "thread_each"}"#),
    (
        "processes(2)",
        r#"{"kind": "processes", "workers": 2, "start": "spawn", "chunk": 1}"#,
    ),
    (
        "processes(2, chunk=2)",
        r#"{"kind": "processes", "workers": 2, "start": "spawn", "chunk": 2}"#,
    ),
    (
        "asyncio",
        r#"{"kind": "asyncio", "limit": null, "threads": null, "processes": null}"#,
    ),
    (
        "asyncio(limit=2)",
        r#"{"kind": "asyncio", "limit": 2, "threads": null, "processes": null}"#,
    ),
    (
        "asyncio+threads(2)",
        r#"{"kind": "asyncio", "limit": null, "threads": 2, "processes": null}"#,
    ),
    (
        "asyncio+threads(2)+processes(2)",
        r#"{"kind": "asyncio", "limit": null, "threads": 2, "processes": {"workers": 2, "start": "spawn"}}"#,
    ),
];

fn state(run: &Value, name: &str) -> u64 {
    run["time_ns"][name].as_u64().expect("a number")
}

#[test]
fn every_plan_runs_everything_and_adds_up() {
    let (_folder, file) = place(EVERYTHING);
    for (python, io) in [("rust", "sleep"), ("rust-gil", "sockets")] {
        let mut args = vec!["measure", &file, "--python", python, "--io", io];
        for (plan, _) in &PLANS {
            args.extend(["--plan", plan]);
        }
        let document = json(&[&args[..], &["--repeat", "1", "--json"]].concat());
        let runs = document["runs"].as_array().expect("runs");
        assert_eq!(runs.len(), PLANS.len(), "{document}");
        for run in runs {
            let plan = &run["plan"];
            assert_eq!(run["python"], python, "{plan}");
            check_everything(run);
            for name in ["python", "native", "io"] {
                assert!(state(run, name) > 0, "{plan}: {run}");
            }
            // Every page waits 5 ms for a limit.
            assert!(run["makespan_ns"].as_u64() >= Some(5_000_000), "{plan}");
            if python == "rust" {
                assert_eq!(state(run, "gil_wait"), 0, "{plan}: there is no lock");
            }
        }
    }
}

#[test]
fn a_plan_behind_the_lock_waits_for_it_and_a_free_one_never_does() {
    let (_folder, file) = place(
        r#"
trilane = 1
title = "Two that compute"
[tasks.sum]
count = 2
steps = [ { cpu = "40ms" } ]
"#,
    );
    let plans = ["--plan", "threads(2)", "--plan", "threads(2)@gil"];
    let args = [
        "measure", &file, "--python", "rust", "--repeat", "1", "--json",
    ];
    let document = json(&[&args[..], &plans[..]].concat());
    let [free, locked] = [&document["runs"][0], &document["runs"][1]];
    assert_eq!(
        (&free["plan"], &free["python"]),
        (&"threads(2)".into(), &"rust".into())
    );
    assert_eq!(
        (&locked["plan"], &locked["python"]),
        (&"threads(2)".into(), &"rust-gil".into())
    );
    assert_eq!(state(free, "gil_wait"), 0, "{free}");
    // While one computes its 40 ms the other waits, or the other way round.
    assert!(state(locked, "gil_wait") >= 20_000_000, "{locked}");
}

#[test]
fn left_alone_it_runs_what_rust_has_beside_a_python() {
    let (_folder, file) = place(SMALL);
    let args = ["measure", &file, "--repeat", "1", "--json"];
    let document = json(&[&args[..], &["--python", "rust"]].concat());
    let names: Vec<String> = document["runs"]
        .as_array()
        .expect("runs")
        .iter()
        .map(|run| format!("{}@{}", run["plan"], run["python"]).replace('"', ""))
        .collect();
    let threads: Vec<&String> = names
        .iter()
        .filter(|name| name.starts_with("threads"))
        .collect();
    assert_eq!(names.len(), 7, "{names:?}");
    assert_eq!(threads.len(), 2, "{names:?}");
    assert!(threads[1].ends_with("@rust-gil"), "{names:?}");
    let both = [
        "--python", "python3", "--python", "rust", "--plan", "asyncio",
    ];
    let document = json(&[&args[..], &both[..]].concat());
    assert_ne!(document["runs"][0]["python"], "rust");
    assert_eq!(document["runs"][1]["python"], "rust");
    let output = run(&[
        &["measure", &file, "--repeat", "1", "--timeline"],
        &both[..],
    ]
    .concat());
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(text.contains("asyncio on rust"), "{text}");
}

#[test]
fn predicted_stands_beside_measured() {
    let (_folder, file) = place(SMALL);
    let args = [
        "compare",
        &file,
        "--python",
        "rust",
        "--plan",
        "sync",
        "--plan",
        "threads@gil",
    ];
    let document = json(&[&args[..], &["--repeat", "1", "--json"]].concat());
    for (row, python) in document["rows"]
        .as_array()
        .expect("rows")
        .iter()
        .zip(["rust", "rust-gil"])
    {
        assert_eq!(row["python"], python);
        assert!(row["predicted_ns"].as_u64() > Some(20_000_000), "{row}");
        assert!(row["error"].is_f64(), "{row}");
    }
}

#[test]
fn what_rust_has_not_is_refused_before_anything_runs() {
    let (_folder, file) = place(SMALL);
    let check = |args: &[&str], says: &[&str]| {
        let first = ["measure", &file, "--python", "rust"];
        check_refused(&[&first[..], args].concat(), b"", says);
    };
    check(
        &["--plan", "interpreters(2)"],
        &["`interpreters(2)`", "Rust has none", "--python 3.14"],
    );
    check(
        &["--plan", "processes(2, start=fork)"],
        &["`fork`", "Rust", "spawn"],
    );
    check(
        &["--plan", "processes(300)"],
        &["300 processes", "simulate"],
    );
    check(&["--plan", "thraeds@gil"], &["did you mean `threads`?"]);
    check(&["--plan", "threads@rsut"], &["`rsut`"]);
    check_refused(
        &["simulate", "--plan", "threads@gil"],
        b"",
        &["`gil`", "measure --python rust"],
    );
}

#[test]
fn a_run_that_never_ends_is_ended_and_told_of() {
    let (_folder, file) = place(
        r#"
trilane = 1
title = "Takes both locks"
[tasks.ab]
count = 1
steps = [ { lock = "a", steps = [ { io = "50ms" }, { lock = "b", steps = [] } ] } ]
[tasks.ba]
count = 1
steps = [ { lock = "b", steps = [ { io = "50ms" }, { lock = "a", steps = [] } ] } ]
[resources]
a = { permits = 1 }
b = { permits = 1 }
"#,
    );
    let args = [
        "measure",
        &file,
        "--python",
        "rust",
        "--repeat",
        "1",
        "--timeout",
        "2",
        "--json",
    ];
    for plan in ["threads(2)", "threads(2)@gil", "processes(2)", "asyncio"] {
        let plans = ["--plan", plan, "--plan", "sync"];
        let output = run(&[&args[..], &plans[..]].concat());
        let errors = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{plan}: {errors}");
        for expect in ["within 2 s", "as predicted"] {
            assert!(errors.contains(expect), "{plan}: {errors}");
        }
        let document: Value = serde_json::from_slice(&output.stdout).expect("JSON");
        assert_eq!(document["runs"][0]["plan"], "sync", "the other one runs");
    }
}

#[test]
fn nothing_outlives_a_run_that_is_broken_off() {
    for signal in ["-INT", "-KILL"] {
        let (folder, file) = place(&SMALL.replace("20ms", "30s"));
        let temp = folder.path().join("temp");
        std::fs::create_dir(&temp).expect("made");
        let args = [
            "measure",
            &file,
            "--python",
            "rust",
            "--plan",
            "processes(2)",
        ];
        let mut child = trilane(&args)
            .env("TMPDIR", &temp)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("it starts");
        wait_until("the runner and its two workers run", || {
            children(&temp) == 3
        });
        let kill = Command::new("kill")
            .args([signal, &child.id().to_string()])
            .status();
        assert!(kill.expect("kill").success());
        child.wait().expect("it ends");
        wait_until("no child is left", || children(&temp) == 0);
        if signal == "-INT" {
            // A kill leaves no chance to tidy up.
            let left = std::fs::read_dir(&temp).expect("readable").count();
            assert_eq!(left, 0, "no file is left");
        }
    }
}

fn wait_until(what: &str, mut holds: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(60);
    while !holds() {
        assert!(Instant::now() < deadline, "{what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Runners and workers whose temporary files lie in this folder.
fn children(temp: &Path) -> usize {
    let marker = format!("TMPDIR={}", temp.display());
    let all = std::fs::read_dir("/proc").expect("Linux");
    let is_ours = |process: &Path| {
        let read = |name: &str| std::fs::read(process.join(name)).unwrap_or_default();
        let command = String::from_utf8_lossy(&read("cmdline")).into_owned();
        let environment = read("environ");
        (command.contains("rust-runner") || command.contains("rust-worker"))
            && environment
                .split(|byte| *byte == 0)
                .any(|line| line == marker.as_bytes())
    };
    all.flatten().filter(|entry| is_ours(&entry.path())).count()
}
