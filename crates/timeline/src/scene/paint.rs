//! Rows as shapes: what is wide enough by itself, the rest by pixel column.

use trilane_core::trace::SpanKind;
use trilane_core::units::{Dur, Time};

use super::crowd::Crowd;
use super::{Layout, RowBox};
use crate::draw::{Anchor, DrawList, Font, Paint};
use crate::lod::{Curve, Entry, Piece};
use crate::palette::Chrome;
use crate::rows::{Content, Row, Timeline};
use crate::scale::TimeScale;

/// How rows are painted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Style {
    /// Words for each span that is wide enough to point at.
    pub tips: bool,
    /// How many pixels a column of crowded spans is wide; 1 where it is 0.
    pub grain_px: u32,
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
    if style.grain_px <= 1 {
        return fine(timeline, layout, scale, style, list);
    }
    // What is drawn on a narrower scale has fewer columns, and is then stretched.
    let grain = style.grain_px as f32;
    let mut coarse = DrawList::default();
    let narrower = scale.narrower(f64::from(grain));
    fine(timeline, layout, &narrower, style, &mut coarse);
    let left = scale.left_px() as f32;
    for rect in &mut coarse.rects {
        rect.x = left + (rect.x - left) * grain;
        rect.w *= grain;
        // Sharp ones share a path.
        rect.round = 0.0;
    }
    for text in &mut coarse.texts {
        text.x = left + (text.x - left) * grain;
    }
    list.append(coarse);
}

/// The same with columns of a pixel.
fn fine(
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
                        crowd.add((left_px, right_px), times, whole_ns, &mut list.rects);
                    }
                });
            }
            Content::Lanes { stack, .. } => {
                let mut crowd = Crowd::new(place);
                timeline.stacks[*stack as usize].walk(
                    scale,
                    |left_px, right_px, times, whole_ns| {
                        crowd.add((left_px, right_px), times, whole_ns, &mut list.rects);
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
                depth(curve, *kind, place, scale, list);
            }
        }
    }
}

/// How many are in a state: the mean of each column, and fainter above it the most.
pub(crate) fn depth(
    curve: &Curve,
    kind: SpanKind,
    place: &RowBox,
    scale: &TimeScale,
    list: &mut DrawList,
) {
    // One that waits is no full row.
    let unit = place.height / curve.most().max(3) as f32;
    curve.walk(scale, |left_px, right_px, mean, most| {
        let bottom = place.top + place.height;
        let (x, w) = (left_px as f32, (right_px - left_px) as f32);
        let (mean, most) = (mean as f32 * unit, most as f32 * unit);
        if most > mean {
            list.rect((x, bottom - most), (w, most - mean), 0.0, Paint::Peak(kind));
        }
        list.rect((x, bottom - mean), (w, mean), 0.0, Paint::Depth(kind));
    });
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
