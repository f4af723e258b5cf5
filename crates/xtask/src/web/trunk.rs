//! `cargo xtask trunk`: the page for Trunk, which watches, serves and loads again, and has its one hook build.
//!
//! Trunk alone would make another page of the same sources: in one piece, and only where the right `wasm-bindgen`
//! and `wasm-opt` are on PATH. So index.html tells it to skip the module (`data-trunk-skip`), and after it
//! has written its page this puts ours in its place: the one of `cargo xtask build --dev`, or with
//! `--release` that of `cargo xtask build`.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};

use super::{Mode, alone, page, put, read};

/// Where a hook of Trunk's finds its page, and puts what it makes.
const STAGING: &str = "TRUNK_STAGING_DIR";
/// What Trunk builds: `release` or `debug`.
const PROFILE: &str = "TRUNK_PROFILE";

/// Builds the page into Trunk's folder.
pub(crate) fn run(root: &Path, arguments: &[String]) -> Result<()> {
    if let [first, ..] = arguments {
        bail!("`{first}` is not understood: `trunk` takes nothing");
    }
    let (staging, mode) = asked(|name| std::env::var_os(name))?;
    let page = reloading(&page::written(root)?, &staging)?;
    let (work, _lock) = alone(root, mode)?;
    let files = page::files(root, &work, mode, &page)?;
    eprintln!("[6/6] {}/", staging.display());
    put(&staging, &files)
}

/// What Trunk tells its hook: the folder, and what is to be built.
fn asked(variable: impl Fn(&str) -> Option<OsString>) -> Result<(PathBuf, Mode)> {
    let told = |name: &str| {
        variable(name).with_context(|| {
            format!(
                "{name} is not set: `trunk` is what Trunk's hook calls. Run `trunk serve`, or without Trunk \
                 `cargo xtask serve`"
            )
        })
    };
    let staging = PathBuf::from(told(STAGING)?);
    let profile = told(PROFILE)?;
    let mode = match profile.to_str() {
        Some("release") => Mode::Release,
        Some("debug") => Mode::Dev,
        _ => bail!(
            "{PROFILE} is `{}`, and should be `release` or `debug`: Trunk.toml tells which versions of Trunk \
             this fits",
            profile.display()
        ),
    };
    Ok((staging, mode))
}

