//! Finding a Python on this machine, and asking it what it is.
//!
//! People name an interpreter in three ways: by path, by the name they type (`python3`), or by its
//! version alone (`3.12`), which then may lie on `PATH`, under pyenv or uv, or behind Windows' `py`.
//! Whatever was named is started once and answers for itself: a file name proves nothing, and a shim
//! of pyenv may lead nowhere.

mod list;

use std::collections::BTreeSet;
use std::env::consts::EXE_SUFFIX;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use anyhow::Result;
use serde::Deserialize;

use crate::failure::{bad_input, reason};
use crate::term::sanitise;

pub(crate) use list::all;

/// The oldest Python that can be measured.
const OLDEST: [u32; 2] = [3, 9];
/// An interpreter says what it is within 0.1 s, and on a machine that is out of breath within a few.
const PATIENCE: Duration = Duration::from_secs(20);
/// More than this is not what was asked for.
const MOST_OUTPUT: u64 = 1 << 16;
/// What to look at of a long complaint.
const MOST_COMPLAINT: usize = 200;
/// Stands before the answer: start-up hooks may print too.
const MARK: &str = "trilane-python:";

/// Asked of every candidate; it must be the same to Python 2, which is then refused by its version.
const QUESTION: &str = r#"
import json, platform, sys
try:
    from concurrent.futures import InterpreterPoolExecutor
    interpreters = True
except ImportError:
    interpreters = False
try:
    from multiprocessing import get_all_start_methods
    methods = get_all_start_methods()
except ImportError:
    methods = []
sys.stdout.write("\ntrilane-python:" + json.dumps({
    "path": sys.executable or None,
    "version": list(sys.version_info[:3]),
    "release": platform.python_version(),
    "build": " ".join(sys.version.split()),
    "implementation": platform.python_implementation(),
    "gil": getattr(sys, "_is_gil_enabled", lambda: True)(),
    "free_threaded": "t" in getattr(sys, "abiflags", ""),
    "interpreters": interpreters,
    "start_methods": methods,
}) + "\n")
"#;

/// A Python that was started and answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Interpreter {
    /// What to start. A virtual environment's own, where it is one.
    pub(crate) path: PathBuf,
    /// Major, minor, micro.
    pub(crate) version: [u32; 3],
    /// The version in full: `3.13.0`, `3.14.0rc1`.
    pub(crate) release: String,
    /// Version, build and compiler, as `sys.version` has them, in one line.
    pub(crate) build: String,
    /// Whether it runs with a GIL.
    pub(crate) gil: bool,
    /// Whether it is a build that can do without; it may have been told not to.
    pub(crate) free_threaded: bool,
    /// `CPython`, always: others are refused.
    pub(crate) implementation: String,
    /// Whether `InterpreterPoolExecutor` exists.
    pub(crate) interpreters: bool,
    /// The start methods of processes that work here.
    pub(crate) start_methods: Vec<String>,
}

impl Interpreter {
    /// The name that profiles and plans have for it: `3.13`, `3.14t`.
    pub(crate) fn name(&self) -> String {
        let t = if self.gil { "" } else { "t" };
        format!("{}.{}{t}", self.version[0], self.version[1])
    }
}

/// Finds the Python that somebody asked for, or `python3`, and checks that it can be measured.
///
/// # Errors
///
/// Bad input, in one line: nothing there, no Python, too old, not CPython.
pub(crate) fn find(given: Option<&str>) -> Result<Interpreter> {
    match given {
        None => any(),
        Some(given) if given.trim().is_empty() => Err(bad_input(
            "the Python's name is empty: give a path, a name on PATH, or a version such as 3.13",
        )),
        Some(given) => match Wanted::parse(given) {
            Some(wanted) => versioned(given, &wanted),
            None if is_path(given) => at_path(given),
            None => named(given),
        },
    }
}

/// A version that was asked for by number.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Wanted {
    /// Major, minor, and micro where it was given.
    numbers: Vec<u32>,
    /// Whether a build without a GIL was asked for.
    free: bool,
}

impl Wanted {
    /// `3.12`, `3.12.1`, `3.14t`; nothing for what is no version.
    fn parse(text: &str) -> Option<Wanted> {
        let (digits, free) = match text.strip_suffix('t') {
            Some(digits) => (digits, true),
            None => (text, false),
        };
        let numbers: Vec<u32> = digits
            .split('.')
            .map(|part| part.parse().ok())
            .collect::<Option<_>>()?;
        let plain = digits.chars().all(|c| c.is_ascii_digit() || c == '.');
        (plain && (2..=3).contains(&numbers.len())).then_some(Wanted { numbers, free })
    }

    fn series(&self) -> String {
        let t = if self.free { "t" } else { "" };
        format!("{}.{}{t}", self.numbers[0], self.numbers[1])
    }

    fn is(&self, version: [u32; 3], gil: bool) -> bool {
        version.starts_with(&self.numbers) && gil != self.free
    }
}

