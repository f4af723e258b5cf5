//! How a command ends when it does not end well.
//!
//! The exit status is a contract: 2 where the input is wrong, 1 where the work failed. Anything that
//! is not marked as [`BadInput`] on its way up is a failure of the work.

use std::fmt;
use std::io;

pub(crate) use trilane_runner::reason;

/// What was given is wrong: a file, a plan, a version, a flag.
#[derive(Debug)]
struct BadInput {
    text: String,
    /// Every problem with its place, where the input is a text.
    details: Vec<String>,
}

impl fmt::Display for BadInput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for detail in &self.details {
            writeln!(f, "{detail}\n")?;
        }
        write!(f, "error: {}", self.text)
    }
}

impl std::error::Error for BadInput {}

/// Ends with status 2 and this text.
pub(crate) fn bad_input(text: impl Into<String>) -> anyhow::Error {
    anyhow::Error::new(BadInput {
        text: text.into(),
        details: vec![],
    })
}

/// The same, after every problem with its place.
pub(crate) fn bad_text(text: impl Into<String>, details: Vec<String>) -> anyhow::Error {
    anyhow::Error::new(BadInput {
        text: text.into(),
        details,
    })
}

/// What to do about an error: the exit status, and what to print, if anything.
pub(crate) fn verdict(error: &anyhow::Error) -> (u8, Option<String>) {
    if let Some(bad) = error.downcast_ref::<BadInput>() {
        return (2, Some(bad.to_string()));
    }
    let closed = error
        .chain()
        .filter_map(|cause| cause.downcast_ref::<io::Error>())
        .any(|cause| cause.kind() == io::ErrorKind::BrokenPipe);
    if closed {
        // The reader has what it wanted (`| head`): that is no failure, and nothing is left to say.
        return (0, None);
    }
    (1, Some(format!("error: {error:#}")))
}

/// The name in `known` that `wrong` was most likely meant to be.
pub(crate) fn did_you_mean<'a>(
    wrong: &str,
    known: impl Iterator<Item = &'a str>,
) -> Option<&'a str> {
    known
        .map(|name| (strsim::jaro_winkler(wrong, name), name))
        .filter(|(likeness, _)| *likeness > 0.8)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, name)| name)
}
