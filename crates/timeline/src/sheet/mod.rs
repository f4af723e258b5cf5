//! A sheet: one run opened into all its lanes, with their names, on a time axis.
//!
//! The SVG of a run and the page's opened row are the same sheet: this is where what stands where is
//! decided. The lanes' names stand in a gutter at the left. On a phone they are short, so that the
//! lanes keep most of the width.

mod select;
mod tip;

pub use select::Selected;
pub use tip::tip;

use crate::draw::{Anchor, DrawList, Font};
use crate::palette::Chrome;
use crate::rows::{Content, Group, Timeline};
use crate::scale::TimeScale;
use crate::scene::{self, Hit, Layout, Metrics, RowBox, Style, grid};
use crate::words::Say;

/// Narrower than this, px, names are short.
const NARROW_PX: f32 = 560.0;
/// Room below the lanes for the time axis, px.
const AXIS_PX: f32 = 34.0;
/// How much longer than the run a whole sheet is: a little air after the end, to see that it is one.
const AIR: f64 = 1.02;
/// How the title of a group looks.
const TITLE: Font = Font {
    spacing: 0.7,
    ..Font::sans(10.5).bold()
};

/// How time becomes place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Axis {
    /// Evenly.
    #[default]
    Linear,
    /// By its logarithm: for runs in which short and long spans matter alike.
    Log,
}

/// Where everything on a sheet stands. It holds for any window of time.
#[derive(Clone, Debug, PartialEq)]
pub struct Sheet {
    width: f32,
    top: f32,
    gutter: f32,
    narrow: bool,
    label: Font,
    layout: Layout,
    /// What stands above each group.
    titles: Vec<String>,
    /// What stands beside each row.
    names: Vec<String>,
    end_ns: f64,
}

impl Sheet {
    /// Lays a timeline out for a width, px, with its titles and names in a language.
    pub fn new(timeline: &Timeline, width_px: f32, say: Say<'_>) -> Sheet {
        Sheet::below(timeline, width_px, 0.0, say)
    }

    /// The same, from `top` down.
    pub(crate) fn below(timeline: &Timeline, width_px: f32, top: f32, say: Say<'_>) -> Sheet {
        let width = width_px.max(120.0);
        let narrow = width < NARROW_PX;
        let rows = timeline.rows().count();
        let is_sum = |content: &Content| matches!(content, Content::Lanes { .. });
        let sums = timeline
            .rows()
            .filter(|(_, row)| is_sum(&row.content))
            .count();
        // Many rows are lower, so that a screen shows more of them.
        let (row_px, gap_px) = match rows {
            0..=32 => (16.0, 4.0),
            33..=64 => (13.0, 3.0),
            _ => (10.0, 2.0),
        };
        let metrics = Metrics {
            row_px,
            stack_px: (160.0 / sums.max(1) as f32).clamp(row_px + 2.0, 40.0),
            gap_px,
            title_px: 25.0,
        };
        let label = Font::mono(match (narrow, row_px < 12.0) {
            (true, _) => 10.0,
            (_, true) => 10.0,
            _ => 11.5,
        });
        let names = timeline.groups.iter().flat_map(|group| {
            let names = group.rows.iter().map(|row| name(group, &row.label, narrow));
            names.map(|name| say.say(&name))
        });
        let names: Vec<String> = names.collect();
        let widest = names
            .iter()
            .map(|name| label.width(name))
            .fold(0.0, f32::max);
        let titles = timeline.groups.iter();
        let titles = titles.map(|group| say.say(&group.title).to_uppercase());
        let gutter = match narrow {
            true => (widest + 16.0).clamp(34.0, 84.0),
            false => (widest + 22.0).clamp(64.0, 190.0),
        };
        Sheet {
            width,
            top,
            gutter: gutter.min(width / 2.0).round(),
            narrow,
            label,
            layout: Layout::new(timeline, &metrics, top),
            titles: titles.collect(),
            names,
            end_ns: timeline.end_ns as f64,
        }
    }

    pub(crate) fn layout(&self) -> &Layout {
        &self.layout
    }

    /// How high it is, px.
    pub fn height(&self) -> f32 {
        (self.layout.bottom + AXIS_PX - self.top).ceil()
    }

    /// Where the names of its rows begin, px.
    fn names_px(&self) -> f32 {
        if self.narrow { 8.0 } else { 12.0 }
    }

    /// Where a name of this width stands at the left of the lanes, px, if there is room for it.
    pub fn name_px(&self, width: f32) -> Option<f32> {
        let left = self.names_px();
        (left + width + 4.0 <= self.gutter).then_some(left)
    }

    /// From where to where its lanes reach, px.
    pub fn plot(&self) -> (f32, f32) {
        (self.gutter, self.width - 0.5)
    }

    /// Where its rows stand, in the order of their numbers.
    pub fn rows(&self) -> &[RowBox] {
        &self.layout.boxes
    }

    /// Where the lanes end and the axis begins, px.
    pub fn axis(&self) -> f32 {
        self.layout.bottom + 8.0
    }

    /// The window that shows all of the run, ns.
    pub fn whole(&self) -> (f64, f64) {
        (0.0, self.end_ns * AIR)
    }

