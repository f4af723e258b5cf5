//! The built page in real browsers: its simulation is the binary's, byte for byte, and it does what a
//! visitor asks of it. See the scripts in `browser/`; screenshots go to `target/screenshots`.

mod traces;

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use trilane_core::examples;

fn root() -> &'static Path {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent();
    root.expect("the workspace")
}

fn cargo(arguments: &[&str]) {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    let done = cargo.current_dir(root()).args(arguments).status();
    assert!(
        done.is_ok_and(|status| status.success()),
        "`cargo {}` failed",
        arguments.join(" ")
    );
}

/// The page's folder, and one for screenshots.
fn built() -> [PathBuf; 2] {
    // Nothing to do where it is built already; a page of yesterday's sources would prove nothing.
    cargo(&["xtask", "build"]);
    [root().join("dist"), pictures()]
}

/// The folder for screenshots.
fn pictures() -> PathBuf {
    let pictures = root().join("target/screenshots");
    std::fs::create_dir_all(&pictures).expect("a folder for screenshots");
    pictures
}

/// Runs a script of `tests/browser`, and gives what it prints.
fn script(name: &str, arguments: &[&OsStr]) -> Vec<u8> {
    let tools = root().join("target/tools");
    let ours = tools.join("venv/bin/node");
    let mut node = Command::new(if ours.exists() {
        ours.as_path()
    } else {
        Path::new("node")
    });
    node.env("NODE_PATH", tools.join("browser/node_modules"));
    node.arg(root().join("tests/browser").join(name));
    // What it says there is seen too where the test is ended before the script.
    node.stderr(Stdio::inherit());
    let output = node.args(arguments).output();
    let output = output.expect("node runs: `cargo xtask tools` installs it where it is missing");
    assert!(output.status.success(), "{name} failed: see above");
    output.stdout
}

/// What `trilane simulate --json` prints.
fn binary_simulates(text: &str, plans: &[&str]) -> String {
    let mut trilane = Command::new(root().join("target/debug/trilane"));
    trilane.args(["simulate", "-", "--json"]);
    trilane.args(plans.iter().flat_map(|plan| ["--plan", plan]));
    let mut trilane = trilane
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the binary runs");
    let mut stdin = trilane.stdin.take().expect("piped");
    stdin.write_all(text.as_bytes()).expect("it reads");
    drop(stdin);
    let output = trilane.wait_with_output().expect("it ends");
    String::from_utf8(output.stdout).expect("JSON is text")
}

/// Has a script ask the page for examples' races, and holds the answers to the binary's.
fn simulates_as_the_command_line_does(name: &str, wanted: fn(&str) -> bool) {
    let [dist, pictures] = built();
    let examples = || examples::all().iter().filter(|one| wanted(one.name));
    let questions: Vec<serde_json::Value> = examples()
        .map(|example| {
            serde_json::json!({ "name": example.name, "text": example.text(), "plans": example.plans })
        })
        .collect();
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("questions.json");
    std::fs::write(&file, serde_json::to_vec(&questions).expect("json")).expect("written");
    let printed = script(name, &[dist.as_ref(), file.as_ref(), pictures.as_ref()]);
    let answers: BTreeMap<String, String> = serde_json::from_slice(&printed).expect("json");
    assert!(!answers.is_empty());
    cargo(&["build", "--quiet", "--locked", "--package", "trilane"]);
    for example in examples() {
        let expect = binary_simulates(example.text(), example.plans);
        assert!(answers[example.name] == expect, "{} differs", example.name);
    }
}

#[test]
fn the_lab_works_and_simulates_as_the_command_line_does() {
    simulates_as_the_command_line_does("lab.js", |_| true);
}

#[test]
fn firefox_races_and_simulates_as_the_command_line_does() {
    // A pool, a process, a lock, a deadlock; what the page itself does is tested in Chromium.
    const SOME: [&str; 5] = [
        "web-scraping",
        "cpu-bound",
        "mix-of-all",
        "deadlock-lock-order",
        "producer-consumer",
    ];
    simulates_as_the_command_line_does("firefox.js", |name| SOME.contains(&name));
}

#[test]
fn trouble_is_told_and_the_rest_works() {
    let [dist, pictures] = built();
    script("trouble.js", &[dist.as_ref(), pictures.as_ref()]);
}

#[test]
fn the_course_is_read_guessed_and_played() {
    let [dist, pictures] = built();
    script("learn.js", &[dist.as_ref(), pictures.as_ref()]);
}

#[test]
fn the_flowchart_is_answered_and_held_against_the_simulation() {
    let [dist, pictures] = built();
    script("choose.js", &[dist.as_ref(), pictures.as_ref()]);
}

#[test]
fn elements_and_frames_live_in_other_pages() {
    let [dist, pictures] = built();
    let notes = root().join("examples/notes");
    script(
        "elements.js",
        &[dist.as_ref(), notes.as_ref(), pictures.as_ref()],
    );
}

