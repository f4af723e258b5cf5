//! What page and worker say to each other: requests and replies as JSON, draw lists as bytes beside it.
//!
//! A race of seven plans is some ten thousand rectangles: as JSON they would take longer to read than
//! the race to run.

use serde::{Deserialize, Serialize};
use trilane_core::scenario::Problem;
use trilane_core::trace::SpanKind;
use trilane_timeline::draw::{Anchor, DrawList, Font, Line, Paint, Rect, Text};
use trilane_timeline::palette::Chrome;

/// What the page asks for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Request {
    /// A race, with its pictures.
    Race(Ask),
    /// The pictures of the last race again, at another width.
    Draw {
        /// px.
        width_px: u32,
    },
    /// The document of `trilane simulate --json`.
    Simulate {
        /// The scenario.
        text: String,
        /// The plans; none are the default ones.
        plans: Vec<String>,
    },
}

/// A race to run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Ask {
    /// The scenario.
    pub text: String,
    /// The plans, as written.
    pub plans: Vec<String>,
    /// Cores, where they are not to be the scenario's own.
    pub cores: Option<u32>,
    /// The Python of plans that do not say.
    pub python: String,
    /// How wide its pictures are to be, px.
    pub width_px: u32,
}

/// What the worker answers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Reply {
    /// A race was run; its pictures are beside it: one a plan that ran, in order, then the axis.
    Race(Box<Shown>),
    /// Pictures only.
    Drawn,
    /// The scenario is wrong: each problem as text, and the line it is on.
    Problems(Vec<(u32, String)>),
    /// It cannot be run, in words.
    Refused(String),
    /// A document, or why there is none.
    Json(Result<String, String>),
}

/// A race, as it is shown.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Shown {
    /// The scenario's title.
    pub title: String,
    /// Its notes, in Markdown.
    pub notes: String,
    /// Its seed.
    pub seed: u64,
    /// Cores of the machine.
    pub cores: u32,
    /// Tasks.
    pub tasks: u64,
    /// One a plan, in the order asked for.
    pub rows: Vec<Row>,
    /// Who won, by how much and why.
    pub verdict: String,
    /// Numbers of the states that occur.
    pub states: Vec<u8>,
}

/// A plan of a race.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// The plan, as written.
    pub written: String,
    /// Its run, or why there is none.
    pub run: Result<Ran, String>,
}

/// A plan's run in figures and words.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Ran {
    /// The plan as one writes it, resolved: `threads(8)`.
    pub plan: String,
    /// The Python.
    pub python: String,
    /// Its name for people: `asyncio + threads`.
    pub name: String,
    /// What it is in Python.
    pub detail: String,
    /// Run time.
    pub makespan_ns: u64,
    /// Run time for people, or how it ended.
    pub time: String,
    /// Run time of `sync` by its own.
    pub speedup: Option<f64>,
    /// The same for people.
    pub times: String,
    /// `completed`, `deadlock`, `stopped`.
    pub outcome: String,
    /// Whether it is the fastest.
    pub best: bool,
    /// Whether it goes on past the axis.
    pub late: bool,
    /// What held it back.
    pub held: String,
    /// Its picture in words.
    pub words: String,
}

/// A picture to paint.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Picture {
    /// px.
    pub width: f32,
    /// px.
    pub height: f32,
    /// What to paint.
    pub list: DrawList,
}

impl Reply {
    /// A scenario's problems as they travel.
    pub fn problems(problems: &[Problem]) -> Reply {
        let told = problems.iter().map(|p| (p.line, p.render("line")));
        Reply::Problems(told.collect())
    }
}

/// A picture as bytes. Tool tips and arrows, which a race has none of, stay behind.
pub fn pack(picture: &Picture) -> Vec<u8> {
    let list = &picture.list;
    let mut out = Vec::with_capacity(16 + list.rects.len() * 22);
    let mut put = |value: f32| out.extend(value.to_le_bytes());
    put(picture.width);
    put(picture.height);
    // What has no area is not painted either.
    let rects = || {
        list.rects
            .iter()
            .filter(|rect| rect.w > 0.0 && rect.h > 0.0)
    };
    out.extend((rects().count() as u32).to_le_bytes());
    out.extend((list.lines.len() as u32).to_le_bytes());
    for rect in rects() {
        for value in [rect.x, rect.y, rect.w, rect.h, rect.round] {
            out.extend(value.to_le_bytes());
        }
        out.extend(paint_code(rect.paint));
    }
    for line in &list.lines {
        for value in [line.from.0, line.from.1, line.to.0, line.to.1, line.width] {
            out.extend(value.to_le_bytes());
        }
        out.push(line.ink as u8);
    }
    for text in &list.texts {
        for value in [text.x, text.y, text.font.size, text.font.spacing] {
            out.extend(value.to_le_bytes());
        }
        let anchor = text.anchor as u8;
        let face = u8::from(text.font.mono) | u8::from(text.font.bold) << 1;
        out.extend([anchor, face, text.ink as u8]);
        out.extend((text.text.len() as u32).to_le_bytes());
        out.extend(text.text.as_bytes());
    }
    out
}

