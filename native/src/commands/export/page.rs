//! A page of its own: the race, its figures, what held each plan back, the lanes, and the scenario.

use trilane_core::advice::why::held_back;
use trilane_core::scenario::Scenario;
use trilane_core::trace::Trace;
use trilane_core::units::Dur;
use trilane_note::{Live, Page, Words};
use trilane_timeline::kitchen::Kitchen;
use trilane_timeline::svg;
use trilane_timeline::words::Say;

use crate::run::Finished;
use crate::show::race::times;

/// Width of the pictures, px: what a page has on a desk.
const WIDTH_PX: u32 = 1000;
/// Lanes in each group, fewer than in a picture: all of the plans have to fit.
const MOST_ROWS: u32 = 6;

/// Moments at which the race's playhead can stand.
const MOMENTS: usize = 101;

/// The page as HTML. `intervals` says of each plan how long its Python lets others wait for the GIL.
pub(super) fn page(scenario: &Scenario, done: &Finished, intervals: &[Dur], text: &str) -> String {
    let order = done.race.ranking();
    let captions: Vec<String> = (done.race.runs.iter())
        .map(|run| run.speedup.map_or(String::new(), times))
        .collect();
    let runs: Vec<(&Trace, &str)> = (order.iter())
        .map(|&at| (&done.traces[at], captions[at].as_str()))
        .collect();
    let row = |&at: &usize| {
        let (run, runner) = (&done.race.runs[at], &done.runners[at]);
        let time = match run.outcome {
            "completed" => Dur::from_nanos(run.makespan_ns).to_string(),
            other => other.to_owned(),
        };
        let held = held_back(run, runner.setting).text;
        vec![name(done, at), time, captions[at].clone(), held]
    };
    let lanes = |(place, &at): (usize, &usize)| {
        let id = format!("lanes-{place}");
        let picture = svg::timeline(&done.traces[at], &options(scenario, &id));
        (format!("The lanes of {}", name(done, at)), picture)
    };
    let kitchen = order.first().map(|&at| {
        let kitchen = Kitchen::new(&done.traces[at]);
        let picture = svg::kitchen(
            &kitchen,
            kitchen.telling(None),
            &options(scenario, "kitchen"),
        );
        (
            format!("The kitchen of {}, at its busiest", name(done, at)),
            picture,
        )
    });
    let options_of_race = options(scenario, "race");
    let picture = svg::race(&runs, &options_of_race);
    let axis = svg::axis(&runs, &options_of_race);
    let told: Vec<(&Trace, String, Option<Dur>)> = (order.iter())
        .map(|&at| (&done.traces[at], name(done, at), Some(intervals[at])))
        .collect();
    let live = Live {
        runs: &told,
        axis: &axis,
        moments: MOMENTS,
        at_ns: axis.end_ns / 2,
        words: &Words::default(),
        say: Say::default(),
    };
    let live = live.figure(&picture);
    trilane_note::page(&Page {
        title: scenario.title.clone(),
        notes: scenario.notes.clone().unwrap_or_default(),
        picture: [live, format!("<figure>\n{picture}</figure>\n")],
        head: ["plan", "run time", "speed-up", "what held it back"]
            .map(str::to_owned)
            .to_vec(),
        rows: order.iter().map(row).collect(),
        more: kitchen
            .into_iter()
            .chain(order.iter().enumerate().map(lanes))
            .collect(),
        listing: ("The scenario".to_owned(), text.to_owned()),
    })
}

fn options<'a>(scenario: &'a Scenario, id: &'a str) -> svg::Options<'a> {
    svg::Options {
        width_px: WIDTH_PX,
        title: Some(&scenario.title),
        most_rows: MOST_ROWS,
        id,
        ..svg::Options::default()
    }
}

/// A plan's name, with its Python where another has the same.
fn name(done: &Finished, at: usize) -> String {
    let own = &done.runners[at].name;
    let same = done.runners.iter().filter(|other| other.name == *own);
    match same.count() {
        1 => own.clone(),
        _ => format!("{own}@{}", done.race.runs[at].python),
    }
}
