//! Plans above each other on one time axis: where the axis ends, and how a plan's lanes stand on it.
//!
//! The SVG of a race and the page's race are laid out by this, so that they look the same.

use crate::draw::{Anchor, DrawList, Font};
use crate::palette::Chrome;
use crate::rows::Timeline;
use crate::scale::TimeScale;
use crate::scene::{self, Layout, Metrics, Style};
use crate::words::Say;

/// A plan that takes this many times as long as the best is cut off, so that the others can be told
/// apart. It says so.
const MOST_TIMES_THE_BEST: u64 = 5;

/// How much longer than its [`window`] an axis is: a little air after an end, to see that it is one.
pub const AIR: f64 = 1.01;

/// How the title of a group of lanes looks.
pub const LABEL: Font = Font::mono(10.0);

/// Where the axis ends, ns: at the longest run that is not out of all proportion. `best` is the end of
/// the fastest that completed.
pub fn window<'t>(timelines: impl IntoIterator<Item = &'t Timeline>, best: Option<u64>) -> u64 {
    // A run of no length gives no measure.
    let best = best.filter(|best| *best > 0);
    let limit = best.map_or(u64::MAX, |best| best.saturating_mul(MOST_TIMES_THE_BEST));
    let ends = timelines.into_iter().map(|timeline| timeline.end_ns);
    ends.filter(|end| *end <= limit).max().unwrap_or(1).max(1)
}

/// The room that the titles of groups take, left of all lanes, px.
pub fn gutter<'t>(timelines: impl IntoIterator<Item = &'t Timeline>, say: Say<'_>) -> f32 {
    let groups = timelines.into_iter().flat_map(|timeline| &timeline.groups);
    let widest = groups
        .map(|group| LABEL.width(&say.say(&group.title)))
        .fold(0.0, f32::max);
    widest + 14.0
}

/// Draws a plan's lanes from `top` down, in columns of so many pixels, with the titles of their groups from
/// `titles_px` on where they have room, and gives where they end.
pub fn lanes(
    timeline: &Timeline,
    scale: &TimeScale,
    titles_px: Option<f32>,
    top: f32,
    say: Say<'_>,
    grain_px: u32,
    list: &mut DrawList,
) -> f32 {
    let rows = timeline.rows().count().max(1) as f32;
    let metrics = Metrics {
        row_px: (62.0 / rows - 1.5).clamp(5.0, 12.0),
        stack_px: 20.0,
        gap_px: if rows > 6.0 { 1.0 } else { 2.0 },
        title_px: 2.0,
    };
    let layout = Layout::new(timeline, &metrics, top);
    let style = Style {
        tips: false,
        grain_px,
    };
    scene::paint(timeline, &layout, scale, style, list);
    if let Some(left) = titles_px {
        let mut free = top;
        for place in layout.boxes.iter().filter(|place| place.row == 0) {
            let y = (place.top + place.height.min(11.0) / 2.0 + 3.5).max(free);
            let title = say.say(&timeline.groups[place.group].title);
            list.text((left, y), title, LABEL, Anchor::Start, Chrome::Mute);
            free = y + LABEL.size;
        }
    }
    layout.bottom
}
