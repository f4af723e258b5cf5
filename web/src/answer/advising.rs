//! Advice: the flowchart walked on a scenario's numbers, plans ranked, knobs turned.
//!
//! It is worked out in one go, and tells how far it is; whoever does not want it any more ends the worker.

use std::cell::Cell;
use std::fmt;

use trilane_core::advice::Family;
use trilane_core::advice::document;
use trilane_core::advice::flips::Way;
use trilane_core::advice::flowchart::walk;
use trilane_core::advice::work::Work;
use trilane_core::advisor::{self, Counsel, Crew, Curve};
use trilane_core::code;
use trilane_core::model::Setup;
use trilane_core::race::{self, CORES, Machine, RaceError};
use trilane_core::report::Report;
use trilane_core::scenario::Scenario;
use trilane_timeline::plot;
use trilane_timeline::plot::{Role, Sweep};

use super::lanes::theme;
use super::later::own;
use super::{Answer, refusal};
use crate::learn::filled;
use crate::wire::{
    Advised, Advising, Flip, Picture, Question, Ranked, Reply, Stage, Surface, SweepAsk, Walked,
    When,
};

/// Height of a plot, px: on a narrow page and on a wide one.
const PLOT_PX: [f32; 2] = [260.0, 320.0];
/// From which width on a page is wide, px.
const WIDE_PX: u32 = 560;

/// Hears how far the work is.
pub(super) type Tell = Box<dyn Fn(Reply)>;

/// Whoever drives the agent, told how far it is.
#[derive(Default)]
pub(super) struct Told(pub(super) Option<Tell>);

impl fmt::Debug for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Told")
    }
}

/// What a question is about, read.
fn read(question: &Question) -> Result<(Scenario, Machine), RaceError> {
    let scenario = race::read(&question.text)?;
    let cores = question.cores.or(scenario.cores).unwrap_or(CORES);
    let own = question.profile.as_deref().and_then(own);
    let machine = Machine::new(cores, &question.python, own.as_ref())?;
    Ok((scenario, machine))
}

/// What the scenario answers by itself.
pub(super) fn walked(question: &Question) -> Answer {
    let reply = match read(question) {
        Ok((scenario, _)) => {
            let walk = walk(&Work::of(&scenario));
            Reply::Walked(Box::new(Walked {
                title: scenario.title,
                decisions: walk.decisions,
                answer: walk.answer,
            }))
        }
        Err(error) => refusal(0, &error),
    };
    reply.into()
}

/// The advice, and the runs behind it, for plots.
pub(super) fn advise(question: &Question, told: &Told) -> (Answer, Vec<Curve>) {
    let counsel = read(question).and_then(|(scenario, mut machine)| {
        let crew = One(told);
        let counsel = advisor::advise(&scenario, &mut machine, &[], scenario.seed, &crew)?;
        Ok((scenario, counsel))
    });
    match counsel {
        Ok((scenario, counsel)) => {
            let advised = advised(&scenario, &counsel);
            (Reply::Advised(Box::new(advised)).into(), counsel.curves)
        }
        Err(error) => (refusal(0, &error).into(), vec![]),
    }
}

/// One job after the other, as a worker is one thread.
struct One<'a>(&'a Told);

impl Crew for One<'_> {
    fn map<J: Sync, R: Send>(
        &self,
        stage: advisor::Stage,
        jobs: &[J],
        work: impl Fn(&J) -> R + Sync,
    ) -> Vec<R> {
        let stage = match stage {
            advisor::Stage::Ranking => Stage::Ranking,
            advisor::Stage::Jitter => Stage::Jitter,
            advisor::Stage::Knobs => Stage::Knobs,
        };
        let of = u32::try_from(jobs.len()).unwrap_or(u32::MAX);
        let done = Cell::new(0);
        let tell = |done: u32| {
            if let Some(tell) = &self.0.0 {
                tell(Reply::Advising(Advising { stage, done, of }));
            }
        };
        tell(0);
        let results = jobs.iter().map(|job| {
            let result = work(job);
            done.set(done.get() + 1);
            tell(done.get());
            result
        });
        results.collect()
    }

    fn summarise(setup: &Setup<'_>) -> Report {
        trilane_figures::summarise(setup)
    }
}

