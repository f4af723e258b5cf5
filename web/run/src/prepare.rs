//! From a scenario's text and plans to what can be run in a browser, or why it cannot.

use trilane_core::model::Setup;
use trilane_core::plan::{Plan, PlanSpec, Shape, default_plans, parse_plan};
use trilane_core::profile::{self, Costs, parse_profile};
use trilane_core::race;
use trilane_core::units::Dur;
use trilane_core::workload::{Workload, draw};

use crate::ask::{Planned, Prepare};
use crate::browser::machine;

/// The browser's name among the Pythons.
pub const BROWSER: &str = "browser";
/// The same, with an emulated interpreter lock.
pub const BROWSER_GIL: &str = "browser-gil";

/// More threads than this are refused: each is a worker, which takes the browser megabytes.
pub const MOST_THREADS: usize = 64;
/// The same for workers with a memory each.
pub const MOST_WORKERS: u32 = 32;
/// More steps than this are refused: their records would not fit beside their trace.
const MOST_STEPS: u64 = 1_000_000;
/// A run that is predicted to take longer is refused.
const LONGEST_NS: u64 = 60_000_000_000;

/// What can be run.
#[derive(Clone, Debug)]
pub struct Prepared {
    /// The drawn work.
    pub work: Workload,
    /// Cores that the browser tells of.
    pub cores: u32,
    /// The browser and its cores, for people.
    pub machine: String,
    /// What is to be said of how it is run.
    pub remarks: Vec<String>,
    /// The plans, or why one is not run.
    pub targets: Vec<Target>,
}

/// A plan and what runs it.
#[derive(Clone, Debug)]
pub struct Target {
    /// The plan; nothing where it cannot be one here.
    pub plan: Option<Plan>,
    /// Whether its threads take an emulated lock.
    pub gil: bool,
    /// What the page is told of it.
    pub told: Planned,
}

/// Reads what is asked.
///
/// # Errors
/// What is wrong with the scenario, the profile, or the way a plan is written.
pub fn prepare(asked: &Prepare) -> Result<Prepared, String> {
    let scenario = race::read(&asked.scenario).map_err(|error| error.to_string())?;
    let own = asked.profile.as_deref().map(parse_profile).transpose();
    let own = own.map_err(|error| format!("the browser's profile: {error}"))?;
    let costs = |gil: bool| {
        let name = if gil { BROWSER_GIL } else { BROWSER };
        profile::runtime(name, own.as_ref()).unwrap_or_else(|| Costs::ideal(name, gil))
    };
    let work = draw(&scenario, asked.seed.unwrap_or(scenario.seed));
    let specs = match asked.plans.as_slice() {
        [] => default_set(),
        plans => plans
            .iter()
            .map(|plan| parse_plan(plan).map_err(|error| error.to_string()))
            .collect::<Result<_, _>>()?,
    };
    let cores = asked.cores.max(1);
    let targets = specs.iter().map(|spec| {
        let gil = matches!(spec.python.as_deref(), Some("gil" | BROWSER_GIL));
        target(spec, &costs(gil), cores, &work)
    });
    let targets = targets.collect();
    Ok(Prepared {
        remarks: race::other_cores(&scenario, cores).into_iter().collect(),
        targets,
        work,
        cores,
        machine: machine(&asked.browser, cores),
    })
}

/// The default plans. Python's build without a lock stands for what it shows: here it is the one *with* a
/// lock that is the other one.
fn default_set() -> Vec<PlanSpec> {
    let mut specs = default_plans();
    for spec in &mut specs {
        if let Some(python) = &mut spec.python {
            BROWSER_GIL.clone_into(python);
        }
    }
    specs
}

