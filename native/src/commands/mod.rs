//! One file a command: arguments in, text out.

pub(crate) mod advise;
pub(crate) mod calibrate;
pub(crate) mod code;
pub(crate) mod compare;
pub(crate) mod examples;
pub(crate) mod export;
pub(crate) mod measure;
pub(crate) mod note;
pub(crate) mod serve;
pub(crate) mod simulate;

use anyhow::Result;
use clap::CommandFactory;
use clap_complete::Shell;

use crate::cli::Cli;
use crate::output;

/// `schema`.
pub(crate) fn schema() -> Result<()> {
    let text = serde_json::to_string_pretty(&trilane_core::scenario::schema())?;
    output::print(&(text + "\n"))
}

/// `completions SHELL`.
pub(crate) fn completions(shell: Shell) -> Result<()> {
    let mut text = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "trilane", &mut text);
    output::print(&String::from_utf8_lossy(&text))
}