/// The `python3` of whoever asks.
fn any() -> Result<Interpreter> {
    let mut first = None;
    for name in ["python3", "python"] {
        for path in on_path(name) {
            match probe(&path).and_then(|found| usable(&path.display().to_string(), found)) {
                Ok(found) => return Ok(found),
                Err(error) => first = first.or(Some(error)),
            }
        }
    }
    Err(first.unwrap_or_else(|| {
        bad_input(
            "there is no `python3` on PATH: install Python 3.9 or later, or name one with \
             --python PATH",
        )
    }))
}

/// Something like `/usr/bin/python3`, `./python`, `~/venv/bin/python`.
fn is_path(given: &str) -> bool {
    given.contains('/') || given.contains(std::path::MAIN_SEPARATOR)
}

fn at_path(given: &str) -> Result<Interpreter> {
    let path = Path::new(given);
    if path.is_dir() {
        let inside = ["bin/python3", "bin/python", "Scripts/python.exe"]
            .map(|end| path.join(end))
            .into_iter()
            .find(|inside| inside.is_file());
        let remedy = match inside {
            Some(inside) => format!("did you mean `{}`?", inside.display()),
            None => "give the interpreter itself".to_owned(),
        };
        return Err(bad_input(format!("`{given}` is a directory: {remedy}")));
    }
    if !path.exists() {
        return Err(bad_input(format!(
            "there is no `{given}`: give the path of a Python, a name on PATH, or a version such \
             as 3.13"
        )));
    }
    // Relative to the folder it was given in, wherever the process that starts it stands.
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    usable(given, probe(&path)?)
}

fn named(given: &str) -> Result<Interpreter> {
    let mut first = None;
    for path in on_path(given) {
        match probe(&path).and_then(|found| usable(given, found)) {
            Ok(found) => return Ok(found),
            Err(error) => first = first.or(Some(error)),
        }
    }
    Err(first.unwrap_or_else(|| {
        let remedy = match Path::new(given).is_file() {
            true => format!("for the file of that name here, give `./{given}`"),
            false => "give the path of a Python, a name on PATH, or a version such as 3.13".into(),
        };
        bad_input(format!("there is no `{given}` on PATH: {remedy}"))
    }))
}

/// The first Python of that version among everything that may be one.
fn versioned(given: &str, wanted: &Wanted) -> Result<Interpreter> {
    if wanted.numbers.as_slice() < OLDEST.as_slice() {
        return Err(too_old(given, given));
    }
    let mut tried = BTreeSet::new();
    let mut others = BTreeSet::new();
    for path in candidates(wanted) {
        if !tried.insert(path.clone()) {
            continue;
        }
        // A shim that leads nowhere, or a broken installation: there may be a good one further on.
        let Ok(found) = probe(&path) else { continue };
        if wanted.is(found.version, found.gil) {
            return usable(given, found);
        }
        others.insert(found.name());
    }
    let seen = match others.is_empty() {
        true => String::new(),
        false => {
            let others: Vec<String> = others.into_iter().collect();
            format!(" (but {})", others.join(", "))
        }
    };
    Err(bad_input(format!(
        "found no Python {given} on PATH, under pyenv or under uv{seen}: install it, or name an \
         interpreter by its path"
    )))
}

fn candidates(wanted: &Wanted) -> Vec<PathBuf> {
    let series = wanted.series();
    let mut paths = on_path(&format!("python{series}"));
    for root in installations() {
        paths.extend(installed_in(&root, wanted));
    }
    for name in ["python3", "python"] {
        paths.extend(on_path(name));
    }
    if cfg!(windows) {
        paths.extend(by_launcher(&series));
    }
    paths
}

fn on_path(name: &str) -> Vec<PathBuf> {
    which::which_all(name)
        .map(Iterator::collect)
        .unwrap_or_default()
}

/// Folders that hold an installation a version: pyenv's and uv's.
fn installations() -> Vec<PathBuf> {
    let home = std::env::home_dir();
    let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
    let below_home = |rest: &str| home.as_ref().map(|home| home.join(rest));
    let pyenv = set("PYENV_ROOT")
        .map(PathBuf::from)
        .or_else(|| below_home(".pyenv"))
        .map(|root| root.join("versions"));
    let uv = set("UV_PYTHON_INSTALL_DIR")
        .map(PathBuf::from)
        .or_else(|| set("XDG_DATA_HOME").map(|data| Path::new(&data).join("uv/python")))
        .or_else(|| below_home(".local/share/uv/python"));
    pyenv.into_iter().chain(uv).collect()
}

/// The interpreters of that version in such a folder, newest first.
fn installed_in(root: &Path, wanted: &Wanted) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(root) else {
        return vec![];
    };
    let mut found: Vec<(Vec<u32>, PathBuf)> = entries
        .filter_map(|entry| {
            let entry = entry.ok()?;
            let name = entry.file_name().into_string().ok()?;
            // `3.13.0` and `3.13.0t` at pyenv, `cpython-3.13.0+freethreaded-linux-..` at uv.
            let version = name.strip_prefix("cpython-").unwrap_or(&name);
            let end = version.find(|c: char| !c.is_ascii_digit() && c != '.');
            let numbers: Vec<u32> = version[..end.unwrap_or(version.len())]
                .split('.')
                .filter_map(|part| part.parse().ok())
                .collect();
            let fits = numbers.starts_with(&wanted.numbers);
            fits.then(|| (numbers, entry.path()))
        })
        .collect();
    found.sort_by(|a, b| b.cmp(a));
    let ends = match cfg!(windows) {
        true => vec!["python.exe".to_owned()],
        false => vec![
            format!("bin/python{}{EXE_SUFFIX}", wanted.series()),
            "bin/python3".to_owned(),
        ],
    };
    found
        .iter()
        .flat_map(|(_, folder)| ends.iter().map(|end| folder.join(end)))
        .filter(|path| path.is_file())
        .collect()
}