fn target(spec: &PlanSpec, costs: &Costs, cores: u32, work: &Workload) -> Target {
    let mut target = Target {
        plan: None,
        gil: costs.gil,
        told: Planned {
            plan: spec.to_string(),
            python: costs.python.clone(),
            threads: 0,
            expected_ns: 0,
            refused: None,
        },
    };
    match resolve(spec, costs, cores, work) {
        Ok((plan, expected_ns)) => {
            target.plan = Some(plan);
            target.told.plan = race::short_name(plan, costs.default_start);
            target.told.threads = threads(&plan, work);
            target.told.expected_ns = expected_ns;
        }
        Err(why) => target.told.refused = Some(why),
    }
    target
}

/// The plan, and the run time that is predicted of it, ns.
fn resolve(
    spec: &PlanSpec,
    costs: &Costs,
    cores: u32,
    work: &Workload,
) -> Result<(Plan, u64), String> {
    match spec.python.as_deref() {
        None | Some("gil" | "nogil" | BROWSER | BROWSER_GIL) => {}
        Some(other) => {
            return Err(format!(
                "`{spec}`: a browser runs no Python {other}; leave `@{other}` out, or write `@nogil` or `@gil`"
            ));
        }
    }
    if matches!(spec.shape, Shape::Interpreters { .. }) {
        return Err(format!(
            "`{spec}`: a browser has no interpreters; take a plan with threads or processes"
        ));
    }
    let plan = spec
        .resolve(cores, costs)
        .map_err(|error| error.to_string())?;
    check_size(&plan, work)?;
    let report = trilane_figures::summarise(&Setup::new(work, plan, costs, cores));
    if report.outcome != "completed" {
        return Err(format!(
            "`{plan}` is predicted never to end ({}), so it is not run: the simulation shows who waits for whom",
            report.outcome
        ));
    }
    if report.makespan_ns > LONGEST_NS {
        return Err(format!(
            "`{plan}` would take about {}; at most {} are run in a browser: lessen the tasks or their steps, or \
             `trilane measure` it",
            Dur::from_nanos(report.makespan_ns),
            Dur::from_nanos(LONGEST_NS),
        ));
    }
    Ok((plan, report.makespan_ns))
}

/// Threads on shared memory that a plan needs at once.
fn threads(plan: &Plan, work: &Workload) -> usize {
    let most = match plan {
        Plan::Threads { workers } => u64::from(*workers),
        Plan::ThreadEach => u64::MAX,
        _ => 0,
    };
    let tasks = work.kinds.iter().map(|kind| {
        let of_each = kind.program.branches_per_task.saturating_add(1);
        u64::from(kind.count).saturating_mul(of_each)
    });
    let all = tasks.fold(0, u64::saturating_add);
    usize::try_from(all.min(most)).unwrap_or(usize::MAX)
}

