//! How long tasks took: what share of them had ended after a time.
//!
//! The share that has ended, and no histogram: it needs no choice of bins, every task is a step of
//! it, and a percentile is read off where the curve crosses its height.

use trilane_core::trace::Trace;
use trilane_core::units::Dur;

use super::{AXIS_PX, GUTTER_PX, MARK, figures, level, nothing};
use crate::draw::{Anchor, DrawList, Paint};
use crate::palette::Chrome;
use crate::scale::TimeScale;
use crate::scene::grid;
use crate::words::Say;

/// Where the longest takes this many times the shortest, the axis is logarithmic.
const WIDE_RANGE: u64 = 100;
/// The percentiles that are marked.
const MARKED: [usize; 3] = [50, 95, 99];
/// How thick the curve is, px.
const CURVE_PX: f32 = 2.0;

/// How long each task took from its arrival to its end, ns, ascending: the tasks of the workload
/// that ended, without the branches of their gathers.
pub fn latencies(trace: &Trace) -> Vec<u64> {
    let mut ends: Vec<u64> = trace
        .tasks
        .iter()
        .map(|task| task.born.as_nanos())
        .collect();
    for span in trace.spans.iter() {
        if let Some(task) = span.lane.as_task() {
            let end = &mut ends[task as usize];
            *end = span.end.max(*end);
        }
    }
    let own = trace.tasks.iter().zip(ends);
    let own = own.filter(|(task, _)| task.finished && task.parent.is_none());
    let mut latencies: Vec<u64> = own.map(|(task, end)| end - task.born.as_nanos()).collect();
    latencies.sort_unstable();
    latencies
}

/// By nearest rank: the smallest that so many percent are at most.
fn percentile(sorted: &[u64], percent: usize) -> u64 {
    sorted[(sorted.len() * percent).div_ceil(100).max(1) - 1]
}

/// The share of tasks that ended within a time, with the median and the 95th and 99th percentiles.
/// `sorted` is what [`latencies`] gives; sizes are px.
///
/// O(pixels × log tasks).
pub fn latency(sorted: &[u64], (width, height): (f32, f32)) -> DrawList {
    let (Some(&least), Some(&most)) = (sorted.first(), sorted.last()) else {
        return nothing("No task ended.", (width, height));
    };
    let mut list = DrawList::default();
    let value = |percent| Dur::from_nanos(percentile(sorted, percent)).to_string();
    let mut told: Vec<(&str, String)> = vec![
        ("median", value(50)),
        ("p95", value(95)),
        ("p99", value(99)),
        ("longest", value(100)),
    ];
    if width < 260.0 {
        told.remove(2);
    }
    let top = figures(&told, width, &mut list) + 4.0;
    let (left, right) = (GUTTER_PX, width - 6.0);
    let bottom = (height - AXIS_PX).max(top + 20.0);
    let ends = (f64::from(left), f64::from(right));
    let end = most as f64 * 1.04;
    let scale = match most / WIDE_RANGE > least.max(1) {
        true => TimeScale::log_above(least as f64 / 2.0, 0.0, end, ends.0, ends.1),
        false => TimeScale::new(0.0, end, ends.0, ends.1),
    };
    let size = (right - left, bottom - top);
    list.rect((left, top), size, 0.0, Paint::Chrome(Chrome::Track));
    for (label, share) in [("100 %", 1.0), ("50 %", 0.5), ("0", 0.0)] {
        level(label, bottom - share * size.1, (left, right), &mut list);
    }
    let spacing = if width < 420.0 { 62.0 } else { 90.0 };
    grid(&scale, (top, bottom), spacing, Say::default(), &mut list);
    curve(sorted, &scale, (top, bottom), &mut list);
    marks(sorted, &scale, (top, bottom), &mut list);
    list
}

/// Height of a percentile's name at the foot of its line, px.
const NAME_PX: f32 = 16.0;

