//! The little figures, as SVG: flat, round, in few strokes.
//!
//! A figure knows its sprite and nothing else. Colours are classes of the picture's style sheet; only
//! faces and hats keep theirs on a dark ground.

mod cook;
mod dish;
mod furniture;

use std::fmt::Write;

use trilane_core::trace::SpanKind;

use super::stage::{Figure, Sprite};
use crate::draw::Paint;
use crate::palette::Chrome;
use crate::svg::{class, escape, n, stroke};

/// How far apart the lines of a label are, px.
const LINE_PX: f32 = 13.0;

/// A sprite's figure and label as SVG elements, from the corner of its box on. All text is escaped.
///
/// The classes are those of [`crate::svg::kitchen_style`].
pub fn markup(sprite: &Sprite) -> String {
    let mut out = String::with_capacity(1024);
    let (x, y) = sprite.figure_at;
    let line = stroke(Chrome::Ink);
    match (x, y) {
        (0.0, 0.0) => _ = write!(out, "<g class=\"{line} o\">"),
        _ => {
            _ = write!(
                out,
                "<g class=\"{line} o\" transform=\"translate({} {})\">",
                n(x),
                n(y)
            )
        }
    }
    let number = sprite.threads.first().copied().unwrap_or(0);
    match sprite.figure {
        Figure::Cook {
            doing,
            at_stove,
            holds,
        } => {
            if !at_stove {
                let (x, y) = super::stage::STOVE_AT;
                let _ = write!(out, "<g transform=\"translate({x} {y})\">");
                furniture::of(&mut out, doing);
                out.push_str("</g>");
            }
            let look = cook::Look {
                doing,
                at_stove,
                holds,
                number,
            };
            look.draw(&mut out, sprite.many());
        }
        Figure::Pan(doing) => dish::pan(&mut out, doing, sprite.many()),
        Figure::Ticket => dish::ticket(&mut out, sprite.many()),
        Figure::Plate => dish::plate(&mut out, sprite.many()),
        Figure::Stove { lit } => furniture::stove(&mut out, lit),
        Figure::Socket { used } => furniture::socket(&mut out, used),
    }
    out.push_str("</g>");
    label(&mut out, sprite);
    out
}

fn label(out: &mut String, sprite: &Sprite) {
    let middle = sprite.w / 2.0;
    let (x, mut y, anchor) = match sprite.figure {
        Figure::Ticket => (middle, 21.0, " c"),
        Figure::Plate => (Figure::PLATE.0 + 3.0, 18.0, ""),
        Figure::Pan(_) => (middle, Figure::PAN.1 + 12.0, " c"),
        _ => (middle, Figure::COOK.1 + 11.0, " c"),
    };
    for (at, text) in sprite.label.iter().enumerate() {
        let is_name =
            at == 0 && (matches!(sprite.figure, Figure::Cook { .. }) || sprite.many() > 1);
        let (ink, bold) = match is_name {
            true => (Chrome::Ink, " b"),
            false if at + 1 == sprite.label.len() && at > 0 => (Chrome::Mute, ""),
            false => (Chrome::Ink, ""),
        };
        let _ = write!(
            out,
            "<text class=\"f{}{bold}{anchor}\" x=\"{}\" y=\"{}\" font-size=\"11\">{}</text>",
            ink as u8,
            n(x),
            n(y),
            escape(text)
        );
        y += LINE_PX;
    }
}

/// The class of a state's area, with its hatching.
fn area(kind: SpanKind) -> String {
    class(Paint::State(kind))
}

/// The class of a state's colour without hatching: `b` fills, `a` strokes.
fn solid(kind: SpanKind) -> String {
    format!("b{}", kind as u8)
}

fn strokes(kind: SpanKind) -> String {
    format!("a{}", kind as u8)
}
