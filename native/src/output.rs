//! Writing results to standard output, in one go.

use std::io::{self, Write};

use anyhow::{Result, anyhow};

use crate::failure::reason;

/// Writes to standard output. A closed pipe comes back as an error of its own kind, which
/// [`crate::failure::verdict`] takes for a quiet end.
pub(crate) fn print(text: &str) -> Result<()> {
    let mut out = io::stdout().lock();
    let done = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    match done {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Err(error.into()),
        Err(error) => Err(anyhow!(
            "cannot write to standard output: {}",
            reason(&error)
        )),
    }
}
