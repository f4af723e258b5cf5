//! What a narration says is so, at every event of every example.

use trilane_core::examples;
use trilane_core::scenario::{Format, parse};
use trilane_core::story::{Moment, Story, rules};
use trilane_core::trace::view::{Span, gil_held, interpreters, lanes};
use trilane_core::trace::{Lane, Origin, Outcome, SpanKind, Trace};
use trilane_core::units::{Dur, Time};

use super::run;

const INTERVAL: u64 = 5_000_000;

/// Events of a run that are looked at: the first ones, and some spread over the rest.
const LOOKED_AT: usize = 400;

/// Runs of every example small enough to be told event by event.
fn each(mut check: impl FnMut(&str, &Trace)) {
    for example in examples::all() {
        let scenario = parse(example.text(), Format::Toml).expect("an example");
        if scenario.kinds.iter().map(|kind| kind.count).sum::<u32>() > 500 {
            continue;
        }
        for plan in [
            "threads(4)",
            "asyncio+threads(2)",
            "processes(2)",
            "threads@3.14t",
        ] {
            let trace = run(example.text(), plan);
            if trace.spans.len() < 60_000 {
                check(&format!("{} under {plan}", example.name), &trace);
            }
        }
    }
}

/// Instants to look at: events, and some between them.
fn instants(story: &Story, trace: &Trace) -> Vec<u64> {
    let mut all = vec![0];
    while let Some(next) = story.next(all[all.len() - 1]) {
        all.push(next);
    }
    let end = trace.makespan().as_nanos();
    assert_eq!(all.last(), Some(&end));
    let step = (all.len() / LOOKED_AT).max(1);
    let some: Vec<u64> = all.iter().copied().step_by(step).collect();
    let between = some.windows(2).map(|pair| u64::midpoint(pair[0], pair[1]));
    let mut found: Vec<u64> = between.step_by(7).collect();
    found.extend(some);
    found.push(end);
    found.sort_unstable();
    found
}

fn at(spans: &[Span], ns: u64) -> Option<&Span> {
    let time = Time::from_nanos(ns);
    spans
        .iter()
        .find(|span| span.start <= time && time < span.end)
}

fn counter<'m>(moment: &'m Moment, name: &str) -> Option<&'m str> {
    let mut all = moment.counters.iter();
    all.find(|(one, _)| *one == name)
        .map(|(_, value)| value.as_str())
}

/// How many names a counter tells.
fn named(text: &str) -> usize {
    if let Ok(number) = text.parse() {
        return number;
    }
    if text == "nobody" {
        return 0;
    }
    let (names, more) = match text.split_once(" and ") {
        Some((names, more)) => (
            names,
            more.trim_end_matches(" more").parse().expect("a number"),
        ),
        None => (text, 0),
    };
    names.split(", ").count() + more
}

/// The number in front of some words of a sentence.
fn number_before(sentence: &str, words: &str) -> Option<usize> {
    let (before, _) = sentence.split_once(words)?;
    before.rsplit([' ', ';']).next()?.parse().ok()
}

#[test]
fn what_is_counted_is_what_the_spans_say() {
    each(|name, trace| {
        let story = Story::new(trace, Dur::from_nanos(INTERVAL));
        let lanes = lanes(trace);
        for ns in instants(&story, trace).into_iter().step_by(5) {
            let moment = story.at(trace, ns, None);
            let told = || format!("{name} at {ns}: {moment:#?}");
            let threads = |kind: &dyn Fn(SpanKind) -> bool| {
                let now = lanes.threads.iter().filter_map(|spans| at(spans, ns));
                now.filter(|span| kind(span.kind)).count()
            };
            let tasks = |kind: SpanKind| {
                let now = lanes.tasks.iter().filter_map(|spans| at(spans, ns));
                now.filter(|span| span.kind == kind).count()
            };
            let check = |counter_name: &str, expect: usize| {
                if let Some(text) = counter(&moment, counter_name) {
                    assert_eq!(named(text), expect, "{counter_name}: {}", told());
                }
            };
            check("running Python", threads(&SpanKind::holds_gil));
            check(
                "waiting for the GIL",
                threads(&|kind| kind == SpanKind::GilWait),
            );
            check("in I/O", tasks(SpanKind::Io));
            check("ready for the loop", tasks(SpanKind::LoopWait));
            let cores = format!("{} of {}", threads(&SpanKind::on_core), trace.cores);
            assert_eq!(
                counter(&moment, "cores in use"),
                Some(cores.as_str()),
                "{}",
                told()
            );
            let ended = |(task, spans): (usize, &Vec<Span>)| {
                let info = &trace.tasks[task];
                let end = spans.last().map_or(info.born, |span| span.end);
                info.parent.is_none() && info.finished && end.as_nanos() <= ns
            };
            let done = lanes
                .tasks
                .iter()
                .enumerate()
                .filter(|one| ended(*one))
                .count();
            let roots = trace
                .tasks
                .iter()
                .filter(|task| task.parent.is_none())
                .count();
            let done = format!("{done} of {roots}");
            assert_eq!(
                counter(&moment, "finished"),
                Some(done.as_str()),
                "{}",
                told()
            );
            for sentence in &moment.sentences {
                if let Some(many) = number_before(sentence, " tasks are ready") {
                    assert_eq!(many, tasks(SpanKind::LoopWait), "{}", told());
                }
                if let Some(many) = number_before(sentence, " cores are free") {
                    assert_eq!(
                        many,
                        trace.cores as usize - threads(&SpanKind::on_core),
                        "{}",
                        told()
                    );
                }
            }
        }
    });
}

