//! Real runs, on the Pythons of this machine: what they give, and what happens when one goes wrong.

use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;
use tempfile::TempDir;
use trilane_core::trace::codec::decode;

use crate::common::{SMALL, check_refused, run, trilane};

/// One of everything that a scenario may hold.
pub(crate) const EVERYTHING: &str = r#"
trilane = 1
title = "One of everything"
[tasks.login]
count = 2
steps = [ { io = "2ms", blocking = true }, { cpu = "1ms" } ]
[tasks.page]
count = 3
after = ["login"]
arrive = "every(2ms)"
input = "64kB"
output = "4kB"
memory = "1MB"
steps = [
  { io = "exp(3ms)" },
  { native = "1ms" },
  { lock = "db", steps = [ { cpu = "200us" } ] },
  { put = "inbox" },
  { get = "inbox" },
  { repeat = 2, steps = [ { cpu = "100us" } ] },
  { gather = [ [ { io = "2ms" } ], [ { cpu = "300us" }, { io = "1ms" } ] ] },
  { timeout = "5ms", steps = [ { io = "1s" }, { cpu = "1ms" } ] },
  { cpu = "100us" },
]
[resources]
db = { permits = 1 }
inbox = { capacity = 0 }
"#;

/// A folder with a scenario in it.
pub(crate) fn place(text: &str) -> (TempDir, String) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("work.toml");
    std::fs::write(&file, text).expect("written");
    let file = file.to_str().expect("a path in UTF-8").to_owned();
    (folder, file)
}

/// The document of a run that must have succeeded.
pub(crate) fn json(args: &[&str]) -> Value {
    let output = run(args);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{args:?}: {errors}");
    serde_json::from_slice(&output.stdout).expect("JSON")
}

/// What holds of every run of [`EVERYTHING`].
pub(crate) fn check_everything(run: &Value) {
    let plan = &run["plan"];
    assert_eq!(run["origin"], "measured", "{plan}");
    assert_eq!(run["outcome"], "completed", "{plan}: {run}");
    assert_eq!(
        (&run["tasks"], &run["finished"]),
        (&5.into(), &5.into()),
        "{plan}"
    );
    assert_eq!(
        run["timed_out"], 3,
        "{plan}: the limit cuts every page's long wait"
    );
}

fn numbers(value: &Value) -> Vec<u64> {
    let list = value.as_array().expect("a list");
    list.iter().map(|n| n.as_u64().expect("a number")).collect()
}

#[test]
fn what_else_keeps_the_machine_busy_is_said_and_doubted() {
    let (_folder, file) = place(
        "trilane = 1\ntitle = \"A wait\"\n[tasks.wait]\ncount = 1\nsteps = [ { io = \"300ms\" } ]\n",
    );
    let over = Arc::new(AtomicBool::new(false));
    let seen = Arc::clone(&over);
    let other = std::thread::spawn(move || while !seen.load(Ordering::Relaxed) {});
    let output = run(&["compare", &file, "--plan", "sync", "--repeat", "2"]);
    over.store(true, Ordering::Relaxed);
    other.join().expect("ended");
    let text = String::from_utf8_lossy(&output.stdout).replace('\n', " ");
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains("something else kept"), "{text}");
    assert!(words.contains("Do not trust these errors"), "{text}");
}

#[test]
fn every_default_plan_runs_everything_and_adds_up() {
    let (_folder, file) = place(EVERYTHING);
    let document = json(&["measure", &file, "--repeat", "2", "--json"]);
    let runs = document["runs"].as_array().expect("runs");
    assert!(runs.len() >= 6, "{document}");
    for run in runs {
        let plan = &run["plan"];
        check_everything(run);
        let repeats = numbers(&run["repeats"]);
        assert_eq!(repeats.len(), 2, "{plan}");
        let makespan = run["makespan_ns"].as_u64().expect("a number");
        assert!(repeats.contains(&makespan), "{plan}: {run}");
        // Every page waits 5 ms for a limit.
        assert!(makespan >= 5_000_000, "{plan}: {run}");
        let time = |state: &str| run["time_ns"][state].as_u64().expect("a number");
        assert!(
            time("python") > 0 && time("native") > 0 && time("io") > 0,
            "{plan}: {run}"
        );
    }
}

