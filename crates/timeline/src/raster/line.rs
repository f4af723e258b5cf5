//! Straight lines. Upright and level ones lie on whole pixels, all others have soft edges.

use super::ink::Ink;
use super::shape::share;
use super::{Canvas, Pixel};
use crate::draw::Line;

impl Canvas<'_> {
    pub(super) fn line(&mut self, line: &Line, (colour, alpha): (Pixel, u32)) {
        let ((x0, y0), (x1, y1)) = (line.from, line.to);
        let width = line.width * self.density;
        let on = |at: f32| at * self.density;
        let (x0, y0, x1, y1) = (on(x0), on(y0), on(x1), on(y1));
        if x0 == x1 {
            let (columns, rows) = (
                thick(x0, width, self.width),
                long(y0.min(y1), y0.max(y1), self.height),
            );
            self.area(columns, rows, Ink::Flat(colour, alpha));
        } else if y0 == y1 {
            let (columns, rows) = (
                long(x0.min(x1), x0.max(x1), self.width),
                thick(y0, width, self.height),
            );
            self.area(columns, rows, Ink::Flat(colour, alpha));
        } else {
            self.slanted((x0, y0), (x1, y1), width, colour, alpha);
        }
    }

    /// Each pixel by how far its middle is from the line, and from its ends.
    fn slanted(
        &mut self,
        (x0, y0): (f32, f32),
        (x1, y1): (f32, f32),
        width: f32,
        colour: Pixel,
        alpha: u32,
    ) {
        let (dx, dy) = (x1 - x0, y1 - y0);
        let length = libm::sqrtf(dx * dx + dy * dy);
        // Also what is not a number, and what is beyond all numbers.
        if !(length > 0.0 && length < 1e18 && width > 0.0) {
            return;
        }
        let half = width / 2.0;
        let reach = half + 1.0;
        let rows = long(y0.min(y1) - reach, y0.max(y1) + reach, self.height);
        for y in rows.0..rows.1 {
            let middle = y as f32 + 0.5;
            // Where the line crosses the row, and how far to both sides it may still be seen.
            let crossing = x0 + (middle - y0) / dy * dx;
            let aside = reach * length / dy.abs();
            let from = (crossing - aside).max(x0.min(x1) - reach);
            let to = (crossing + aside).min(x0.max(x1) + reach);
            let columns = long(from, to + 1.0, self.width);
            for x in columns.0..columns.1 {
                let (px, py) = (x as f32 + 0.5 - x0, middle - y0);
                let off = (px * dy - py * dx).abs() / length;
                let along = (px * dx + py * dy) / length;
                let cover = (half + 0.5 - off)
                    .min(width)
                    .min(along + 0.5)
                    .min(length - along + 0.5);
                let cover = (cover.clamp(0.0, 1.0) * 256.0 + 0.5) as u32;
                if cover > 0 {
                    self.dot((x, y), colour, share(alpha, cover));
                }
            }
        }
    }
}

/// The whole pixels of a line across its direction: at least one.
fn thick(middle: f32, width: f32, most: u32) -> (u32, u32) {
    let pixels = (width + 0.5).max(1.0);
    let whole = pixels as u32 as f32;
    let from = middle - whole / 2.0 + 0.5;
    // Nothing at all, if it is not a number.
    if !(from > -whole && whole > 0.0) {
        return (0, 0);
    }
    long(libm::floorf(from), libm::floorf(from) + whole, most)
}

/// The whole pixels of a line along its direction.
fn long(from: f32, to: f32, most: u32) -> (u32, u32) {
    let whole = |at: f32| (at + 0.5).max(0.0).min(most as f32) as u32;
    (whole(from), whole(to))
}
