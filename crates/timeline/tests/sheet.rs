//! Sheets: what stands where, what is selected, and where keys lead.

mod common;

use proptest::prelude::*;
use trilane_core::trace::{Flow, FlowKind, Lane, SpanKind, ThreadRole, Trace};
use trilane_core::units::Time;
use trilane_timeline::draw::DrawList;
use trilane_timeline::palette::Chrome;
use trilane_timeline::rows::{Timeline, View};
use trilane_timeline::sheet::{Axis, Selected, Sheet, tip};
use trilane_timeline::words::Say;

/// Four workers, eight tasks, and each of them handed over by the first worker.
fn run() -> (Trace, Timeline) {
    let trace = common::threads(4, 8, 3_000);
    let timeline = Timeline::new(&trace, View::Threads, 64);
    (trace, timeline)
}

fn painted(
    sheet: &Sheet,
    timeline: &Timeline,
    axis: Axis,
    selected: Option<&Selected>,
) -> DrawList {
    let mut list = DrawList::default();
    let scale = sheet.scale(sheet.whole(), axis);
    sheet.paint(timeline, &scale, Say::default(), selected, &mut list);
    list
}

#[test]
fn everything_stands_within_the_sheet_at_any_width() {
    for workers in [1, 8, 30, 64] {
        let trace = common::threads(workers, 70, 2_000);
        let timeline = Timeline::new(&trace, View::Threads, 64);
        for width in [320.0, 360.0, 559.0, 768.0, 1440.0] {
            let sheet = Sheet::new(&timeline, width, Say::default());
            let (left, right) = sheet.plot();
            assert!(left < width * 0.3 && right <= width, "{left} of {width}");
            for axis in [Axis::Linear, Axis::Log] {
                let list = painted(&sheet, &timeline, axis, None);
                for rect in &list.rects {
                    assert!(
                        rect.x >= left - 0.01 && rect.x + rect.w <= width,
                        "{rect:?}"
                    );
                    assert!(rect.y >= 0.0 && rect.y + rect.h <= sheet.axis(), "{rect:?}");
                }
                let mut names = 0;
                for text in &list.texts {
                    assert!(text.y > 4.0 && text.y <= sheet.height(), "{text:?}");
                    if text.x < left {
                        names += 1;
                        // The title of a group stands above its rows, and may be wider.
                        let is_title = text.font.spacing > 0.0;
                        let end = text.x + text.font.width(&text.text);
                        assert!(is_title || end <= left, "{text:?} in {left}");
                    }
                }
                assert_eq!(names, timeline.groups.len() + sheet.rows().len());
            }
        }
    }
}

#[test]
fn many_rows_are_all_shown() {
    let trace = common::threads(64, 128, 2_000);
    let timeline = Timeline::new(&trace, View::Threads, 64);
    let workers = timeline
        .rows()
        .filter(|(_, row)| row.label.starts_with("worker-"));
    assert_eq!(workers.count(), 64);
    let titles: Vec<_> = timeline
        .groups
        .iter()
        .map(|group| group.title.as_str())
        .collect();
    assert_eq!(titles, ["threads", "the GIL", "cores"]);
    let rows = Sheet::new(&timeline, 900.0, Say::default());
    assert!(
        rows.rows()
            .windows(2)
            .all(|pair| pair[0].top + pair[0].height < pair[1].top)
    );
}

#[test]
fn names_are_short_where_there_is_little_room() {
    let (_, timeline) = run();
    let texts = |width| -> Vec<String> {
        let sheet = Sheet::new(&timeline, width, Say::default());
        let list = painted(&sheet, &timeline, Axis::Linear, None);
        list.texts.into_iter().map(|text| text.text).collect()
    };
    let (wide, narrow) = (texts(900.0), texts(360.0));
    let has = |texts: &[String], name: &str| texts.iter().any(|text| text == name);
    let begins = |texts: &[String], name: &str| texts.iter().any(|text| text.starts_with(name));
    assert!(has(&wide, "worker-3") && has(&wide, "held by") && begins(&wide, "wanted by 0–"));
    assert!(has(&narrow, "3") && has(&narrow, "held") && begins(&narrow, "want 0–"));
    assert!(has(&narrow, "THREADS") && !has(&narrow, "worker-3"));
}

