//! The goals for Trilane's speed, each a gate that must hold and a mark beyond it.

use super::{Case, Engine, Rows, WORKLOADS};

/// Whether a goal is met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Missed,
    Met,
    Stretch,
}

/// One goal, judged at its worst case.
pub(super) struct Gate {
    pub(super) goal: &'static str,
    pub(super) gate: String,
    pub(super) stretch: String,
    /// The worst of all cases, and where.
    pub(super) worst: String,
    pub(super) verdict: Verdict,
}

/// A goal's bounds: `AtLeast(gate, stretch)`, or the same as an upper bound.
#[derive(Clone, Copy)]
enum Bound {
    AtLeast(f64, f64),
    AtMost(f64, f64),
}

/// The values that a goal is judged by, and where each was measured.
type Values = Vec<(f64, String)>;

/// Judges all goals that the rows allow to judge.
pub(super) fn judge(rows: &Rows) -> Vec<Gate> {
    let row = |workload, n, engine| {
        rows.get(&Case {
            workload,
            n,
            engine,
        })
    };
    let ns = |workload, n, engine| row(workload, n, engine).map(|row| row.ns_per_event);
    let mut cases: Vec<(&'static str, u32)> = rows.keys().map(|c| (c.workload, c.n)).collect();
    cases.dedup();

    let over = |peer: Engine| {
        let ratio = |&(w, n): &(&'static str, u32)| {
            let ratio = ns(w, n, peer)? / ns(w, n, Engine::Trilane)?;
            Some((ratio, format!("{w} {n}")))
        };
        cases.iter().filter_map(ratio).collect::<Vec<_>>()
    };
    let under = |n: &u32| *n <= 10_000;
    let recording = |small: bool| {
        let share = |&(w, n): &(&'static str, u32)| {
            let share = row(w, n, Engine::Recording)?.times_bare? - 1.0;
            Some((share * 100.0, format!("{w} {n}")))
        };
        cases
            .iter()
            .filter(|(_, n)| under(n) == small)
            .filter_map(share)
            .collect::<Vec<_>>()
    };
    let hold = cases
        .iter()
        .filter_map(|&(w, n)| {
            let ratio = ns(w, n, Engine::Trilane)? / ns(w, n, Engine::HoldHeap)?;
            Some((ratio, format!("{w} {n}")))
        })
        .collect();
    let growth = WORKLOADS
        .iter()
        .filter_map(|&w| {
            let ratio = ns(w, 1_000_000, Engine::Trilane)? / ns(w, 1_000, Engine::Trilane)?;
            Some((ratio, w.to_owned()))
        })
        .collect();
    let memory = cases
        .iter()
        .filter_map(|&(w, n)| {
            Some((
                row(w, n, Engine::Trilane)?.bytes_per_task?,
                format!("{w} {n}"),
            ))
        })
        .collect();

    let goals: [(&'static str, &'static str, Bound, Values); 8] = [
        (
            "SimPy ÷ Trilane",
            "×",
            Bound::AtLeast(100.0, 200.0),
            over(Engine::Simpy),
        ),
        (
            "nexosim, one model ÷ Trilane",
            "×",
            Bound::AtLeast(4.0, 8.0),
            over(Engine::NexosimOne),
        ),
        (
            "nexosim, a model a task ÷ Trilane",
            "×",
            Bound::AtLeast(20.0, 40.0),
            over(Engine::NexosimEach),
        ),
        (
            "full simulation ÷ bare BinaryHeap hold",
            "×",
            Bound::AtMost(1.3, 0.5),
            hold,
        ),
        (
            "growth of the time an event from 1e3 to 1e6 tasks",
            "×",
            Bound::AtMost(10.0, 7.0),
            growth,
        ),
        (
            "memory a task, its steps aside",
            " B",
            Bound::AtMost(128.0, 72.0),
            memory,
        ),
        (
            "recording the trace, up to 1e4 tasks",
            " %",
            Bound::AtMost(15.0, 10.0),
            recording(true),
        ),
        (
            "recording the trace, above",
            " %",
            Bound::AtMost(35.0, 10.0),
            recording(false),
        ),
    ];
    goals
        .into_iter()
        .filter_map(|(goal, unit, bound, values)| gate(goal, unit, bound, values))
        .collect()
}

fn gate(goal: &'static str, unit: &str, bound: Bound, mut values: Values) -> Option<Gate> {
    values.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (sign, gate, stretch, (worst, at)) = match bound {
        Bound::AtLeast(gate, stretch) => ("≥", gate, stretch, values.first()?),
        Bound::AtMost(gate, stretch) => ("≤", gate, stretch, values.last()?),
    };
    let holds = |limit: f64| match bound {
        Bound::AtLeast(..) => *worst >= limit,
        Bound::AtMost(..) => *worst <= limit,
    };
    let verdict = match (holds(gate), holds(stretch)) {
        (_, true) => Verdict::Stretch,
        (true, false) => Verdict::Met,
        (false, false) => Verdict::Missed,
    };
    Some(Gate {
        goal,
        gate: format!("{sign} {gate}{unit}"),
        stretch: format!("{sign} {stretch}{unit}"),
        worst: format!("{}{unit} ({at})", super::report::figure(*worst)),
        verdict,
    })
}
