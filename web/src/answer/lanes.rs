//! Pictures: all rows of a race on one axis, and a row opened into its lanes.

use trilane_timeline::draw::DrawList;
use trilane_timeline::pair;
use trilane_timeline::palette::{Chrome, Theme};
use trilane_timeline::race as laid;
use trilane_timeline::rows::Timeline;
use trilane_timeline::scale::TimeScale;
use trilane_timeline::scene::{Hit, grid};
use trilane_timeline::sheet::{self, Sheet};
use trilane_timeline::words::{self, Say};

use super::run::Run;
use super::{Answer, Ended};
use crate::wire::{Axis, Lanes, LanesAsk, Move, Pick, Picture, Reply, Selected, Surface};

/// Rows of a plan's picture in a race, at most.
pub(super) const MOST_ROWS: u32 = 12;
/// Narrower pictures leave the titles of lanes out, px.
const NARROW_PX: u32 = 560;
/// Narrower than this nothing is drawn, px.
const LEAST_PX: u32 = 120;

/// Where the axis of a race ends, ns.
pub(super) fn end_ns<'t>(timelines: impl Iterator<Item = &'t Timeline>, best: Option<u64>) -> f64 {
    laid::window(timelines, best) as f64 * laid::AIR
}

pub(super) fn theme(surface: Surface) -> Theme {
    match surface.dark {
        true => Theme::Dark,
        false => Theme::Light,
    }
}

/// A picture a run, and the axis that they share. The axis itself is the last picture.
pub(super) fn race(
    runs: &[&Run],
    best_ns: Option<u64>,
    surface: Surface,
    say: Say<'_>,
) -> (Axis, Vec<Picture>) {
    let timelines = || runs.iter().map(|run| &run.race);
    let width = surface.width_px.max(LEAST_PX) as f32;
    let narrow = surface.width_px < NARROW_PX;
    let gutter = if narrow {
        0.0
    } else {
        let differs = runs.iter().any(|run| run.difference.is_some());
        let title = if differs { pair::TITLE } else { "" };
        laid::gutter(timelines(), say).max(laid::LABEL.width(title) + 14.0)
    };
    // A logarithmic axis has room for the slowest too.
    let end_ns = match surface.log {
        true => timelines().map(|t| t.end_ns).max().unwrap_or(1) as f64 * laid::AIR,
        false => end_ns(timelines(), best_ns),
    };
    let (left, right) = (f64::from(gutter), f64::from(width));
    let scale = match surface.log {
        true => TimeScale::log(0.0, end_ns, left, right),
        false => TimeScale::new(0.0, end_ns, left, right),
    };
    let spacing = if narrow { 70.0 } else { 110.0 };
    let titles = (!narrow).then_some(0.0);
    let picture = |list: &DrawList, height: f32| {
        Picture::new(list, (width, height), surface.density, theme(surface))
    };
    let mut pictures = Vec::new();
    for run in runs {
        let mut list = DrawList::default();
        let bottom = laid::lanes(&run.race, &scale, titles, 0.0, say, 1, &mut list);
        let mut marks = DrawList::default();
        grid(&scale, (0.0, bottom - 4.0), spacing, say, &mut marks);
        list.lines.append(&mut marks.lines);
        if run.ended && run.race.end_ns as f64 <= scale.end_ns() {
            let x = scale.px(run.race.end_ns as f64) as f32;
            list.line((x, 0.0), (x, bottom), 1.0, Chrome::Ink);
        }
        let bottom = match &run.difference {
            Some(difference) => difference.draw(&scale, titles, bottom + 3.0, &mut list),
            None => bottom,
        };
        pictures.push(picture(&list, bottom));
    }
    let mut list = DrawList::default();
    grid(&scale, (0.0, 3.0), spacing, say, &mut list);
    pictures.push(picture(&list, 20.0));
    (Axis::of(&scale), pictures)
}

