//! What tests in a browser need: Node, playwright-core to drive Chromium with, a web socket to drive
//! Firefox with, axe-core, and the two browsers.
//!
//! playwright-core is one package without dependencies and speaks to Chromium through a pipe, so that
//! no driver has to fit the browser's version; it waits for what it clicks on by itself. It carries no
//! browser, and can drive no stock Firefox; that one speaks WebDriver BiDi by itself. The machine's
//! own browsers are taken.

use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::npm;
use crate::system::Program;
use crate::tools::tools_folder;

/// The packages of the tests in a browser.
const PACKAGES: &str = "tests/browser";

/// The scripts in `tests/browser` know the names, too.
const CHROMIUM: Program = Program {
    title: "Chromium",
    names: &[
        "chromium",
        "chromium-browser",
        "google-chrome-stable",
        "google-chrome",
    ],
    package: "chromium",
};
const FIREFOX: Program = Program {
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
