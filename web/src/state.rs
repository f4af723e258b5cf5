//! What the visitor wants, and what is shown: one value, changed by one pure function.

use std::rc::Rc;

use trilane_core::examples::{self, Example};
use trilane_core::plan::parse_plan;
use trilane_core::profile;
use trilane_core::race::{CORES, Machine, RaceError};

use crate::link::{self, Linked};
use crate::wire::{Ask, Picture, Reply, Shown};

/// Most cores of the knob.
pub const MOST_CORES: u32 = 64;

/// Light, dark, or as the system has it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Look {
    /// As the system has it.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

impl Look {
    /// The next one of the switch.
    pub fn next(self) -> Look {
        match self {
            Look::System => Look::Light,
            Look::Light => Look::Dark,
            Look::Dark => Look::System,
        }
    }

    /// Its name, as it is kept.
    pub fn name(self) -> &'static str {
        match self {
            Look::System => "system",
            Look::Light => "light",
            Look::Dark => "dark",
        }
    }

    /// The look of a name.
    pub fn of(name: &str) -> Look {
        [Look::Light, Look::Dark]
            .into_iter()
            .find(|look| look.name() == name)
            .unwrap_or_default()
    }
}

/// The page's state.
#[derive(Clone, Debug, PartialEq)]
pub struct State {
    /// The scenario's text.
    pub text: String,
    /// The plans, as written.
    pub plans: Vec<String>,
    /// Cores, where they are not the scenario's own.
    pub cores: Option<u32>,
    /// The Python of plans that do not say.
    pub python: String,
    /// The width of pictures, px; 0 until the page knows.
    pub width_px: u32,
    /// What the gallery is searched for.
    pub search: String,
    /// Light or dark.
    pub look: Look,
    /// The last race that could be run.
    pub shown: Option<Rc<Shown>>,
    /// Its pictures.
    pub pictures: Rc<Vec<Picture>>,
    /// What is wrong with the text: the line, and the problem.
    pub problems: Vec<(u32, String)>,
    /// Why the last plan could not be added.
    pub plan_problem: Option<String>,
    /// Something that happened, to be told until the visitor has read it.
    pub notice: Option<String>,
    /// Whether an answer is awaited.
    pub busy: bool,
    /// How often the system's theme has changed.
    pub repaints: u32,
    /// Whether the last change is worth a step back in the browser's history.
    pub step: bool,
}

/// What can happen.
#[derive(Clone, Debug)]
pub enum Action {
    /// An example is opened.
    Open(&'static Example),
    /// The text is edited.
    Text(String),
    /// A plan is to be added.
    AddPlan(String),
    /// A plan is taken away, by its place.
    RemovePlan(usize),
    /// The machine gets so many cores.
    Cores(u32),
    /// Plans that do not say run under this Python.
    Python(String),
    /// The gallery is searched.
    Search(String),
    /// Another look is chosen.
    Look(Look),
    /// There is so much room for pictures, px.
    Width(u32),
    /// An address was followed.
    Follow(String),
    /// The worker answered.
    Answer(Reply, Vec<Picture>),
    /// The worker died, and was started anew.
    Died(String),
    /// Something is to be told.
    Told(String),
    /// The notice was read.
    Dismiss,
    /// The system's theme changed: nothing here does, but what is painted.
    Repaint,
}

impl State {
    /// The state that an address asks for.
    pub fn of(hash: &str, look: Look) -> State {
        let mut state = State {
            text: String::new(),
            plans: vec![],
            cores: None,
            python: profile::default_python().to_owned(),
            width_px: 0,
            search: String::new(),
            look,
            shown: None,
            pictures: Rc::default(),
            problems: vec![],
            plan_problem: None,
            notice: None,
            busy: true,
            repaints: 0,
            step: false,
        };
        state.open(&examples::all()[0]);
        state.follow(hash);
        state
    }

    /// The state after something happened.
    pub fn after(&self, action: Action) -> State {
        let mut state = self.clone();
        state.step = false;
        match action {
            Action::Open(example) => {
                state.open(example);
                state.notice = None;
                state.step = true;
            }
            Action::Text(text) => state.text = text,
            Action::AddPlan(written) => state.add(written.trim()),
            Action::RemovePlan(at) => {
                if at < state.plans.len() && state.plans.len() > 1 {
                    state.plans.remove(at);
                    state.step = true;
                }
            }
            Action::Cores(cores) => state.cores = Some(cores.clamp(1, MOST_CORES)),
            Action::Python(python) => state.python = python,
            Action::Search(search) => state.search = search,
            Action::Look(look) => state.look = look,
            Action::Width(width_px) => state.width_px = width_px,
            Action::Follow(hash) => state.follow(&hash),
            Action::Answer(reply, pictures) => state.answer(reply, pictures),
            Action::Died(why) => {
                state.notice = Some(format!(
                    "The simulation stopped and was started anew: {why}"
                ));
                state.busy = false;
            }
            Action::Told(text) => state.notice = Some(text),
            Action::Dismiss => state.notice = None,
            Action::Repaint => state.repaints += 1,
        }
        if state.question() != self.question() {
            state.busy = true;
        }
        state
    }

    /// What the worker is to run; nothing until it is known how wide to draw.
    pub fn ask(&self) -> Option<Ask> {
        (self.width_px > 0).then(|| Ask {
            width_px: self.width_px,
            ..self.question()
        })
    }

