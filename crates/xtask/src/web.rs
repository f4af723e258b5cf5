//! `cargo xtask build`: the page in `dist/`, for any static host and under any path.
//!
//! What Trunk does, without Trunk, which takes longer to build than everything here: cargo, the script
//! around the module (web/tools/bindgen, at exactly the lock file's version), binaryen's optimiser, the
//! editor, and names that change with the content. `--dev` leaves out whatever makes it small and
//! fast, for whoever works on the page, and writes to `dist-dev/`. Trunk's one hook ([`trunk`]) makes the same.

mod editor;
mod elements;
mod isolate;
mod kept;
mod learn;
mod module;
mod page;
mod run;
pub(crate) mod sizes;
pub(crate) mod trunk;

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

use anyhow::{Context, Result, bail};

use self::kept::kept;
use self::page::Made;
use self::sizes::Size;
use crate::npm;
use crate::process::{cargo, execute, output};
use crate::tools::tools_folder;

/// What the page is compiled for.
pub(crate) const TARGET: &str = "wasm32-unknown-unknown";
/// Binaryen, which makes the module smaller.
const OPTIMISER: &str = "web/tools/optimise";

/// What is built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// What visitors get.
    Release,
    /// What one works on the page with.
    Dev,
}

impl Mode {
    /// The mode that the arguments ask for, and the other arguments.
    pub(crate) fn of(arguments: &[String]) -> (Mode, Vec<String>) {
        let (dev, rest): (Vec<_>, Vec<_>) =
            arguments.iter().cloned().partition(|word| word == "--dev");
        match dev.is_empty() {
            true => (Mode::Release, rest),
            false => (Mode::Dev, rest),
        }
    }

    fn profile(self) -> &'static str {
        match self {
            Mode::Release => "wasm",
            Mode::Dev => "wasm-dev",
        }
    }

    pub(crate) fn dist(self) -> &'static str {
        match self {
            Mode::Release => "dist",
            Mode::Dev => "dist-dev",
        }
    }
}

/// `cargo xtask build [--dev]`.
pub(crate) fn run(root: &Path, arguments: &[String]) -> Result<()> {
    match Mode::of(arguments) {
        (mode, rest) if rest.is_empty() => build(root, mode).map(drop),
        (_, rest) => bail!(
            "`{}` is not understood: `build` takes `--dev`",
            rest.join(" ")
        ),
    }
}

/// Builds the page, and gives its folder.
pub(crate) fn build(root: &Path, mode: Mode) -> Result<PathBuf> {
    build_sized(root, mode).map(|(dist, _)| dist)
}

/// Builds the page, says how large it is, and gives its folder and the sizes, which a page for
/// development has not.
pub(crate) fn build_sized(root: &Path, mode: Mode) -> Result<(PathBuf, Vec<Size>)> {
    let (work, _lock) = alone(root, mode)?;
    let dist = root.join(mode.dist());
    std::fs::create_dir_all(&dist).with_context(|| format!("cannot make {}", dist.display()))?;
    let files = page::files(root, &work, mode, &page::written(root)?)?;
    eprintln!("[6/6] {}/", mode.dist());
    put_noticed(root, &dist, &files)?;
    let sizes = match mode {
        Mode::Release => sizes::measured(root, &work, &files)?,
        Mode::Dev => vec![],
    };
    if !sizes.is_empty() {
        print!("{}", sizes::table(&sizes));
        sizes::check(&sizes)?;
    }
    println!("The page is in {}", dist.display());
    Ok((dist, sizes))
}

/// The folder in which a mode's page is made, by one build at a time until the file is dropped: tests that open
/// the page build it too, each in a process of its own.
fn alone(root: &Path, mode: Mode) -> Result<(PathBuf, File)> {
    let work = root.join("target/web").join(mode.profile());
    std::fs::create_dir_all(&work).with_context(|| format!("cannot make {}", work.display()))?;
    let lock = File::create(work.join("lock")).context("cannot make the build's lock")?;
    lock.lock().context("cannot wait for another build")?;
    Ok((work, lock))
}

