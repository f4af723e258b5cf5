//! Plots of a run beside its lanes: how long its tasks took, and how busy its cores were; and of many runs,
//! how long they took while a knob was turned.
//!
//! They are draw lists as everything else is, and each has words for
//! those who do not see it. They read at 300 px as at 700: what does not fit beside something stands
//! below it, and figures never depend on a label in the plot that might have no room.

mod busy;
mod latency;
mod sweep;

pub use busy::{Busy, utilisation, utilisation_height, utilisation_words};
pub use latency::{latencies, latency, latency_words};
pub use sweep::{Curve, Place, Role, Sweep, sweep, sweep_words};

use crate::draw::{Anchor, DrawList, Font, Paint};
use crate::palette::Chrome;

/// Captions, legends and marks.
const SMALL: Font = Font::sans(11.0);
const MARK: Font = Font::mono(10.5);
/// Figures above a plot.
const FIGURE: Font = Font::mono(13.5).bold();
/// Room below a plot for its axis, px.
const AXIS_PX: f32 = 20.0;
/// Room left of a plot, px.
const GUTTER_PX: f32 = 38.0;

/// Figures beside each other, each under its caption, and gives where they end.
fn figures(figures: &[(&str, String)], width: f32, list: &mut DrawList) -> f32 {
    let widest = figures.iter().map(|(_, value)| FIGURE.width(value));
    let widest = widest.fold(90.0, f32::max) + 26.0;
    let step = (width / figures.len() as f32).min(widest);
    for (n, (caption, value)) in figures.iter().enumerate() {
        let x = n as f32 * step + 2.0;
        list.text((x, 11.0), *caption, SMALL, Anchor::Start, Chrome::Mute);
        let font = match FIGURE.width(value) + 6.0 <= step {
            true => FIGURE,
            false => Font::mono(11.0).bold(),
        };
        list.text((x, 28.0), value, font, Anchor::Start, Chrome::Ink);
    }
    40.0
}

/// What the paints mean, in as many lines as it takes, from `top` down; gives where it ends.
fn legend(entries: &[(Paint, &str)], width: f32, top: f32, list: &mut DrawList) -> f32 {
    let (mut x, mut y) = (2.0, top);
    for (paint, label) in entries {
        let wide = 16.0 + SMALL.width(label);
        if x > 2.0 && x + wide > width {
            (x, y) = (2.0, y + 17.0);
        }
        list.rect((x, y + 2.0), (11.0, 9.0), 2.0, *paint);
        list.text(
            (x + 16.0, y + 10.5),
            *label,
            SMALL,
            Anchor::Start,
            Chrome::Mute,
        );
        x += wide + 14.0;
    }
    if entries.is_empty() { top } else { y + 21.0 }
}

/// A mark at a height of the vertical axis: a faint line, and what it says left of it.
fn level(label: &str, y: f32, (left, right): (f32, f32), list: &mut DrawList) {
    list.line((left, y), (right, y), 1.0, Chrome::Grid);
    let at = (left - 6.0, y + 3.6);
    list.text(at, label, MARK, Anchor::End, Chrome::Mute);
}

/// A plot of nothing, and why.
fn nothing(why: &str, (width, height): (f32, f32)) -> DrawList {
    let mut list = DrawList::default();
    list.rect(
        (0.0, 0.0),
        (width, height),
        4.0,
        Paint::Chrome(Chrome::Track),
    );
    let at = (width / 2.0, height / 2.0 + 4.0);
    let font = Font::sans(12.0);
    list.text(
        at,
        font.fit(why, width - 16.0),
        font,
        Anchor::Middle,
        Chrome::Mute,
    );
    list
}