    /// What decides the answer, besides how wide it is drawn.
    pub fn question(&self) -> Ask {
        Ask {
            text: self.text.clone(),
            plans: self.plans.clone(),
            cores: self.cores,
            python: self.python.clone(),
            width_px: 0,
        }
    }

    /// The address of this state.
    pub fn link(&self) -> String {
        link::write(&Linked {
            text: self.text.clone(),
            plans: self.plans.clone(),
            cores: self.cores,
            python: self.python.clone(),
        })
    }

    /// The example that the text is, unchanged.
    pub fn example(&self) -> Option<&'static Example> {
        examples::all()
            .iter()
            .find(|example| example.text == self.text)
    }

    fn open(&mut self, example: &Example) {
        self.text = example.text.to_owned();
        self.plans = example.plans.iter().map(|&plan| plan.to_owned()).collect();
        self.cores = None;
        self.problems.clear();
        self.plan_problem = None;
    }

    fn follow(&mut self, hash: &str) {
        match link::read(hash) {
            // Going back to where one came in.
            Ok(None) => self.open(&examples::all()[0]),
            Ok(Some(linked)) => {
                self.text = linked.text;
                self.plans = linked.plans;
                self.cores = linked.cores.map(|cores| cores.clamp(1, MOST_CORES));
                self.python = linked.python;
                self.notice = None;
                if !profile::embedded_names().contains(&self.python.as_str()) {
                    profile::default_python().clone_into(&mut self.python);
                }
            }
            Err(why) => {
                self.open(&examples::all()[0]);
                self.notice = Some(format!(
                    "This link cannot be read: {why}. The first example is open instead."
                ));
            }
        }
    }

    fn add(&mut self, written: &str) {
        self.plan_problem = match self.refused(written) {
            Some(why) => Some(why),
            None => {
                self.plans.push(written.to_owned());
                self.step = true;
                None
            }
        };
    }

    /// Why a plan cannot be added.
    fn refused(&self, written: &str) -> Option<String> {
        if self.plans.iter().any(|plan| plan == written) {
            return Some(format!("`{written}` is in the race already"));
        }
        let cores = self.cores.unwrap_or(CORES);
        let tried = parse_plan(written)
            .map_err(RaceError::Plan)
            .and_then(|spec| Machine::new(cores, &self.python, None)?.entry(&spec));
        tried.err().map(|error| error.to_string())
    }

    fn answer(&mut self, reply: Reply, pictures: Vec<Picture>) {
        self.busy = false;
        match reply {
            Reply::Race(shown) => {
                self.shown = Some(Rc::from(shown));
                self.pictures = Rc::new(pictures);
                self.problems.clear();
            }
            Reply::Drawn => self.pictures = Rc::new(pictures),
            Reply::Problems(problems) => self.problems = problems,
            Reply::Refused(why) => self.notice = Some(why),
            // Nobody on the page asks for a document.
            Reply::Json(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn start() -> State {
        State::of("", Look::System)
    }

    #[test]
    fn it_begins_with_the_first_example() {
        let state = start();
        assert_eq!(
            state.example().map(|e| e.name),
            Some(examples::all()[0].name)
        );
        assert!(state.notice.is_none() && state.ask().is_none());
        assert!(state.after(Action::Width(500)).ask().is_some());
    }

    #[test]
    fn a_link_brings_everything_back() {
        let state = start()
            .after(Action::Open(&examples::all()[3]))
            .after(Action::AddPlan("threads(3)@3.13t".to_owned()))
            .after(Action::Cores(7))
            .after(Action::Python("3.13".to_owned()));
        let back = State::of(&state.link(), Look::System);
        assert_eq!(back.question(), state.question());
    }

    #[test]
    fn a_broken_link_says_so_and_opens_the_first_example() {
        let state = State::of("#/lab?v=1&s=AAAA", Look::System);
        assert!(
            state
                .notice
                .as_deref()
                .is_some_and(|text| text.contains("cannot be read"))
        );
        assert_eq!(state.question(), start().question());
    }

    #[test]
    fn a_wrong_plan_is_told_and_not_added() {
        let check = |written: &str, expect: &str| {
            let state = start().after(Action::AddPlan(written.to_owned()));
            assert_eq!(state.plans, start().plans, "{written}");
            let told = state.plan_problem.unwrap_or_default();
            assert!(told.contains(expect), "{told}");
        };
        check("thread(8)", "thread");
        check("threads@9.9", "unknown Python");
        check("interpreters@3.11", "interpreters");
        check("sync", "already");
    }

    #[test]
    fn problems_keep_the_last_good_race() {
        let shown = Reply::Race(Box::default());
        let state = start().after(Action::Answer(shown, vec![]));
        let state = state.after(Action::Text("x".to_owned()));
        assert!(state.busy);
        let told = Reply::Problems(vec![(1, "wrong".to_owned())]);
        let state = state.after(Action::Answer(told, vec![]));
        assert!(state.shown.is_some() && state.problems.len() == 1 && !state.busy);
    }

    #[test]
    fn the_last_plan_stays() {
        let mut state = start();
        for _ in 0..20 {
            state = state.after(Action::RemovePlan(0));
        }
        assert_eq!(state.plans.len(), 1);
    }
}
