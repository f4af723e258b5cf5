//! SVG pictures: self-contained, accessible, and right on a light and a dark ground.
//!
//! [`timeline()`] is one run opened into its lanes; [`race()`] is several plans above each other on one
//! time axis, and [`cards()`] the same with measured runs beside their predictions; [`kitchen()`] is one
//! instant of a run, as the analogy has it. All are laid out for a width, from 360 px up, rather than scaled.

mod head;
mod kitchen;
mod legend;
mod race;
mod style;
mod timeline;
mod write;

pub use kitchen::{kitchen, kitchen_scene, kitchen_style, sheet};
pub use race::{Axis, Card, axis, cards, race};
pub use timeline::{timeline, timeline_axis};

pub(crate) use style::{class, stroke};
pub(crate) use write::{escape, n};

use trilane_core::trace::Lane;

use crate::draw::DrawList;
use crate::palette::Theme;
use crate::rows::View;
use crate::words::Say;

/// On which ground a picture is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Ground {
    /// The one that the reader's system prefers (`prefers-color-scheme`), light where that is not
    /// known.
    #[default]
    Auto,
    /// Always this one.
    Fixed(Theme),
}

/// How a picture is made.
#[derive(Clone, Debug)]
pub struct Options<'a> {
    /// Its width, px; at least 280.
    pub width_px: u32,
    /// Its ground.
    pub ground: Ground,
    /// What was run: the scenario's title.
    pub title: Option<&'a str>,
    /// Which lanes a timeline shows; a race always shows those that do the work.
    pub view: View,
    /// The most rows of a group of lanes, or of a plan in a race.
    pub most_rows: u32,
    /// The stretch of time that a timeline shows, ns: its two ends, in either order, of which an
    /// empty one is widened to 1 ns; all of the run if left out.
    pub window_ns: Option<(u64, u64)>,
    /// The lane whose flows a timeline shows as arrows.
    pub selected: Option<Lane>,
    /// Goes before every id in the picture. Pictures in one page need different ones.
    pub id: &'a str,
    /// How many pixels a column of crowded spans is wide: more make a smaller file that shows less.
    pub grain_px: u32,
    /// The id of the element around it that has the style sheet already, as [`sheet()`] makes it. It has its
    /// own if left out.
    pub sheet: Option<&'a str>,
    /// Which language it speaks.
    pub say: Say<'a>,
}

/// Any draw list as a picture, with a title and a description for those who do not see it. Of the
/// options only the ground and the id count.
pub fn picture(
    list: &DrawList,
    (width_px, height_px): (f32, f32),
    (title, description): (&str, &str),
    options: &Options<'_>,
) -> String {
    let words = write::Words {
        title: title.to_owned(),
        description: description.to_owned(),
    };
    let size = (width_px.ceil() as u32, height_px.ceil() as u32);
    write::document(list, size, options, &words)
}

impl Default for Options<'_> {
    fn default() -> Self {
        Options {
            width_px: 1080,
            ground: Ground::Auto,
            title: None,
            view: View::Threads,
            most_rows: 16,
            window_ns: None,
            selected: None,
            id: "trilane",
            grain_px: 1,
            sheet: None,
            say: Say::default(),
        }
    }
}
