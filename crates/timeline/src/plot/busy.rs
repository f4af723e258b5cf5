//! How busy the cores were, and with what, and how many threads wanted the GIL meanwhile.
//!
//! The two stand apart, each on its own measure: sixty threads that wait would make four cores that
//! work a line at the bottom.

use trilane_core::trace::view;
use trilane_core::trace::{SpanKind, Trace};

use super::{AXIS_PX, GUTTER_PX, figures, legend, level, nothing};
use crate::draw::{Anchor, DrawList, Paint};
use crate::lod::{Curve, Entry, Stack};
use crate::palette::Chrome;
use crate::scale::TimeScale;
use crate::scene::{Crowd, RowBox, grid};
use crate::words::Say;

/// What the rest is shown as: whatever occupies a core and is no task's code.
const OTHER: SpanKind = SpanKind::Overhead;

/// How busy the cores of a run were, ready for drawing at any zoom.
#[derive(Clone, Debug, Default)]
pub struct Busy {
    /// By kind: Python, native code, and [`OTHER`]. As many lanes as cores.
    work: Stack,
    /// How many threads want a GIL.
    wanted: Curve,
    cores: u32,
    end_ns: u64,
    wanted_ns: u64,
}

impl Busy {
    /// Looks through a trace.
    pub fn new(trace: &Trace) -> Busy {
        let lanes = view::lanes(trace);
        let spans = || lanes.threads.iter().flatten();
        let work = spans().filter(|span| span.kind.on_core());
        let entries: Vec<Entry> = work
            .map(|span| Entry {
                start_ns: span.start.as_nanos(),
                end_ns: span.end.as_nanos(),
                kind: match span.kind {
                    SpanKind::Python | SpanKind::Native => span.kind,
                    _ => OTHER,
                },
                who: span.thread,
            })
            .collect();
        // A measured run may tell of more at once than there are cores.
        let most = most_at_once(&entries).max(trace.cores);
        let waits = || spans().filter(|span| span.kind == SpanKind::GilWait);
        let steps = view::depth(waits(), SpanKind::GilWait);
        let waited = waits().map(|span| span.end.since(span.start).as_nanos());
        Busy {
            work: Stack::new(most, entries),
            wanted: Curve::new(steps.into_iter().map(|(at, depth)| (at.as_nanos(), depth))),
            cores: trace.cores,
            end_ns: trace.makespan().as_nanos(),
            wanted_ns: waited.sum(),
        }
    }

    /// How many cores are busy with a kind on the average.
    fn mean(&self, kind: SpanKind) -> f64 {
        let times = self.work.times(0, self.end_ns);
        times[kind as usize] as f64 / self.end_ns.max(1) as f64
    }

    fn all(&self) -> f64 {
        [SpanKind::Python, SpanKind::Native, OTHER]
            .map(|kind| self.mean(kind))
            .iter()
            .sum()
    }

    /// A scale that shows all of the run in a plot of this width, px. Any other between the same edges
    /// does as well.
    pub fn scale(&self, width: f32) -> TimeScale {
        let (left, right) = (f64::from(GUTTER_PX), f64::from(width) - 6.0);
        TimeScale::new(0.0, self.end_ns as f64 * 1.02, left, right)
    }
}

fn most_at_once(entries: &[Entry]) -> u32 {
    let mut changes: Vec<(u64, i32)> = Vec::with_capacity(entries.len() * 2);
    for entry in entries.iter().filter(|entry| entry.end_ns > entry.start_ns) {
        changes.extend([(entry.start_ns, 1), (entry.end_ns, -1)]);
    }
    changes.sort_unstable();
    let (mut now, mut most) = (0i32, 0);
    for (_, by) in changes {
        now += by;
        most = most.max(now);
    }
    most.unsigned_abs()
}

/// What [`utilisation`] calls its states.
fn name(kind: SpanKind) -> &'static str {
    match kind {
        SpanKind::Python => "Python",
        SpanKind::Native => "native code",
        SpanKind::GilWait => "want the GIL",
        _ => "other work",
    }
}

/// The figures and what the colours mean, above the plot; gives where they end.
fn heading(busy: &Busy, width: f32, list: &mut DrawList) -> f32 {
    let wanted = busy.wanted.most();
    let cores = if busy.cores == 1 { "core" } else { "cores" };
    let mut told = vec![(
        "busy",
        format!("{:.2} of {} {cores}", busy.all(), busy.cores),
    )];
    if wanted > 0 {
        let mean = busy.wanted_ns as f64 / busy.end_ns as f64;
        told.push(("want the GIL", format!("{mean:.1}, at most {wanted}")));
    }
    let top = figures(&told, width, list);
    let shown = [SpanKind::Python, SpanKind::Native, OTHER].into_iter();
    let shown = shown.filter(|&kind| busy.mean(kind) > 0.0);
    let mut entries: Vec<_> = shown.map(|kind| (Paint::State(kind), name(kind))).collect();
    if wanted > 0 {
        let kind = SpanKind::GilWait;
        entries.push((Paint::Depth(kind), name(kind)));
    }
    legend(&entries, width, top, list) + 2.0
}

