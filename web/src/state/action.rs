//! What can happen, and what then follows.

use trilane_core::examples::Example;
use trilane_core::scenario::Setting;
use trilane_core::trace::codec;

use super::history::Gesture;
use super::measuring::{Choice, Interpreter, Running};
use super::view::{Look, Mark, Opened, Panel};
use super::{MISSING, MOST_CORES, Shared, State};
use crate::soon;
use crate::wire::Reply;

/// What can happen.
#[derive(Clone, Debug)]
pub enum Action {
    /// An example is opened.
    Open(&'static Example),
    /// The text is edited.
    Text(String),
    /// A knob of the scenario is turned.
    Turn(String, Setting),
    /// The hand is off the knob or the text: what comes next is a step of its own to undo.
    Settle,
    /// A plan is to be added.
    AddPlan(String),
    /// A plan is to be another one.
    EditPlan(usize, String),
    /// A plan is taken away, by its place.
    RemovePlan(usize),
    /// A dropped trace is taken away, by its place.
    RemoveFile(usize),
    /// The machine gets so many cores.
    Cores(u32),
    /// Plans that do not say run under this Python.
    Python(String),
    /// The last change is taken back.
    Undo,
    /// What was taken back is done again.
    Redo,
    /// The gallery is searched.
    Search(String),
    /// Another look is chosen.
    Look(Look),
    /// The system is dark, or no longer.
    SystemDark(bool),
    /// There is so much room for pictures, px, with so many screen pixels in one.
    Room(u32, f32),
    /// The race's axis is logarithmic, or linear.
    Log(bool),
    /// An address was followed.
    Follow(String),
    /// The worker answered; bytes came beside it.
    Answer(Box<Reply>, Vec<Vec<u8>>),
    /// The worker died, and was started anew.
    Died(String),
    /// Something is to be told.
    Notice(String),
    /// The notice was read.
    Dismiss,
    /// A row is opened into its lanes, or closed.
    OpenRow(Option<u32>),
    /// The opened row has a lane a task, or a thread.
    Tasks(bool),
    /// The opened row shows this stretch of time, ns; or all of it.
    Window(Option<(f64, f64)>),
    /// The opened row shows so many times as much time around what stands at a place, px, and then what
    /// is so far to the right, px.
    Zoom(f64, f64, f64),
    /// Nothing is selected any more.
    Deselect,
    /// What is selected is marked, or no longer.
    Mark,
    /// The opened row's events are shown as a table from this one on, or no longer.
    Events(Option<u64>),
    /// The pointer left the lanes.
    NoTip,
    /// The playhead is moved, ns.
    Seek(u64),
    /// It moves by itself, or stops.
    Play(bool),
    /// It moves so fast.
    Rate(f64),
    /// So much real time passed while it moves, ms.
    Tick(f64),
    /// The flowchart's questions are answered so, from its first one on.
    Answers(Vec<bool>),
    /// Something lies over the page, or no longer.
    Panel(Panel),
    /// These were found to run plans for real.
    Found(Vec<Interpreter>),
    /// What is to be measured, how often, on what.
    Choose(Choice),
    /// Real runs go on.
    Running(Running),
    /// They are over; why, where there is no result.
    Measured(Option<String>),
    /// A file was dropped on the page.
    Drop(String, Vec<u8>),
    /// What is fetched after the first race is here.
    Whole,
}

impl State {
    pub(super) fn act(&mut self, action: Action) {
        match action {
            Action::Open(example) => {
                // Whoever dispatches this has fetched it.
                let Some(soon) = soon::PART.here() else {
                    self.notice = Some(MISSING.to_owned());
                    return;
                };
                self.remember(Gesture::Other);
                self.open_example(example, (soon.text)(example));
                self.notice = None;
                self.step = true;
            }
            Action::Text(text) => {
                self.remember(Gesture::Text);
                self.question.text = text;
            }
            Action::Turn(key, to) => {
                self.remember(Gesture::Knob(key.clone()));
                self.turn(&key, to);
            }
            Action::Settle => self.history.settle(),
            Action::AddPlan(written) => {
                let written = written.trim().to_owned();
                self.plan_problem = self.refused(&written);
                if self.plan_problem.is_none() {
                    self.remember(Gesture::Other);
                    self.question.plans.push(written);
                    self.step = true;
                }
            }
            Action::EditPlan(at, written) => self.edit_plan(at, written.trim()),
            Action::RemovePlan(at) => {
                if at < self.question.plans.len() && self.question.plans.len() > 1 {
                    self.remember(Gesture::Other);
                    self.question.plans.remove(at);
                    self.open = None;
                    self.step = true;
                }
            }
            Action::RemoveFile(at) => {
                if at < self.question.files.len() {
                    self.remember(Gesture::Other);
                    self.question.files.remove(at);
                    self.open = None;
                }
            }
            Action::Cores(cores) => {
                self.remember(Gesture::Knob("cores".to_owned()));
                self.question.cores = Some(cores.clamp(1, MOST_CORES));
            }
            Action::Python(python) => {
                self.remember(Gesture::Other);
                self.question.python = python;
            }
            Action::Undo => self.undo(),
            Action::Redo => self.redo(),
            Action::Search(search) => self.search = search,
            Action::Look(look) => self.look = look,
            Action::SystemDark(dark) => self.system_dark = dark,
            Action::Room(width_px, density) => {
                self.surface.width_px = width_px;
                self.surface.density = density;
            }
            Action::Log(log) => self.surface.log = log,
            Action::Follow(hash) => self.follow(&hash),
            Action::Answer(reply, parts) => self.hear(*reply, parts),
            Action::Died(why) => {
                self.notice = Some(format!(
                    "The simulation stopped and was started anew: {why}"
                ));
                self.busy = false;
            }
            Action::Notice(text) => self.notice = Some(text),
            Action::Dismiss => self.notice = None,
            Action::OpenRow(row) => self.open_row(row),
            Action::Tasks(tasks) => self.look_at(|open| {
                open.tasks = tasks;
                open.pick = None;
            }),
            Action::Window(window) => self.look_at(|open| open.window = window),
            Action::Zoom(factor, at_px, by_px) => self.zoom(factor, at_px, by_px),
            Action::Deselect => self.look_at(|open| open.pick = None),
            Action::Mark => self.look_at(|open| {
                let picked = open.pick.as_ref().map(|pick| Mark {
                    from_ns: pick.span_ns.0,
                    to_ns: pick.span_ns.1,
                });
                open.mark = if open.mark == picked { None } else { picked };
            }),
            Action::Events(first) => {
                self.look_at(|open| open.events = first);
                self.events = None;
            }
            Action::NoTip => self.tip = None,
            Action::Seek(ns) => {
                self.playhead_ns = ns.min(self.end_ns());
                self.playing = false;
            }
            Action::Play(playing) => {
                // From the beginning again, where it stands at the end.
                if playing && self.playhead_ns >= self.end_ns() {
                    self.playhead_ns = 0;
                }
                self.playing = playing && self.end_ns() > 0;
            }
            Action::Rate(rate) => self.rate = rate,
            Action::Tick(ms) => {
                let moved = self.playhead_ns as f64 + ms * 1e6 * self.rate;
                self.playhead_ns = (moved as u64).min(self.end_ns());
                self.playing = self.playing && self.playhead_ns < self.end_ns();
            }
            Action::Answers(answers) => {
                if answers != self.answers {
                    self.remember(Gesture::Other);
                    self.answers = answers;
                    self.step = true;
                }
            }
            Action::Panel(panel) => {
                self.panel = panel;
                self.code = None;
            }
            Action::Found(all) => self.measuring.found(all),
            Action::Choose(choice) => self.measuring.choose(choice),
            Action::Running(running) => {
                self.measuring.running = Some(running);
                self.measuring.failed = None;
            }
            Action::Measured(why) => {
                self.measuring.running = None;
                self.measuring.failed = why;
            }
            Action::Drop(name, bytes) => self.take(name, bytes),
            Action::Whole => self.whole = true,
        }
    }

