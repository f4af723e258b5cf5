//! What page and worker say to each other: requests and replies, with bytes beside them (pictures, files).
//!
//! Both sides are of one build, so they travel as postcard has them: a value after the other, without names.

mod advice;
mod axis;
mod picture;
mod tongue;

pub use advice::{Advised, Advising, Flip, Ranked, Stage, SweepAsk, Walked, When};
pub use axis::Axis;
pub use picture::Picture;
pub use tongue::Tongue;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use trilane_core::scenario::Problem;
use trilane_core::trace::SpanKind;

/// A request or a reply as bytes.
pub fn pack(value: &impl Serialize) -> Vec<u8> {
    postcard::to_allocvec(value).expect("nothing here has a length that is not known")
}

/// What [`pack`] packed; nothing where the bytes are none of it.
pub fn unpack<T: DeserializeOwned>(bytes: &[u8]) -> Option<T> {
    postcard::from_bytes(bytes).ok()
}

/// What the page asks for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Request {
    /// A trace file's bytes come beside this: it is kept under this number, for races to name.
    Keep(u32),
    /// A race, with its pictures.
    Race(Box<Ask>, Surface),
    /// The pictures of the last race again, on another surface.
    Draw(Surface),
    /// A row opened into its lanes.
    Lanes(LanesAsk),
    /// What happens at an instant.
    At(AtAsk),
    /// What is under a point of an opened row.
    Point(LanesAsk, (f32, f32)),
    /// Another span is selected, from the one that is.
    Move(LanesAsk, Move),
    /// A row's figures and plots.
    Figures(Of, Surface),
    /// A row's events as text, for who cannot see its lanes.
    Events(Of, u64),
    /// A row's program.
    Code(Of),
    /// A row's whole trace, for the page to draw as kitchens.
    Kitchen(Of),
    /// A file to keep.
    Export(Of, Export, Surface),
    /// What a scenario answers in the flowchart by its own numbers.
    Walk(Box<Question>),
    /// Which plan suits it: seconds of work, all in one go.
    Advise(Box<Question>),
    /// A plot of the last advice.
    Sweep(SweepAsk, Surface),
    /// The document of `trilane simulate --json`.
    Simulate {
        /// The scenario.
        text: String,
        /// The plans; none are the default ones.
        plans: Vec<String>,
    },
}

impl Request {
    /// Whether it needs what is fetched only after the first race.
    pub fn is_later(&self) -> bool {
        match self {
            Request::Race(ask, _) => {
                let Question { files, profile, .. } = &ask.question;
                !files.is_empty() || profile.is_some() || ask.tongue.is_some()
            }
            Request::Draw(_) => false,
            _ => true,
        }
    }

    /// Of two requests in one slot the newer is answered, and the older forgotten.
    pub fn slot(&self) -> u32 {
        match self {
            // The page's own documents and files are all wanted.
            Request::Simulate { .. } | Request::Keep(_) | Request::Export(..) => u32::MAX,
            Request::Race(..) | Request::Draw(_) => 0,
            Request::At(_) => 1,
            Request::Move(..) => 2,
            Request::Lanes(_) => 3,
            Request::Point(..) => 4,
            Request::Figures(..) => 5,
            Request::Events(..) => 6,
            Request::Code(_) => 7,
            Request::Kitchen(_) => 8,
            Request::Walk(_) => 9,
            Request::Advise(_) => 10,
            Request::Sweep(..) => 11,
        }
    }
}

/// A row of a race: of which race, and which row.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Of {
    /// The race's number.
    pub race: u64,
    /// The row's.
    pub row: u32,
}

/// A race to run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Ask {
    /// Its number.
    pub race: u64,
    /// What is asked.
    pub question: Question,
    /// The language of its pictures; nothing is English.
    pub tongue: Option<Tongue>,
}

/// What decides a race.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Question {
    /// The scenario.
    pub text: String,
    /// The plans, as written.
    pub plans: Vec<String>,
    /// Cores, where they are not to be the scenario's own.
    pub cores: Option<u32>,
    /// The Python of plans that do not say.
    pub python: String,
    /// A profile besides the embedded ones, as text.
    pub profile: Option<String>,
    /// Trace files shown below the plans: their numbers and names.
    pub files: Vec<(u32, String)>,
}

/// What pictures are painted for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Surface {
    /// Their width, px.
    pub width_px: u32,
    /// Screen pixels in a px.
    pub density: f32,
    /// For the dark theme.
    pub dark: bool,
    /// The race's axis is logarithmic.
    pub log: bool,
}

