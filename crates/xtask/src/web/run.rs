//! The modules for real runs in the browser (web/run), which the page loads when it first runs something:
//! plain, and with memory that threads share.
//!
//! The second needs a standard library with atomics, built from its sources (the component `rust-src`).
//! `RUSTC_BOOTSTRAP` lets the pinned stable tool chain do that, so that there is one tool chain and not two.

use std::path::Path;

use anyhow::{Context, Result, bail};

use super::{Mode, TARGET, bound, hashed, read, smaller, sources};
use crate::process::{cargo, execute};

const PACKAGE: &str = "trilane-run";
/// The helper that wasm-bindgen-rayon starts its workers with; it lies beside the script.
const HELPER: &str = "workerHelpers.no-bundler.js";
/// How it calls the script that wasm-bindgen makes, and how that wants to be called: the old way is a warning
/// in every visitor's console.
const CALLS: &str = "pkg.default(data.module, data.memory)";
const CALLS_NOW: &str = "pkg.default({ module_or_path: data.module, memory: data.memory })";

/// The files, and the addresses of the two scripts by the attribute that index.html has for each.
pub(super) struct Modules {
    pub(super) files: Vec<(String, Vec<u8>)>,
    pub(super) addresses: Vec<(&'static str, String)>,
}

/// Builds both.
pub(super) fn modules(root: &Path, work: &Path, mode: Mode) -> Result<Modules> {
    let mut modules = Modules {
        files: vec![],
        addresses: vec![],
    };
    let plain = root.join("target");
    execute(
        cargo(root)
            .args(["build", "--locked", "--package", PACKAGE, "--lib"])
            .args(["--profile", mode.profile(), "--target", TARGET]),
    )?;
    modules.add(root, work, mode, "run", &plain)?;
    sources(root)?;
    // Apart, because other flags for the same target would have cargo build everything anew each time.
    let threads = root.join("target/threads");
    execute(
        cargo(root)
            .env("RUSTC_BOOTSTRAP", "1")
            .env("RUSTFLAGS", "-Ctarget-feature=+atomics,+bulk-memory")
            .args(["build", "--locked", "--package", PACKAGE, "--lib"])
            .args(["--features", "threads", "-Zbuild-std=panic_abort,std"])
            .args(["--profile", mode.profile(), "--target", TARGET])
            .arg("--target-dir")
            .arg(&threads),
    )?;
    modules.add(root, work, mode, "threads", &threads)?;
    Ok(modules)
}

impl Modules {
    /// Adds a module from cargo's folder.
    fn add(
        &mut self,
        root: &Path,
        work: &Path,
        mode: Mode,
        name: &'static str,
        target: &Path,
    ) -> Result<()> {
        let module = target.join(format!("{TARGET}/{}/trilane_run.wasm", mode.profile()));
        let work = work.join(name);
        std::fs::create_dir_all(&work)
            .with_context(|| format!("cannot make {}", work.display()))?;
        let (script, wasm) = bound(root, &work, &module)?;
        let wasm = match mode {
            Mode::Release => smaller(root, &work, &work.join("bindgen/trilane_bg.wasm"))?,
            Mode::Dev => wasm,
        };
        let wasm_name = hashed(name, &wasm, "wasm");
        let mut script = String::from_utf8(script)?.replace("trilane_bg.wasm", &wasm_name);
        if let Some(path) = snippet(&script) {
            let helper = read(&work.join("bindgen").join(&path))?;
            let helper = String::from_utf8(helper)?.replace(CALLS, CALLS_NOW);
            if !helper.contains(CALLS_NOW) {
                bail!("{HELPER} no longer calls `{CALLS}`: look at what it does now");
            }
            let helper_name = hashed("threads-start", helper.as_bytes(), "js");
            script = script.replace(&path, &format!("./{helper_name}"));
            self.files.push((helper_name, helper.into_bytes()));
        } else if name == "threads" {
            bail!("the module for threads starts none");
        }
        let script_name = hashed(name, script.as_bytes(), "js");
        let attribute = match name {
            "run" => "data-run",
            _ => "data-threads",
        };
        self.addresses.push((attribute, format!("./{script_name}")));
        self.files.push((wasm_name, wasm));
        self.files.push((script_name, script.into_bytes()));
        Ok(())
    }
}

/// The path of the helper that a script imports, if it does.
fn snippet(script: &str) -> Option<String> {
    let (before, _) = script.split_once(HELPER)?;
    let start = before.rfind("./snippets/")?;
    Some(format!("{}{HELPER}", &before[start..]))
}