    fn edit_plan(&mut self, at: usize, written: &str) {
        if self
            .question
            .plans
            .get(at)
            .is_none_or(|plan| plan == written)
        {
            self.plan_problem = None;
            return;
        }
        self.plan_problem = self.refused(written);
        if self.plan_problem.is_none() {
            self.remember(Gesture::Other);
            written.clone_into(&mut self.question.plans[at]);
            self.step = true;
        }
    }

    fn open_row(&mut self, row: Option<u32>) {
        self.open = row.map(Opened::new);
        self.lanes = None;
        self.events = None;
        self.tip = None;
        self.code = None;
    }

    fn look_at(&mut self, change: impl FnOnce(&mut Opened)) {
        if let Some(open) = &mut self.open {
            change(open);
        }
    }

    /// A file: a trace, a profile or a scenario, as its content tells.
    fn take(&mut self, name: String, bytes: Vec<u8>) {
        if codec::is_trace(&bytes) {
            self.remember(Gesture::Other);
            self.keep(name, bytes);
            return;
        }
        let Ok(text) = String::from_utf8(bytes) else {
            self.notice = Some(format!(
                "`{name}` is neither text nor a trace of Trilane's: drop a scenario (.toml, .json), a profile \
                 (.toml) or a trace (.trilane)"
            ));
            return;
        };
        if looks_like_measurement(&text) {
            self.remember(Gesture::Other);
            self.keep(name, text.into_bytes());
            return;
        }
        // What says `python = ` and no `[tasks`, is no scenario.
        let Some(profile) = soon::profile(&text) else {
            self.notice = Some(MISSING.to_owned());
            return;
        };
        let is_profile = profile.is_ok() || (looks_like_profile(&text));
        match profile {
            Ok(profile) => {
                self.remember(Gesture::Other);
                self.notice = Some(format!(
                    "Python {} is now as on {}, from `{name}`. Links do not carry a profile.",
                    profile.python, profile.machine
                ));
                self.question.python = profile.python;
                self.question.profile = Some(text);
            }
            Err(error) if is_profile => {
                self.notice = Some(format!("`{name}` cannot be used: {error}"));
            }
            Err(_) => {
                self.remember(Gesture::Other);
                self.question.text = text;
                self.rewind();
                self.step = true;
            }
        }
    }

    /// A file that the worker is to read.
    fn keep(&mut self, name: String, bytes: Vec<u8>) {
        let number = self.kept.len() as u32;
        self.question.files.push((number, name));
        self.kept.push((number, Shared::new(bytes)));
    }

    /// When the longest run that is shown ends, ns.
    pub fn end_ns(&self) -> u64 {
        self.shown.as_ref().map_or(0, |shown| shown.end_ns)
    }

    pub(super) fn share<T>(value: T) -> Shared<T> {
        Shared::new(value)
    }
}

/// Whether a text is what `trilane measure --json` prints: a scenario in JSON says `trilane`.
fn looks_like_measurement(text: &str) -> bool {
    let has = |key: &str| text.contains(key);
    text.trim_start().starts_with('{') && has("\"runs\"") && !has("\"trilane\"")
}

/// Whether somebody meant a text to be a profile: its first key is a profile's.
fn looks_like_profile(text: &str) -> bool {
    let mut lines = text.lines().map(str::trim);
    lines
        .find(|line| !line.is_empty() && !line.starts_with('#'))
        .is_some_and(|line| line.starts_with("format") && line.contains('='))
}
