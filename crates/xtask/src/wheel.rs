//! `cargo xtask wheel`: the package `trilane` for PyPI, into `target/wheels`: the binary, with the page in it, and
//! the widgets for notebooks beside it (python/).

mod notebook;

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};

use crate::process::execute;
use crate::tools::{pip_install, venv};
use crate::web::{self, Mode};

/// Builds wheels of Rust programs, from PyPI.
const MATURIN: &str = "maturin==1.16.0";
/// What the widgets are shown with, among the package's sources.
const MODULE: &str = "python/trilane/notebook.js";
/// The times of files in a wheel, in seconds since 1970: the earliest that a zip file can have. Whoever sets
/// another keeps it.
const EPOCH: &str = "315532800";

/// `cargo xtask wheel [--dev]`.
pub(crate) fn run(root: &Path, arguments: &[String]) -> Result<()> {
    let (mode, rest) = Mode::of(arguments);
    if !rest.is_empty() {
        bail!(
            "`{}` is not understood: `wheel` takes `--dev`",
            rest.join(" ")
        );
    }
    let wheel = build(root, mode)?;
    let bytes = std::fs::metadata(&wheel).with_context(|| format!("lost {}", wheel.display()))?;
    println!("{} has {} bytes", wheel.display(), bytes.len());
    Ok(())
}

/// Builds the wheel and gives its path: for visitors and PyPI in release, for tests from the binary that they have
/// built anyway. Both carry the page.
pub(crate) fn build(root: &Path, mode: Mode) -> Result<PathBuf> {
    // The page is the same in both: what is tested of it is what is published.
    let dist = web::build(root, Mode::Release)?;
    let folder = match mode {
        Mode::Release => root.join("target/wheels"),
        Mode::Dev => root.join("target/wheels/dev"),
    };
    std::fs::create_dir_all(&folder)
        .with_context(|| format!("cannot make {}", folder.display()))?;
    // One at a time: they share the module's place among the sources.
    let lock = root.join("target/wheels/lock");
    let lock = File::create(lock).context("cannot make the build's lock")?;
    lock.lock().context("cannot wait for another build")?;
    put(&root.join(MODULE), &notebook::module(root, &dist)?)?;
    for old in wheels(&folder)? {
        std::fs::remove_file(&old).with_context(|| format!("cannot remove {}", old.display()))?;
    }
    pip_install(root, &[MATURIN])?;
    let mut maturin = Command::new(venv(root)?.join("maturin"));
    maturin
        .current_dir(root.join("python"))
        .args(["build", "--locked", "--quiet", "--strip", "--out"])
        .arg(&folder);
    if mode == Mode::Release {
        maturin.arg("--release");
    }
    if std::env::var_os("SOURCE_DATE_EPOCH").is_none() {
        maturin.env("SOURCE_DATE_EPOCH", EPOCH);
    }
    execute(&mut maturin)?;
    let made = wheels(&folder)?;
    ensure!(
        made.len() == 1,
        "{} wheels are in {}, where one was made",
        made.len(),
        folder.display()
    );
    made.into_iter().next().context("there is one")
}

/// Writes it where it is another: what has not changed is not packed anew.
fn put(path: &Path, bytes: &[u8]) -> Result<()> {
    if std::fs::read(path).is_ok_and(|there| there == bytes) {
        return Ok(());
    }
    std::fs::write(path, bytes).with_context(|| format!("cannot write {}", path.display()))
}

fn wheels(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries =
        std::fs::read_dir(folder).with_context(|| format!("cannot list {}", folder.display()))?;
    let paths = entries.flatten().map(|entry| entry.path());
    Ok(paths
        .filter(|path| path.extension().is_some_and(|ending| ending == "whl"))
        .collect())
}