/// The picture that [`pack`] packed; nothing where the bytes are none.
pub fn unpack(bytes: &[u8]) -> Option<Picture> {
    let mut from = From(bytes);
    let (width, height) = (from.float()?, from.float()?);
    let (rects, lines) = (from.number()?, from.number()?);
    let mut list = DrawList::default();
    for _ in 0..rects {
        let (x, y, w, h) = (from.float()?, from.float()?, from.float()?, from.float()?);
        let (round, paint) = (from.float()?, paint_of(from.byte()?, from.byte()?)?);
        list.rects.push(Rect {
            x,
            y,
            w,
            h,
            round,
            paint,
        });
    }
    for _ in 0..lines {
        list.lines.push(Line {
            from: (from.float()?, from.float()?),
            to: (from.float()?, from.float()?),
            width: from.float()?,
            ink: chrome_of(from.byte()?)?,
        });
    }
    while !from.0.is_empty() {
        let (x, y, size, spacing) = (from.float()?, from.float()?, from.float()?, from.float()?);
        let anchor = *[Anchor::Start, Anchor::Middle, Anchor::End].get(from.byte()? as usize)?;
        let face = from.byte()?;
        let font = Font {
            size,
            mono: face & 1 != 0,
            bold: face & 2 != 0,
            spacing,
        };
        let ink = chrome_of(from.byte()?)?;
        let length = from.number()? as usize;
        let text = String::from_utf8(from.take(length)?.to_vec()).ok()?;
        list.texts.push(Text {
            x,
            y,
            text,
            font,
            anchor,
            ink,
        });
    }
    Some(Picture {
        width,
        height,
        list,
    })
}

fn paint_code(paint: Paint) -> [u8; 2] {
    match paint {
        Paint::State(kind) => [0, kind as u8],
        Paint::Depth(kind) => [1, kind as u8],
        Paint::Peak(kind) => [2, kind as u8],
        Paint::Chrome(chrome) => [3, chrome as u8],
    }
}

fn paint_of(sort: u8, number: u8) -> Option<Paint> {
    Some(match sort {
        0 => Paint::State(state_of(number)?),
        1 => Paint::Depth(state_of(number)?),
        2 => Paint::Peak(state_of(number)?),
        _ => Paint::Chrome(chrome_of(number)?),
    })
}

/// The state of a number.
pub fn state_of(number: u8) -> Option<SpanKind> {
    SpanKind::ALL.into_iter().find(|kind| *kind as u8 == number)
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
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_comes_back_as_it_was() {
        let mut list = DrawList::default();
        for (i, kind) in (0u8..).zip(SpanKind::ALL) {
            list.rect((f32::from(i), 1.0), (2.0, 3.0), 0.5, Paint::State(kind));
            list.rect((0.0, 1.0), (2.0, 3.5), 0.0, Paint::Depth(kind));
            list.rect((0.0, 1.0), (2.5, 3.0), 0.0, Paint::Peak(kind));
        }
        for chrome in Chrome::ALL {
            list.line((1.0, 2.0), (3.0, 4.0), 1.5, chrome);
            let font = Font::mono(10.0).bold();
            list.text((5.0, 6.0), "20 µs", font, Anchor::End, chrome);
        }
        let picture = Picture {
            width: 700.0,
            height: 81.5,
            list,
        };
        let bytes = pack(&picture);
        assert_eq!(unpack(&bytes), Some(picture));
        assert_eq!(unpack(&bytes[..bytes.len() - 1]), None);
    }

    #[test]
    fn what_has_no_area_does_not_travel() {
        let mut list = DrawList::default();
        list.rect((0.0, 0.0), (2.0, 0.0), 0.0, Paint::Chrome(Chrome::Ink));
        let picture = Picture {
            width: 1.0,
            height: 1.0,
            list,
        };
        assert!(unpack(&pack(&picture)).is_some_and(|back| back.list.rects.is_empty()));
    }
}
