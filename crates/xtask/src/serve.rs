//! `cargo xtask serve`: builds the page, the binary that carries it, and runs `trilane serve`.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use crate::process::cargo;
use crate::web::{self, Mode};

/// Builds, and serves until it is stopped. Whatever is not `--dev` is for `trilane serve`.
pub(crate) fn run(root: &Path, arguments: &[String]) -> Result<()> {
    let (mode, rest) = Mode::of(arguments);
    web::build(root, mode)?;
    let mut command = cargo(root);
    command.args(["run", "--locked", "--package", "trilane"]);
    match mode {
        Mode::Release => command.arg("--release"),
        // The page of that folder, in a binary that is built as quickly.
        Mode::Dev => command.env("TRILANE_PAGE", mode.dist()),
    };
    become_it(command.args(["--", "serve"]).args(rest))
}

/// Runs it in our place, so that Ctrl-C and signals reach it and nobody else.
#[cfg(unix)]
fn become_it(command: &mut Command) -> Result<()> {
    let error = std::os::unix::process::CommandExt::exec(command);
    Err(error).context("cannot run cargo")
}

#[cfg(not(unix))]
fn become_it(command: &mut Command) -> Result<()> {
    crate::process::execute(command)
}
