//! A number over time that changes in steps: how many wait for the GIL, how deep a queue is.

use super::{BLOCK, WIDE_PX, column_edge, cut, edge_ns};
use crate::scale::TimeScale;

/// A step curve. It is 0 before its first step.
#[derive(Clone, Debug, Default)]
pub struct Curve {
    at: Vec<u64>,
    value: Vec<u32>,
    /// Before each block of steps: value × ns so far.
    area: Vec<u128>,
    /// In each block of steps: the most.
    most: Vec<u32>,
}

impl Curve {
    /// The curve with these steps: from when on, ns, ascending; how much.
    pub fn new(steps: impl IntoIterator<Item = (u64, u32)>) -> Curve {
        let mut curve = Curve::default();
        let mut area = 0u128;
        let mut last = (0, 0);
        for (at, value) in steps {
            area += u128::from(at - last.0) * u128::from(last.1);
            if curve.at.len().is_multiple_of(BLOCK) {
                curve.area.push(area);
                curve.most.push(0);
            }
            let block = curve.most.len() - 1;
            curve.most[block] = curve.most[block].max(value);
            curve.at.push(at);
            curve.value.push(value);
            last = (at, value);
        }
        curve
    }

    /// The most it ever is.
    pub fn most(&self) -> u32 {
        self.most.iter().copied().max().unwrap_or(0)
    }

    /// How much it is at a time.
    pub fn at(&self, ns: u64) -> u32 {
        self.value_before(self.at.partition_point(|&at| at <= ns))
    }

    fn value_before(&self, step: usize) -> u32 {
        step.checked_sub(1).map_or(0, |step| self.value[step])
    }

    /// Value × ns from the beginning to `ns`; `next` is the first step after it.
    fn area_to(&self, next: usize, ns: u64) -> u128 {
        let Some(last) = next.checked_sub(1) else {
            return 0;
        };
        let first = last / BLOCK * BLOCK;
        let mut area = self.area[last / BLOCK];
        for step in first..last {
            area += u128::from(self.at[step + 1] - self.at[step]) * u128::from(self.value[step]);
        }
        area + u128::from(ns - self.at[last]) * u128::from(self.value[last])
    }

    /// The most in the steps `from..to`.
    fn most_in(&self, from: usize, to: usize) -> u32 {
        let (first, last) = (from.div_ceil(BLOCK), to / BLOCK);
        if first >= last {
            return self.value[from..to].iter().copied().max().unwrap_or(0);
        }
        let blocks = self.most[first..last].iter();
        let ends = self.value[from..first * BLOCK]
            .iter()
            .chain(&self.value[last * BLOCK..to]);
        blocks.chain(ends).copied().max().unwrap_or(0)
    }

    /// Tells the curve from the left edge of the scale to its right edge: from where to where, px;
    /// its mean there; its most there. Stretches at 0 are not told.
    pub fn walk(&self, scale: &TimeScale, mut tell: impl FnMut(f64, f64, f64, u32)) {
        let mut at = scale.start_ns().floor().max(0.0) as u64;
        let view_end = scale.end_ns().ceil().max(0.0) as u64;
        let mut next = self.at.partition_point(|&step| step <= at);
        let mut left_px = scale.px(at as f64);
        while at < view_end && (next < self.at.len() || self.value_before(next) > 0) {
            let value = self.value_before(next);
            let step = self.at.get(next).copied().unwrap_or(view_end).min(view_end);
            let right_px = scale.px(step as f64);
            let (to, mean, most) = if right_px - left_px >= WIDE_PX || step == view_end {
                (step, f64::from(value), value)
            } else {
                let to = edge_ns(scale, column_edge(scale, left_px), at).min(view_end);
                let then = next + self.at[next..].partition_point(|&step| step <= to);
                let area = self.area_to(then, to) - self.area_to(next, at);
                // A step at the very edge belongs to what follows.
                let within = next + self.at[next..then].partition_point(|&step| step < to);
                let most = self.most_in(next, within).max(value);
                (to, area as f64 / (to - at) as f64, most)
            };
            next += self.at[next..].partition_point(|&step| step <= to);
            let right_px = scale.px(to as f64);
            if most > 0 {
                let (left_px, right_px) = cut(scale, left_px, right_px);
                tell(left_px, right_px, mean, most);
            }
            at = to;
            left_px = right_px;
        }
    }
}
