//! The advice itself: put together from the ranked reports, the flips and the flowchart. The field
//! names are the JSON contract of `advise --json`.

use serde::Serialize;

use super::flips::Flip;
use super::flowchart::{self, Walk};
use super::verdict;
use super::why::{self, Setting};
use super::work::Work;
use super::{Family, simplicity};
use crate::compare::{Spread, completed};
use crate::report::Report;
use crate::units::Dur;

/// A plan within this of the best is as good, and the simpler one is to be taken: 2 %.
const LEVEL: f64 = 1.02;

/// A plan's runs under several seeds of the machine's jitter.
#[derive(Clone, Debug)]
pub struct Contender {
    /// The plan as the reader writes it: `threads(8)`, `threads(8)@3.14t`.
    pub label: String,
    /// Its Python.
    pub python: String,
    /// What its report does not say.
    pub setting: Setting,
    /// The run without jitter's surprises: that of seed 0.
    pub report: Report,
    /// The run times of all seeds, ns.
    pub makespans: Vec<u64>,
    /// Whether it runs on another Python than was asked for.
    pub elsewhere: bool,
}

/// What the caller did to get the numbers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Effort {
    /// Jitter seeds a plan at most; each row of the ranking says how many it got.
    pub seeds: u32,
    /// The ranking was run on one task in so many; 1 is all of them.
    pub one_task_in: u32,
    /// Flips were looked for on one task in so many.
    pub flips_one_task_in: u32,
    /// Knobs turned, and knobs there are.
    pub knobs: [u32; 2],
}

/// The document.
#[derive(Clone, Debug, Serialize)]
pub struct Advice {
    /// The scenario's title.
    pub scenario: String,
    /// The seed that drew the work.
    pub seed: u64,
    /// Cores of the machine.
    pub cores: u32,
    /// The Python that was asked for.
    pub python: String,
    /// The plan to take: the fastest, or one within 2 % of it that is simpler or that the rule of
    /// thumb names; `null` where none gets to the end.
    pub best: Option<String>,
    /// Why, in sentences.
    pub because: Vec<String>,
    /// Plans on that Python from the fastest to the slowest; those that never end come last.
    pub ranking: Vec<Ranked>,
    /// Plans on other Pythons, for comparison.
    pub elsewhere: Vec<Ranked>,
    /// Where the answer flips, the nearest first.
    pub flips: Vec<Flip>,
    /// The way through the flowchart.
    pub path: Vec<flowchart::Step>,
    /// Where the flowchart ends: a family of plans.
    pub rule_of_thumb: String,
    /// Whether the simulation agrees with the flowchart.
    pub agrees: bool,
    /// If not: what it says instead.
    pub disagreement: Option<String>,
    /// How the numbers were got.
    pub effort: Effort,
}

/// A row of the ranking.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Ranked {
    /// The plan.
    pub plan: String,
    /// Its family.
    #[serde(skip)]
    pub family: Family,
    /// Its Python.
    pub python: String,
    /// The median run time over the seeds.
    pub makespan_ns: u64,
    /// Half of the runs are within this.
    pub interval_ns: [u64; 2],
    /// How many runs, each with a jitter seed of its own.
    pub runs: u32,
    /// Times faster than `sync`; `null` where either did not complete.
    pub speedup: Option<f64>,
    /// `completed`, `deadlock` or `stopped`.
    pub outcome: &'static str,
    /// What held it back.
    pub held_back: String,
}

/// What the advice is about.
#[derive(Clone, Debug)]
pub struct Subject {
    /// The scenario's title.
    pub scenario: String,
    /// The seed that drew the work.
    pub seed: u64,
    /// Cores of the machine.
    pub cores: u32,
    /// The Python that was asked for.
    pub python: String,
}

/// The contenders from the fastest to the slowest by their medians; equal ones, the simpler first;
/// those that did not complete last.
pub fn order(contenders: &mut [Contender]) {
    contenders.sort_by_key(|one| {
        (
            !completed(&one.report),
            median(one),
            simplicity(one.setting.plan),
            one.label.clone(),
        )
    });
}

fn median(one: &Contender) -> u64 {
    Spread::of(&one.makespans).map_or(one.report.makespan_ns, |spread| spread.median)
}

/// The plan to take: of those that are level with the fastest the one that the rule of thumb names,
/// or else the simplest.
fn take<'c>(here: &[&'c Contender], walk: &Walk) -> Option<&'c Contender> {
    let done = || here.iter().copied().filter(|one| completed(&one.report));
    let fastest = done().map(median).min()?;
    done()
        .filter(|one| median(one) as f64 <= fastest as f64 * LEVEL)
        .min_by_key(|one| {
            let plan = one.setting.plan;
            (
                Family::of(plan) != walk.answer,
                simplicity(plan),
                median(one),
            )
        })
}

/// The family of the plan to take, from which flips are counted.
pub fn winner(work: &Work, contenders: &[Contender]) -> Option<Family> {
    let here: Vec<&Contender> = contenders.iter().filter(|one| !one.elsewhere).collect();
    take(&here, &flowchart::walk(work)).map(|one| Family::of(one.setting.plan))
}

