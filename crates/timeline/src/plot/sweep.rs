//! Run times against a knob: where another plan begins to win.
//!
//! Both axes are logarithmic where they span much: a search doubles its knob. Two lines matter, that of
//! today's winner and that of whoever takes over; they have colours and weight, all others are there to
//! be compared with. Each has its name at its end, so that no colour has to be looked up.

use trilane_core::units::Dur;

use super::{AXIS_PX, MARK, SMALL, level, nothing};
use crate::draw::{Anchor, DrawList, Font, Paint};
use crate::palette::Chrome;
use crate::scale::TimeScale;

/// Where the largest is this many times the smallest, an axis is logarithmic.
const WIDE_RANGE: f64 = 12.0;
/// How far around what matters is shown, as a factor.
const AROUND: f64 = 8.0;
/// Heights that lines' names keep from each other, px.
const NAME_PX: f32 = 13.0;

/// What a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// It wins where the knob stands now.
    Now,
    /// It wins beyond a crossing.
    Then,
    /// It wins nowhere.
    Other,
}

/// A plan's run times.
#[derive(Clone, Debug, PartialEq)]
pub struct Curve {
    /// Its name.
    pub name: String,
    /// What it is.
    pub role: Role,
    /// The knob's number and the run time there, ns, by the knob; nothing where it does not end.
    pub points: Vec<(u64, Option<u64>)>,
}

/// A place on the knob's axis, and what it is called.
pub type Place = (u64, String);

/// What is plotted.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sweep {
    /// The lines.
    pub curves: Vec<Curve>,
    /// Where the knob stands.
    pub now: Place,
    /// Where the answer flips.
    pub crossings: Vec<Place>,
    /// What the axes are called: the knob, the run time.
    pub axes: [String; 2],
    /// Said where there is nothing to plot.
    pub none: String,
}

/// How the two axes map.
struct Axes {
    x: TimeScale,
    y: TimeScale,
    left: f32,
    right: f32,
    top: f32,
    bottom: f32,
}

/// Plots run times against a knob. `label` says a number of the knob's; sizes are px.
pub fn sweep(
    sweep: &Sweep,
    label: &dyn Fn(u64) -> String,
    (width, height): (f32, f32),
) -> DrawList {
    let Some(axes) = Axes::of(sweep, (width, height)) else {
        return nothing(&sweep.none, (width, height));
    };
    let mut list = DrawList::default();
    let size = (axes.right - axes.left, axes.bottom - axes.top);
    list.rect(
        (axes.left, axes.top),
        size,
        0.0,
        Paint::Chrome(Chrome::Track),
    );
    axes.marks(sweep, label, width, &mut list);
    axes.places(sweep, &mut list);
    // What matters lies on top.
    for role in [Role::Other, Role::Now, Role::Then] {
        for curve in sweep.curves.iter().filter(|curve| curve.role == role) {
            axes.curve(curve, &mut list);
        }
    }
    axes.dots(sweep, &mut list);
    axes.names(sweep, width, &mut list);
    list
}

/// A run time's height belongs to all of a line, its colour to what the line is.
fn ink(role: Role) -> (Chrome, f32) {
    match role {
        Role::Now => (Chrome::Best, 2.2),
        Role::Then => (Chrome::Warn, 2.2),
        Role::Other => (Chrome::Mute, 1.0),
    }
}

impl Sweep {
    /// What of the knob's axis is shown: what matters, and as much around it as was run.
    fn window(&self) -> Option<(u64, u64)> {
        let places = || self.crossings.iter().chain([&self.now]).map(|(at, _)| *at);
        let (least, most) = (places().min()?, places().max()?);
        let shown = |at: &u64| {
            let (at, least, most) = (*at as f64, least as f64, most as f64);
            at >= least / AROUND && at <= most * AROUND
        };
        let run = || {
            let points = self.curves.iter().flat_map(|curve| &curve.points);
            points.map(|(at, _)| *at).filter(shown)
        };
        let (from, to) = (run().min()?.min(least), run().max()?.max(most));
        (from < to).then_some((from, to))
    }
}