/// A row opened into its lanes.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct LanesAsk {
    /// Which row.
    pub of: Of,
    /// A lane a task instead of a thread.
    pub tasks: bool,
    /// From when to when, ns; all of it where nothing is given.
    pub window: Option<(f64, f64)>,
    /// What is selected.
    pub selected: Option<Selected>,
    /// What it is painted for.
    pub surface: Surface,
}

/// A selected span: the row of the opened lanes, and an instant within it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Selected {
    /// The row's number, from the top.
    pub row: u32,
    /// ns.
    pub at_ns: u64,
}

/// From one span to another.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Move {
    /// What is under a point, px.
    Point(f32, f32),
    /// The next on its lane.
    Next,
    /// The previous on its lane.
    Previous,
    /// Where its flow leads.
    Along,
    /// Where its flow comes from.
    Back,
    /// The lane above, at the same time.
    Up,
    /// The lane below, at the same time.
    Down,
    /// The first of all, or the one at the playhead.
    Enter(u64),
}

/// An instant to be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AtAsk {
    /// Of which row.
    pub of: Of,
    /// When, ns.
    pub at_ns: u64,
    /// The instant at which something happens after this one (1), or before it (-1); 0 for this one.
    pub step: i8,
}

/// A file to make of a row, or of the race.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Export {
    /// A row's timeline as a picture.
    Svg,
    /// The same, for the page to paint as pixels.
    Png,
    /// Every row on one axis as a picture.
    RaceSvg,
    /// Chrome's trace events.
    Chrome,
    /// Perfetto's trace.
    Perfetto,
    /// Trilane's own trace, which can be dropped here again.
    Trace,
    /// Every row's figures as a table.
    Csv,
}

/// What the worker answers. Bytes come beside some.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Reply {
    /// Something was kept.
    Kept,
    /// This race is being run now.
    Begun(u64),
    /// A race was run; beside it its pictures, one a row that ran.
    Race(Box<Shown>),
    /// Pictures of the race, and its new axis.
    Drawn(Axis),
    /// An opened row, and its picture.
    Lanes(Box<Lanes>),
    /// What is at a point, in words; nothing where nothing is.
    Tip(Of, Option<String>),
    /// What was selected, and from when to when it lasts.
    Selected(Of, Option<Pick>),
    /// An instant.
    At(Box<Told>),
    /// A row's figures, and its two plots.
    Figures(Box<Figures>),
    /// A row's events.
    Events(Of, EventTable),
    /// A row's program.
    Code(Of, String),
    /// A row's trace; its bytes come beside it, as in a file.
    Kitchen(Of),
    /// A file: its name; its bytes come beside it.
    File(Of, Export, String),
    /// The scenario of this race is wrong.
    Problems(u64, Vec<Trouble>),
    /// This race cannot be run, in words.
    Refused(u64, String),
    /// What the scenario answers.
    Walked(Box<Walked>),
    /// An advice is being worked out.
    Advising(Advising),
    /// It is.
    Advised(Box<Advised>),
    /// A plot of it, by its number, in words; its picture comes beside it.
    Swept(u32, Vec<String>),
    /// It was asked of a race that is no longer here.
    Stale,
    /// What it needs could not be fetched.
    Missing,
    /// A document, or why there is none.
    Json(Result<String, String>),
}

impl Reply {
    /// Whether no race is being run after it.
    pub fn ends_race(&self) -> bool {
        matches!(
            self,
            Reply::Race(_) | Reply::Problems(..) | Reply::Refused(..)
        )
    }
}

/// A race, as it is shown.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Shown {
    /// Its number.
    pub race: u64,
    /// The scenario's title.
    pub title: String,
    /// Its notes, in Markdown.
    pub notes: String,
    /// Its seed.
    pub seed: u64,
    /// Cores of the machine.
    pub cores: u32,
    /// Tasks.
    pub tasks: u64,
    /// One a plan, in the order asked for, each with what was measured of it below; then the other files.
    pub rows: Vec<Row>,
    /// Who won, by how much and why.
    pub verdict: String,
    /// How well predictions and measurements agree; nothing where nothing was measured.
    pub agreement: String,
    /// What the files of measured runs say of how they were made, each once.
    pub remarks: Vec<String>,
    /// Numbers of the states that occur.
    pub states: Vec<u8>,
    /// The time axis.
    pub axis: Axis,
    /// When the longest run ends, ns.
    pub end_ns: u64,
}

