//! The knobs of a scenario's text: what a page shows as sliders and switches.
//!
//! [`crate::advice::knobs`] turns a scenario; here the same keys are places in a text, so that
//! turning one changes that literal alone: comments, order and formatting stay the author's. A text
//! with problems has no knobs, since nobody could say which literal means what.

mod place;
mod range;
mod write;

use std::collections::{BTreeMap, BTreeSet};

use super::diag::Problems;
use super::{Arrive, Draw, Format, Scenario, Setting, parse, source};
use crate::units::Bytes;
use place::{Place, Spot, places};

/// One thing of a text that can be turned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Control {
    /// Where it stands, as in [`crate::advice::knobs`]: `tasks.page.steps.1.cpu`.
    pub key: String,
    /// What it belongs to, for people: the kind of task, `resources` or `scenario`.
    pub group: String,
    /// What it is, for people; unique in its group.
    pub label: String,
    /// Its value: ns, bytes, a whole number or a flag. A draw's is its scale.
    pub now: Setting,
    /// The value as it stands in the text: `lognormal(80ms, 0.4)`.
    pub shown: String,
    /// The least value for a slider, in the unit of `now`.
    pub least: u64,
    /// The largest value for a slider. Turning the knob within the two changes neither.
    pub most: u64,
}

/// What a knob turns, as it stands in the text.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Literal {
    Draw(Draw),
    Arrive(Arrive),
    Size(Bytes),
    Count(u64),
    Flag(bool),
}

impl Literal {
    /// Its value as a setting; a rate below one a second is one.
    fn setting(self) -> Option<Setting> {
        Some(match self {
            Literal::Draw(draw) => Setting::Time(draw.scale().as_nanos()),
            Literal::Arrive(Arrive::Every(gap)) => Setting::Time(gap.as_nanos()),
            Literal::Arrive(Arrive::Poisson { per_second }) => {
                Setting::Count(libm::round(per_second).max(1.0) as u64)
            }
            Literal::Arrive(Arrive::AtOnce) => return None,
            Literal::Size(bytes) => Setting::Size(bytes.0),
            Literal::Count(count) => Setting::Count(count),
            Literal::Flag(on) => Setting::Flag(on),
        })
    }
}

/// Everything that can be turned in a text, in its order; nothing where the text has problems.
pub fn controls(text: &str) -> Vec<Control> {
    let Some(read) = Text::read(text) else {
        return Vec::new();
    };
    let mut places = read.places();
    places.retain(|place| place.is_control());
    let mut same: BTreeMap<(&str, &str), u32> = BTreeMap::new();
    for place in &places {
        *same.entry((&place.group, &place.label)).or_default() += 1;
    }
    let control = |place: &Place| {
        let now = place.literal.setting()?;
        let (least, most) = range::range(place, &read.scenario);
        let label = match same.get(&(place.group.as_str(), place.label.as_str())) {
            Some(2..) => format!("{}, step {}", place.label, place.step),
            _ => place.label.clone(),
        };
        Some(Control {
            key: place.key.clone(),
            group: place.group.clone(),
            label,
            now,
            shown: place.shown.clone(),
            least,
            most,
        })
    };
    places.iter().filter_map(control).collect()
}

/// The text with one value changed, to three digits where more would need a finer slider.
///
/// Also adds what may be left out: a flag, the sizes, arrivals and the seed. Gives nothing where
/// there is no such knob, where the value is of another sort, or where the scenario would break a
/// limit of the language.
pub fn turn(text: &str, key: &str, to: Setting) -> Option<String> {
    let read = Text::read(text)?;
    let places = read.places();
    let place = places.iter().find(|place| place.key == key)?;
    let (least, most) = range::range(place, &read.scenario);
    let fresh = write::value(place.literal, to, least, most)?;
    if place.literal == fresh {
        return Some(text.to_owned());
    }
    let body = write::written(read.body, &place.spot, fresh, read.format);
    // Most limits are in the range; those that several knobs share are found here.
    parse(&body, read.format).ok()?;
    let mark = &text[..text.len() - read.body.len()];
    Some(format!("{mark}{body}"))
}

/// A text without problems, and what it says.
struct Text<'t> {
    /// Without the byte order mark.
    body: &'t str,
    format: Format,
    scenario: Scenario,
    root: source::Node,
}

impl<'t> Text<'t> {
    fn read(text: &'t str) -> Option<Text<'t>> {
        let format = Format::guess("", text);
        let scenario = parse(text, format).ok()?;
        let body = text.strip_prefix('\u{feff}').unwrap_or(text);
        let root = source::read(body, format, &mut Problems::new(body, format))?;
        Some(Text {
            body,
            format,
            scenario,
            root,
        })
    }

    /// What can be turned, in the order of the text. Names may hold dots; of two places with the
    /// same key the first has it.
    fn places(&self) -> Vec<Place> {
        let mut found = places(&self.root, &self.scenario, self.body);
        found.sort_by_key(|place| match &place.spot {
            Spot::There(span) => span.start,
            // Behind what it is to be written behind.
            Spot::Absent { after, .. } => after.end,
        });
        let mut seen = BTreeSet::new();
        found.retain(|place| seen.insert(place.key.clone()));
        found
    }
}
