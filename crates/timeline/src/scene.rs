//! A scene: where the rows of a timeline stand, what they look like at a time scale, and what is
//! under a point.

mod arrows;
mod crowd;
mod grid;
mod paint;

pub use arrows::arrows;
pub(crate) use arrows::{arrows_of, lane_row};
pub(crate) use crowd::Crowd;
pub use grid::grid;
pub(crate) use paint::depth;
pub use paint::{Style, paint};

use crate::lod::Entry;
use crate::rows::{Content, Timeline};
use crate::scale::TimeScale;

/// Sizes of a scene, px.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Metrics {
    /// Height of a row of one lane.
    pub row_px: f32,
    /// Height of a row that sums lanes.
    pub stack_px: f32,
    /// Space under a row.
    pub gap_px: f32,
    /// Height of a group's title; 0 leaves titles out.
    pub title_px: f32,
}

/// Where a row stands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RowBox {
    /// Index of its group.
    pub group: usize,
    /// Index in its group.
    pub row: usize,
    /// Top edge, px.
    pub top: f32,
    /// Height, px.
    pub height: f32,
}

/// Where all rows of a timeline stand.
#[derive(Clone, Debug, PartialEq)]
pub struct Layout {
    /// Rows, top to bottom.
    pub boxes: Vec<RowBox>,
    /// Base line of each group's title, px.
    pub titles: Vec<f32>,
    /// Where the last row ends, px.
    pub bottom: f32,
    gap_px: f32,
}

impl Layout {
    /// Sets the rows of a timeline from `top` down.
    pub fn new(timeline: &Timeline, metrics: &Metrics, top: f32) -> Layout {
        let mut layout = Layout {
            boxes: Vec::new(),
            titles: Vec::new(),
            bottom: top,
            gap_px: metrics.gap_px,
        };
        let mut y = top;
        for (group, there) in timeline.groups.iter().enumerate() {
            layout.titles.push(y + metrics.title_px * 0.68);
            y += metrics.title_px;
            for (row, content) in there.rows.iter().map(|row| &row.content).enumerate() {
                let height = match content {
                    Content::Lanes { .. } => metrics.stack_px,
                    _ => metrics.row_px,
                };
                layout.boxes.push(RowBox {
                    group,
                    row,
                    top: y,
                    height,
                });
                y += height + metrics.gap_px;
            }
        }
        layout.bottom = (y - metrics.gap_px).max(top);
        layout
    }

    /// The row at a height; the gap under a row counts as its own.
    pub fn row_at(&self, y: f32) -> Option<&RowBox> {
        let next = self.boxes.partition_point(|row| row.top <= y);
        let row = &self.boxes[next.checked_sub(1)?];
        (y < row.top + row.height + self.gap_px).then_some(row)
    }
}

/// What is under a point.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hit {
    /// The row.
    pub place: RowBox,
    /// When, ns.
    pub at_ns: u64,
    /// The span, where the row is of one lane and something is there.
    pub entry: Option<Entry>,
}

/// What is under (`x`, `y`), px.
pub fn hit(
    timeline: &Timeline,
    layout: &Layout,
    scale: &TimeScale,
    (x, y): (f32, f32),
) -> Option<Hit> {
    let place = *layout.row_at(y)?;
    let x = f64::from(x);
    let ns = scale.ns(x);
    if !(scale.left_px()..scale.right_px()).contains(&x) || ns < 0.0 {
        return None;
    }
    let row = &timeline.groups[place.group].rows[place.row];
    let at_ns = ns as u64;
    Some(Hit {
        place,
        at_ns,
        entry: timeline.span_at(&row.content, at_ns),
    })
}