impl Axes {
    fn of(sweep: &Sweep, (width, height): (f32, f32)) -> Option<Axes> {
        let (from, to) = sweep.window()?;
        let shown = |at: u64| (from..=to).contains(&at);
        let points = sweep.curves.iter().flat_map(|curve| &curve.points);
        let times = points
            .filter(|(at, _)| shown(*at))
            .filter_map(|(_, ns)| *ns);
        let (least, most) = times.fold(None, |found: Option<(u64, u64)>, ns| {
            let (least, most) = found.unwrap_or((ns, ns));
            Some((least.min(ns), most.max(ns)))
        })?;
        let names = sweep.curves.iter().map(|curve| SMALL.width(&curve.name));
        let names = names.fold(0.0, f32::max).min(width * 0.3);
        let (left, right) = (52.0, width - names - 10.0);
        let (top, bottom) = (34.0, height - AXIS_PX - 16.0);
        if right - left < 40.0 || bottom - top < 30.0 {
            return None;
        }
        let scale = |from: u64, to: u64, ends: (f32, f32)| {
            let (from, to) = (from as f64, to as f64);
            let ends = (f64::from(ends.0), f64::from(ends.1));
            match to > from.max(1.0) * WIDE_RANGE {
                true => {
                    let small = from.max(to / 1e5).max(1.0) / 2.0;
                    TimeScale::log_above(small, from, to, ends.0, ends.1)
                }
                false => TimeScale::new(from, to, ends.0, ends.1),
            }
        };
        // A little room above and below; run times near each other start at 0, as lengths do.
        let most = most.saturating_add(most / 12).max(1);
        let least = match most as f64 > least.max(1) as f64 * WIDE_RANGE {
            true => least - least / 6,
            false => 0,
        };
        // Upwards on the paper is less of a pixel, so the scale is made the other way up, and turned.
        let y = scale(least, most, (0.0, bottom - top));
        Some(Axes {
            x: scale(from, to, (left + 6.0, right - 6.0)),
            y,
            left,
            right,
            top,
            bottom,
        })
    }

    fn across(&self, at: u64) -> f32 {
        self.x.px(at as f64) as f32
    }

    fn up(&self, ns: f64) -> f32 {
        self.bottom - self.y.px(ns) as f32
    }

    /// Whether a place is on the paper.
    fn shows(&self, at: u64) -> bool {
        (self.x.start_ns()..=self.x.end_ns()).contains(&(at as f64))
    }

    /// The marks of both axes, and what the axes are called.
    fn marks(&self, sweep: &Sweep, label: &dyn Fn(u64) -> String, width: f32, list: &mut DrawList) {
        let room = if self.bottom - self.top < 140.0 {
            26.0
        } else {
            34.0
        };
        for tick in self.y.ticks(room) {
            let y = self.up(tick.at_ns);
            level(&tick.label, y, (self.left, self.right), list);
        }
        let mut taken = f32::MIN;
        let spacing = if width < 420.0 { 58.0 } else { 84.0 };
        for tick in self.x.ticks(spacing) {
            let at = (tick.at_ns + 0.5) as u64;
            let (x, said) = (self.across(at), label(at));
            list.line((x, self.top), (x, self.bottom + 4.0), 1.0, Chrome::Grid);
            let half = MARK.width(&said) / 2.0;
            let x = x.clamp(half, (width - half).max(half));
            if x - half > taken + 6.0 {
                let at = (x, self.bottom + 15.0);
                list.text(at, said, MARK, Anchor::Middle, Chrome::Mute);
                taken = x + half;
            }
        }
        let [knob, time] = &sweep.axes;
        let middle = (self.left + self.right) / 2.0;
        let knob = SMALL.fit(knob, 2.0 * middle.min(width - middle));
        let at = (middle, self.bottom + 31.0);
        list.text(at, knob, SMALL, Anchor::Middle, Chrome::Mute);
        let time = SMALL.fit(time, width - 4.0);
        list.text((2.0, 11.0), time, SMALL, Anchor::Start, Chrome::Mute);
    }

