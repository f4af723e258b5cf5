//! The painter: carries a draw list out, in the palette's colours and hatchings.

use js_sys::{Function, Object, Reflect};
use trilane_core::trace::SpanKind;
use trilane_timeline::draw::{Anchor, Paint};
use trilane_timeline::palette::{Chrome, Fill, HATCH_PX, STRIPE_PX, Theme, colour, fill};
use wasm_bindgen::JsCast;
use web_sys::{CanvasPattern, CanvasRenderingContext2d, HtmlCanvasElement};

use crate::platform::window;
use crate::wire::Picture;

const SANS: &str = "Inter,system-ui,sans-serif";
const MONO: &str = "'JetBrains Mono',ui-monospace,monospace";

pub(super) fn paint(canvas: &HtmlCanvasElement, picture: &Picture, dark: bool, density: f64) {
    let theme = if dark { Theme::Dark } else { Theme::Light };
    let Some(context) = context(canvas) else {
        return;
    };
    let _ = context.scale(density, density);
    let mut last = None;
    for rect in &picture.list.rects {
        if last != Some(rect.paint) {
            last = Some(rect.paint);
            set_fill(&context, rect.paint, theme, density);
        }
        let (x, y, w, h) = (rect.x.into(), rect.y.into(), rect.w.into(), rect.h.into());
        if rect.round > 0.3 {
            context.begin_path();
            let _ = context.round_rect_with_f64(x, y, w, h, rect.round.into());
            context.fill();
        } else {
            context.fill_rect(x, y, w, h);
        }
    }
    for line in &picture.list.lines {
        let grid = line.ink == Chrome::Grid;
        context.set_global_alpha(if grid {
            Chrome::GRID_OPACITY.into()
        } else {
            1.0
        });
        context.set_stroke_style_str(&line.ink.colour(theme).css());
        context.set_line_width(line.width.into());
        context.begin_path();
        context.move_to(line.from.0.into(), line.from.1.into());
        context.line_to(line.to.0.into(), line.to.1.into());
        context.stroke();
    }
    context.set_global_alpha(1.0);
    for text in &picture.list.texts {
        let weight = if text.font.bold { 600 } else { 400 };
        let face = if text.font.mono { MONO } else { SANS };
        context.set_font(&format!("{weight} {}px {face}", text.font.size));
        context.set_text_align(match text.anchor {
            Anchor::Start => "left",
            Anchor::Middle => "center",
            Anchor::End => "right",
        });
        context.set_fill_style_str(&text.ink.colour(theme).css());
        let _ = context.fill_text(&text.text, text.x.into(), text.y.into());
    }
}

fn context(canvas: &HtmlCanvasElement) -> Option<CanvasRenderingContext2d> {
    canvas.get_context("2d").ok()??.dyn_into().ok()
}

fn set_fill(context: &CanvasRenderingContext2d, paint: Paint, theme: Theme, density: f64) {
    let (css, alpha) = match paint {
        Paint::State(kind) => {
            if let Some(pattern) = hatch(context, kind, theme, density) {
                context.set_global_alpha(1.0);
                context.set_fill_style_canvas_pattern(&pattern);
                return;
            }
            (colour(kind, theme), 1.0)
        }
        Paint::Depth(kind) => (colour(kind, theme), 0.78),
        Paint::Peak(kind) => (colour(kind, theme), 0.3),
        Paint::Chrome(chrome) => (chrome.colour(theme), 1.0),
    };
    context.set_global_alpha(alpha);
    context.set_fill_style_str(&css.css());
}

/// The hatching of a state that waits: a tile of one stripe, turned.
fn hatch(
    context: &CanvasRenderingContext2d,
    kind: SpanKind,
    theme: Theme,
    density: f64,
) -> Option<CanvasPattern> {
    let turn = match fill(kind) {
        Fill::Stripes => 45.0,
        Fill::BackStripes => -45.0,
        Fill::Dots => 0.0,
        Fill::Solid | Fill::Empty => return None,
    };
    let tile = window().document()?.create_element("canvas").ok()?;
    let tile: HtmlCanvasElement = tile.dyn_into().ok()?;
    // Twice the screen's pixels, as turning blurs.
    let sharp = (2.0 * density).ceil();
    let side = HATCH_PX * sharp;
    tile.set_width(side as u32);
    tile.set_height(side as u32);
    let on = self::context(&tile)?;
    on.set_fill_style_str(&Chrome::Panel.colour(theme).css());
    on.fill_rect(0.0, 0.0, side, side);
    on.set_fill_style_str(&colour(kind, theme).css());
    if fill(kind) == Fill::Dots {
        for at in [0.25, 0.75] {
            on.begin_path();
            let _ = on.arc(
                at * side,
                at * side,
                0.18 * side,
                0.0,
                std::f64::consts::TAU,
            );
            on.fill();
        }
    } else {
        on.fill_rect(0.0, 0.0, STRIPE_PX * sharp, side);
    }
    let pattern = context
        .create_pattern_with_html_canvas_element(&tile, "repeat")
        .ok()??;
    // A `DOMMatrix2DInit`, which web-sys does not have for patterns.
    let (sin, cos) = f64::to_radians(turn).sin_cos();
    let matrix = Object::new();
    for (key, value) in [("a", cos), ("b", sin), ("c", -sin), ("d", cos)] {
        Reflect::set(&matrix, &key.into(), &(value / sharp).into()).ok()?;
    }
    let set: Function = Reflect::get(&pattern, &"setTransform".into())
        .ok()?
        .dyn_into()
        .ok()?;
    set.call1(&pattern, &matrix).ok()?;
    Some(pattern)
}
