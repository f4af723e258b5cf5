//! The worker's work: a request in, a reply and its bytes out. It knows no browser.
//!
//! A race is run a plan at a time ([`Agent::work`]), so that whoever drives the agent can hear of a newer
//! race between two plans, and drop the older.

mod advising;
mod agreement;
mod figures;
mod files;
mod lanes;
mod later;
mod measured;
mod pairs;
mod racing;
mod run;

use trilane_core::advisor::Curve;
use trilane_core::race::RaceError;
use trilane_core::trace::codec;
use trilane_timeline::words::Say;

pub use later::{Later, PART};

use crate::wire::{Ask, Picture, Reply, Request, Shown, Surface, Tongue};
use measured::FileRun;
use racing::Racing;
use run::Run;

/// A reply, and what goes beside it as bytes.
#[derive(Debug)]
pub struct Answer {
    /// The reply.
    pub reply: Reply,
    /// Pictures as [`Picture::pack`] packs them, or a file.
    pub parts: Vec<Vec<u8>>,
}

impl From<Reply> for Answer {
    fn from(reply: Reply) -> Answer {
        let parts = vec![];
        Answer { reply, parts }
    }
}

/// What the worker keeps between requests.
#[derive(Debug, Default)]
pub struct Agent {
    /// What is in the files of real runs, by their numbers.
    files: Vec<(u32, Vec<FileRun>)>,
    /// The race that is being run.
    racing: Option<(Racing, Surface)>,
    /// The last one that was.
    race: Ended,
    /// Hears how far an advice is.
    told: advising::Told,
    /// The runs behind the last advice.
    curves: Vec<Curve>,
}

/// A race that was run, with all that is asked about it later.
#[derive(Debug, Default)]
struct Ended {
    shown: Shown,
    /// The scenario's text, for the programs.
    text: String,
    /// A run a row, where it could be run.
    runs: Vec<Option<Run>>,
    /// The end of the fastest, ns.
    best_ns: Option<u64>,
    /// The language of its pictures, where that is not English.
    tongue: Option<Tongue>,
}

impl Ended {
    /// What its pictures say, in their language. Whoever asks for another than English has fetched what it takes.
    fn say(&self, text: &str) -> String {
        let known = self.tongue.as_ref().zip(PART.here());
        known.map_or_else(
            || text.to_owned(),
            |(tongue, later)| later.say(tongue, text),
        )
    }
}

impl Agent {
    /// Says how far it is, while it takes a request, to `tell`.
    pub fn on_progress(&mut self, tell: impl Fn(Reply) + 'static) {
        self.told = advising::Told(Some(Box::new(tell)));
    }

    /// Takes a request. A race only begins: [`Agent::work`] does it. `bytes` come with the request.
    ///
    /// Whoever drives the agent has fetched [`PART`] where the request [needs](Request::is_later) it: one
    /// that is not here is answered with [`Reply::Missing`].
    pub fn ask(&mut self, request: Request, bytes: Vec<u8>) -> Answer {
        let later = PART.here();
        if later.is_none() && request.is_later() {
            return Reply::Missing.into();
        }
        match (request, later) {
            (Request::Race(ask, surface), later) => self.begin(*ask, surface, later),
            (Request::Draw(surface), _) => self.redraw(surface),
            (request, Some(later)) => later.answer(self, request, bytes),
            (_, None) => Reply::Missing.into(),
        }
    }

    fn begin(&mut self, ask: Ask, surface: Surface, later: Option<&Later>) -> Answer {
        let number = ask.race;
        let begun = Racing::begin(ask, &self.files, later);
        let reply = match &begun {
            Ok(_) => Reply::Begun(number),
            Err(error) => refusal(number, error),
        };
        self.racing = begun.ok().map(|racing| (racing, surface));
        reply.into()
    }

    /// Runs the next plan of the race that was begun; answers when it was the last.
    pub fn work(&mut self) -> Option<Answer> {
        let (racing, _) = self.racing.as_mut()?;
        if racing.step() {
            return None;
        }
        let (racing, surface) = self.racing.take()?;
        self.race = racing.end();
        let parts = self.draw(surface);
        let shown = Box::new(self.race.shown.clone());
        Some(Answer {
            reply: Reply::Race(shown),
            parts,
        })
    }

    /// Whether a race is being run.
    pub fn works(&self) -> bool {
        self.racing.is_some()
    }

    fn redraw(&mut self, surface: Surface) -> Answer {
        // What is being run is to be drawn as wide, too.
        if let Some((_, wanted)) = &mut self.racing {
            *wanted = surface;
        }
        let parts = self.draw(surface);
        let reply = Reply::Drawn(self.race.shown.axis);
        Answer { reply, parts }
    }

    /// The race's pictures, a run each.
    fn draw(&mut self, surface: Surface) -> Vec<Vec<u8>> {
        let race = &mut self.race;
        let runs: Vec<&Run> = race.runs.iter().flatten().collect();
        let say = |text: &str| race.say(text);
        let (axis, pictures) = lanes::race(&runs, race.best_ns, surface, Say::by(&say));
        race.shown.axis = axis;
        pictures.iter().map(Picture::pack).collect()
    }
}

/// What to say of something that cannot be run.
fn refusal(race: u64, error: &RaceError) -> Reply {
    match error {
        RaceError::Scenario(problems) => Reply::problems(race, problems),
        other => Reply::Refused(race, other.to_string()),
    }
}

/// Reads a trace file.
fn trace_of(bytes: &[u8]) -> Result<trilane_core::trace::Trace, String> {
    codec::decode(bytes).map_err(|error| format!("this is no trace that can be read: {error}"))
}

#[cfg(test)]
mod pair_tests;
#[cfg(test)]
mod tests;
