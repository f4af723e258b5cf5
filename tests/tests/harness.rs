//! The harness that runs workloads on CPython, under every Python of this machine.
//!
//! Its own tests are written in Python, with nothing but the standard library, as they drive it over
//! pipes from the very version that they test. A test here a version, so that they run side by side.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;

/// The first version that the harness is for, and the last that it was tried on: 3.9 to 3.14.
const MINORS: std::ops::RangeInclusive<u32> = 9..=14;

/// A Python of this machine.
struct Python {
    file: PathBuf,
    minor: u32,
}

/// One Python a version: those on the path, and those that pyenv has.
fn pythons() -> &'static [Python] {
    static PYTHONS: OnceLock<Vec<Python>> = OnceLock::new();
    PYTHONS.get_or_init(|| {
        let mut found: Vec<Python> = Vec::new();
        for candidate in candidates() {
            if let Some(python) = ask(&candidate)
                && found.iter().all(|other| other.minor != python.minor)
            {
                found.push(python);
            }
        }
        found
    })
}

fn candidates() -> Vec<PathBuf> {
    let mut names = vec![PathBuf::from("python3")];
    names.extend(MINORS.map(|minor| PathBuf::from(format!("python3.{minor}"))));
    let root = std::env::var_os("PYENV_ROOT")
        .map(PathBuf::from)
        .or_else(|| std::env::home_dir().map(|home| home.join(".pyenv")));
    let versions = root.and_then(|root| std::fs::read_dir(root.join("versions")).ok());
    let mut kept: Vec<PathBuf> = versions
        .into_iter()
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path().join("bin/python3")))
        .collect();
    kept.sort();
    names.extend(kept);
    names
}

/// What a file is, if it is a Python of these versions; a script of pyenv may name one that it
/// does not have.
fn ask(file: &Path) -> Option<Python> {
    let code = "import sys; print(*sys.version_info[:2], sys.executable)";
    let output = Command::new(file)
        .args(["-E", "-s", "-c", code])
        .stdin(Stdio::null())
        .output()
        .ok()?;
    let said = String::from_utf8(output.stdout).ok()?;
    let mut words = said.trim().splitn(3, ' ');
    let (major, minor) = (words.next()?, words.next()?.parse().ok()?);
    let file = PathBuf::from(words.next()?);
    (major == "3" && MINORS.contains(&minor)).then_some(Python { file, minor })
}

fn said(output: &Output) -> String {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    text(&output.stdout) + &text(&output.stderr)
}

/// Runs the harness' tests under Python 3.`minor`, if this machine has it.
fn check(minor: u32) {
    let Some(python) = pythons().iter().find(|python| python.minor == minor) else {
        return;
    };
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../native/python");
    let output = Command::new(&python.file)
        .args(["-B", "-m", "unittest", "test_harness", "test_endings"])
        .current_dir(folder)
        .stdin(Stdio::null())
        .output()
        .unwrap_or_else(|error| panic!("{}: {error}", python.file.display()));
    assert!(
        output.status.success(),
        "{}:\n{}",
        python.file.display(),
        said(&output)
    );
}

#[test]
fn there_is_a_python_to_test_with() {
    assert!(
        !pythons().is_empty(),
        "no Python 3.9 to 3.14 on the path or under pyenv: install one with \
         `apt-get install -y python3`, or `pyenv install 3.13`"
    );
}

#[test]
fn python_3_9() {
    check(9);
}

#[test]
fn python_3_10() {
    check(10);
}

#[test]
fn python_3_11() {
    check(11);
}

#[test]
fn python_3_12() {
    check(12);
}

#[test]
fn python_3_13() {
    check(13);
}

#[test]
fn python_3_14() {
    check(14);
}
