//! What was measured, beside its predictions: which row belongs to which, and how far they are apart.
//!
//! A measured run stands below the prediction of the same plan under the same Python on as many cores. Where
//! the race has none, one is made: a *twin*, a row that nobody asked for.

use trilane_core::advice::counted;
use trilane_core::advice::why::held_back;
use trilane_core::compare::{error, median};
use trilane_core::model;
use trilane_core::plan::parse_plan;
use trilane_core::profile::{self, Costs, Profile};
use trilane_core::race::{self, Entry, Machine};
use trilane_core::report::{Report, TimeByState, report};
use trilane_core::trace::{SpanKind, Trace};
use trilane_core::units::Dur;
use trilane_core::workload::Workload;
use trilane_timeline::pair::Difference;

use super::measured::{About, FileRun, Work};
use super::racing::{SWITCH_INTERVAL, row};
use super::run::Run;
use crate::wire::{Pair, Row, Source};

/// Of a state's time it is told that it differs by more than this share of all.
const TOLD: f64 = 0.02;
/// Files, each with what it stands beside.
#[derive(Debug, Default)]
pub(super) struct Pairs {
    files: Vec<(FileRun, Beside)>,
    twins: Vec<Twin>,
}

/// What a run of a file stands beside.
#[derive(Debug)]
enum Beside {
    /// The plan at this place of the race.
    Plan(usize),
    /// The twin at this place.
    Twin(usize),
    /// Nothing, and why; without a word where it was not measured at all.
    Nothing(Option<String>),
}

/// A prediction that nobody asked for.
#[derive(Debug)]
struct Twin {
    machine: Machine,
    entry: Entry,
    made: Option<(Trace, Report)>,
}

/// The race that files are put into.
pub(super) struct Around<'a> {
    pub(super) machine: &'a Machine,
    pub(super) entries: &'a [Result<Entry, String>],
    pub(super) own: Option<&'a Profile>,
    pub(super) workload: &'a Workload,
    /// Whether its traces can be kept at all.
    pub(super) small: bool,
}

impl Pairs {
    /// Finds for each file what it stands beside.
    pub(super) fn new(files: Vec<FileRun>, around: &Around<'_>) -> Pairs {
        let mut pairs = Pairs::default();
        if files.is_empty() {
            return pairs;
        }
        let work = Work {
            digest: around.workload.digest(),
            title: around.workload.title.clone(),
            kinds: (around.workload.kinds.iter())
                .map(|kind| kind.name.clone())
                .collect(),
            tasks: around.workload.tasks,
        };
        for file in files {
            let beside = pairs.beside(&file, &work, around);
            pairs.files.push((file, beside));
        }
        pairs
    }

    fn beside(&mut self, file: &FileRun, work: &Work, around: &Around<'_>) -> Beside {
        let Some(about) = file.about.as_ref().filter(|about| about.measured) else {
            return Beside::Nothing(None);
        };
        if let Some(why) = about.foreign(file.trace.as_ref().ok(), work) {
            return Beside::Nothing(Some(why));
        }
        let fits = |machine: &Machine, entry: &Entry| {
            machine.cores == about.cores
                && entry.python == about.python
                && entry.plan.to_string() == about.plan
        };
        let asked = around.entries.iter().position(|entry| {
            let entry = entry.as_ref();
            entry.is_ok_and(|entry| fits(around.machine, entry))
        });
        if let Some(at) = asked {
            return Beside::Plan(at);
        }
        let twin = |twin: &Twin| fits(&twin.machine, &twin.entry);
        if let Some(at) = self.twins.iter().position(twin) {
            return Beside::Twin(at);
        }
        match Twin::new(about, around) {
            Ok(twin) => {
                self.twins.push(twin);
                Beside::Twin(self.twins.len() - 1)
            }
            Err(why) => Beside::Nothing(Some(why)),
        }
    }