/// The height at which [`utilisation`] reads well at a width, px: what stands above the plot takes more
/// lines where it is narrow, and threads that want the GIL have a plot of their own.
pub fn utilisation_height(busy: &Busy, width: f32) -> f32 {
    let above = match busy.end_ns {
        0 => 0.0,
        _ => heading(busy, width, &mut DrawList::default()),
    };
    let below = if busy.wanted.most() > 0 { 26.0 } else { 0.0 };
    above + 48.0 + below + AXIS_PX
}

/// How many cores are busy over time, by what they do, and below it how many threads want the GIL.
/// Sizes are px; the scale's edges are those of the lanes.
///
/// O(pixels).
pub fn utilisation(busy: &Busy, (width, height): (f32, f32), scale: &TimeScale) -> DrawList {
    if busy.end_ns == 0 {
        return nothing("Nothing ran.", (width, height));
    }
    let mut list = DrawList::default();
    let wanted = busy.wanted.most();
    let top = heading(busy, width, &mut list);
    let (left, right) = (scale.left_px() as f32, scale.right_px() as f32);
    let bottom = (height - AXIS_PX).max(top + 24.0);
    let middle = match wanted > 0 {
        true => (top + (bottom - top) * 0.68).round(),
        false => bottom,
    };
    let place = RowBox {
        group: 0,
        row: 0,
        top,
        height: middle - top,
    };
    let track = Paint::Chrome(Chrome::Track);
    list.rect((left, top), (right - left, place.height), 0.0, track);
    let mut crowd = Crowd::new(&place);
    busy.work.walk(scale, |left_px, right_px, times, whole_ns| {
        crowd.add((left_px, right_px), times, whole_ns, &mut list.rects);
    });
    if wanted > 0 {
        let below = RowBox {
            top: middle + 9.0,
            height: bottom - middle - 9.0,
            ..place
        };
        let size = (right - left, below.height);
        list.rect((left, below.top), size, 0.0, track);
        crate::scene::depth(&busy.wanted, SpanKind::GilWait, &below, scale, &mut list);
        // Below its line, as the 0 above it has its own.
        let at = (left - 6.0, below.top + 9.0);
        let most = wanted.max(3).to_string();
        list.text(at, most, super::MARK, Anchor::End, Chrome::Mute);
    }
    let spacing = if width < 420.0 { 62.0 } else { 90.0 };
    grid(scale, (top, bottom), spacing, Say::default(), &mut list);
    let most = busy.work.lanes().max(1);
    let y = |count: u32| middle - place.height * count as f32 / most as f32;
    level("0", middle, (left, right), &mut list);
    if busy.cores >= 4 && middle - y(busy.cores) > 44.0 && busy.cores.is_multiple_of(2) {
        level(
            &(busy.cores / 2).to_string(),
            y(busy.cores / 2),
            (left, right),
            &mut list,
        );
    }
    level(
        &busy.cores.to_string(),
        y(busy.cores),
        (left, right),
        &mut list,
    );
    if busy.cores < most {
        list.line(
            (left, y(busy.cores)),
            (right, y(busy.cores)),
            1.0,
            Chrome::Ink,
        );
    }
    list
}

/// [`utilisation`] in words.
pub fn utilisation_words(busy: &Busy) -> String {
    if busy.end_ns == 0 {
        return "Nothing ran.".to_owned();
    }
    let shares: Vec<String> = [SpanKind::Python, SpanKind::Native, OTHER]
        .into_iter()
        .filter(|&kind| busy.mean(kind) >= 0.005)
        .map(|kind| format!("{} {:.2}", name(kind), busy.mean(kind)))
        .collect();
    let cores = if busy.cores == 1 {
        "core is"
    } else {
        "cores are"
    };
    let mut words = format!(
        "On the average {:.2} of {} {cores} busy",
        busy.all(),
        busy.cores
    );
    if !shares.is_empty() {
        words = format!("{words}: {}", shares.join(", "));
    }
    words.push('.');
    let most = busy.wanted.most();
    if most > 0 {
        let mean = busy.wanted_ns as f64 / busy.end_ns as f64;
        words = format!("{words} {mean:.1} threads want the GIL, at most {most} at once.");
    }
    words
}
