//! A scene with a place for everything: sprites with stable keys, so that a page can move them from one
//! instant to the next, and the words of each for those who do not see it.
//!
//! The room that things get is what they need at the fullest moment of the run, so that nothing around
//! them moves while the run is played. Where even that is too much, those that do the same stand as one
//! pile, and the pile says how many.

mod cooks;
mod head;
mod pile;
mod room;
mod tables;

pub(super) use cooks::STOVE_AT;

use trilane_core::trace::SpanKind;

use super::Kitchen;
use super::scene::Scene;
use super::signs::Doing;
use crate::draw::{Anchor, Font, Text};
use crate::palette::Chrome;
use crate::words::Say;

/// From this width on there is room for long rows, px.
const WIDE_PX: f32 = 600.0;
/// Between the picture's edge and its cards, and between cards, px.
const EDGE: f32 = 12.0;
const GAP: f32 = 8.0;
/// The smallest width that everything fits into, px.
const LEAST_PX: f32 = 320.0;

/// What a sprite looks like; all sizes are fixed, in px.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Figure {
    /// A cook, with what it works at: [`Figure::COOK`].
    Cook {
        /// What it does.
        doing: Doing,
        /// Whether a stove stands beside it, and so no furniture of its own.
        at_stove: bool,
        /// Whether it has a pan in hand.
        holds: bool,
    },
    /// A pan in a cook's hand, or a pan without a cook: [`Figure::PAN`].
    Pan(Doing),
    /// An order on the rail: [`Figure::TICKET`].
    Ticket,
    /// A dish that is served: [`Figure::PLATE`].
    Plate,
    /// A stove; whether its flame burns: [`Figure::STOVE`]. It never moves.
    Stove {
        /// Whether its flame burns.
        lit: bool,
    },
    /// A socket, in use or free: [`Figure::SOCKET`]. It never moves.
    Socket {
        /// Whether something is plugged in.
        used: bool,
    },
}

impl Figure {
    /// A cook with furniture.
    pub const COOK: (f32, f32) = (72.0, 78.0);
    /// A pan.
    pub const PAN: (f32, f32) = (32.0, 26.0);
    /// An order.
    pub const TICKET: (f32, f32) = (68.0, 34.0);
    /// A plate.
    pub const PLATE: (f32, f32) = (30.0, 26.0);
    /// A stove.
    pub const STOVE: (f32, f32) = (32.0, 32.0);
    /// A socket.
    pub const SOCKET: (f32, f32) = (15.0, 15.0);
}

/// Something with a place.
#[derive(Clone, Debug, PartialEq)]
pub struct Sprite {
    /// What it looks like.
    pub figure: Figure,
    /// The same for the same thing at every instant: `thread-3`, `task-17`, `pile-on-the-rail`.
    pub key: String,
    /// Left edge of its box, px.
    pub x: f32,
    /// Top edge of its box, px.
    pub y: f32,
    /// Width of its box, px.
    pub w: f32,
    /// Height of its box, px.
    pub h: f32,
    /// Where its figure stands in its box, px.
    pub figure_at: (f32, f32),
    /// Its state in the trace, if it has one.
    pub state: Option<SpanKind>,
    /// Under it, line by line, the first one bold where it is a cook's name.
    pub label: Vec<String>,
    /// What a reader hears of it; empty for furniture.
    pub words: String,
    /// The threads that it stands for.
    pub threads: Vec<u32>,
    /// The tasks that it stands for; of a cook none, its pan has its own sprite.
    pub tasks: Vec<u32>,
    /// The key of the cook that has it in hand: then it lies within that one's box.
    pub carried_by: Option<String>,
}

impl Sprite {
    /// Something that stands for nobody, and has no words.
    fn furniture(figure: Figure, key: String, (x, y): (f32, f32), (w, h): (f32, f32)) -> Sprite {
        Sprite {
            figure,
            key,
            x,
            y,
            w,
            h,
            figure_at: (0.0, 0.0),
            state: None,
            label: Vec::new(),
            words: String::new(),
            threads: Vec::new(),
            tasks: Vec::new(),
            carried_by: None,
        }
    }

    /// How many it stands for; a pile has more than one.
    pub fn many(&self) -> usize {
        self.threads.len().max(self.tasks.len()).max(1)
    }
}

/// A ground on which things stand.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Panel {
    /// Left edge, px.
    pub x: f32,
    /// Top edge, px.
    pub y: f32,
    /// Width, px.
    pub w: f32,
    /// Height, px.
    pub h: f32,
    /// What it is.
    pub what: Place,
}

/// What stands on a panel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// An open kitchen.
    Open,
    /// A kitchen in which nobody is.
    Closed,
    /// The rail with orders.
    Rail,
    /// Where served dishes stand.
    Pass,
    /// A state in the legend: a small area.
    Swatch(SpanKind),
}

/// A text of the picture itself.
pub type Note = Text;

/// A picture without its colours.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Stage {
    /// px.
    pub width: f32,
    /// px.
    pub height: f32,
    /// Grounds, back to front.
    pub panels: Vec<Panel>,
    /// Texts that belong to no sprite.
    pub notes: Vec<Note>,
    /// Everything else; stoves and sockets first, pans in hand after their cooks.
    pub sprites: Vec<Sprite>,
}

impl Stage {
    /// Sets a scene of this kitchen out on a given width, px, of which at least 320 is taken.
    pub fn new(kitchen: &Kitchen, scene: &Scene, width_px: f32, title: Option<&str>) -> Stage {
        Stage::said(kitchen, scene, width_px, title, Say::default())
    }

    /// The same in the reader's language, which whatever has words is laid out by.
    pub fn said(
        kitchen: &Kitchen,
        scene: &Scene,
        width_px: f32,
        title: Option<&str>,
        say: Say<'_>,
    ) -> Stage {
        let width = width_px.max(LEAST_PX);
        let mut stage = Stage {
            width,
            ..Stage::default()
        };
        let frame = Frame {
            kitchen,
            scene,
            left: EDGE,
            right: width - EDGE,
            wide: width >= WIDE_PX,
            say,
        };
        let mut y = frame.head(title, &mut stage);
        y = frame.rail(y, &mut stage);
        y = frame.rooms(y, &mut stage);
        y = frame.pass(y, &mut stage);
        stage.height = frame.legend(y, &mut stage) + EDGE;
        stage.sprites.sort_by_key(|sprite| match sprite.figure {
            Figure::Stove { .. } | Figure::Socket { .. } => 0,
            _ => 1 + u8::from(sprite.carried_by.is_some()),
        });
        stage
    }

    fn panel(&mut self, (x, y): (f32, f32), (w, h): (f32, f32), what: Place) {
        self.panels.push(Panel { x, y, w, h, what });
    }

    fn note(&mut self, (x, y): (f32, f32), text: impl Into<String>, font: Font, ink: Chrome) {
        self.notes.push(Text {
            x,
            y,
            text: text.into(),
            font,
            anchor: Anchor::Start,
            ink,
        });
    }
}

/// What is set out, and between which edges.
struct Frame<'a> {
    kitchen: &'a Kitchen,
    scene: &'a Scene,
    left: f32,
    right: f32,
    wide: bool,
    say: Say<'a>,
}

impl Frame<'_> {
    /// A label or a sentence in the reader's language.
    fn say(&self, text: &str) -> String {
        self.say.say(text)
    }

    fn width(&self) -> f32 {
        self.right - self.left
    }
}
