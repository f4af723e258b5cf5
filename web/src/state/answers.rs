//! What the worker answers becomes what is shown, unless it was overtaken.

use trilane_core::units::Dur;

use super::State;
use crate::wire::{Of, Picture, Reply, Shown, Source};

/// Whatever is done next asks again, and so tries again.
pub const MISSING: &str = "A part of this page could not be fetched. Is there a network? The next thing you do tries again.";

impl State {
    pub(super) fn hear(&mut self, reply: Reply, parts: Vec<Vec<u8>>) {
        let current = |of: Of, state: &State| state.focus() == Some(of);
        match reply {
            Reply::Race(shown) => self.raced(*shown, &parts),
            Reply::Drawn(axis) => {
                if let Some(shown) = &self.shown {
                    let shown = Shown {
                        axis,
                        ..(**shown).clone()
                    };
                    self.shown = Some(State::share(shown));
                    self.pictures = State::share(pictures(&parts));
                }
            }
            Reply::Lanes(lanes) => {
                let picture = pictures(&parts).pop();
                let opened = self.open.as_ref().map(|open| (open.row, open.tasks));
                let wanted = current(lanes.of, self) && opened == Some((lanes.of.row, lanes.tasks));
                if let Some(picture) = picture.filter(|_| wanted) {
                    self.lanes = Some((State::share(*lanes), State::share(picture)));
                }
            }
            Reply::Tip(of, tip) => self.tip = tip.filter(|_| current(of, self)),
            Reply::Selected(of, pick) => {
                if let Some(open) = self.open.as_mut().filter(|open| open.row == of.row) {
                    open.pick = pick.or_else(|| open.pick.take());
                }
            }
            Reply::At(told) => {
                if current(told.of, self) {
                    // A step moves the playhead to where it led.
                    if !self.playing {
                        self.playhead_ns = told.at_ns;
                    }
                    self.told = Some(State::share(*told));
                }
            }
            Reply::Figures(figures) => {
                if current(figures.of, self) {
                    let plots = State::share(pictures(&parts));
                    self.figures = Some((State::share(*figures), plots));
                }
            }
            Reply::Events(of, events) => {
                let wanted = self.open.as_ref().is_some_and(|open| open.events.is_some());
                if current(of, self) && wanted {
                    self.events = Some(State::share(events));
                }
            }
            Reply::Code(of, code) => {
                if current(of, self) {
                    self.code = Some(State::share(code));
                }
            }
            Reply::Problems(race, problems) if race == self.race => {
                self.busy = false;
                self.problems = State::share(problems);
            }
            Reply::Refused(race, why) if race == self.race => {
                self.busy = false;
                self.notice = Some(why);
            }
            Reply::Missing => {
                self.busy = false;
                self.notice = Some(MISSING.to_owned());
            }
            // Kitchens are Learn's and advice is the flowchart's, which have workers of their own.
            Reply::Kitchen(_)
            | Reply::Walked(_)
            | Reply::Advising(_)
            | Reply::Advised(_)
            | Reply::Swept(..) => {}
            // Documents go to who asked for them, files to the visitor's disk.
            Reply::Json(_) | Reply::File(..) => {}
            // Of nobody's interest, or overtaken.
            Reply::Begun(_)
            | Reply::Kept
            | Reply::Stale
            | Reply::Problems(..)
            | Reply::Refused(..) => {}
        }
    }

    fn raced(&mut self, shown: Shown, parts: &[Vec<u8>]) {
        if shown.race != self.race {
            return;
        }
        self.busy = false;
        self.problems = State::share(vec![]);
        self.pictures = State::share(pictures(parts));
        self.playhead_ns = self.playhead_ns.min(shown.end_ns);
        self.stay_open(&shown);
        if let Some(open) = &mut self.open {
            // Another run has other spans.
            open.pick = None;
            open.mark = None;
        }
        self.shown = Some(State::share(shown));
        if self.focus().is_none() {
            // Nothing ran, so there is nothing to tell of it.
            self.told = None;
            self.figures = None;
            self.code = None;
        }
    }

    /// What is opened stays so, wherever its row stands now: measured runs come between plans.
    fn stay_open(&mut self, shown: &Shown) {
        let Some(open) = &mut self.open else { return };
        let source = match &self.shown {
            Some(before) => before.rows.get(open.row as usize).map(|row| row.source),
            // A link names a plan.
            None => Some(Source::Plan(open.row)),
        };
        let now = shown.rows.iter().position(|row| Some(row.source) == source);
        match now {
            Some(row) => open.row = row as u32,
            None => self.open = None,
        }
    }

    /// The place among the plans of what a row shows.
    pub(super) fn plan_at(&self, row: u32) -> Option<u32> {
        let Some(shown) = &self.shown else {
            return Some(row);
        };
        match shown.rows.get(row as usize)?.source {
            Source::Plan(at) => Some(at),
            Source::Twin | Source::File(..) => None,
        }
    }

    /// The playhead for people.
    pub fn time(&self) -> String {
        Dur::from_nanos(self.playhead_ns).to_string()
    }
}

fn pictures(parts: &[Vec<u8>]) -> Vec<Picture> {
    parts
        .iter()
        .filter_map(|bytes| Picture::unpack(bytes))
        .collect()
}
