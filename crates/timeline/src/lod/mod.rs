//! Level of detail: what a drawing costs goes with its pixels, not with the spans behind them.
//!
//! Three shapes cover every row: [`Strips`] (one lane, one state at a time), [`Stack`] (many lanes
//! in one row, how many are in each state) and [`Curve`] (a number over time). Each keeps sums of
//! time every 32 entries, so the time in each state between any two instants is two look-ups away,
//! however many entries lie between. A walk goes from the left edge to the right: what is wide
//! enough is told as it is; what is not is told by pixel column, with its exact shares.

mod curve;
mod stack;
mod strips;

pub use curve::Curve;
pub use stack::Stack;
pub use strips::{Entry, Piece, Strips};

use crate::scale::TimeScale;

/// Nanoseconds in each kind, by the kind's number. [`HOLE`] is always 0.
pub type Times = [u64; 16];

/// The number after the last kind: nothing there.
const HOLE: u8 = 15;

/// Entries a block: one sum is kept for each.
const BLOCK: usize = 32;

/// Narrower than this, px, a span is told as part of its column.
const WIDE_PX: f64 = 1.0;

/// Where the pixel column that holds `px` ends. A sliver goes to the next column.
#[inline]
fn column_edge(scale: &TimeScale, px: f64) -> f64 {
    // Not left of the scale, so cutting off is rounding down (and needs no call).
    let column = (px - scale.left_px()) as u32;
    let edge = scale.left_px() + f64::from(column.saturating_add(1));
    if edge - px < 0.25 { edge + 1.0 } else { edge }
}

/// The first whole nanosecond not before what `px` shows, and at least one after `after`.
#[inline]
fn edge_ns(scale: &TimeScale, px: f64, after: u64) -> u64 {
    let ns = scale.ns(px);
    let below = ns as u64;
    let up = u64::from((below as f64) < ns);
    below.saturating_add(up).max(after + 1)
}

/// Where a stretch of time is shown, cut to the scale: its edges are whole nanoseconds, and the
/// scale's need not be.
fn cut(scale: &TimeScale, left_px: f64, right_px: f64) -> (f64, f64) {
    // Both edges to both sides: far out, rounding may take either across either.
    let inside = |px: f64| px.max(scale.left_px()).min(scale.right_px());
    (inside(left_px), inside(right_px))
}
