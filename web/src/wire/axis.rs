//! The time axis of a race or of a row, as it travels.

use serde::{Deserialize, Serialize};
use trilane_timeline::scale::TimeScale;

/// A time axis: which time stands where.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Axis {
    /// The time at its left end, ns.
    pub start_ns: f64,
    /// The time at its right end, ns.
    pub end_ns: f64,
    /// Its left end, px.
    pub left_px: f64,
    /// Its right end, px.
    pub right_px: f64,
    /// Where it begins to be logarithmic, ns; 0 where it is even.
    pub small_ns: f64,
}

impl Axis {
    /// The axis of a scale.
    pub fn of(scale: &TimeScale) -> Axis {
        Axis {
            start_ns: scale.start_ns(),
            end_ns: scale.end_ns(),
            left_px: scale.left_px(),
            right_px: scale.right_px(),
            small_ns: scale.small_ns(),
        }
    }

    /// Whether it is logarithmic.
    pub fn is_log(&self) -> bool {
        self.small_ns > 0.0
    }

    /// The scale of this axis.
    pub fn scale(&self) -> TimeScale {
        let Axis {
            start_ns,
            end_ns,
            left_px,
            right_px,
            small_ns,
        } = *self;
        match self.is_log() {
            true => TimeScale::log_above(small_ns, start_ns, end_ns, left_px, right_px),
            false => TimeScale::new(start_ns, end_ns, left_px, right_px),
        }
    }
}
