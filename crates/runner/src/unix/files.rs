//! A job and its drawn numbers, as files.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::Path;

use serde_json::Value;

use super::trouble::Trouble;
use crate::job::{Draws, Job};

/// Reads a job.
pub(crate) fn load(path: &Path) -> Result<Job, Trouble> {
    let text = std::fs::read(path).map_err(|error| Trouble::of(&error, "reading the job"))?;
    Job::read(&text).map_err(Trouble::Failed)
}

/// Writes a job for worker processes: the same without arrivals, which are the parent's.
pub(crate) fn copy_for_workers(path: &Path, copy: &Path) -> io::Result<()> {
    let mut job: Value = serde_json::from_slice(&std::fs::read(path)?)?;
    for kind in job["kinds"].as_array_mut().into_iter().flatten() {
        kind["arrivals"] = Value::Array(Vec::new());
    }
    std::fs::write(copy, job.to_string())
}

/// All of the drawn numbers.
pub(crate) fn draws(job: &Job) -> Result<Draws, Trouble> {
    let bytes = std::fs::read(&job.draws);
    let bytes = bytes.map_err(|error| Trouble::of(&error, "reading the drawn work"))?;
    Ok(Draws::all(&bytes))
}

/// The drawn numbers, each looked up in the file.
pub(crate) fn each_draw(job: &Job) -> Result<Draws, Trouble> {
    let file = File::open(&job.draws);
    let file = file.map_err(|error| Trouble::of(&error, "reading the drawn work"))?;
    Ok(Draws::Each(Box::new(move |index| {
        let mut eight = [0; 8];
        // The file has been written whole before any worker starts.
        let _ = file.read_exact_at(&mut eight, index * 8);
        u64::from_le_bytes(eight)
    })))
}