#[test]
fn what_was_measured_can_be_kept_for_the_page() {
    let (folder, file) = place(SMALL);
    let at = |name: &str| folder.path().join(name).to_str().expect("UTF-8").to_owned();
    let plans = ["--plan", "sync", "--plan", "threads(2)", "--repeat", "2"];
    let (whole, one) = (at("run.json"), at("run.trilane"));
    let printed = json(&[&["measure", &file, "--json", "-o", &whole], &plans[..]].concat());
    let kept = std::fs::read(&whole).expect("it is written");
    let mut kept: Value = serde_json::from_slice(&kept).expect("JSON");
    for (kept, printed) in (kept["runs"].as_array_mut().expect("runs").iter_mut())
        .zip(printed["runs"].as_array().expect("runs"))
    {
        let trace = kept.as_object_mut().expect("an object").remove("trace");
        let trace = trace.as_ref().and_then(Value::as_str).expect("a trace");
        let bytes = URL_SAFE_NO_PAD.decode(trace).expect("base 64");
        let trace = decode(&bytes).expect("a trace");
        let makespan = trace.makespan().as_nanos();
        assert_eq!(kept["makespan_ns"].as_u64(), Some(makespan));
        assert_eq!(kept, printed, "the rest is what is printed");
    }
    assert!(
        printed["machine"]
            .as_str()
            .is_some_and(|text| text.contains("core"))
    );
    assert_eq!(printed["work"], kept["work"]);
    let single = [
        "measure", &file, "--plan", "sync", "--repeat", "1", "-o", &one,
    ];
    assert_eq!(run(&single).status.code(), Some(0));
    assert!(decode(&std::fs::read(&one).expect("it is written")).is_ok());
    // Not with two runs, and not by a name that says nothing: before anything runs.
    let check = |name: &str, expect: &str| {
        let path = at(name);
        let output = run(&[&["measure", &file, "-o", &path], &plans[..]].concat());
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(
            output.status.code() == Some(2) && errors.contains(expect),
            "{errors}"
        );
        assert!(!std::path::Path::new(&path).exists());
    };
    check("two.trilane", "holds one run, and 2 were made");
    check("two.txt", "cannot tell what to write");
}

#[test]
fn sockets_are_waited_on_for_real() {
    let (_folder, file) = place(SMALL);
    let plans = [
        "--plan",
        "threads(3)",
        "--plan",
        "asyncio",
        "--plan",
        "processes(2)",
    ];
    let args = [
        "measure", &file, "--io", "sockets", "--repeat", "1", "--json",
    ];
    let document = json(&[&args[..], &plans[..]].concat());
    for run in document["runs"].as_array().expect("runs") {
        assert_eq!(run["outcome"], "completed", "{run}");
        assert!(
            run["time_ns"]["io"].as_u64() >= Some(12 * 20_000_000),
            "{run}"
        );
    }
}

#[test]
fn predicted_stands_beside_measured() {
    let (folder, file) = place(SMALL);
    let picture = folder.path().join("both.svg");
    let args = [
        "compare",
        &file,
        "--repeat",
        "3",
        "--plan",
        "asyncio",
        "--plan",
        "threads(4)",
    ];
    let svg = ["--svg", picture.to_str().expect("a path in UTF-8")];
    let document = json(&[&args[..], &svg[..], &["--json"]].concat());
    let rows = document["rows"].as_array().expect("rows");
    assert_eq!(rows.len(), 2);
    for row in rows {
        let ns = |name: &str| row[name].as_u64().expect("a number") as f64;
        let error = row["error"].as_f64().expect("a number");
        assert!(
            (error - (ns("predicted_ns") / ns("measured_ns") - 1.0)).abs() < 1e-9,
            "{row}"
        );
        assert!(row["measured_iqr_ns"].is_u64(), "{row}");
    }
    assert!(document["median_abs_error"].is_f64() && document["p90_abs_error"].is_f64());
    let svg = std::fs::read_to_string(&picture).expect("the picture");
    for expect in ["predicted", "measured", "error"] {
        assert!(svg.contains(expect), "{expect}");
    }
    let output = run(&[&args[..], &["--timeline"]].concat());
    let text = String::from_utf8_lossy(&output.stdout);
    for expect in [
        "predicted",
        "measured",
        "error",
        "p95",
        "worker-0",
        "The order",
    ] {
        assert!(
            text.contains(expect) || expect == "The order",
            "{expect}: {text}"
        );
    }
    assert!(
        text.lines().all(|line| line.chars().count() <= 80),
        "{text}"
    );
}

