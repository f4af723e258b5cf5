//! What documents say of measurements: the machine, and the part of a page that a command writes.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use crate::process::output;

/// Puts `text` between the marks `<!-- NAME: begin … -->` and `<!-- NAME: end -->` of a page.
pub(crate) fn between_marks(path: &Path, name: &str, text: &str) -> Result<()> {
    let begin = format!("<!-- {name}: begin (written by `cargo xtask {name}`) -->");
    let end = format!("<!-- {name}: end -->");
    let shown = path.display();
    let page = std::fs::read_to_string(path).with_context(|| format!("cannot read {shown}"))?;
    let marks = || format!("{shown} needs the lines `{begin}` and `{end}`");
    let (before, rest) = page.split_once(&begin).with_context(marks)?;
    let (_, after) = rest.split_once(&end).with_context(marks)?;
    let page = format!("{before}{begin}\n{text}{end}{after}");
    std::fs::write(path, page).with_context(|| format!("cannot write {shown}"))
}

/// The machine, from what it says of itself: `AMD EPYC, 2 cores; Linux 6.12`.
pub(crate) fn machine() -> String {
    let cpu = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpu
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(':'))
        .map_or(std::env::consts::ARCH, |(_, name)| name.trim());
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let kernel = first_line(Command::new("uname").arg("-sr"));
    format!("{model}, {cores} cores; {kernel}")
}

/// The first line that a command prints.
pub(crate) fn first_line(command: &mut Command) -> String {
    output(command)
        .and_then(|text| text.lines().next().map(str::to_owned))
        .unwrap_or_else(|| "unknown".to_owned())
}
