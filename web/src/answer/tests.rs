//! The worker's answers, without a browser.

use trilane_core::race;

use super::*;
use crate::wire::{AtAsk, Export, LanesAsk, Move, Of, Question, Selected, pack, unpack};

pub(super) const SURFACE: Surface = Surface {
    width_px: 700,
    density: 1.0,
    dark: false,
    log: false,
};

pub(super) fn question(text: &str, plans: &[&str]) -> Question {
    Question {
        text: text.to_owned(),
        plans: plans.iter().map(|&plan| plan.to_owned()).collect(),
        python: "3.14".to_owned(),
        ..Question::default()
    }
}

pub(super) fn text(count: u64) -> String {
    format!(
        "trilane = 1\ntitle = \"A test\"\n[tasks.a]\ncount = {count}\n\
         steps = [{{ io = \"1ms\" }}, {{ cpu = \"2ms\" }}]\n"
    )
}

/// Runs a race to its end.
pub(super) fn race(agent: &mut Agent, question: Question) -> Answer {
    race_in(agent, question, None)
}

/// The same, with pictures in a language.
fn race_in(agent: &mut Agent, question: Question, tongue: Option<Tongue>) -> Answer {
    let ask = Box::new(Ask {
        race: 7,
        question,
        tongue,
    });
    let answer = agent.ask(Request::Race(ask, SURFACE), vec![]);
    if !matches!(answer.reply, Reply::Begun(7)) {
        return answer;
    }
    loop {
        if let Some(answer) = agent.work() {
            return answer;
        }
    }
}

/// An agent with a race of two plans.
fn raced() -> (Agent, Shown) {
    let mut agent = Agent::default();
    let answer = race(&mut agent, question(&text(10), &["threads(4)", "asyncio"]));
    match answer.reply {
        Reply::Race(shown) => (agent, *shown),
        other => panic!("{other:?}"),
    }
}

fn of(row: u32) -> Of {
    Of { race: 7, row }
}

fn lanes(row: u32) -> LanesAsk {
    LanesAsk {
        of: of(row),
        tasks: false,
        window: None,
        selected: None,
        surface: SURFACE,
    }
}

#[test]
fn a_race_has_a_row_a_plan_and_a_picture_a_run() {
    let plans = ["sync", "threads(0)", "asyncio", "interpreters@3.11"];
    let answer = race(&mut Agent::default(), question(&text(10), &plans));
    let Reply::Race(shown) = answer.reply else {
        panic!("{:?}", answer.reply)
    };
    let ran: Vec<bool> = shown.rows.iter().map(|row| row.run.is_ok()).collect();
    assert_eq!(ran, [true, false, true, false]);
    // And one of the axis.
    assert_eq!(answer.parts.len(), 3);
    assert!(shown.rows[2].run.as_ref().is_ok_and(|run| run.best));
    for part in &answer.parts {
        let picture = Picture::unpack(part).expect("a picture");
        assert_eq!((picture.width, picture.pixels.width), (700.0, 700));
    }
    assert!(
        shown.axis.end_ns
            >= shown.rows[2]
                .run
                .as_ref()
                .map_or(0.0, |run| run.makespan_ns as f64)
    );
}

#[test]
fn pictures_are_lettered_in_the_language_that_is_asked_for() {
    let threads = "eine ganze Reihe von Threads";
    let phrases = [
        ("threads", threads),
        ("the GIL", "der GIL"),
        ("core {0}", "Kern {0}"),
    ];
    let tongue = || Tongue {
        // On the wire phrases are their pairs.
        phrases: unpack(&pack(&phrases.to_vec())).expect("phrases"),
        decimal: ',',
    };
    let ask = LanesAsk {
        window: Some((0.0, 2_000_000.0)),
        ..lanes(0)
    };
    let seen = |tongue: Option<Tongue>| {
        let mut agent = Agent::default();
        let first = race_in(&mut agent, question(&text(4), &["threads(4)"]), tongue);
        let Reply::Race(shown) = first.reply else {
            panic!("{:?}", first.reply)
        };
        let opened = agent.ask(Request::Lanes(ask), vec![]);
        let texts = [&first.parts[0], &opened.parts[0]].map(|part| {
            let picture = Picture::unpack(part).expect("a picture");
            let texts = picture.texts.into_iter().map(|text| text.text);
            texts.collect::<Vec<String>>()
        });
        (shown.axis.scale().left_px(), texts)
    };
    let has = |texts: &[String], text: &str| texts.iter().any(|there| there == text);
    let (narrow, [raced, opened]) = seen(None);
    assert!(has(&raced, "threads"), "{raced:?}");
    for text in ["THREADS", "THE GIL", "core 0", "1.5 ms"] {
        assert!(has(&opened, text), "{text} is not in {opened:?}");
    }
    let (wide, [raced, opened]) = seen(Some(tongue()));
    assert!(has(&raced, threads) && !has(&raced, "threads"), "{raced:?}");
    // The lanes make room for the longer title.
    assert!(wide > narrow + 50.0, "{wide} px, not {narrow} px");
    for text in [&*threads.to_uppercase(), "DER GIL", "Kern 0", "1,5 ms"] {
        assert!(has(&opened, text), "{text} is not in {opened:?}");
    }
    // Names of threads stay.
    assert!(has(&opened, "worker-0"), "{opened:?}");
}

