//! The language's values: numbers, strings, and what is written inside strings.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::diag::{Path, Problems};
use super::expr::{self, ExprError};
use super::read::{Read, same_schema};
use super::source::{Node, Value};
use super::{Arrive, Draw, Place};
use crate::text::{is_unprintable, shown};
use crate::units::Bytes;

/// The JSON Schema of a kind of string, under a name of its own.
macro_rules! string_schema {
    ($type:ty as $name:literal, $($key:literal: $value:expr),* $(,)?) => {
        impl JsonSchema for $type {
            fn schema_name() -> Cow<'static, str> {
                $name.into()
            }
            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({ "type": "string", $($key: $value),* })
            }
        }
    };
}

/// A whole number within bounds.
#[derive(Clone, Copy, Debug)]
pub(super) struct Whole<const MIN: u64, const MAX: u64>(pub(super) u64);

impl<const MIN: u64, const MAX: u64> JsonSchema for Whole<MIN, MAX> {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        format!("Whole{MIN}To{MAX}").into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "integer", "minimum": MIN, "maximum": MAX })
    }
}

impl<const MIN: u64, const MAX: u64> Read for Whole<MIN, MAX> {
    fn read(node: &Node, at: &Path<'_>, problems: &mut Problems<'_>) -> Option<Self> {
        let rule = match MIN == MAX {
            true => format!("`{}` is {MIN}", at.last()),
            false => format!("`{}` is a whole number from {MIN} to {MAX}", at.last()),
        };
        let (message, remedy) = match &node.value {
            Value::Whole(value) => match u64::try_from(*value) {
                Ok(value) if (MIN..=MAX).contains(&value) => return Some(Whole(value)),
                _ => {
                    let bound = if *value < i128::from(MIN) { MIN } else { MAX };
                    let more = if bound == MIN { "more" } else { "less" };
                    (
                        format!("{} is out of range: {rule}", problems.source(node)),
                        format!("write {bound} or {more}"),
                    )
                }
            },
            Value::Text(text) if text.trim().parse::<u64>().is_ok() => (
                format!("{} is a string: {rule}", problems.source(node)),
                "take off the quotes".to_owned(),
            ),
            other => {
                let given = format!("{} is {}", problems.source(node), other.what());
                (
                    format!("{given}: {rule}"),
                    format!("write a number such as {}", MIN.max(1)),
                )
            }
        };
        problems.add(&node.span, at, message, remedy);
        None
    }
}

impl Read for bool {
    fn read(node: &Node, at: &Path<'_>, problems: &mut Problems<'_>) -> Option<Self> {
        match &node.value {
            Value::Bool(value) => Some(*value),
            other => {
                let key = at.last();
                let message = format!(
                    "{} is {}: `{key}` is true or false",
                    problems.source(node),
                    other.what()
                );
                problems.add(
                    &node.span,
                    at,
                    message,
                    "write true or false, without quotes",
                );
                None
            }
        }
    }
}

/// The text of a string, or a problem that shows how it is written.
fn text<'n>(
    node: &'n Node,
    example: &str,
    at: &Path<'_>,
    problems: &mut Problems<'_>,
) -> Option<&'n str> {
    match &node.value {
        Value::Text(text) => Some(text),
        other => {
            let given = format!("{} is {}", problems.source(node), other.what());
            let message = format!("{given}: `{}` is a string", at.last());
            let remedy = match other {
                Value::Whole(_) | Value::Real if example == "5ms" => {
                    format!(
                        "write it with its unit, as in \"{}ms\"",
                        problems.text_of(node)
                    )
                }
                Value::Whole(_) | Value::Real if example == "64kB" => {
                    format!(
                        "write it with its unit, as in \"{}B\"",
                        problems.text_of(node)
                    )
                }
                _ => format!("write it in quotes, as in \"{example}\""),
            };
            problems.add(&node.span, at, message, remedy);
            None
        }
    }
}

/// Reads a string with a parser of `expr`.
fn parsed<T>(
    node: &Node,
    example: &str,
    parse: fn(&str) -> Result<T, ExprError>,
    at: &Path<'_>,
    problems: &mut Problems<'_>,
) -> Option<T> {
    let text = text(node, example, at, problems)?;
    let wrong = match parse(text) {
        Ok(value) => return Some(value),
        Err(wrong) => wrong,
    };
    problems.add(&node.span, at, wrong.message, wrong.remedy);
    None
}

