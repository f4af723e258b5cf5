//! The kitchen over generated runs: whatever it shows is in the trace at that instant, everything that is
//! there is shown once, and nothing lies over anything else or outside the picture.

use std::collections::BTreeMap;

use proptest::prelude::*;
use trilane_core::model::{Setup, record};
use trilane_core::trace::view::{Span, gil_held, lanes};
use trilane_core::trace::{Outcome, SpanKind, ThreadRole, Trace};
use trilane_core::workload::draw;
use trilane_tests::generate;
use trilane_timeline::kitchen::{Cook, Doing, Figure, Kitchen, Scene, Sprite, Stage};

/// Far more than any generated run needs.
const MAX_EVENTS: u64 = 2_000_000;
const WIDTHS: [f32; 3] = [320.0, 360.0, 1000.0];

/// The span of a lane that covers an instant.
fn current(spans: &[Span], ns: u64) -> Option<&Span> {
    let covers = |span: &&Span| span.start.as_nanos() <= ns && ns < span.end.as_nanos();
    spans.iter().find(covers)
}

/// Instants worth a look: the edges of the run, and some in between, on a boundary and off it.
fn instants(trace: &Trace, kitchen: &Kitchen, picks: &[u64]) -> Vec<u64> {
    let ends: Vec<u64> = trace.spans.iter().map(|span| span.end).collect();
    let end = kitchen.end_ns();
    let mut all = vec![0, end, end.saturating_sub(1), end + 1];
    for pick in picks {
        all.push(pick % (end + 1));
        if !ends.is_empty() {
            all.push(ends[(pick % ends.len() as u64) as usize]);
        }
    }
    all
}

fn doing_of(trace: &Trace, cook: &Cook, span: &Span) -> Doing {
    let is_loop = trace.threads[cook.thread as usize].role == ThreadRole::Loop;
    match span.kind {
        SpanKind::Io if is_loop => Doing::Stares,
        kind => Doing::State(kind),
    }
}

/// Whether a scene says what its trace says.
fn check_scene(trace: &Trace, scene: &Scene, end: u64) -> Result<(), TestCaseError> {
    let (lanes, ns) = (lanes(trace), scene.at_ns);
    let cut = ns >= end && trace.outcome != Outcome::Completed;
    let cooks: Vec<&Cook> = scene.rooms.iter().flat_map(|room| &room.cooks).collect();
    let mut threads: Vec<u32> = cooks.iter().map(|cook| cook.thread).collect();
    threads.sort_unstable();
    let alive = |id: &u32| current(&lanes.threads[*id as usize], ns).is_some();
    let expect: Vec<u32> = (0..trace.threads.len() as u32).filter(alive).collect();
    if cut {
        prop_assert!(expect.iter().all(|id| threads.contains(id)));
        prop_assert!(
            threads.windows(2).all(|two| two[0] < two[1]),
            "a thread twice"
        );
    } else {
        prop_assert_eq!(&threads, &expect, "each live thread once");
    }
    for cook in &cooks {
        match current(&lanes.threads[cook.thread as usize], ns) {
            Some(span) => {
                prop_assert_eq!(cook.doing, doing_of(trace, cook, span));
                prop_assert_eq!(cook.task, span.task);
            }
            None => prop_assert!(cut, "{} is not there at {}", cook.name, ns),
        }
        let filled = cook.words.starts_with(&cook.name) && !cook.words.contains('{');
        prop_assert!(filled, "{}", cook.words);
    }
    for room in &scene.rooms {
        let own = |cook: &Cook| trace.threads[cook.thread as usize].interpreter == room.interpreter;
        prop_assert!(room.cooks.iter().all(own));
        let stoves: Vec<u32> = room.at_stove().map(|cook| cook.thread).collect();
        if trace.gil {
            let held = gil_held(trace, &lanes, room.interpreter);
            let now = held
                .iter()
                .find(|hold| hold.start.as_nanos() <= ns && ns < hold.end.as_nanos());
            let holder: Vec<u32> = now.map(|hold| hold.thread).into_iter().collect();
            prop_assert_eq!(
                stoves,
                holder,
                "who holds the lock stands at the stove, alone"
            );
        } else {
            let holds = |cook: &&Cook| matches!(cook.doing, Doing::State(kind) if kind.holds_gil());
            let cooking: Vec<u32> = room
                .cooks
                .iter()
                .filter(holds)
                .map(|cook| cook.thread)
                .collect();
            prop_assert!(cut || stoves == cooking, "a stove each");
        }
        let parts = room.at_stove().count() + room.in_line().count() + room.on_floor().count();
        prop_assert_eq!(parts, room.cooks.len());
    }
    check_tasks(trace, scene, &lanes.tasks, cut)
}