#[test]
fn short_names_are_said_in_the_language_too() {
    let (_, timeline) = run();
    let german = |text: &str| match text {
        "held" => "gehalten".to_owned(),
        "the GIL" => "der GIL".to_owned(),
        other => other.replace("want ", "wollen ").replace('.', ","),
    };
    let say = Say::by(&german);
    let sheet = Sheet::new(&timeline, 360.0, say);
    let scale = sheet.scale(sheet.whole(), Axis::Linear);
    let mut list = DrawList::default();
    sheet.paint(&timeline, &scale, say, None, &mut list);
    let texts: Vec<&str> = list.texts.iter().map(|text| text.text.as_str()).collect();
    assert!(texts.contains(&"DER GIL") && texts.contains(&"gehalten"));
    assert!(texts.iter().any(|text| text.starts_with("wollen 0–")));
    assert!(!texts.iter().any(|text| text.contains('.')), "{texts:?}");
}

#[test]
fn what_is_selected_is_framed_and_its_flows_are_shown() {
    let (trace, timeline) = run();
    let sheet = Sheet::new(&timeline, 1000.0, Say::default());
    let scale = sheet.scale(sheet.whole(), Axis::Linear);
    let none = painted(&sheet, &timeline, Axis::Linear, None);
    // The fourth task's first span on its worker.
    let worker = &sheet.rows()[3];
    let middle = worker.top + worker.height / 2.0;
    let x = scale.px(5e6) as f32;
    let hit = sheet.hit(&timeline, &scale, (x, middle)).expect("a hit");
    let row = sheet.row_of(&hit.place).expect("a row");
    let selected = Selected::new(&timeline, &trace.flows, row, hit.at_ns).expect("a place");
    let entry = selected.entry(&timeline).expect("a span");
    assert_eq!(Some(entry), hit.entry);
    assert_eq!((selected.task, selected.thread), (entry.who, Some(3)));
    let list = painted(&sheet, &timeline, Axis::Linear, Some(&selected));
    assert_eq!(list.arrows.len(), 1);
    let frame: Vec<_> = list.lines[none.lines.len()..].to_vec();
    assert_eq!(frame.len(), 4);
    assert!(frame.iter().all(|line| line.ink == Chrome::Ink));
    let left = frame
        .iter()
        .map(|line| line.from.0)
        .fold(f32::MAX, f32::min);
    assert!((f64::from(left) - scale.px(entry.start_ns as f64)).abs() < 2.0);
    // Its name stands out.
    let bold = list
        .texts
        .iter()
        .find(|text| text.font.bold && text.font.mono);
    assert_eq!(bold.map(|text| text.text.as_str()), Some("worker-3"));
    // Out of the window there is nothing to frame.
    let later = sheet.scale((9e7, 1e8), Axis::Linear);
    let mut list = DrawList::default();
    sheet.paint(
        &timeline,
        &later,
        Say::default(),
        Some(&selected),
        &mut list,
    );
    let before = list.lines.len();
    list.clear();
    sheet.paint(&timeline, &later, Say::default(), None, &mut list);
    assert_eq!(before, list.lines.len());
    assert_eq!(Selected::new(&timeline, &trace.flows, 999, 0), None);
}

