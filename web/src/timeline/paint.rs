//! The painter: puts a picture's pixels on a canvas, and its arrows and texts on top, in the palette's colours.

use trilane_timeline::draw::{Anchor, Arrow};
use trilane_timeline::palette::Theme;
use wasm_bindgen::{Clamped, JsCast};
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement, ImageData};

use crate::wire::Picture;

const SANS: &str = "Inter,system-ui,sans-serif";
const MONO: &str = "'JetBrains Mono',ui-monospace,monospace";
/// Length and half the width of an arrow's head, px.
const HEAD_PX: (f64, f64) = (7.0, 3.2);

pub(super) fn paint(canvas: &HtmlCanvasElement, picture: &Picture) {
    let pixels = &picture.pixels;
    // A canvas of another size is a new one; of the same, its pixels are all replaced.
    if canvas.width() != pixels.width || canvas.height() != pixels.height {
        canvas.set_width(pixels.width);
        canvas.set_height(pixels.height);
    }
    let Some(context) = context(canvas) else {
        return;
    };
    let _ = context.reset_transform();
    let image = ImageData::new_with_u8_clamped_array_and_sh(
        Clamped(&pixels.rgba),
        pixels.width,
        pixels.height,
    );
    if let Ok(image) = image {
        let _ = context.put_image_data(&image, 0.0, 0.0);
    }
    let density = f64::from(picture.density);
    let _ = context.scale(density, density);
    let theme = if picture.dark {
        Theme::Dark
    } else {
        Theme::Light
    };
    for one in &picture.arrows {
        arrow(&context, one, theme);
    }
    for text in &picture.texts {
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

/// A cubic curve, and a head in the direction of its last control point.
fn arrow(context: &CanvasRenderingContext2d, arrow: &Arrow, theme: Theme) {
    let [from, a, b, to] = arrow.points.map(|(x, y)| (f64::from(x), f64::from(y)));
    let css = arrow.ink.colour(theme).css();
    context.set_stroke_style_str(&css);
    context.set_fill_style_str(&css);
    context.set_line_width(1.2);
    let (dx, dy) = (to.0 - b.0, to.1 - b.1);
    let length = dx.hypot(dy).max(1e-6);
    let (ux, uy) = (dx / length, dy / length);
    let (long, half) = HEAD_PX;
    let neck = (to.0 - ux * long, to.1 - uy * long);
    context.begin_path();
    context.move_to(from.0, from.1);
    context.bezier_curve_to(a.0, a.1, b.0, b.1, neck.0, neck.1);
    context.stroke();
    context.begin_path();
    context.move_to(to.0, to.1);
    context.line_to(neck.0 - uy * half, neck.1 + ux * half);
    context.line_to(neck.0 + uy * half, neck.1 - ux * half);
    context.fill();
}