impl Run {
    /// The row opened into its lanes.
    pub(super) fn lanes(&mut self, ask: &LanesAsk, race: &Ended) -> Answer {
        let Opened {
            sheet,
            scale,
            selected,
        } = self.open(ask, race);
        self.timeline(ask.tasks);
        let (trace, timeline) = self.made(ask.tasks);
        let mut list = DrawList::default();
        let say = |text: &str| race.say(text);
        sheet.paint(
            timeline,
            &scale,
            Say::by(&say),
            selected.as_ref(),
            &mut list,
        );
        let mut words = words::sentence(trace, timeline);
        let mut height = sheet.height();
        if let Some(difference) = &self.difference {
            let title = sheet.name_px(laid::LABEL.width(pair::TITLE));
            height = difference.draw(&scale, title, height, &mut list) + 4.0;
            words = format!("{words} {}", difference.sentence());
        }
        let surface = ask.surface;
        let size = (surface.width_px.max(LEAST_PX) as f32, height);
        let picture = Picture::new(&list, size, surface.density, theme(surface));
        let reply = Lanes {
            of: ask.of,
            tasks: ask.tasks,
            axis: Axis::of(&scale),
            all: sheet.whole(),
            words,
        };
        self.selected = selected.map(|selected| (ask.tasks, selected));
        Answer {
            reply: Reply::Lanes(Box::new(reply)),
            parts: vec![picture.pack()],
        }
    }

    /// What is under a point, in words.
    pub(super) fn point(&mut self, ask: &LanesAsk, at: (f32, f32), race: &Ended) -> Answer {
        let Opened { sheet, scale, .. } = self.open(ask, race);
        let (trace, timeline) = self.opened(ask.tasks);
        let hit = sheet.hit(timeline, &scale, at);
        let tip = hit.map(|hit| sheet::tip(timeline, trace, &hit));
        Reply::Tip(ask.of, tip.filter(|tip| !tip.is_empty())).into()
    }

    /// Another span is selected.
    pub(super) fn go(&mut self, ask: &LanesAsk, how: Move, race: &Ended) -> Answer {
        let Opened {
            sheet,
            scale,
            selected,
        } = self.open(ask, race);
        let (trace, timeline) = self.opened(ask.tasks);
        let from =
            |go: &dyn Fn(&sheet::Selected) -> Option<(usize, u64)>| selected.as_ref().and_then(go);
        let to = match how {
            Move::Point(x, y) => sheet
                .hit(timeline, &scale, (x, y))
                .and_then(|hit| Some((sheet.row_of(&hit.place)?, hit.at_ns))),
            Move::Enter(at_ns) => {
                Some((selected.as_ref().map_or(0, |selected| selected.row), at_ns))
            }
            Move::Next => from(&|selected| selected.next(timeline)),
            Move::Previous => from(&|selected| selected.previous(timeline)),
            Move::Along => from(&|selected| selected.along(timeline, &sheet)),
            Move::Back => from(&|selected| selected.back(timeline, &sheet)),
            Move::Up => from(&|selected| selected.up()),
            Move::Down => from(&|selected| selected.down(timeline)),
        };
        let pick = to.and_then(|(row, at_ns)| {
            let selected = sheet::Selected::new(timeline, &trace.flows, row, at_ns)?;
            let entry = selected.entry(timeline);
            let place = *sheet.rows().get(row)?;
            let hit = Hit {
                place,
                at_ns,
                entry,
            };
            let span_ns = entry.map_or((at_ns, at_ns), |entry| (entry.start_ns, entry.end_ns));
            Some(Pick {
                selected: Selected {
                    row: row as u32,
                    at_ns,
                },
                words: sheet::tip(timeline, trace, &hit),
                span_ns,
            })
        });
        Reply::Selected(ask.of, pick).into()
    }

    /// The sheet of an opened row, its scale, and what is selected on it.
    fn open(&mut self, ask: &LanesAsk, race: &Ended) -> Opened {
        let width = ask.surface.width_px.max(LEAST_PX) as f32;
        let say = |text: &str| race.say(text);
        let sheet = Sheet::new(self.timeline(ask.tasks), width, Say::by(&say));
        let axis = match ask.surface.log {
            true => sheet::Axis::Log,
            false => sheet::Axis::Linear,
        };
        let scale = sheet.scale(ask.window.unwrap_or(sheet.whole()), axis);
        // Looking the flows up again for every frame would be work for nothing.
        let before = self.selected.take();
        let (trace, timeline) = self.opened(ask.tasks);
        let selected = ask.selected.and_then(|wanted| {
            let (row, at_ns) = (wanted.row as usize, wanted.at_ns);
            match before {
                Some((tasks, old))
                    if tasks == ask.tasks && (old.row, old.at_ns) == (row, at_ns) =>
                {
                    Some(old)
                }
                _ => sheet::Selected::new(timeline, &trace.flows, row, at_ns),
            }
        });
        Opened {
            sheet,
            scale,
            selected,
        }
    }
}

/// An opened row's geometry.
struct Opened {
    sheet: Sheet,
    scale: TimeScale,
    selected: Option<sheet::Selected>,
}