/// Each task once: in a cook's hands, as a pan, on the rail, served, or still to come.
fn check_tasks(
    trace: &Trace,
    scene: &Scene,
    lanes: &[Vec<Span>],
    cut: bool,
) -> Result<(), TestCaseError> {
    let ns = scene.at_ns;
    let mut seen: BTreeMap<u32, &str> = BTreeMap::new();
    let hands = scene
        .rooms
        .iter()
        .flat_map(|room| &room.cooks)
        .filter_map(|cook| cook.task);
    let all = (hands.map(|task| (task, "hands")))
        .chain(scene.pans.iter().map(|pan| (pan.task, "pan")))
        .chain(scene.orders.iter().map(|task| (*task, "order")))
        .chain(scene.plates.iter().map(|task| (*task, "plate")));
    for (task, place) in all {
        let before = seen.insert(task, place);
        prop_assert_eq!(before, None, "task {} twice", task);
    }
    for (id, info) in (0_u32..).zip(&trace.tasks) {
        let spans = &lanes[id as usize];
        let ended = spans.last().map_or(info.born, |last| last.end).as_nanos();
        let expect = match current(spans, ns) {
            _ if ns < info.born.as_nanos() => None,
            _ if info.finished && ns >= ended => Some("plate"),
            Some(span) if span.thread.is_some() => Some("hands"),
            Some(span) if span.kind == SpanKind::PoolWait => {
                seen.get(&id).copied().filter(|at| *at != "hands")
            }
            Some(_) => Some("pan"),
            None => {
                prop_assert!(cut || spans.is_empty(), "a hole in {}", id);
                seen.get(&id).copied().filter(|at| *at != "plate")
            }
        };
        prop_assert_eq!(seen.get(&id).copied(), expect, "task {} at {}", id, ns);
    }
    for pan in &scene.pans {
        match current(&lanes[pan.task as usize], ns) {
            Some(span) => prop_assert_eq!(pan.doing.kind(), span.kind, "task {}", pan.task),
            None => prop_assert!(cut || lanes[pan.task as usize].is_empty()),
        }
    }
    for order in &scene.orders {
        let span = current(&lanes[*order as usize], ns);
        let waits = span.is_some_and(|span| span.kind == SpanKind::PoolWait);
        prop_assert!(waits || cut || lanes[*order as usize].is_empty());
    }
    prop_assert_eq!(seen.len() + scene.coming as usize, trace.tasks.len());
    Ok(())
}

fn overlap(a: &Sprite, b: &Sprite) -> bool {
    let apart = |a: f32, w: f32, b: f32, v: f32| a + w <= b + 0.01 || b + v <= a + 0.01;
    !apart(a.x, a.w, b.x, b.w) && !apart(a.y, a.h, b.y, b.h)
}

fn inside(a: &Sprite, b: &Sprite) -> bool {
    a.x >= b.x - 0.01
        && a.y >= b.y - 0.01
        && a.x + a.w <= b.x + b.w + 0.01
        && a.y + a.h <= b.y + b.h + 0.01
}

