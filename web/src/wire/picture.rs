//! Pictures as bytes: pixels that the worker has painted, and the texts and arrows that go on top.
//!
//! The worker paints rectangles and lines itself, so that ten thousand of them cost the page's own thread
//! one copy of pixels. Letters it leaves to the browser, which has the fonts.

use trilane_timeline::draw::{Anchor, Arrow, DrawList, Font, Text};
use trilane_timeline::palette::{Chrome, Theme};
use trilane_timeline::raster::{Bitmap, bitmap};

/// A picture to put on a canvas.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Picture {
    /// px.
    pub width: f32,
    /// px.
    pub height: f32,
    /// Screen pixels in a px.
    pub density: f32,
    /// For the dark theme.
    pub dark: bool,
    /// Rectangles and lines, painted.
    pub pixels: Bitmap,
    /// Arrows, on the pixels.
    pub arrows: Vec<Arrow>,
    /// Texts, on everything.
    pub texts: Vec<Text>,
}

impl Picture {
    /// Paints a draw list.
    pub fn new(
        list: &DrawList,
        (width, height): (f32, f32),
        density: f32,
        theme: Theme,
    ) -> Picture {
        Picture {
            width,
            height,
            density,
            dark: theme == Theme::Dark,
            pixels: bitmap(list, (width, height), density, theme, Bitmap::default()),
            arrows: list.arrows.clone(),
            texts: list.texts.clone(),
        }
    }

    /// As bytes, to be handed over.
    pub fn pack(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(64 + self.pixels.rgba.len() + self.texts.len() * 48);
        let floats = |out: &mut Vec<u8>, values: &[f32]| {
            out.extend(values.iter().flat_map(|value| value.to_le_bytes()));
        };
        let number = |out: &mut Vec<u8>, value: usize| out.extend((value as u32).to_le_bytes());
        floats(&mut out, &[self.width, self.height, self.density]);
        out.push(u8::from(self.dark));
        number(&mut out, self.pixels.width as usize);
        number(&mut out, self.pixels.height as usize);
        number(&mut out, self.pixels.rgba.len());
        out.extend(&self.pixels.rgba);
        number(&mut out, self.arrows.len());
        for arrow in &self.arrows {
            for (x, y) in arrow.points {
                floats(&mut out, &[x, y]);
            }
            out.push(arrow.ink as u8);
        }
        number(&mut out, self.texts.len());
        for text in &self.texts {
            floats(
                &mut out,
                &[text.x, text.y, text.font.size, text.font.spacing],
            );
            let face = u8::from(text.font.mono) | u8::from(text.font.bold) << 1;
            out.extend([text.anchor as u8, face, text.ink as u8]);
            number(&mut out, text.text.len());
            out.extend(text.text.as_bytes());
        }
        out
    }

    /// The picture that [`Picture::pack`] packed; nothing where the bytes are none.
    pub fn unpack(bytes: &[u8]) -> Option<Picture> {
        let mut from = From(bytes);
        let (width, height, density) = (from.float()?, from.float()?, from.float()?);
        let dark = from.byte()? != 0;
        let (wide, high) = (from.number()?, from.number()?);
        let length = from.number()? as usize;
        let rgba = from.take(length)?.to_vec();
        let mut arrows = Vec::new();
        for _ in 0..from.number()? {
            let mut points = [(0.0, 0.0); 4];
            for point in &mut points {
                *point = (from.float()?, from.float()?);
            }
            let ink = chrome_of(from.byte()?)?;
            arrows.push(Arrow { points, ink });
        }
        let mut texts = Vec::new();
        for _ in 0..from.number()? {
            texts.push(from.text()?);
        }
        from.0.is_empty().then_some(Picture {
            width,
            height,
            density,
            dark,
            pixels: Bitmap {
                width: wide,
                height: high,
                rgba,
            },
            arrows,
            texts,
        })
    }
}

fn chrome_of(number: u8) -> Option<Chrome> {
    Chrome::ALL
        .into_iter()
        .find(|chrome| *chrome as u8 == number)
}

/// What is left to read.
struct From<'b>(&'b [u8]);

impl<'b> From<'b> {
    fn take(&mut self, length: usize) -> Option<&'b [u8]> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }

    fn byte(&mut self) -> Option<u8> {
        self.take(1).map(|bytes| bytes[0])
    }

    fn number(&mut self) -> Option<u32> {
        Some(u32::from_le_bytes(self.take(4)?.try_into().ok()?))
    }

    fn float(&mut self) -> Option<f32> {
        Some(f32::from_le_bytes(self.take(4)?.try_into().ok()?))
    }

    fn text(&mut self) -> Option<Text> {
        let (x, y) = (self.float()?, self.float()?);
        let (size, spacing) = (self.float()?, self.float()?);
        let anchor = *[Anchor::Start, Anchor::Middle, Anchor::End].get(self.byte()? as usize)?;
        let face = self.byte()?;
        let ink = chrome_of(self.byte()?)?;
        let length = self.number()? as usize;
        let text = String::from_utf8(self.take(length)?.to_vec()).ok()?;
        let font = Font {
            size,
            mono: face & 1 != 0,
            bold: face & 2 != 0,
            spacing,
        };
        Some(Text {
            x,
            y,
            text,
            font,
            anchor,
            ink,
        })
    }
}

#[cfg(test)]
mod tests {
    use trilane_core::trace::SpanKind;
    use trilane_timeline::draw::Paint;

    use super::*;

    #[test]
    fn a_picture_comes_back_as_it_was() {
        let mut list = DrawList::default();
        list.rect((1.0, 1.0), (9.0, 3.0), 0.5, Paint::State(SpanKind::GilWait));
        for chrome in Chrome::ALL {
            let font = Font::mono(10.0).bold();
            list.text((5.0, 6.0), "20 µs", font, Anchor::End, chrome);
            list.arrows.push(Arrow {
                points: [(0.0, 1.0), (2.0, 3.0), (4.0, 5.0), (6.0, 7.0)],
                ink: chrome,
            });
        }
        let picture = Picture::new(&list, (20.0, 8.0), 2.0, Theme::Dark);
        assert_eq!((picture.pixels.width, picture.pixels.height), (40, 16));
        let bytes = picture.pack();
        assert_eq!(Picture::unpack(&bytes), Some(picture));
        assert_eq!(Picture::unpack(&bytes[..bytes.len() - 1]), None);
    }
}
