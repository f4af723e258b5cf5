//! What the visitor wants, and what is shown: one value, changed by one pure function.
//!
//! [`State::after`] is all that ever changes it. What is to be asked of the worker follows from the state
//! ([`State::race_ask`], [`State::lanes_ask`], …), and every answer says which race it is about, so that what was
//! overtaken by a newer question is never shown.

mod action;
mod answers;
mod history;
mod measuring;
mod view;

use std::ops::Deref;
use std::rc::Rc;

use trilane_core::examples::{self, Example};
use trilane_core::plan::parse_plan;
use trilane_core::profile;
use trilane_core::race::{CORES, Machine, RaceError};
use trilane_core::scenario::{Control, controls, turn};

use crate::choose;
use crate::link::{self, Address, Linked};
use crate::place::Place;
use crate::soon;
use crate::wire::{
    Ask, EventTable, Figures, Lanes, Picture, Question, Shown, Surface, Told, Trouble,
};

pub use action::Action;
pub use answers::MISSING;
pub use history::History;
pub use measuring::{Choice, Interpreter, MOST_REPEATS, Measuring, Order, Running};
pub use view::{Look, Mark, Opened, Panel, RATES};

/// Most cores of the knob.
pub const MOST_CORES: u32 = 64;

/// Something large that is never changed, only replaced. Equal where it is the same one.
#[derive(Debug, Default)]
pub struct Shared<T>(Rc<T>);

impl<T> Shared<T> {
    /// Shares a value.
    pub fn new(value: T) -> Shared<T> {
        Shared(Rc::new(value))
    }
}

impl<T> Clone for Shared<T> {
    fn clone(&self) -> Shared<T> {
        Shared(self.0.clone())
    }
}

impl<T> PartialEq for Shared<T> {
    fn eq(&self, other: &Shared<T>) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl<T> Deref for Shared<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

/// The page's state.
#[derive(Clone, Debug, PartialEq)]
pub struct State {
    /// What the page shows.
    pub place: Place,
    /// Where in the course Learn is: `gil/native-code`.
    pub path: String,
    /// What is to be raced.
    pub question: Question,
    /// What was answered in the flowchart, from its first question on.
    pub answers: Vec<bool>,
    /// Its number: another one for every change.
    pub race: u64,
    /// What was asked before.
    pub history: History,
    /// What the scenario's text can be turned at; the last ones where the text has problems.
    pub knobs: Shared<Vec<Control>>,
    /// What pictures are painted for. Width 0 until the page knows.
    pub surface: Surface,
    /// Light or dark.
    pub look: Look,
    /// Whether the system is dark.
    pub system_dark: bool,
    /// What the gallery is searched for.
    pub search: String,
    /// The row that is opened.
    pub open: Option<Opened>,
    /// The instant that is told, ns.
    pub playhead_ns: u64,
    /// Whether the playhead moves by itself.
    pub playing: bool,
    /// How fast it moves: simulated time by real time.
    pub rate: f64,
    /// What lies over the page.
    pub panel: Panel,
    /// The last race that could be run.
    pub shown: Option<Shared<Shown>>,
    /// Its pictures.
    pub pictures: Shared<Vec<Picture>>,
    /// The opened row, as it was last painted.
    pub lanes: Option<(Shared<Lanes>, Shared<Picture>)>,
    /// The instant at the playhead.
    pub told: Option<Shared<Told>>,
    /// Figures of the row that is looked at, and their two plots.
    pub figures: Option<(Shared<Figures>, Shared<Vec<Picture>>)>,
    /// Events of the opened row, where they are looked at.
    pub events: Option<Shared<EventTable>>,
    /// The program of the row that is looked at.
    pub code: Option<Shared<String>>,
    /// What the pointer is on.
    pub tip: Option<String>,
    /// Real runs.
    pub measuring: Measuring,
    /// What is wrong with the text.
    pub problems: Shared<Vec<Trouble>>,
    /// Why the last plan could not be added.
    pub plan_problem: Option<String>,
    /// Something that happened, to be told until the visitor has read it.
    pub notice: Option<String>,
    /// Whether a race is awaited.
    pub busy: bool,
    /// Whether what is fetched after the first race is here ([`crate::soon`]), so that links carry everything.
    pub whole: bool,
    /// Whether the last change is worth a step back in the browser's history.
    pub step: bool,
    /// Trace files that were dropped, by their numbers: those of races that were taken back too.
    pub kept: Vec<(u32, Shared<Vec<u8>>)>,
}

impl State {
    /// The state that an address asks for.
    pub fn of(hash: &str, look: Look) -> State {
        let mut state = State {
            place: Place::default(),
            path: String::new(),
            question: Question {
                python: profile::default_python().to_owned(),
                ..Question::default()
            },
            answers: vec![],
            race: 1,
            history: History::default(),
            knobs: Shared::default(),
            surface: Surface {
                density: 1.0,
                ..Surface::default()
            },
            look,
            system_dark: false,
            search: String::new(),
            open: None,
            playhead_ns: 0,
            playing: false,
            rate: view::DEFAULT_RATE,
            panel: Panel::None,
            shown: None,
            pictures: Shared::default(),
            lanes: None,
            told: None,
            figures: None,
            events: None,
            code: None,
            tip: None,
            measuring: Measuring::default(),
            problems: Shared::default(),
            plan_problem: None,
            notice: None,
            busy: true,
            whole: soon::PART.here().is_some(),
            step: false,
            kept: vec![],
        };
        state.open_first();
        state.follow(hash);
        state.turned();
        state
    }

