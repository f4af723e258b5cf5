//! Build, test, bench and check Trilane: what CI and the README call.
//!
//! One Rust program instead of scripts, so that a fresh machine needs nothing but rustup (and
//! Python 3, whose programs the product talks about): it runs wherever cargo runs, and installs the
//! tools it needs, at pinned versions, into `target/tools`.

mod bench;
mod browser;
mod interpreter;
mod lessons;
mod notes;
mod npm;
mod process;
mod serve;
mod system;
mod test;
mod tools;
mod truth;
mod web;
mod wheel;
mod written;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, bail};

const HELP: &str = "\
cargo xtask <TASK>

  build             the page into dist/, for any static host; with --dev quickly, into dist-dev/
  serve             the page out of a binary that carries it, with real runs behind it: `trilane serve`
                    (--port N, ...); with --dev both quickly built
  trunk             the page for Trunk, by the hook in Trunk.toml: whoever has Trunk runs `trunk serve`
  pictures          the README's pictures of the page, into docs/
  test [STAGE...]   everything CI checks, in order; or only the stages named
  bench             time Trilane and its peers on the same work (--quick, --full, --json FILE); with
                    --web the page in Chromium
  truth             predictions beside real runs, into docs/TRUTH.md (--repeat N, --only NAME,
                    --python V, --json FILE, --from FILE); with --web beside runs in Chromium
                    (--profile, --repeat N, --only NAME, --dev)
  lessons           check what the chapters in content/ say, by simulation; with --write bring their
                    figures up to date
  notes [HOST...]   examples/notes built by mdBook, MkDocs, Sphinx and pandoc, and run by Jupyter and
                    marimo, into target/notes; with --dev around the page that is quickly built
  wheel             the package for PyPI into target/wheels: the binary, and widgets for notebooks; with --dev
                    around the binary that is quickly built
  tools [NAME...]   install the pinned tools of `test` into target/tools, or only those named
  profiles          write docs/PROFILES.md, and the costs that are built in, anew from the embedded profiles
  help              this text
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[String]) -> Result<()> {
    let root = root()?;
    let (task, rest) = match arguments.split_first() {
        Some((task, rest)) => (task.as_str(), rest),
        None => ("help", arguments),
    };
    if task != "help"
        && rest
            .iter()
            .any(|argument| argument == "--help" || argument == "-h")
    {
        return help(task);
    }
    match task {
        "build" => web::run(&root, rest),
        "pictures" => pictures(&root),
        "serve" => serve::run(&root, rest),
        "trunk" => web::trunk::run(&root, rest),
        "test" => test::run(&root, rest),
        "bench" => bench::run(&root, rest),
        "truth" => truth::run(&root, rest),
        "lessons" => lessons::run(&root, rest),
        "notes" => notes::run(&root, rest),
        "wheel" => wheel::run(&root, rest),
        "tools" => tools::install(&root, rest),
        "profiles" => profiles(&root),
        "help" | "--help" | "-h" => help("help"),
        other => bail!("`{other}` is no task: `cargo xtask help` lists them"),
    }
}

/// What follows from the embedded profiles: the page about them, and what of them is in every build.
fn profiles(root: &Path) -> Result<()> {
    let costs = trilane_core::profile::pack_costs().context("cannot pack the costs")?;
    let files = [
        ("docs/PROFILES.md", trilane_core::profile::markdown().into()),
        ("crates/core/src/profile/data/costs.postcard", costs),
    ];
    for (name, bytes) in files {
        let path = root.join(name);
        std::fs::write(&path, bytes).with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(())
}

/// Paints the pictures of the page anew. Chromium's fonts and versions show in them, so no test
/// compares them.
fn pictures(root: &Path) -> Result<()> {
    browser::install(root)?;
    let dist = web::build(root, web::Mode::Release)?;
    let mut node = npm::node(root)?;
    node.env("NODE_PATH", browser::modules(root));
    node.arg(root.join("tests/browser/pictures.js"));
    process::execute(node.args([dist, root.join("docs")]))
}

fn help(task: &str) -> Result<()> {
    print!("{HELP}");
    if task == "test" || task == "help" {
        print!("\nThe stages of `test`:\n{}", test::stages_help());
    }
    Ok(())
}

/// The workspace's folder: two above this package.
fn root() -> Result<PathBuf> {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    let root = package
        .ancestors()
        .nth(2)
        .context("xtask lies outside the workspace")?;
    Ok(root.to_owned())
}
