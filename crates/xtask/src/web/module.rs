//! The page's own module: whole for whoever works on the page; for visitors small, and in parts.
//!
//! What visitors get is compiled with a standard library of its own, from the component `rust-src`, built for
//! size and with panics that say nothing: they end the worker or the page either way. `RUSTC_BOOTSTRAP`
//! lets the pinned stable tool chain do that. Then web/tools/bindgen cuts it where web/src/cut.rs says.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};

use super::elements::integrity;
use super::kept::{hash, kept};
use super::{Mode, TARGET, bindgen, bound, hashed, read, smaller, sources};
use crate::npm;
use crate::process::{cargo, execute};

/// What fetches a part, as the cutter writes it, and as the page has it: the first wants a host that knows
/// the type of such files, and says of a file that is missing only that it is no module.
const FETCHES: &str = "(WebAssembly.instantiateStreaming(src, imports))";
const FETCHES_ANYWHERE: &str = "{ const got = await src; \
    if (!got.ok) throw new Error(`${got.url}: ${got.status}`); \
    return WebAssembly.instantiate(await got.arrayBuffer(), imports); }";

/// What is worth inlining into the simulators: V8 inlines nothing itself, and the calls of small functions cost it a
/// tenth of the time. Three times what the compiler takes for enough; more where it is not part of the first load.
const INLINED: [&str; 2] = [
    "profile.wasm.package.trilane-hot.rustflags = [\"-Cllvm-args=-inlinehint-threshold=1000\"]",
    "profile.wasm.package.trilane-figures.rustflags = \
     [\"-Cllvm-args=-inlinehint-threshold=2000 -inline-threshold=1000\"]",
];

/// The module as files. Names change with the content.
pub(super) struct Module {
    /// The scripts to begin with; the first is the page's.
    pub(super) scripts: Vec<(String, Vec<u8>)>,
    pub(super) wasm: (String, Vec<u8>),
    /// What is fetched when it is first used.
    pub(super) parts: Vec<(String, Vec<u8>)>,
}

/// Compiles it.
pub(super) fn module(root: &Path, work: &Path, mode: Mode) -> Result<Module> {
    match mode {
        Mode::Release => cut(root, work),
        Mode::Dev => whole(root, work, mode),
    }
}

fn build(root: &Path, mode: Mode) -> Command {
    let mut cargo = cargo(root);
    cargo
        .args(["build", "--locked", "--package", "trilane-web", "--lib"])
        .args(["--profile", mode.profile(), "--target", TARGET]);
    cargo
}

fn whole(root: &Path, work: &Path, mode: Mode) -> Result<Module> {
    eprintln!("[1/6] the module: Rust to WebAssembly");
    execute(&mut build(root, mode))?;
    let built = format!("target/{TARGET}/{}/trilane_web.wasm", mode.profile());
    eprintln!("[2/6] the script around it");
    let (script, wasm) = bound(root, work, &root.join(built))?;
    let wasm_name = hashed("trilane", &wasm, "wasm");
    let script = String::from_utf8(script)?.replace("trilane_bg.wasm", &wasm_name);
    let script = (hashed("trilane", script.as_bytes(), "js"), script.into());
    Ok(Module {
        scripts: vec![script],
        wasm: (wasm_name, wasm),
        parts: vec![],
    })
}

