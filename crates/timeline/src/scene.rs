//! A scene: where the rows of a timeline stand, what they look like at a time scale, and what is
//! under a point.

use trilane_core::trace::{Flow, Lane, SpanKind};

use crate::draw::{Anchor, Arrow, DrawList, Font, Paint, Rect};
use crate::lod::{Entry, Piece, Times};
use crate::palette::Chrome;
use crate::rows::{Content, Row, Timeline};
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

/// How rows are painted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Style {
    /// Words for each span that is wide enough to point at.
    pub tips: bool,
}

/// Paints the rows of a timeline: their grounds, spans, sums and curves.
///
/// O(rows × min(pixels, spans)): what cannot be told apart is summed.
pub fn paint(
    timeline: &Timeline,
    layout: &Layout,
    scale: &TimeScale,
    style: Style,
    list: &mut DrawList,
) {
    let (left, right) = (scale.left_px() as f32, scale.right_px() as f32);
    for place in &layout.boxes {
        let size = (right - left, place.height);
        list.rect((left, place.top), size, 0.0, Paint::Chrome(Chrome::Track));
    }
    for place in &layout.boxes {
        let row = &timeline.groups[place.group].rows[place.row];
        match &row.content {
            Content::Lane { strip, .. } | Content::Core { strip } => {
                let mut crowd = Crowd::new(place);
                timeline.strips.walk(*strip, scale, |piece| match piece {
                    Piece::Wide {
                        entry,
                        left_px,
                        right_px,
                    } => {
                        if wide(place, entry.kind, left_px, right_px, list) && style.tips {
                            let tip = tip(timeline, row, entry);
                            list.tips.push((list.rects.len() as u32 - 1, tip));
                        }
                    }
                    Piece::Crowd {
                        left_px,
                        right_px,
                        times,
                        whole_ns,
                    } => {
                        crowd.add(left_px, right_px, times, whole_ns, &mut list.rects);
                    }
                });
            }
            Content::Lanes { stack, .. } => {
                let mut crowd = Crowd::new(place);
                timeline.stacks[*stack as usize].walk(
                    scale,
                    |left_px, right_px, times, whole_ns| {
                        crowd.add(left_px, right_px, times, whole_ns, &mut list.rects);
                    },
                );
            }
            Content::Holders { strip } => {
                timeline
                    .strips
                    .walk(*strip, scale, |piece| holder(timeline, place, piece, list));
            }
            Content::Depth { curve, kind } => {
                let curve = &timeline.curves[*curve as usize];
                let unit = place.height / curve.most().max(3) as f32;
                curve.walk(scale, |left_px, right_px, mean, most| {
                    let bottom = place.top + place.height;
                    let (x, w) = (left_px as f32, (right_px - left_px) as f32);
                    let (mean, most) = (mean as f32 * unit, most as f32 * unit);
                    if most > mean {
                        list.rect(
                            (x, bottom - most),
                            (w, most - mean),
                            0.0,
                            Paint::Peak(*kind),
                        );
                    }
                    list.rect((x, bottom - mean), (w, mean), 0.0, Paint::Depth(*kind));
                });
            }
        }
    }
}

/// A span of its own: all of the row's height, a hair of space after it. Idling is left empty.
fn wide(place: &RowBox, kind: SpanKind, left_px: f64, right_px: f64, list: &mut DrawList) -> bool {
    if kind == SpanKind::Idle {
        return false;
    }
    let (x, w) = spaced(left_px, right_px);
    let round = if place.height < 10.0 { 1.2 } else { 2.0 };
    list.rect(
        (x, place.top),
        (w, place.height),
        f32::min(round, w / 3.0),
        Paint::State(kind),
    );
    true
}

fn spaced(left_px: f64, right_px: f64) -> (f32, f32) {
    let width = (right_px - left_px) as f32;
    (
        left_px as f32,
        if width > 3.0 { width - 0.6 } else { width },
    )
}

fn holder(timeline: &Timeline, place: &RowBox, piece: Piece<'_>, list: &mut DrawList) {
    let paint = Paint::Chrome(Chrome::Held);
    match piece {
        Piece::Wide {
            entry,
            left_px,
            right_px,
        } => {
            let (x, w) = spaced(left_px, right_px);
            list.rect(
                (x, place.top),
                (w, place.height),
                f32::min(2.0, w / 3.0),
                paint,
            );
            let name = entry
                .who
                .map_or("", |who| timeline.threads[who as usize].as_str());
            let font = Font::mono((place.height * 0.62).min(10.5));
            let short = name.rsplit('-').next().unwrap_or(name);
            let fits = [name, short]
                .into_iter()
                .find(|text| font.width(text) + 5.0 <= w);
            if let Some(text) = fits {
                let at = (
                    x + w / 2.0,
                    place.top + place.height * 0.5 + font.size * 0.36,
                );
                list.text(at, text, font, Anchor::Middle, Chrome::OnHeld);
            }
        }
        Piece::Crowd {
            left_px,
            right_px,
            times,
            whole_ns,
        } => {
            let share = times.iter().sum::<u64>() as f32 / whole_ns as f32;
            let height = (share * place.height).max(1.0);
            let at = (left_px as f32, place.top + place.height - height);
            list.rect(at, ((right_px - left_px) as f32, height), 0.0, paint);
        }
    }
}

