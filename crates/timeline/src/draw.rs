//! Draw lists: what to paint, in plain shapes, for a canvas, an SVG or a bitmap to carry out.
//!
//! A list has no colours, only what each shape *is* ([`Paint`]); whoever paints it looks that up in
//! the palette for a light or a dark ground. Rectangles come first, then lines, arrows and text.

use trilane_core::trace::SpanKind;

use crate::palette::Chrome;

/// What a shape is, and so how it looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Paint {
    /// A state, with its hatching.
    State(SpanKind),
    /// How many are in a state: its colour, without hatching.
    Depth(SpanKind),
    /// The most there were in a column whose mean is painted as [`Paint::Depth`]: fainter.
    Peak(SpanKind),
    /// Everything else.
    Chrome(Chrome),
}

/// A filled rectangle.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rect {
    /// Left edge, px.
    pub x: f32,
    /// Top edge, px.
    pub y: f32,
    /// Width, px.
    pub w: f32,
    /// Height, px.
    pub h: f32,
    /// Radius of its corners, px. A column of a crowd has sharp ones: 0.
    pub round: f32,
    /// What it is.
    pub paint: Paint,
}

/// Where a text stands from its point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchor {
    /// It begins there.
    Start,
    /// It is centred there.
    Middle,
    /// It ends there.
    End,
}

/// How a text looks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Font {
    /// Size, px.
    pub size: f32,
    /// Fixed width: figures and code.
    pub mono: bool,
    /// Semi-bold.
    pub bold: bool,
    /// Space added after each letter, px.
    pub spacing: f32,
}

impl Font {
    /// A face for reading.
    pub const fn sans(size: f32) -> Font {
        Font {
            size,
            mono: false,
            bold: false,
            spacing: 0.0,
        }
    }

    /// A face for figures.
    pub const fn mono(size: f32) -> Font {
        Font {
            size,
            mono: true,
            bold: false,
            spacing: 0.0,
        }
    }

    /// The same, semi-bold.
    pub const fn bold(self) -> Font {
        Font { bold: true, ..self }
    }

    /// About how wide a text is in it, px. Measured on Inter and JetBrains Mono; other faces differ
    /// by some percent, so leave room.
    pub fn width(self, text: &str) -> f32 {
        let ems: f32 = text
            .chars()
            .map(|c| if self.mono { 0.6 } else { sans_ems(c) })
            .sum();
        let heavier = if self.bold && !self.mono { 1.03 } else { 1.0 };
        ems * self.size * heavier + self.spacing * text.chars().count() as f32
    }

    /// The text, or as much of its beginning as fits `px`, with an ellipsis.
    pub fn fit(self, text: &str, px: f32) -> String {
        if self.width(text) <= px {
            return text.to_owned();
        }
        let mut kept = String::new();
        for c in text.chars() {
            kept.push(c);
            if self.width(&kept) + self.width("…") > px {
                kept.pop();
                break;
            }
        }
        match kept.is_empty() {
            true => kept,
            false => kept.trim_end().to_owned() + "…",
        }
    }
}

/// Advance widths of Inter, rounded up.
fn sans_ems(c: char) -> f32 {
    match c {
        'i' | 'j' | 'l' | 'I' | ' ' => 0.27,
        '.' | ',' | ':' | ';' | '\'' | '|' | '!' | '·' => 0.31,
        'f' | 't' | 'r' | '(' | ')' | '[' | ']' | '/' => 0.38,
        '-' => 0.47,
        'm' | 'w' | 'M' => 0.9,
        'W' | '%' | '@' => 1.0,
        'c' | 's' | 'k' | 'v' | 'x' | 'y' | 'z' => 0.58,
        'A'..='Z' | '×' | '=' | '+' => 0.7,
        c if c.is_ascii() => 0.62,
        c if (c as u32) < 0x1100 => 0.68,
        _ => 1.0,
    }
}

/// A line of text; its point is on the base line.
#[derive(Clone, Debug, PartialEq)]
pub struct Text {
    /// px.
    pub x: f32,
    /// Base line, px.
    pub y: f32,
    /// What it says.
    pub text: String,
    /// How it looks.
    pub font: Font,
    /// Where it stands from its point.
    pub anchor: Anchor,
    /// Its colour.
    pub ink: Chrome,
}

/// A straight line.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Line {
    /// Beginning, px.
    pub from: (f32, f32),
    /// End, px.
    pub to: (f32, f32),
    /// Width, px.
    pub width: f32,
    /// Its colour.
    pub ink: Chrome,
}

/// An arrow: a cubic curve with a head at its end.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Arrow {
    /// Beginning, two control points, end, px.
    pub points: [(f32, f32); 4],
    /// Its colour.
    pub ink: Chrome,
}

/// What to paint.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DrawList {
    /// Filled areas, back to front.
    pub rects: Vec<Rect>,
    /// Lines, on the areas.
    pub lines: Vec<Line>,
    /// Arrows, on the lines.
    pub arrows: Vec<Arrow>,
    /// Text, on everything.
    pub texts: Vec<Text>,
    /// Words for a rectangle, by its index: a tool tip.
    pub tips: Vec<(u32, String)>,
}

impl DrawList {
    /// Adds a text.
    pub fn text(
        &mut self,
        (x, y): (f32, f32),
        text: impl Into<String>,
        font: Font,
        anchor: Anchor,
        ink: Chrome,
    ) {
        self.texts.push(Text {
            x,
            y,
            text: text.into(),
            font,
            anchor,
            ink,
        });
    }

    /// Adds a rectangle.
    pub fn rect(&mut self, (x, y): (f32, f32), (w, h): (f32, f32), round: f32, paint: Paint) {
        self.rects.push(Rect {
            x,
            y,
            w,
            h,
            round,
            paint,
        });
    }

    /// Adds a line.
    pub fn line(&mut self, from: (f32, f32), to: (f32, f32), width: f32, ink: Chrome) {
        self.lines.push(Line {
            from,
            to,
            width,
            ink,
        });
    }

    /// Leaves nothing in it but its room: for the next frame.
    pub fn clear(&mut self) {
        self.rects.clear();
        self.lines.clear();
        self.arrows.clear();
        self.texts.clear();
        self.tips.clear();
    }

    /// Adds what another list paints, on top.
    pub fn append(&mut self, other: DrawList) {
        let first = self.rects.len() as u32;
        self.tips.extend(
            other
                .tips
                .into_iter()
                .map(|(index, tip)| (first + index, tip)),
        );
        self.rects.extend(other.rects);
        self.lines.extend(other.lines);
        self.arrows.extend(other.arrows);
        self.texts.extend(other.texts);
    }
}
