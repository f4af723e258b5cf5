//! A race while it is run, a plan at a time.

use trilane_core::advice::why::held_back;
use trilane_core::advice::{verdict, work};
use trilane_core::compare::times;
use trilane_core::plan::parse_plan;
use trilane_core::race::{self, CORES, Entry, Machine, RaceError};
use trilane_core::report::{Report, report};
use trilane_core::scenario::Scenario;
use trilane_core::trace::Trace;
use trilane_core::units::Dur;
use trilane_core::workload::Workload;
use trilane_timeline::rows::Timeline;
use trilane_timeline::words;

use super::Ended;
use super::later::{Beside, Later};
use super::measured::FileRun;
use super::pairs::Around;
use super::run::Run;
use crate::wire::{Ask, Ran, Row, Shown, Source};

/// Most steps, of all tasks, that a race in a browser keeps the traces of: a tab has 4 GB at most.
const MOST_STEPS: u64 = 4_000_000;
/// The switch interval of who has not set another.
pub(super) const SWITCH_INTERVAL: Dur = Dur::from_millis(5);

/// A race that was begun.
#[derive(Debug)]
pub(super) struct Racing {
    ask: Ask,
    scenario: Scenario,
    workload: Workload,
    machine: Machine,
    /// What each plan is, or why it cannot be run.
    entries: Vec<Result<Entry, String>>,
    /// What is run: the plans, and the plain loop where it is not among them.
    jobs: Vec<Entry>,
    /// Plans among the jobs.
    asked: usize,
    /// What was run so far.
    reports: Vec<Report>,
    traces: Vec<Trace>,
    /// What was measured, where there are files of it.
    beside: Option<Box<dyn Beside>>,
}

impl Racing {
    /// Reads what is asked, and draws the work.
    pub(super) fn begin(
        ask: Ask,
        files: &[(u32, Vec<FileRun>)],
        later: Option<&Later>,
    ) -> Result<Racing, RaceError> {
        let question = &ask.question;
        let scenario = race::read(&question.text)?;
        let cores = question.cores.or(scenario.cores).unwrap_or(CORES);
        let own = question.profile.as_deref().zip(later);
        let own = own.and_then(|(text, later)| later.own(text));
        let mut machine = Machine::new(cores, &question.python, own.as_ref())?;
        let entries: Vec<Result<Entry, String>> = question
            .plans
            .iter()
            .map(|written| {
                let spec = parse_plan(written).map_err(RaceError::Plan);
                let entry = spec.and_then(|spec| machine.entry(&spec));
                let entry = entry.map_err(|error| error.to_string())?;
                small(&scenario, &machine, entry)
            })
            .collect();
        let asked: Vec<Entry> = entries.iter().flatten().cloned().collect();
        // A scenario that is too large has nothing to run, not even the loop it is measured against.
        let jobs = match asked.is_empty() {
            true => vec![],
            false => race::jobs(&machine, &asked),
        };
        let workload = trilane_hot::draw(&scenario, scenario.seed);
        let around = Around {
            machine: &machine,
            entries: &entries,
            own: own.as_ref(),
            workload: &workload,
            small: work::steps(&scenario) <= MOST_STEPS,
        };
        let pairing = later
            .map(Later::pairs)
            .filter(|_| !question.files.is_empty());
        let beside = pairing.map(|pairing| pairing(&question.files, files, &around));
        Ok(Racing {
            beside,
            workload,
            asked: asked.len(),
            reports: Vec::with_capacity(jobs.len()),
            traces: Vec::with_capacity(asked.len()),
            ask,
            scenario,
            machine,
            entries,
            jobs,
        })
    }

    /// Runs the next plan; false when there was none left.
    pub(super) fn step(&mut self) -> bool {
        let at = self.reports.len();
        let Some(entry) = self.jobs.get(at) else {
            let beside = self.beside.as_mut();
            return beside.is_some_and(|beside| beside.step(&self.workload));
        };
        let setup = race::setup(&self.workload, &self.machine, entry, 0);
        // Also of the plain loop, whose figures are all that counts: the simulator for figures alone is not here yet.
        let trace = trilane_hot::record(&setup);
        self.reports.push(report(&trace));
        if at < self.asked {
            self.traces.push(trace);
        }
        true
    }