#[test]
fn whoever_is_said_to_have_the_gil_has_it() {
    let mut seen = [0; 3];
    each(|name, trace| {
        let story = Story::new(trace, Dur::from_nanos(INTERVAL));
        let lanes = lanes(trace);
        let holds: Vec<_> = interpreters(trace)
            .into_iter()
            .flat_map(|id| gil_held(trace, &lanes, id))
            .collect();
        let thread = |words: &str| {
            let short = words.trim_start_matches("The ").trim_start_matches("the ");
            let short = short.trim_end_matches(" thread");
            let mut all = (0_u32..).zip(&trace.threads);
            let found = all.find(|(_, info)| info.name() == short);
            found
                .map(|(id, _)| id)
                .unwrap_or_else(|| panic!("{name}: {words} is no thread"))
        };
        for ns in instants(&story, trace) {
            let moment = story.at(trace, ns, None);
            let told = || format!("{name} at {ns}: {moment:#?}");
            let has = |words: &str| {
                let id = thread(words);
                let mut own = holds.iter().filter(|hold| hold.thread == id);
                own.any(|hold| hold.start.as_nanos() <= ns && ns < hold.end.as_nanos())
            };
            assert!(
                !moment.headline.is_empty() && !moment.headline.contains("  "),
                "{}",
                told()
            );
            assert!(
                moment.sentences.iter().all(|text| text.ends_with('.')),
                "{}",
                told()
            );
            let headline = &moment.headline;
            if let Some((who, _)) = headline.split_once(" takes the GIL") {
                assert!(has(who), "{}", told());
                seen[0] += 1;
            }
            if let Some((_, who)) = headline.split_once(" is over, but ") {
                assert!(has(who.trim_end_matches(" has the GIL")), "{}", told());
            }
            if let Some((asker, rest)) = headline.split_once(" asks ") {
                let holder = rest.trim_end_matches(" to let go of the GIL");
                let (asker, holder) = (thread(asker), thread(holder));
                let wait = at(&lanes.threads[asker as usize], ns).expect("it is there");
                assert_eq!(wait.kind, SpanKind::GilWait, "{}", told());
                assert!(ns - wait.start.as_nanos() >= INTERVAL, "{}", told());
                let mut held = holds.iter().filter(|hold| hold.thread == holder);
                assert!(held.any(|hold| hold.end.as_nanos() == ns), "{}", told());
                seen[1] += 1;
            }
            let left = moment
                .sentences
                .iter()
                .find(|text| text.contains(" left of its "));
            let Some((who, rest)) =
                left.and_then(|text| text.split_once("; ")?.1.split_once(" has "))
            else {
                continue;
            };
            assert!(has(who), "{}", told());
            if rest.starts_with("at least") {
                continue;
            }
            // To the digit shown, the holder goes on until then, or lets go by itself before.
            let id = thread(who);
            let hold = holds.iter().find(|hold| {
                hold.thread == id && hold.start.as_nanos() <= ns && ns < hold.end.as_nanos()
            });
            let hold = hold.expect("it has it");
            let until: f64 = rest
                .split(' ')
                .next()
                .and_then(|n| n.parse().ok())
                .expect("a number");
            let unit = match rest.split(' ').nth(1) {
                Some("ms") => 1e6,
                Some("µs") => 1e3,
                _ => 1.0,
            };
            let latest = ns as f64 + until * unit * 1.006;
            let drops = lanes.threads[id as usize]
                .iter()
                .any(|span| span.start == hold.end && span.kind == SpanKind::GilWait);
            let earliest = ns as f64 + until * unit * 0.994;
            let end = hold.end.as_nanos() as f64;
            assert!(!drops || end >= earliest, "{} until {end}", told());
            // C code and a thread without a core let go later.
            let runs = lanes.threads[id as usize]
                .iter()
                .filter(|span| span.start < hold.end && span.end.as_nanos() > ns);
            let mut others =
                runs.filter(|span| !matches!(span.kind, SpanKind::Python | SpanKind::Overhead));
            assert!(
                end <= latest || others.next().is_some(),
                "{} until {end}",
                told()
            );
            seen[2] += 1;
        }
    });
    assert!(seen.iter().all(|many| *many > 50), "{seen:?}");
}

