//! `advise`: runs what the advice needs, and hands it over.
//!
//! The work is bounded by counting steps and events, never by a clock, so that the same scenario
//! gets the same advice on every machine.

use anyhow::Result;
use trilane_core::advice::Family;
use trilane_core::advice::document::{self, Advice, Contender, Effort, Subject};
use trilane_core::advice::flips::{self, Candidate, Flip, Way};
use trilane_core::advice::knobs::{self, Knob, Value};
use trilane_core::advice::work::{self, Work};
use trilane_core::compare::completed;
use trilane_core::model;
use trilane_core::plan::{PlanSpec, default_plans, parse_plan};
use trilane_core::report::Report;
use trilane_core::scenario::Scenario;
use trilane_core::workload::draw;

use crate::cli;
use crate::failure::bad_input;
use crate::machine::{Entry, Machine};
use crate::progress::Progress;
use crate::term::{Look, paint};
use crate::{input, output, run, show};

/// Jitter seeds a plan, where the work allows.
const SEEDS: u32 = 20;
/// Events that the seeds after the first may take in all; the fastest plans get them first.
const RANKING_EVENTS: u64 = 20_000_000;
/// Events of one run in the ranking; a plan that takes more is told as stopped.
const RUN_EVENTS: u64 = 6_000_000;
/// Steps of a scenario that is ranked whole; of a longer one, a sample of its tasks.
const RANKING_STEPS: u64 = 300_000;
/// The same where flips are looked for: hundreds of runs.
const FLIP_STEPS: u64 = 2_000;
/// A knob may make the work this many times larger than [`FLIP_STEPS`].
const FLIP_GROWTH: u64 = 32;
/// Events of one run in the search; a run that takes more ends the search on that side.
const FLIP_EVENTS: u64 = 1_000_000;
/// Events that all the searches may take.
const SEARCH_EVENTS: u64 = 30_000_000;
/// Knobs that are turned, those with the most time behind them first.
const KNOBS: usize = 32;
/// Flips that are told.
const FLIPS: usize = 12;

/// Runs the command.
pub(crate) fn advise(args: &cli::Advise) -> Result<()> {
    let scenario = input::load(args.setup.scenario.as_deref())?;
    let mut machine = Machine::new(&args.setup, scenario.cores)?;
    let seed = args.setup.seed.unwrap_or(scenario.seed);
    let advice = work_out(&scenario, &mut machine, &args.setup.plans, seed)?;
    if args.json {
        let text = serde_json::to_string_pretty(&advice)?;
        return output::print(&(text + "\n"));
    }
    let look = Look::stdout();
    output::print(&paint(&show::advice::lines(&advice, &look), &look))
}

/// Ranks, searches, and puts the advice together.
pub(crate) fn work_out(
    scenario: &Scenario,
    machine: &mut Machine,
    plans: &[String],
    seed: u64,
) -> Result<Advice> {
    let work = Work::of(scenario);
    let specs = candidates(&work, machine, plans)?;
    let mut entries: Vec<(PlanSpec, Entry)> = Vec::new();
    for spec in specs {
        let entry = machine.entry(&spec)?;
        if !entries.iter().any(|(_, known)| *known == entry) {
            entries.push((spec, entry));
        }
    }
    let (ranked_on, one_task_in) = sample(scenario, RANKING_STEPS);
    let contenders = rank(&ranked_on, machine, &entries, seed, !plans.is_empty());

    let (searched_on, flips_one_task_in) = sample(scenario, FLIP_STEPS);
    let setup = knobs::Setup {
        scenario: searched_on,
        cores: machine.cores,
    };
    let mut all = knobs::knobs(&setup);
    if flips_one_task_in > 1 {
        // A sample's number of tasks is no number that the reader knows.
        all.retain(|knob| !knob.is_count_of_tasks());
    }
    let shortlist = shortlist(&entries, &contenders);
    let (flips, turned) = match document::winner(&work, &contenders) {
        Some(winner) => search(&setup, &all, machine, &shortlist, seed, winner),
        None => (vec![], 0),
    };
    let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    let effort = Effort {
        seeds: SEEDS,
        one_task_in,
        flips_one_task_in,
        knobs: [count(turned), count(all.len())],
    };
    let subject = Subject {
        scenario: scenario.title.clone(),
        seed,
        cores: machine.cores,
        python: machine.python.clone(),
    };
    Ok(document::advise(subject, &work, contenders, flips, effort))
}

