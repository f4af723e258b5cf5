//! A draw list as SVG.
//!
//! Colours are in one style sheet, by class, so that `prefers-color-scheme` can turn a picture
//! dark; every selector begins with the picture's own id, so that a page that holds the picture
//! keeps its own looks. Crowded columns of one paint share a path: that is a third of the bytes.

use std::fmt::Write;

use trilane_core::trace::SpanKind;

use super::Ground;
use crate::draw::{Anchor, DrawList, Paint, Rect, Text};
use crate::palette::{self, Chrome, Fill, Theme};

/// The words of a picture for those who do not see it.
pub(super) struct Words {
    pub(super) title: String,
    pub(super) description: String,
}

const SANS: &str = "system-ui,Inter,'Segoe UI',Roboto,'Noto Sans','DejaVu Sans',sans-serif";
const MONO: &str =
    "ui-monospace,'SF Mono','JetBrains Mono',Menlo,Consolas,'DejaVu Sans Mono',monospace";

/// The whole document.
pub(super) fn document(
    list: &DrawList,
    (width, height): (u32, u32),
    ground: Ground,
    id: &str,
    words: &Words,
) -> String {
    let id: String = id
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || *c == '-')
        .collect();
    let id = if id.starts_with(|c: char| c.is_ascii_alphabetic()) {
        id
    } else {
        format!("t{id}")
    };
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
    let used = used(list);
    style(&mut out, ground, &id, &used);
    defs(&mut out, &id, &used, !list.arrows.is_empty());
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

/// A number with at most two digits after the point, and no zeros at its end.
fn n(value: f32) -> String {
    let text = format!("{value:.2}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" {
        "0".to_owned()
    } else {
        text.to_owned()
    }
}

/// Text as XML has it. What XML cannot hold at all (control characters) is left out.
pub(super) fn escape(text: &str) -> String {
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

fn class(paint: Paint) -> String {
    match paint {
        Paint::State(kind) => format!("s{}", kind as u8),
        Paint::Depth(kind) => format!("d{}", kind as u8),
        Paint::Peak(kind) => format!("k{}", kind as u8),
        Paint::Chrome(chrome) => format!("f{}", chrome as u8),
    }
}

fn stroke(chrome: Chrome) -> String {
    format!("w{}", chrome as u8)
}

/// The paints that occur, in a fixed order.
fn used(list: &DrawList) -> Vec<Paint> {
    let mut all: Vec<Paint> = Vec::new();
    for kind in SpanKind::ALL {
        all.extend([Paint::State(kind), Paint::Depth(kind), Paint::Peak(kind)]);
    }
    let mut occurs = [false; 64];
    let place = |paint: Paint| match paint {
        Paint::State(kind) => kind as usize * 3,
        Paint::Depth(kind) => kind as usize * 3 + 1,
        Paint::Peak(kind) => kind as usize * 3 + 2,
        Paint::Chrome(_) => 63,
    };
    list.rects
        .iter()
        .for_each(|rect| occurs[place(rect.paint)] = true);
    all.retain(|paint| occurs[place(*paint)]);
    all
}

fn style(out: &mut String, ground: Ground, id: &str, used: &[Paint]) {
    out.push_str("<style>\n");
    let _ = writeln!(
        out,
        "#{id} text{{font-family:{SANS};white-space:pre}}\n#{id} .m{{font-family:{MONO}}}\n\
         #{id} .b{{font-weight:600}}\n#{id} .c{{text-anchor:middle}}\n#{id} .e{{text-anchor:end}}\n\
         #{id} .x{{shape-rendering:crispEdges}}\n#{id} .l{{fill:none;stroke-linecap:round}}"
    );
    let _ = writeln!(
        out,
        "#{id} .{}{{stroke-opacity:{}}}",
        stroke(Chrome::Grid),
        n(Chrome::GRID_OPACITY)
    );
    for paint in used {
        match paint {
            Paint::Depth(_) => _ = writeln!(out, "#{id} .{}{{opacity:.78}}", class(*paint)),
            Paint::Peak(_) => _ = writeln!(out, "#{id} .{}{{opacity:.3}}", class(*paint)),
            _ => {}
        }
    }
    match ground {
        Ground::Fixed(theme) => colours(out, theme, id, used),
        Ground::Auto => {
            colours(out, Theme::Light, id, used);
            out.push_str("@media (prefers-color-scheme:dark){\n");
            colours(out, Theme::Dark, id, used);
            out.push_str("}\n");
        }
    }
    out.push_str("</style>\n");
}

fn colours(out: &mut String, theme: Theme, id: &str, used: &[Paint]) {
    for chrome in Chrome::ALL {
        let colour = chrome.colour(theme).css();
        let number = chrome as u8;
        let _ = writeln!(
            out,
            "#{id} .f{number}{{fill:{colour}}}#{id} .w{number}{{stroke:{colour}}}"
        );
    }
    for paint in used {
        let (Paint::State(kind) | Paint::Depth(kind) | Paint::Peak(kind)) = *paint else {
            continue;
        };
        let colour = palette::colour(kind, theme).css();
        let class = class(*paint);
        match (paint, palette::fill(kind)) {
            (Paint::State(_), Fill::Stripes | Fill::BackStripes | Fill::Dots) => {
                let ground = Chrome::Panel.colour(theme).css();
                let number = kind as u8;
                let _ = writeln!(
                    out,
                    "#{id} .{class}{{fill:url(#{id}-{class})}}#{id} .g{number}{{fill:{ground}}}#{id} .h{number}{{fill:{colour}}}"
                );
            }
            _ => {
                let _ = writeln!(out, "#{id} .{class}{{fill:{colour}}}");
            }
        }
    }
}

fn defs(out: &mut String, id: &str, used: &[Paint], arrows: bool) {
    out.push_str("<defs>\n");
    for paint in used {
        let Paint::State(kind) = *paint else { continue };
        let number = kind as u8;
        let name = format!("{id}-{}", class(*paint));
        let ground = format!("<rect class=\"g{number}\" width=\"5\" height=\"5\"/>");
        let turn = match palette::fill(kind) {
            Fill::Stripes => 45,
            Fill::BackStripes => -45,
            Fill::Dots => {
                let _ = writeln!(
                    out,
                    "<pattern id=\"{name}\" width=\"5\" height=\"5\" patternUnits=\"userSpaceOnUse\">{ground}\
                     <circle class=\"h{number}\" cx=\"1.25\" cy=\"1.25\" r=\".9\"/><circle class=\"h{number}\" cx=\"3.75\" cy=\"3.75\" r=\".9\"/></pattern>"
                );
                continue;
            }
            Fill::Solid | Fill::Empty => continue,
        };
        let _ = writeln!(
            out,
            "<pattern id=\"{name}\" width=\"5\" height=\"5\" patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate({turn})\">{ground}\
             <rect class=\"h{number}\" width=\"2.4\" height=\"5\"/></pattern>"
        );
    }
    if arrows {
        let ink = Chrome::Ink as u8;
        let _ = writeln!(
            out,
            "<marker id=\"{id}-head\" viewBox=\"0 0 6 6\" refX=\"5\" refY=\"3\" markerWidth=\"6\" markerHeight=\"6\" orient=\"auto\">\
             <path class=\"f{ink}\" d=\"M0 0L6 3L0 6z\"/></marker>"
        );
    }
    out.push_str("</defs>\n");
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
