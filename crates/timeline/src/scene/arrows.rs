//! Flows of what is selected, as arrows between rows.

use trilane_core::trace::{Flow, Lane};

use super::{Layout, RowBox};
use crate::draw::Arrow;
use crate::palette::Chrome;
use crate::rows::{Content, Timeline};
use crate::scale::TimeScale;

/// The arrows of what is selected: every flow that begins or ends on that lane, and of which both
/// ends are on rows that are shown.
pub fn arrows(
    timeline: &Timeline,
    layout: &Layout,
    scale: &TimeScale,
    flows: &[Flow],
    selected: Lane,
) -> Vec<Arrow> {
    let own = |flow: &&Flow| flow.from == selected || flow.to == selected;
    arrows_of(timeline, layout, scale, flows.iter().filter(own))
}

/// The arrows of some flows, as far as both ends are shown.
pub(crate) fn arrows_of<'f>(
    timeline: &Timeline,
    layout: &Layout,
    scale: &TimeScale,
    flows: impl Iterator<Item = &'f Flow>,
) -> Vec<Arrow> {
    let shown = scale.start_ns()..=scale.end_ns();
    let mut arrows = Vec::new();
    for flow in flows {
        let (start, end) = (flow.start.as_nanos(), flow.end.as_nanos());
        if !shown.contains(&(start as f64)) || !shown.contains(&(end as f64)) {
            continue;
        }
        // A flow leaves what ends at its start, and leads to what starts at its end.
        let from = lane_row(
            timeline,
            layout,
            flow.from,
            [start.saturating_sub(1), start],
        );
        let to = lane_row(timeline, layout, flow.to, [end, end.saturating_sub(1)]);
        if let (Some(from), Some(to)) = (from, to) {
            arrows.push(arrow(
                scale.px(start as f64) as f32,
                from,
                scale.px(end as f64) as f32,
                to,
            ));
        }
    }
    arrows
}

/// The row of a lane; a task's, where no row is its own, is that of its thread at those times.
pub(crate) fn lane_row<'l>(
    timeline: &Timeline,
    layout: &'l Layout,
    lane: Lane,
    at: [u64; 2],
) -> Option<&'l RowBox> {
    let content = |place: &RowBox| &timeline.groups[place.group].rows[place.row].content;
    let own = layout.boxes.iter().find(|place| match content(place) {
        Content::Lane { lane: own, .. } => *own == lane,
        Content::Lanes { lanes, .. } => lanes.len() > 1 && lanes.contains(&lane),
        _ => false,
    });
    let on_thread = |ns: u64| {
        let task = lane.as_task()?;
        layout.boxes.iter().find(|place| match content(place) {
            Content::Lane { strip, lane } if lane.as_thread().is_some() => timeline
                .strips
                .at(*strip, ns)
                .is_some_and(|entry| entry.who == Some(task)),
            _ => false,
        })
    };
    let on_thread = || at.into_iter().find_map(on_thread);
    match own {
        Some(place) if matches!(content(place), Content::Lane { .. }) => Some(place),
        other => on_thread().or(other),
    }
}

fn arrow(x0: f32, from: &RowBox, x1: f32, to: &RowBox) -> Arrow {
    let middle = |place: &RowBox| place.top + place.height / 2.0;
    let y0 = middle(from);
    // It ends at the near edge of its row.
    let y1 = match to.top.total_cmp(&from.top) {
        std::cmp::Ordering::Greater => to.top + 1.0,
        std::cmp::Ordering::Less => to.top + to.height - 1.0,
        std::cmp::Ordering::Equal => y0,
    };
    let bend = ((x1 - x0).abs() / 2.0).clamp(7.0, 60.0);
    let lift = (y1 - y0) * 0.25;
    Arrow {
        points: [
            (x0, y0),
            (x0 + bend, y0 + lift),
            (x1 - bend, y1 - lift),
            (x1, y1),
        ],
        ink: Chrome::Ink,
    }
}