/// The plans that are ranked: those asked for, or the default set and the sizes that make sense.
fn candidates(work: &Work, machine: &Machine, plans: &[String]) -> Result<Vec<PlanSpec>> {
    let mut specs = Vec::new();
    for text in plans {
        specs.push(parse_plan(text).map_err(|error| bad_input(error.to_string()))?);
    }
    if !specs.is_empty() {
        return Ok(specs);
    }
    specs = default_plans();
    let mut add = |text: String| match parse_plan(&text) {
        Ok(spec) => specs.push(spec),
        // The texts below are plans; a test parses them all.
        Err(error) => debug_assert!(false, "{text}: {error}"),
    };
    let cores = u64::from(machine.cores);
    // More workers than tasks that can be there at once do nothing.
    let waits = work.io() > 0.0 || work.has.queue || work.has.gather;
    let sizes: Vec<u64> = [8, 16, 32, 64, 128, 256, 512]
        .into_iter()
        .filter(|&size| waits && size > cores && size / 2 < work.tasks)
        .collect();
    for &size in &sizes {
        add(format!("threads({size})"));
        if work.has.io_blocking || work.has.native {
            add(format!("asyncio+threads({size})"));
        }
    }
    if work.tasks <= 2000 {
        add("threads(each)".to_owned());
    }
    add("asyncio+processes".to_owned());
    if work.tasks >= 16 * cores {
        // Larger chunks save little more, and leave cores idle at the end.
        let chunk = (work.tasks / (8 * cores)).min(100);
        add(format!("processes({cores}, chunk={chunk})"));
    }
    if work.io() > work.busy() {
        // Processes that mostly wait may be more than there are cores.
        for size in [16, 32]
            .into_iter()
            .filter(|&size| size > cores && size / 2 < work.tasks)
        {
            add(format!("processes({size})"));
        }
    }
    if machine.has_interpreters() {
        add(format!("interpreters({cores})"));
        if let Some(size) = sizes.first() {
            add(format!("interpreters({size})"));
        }
    }
    if let Some(size) = sizes.last() {
        add(format!("threads({size})@3.14t"));
    }
    Ok(specs)
}

/// The scenario with fewer tasks of each kind, so that it has at most so many steps if that can be,
/// and one task in how many is left.
///
/// Tasks that feed each other through queues stay together: with a producer less than its consumers
/// need, a sample would deadlock where the whole does not.
fn sample(scenario: &Scenario, steps_max: u64) -> (Scenario, u32) {
    let tasks = |scenario: &Scenario| -> u64 {
        scenario
            .kinds
            .iter()
            .map(|kind| u64::from(kind.count))
            .sum()
    };
    let mut sampled = scenario.clone();
    let mut every = work::steps(scenario).div_ceil(steps_max).max(1);
    // Every kind keeps a task, so a first guess may fall short.
    while every > 1 && every <= 2 * tasks(scenario) && !Work::of(scenario).has.queue {
        for (kind, whole) in sampled.kinds.iter_mut().zip(&scenario.kinds) {
            kind.count = u64::from(whole.count).div_ceil(every) as u32;
        }
        if work::steps(&sampled) <= steps_max {
            break;
        }
        every *= 2;
    }
    let left = tasks(scenario).checked_div(tasks(&sampled)).unwrap_or(1);
    (sampled, u32::try_from(left).unwrap_or(u32::MAX))
}

/// Runs every plan under many jitters.
fn rank(
    scenario: &Scenario,
    machine: &Machine,
    entries: &[(PlanSpec, Entry)],
    seed: u64,
    asked: bool,
) -> Vec<Contender> {
    let workload = draw(scenario, seed);
    let progress = Progress::start("ranking", entries.len());
    let first = run::in_parallel(entries, |(_, entry)| {
        let report = model::summarise(&limited(run::setup(&workload, machine, entry, 0)));
        progress.step();
        report
    });
    progress.finish();
    let seeds = share_out(&first);
    let jobs: Vec<(usize, u64)> = (0..entries.len())
        .flat_map(|i| (1..u64::from(seeds[i])).map(move |jitter| (i, jitter)))
        .collect();
    let progress = Progress::start("ranking under jitter", jobs.len());
    let more = run::in_parallel(&jobs, |&(i, jitter)| {
        let setup = run::setup(&workload, machine, &entries[i].1, jitter);
        let report = model::summarise(&limited(setup));
        progress.step();
        (i, report.makespan_ns)
    });
    progress.finish();
    let mut makespans: Vec<Vec<u64>> = first
        .iter()
        .map(|report| vec![report.makespan_ns])
        .collect();
    for (i, ns) in more {
        makespans[i].push(ns);
    }
    let rows = entries.iter().zip(first).zip(makespans);
    rows.map(|(((_, entry), report), makespans)| Contender {
        label: machine.label(entry),
        python: entry.python.clone(),
        setting: machine.setting(entry),
        report,
        makespans,
        // A plan that was asked for is ranked with the rest, whatever its Python.
        elsewhere: !asked && entry.python != machine.python,
    })
    .collect()
}

