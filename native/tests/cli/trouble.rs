//! Bad input and bad places: the exit status, and a message that names what is wrong.

use std::process::Stdio;

use crate::common::{SMALL, check_refused, run, run_with, trilane};

#[test]
fn wrong_names_are_refused_with_what_was_meant() {
    check_refused(
        &["simulate", "cpu-bond"],
        b"",
        &["cpu-bond", "did you mean `cpu-bound`?"],
    );
    check_refused(&["simulate", "qqqqqq"], b"", &["trilane examples"]);
    check_refused(
        &["simulate", "no/such.toml"],
        b"",
        &["no/such.toml", "no such file"],
    );
    check_refused(&["simulate", "."], b"", &["is a directory"]);
    check_refused(
        &["examples", "cpu-bond"],
        b"",
        &["did you mean `cpu-bound`?"],
    );
    check_refused(
        &["simulate", "--plan", "thraeds"],
        b"",
        &["did you mean `threads`?"],
    );
    check_refused(&["simulate", "--plan", "threads(0)"], b"", &["threads"]);
    check_refused(&["simulate", "--plan", ""], b"", &["empty"]);
    check_refused(&["simulate", "--python", "2.7"], b"", &["2.7", "3.14"]);
    check_refused(&["simulate", "--plan", "threads@3.9"], b"", &["3.9"]);
    check_refused(&["simulate", "--plan", "interpreters@3.13"], b"", &["3.14"]);
    check_refused(
        &["simulate", "--profile", "no/such.toml"],
        b"",
        &["no/such.toml"],
    );
    check_refused(&["simulate", "--cores", "0"], b"", &["--cores"]);
    check_refused(&["simulate", "--seed", "-1"], b"", &["--seed"]);
    check_refused(&["simulate", "--jitter", "x"], b"", &["--jitter"]);
    check_refused(&["simulat"], b"", &["simulate"]);
    check_refused(&["simulate", "--josn"], b"", &["--json"]);
    check_refused(
        &["completions", "tcsh"],
        b"",
        &["bash", "zsh", "fish", "powershell", "elvish"],
    );
}

#[test]
fn every_problem_of_a_bad_file_is_shown_with_its_place() {
    let text = "trilane = 1\n[tasks.a]\ncount = -3\nsteps = [ { cpu = \"5 parsecs\" },\n  { lock = \"bd\", steps = [] } ]\n[resources]\ndb = { permits = 1 }\n";
    check_refused(
        &["simulate", "-"],
        text.as_bytes(),
        &[
            "<stdin>:3:",
            "<stdin>:4:",
            "<stdin>:5:",
            "5 parsecs",
            "did you mean `db`?",
            "^",
        ],
    );
    check_refused(&["simulate", "-"], b"", &["<stdin>"]);
    check_refused(&["simulate", "-"], b"\xff\xfe\x00", &["UTF-8"]);
    check_refused(&["simulate", "-"], &vec![b' '; 3 << 20], &["1048576"]);
    check_refused(&["advise", "-"], b"{", &["<stdin>:1:"]);
    check_refused(&["simulate", "/dev/zero"], b"", &["/dev/zero"]);
}

#[test]
fn what_is_quoted_cannot_drive_the_terminal() {
    for args in [
        ["simulate", "\u{1b}[2J\u{7}evil"],
        ["simulate", "--python=\u{1b}]0;x\u{7}"],
        ["simulate", "--plan=\u{1b}[31m"],
    ] {
        let output = run(&args);
        assert_eq!(output.status.code(), Some(2));
        assert!(
            !output.stderr.contains(&0x1b),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
    let title = SMALL.replace("Twelve pages", "Twelve \\u001b[2Jpages");
    let output = run_with(&["simulate", "-"], title.as_bytes());
    assert!(!output.stdout.contains(&0x1b));
    assert!(!output.stderr.contains(&0x1b));
}

#[test]
fn a_closed_pipe_ends_quietly() {
    for args in [
        vec!["simulate"],
        vec!["simulate", "--json"],
        vec!["advise", "stay-synchronous"],
        vec!["examples"],
        vec!["schema"],
        vec!["completions", "bash"],
        vec!["--help"],
        vec!["simulate", "--help"],
    ] {
        let mut child = trilane(&args)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the binary starts");
        drop(child.stdout.take());
        let output = child.wait_with_output().expect("the binary ends");
        assert_eq!(output.status.code(), Some(0), "{args:?}");
        assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{args:?}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_named() {
    for args in [
        vec!["simulate"],
        vec!["simulate", "--json"],
        vec!["schema"],
        vec!["--help"],
    ] {
        let full = std::fs::OpenOptions::new()
            .write(true)
            .open("/dev/full")
            .expect("/dev/full");
        let output = trilane(&args)
            .stdout(full)
            .output()
            .expect("the binary starts");
        let errors = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{args:?}: {errors}");
        assert!(
            errors.contains("No space left on device"),
            "{args:?}: {errors}"
        );
    }
}

#[test]
fn help_and_version_are_answers() {
    for args in [
        vec!["--help"],
        vec!["-h"],
        vec!["--version"],
        vec!["advise", "--help"],
    ] {
        let output = run(&args);
        assert_eq!(output.status.code(), Some(0), "{args:?}");
        assert!(
            output.stderr.is_empty() && !output.stdout.is_empty(),
            "{args:?}"
        );
    }
}

#[test]
fn completions_know_every_command() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let output = run(&["completions", shell]);
        assert_eq!(output.status.code(), Some(0), "{shell}");
        let script = String::from_utf8(output.stdout).expect("UTF-8");
        for name in ["simulate", "advise", "examples", "timeline"] {
            assert!(script.contains(name), "{shell} lacks {name}");
        }
    }
}

#[test]
fn the_schema_is_a_json_schema() {
    let output = run(&["schema"]);
    let schema: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert!(schema["$schema"].is_string() && schema["properties"]["tasks"].is_object());
}
