//! `export` and `code` from outside: what is written, and what is left where it cannot be.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::common::{run, stdout_of, trilane};

fn names(place: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(place).expect("a readable directory");
    entries
        .map(|entry| {
            entry
                .expect("an entry")
                .file_name()
                .to_string_lossy()
                .into_owned()
        })
        .collect()
}

/// Writes a file of this name and gives its bytes.
fn exported(name: &str, args: &[&str]) -> Vec<u8> {
    let place = tempfile::tempdir().expect("a temporary directory");
    let path = place.path().join(name);
    let mut all = vec!["export", "-o", path.to_str().expect("UTF-8")];
    all.extend(args);
    assert_eq!(stdout_of(&all), "", "nothing is printed");
    assert_eq!(names(place.path()), [name], "nothing else is left");
    let bytes = std::fs::read(&path).expect("it was written");
    std::fs::remove_file(&path).expect("removed");
    stdout_of(&all);
    assert_eq!(
        std::fs::read(&path).expect("written again"),
        bytes,
        "the same bytes again"
    );
    bytes
}

/// Holds a command to be refused as bad input, with these words.
fn refuses(args: &[&str], says: &str) {
    let output = run(args);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{args:?}: {errors}");
    assert!(errors.contains(says), "{args:?}: {errors}");
}

#[test]
fn a_page_of_its_own_is_small_and_needs_nothing() {
    for example in ["web-scraping", "one-blocking-call", "deadlock-lock-order"] {
        let html = String::from_utf8(exported("note.html", &[example])).expect("UTF-8");
        assert!(html.len() <= 250_000, "{example}: {} bytes", html.len());
        assert!(html.starts_with("<!doctype html>") && html.ends_with("</html>\n"));
        assert!(
            html.contains("what held it back") && html.contains("[tasks."),
            "{example}"
        );
        needs_nothing(&html, example);
    }
}

fn needs_nothing(html: &str, what: &str) {
    for fetches in [" src=", "<link", "@import", "url(http", "import("] {
        assert!(!html.contains(fetches), "{what}: {fetches}");
    }
    let scripts = html.matches("<script>").count();
    assert_eq!(scripts, 1, "{what}: a script that its policy does not name");
}

#[test]
fn a_chapter_is_a_page_of_its_own_in_each_language() {
    // The first and the last: few blocks, and most of all.
    for (chapter, says) in [
        ("core-concepts", ["Parallelism", "Parallelität"]),
        ("misconceptions", ["Believe it?", "Glaubst du das?"]),
    ] {
        for (language, says) in ["en", "de"].into_iter().zip(says) {
            let args = ["--chapter", chapter, "--language", language];
            let html = String::from_utf8(exported("a.html", &args)).expect("UTF-8");
            assert!(html.len() <= 250_000, "{chapter}: {} bytes", html.len());
            assert!(
                html.contains(says),
                "{chapter} in {language} says no {says}"
            );
            assert!(html.contains(&format!("<html lang=\"{language}\">")));
            assert!(
                html.matches("<figure").count() > 2,
                "{chapter}: no pictures"
            );
            needs_nothing(&html, chapter);
        }
    }
}

#[test]
fn a_chapter_that_is_none_is_refused_with_the_list() {
    let check = |args: &[&str], says| refuses(&[&["export", "-o", "a.html"], args].concat(), says);
    check(
        &["--chapter", "gill"],
        "did you mean `gil`?: --chapter takes core-concepts, gil,",
    );
    check(
        &["--chapter", "gil", "--language", "fr"],
        "--language takes de, en",
    );
    check(&["--language", "de"], "--chapter");
    check(&["--chapter", "gil", "cpu-bound"], "cannot be used with");
    let output = run(&["export", "-o", "a.svg", "--chapter", "gil"]);
    assert!(String::from_utf8_lossy(&output.stderr).contains("end the name in .html"));
}

#[test]
fn pictures_and_traces_are_written_by_the_files_ending() {
    let race = String::from_utf8(exported("race.svg", &[])).expect("UTF-8");
    assert!(race.starts_with("<svg") && race.trim_end().ends_with("</svg>"));
    assert!(
        race.contains("asyncio") && race.contains("threads"),
        "every plan is in the race"
    );
    let one = String::from_utf8(exported("one.svg", &["--plan", "threads(8)"])).expect("UTF-8");
    assert!(
        one.contains("worker-7"),
        "one plan is opened into its lanes"
    );
    let png = exported(
        "race.PNG",
        &["--plan", "sync", "--plan", "asyncio", "cpu-bound"],
    );
    assert_eq!(&png[..8], b"\x89PNG\r\n\x1a\n");
    let chrome = exported("trace.json", &["--plan", "asyncio"]);
    let chrome: Value = serde_json::from_slice(&chrome).expect("JSON");
    assert!(
        chrome["traceEvents"]
            .as_array()
            .is_some_and(|events| !events.is_empty())
    );
    let perfetto = exported("trace.pftrace", &["--plan", "processes"]);
    assert_eq!(perfetto[0], 0x0a, "field 1 of Trace: a packet");
}