/// Whether everything has a place of its own within the picture.
pub(crate) fn check_stage(scene: &Scene, stage: &Stage) -> Result<(), TestCaseError> {
    let whole = |x: f32, y: f32, w: f32, h: f32| {
        x >= 0.0 && y >= 0.0 && x + w <= stage.width + 0.01 && y + h <= stage.height + 0.01
    };
    for sprite in &stage.sprites {
        prop_assert!(
            whole(sprite.x, sprite.y, sprite.w, sprite.h),
            "{:?}",
            sprite
        );
    }
    for panel in &stage.panels {
        prop_assert!(whole(panel.x, panel.y, panel.w, panel.h), "{:?}", panel);
    }
    for note in &stage.notes {
        prop_assert!(
            note.font.size >= 11.0 && whole(0.0, note.y - note.font.size, 1.0, note.font.size)
        );
        // What is left out is marked once, at the end.
        let cut = note.text.split_once('…').map(|(_, rest)| rest);
        prop_assert!(!cut.is_some_and(|rest| rest.contains('…')), "{:?}", note);
    }
    let is_still = |sprite: &&Sprite| matches!(sprite.figure, Figure::Stove { .. });
    let (stoves, rest): (Vec<&Sprite>, Vec<&Sprite>) = stage.sprites.iter().partition(is_still);
    let keys: BTreeMap<&str, &Sprite> = stage.sprites.iter().map(|s| (s.key.as_str(), s)).collect();
    prop_assert_eq!(keys.len(), stage.sprites.len(), "each key once");
    let standing: Vec<&&Sprite> = rest.iter().filter(|s| s.carried_by.is_none()).collect();
    for (at, a) in standing.iter().enumerate() {
        for b in &standing[..at] {
            prop_assert!(!overlap(a, b), "{:?}\nlies over\n{:?}", a, b);
        }
        for stove in &stoves {
            prop_assert!(
                !overlap(a, stove) || inside(stove, a),
                "{:?}\nlies over\n{:?}",
                a,
                stove
            );
        }
    }
    for carried in rest.iter().filter(|s| s.carried_by.is_some()) {
        let by = carried.carried_by.as_deref().and_then(|key| keys.get(key));
        prop_assert!(by.is_some_and(|by| inside(carried, by)), "{:?}", carried);
    }
    let mut threads: Vec<u32> = stage
        .sprites
        .iter()
        .flat_map(|s| s.threads.clone())
        .collect();
    let cooks = scene.rooms.iter().flat_map(|room| &room.cooks);
    let mut there: Vec<u32> = cooks.map(|cook| cook.thread).collect();
    threads.sort_unstable();
    there.sort_unstable();
    prop_assert_eq!(
        threads,
        there,
        "each cook is drawn once, alone or in a pile"
    );
    let mut tasks: Vec<u32> = stage.sprites.iter().flat_map(|s| s.tasks.clone()).collect();
    let hands = scene
        .rooms
        .iter()
        .flat_map(|room| &room.cooks)
        .filter_map(|cook| cook.task);
    let pans = scene.pans.iter().map(|pan| pan.task);
    let mut all: Vec<u32> = hands.chain(pans).collect();
    all.extend(scene.orders.iter().chain(&scene.plates));
    tasks.sort_unstable();
    all.sort_unstable();
    prop_assert_eq!(tasks, all, "each task is drawn once, alone or in a pile");
    Ok(())
}

fn check_run(trace: &Trace, picks: &[u64]) -> Result<(), TestCaseError> {
    let kitchen = Kitchen::new(trace);
    let mut heights: BTreeMap<u32, f32> = BTreeMap::new();
    for ns in instants(trace, &kitchen, picks) {
        let scene = kitchen.at(ns);
        prop_assert_eq!(&scene, &kitchen.at(ns), "the same again");
        check_scene(trace, &scene, kitchen.end_ns())?;
        for width in WIDTHS {
            let stage = Stage::new(&kitchen, &scene, width, Some("generated"));
            check_stage(&scene, &stage)?;
            let height = *heights.entry(width as u32).or_insert(stage.height);
            prop_assert!(
                scene.rooms.len() > 6 || scene.is_deadlocked || height == stage.height,
                "the picture keeps its height: {} and {}",
                height,
                stage.height
            );
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(generate::config(192))]

    #[test]
    fn whatever_is_shown_is_in_the_trace(
        scenario in generate::scenario(),
        plan in generate::plan(),
        machine in generate::machine(),
        cores in 1u32..5,
        picks in prop::collection::vec(any::<u64>(), 4),
    ) {
        let workload = draw(&scenario, scenario.seed);
        let mut setup = Setup::new(&workload, plan, machine.0, cores);
        setup.max_events = MAX_EVENTS;
        check_run(&record(&setup), &picks)?;
    }
}
