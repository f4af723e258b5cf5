//! The still picture of a block, as it is before anybody turns or plays it.

use trilane_core::race::RaceError;
use trilane_core::trace::Trace;
use trilane_lessons::block::{Block, Widget};
use trilane_timeline::kitchen::Kitchen;
use trilane_timeline::svg::{self, Options};

use crate::ran::Ran;

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
    let ran = Ran::new(text, &block.plans)?;
    let options = Options {
        width_px: WIDTH_PX,
        title: Some(&ran.title),
        most_rows: MOST_ROWS,
        id,
        ..Options::default()
    };
    let Some(first) = ran.traces.first() else {
        return Ok(None);
    };
    Ok(Some(match block.widget {
        Widget::Timeline => svg::timeline(first, &options),
        Widget::Kitchen => {
            let kitchen = Kitchen::new(first);
            let at = kitchen.telling(block.at.map(|at| at.as_nanos()));
            svg::kitchen(&kitchen, at, &options)
        }
        Widget::Race | Widget::Quiz | Widget::Choose => {
            let captions = ran.speedups();
            let runs: Vec<(&Trace, &str)> = (ran.traces.iter())
                .zip(&captions)
                .map(|(trace, caption)| (trace, caption.as_str()))
                .collect();
            svg::race(&runs, &options)
        }
    }))
}
