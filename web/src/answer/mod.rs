//! The worker's work: a request in, a reply and its bytes out. It knows no browser.
//!
//! A race is run a plan at a time ([`Agent::work`]), so that whoever drives the agent can hear of a newer
//! race between two plans, and drop the older.

mod advising;
mod agreement;
mod figures;
mod files;
mod lanes;
mod measured;
mod pairs;
mod racing;
mod run;

use trilane_core::advisor::Curve;
use trilane_core::race::{self, RaceError};
use trilane_core::trace::codec;

use crate::wire::{Of, Picture, Reply, Request, Shown, Surface};
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
}

impl Agent {
    /// Says how far it is, while it takes a request, to `tell`.
    pub fn on_progress(&mut self, tell: impl Fn(Reply) + 'static) {
        self.told = advising::Told(Some(Box::new(tell)));
    }

    /// Takes a request. A race only begins: [`Agent::work`] does it. `bytes` come with the request.
    pub fn ask(&mut self, request: Request, bytes: Vec<u8>) -> Answer {
        if let Request::Race(ask, surface) = request {
            let number = ask.race;
            let begun = Racing::begin(*ask, &self.files);
            let reply = match &begun {
                Ok(_) => Reply::Begun(number),
                Err(error) => refusal(number, error),
            };
            self.racing = begun.ok().map(|racing| (racing, surface));
            return reply.into();
        }
        self.answer(request, bytes)
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

    fn answer(&mut self, request: Request, bytes: Vec<u8>) -> Answer {
        match request {
            Request::Keep(number) => {
                self.files.retain(|(kept, _)| *kept != number);
                self.files.push((number, measured::read(&bytes)));
                Reply::Kept.into()
            }
            Request::Simulate { text, plans } => {
                let race = race::simulate(&text, &plans);
                let document = race.map(|race| race.to_json() + "\n");
                Reply::Json(document.map_err(|error| error.to_string())).into()
            }
            Request::Walk(question) => advising::walked(&question),
            Request::Advise(question) => {
                let (answer, curves) = advising::advise(&question, &self.told);
                self.curves = curves;
                answer
            }
            Request::Sweep(ask, surface) => advising::sweep(&self.curves, &ask, surface),
            Request::Draw(surface) => {
                // What is being run is to be drawn as wide, too.
                if let Some((_, wanted)) = &mut self.racing {
                    *wanted = surface;
                }
                let parts = self.draw(surface);
                let reply = Reply::Drawn(self.race.shown.axis);
                Answer { reply, parts }
            }
            Request::Lanes(ask) => self.on(ask.of, |run, _| run.lanes(&ask)),
            Request::Point(ask, at) => self.on(ask.of, |run, _| run.point(&ask, at)),
            Request::Move(ask, how) => self.on(ask.of, |run, _| run.go(&ask, how)),
            Request::At(ask) => self.on(ask.of, |run, _| run.at(&ask)),
            Request::Figures(of, surface) => self.on(of, |run, _| run.figures(of, surface)),
            Request::Events(of, first) => self.on(of, |run, _| run.events(of, first)),
            Request::Kitchen(of) => self.on(of, |run, _| Answer {
                reply: Reply::Kitchen(of),
                parts: vec![codec::encode(&run.trace)],
            }),
            Request::Code(of) => self.on(of, |run, race| files::code(race, run, of)),
            Request::Export(of, what, surface) => {
                self.on(of, |run, race| files::export(race, run, of, what, surface))
            }
            Request::Race(..) => unreachable!("`ask` takes it"),
        }
    }

    /// Answers about a row, as long as it is still here.
    fn on(&mut self, of: Of, answer: impl FnOnce(&mut Run, &Ended) -> Answer) -> Answer {
        if of.race != self.race.shown.race {
            return Reply::Stale.into();
        }
        // Taken out, so that the row and the race around it can be lent at once.
        let Some(mut run) = self
            .race
            .runs
            .get_mut(of.row as usize)
            .and_then(Option::take)
        else {
            return Reply::Stale.into();
        };
        let answer = answer(&mut run, &self.race);
        self.race.runs[of.row as usize] = Some(run);
        answer
    }

    /// The race's pictures, a run each.
    fn draw(&mut self, surface: Surface) -> Vec<Vec<u8>> {
        let race = &mut self.race;
        let runs: Vec<&Run> = race.runs.iter().flatten().collect();
        let (axis, pictures) = lanes::race(&runs, race.best_ns, surface);
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