    /// Runs the next twin; false when there was none left.
    pub(super) fn step(&mut self, workload: &Workload) -> bool {
        let Some(twin) = self.twins.iter_mut().find(|twin| twin.made.is_none()) else {
            return false;
        };
        let setup = race::setup(workload, &twin.machine, &twin.entry, 0);
        let trace = model::record(&setup);
        let report = report(&trace);
        twin.made = Some((trace, report));
        true
    }

    /// Puts what was measured below its prediction, and the rest below all.
    pub(super) fn arrange(self, rows: &mut Vec<Row>, runs: &mut Vec<Option<Run>>) {
        let plans = std::mem::take(rows).into_iter();
        let mut files: Vec<Option<(FileRun, Beside)>> = self.files.into_iter().map(Some).collect();
        let mut take = |wanted: &dyn Fn(&Beside) -> bool| -> Vec<(FileRun, Beside)> {
            let mine = files.iter_mut().filter_map(|file| {
                let fits = file.as_ref().is_some_and(|(_, beside)| wanted(beside));
                file.take_if(|_| fits)
            });
            mine.collect()
        };
        let mut out = Vec::new();
        for (at, (row, run)) in plans.zip(std::mem::take(runs)).enumerate() {
            let mine = take(&|beside| matches!(beside, Beside::Plan(plan) if *plan == at));
            out.push((row, run));
            below(mine, &mut out);
        }
        for (at, twin) in self.twins.into_iter().enumerate() {
            let mine = take(&|beside| matches!(beside, Beside::Twin(twin) if *twin == at));
            out.extend(twin.row());
            below(mine, &mut out);
        }
        let rest = take(&|_| true);
        out.extend(rest.into_iter().map(|(file, beside)| {
            let why = match beside {
                Beside::Nothing(why) => why,
                Beside::Plan(_) | Beside::Twin(_) => None,
            };
            file_row(file, why, None)
        }));
        (*rows, *runs) = out.into_iter().unzip();
    }
}

/// Rows of files below the prediction that was put there last.
fn below(files: Vec<(FileRun, Beside)>, out: &mut Vec<(Row, Option<Run>)>) {
    let place = out.len();
    for (file, _) in files {
        let predicted = place.checked_sub(1).and_then(|at| out[at].1.as_ref());
        let row = file_row(file, None, predicted);
        out.push(row);
    }
}

impl Twin {
    fn new(about: &About, around: &Around<'_>) -> Result<Twin, String> {
        let costs = costs(&about.python, around.own)?;
        let mut machine = Machine::with_costs(about.cores, &[costs]);
        let spec = parse_plan(&about.plan).map_err(|error| error.to_string())?;
        let entry = machine.entry(&spec).map_err(|error| error.to_string())?;
        match around.small {
            true => Ok(Twin {
                machine,
                entry,
                made: None,
            }),
            false => Err("its work is too large to be predicted in a browser".to_owned()),
        }
    }

    fn row(self) -> Option<(Row, Option<Run>)> {
        let (trace, report) = self.made?;
        let interval = Dur::from_nanos(self.machine.costs(&self.entry).switch_interval);
        let setting = self.machine.setting(&self.entry);
        let plan = self.machine.short_name(&self.entry);
        let label = self.machine.label(&self.entry);
        let run = Run::new(trace, report, Some(self.entry), label, interval);
        let held = format!(
            "predicted for what was measured below, on {}: {}",
            counted(self.machine.cores.into(), "core"),
            held_back(&run.report, setting).text
        );
        let row = Row {
            written: plan.clone(),
            source: Source::Twin,
            machine: String::new(),
            run: Ok(row(&run, plan, false, held)),
            pair: None,
        };
        Some((row, Some(run)))
    }
}

