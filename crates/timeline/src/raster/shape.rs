//! Rectangles, sharp and rounded.

use super::ink::Ink;
use super::{Canvas, Pixel, over};
use crate::draw::Rect;

/// Parts of a pixel that edges are told in.
const PARTS: f32 = 256.0;

/// Corners of less than this, pixels, are not seen.
const LEAST_ROUND: f32 = 0.5;

impl Canvas<'_> {
    #[inline]
    pub(super) fn rect(&mut self, rect: &Rect, ink: Ink<'_>) {
        let across = Extent::new(rect.x, rect.w, self.density, self.width);
        let down = Extent::new(rect.y, rect.h, self.density, self.height);
        if rect.round > 0.0 {
            self.rounded(rect, across, down, ink);
            return;
        }
        let ((x0, x1), (y0, y1)) = (across.whole(), down.whole());
        if x0 < x1 {
            for y in y0..y1 {
                self.run(y, (x0, x1), ink, 256);
            }
        }
    }

    /// Paints pixels `x0..x1` of a row; `cover` is how much of each, of 256.
    #[inline]
    pub(super) fn run(&mut self, y: u32, (x0, x1): (u32, u32), ink: Ink<'_>, cover: u32) {
        let begin = y as usize * self.width as usize;
        let run = &mut self.pixels[begin + x0 as usize..begin + x1 as usize];
        match ink {
            Ink::Flat(colour, alpha) => {
                let alpha = share(alpha, cover);
                if alpha == 255 {
                    run.fill(colour);
                } else {
                    for pixel in run {
                        *pixel = over(*pixel, colour, alpha);
                    }
                }
            }
            Ink::Hatch(hatch) => {
                let from = &hatch.row(y)[x0 as usize..x1 as usize];
                // A copy by the library costs more than a few pixels do.
                match cover == 256 && run.len() > 16 {
                    true => run.copy_from_slice(from),
                    false => {
                        let alpha = share(255, cover);
                        for (pixel, colour) in run.iter_mut().zip(from) {
                            *pixel = over(*pixel, *colour, alpha);
                        }
                    }
                }
            }
        }
    }

    /// Soft edges, and corners by how far each pixel's middle is from the corner's.
    fn rounded(&mut self, rect: &Rect, across: Extent, down: Extent, ink: Ink<'_>) {
        let (columns, rows) = (across.touched(), down.touched());
        if columns.0 >= columns.1 {
            return;
        }
        let round = rect.round.min(rect.w / 2.0).min(rect.h / 2.0) * self.density;
        let corner = (round >= LEAST_ROUND).then(|| Corner::new(rect, round, self.density));
        for y in rows.0..rows.1 {
            let cover_y = down.cover(y);
            // Columns up to here, and from here on, are looked at one by one.
            let (mut left, mut right) = (columns.0 + 1, columns.1 - 1);
            let above = corner.as_ref().map_or(0.0, |corner| corner.beyond_y(y));
            if let (true, Some(corner)) = (above > 0.0, &corner) {
                left = corner.columns.0.max(left);
                right = corner.columns.1.min(right);
            }
            let left = left.min(columns.1);
            let right = right.clamp(left, columns.1);
            for (from, to) in [(columns.0, left), (right, columns.1)] {
                for x in from..to {
                    let mut cover = (across.cover(x) * cover_y + 128) >> 8;
                    if let (true, Some(corner)) = (above > 0.0, &corner) {
                        cover = cover.min(corner.cover(x, above));
                    }
                    if cover > 0 {
                        self.run(y, (x, x + 1), ink, cover);
                    }
                }
            }
            if left < right {
                self.run(y, (left, right), ink, cover_y);
            }
        }
    }
}

/// A part of an alpha: `cover` is of 256.
#[inline]
pub(super) fn share(alpha: u32, cover: u32) -> u32 {
    (alpha * cover + 128) >> 8
}

/// From where to where a shape reaches in one direction, in parts of a pixel, cut to the picture.
#[derive(Clone, Copy)]
struct Extent {
    from: u32,
    to: u32,
}

impl Extent {
    /// What is not a number becomes an edge of the picture, and in the end no extent at all.
    #[inline]
    fn new(at: f32, length: f32, density: f32, most: u32) -> Extent {
        let parts = |px: f32| {
            let most = (most << 8) as f32;
            (px * density * PARTS + 0.5).max(0.0).min(most) as u32
        };
        Extent {
            from: parts(at),
            to: parts(at + length),
        }
    }

    /// The nearest whole pixels. A half goes down, and what is about a half with it: two shapes that
    /// abut there agree, whatever `f32` made of their edges.
    #[inline]
    fn whole(self) -> (u32, u32) {
        ((self.from + 127) >> 8, (self.to + 127) >> 8)
    }

    /// The pixels that it touches.
    fn touched(self) -> (u32, u32) {
        match self.from < self.to {
            true => (self.from >> 8, (self.to + 255) >> 8),
            false => (0, 0),
        }
    }

    /// How much of a pixel that it touches it covers, of 256.
    fn cover(self, pixel: u32) -> u32 {
        self.to.min((pixel + 1) << 8) - self.from.max(pixel << 8)
    }
}

/// The four corners of a rounded rectangle, in pixels.
struct Corner {
    round: f32,
    /// The rectangle between the corners' middles.
    left: f32,
    top: f32,
    right: f32,
    bottom: f32,
    /// Columns before the first and from the second on may lie in a corner.
    columns: (u32, u32),
}

impl Corner {
    fn new(rect: &Rect, round: f32, density: f32) -> Corner {
        let (left, right) = (
            rect.x * density + round,
            (rect.x + rect.w) * density - round,
        );
        Corner {
            round,
            left,
            top: rect.y * density + round,
            right,
            bottom: (rect.y + rect.h) * density - round,
            columns: ((left + 0.5).max(0.0) as u32, (right - 0.5).max(0.0) as u32),
        }
    }

    /// How far the middles of a row's pixels are above or below the corners' middles; 0 between.
    fn beyond_y(&self, y: u32) -> f32 {
        let middle = y as f32 + 0.5;
        (self.top - middle).max(middle - self.bottom).max(0.0)
    }

    /// How much of a pixel in a row so far beyond lies within the corner, of 256. Near the edge the
    /// distance to it is (r² − d²) / 2r, which needs no root.
    fn cover(&self, x: u32, above: f32) -> u32 {
        let middle = x as f32 + 0.5;
        let beside = (self.left - middle).max(middle - self.right).max(0.0);
        if beside == 0.0 {
            return 256;
        }
        let squares = beside * beside + above * above;
        let inside = (self.round * self.round - squares) / (2.0 * self.round) + 0.5;
        (inside.clamp(0.0, 1.0) * PARTS + 0.5) as u32
    }
}

/// A pixel for lines: a colour and how much of it.
impl Canvas<'_> {
    #[inline]
    pub(super) fn dot(&mut self, (x, y): (u32, u32), colour: Pixel, alpha: u32) {
        let pixel = &mut self.pixels[y as usize * self.width as usize + x as usize];
        *pixel = over(*pixel, colour, alpha);
    }
}
