//! `trilane calibrate`: what things cost under a Python of this machine, as a profile.

use anyhow::Result;

use crate::calibrate;
use crate::cli::Calibrate;
use crate::measure::cancel::Cancel;
use crate::output::{print, write_file};
use crate::progress::Progress;
use crate::python;

/// Runs the command.
pub(crate) fn calibrate(args: &Calibrate) -> Result<()> {
    let python = python::find(args.python.as_deref())?;
    let progress = Progress::start("calibrating", 1);
    let made = calibrate::calibrate(&python, args.quick, &Cancel::default());
    progress.finish();
    let made = made?;
    match &args.output {
        Some(path) => write_file(path, made.text.as_bytes())?,
        None => print(&made.text)?,
    }
    for note in &made.profile.notes {
        crate::complain(&format!("note: {note}"));
    }
    Ok(())
}
