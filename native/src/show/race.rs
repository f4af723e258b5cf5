//! The race: a bar a plan on one time axis, what held each back, and who won.

use trilane_core::advice::why::{self, Setting};
use trilane_core::advice::{counted, verdict};
use trilane_core::compare::{Race, completed};
use trilane_core::report::Report;
use trilane_core::trace::Trace;
use trilane_core::units::Dur;

use super::axis::Axis;
use super::lanes;
use crate::term::states::State;
use crate::term::{Ink, Line, Look, sanitise, width_of, wrap};

pub(crate) use trilane_core::compare::times;

/// Columns left of everything.
const MARGIN: usize = 2;
/// Columns left of the axis where lanes with names are shown.
const LANES_MARGIN: usize = lanes::NAME_COLUMNS + 2;
/// Columns of the run time and of the speed-up, right-aligned.
const TIME_COLUMNS: usize = 9;
const SPEEDUP_COLUMNS: usize = 9;

/// A run as it is to be shown.
#[derive(Clone, Debug)]
pub(crate) struct Runner {
    /// The plan, short: default start methods left out.
    pub(crate) name: String,
    /// What its report does not say.
    pub(crate) setting: Setting,
}

/// Draws the race. `runners` has one entry a run, in the race's order; so have the traces, where
/// lanes are to be shown.
pub(crate) fn lines(
    race: &Race,
    runners: &[Runner],
    traces: &[Trace],
    python: &str,
    look: &Look,
) -> Vec<Line> {
    let mut lines = head(race, python, look);
    let lengths: Vec<u64> = race.runs.iter().map(|run| run.makespan_ns).collect();
    let margin = if traces.is_empty() {
        MARGIN
    } else {
        LANES_MARGIN
    };
    let axis = Axis::of(&lengths, look.width - margin);
    let best = race.best();
    for i in race.ranking() {
        lines.push(Line::new());
        let run = &race.runs[i];
        lines.extend(name_lines(run, &runners[i], python, best == Some(i), look));
        lines.push(bar(run, &axis, margin, look));
        let held = why::held_back(run, runners[i].setting);
        let ink = if completed(run) { Ink::Faint } else { Ink::Bad };
        for text in wrap(&sanitise(&held.text), look.width - MARGIN) {
            lines.push(indented().with(ink, text));
        }
        if let Some(trace) = traces.get(i) {
            lines.extend(lanes::lines(trace, &axis, margin, look));
        }
    }
    lines.push(Line::new());
    lines.extend(axis.lines(margin, look.ascii));
    lines.push(Line::new());
    let legend = legend(&lines, race, &axis, look);
    lines.extend(legend);
    lines.push(Line::new());
    let settings: Vec<Setting> = runners.iter().map(|runner| runner.setting).collect();
    let names: Vec<String> = race
        .runs
        .iter()
        .zip(runners)
        .map(|(run, runner)| named(run, runner, python))
        .collect();
    let won = verdict::verdict(race, &settings, &names);
    for text in wrap(&sanitise(&won), look.width - MARGIN) {
        lines.push(indented().with(Ink::Strong, text));
    }
    lines
}

fn indented() -> Line {
    Line::new().with(Ink::Plain, " ".repeat(MARGIN))
}

/// The plan as it is written after `--plan`, with its Python where that is another than the set's.
fn named(run: &Report, runner: &Runner, python: &str) -> String {
    match run.python == python {
        true => runner.name.clone(),
        false => format!("{}@{}", runner.name, run.python),
    }
}

fn head(race: &Race, python: &str, look: &Look) -> Vec<Line> {
    let mut lines = vec![];
    for text in wrap(&sanitise(&race.scenario), look.width - MARGIN) {
        lines.push(indented().with(Ink::Strong, text));
    }
    let facts = format!(
        "{} · {} · {} · seed {}",
        counted(race.runs.first().map_or(0, |run| run.tasks), "task"),
        counted(u64::from(race.cores), "core"),
        super::runtime(python),
        race.seed
    );
    let mut line = indented().with(Ink::Faint, sanitise(&facts));
    let heads = format!(
        "{:>TIME_COLUMNS$}{:>SPEEDUP_COLUMNS$}",
        "run time", "speed-up"
    );
    if line.width() + 2 + heads.len() <= look.width {
        line.pad_to(look.width - heads.len());
        line.push(Ink::Faint, heads);
    }
    lines.push(line);
    lines
}

