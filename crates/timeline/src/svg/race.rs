//! Several plans above each other on one time axis.

use trilane_core::trace::{Outcome, Trace};

use super::head::Head;
use super::timeline::card;
use super::write::{Words, document};
use super::{Options, legend};
use crate::draw::{Anchor, DrawList, Font, Line, Paint, Rect};
use crate::pair::{self, Difference};
use crate::palette::Chrome;
use crate::race;
use crate::rows::{Timeline, View};
use crate::scale::TimeScale;
use crate::scene::grid;
use crate::words::{self, Say};

/// A run in a picture of several.
#[derive(Clone, Copy, Debug)]
pub struct Card<'a> {
    /// The run.
    pub trace: &'a Trace,
    /// What stands beside its run time: its speed-up, say.
    pub caption: &'a str,
    /// Of a measured run: the card of its prediction, by its place. How they differ is drawn below it.
    pub predicted: Option<usize>,
}

/// A picture of several runs, each with its caption, in the order given. The fastest that completed is
/// marked.
pub fn race(runs: &[(&Trace, &str)], options: &Options<'_>) -> String {
    cards(&runs.iter().map(card_of).collect::<Vec<_>>(), options)
}

/// The same, of which some are measured and stand beside their predictions.
pub fn cards(runs: &[Card<'_>], options: &Options<'_>) -> String {
    let race = Race::new(runs, options);
    let mut list = DrawList::default();
    let top = race.title(options.title, &mut list);
    let (bottom, areas) = race.cards(top, &mut list);
    let height = race.axis(bottom, &areas, &mut list).ceil();
    let ground = Rect {
        x: 0.0,
        y: 0.0,
        w: race.width,
        h: height,
        round: 14.0,
        paint: Paint::Chrome(Chrome::Ground),
    };
    list.rects.insert(0, ground);
    let size = (race.width as u32, height as u32);
    document(&list, size, options, &race.words(options))
}

/// Where the time of a picture is, for whoever lays a playhead over it.
#[derive(Clone, Debug, PartialEq)]
pub struct Axis {
    /// Where the run begins, px.
    pub left: f32,
    /// Where [`Axis::end_ns`] is, px.
    pub right: f32,
    /// The last instant that is on it, ns.
    pub end_ns: u64,
    /// Where the lanes of each run stand: their top and bottom, px.
    pub lanes: Vec<(f32, f32)>,
}

/// The time axis of a picture that [`race()`] makes of the same.
pub fn axis(runs: &[(&Trace, &str)], options: &Options<'_>) -> Axis {
    let cards: Vec<Card<'_>> = runs.iter().map(card_of).collect();
    let race = Race::new(&cards, options);
    let mut list = DrawList::default();
    let top = race.title(options.title, &mut list);
    let (_, lanes) = race.cards(top, &mut list);
    let end_ns = (race.scale.end_ns() / race::AIR).round();
    Axis {
        left: race.scale.px(0.0) as f32,
        right: race.scale.px(end_ns) as f32,
        end_ns: end_ns as u64,
        lanes,
    }
}

fn card_of<'a>(&(trace, caption): &(&'a Trace, &'a str)) -> Card<'a> {
    Card {
        trace,
        caption,
        predicted: None,
    }
}

/// What stands where, before anything is drawn.
struct Race<'a> {
    runs: &'a [Card<'a>],
    timelines: Vec<Timeline>,
    differences: Vec<Option<Difference>>,
    /// Index of the fastest that completed, of what is not beside its prediction.
    best: Option<usize>,
    width: f32,
    narrow: bool,
    /// Space around the cards, and within them, px.
    margin: f32,
    pad: f32,
    scale: TimeScale,
    grain_px: u32,
    say: Say<'a>,
}

impl<'a> Race<'a> {
    fn new(runs: &'a [Card<'a>], options: &Options<'a>) -> Race<'a> {
        let width = options.width_px.max(280) as f32;
        let narrow = width < 600.0;
        let most_rows = options.most_rows.min(if narrow { 8 } else { 12 });
        let timelines: Vec<Timeline> = runs
            .iter()
            .map(|card| Timeline::new(card.trace, View::Race, most_rows))
            .collect();
        let differences = runs.iter().map(|card| {
            let predicted = runs.get(card.predicted?)?;
            Some(Difference::new(predicted.trace, card.trace))
        });
        let completed = |at: &usize| {
            let card = &runs[*at];
            card.predicted.is_none() && card.trace.outcome == Outcome::Completed
        };
        let best = (0..runs.len())
            .filter(completed)
            .min_by_key(|&at| timelines[at].end_ns);
        let end = race::window(&timelines, best.map(|best| timelines[best].end_ns));
        let (margin, pad) = if narrow { (8.0, 10.0) } else { (14.0, 14.0) };
        let gutter = if narrow {
            0.0
        } else {
            let differs = runs.iter().any(|card| card.predicted.is_some());
            let title = if differs { pair::TITLE } else { "" };
            race::gutter(&timelines, options.say).max(race::LABEL.width(title) + 14.0)
        };
        let scale = TimeScale::new(
            0.0,
            end as f64 * race::AIR,
            f64::from(margin + pad + gutter),
            f64::from(width - margin - pad),
        );
        Race {
            runs,
            differences: differences.collect(),
            timelines,
            best,
            width,
            narrow,
            margin,
            pad,
            scale,
            grain_px: options.grain_px,
            say: options.say,
        }
    }

