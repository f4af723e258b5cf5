//! The time axis: marks at round times across the lanes, and their labels below.

use crate::draw::{Anchor, DrawList, Font};
use crate::palette::Chrome;
use crate::scale::TimeScale;
use crate::words::Say;

/// Faint lines at round times, and what they say below.
pub fn grid(
    scale: &TimeScale,
    (top, bottom): (f32, f32),
    spacing: f64,
    say: Say<'_>,
    list: &mut DrawList,
) {
    let font = Font::mono(10.5);
    let right = scale.right_px() as f32;
    for tick in scale.ticks(spacing) {
        let x = tick.at_px as f32;
        list.line((x, top), (x, bottom + 4.0), 1.0, Chrome::Grid);
        let label = say.say(&tick.label);
        if x + 10.0 + font.width(&label) <= right {
            list.text(
                (x + 4.0, bottom + 13.0),
                label,
                font,
                Anchor::Start,
                Chrome::Mute,
            );
        }
    }
}
