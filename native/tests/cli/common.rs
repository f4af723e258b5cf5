//! Runs the built binary as a stranger would: no terminal, no colour settings of the tester's own.

use std::io::Write;
use std::process::{Command, Output, Stdio};

/// The binary, in a clean environment.
pub(crate) fn trilane(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_trilane"));
    command.args(args).stdin(Stdio::null());
    for name in [
        "NO_COLOR",
        "CLICOLOR",
        "CLICOLOR_FORCE",
        "COLORTERM",
        "COLUMNS",
        "CI",
    ] {
        command.env_remove(name);
    }
    command
        .env("TERM", "xterm-256color")
        .env("LC_ALL", "C.UTF-8");
    command
}

/// Runs it to its end.
pub(crate) fn run(args: &[&str]) -> Output {
    trilane(args).output().expect("the binary starts")
}

/// Runs it with bytes on standard input.
pub(crate) fn run_with(args: &[&str], stdin: &[u8]) -> Output {
    let mut child = trilane(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary starts");
    let mut pipe = child.stdin.take().expect("its input is a pipe");
    let bytes = stdin.to_vec();
    // A child that has refused its input early closes the pipe: that is no failure of the test.
    let writer = std::thread::spawn(move || pipe.write_all(&bytes).is_ok());
    let output = child.wait_with_output().expect("the binary ends");
    let _ = writer.join();
    output
}

/// What it printed, if it ended with status 0.
pub(crate) fn stdout_of(args: &[&str]) -> String {
    text(run(args), args)
}

/// The standard output of a run that must have succeeded.
pub(crate) fn text(output: Output, args: &[&str]) -> String {
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{args:?}: {errors}");
    assert_eq!(errors, "", "{args:?} has nothing to complain about");
    String::from_utf8(output.stdout).expect("the output is UTF-8")
}

/// Ends with status 2, prints nothing, and says each of these.
#[track_caller]
pub(crate) fn check_refused(args: &[&str], stdin: &[u8], says: &[&str]) {
    let output = run_with(args, stdin);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{args:?}: {errors}");
    assert!(output.stdout.is_empty(), "{args:?}");
    for expect in says {
        assert!(
            errors.contains(expect),
            "{args:?} should say {expect:?}: {errors}"
        );
    }
}

/// A scenario of a few milliseconds' work.
pub(crate) const SMALL: &str = r#"
trilane = 1
title = "Twelve pages"
[tasks.page]
count = 12
steps = [ { io = "20ms" }, { cpu = "2ms" } ]
"#;