/// A row of a race.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// The plan as written, or the file's name.
    pub written: String,
    /// Where it comes from.
    pub source: Source,
    /// The machine that a measured run was made on, where its file says.
    pub machine: String,
    /// Its run, or why there is none to be seen.
    pub run: Result<Ran, String>,
    /// Of a measured run: how its prediction, in a row above, compares with it.
    pub pair: Option<Pair>,
}

/// Where a row comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Source {
    /// The race's plan at this place.
    Plan(u32),
    /// A prediction that nobody asked for, of what was measured below it.
    Twin,
    /// The file at this place, and which of its runs.
    File(u32, u32),
}

impl Row {
    /// Whether it is a file that was dropped.
    pub fn is_file(&self) -> bool {
        matches!(self.source, Source::File(..))
    }
}

/// A measured run beside its prediction.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Pair {
    /// How far the predicted run time is off: `predicted / measured - 1`.
    pub error: Option<f64>,
    /// What is compared, predicted, measured, and the error, for people.
    pub table: Vec<[String; 4]>,
    /// All of it in a sentence or two.
    pub words: String,
    /// Whether other work or a moving clock disturbed the run, so that the error may be theirs.
    pub disturbed: bool,
}

/// A plan's run in figures and words.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Ran {
    /// The plan as one writes it, resolved: `threads(8)`.
    pub plan: String,
    /// The Python.
    pub python: String,
    /// Whether it really ran.
    pub measured: bool,
    /// Its name for people: `asyncio + threads`.
    pub name: String,
    /// What it is in Python.
    pub detail: String,
    /// Run time.
    pub makespan_ns: u64,
    /// Run time for people, or how it ended.
    pub time: String,
    /// Run time of `sync` by its own.
    pub speedup: Option<f64>,
    /// The same for people.
    pub times: String,
    /// `completed`, `deadlock`, `stopped`.
    pub outcome: String,
    /// Whether it is the fastest.
    pub best: bool,
    /// Whether it goes on past the axis.
    pub late: bool,
    /// What held it back.
    pub held: String,
    /// Its picture in words.
    pub words: String,
}

/// An opened row.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Lanes {
    /// Which.
    pub of: Of,
    /// Whether each lane is a task's.
    pub tasks: bool,
    /// Its time axis.
    pub axis: Axis,
    /// All the time there is to see, ns.
    pub all: (f64, f64),
    /// In words, for who cannot see it.
    pub words: String,
}

/// A selected span.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Pick {
    /// Where it is.
    pub selected: Selected,
    /// In words.
    pub words: String,
    /// From when to when, ns.
    pub span_ns: (u64, u64),
}

/// What happens at an instant.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Told {
    /// Of which row.
    pub of: Of,
    /// When, ns.
    pub at_ns: u64,
    /// The most telling of it.
    pub headline: String,
    /// Why.
    pub sentences: Vec<String>,
    /// The rule behind it: its name, its source in CPython, and the address of its place in Learn.
    pub rule: Option<[String; 3]>,
    /// Who does what: names and values.
    pub counters: Vec<(String, String)>,
}

/// A row's figures.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Figures {
    /// Of which row.
    pub of: Of,
    /// Names and values.
    pub table: Vec<(String, String)>,
    /// The plots in words: latencies, utilisation.
    pub words: [String; 2],
}

/// Events of a row as text.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct EventTable {
    /// How many there are in all.
    pub all: u64,
    /// The number of the first one here.
    pub first: u64,
    /// From when, for how long, who, what, for which task or on which thread.
    pub rows: Vec<[String; 5]>,
}

/// A problem of a scenario's text.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trouble {
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
    /// Characters of the place.
    pub length: u32,
    /// What is wrong, and what to do, in a line.
    pub message: String,
    /// All of it, with the excerpt.
    pub text: String,
}

impl Reply {
    /// A scenario's problems as they travel.
    pub fn problems(race: u64, problems: &[Problem]) -> Reply {
        let told = problems.iter().map(|p| Trouble {
            line: p.line,
            column: p.column,
            length: p.width,
            message: format!("{}: {}", p.message, p.remedy),
            text: p.render("line"),
        });
        Reply::Problems(race, told.collect())
    }
}

/// The state of a number.
pub fn state_of(number: u8) -> Option<SpanKind> {
    SpanKind::ALL.into_iter().find(|kind| *kind as u8 == number)
}