#[test]
fn keys_lead_from_span_to_span_and_back() {
    let (trace, timeline) = run();
    for row in 0..5 {
        let mut at = Selected::new(&timeline, &trace.flows, row, 0).expect("a row");
        let mut seen = Vec::new();
        while let Some((same, ns)) = at.next(&timeline) {
            assert_eq!(same, row);
            at = Selected::new(&timeline, &trace.flows, row, ns).expect("a row");
            seen.push(at.entry(&timeline).expect("a span"));
        }
        assert!(seen.len() > 3, "row {row}");
        assert!(
            seen.windows(2)
                .all(|pair| pair[0].end_ns <= pair[1].start_ns)
        );
        for expect in seen.iter().rev().skip(1) {
            let (_, ns) = at.previous(&timeline).expect("one before");
            at = Selected::new(&timeline, &trace.flows, row, ns).expect("a row");
            assert_eq!(at.entry(&timeline), Some(*expect));
        }
        assert_eq!(at.up().map(|(row, _)| row), row.checked_sub(1));
        assert_eq!(at.down(&timeline).map(|(row, _)| row), Some(row + 1));
    }
    let last = timeline.rows().count() - 1;
    let last = Selected::new(&timeline, &trace.flows, last, 7).expect("the last row");
    assert_eq!(last.down(&timeline), None);
}

#[test]
fn flows_of_a_thread_are_a_tasks_while_it_is_at_it() {
    let mut trace = common::threads(2, 4, 1_000);
    let timeline = Timeline::new(&trace, View::Threads, 64);
    let strip = |row: usize| match timeline.rows().nth(row).expect("a row").1.content {
        trilane_timeline::rows::Content::Lane { strip, .. } => strip,
        _ => panic!("no lane"),
    };
    let own = |who: u32| {
        let entries = timeline.strips.entries(strip(1));
        entries
            .filter(|entry| entry.who == Some(who))
            .collect::<Vec<_>>()
    };
    let first = own(1);
    let (begin, end) = (first[0].start_ns, first.last().expect("some").end_ns);
    let flow = |kind, from, start, to, end| Flow {
        kind,
        from: Lane::thread(from),
        start: Time::from_nanos(start),
        to: Lane::thread(to),
        end: Time::from_nanos(end),
    };
    let submit = flow(FlowKind::Submit, 0, 100, 1, begin);
    let result = flow(FlowKind::Result, 1, end, 0, end + 500);
    let later = flow(FlowKind::Submit, 0, 100, 1, end + 2_000_000);
    let lock = flow(FlowKind::Gil, 0, begin + 5, 1, begin + 10);
    trace.flows = vec![submit, lock, result, later];
    let at = |ns| {
        Selected::new(&timeline, &trace.flows, 1, ns)
            .expect("a place")
            .flows
    };
    assert_eq!(at(begin + 1), [submit, lock, result]);
    assert_eq!(at(end - 1), [submit, result]);
    let sheet = Sheet::new(&timeline, 700.0, Say::default());
    let selected = Selected::new(&timeline, &trace.flows, 1, end - 1).expect("a place");
    assert_eq!(selected.along(&timeline, &sheet), Some((0, end + 500)));
    assert_eq!(
        selected.back(&timeline, &sheet).map(|(row, _)| row),
        Some(0)
    );
    assert_eq!(
        painted(&sheet, &timeline, Axis::Linear, Some(&selected))
            .arrows
            .len(),
        2
    );
}

#[test]
fn keys_lead_along_a_flow() {
    let mut trace = common::threads(3, 3, 1_000);
    // Task 0 hands something to task 1, and that to task 2.
    let flow = |from, start, to, end| Flow {
        kind: FlowKind::Item,
        from: Lane::task(from),
        start: Time::from_nanos(start),
        to: Lane::task(to),
        end: Time::from_nanos(end),
    };
    trace.flows = vec![
        flow(0, 2_000_000, 1, 3_000_000),
        flow(1, 4_000_000, 2, 5_000_000),
    ];
    let timeline = Timeline::new(&trace, View::Tasks, 64);
    let sheet = Sheet::new(&timeline, 800.0, Say::default());
    let at = Selected::new(&timeline, &trace.flows, 0, 1_000_000).expect("task 0");
    let (row, ns) = at.along(&timeline, &sheet).expect("a flow");
    assert_eq!((row, ns), (1, 3_000_000));
    let at = Selected::new(&timeline, &trace.flows, row, ns).expect("task 1");
    let (row, ns) = at.along(&timeline, &sheet).expect("another");
    assert_eq!((row, ns), (2, 5_000_000));
    let at = Selected::new(&timeline, &trace.flows, row, ns).expect("task 2");
    assert_eq!(at.along(&timeline, &sheet), None);
    let (row, ns) = at.back(&timeline, &sheet).expect("where it came from");
    assert_eq!((row, ns), (1, 3_999_999));
}