    /// The scale of a window, ns. Windows of a logarithmic axis are all cut from the one of the run.
    pub fn scale(&self, (from_ns, to_ns): (f64, f64), axis: Axis) -> TimeScale {
        let (left, right) = self.plot();
        let (left, right) = (f64::from(left), f64::from(right));
        match axis {
            Axis::Linear => TimeScale::new(from_ns, to_ns, left, right),
            Axis::Log => TimeScale::log_above(self.end_ns / 1000.0, from_ns, to_ns, left, right),
        }
    }

    /// Paints all there is: names, lanes, marks at round times, and what is selected. The marks are in a language.
    ///
    /// O(rows × min(pixels, spans)).
    pub fn paint(
        &self,
        timeline: &Timeline,
        scale: &TimeScale,
        say: Say<'_>,
        selected: Option<&Selected>,
        list: &mut DrawList,
    ) {
        self.paint_as(timeline, scale, Style::default(), say, selected, list);
    }

    pub(crate) fn paint_as(
        &self,
        timeline: &Timeline,
        scale: &TimeScale,
        style: Style,
        say: Say<'_>,
        selected: Option<&Selected>,
        list: &mut DrawList,
    ) {
        scene::paint(timeline, &self.layout, scale, style, list);
        self.named(selected.map(|selected| selected.row), list);
        let spacing = if self.narrow { 70.0 } else { 110.0 };
        grid(scale, (self.top, self.axis()), spacing, say, list);
        let ends = (self.top, self.top + self.height());
        list.line(
            (self.gutter, ends.0),
            (self.gutter, ends.1),
            1.0,
            Chrome::Rule,
        );
        if let Some(selected) = selected {
            self.outline(timeline, scale, selected, list);
            let flows = selected.flows.iter();
            let arrows = scene::arrows_of(timeline, &self.layout, scale, flows);
            list.arrows.extend(arrows);
        }
    }

    fn named(&self, selected: Option<usize>, list: &mut DrawList) {
        let left = self.names_px();
        for (title, y) in self.titles.iter().zip(&self.layout.titles) {
            list.text((left, *y), title, TITLE, Anchor::Start, Chrome::Mute);
        }
        for (at, (place, text)) in self.layout.boxes.iter().zip(&self.names).enumerate() {
            let (font, ink) = match selected == Some(at) {
                true => (self.label.bold(), Chrome::Ink),
                false => (self.label, Chrome::Mute),
            };
            let text = font.fit(text, self.gutter - left - 4.0);
            let base = place.top + (place.height.min(16.0) + font.size) * 0.5 - 1.2;
            list.text((left, base), text, font, Anchor::Start, ink);
        }
    }

    /// Lines around the span that is selected, as far as it is shown.
    fn outline(
        &self,
        timeline: &Timeline,
        scale: &TimeScale,
        selected: &Selected,
        list: &mut DrawList,
    ) {
        let Some(place) = self.layout.boxes.get(selected.row) else {
            return;
        };
        let (from, to) = match selected.entry(timeline) {
            Some(entry) => (entry.start_ns, entry.end_ns),
            None => (selected.at_ns, selected.at_ns),
        };
        let (left, right) = (scale.px(from as f64) as f32, scale.px(to as f64) as f32);
        let (first, last) = self.plot();
        if right < first || left > last {
            return;
        }
        // What is too thin to be seen is framed with some space.
        let space = ((5.0 - (right - left)) / 2.0).max(1.0);
        let (left, right) = ((left - space).max(first), (right + space - 0.6).min(last));
        let (top, bottom) = (place.top - 1.0, place.top + place.height + 1.0);
        let width = 1.6;
        for y in [top, bottom] {
            list.line((left, y), (right, y), width, Chrome::Ink);
        }
        for x in [left, right] {
            let aside = width / 2.0;
            list.line((x, top - aside), (x, bottom + aside), width, Chrome::Ink);
        }
    }

    /// What is under a point, px.
    pub fn hit(&self, timeline: &Timeline, scale: &TimeScale, at: (f32, f32)) -> Option<Hit> {
        scene::hit(timeline, &self.layout, scale, at)
    }

    /// The number of a row.
    pub fn row_of(&self, place: &RowBox) -> Option<usize> {
        row_number(&self.layout, place)
    }
}

fn row_number(layout: &Layout, place: &RowBox) -> Option<usize> {
    let same = |other: &RowBox| (other.group, other.row) == (place.group, place.row);
    layout.boxes.iter().position(same)
}

/// A row's name: where there is little room, without what the group's title says as well.
fn name(group: &Group, label: &str, narrow: bool) -> String {
    if !narrow {
        return label.to_owned();
    }
    match label.split_once(' ') {
        Some(("held", "by")) => return "held".to_owned(),
        Some(("wanted", count)) => return count.replace("by", "want"),
        _ => {}
    }
    // `worker-3` is 3, if whatever else has a number is a worker too: the title says what they are.
    let stem = |label: &str| match label.rsplit_once('-') {
        Some((stem, number)) if number.starts_with(|c: char| c.is_ascii_digit()) => {
            Some(stem.to_owned())
        }
        _ => None,
    };
    let stems = || group.rows.iter().filter_map(|row| stem(&row.label));
    let same = stems().count() > 1 && stems().all(|other| Some(other) == stem(label));
    match label.rsplit_once('-') {
        Some((_, number)) if same => number.to_owned(),
        _ => label.to_owned(),
    }
}
