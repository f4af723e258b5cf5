//! A draw list as pixels: its rectangles and its lines, for whoever has no canvas at hand.
//!
//! A crowded picture is a hundred thousand rectangles, most of them a pixel wide. A canvas takes a
//! call for each, on the page's own thread; here each is a few stores, in a worker. Texts and arrows
//! are left to the caller, who has fonts.
//!
//! What is sharp (`round` of 0) lies on whole pixels: its edges go to the nearest. Sharp shapes abut,
//! and edges that each cover a part of a pixel would let the ground shine through between them. What
//! is rounded has soft edges, as its place is to be seen more finely than in pixels.
//!
//! The same list gives the same bytes on every target: integers, and of `f32` only what IEEE 754
//! rounds in one way.

mod ink;
mod line;
mod shape;

use crate::draw::DrawList;
use crate::palette::Theme;
use ink::Inks;

/// Red, green, blue, and how much of them covers what is behind.
type Pixel = [u8; 4];

/// The most pixels of a side: what browsers let a canvas have.
const MOST_PX: f32 = 16_384.0;

/// Pixels, row after row from the top, four bytes each: red, green, blue, alpha. The colours are not
/// multiplied by alpha, as `ImageData` and PNG have them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bitmap {
    /// Pixels in a row.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// `4 × width × height` bytes.
    pub rgba: Vec<u8>,
}

/// Paints the rectangles and the lines of a list, `width_px` × `height_px` of it from its origin, on a
/// transparent ground. `density` is how many pixels of the screen a px takes; `out` is memory to use
/// again. A side is at most 16 384 pixels.
///
/// O(pixels + rectangles + what they cover).
pub fn bitmap(
    list: &DrawList,
    (width_px, height_px): (f32, f32),
    density: f32,
    theme: Theme,
    out: Bitmap,
) -> Bitmap {
    // NaN becomes 0.
    let pixels = |px: f32| (px * density + 0.5).clamp(0.0, MOST_PX) as u32;
    let (width, height) = (pixels(width_px), pixels(height_px));
    let mut rgba = out.rgba;
    rgba.clear();
    rgba.resize(width as usize * height as usize * 4, 0);
    let mut inks = Inks::new(theme, density, (width, height));
    let mut canvas = Canvas {
        pixels: rgba.as_chunks_mut().0,
        width,
        height,
        density,
    };
    for rect in &list.rects {
        canvas.rect(rect, inks.paint(rect.paint));
    }
    for line in &list.lines {
        canvas.line(line, inks.stroke(line.ink));
    }
    Bitmap {
        width,
        height,
        rgba,
    }
}

/// What is painted on.
struct Canvas<'a> {
    pixels: &'a mut [Pixel],
    width: u32,
    height: u32,
    density: f32,
}

/// A colour over another, by Porter and Duff ("Compositing Digital Images", 1984), in integers.
#[inline]
fn over(below: Pixel, colour: Pixel, alpha: u32) -> Pixel {
    if alpha >= 255 {
        return [colour[0], colour[1], colour[2], 255];
    }
    if below[3] == 255 {
        // What mostly happens, and without a division by what is not known beforehand.
        let mix = |at: usize| {
            ((u32::from(colour[at]) * alpha + u32::from(below[at]) * (255 - alpha) + 127) / 255)
                as u8
        };
        return [mix(0), mix(1), mix(2), 255];
    }
    let above = alpha * 255;
    let through = u32::from(below[3]) * (255 - alpha);
    let all = above + through;
    if all == 0 {
        return [0; 4];
    }
    let mix = |at: usize| {
        ((u32::from(colour[at]) * above + u32::from(below[at]) * through + all / 2) / all) as u8
    };
    [mix(0), mix(1), mix(2), ((all + 127) / 255) as u8]
}
