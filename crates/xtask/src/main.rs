//! Build, test and check Trilane: what CI and the README call.
use anyhow::bail;

fn main() -> anyhow::Result<()> {
    match std::env::args().nth(1).as_deref() {
        Some("profiles") => Ok(std::fs::write(
            "docs/PROFILES.md",
            trilane_core::profile::markdown(),
        )?),
        other => bail!("unknown task {other:?}"),
    }
}
