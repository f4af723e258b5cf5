//! Names of plans for readers, and pictures in words.

use std::fmt::Write;

use trilane_core::trace::{Origin, Outcome, SpanKind, Trace};

use crate::rows::Timeline;

/// Puts what a picture says into the reader's language; the pictures' own is English. Names of plans,
/// threads and tasks are never put into it.
#[derive(Clone, Copy, Default)]
pub struct Say<'a>(Option<&'a dyn Fn(&str) -> String>);

impl<'a> Say<'a> {
    /// Says each sentence, and each label, as this does.
    pub fn by(words: &'a dyn Fn(&str) -> String) -> Say<'a> {
        Say(Some(words))
    }

    /// A sentence or a label of a picture in that language.
    pub fn say(self, text: &str) -> String {
        self.0.map_or_else(|| text.to_owned(), |words| words(text))
    }
}

impl std::fmt::Debug for Say<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if self.0.is_some() { "Say(..)" } else { "Say" })
    }
}

/// What stands behind the name of a plan on a Python without a GIL.
const NO_GIL: &str = "no GIL";

/// A plan's name for people, and what it is in Python: `threads`, `ThreadPoolExecutor(8)`.
pub fn plan(trace: &Trace) -> (String, String) {
    let plan = trace.plan.split('@').next().unwrap_or_default();
    let mut names: Vec<String> = Vec::new();
    let mut details: Vec<String> = Vec::new();
    for part in parts(plan) {
        let (name, arguments) = match part.split_once('(') {
            Some((name, rest)) => (name.trim(), rest.trim_end().trim_end_matches(')')),
            None => (part.trim(), ""),
        };
        let (first, rest) = match arguments.split_once(',') {
            Some((first, rest)) => (first.trim(), rest),
            None => (arguments.trim(), ""),
        };
        names.push(name.to_owned());
        match name {
            "sync" => details.push("one after another".to_owned()),
            "threads" if first == "each" => details.push("a Thread each task".to_owned()),
            "threads" => details.push(format!("ThreadPoolExecutor({first})")),
            "processes" => {
                details.push(format!("ProcessPoolExecutor({first})"));
                details.extend(
                    rest.split(',')
                        .filter(|rest| !rest.is_empty())
                        .map(|option| option.trim().trim_start_matches("start=").replace('=', " ")),
                );
            }
            "interpreters" => details.push(format!("InterpreterPoolExecutor({first})")),
            "asyncio" if first.is_empty() => details.push("TaskGroup".to_owned()),
            "asyncio" => details.push(format!("TaskGroup, {}", first.replace('=', " "))),
            _ => {}
        }
    }
    if names.len() > 1 {
        details.retain(|detail| detail != "TaskGroup");
    }
    let mut name = names.join(" + ");
    if !trace.gil {
        let _ = write!(name, ", {NO_GIL}");
    }
    (name, details.join(" · "))
}

/// The same in the reader's language.
pub(crate) fn plan_in(trace: &Trace, say: Say<'_>) -> (String, String) {
    let (name, detail) = plan(trace);
    (name_in(&name, say), say.say(&detail))
}

/// A plan's name for people in the reader's language: its own name stays.
pub(crate) fn name_in(name: &str, say: Say<'_>) -> String {
    match name.strip_suffix(NO_GIL) {
        Some(own) => format!("{own}{}", say.say(NO_GIL)),
        None => name.to_owned(),
    }
}

/// An instant, finely enough to tell neighbours apart: `22.10 ms`.
pub fn moment(ns: u64) -> String {
    let (value, unit) = fine(ns, ns);
    format!("{value} {unit}")
}

/// From when to when: `22.10 to 27.18 ms`.
pub fn stretch(from_ns: u64, to_ns: u64) -> String {
    let (from, unit) = fine(from_ns, to_ns);
    format!("{from} to {} {unit}", fine(to_ns, to_ns).0)
}

/// A time in the unit that suits `like`.
fn fine(ns: u64, like: u64) -> (String, &'static str) {
    let (unit, digits, name) = match like {
        0..1_000 => (1.0, 0, "ns"),
        1_000..1_000_000 => (1e3, 1, "µs"),
        1_000_000..1_000_000_000 => (1e6, 2, "ms"),
        _ => (1e9, 4, "s"),
    };
    (format!("{:.digits$}", ns as f64 / unit), name)
}

/// The parts of a plan between the plus signs outside brackets.
fn parts(plan: &str) -> impl Iterator<Item = &str> {
    let mut depth = 0i32;
    plan.split(move |c| {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        c == '+' && depth == 0
    })
}

/// The machine and the Python: `CPython 3.13 · 4 cores`.
pub fn machine(trace: &Trace) -> String {
    let cores = if trace.cores == 1 { "core" } else { "cores" };
    let measured = if trace.origin == Origin::Measured {
        " · measured"
    } else {
        ""
    };
    format!(
        "CPython {} · {} {cores}{measured}",
        trace.python, trace.cores
    )
}