#[test]
fn a_newer_race_ends_an_older_one() {
    let mut agent = Agent::default();
    let ask = |race, title: &str| {
        let text = text(10).replace("A test", title);
        let question = question(&text, &["sync", "asyncio"]);
        Request::Race(
            Box::new(Ask {
                race,
                question,
                tongue: None,
            }),
            SURFACE,
        )
    };
    assert_eq!(agent.ask(ask(1, "old"), vec![]).reply, Reply::Begun(1));
    assert!(agent.work().is_none());
    assert_eq!(agent.ask(ask(2, "new"), vec![]).reply, Reply::Begun(2));
    let answer = std::iter::repeat_with(|| agent.work()).flatten().next();
    match answer.map(|answer| answer.reply) {
        Some(Reply::Race(shown)) => assert_eq!((shown.race, shown.title.as_str()), (2, "new")),
        other => panic!("{other:?}"),
    }
    assert!(!agent.works() && agent.work().is_none());
}

#[test]
fn pictures_are_drawn_again_on_another_surface() {
    let (mut agent, shown) = raced();
    let log = Surface {
        width_px: 300,
        density: 2.0,
        log: true,
        dark: true,
    };
    let answer = agent.ask(Request::Draw(log), vec![]);
    let Reply::Drawn(axis) = answer.reply else {
        panic!("{:?}", answer.reply)
    };
    assert!(axis.is_log() && axis.right_px < shown.axis.right_px);
    let picture = Picture::unpack(&answer.parts[0]).expect("a picture");
    assert_eq!(
        (picture.width, picture.pixels.width, picture.dark),
        (300.0, 600, true)
    );
}

