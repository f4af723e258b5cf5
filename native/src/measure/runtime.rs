//! What runs a plan for real: a CPython of this machine, or Rust. A closed set; whoever measures asks here
//! how it is started, and need not know which one it is.

use std::path::Path;
use std::process::Command;

use anyhow::Result;
use trilane_core::plan::StartMethod;

use crate::failure::bad_input;
use crate::python::{self, Interpreter};

/// The name under which people ask for Rust, and its name in reports.
const RUST: &str = "rust";
/// The same, with an emulated interpreter lock.
const RUST_GIL: &str = "rust-gil";
/// After a plan's `@`, short for it.
const GIL: &str = "gil";

/// One way to run plans.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Runtime {
    /// An interpreter runs the harness.
    CPython(Interpreter),
    /// This program runs itself again.
    Rust {
        /// Its threads take a lock, by CPython's rules.
        gil: bool,
    },
}

impl Runtime {
    /// Finds what somebody asked for: `rust`, or a Python.
    ///
    /// # Errors
    ///
    /// Bad input, in one line.
    pub(crate) fn find(given: Option<&str>) -> Result<Runtime> {
        let gil = match given {
            Some(RUST) => false,
            Some(RUST_GIL | GIL) => true,
            given => return python::find(given).map(Runtime::CPython),
        };
        match cfg!(unix) {
            true => Ok(Runtime::Rust { gil }),
            false => Err(bad_input(
                "`rust` is run on Linux and other Unix systems only: give a Python",
            )),
        }
    }

    /// The name that profiles and plans have for it: `3.13`, `3.14t`, `rust`.
    pub(crate) fn name(&self) -> String {
        match self {
            Runtime::CPython(python) => python.name(),
            Runtime::Rust { gil: false } => RUST.to_owned(),
            Runtime::Rust { gil: true } => RUST_GIL.to_owned(),
        }
    }

    /// What it is, as the first word of a sentence.
    pub(crate) fn title(&self) -> &'static str {
        match self {
            Runtime::CPython(_) => "Python",
            Runtime::Rust { .. } => "the Rust runner",
        }
    }

    /// It with its version, within a sentence.
    pub(crate) fn label(&self) -> String {
        match self {
            Runtime::CPython(python) => format!("Python {}", python.release),
            Runtime::Rust { .. } => "Rust".to_owned(),
        }
    }

    /// Whether it is no Python.
    pub(crate) fn is_rust(&self) -> bool {
        matches!(self, Runtime::Rust { .. })
    }

    /// Its version in full, for people.
    pub(crate) fn release(&self) -> String {
        match self {
            Runtime::CPython(python) => python.release.clone(),
            Runtime::Rust { .. } => self.name(),
        }
    }

    /// Whether its threads share a lock.
    pub(crate) fn gil(&self) -> bool {
        match self {
            Runtime::CPython(python) => python.gil,
            Runtime::Rust { gil } => *gil,
        }
    }

    /// Whether it has pools of interpreters.
    pub(crate) fn has_interpreters(&self) -> bool {
        matches!(self, Runtime::CPython(python) if python.interpreters)
    }

    /// How its processes can be started.
    pub(crate) fn start_methods(&self) -> Vec<String> {
        match self {
            Runtime::CPython(python) => python.start_methods.clone(),
            // A program cannot go on from a copy of itself that has one thread only.
            Runtime::Rust { .. } => vec![StartMethod::Spawn.name().to_owned()],
        }
    }

    /// What is started, with the harness where it runs one.
    pub(crate) fn command(&self, main: &Path) -> std::io::Result<Command> {
        match self {
            Runtime::CPython(python) => Ok(harness(&python.path, main)),
            #[cfg(unix)]
            Runtime::Rust { gil } => trilane_runner::Part::Runner { gil: *gil }.command(),
            #[cfg(not(unix))]
            Runtime::Rust { .. } => Err(std::io::ErrorKind::Unsupported.into()),
        }
    }
}

/// How an interpreter is started to run the harness.
pub(crate) fn harness(python: &Path, main: &Path) -> Command {
    let mut command = Command::new(python);
    // Nothing of the user's own site or environment: what is measured is Python.
    command.args(["-E", "-s", "-X", "utf8"]).arg(main);
    command
}
