//! The editor, a module of its own that the page loads when it first needs it: web/editor, bundled by
//! esbuild.

use std::path::Path;

use anyhow::{Context, Result};

use super::kept::kept;
use crate::npm;
use crate::process::execute;

const FOLDER: &str = "web/editor";
/// What the bundle is made of, besides the packages in the lock file.
const SOURCES: [&str; 4] = [
    "editor.js",
    "languages.js",
    "LICENSE-BUNDLED",
    "package-lock.json",
];

/// The bundle.
pub(super) fn bundle(root: &Path, work: &Path) -> Result<Vec<u8>> {
    let folder = root.join(FOLDER);
    let mut inputs = Vec::new();
    for name in SOURCES {
        let path = folder.join(name);
        inputs
            .push(std::fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?);
    }
    let inputs: Vec<&[u8]> = inputs.iter().map(Vec::as_slice).collect();
    let licence = String::from_utf8_lossy(inputs[2]);
    kept(work, "editor.js", &inputs, || {
        let modules = npm::packages(root, FOLDER, "editor")?;
        let made = work.join("editor.bundle.js");
        std::fs::create_dir_all(work).with_context(|| format!("cannot make {}", work.display()))?;
        let mut node = npm::node(root)?;
        node.env("NODE_PATH", &modules)
            .arg(modules.join("esbuild/bin/esbuild"))
            .arg(folder.join(SOURCES[0]))
            .args(["--bundle", "--minify", "--format=esm", "--target=es2022"])
            // The packages carry their licence beside their code and not in it.
            .args(["--legal-comments=none", "--log-level=warning"])
            .arg(format!("--outfile={}", made.display()));
        execute(&mut node)?;
        let code =
            std::fs::read(&made).with_context(|| format!("cannot read {}", made.display()))?;
        Ok([format!("/*!\n{licence}*/\n").as_bytes(), &code].concat())
    })
}
