//! What a visitor takes away: programs, pictures, traces, tables.

use trilane_core::trace::codec;
use trilane_core::{code, export, race};
use trilane_timeline::palette::Theme;
use trilane_timeline::rows::View;
use trilane_timeline::svg::{self, Ground, Options};

use super::run::Run;
use super::{Answer, Ended};
use crate::wire::{Export, Of, Reply, Surface};

/// The program of a row.
pub(super) fn code(race: &Ended, run: &Run, of: Of) -> Answer {
    let scenario = race::read(&race.text);
    let text = match (&run.entry, scenario) {
        (Some(entry), Ok(scenario)) => code::program(&scenario, &entry.plan, &entry.python),
        _ => "# A trace says what happened, and not which program it was.\n".to_owned(),
    };
    Reply::Code(of, text).into()
}

/// A file.
pub(super) fn export(race: &Ended, run: &Run, of: Of, what: Export, surface: Surface) -> Answer {
    let title = race.shown.title.as_str();
    let options = Options {
        title: Some(title),
        ground: match (what, surface.dark) {
            // A bitmap has one ground for good.
            (Export::Png, true) => Ground::Fixed(Theme::Dark),
            (Export::Png, false) => Ground::Fixed(Theme::Light),
            _ => Ground::Auto,
        },
        view: View::Threads,
        ..Options::default()
    };
    let bytes = match what {
        Export::Svg | Export::Png => svg::timeline(&run.trace, &options).into_bytes(),
        Export::RaceSvg => whole(race, run, &options).into_bytes(),
        Export::Chrome => export::chrome(&run.trace).into_bytes(),
        Export::Perfetto => export::perfetto(&run.trace),
        Export::Trace => codec::encode(&run.trace),
        Export::Csv => {
            let others = race.runs.iter().map(|other| other.as_ref().unwrap_or(run));
            trilane_core::compare::csv(others.map(|run| &run.report)).into_bytes()
        }
    };
    let ending = match what {
        Export::Svg | Export::RaceSvg => "svg",
        Export::Png => "png",
        Export::Chrome => "json",
        Export::Perfetto => "pftrace",
        Export::Trace => "trilane",
        Export::Csv => "csv",
    };
    let base = match what {
        Export::RaceSvg | Export::Csv => name(title),
        _ => format!("{}-{}", name(title), name(&run.label)),
    };
    Answer {
        reply: Reply::File(of, what, format!("{base}.{ending}")),
        parts: vec![bytes],
    }
}

/// All rows on one axis, the fastest first. `run` is taken out of the race while it is asked about.
fn whole(race: &Ended, run: &Run, options: &Options<'_>) -> String {
    let rows = race.runs.iter().zip(&race.shown.rows);
    let mut runs: Vec<(&Run, &str)> = rows
        .filter_map(|(other, row)| {
            let ran = row.run.as_ref().ok()?;
            Some((other.as_ref().unwrap_or(run), ran.times.as_str()))
        })
        .collect();
    runs.sort_by_key(|(run, _)| (!run.ended, run.report.makespan_ns));
    let runs: Vec<_> = runs
        .iter()
        .map(|(run, times)| (&run.trace, *times))
        .collect();
    svg::race(&runs, options)
}

/// Words that every file system takes: `fetch-200-pages`.
fn name(text: &str) -> String {
    let mut name = String::new();
    for c in text.chars().flat_map(char::to_lowercase) {
        match c.is_alphanumeric() {
            true => name.push(c),
            false if !name.ends_with('-') && !name.is_empty() => name.push('-'),
            false => {}
        }
    }
    name.truncate(name.char_indices().nth(60).map_or(name.len(), |(at, _)| at));
    name.trim_matches('-').to_owned()
}

#[cfg(test)]
mod tests {
    #[test]
    fn names_of_files_are_plain() {
        let check = |text: &str, expect: &str| assert_eq!(super::name(text), expect);
        check("Fetch 200 pages, parse each", "fetch-200-pages-parse-each");
        check("threads(8)@3.14t", "threads-8-3-14t");
        check("../../etc", "etc");
        check(&"x".repeat(300), &"x".repeat(60));
    }
}
