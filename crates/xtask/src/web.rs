//! `cargo xtask build`: the page in `dist/`, for any static host and under any path.
//!
//! What Trunk does, without Trunk, which takes longer to build than everything here: cargo, the script
//! around the module (web/tools/bindgen, at exactly the lock file's version), binaryen's optimiser, and
//! names that change with the content.

pub(crate) mod editor;
mod kept;

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::process::{cargo, execute, output};
use crate::tools::tools_folder;

const TARGET: &str = "wasm32-unknown-unknown";
/// The editor as index.html names it, and as Trunk's hook does.
const EDITOR: &str = "./editor.js";

/// Builds the page, and says how large it is.
pub(crate) fn build(root: &Path) -> Result<PathBuf> {
    target(root)?;
    eprintln!("[1/4] the module: Rust to WebAssembly");
    execute(
        cargo(root)
            .args(["build", "--locked", "--package", "trilane-web"])
            .args(["--lib", "--profile", "wasm", "--target", TARGET]),
    )?;
    eprintln!("[2/4] the script around it");
    let work = root.join("target/web");
    let dist = root.join("dist");
    if dist.exists() {
        std::fs::remove_dir_all(&dist)
            .with_context(|| format!("cannot remove {}", dist.display()))?;
    }
    for folder in [&work, &dist] {
        std::fs::create_dir_all(folder)
            .with_context(|| format!("cannot make {}", folder.display()))?;
    }
    let module = root.join(format!("target/{TARGET}/wasm/trilane_web.wasm"));
    execute(
        Command::new(bindgen(root)?)
            .arg(&module)
            .arg(&work)
            .arg("trilane"),
    )?;
    eprintln!("[3/4] the editor");
    let editor = editor::bundle(root, &work)?;
    eprintln!("[4/4] dist/");
    let read = |path: PathBuf| {
        std::fs::read(&path).with_context(|| format!("cannot read {}", path.display()))
    };
    let mut size = 0;
    let mut put = |name: &str, bytes: &[u8]| -> Result<()> {
        let path = dist.join(name);
        size += bytes.len();
        println!("    {:>9} bytes  {name}", bytes.len());
        std::fs::write(&path, bytes).with_context(|| format!("cannot write {}", path.display()))
    };
    let wasm = read(work.join("trilane_bg.wasm"))?;
    let wasm_name = hashed("trilane", &wasm, "wasm");
    put(&wasm_name, &wasm)?;
    let script = String::from_utf8(read(work.join("trilane.js"))?)?;
    let script = script.replace("trilane_bg.wasm", &wasm_name);
    let script_name = hashed("trilane", script.as_bytes(), "js");
    put(&script_name, script.as_bytes())?;
    let style = read(root.join("web/style.css"))?;
    let style_name = hashed("style", &style, "css");
    put(&style_name, &style)?;
    let editor_name = hashed("editor", &editor, "js");
    put(&editor_name, &editor)?;
    let page = String::from_utf8(read(root.join("index.html"))?)?;
    let page = linked(&page, &style_name, &script_name, &wasm_name)?;
    let page = page.replace(EDITOR, &format!("./{editor_name}"));
    put("index.html", page.as_bytes())?;
    println!("    {size:>9} bytes in {}", dist.display());
    Ok(dist)
}

/// The page with its two `data-trunk` links replaced by what was built.
fn linked(page: &str, style: &str, script: &str, wasm: &str) -> Result<String> {
    let mut out = String::new();
    for line in page.lines() {
        match line {
            line if !line.contains("data-trunk") => out.push_str(line),
            line if line.contains("rel=\"css\"") => {
                out.push_str(&format!("<link rel=\"stylesheet\" href=\"./{style}\">"));
            }
            line if line.contains("rel=\"rust\"") => out.push_str(&format!(
                "<link rel=\"modulepreload\" href=\"./{script}\">\
                 <link rel=\"preload\" href=\"./{wasm}\" as=\"fetch\" type=\"application/wasm\" crossorigin>\n\
                 <script type=\"module\">import init from './{script}';init();</script>"
            )),
            other => bail!("index.html has a link that `cargo xtask build` does not know: {other}"),
        }
        out.push('\n');
    }
    Ok(out)
}

/// `trilane-0123456789abcdef.js`: a name that changes with the content.
fn hashed(name: &str, bytes: &[u8], extension: &str) -> String {
    format!("{name}-{}.{extension}", kept::hash(&[bytes]))
}

/// Makes sure that the tool chain can compile for browsers.
fn target(root: &Path) -> Result<()> {
    let installed =
        output(
            Command::new("rustup")
                .current_dir(root)
                .args(["target", "list", "--installed"]),
        );
    if installed.is_some_and(|text| text.lines().any(|line| line == TARGET)) {
        return Ok(());
    }
    execute(
        Command::new("rustup")
            .current_dir(root)
            .args(["target", "add", TARGET]),
    )
    .with_context(|| format!("{TARGET} is missing: install it with `rustup target add {TARGET}`"))
}

/// The program that writes the script, built once a version.
fn bindgen(root: &Path) -> Result<PathBuf> {
    let folder = tools_folder(root).join("bindgen");
    execute(
        cargo(root)
            .args([
                "build",
                "--locked",
                "--quiet",
                "--manifest-path",
                "web/tools/bindgen/Cargo.toml",
            ])
            .arg("--target-dir")
            .arg(&folder),
    )
    .context("the page's build tool could not be built: it needs crates.io once")?;
    Ok(folder.join("debug/trilane-bindgen"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_become_what_was_built_and_stay_relative() {
        let page = "<link data-trunk rel=\"css\" href=\"a\">\n<link data-trunk rel=\"rust\" href=\"b\">\n<p>";
        let page = linked(page, "s.css", "t.js", "t.wasm").expect("both are known");
        assert!(
            page.contains("'./t.js'")
                && page.contains("\"./s.css\"")
                && !page.contains("data-trunk")
        );
        assert!(linked("<link data-trunk rel=\"icon\">", "", "", "").is_err());
    }
}
