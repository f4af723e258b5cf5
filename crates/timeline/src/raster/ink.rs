//! What paints look like, pixel by pixel.
//!
//! A hatching's stripes run at 45°, so its rows are all the same row, shifted: one is made, as wide as
//! the picture, and copied from. The stripes come again after a whole number of pixels, which is the
//! nearest to what the palette says.

use trilane_core::trace::SpanKind;

use super::{Pixel, over};
use crate::draw::Paint;
use crate::palette::{self, Chrome, Fill, HATCH_PX, Rgb, STRIPE_PX, Theme};

/// A paint, ready to be put on pixels.
#[derive(Clone, Copy)]
pub(super) enum Ink<'a> {
    /// One colour, and how much of it, of 255.
    Flat(Pixel, u32),
    /// A pattern that covers all.
    Hatch(&'a Hatch),
}

/// A pattern that comes again after some pixels down and across.
pub(super) struct Hatch {
    /// Rows, one after another.
    pixels: Vec<Pixel>,
    /// For each row of the picture, which of the pixels is in its column 0.
    begins: Vec<u32>,
}

impl Hatch {
    /// The pixels `x0..x1` of row `y`.
    #[inline]
    pub(super) fn row(&self, y: u32, (x0, x1): (u32, u32)) -> &[Pixel] {
        let begin = self.begins[y as usize];
        &self.pixels[(begin + x0) as usize..(begin + x1) as usize]
    }

    #[inline]
    pub(super) fn pixel(&self, (x, y): (u32, u32)) -> Pixel {
        self.pixels[(self.begins[y as usize] + x) as usize]
    }
}

/// All paints of a theme at a density. Hatchings are made when they are first asked for.
pub(super) struct Inks {
    theme: Theme,
    density: f32,
    /// Pixels of the picture, across and down.
    size: (u32, u32),
    flat: [Pixel; SpanKind::ALL.len()],
    hatches: [Option<Hatch>; SpanKind::ALL.len()],
}

impl Inks {
    pub(super) fn new(theme: Theme, density: f32, size: (u32, u32)) -> Inks {
        Inks {
            theme,
            density,
            size,
            flat: SpanKind::ALL.map(|kind| opaque(palette::colour(kind, theme))),
            hatches: [const { None }; SpanKind::ALL.len()],
        }
    }

    #[inline]
    pub(super) fn paint(&mut self, paint: Paint) -> Ink<'_> {
        match paint {
            Paint::State(kind) => match palette::fill(kind) {
                Fill::Solid | Fill::Empty => Ink::Flat(self.flat[kind as usize], 255),
                _ => Ink::Hatch(self.hatch(kind)),
            },
            Paint::Depth(kind) => {
                Ink::Flat(self.flat[kind as usize], alpha(palette::DEPTH_OPACITY))
            }
            Paint::Peak(kind) => Ink::Flat(self.flat[kind as usize], alpha(palette::PEAK_OPACITY)),
            Paint::Chrome(chrome) => Ink::Flat(opaque(chrome.colour(self.theme)), 255),
        }
    }

    /// The colour of a line.
    pub(super) fn stroke(&self, ink: Chrome) -> (Pixel, u32) {
        let alpha = match ink {
            Chrome::Grid => alpha(Chrome::GRID_OPACITY),
            _ => 255,
        };
        (opaque(ink.colour(self.theme)), alpha)
    }

    fn hatch(&mut self, kind: SpanKind) -> &Hatch {
        let (theme, density, size) = (self.theme, self.density, self.size);
        self.hatches[kind as usize].get_or_insert_with(|| {
            let ground = opaque(Chrome::Panel.colour(theme));
            let colour = opaque(palette::colour(kind, theme));
            match palette::fill(kind) {
                Fill::Dots => dots(ground, colour, density, size),
                Fill::BackStripes => stripes(ground, colour, density, size, false),
                _ => stripes(ground, colour, density, size, true),
            }
        })
    }
}

fn opaque(Rgb(r, g, b): Rgb) -> Pixel {
    [r, g, b, 255]
}

fn alpha(opacity: f32) -> u32 {
    (opacity * 255.0 + 0.5) as u32
}

/// How many pixels something takes that is `px` long, at least 2 and at most what a picture has.
fn period(px: f64, density: f32) -> u32 {
    ((px as f32 * density + 0.5).clamp(0.0, 4096.0) as u32).max(2)
}

/// Samples a pixel's side is looked at in.
const FINE: u32 = 8;

/// Stripes that rise to the right, or fall.
fn stripes(
    ground: Pixel,
    colour: Pixel,
    density: f32,
    (width, height): (u32, u32),
    rise: bool,
) -> Hatch {
    // Across a stripe it is HATCH_PX, so along the row it is √2 times that.
    let period = period(HATCH_PX * std::f64::consts::SQRT_2, density);
    let fine = period * FINE;
    let stripe = fine as f32 * (STRIPE_PX / HATCH_PX) as f32;
    let one: Vec<Pixel> = (0..period)
        .map(|x| {
            let samples = (0..FINE * FINE).filter(|n| {
                let (right, down) = (n % FINE, n / FINE);
                // A falling stripe is a rising one seen in a mirror.
                let down = if rise { down } else { FINE - 1 - down };
                ((x * FINE + right + down + 1) % fine) as f32 <= stripe
            });
            let covered = samples.count() as u32;
            over(ground, colour, (covered * 255 + 32) / (FINE * FINE))
        })
        .collect();
    let wide = (width + period) as usize;
    Hatch {
        pixels: one.iter().copied().cycle().take(wide).collect(),
        begins: (0..height)
            .map(|y| match rise {
                true => y % period,
                false => period - 1 - y % period,
            })
            .collect(),
    }
}

fn dots(ground: Pixel, colour: Pixel, density: f32, (width, height): (u32, u32)) -> Hatch {
    let period = period(HATCH_PX, density);
    let fine = (period * FINE) as f32;
    let radius = fine * (palette::DOT_PX / HATCH_PX) as f32;
    let covered = |x: u32, y: u32| {
        let samples = (0..FINE * FINE).filter(|n| {
            let at = |pixel: u32, part: u32| (pixel * FINE + part) as f32 + 0.5;
            let (x, y) = (at(x, n % FINE), at(y, n / FINE));
            [0.25, 0.75].iter().any(|place| {
                let (x, y) = (x - place * fine, y - place * fine);
                x * x + y * y <= radius * radius
            })
        });
        samples.count() as u32
    };
    let mut pixels = Vec::new();
    for y in 0..period {
        let one: Vec<Pixel> = (0..period)
            .map(|x| over(ground, colour, (covered(x, y) * 255 + 32) / (FINE * FINE)))
            .collect();
        pixels.extend(one.iter().copied().cycle().take(width as usize));
    }
    Hatch {
        pixels,
        begins: (0..height).map(|y| y % period * width).collect(),
    }
}