/// What `trilane export` writes for who has a file and no network.
#[test]
fn pages_of_their_own_play_without_a_network() {
    let pictures = pictures();
    cargo(&["build", "--quiet", "--locked", "--package", "trilane"]);
    let folder = tempfile::tempdir().expect("a folder");
    let export = |name: &str, arguments: &[&str]| {
        let mut trilane = Command::new(root().join("target/debug/trilane"));
        trilane.arg("export").args(arguments).arg("--output");
        let done = trilane.arg(folder.path().join(name)).output();
        let done = done.expect("the binary runs");
        let errors = String::from_utf8_lossy(&done.stderr);
        assert!(done.status.success(), "{errors}");
    };
    export("note.html", &["one-blocking-call"]);
    export("choosing.html", &["--chapter", "choosing"]);
    export(
        "kochen.html",
        &["--chapter", "analogies", "--language", "de"],
    );
    export(
        "irrtum.html",
        &["--chapter", "misconceptions", "--language", "de"],
    );
    script("exported.js", &[folder.path().as_ref(), pictures.as_ref()]);
}

/// Notes as mdBook, MkDocs, Sphinx and pandoc with Quarto's extension build them.
#[test]
fn notes_of_every_sort_play_what_they_show() {
    let [_, pictures] = built();
    cargo(&[
        "xtask", "notes", "html", "mdbook", "mkdocs", "sphinx", "quarto",
    ]);
    let notes = root().join("target/notes");
    script("notes.js", &[notes.as_ref(), pictures.as_ref()]);
}

/// Notebooks in JupyterLab, Jupyter Notebook and marimo, with the wheel that PyPI would have.
#[test]
fn notebooks_play_and_their_python_hears_it() {
    let [_, pictures] = built();
    cargo(&["xtask", "notes", "jupyter", "marimo"]);
    let notes = root().join("target/notes");
    let programs = root().join("target/tools/notebooks/bin");
    let tests = root().join("tests/python/package.py");
    let done = Command::new(programs.join("python")).arg(tests).status();
    assert!(
        done.is_ok_and(|status| status.success()),
        "the package fails"
    );
    let arguments = [programs.as_ref(), notes.as_ref(), pictures.as_ref()];
    script("notebooks.js", &arguments);
}

#[test]
fn the_editor_edits_and_lets_go() {
    let [dist, pictures] = built();
    script("editor.js", &[dist.as_ref(), pictures.as_ref()]);
}

#[test]
fn plans_are_run_for_real_in_browsers() {
    let [dist, pictures] = built();
    let traces = tempfile::tempdir().expect("a folder");
    let arguments = [dist.as_ref(), pictures.as_ref(), traces.path().as_ref()];
    script("runs.js", &arguments);
    traces::hold(traces.path());
    script("runs_firefox.js", &[dist.as_ref(), pictures.as_ref()]);
}

/// What `trilane measure` writes of real runs, dropped on a page that nobody serves.
#[cfg(unix)]
#[test]
fn places_lead_to_each_other_and_files_of_real_runs_stand_below_their_predictions() {
    let [dist, pictures] = built();
    cargo(&["build", "--quiet", "--locked", "--package", "trilane"]);
    let folder = tempfile::tempdir().expect("a folder");
    let measure = |plans: &[&str], name: &str| {
        let mut trilane = Command::new(root().join("target/debug/trilane"));
        trilane.args(["measure", examples::all()[0].name, "--python", "rust"]);
        trilane.args(plans.iter().flat_map(|plan| ["--plan", plan]));
        trilane.args(["--repeat", "2", "--output"]);
        let done = trilane.arg(folder.path().join(name)).output();
        let done = done.expect("the binary runs");
        let errors = String::from_utf8_lossy(&done.stderr);
        assert!(done.status.success(), "{errors}");
    };
    measure(&["threads(8)", "asyncio"], "run.json");
    measure(&["threads(8)"], "run.trilane");
    let arguments = [dist.as_ref(), folder.path().as_ref(), pictures.as_ref()];
    script("places.js", &arguments);
}

/// The page as `cargo xtask serve` hands it out: the binary that carries it, with all its headers.
#[cfg(unix)]
#[test]
fn the_page_from_the_binary_keeps_its_own_rules_and_reaches_the_machine() {
    let [_, pictures] = built();
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    let mut server = cargo
        .current_dir(root())
        .args(["run", "--quiet", "--locked", "--package", "trilane", "--"])
        .args(["serve", "--port", "0"])
        .stdout(Stdio::piped())
        .spawn()
        .expect("cargo runs");
    let mut line = String::new();
    let printed = server.stdout.take().expect("a pipe");
    // Where that fails there is no address in it.
    let _ = BufReader::new(printed).read_line(&mut line);
    let url = line.split(' ').find(|word| word.starts_with("http"));
    // Caught, so that the server always ends.
    let tested = std::panic::catch_unwind(|| {
        let url = url.expect("an address");
        script("served.js", &[url.as_ref()]);
        script("measured.js", &[url.as_ref(), pictures.as_ref()]);
        script("served_firefox.js", &[url.as_ref(), pictures.as_ref()]);
    });
    // `cargo run` has become the server.
    server.kill().expect("it runs");
    server.wait().expect("it ends");
    if let Err(failure) = tested {
        std::panic::resume_unwind(failure);
    }
}