/// The run with a limit that suits one of many: twenty plans must not take a minute each.
fn limited(mut setup: model::Setup<'_>) -> model::Setup<'_> {
    setup.max_events = setup.max_events.min(RUN_EVENTS);
    setup
}

/// Seeds for each plan: all of them from the fastest down, as long as the events last, and at least
/// one each.
fn share_out(first: &[Report]) -> Vec<u32> {
    let mut order: Vec<usize> = (0..first.len()).collect();
    order.sort_by_key(|&i| (!completed(&first[i]), first[i].makespan_ns));
    let mut left = RANKING_EVENTS;
    let mut seeds = vec![1; first.len()];
    for i in order {
        let events = first[i].events.max(1);
        let more = (left / events).min(u64::from(SEEDS - 1));
        left -= more * events;
        seeds[i] = 1 + more as u32;
    }
    seeds
}

/// The plans that may win after a turn of a knob: of each family the best, and the unsized one,
/// which grows with the machine.
fn shortlist(entries: &[(PlanSpec, Entry)], contenders: &[Contender]) -> Vec<PlanSpec> {
    let mut order: Vec<usize> = (0..contenders.len())
        .filter(|&i| !contenders[i].elsewhere)
        .collect();
    order.sort_by_key(|&i| {
        (
            contenders[i].report.outcome != "completed",
            contenders[i].report.makespan_ns,
        )
    });
    let mut seen: Vec<Family> = Vec::new();
    let mut specs: Vec<PlanSpec> = Vec::new();
    for &i in &order {
        let family = Family::of(contenders[i].setting.plan);
        if !seen.contains(&family) {
            seen.push(family);
            specs.push(entries[i].0.clone());
        }
    }
    for spec in default_plans() {
        if spec.python.is_none()
            && !specs.contains(&spec)
            && entries.iter().any(|(one, _)| *one == spec)
        {
            specs.push(spec);
        }
    }
    specs
}

/// Turns every knob both ways, on as many threads as there are cores.
fn search(
    setup: &knobs::Setup,
    all: &[Knob],
    machine: &Machine,
    shortlist: &[PlanSpec],
    seed: u64,
    winner: Family,
) -> (Vec<Flip>, usize) {
    let run_now = |setup: &knobs::Setup| run_all(setup, machine, shortlist, seed);
    let Some((candidates, events)) = run_now(setup) else {
        return (vec![], 0);
    };
    // Where a sample of the tasks has another winner than all of them, flips are counted from that.
    let incumbent = match flips::challenger(&candidates, winner) {
        None => winner,
        Some(other) => other.family,
    };
    // A search takes some twenty runs of everything; so many knobs can be afforded.
    let affordable = SEARCH_EVENTS / (events.max(1) * 40);
    let most = usize::try_from(affordable).unwrap_or(KNOBS).clamp(4, KNOBS);
    let mut knobs: Vec<&Knob> = all.iter().filter(|knob| worth_turning(knob)).collect();
    knobs.sort_by(|a, b| b.weight.total_cmp(&a.weight));
    knobs.truncate(most);
    let jobs: Vec<(&Knob, Way)> = knobs
        .iter()
        .flat_map(|&knob| match knob.now {
            Value::Flag(_) => vec![(knob, Way::Is)],
            _ => vec![(knob, Way::Above), (knob, Way::Below)],
        })
        .collect();
    let progress = Progress::start("turning knobs", jobs.len());
    let found = run::in_parallel(&jobs, |&(knob, way)| {
        let mut run = |setup: &knobs::Setup| {
            run_all(setup, machine, shortlist, seed).map(|(candidates, _)| candidates)
        };
        let flip = flips::search(setup, knob, way, incumbent, &mut run);
        progress.step();
        flip
    });
    progress.finish();
    let mut flips: Vec<Flip> = found.into_iter().flatten().collect();
    flips.sort_by(|a, b| {
        a.distance
            .total_cmp(&b.distance)
            .then_with(|| a.key.cmp(&b.key))
    });
    flips.truncate(FLIPS);
    (flips, knobs.len())
}

/// Knobs with no time behind them at all change nothing.
fn worth_turning(knob: &Knob) -> bool {
    knob.weight > 0.0
}

/// Every plan of the shortlist on a setup, with the events it took; nothing if that is too much.
fn run_all(
    setup: &knobs::Setup,
    machine: &Machine,
    shortlist: &[PlanSpec],
    seed: u64,
) -> Option<(Vec<Candidate>, u64)> {
    if work::steps(&setup.scenario) > FLIP_STEPS * FLIP_GROWTH {
        return None;
    }
    let workload = draw(&setup.scenario, seed);
    let mut events = 0u64;
    let mut candidates = Vec::with_capacity(shortlist.len());
    for spec in shortlist {
        let entry = machine.resized(spec, setup.cores)?;
        let mut one = model::Setup::new(&workload, entry.plan, machine.costs(&entry), setup.cores);
        one.max_events = FLIP_EVENTS;
        let report = model::summarise(&one);
        events = events.saturating_add(report.events);
        if report.outcome == "stopped" {
            return None;
        }
        candidates.push(Candidate {
            family: Family::of(entry.plan),
            plan: machine.label(&entry),
            makespan_ns: (report.outcome == "completed").then_some(report.makespan_ns),
        });
    }
    Some((candidates, events))
}