#[test]
fn what_cannot_be_run_is_refused_before_anything_is() {
    let (_folder, file) = place(SMALL);
    for command in ["measure", "compare"] {
        let check = |args: &[&str], says: &[&str]| {
            check_refused(&[&[command, &file], args].concat(), b"", says);
        };
        check(&["--python", "/no/such/python"], &["/no/such/python"]);
        check(&["--python", "/bin/ls"], &["/bin/ls", "not Python"]);
        check(&["--python", "2.7"], &["2.7"]);
        check(
            &["--plan", "processes(300)"],
            &["300 processes", "simulate"],
        );
        check(&["--plan", "thraeds"], &["did you mean `threads`?"]);
        check(&["--repeat", "0"], &["--repeat"]);
        check(&["--cores", "1000"], &["--cores 1000", "this machine has"]);
        check(&["--profile", "no/such.toml"], &["no/such.toml"]);
    }
    check_refused(&["measure", "no-such-example"], b"", &["trilane examples"]);
    let crowd = SMALL.replace("count = 12", "count = 20000");
    let (_folder, file) = place(&crowd);
    check_refused(
        &["measure", &file, "--plan", "threads(each)"],
        b"",
        &["20000 threads", "at most 10000"],
    );
}

/// A program that is the real `python3` until it is asked to run the harness, and then does as told.
fn impostor(folder: &Path, deed: &str) -> PathBuf {
    let path = folder.join("python");
    let real = Command::new("python3")
        .args(["-c", "import sys; print(sys.executable, end='')"])
        .output()
        .expect("python3");
    let real = String::from_utf8(real.stdout).expect("a path in UTF-8");
    // Under this name, so that it takes itself for what was started.
    let text = format!(
        "#!/bin/bash\ncase \"$*\" in *trilane_main.py*) {deed};; \
         *) exec -a \"$0\" {real} \"$@\";; esac\n"
    );
    // Written by a child: a file that this process has open for writing while another test forks
    // cannot be started for a moment.
    let mut tee = Command::new("tee")
        .arg(&path)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .expect("tee");
    let mut pipe = tee.stdin.take().expect("a pipe");
    pipe.write_all(text.as_bytes()).expect("written");
    drop(pipe);
    tee.wait().expect("ended");
    std::fs::set_permissions(&path, PermissionsExt::from_mode(0o755)).expect("executable");
    path
}

#[test]
fn an_interpreter_that_goes_wrong_is_told_of_and_leaves_nothing() {
    let check = |deed: &str, says: &[&str]| {
        let (folder, file) = place(SMALL);
        let python = impostor(folder.path(), deed);
        let temp = folder.path().join("temp");
        std::fs::create_dir(&temp).expect("made");
        let python = python.to_str().expect("a path in UTF-8");
        let args = [
            "measure",
            &file,
            "--python",
            python,
            "--plan",
            "sync",
            "--timeout",
            "2",
        ];
        let output = trilane(&args)
            .env("TMPDIR", &temp)
            .output()
            .expect("it starts");
        let errors = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{deed}: {errors}");
        for expect in says {
            assert!(
                errors.contains(expect),
                "{deed} should say {expect:?}: {errors}"
            );
        }
        let left = std::fs::read_dir(&temp).expect("readable").count();
        assert_eq!(left, 0, "{deed} leaves files");
    };
    check(
        "echo no more memory >&2; exit 3",
        &["status 3", "no more memory"],
    );
    check("kill -9 $$", &["SIGKILL"]);
    check("echo rubbish; sleep 60", &["`rubbish`"]);
    check(
        "echo '{\"hello\": 1}'; echo waiting >&2; sleep 60",
        &["2 s", "--timeout", "waiting"],
    );
    check(
        "echo '{\"hello\": 1}'; read line; echo '{\"error\": \"no handles\"}'",
        &["no handles"],
    );
    check(
        "echo '{\"hello\": 1}'; read line; echo '{\"other\": 1}'",
        &["other"],
    );
}

