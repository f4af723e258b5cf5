//! What was measured, beside its predictions: which row belongs to which.
//!
//! A measured run stands below the prediction of the same plan under the same Python on as many cores. Where
//! the race has none, one is made: a *twin*, a row that nobody asked for.

use trilane_core::advice::counted;
use trilane_core::advice::why::held_back;
use trilane_core::plan::parse_plan;
use trilane_core::profile::{self, Costs, Profile};
use trilane_core::race::{self, Entry, Machine};
use trilane_core::report::{Report, report};
use trilane_core::trace::Trace;
use trilane_core::units::Dur;
use trilane_core::workload::Workload;
use trilane_timeline::pair::Difference;

use super::agreement::pair;
use super::measured::{About, FileRun, Work};
use super::racing::{SWITCH_INTERVAL, row};
use super::run::Run;
use crate::wire::{Row, Source};

/// Files, each with what it stands beside.
#[derive(Debug, Default)]
pub(super) struct Pairs {
    files: Vec<(Given, Beside)>,
    twins: Vec<Twin>,
}

/// A run of a file that was asked for.
#[derive(Debug)]
pub(super) struct Given {
    /// What the file is called.
    pub(super) name: String,
    /// The place of the file among those asked for, and its own in the file.
    pub(super) at: (u32, u32),
    pub(super) run: FileRun,
}

/// The runs of the files that are asked for by number and name, of those that were kept.
pub(super) fn given(wanted: &[(u32, String)], kept: &[(u32, Vec<FileRun>)]) -> Vec<Given> {
    let mut given = Vec::new();
    for (place, (number, name)) in (0..).zip(wanted) {
        let runs = match kept.iter().find(|(kept, _)| kept == number) {
            Some((_, runs)) => runs.clone(),
            None => vec![FileRun::none(
                "the file is no longer here: drop it again".to_owned(),
            )],
        };
        given.extend((0..).zip(runs).map(|(own, run)| Given {
            name: name.clone(),
            at: (place, own),
            run,
        }));
    }
    given
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
    pub(super) fn new(files: Vec<Given>, around: &Around<'_>) -> Pairs {
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
            let beside = pairs.beside(&file.run, &work, around);
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

    /// What the files say of how they were made, each once.
    pub(super) fn told(&self) -> Vec<String> {
        let about = self
            .files
            .iter()
            .filter_map(|(file, _)| file.run.about.as_ref());
        let mut remarks: Vec<String> = Vec::new();
        for remark in about.flat_map(|about| &about.remarks) {
            if !remarks.contains(remark) {
                remarks.push(remark.clone());
            }
        }
        remarks
    }

    /// Runs the next twin; false when there was none left.
    pub(super) fn run_next(&mut self, workload: &Workload) -> bool {
        let Some(twin) = self.twins.iter_mut().find(|twin| twin.made.is_none()) else {
            return false;
        };
        let setup = race::setup(workload, &twin.machine, &twin.entry, 0);
        let trace = trilane_hot::record(&setup);
        let report = report(&trace);
        twin.made = Some((trace, report));
        true
    }

    /// Puts what was measured below its prediction, and the rest below all.
    pub(super) fn put_among(self, rows: &mut Vec<Row>, runs: &mut Vec<Option<Run>>) {
        let plans = std::mem::take(rows).into_iter();
        let mut files: Vec<Option<(Given, Beside)>> = self.files.into_iter().map(Some).collect();
        let mut take = |wanted: &dyn Fn(&Beside) -> bool| -> Vec<(Given, Beside)> {
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
fn below(files: Vec<(Given, Beside)>, out: &mut Vec<(Row, Option<Run>)>) {
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
    let embedded = || profile::embedded_costs(python);
    profile::runtime(python, own).or_else(embedded).ok_or_else(|| {
        format!(
            "there is no profile of `{python}`, so nothing is predicted: drop one that `trilane calibrate` made"
        )
    })
}

/// A row of a file, beside its prediction where there is one.
fn file_row(file: Given, why: Option<String>, predicted: Option<&Run>) -> (Row, Option<Run>) {
    let Given { name, at, run } = file;
    let FileRun { about, trace } = run;
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