    /// Puts everything together, once all has run.
    pub(super) fn end(self) -> Ended {
        let Racing {
            ask,
            scenario,
            workload,
            machine,
            entries,
            jobs,
            asked,
            reports,
            traces,
            beside,
        } = self;
        let title = workload.title.clone();
        let race = race::finish(&title, scenario.seed, &machine, &jobs, reports, asked);
        let best = race.best();
        let tasks = race.runs.first().map_or(0, |run| run.tasks);
        let settings: Vec<_> = jobs[..asked]
            .iter()
            .map(|entry| machine.setting(entry))
            .collect();
        let names: Vec<String> = jobs[..asked]
            .iter()
            .map(|entry| machine.label(entry))
            .collect();
        let verdict = verdict::verdict(&race, &settings, &names);

        let mut rows = Vec::new();
        let mut runs: Vec<Option<Run>> = Vec::new();
        let mut ran = jobs
            .iter()
            .zip(race.runs)
            .zip(traces)
            .zip(&settings)
            .enumerate();
        for (place, (written, entry)) in (0..).zip(ask.question.plans.iter().zip(entries)) {
            let run = entry.and_then(|_| {
                let next = ran.next().ok_or("it was not run")?;
                let (at, (((entry, report), trace), setting)) = next;
                let interval = Dur::from_nanos(machine.costs(entry).switch_interval);
                let label = machine.label(entry);
                let run = Run::new(trace, report, Some(entry.clone()), label, interval);
                let held = held_back(&run.report, *setting).text;
                let plan = machine.short_name(entry);
                Ok((row(&run, plan, best == Some(at), held), run))
            });
            push(&mut rows, &mut runs, (written.clone(), place), run);
        }
        let remarks = beside.as_ref().map(|beside| beside.remarks());
        let agreement = beside.map(|beside| beside.arrange(&mut rows, &mut runs));
        let timelines = || runs.iter().flatten().map(|run| &run.race);
        let mut states: Vec<u8> = timelines()
            .flat_map(Timeline::states)
            .map(|kind| kind as u8)
            .collect();
        states.sort_unstable();
        states.dedup();
        let end_ns = timelines()
            .map(|timeline| timeline.end_ns)
            .max()
            .unwrap_or(0);
        let best_ns = runs.iter().zip(&rows).find_map(|(run, row)| {
            let is_best = row.run.as_ref().is_ok_and(|ran| ran.best);
            run.as_ref().filter(|_| is_best).map(|run| run.race.end_ns)
        });
        // What was measured is to be seen beside its prediction, however much quicker other plans may be.
        let measured = runs.iter().flatten().filter(|run| run.difference.is_some());
        let measured = measured.map(|run| run.race.end_ns).min();
        let best_ns = best_ns.max(measured.filter(|_| best_ns.is_some()));
        let limit = super::lanes::end_ns(timelines(), best_ns);
        for (row, run) in rows.iter_mut().zip(&runs) {
            if let (Ok(ran), Some(run)) = (&mut row.run, run) {
                ran.late = run.race.end_ns as f64 > limit;
            }
        }
        Ended {
            shown: Shown {
                race: ask.race,
                title,
                notes: scenario.notes.clone().unwrap_or_default(),
                seed: scenario.seed,
                cores: machine.cores,
                tasks,
                rows,
                verdict,
                agreement: agreement.unwrap_or_default(),
                remarks: remarks.unwrap_or_default(),
                states,
                axis: Default::default(),
                end_ns,
            },
            text: ask.question.text,
            runs,
            best_ns,
            tongue: ask.tongue,
        }
    }
}

fn push(
    rows: &mut Vec<Row>,
    runs: &mut Vec<Option<Run>>,
    (written, place): (String, u32),
    run: Result<(Ran, Run), String>,
) {
    let (run, kept) = match run {
        Ok((ran, run)) => (Ok(ran), Some(run)),
        Err(why) => (Err(why), None),
    };
    rows.push(Row {
        written,
        source: Source::Plan(place),
        machine: String::new(),
        run,
        pair: None,
    });
    runs.push(kept);
}

/// A run in figures and words.
pub(super) fn row(run: &Run, plan: String, best: bool, held: String) -> Ran {
    let (name, detail) = words::plan(&run.trace);
    let report = &run.report;
    Ran {
        plan,
        python: report.python.clone(),
        measured: report.origin == "measured",
        name,
        detail,
        makespan_ns: report.makespan_ns,
        time: Dur::from_nanos(report.makespan_ns).to_string(),
        speedup: report.speedup,
        times: report.speedup.map_or_else(String::new, times),
        outcome: report.outcome.to_owned(),
        best,
        // Known when the axis is.
        late: false,
        held,
        words: words::sentence(&run.trace, &run.race),
    }
}

/// Refuses what would not fit into a browser's memory.
fn small(scenario: &Scenario, machine: &Machine, entry: Entry) -> Result<Entry, String> {
    let steps = work::steps(scenario);
    match steps > MOST_STEPS {
        true => Err(format!(
            "its tasks and their steps are {steps}, and a browser runs up to {MOST_STEPS}: save the text to \
             a file and run `trilane simulate FILE --cores {} --python {} --plan '{}'`",
            machine.cores,
            machine.python,
            machine.label(&entry)
        )),
        false => Ok(entry),
    }
}