/// A badge for a run that did not end well.
pub fn trouble(trace: &Trace) -> Option<&'static str> {
    match trace.outcome {
        Outcome::Completed => None,
        Outcome::Deadlock(_) => Some("deadlock"),
        Outcome::Stopped(_) => Some("stopped"),
    }
}

/// A run in a sentence: who shares its time how.
pub fn sentence(trace: &Trace, timeline: &Timeline) -> String {
    let (name, detail) = plan(trace);
    let makespan = trace.makespan();
    let mut times: Vec<(u64, SpanKind)> = SpanKind::ALL
        .into_iter()
        .map(|kind| (time_in(timeline, kind), kind))
        .collect();
    times.retain(|(time, kind)| *time > 0 && *kind != SpanKind::Idle);
    times.sort_by_key(|(time, kind)| (std::cmp::Reverse(*time), *kind));
    let all: u64 = times.iter().map(|(time, _)| time).sum();
    let share = |time: u64| (time as f64 / all as f64 * 100.0).round();
    let states: Vec<String> = times
        .iter()
        .filter(|(time, _)| share(*time) >= 1.0)
        .map(|(time, kind)| format!("{} {} %", kind.label(), share(*time)))
        .collect();
    let how = match trace.outcome {
        Outcome::Completed => "takes",
        Outcome::Deadlock(_) => "ends in a deadlock after",
        Outcome::Stopped(_) => "is stopped after",
    };
    let detail = if detail.is_empty() {
        String::new()
    } else {
        format!(" ({detail})")
    };
    format!(
        "{name}{detail} on {} {how} {makespan}. Lanes: {}.",
        machine(trace),
        states.join(", ")
    )
}

/// Time of all lanes of a timeline in a state, ns.
fn time_in(timeline: &Timeline, kind: SpanKind) -> u64 {
    use crate::rows::Content;
    let rows = timeline.rows().map(|(_, row)| match &row.content {
        Content::Lane { strip, .. } => {
            timeline.strips.times(*strip, 0, timeline.end_ns)[kind as usize]
        }
        Content::Lanes { stack, lanes } if !lanes.is_empty() => {
            timeline.stacks[*stack as usize].times(0, timeline.end_ns)[kind as usize]
        }
        _ => 0,
    });
    rows.sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(plan_text: &str, gil: bool, expect: (&str, &str)) {
        let trace = Trace {
            origin: Origin::Simulated,
            plan: plan_text.to_owned(),
            python: "3.13".to_owned(),
            gil,
            cores: 4,
            kinds: Vec::new(),
            tasks: Vec::new(),
            threads: Vec::new(),
            spans: Default::default(),
            flows: Vec::new(),
            memory: Vec::new(),
            outcome: Outcome::Completed,
            events: 0,
        };
        let (name, detail) = plan(&trace);
        assert_eq!((name.as_str(), detail.as_str()), expect);
    }

    #[test]
    fn plans_have_names_for_people() {
        check("sync", true, ("sync", "one after another"));
        check("threads(8)", true, ("threads", "ThreadPoolExecutor(8)"));
        check(
            "threads(8)@3.14t",
            false,
            ("threads, no GIL", "ThreadPoolExecutor(8)"),
        );
        check("threads(each)", true, ("threads", "a Thread each task"));
        check(
            "processes(4, start=fork)",
            true,
            ("processes", "ProcessPoolExecutor(4) · fork"),
        );
        check(
            "processes(4, start=spawn, chunk=10)",
            true,
            ("processes", "ProcessPoolExecutor(4) · spawn · chunk 10"),
        );
        check(
            "interpreters(2)",
            true,
            ("interpreters", "InterpreterPoolExecutor(2)"),
        );
        check("asyncio", true, ("asyncio", "TaskGroup"));
        check(
            "asyncio(limit=40)",
            true,
            ("asyncio", "TaskGroup, limit 40"),
        );
        check(
            "asyncio+threads(8)",
            true,
            ("asyncio + threads", "ThreadPoolExecutor(8)"),
        );
        check(
            "asyncio+threads(8)+processes(4, start=fork)",
            true,
            (
                "asyncio + threads + processes",
                "ThreadPoolExecutor(8) · ProcessPoolExecutor(4) · fork",
            ),
        );
    }

    #[test]
    fn a_plan_keeps_its_name_in_every_language() {
        let words = |text: &str| match text {
            NO_GIL => "ohne GIL".to_owned(),
            other => other.to_uppercase(),
        };
        let say = Say::by(&words);
        assert_eq!(name_in("threads, no GIL", say), "threads, ohne GIL");
        assert_eq!(name_in("asyncio + threads", say), "asyncio + threads");
    }
}