/// What a Python costs: by the profile at hand, else by the embedded one.
fn costs(python: &str, own: Option<&Profile>) -> Result<Costs, String> {
    if let Some(own) = own.filter(|own| own.python == python) {
        return Ok(own.costs());
    }
    let rust = matches!(python, "rust" | "rust-gil");
    let profile = match rust {
        true => profile::rust(),
        false => profile::embedded(python),
    };
    let mut costs = profile.map(|profile| profile.costs()).ok_or_else(|| {
        format!(
            "there is no profile of `{python}`, so nothing is predicted: drop one that `trilane calibrate` made"
        )
    })?;
    if rust {
        python.clone_into(&mut costs.python);
        costs.gil = python == "rust-gil";
    }
    Ok(costs)
}

/// How well predictions and measurements agree in all, in a sentence; nothing where nothing is beside one.
pub(super) fn agreement(rows: &[Row]) -> String {
    let errors = rows.iter().filter_map(|row| row.pair.as_ref()?.error);
    let mut sizes: Vec<f64> = errors.map(f64::abs).collect();
    sizes.sort_by(f64::total_cmp);
    let Some(median) = median(&sizes) else {
        return String::new();
    };
    let runs = counted(sizes.len() as u64, "measured run");
    match sizes.last().filter(|_| sizes.len() > 1) {
        Some(most) => format!(
            "{runs}: predictions are off by {:.1} % in the middle, and by {:.1} % at most.",
            median * 100.0,
            most * 100.0
        ),
        None => format!("{runs}: the prediction is off by {:.1} %.", median * 100.0),
    }
}

/// A row of a file, beside its prediction where there is one.
fn file_row(file: FileRun, why: Option<String>, predicted: Option<&Run>) -> (Row, Option<Run>) {
    let FileRun {
        name,
        at,
        about,
        trace,
    } = file;
    let about = about.unwrap_or_default();
    let machine = about.machine.clone();
    let seen = trace.map(|trace| {
        let report = report(&trace);
        let plan = trace.plan.clone();
        Run::new(trace, report, None, plan, SWITCH_INTERVAL)
    });
    let difference = predicted.zip(seen.as_ref().ok()).map(|(predicted, run)| {
        // Of both once more, so that a row can be drawn whatever becomes of the other.
        Difference::new(&predicted.trace, &run.trace)
    });
    let pair = predicted.map(|predicted| {
        let measured = seen.as_ref().ok().map(|run| &run.report);
        pair(&predicted.report, &about, measured, difference.as_ref())
    });
    let said = match (&pair, why) {
        (Some(pair), _) => pair.words.clone(),
        (None, Some(why)) => format!("{name}: {why}"),
        (None, None) => name.clone(),
    };
    let (ran, run) = match seen {
        Ok(mut run) => {
            run.difference = difference;
            let mut ran = row(&run, run.trace.plan.clone(), false, said);
            if let Some(difference) = &run.difference {
                ran.words = format!("{} {}", ran.words, difference.sentence());
            }
            (Ok(ran), Some(run))
        }
        // Without a timeline its figures are all there is.
        Err(lost) if about.makespan_ns > 0 => {
            let time = Dur::from_nanos(about.makespan_ns);
            (Err(format!("Measured {time}. {said} {lost}")), None)
        }
        Err(lost) => (Err(lost), None),
    };
    let written = match about.plan.as_str() {
        "" => name,
        plan => format!("{plan}@{}", about.python),
    };
    let row = Row {
        written,
        source: Source::File(at.0, at.1),
        machine,
        run: ran,
        pair,
    };
    (row, run)
}

