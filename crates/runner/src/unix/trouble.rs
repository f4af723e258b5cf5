//! What can go wrong with a run, as the binary is told: the value, the rule, the remedy.
//!
//! A run that has failed cannot be taken up again: threads of it may wait for what will never come. So
//! whichever thread finds the trouble says it and ends the process, and its workers go with it.

use std::io;

use thiserror::Error;

use crate::reason;

/// Why there is no result.
#[derive(Clone, Debug, Error)]
pub(crate) enum Trouble {
    /// The kernel grants no more threads or processes.
    #[error("no more threads or processes ({0}): raise `ulimit -u`, or take fewer")]
    Threads(String),
    /// It grants no more files.
    #[error("out of file handles ({0}): raise `ulimit -n`, or take fewer workers")]
    Handles(String),
    /// It grants no more memory.
    #[error("out of memory ({0}): lessen memory, tasks or workers")]
    Memory(String),
    /// A worker process is gone.
    #[error("a worker process ended before its work ({0}): look at what ended it")]
    Worker(String),
    /// Anything else, in its own words.
    #[error("{0}")]
    Failed(String),
}

impl Trouble {
    /// The system's word on something that was tried.
    pub(crate) fn of(error: &io::Error, what: &str) -> Trouble {
        use nix::errno::Errno;
        let told = format!("{what}: {}", reason(error));
        match error.raw_os_error().map(Errno::from_raw) {
            Some(Errno::EAGAIN) => Trouble::Threads(told),
            Some(Errno::EMFILE | Errno::ENFILE) => Trouble::Handles(told),
            Some(Errno::ENOMEM) => Trouble::Memory(told),
            _ => Trouble::Failed(told),
        }
    }
}