/// A span in words: `worker-3: waits for the GIL, 5.08 ms from 22.1 ms, page[7]`.
fn tip(timeline: &Timeline, row: &Row, entry: Entry) -> String {
    use trilane_core::units::{Dur, Time};
    let length = Dur::from_nanos(entry.end_ns - entry.start_ns);
    let start = Time::from_nanos(entry.start_ns);
    let mut tip = format!(
        "{}: {}, {length} from {start}",
        row.label,
        entry.kind.label()
    );
    let thread = match row.content {
        Content::Core { .. } => entry.who,
        Content::Lane { lane, .. } => entry.who.filter(|_| lane.as_task().is_some()),
        _ => None,
    };
    if let Some(thread) = thread {
        tip = format!("{tip}, {}", timeline.threads[thread as usize]);
    }
    tip
}

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
struct Crowd {
    top: f32,
    height: f32,
    /// Where the last column ended, and the rectangles that it made, to be made longer.
    right: f32,
    open: std::ops::Range<usize>,
}

impl Crowd {
    fn new(place: &RowBox) -> Crowd {
        Crowd {
            top: place.top,
            height: place.height,
            right: f32::NEG_INFINITY,
            open: 0..0,
        }
    }

    fn add(
        &mut self,
        left_px: f64,
        right_px: f64,
        times: &Times,
        whole_ns: u64,
        rects: &mut Vec<Rect>,
    ) {
        let (x, w) = (left_px as f32, (right_px - left_px) as f32);
        let bottom = self.top + self.height;
        let first = rects.len();
        let per_ns = f64::from(self.height) / whole_ns as f64;
        let mut sum = 0u64;
        let mut below = 0.0f32;
        for kind in STACKING {
            let time = times[kind as usize];
            if time == 0 {
                continue;
            }
            sum += time;
            // In quarters of a pixel, so that neighbours that look the same are the same.
            let above = ((sum as f64 * per_ns) * 4.0).round() as f32 / 4.0;
            if above > below {
                let (y, h) = (bottom - above, above - below);
                rects.push(Rect {
                    x,
                    y,
                    w,
                    h,
                    round: 0.0,
                    paint: Paint::State(kind),
                });
                below = above;
            }
        }
        if below < 1.0 && sum > 0 {
            // Something rare is there: a pixel of it.
            rects.truncate(first);
            let most = STACKING
                .into_iter()
                .max_by_key(|kind| times[*kind as usize]);
            let paint = Paint::State(most.unwrap_or(SpanKind::Python));
            rects.push(Rect {
                x,
                y: bottom - 1.0,
                w,
                h: 1.0,
                round: 0.0,
                paint,
            });
        }
        let same = |a: &Rect, b: &Rect| a.paint == b.paint && a.y == b.y && a.h == b.h;
        let joins = (x - self.right).abs() < 1e-3
            && self.open.end == first
            && self.open.len() == rects.len() - first
            && (0..self.open.len())
                .all(|at| same(&rects[self.open.start + at], &rects[first + at]));
        self.right = x + w;
        if joins {
            rects.truncate(first);
            for rect in &mut rects[self.open.clone()] {
                rect.w = self.right - rect.x;
            }
        } else {
            self.open = first..rects.len();
        }
    }
}

/// The arrows of what is selected: every flow that begins or ends on that lane, and of which both
/// ends are on rows that are shown.
pub fn arrows(
    timeline: &Timeline,
    layout: &Layout,
    scale: &TimeScale,
    flows: &[Flow],
    selected: Lane,
) -> Vec<Arrow> {
    let shown = scale.start_ns()..=scale.end_ns();
    let mut arrows = Vec::new();
    for flow in flows
        .iter()
        .filter(|flow| flow.from == selected || flow.to == selected)
    {
        let (start, end) = (flow.start.as_nanos(), flow.end.as_nanos());
        if !shown.contains(&(start as f64)) || !shown.contains(&(end as f64)) {
            continue;
        }
        // A flow leaves what ends at its start, and leads to what starts at its end.
        let from = row_of(
            timeline,
            layout,
            flow.from,
            [start.saturating_sub(1), start],
        );
        let to = row_of(timeline, layout, flow.to, [end, end.saturating_sub(1)]);
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
fn row_of<'l>(
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