#[test]
fn a_row_opens_and_its_spans_can_be_walked() {
    let (mut agent, _) = raced();
    let answer = agent.ask(Request::Lanes(lanes(0)), vec![]);
    let Reply::Lanes(opened) = answer.reply else {
        panic!("{:?}", answer.reply)
    };
    assert!(opened.axis.left_px > 0.0 && opened.words.contains("threads"));
    let mut selected: Option<Selected> = None;
    let mut seen = Vec::new();
    for how in [
        Move::Enter(0),
        Move::Next,
        Move::Next,
        Move::Down,
        Move::Previous,
    ] {
        let ask = LanesAsk {
            selected,
            ..lanes(0)
        };
        match agent.ask(Request::Move(ask, how), vec![]).reply {
            Reply::Selected(_, Some(pick)) => {
                assert!(!pick.words.is_empty() && pick.span_ns.0 <= pick.span_ns.1);
                selected = Some(pick.selected);
                seen.push(pick.selected);
            }
            Reply::Selected(_, None) => {}
            other => panic!("{other:?}"),
        }
    }
    seen.dedup();
    assert!(seen.len() >= 3, "{seen:?}");
    let ask = LanesAsk {
        selected,
        window: Some((0.0, 4e6)),
        ..lanes(0)
    };
    let answer = agent.ask(Request::Lanes(ask), vec![]);
    assert!(matches!(&answer.reply, Reply::Lanes(lanes) if lanes.axis.end_ns == 4e6));
    let (x, y) = (opened.axis.right_px as f32 / 2.0, 40.0);
    match agent.ask(Request::Point(lanes(0), (x, y)), vec![]).reply {
        Reply::Tip(_, Some(tip)) => assert!(!tip.is_empty()),
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_instant_is_told_and_events_are_stepped_through() {
    let (mut agent, _) = raced();
    let mut ask = AtAsk {
        of: of(1),
        at_ns: 0,
        step: 0,
    };
    let mut times = Vec::new();
    for step in [0, 1, 1, 1, -1] {
        ask.step = step;
        let Reply::At(told) = agent.ask(Request::At(ask), vec![]).reply else {
            panic!("nothing is told")
        };
        assert!(!told.headline.is_empty() && !told.counters.is_empty());
        ask.at_ns = told.at_ns;
        times.push(told.at_ns);
    }
    assert!(times[..4].is_sorted() && times[3] > times[0], "{times:?}");
    assert_eq!(times[4], times[2]);
}

#[test]
fn figures_events_and_programs_are_of_their_row() {
    let (mut agent, _) = raced();
    let answer = agent.ask(Request::Figures(of(0), SURFACE), vec![]);
    assert!(matches!(&answer.reply, Reply::Figures(f) if f.table[0].1 == "10 of 10"));
    assert_eq!(answer.parts.len(), 2);
    let Reply::Events(_, events) = agent.ask(Request::Events(of(0), 0), vec![]).reply else {
        panic!("no events")
    };
    assert!(events.all >= 20 && events.rows.len() as u64 == events.all.min(figures::PAGE));
    let Reply::Code(_, code) = agent.ask(Request::Code(of(1)), vec![]).reply else {
        panic!("no program")
    };
    assert!(code.contains("asyncio.run"), "{code}");
}

#[test]
fn files_come_with_their_names_and_a_trace_can_be_shown_again() {
    let (mut agent, shown) = raced();
    let mut export = |what| {
        let answer = agent.ask(Request::Export(of(0), what, SURFACE), vec![]);
        let Reply::File(_, _, name) = answer.reply else {
            panic!("{:?}", answer.reply)
        };
        (name, answer.parts.into_iter().next().expect("a file"))
    };
    let check = |(name, bytes): (String, Vec<u8>), expect: &str, begin: &[u8]| {
        assert_eq!(name, expect);
        assert!(bytes.starts_with(begin), "{name}");
    };
    check(export(Export::Svg), "a-test-threads-4.svg", b"<svg");
    check(export(Export::RaceSvg), "a-test.svg", b"<svg");
    check(export(Export::Csv), "a-test.csv", b"plan,python,origin,");
    check(export(Export::Chrome), "a-test-threads-4.json", b"{");
    assert!(export(Export::Perfetto).1.len() > 1000);
    let (name, trace) = export(Export::Trace);
    check((name, trace.clone()), "a-test-threads-4.trilane", b"TRLN");
    assert_eq!(agent.ask(Request::Keep(3), trace).reply, Reply::Kept);
    let mut question = question(&text(2), &["sync"]);
    question.files = vec![(3, "mine.trilane".to_owned()), (4, "gone".to_owned())];
    let Reply::Race(again) = race(&mut agent, question).reply else {
        panic!("no race")
    };
    let first = again.rows[1].run.as_ref().expect("it is a trace");
    let before = shown.rows[0].run.as_ref().expect("it ran");
    assert_eq!(
        (first.makespan_ns, &first.plan),
        (before.makespan_ns, &before.plan)
    );
    assert!(again.rows[1].is_file() && again.rows[2].run.is_err());
}

#[test]
fn a_profile_of_ones_own_changes_what_things_cost() {
    let profile = include_str!("../../../crates/core/src/profile/data/3.13.toml");
    let slow = profile.replace(
        "switch_interval = { ms = 5,",
        "switch_interval = { ms = 50,",
    );
    assert_ne!(profile, slow);
    let time = |profile: Option<String>| {
        let question = Question {
            profile,
            python: "3.13".to_owned(),
            ..question(&text(40).replace("2ms", "20ms"), &["threads(8)"])
        };
        let Reply::Race(shown) = race(&mut Agent::default(), question).reply else {
            panic!("no race")
        };
        shown.rows[0].run.clone().map(|run| run.makespan_ns)
    };
    assert_eq!(time(Some(profile.to_owned())), time(None));
    assert_ne!(time(Some(slow)), time(None));
}

#[test]
fn what_cannot_be_run_is_said() {
    let mut agent = Agent::default();
    let answer = race(&mut agent, question("trilane = 1\nfoo = 2", &["sync"]));
    assert!(matches!(&answer.reply, Reply::Problems(7, told) if told.iter().any(|p| p.line == 2)));
    let answer = race(&mut agent, question(&text(5_000_000), &["sync"]));
    let Reply::Race(shown) = answer.reply else {
        panic!("{:?}", answer.reply)
    };
    let error = shown.rows[0].run.as_ref().expect_err("too large");
    assert!(error.contains("trilane simulate FILE"), "{error}");
    let other = Question {
        python: "2.7".to_owned(),
        ..question(&text(1), &["sync"])
    };
    let answer = race(&mut agent, other);
    assert!(matches!(&answer.reply, Reply::Refused(7, text) if text.contains("unknown Python")));
}

#[test]
fn what_is_asked_of_an_older_race_is_stale() {
    let (mut agent, _) = raced();
    let old = Of { race: 6, row: 0 };
    assert_eq!(agent.ask(Request::Code(old), vec![]).reply, Reply::Stale);
    assert_eq!(agent.ask(Request::Code(of(99)), vec![]).reply, Reply::Stale);
}

#[test]
fn the_document_is_the_command_lines() {
    let request = Request::Simulate {
        text: text(3),
        plans: vec![],
    };
    let answer = Agent::default().ask(request, vec![]);
    assert!(matches!(answer.reply, Reply::Json(Ok(text)) if text.ends_with("}\n")));
}

#[test]
fn advice_tells_how_far_it_is_and_is_what_core_says() {
    use std::cell::RefCell;
    use std::rc::Rc;
    use trilane_core::advice::Family;
    use trilane_core::advisor::{self, Alone};
    use trilane_core::race::Machine;

    let told: Rc<RefCell<Vec<Reply>>> = Rc::default();
    let mut agent = Agent::default();
    let ear = told.clone();
    agent.on_progress(move |reply| ear.borrow_mut().push(reply));
    let question = Box::new(question(&text(10), &[]));

    let walked = agent.ask(Request::Walk(question.clone()), vec![]);
    let Reply::Walked(walked) = walked.reply else {
        panic!("{walked:?}");
    };
    assert_eq!(
        (walked.title.as_str(), walked.answer),
        ("A test", Family::Processes)
    );
    assert!(told.borrow().is_empty());

    let answer = agent.ask(Request::Advise(question), vec![]);
    let Reply::Advised(advised) = answer.reply else {
        panic!("{answer:?}");
    };
    let scenario = race::read(&text(10)).expect("a scenario");
    let mut machine = Machine::new(race::CORES, "3.14", None).expect("a machine");
    let counsel = advisor::advise(&scenario, &mut machine, &[], scenario.seed, &Alone);
    let advice = counsel.expect("plans that run").advice;
    let best = &advised.ranking[advised.best.expect("they all end") as usize];
    assert_eq!(Some(&best.plan), advice.best.as_ref());
    assert_eq!(advised.because, advice.because);
    assert_eq!(advised.ranking.len(), advice.ranking.len());
    assert_eq!(advised.flips.len(), advice.flips.len());
    assert!(advised.code.contains("import"));
    // Every stage from nothing to all of it.
    let told = told.borrow();
    let last = told.iter().rev().find_map(|reply| match reply {
        Reply::Advising(advising) => Some(*advising),
        _ => None,
    });
    assert!(
        last.is_some_and(|last| last.done == last.of && last.of > 0),
        "{last:?}"
    );

    // A plot of a knob that flips, and none of one that does not.
    let ask = crate::wire::SweepAsk {
        plot: advised.flips[0].plot,
        time: "run time".to_owned(),
        now: "now {0}".to_owned(),
        flips: "{0}: {1}".to_owned(),
        none: "none".to_owned(),
    };
    let swept = agent.ask(Request::Sweep(ask.clone(), SURFACE), vec![]);
    assert!(matches!(&swept.reply, Reply::Swept(0, words) if words[0].starts_with("now ")));
    let picture = Picture::unpack(&swept.parts[0]).expect("a picture");
    assert_eq!(picture.width, SURFACE.width_px as f32);
    let beyond = crate::wire::SweepAsk { plot: 99, ..ask };
    let stale = agent.ask(Request::Sweep(beyond, SURFACE), vec![]);
    assert!(matches!(stale.reply, Reply::Stale));
}

#[test]
fn what_cannot_be_advised_is_refused() {
    let mut agent = Agent::default();
    for request in [Request::Walk, Request::Advise] {
        let broken = Box::new(question("trilane = 1\nfoo = 2", &[]));
        let answer = agent.ask(request(broken), vec![]);
        assert!(matches!(answer.reply, Reply::Problems(..)), "{answer:?}");
        let mut unknown = question(&text(10), &[]);
        unknown.python = "4.0".to_owned();
        let answer = agent.ask(request(Box::new(unknown)), vec![]);
        assert!(matches!(&answer.reply, Reply::Refused(_, why) if why.contains("4.0")));
    }
}
