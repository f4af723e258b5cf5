//! crates/bench/agree.js as seen from here: it is told a case at a time, and answers each.

use std::io::{BufRead, BufReader, Lines, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Stdio};

use anyhow::{Context, Result, ensure};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::{browser, npm};

/// What a browser told of itself.
#[derive(Debug, Deserialize)]
pub(super) struct Calibrated {
    pub(super) profile: String,
    pub(super) cores: u32,
}

/// What came of a case.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Answer {
    /// The document of `trilane.measure`.
    Document(Value),
    /// Why there is none.
    Failed(String),
}

/// A browser with the page.
pub(super) struct Driver {
    node: Child,
    /// Closing it lets the browser end.
    told: Option<ChildStdin>,
    says: Lines<BufReader<ChildStdout>>,
}

impl Driver {
    /// Starts the browser with the page of a folder, and calibrates it.
    pub(super) fn start(root: &Path, dist: &Path) -> Result<(Driver, Calibrated)> {
        let mut node = npm::node(root)?;
        node.env("NODE_PATH", browser::modules(root))
            .arg(root.join("crates/bench/agree.js"))
            .arg(dist)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        let mut node = node.spawn().context("cannot run node")?;
        let told = node.stdin.take();
        let says = node.stdout.take().context("a piped child has an output")?;
        let says = BufReader::new(says).lines();
        let mut driver = Driver { node, told, says };
        let calibrated = driver.hear()?;
        Ok((driver, calibrated))
    }

    fn hear<T: DeserializeOwned>(&mut self) -> Result<T> {
        let line = self.says.next();
        let line = line.context("crates/bench/agree.js ended: what it said stands above")??;
        serde_json::from_str(&line)
            .with_context(|| format!("crates/bench/agree.js said `{line:.200}`"))
    }

    /// Runs a scenario under some plans, each `repeat` times.
    pub(super) fn run(
        &mut self,
        name: &str,
        text: &str,
        plans: &[String],
        repeat: u32,
        limit_ms: u64,
    ) -> Result<Answer> {
        let case = json!({
            "name": name, "text": text, "plans": plans, "repeat": repeat, "limit_ms": limit_ms,
        });
        let told = self.told.as_mut().context("a piped child has an input")?;
        writeln!(told, "{case}").context("crates/bench/agree.js listens no more")?;
        self.hear()
    }

    /// Lets it end.
    pub(super) fn end(mut self) -> Result<()> {
        self.told = None;
        let status = self.node.wait().context("lost crates/bench/agree.js")?;
        ensure!(status.success(), "crates/bench/agree.js failed ({status})");
        Ok(())
    }
}
