//! The kitchen of embedded examples: what a student should see in each.

use trilane_core::examples;
use trilane_core::model::{Setup, record};
use trilane_core::plan::parse_plan;
use trilane_core::profile::embedded;
use trilane_core::scenario::{Format, parse};
use trilane_core::trace::{SpanKind, Trace};
use trilane_core::workload::draw;
use trilane_timeline::kitchen::{Cook, Doing, Figure, Kitchen, Pan, Scene, Stage};
use trilane_timeline::svg;

use crate::laws::check_stage;

/// An embedded example under a plan.
fn run(example: &str, plan: &str, python: &str) -> (Trace, Kitchen) {
    let example = examples::find(example).expect("an example");
    let scenario = parse(example.text(), Format::Toml).expect("a scenario");
    let workload = draw(&scenario, scenario.seed);
    let costs = embedded(python).expect("a profile").costs();
    let cores = scenario.cores.unwrap_or(4);
    let plan = parse_plan(plan).expect("a plan").resolve(cores, &costs);
    let plan = plan.expect("a plan that this Python has");
    let trace = record(&Setup::new(&workload, plan, &costs, cores));
    let kitchen = Kitchen::new(&trace);
    (trace, kitchen)
}

fn ms(ms: u64) -> u64 {
    ms * 1_000_000
}

fn said(scene: &Scene) -> String {
    scene.sentences.join(" ")
}

#[test]
fn threads_share_a_stove() {
    let (trace, kitchen) = run("cpu-bound", "threads(8)", "3.14");
    let scene = kitchen.at(ms(200));
    let room = &scene.rooms[0];
    assert_eq!((scene.rooms.len(), room.at_stove().count()), (1, 1));
    assert!(room.in_line().count() >= 2, "{room:?}");
    let came: Vec<u64> = room.in_line().map(|cook| cook.since_ns).collect();
    assert!(came.is_sorted(), "{came:?}");
    let waits = room.in_line().next().expect("somebody");
    let holder = room.at_stove().next().expect("the holder");
    assert!(
        waits.words.ends_with(&format!("; {} has it", holder.name)),
        "{}",
        waits.words
    );
    assert!(
        said(&scene).contains("has the stove of the kitchen"),
        "{}",
        said(&scene)
    );
    assert_eq!(
        scene.plates.len()
            + scene.orders.len()
            + room.cooks.iter().filter(|cook| cook.task.is_some()).count(),
        trace.tasks.len()
    );
}

#[test]
fn without_a_gil_each_cook_has_a_stove() {
    let (_, kitchen) = run("cpu-bound", "threads(8)", "3.14t");
    let scene = kitchen.at(kitchen.end_ns() / 2);
    assert_eq!(
        scene.rooms[0].at_stove().count(),
        4,
        "as many as there are sockets"
    );
    assert_eq!((scene.plugged, scene.sockets), (4, 4));
    assert_eq!(scene.rooms[0].in_line().count(), 0);
    let stage = Stage::new(&kitchen, &scene, 1000.0, None);
    let stoves = stage
        .sprites
        .iter()
        .filter(|s| matches!(s.figure, Figure::Stove { .. }));
    assert!(stoves.count() >= 8);
}

#[test]
fn processes_have_kitchens_of_their_own() {
    let (trace, kitchen) = run("image-processing", "processes(4)", "3.14");
    let scene = kitchen.at(kitchen.end_ns() / 2);
    let cooking = scene.rooms.iter().filter(|room| {
        let mut at_stove = room.at_stove();
        at_stove.any(|cook| cook.doing == Doing::State(SpanKind::Python))
    });
    assert_eq!(cooking.count(), 4, "{scene:?}");
    assert!(
        scene.rooms.len() as u32
            > trace
                .threads
                .iter()
                .map(|info| info.process)
                .max()
                .unwrap_or(0)
    );
}

#[test]
fn a_blocked_loop_stares_at_one_pot_while_pans_call() {
    let (_, kitchen) = run("one-blocking-call", "asyncio", "3.14");
    let scene = kitchen.at(ms(200));
    let cook = &scene.rooms[0].cooks[0];
    assert_eq!(cook.doing, Doing::Stares);
    assert!(cook.task.is_some() && !cook.at_stove);
    let calls = |pan: &&Pan| pan.doing == Doing::State(SpanKind::LoopWait);
    assert_eq!(scene.pans.iter().filter(calls).count(), 20);
    assert!(
        said(&scene).contains("stares at report[0], and does not look up: 20 pans call meanwhile."),
        "{}",
        said(&scene)
    );
}

#[test]
fn a_loop_has_many_pans_that_simmer_and_too_many_are_piled() {
    let (_, kitchen) = run("web-scraping", "asyncio", "3.14");
    let scene = kitchen.at(ms(300));
    assert!(
        scene
            .pans
            .iter()
            .filter(|pan| pan.doing == Doing::State(SpanKind::Io))
            .count()
            > 20
    );
    let stage = Stage::new(&kitchen, &scene, 360.0, None);
    let piles = stage.sprites.iter().filter(|sprite| sprite.many() > 1);
    for pile in piles {
        assert_eq!(
            pile.label.first(),
            Some(&format!("×{}", pile.many())),
            "{pile:?}"
        );
    }
}