/// The curve and what lies under it, a step where its height changes.
fn curve(sorted: &[u64], scale: &TimeScale, (top, bottom): (f32, f32), list: &mut DrawList) {
    let (left, right) = (scale.left_px() as f32, scale.right_px() as f32);
    let height = |x: f32| {
        let ns = scale.ns(f64::from(x));
        let ended = sorted.partition_point(|&latency| latency as f64 <= ns);
        // In quarters of a pixel, so that steps that look the same are one.
        let share = ended as f32 / sorted.len() as f32;
        (share * (bottom - top) * 4.0 + 0.5) as u32 as f32 / 4.0
    };
    let columns = (right - left).max(1.0) as u32;
    let mut steps: Vec<(f32, f32)> = Vec::new();
    for column in 0..columns {
        let x = left + column as f32;
        let high = height(x + 1.0);
        if steps.last().is_none_or(|(_, last)| *last != high) {
            steps.push((x, high));
        }
    }
    // In bands that reach to the right and lie a little over each other: columns would leave seams.
    let mut last = 0.0;
    for &(x, high) in &steps {
        let size = (right - x, high - last + f32::min(last, 1.0));
        if size.1 > 0.0 {
            list.rect((x, bottom - high), size, 0.0, Paint::Chrome(Chrome::Rule));
        }
        last = high;
    }
    let ink = Paint::Chrome(Chrome::Held);
    let ends = steps.iter().skip(1).map(|(x, _)| *x).chain([right]);
    let mut last = 0.0;
    for (&(x, high), end) in steps.iter().zip(ends) {
        let y = (bottom - high).min(bottom - CURVE_PX);
        if high > last {
            // Down to where the step before it lies, so that the two are one line.
            let rise = (bottom - last).min(bottom - CURVE_PX) + CURVE_PX - y;
            list.rect((x, y), (CURVE_PX, rise), 0.0, ink);
        }
        list.rect((x, y), (end - x, CURVE_PX), 0.0, ink);
        last = high;
    }
}

/// A dot where the curve reaches a percentile, a line down to the axis, and its name where it has room.
fn marks(sorted: &[u64], scale: &TimeScale, (top, bottom): (f32, f32), list: &mut DrawList) {
    let (left, right) = (scale.left_px() as f32, scale.right_px() as f32);
    let marked = MARKED.map(|percent| {
        let ns = percentile(sorted, percent);
        (percent, scale.px(ns as f64) as f32)
    });
    // Where a name must not stand: across a line, or on another. The highest is named first, as it is
    // the one that is looked for.
    let mut taken: Vec<(f32, f32)> = marked.iter().map(|(_, x)| (x - 2.0, x + 2.0)).collect();
    for (percent, x) in marked.into_iter().rev() {
        let y = bottom - percent as f32 / 100.0 * (bottom - top);
        list.line((x, y), (x, bottom), 1.0, Chrome::Mute);
        list.rect(
            (x - 4.5, y - 4.5),
            (9.0, 9.0),
            4.5,
            Paint::Chrome(Chrome::Panel),
        );
        list.rect(
            (x - 3.0, y - 3.0),
            (6.0, 6.0),
            3.0,
            Paint::Chrome(Chrome::Ink),
        );
        let name = format!("p{percent}");
        let wide = MARK.width(&name);
        let after = (x + 6.0, x + 8.0 + wide);
        let before = (x - 8.0 - wide, x - 6.0);
        let free = |place: &(f32, f32)| {
            let apart = |other: &(f32, f32)| place.1 < other.0 || place.0 > other.1;
            place.0 >= left && place.1 <= right && taken.iter().all(apart)
        };
        // At the foot of its line, where the curve is far above.
        let below = |place: &(f32, f32)| {
            let ns = scale.ns(f64::from(place.0));
            let ended = sorted.partition_point(|&latency| latency as f64 <= ns);
            ended as f32 / sorted.len() as f32 * (bottom - top) > NAME_PX
        };
        let places = [after, before].into_iter();
        if let Some(place) = places.filter(below).find(free) {
            let at = (place.0 + 1.0, bottom - 5.0);
            list.text(at, name, MARK, Anchor::Start, Chrome::Ink);
            taken.push(place);
        }
    }
}

/// [`latency`] in words.
pub fn latency_words(sorted: &[u64]) -> String {
    let within = |percent| Dur::from_nanos(percentile(sorted, percent));
    match sorted.len() {
        0 => "No task ended.".to_owned(),
        1 => format!("The one task took {}.", within(50)),
        tasks => format!(
            "Of {tasks} tasks half ended within {}, 95 % within {}, 99 % within {}; the longest took {}.",
            within(50),
            within(95),
            within(99),
            within(100)
        ),
    }
}
