//! The still picture of a block, as it is before anybody turns or plays it.

use trilane_core::compare::times;
use trilane_core::model;
use trilane_core::profile::default_python;
use trilane_core::race::{self, CORES, Machine, RaceError};
use trilane_core::report::report;
use trilane_core::trace::Trace;
use trilane_core::workload::draw;
use trilane_lessons::block::{Block, Widget};
use trilane_timeline::kitchen::Kitchen;
use trilane_timeline::svg::{self, Options};

/// Width of a picture in a text, px: what notes have on a desk. It scales down on a phone.
const WIDTH_PX: u32 = 720;
/// Lanes in each group of a timeline.
const MOST_ROWS: u32 = 8;

/// The picture of a block as SVG, whose ids begin with `id`; nothing for a flowchart. A timeline and a kitchen are
/// of the first plan.
///
/// # Errors
/// The block's scenario or plans cannot be run.
pub fn still(block: &Block, id: &str) -> Result<Option<String>, RaceError> {
    let Some(text) = &block.scenario else {
        return Ok(None);
    };
    let scenario = race::read(text)?;
    let cores = scenario.cores.unwrap_or(CORES);
    let mut machine = Machine::new(cores, default_python(), None)?;
    let entries = machine.entries(&block.plans)?;
    let workload = draw(&scenario, scenario.seed);
    let jobs = race::jobs(&machine, &entries);
    let mut traces: Vec<Trace> = Vec::new();
    let mut reports = Vec::new();
    for (at, entry) in jobs.iter().enumerate() {
        let setup = race::setup(&workload, &machine, entry, 0);
        if at < entries.len() {
            let trace = model::record(&setup);
            reports.push(report(&trace));
            traces.push(trace);
        } else {
            reports.push(model::summarise(&setup));
        }
    }
    let race = race::finish(
        &scenario.title,
        scenario.seed,
        &machine,
        &jobs,
        reports,
        entries.len(),
    );
    let options = Options {
        width_px: WIDTH_PX,
        title: Some(&scenario.title),
        most_rows: MOST_ROWS,
        id,
        ..Options::default()
    };
    let Some(first) = traces.first() else {
        return Ok(None);
    };
    Ok(Some(match block.widget {
        Widget::Timeline => svg::timeline(first, &options),
        Widget::Kitchen => {
            let kitchen = Kitchen::new(first);
            let end = kitchen.end_ns();
            let at = block.at.map_or(end / 2, |at| at.as_nanos().min(end));
            svg::kitchen(&kitchen, at, &options)
        }
        Widget::Race | Widget::Quiz | Widget::Choose => {
            let captions: Vec<String> = (race.runs.iter())
                .map(|run| run.speedup.map_or_else(String::new, times))
                .collect();
            let runs: Vec<(&Trace, &str)> = traces
                .iter()
                .zip(&captions)
                .map(|(trace, caption)| (trace, caption.as_str()))
                .collect();
            svg::race(&runs, &options)
        }
    }))
}
