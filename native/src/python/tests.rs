use super::*;

fn check(text: &str, expect: Option<(&[u32], bool)>) {
    let expect = expect.map(|(numbers, free)| Wanted {
        numbers: numbers.to_vec(),
        free,
    });
    assert_eq!(Wanted::parse(text), expect, "{text}");
}

#[test]
fn versions_are_told_from_names() {
    check("3.13", Some((&[3, 13], false)));
    check("3.14t", Some((&[3, 14], true)));
    check("3.12.1", Some((&[3, 12, 1], false)));
    check("python3.13", None);
    check("3", None);
    check("3.13.0.1", None);
    check("3.+13", None);
    check("3.", None);
    check("t", None);
    check("3.99999999999", None);
}

fn refusal(given: &str) -> String {
    find(Some(given)).expect_err("must be refused").to_string()
}

#[test]
fn what_is_no_python_is_told_why_in_one_line() {
    let place = tempfile::tempdir().expect("a temporary directory");
    let plain = place.path().join("plain.txt");
    std::fs::write(&plain, "hello").expect("written");
    for (given, says) in [
        ("no-such-python", "no `no-such-python` on PATH"),
        ("no/such/python", "there is no `no/such/python`"),
        ("", "is empty"),
        ("3.8", "too old: give Python 3.9"),
        ("3.99", "found no Python 3.99"),
        (&place.path().display().to_string(), "is a directory"),
        (&plain.display().to_string(), "cannot start"),
    ] {
        let text = refusal(given);
        assert!(text.contains(says), "{given}: {text}");
        assert_eq!(text.lines().count(), 1, "{text}");
    }
}

/// A program that does as told, in the place of a Python. Written by a shell: a file that a test
/// of this process has open for writing when another test forks cannot be started for a moment.
#[cfg(unix)]
fn pretender(place: &Path, script: &str) -> String {
    let path = place.join("pretender").display().to_string();
    let text = format!("#!/bin/sh\n{script}\n");
    let write = r#"printf %s "$1" > "$0" && chmod +x "$0""#;
    let status = Command::new("sh")
        .args(["-c", write, &path, &text])
        .status();
    assert!(status.expect("sh starts").success());
    path
}

#[cfg(unix)]
#[test]
fn a_program_in_the_place_of_a_python_is_told_from_one() {
    let place = tempfile::tempdir().expect("a temporary directory");
    let answer = |version: &str, implementation: &str| {
        format!(
            "echo 'noise'; echo '{MARK}{{\"path\": null, \"version\": {version}, \
             \"release\": \"x\", \"build\": \"y\", \"implementation\": \"{implementation}\", \
             \"gil\": true, \"free_threaded\": false, \"interpreters\": false, \"start_methods\": []}}'"
        )
    };
    let good = pretender(place.path(), &answer("[3, 12, 1]", "CPython"));
    let found = find(Some(&good)).expect("found");
    assert_eq!(found.name(), "3.12");
    assert_eq!(found.path, PathBuf::from(&good));
    for (script, says) in [
        (answer("[2, 7, 18]", "CPython"), "too old"),
        (answer("[3, 10, 1]", "PyPy"), "is PyPy x: only CPython"),
        ("echo 'bad' >&2; exit 3".to_owned(), "(it said: bad)"),
        ("exit 0".to_owned(), "is not Python"),
        (format!("echo '{MARK}{{}}'"), "is not Python"),
        ("yes".to_owned(), "is not Python"),
    ] {
        let text = refusal(&pretender(place.path(), &script));
        assert!(text.contains(says), "{script}: {text}");
    }
}
