//! The Rust runner spoken to as the measuring side speaks to it: each run's rows tell of every task once, and
//! make a trace that obeys the laws.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Stdio};

use serde_json::{Value, json};
use trilane_core::trace::measured::{self, Code, Notes, Row};
use trilane_core::trace::{RunInfo, ThreadInfo, ThreadRole, Trace, laws};
use trilane_core::units::Time;

use crate::common::trilane;
use crate::rust_runner::PLANS;

/// A runner that has said hello.
struct Runner {
    child: Child,
    requests: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Runner {
    fn start(part: &str) -> Runner {
        let mut child = trilane(&[part])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("it starts");
        let mut runner = Runner {
            requests: child.stdin.take().expect("a pipe"),
            answers: BufReader::new(child.stdout.take().expect("a pipe")),
            child,
        };
        assert_eq!(runner.answer()["hello"], 1);
        runner
    }

    fn ask(&mut self, request: &Value) -> Value {
        writeln!(self.requests, "{request}").expect("asked");
        self.answer()
    }

    fn answer(&mut self) -> Value {
        let mut line = String::new();
        self.answers.read_line(&mut line).expect("answered");
        serde_json::from_str(&line).expect("JSON")
    }
}

/// Four tasks that do every step there is; the second kind comes after the first.
fn job(folder: &Path, plan: &str) -> Value {
    let plan: Value = serde_json::from_str(plan).expect("JSON");
    let draws = folder.join("draws");
    let drawn: Vec<u8> = [1_000_000u64, 2_000_000, 300_000, 400_000]
        .iter()
        .flat_map(|ns| ns.to_le_bytes())
        .collect();
    std::fs::write(&draws, drawn).expect("written");
    let steps = json!([
        ["cpu", 200_000, null],
        ["native", 300_000, null],
        ["io", null, true, "threads"],
        [
            "lock",
            0,
            [["cpu", 50_000, null], ["io", 100_000, false, null]]
        ],
        ["put", 1],
        ["get", 1],
        ["repeat", 3, [["cpu", 10_000, null]]],
        [
            "gather",
            [
                [1, [["io", null, false, null]]],
                [0, [["cpu", 20_000, null], ["native", 20_000, "processes"]]]
            ]
        ],
        [
            "timeout",
            3_000_000,
            0,
            [["io", 50_000_000, false, null], ["cpu", 1, null]]
        ],
    ]);
    json!({
        "kinds": [
            { "name": "first", "first_task": 0, "count": 2, "after": [], "arrivals": [0, 1_000_000],
              "input": 100_000, "output": 50_000, "memory": 1000, "first_draw": 0, "draws_per_task": 2,
              "steps": steps },
            { "name": "second", "first_task": 2, "count": 2, "after": [0], "arrivals": [],
              "input": 0, "output": 0, "memory": 0, "first_draw": 4, "draws_per_task": 0,
              "steps": [["cpu", 100_000, "loop"]] },
        ],
        "resources": [{ "name": "db", "permits": 1 }, { "name": "inbox", "capacity": 1 }],
        "draws": draws, "tasks": 4, "plan": plan, "io": null, "switch_interval": null,
    })
}

/// The rows of a run, as the measuring side reads them.
fn read(path: &Path, start: u64) -> (Vec<ThreadInfo>, Vec<Row>) {
    let bytes = std::fs::read(path).expect("rows");
    let line = bytes
        .iter()
        .position(|&byte| byte == b'\n')
        .expect("a line");
    let header: Value = serde_json::from_slice(&bytes[..line]).expect("JSON");
    let number = |value: &Value| value.as_u64().expect("a number");
    let threads = header["threads"].as_array().expect("a list").iter();
    let threads: Vec<ThreadInfo> = threads
        .map(|thread| ThreadInfo {
            role: match thread["role"].as_str() {
                Some("main") => ThreadRole::Main,
                Some("loop") => ThreadRole::Loop,
                Some("worker") => ThreadRole::Worker,
                Some("process") => ThreadRole::Process,
                other => panic!("a thread's role is {other:?}"),
            },
            number: number(&thread["number"]) as u32,
            process: number(&thread["process"]) as u32,
            interpreter: number(&thread["interpreter"]) as u32,
            born: Time::from_nanos(number(&thread["born"]).saturating_sub(start)),
        })
        .collect();
    let rows: Vec<Row> = bytes[line + 1..]
        .chunks_exact(56)
        .map(|bytes| {
            let field = |index: usize| {
                let eight = &bytes[index * 8..][..8];
                u64::from_le_bytes(eight.try_into().expect("eight"))
            };
            let code = Code::from_number(field(0) as i64).expect("a code");
            Row {
                code,
                thread: u32::try_from(field(1)).unwrap_or(measured::NOBODY),
                task: u32::try_from(field(2)).unwrap_or(measured::NOBODY),
                a: field(3).saturating_sub(start),
                b: match code {
                    Code::Branch => field(4),
                    _ => field(4).saturating_sub(start),
                },
                c: field(5),
                d: field(6),
            }
        })
        .collect();
    assert_eq!(header["rows"], rows.len());
    (threads, rows)
}

fn trace(gil: bool, threads: Vec<ThreadInfo>, rows: Vec<Row>) -> Trace {
    let info = RunInfo {
        plan: "plan".to_owned(),
        python: "rust".to_owned(),
        gil,
        cores: 64,
        kinds: vec!["first".to_owned(), "second".to_owned()],
        tasks: 4,
    };
    let notes = Notes {
        threads,
        rows,
        tasks: vec![(0, 0), (0, 1), (1, 0), (1, 1)],
        peak_bytes: None,
        stopped: None,
    };
    measured::trace(info, notes)
}

#[test]
fn each_task_runs_once_and_traces_obey_the_laws() {
    for (name, plan) in PLANS {
        for gil in [false, true] {
            let folder = tempfile::tempdir().expect("a temporary folder");
            let file = folder.path().join("job.json");
            std::fs::write(&file, job(folder.path(), plan).to_string()).expect("written");
            let part = match gil {
                true => "rust-runner-gil",
                false => "rust-runner",
            };
            let mut runner = Runner::start(part);
            let loaded = runner.ask(&json!({ "do": "load", "job": file }));
            assert_eq!(loaded["loaded"], true, "{name}: {loaded}");
            // Twice, as repeats are: nothing of the first may be left for the second.
            for repeat in 0..2 {
                let out = folder.path().join(format!("rows-{repeat}"));
                let answer = runner.ask(&json!({ "do": "run", "out": out }));
                let ran = &answer["ran"];
                assert_eq!(ran["outcome"], "completed", "{name}: {answer}");
                let (threads, rows) = read(&out, ran["start"].as_u64().expect("a start"));
                for task in 0..4 {
                    for code in [Code::Arrive, Code::Begin, Code::End] {
                        let of = |row: &&Row| row.task == task && row.code == code;
                        let count = rows.iter().filter(of).count();
                        assert_eq!(count, 1, "{name}: {code:?} of task {task}");
                    }
                }
                let at = |task: u32, code: Code| {
                    let of = |row: &&Row| row.task == task && row.code == code;
                    rows.iter().find(of).expect("a row").a
                };
                let ended = at(0, Code::End).max(at(1, Code::End));
                assert!(
                    at(2, Code::Begin) >= ended && at(3, Code::Begin) >= ended,
                    "{name}"
                );
                let cuts = rows.iter().filter(|row| row.code == Code::Cut).count();
                assert_eq!(cuts, 2, "{name}");
                // What clocks of a real machine cannot see is left out, as the laws say.
                let broken: Vec<String> = laws::check(&trace(gil, threads, rows))
                    .into_iter()
                    .filter(|law| !law.contains("is held twice"))
                    .collect();
                assert_eq!(broken, Vec::<String>::new(), "{name}, gil {gil}");
            }
            drop(runner.requests);
            assert!(runner.child.wait().expect("it ends").success(), "{name}");
        }
    }
}

#[test]
fn a_request_that_is_none_is_refused_in_a_line() {
    for request in [
        json!({ "do": "dance" }),
        json!({ "do": "run", "out": "x" }),
        json!(7),
    ] {
        let mut runner = Runner::start("rust-runner");
        let answer = runner.ask(&request);
        assert!(answer["error"].is_string(), "{request}: {answer}");
        runner.child.wait().expect("it ends");
    }
    let mut runner = Runner::start("rust-runner");
    let answer = runner.ask(&json!({ "do": "load", "job": "/no/such/job.json" }));
    let text = answer["error"].as_str().expect("a text");
    assert!(text.contains("the job"), "{text}");
    runner.child.wait().expect("it ends");
}
