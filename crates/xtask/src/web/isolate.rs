//! The service worker that isolates the page where its host does not: npm's `coi-serviceworker`, as it is.

use std::path::Path;

use anyhow::{Context, Result};

use super::kept::kept;
use crate::npm;

const FOLDER: &str = "web/tools/isolate";

/// Its script, which needs the same name for ever: browsers look there for a newer one.
pub(super) const NAME: &str = "isolate.js";

pub(super) fn script(root: &Path, work: &Path) -> Result<Vec<u8>> {
    let lock = root.join(FOLDER).join("package-lock.json");
    let lock = std::fs::read(&lock).with_context(|| format!("cannot read {}", lock.display()))?;
    kept(work, NAME, &[&lock], || {
        let modules = npm::packages(root, FOLDER, "isolate")?;
        let path = modules.join("coi-serviceworker/coi-serviceworker.min.js");
        std::fs::read(&path).with_context(|| format!("cannot read {}", path.display()))
    })
}