#[test]
fn places_are_told_in_words() {
    let (trace, timeline) = run();
    let sheet = Sheet::new(&timeline, 1000.0, Say::default());
    let scale = sheet.scale(sheet.whole(), Axis::Linear);
    let told = |row: usize, ns: f64| {
        let place = sheet.rows()[row];
        let at = (scale.px(ns) as f32, place.top + 1.0);
        let hit = sheet.hit(&timeline, &scale, at).expect("a hit");
        tip(&timeline, &trace, &hit)
    };
    let rows: Vec<&str> = timeline.rows().map(|(_, row)| row.label.as_str()).collect();
    let row = |name: &str| {
        rows.iter()
            .position(|row| row.starts_with(name))
            .expect("a row")
    };
    assert_eq!(
        told(row("worker-0"), 3e6),
        "waits for I/O for 6 ms\npage[0] on worker-0\n0.40 to 6.40 ms"
    );
    assert_eq!(
        told(row("held"), 7e6),
        "holds the GIL for 3 ms\npage[0] on worker-0\n6.40 to 9.40 ms"
    );
    assert_eq!(
        told(row("core 0"), 1e5),
        "starting for 400 µs\nworker-0\n0.0 to 400.0 µs"
    );
    assert!(told(row("core 3"), 3e6).starts_with("core 3: idle\nat 3.0"));
    assert!(told(row("wanted"), 9e6).contains(" × waits for the GIL\nat 9.0"));
}

#[test]
fn a_loop_has_its_queue_and_a_core_its_tasks() {
    let mut trace = common::threads(1, 6, 500);
    trace.threads[0].role = ThreadRole::Loop;
    let timeline = Timeline::new(&trace, View::Threads, 64);
    let sheet = Sheet::new(&timeline, 700.0, Say::default());
    let all = timeline
        .rows()
        .position(|(_, row)| row.label == "all")
        .expect("all tasks");
    let scale = sheet.scale(sheet.whole(), Axis::Linear);
    let hit = sheet
        .hit(&timeline, &scale, (300.0, sheet.rows()[all].top + 2.0))
        .expect("a hit");
    let words = tip(&timeline, &trace, &hit);
    assert!(words.starts_with("6 lanes, at "), "{words}");
    assert!(words.contains(SpanKind::PoolWait.label()), "{words}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    /// Wherever keys lead, there is a row, and whatever is selected can be painted.
    #[test]
    fn keys_lead_nowhere_but_to_places(workers in 1u32..6, tasks in 0u32..30, row in 0usize..12, at in any::<u32>(), keys in prop::collection::vec(0u8..6, 0..40), width in 200.0f32..1500.0) {
        let trace = common::threads(workers, tasks, 2_000);
        let timeline = Timeline::new(&trace, View::Threads, 64);
        let sheet = Sheet::new(&timeline, width, Say::default());
        let Some(mut selected) = Selected::new(&timeline, &trace.flows, row, u64::from(at)) else {
            prop_assert!(row >= sheet.rows().len());
            return Ok(());
        };
        for key in keys {
            let next = match key {
                0 => selected.next(&timeline),
                1 => selected.previous(&timeline),
                2 => selected.along(&timeline, &sheet),
                3 => selected.back(&timeline, &sheet),
                4 => selected.up(),
                _ => selected.down(&timeline),
            };
            if let Some((row, ns)) = next {
                selected = Selected::new(&timeline, &trace.flows, row, ns).expect("a place");
            }
        }
        for axis in [Axis::Linear, Axis::Log] {
            let list = painted(&sheet, &timeline, axis, Some(&selected));
            prop_assert!(list.lines.iter().all(|line| line.to.0 <= width && line.to.0.is_finite()));
        }
    }
}