/// index.html with what Trunk has added to it at the end of its body: while it serves, a script that loads the page
/// again whenever that was built.
fn reloading(written: &str, staging: &Path) -> Result<String> {
    const SCRIPT: &str = "</script>";
    const BODY: &str = "</body>";
    let path = staging.join("index.html");
    let trunks = String::from_utf8(read(&path)?)
        .with_context(|| format!("{} is no text", path.display()))?;
    let own = written.matches(SCRIPT).count();
    let mut ends = trunks.match_indices(SCRIPT).map(|(at, end)| at + end.len());
    let added = match own.checked_sub(1) {
        Some(last) => ends.nth(last),
        None => None,
    };
    let Some(added) = added.map(|at| &trunks[at..]) else {
        bail!(
            "{} has fewer scripts than index.html: Trunk is to leave the page as it is",
            path.display()
        );
    };
    // Trunk may have been told to leave out what HTML does not need.
    let added = added.split(BODY).next().unwrap_or_default().trim();
    ensure!(
        written.matches(BODY).count() == 1,
        "index.html has not exactly one `{BODY}`"
    );
    if added.is_empty() {
        return Ok(written.to_owned());
    }
    Ok(written.replace(BODY, &format!("{added}\n{BODY}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    const WRITTEN: &str = "<body>\n<p>Trilane\n<script>own()</script>\n</body>\n</html>\n";

    fn root() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
    }

    /// A folder of Trunk's with its page.
    fn staging(name: &str, page: &str) -> PathBuf {
        let folder = root().join("target/tmp").join(name);
        std::fs::create_dir_all(&folder).expect("a folder of ours");
        std::fs::write(folder.join("index.html"), page).expect("written");
        folder
    }

    #[test]
    fn what_trunk_adds_stays_and_nothing_else_of_its_page() {
        const ADDED: &str = "<script>'use strict'; new WebSocket(url)</script>";
        let same = staging("xtask-trunk-build", WRITTEN);
        assert_eq!(reloading(WRITTEN, &same).expect("a page"), WRITTEN);
        let expect = WRITTEN.replace("</body>", &format!("{ADDED}\n</body>"));
        let serves = WRITTEN
            .replace("</body>", &format!("{ADDED}</body>"))
            .replace("<p>", "<p data-trunk-id=0>");
        let serves = staging("xtask-trunk-serve", &serves);
        assert_eq!(reloading(WRITTEN, &serves).expect("a page"), expect);
        let small = format!("<body><p>Trilane<script>own()</script>{ADDED}");
        let small = staging("xtask-trunk-minified", &small);
        assert_eq!(reloading(WRITTEN, &small).expect("a page"), expect);
    }

    #[test]
    fn a_page_that_is_not_trunks_is_refused() {
        let other = staging("xtask-trunk-other", "<body><p>Trilane</body>");
        let error = reloading(WRITTEN, &other).expect_err("it has no script");
        assert!(error.to_string().contains("fewer scripts"), "{error}");
        let nowhere = root().join("target/tmp/xtask-trunk-nowhere");
        let error = reloading(WRITTEN, &nowhere).expect_err("it is not there");
        let told = error.to_string();
        assert!(told.contains("xtask-trunk-nowhere"), "{told}");
    }

    #[test]
    fn trunk_tells_where_and_what_or_it_is_said_who_should_call() {
        let with = |profile: &'static str| {
            asked(move |name| match name {
                STAGING => Some("stage".into()),
                PROFILE => Some(profile.into()),
                other => panic!("{other} is no business of ours"),
            })
        };
        let (folder, mode) = with("release").expect("both are told");
        assert_eq!((folder, mode), (PathBuf::from("stage"), Mode::Release));
        assert_eq!(with("debug").expect("both are told").1, Mode::Dev);
        let error = with("bench").expect_err("no profile of Trunk's");
        assert!(error.to_string().contains("`bench`"), "{error}");
        let error = asked(|_| None).expect_err("nothing is told");
        assert!(error.to_string().contains("trunk serve"), "{error}");
        let error = run(&root(), &["here".to_owned()]).expect_err("it takes nothing");
        assert!(error.to_string().contains("`here`"), "{error}");
    }

    /// Trunk itself is not on CI: what it is told to do is held to what there is.
    #[test]
    fn trunk_leaves_the_page_to_a_hook_that_is_a_task() {
        let text = std::fs::read_to_string(root().join("Trunk.toml")).expect("Trunk.toml");
        let settings: toml::Table = text.parse().expect("TOML");
        let hooks = settings["hooks"].as_array().expect("hooks");
        let [hook] = hooks.as_slice() else {
            panic!("one hook makes all that `cargo xtask build` makes: {hooks:?}");
        };
        assert_eq!(hook["stage"].as_str(), Some("post_build"));
        assert_eq!(hook["command"].as_str(), Some("cargo"));
        let words = hook["command_arguments"].as_array().expect("arguments");
        let words: Vec<&str> = words.iter().filter_map(|word| word.as_str()).collect();
        let ["xtask", task @ ..] = words.as_slice() else {
            panic!("{words:?} is no task of ours");
        };
        let task: Vec<String> = task.iter().map(|&word| word.to_owned()).collect();
        let error = crate::run(&task).expect_err("Trunk has not called us");
        assert!(error.to_string().contains(STAGING), "{error}");

        // Trunk takes every link that is marked for it into its own hands.
        let page = page::written(&root()).expect("the page");
        let marked = page.lines().filter(|line| line.contains("data-trunk"));
        let [link] = marked.collect::<Vec<_>>()[..] else {
            panic!("Trunk is to know of the module alone");
        };
        assert!(link.contains("data-trunk-skip"), "{link}");
        assert!(
            link.contains("rel=\"rust\" href=\"web/Cargo.toml\""),
            "{link}"
        );
        let target = settings["build"]["target"].as_str();
        assert_eq!(target, Some("index.html"));
    }

    /// A path that is missing ends Trunk, and one that is written to has it build for ever.
    #[test]
    fn what_trunk_watches_is_there_and_never_written_by_the_build() {
        let text = std::fs::read_to_string(root().join("Trunk.toml")).expect("Trunk.toml");
        let settings: toml::Table = text.parse().expect("TOML");
        let watched = settings["watch"]["watch"].as_array().expect("paths");
        let watched: Vec<&str> = watched.iter().filter_map(|path| path.as_str()).collect();
        for path in &watched {
            assert!(root().join(path).exists(), "{path} is not there");
            assert!(!Path::new("target/web").starts_with(path), "{path}");
        }
        for source in [
            "index.html",
            "Cargo.lock",
            "content",
            "crates/core",
            "web/src",
        ] {
            let seen = watched
                .iter()
                .any(|path| Path::new(source).starts_with(path));
            assert!(seen, "nobody watches {source}");
        }
        let dist = settings["build"]["dist"].as_str().expect("a folder");
        assert!(
            watched
                .iter()
                .all(|path| !Path::new(dist).starts_with(path))
        );
        for mode in [Mode::Release, Mode::Dev] {
            assert_ne!(dist, mode.dist(), "the binary would carry Trunk's script");
        }
    }
}
