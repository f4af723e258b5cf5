//! Crowded columns: many spans within a pixel, as shares of its height.

use trilane_core::trace::SpanKind;

use super::RowBox;
use crate::draw::{Paint, Rect};
use crate::lod::Times;

/// From the bottom up: what computes, what waits for that, what waits outside.
const STACKING: [SpanKind; 14] = [
    SpanKind::Python,
    SpanKind::Native,
    SpanKind::Pickle,
    SpanKind::Transfer,
    SpanKind::Overhead,
    SpanKind::Start,
    SpanKind::GilWait,
    SpanKind::CoreWait,
    SpanKind::LockWait,
    SpanKind::LoopWait,
    SpanKind::QueueWait,
    SpanKind::Io,
    SpanKind::JoinWait,
    SpanKind::PoolWait,
];

/// Columns of a row in which states share the height as they share the time. Columns that look the
/// same become one.
pub(crate) struct Crowd {
    top: f32,
    height: f32,
    /// Where the last column ended, and the rectangles that it made, to be made longer.
    right: f32,
    open: std::ops::Range<usize>,
    /// How high each state of [`STACKING`] stood in the last column, with those below it.
    last: Levels,
    /// The rectangles of a column while it is made.
    column: [Rect; STACKING.len()],
}

/// In quarters of a pixel, so that neighbours that look the same are the same.
type Levels = [u16; STACKING.len()];

impl Crowd {
    pub(crate) fn new(place: &RowBox) -> Crowd {
        Crowd {
            top: place.top,
            height: place.height,
            right: f32::NEG_INFINITY,
            open: 0..0,
            last: Levels::default(),
            column: STACKING.map(|kind| Rect {
                x: 0.0,
                y: 0.0,
                w: 0.0,
                h: 0.0,
                round: 0.0,
                paint: Paint::State(kind),
            }),
        }
    }

    pub(crate) fn add(
        &mut self,
        (left_px, right_px): (f64, f64),
        times: &Times,
        whole_ns: u64,
        rects: &mut Vec<Rect>,
    ) {
        let (x, w) = (left_px as f32, (right_px - left_px) as f32);
        let levels = self.levels(times, whole_ns);
        let follows = (x - self.right).abs() < 1e-3 && self.open.end == rects.len();
        self.right = x + w;
        if follows && levels == self.last {
            for rect in &mut rects[self.open.clone()] {
                rect.w = self.right - rect.x;
            }
            return;
        }
        self.last = levels;
        let first = rects.len();
        let bottom = self.top + self.height;
        let (mut below, mut shown) = (0, 0);
        for (kind, above) in STACKING.into_iter().zip(levels) {
            // Which states are there is as good as random, and a branch on it would cost more than
            // all else: each is written, and the next one over it where it has no height.
            self.column[shown] = Rect {
                x,
                y: bottom - f32::from(above) / 4.0,
                w,
                h: f32::from(above - below) / 4.0,
                round: 0.0,
                paint: Paint::State(kind),
            };
            shown += usize::from(above > below);
            below = above;
        }
        rects.extend_from_slice(&self.column[..shown]);
        self.open = first..rects.len();
    }

    fn levels(&self, times: &Times, whole_ns: u64) -> Levels {
        let per_ns = f64::from(self.height) * 4.0 / whole_ns as f64;
        let mut levels = Levels::default();
        let mut sum = 0u64;
        for (kind, level) in STACKING.into_iter().zip(&mut levels) {
            sum += times[kind as usize];
            // Signed, as processors have no conversion of their own for what is not: 292 years are enough.
            *level = (sum as i64 as f64 * per_ns + 0.5) as u16;
        }
        if levels[levels.len() - 1] < 4 && sum > 0 {
            // Something rare is there: a pixel of what there is most of.
            let most = (0..STACKING.len()).max_by_key(|&at| times[STACKING[at] as usize]);
            let most = most.unwrap_or(0);
            levels = std::array::from_fn(|at| if at < most { 0 } else { 4 });
        }
        levels
    }
}