/// The script and the module that `wasm-bindgen` makes of cargo's.
fn bound(root: &Path, work: &Path, module: &Path) -> Result<(Vec<u8>, Vec<u8>)> {
    let program = bindgen(root)?;
    let lock = read(&root.join("web/tools/bindgen/Cargo.lock"))?;
    let input = read(module)?;
    let inputs: [&[u8]; 2] = [&lock, &input];
    let out = work.join("bindgen");
    let script = kept(work, "script.js", &inputs, || {
        execute(Command::new(&program).arg(module).arg(&out).arg("trilane"))?;
        read(&out.join("trilane.js"))
    })?;
    Ok((script, read(&out.join("trilane_bg.wasm"))?))
}

/// What binaryen does to a module: what makes it smaller under brotli. All that `-Oz` does besides (inlining,
/// locals shared, passes that hoist and fold) makes it smaller on the disk only: code that was alike is so no
/// more, and travels for 3 % more. For speed it does nothing that browsers' own compilers do not.
const PASSES: &[&str] = &[
    "--duplicate-function-elimination",
    "--remove-unused-module-elements",
    "--dce",
    "--remove-unused-names",
    "--remove-unused-brs",
    "--optimize-instructions",
    "--precompute",
    "--merge-blocks",
    "--vacuum",
    "--simplify-locals-nostructure",
    "--remove-unused-names",
    "--remove-unused-brs",
    "--optimize-instructions",
    "--merge-blocks",
    "--vacuum",
    "--rse",
    "--vacuum",
    "--reorder-locals",
];

/// A module, made smaller: above all under brotli.
fn smaller(root: &Path, work: &Path, module: &Path) -> Result<Vec<u8>> {
    let lock = read(&root.join(OPTIMISER).join("package-lock.json"))?;
    let order = read(&root.join("web/tools/bindgen/src/order.rs"))?;
    let name = module.file_name().context("a module has a name")?;
    let name = format!("smaller-{}", name.to_string_lossy());
    let passes = PASSES.join(" ");
    let inputs: [&[u8]; 4] = [&lock, &order, passes.as_bytes(), &read(module)?];
    kept(work, &name, &inputs, || {
        let modules = npm::packages(root, OPTIMISER, "optimise")?;
        let optimise = |passes: &[&str], from: &Path, to: &Path| {
            let mut node = npm::node(root)?;
            node.arg(modules.join("binaryen/bin/wasm-opt"))
                .args(passes)
                .arg(from)
                .arg("-o")
                .arg(to);
            execute(&mut node)
        };
        let [small, ordered, out] =
            ["small.wasm", "ordered.wasm", "smaller.wasm"].map(|name| work.join(name));
        optimise(PASSES, module, &small)?;
        execute(
            Command::new(bindgen(root)?)
                .arg("--order")
                .arg(&small)
                .arg(&ordered),
        )?;
        optimise(&["--reorder-functions-by-name"], &ordered, &out)?;
        read(&out)
    })
}

fn read(path: &Path) -> Result<Vec<u8>> {
    std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))
}

/// Puts the files there, and where there was no page has cargo notice: the native binary carries the page,
/// and its build script can watch only a folder that is there (see native/build.rs).
fn put_noticed(root: &Path, dist: &Path, files: &[Made]) -> Result<()> {
    let new = !dist.join("index.html").exists();
    put(dist, files)?;
    if new {
        let script = root.join("native/build.rs");
        File::options()
            .append(true)
            .open(&script)
            .and_then(|file| file.set_modified(SystemTime::now()))
            .with_context(|| format!("cannot touch {}", script.display()))?;
    }
    Ok(())
}