fn advised(scenario: &Scenario, counsel: &Counsel) -> Advised {
    let Counsel { advice, best, .. } = counsel;
    let ranking: Vec<Ranked> = advice.ranking.iter().map(ranked).collect();
    let place = ranking
        .iter()
        .position(|row| Some(&row.plan) == advice.best.as_ref());
    let flips = advice.flips.iter().map(|flip| {
        let plot = counsel.curves.iter().position(|one| one.key == flip.key);
        Flip {
            key: flip.key.clone(),
            at: flip.at.clone(),
            when: match flip.when {
                Way::Above => When::Above,
                Way::Below => When::Below,
                Way::Is => When::Is,
            },
            now: flip.now.clone(),
            to: flip.to.clone(),
            plot: plot.unwrap_or_default() as u32,
        }
    });
    Advised {
        cores: advice.cores,
        python: advice.python.clone(),
        best: place.map(|place| place as u32),
        because: advice.because.clone(),
        elsewhere: advice.elsewhere.iter().map(ranked).collect(),
        flips: flips.collect(),
        answer: Some(counsel.walk.answer),
        disagreement: advice.disagreement.clone(),
        one_task_in: [advice.effort.one_task_in, advice.effort.flips_one_task_in],
        knobs: advice.effort.knobs[0],
        seeds: advice.effort.seeds,
        code: best.as_ref().map_or_else(String::new, |entry| {
            code::program(scenario, &entry.plan, &entry.python)
        }),
        ranking,
    }
}

fn ranked(row: &document::Ranked) -> Ranked {
    Ranked {
        plan: row.plan.clone(),
        family: row.family,
        python: row.python.clone(),
        median_ns: row.makespan_ns,
        half_ns: row.interval_ns,
        runs: row.runs,
        speedup: row.speedup,
        ended: match row.outcome {
            "completed" => Ok(()),
            outcome => Err(outcome.to_owned()),
        },
        held: row.held_back.clone(),
    }
}

/// A plot of the last advice.
pub(super) fn sweep(curves: &[Curve], ask: &SweepAsk, surface: Surface) -> Answer {
    let Some(curve) = curves.get(ask.plot as usize) else {
        return Reply::Stale.into();
    };
    let label = |number: u64| curve.now.with(number).to_string();
    let crossings = curve.flips.iter().map(|(at, to)| {
        let said = filled(&ask.flips, &[&at.to_string(), &to.to_string()]);
        (at.number(), said)
    });
    let sweep = Sweep {
        curves: curve
            .families
            .iter()
            .enumerate()
            .map(|(place, family)| {
                let points = curve.points.iter().map(|(at, times)| (*at, times[place]));
                plot::Curve {
                    name: family.to_string(),
                    role: role(curve, *family),
                    points: points.collect(),
                }
            })
            .collect(),
        now: (
            curve.now.number(),
            filled(&ask.now, &[&curve.now.to_string()]),
        ),
        crossings: crossings.collect(),
        axes: [curve.key.clone(), ask.time.clone()],
        none: ask.none.clone(),
    };
    let height = PLOT_PX[usize::from(surface.width_px >= WIDE_PX)];
    let size = (surface.width_px as f32, height);
    let list = plot::sweep(&sweep, &label, size);
    let picture = Picture::new(&list, size, surface.density, theme(surface));
    Answer {
        reply: Reply::Swept(ask.plot, plot::sweep_words(&sweep)),
        parts: vec![picture.pack()],
    }
}

fn role(curve: &Curve, family: Family) -> Role {
    match () {
        () if family == curve.winner => Role::Now,
        () if curve.flips.iter().any(|(_, to)| *to == family) => Role::Then,
        () => Role::Other,
    }
}
