use std::cell::RefCell;

use super::*;
use crate::profile;
use crate::race;

/// Long sums want several cores, short ones do not.
const SUMS: &str = "trilane = 1\ntitle = \"Sums\"\ncores = 4\n[tasks.sum]\ncount = 8\n\
                    steps = [{ cpu = \"500us\" }, { io = \"1ms\", blocking = true }]\n";

fn counsel(text: &str, plans: &[&str], crew: &impl Crew) -> Result<Counsel, RaceError> {
    let scenario = race::read(text).expect("a scenario");
    let mut machine = Machine::new(4, profile::default_python(), None).expect("a machine");
    let plans: Vec<String> = plans.iter().map(|&plan| plan.to_owned()).collect();
    advise(&scenario, &mut machine, &plans, scenario.seed, crew)
}

/// `asyncio+threads` of `asyncio+threads(8)`.
fn without_sizes(plan: &str) -> String {
    let parts = plan.split('(').enumerate();
    let outside = parts.map(|(at, part)| match at {
        0 => part,
        _ => part.split_once(')').map_or("", |(_, rest)| rest),
    });
    outside.collect()
}

/// Works from the last job to the first, and notes what it was asked for.
#[derive(Default)]
struct Backwards(RefCell<Vec<(Stage, usize)>>);

impl Crew for Backwards {
    fn map<J: Sync, R: Send>(
        &self,
        stage: Stage,
        jobs: &[J],
        work: impl Fn(&J) -> R + Sync,
    ) -> Vec<R> {
        self.0.borrow_mut().push((stage, jobs.len()));
        let mut results: Vec<R> = jobs.iter().rev().map(work).collect();
        results.reverse();
        results
    }
}

#[test]
fn whoever_does_the_work_the_advice_is_the_same() {
    let crew = Backwards::default();
    let one = counsel(SUMS, &[], &Alone).expect("plans that run");
    let other = counsel(SUMS, &[], &crew).expect("plans that run");
    let json = |counsel: &Counsel| serde_json::to_string(&counsel.advice).expect("JSON");
    assert_eq!(json(&one), json(&other));
    assert_eq!(one.curves, other.curves);
    let asked = crew.0.into_inner();
    let stages: Vec<Stage> = asked.iter().map(|(stage, _)| *stage).collect();
    assert_eq!(stages, [Stage::Ranking, Stage::Jitter, Stage::Knobs]);
    let ranked = one.advice.ranking.len() + one.advice.elsewhere.len();
    assert_eq!(asked[0].1, ranked);
    let runs = one.advice.ranking.iter().chain(&one.advice.elsewhere);
    let runs: u32 = runs.map(|row| row.runs).sum();
    assert_eq!(asked[0].1 + asked[1].1, runs as usize);
}

#[test]
fn every_flip_has_the_run_times_that_show_it() {
    let counsel = counsel(SUMS, &[], &Alone).expect("plans that run");
    let Counsel { advice, curves, .. } = &counsel;
    assert!(!advice.flips.is_empty());
    let drawn: usize = curves.iter().map(|curve| curve.flips.len()).sum();
    assert_eq!(drawn, advice.flips.len());
    for flip in &advice.flips {
        let curve = curves.iter().find(|curve| curve.key == flip.key);
        let curve = curve.expect("a curve for every knob");
        assert_eq!(flip.now, curve.now.to_string());
        assert!(curve.points.is_sorted_by(|a, b| a.0 < b.0), "{curve:?}");
        let there = |(at, _): &&(Value, Family)| at.to_string() == flip.at;
        let (at, to) = curve.flips.iter().find(there).expect("the flip");
        assert_eq!(without_sizes(&flip.to), to.to_string());
        let time = |number: u64, family: Family| {
            let place = curve.families.iter().position(|one| *one == family);
            let point = curve.points.iter().find(|(at, _)| *at == number);
            point.and_then(|(_, times)| times[place.expect("it was run")])
        };
        // What wins there is ahead of today's winner by the lead, and is not now.
        let ahead = |number: u64| {
            let (to, now) = (time(number, *to), time(number, curve.winner));
            let (to, now) = (to.expect("it ends"), now.expect("it ends"));
            to as f64 * (1.0 + crate::advice::flips::LEAD) < now as f64
        };
        assert!(ahead(at.number()), "{flip:?}");
        assert!(!ahead(curve.now.number()), "{flip:?}");
    }
}

#[test]
fn the_best_plan_comes_with_what_is_needed_to_write_its_program() {
    let counsel = counsel(SUMS, &["sync", "processes(2)"], &Alone).expect("plans that run");
    let best = counsel.best.expect("both end");
    assert_eq!(counsel.advice.best, Some("sync".to_owned()));
    assert_eq!(best.plan, crate::plan::Plan::Sync);
    assert_eq!(counsel.walk.path, counsel.advice.path);
}

#[test]
fn a_plan_that_is_none_is_refused_before_anything_runs() {
    let crew = Backwards::default();
    let error = counsel(SUMS, &["sync", "fibres(3)"], &crew).expect_err("no plan");
    assert!(error.to_string().contains("fibres"), "{error}");
    assert!(crew.0.into_inner().is_empty());
}

#[test]
fn a_large_scenario_is_sampled_and_its_counts_are_not_turned() {
    let text = SUMS.replace("count = 8", "count = 4000");
    let counsel = counsel(&text, &["sync", "threads(4)"], &Alone).expect("plans that run");
    let effort = &counsel.advice.effort;
    assert_eq!(effort.one_task_in, 1);
    assert!(effort.flips_one_task_in > 1, "{effort:?}");
    let flips = &counsel.advice.flips;
    assert!(
        flips.iter().all(|flip| flip.key != "tasks.sum.count"),
        "{flips:?}"
    );
}