/// `asyncio 3.14t                      327 ms    10.5×`, on two lines where one is too short.
fn name_lines(run: &Report, runner: &Runner, python: &str, best: bool, look: &Look) -> Vec<Line> {
    let mut line = match best {
        true => Line::new().with(Ink::Good, "★ "),
        false => indented(),
    };
    line.push(Ink::Strong, &runner.name);
    if run.python != python {
        line.push(Ink::Plain, format!(" on {}", run.python));
        if !runner.setting.gil {
            line.push(Ink::Plain, ", no GIL");
        }
    }
    if best {
        line.push(Ink::Good, "  best");
    }
    let time = match run.outcome {
        "completed" => Dur::from_nanos(run.makespan_ns).to_string(),
        other => other.to_owned(),
    };
    let speedup = run.speedup.map_or(String::new(), times);
    let figures = pad_left(&time, TIME_COLUMNS) + &pad_left(&speedup, SPEEDUP_COLUMNS);
    let mut lines = vec![];
    if line.width() + 1 + width_of(&figures) > look.width {
        lines.push(std::mem::take(&mut line));
    }
    line.pad_to(look.width - width_of(&figures));
    line.push(
        if completed(run) {
            Ink::Strong
        } else {
            Ink::Bad
        },
        figures,
    );
    lines.push(line);
    lines
}

/// Fills up with spaces on the left, by columns.
pub(crate) fn pad_left(text: &str, columns: usize) -> String {
    format!(
        "{}{text}",
        " ".repeat(columns.saturating_sub(width_of(text)))
    )
}

/// Time of a run in each state that its bar shows.
///
/// Tasks that no worker has yet are left out: of 200 tasks in a pool of 8, 192 are queued at first,
/// and a bar that counts them says nothing else. What is left is what the workers did, and starting
/// them; only where nobody ever had a task, the queue is all there is to show.
fn parts(run: &Report) -> Vec<(State, u64)> {
    let with = |queued: bool| -> Vec<(State, u64)> {
        State::ALL
            .iter()
            .filter(|&&state| queued || state != State::Pool)
            .map(|&state| (state, state.time(&run.time_ns)))
            .filter(|&(_, ns)| ns > 0)
            .collect()
    };
    let parts = with(false);
    if parts.is_empty() { with(true) } else { parts }
}

fn bar(run: &Report, axis: &Axis, margin: usize, look: &Look) -> Line {
    let mut line = Line::new().with(Ink::Plain, " ".repeat(margin));
    bar_onto(&mut line, run, axis, look);
    line
}

/// A run's bar, at the end of a line.
pub(crate) fn bar_onto(line: &mut Line, run: &Report, axis: &Axis, look: &Look) {
    for (state, columns) in segments(run, axis) {
        line.push(
            Ink::State(state),
            state.glyph(look.ascii).to_string().repeat(columns),
        );
    }
    if axis.column(run.makespan_ns).is_none() {
        line.push(Ink::Strong, " »");
    }
}

/// The states that a bar shows, and how many columns of each.
fn segments(run: &Report, axis: &Axis) -> Vec<(State, usize)> {
    // A bar that goes on past the axis leaves room for the sign that says so.
    let columns = axis
        .column(run.makespan_ns)
        .unwrap_or(axis.columns.saturating_sub(2).max(1));
    let parts = parts(run);
    let shares = apportion(&parts, columns);
    let states = parts.iter().map(|&(state, _)| state);
    states
        .zip(shares)
        .filter(|&(_, columns)| columns > 0)
        .collect()
}

/// Splits columns among parts by the largest remainder, so that they add up exactly.
fn apportion(parts: &[(State, u64)], columns: usize) -> Vec<usize> {
    let total: u128 = parts.iter().map(|&(_, ns)| u128::from(ns)).sum();
    if total == 0 {
        return vec![0; parts.len()];
    }
    let scaled = |ns: u64| u128::from(ns) * columns as u128;
    let mut shares: Vec<usize> = parts
        .iter()
        .map(|&(_, ns)| (scaled(ns) / total) as usize)
        .collect();
    let mut order: Vec<usize> = (0..parts.len()).collect();
    order.sort_by_key(|&i| std::cmp::Reverse(scaled(parts[i].1) % total));
    let left = columns - shares.iter().sum::<usize>();
    for &i in order.iter().take(left) {
        shares[i] += 1;
    }
    shares
}

