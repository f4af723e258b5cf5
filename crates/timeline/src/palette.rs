//! Colours and hatching of the states: one place for SVG, PNG, the terminal and the page.
//!
//! The hues are those of Okabe and Ito ("Color Universal Design", 2008), which readers with any of
//! the common colour deficiencies can tell apart. Waiting is hatched as well, so that colour is
//! never the only sign. On a dark ground the darker hues are lightened, the rest is the same.

use trilane_core::trace::SpanKind;

/// Light or dark ground.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// Dark ink on a light ground.
    #[default]
    Light,
    /// Light ink on a dark ground.
    Dark,
}

/// A colour in sRGB.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rgb(pub u8, pub u8, pub u8);

impl Rgb {
    const fn hex(rgb: u32) -> Rgb {
        Rgb((rgb >> 16) as u8, (rgb >> 8) as u8, rgb as u8)
    }

    /// As CSS writes it: `#0072b2`.
    pub fn css(self) -> String {
        format!("#{:02x}{:02x}{:02x}", self.0, self.1, self.2)
    }
}

/// How a state's area is filled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Fill {
    /// One colour all over: something is done.
    Solid,
    /// Stripes like `/`: waits for a lock or for its turn.
    Stripes,
    /// Stripes like `\`: waits in a queue, for a worker or for a core.
    BackStripes,
    /// Dots: waits for its own parts.
    Dots,
    /// Nothing: there is nothing to do.
    Empty,
}

/// After how many px a hatching or its dots come again.
pub const HATCH_PX: f64 = 5.0;
/// How wide a stripe is, px.
pub const STRIPE_PX: f64 = 2.4;
/// Radius of a dot, px. Two stand in each square of [`HATCH_PX`], at a quarter and at three quarters.
pub const DOT_PX: f64 = 0.9;

/// How much of a state's colour shows how many are in it ([`crate::draw::Paint::Depth`]).
pub const DEPTH_OPACITY: f32 = 0.78;
/// How much of it shows the most there were ([`crate::draw::Paint::Peak`]).
pub const PEAK_OPACITY: f32 = 0.3;

/// How a state is filled.
pub const fn fill(kind: SpanKind) -> Fill {
    match kind {
        SpanKind::Python
        | SpanKind::Native
        | SpanKind::Io
        | SpanKind::Pickle
        | SpanKind::Transfer
        | SpanKind::Overhead
        | SpanKind::Start => Fill::Solid,
        SpanKind::GilWait | SpanKind::LockWait | SpanKind::LoopWait => Fill::Stripes,
        SpanKind::CoreWait | SpanKind::QueueWait | SpanKind::PoolWait => Fill::BackStripes,
        SpanKind::JoinWait => Fill::Dots,
        SpanKind::Idle => Fill::Empty,
    }
}

/// The colour of a state: of its area, or of its stripes or dots.
pub const fn colour(kind: SpanKind, theme: Theme) -> Rgb {
    let (light, dark) = match kind {
        SpanKind::Python => (0x0072B2, 0x2E8FD0),
        SpanKind::Native => (0x009E73, 0x16B58A),
        SpanKind::Io => (0xB9DCF2, 0x2F5871),
        SpanKind::GilWait => (0xE69F00, 0xE69F00),
        SpanKind::CoreWait => (0xB8A000, 0xCDB61C),
        SpanKind::LockWait | SpanKind::QueueWait => (0xD55E00, 0xEC7A24),
        SpanKind::PoolWait => (0x9A958A, 0x8C877D),
        SpanKind::LoopWait => (0x7A5195, 0xA97FC6),
        SpanKind::JoinWait => (0x8F9BA3, 0x76838C),
        SpanKind::Pickle => (0xCC79A7, 0xD58BB4),
        SpanKind::Transfer => (0xE7BDD4, 0x8A5573),
        SpanKind::Overhead => (0x3A3833, 0xD9D5CB),
        SpanKind::Start => (0x8A857A, 0x9A958A),
        SpanKind::Idle => (0xF4F1EA, 0x262522),
    };
    match theme {
        Theme::Light => Rgb::hex(light),
        Theme::Dark => Rgb::hex(dark),
    }
}

/// What is drawn besides states.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Chrome {
    /// Behind everything.
    Ground,
    /// A card on the ground.
    Panel,
    /// A lane with nothing in it; also the ground under stripes.
    Track,
    /// Borders and rules.
    Rule,
    /// Text, arrows, the playhead.
    Ink,
    /// Lines at round times across the lanes: ink, but [`Chrome::GRID_OPACITY`] of it.
    Grid,
    /// Text that explains.
    Mute,
    /// Who holds the GIL.
    Held,
    /// Text on [`Chrome::Held`].
    OnHeld,
    /// The best of several: its border, and its badge's text.
    Best,
    /// The ground of the best one's badge.
    BestGround,
    /// Text of a warning badge.
    Warn,
    /// The ground of a warning badge.
    WarnGround,
}