fn cut(root: &Path, work: &Path) -> Result<Module> {
    eprintln!("[1/6] the module: Rust to WebAssembly, and a standard library for it");
    sources(root)?;
    // Apart, because other flags for the same target would have cargo build everything anew each time.
    let target = root.join("target/small");
    execute(
        build(root, Mode::Release)
            .env("RUSTC_BOOTSTRAP", "1")
            .env(
                "RUSTFLAGS",
                "-Zunstable-options -Zlocation-detail=none -Cpanic=immediate-abort -Clink-arg=--emit-relocs",
            )
            .args(["--features", "split", "-Zbuild-std=std,panic_abort"])
            .arg("-Zprofile-rustflags")
            .args(INLINED.iter().flat_map(|flags| ["--config", flags]))
            .arg("-Zbuild-std-features=optimize_for_size")
            .arg("--target-dir")
            .arg(&target),
    )?;
    let built = target.join(format!(
        "{TARGET}/{}/trilane_web.wasm",
        Mode::Release.profile()
    ));
    eprintln!("[2/6] the parts, and the scripts around them");
    let out = work.join("bindgen");
    let script = bound_parts(root, work, &built, &out)?;
    eprintln!("[3/6] each of them smaller");
    let wasm = smaller(root, work, &out.join("trilane_bg.wasm"))?;
    let wasm_name = hashed("trilane", &wasm, "wasm");
    let mut link = String::from_utf8(read(&out.join("trilane_parts.js"))?)?;
    ensure!(
        link.contains(FETCHES),
        "the cutter's script no longer fetches by `{FETCHES}`: look at what it does now"
    );
    link = link.replace(FETCHES, FETCHES_ANYWHERE);
    let mut parts = Vec::new();
    for file in parts_in(&out)? {
        let part = smaller(root, work, &out.join(&file))?;
        let short = file.trim_end_matches(".wasm").replace("split_", "");
        let name = hashed(&format!("part-{short}"), &part, "wasm");
        let fetched = format!("new URL(\"./{file}\", import.meta.url)");
        ensure!(
            link.contains(&fetched),
            "the cutter's script fetches no `{fetched}`: look at what it does now"
        );
        // Whoever holds the scripts to their hashes holds the parts to theirs, too.
        let hash = integrity(&part);
        let now = format!("new URL(\"./{name}\", import.meta.url), {{ integrity: \"{hash}\" }}");
        link = link.replace(&fetched, &now);
        parts.push((name, part));
    }
    let script = String::from_utf8(script)?.replace("trilane_bg.wasm", &wasm_name);
    // They name each other, so their names change together.
    let both = hash(&[script.as_bytes(), link.as_bytes()]);
    let (script_name, link_name) = (format!("trilane-{both}.js"), format!("parts-{both}.js"));
    // The module itself goes on calling them by their old name.
    let from = |name: &str| format!("from \"./{name}\"");
    let script = script.replace(&from("trilane_parts.js"), &from(&link_name));
    let link = link.replace(&from("trilane.js"), &from(&script_name));
    let script = minified(root, work, "page.js", script.as_bytes())?;
    let link = minified(root, work, "parts.js", link.as_bytes())?;
    Ok(Module {
        scripts: vec![(script_name, script), (link_name, link)],
        wasm: (wasm_name, wasm),
        parts,
    })
}

/// Cuts the module into parts and writes the scripts, into `out`; gives the page's script.
fn bound_parts(root: &Path, work: &Path, module: &Path, out: &Path) -> Result<Vec<u8>> {
    let program = bindgen(root)?;
    let lock = read(&root.join("web/tools/bindgen/Cargo.lock"))?;
    let main = read(&root.join("web/tools/bindgen/src/main.rs"))?;
    let input = read(module)?;
    kept(work, "script.js", &[&lock, &main, &input], || {
        let mut command = Command::new(&program);
        execute(command.arg(module).arg(out).args(["trilane", "--split"]))?;
        read(&out.join("trilane.js"))
    })
}

/// A script or a style sheet without what only people need.
pub(super) fn minified(root: &Path, work: &Path, name: &str, text: &[u8]) -> Result<Vec<u8>> {
    let lock = read(&root.join("web/editor/package-lock.json"))?;
    kept(work, &format!("minified-{name}"), &[&lock, text], || {
        let modules = npm::packages(root, "web/editor", "editor")?;
        let (from, to) = (work.join(name), work.join(format!("small-{name}")));
        std::fs::write(&from, text).with_context(|| format!("cannot write {}", from.display()))?;
        let mut node = npm::node(root)?;
        node.arg(modules.join("esbuild/bin/esbuild"))
            .arg(&from)
            .args(["--minify", "--target=es2022", "--legal-comments=none"])
            .arg("--log-level=warning")
            .arg(format!("--outfile={}", to.display()));
        execute(&mut node)?;
        let small = read(&to)?;
        for file in [from, to] {
            std::fs::remove_file(&file)
                .with_context(|| format!("cannot remove {}", file.display()))?;
        }
        Ok(small)
    })
}

/// The names of the parts in a folder, in order.
fn parts_in(folder: &Path) -> Result<Vec<String>> {
    let entries = std::fs::read_dir(folder)
        .with_context(|| format!("cannot list {}", folder.display()))?
        .flatten();
    let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
    let is_part = |name: &String| {
        let named = name.starts_with("split_") || name.starts_with("chunk_");
        named && name.ends_with(".wasm")
    };
    let mut names: Vec<String> = names.filter(is_part).collect();
    names.sort();
    Ok(names)
}
