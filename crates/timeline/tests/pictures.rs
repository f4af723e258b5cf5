//! Pictures: whatever is drawn is in the trace, points find their spans, and the SVG is sound.

mod common;

use proptest::prelude::*;
use trilane_core::trace::view::{self, Span};
use trilane_core::trace::{Lane, Origin, Outcome, SpanKind, Stuck, ThreadRole, Trace};
use trilane_timeline::draw::{DrawList, Paint};
use trilane_timeline::pair::Difference;
use trilane_timeline::palette::Theme;
use trilane_timeline::rows::{Content, Row, Timeline, View};
use trilane_timeline::scale::TimeScale;
use trilane_timeline::scene::{self, Layout, Metrics, Style};
use trilane_timeline::svg::{self, Card, Ground, Options};

const METRICS: Metrics = Metrics {
    row_px: 16.0,
    stack_px: 30.0,
    gap_px: 4.0,
    title_px: 20.0,
};

fn trace() -> impl Strategy<Value = Trace> {
    (1u32..12, 0u32..60, 50u64..9_000)
        .prop_map(|(workers, tasks, cpu_us)| common::threads(workers, tasks, cpu_us))
}

fn view() -> impl Strategy<Value = View> {
    prop_oneof![Just(View::Threads), Just(View::Tasks), Just(View::Race)]
}

/// What a row may show: the spans of all its lanes.
fn spans_of<'a>(
    lanes: &'a view::Lanes,
    cores: &'a [Vec<Span>],
    Row { label, content }: &Row,
) -> Vec<&'a Span> {
    let of = |lane: &Lane| match (lane.as_task(), lane.as_thread()) {
        (Some(task), _) => &lanes.tasks[task as usize],
        (_, Some(thread)) => &lanes.threads[thread as usize],
        _ => unreachable!("a lane is one of the two"),
    };
    match content {
        Content::Lane { lane, .. } => of(lane).iter().collect(),
        Content::Lanes { lanes: several, .. } if !several.is_empty() => {
            several.iter().flat_map(of).collect()
        }
        Content::Core { .. } => {
            let number = label
                .strip_prefix("core ")
                .and_then(|text| text.parse::<usize>().ok());
            cores[number.expect("its number")].iter().collect()
        }
        Content::Lanes { .. } => cores.iter().flatten().collect(),
        Content::Holders { .. } | Content::Depth { .. } => lanes
            .threads
            .iter()
            .flatten()
            .chain(lanes.tasks.iter().flatten())
            .collect(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(120))]

    #[test]
    fn whatever_is_drawn_is_in_the_trace(trace in trace(), view in view(), most_rows in 1u32..20, from in 0.0f64..0.9, length in 0.0001f64..1.0, width in 3.0f64..900.0, log in any::<bool>()) {
        let timeline = Timeline::new(&trace, view, most_rows);
        let end = timeline.end_ns.max(1000) as f64;
        let scale = if log { TimeScale::log } else { TimeScale::new };
        let scale = scale(from * end, (from + length) * end, 50.0, 50.0 + width);
        let layout = Layout::new(&timeline, &METRICS, 10.0);
        let mut list = DrawList::default();
        scene::paint(&timeline, &layout, &scale, Style { tips: true, grain_px: 1 }, &mut list);
        let lanes = view::lanes(&trace);
        let cores = view::cores(&trace, &lanes);
        let drawn = spans_in_rows(&list);
        for place in &layout.boxes {
            let row = &timeline.groups[place.group].rows[place.row];
            let spans = spans_of(&lanes, &cores, row);
            let mut shapes = 0.0;
            for rect in drawn.iter().filter(|rect| rect.y >= place.top - 0.01 && rect.y < place.top + place.height) {
                prop_assert!(rect.y + rect.h <= place.top + place.height + 0.01);
                prop_assert!(f64::from(rect.x) >= 49.9 && f64::from(rect.x + rect.w) <= 50.1 + width);
                shapes += 1.0;
                let kind = match rect.paint {
                    Paint::State(kind) | Paint::Depth(kind) | Paint::Peak(kind) => Some(kind),
                    Paint::Chrome(_) => None,
                };
                // Coordinates are f32, so an edge may be a thousandth of a pixel off.
                let (left, right) = (scale.ns(f64::from(rect.x) - 0.002), scale.ns(f64::from(rect.x + rect.w) + 0.002));
                let there = spans.iter().any(|span| {
                    kind.is_none_or(|kind| span.kind == kind)
                        && (span.start.as_nanos() as f64) < right
                        && span.end.as_nanos() as f64 > left
                });
                prop_assert!(there, "{:?} at {} in {:?}", rect.paint, rect.x, row);
            }
            // A row costs pixels or spans, whichever are fewer.
            prop_assert!(shapes <= 15.0 * (2.0 * width + 3.0).min(4.0 * spans.len() as f64 + 2.0));
        }
    }

    #[test]
    fn a_point_finds_the_span_that_is_there(trace in trace(), view in view(), x in 0.0f32..1.0, y in 0.0f32..1.0) {
        let timeline = Timeline::new(&trace, view, 100);
        let scale = TimeScale::new(0.0, timeline.end_ns.max(1) as f64, 0.0, 1000.0);
        let layout = Layout::new(&timeline, &METRICS, 0.0);
        let point = (x * 999.0, y * layout.bottom);
        let hit = scene::hit(&timeline, &layout, &scale, point);
        let Some(hit) = hit else {
            let inside = |place: &scene::RowBox| place.top <= point.1 && point.1 < place.top + place.height;
            prop_assert!(!layout.boxes.iter().any(inside));
            return Ok(());
        };
        let row = &timeline.groups[hit.place.group].rows[hit.place.row];
        let lanes = view::lanes(&trace);
        let at = |span: &&Span| (span.start.as_nanos()..span.end.as_nanos()).contains(&hit.at_ns);
        let expect = match &row.content {
            Content::Lane { lane, .. } => match (lane.as_task(), lane.as_thread()) {
                (Some(task), _) => lanes.tasks[task as usize].iter().find(at).map(|span| (span.kind, span.thread)),
                (_, Some(thread)) => lanes.threads[thread as usize].iter().find(at).map(|span| (span.kind, span.task)),
                _ => None,
            },
            _ => return Ok(()),
        };
        prop_assert_eq!(hit.entry.map(|entry| (entry.kind, entry.who)), expect);
    }
}