/// Makes the folder hold exactly these files, in folders of their own where their names say so. What is there
/// already is left alone, as somebody may be reading it.
fn put(dist: &Path, files: &[Made]) -> Result<()> {
    for (name, bytes) in files {
        let path = dist.join(name);
        if std::fs::read(&path).is_ok_and(|there| there == *bytes) {
            continue;
        }
        let part = dist.join(format!("{name}.part"));
        std::fs::create_dir_all(path.parent().unwrap_or(dist))
            .and_then(|()| std::fs::write(&part, bytes))
            .and_then(|()| std::fs::rename(&part, &path))
            .with_context(|| format!("cannot write {}", path.display()))?;
    }
    let known: Vec<PathBuf> = files.iter().map(|(name, _)| dist.join(name)).collect();
    clear(dist, &known)
}

/// Removes whatever is none of these files, and holds none of them.
fn clear(folder: &Path, known: &[PathBuf]) -> Result<()> {
    let entries = std::fs::read_dir(folder)
        .with_context(|| format!("cannot list {}", folder.display()))?
        .flatten();
    for entry in entries {
        let path = entry.path();
        let inside = known.iter().any(|file| file.starts_with(&path));
        match (path.is_dir(), inside) {
            (true, true) => clear(&path, known)?,
            (true, false) => std::fs::remove_dir_all(&path)
                .with_context(|| format!("cannot remove {}", path.display()))?,
            (false, true) => {}
            (false, false) => std::fs::remove_file(&path)
                .with_context(|| format!("cannot remove {}", path.display()))?,
        }
    }
    Ok(())
}

/// `trilane-0123456789abcdef.js`: a name that changes with the content.
fn hashed(name: &str, bytes: &[u8], extension: &str) -> String {
    format!("{name}-{}.{extension}", kept::hash(&[bytes]))
}

/// Makes sure that the tool chain can compile for browsers.
pub(crate) fn target(root: &Path) -> Result<()> {
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

/// Makes sure that the standard library's sources are there.
fn sources(root: &Path) -> Result<()> {
    let list = ["component", "list", "--installed"];
    let installed = output(Command::new("rustup").current_dir(root).args(list));
    if installed.is_some_and(|text| text.lines().any(|line| line == "rust-src")) {
        return Ok(());
    }
    let add = ["component", "add", "rust-src"];
    execute(Command::new("rustup").current_dir(root).args(add)).context(
        "the standard library's sources are missing: install them with `rustup component add rust-src`",
    )
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
    fn a_folder_holds_exactly_what_was_put_there_last() {
        let dist = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/tmp/xtask-put-test");
        std::fs::create_dir_all(dist.join("old")).expect("a folder of ours");
        let made = |files: &[[&str; 2]]| {
            let files = files.iter();
            files
                .map(|[name, text]| ((*name).to_owned(), text.as_bytes().to_vec()))
                .collect::<Vec<Made>>()
        };
        put(&dist, &made(&[["a", "1"], ["b", "2"], ["in/c", "4"]])).expect("written");
        put(&dist, &made(&[["a", "3"], ["in/d", "5"]])).expect("written");
        let names = |folder: &Path| {
            let entries = std::fs::read_dir(folder).expect("there").flatten();
            let mut names: Vec<_> = entries.map(|entry| entry.file_name()).collect();
            names.sort();
            names
        };
        assert_eq!(names(&dist), ["a", "in"]);
        assert_eq!(names(&dist.join("in")), ["d"]);
        assert_eq!(std::fs::read(dist.join("a")).expect("there"), b"3");
    }

    #[test]
    fn dev_is_told_from_other_arguments() {
        let words = |all: &[&str]| all.iter().map(|&w| w.to_owned()).collect::<Vec<_>>();
        assert_eq!(Mode::of(&[]), (Mode::Release, vec![]));
        let (mode, rest) = Mode::of(&words(&["--port", "--dev", "9"]));
        assert_eq!((mode, rest), (Mode::Dev, words(&["--port", "9"])));
    }
}
