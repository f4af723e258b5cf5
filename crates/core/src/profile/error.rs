//! What can be wrong with a profile file: the value, the rule, the remedy.

use thiserror::Error;

/// Why a profile file was refused.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum ProfileError {
    /// The text is no TOML.
    #[error("the profile is not valid TOML: {0}")]
    Syntax(String),
    /// The file is TOML, and these things in it are wrong; all of them at once.
    #[error("{}", lines(.0))]
    Problems(Vec<ProfileProblem>),
}

/// One thing that is wrong in a profile file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProfileProblem {
    /// Where: `thread.thread_create`.
    pub key: String,
    /// The value and the rule.
    pub message: String,
    /// What to do about it.
    pub remedy: String,
}

fn lines(problems: &[ProfileProblem]) -> String {
    let line = |p: &ProfileProblem| format!("{}: {}: {}", p.key, p.message, p.remedy);
    problems.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// Gathers problems, so that a file is told everything at once.
#[derive(Debug, Default)]
pub(super) struct Problems(pub(super) Vec<ProfileProblem>);

impl Problems {
    /// Notes a problem, and gives nothing for the value that could not be read.
    pub(super) fn add<T>(
        &mut self,
        key: &str,
        message: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Option<T> {
        self.0.push(ProfileProblem {
            key: key.to_owned(),
            message: message.into(),
            remedy: remedy.into(),
        });
        None
    }
}