impl Chrome {
    /// Every one.
    pub const ALL: [Chrome; 13] = [
        Chrome::Ground,
        Chrome::Panel,
        Chrome::Track,
        Chrome::Rule,
        Chrome::Ink,
        Chrome::Grid,
        Chrome::Mute,
        Chrome::Held,
        Chrome::OnHeld,
        Chrome::Best,
        Chrome::BestGround,
        Chrome::Warn,
        Chrome::WarnGround,
    ];

    /// How much of [`Chrome::Grid`]'s colour is painted over what is there.
    pub const GRID_OPACITY: f32 = 0.09;

    /// Its colour.
    pub const fn colour(self, theme: Theme) -> Rgb {
        let (light, dark) = match self {
            Chrome::Ground => (0xFBFAF7, 0x151412),
            Chrome::Panel => (0xFFFFFF, 0x1D1C1A),
            Chrome::Track => (0xF4F1EA, 0x282724),
            Chrome::Rule => (0xE4E0D6, 0x3A3833),
            Chrome::Ink | Chrome::Grid => (0x1C1B19, 0xEDEAE3),
            Chrome::Mute => (0x6B6860, 0xA5A096),
            Chrome::Held => (0x26425C, 0xA9C4DC),
            Chrome::OnHeld => (0xFFFFFF, 0x15212C),
            Chrome::Best => (0x0B6B4D, 0x5CCBA2),
            Chrome::BestGround => (0xE3F3EC, 0x1B3A2F),
            Chrome::Warn => (0xA04400, 0xF0A36B),
            Chrome::WarnGround => (0xFDEEE3, 0x402A1B),
        };
        match theme {
            Theme::Light => Rgb::hex(light),
            Theme::Dark => Rgb::hex(dark),
        }
    }
}

/// What cooks look like on either ground: a face is no state, and stays what it is in the dark.
pub mod cook {
    use super::Rgb;

    /// Outlines, eyes and mouths.
    pub const LINE: Rgb = Rgb::hex(0x2B2A27);
    /// Hats, collars and the whites of eyes.
    pub const HAT: Rgb = Rgb::hex(0xFFFEFA);
    /// Faces and hands: one for each cook in turn.
    pub const SKIN: [Rgb; 5] = [
        Rgb::hex(0xF3CBA5),
        Rgb::hex(0xC98E62),
        Rgb::hex(0xFADFC4),
        Rgb::hex(0x8F5B3B),
        Rgb::hex(0xE0AC7E),
    ];
    /// Cheeks.
    pub const CHEEK: Rgb = Rgb::hex(0xE58A73);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Contrast ratio by WCAG 2.2, "relative luminance".
    #[expect(
        clippy::disallowed_methods,
        reason = "a bound on contrast needs no last bit"
    )]
    fn contrast(a: Rgb, b: Rgb) -> f64 {
        let luminance = |rgb: Rgb| {
            let linear = |byte: u8| match f64::from(byte) / 255.0 {
                low if low <= 0.04045 => low / 12.92,
                high => ((high + 0.055) / 1.055).powf(2.4),
            };
            0.2126 * linear(rgb.0) + 0.7152 * linear(rgb.1) + 0.0722 * linear(rgb.2)
        };
        let (a, b) = (luminance(a), luminance(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    #[track_caller]
    fn check_text(ink: Chrome, ground: Chrome) {
        for theme in [Theme::Light, Theme::Dark] {
            let ratio = contrast(ink.colour(theme), ground.colour(theme));
            assert!(ratio >= 4.5, "{ink:?} on {ground:?}, {theme:?}: {ratio:.2}");
        }
    }

    #[test]
    fn text_has_contrast_aa() {
        for ground in [Chrome::Ground, Chrome::Panel, Chrome::Track] {
            check_text(Chrome::Ink, ground);
            check_text(Chrome::Mute, ground);
        }
        check_text(Chrome::OnHeld, Chrome::Held);
        check_text(Chrome::Best, Chrome::BestGround);
        check_text(Chrome::Warn, Chrome::WarnGround);
    }

    #[test]
    fn states_that_share_a_colour_differ_in_their_fill() {
        for theme in [Theme::Light, Theme::Dark] {
            for (at, a) in SpanKind::ALL.into_iter().enumerate() {
                for b in &SpanKind::ALL[..at] {
                    let same = colour(a, theme) == colour(*b, theme) && fill(a) == fill(*b);
                    assert!(!same, "{a:?} and {b:?} look the same");
                }
            }
        }
    }

    #[test]
    fn every_wait_for_somebody_else_is_hatched() {
        for kind in SpanKind::ALL {
            let solid = fill(kind) == Fill::Solid;
            assert_eq!(solid, kind.on_core() || kind == SpanKind::Io, "{kind:?}");
        }
    }

    #[test]
    fn colours_read_as_css() {
        assert_eq!(colour(SpanKind::Python, Theme::Light).css(), "#0072b2");
    }
}