/// Figures and words of a prediction beside a measurement.
fn pair(
    predicted: &Report,
    about: &About,
    measured: Option<&Report>,
    difference: Option<&Difference>,
) -> Pair {
    let both = predicted.outcome == "completed" && about.completed;
    if !both {
        let ended = ["did not complete", "completed"][usize::from(about.completed)];
        return Pair {
            words: format!(
                "Predicted: {}; the measured run {ended}.",
                predicted.outcome
            ),
            ..Pair::default()
        };
    }
    let time = |ns: u64| Dur::from_nanos(ns).to_string();
    let line = |name: &str, predicted: u64, measured: u64| {
        let off = error(predicted, measured).map_or_else(String::new, percent);
        [name.to_owned(), time(predicted), time(measured), off]
    };
    let mut table = vec![line("run time", predicted.makespan_ns, about.makespan_ns)];
    let latency = predicted.latency_ns;
    for (name, predicted, measured) in [
        ("p50 latency", latency.p50, about.latency_ns[0]),
        ("p95 latency", latency.p95, about.latency_ns[1]),
    ] {
        if predicted > 0 && measured > 0 {
            table.push(line(name, predicted, measured));
        }
    }
    let off = error(predicted.makespan_ns, about.makespan_ns);
    let mut words = off.map_or_else(String::new, |off| {
        how_far(off, predicted.makespan_ns, about)
    });
    if let Some(difference) = difference {
        let share = difference.whole() * 100.0;
        words += &format!(" {share:.1} % of the tasks' time is in another state");
        words += &match measured.and_then(|measured| most_apart(predicted, measured)) {
            Some(most) => format!(", most of all in {most}."),
            None => ".".to_owned(),
        };
    }
    if let Some(others) = about.others.filter(|_| about.disturbed()) {
        words += &format!(
            " Something else kept {others:.1} cores busy meanwhile, so small errors mean nothing."
        );
    }
    Pair {
        error: off,
        table,
        words: words.trim_start().to_owned(),
    }
}

/// `The prediction is 1.3 % too short; half of 5 runs lie within 455 ms and 470 ms.`
fn how_far(off: f64, predicted_ns: u64, about: &About) -> String {
    let way = if off < 0.0 { "short" } else { "long" };
    let far = match off.abs() < 0.0005 {
        true => "The prediction is right".to_owned(),
        false => format!("The prediction is {:.1} % too {way}", off.abs() * 100.0),
    };
    let Some(repeats) = about.repeats() else {
        return format!("{far}.");
    };
    let within = about
        .quartiles_ns
        .filter(|_| !about.disturbed())
        .is_some_and(|[low, _, high]| (low..=high).contains(&predicted_ns));
    match within {
        true => format!("{far}, within what the runs themselves differ by: {repeats}."),
        false => format!("{far}; {repeats}."),
    }
}

/// The state whose time, summed over the tasks, is most unlike the predicted one.
fn most_apart(predicted: &Report, measured: &Report) -> Option<String> {
    let (a, b) = (times(&predicted.time_ns), times(&measured.time_ns));
    let all: u64 = b.iter().map(|(_, ns)| ns).sum();
    let ((kind, a), (_, b)) = a
        .into_iter()
        .zip(b)
        .max_by_key(|((_, a), (_, b))| a.abs_diff(*b))?;
    (a.abs_diff(b) as f64 > all as f64 * TOLD).then(|| {
        let time = |ns: u64| Dur::from_nanos(ns).to_string();
        format!(
            "\u{201c}{}\u{201d}: {} in all, {} predicted",
            kind.label(),
            time(b),
            time(a)
        )
    })
}

fn times(time: &TimeByState) -> [(SpanKind, u64); 12] {
    [
        (SpanKind::Python, time.python),
        (SpanKind::Native, time.native),
        (SpanKind::Io, time.io),
        (SpanKind::GilWait, time.gil_wait),
        (SpanKind::CoreWait, time.core_wait),
        (SpanKind::LockWait, time.lock_wait),
        (SpanKind::QueueWait, time.queue_wait),
        (SpanKind::PoolWait, time.pool_wait),
        (SpanKind::LoopWait, time.loop_wait),
        (SpanKind::JoinWait, time.join_wait),
        (SpanKind::Pickle, time.pickle),
        (SpanKind::Overhead, time.overhead),
    ]
}

/// `+3.1 %`, with a real minus below 0.
fn percent(error: f64) -> String {
    format!("{:+.1} %", error * 100.0).replace('-', "\u{2212}")
}
