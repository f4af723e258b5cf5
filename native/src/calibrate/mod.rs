//! What things cost on this machine: a Python measures it, and it becomes a profile.

mod figures;
mod mapping;
#[cfg(test)]
mod tests;

use std::time::Duration;

use anyhow::{Context, Result, anyhow};
use serde_json::json;
use trilane_core::profile::{Profile, parse_profile};

use figures::{Answer, Figures};

use crate::measure::cancel::Cancel;
use crate::measure::harness::Harness;
use crate::measure::runtime;
use crate::measure::session::{Session, Trouble};
use crate::python::{self, Interpreter};

/// It takes 15 s on a quiet machine, and on one that is out of breath some times that.
const PATIENCE: Duration = Duration::from_secs(180);

/// A profile that was measured, and what to say about it.
#[derive(Clone, Debug)]
pub(crate) struct Calibrated {
    pub(crate) profile: Profile,
    /// The same as a file.
    pub(crate) text: String,
}

/// Measures what things cost under an interpreter.
pub(crate) fn calibrate(python: &Interpreter, quick: bool, cancel: &Cancel) -> Result<Calibrated> {
    let harness = Harness::unpack().context("cannot unpack the Python side")?;
    let figures = ask(
        &harness,
        python,
        &json!({ "do": "calibrate", "quick": quick }),
        cancel,
    )?;
    let with_gil = match python.gil {
        true => None,
        false => sibling(&harness, python, cancel),
    };
    cancel.check()?;
    let profile = mapping::profile(python, &figures, with_gil.as_ref());
    let text = profile.to_toml();
    // What is written must be readable: a figure that is not would be found by the next command only.
    parse_profile(&text).map_err(|error| {
        anyhow!("the figures make no profile: {error}: measure again on a quieter machine")
    })?;
    Ok(Calibrated { profile, text })
}

fn ask(
    harness: &Harness,
    python: &Interpreter,
    request: &serde_json::Value,
    cancel: &Cancel,
) -> Result<Figures> {
    let shown = python.path.display();
    let mut session = Session::start(
        runtime::harness(&python.path, &harness.main()),
        "Python",
        None,
        cancel,
    )
    .with_context(|| format!("cannot calibrate `{shown}`"))?;
    let answer: Result<Answer, Trouble> = session.ask(request, PATIENCE);
    let answer = match answer {
        // Its own words tell of an option that only runs have.
        Err(Trouble::Hung { seconds, .. }) => Err(anyhow!(
            "Python did not measure within {seconds} s and was ended: try again when less goes on"
        )),
        other => other.map_err(Into::into),
    };
    let answer = answer.with_context(|| format!("cannot calibrate `{shown}`"))?;
    session.finish();
    Ok(answer.figures)
}

/// The speed of the build with a GIL of the same version, if this machine has one that works.
fn sibling(harness: &Harness, python: &Interpreter, cancel: &Cancel) -> Option<Figures> {
    let version = format!("{}.{}", python.version[0], python.version[1]);
    let other = python::find(Some(&version)).ok()?;
    let request = json!({ "do": "calibrate", "only": "speed" });
    ask(harness, &other, &request, cancel).ok()
}