    /// Draws the title and the legend, and gives where they end.
    fn title(&self, title: Option<&str>, list: &mut DrawList) -> f32 {
        let (left, right) = (self.margin + 3.0, self.width - self.margin - 3.0);
        let mut y = self.margin;
        if let Some(title) = title {
            let font = Font::sans(if self.narrow { 15.0 } else { 17.0 }).bold();
            let text = font.fit(title, right - left);
            list.text((left, y + 16.0), text, font, Anchor::Start, Chrome::Ink);
            y += 27.0;
        }
        let mut states: Vec<_> = self.timelines.iter().flat_map(Timeline::states).collect();
        states.sort_unstable();
        states.dedup();
        legend::draw(&states, (left, y), right, self.say, list) + 6.0
    }

    /// Draws the cards from `top` down. Gives where they end, and where each one's lanes stand.
    fn cards(&self, top: f32, list: &mut DrawList) -> (f32, Vec<(f32, f32)>) {
        let mut areas = Vec::new();
        let mut y = top;
        let runs = self.runs.iter().zip(&self.timelines).enumerate();
        for (at, (Card { trace, caption, .. }, timeline)) in runs {
            let late = timeline.end_ns as f64 > self.scale.end_ns();
            let best = self.best == Some(at) && self.runs.len() > 1;
            let mut inner = DrawList::default();
            let within = (self.margin + self.pad, self.width - self.margin - self.pad);
            let head = Head {
                trace,
                caption,
                best,
                late,
                say: self.say,
            };
            let below = head.draw(y, within, self.narrow, &mut inner);
            let bottom = self.lanes(timeline, below, &mut inner);
            if !late && trace.outcome == Outcome::Completed {
                let x = self.scale.px(timeline.end_ns as f64) as f32;
                inner.line((x, below), (x, bottom + 2.0), 1.0, Chrome::Ink);
            }
            let lanes = (below, bottom);
            let bottom = match &self.differences[at] {
                Some(difference) => self.difference(difference, bottom + 3.0, &mut inner),
                None => bottom,
            };
            let border = if best { Chrome::Best } else { Chrome::Rule };
            let height = bottom + 11.0 - y;
            let corner = (self.margin + 0.5, y + 0.5);
            card(
                &mut inner,
                corner,
                (self.width - 2.0 * self.margin - 1.0, height - 1.0),
                border,
            );
            list.append(inner);
            areas.push(lanes);
            y += height + 9.0;
        }
        (y - 9.0, areas)
    }

    /// Draws a plan's lanes from `top` down, and gives where they end.
    fn lanes(&self, timeline: &Timeline, top: f32, list: &mut DrawList) -> f32 {
        let titles = (!self.narrow).then_some(self.margin + self.pad);
        let (say, grain_px) = (self.say, self.grain_px);
        race::lanes(timeline, &self.scale, titles, top, say, grain_px, list)
    }

    /// Draws how a measured run differs from its prediction, and gives where that ends.
    fn difference(&self, difference: &Difference, top: f32, list: &mut DrawList) -> f32 {
        let titles = (!self.narrow).then_some(self.margin + self.pad);
        difference.draw(&self.scale, titles, top, list)
    }

    /// Draws the time axis below the cards and its marks across their lanes, and gives where it ends.
    fn axis(&self, top: f32, areas: &[(f32, f32)], list: &mut DrawList) -> f32 {
        let mut marks = DrawList::default();
        grid(
            &self.scale,
            (top, top + 3.0),
            if self.narrow { 70.0 } else { 110.0 },
            self.say,
            &mut marks,
        );
        for (top, bottom) in areas {
            list.lines.extend(marks.lines.iter().map(|line| Line {
                from: (line.from.0, *top),
                to: (line.to.0, *bottom),
                ..*line
            }));
        }
        list.texts.append(&mut marks.texts);
        top + 26.0
    }

    fn words(&self, options: &Options<'_>) -> Words {
        let what = options
            .title
            .map(|title| format!("{title}: "))
            .unwrap_or_default();
        let sentences: Vec<String> = self
            .runs
            .iter()
            .zip(&self.timelines)
            .zip(&self.differences)
            .map(|((card, timeline), difference)| {
                let sentence = self.say.say(&words::sentence(card.trace, timeline));
                match difference {
                    Some(difference) => format!("{sentence} {}", difference.sentence()),
                    None => sentence,
                }
            })
            .collect();
        Words {
            title: what
                + &self
                    .say
                    .say(&format!("{} plans on one time axis", self.runs.len())),
            description: match sentences.is_empty() {
                true => "Nothing was run.".to_owned(),
                false => sentences.join(" "),
            },
        }
    }
}