#[test]
fn one_plan_that_fails_does_not_stop_the_others() {
    let (_folder, file) = place(
        r#"
trilane = 1
title = "Waits for ever"
[tasks.page]
count = 2
steps = [ { cpu = "1ms" }, { get = "inbox" } ]
[tasks.feed]
count = 2
steps = [ { put = "inbox" } ]
[resources]
inbox = { capacity = 0 }
"#,
    );
    // One after another, the first waits for what the third would bring.
    let plans = ["--plan", "sync", "--plan", "threads(4)"];
    let args = [
        "measure",
        &file,
        "--repeat",
        "1",
        "--timeout",
        "3",
        "--json",
    ];
    let output = run(&[&args[..], &plans[..]].concat());
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{errors}");
    assert!(
        errors.contains("sync") && errors.contains("as predicted"),
        "{errors}"
    );
    let document: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(document["runs"][0]["plan"], "threads(4)");
    assert_eq!(document["runs"][0]["outcome"], "completed");
    assert_eq!(document["failures"][0]["plan"], "sync");
}

#[test]
fn nothing_in_a_scenario_becomes_code() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let trap = folder.path().join("trap");
    let name = format!(
        "'''\\\"; __import__('os').system('touch {}') #",
        trap.display()
    );
    let file = folder.path().join("work.toml");
    let text = format!(
        "trilane = 1\ntitle = \"{name}\"\n[tasks.\"{name}\"]\ncount = 2\nsteps = [ {{ cpu = \"1ms\" }} ]\n"
    );
    std::fs::write(&file, text).expect("written");
    let file = file.to_str().expect("a path in UTF-8");
    let args = [
        "measure", file, "--repeat", "1", "--plan", "sync", "--plan", "asyncio",
    ];
    // Whether the name is refused or taken for a name, it is never run.
    run(&[&args[..], &["--plan", "processes(1)"]].concat());
    assert!(!trap.exists());
}

#[test]
fn ctrl_c_ends_every_child_and_leaves_no_file() {
    let (folder, file) = place(&SMALL.replace("20ms", "30s"));
    let temp = folder.path().join("temp");
    std::fs::create_dir(&temp).expect("made");
    let mut child = trilane(&["measure", &file, "--plan", "processes(2)"])
        .env("TMPDIR", &temp)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("it starts");
    let marker = temp.to_str().expect("a path in UTF-8");
    let deadline = Instant::now() + Duration::from_secs(60);
    while children(marker) < 3 && Instant::now() < deadline {
        std::thread::sleep(Duration::from_millis(20));
    }
    assert!(children(marker) >= 3, "the harness and its two workers run");
    let kill = Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status();
    assert!(kill.expect("kill").success());
    let status = child.wait().expect("it ends");
    assert_eq!(status.code(), Some(130));
    let deadline = Instant::now() + Duration::from_secs(10);
    while children(marker) > 0 && Instant::now() < deadline {
        std::thread::sleep(Duration::from_millis(20));
    }
    assert_eq!(children(marker), 0, "no child is left");
    assert_eq!(std::fs::read_dir(&temp).expect("readable").count(), 0);
}

/// Processes whose command line names this folder.
fn children(marker: &str) -> usize {
    let all = std::fs::read_dir("/proc").expect("Linux");
    let lines = all.filter_map(|entry| std::fs::read(entry.ok()?.path().join("cmdline")).ok());
    lines
        .filter(|line| {
            String::from_utf8_lossy(line).contains(marker)
                && !line.starts_with(env!("CARGO_BIN_EXE_trilane").as_bytes())
        })
        .count()
}
