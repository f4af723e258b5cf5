//! What a first race needs nothing of, behind a cut: everything that is asked about a race once it was run, and
//! files of real runs.

use trilane_core::profile::{Profile, parse_profile};
use trilane_core::race;
use trilane_core::trace::codec;
use trilane_core::workload::Workload;

use super::measured::{self, FileRun};
use super::pairs::{Around, Pairs, given};
use super::run::Run;
use super::{Agent, Answer, Ended, advising, agreement, files};
use crate::cut::{Part, cut};
use crate::wire::{Of, Reply, Request, Row, Tongue};

/// What leads to all of it.
#[derive(Debug)]
pub struct Later {
    answer: fn(&mut Agent, Request, Vec<u8>) -> Answer,
    pairs: Pairing,
    own: fn(&str) -> Option<Profile>,
    say: fn(&Tongue, &str) -> String,
}

/// The files that are asked for by number and name, of those that were kept, put into a race.
pub(super) type Pairing =
    fn(&[(u32, String)], &[(u32, Vec<FileRun>)], &Around<'_>) -> Box<dyn Beside>;

/// What was measured, beside a race that is being run.
pub(super) trait Beside: std::fmt::Debug {
    /// Runs the next prediction that it needs; false when there was none left.
    fn step(&mut self, workload: &Workload) -> bool;
    /// What the files say of how they were made.
    fn remarks(&self) -> Vec<String>;
    /// Puts what was measured below its prediction, and the rest below all; says how well they agree.
    fn arrange(self: Box<Self>, rows: &mut Vec<Row>, runs: &mut Vec<Option<Run>>) -> String;
}

static LATER: Later = Later {
    answer,
    pairs: |wanted, kept, around| Box::new(Pairs::new(given(wanted, kept), around)),
    own,
    say: Tongue::say,
};

cut!(later, fn later() -> &'static Later = &LATER);

/// The part itself.
pub static PART: Part<&'static Later> = Part::new(|| Box::pin(later()));

impl Later {
    pub(super) fn answer(&self, agent: &mut Agent, request: Request, bytes: Vec<u8>) -> Answer {
        (self.answer)(agent, request, bytes)
    }

    pub(super) fn pairs(&self) -> Pairing {
        self.pairs
    }

    pub(super) fn own(&self, text: &str) -> Option<Profile> {
        (self.own)(text)
    }

    /// What a picture says, in another language.
    pub(super) fn say(&self, tongue: &Tongue, text: &str) -> String {
        (self.say)(tongue, text)
    }
}

/// A profile that somebody gave. The page read it before it came here.
pub(super) fn own(text: &str) -> Option<Profile> {
    parse_profile(text).ok()
}

impl Beside for Pairs {
    fn step(&mut self, workload: &Workload) -> bool {
        self.run_next(workload)
    }

    fn remarks(&self) -> Vec<String> {
        self.told()
    }

    fn arrange(self: Box<Self>, rows: &mut Vec<Row>, runs: &mut Vec<Option<Run>>) -> String {
        self.put_among(rows, runs);
        agreement::whole(rows)
    }
}

fn answer(agent: &mut Agent, request: Request, bytes: Vec<u8>) -> Answer {
    match request {
        Request::Keep(number) => {
            agent.files.retain(|(kept, _)| *kept != number);
            agent.files.push((number, measured::read(&bytes)));
            Reply::Kept.into()
        }
        Request::Simulate { text, plans } => {
            let race =
                race::simulate_by(&text, &plans, trilane_hot::draw, trilane_figures::summarise);
            let document = race.map(|race| race.to_json() + "\n");
            Reply::Json(document.map_err(|error| error.to_string())).into()
        }
        Request::Walk(question) => advising::walked(&question),
        Request::Advise(question) => {
            let (answer, curves) = advising::advise(&question, &agent.told);
            agent.curves = curves;
            answer
        }
        Request::Sweep(ask, surface) => advising::sweep(&agent.curves, &ask, surface),
        Request::Lanes(ask) => on(agent, ask.of, |run, race| run.lanes(&ask, race)),
        Request::Point(ask, at) => on(agent, ask.of, |run, race| run.point(&ask, at, race)),
        Request::Move(ask, how) => on(agent, ask.of, |run, race| run.go(&ask, how, race)),
        Request::At(ask) => on(agent, ask.of, |run, _| run.at(&ask)),
        Request::Figures(of, surface) => on(agent, of, |run, _| run.figures(of, surface)),
        Request::Events(of, first) => on(agent, of, |run, _| run.events(of, first)),
        Request::Kitchen(of) => on(agent, of, |run, _| Answer {
            reply: Reply::Kitchen(of),
            parts: vec![codec::encode(&run.trace)],
        }),
        Request::Code(of) => on(agent, of, |run, race| files::code(race, run, of)),
        Request::Export(of, what, surface) => on(agent, of, |run, race| {
            files::export(race, run, of, what, surface)
        }),
        Request::Race(..) | Request::Draw(_) => unreachable!("the agent answers these by itself"),
    }
}

/// Answers about a row, as long as it is still here.
fn on(agent: &mut Agent, of: Of, answer: impl FnOnce(&mut Run, &Ended) -> Answer) -> Answer {
    let race = &mut agent.race;
    if of.race != race.shown.race {
        return Reply::Stale.into();
    }
    // Taken out, so that the row and the race around it can be lent at once.
    let Some(mut run) = race.runs.get_mut(of.row as usize).and_then(Option::take) else {
        return Reply::Stale.into();
    };
    let answer = answer(&mut run, race);
    race.runs[of.row as usize] = Some(run);
    answer
}
