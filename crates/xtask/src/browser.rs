//! What tests in a browser need: Node, playwright-core to drive Chromium with, a web socket to drive
//! Firefox with, axe-core, and the two browsers.
//!
//! playwright-core is one package without dependencies and speaks to Chromium through a pipe, so that
//! no driver has to fit the browser's version; it waits for what it clicks on by itself. It carries no
//! browser, and can drive no stock Firefox; that one speaks WebDriver BiDi by itself. The machine's
//! own browsers are taken.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::npm;
use crate::process::{execute, output};
use crate::tools::tools_folder;

/// The packages of the tests in a browser.
const PACKAGES: &str = "tests/browser";

/// A browser of the machine's own.
struct Browser {
    title: &'static str,
    /// Its names on different systems; the scripts in `tests/browser` know them too.
    names: &'static [&'static str],
    /// Debian's package.
    package: &'static str,
}

const CHROMIUM: Browser = Browser {
    title: "Chromium",
    names: &[
        "chromium",
        "chromium-browser",
        "google-chrome-stable",
        "google-chrome",
    ],
    package: "chromium",
};
const FIREFOX: Browser = Browser {
    title: "Firefox",
    names: &["firefox", "firefox-esr"],
    package: "firefox-esr",
};

/// Makes sure that all of it is there.
pub(crate) fn install(root: &Path) -> Result<()> {
    npm::packages(root, PACKAGES, "browser")?;
    CHROMIUM.install()?;
    FIREFOX.install()
}

/// Where scripts find the packages, by `NODE_PATH`.
pub(crate) fn modules(root: &Path) -> PathBuf {
    tools_folder(root).join("browser/node_modules")
}

impl Browser {
    fn is_there(&self) -> bool {
        let runs = |name: &&str| output(Command::new(name).arg("--version")).is_some();
        self.names.iter().any(runs)
    }

    /// Takes the machine's, or has Debian install it.
    fn install(&self) -> Result<()> {
        if self.is_there() {
            return Ok(());
        }
        let Browser { title, package, .. } = self;
        let shown = format!("apt-get install -y {package}");
        let root = output(Command::new("id").arg("-u")).is_some_and(|text| text.trim() == "0");
        if !root || output(Command::new("apt-get").arg("--version")).is_none() {
            bail!(
                "{title} is missing, and only root can install it: run `sudo {shown}`, or put one of \
                 these on PATH: {}",
                self.names.join(", ")
            );
        }
        let run = |arguments: &[&str]| {
            let mut apt = Command::new("apt-get");
            execute(apt.env("DEBIAN_FRONTEND", "noninteractive").args(arguments))
        };
        run(&["update", "-qq"])
            .and_then(|()| run(&["install", "-y", package]))
            .with_context(|| format!("{title} is missing, and `{shown}` failed"))?;
        match self.is_there() {
            true => Ok(()),
            false => bail!("{title} does not run after `{shown}`"),
        }
    }
}
