//! SVG text to PNG bytes.
//!
//! The picture must look the same on every machine, so two faces come with the binary (Inter and
//! JetBrains Mono, Latin, both under the SIL Open Font License, see `assets/fonts`). The machine's
//! own fonts are read only for text that those lack, because finding them takes longer than drawing.

use std::sync::Arc;

use anyhow::{Context, bail};
use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{Options, Tree, fontdb};

const FACES: [&[u8]; 4] = [
    include_bytes!("../assets/fonts/Inter-Regular.ttf"),
    include_bytes!("../assets/fonts/Inter-SemiBold.ttf"),
    include_bytes!("../assets/fonts/JetBrainsMono-Regular.ttf"),
    include_bytes!("../assets/fonts/JetBrainsMono-SemiBold.ttf"),
];

/// Beyond this a picture no longer fits memory on a small machine: 64 megapixels are 256 MB.
const MOST_PIXELS: f64 = 64e6;

/// Draws an SVG as a PNG, `scale` pixels to each of its own.
pub(crate) fn render(svg: &str, scale: f32) -> anyhow::Result<Vec<u8>> {
    let mut fonts = fontdb::Database::new();
    for face in FACES {
        fonts.load_font_data(face.to_vec());
    }
    fonts.set_sans_serif_family("Inter");
    fonts.set_monospace_family("JetBrains Mono");
    if !svg.chars().all(carried) {
        fonts.load_system_fonts();
    }
    let options = Options {
        font_family: "Inter".to_owned(),
        fontdb: Arc::new(fonts),
        ..Options::default()
    };
    let tree = Tree::from_str(svg, &options).context("the picture is no valid svg")?;
    let size = tree.size();
    let (width, height) = (
        (size.width() * scale).ceil(),
        (size.height() * scale).ceil(),
    );
    if f64::from(width) * f64::from(height) > MOST_PIXELS {
        bail!(
            "a png of {width} × {height} pixels is too large: at most {} megapixels; \
             choose a smaller width or scale, or write svg",
            MOST_PIXELS / 1e6
        );
    }
    let mut pixels = Pixmap::new(width as u32, height as u32)
        .with_context(|| format!("a png of {width} × {height} pixels has no area"))?;
    resvg::render(
        &tree,
        Transform::from_scale(scale, scale),
        &mut pixels.as_mut(),
    );
    pixels.encode_png().context("the png could not be packed")
}

/// Whether the faces that come with the binary have a glyph for it: Latin-1 and common punctuation.
fn carried(c: char) -> bool {
    matches!(c, '\n' | ' '..='~' | '\u{a0}'..='\u{ff}' | '–' | '—' | '‘' | '’' | '“' | '”' | '…' | '•')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(body: &str, expect: (u8, u8, u8)) {
        let svg =
            format!("<svg xmlns='http://www.w3.org/2000/svg' width='20' height='10'>{body}</svg>");
        let png = render(&svg, 2.0).expect("a png");
        let pixels = Pixmap::decode_png(&png).expect("readable");
        assert_eq!((pixels.width(), pixels.height()), (40, 20));
        let pixel = pixels.pixel(20, 10).expect("inside").demultiply();
        assert_eq!((pixel.red(), pixel.green(), pixel.blue()), expect, "{body}");
    }

    #[test]
    fn colours_come_from_the_style_sheet() {
        check(
            "<style>.a{fill:#0072b2}@media (prefers-color-scheme:dark){.a{fill:red}}</style>\
             <rect class='a' width='20' height='10'/>",
            (0, 0x72, 0xb2),
        );
    }

    #[test]
    fn text_is_drawn_in_the_faces_that_come_along() {
        let ink = |text: &str| {
            let svg = format!(
                "<svg xmlns='http://www.w3.org/2000/svg' width='60' height='20'>\
                 <text y='15' font-family='system-ui,Inter,sans-serif'>{text}</text></svg>"
            );
            let png = render(&svg, 1.0).expect("a png");
            let pixels = Pixmap::decode_png(&png).expect("readable");
            pixels
                .pixels()
                .iter()
                .filter(|pixel| pixel.alpha() > 100)
                .count()
        };
        assert!(ink("threads × µ …") > 100);
        assert_eq!(ink(" "), 0);
    }

    #[test]
    fn what_cannot_be_drawn_is_an_error() {
        assert!(render("<svg", 1.0).is_err());
        let svg = "<svg xmlns='http://www.w3.org/2000/svg' width='9000' height='9000'/>";
        let error = render(svg, 2.0).expect_err("too large").to_string();
        assert!(error.contains("too large"), "{error}");
    }
}