/// The signs that occur in what is drawn.
fn legend(drawn: &[Line], race: &Race, axis: &Axis, look: &Look) -> Vec<Line> {
    let occurs = |state: &&State| drawn.iter().any(|line| line.shows(**state));
    let mut lines = vec![];
    let mut line = indented();
    let mut add = |ink: Ink, sign: String, label: &str| {
        let gap = if line.width() > MARGIN { 2 } else { 0 };
        let needed = gap + width_of(&sign) + 1 + width_of(label);
        if line.width() + needed > look.width {
            lines.push(std::mem::replace(&mut line, indented()));
        } else {
            line.push(Ink::Plain, " ".repeat(gap));
        }
        line.push(ink, sign);
        line.push(Ink::Plain, format!(" {label}"));
    };
    for state in State::ALL.iter().filter(occurs) {
        let sign = state.glyph(look.ascii).to_string().repeat(2);
        add(Ink::State(*state), sign, state.label());
    }
    if race
        .runs
        .iter()
        .any(|run| axis.column(run.makespan_ns).is_none())
    {
        add(Ink::Strong, "»".to_owned(), "goes on past the axis");
    }
    if line.width() > MARGIN {
        lines.push(line);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    use crate::show::fixtures;
    use crate::term::{Colour, paint};

    fn drawn(width: usize, colour: Colour, ascii: bool) -> String {
        let (race, runners) = fixtures::race();
        let look = Look {
            width,
            colour,
            ascii,
        };
        let text = paint(&lines(&race, &runners, &[], "3.14", &look), &look);
        for line in text.lines() {
            let plain = strip(line);
            assert!(
                width_of(&plain) <= width,
                "{} columns: {plain}",
                width_of(&plain)
            );
            assert!(!ascii || line.is_ascii(), "{line}");
        }
        text
    }

    /// Without escape codes.
    fn strip(line: &str) -> String {
        let mut plain = String::new();
        let mut parts = line.split('\u{1b}');
        plain.push_str(parts.next().unwrap_or(""));
        for part in parts {
            plain.push_str(part.split_once('m').map_or("", |(_, rest)| rest));
        }
        plain
    }

    #[test]
    fn a_race_in_80_columns() {
        insta::assert_snapshot!(drawn(80, Colour::None, false));
    }

    #[test]
    fn a_race_in_60_columns_of_seven_bits() {
        insta::assert_snapshot!(drawn(60, Colour::None, true));
    }

    #[test]
    fn a_race_in_colour() {
        insta::assert_snapshot!(drawn(80, Colour::True, false).replace('\u{1b}', "␛"));
    }

    #[test]
    fn every_width_holds_and_colour_changes_no_text() {
        for width in 60..=160 {
            for ascii in [false, true] {
                let plain = drawn(width, Colour::None, ascii);
                for colour in [Colour::Sixteen, Colour::Cube, Colour::True] {
                    let stripped: Vec<String> =
                        drawn(width, colour, ascii).lines().map(strip).collect();
                    assert_eq!(stripped, plain.lines().collect::<Vec<_>>());
                }
            }
        }
    }

    #[test]
    fn a_deadlock_comes_last_and_is_told() {
        let (race, runners) = fixtures::race_with_deadlock();
        let look = Look {
            width: 80,
            colour: Colour::None,
            ascii: false,
        };
        insta::assert_snapshot!(paint(&lines(&race, &runners, &[], "3.14", &look), &look));
    }

    #[test]
    fn columns_are_shared_out_exactly() {
        let check = |parts: &[u64], columns, expect: &[usize]| {
            let parts: Vec<(State, u64)> = State::ALL.iter().copied().zip(parts.to_vec()).collect();
            assert_eq!(apportion(&parts, columns), expect);
        };
        check(&[1, 1], 5, &[3, 2]);
        check(&[97, 2, 1], 10, &[10, 0, 0]);
        check(&[u64::MAX, u64::MAX], 7, &[4, 3]);
        check(&[0, 0], 7, &[0, 0]);
        check(&[5], 0, &[0]);
    }

    #[test]
    fn factors_have_three_digits() {
        let check = |factor, expect: &str| assert_eq!(times(factor), expect);
        check(0.5, "0.50×");
        check(1.0, "1.00×");
        check(10.49, "10.5×");
        check(187.2, "187×");
    }
}
