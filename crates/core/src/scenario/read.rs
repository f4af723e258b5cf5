//! Reading a tree into types: what each sort of value accepts, and what it says to the rest.
//!
//! A value's type carries its rule, for the reader ([`Read`]) and for the JSON Schema
//! ([`JsonSchema`]) alike, so that the two cannot drift apart.

use std::borrow::Cow;
use std::collections::BTreeMap;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::diag::{Path, Problems};
use super::expr::{self, Wrong};
use super::source::{Entry, Node, Span, Value};
use super::{Arrive, Draw, Place};
use crate::text::{is_unprintable, nearest, shown};
use crate::units::Bytes;

/// Something that can be read from a node. `None` means that a problem has been reported.
pub(super) trait Read: Sized {
    fn read(node: &Node, at: &Path<'_>, problems: &mut Problems<'_>) -> Option<Self>;
}

/// A value with its place.
#[derive(Debug)]
pub(super) struct Located<T> {
    pub(super) span: Span,
    pub(super) value: T,
}

/// What stands at a key: nothing, where the key is left out or its value was reported.
#[derive(Debug)]
pub(super) struct Field<T>(pub(super) Option<Located<T>>);

impl<T> Default for Field<T> {
    fn default() -> Self {
        Field(None)
    }
}

impl<T> Field<T> {
    pub(super) fn value(&self) -> Option<&T> {
        self.0.as_ref().map(|located| &located.value)
    }
}

/// Makes `JsonSchema` of a wrapper the schema of what it wraps.
macro_rules! same_schema {
    ($({ $t:ident })? $outer:ty => $inner:ty) => {
        impl$(<$t: JsonSchema>)? JsonSchema for $outer {
            fn inline_schema() -> bool {
                <$inner>::inline_schema()
            }
            fn schema_name() -> Cow<'static, str> {
                <$inner>::schema_name()
            }
            fn schema_id() -> Cow<'static, str> {
                <$inner>::schema_id()
            }
            fn json_schema(generator: &mut SchemaGenerator) -> Schema {
                <$inner>::json_schema(generator)
            }
        }
    };
}

same_schema!({ T } Field<T> => T);

/// The JSON Schema of a kind of string.
macro_rules! string_schema {
    ($type:ty, $($key:literal: $value:expr),* $(,)?) => {
        impl JsonSchema for $type {
            fn inline_schema() -> bool {
                true
            }
            fn schema_name() -> Cow<'static, str> {
                stringify!($type).into()
            }
            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({ "type": "string", $($key: $value),* })
            }
        }
    };
}