fn spans_in_rows(list: &DrawList) -> Vec<trilane_timeline::draw::Rect> {
    use trilane_timeline::palette::Chrome;
    let grounds = [Paint::Chrome(Chrome::Track)];
    list.rects
        .iter()
        .filter(|rect| !grounds.contains(&rect.paint))
        .copied()
        .collect()
}

/// Checks that a picture is sound XML, says what it is, keeps to its width, and refers only to
/// what it holds.
#[track_caller]
fn check_svg(svg: &str, width: u32) {
    let document = roxmltree::Document::parse(svg).expect("well-formed");
    let root = document.root_element();
    assert_eq!(root.attribute("role"), Some("img"));
    assert_eq!(root.attribute("width"), Some(width.to_string().as_str()));
    let height: f32 = root
        .attribute("height")
        .expect("a height")
        .parse()
        .expect("a number");
    let ids: Vec<&str> = document
        .descendants()
        .filter_map(|node| node.attribute("id"))
        .collect();
    for name in root
        .attribute("aria-labelledby")
        .expect("a label")
        .split(' ')
    {
        assert!(ids.contains(&name), "no {name}");
    }
    for word in ["title", "desc"] {
        let node = root
            .children()
            .find(|node| node.has_tag_name(("http://www.w3.org/2000/svg", word)));
        assert!(
            node.and_then(|node| node.text())
                .is_some_and(|text| text.len() > 5),
            "no {word}"
        );
    }
    for used in svg.split("url(#").skip(1) {
        let id = used.split(')').next().expect("an id");
        assert!(ids.contains(&id), "no {id}");
    }
    assert!(
        !svg.contains("http") || svg.matches("http").count() == 1,
        "refers to elsewhere"
    );
    let number = |node: &roxmltree::Node<'_, '_>, name| {
        node.attribute(name)
            .map_or(0.0, |text| text.parse::<f32>().expect("a number"))
    };
    for node in root.children() {
        let (x, y) = (number(&node, "x"), number(&node, "y"));
        let (w, h) = (number(&node, "width"), number(&node, "height"));
        assert!(
            x >= 0.0 && x + w <= width as f32 + 0.5,
            "{} is outside {width} × {height}",
            &svg[node.range()]
        );
        assert!(
            y >= 0.0 && y + h <= height + 0.5,
            "{} is outside {width} × {height}",
            &svg[node.range()]
        );
    }
}

