//! What tests in a browser need: Node, playwright-core to drive Chromium with, and Chromium.
//!
//! playwright-core is one package without dependencies and speaks to Chromium through a pipe, so that
//! no driver has to fit the browser's version; it waits for what it clicks on by itself. It carries no
//! browser: the machine's own is taken.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::npm;
use crate::process::{execute, output};
use crate::tools::tools_folder;

/// The packages of the tests in a browser.
const PACKAGES: &str = "tests/browser";

/// Chromium by the names that it has on different systems; `tests/browser/browser.js` knows them too.
const CHROMIUM: [&str; 4] = [
    "chromium",
    "chromium-browser",
    "google-chrome-stable",
    "google-chrome",
];
const INSTALL_CHROMIUM: [&str; 4] = ["apt-get", "install", "-y", "chromium"];

/// Makes sure that all of it is there.
pub(crate) fn install(root: &Path) -> Result<()> {
    npm::packages(root, PACKAGES, "browser")?;
    chromium()
}

/// Where scripts find the packages, by `NODE_PATH`.
pub(crate) fn modules(root: &Path) -> PathBuf {
    tools_folder(root).join("browser/node_modules")
}

/// Takes the machine's Chromium, or has Debian install it.
fn chromium() -> Result<()> {
    let there = |name: &str| output(Command::new(name).arg("--version")).is_some();
    if CHROMIUM.iter().any(|name| there(name)) {
        return Ok(());
    }
    let shown = INSTALL_CHROMIUM.join(" ");
    let root = output(Command::new("id").arg("-u")).is_some_and(|text| text.trim() == "0");
    if !root || output(Command::new("apt-get").arg("--version")).is_none() {
        bail!(
            "Chromium is missing, and only root can install it: run `sudo {shown}`, or put a \
             `chromium` or `google-chrome` on PATH"
        );
    }
    let [program, arguments @ ..] = INSTALL_CHROMIUM;
    let run = |arguments: &[&str]| {
        let mut apt = Command::new(program);
        execute(apt.env("DEBIAN_FRONTEND", "noninteractive").args(arguments))
    };
    run(&["update", "-qq"])
        .and_then(|()| run(&arguments))
        .with_context(|| format!("Chromium is missing, and `{shown}` failed"))?;
    match CHROMIUM.iter().any(|name| there(name)) {
        true => Ok(()),
        false => bail!("Chromium does not run after `{shown}`"),
    }
}
