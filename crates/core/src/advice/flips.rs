//! Where the answer flips: a knob is turned by doubling or halving until another family of plans
//! wins, then the place is narrowed down by bisection.
//!
//! The caller runs the plans. A challenger has to be ahead by [`LEAD`] before the incumbent is given
//! up, so that two plans that are level do not flip at every turn.

use serde::Serialize;

use super::Family;
use super::knobs::{Knob, Setup, Value};

/// How much faster a challenger must be: 2 %.
pub const LEAD: f64 = 0.02;
/// Doublings or halvings of a number that is not 0 now.
const TURNS_MAX: u32 = 10;
/// Where a number that is 0 now starts: a microsecond, a kilobyte, one.
const FIRST: u64 = 1_000;

/// A plan's run on some setup.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// Its family.
    pub family: Family,
    /// The plan as one writes it.
    pub plan: String,
    /// Its run time; nothing where it did not complete.
    pub makespan_ns: Option<u64>,
}

/// Which way a knob is turned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Way {
    /// To larger numbers, from this value up.
    Above,
    /// To smaller numbers, from this value down.
    Below,
    /// To the other of two values.
    Is,
}

/// A place where the answer flips.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Flip {
    /// What is turned: `tasks.page.steps.1.cpu`.
    pub key: String,
    /// From which value on, to about three digits.
    pub at: String,
    /// The plan that wins there.
    pub to: String,
    /// Whether it wins above or below that value.
    pub when: Way,
    /// The value now.
    pub now: String,
    /// How far it is from now, as a factor of at least 1: near ones concern the reader more.
    #[serde(skip)]
    pub distance: f64,
}

/// What turning a knob one way gave.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Search {
    /// The flip, and the knob's number there; nothing where none was found.
    pub flip: Option<(Flip, u64)>,
    /// Every number that was tried, in that order, with what was run there.
    pub points: Vec<(u64, Vec<Candidate>)>,
}

/// Turns one knob one way. `run` gives a setup's candidates, or nothing where the setup is too large
/// to run; then the search ends without a flip.
pub fn search(
    setup: &Setup,
    knob: &Knob,
    way: Way,
    incumbent: Family,
    run: &mut impl FnMut(&Setup) -> Option<Vec<Candidate>>,
) -> Search {
    let mut points = Vec::new();
    let mut try_at = |number: u64| -> Option<Option<String>> {
        let candidates = run(&knob.turn(setup, number))?;
        let found = challenger(&candidates, incumbent).map(|c| c.plan.clone());
        points.push((number, candidates));
        Some(found)
    };
    let flip = first_flip(knob, way, &mut try_at);
    Search { flip, points }
}

/// The first flip on the way; `challenger` says who beats the incumbent at a number, or nothing where
/// that is too much to run.
fn first_flip(
    knob: &Knob,
    way: Way,
    challenger: &mut impl FnMut(u64) -> Option<Option<String>>,
) -> Option<(Flip, u64)> {
    let now = knob.now.number();
    let (low, high) = knob.range();
    let flip = |at: Value, to: String| Flip {
        key: knob.key.clone(),
        at: at.to_string(),
        to,
        when: way,
        now: knob.now.to_string(),
        distance: match way {
            Way::Is => 1.0,
            Way::Above | Way::Below => {
                let (a, b) = (at.number().max(1) as f64, now.max(1) as f64);
                (a / b).max(b / a)
            }
        },
    };

    if let (Value::Flag(on), Way::Is) = (knob.now, way) {
        let other = u64::from(!on);
        return challenger(other)?.map(|to| (flip(Value::Flag(!on), to), other));
    }
    let mut near = now;
    let (mut far, mut to) = loop {
        let next = match way {
            Way::Above if near == 0 => FIRST.min(high),
            Way::Above => near.saturating_mul(2).min(high),
            Way::Below => (near / 2).max(low),
            Way::Is => return None,
        };
        let turned = match now {
            0 => next > FIRST << (2 * TURNS_MAX),
            now => next.max(now) / next.min(now).max(1) > 1 << TURNS_MAX,
        };
        if next == near || turned {
            return None;
        }
        match challenger(next)? {
            Some(to) => break (next, to),
            None => near = next,
        }
    };
    // Three digits: the ends are within 0.2 % of each other, or next to each other.
    while far.abs_diff(near) > (far.max(near) / 500).max(1) {
        let middle = near.midpoint(far);
        match challenger(middle)? {
            Some(better) => (far, to) = (middle, better),
            None => near = middle,
        }
    }
    Some((flip(knob.now.with(far), to), far))
}

