//! What a visitor takes away: programs, pictures, traces, tables.

use trilane_core::trace::codec;
use trilane_core::{code, export, race};
use trilane_timeline::palette::Theme;
use trilane_timeline::rows::View;
use trilane_timeline::svg::{self, Card, Ground, Options};

use super::run::Run;
use super::{Answer, Ended};
use crate::wire::{Export, Of, Reply, Row, Surface};

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

/// All rows on one axis, the fastest first, each with what was measured of it below. `run` is taken out of
/// the race while it is asked about.
fn whole(race: &Ended, run: &Run, options: &Options<'_>) -> String {
    let rows = race.runs.iter().zip(&race.shown.rows);
    let mut groups: Vec<Vec<(&Run, &str)>> = Vec::new();
    // Of what was measured, how far its prediction is off.
    let off = |row: &Row| Some(row.pair.as_ref()?.table.first()?[3].clone());
    let captions: Vec<Option<String>> = race.shown.rows.iter().map(off).collect();
    for ((other, row), off) in rows.zip(&captions) {
        let Ok(ran) = &row.run else { continue };
        let caption = off.as_deref().unwrap_or(&ran.times);
        let one = (other.as_ref().unwrap_or(run), caption);
        match groups.last_mut().filter(|_| row.pair.is_some()) {
            Some(group) => group.push(one),
            None => groups.push(vec![one]),
        }
    }
    groups.sort_by_key(|group| (!group[0].0.ended, group[0].0.report.makespan_ns));
    let mut cards: Vec<Card<'_>> = Vec::new();
    for group in &groups {
        let first = cards.len();
        cards.extend(group.iter().map(|(run, caption)| Card {
            trace: &run.trace,
            caption,
            predicted: run.difference.is_some().then_some(first),
        }));
    }
    svg::cards(&cards, options)
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
