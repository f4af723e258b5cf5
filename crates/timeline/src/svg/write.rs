//! A draw list as SVG.
//!
//! Crowded columns of one paint share a path: that is a third of the bytes.

use std::fmt::Write;

use super::Options;
use super::style::{class, defs, stroke, style, used};
use crate::draw::{Anchor, DrawList, Paint, Rect, Text};
use crate::palette::Chrome;

/// The words of a picture for those who do not see it.
pub(super) struct Words {
    pub(super) title: String,
    pub(super) description: String,
}

/// The whole document.
pub(super) fn document(
    list: &DrawList,
    (width, height): (u32, u32),
    options: &Options<'_>,
    words: &Words,
) -> String {
    let id = clean(options.id);
    let mut out = String::with_capacity(4096 + list.rects.len() * 24);
    let _ = writeln!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" id=\"{id}\" role=\"img\" \
         aria-labelledby=\"{id}-title {id}-desc\" viewBox=\"0 0 {width} {height}\" \
         width=\"{width}\" height=\"{height}\" style=\"max-width:100%;height:auto\">"
    );
    let _ = writeln!(
        out,
        "<title id=\"{id}-title\">{}</title>",
        escape(&words.title)
    );
    let _ = writeln!(
        out,
        "<desc id=\"{id}-desc\">{}</desc>",
        escape(&words.description)
    );
    if options.sheet.is_none() {
        let used = used(list);
        style(&mut out, options.ground, &id, &used);
        defs(&mut out, &id, &used, !list.arrows.is_empty());
    }
    rects(&mut out, list);
    for line in &list.lines {
        let ((x0, y0), (x1, y1)) = (line.from, line.to);
        let _ = writeln!(
            out,
            "<path class=\"l {}\" stroke-width=\"{}\" d=\"M{} {}L{} {}\"/>",
            stroke(line.ink),
            n(line.width),
            n(x0),
            n(y0),
            n(x1),
            n(y1)
        );
    }
    for arrow in &list.arrows {
        let [a, b, c, d] = arrow.points.map(|(x, y)| format!("{} {}", n(x), n(y)));
        let _ = writeln!(
            out,
            "<path class=\"l {}\" stroke-width=\"1.2\" marker-end=\"url(#{id}-head)\" d=\"M{a}C{b} {c} {d}\"/>",
            stroke(arrow.ink)
        );
    }
    list.texts
        .iter()
        .for_each(|text| write_text(&mut out, text));
    out.push_str("</svg>\n");
    out
}

/// What of an id can stand in a style sheet as it is.
pub(super) fn clean(id: &str) -> String {
    let id: String = id
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || *c == '-')
        .collect();
    if id.starts_with(|c: char| c.is_ascii_alphabetic()) {
        id
    } else {
        format!("t{id}")
    }
}

/// A number with at most two digits after the point, and no zeros at its end.
pub(crate) fn n(value: f32) -> String {
    let text = format!("{value:.2}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" {
        "0".to_owned()
    } else {
        text.to_owned()
    }
}

/// Text as XML has it. What XML cannot hold at all (control characters) is left out.
pub(crate) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\t' | '\n' | '\r' => out.push(' '),
            '\0'..='\x1f' | '\u{fffe}' | '\u{ffff}' => {}
            c => out.push(c),
        }
    }
    out
}

/// Rectangles in their order; a run of sharp ones without a gap in the list becomes one path a paint.
fn rects(out: &mut String, list: &DrawList) {
    let mut tips = list.tips.iter().peekable();
    let mut at = 0;
    while at < list.rects.len() {
        let rect = &list.rects[at];
        if is_column(rect) {
            let run = list.rects[at..]
                .iter()
                .take_while(|rect| is_column(rect))
                .count();
            columns(out, &list.rects[at..at + run]);
            at += run;
            continue;
        }
        let _ = write!(
            out,
            "<rect class=\"{}\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"",
            class(rect.paint),
            n(rect.x),
            n(rect.y),
            n(rect.w),
            n(rect.h)
        );
        if rect.round > 0.0 {
            let _ = write!(out, " rx=\"{}\"", n(rect.round));
        }
        match tips.next_if(|(index, _)| *index as usize == at) {
            Some((_, tip)) => _ = writeln!(out, "><title>{}</title></rect>", escape(tip)),
            None => out.push_str("/>\n"),
        }
        at += 1;
    }
}

fn is_column(rect: &Rect) -> bool {
    rect.round == 0.0 && !matches!(rect.paint, Paint::Chrome(chrome) if chrome != Chrome::Held)
}

/// Columns never overlap, so their order within a run does not show.
fn columns(out: &mut String, rects: &[Rect]) {
    let mut paints: Vec<Paint> = Vec::new();
    for rect in rects {
        if !paints.contains(&rect.paint) {
            paints.push(rect.paint);
        }
    }
    for paint in paints {
        let _ = write!(out, "<path class=\"x {}\" d=\"", class(paint));
        for rect in rects.iter().filter(|rect| rect.paint == paint) {
            let (x, y, w, h) = (n(rect.x), n(rect.y), n(rect.w), n(rect.h));
            let _ = write!(out, "M{x} {y}h{w}v{h}h-{w}z");
        }
        out.push_str("\"/>\n");
    }
}

fn write_text(out: &mut String, text: &Text) {
    let mut class = format!("f{}", text.ink as u8);
    if text.font.mono {
        class.push_str(" m");
    }
    if text.font.bold {
        class.push_str(" b");
    }
    match text.anchor {
        Anchor::Start => {}
        Anchor::Middle => class.push_str(" c"),
        Anchor::End => class.push_str(" e"),
    }
    let _ = write!(
        out,
        "<text class=\"{class}\" x=\"{}\" y=\"{}\" font-size=\"{}\"",
        n(text.x),
        n(text.y),
        n(text.font.size)
    );
    if text.font.spacing != 0.0 {
        let _ = write!(out, " letter-spacing=\"{}\"", n(text.font.spacing));
    }
    let _ = writeln!(out, ">{}</text>", escape(&text.text));
}