/// The candidate that beats every plan of the incumbent's family by [`LEAD`], if there is one.
pub fn challenger(candidates: &[Candidate], incumbent: Family) -> Option<&Candidate> {
    let best = |same: bool| {
        candidates
            .iter()
            .filter(|c| (c.family == incumbent) == same && c.makespan_ns.is_some())
            .min_by_key(|c| (c.makespan_ns, c.family))
    };
    let other = best(false)?;
    let own = best(true).and_then(|c| c.makespan_ns);
    let ahead = match (other.makespan_ns, own) {
        (Some(ns), Some(own)) => (ns as f64) * (1.0 + LEAD) < own as f64,
        (found, _) => found.is_some(),
    };
    ahead.then_some(other)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::advice::knobs::knobs;
    use crate::advice::testing::{cpu, io, kind, scenario};
    use crate::advice::work::Work;

    /// Threads take all the Python in a row; processes take 40 ms to start and a quarter of it.
    fn run(setup: &Setup) -> Option<Vec<Candidate>> {
        let work = Work::of(&setup.scenario);
        let python = work.cpu as u64;
        let row = |family, ns| Candidate {
            family,
            plan: family_name(family),
            makespan_ns: Some(ns),
        };
        Some(vec![
            row(Family::Threads, python),
            row(
                Family::Processes,
                40_000_000 + python / u64::from(setup.cores),
            ),
        ])
    }

    fn family_name(family: Family) -> String {
        family.to_string()
    }

    fn check(key: &str, way: Way, expect: Option<(&str, &str)>) {
        let scenario = scenario(vec![kind("page", 4, vec![io(80), cpu(5)])]);
        let setup = Setup { scenario, cores: 4 };
        let all = knobs(&setup);
        let knob = all
            .iter()
            .find(|knob| knob.key == key)
            .expect("such a knob");
        let Search { flip, points } = search(&setup, knob, way, Family::Threads, &mut run);
        let got = flip
            .as_ref()
            .map(|(flip, _)| (flip.at.as_str(), flip.to.as_str()));
        assert_eq!(got, expect, "{key} {way:?}");
        // Every number that was tried is there with its runs, and the flip is one of them.
        for (number, candidates) in &points {
            let again = run(&knob.turn(&setup, *number));
            assert_eq!(again.as_ref(), Some(candidates), "{key} at {number}");
            let ahead = challenger(candidates, Family::Threads).is_some();
            let beyond = flip.as_ref().is_some_and(|(_, at)| match way {
                Way::Above => number >= at,
                Way::Below => number <= at,
                Way::Is => number == at,
            });
            assert_eq!(ahead, beyond, "{key} at {number}");
        }
    }

    #[test]
    fn the_search_finds_where_the_sums_cross() {
        // 4 c / 1.02 > 40 ms + c, where c is the Python of a task: c = 13.69 ms.
        check(
            "tasks.page.steps.1.cpu",
            Way::Above,
            Some(("13.7ms", "processes")),
        );
        check("tasks.page.steps.1.cpu", Way::Below, None);
        check("tasks.page.count", Way::Above, Some(("11", "processes")));
        check("cores", Way::Above, None);
    }

    #[test]
    fn a_setup_that_is_too_large_ends_the_search() {
        let scenario = scenario(vec![kind("page", 4, vec![cpu(5)])]);
        let setup = Setup { scenario, cores: 4 };
        let knob = &knobs(&setup)[1];
        assert_eq!(
            search(&setup, knob, Way::Above, Family::Threads, &mut |_| None),
            Search::default()
        );
    }

    #[test]
    fn an_incumbent_that_never_ends_loses_to_anything_that_does() {
        let dead = Candidate {
            family: Family::Threads,
            plan: "threads".into(),
            makespan_ns: None,
        };
        let slow = Candidate {
            family: Family::Sync,
            plan: "sync".into(),
            makespan_ns: Some(u64::MAX),
        };
        assert_eq!(
            challenger(&[dead, slow], Family::Threads).map(|c| c.plan.as_str()),
            Some("sync")
        );
    }
}