/// Defines a table of the language: a struct with a field a key, its reader and its JSON Schema.
/// Keys under `must` have to be there; each comes with a value to show in the error message.
macro_rules! table {
    (
        $(#[doc = $doc:literal])*
        $name:ident: $what:literal
        must { $($(#[doc = $mdoc:literal])* $must:ident: $mtype:ty = $example:literal,)* }
        may { $($(#[doc = $odoc:literal])* $may:ident: $otype:ty,)* }
    ) => {
        $(#[doc = $doc])*
        #[derive(Debug, schemars::JsonSchema)]
        #[schemars(deny_unknown_fields)]
        pub(super) struct $name {
            $($(#[doc = $mdoc])* pub(super) $must: Field<$mtype>,)*
            $($(#[doc = $odoc])* #[schemars(default)] pub(super) $may: Field<$otype>,)*
        }

        impl Read for $name {
            fn read(node: &Node, at: &Path<'_>, problems: &mut Problems<'_>) -> Option<Self> {
                let entries = entries(node, $what, at, problems)?;
                let keys = &[$(stringify!($must),)* $(stringify!($may),)*];
                unknown_keys(entries, keys, $what, at, problems);
                Some($name {
                    $($must: must(entries, stringify!($must), $example, $what, at, problems),)*
                    $($may: may(entries, stringify!($may), at, problems),)*
                })
            }
        }
    };
}
pub(super) use table;

/// The entries of a table, or a problem.
pub(super) fn entries<'n>(
    node: &'n Node,
    what: &str,
    at: &Path<'_>,
    problems: &mut Problems<'_>,
) -> Option<&'n [Entry]> {
    match &node.value {
        Value::Table(entries) => Some(entries),
        other => {
            let message = format!("{what} is a table, not {}", other.what());
            problems.add(&node.span, at, message, "put its keys between `{` and `}`");
            None
        }
    }
}

/// Reports keys that a table does not have.
pub(super) fn unknown_keys(
    entries: &[Entry],
    keys: &[&'static str],
    what: &str,
    at: &Path<'_>,
    problems: &mut Problems<'_>,
) {
    for entry in entries
        .iter()
        .filter(|entry| !keys.contains(&entry.key.as_str()))
    {
        let message = format!("unknown key {} in {what}", shown(&entry.key));
        let (span, at) = (&entry.key_span, at.key(&entry.key, &entry.key_span));
        if let Some(near) = nearest(&entry.key, keys.iter().copied()) {
            problems.add(span, &at, message, format!("did you mean `{near}`?"));
            continue;
        }
        let remedy = match super::raw::home_of(&entry.key) {
            Some(home) => format!("`{}` belongs to {home}: take it out here", entry.key),
            None => format!("the keys here are {}", keys.join(", ")),
        };
        // The header of the table that it belongs to may be what could not be read.
        problems.missing(span, &at, message, remedy);
    }
}

/// The value at a key that has to be there.
pub(super) fn must<T: Read>(
    entries: &[Entry],
    key: &str,
    example: &str,
    what: &str,
    at: &Path<'_>,
    problems: &mut Problems<'_>,
) -> Field<T> {
    // A slip in the key has been reported as such.
    let is_there = |entry: &Entry| nearest(&entry.key, [key]).is_some();
    if !entries.iter().any(is_there) {
        let remedy = format!("add `{}`", problems.pair(key, example));
        problems.missing(&at.span(), at, format!("{what} has no `{key}`"), remedy);
    }
    may(entries, key, at, problems)
}

/// The value at a key that may be left out.
pub(super) fn may<T: Read>(
    entries: &[Entry],
    key: &str,
    at: &Path<'_>,
    problems: &mut Problems<'_>,
) -> Field<T> {
    let Some(entry) = entries.iter().find(|entry| entry.key == key) else {
        return Field(None);
    };
    let at = at.key(key, &entry.key_span);
    if matches!(entry.node.value, Value::Null) {
        let message = format!("`{key}` is null: a key has a value or is left out");
        problems.add(&entry.node.span, &at, message, format!("take `{key}` out"));
        return Field(None);
    }
    let value = T::read(&entry.node, &at, problems);
    Field(value.map(|value| Located {
        span: entry.node.span.clone(),
        value,
    }))
}

/// A list; an item that was reported leaves its place empty, so that the others keep their index.
#[derive(Debug)]
pub(super) struct List<T>(pub(super) Vec<Option<Located<T>>>);

same_schema!({ T } List<T> => Vec<T>);

impl<T: Read> Read for List<T> {
    fn read(node: &Node, at: &Path<'_>, problems: &mut Problems<'_>) -> Option<Self> {
        let Value::List(items) = &node.value else {
            let message = format!("`{at}` is a list, not {}", node.value.what());
            problems.add(&node.span, at, message, "put it between `[` and `]`");
            return None;
        };
        let read = |(index, item): (usize, &Node)| {
            let value = T::read(item, &at.item(index, &item.span), problems)?;
            Some(Located {
                span: item.span.clone(),
                value,
            })
        };
        Some(List(items.iter().enumerate().map(read).collect()))
    }
}

/// A table whose keys are names that the author chose, in the order of the file.
#[derive(Debug)]
pub(super) struct Named<T>(pub(super) Vec<NamedEntry<T>>);

/// A name with what it stands for; nothing where that was reported.
#[derive(Debug)]
pub(super) struct NamedEntry<T> {
    pub(super) name: String,
    pub(super) name_span: Span,
    pub(super) value: Option<T>,
}

same_schema!({ T } Named<T> => BTreeMap<String, T>);

/// Characters of a name.
const NAME: usize = 64;

impl<T: Read> Read for Named<T> {
    fn read(node: &Node, at: &Path<'_>, problems: &mut Problems<'_>) -> Option<Self> {
        let entries = entries(node, &format!("`{at}`"), at, problems)?;
        let read = |entry: &Entry| {
            let at = at.key(&entry.key, &entry.key_span);
            let characters = entry.key.chars().count();
            if characters == 0 || characters > NAME || entry.key.contains(is_unprintable) {
                let rule = format!("a name has 1 to {NAME} characters, all of them visible");
                let message = format!("{} is no name: {rule}", shown(&entry.key));
                problems.add(&entry.key_span, &at, message, "give it a short name");
            }
            NamedEntry {
                name: entry.key.clone(),
                name_span: entry.key_span.clone(),
                value: T::read(&entry.node, &at, problems),
            }
        };
        Some(Named(entries.iter().map(read).collect()))
    }
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
        let rule = format!("`{}` is a whole number from {MIN} to {MAX}", at.last());
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
    parse: fn(&str) -> Result<T, Wrong>,
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
    Draw,
    "pattern": expr::draw_pattern(),
    "examples": ["5ms", "1.5s", "uniform(5ms, 10ms)", "exp(5ms)", "lognormal(80ms, 0.4)", "normal(10ms, 2ms)", "pareto(20ms, 1.5)"],
);

impl Read for Bytes {
    fn read(node: &Node, at: &Path<'_>, problems: &mut Problems<'_>) -> Option<Self> {
        parsed(node, "64kB", expr::size, at, problems)
    }
}

string_schema!(Bytes, "pattern": expr::size_pattern(), "examples": ["512B", "64kB", "2MB", "4KiB"]);

impl Read for Arrive {
    fn read(node: &Node, at: &Path<'_>, problems: &mut Problems<'_>) -> Option<Self> {
        parsed(node, "every(20ms)", expr::arrive, at, problems)
    }
}

string_schema!(
    Arrive,
    "pattern": expr::arrive_pattern(),
    "examples": ["at once", "every(20ms)", "poisson(50/s)"],
);

impl Read for Place {
    fn read(node: &Node, at: &Path<'_>, problems: &mut Problems<'_>) -> Option<Self> {
        parsed(node, "threads", expr::place, at, problems)
    }
}

string_schema!(Place, "enum": expr::PLACES.map(|(name, _)| name));

/// The title: one line.
#[derive(Debug)]
pub(super) struct Line(pub(super) String);

/// Characters of a title.
const LINE: usize = 200;

string_schema!(Line, "minLength": 1, "maxLength": LINE, "pattern": r"^[^\r\n]*\S[^\r\n]*$");

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