impl Read for Draw {
    fn read(node: &Node, at: &Path<'_>, problems: &mut Problems<'_>) -> Option<Self> {
        parsed(node, "5ms", expr::draw, at, problems)
    }
}

string_schema!(
    Draw as "Duration",
    "description": "A duration such as 500ns, 20us, 5ms, 1.5s or 2min, or a distribution of durations.",
    "pattern": expr::draw_pattern(),
    "examples": [
        "5ms", "1.5s", "uniform(5ms, 10ms)", "exp(5ms)", "lognormal(80ms, 0.4)",
        "normal(10ms, 2ms)", "pareto(20ms, 1.5)",
    ],
);

impl Read for Bytes {
    fn read(node: &Node, at: &Path<'_>, problems: &mut Problems<'_>) -> Option<Self> {
        parsed(node, "64kB", expr::size, at, problems)
    }
}

string_schema!(
    Bytes as "Size",
    "description": "A size in powers of 1000 or 1024.",
    "pattern": expr::size_pattern(),
    "examples": ["512B", "64kB", "2MB", "4KiB"],
);

impl Read for Arrive {
    fn read(node: &Node, at: &Path<'_>, problems: &mut Problems<'_>) -> Option<Self> {
        parsed(node, "every(20ms)", expr::arrive, at, problems)
    }
}

string_schema!(
    Arrive as "Arrival",
    "description": "At once, at regular intervals, or as a Poisson process.",
    "pattern": expr::arrive_pattern(),
    "examples": ["at once", "every(20ms)", "poisson(50/s)"],
);

impl Read for Place {
    fn read(node: &Node, at: &Path<'_>, problems: &mut Problems<'_>) -> Option<Self> {
        parsed(node, "threads", expr::place, at, problems)
    }
}

string_schema!(
    Place as "Place",
    "description": "On the event loop, in the thread pool, or in the process pool.",
    "enum": expr::PLACES.map(|(name, _)| name),
);

/// The title: one line.
#[derive(Debug)]
pub(super) struct Line(pub(super) String);

/// Characters of a title.
const LINE: usize = 200;

string_schema!(
    Line as "Line",
    "description": "One line of text, without control characters.",
    "minLength": 1,
    "maxLength": LINE,
    "pattern": r"^[^\x00-\x1f\x7f]*[^\s\x00-\x1f\x7f][^\x00-\x1f\x7f]*$",
);

impl Read for Line {
    fn read(node: &Node, at: &Path<'_>, problems: &mut Problems<'_>) -> Option<Self> {
        let text = text(node, "Fetch 200 pages", at, problems)?;
        let key = at.last();
        let wrong = if text.trim().is_empty() {
            Some((
                format!("`{key}` is empty: it names the work in one line"),
                "write a few words".to_owned(),
            ))
        } else if text.contains(['\n', '\r']) {
            Some((
                format!("`{key}` has a line break: it is one line"),
                "put the rest into `notes`".to_owned(),
            ))
        } else if text.contains(is_unprintable) {
            Some((
                format!(
                    "{} has a character that does not show: `{key}` is plain text",
                    shown(text)
                ),
                "take it out".to_owned(),
            ))
        } else if text.chars().count() > LINE {
            let length = text.chars().count();
            let message =
                format!("`{key}` has {length} characters: it is one line of at most {LINE}");
            Some((message, "put the rest into `notes`".to_owned()))
        } else {
            None
        };
        match wrong {
            None => Some(Line(text.to_owned())),
            Some((message, remedy)) => {
                problems.add(&node.span, at, message, remedy);
                None
            }
        }
    }
}

/// Text of any length, or a name that is looked up later.
#[derive(Debug)]
pub(super) struct Words(pub(super) String);

same_schema!(Words => String);

impl Read for Words {
    fn read(node: &Node, at: &Path<'_>, problems: &mut Problems<'_>) -> Option<Self> {
        text(node, "name", at, problems).map(|text| Words(text.to_owned()))
    }
}
