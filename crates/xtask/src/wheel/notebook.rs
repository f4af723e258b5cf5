//! The module that notebooks load (web/elements/notebook.js), with all that the elements fetch packed into it: out
//! of the built page.

use std::path::Path;

use anyhow::{Context, Result, ensure};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::npm;
use crate::process::execute;

/// Parts of the page that no element leads to.
const PAGE_ALONE: [&str; 2] = ["part-rows-", "part-places-"];
/// How hard it is packed; the most there is.
const LEVEL: u8 = 10;

/// A file in the module.
struct Piece {
    name: String,
    kind: &'static str,
    bytes: Vec<u8>,
}

/// The module's text.
pub(super) fn module(root: &Path, dist: &Path) -> Result<Vec<u8>> {
    let manifest = read(&dist.join("embed/v1/manifest.json"))?;
    let manifest: Value = serde_json::from_slice(&manifest).context("the manifest is no JSON")?;
    let files = &manifest["files"];
    let mut pieces = Vec::new();
    let mut add = |entry: &Value, kind| -> Result<Value> {
        let path = entry[0].as_str().context("the manifest names no file")?;
        let bytes = read(&dist.join("embed/v1").join(path))?;
        let name = path.rsplit('/').next().unwrap_or(path).to_owned();
        let told = json!([name, entry[1]]);
        pieces.push(Piece { name, kind, bytes });
        Ok(told)
    };
    let style = add(&files["style"], "text/css")?;
    let wasm = add(&files["wasm"], "application/wasm")?;
    let mut labels = serde_json::Map::new();
    for (code, entry) in files["labels"].as_object().into_iter().flatten() {
        labels.insert(code.clone(), add(entry, "application/octet-stream")?);
    }
    let script = add(&files["scripts"][0], "text/javascript")?;
    // Last, and in one file: they name each other, which addresses made one after the other cannot.
    let first = pieces.pop().context("it was added")?;
    let parts = parts(dist)?;
    let script_bytes = bundled(root, dist, &first.name)?;
    for part in &parts {
        let fetched = format!("new URL(\"./{}\",import.meta.url)", part.name);
        let times = script_bytes.matches(&fetched).count();
        ensure!(
            times == 1,
            "the page's scripts name {} {times} times as `{fetched}`, and notebooks look for that once",
            part.name
        );
    }
    pieces.extend(parts);
    pieces.push(Piece {
        bytes: script_bytes.into_bytes(),
        ..first
    });
    let told = json!({ "style": style, "wasm": wasm, "labels": labels, "scripts": [[script[0]]] });
    filled(root, &pieces, &told)
}

/// The source with what is built in its places.
fn filled(root: &Path, pieces: &[Piece], files: &Value) -> Result<Vec<u8>> {
    let sources = root.join("web/elements");
    let text = |name: &str| -> Result<String> {
        String::from_utf8(read(&sources.join(name))?).context("a script is text")
    };
    let index: Vec<Value> = pieces
        .iter()
        .map(|piece| json!([piece.name, piece.bytes.len(), piece.kind]))
        .collect();
    let all: Vec<u8> = pieces
        .iter()
        .flat_map(|piece| piece.bytes.iter().copied())
        .collect();
    let packed = STANDARD.encode(miniz_oxide::deflate::compress_to_vec_zlib(&all, LEVEL));
    let places = [
        ("\nconst SCRIPT = '';\n", json!(text("trilane.js")?)),
        ("\nconst FILES = {};\n", files.clone()),
        ("\nconst PIECES = [];\n", json!(index)),
        ("\nconst PACKED = '';\n", json!(packed)),
    ];
    let mut module = text("notebook.js")?;
    for (place, value) in places {
        ensure!(
            module.matches(place).count() == 1,
            "web/elements/notebook.js has no `{}` to be filled in",
            place.trim()
        );
        let (name, _) = place.split_once('=').context("it is a constant")?;
        module = module.replace(place, &format!("{name}= {value};\n"));
    }
    Ok(module.into_bytes())
}

/// What elements fetch when it is first used.
fn parts(dist: &Path) -> Result<Vec<Piece>> {
    let entries =
        std::fs::read_dir(dist).with_context(|| format!("cannot list {}", dist.display()))?;
    let names = entries.flatten().map(|entry| entry.file_name());
    let mut names: Vec<String> = names.filter_map(|name| name.into_string().ok()).collect();
    names.retain(|name| {
        name.starts_with("part-") && !PAGE_ALONE.iter().any(|alone| name.starts_with(alone))
    });
    names.sort();
    let piece = |name: String| {
        Ok(Piece {
            bytes: read(&dist.join(&name))?,
            kind: "application/wasm",
            name,
        })
    };
    names.into_iter().map(piece).collect()
}

/// The page's scripts as one.
fn bundled(root: &Path, dist: &Path, first: &str) -> Result<String> {
    let modules = npm::packages(root, "web/editor", "editor")?;
    let out = root.join("target/web/notebook.js");
    let mut node = npm::node(root)?;
    node.arg(modules.join("esbuild/bin/esbuild"))
        .arg(dist.join(first))
        .args(["--bundle", "--minify", "--format=esm", "--target=es2022"])
        .args(["--legal-comments=none", "--log-level=warning"])
        // The cutter names its own script several times among the module's imports.
        .arg("--log-override:duplicate-object-key=silent")
        .arg(format!("--outfile={}", out.display()));
    execute(&mut node)?;
    String::from_utf8(read(&out)?).context("a script is text")
}

fn read(path: &Path) -> Result<Vec<u8>> {
    std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))
}
