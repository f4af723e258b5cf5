//! How large the page is: of each file what it takes on the disk, and on the wire under brotli.

use std::io::Write;
use std::path::Path;
use std::process::Stdio;

use anyhow::{Context, Result, ensure};
use serde::{Deserialize, Serialize};

use super::kept::kept;
use super::page::Made;
use crate::npm;

/// A file of the page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Size {
    pub(crate) name: String,
    /// Bytes.
    pub(crate) raw: usize,
    /// Bytes under brotli at its best, as static hosts compress once.
    pub(crate) brotli: usize,
}

impl Size {
    /// Whether the page cannot be used without it. The editor is fetched when it is first opened, the
    /// notes and the chapters when they are, the modules for real runs when there is one, parts of the page
    /// when they are first used; what is in `embed` is for other pages.
    pub(crate) fn first(&self) -> bool {
        let later = [
            "editor-",
            "embed/",
            "learn-",
            "notes.html",
            "part-",
            "run-",
            "threads-",
            super::isolate::NAME,
        ];
        !later.iter().any(|name| self.name.starts_with(name))
    }
}

/// The most that the first load may be, bytes under brotli.
const MOST: usize = 350_000;

/// Holds the first load to its limit.
///
/// # Errors
/// It is larger.
pub(super) fn check(sizes: &[Size]) -> Result<()> {
    let first = sizes.iter().filter(|size| size.first());
    let bytes: usize = first.map(|size| size.brotli).sum();
    ensure!(
        bytes <= MOST,
        "the first load is {bytes} bytes under brotli, and may be {MOST}: put what a first race needs \
         nothing of behind a cut (web/src/cut.rs)"
    );
    Ok(())
}

/// Node's own brotli: prints the length of what it reads.
const COMPRESS: &str = "const z = require('zlib'), c = z.constants, b = require('fs').readFileSync(0); \
    console.log(z.brotliCompressSync(b, { params: { [c.BROTLI_PARAM_QUALITY]: 11, \
    [c.BROTLI_PARAM_SIZE_HINT]: b.length } }).length)";

/// The size of every file.
pub(super) fn measured(root: &Path, work: &Path, files: &[Made]) -> Result<Vec<Size>> {
    let names: Vec<u8> = files.iter().flat_map(|(name, _)| name.bytes()).collect();
    let mut inputs: Vec<&[u8]> = files.iter().map(|(_, bytes)| bytes.as_slice()).collect();
    inputs.push(&names);
    let json = kept(work, "sizes.json", &inputs, || {
        let sizes: Result<Vec<Size>> = files
            .iter()
            .map(|(name, bytes)| {
                Ok(Size {
                    name: name.clone(),
                    raw: bytes.len(),
                    brotli: compressed(root, bytes)?,
                })
            })
            .collect();
        Ok(serde_json::to_vec(&sizes?)?)
    })?;
    Ok(serde_json::from_slice(&json)?)
}

fn compressed(root: &Path, bytes: &[u8]) -> Result<usize> {
    let mut node = npm::node(root)?;
    node.args(["-e", COMPRESS])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped());
    let mut child = node.spawn().context("cannot run node")?;
    let mut input = child.stdin.take().context("a piped child has an input")?;
    input
        .write_all(bytes)
        .context("node does not read its input")?;
    drop(input);
    let output = child.wait_with_output().context("lost node")?;
    ensure!(output.status.success(), "node's brotli failed");
    let text = String::from_utf8_lossy(&output.stdout);
    text.trim()
        .parse()
        .with_context(|| format!("node's brotli printed `{}`", text.trim()))
}

/// The sizes as a table for people.
pub(super) fn table(sizes: &[Size]) -> String {
    let mut out = format!("{:>12}{:>12}\n", "bytes", "brotli");
    let mut line = |raw, brotli, name: &str| {
        out.push_str(&format!("{raw:>12}{brotli:>12}  {name}\n"));
    };
    let (first, later): (Vec<&Size>, Vec<&Size>) = sizes.iter().partition(|size| size.first());
    for size in &first {
        line(size.raw, size.brotli, &size.name);
    }
    let sum = |of: fn(&Size) -> usize| first.iter().map(|size| of(size)).sum::<usize>();
    line(sum(|s| s.raw), sum(|s| s.brotli), "the first load");
    for size in &later {
        line(size.raw, size.brotli, &format!("{}, later", size.name));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_load_is_what_is_needed_at_once() {
        let size = |name: &str, raw| Size {
            name: name.to_owned(),
            raw,
            brotli: raw / 2,
        };
        let table = table(&[size("a.js", 10), size("editor-0.js", 100), size("b.css", 4)]);
        assert!(table.contains("14           7  the first load"), "{table}");
        assert!(table.contains("editor-0.js, later"), "{table}");
        assert!(check(&[size("part-0.wasm", 4 * MOST)]).is_ok());
        assert!(check(&[size("a.js", MOST), size("b.css", MOST + 2)]).is_err());
    }
}