/// What Windows' launcher has for a version.
fn by_launcher(series: &str) -> Option<PathBuf> {
    let mut command = Command::new("py");
    command.arg(format!("-{series}"));
    let found = ask(command, "py").ok()?;
    Some(found.path)
}

/// Starts what lies there and lets it say what it is.
fn probe(path: &Path) -> Result<Interpreter> {
    ask(Command::new(path), &path.display().to_string())
}

/// Refuses what cannot be measured.
fn usable(given: &str, found: Interpreter) -> Result<Interpreter> {
    if found.version.as_slice() < OLDEST.as_slice() {
        return Err(too_old(given, &found.release));
    }
    if found.implementation != "CPython" {
        return Err(bad_input(format!(
            "`{given}` is {} {}: only CPython can be measured; give a CPython",
            sanitise(&found.implementation),
            sanitise(&found.release),
        )));
    }
    Ok(found)
}

fn too_old(given: &str, release: &str) -> anyhow::Error {
    bad_input(format!(
        "`{given}` is Python {}, too old: give Python {}.{} or later",
        sanitise(release),
        OLDEST[0],
        OLDEST[1],
    ))
}

#[derive(Deserialize)]
struct Answer {
    path: Option<PathBuf>,
    version: [u32; 3],
    release: String,
    build: String,
    implementation: String,
    gil: bool,
    free_threaded: bool,
    interpreters: bool,
    start_methods: Vec<String>,
}

fn ask(mut command: Command, shown: &str) -> Result<Interpreter> {
    let started = command
        .args(["-E", "-s", "-c", QUESTION])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let mut child = started.map_err(|error| {
        bad_input(format!(
            "cannot start `{shown}` as Python: {}: name another interpreter",
            why_not(&error)
        ))
    })?;
    let out = gather(child.stdout.take());
    let err = gather(child.stderr.take());
    let answer = out.recv_timeout(PATIENCE);
    let late = answer.is_err();
    end(&mut child);
    if late {
        return Err(bad_input(format!(
            "`{shown}` did not answer as Python within {} s: name another interpreter",
            PATIENCE.as_secs()
        )));
    }
    let answer = answer.unwrap_or_default();
    let answer = answer
        .lines()
        .find_map(|line| line.strip_prefix(MARK))
        .and_then(|json| serde_json::from_str::<Answer>(json).ok());
    let Some(answer) = answer else {
        let complaint = err.recv_timeout(PATIENCE).unwrap_or_default();
        return Err(bad_input(no_python(shown, &complaint)));
    };
    let given = PathBuf::from(command.get_program());
    Ok(Interpreter {
        path: answer
            .path
            .filter(|path| path.is_absolute())
            .unwrap_or(given),
        version: answer.version,
        release: answer.release,
        build: answer.build,
        gil: answer.gil,
        free_threaded: answer.free_threaded,
        implementation: answer.implementation,
        interpreters: answer.interpreters,
        start_methods: answer.start_methods,
    })
}

fn why_not(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::PermissionDenied => "it may not be executed".to_owned(),
        _ => reason(error).to_lowercase(),
    }
}

/// `` `ls` is not Python: it said "unrecognized option" ``, with as much of it as helps.
fn no_python(shown: &str, complaint: &str) -> String {
    let last = complaint.lines().rev().find(|line| !line.trim().is_empty());
    let said = match last {
        Some(line) => {
            let line: String = sanitise(line.trim()).chars().take(MOST_COMPLAINT).collect();
            format!(" (it said: {line})")
        }
        None => String::new(),
    };
    format!("`{shown}` is not Python, or does not work{said}: name another interpreter")
}

/// Reads a pipe to its end, or to the most that is wanted, on a thread of its own.
fn gather(pipe: Option<impl Read + Send + 'static>) -> Receiver<String> {
    let (done, wait) = channel();
    if let Some(pipe) = pipe {
        std::thread::spawn(move || {
            let mut bytes = Vec::new();
            // What came before an error is all there is.
            let _ = pipe.take(MOST_OUTPUT).read_to_end(&mut bytes);
            // Nobody waits any more: the time is over.
            let _ = done.send(String::from_utf8_lossy(&bytes).into_owned());
        });
    }
    wait
}

/// Ends a child that may have ended already, and takes it off the system's list.
fn end(child: &mut Child) {
    // It has said what it had to say; where it has ended there is nothing to kill.
    let _ = child.kill();
    let _ = child.wait();
}

#[cfg(test)]
mod tests;
