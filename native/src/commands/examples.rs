//! `examples`: the list, or the text of one.

use anyhow::Result;
use serde::Serialize;
use trilane_core::examples::{self, Topic};

use crate::cli::Examples;
use crate::failure::{bad_input, did_you_mean};
use crate::output;
use crate::term::{Ink, Line, Look, paint, sanitise, width_of, wrap};

/// An example in the list; a contract of `examples --json`.
#[derive(Debug, Serialize)]
struct Row {
    name: &'static str,
    title: &'static str,
    topic: &'static str,
    says: &'static str,
    plans: &'static [&'static str],
}

pub(crate) fn examples(args: &Examples) -> Result<()> {
    if let Some(name) = &args.name {
        let Some(example) = examples::find(name) else {
            let known = examples::all().iter().map(|example| example.name);
            let hint = match did_you_mean(name, known) {
                Some(name) => format!("did you mean `{name}`? "),
                None => String::new(),
            };
            return Err(bad_input(format!(
                "unknown example `{}`: {hint}`trilane examples` lists them",
                sanitise(name)
            )));
        };
        return output::print(example.text());
    }
    let rows: Vec<(Topic, Row)> = examples::all()
        .iter()
        .map(|example| {
            let row = Row {
                name: example.name,
                title: example.title,
                topic: example.topic.label(),
                says: example.says,
                plans: example.plans,
            };
            (example.topic, row)
        })
        .collect();
    if args.json {
        let rows: Vec<&Row> = rows.iter().map(|(_, row)| row).collect();
        return output::print(&(serde_json::to_string_pretty(&rows)? + "\n"));
    }
    let look = Look::stdout();
    output::print(&paint(&table(&rows, &look), &look))
}

/// A heading a topic, and a line an example, its title wrapped beside its name.
fn table(rows: &[(Topic, Row)], look: &Look) -> Vec<Line> {
    let names = rows
        .iter()
        .map(|(_, row)| width_of(row.name))
        .max()
        .unwrap_or(0);
    let indent = 2 + names + 2;
    let mut lines = Vec::new();
    for topic in Topic::ALL {
        lines.push(Line::new().with(Ink::Strong, heading(topic)));
        for (_, row) in rows.iter().filter(|(of, _)| *of == topic) {
            let mut line = Line::new().with(Ink::Plain, format!("  {}", row.name));
            for title in wrap(&sanitise(row.title), look.width.saturating_sub(indent)) {
                line.pad_to(indent);
                line.push(Ink::Faint, title);
                lines.push(std::mem::take(&mut line));
            }
        }
        lines.push(Line::new());
    }
    lines.push(Line::new().with(
        Ink::Faint,
        "trilane simulate NAME races one; trilane examples NAME prints its text.",
    ));
    lines
}

const fn heading(topic: Topic) -> &'static str {
    match topic {
        Topic::Claim => "Claims, to be seen",
        Topic::Misconception => "Misconceptions, put right",
        Topic::Pattern => "Patterns",
        Topic::Trouble => "Trouble, on purpose",
    }
}