#[test]
fn a_deadlock_is_said_in_words() {
    let (_, kitchen) = run("deadlock-lock-order", "threads(4)", "3.14");
    let scene = kitchen.at(kitchen.end_ns());
    assert!(scene.is_deadlocked);
    let stuck = scene.rooms[0]
        .cooks
        .iter()
        .filter(|cook| cook.doing == Doing::Stuck(SpanKind::LockWait));
    assert_eq!(stuck.count(), 2, "{scene:?}");
    assert!(
        said(&scene).starts_with("Nobody can ever go on"),
        "{}",
        said(&scene)
    );
    assert!(
        said(&scene).contains("which b_to_a[0] has"),
        "{}",
        said(&scene)
    );
}

#[test]
fn a_pool_that_waits_for_itself_leaves_its_orders_on_the_rail() {
    let (_, kitchen) = run("deadlock-nested-pool", "threads(4)", "3.14");
    let scene = kitchen.at(kitchen.end_ns());
    let waits = |cook: &&Cook| cook.doing == Doing::Stuck(SpanKind::JoinWait);
    assert_eq!(
        scene.rooms[0].cooks.iter().filter(waits).count(),
        4,
        "{scene:?}"
    );
    assert_eq!(
        (scene.orders.len(), scene.pans.len(), scene.plugged),
        (8, 0, 0)
    );
}

/// One row of the table for each state, and no two that look or read the same.
#[test]
fn every_state_has_a_sign_of_its_own() {
    let all: Vec<Doing> = Doing::all().collect();
    for kind in SpanKind::ALL {
        assert!(all.contains(&Doing::State(kind)), "{kind:?}");
        assert_eq!(Doing::State(kind).kind(), kind);
    }
    for (at, doing) in all.iter().enumerate() {
        let sign = doing.sign();
        for text in [sign.caption, sign.cook, sign.pan, sign.legend] {
            assert!(
                !text.is_empty() && text.trim() == text,
                "{doing:?}: {text:?}"
            );
        }
        for other in &all[..at] {
            let other = other.sign();
            assert_ne!(sign.caption, other.caption);
            assert_ne!(sign.cook, other.cook);
            assert_ne!(sign.legend, other.legend);
        }
    }
}

fn picture(kitchen: &Kitchen, ns: u64, width_px: u32) -> String {
    let options = svg::Options {
        width_px,
        title: Some("<&\">"),
        ..svg::Options::default()
    };
    svg::kitchen(kitchen, ns, &options)
}

#[test]
fn the_svg_is_xml_and_names_whom_it_shows() {
    for (example, plan) in [
        ("cpu-bound", "threads(8)"),
        ("one-blocking-call", "asyncio"),
        ("mix-of-all", "asyncio+threads(8)+processes(4)"),
        ("producer-consumer", "threads(8)"),
        ("web-scraping", "threads(100)"),
        ("image-processing", "processes(16)"),
    ] {
        let (_, kitchen) = run(example, plan, "3.14");
        for (part, width) in [(0, 360), (3, 1000), (5, 360), (9, 1000), (10, 360)] {
            let ns = kitchen.end_ns() / 10 * part;
            let text = picture(&kitchen, ns, width);
            let document = roxmltree::Document::parse(&text)
                .unwrap_or_else(|error| panic!("{example}: {error}"));
            let mut ids: Vec<&str> = document
                .descendants()
                .filter_map(|node| node.attribute("id"))
                .collect();
            let named = ids.len();
            ids.sort_unstable();
            ids.dedup();
            assert_eq!(ids.len(), named, "{example}: each id once");
            let alive = kitchen
                .at(ns)
                .rooms
                .iter()
                .map(|room| room.cooks.len())
                .sum::<usize>();
            let shown = document
                .descendants()
                .filter(|node| node.attribute("data-thread").is_some());
            assert!(shown.count() <= alive, "{example}");
            for node in document
                .descendants()
                .filter(|node| node.attribute("role") == Some("img"))
            {
                let words = node.attribute("aria-label").unwrap_or_default();
                assert!(!words.is_empty(), "{example}: a figure without words");
            }
            check_stage(
                &kitchen.at(ns),
                &Stage::new(&kitchen, &kitchen.at(ns), width as f32, None),
            )
            .expect(example);
        }
    }
}

/// One small picture as it is, so that a change of how it looks is looked at.
#[test]
fn a_kitchen_looks_as_it_did() {
    let (_, kitchen) = run("deadlock-lock-order", "threads(2)", "3.14");
    insta::assert_snapshot!("deadlock", picture(&kitchen, kitchen.end_ns(), 360));
}
