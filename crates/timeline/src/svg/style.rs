//! A picture's style sheet and hatching.
//!
//! Colours are in one style sheet, by class, so that `prefers-color-scheme` can turn a picture
//! dark; every selector begins with the picture's own id, so that a page that holds the picture
//! keeps its own looks.

use std::fmt::Write;

use trilane_core::trace::SpanKind;

use super::Ground;
use super::write::n;
use crate::draw::{DrawList, Paint};
use crate::palette::{self, Chrome, Fill, Theme};

const SANS: &str = "system-ui,Inter,'Segoe UI',Roboto,'Noto Sans','DejaVu Sans',sans-serif";
const MONO: &str =
    "ui-monospace,'SF Mono','JetBrains Mono',Menlo,Consolas,'DejaVu Sans Mono',monospace";

pub(crate) fn class(paint: Paint) -> String {
    match paint {
        Paint::State(kind) => format!("s{}", kind as u8),
        Paint::Depth(kind) => format!("d{}", kind as u8),
        Paint::Peak(kind) => format!("k{}", kind as u8),
        Paint::Chrome(chrome) => format!("f{}", chrome as u8),
    }
}

pub(crate) fn stroke(chrome: Chrome) -> String {
    format!("w{}", chrome as u8)
}

/// The paints that occur, in a fixed order.
pub(super) fn used(list: &DrawList) -> Vec<Paint> {
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

pub(super) fn style(out: &mut String, ground: Ground, id: &str, used: &[Paint]) {
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
            Paint::Depth(_) => opacity(out, id, *paint, palette::DEPTH_OPACITY),
            Paint::Peak(_) => opacity(out, id, *paint, palette::PEAK_OPACITY),
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

fn opacity(out: &mut String, id: &str, paint: Paint, opacity: f32) {
    let _ = writeln!(out, "#{id} .{}{{opacity:{}}}", class(paint), n(opacity));
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

pub(super) fn defs(out: &mut String, id: &str, used: &[Paint], arrows: bool) {
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