    /// The state after something happened.
    pub fn after(&self, action: Action) -> State {
        let mut state = self.clone();
        // The address of a step may have had to wait for this.
        state.step = self.step && matches!(action, Action::Whole);
        state.act(action);
        if state.question != self.question {
            state.busy = true;
            state.race += 1;
            if state.question.text != self.question.text {
                state.turned();
            }
        }
        let dark = match state.look {
            Look::System => state.system_dark,
            look => look == Look::Dark,
        };
        state.surface.dark = dark;
        state
    }

    /// What the worker is to run; nothing until it is known how wide to draw.
    pub fn race_ask(&self) -> Option<(Ask, Surface)> {
        let ask = Ask {
            race: self.race,
            question: self.question.clone(),
            // The Lab is English.
            tongue: None,
        };
        (self.surface.width_px > 0).then_some((ask, self.surface))
    }

    /// The address of this state.
    pub fn link(&self) -> String {
        match self.place {
            Place::Learn if self.path.is_empty() => link::to(Place::Learn, ""),
            Place::Learn => format!("{}/{}", link::to(Place::Learn, ""), self.path),
            place => link::write(place, &self.linked()),
        }
    }

    /// The address of the Lab in this state.
    pub fn lab_link(&self) -> String {
        link::write(Place::Lab, &self.linked())
    }

    fn linked(&self) -> Linked {
        let Question {
            text,
            plans,
            cores,
            python,
            ..
        } = &self.question;
        let end_ns = self.shown.as_ref().map_or(u64::MAX, |shown| shown.end_ns);
        Linked {
            text: text.clone(),
            plans: plans.clone(),
            cores: *cores,
            python: python.clone(),
            log: self.surface.log,
            playhead_ns: self.playhead_ns.min(end_ns),
            // Links carry no files, and so no rows of them.
            open: self.open.as_ref().and_then(|open| self.plan_at(open.row)),
            tasks: self.open.as_ref().is_some_and(|open| open.tasks),
            window: self
                .open
                .as_ref()
                .and_then(|open| open.window)
                .map(|(from, to)| (from.max(0.0) as u64, to.max(0.0) as u64)),
            answers: self.answers.clone(),
        }
    }

    /// The example that the text is, unchanged.
    pub fn example(&self) -> Option<&'static Example> {
        examples::of(&self.question.text)
    }

    /// The text changed: so may have its knobs.
    fn turned(&mut self) {
        let knobs = controls(&self.question.text);
        if !knobs.is_empty() {
            self.knobs = Shared::new(knobs);
        }
    }

    fn open_first(&mut self) {
        let (example, text) = examples::first();
        self.open_example(example, text);
    }

    fn open_example(&mut self, example: &Example, text: &str) {
        self.question.text = text.to_owned();
        self.question.plans = example.plans.iter().map(|&plan| plan.to_owned()).collect();
        self.question.cores = None;
        self.question.files.clear();
        self.plan_problem = None;
        self.rewind();
    }

    /// Looks at the whole race from its beginning.
    fn rewind(&mut self) {
        self.problems = Shared::default();
        self.open = None;
        self.playhead_ns = 0;
        self.playing = false;
    }

    fn follow(&mut self, hash: &str) {
        match link::read(hash) {
            Ok(Address {
                place,
                path,
                linked,
            }) => {
                self.path = path;
                // Going back to where one came in.
                if place.is_none() && linked.is_none() {
                    self.open_first();
                }
                // From place to place nothing else changes.
                if let Some(linked) = linked.filter(|linked| *linked != self.linked()) {
                    self.take_link(linked);
                }
                self.notice = None;
                self.place = place.unwrap_or(Ok(Place::Lab)).unwrap_or_else(|name| {
                    self.notice = Some(format!(
                        "There is no place `{name}` on this page. The Lab is open instead."
                    ));
                    Place::Lab
                });
            }
            Err(why) => {
                self.open_first();
                self.place = Place::Lab;
                self.notice = Some(format!(
                    "This link cannot be read: {why}. The first example is open instead."
                ));
            }
        }
    }

    fn take_link(&mut self, linked: Linked) {
        self.rewind();
        self.question.text = linked.text;
        self.question.plans = linked.plans;
        self.question.cores = linked.cores.map(|cores| cores.clamp(1, MOST_CORES));
        self.question.python = linked.python;
        self.answers = choose::met(&linked.answers);
        self.surface.log = linked.log;
        self.playhead_ns = linked.playhead_ns;
        self.open = linked.open.map(|row| Opened {
            tasks: linked.tasks,
            window: linked.window.map(|(from, to)| (from as f64, to as f64)),
            ..Opened::new(row)
        });
        let known = profile::embedded_names().contains(&self.question.python.as_str());
        if !known && self.own_python().as_ref() != Some(&self.question.python) {
            profile::default_python().clone_into(&mut self.question.python);
        }
    }

    /// Why a plan cannot be in the race.
    fn refused(&self, written: &str) -> Option<String> {
        if self.question.plans.iter().any(|plan| plan == written) {
            return Some(format!("`{written}` is in the race already"));
        }
        let cores = self.question.cores.unwrap_or(CORES);
        let own = soon::own(self.question.profile.as_deref());
        let tried = parse_plan(written)
            .map_err(RaceError::Plan)
            .and_then(|spec| {
                Machine::new(cores, &self.question.python, own.as_ref())?.entry(&spec)
            });
        tried.err().map(|error| error.to_string())
    }

    /// Turns a knob.
    fn turn(&mut self, key: &str, to: trilane_core::scenario::Setting) {
        if let Some(text) = turn(&self.question.text, key, to) {
            self.question.text = text;
        }
    }
}

#[cfg(test)]
mod tests;