/// Puts the advice together.
pub fn advise(
    subject: Subject,
    work: &Work,
    mut contenders: Vec<Contender>,
    flips: Vec<Flip>,
    effort: Effort,
) -> Advice {
    order(&mut contenders);
    let base = contenders
        .iter()
        .find(|one| !one.elsewhere && Family::of(one.setting.plan) == Family::Sync)
        .filter(|one| completed(&one.report))
        .map(median);
    let ranked = |one: &Contender| {
        let spread = Spread::of(&one.makespans).unwrap_or_default();
        let ns = median(one);
        let done = completed(&one.report);
        Ranked {
            plan: one.label.clone(),
            family: Family::of(one.setting.plan),
            python: one.python.clone(),
            makespan_ns: ns,
            interval_ns: [spread.q1, spread.q3],
            runs: u32::try_from(one.makespans.len()).unwrap_or(u32::MAX),
            speedup: base
                .filter(|_| done && ns > 0)
                .map(|base| base as f64 / ns as f64),
            outcome: one.report.outcome,
            held_back: why::held_back(&one.report, one.setting).text,
        }
    };
    let (away, here): (Vec<Contender>, Vec<Contender>) =
        contenders.into_iter().partition(|one| one.elsewhere);
    let walk = flowchart::walk(work);
    let best = take(&here.iter().collect::<Vec<_>>(), &walk);
    let because = match best {
        Some(best) => because(best, &here, &away, base),
        None => never(&here),
    };
    let disagreement = best.and_then(|best| disagreement(best, &here, &walk));
    Advice {
        scenario: subject.scenario,
        seed: subject.seed,
        cores: subject.cores,
        python: subject.python,
        best: best.map(|one| one.label.clone()),
        because,
        ranking: here.iter().map(ranked).collect(),
        elsewhere: away.iter().map(ranked).collect(),
        flips,
        path: walk.path,
        rule_of_thumb: walk.answer.to_string(),
        agrees: best.is_some() && disagreement.is_none(),
        disagreement,
        effort,
    }
}

fn shown(ns: u64) -> Dur {
    Dur::from_nanos(ns)
}

fn because(
    best: &Contender,
    here: &[Contender],
    away: &[Contender],
    base: Option<u64>,
) -> Vec<String> {
    let mut said = Vec::new();
    let ns = median(best);
    let spread = Spread::of(&best.makespans).unwrap_or_default();
    let mut first = format!("{} takes {}", best.label, shown(ns));
    let seeds = best.makespans.len();
    if seeds > 1 && shown(spread.q1).to_string() != shown(spread.q3).to_string() {
        first += &format!(
            " (median of {seeds} runs; half are within {} to {})",
            shown(spread.q1),
            shown(spread.q3)
        );
    }
    if let Some(base) = base.filter(|_| ns > 0 && Family::of(best.setting.plan) != Family::Sync) {
        first += &format!(
            ", {} than a plain loop",
            verdict::faster(base as f64 / ns as f64)
        );
    }
    said.push(format!(
        "{first}: {}",
        verdict::strength(&best.report, best.setting)
    ));

    let rivals = || {
        here.iter()
            .filter(|one| completed(&one.report) && one.label != best.label)
    };
    let close = |one: &Contender| median(one) as f64 <= ns as f64 * LEVEL;
    let level: Vec<&str> = rivals()
        .filter(|one| close(one))
        .map(|one| one.label.as_str())
        .take(4)
        .collect();
    if !level.is_empty() {
        said.push(format!("level with it, within 2 %: {}", level.join(", ")));
    }
    // A rival of each other family, the nearest first; three are enough to see the picture.
    let mut seen = vec![Family::of(best.setting.plan)];
    for rival in rivals().filter(|one| !close(one)) {
        let family = Family::of(rival.setting.plan);
        if seen.contains(&family) || seen.len() > 3 {
            continue;
        }
        seen.push(family);
        let held = why::held_back(&rival.report, rival.setting).text;
        said.push(format!(
            "{} takes {}: {held}",
            rival.label,
            shown(median(rival))
        ));
    }
    for stuck in here.iter().filter(|one| !completed(&one.report)).take(2) {
        let held = why::held_back(&stuck.report, stuck.setting).text;
        said.push(format!("{} does not get to the end: {held}", stuck.label));
    }
    if let Some(other) = away.iter().find(|one| completed(&one.report)) {
        let times = ns as f64 / median(other).max(1) as f64;
        let much = match times {
            t if t > LEVEL => format!("{} than {}", verdict::faster(t), best.label),
            t if t * LEVEL < 1.0 => format!("slower than {}", best.label),
            _ => format!("level with {}", best.label),
        };
        said.push(format!(
            "on another Python {} takes {}, {much}",
            other.label,
            shown(median(other))
        ));
    }
    said
}

/// Nothing completes: say what each runs into.
fn never(here: &[Contender]) -> Vec<String> {
    let mut said = vec!["No plan gets to the end of this scenario".to_owned()];
    for one in here.iter().take(4) {
        let held = why::held_back(&one.report, one.setting).text;
        said.push(format!("{}: {held}", one.label));
    }
    said
}

/// What the simulation says against the flowchart, if it does.
fn disagreement(best: &Contender, here: &[Contender], walk: &Walk) -> Option<String> {
    let family = Family::of(best.setting.plan);
    // A pool of interpreters is multiprocessing's idea, a GIL for each worker, in one process.
    let same = family == walk.answer
        || (family == Family::Interpreters && walk.answer == Family::Processes);
    if same {
        return None;
    }
    let thumb = here
        .iter()
        .find(|one| Family::of(one.setting.plan) == walk.answer);
    let Some(thumb) = thumb.filter(|one| completed(&one.report)) else {
        return Some(format!(
            "the rule of thumb says {}, which never gets to the end here; {} does",
            walk.answer, best.label
        ));
    };
    let times = median(thumb) as f64 / median(best).max(1) as f64;
    if times <= LEVEL {
        return None;
    }
    let held = why::held_back(&thumb.report, thumb.setting).text;
    Some(format!(
        "the rule of thumb says {}; simulated, {} is {} than {}: {held}",
        walk.answer,
        best.label,
        verdict::faster(times),
        thumb.label
    ))
}