    /// Where the knob stands, and where the answer flips: a line each, with its words above it.
    fn places(&self, sweep: &Sweep, list: &mut DrawList) {
        let bold = Font::sans(11.0).bold();
        let flips = sweep
            .crossings
            .iter()
            .map(|place| (place, Chrome::Ink, bold));
        let now = (&sweep.now, Chrome::Mute, SMALL);
        let mut taken: Vec<(f32, f32)> = Vec::new();
        for ((at, said), ink, font) in flips.chain([now]).filter(|((at, _), ..)| self.shows(*at)) {
            let x = self.across(*at);
            list.line((x, self.top), (x, self.bottom), 1.0, ink);
            let half = font.width(said) / 2.0;
            let x = x.clamp(half + 2.0, (self.right - half).max(half + 2.0));
            let place = (x - half, x + half);
            let free = |other: &(f32, f32)| place.1 + 8.0 < other.0 || place.0 > other.1 + 8.0;
            // Where two stand close, the second says it a line lower, over the plot.
            let y = match taken.iter().all(free) {
                true => self.top - 6.0,
                false => self.top + 12.0,
            };
            taken.push(place);
            list.text((x, y), said.as_str(), font, Anchor::Middle, ink);
        }
    }

    /// Straight from point to point; a plan that does not end somewhere has a gap there.
    fn curve(&self, curve: &Curve, list: &mut DrawList) {
        let (ink, wide) = ink(curve.role);
        let mut last: Option<(f32, f32)> = None;
        for &(at, ns) in curve.points.iter().filter(|(at, _)| self.shows(*at)) {
            let place = ns.map(|ns| (self.across(at), self.up(ns as f64)));
            if let (Some(from), Some(to)) = (last, place) {
                list.line(from, to, wide, ink);
            }
            last = place;
        }
    }

    /// A dot on the line of whoever takes over, where it does.
    fn dots(&self, sweep: &Sweep, list: &mut DrawList) {
        for (at, _) in &sweep.crossings {
            let there = sweep.curves.iter().filter(|curve| curve.role == Role::Then);
            let times = there.filter_map(|curve| {
                let point = curve.points.iter().find(|(number, _)| number == at);
                point.and_then(|(_, ns)| *ns)
            });
            let Some(ns) = times.min() else { continue };
            let (x, y) = (self.across(*at), self.up(ns as f64));
            list.rect(
                (x - 5.0, y - 5.0),
                (10.0, 10.0),
                5.0,
                Paint::Chrome(Chrome::Warn),
            );
        }
    }

    /// Each line's name at its end, moved apart where ends are close.
    fn names(&self, sweep: &Sweep, width: f32, list: &mut DrawList) {
        let ends = sweep.curves.iter().filter_map(|curve| {
            let shown = curve.points.iter().filter(|(at, _)| self.shows(*at));
            let (at, ns) = shown.rev().find_map(|(at, ns)| Some((*at, (*ns)?)))?;
            Some((self.up(ns as f64), self.across(at), curve))
        });
        let mut ends: Vec<(f32, f32, &Curve)> = ends.collect();
        ends.sort_by(|a, b| a.0.total_cmp(&b.0));
        let lowest = self.bottom + 2.0;
        let needed = ends.len() as f32 * NAME_PX;
        let first = ends.first().map_or(0.0, |(y, ..)| *y);
        let mut next = first.min(lowest - needed + NAME_PX).max(self.top - 4.0);
        for (left, (y, _, curve)) in (1..=ends.len()).rev().zip(&ends) {
            // No lower than leaves room for those that follow.
            let most = lowest - (left - 1) as f32 * NAME_PX;
            let at = y.max(next).min(most.max(next));
            next = at + NAME_PX;
            let (ink, _) = ink(curve.role);
            let font = match curve.role {
                Role::Other => SMALL,
                Role::Now | Role::Then => SMALL.bold(),
            };
            let x = self.right + 6.0;
            let name = font.fit(&curve.name, width - x);
            list.text((x, at + 3.8), name, font, Anchor::Start, ink);
        }
    }
}

/// [`sweep`] in words: who is how fast now, and at each crossing.
pub fn sweep_words(sweep: &Sweep) -> Vec<String> {
    let places = [&sweep.now].into_iter().chain(&sweep.crossings);
    let told = places.map(|(at, said)| {
        let times = sweep.curves.iter().filter_map(|curve| {
            let point = curve.points.iter().find(|(number, _)| number == at);
            let ns = point.and_then(|(_, ns)| *ns)?;
            Some((ns, format!("{} {}", curve.name, Dur::from_nanos(ns))))
        });
        let mut times: Vec<(u64, String)> = times.collect();
        times.sort();
        let times: Vec<String> = times.into_iter().map(|(_, told)| told).collect();
        format!("{said}: {}", times.join(", "))
    });
    told.collect()
}
