//! `trilane calibrate`, on the Python of this machine, and on what is none.

use std::path::Path;
use std::process::Command;

use crate::common::run;

/// A program in the place of a Python. A shell writes it: a file that this process has open for
/// writing when another test forks cannot be started for a moment.
#[cfg(unix)]
fn pretender(place: &Path, script: &str) {
    let path = place.join("pretender").display().to_string();
    let text = format!("#!/bin/sh\n{script}\n");
    let write = r#"printf %s "$1" > "$0" && chmod +x "$0""#;
    let status = Command::new("sh")
        .args(["-c", write, &path, &text])
        .status();
    assert!(status.expect("sh starts").success());
}

/// Ends with this status and one line that says all this, and prints nothing.
#[track_caller]
fn check_refused(args: &[&str], status: i32, says: &[&str]) {
    let output = run(args);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(status), "{args:?}: {errors}");
    assert!(output.stdout.is_empty(), "{args:?}");
    for expect in says {
        assert!(errors.contains(expect), "should say {expect:?}: {errors}");
    }
}

#[test]
fn a_quick_look_makes_a_profile_that_simulations_take() {
    let place = tempfile::tempdir().expect("a temporary folder");
    let file = place.path().join("here.toml");
    let path = file.to_str().expect("a path in UTF-8");
    let output = run(&["calibrate", "--quick", "-o", path]);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{errors}");
    assert!(output.stdout.is_empty());
    let text = std::fs::read_to_string(&file).expect("written");
    assert!(text.contains("few samples"), "{text}");
    assert!(text.contains("from = \"measured\""), "{text}");
    let output = run(&[
        "simulate",
        "--profile",
        path,
        "--plan",
        "threads(2)",
        "--json",
    ]);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{errors}");
    let printed = run(&["calibrate", "--quick"]);
    assert_eq!(printed.status.code(), Some(0));
    assert!(String::from_utf8_lossy(&printed.stdout).starts_with("format = 1\n"));
}

#[test]
fn what_is_no_python_is_refused_in_one_line() {
    check_refused(
        &["calibrate", "--python", "no-such-python"],
        2,
        &["no-such-python", "PATH"],
    );
    check_refused(&["calibrate", "--python", "no/such"], 2, &["no/such"]);
    check_refused(
        &["calibrate", "--python", "3.8"],
        2,
        &["3.8", "too old", "3.9"],
    );
    check_refused(&["calibrate", "--python", ""], 2, &["empty"]);
    check_refused(&["calibrate", "--python", "/"], 2, &["is a directory"]);
}

#[cfg(unix)]
#[test]
fn a_python_that_dies_half_way_leaves_no_file() {
    let place = tempfile::tempdir().expect("a temporary folder");
    let file = place.path().join("here.toml");
    let out = file.to_str().expect("a path in UTF-8");
    let python = place.path().join("pretender").display().to_string();
    // It answers what it is as the Python behind it does, but for the path, and then breaks.
    let script = format!(
        "case $* in *trilane_main*) echo 'something broke' >&2; exit 3;; esac\n\
         exec python3 \"$@\" | sed 's#\"path\": \"[^\"]*\"#\"path\": \"{python}\"#'"
    );
    pretender(place.path(), &script);
    check_refused(
        &["calibrate", "--python", &python, "-o", out],
        1,
        &["cannot calibrate", "ended with status 3", "something broke"],
    );
    assert!(!file.exists());
    let script = script.replace(
        "exit 3",
        "echo '{\"hello\": 1}'; read line; echo rubbish; read line",
    );
    pretender(place.path(), &script);
    check_refused(
        &["calibrate", "--python", &python, "-o", out],
        1,
        &["rubbish"],
    );
    assert!(!file.exists());
}