const WIDTHS: [u32; 4] = [360, 768, 1080, 1440];

#[test]
fn timelines_are_sound_at_any_width_and_ground() {
    let trace = common::threads(6, 40, 3_000);
    for width_px in WIDTHS {
        for view in [View::Threads, View::Tasks] {
            let options = Options {
                width_px,
                view,
                title: Some("Fetch <40> pages & \"parse\""),
                ..Options::default()
            };
            let svg = svg::timeline(&trace, &options);
            check_svg(&svg, width_px);
            assert!(svg.contains("prefers-color-scheme:dark"));
            let fixed = Options {
                ground: Ground::Fixed(Theme::Dark),
                ..options
            };
            let dark = svg::timeline(&trace, &fixed);
            check_svg(&dark, width_px);
            assert!(!dark.contains("prefers-color-scheme"));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    /// Swapped, empty, after the end of the run: whatever somebody drags a window to.
    #[test]
    fn any_window_makes_a_sound_timeline(trace in trace(), view in view(), ends in (window_end(), window_end()), same in any::<bool>()) {
        let (from, to) = if same { (ends.0, ends.0) } else { ends };
        let picture = |window| svg::timeline(&trace, &Options { view, window_ns: Some(window), selected: Some(Lane::thread(0)), ..Options::default() });
        let svg = picture((from, to));
        check_svg(&svg, 1080);
        prop_assert!(svg == picture((to, from)), "the order of the ends matters");
    }
}

fn window_end() -> impl Strategy<Value = u64> {
    prop_oneof![4 => 0u64..300_000_000, 1 => any::<u64>(), 1 => Just(u64::MAX)]
}

#[test]
fn races_are_sound_at_any_width() {
    let runs = [
        common::threads(1, 10, 3_000),
        common::threads(4, 40, 3_000),
        common::threads(60, 200, 300),
        common::empty("asyncio", true, 2),
    ];
    let runs: Vec<_> = runs.iter().map(|trace| (trace, "7.5×")).collect();
    for width_px in WIDTHS {
        let svg = svg::race(
            &runs,
            &Options {
                width_px,
                title: Some("A race"),
                ..Options::default()
            },
        );
        check_svg(&svg, width_px);
    }
    check_svg(&svg::race(&[], &Options::default()), 1080);
}

#[test]
fn the_fastest_that_completed_is_marked_and_what_is_cut_says_so() {
    let mut stuck = common::threads(8, 4, 100);
    stuck.outcome = Outcome::Deadlock(vec![Stuck {
        task: "page[0]".into(),
        on: "lock `a`".into(),
        held_by: Vec::new(),
    }]);
    let (fast, slow) = (common::threads(4, 8, 3_000), common::threads(1, 60, 9_000));
    let svg = svg::race(
        &[(&stuck, ""), (&fast, ""), (&slow, "")],
        &Options::default(),
    );
    let after = |word: &str| svg.find(word).unwrap_or_else(|| panic!("no {word}"));
    assert_eq!(svg.matches(">best<").count(), 1);
    assert!(after(">best<") > after("ThreadPoolExecutor(4)"));
    assert!(after(">runs past the window<") > after("ThreadPoolExecutor(1)"));
    assert_eq!(svg.matches(">deadlock<").count(), 1);
}

#[test]
fn a_measured_run_shows_how_it_differs_from_its_prediction() {
    let predicted = common::threads(4, 40, 3_000);
    let check = |measured: &Trace, differs: bool, words: &str| {
        for width_px in WIDTHS {
            let card = |trace, predicted| Card {
                trace,
                caption: "",
                predicted,
            };
            let cards = [card(&predicted, None), card(measured, Some(0))];
            let options = Options {
                width_px,
                ..Options::default()
            };
            let svg = svg::cards(&cards, &options);
            check_svg(&svg, width_px);
            assert!(svg.contains(words), "{words} at {width_px}");
            // The prediction alone could be the best.
            assert_eq!(svg.matches(">best<").count(), 1);
            let difference = Difference::new(&predicted, measured);
            assert_eq!(difference.whole() > 0.0, differs, "{}", difference.whole());
        }
    };
    let mut measured = predicted.clone();
    measured.origin = Origin::Measured;
    check(&measured, false, ">measured<");
    check(&measured, false, "ends when predicted");
    check(&common::threads(4, 40, 2_000), true, " earlier");
    check(&common::threads(4, 40, 4_000), true, " later");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    /// A share is one: nothing of a run and itself, and never more than all.
    #[test]
    fn what_differs_is_a_share(a in trace(), b in trace(), from in 0u64..200_000_000, long in 0u64..200_000_000) {
        let share = Difference::new(&a, &b).share(from, from + long);
        prop_assert!((0.0..=1.0).contains(&share), "{share}");
        prop_assert_eq!(share, Difference::new(&b, &a).share(from, from + long));
        prop_assert_eq!(Difference::new(&a, &a).whole(), 0.0);
    }
}

#[test]
fn the_same_trace_gives_the_same_picture() {
    let trace = common::threads(8, 40, 3_000);
    let options = Options::default();
    assert_eq!(
        svg::timeline(&trace, &options),
        svg::timeline(&trace, &options)
    );
}

#[test]
fn rows_bound_by_the_options_leave_no_lane_out() {
    let trace = common::threads(40, 80, 1_000);
    let timeline = Timeline::new(&trace, View::Threads, 8);
    for group in &timeline.groups {
        assert!(
            group.rows.len() <= 8,
            "{}: {}",
            group.title,
            group.rows.len()
        );
    }
    let threads = timeline
        .groups
        .iter()
        .find(|group| group.title == "threads")
        .expect("threads");
    let lanes: Vec<Lane> = threads
        .rows
        .iter()
        .flat_map(|row| match &row.content {
            Content::Lane { lane, .. } => vec![*lane],
            Content::Lanes { lanes, .. } => lanes.clone(),
            _ => Vec::new(),
        })
        .collect();
    assert_eq!(lanes, (0..40).map(Lane::thread).collect::<Vec<_>>());
}

#[test]
fn arrows_of_a_task_lead_to_where_it_starts() {
    let trace = common::threads(4, 8, 3_000);
    let timeline = Timeline::new(&trace, View::Threads, 16);
    let scale = TimeScale::new(0.0, timeline.end_ns as f64, 100.0, 1000.0);
    let layout = Layout::new(&timeline, &METRICS, 0.0);
    let arrows = scene::arrows(&timeline, &layout, &scale, &trace.flows, Lane::task(6));
    assert_eq!(arrows.len(), 1);
    let flow = trace
        .flows
        .iter()
        .find(|flow| flow.to == Lane::task(6))
        .expect("a flow");
    let [(x0, _), .., (x1, y1)] = arrows[0].points;
    assert!((f64::from(x0) - scale.px(flow.start.as_nanos() as f64)).abs() < 0.01);
    assert!((f64::from(x1) - scale.px(flow.end.as_nanos() as f64)).abs() < 0.01);
    let place = layout.row_at(y1).expect("a row");
    let lanes = view::lanes(&trace);
    let worker = lanes.tasks[6].iter().find_map(|span| span.thread);
    let Content::Lane { lane, .. } = timeline.groups[place.group].rows[place.row].content else {
        panic!("the arrow ends on no lane")
    };
    assert_eq!(lane.as_thread(), worker);
    let selected = Options {
        selected: Some(Lane::task(6)),
        ..Options::default()
    };
    assert!(svg::timeline(&trace, &selected).contains("marker-end"));
}

#[test]
fn a_loop_shows_its_queue_and_its_tasks() {
    let mut trace = common::threads(1, 12, 500);
    trace.threads[0].role = ThreadRole::Loop;
    trace.plan = "asyncio".to_owned();
    let timeline = Timeline::new(&trace, View::Threads, 16);
    let titles: Vec<_> = timeline
        .groups
        .iter()
        .map(|group| group.title.as_str())
        .collect();
    assert_eq!(titles, ["the loop", "tasks", "cores"]);
    assert!(timeline.states().contains(&SpanKind::Python));
}
