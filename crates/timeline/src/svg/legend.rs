//! The legend: the states that occur, each with its area, in as many lines as it takes.

use trilane_core::trace::SpanKind;

use crate::draw::{Anchor, DrawList, Font, Paint};
use crate::palette::Chrome;
use crate::words::Say;

const FONT: Font = Font::sans(12.0);
const LINE_PX: f32 = 20.0;

/// Draws the legend from (`left`, `top`) to `right`, and gives its bottom.
pub(super) fn draw(
    states: &[SpanKind],
    (left, top): (f32, f32),
    right: f32,
    say: Say<'_>,
    list: &mut DrawList,
) -> f32 {
    let (mut x, mut y) = (left, top);
    for &kind in states {
        let label = say.say(kind.label());
        let width = 18.0 + FONT.width(&label) + 12.0;
        if x > left && x + width - 12.0 > right {
            x = left;
            y += LINE_PX;
        }
        list.rect((x, y + 3.0), (13.0, 9.0), 2.0, Paint::State(kind));
        list.text(
            (x + 18.0, y + 12.0),
            label,
            FONT,
            Anchor::Start,
            Chrome::Mute,
        );
        x += width;
    }
    if states.is_empty() { top } else { y + LINE_PX }
}
