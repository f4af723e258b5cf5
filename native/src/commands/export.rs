//! `export`: a picture or a trace, written to a file.

use std::path::Path;

use anyhow::Result;
use trilane_core::compare::Race;
use trilane_core::model;
use trilane_core::scenario::Draw;
use trilane_core::trace::{Trace, codec};
use trilane_core::units::Dur;
use trilane_core::workload::draw;
use trilane_timeline::kitchen::Kitchen;
use trilane_timeline::{svg, words};

mod chapter;
mod page;

use crate::cli::Export;
use crate::failure::bad_input;
use crate::machine::{Entry, Machine};
use crate::show::race::times;
use crate::{input, output, png, run};

/// Pixels of a PNG for each of the picture's own: sharp on a dense screen and in print.
const PNG_SCALE: f32 = 2.0;
/// Width of a kitchen, px.
const KITCHEN_PX: u32 = 1000;

/// What to write, by the file's ending.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Svg,
    Png,
    Chrome,
    Perfetto,
    Own,
    Page,
}

impl Kind {
    const ENDINGS: [(&'static str, Kind); 6] = [
        ("svg", Kind::Svg),
        ("png", Kind::Png),
        ("json", Kind::Chrome),
        ("pftrace", Kind::Perfetto),
        ("trilane", Kind::Own),
        ("html", Kind::Page),
    ];

    fn of(path: &Path) -> Result<Kind> {
        let ending = path
            .extension()
            .and_then(|ending| ending.to_str())
            .unwrap_or("");
        let known = Kind::ENDINGS
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(ending));
        known.map(|&(_, kind)| kind).ok_or_else(|| {
            bad_input(format!(
                "cannot tell what to write from the name `{}`: end it in .svg or .png (a picture), \
                 .html (a page with all of it), .json (a Chrome trace), .pftrace (a Perfetto trace) or .trilane \
                 (a trace to drop on the page)",
                path.display()
            ))
        })
    }
}

/// Runs the command.
pub(crate) fn export(args: &Export) -> Result<()> {
    let kind = Kind::of(&args.output)?;
    let instant = args.at.as_deref().map(instant).transpose()?;
    if args.kitchen && !matches!(kind, Kind::Svg | Kind::Png) {
        return Err(bad_input(format!(
            "the kitchen is a picture, and `{}` is none: end the name in .svg or .png, or leave --kitchen out",
            args.output.display()
        )));
    }
    if let Some(name) = &args.chapter {
        if kind != Kind::Page {
            return Err(bad_input(format!(
                "a chapter is a page, and `{}` is none: end the name in .html, or leave --chapter out",
                args.output.display()
            )));
        }
        let html = chapter::chapter(name, args.language.as_deref())?;
        return output::write_file(&args.output, html.as_bytes());
    }
    let (scenario, text) = input::load_with_text(args.setup.scenario.as_deref())?;
    let mut machine = Machine::new(&args.setup, scenario.cores)?;
    let entries = machine.entries(&args.setup.plans)?;
    let seed = args.setup.seed.unwrap_or(scenario.seed);
    let one = |entry: &Entry| {
        let workload = draw(&scenario, seed);
        model::record(&run::setup(&workload, &machine, entry, args.jitter))
    };
    let bytes = match (kind, entries.as_slice()) {
        (Kind::Chrome, [first, ..]) => trilane_core::export::chrome(&one(first)).into_bytes(),
        (Kind::Perfetto, [first, ..]) => trilane_core::export::perfetto(&one(first)),
        (Kind::Own, [first, ..]) => codec::encode(&one(first)),
        (Kind::Svg | Kind::Png, plans) => {
            let picture = match plans {
                [first, ..] if args.kitchen => {
                    kitchen(&one(first), &scenario.title, args, instant)?
                }
                [only] => timeline(&one(only), &scenario.title),
                _ => {
                    let done = run::race(&scenario, &machine, &entries, seed, args.jitter, true);
                    race(&done.race, &done.traces)
                }
            };
            match kind {
                Kind::Png => png::render(&picture, PNG_SCALE)?,
                _ => picture.into_bytes(),
            }
        }
        (Kind::Page, plans) => {
            let done = run::race(&scenario, &machine, plans, seed, args.jitter, true);
            let interval = |entry| Dur::from_nanos(machine.costs(entry).switch_interval);
            let intervals: Vec<Dur> = plans.iter().map(interval).collect();
            page::page(&scenario, &done, &intervals, &text).into_bytes()
        }
        (_, []) => Vec::new(),
    };
    output::write_file(&args.output, &bytes)
}

/// One run, opened into its lanes.
fn timeline(trace: &Trace, title: &str) -> String {
    let options = svg::Options {
        title: Some(title),
        ..svg::Options::default()
    };
    svg::timeline(trace, &options)
}

/// One instant of a run, as cooks at their stoves.
fn kitchen(trace: &Trace, title: &str, args: &Export, instant: Option<u64>) -> Result<String> {
    let kitchen = Kitchen::new(trace);
    let (at, end) = (instant.unwrap_or(0), kitchen.end_ns());
    if at > end {
        return Err(bad_input(format!(
            "--at {} is after the end of the run: under {} it ends at {}, so give a time up to that",
            args.at.as_deref().unwrap_or_default(),
            trace.plan,
            words::moment(end)
        )));
    }
    let options = svg::Options {
        title: Some(title),
        width_px: args.width.unwrap_or(KITCHEN_PX),
        ..svg::Options::default()
    };
    Ok(svg::kitchen(&kitchen, at, &options))
}

/// An instant, ns, as a scenario writes a duration.
fn instant(text: &str) -> Result<u64> {
    let remedy = "an instant is a time since the run began, such as 158ms, 1.5s or 20us";
    match text.parse::<Draw>() {
        Ok(Draw::Fixed(at)) => Ok(at.as_nanos()),
        Ok(_) => Err(bad_input(format!(
            "--at `{}` is a distribution: {remedy}",
            crate::term::sanitise(text)
        ))),
        Err(error) => Err(bad_input(format!("--at: {}; {remedy}", error.message))),
    }
}

/// Several runs on one axis, the fastest first, each with its speed-up.
fn race(race: &Race, traces: &[Trace]) -> String {
    let captions: Vec<String> = race
        .runs
        .iter()
        .map(|run| run.speedup.map_or(String::new(), times))
        .collect();
    let order = race.ranking();
    let runs: Vec<(&Trace, &str)> = order
        .iter()
        .map(|&i| (&traces[i], captions[i].as_str()))
        .collect();
    let options = svg::Options {
        title: Some(&race.scenario),
        ..svg::Options::default()
    };
    svg::race(&runs, &options)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ending_says_what_to_write() {
        let check = |name: &str, expect: Option<Kind>| {
            assert_eq!(Kind::of(Path::new(name)).ok(), expect, "{name}");
        };
        check("a.svg", Some(Kind::Svg));
        check("dir.json/a.PNG", Some(Kind::Png));
        check("trace.json", Some(Kind::Chrome));
        check("trace.pftrace", Some(Kind::Perfetto));
        check("trace.trilane", Some(Kind::Own));
        check("note.html", Some(Kind::Page));
        check("a.gif", None);
        check("svg", None);
    }
}