fn check_size(plan: &Plan, work: &Workload) -> Result<(), String> {
    let threads = threads(plan, work);
    if threads > MOST_THREADS {
        return Err(format!(
            "`{plan}` would start {threads} threads; at most {MOST_THREADS} are started in a browser: give \
             threads(N) with a smaller N, or fewer tasks, or `trilane measure` it"
        ));
    }
    let workers = match plan {
        Plan::Processes { pool, .. } => pool.workers,
        Plan::Asyncio {
            threads, processes, ..
        } => {
            let pool = processes.as_ref().map_or(0, |pool| pool.workers);
            threads.unwrap_or(0).saturating_add(pool)
        }
        _ => 0,
    };
    if workers > MOST_WORKERS {
        return Err(format!(
            "`{plan}` may start {workers} workers; at most {MOST_WORKERS} are started in a browser: give a \
             smaller number, or `trilane measure` it"
        ));
    }
    let steps = work
        .kinds
        .iter()
        .map(|kind| u64::from(kind.count).saturating_mul(kind.program.steps_per_task));
    let steps = steps.fold(0, u64::saturating_add);
    if steps > MOST_STEPS {
        return Err(format!(
            "the scenario has {steps} steps; at most {MOST_STEPS} are run in a browser: lessen its tasks or \
             repeats, or `trilane measure` it"
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str =
        "trilane = 1\ntitle = \"t\"\n[tasks.a]\ncount = 100\nsteps = [{ io = \"10ms\" }]\n";

    fn asked(scenario: &str, plans: &[&str]) -> Prepare {
        Prepare {
            scenario: scenario.to_owned(),
            plans: plans.iter().map(|&plan| plan.to_owned()).collect(),
            cores: 4,
            ..Prepare::default()
        }
    }

    #[test]
    fn the_default_set_has_the_lock_in_place_of_pythons_other_build() {
        let prepared = prepare(&asked(TEXT, &[])).expect("it can be run");
        let names = prepared.targets.iter().map(|target| {
            assert_eq!(target.told.refused, None);
            format!("{}@{}", target.told.plan, target.told.python)
        });
        let names: Vec<String> = names.collect();
        assert!(
            names.contains(&"threads(8)@browser".to_owned()),
            "{names:?}"
        );
        assert!(
            names.contains(&"threads(8)@browser-gil".to_owned()),
            "{names:?}"
        );
    }

    #[test]
    fn other_cores_than_the_scenario_s_are_told() {
        let of = |cores: u32| TEXT.replace("[tasks", &format!("cores = {cores}\n[tasks"));
        let remarks = |text: &str| prepare(&asked(text, &[])).expect("it can be run").remarks;
        assert_eq!(remarks(TEXT), Vec::<String>::new());
        assert_eq!(remarks(&of(4)), Vec::<String>::new());
        let remark = "the scenario is written for 8 cores, and the runs had 4 cores";
        assert_eq!(remarks(&of(8)), [remark]);
    }

    #[test]
    fn plans_are_told_what_memory_they_share() {
        let plans = [
            "threads(2)@gil",
            "threads(each)",
            "threads(200)",
            "processes(2)",
            "sync@nogil",
        ];
        let few = TEXT.replace("100", "3");
        let prepared = prepare(&asked(&few, &plans)).expect("it can be run");
        let told: Vec<_> = prepared
            .targets
            .iter()
            .map(|t| (t.gil, t.told.threads))
            .collect();
        assert_eq!(
            told,
            [(true, 2), (false, 3), (false, 3), (false, 0), (false, 0)]
        );
        assert!(
            prepared
                .targets
                .iter()
                .all(|target| target.told.expected_ns > 10_000_000)
        );
    }

    #[test]
    fn what_a_browser_cannot_or_should_not_is_refused_by_itself() {
        let check = |scenario: &str, plan: &str, expect: &str| {
            let prepared = prepare(&asked(scenario, &[plan, "sync@browser"]));
            let prepared = prepared.expect("the scenario is sound");
            let refused = prepared.targets[0].told.refused.clone().unwrap_or_default();
            assert!(refused.contains(expect), "{plan}: {refused}");
        };
        check(TEXT, "threads(8)@3.14", "no Python 3.14");
        check(TEXT, "interpreters(2)", "no interpreters");
        check(TEXT, "threads(each)", "would start 100 threads; at most 64");
        check(TEXT, "processes(40)", "may start 40 workers; at most 32");
        check(
            &TEXT.replace("10ms", "1s"),
            "sync",
            "would take about 100 s",
        );
        check(&TEXT.replace("100", "2000000"), "asyncio", "2000000 steps");
        let waits = TEXT.replace("{ io = \"10ms\" }", "{ get = \"q\" }")
            + "[resources]\nq = { capacity = 1 }\n";
        check(&waits, "asyncio", "never to end (deadlock)");
    }

    #[test]
    fn what_is_wrong_with_the_question_is_told_at_once() {
        let check = |asked: Prepare, expect: &str| {
            let error = prepare(&asked).expect_err(expect);
            assert!(error.contains(expect), "{error}");
        };
        check(asked("trilane = 2", &[]), "scenario:1");
        check(asked(TEXT, &["thread("]), "thread");
        let profile = Some("format = 1".to_owned());
        check(
            Prepare {
                profile,
                ..asked(TEXT, &[])
            },
            "the browser's profile",
        );
    }
}
