//! The Python side: part of this program, unpacked into a folder for the time of a run.
//!
//! Processes that are spawned import their code by name, so it must lie in files.

use std::io;
use std::path::PathBuf;

use tempfile::TempDir;

use crate::stop::{self, Left};

macro_rules! files {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("../../python/", $name)))),*]
    };
}

/// Every file, by its path in the folder. A test compares the list with what lies in the repository.
const FILES: &[(&str, &str)] = files![
    "trilane_main.py",
    "trilane_harness/__init__.py",
    "trilane_harness/agenda.py",
    "trilane_harness/blocking.py",
    "trilane_harness/calibrate.py",
    "trilane_harness/calibrate_interpreters.py",
    "trilane_harness/calibrate_kernel.py",
    "trilane_harness/calibrate_loop.py",
    "trilane_harness/calibrate_memory.py",
    "trilane_harness/calibrate_processes.py",
    "trilane_harness/calibrate_stats.py",
    "trilane_harness/calibrate_threads.py",
    "trilane_harness/calibrate_work.py",
    "trilane_harness/control.py",
    "trilane_harness/coroutine.py",
    "trilane_harness/delays.py",
    "trilane_harness/job.py",
    "trilane_harness/lifeline.py",
    "trilane_harness/merge.py",
    "trilane_harness/offload.py",
    "trilane_harness/plan_interpreters.py",
    "trilane_harness/plan_loop.py",
    "trilane_harness/plan_processes.py",
    "trilane_harness/plan_threads.py",
    "trilane_harness/records.py",
    "trilane_harness/run.py",
    "trilane_harness/runs.py",
    "trilane_harness/shared.py",
    "trilane_harness/tasks.py",
    "trilane_harness/trouble.py",
    "trilane_harness/usage.py",
    "trilane_harness/work.py",
    "trilane_harness/worker.py",
];

/// The unpacked harness, and room for the files of its runs. Gone when dropped.
#[derive(Debug)]
pub(crate) struct Harness {
    folder: TempDir,
    _guard: stop::Guard,
}

impl Harness {
    /// Unpacks it.
    pub(crate) fn unpack() -> io::Result<Harness> {
        let make = || tempfile::Builder::new().prefix("trilane-").tempdir();
        let (folder, guard) = stop::keep(make, Left::folder)?;
        for (name, text) in FILES {
            let path = folder.path().join(name);
            if let Some(parent) = path.parent() {
                std::fs::create_dir_all(parent)?;
            }
            std::fs::write(path, text)?;
        }
        Ok(Harness {
            folder,
            _guard: guard,
        })
    }

    /// What an interpreter is started with.
    pub(crate) fn main(&self) -> PathBuf {
        self.folder.path().join("trilane_main.py")
    }

    /// A place for a file.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    #[test]
    fn every_file_of_the_harness_is_in_the_binary() {
        let place = Path::new(env!("CARGO_MANIFEST_DIR")).join("python");
        let mut found = vec!["trilane_main.py".to_owned()];
        let package = place.join("trilane_harness");
        for entry in std::fs::read_dir(package).expect("the harness is there") {
            let name = entry.expect("readable").file_name();
            let name = name.to_string_lossy().into_owned();
            if name.ends_with(".py") {
                found.push(format!("trilane_harness/{name}"));
            }
        }
        found.sort();
        let mut listed: Vec<&str> = FILES.iter().map(|(name, _)| *name).collect();
        listed.sort_unstable();
        assert_eq!(listed, found);
    }
}