#[test]
fn a_focus_is_what_the_headline_is_about() {
    each(|name, trace| {
        let story = Story::new(trace, Dur::from_nanos(INTERVAL));
        let all = instants(&story, trace);
        let tasks = (0..trace.tasks.len() as u32).step_by(11).map(Lane::task);
        let threads = (0..trace.threads.len() as u32).map(Lane::thread);
        for lane in tasks.chain(threads) {
            let label = match (lane.as_task(), lane.as_thread()) {
                (Some(task), _) => trace.task_name(task),
                (_, Some(thread)) => trace.threads[thread as usize].name(),
                _ => unreachable!("a lane is either"),
            };
            for ns in all.iter().step_by(97) {
                let moment = story.at(trace, *ns, Some(lane));
                let text = format!("{} {}", moment.headline, moment.sentences.join(" "));
                assert!(
                    text.contains(&label),
                    "{name} at {ns}: {label} is not in {moment:#?}"
                );
            }
        }
        // A lane that is not there is no focus.
        let none = story.at(trace, 0, Some(Lane::task(u32::MAX >> 1)));
        assert_eq!(none, story.at(trace, 0, None));
    });
}

#[test]
fn one_steps_back_as_one_steps_on() {
    each(|name, trace| {
        let story = Story::new(trace, Dur::from_nanos(INTERVAL));
        let (mut at, mut steps) = (0, 0);
        while let Some(next) = story.next(at).filter(|_| steps < LOOKED_AT) {
            assert!(next > at, "{name}");
            assert_eq!(story.previous(next), Some(at), "{name}");
            (at, steps) = (next, steps + 1);
        }
        let end = trace.makespan().as_nanos();
        assert_eq!(story.next(end), None, "{name}");
        assert_eq!(story.previous(u64::MAX), Some(end), "{name}");
        assert_eq!(story.previous(0), None, "{name}");
    });
}

#[test]
fn a_deadlock_says_who_waits_for_whom() {
    let text = examples::find("deadlock-lock-order")
        .expect("an example")
        .text();
    let trace = run(text, "threads(2)");
    assert!(matches!(trace.outcome, Outcome::Deadlock(_)));
    let story = Story::new(&trace, Dur::from_nanos(INTERVAL));
    let end = story.at(&trace, trace.makespan().as_nanos(), None);
    assert_eq!(
        end.headline,
        "Deadlock: a_to_b[0] waits for ever for lock `b`, held up by b_to_a[0]"
    );
    assert_eq!(
        end.sentences,
        [
            "b_to_a[0] waits for lock `a`, held up by a_to_b[0].",
            "0 of 2 tasks finished."
        ]
    );
    let focus = story.at(&trace, u64::MAX, Some(Lane::task(1)));
    assert!(
        focus
            .headline
            .starts_with("b_to_a[0] waits for ever for lock `a`"),
        "{focus:?}"
    );
}

#[test]
fn of_a_measured_run_nothing_is_said_that_nobody_saw() {
    let text = examples::find("convoy").expect("an example").text();
    let mut trace = run(text, "threads");
    trace.origin = Origin::Measured;
    let story = Story::new(&trace, Dur::from_nanos(INTERVAL));
    for ns in instants(&story, &trace) {
        let moment = story.at(&trace, ns, None);
        let text = format!("{} {}", moment.headline, moment.sentences.join(" "));
        for claim in [
            " asks ",
            "takes the GIL",
            "has the GIL",
            " left of its",
            "is free at this",
        ] {
            assert!(!text.contains(claim), "{claim}: {text}");
        }
    }
}

#[test]
fn every_rule_has_a_name_and_a_source() {
    for rule in rules() {
        assert!(
            !rule.name.is_empty() && rule.source.contains(", "),
            "{rule:?}"
        );
    }
}
