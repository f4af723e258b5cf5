//! The scenario language from the outside: what a text means.

use trilane_core::scenario::{Arrive, Draw, Format, Place, ResourceKind, Scenario, Step, parse};
use trilane_core::units::{Bytes, Dur};

/// The whole language in one file, as the reference shows it.
const EVERYTHING: &str = r#"
trilane = 1
title   = "Fetch 200 pages, parse each"
notes   = "Markdown, shown on the page."
seed    = 7
cores   = 4

[tasks.login]
count = 1
steps = []

[tasks.page]
count  = 200
arrive = "poisson(50/s)"
after  = ["login"]
input  = "64kB"
output = "4KiB"
memory = "2MB"
steps  = [
  { io = "lognormal(80ms, 0.4)", blocking = true, on = "threads" },
  { cpu = "5ms" },
  { native = "exp(2ms)" },
  { lock = "db", steps = [ { cpu = "200us" } ] },
  { put = "inbox" }, { get = "inbox" },
  { repeat = 10, steps = [ { io = "5ms" }, { cpu = "1ms" } ] },
  { gather = [ [ { io = "20ms" } ], [ { io = "30ms" }, { cpu = "1ms" } ] ] },
  { timeout = "100ms", steps = [ { io = "pareto(20ms, 1.5)" } ] },
]

[resources]
db    = { permits = 1 }
inbox = { capacity = 100 }
"#;

fn read(text: &str) -> Scenario {
    parse(text, Format::guess("-", text)).unwrap_or_else(|problems| {
        let shown: Vec<_> = problems.iter().map(|problem| problem.render("-")).collect();
        panic!("{}", shown.join("\n"))
    })
}

#[test]
fn every_key_means_what_it_says() {
    let scenario = read(EVERYTHING);
    let ms = |n| Draw::Fixed(Dur::from_millis(n));
    let io = |n| Step::Io {
        dur: ms(n),
        blocking: false,
        on: None,
    };
    let cpu = |n| Step::Cpu {
        dur: ms(n),
        on: None,
    };
    assert_eq!(scenario.title, "Fetch 200 pages, parse each");
    assert_eq!(
        scenario.notes.as_deref(),
        Some("Markdown, shown on the page.")
    );
    assert_eq!((scenario.seed, scenario.cores), (7, Some(4)));
    let names: Vec<_> = scenario
        .kinds
        .iter()
        .map(|kind| kind.name.as_str())
        .collect();
    assert_eq!(names, ["login", "page"]);
    let page = &scenario.kinds[1];
    assert_eq!((page.count, &page.after[..]), (200, &[0][..]));
    assert_eq!(page.arrive, Arrive::Poisson { per_second: 50.0 });
    assert_eq!(
        (page.input, page.output, page.memory),
        (Bytes(64_000), Bytes(4_096), Bytes(2_000_000))
    );
    assert_eq!(
        page.steps,
        [
            Step::Io {
                dur: Draw::LogNormal(Dur::from_millis(80), 0.4),
                blocking: true,
                on: Some(Place::Threads),
            },
            cpu(5),
            Step::Native {
                dur: Draw::Exp(Dur::from_millis(2)),
                on: None
            },
            Step::Lock {
                resource: 0,
                steps: vec![Step::Cpu {
                    dur: Draw::Fixed(Dur::from_micros(200)),
                    on: None
                }],
            },
            Step::Put { queue: 1 },
            Step::Get { queue: 1 },
            Step::Repeat {
                times: 10,
                steps: vec![io(5), cpu(1)]
            },
            Step::Gather {
                branches: vec![vec![io(20)], vec![io(30), cpu(1)]]
            },
            Step::Timeout {
                after: ms(100),
                steps: vec![Step::Io {
                    dur: Draw::Pareto(Dur::from_millis(20), 1.5),
                    blocking: false,
                    on: None,
                }],
            },
        ]
    );
    let kinds: Vec<_> = scenario
        .resources
        .iter()
        .map(|resource| resource.kind)
        .collect();
    assert_eq!(
        kinds,
        [
            ResourceKind::Lock { permits: 1 },
            ResourceKind::Queue { capacity: 100 }
        ]
    );
}
