//! Every Python of this machine, for whoever wants to choose one.

use std::collections::BTreeSet;
use std::path::PathBuf;

use super::{Interpreter, OLDEST, installations, on_path, probe, usable};
use crate::run::in_parallel;

/// The newest minor version that is looked for by its name; later ones are found where they are `python3`.
const NEWEST: u32 = 20;

/// All that can be measured: first the one that `python3` is, then by version, newest first.
pub(crate) fn all() -> Vec<Interpreter> {
    let mut seen = BTreeSet::new();
    // Links to the same file are one; a virtual environment's comes first, as it is what was meant.
    let places: Vec<PathBuf> = places()
        .into_iter()
        .filter(|path| seen.insert(path.canonicalize().unwrap_or_else(|_| path.clone())))
        .collect();
    let found = in_parallel(&places, |path| {
        let shown = path.display().to_string();
        probe(path).and_then(|found| usable(&shown, found)).ok()
    });
    let mut seen = BTreeSet::new();
    // A shim, and what is behind it, say the same of themselves.
    let mut found: Vec<Interpreter> = found
        .into_iter()
        .flatten()
        .filter(|python| {
            let real = python.path.canonicalize();
            seen.insert(real.unwrap_or_else(|_| python.path.clone()))
        })
        .collect();
    if let Some(rest) = found.get_mut(1..) {
        rest.sort_by_key(|python| (std::cmp::Reverse(python.version), python.free_threaded));
    }
    found
}

fn places() -> Vec<PathBuf> {
    let mut places = Vec::new();
    let versions = (OLDEST[1]..=NEWEST).rev();
    let named = versions.flat_map(|minor| ["", "t"].map(|t| format!("python3.{minor}{t}")));
    let plain = ["python3", "python"].map(str::to_owned);
    for name in plain.into_iter().chain(named) {
        places.extend(on_path(&name));
    }
    for root in installations() {
        let Ok(entries) = std::fs::read_dir(root) else {
            continue;
        };
        let mut folders: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
        folders.sort();
        let ends = match cfg!(windows) {
            true => "python.exe",
            false => "bin/python3",
        };
        let inside = folders.iter().map(|folder| folder.join(ends));
        places.extend(inside.filter(|path| path.is_file()));
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_there_once_and_the_usual_one_first() {
        let all = all();
        let usual = super::super::find(None).expect("this machine has a python3");
        assert_eq!(all[0].release, usual.release);
        let real = |python: &Interpreter| python.path.canonicalize().expect("it is there");
        let places: BTreeSet<PathBuf> = all.iter().map(real).collect();
        assert_eq!(places.len(), all.len());
        for python in &all {
            assert!(python.version[1] >= OLDEST[1], "{}", python.release);
            assert!(python.gil || python.free_threaded, "{}", python.release);
        }
    }
}
