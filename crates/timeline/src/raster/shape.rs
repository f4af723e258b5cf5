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
        self.area(across.whole(), down.whole(), ink);
    }

    /// Paints whole pixels.
    #[inline]
    pub(super) fn area(&mut self, (x0, x1): (u32, u32), (y0, y1): (u32, u32), ink: Ink<'_>) {
        if x0 >= x1 || y0 >= y1 {
            return;
        }
        // A column of a crowd is mostly a pixel wide.
        if x1 - x0 == 1 {
            let wide = self.width as usize;
            let begin = y0 as usize * wide + x0 as usize;
            let column = self.pixels[begin..].iter_mut().step_by(wide);
            let column = column.zip(y0..y1);
            match ink {
                Ink::Flat(colour, 255) => column.for_each(|(pixel, _)| *pixel = colour),
                Ink::Flat(colour, alpha) => {
                    column.for_each(|(pixel, _)| *pixel = over(*pixel, colour, alpha));
                }
                Ink::Hatch(hatch) => {
                    column.for_each(|(pixel, y)| *pixel = hatch.pixel((x0, y)));
                }
            }
            return;
        }
        for y in y0..y1 {
            self.run(y, (x0, x1), ink, 256);
        }
    }

    /// Paints pixels `x0..x1` of a row; `cover` is how much of each, of 256.
    #[inline]
    pub(super) fn run(&mut self, y: u32, (x0, x1): (u32, u32), ink: Ink<'_>, cover: u32) {
        let begin = y as usize * self.width as usize;
        let run = &mut self.pixels[begin + x0 as usize..begin + x1 as usize];
        match ink {
            Ink::Flat(colour, alpha) => match share(alpha, cover) {
                255 => run.iter_mut().for_each(|pixel| *pixel = colour),
                alpha => {
                    for pixel in run {
                        *pixel = over(*pixel, colour, alpha);
                    }
                }
            },
            Ink::Hatch(hatch) => {
                let pairs = run.iter_mut().zip(hatch.row(y, (x0, x1)));
                match share(255, cover) {
                    255 => pairs.for_each(|(pixel, colour)| *pixel = *colour),
                    alpha => {
                        pairs.for_each(|(pixel, colour)| *pixel = over(*pixel, *colour, alpha))
                    }
                }
            }
        }
    }

    #[inline]
    fn pixel(&mut self, at: (u32, u32), ink: Ink<'_>, cover: u32) {
        let (colour, alpha) = match ink {
            Ink::Flat(colour, alpha) => (colour, alpha),
            Ink::Hatch(hatch) => (hatch.pixel(at), 255),
        };
        self.dot(at, colour, share(alpha, cover));
    }

    /// Soft edges, and corners by how far each pixel's middle is from the corner's.
    fn rounded(&mut self, rect: &Rect, across: Extent, down: Extent, ink: Ink<'_>) {
        let (columns, rows) = (across.touched(), down.touched());
        if columns.0 >= columns.1 {
            return;
        }
        let round = rect.round.min(rect.w / 2.0).min(rect.h / 2.0) * self.density;
        let corner = (round >= LEAST_ROUND).then(|| Corner::new(rect, round, self.density));
        // What lies between the edges is covered whole.
        let inner = (
            columns.0 + u32::from(across.cover(columns.0) < 256),
            columns.1 - u32::from(across.cover(columns.1 - 1) < 256),
        );
        for y in rows.0..rows.1 {
            let cover_y = down.cover(y);
            let above = corner.as_ref().map_or(0.0, |corner| corner.beyond_y(y));
            // Columns up to here, and from here on, are looked at one by one.
            let (left, right) = match &corner {
                Some(corner) if above > 0.0 => {
                    (corner.columns.0.max(inner.0), corner.columns.1.min(inner.1))
                }
                _ => inner,
            };
            let left = left.min(columns.1);
            let right = right.clamp(left, columns.1);
            for x in (columns.0..left).chain(right..columns.1) {
                let mut cover = (across.cover(x) * cover_y + 128) >> 8;
                if let (true, Some(corner)) = (above > 0.0, &corner) {
                    cover = cover.min(corner.cover(x, above));
                }
                if cover > 0 {
                    self.pixel((x, y), ink, cover);
                }
            }
            if left < right {
                self.run(y, (left, right), ink, cover_y);
            }
        }
    }

    /// Paints a pixel.
    #[inline]
    pub(super) fn dot(&mut self, (x, y): (u32, u32), colour: Pixel, alpha: u32) {
        let pixel = &mut self.pixels[y as usize * self.width as usize + x as usize];
        *pixel = over(*pixel, colour, alpha);
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
