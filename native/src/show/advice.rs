//! The advice for people: what to take, why, the ranking, where it flips, and the flowchart.

use trilane_core::advice::counted;
use trilane_core::advice::document::{Advice, Ranked};
use trilane_core::advice::flips::Way;
use trilane_core::units::Dur;

use super::race::times;
use crate::term::{Ink, Line, Look, sanitise, width_of, wrap};

const MARGIN: usize = 2;
/// Rows of the ranking that are shown; the JSON has all of them.
const ROWS: usize = 12;
/// Flips that are shown.
const FLIPS: usize = 6;

pub(crate) fn lines(advice: &Advice, look: &Look) -> Vec<Line> {
    let mut page = Page {
        lines: vec![],
        width: look.width,
    };
    page.text(Ink::Strong, &advice.scenario);
    page.text(
        Ink::Faint,
        &format!(
            "{} · Python {} · seed {} · up to {} runs a plan",
            counted(u64::from(advice.cores), "core"),
            advice.python,
            advice.seed,
            advice.effort.seeds
        ),
    );
    if advice.effort.one_task_in > 1 {
        let every = advice.effort.one_task_in;
        page.text(
            Ink::Plain,
            &format!("Run on one task in {every}, to bound the work."),
        );
    }
    page.gap();
    match &advice.best {
        Some(best) => {
            page.lines.push(
                Line::new()
                    .with(Ink::Good, "★ ")
                    .with(Ink::Strong, format!("Take {best}")),
            );
        }
        None => page.text(Ink::Bad, "No plan gets to the end"),
    }
    for sentence in &advice.because {
        page.item("–", sentence);
    }

    page.heading("The plans, fastest first");
    // The plan to take is shown wherever it stands: it may be level with many.
    let first = advice.ranking.iter().take(ROWS);
    let best = advice
        .ranking
        .iter()
        .skip(ROWS)
        .filter(|row| Some(&row.plan) == advice.best.as_ref());
    let shown: Vec<&Ranked> = first.chain(best).chain(advice.elsewhere.first()).collect();
    let hidden = advice
        .ranking
        .iter()
        .filter(|row| !shown.contains(row))
        .count();
    let names = shown
        .iter()
        .map(|row| width_of(&row.plan))
        .max()
        .unwrap_or(0)
        .min(page.width - 42);
    page.heads(names);
    for row in &shown {
        if advice.elsewhere.contains(row) {
            page.text(Ink::Faint, "on another Python:");
        }
        page.row(row, names, advice.best.as_ref() == Some(&row.plan));
    }
    if hidden > 0 {
        page.text(Ink::Faint, &format!("… and {hidden} more (--json has all)"));
    }

    page.heading("Where the answer flips");
    if advice.flips.is_empty() {
        let text = match advice.effort.knobs {
            [0, _] => "Not looked for: one run takes too long to be repeated hundreds of times.",
            _ => "Nowhere within a thousandfold of any number in the scenario.",
        };
        page.text(Ink::Plain, text);
    }
    for flip in advice.flips.iter().take(FLIPS) {
        let when = match flip.when {
            Way::Above => format!("from {} up", flip.at),
            // One task, one core: there is no further down.
            Way::Below if flip.at == "1" => "= 1".to_owned(),
            Way::Below => format!("from {} down", flip.at),
            Way::Is => format!("= {}", flip.at),
        };
        page.item(
            "·",
            &format!("{} {when} (now {}): {}", flip.key, flip.now, flip.to),
        );
    }

    page.heading("The rule of thumb");
    for step in &advice.path {
        page.item("·", &format!("{} {}", step.question, step.answer));
    }
    match &advice.disagreement {
        Some(text) => page.item("!", text),
        None if advice.agrees => {
            page.item("→", &agreement(advice));
        }
        None => page.item("→", &advice.rule_of_thumb),
    }
    let effort = &advice.effort;
    if effort.flips_one_task_in > 1 && effort.knobs[0] > 0 {
        page.gap();
        let every = effort.flips_one_task_in;
        page.text(
            Ink::Faint,
            &format!("Flips were looked for on one task in {every}, to bound the work."),
        );
    }
    page.lines
}

/// The rule of thumb's answer, and how the plan to take is the same.
fn agreement(advice: &Advice) -> String {
    let thumb = &advice.rule_of_thumb;
    match &advice.best {
        Some(best) if best.starts_with("interpreters") && thumb == "processes" => {
            format!("{thumb}: the simulation agrees; interpreters are the same idea in one process")
        }
        Some(best) if !best.starts_with(thumb.as_str()) => {
            format!("{thumb}: no more than 2 % slower than {best}")
        }
        _ => format!("{thumb}: the simulation agrees"),
    }
}

struct Page {
    lines: Vec<Line>,
    width: usize,
}

impl Page {
    fn gap(&mut self) {
        self.lines.push(Line::new());
    }

    fn heading(&mut self, text: &str) {
        self.gap();
        self.text(Ink::Strong, text);
    }

    fn text(&mut self, ink: Ink, text: &str) {
        for text in wrap(&sanitise(text), self.width - MARGIN) {
            self.lines.push(
                Line::new()
                    .with(Ink::Plain, " ".repeat(MARGIN))
                    .with(ink, text),
            );
        }
    }

    /// A sentence behind a sign, its further lines under its first.
    fn item(&mut self, sign: &str, text: &str) {
        for (i, text) in wrap(&sanitise(text), self.width - MARGIN - 2)
            .into_iter()
            .enumerate()
        {
            let mut line = Line::new().with(Ink::Plain, " ".repeat(MARGIN));
            line.push(Ink::Faint, if i == 0 { sign } else { " " });
            line.push(Ink::Plain, format!(" {text}"));
            self.lines.push(line);
        }
    }

    /// The heads of the columns of [`Page::row`].
    fn heads(&mut self, names: usize) {
        let mut line = Line::new();
        line.pad_to(MARGIN + names);
        line.push(Ink::Faint, right("median", 10) + &right("speed-up", 10));
        line.push(Ink::Faint, right("half are within", 20));
        self.lines.push(line);
    }

    /// `threads(32)      461 ms  (455 ms – 470 ms)   7.46×`.
    fn row(&mut self, row: &Ranked, names: usize, best: bool) {
        let mut line = match best {
            true => Line::new().with(Ink::Good, "★ "),
            false => Line::new().with(Ink::Plain, " ".repeat(MARGIN)),
        };
        line.push(if best { Ink::Strong } else { Ink::Plain }, &row.plan);
        if line.width() > MARGIN + names {
            self.lines.push(std::mem::take(&mut line));
        }
        line.pad_to(MARGIN + names);
        let dur = |ns: u64| Dur::from_nanos(ns).to_string();
        let [low, high] = row.interval_ns;
        let (time, spread) = match row.outcome {
            "completed" if dur(low) == dur(high) => (dur(row.makespan_ns), String::new()),
            "completed" => (
                dur(row.makespan_ns),
                format!("{} – {}", dur(low), dur(high)),
            ),
            other => (other.to_owned(), String::new()),
        };
        line.push(Ink::Strong, right(&time, 10));
        line.push(
            Ink::Plain,
            right(&row.speedup.map_or(String::new(), times), 10),
        );
        line.push(Ink::Faint, right(&spread, 20));
        if line.width() > self.width {
            line.cut_to(self.width);
        }
        self.lines.push(line);
    }
}

fn right(text: &str, columns: usize) -> String {
    format!(
        "{}{text}",
        " ".repeat(columns.saturating_sub(width_of(text)))
    )
}
