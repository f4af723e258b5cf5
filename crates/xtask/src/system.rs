//! Programs of the machine's own: taken where they are, and installed by Debian's package where they are not.

use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::process::{execute, output};

/// Such a program.
pub(crate) struct Program {
    pub(crate) title: &'static str,
    /// Its names on different systems.
    pub(crate) names: &'static [&'static str],
    /// Debian's package.
    pub(crate) package: &'static str,
}

/// Makes documents of Markdown, as Quarto does by it. The machine's own will do from version 2.17 on.
pub(crate) const PANDOC: Program = Program {
    title: "pandoc",
    names: &["pandoc"],
    package: "pandoc",
};

impl Program {
    fn is_there(&self) -> bool {
        let runs = |name: &&str| output(Command::new(name).arg("--version")).is_some();
        self.names.iter().any(runs)
    }

    /// Takes the machine's, or has Debian install it.
    pub(crate) fn install(&self) -> Result<()> {
        if self.is_there() {
            return Ok(());
        }
        let Program { title, package, .. } = self;
        let shown = format!("apt-get install -y {package}");
        let root = output(Command::new("id").arg("-u")).is_some_and(|text| text.trim() == "0");
        if !root || output(Command::new("apt-get").arg("--version")).is_none() {
            bail!(
                "{title} is missing, and only root can install it: run `sudo {shown}`, or put one of \
                 these on PATH: {}",
                self.names.join(", ")
            );
        }
        let run = |arguments: &[&str]| {
            let mut apt = Command::new("apt-get");
            execute(apt.env("DEBIAN_FRONTEND", "noninteractive").args(arguments))
        };
        run(&["update", "-qq"])
            .and_then(|()| run(&["install", "-y", package]))
            .with_context(|| format!("{title} is missing, and `{shown}` failed"))?;
        match self.is_there() {
            true => Ok(()),
            false => bail!("{title} does not run after `{shown}`"),
        }
    }
}