#[test]
fn the_kitchen_is_one_instant_of_one_plan() {
    let args = ["--kitchen", "--at", "158ms", "--plan", "threads(8)"];
    let wide = String::from_utf8(exported("kitchen.svg", &args)).expect("UTF-8");
    assert!(
        wide.contains("158.00 ms") && wide.contains("data-thread=\"1\""),
        "{wide}"
    );
    assert!(wide.contains("viewBox=\"0 0 1000 "), "{wide}");
    let narrow = [&args[..], &["--width", "360"]].concat();
    let narrow = String::from_utf8(exported("kitchen.svg", &narrow)).expect("UTF-8");
    assert!(narrow.contains("viewBox=\"0 0 360 "), "{narrow}");
    let png = exported("kitchen.png", &args);
    assert_eq!(&png[..8], b"\x89PNG\r\n\x1a\n");
}

#[test]
fn an_instant_that_is_none_is_refused() {
    let check =
        |args: &[&str], says| refuses(&[&["export", "--plan", "threads(8)"], args].concat(), says);
    let kitchen = ["--kitchen", "-o", "/no/such/place/a.svg", "--at"];
    check(
        &[&kitchen[..], &["5min"]].concat(),
        "after the end of the run",
    );
    check(&[&kitchen[..], &["soon"]].concat(), "such as 158ms");
    check(&[&kitchen[..], &["exp(5ms)"]].concat(), "a distribution");
    check(&[&kitchen[..], &["5ms", "--width", "20"]].concat(), "320");
    check(&["--kitchen", "-o", "a.svg"], "--at");
    check(&["--at", "5ms", "-o", "a.svg"], "--kitchen");
    check(
        &["--kitchen", "--at", "5ms", "-o", "a.json"],
        ".svg or .png",
    );
}

/// The picture that the README shows.
#[test]
fn the_picture_in_the_readme_is_what_the_program_draws() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/race.svg");
    let shown = std::fs::read(&path).expect("docs/race.svg is there");
    assert!(
        shown == exported("race.svg", &[]),
        "docs/race.svg is out of date: make it anew with \
         `cargo run -p trilane -- export -o docs/race.svg`, and look at it"
    );
}

#[test]
fn an_unknown_ending_is_refused_with_the_list() {
    for name in ["a.gif", "a", "svg", ".svg"] {
        let output = run(&["export", "-o", name]);
        let errors = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{name}: {errors}");
        for known in [".svg", ".png", ".json", ".pftrace"] {
            assert!(errors.contains(known), "{name}: {errors}");
        }
    }
    let output = run(&["export"]);
    assert_eq!(output.status.code(), Some(2), "-o is required");
}

#[cfg(target_os = "linux")]
#[test]
fn a_place_that_cannot_be_written_is_named() {
    for path in [
        "/proc/trilane.svg",
        "/no/such/place/a.svg",
        "/dev/full/a.svg",
    ] {
        let output = run(&["export", "--plan", "sync", "-o", path]);
        let errors = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{path}: {errors}");
        assert!(errors.contains(path), "{path}: {errors}");
    }
}

#[cfg(unix)]
#[test]
fn a_write_that_fails_halfway_leaves_what_was_there() {
    let place = tempfile::tempdir().expect("a temporary directory");
    let path = place.path().join("a.png");
    std::fs::write(&path, "what was there").expect("written");
    // A limit of 8 blocks on file size, its signal ignored: the write fails as on a full disk.
    let command = format!(
        "trap '' XFSZ; ulimit -f 8; exec \"{}\" export --plan sync -o \"{}\"",
        env!("CARGO_BIN_EXE_trilane"),
        path.display()
    );
    let output = Command::new("sh")
        .args(["-c", &command])
        .output()
        .expect("a shell");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{errors}");
    assert!(errors.contains("File too large"), "{errors}");
    assert_eq!(
        std::fs::read_to_string(&path).expect("readable"),
        "what was there"
    );
    assert_eq!(names(place.path()), ["a.png"], "no half file is left");
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_device_is_named() {
    let place = tempfile::tempdir().expect("a temporary directory");
    let path = place.path().join("full.svg");
    std::os::unix::fs::symlink("/dev/full", &path).expect("a link");
    let output = run(&[
        "export",
        "--plan",
        "sync",
        "-o",
        path.to_str().expect("UTF-8"),
    ]);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{errors}");
    assert!(errors.contains("No space left on device"), "{errors}");
}

#[test]
fn code_is_a_program_for_that_plan() {
    let program = stdout_of(&["code", "cpu-bound", "--plan", "processes(3)"]);
    assert!(program.contains("ProcessPoolExecutor"), "{program}");
    assert!(program.ends_with('\n') && !program.ends_with("\n\n"));
    let output = run(&["code", "cpu-bound"]);
    assert_eq!(output.status.code(), Some(2), "a program needs a plan");
    let interpreters = ["code", "--plan", "interpreters(2)", "--python", "3.12"];
    assert_eq!(
        run(&interpreters).status.code(),
        Some(2),
        "3.12 has no interpreter pool"
    );
}

#[test]
fn a_file_in_the_working_directory_is_replaced() {
    let place = tempfile::tempdir().expect("a temporary directory");
    for _ in 0..2 {
        let mut command = trilane(&["export", "--plan", "sync", "-o", "a.svg"]);
        let output = command
            .current_dir(place.path())
            .output()
            .expect("the binary starts");
        assert_eq!(output.status.code(), Some(0));
    }
    assert_eq!(names(place.path()), ["a.svg"]);
}
