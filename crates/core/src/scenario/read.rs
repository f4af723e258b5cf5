//! Reading a tree into types: what each sort of value accepts, and what it says to the rest.
//!
//! A value's type carries its rule, for the reader ([`Read`]) and for the JSON Schema
//! ([`JsonSchema`]) alike, so that the two cannot drift apart.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::diag::{Path, Problems};
use super::source::{Entry, Node, Span, Value};
use crate::text::{is_unprintable, nearest, shown};

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

/// Defines a table of the language: a struct with a field a key, its reader and its JSON Schema.
/// Keys under `must` have to be there; each comes with a value to show in the error message. The
/// name after `as` is the one in the JSON Schema.
macro_rules! table {
    (
        $(#[doc = $doc:literal])*
        $name:ident as $title:literal: $what:literal
        must { $($(#[doc = $mdoc:literal])* $must:ident: $mtype:ty = $example:literal,)* }
        may { $($(#[doc = $odoc:literal])* $may:ident: $otype:ty,)* }
    ) => {
        $(#[doc = $doc])*
        #[derive(Debug, schemars::JsonSchema)]
        #[schemars(deny_unknown_fields, rename = $title)]
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
pub(super) use {same_schema, table};

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
        let mut is_slip = true;
        let remedy = problems.did_you_mean(&entry.key, keys.iter().copied(), || {
            is_slip = false;
            match super::raw::home_of(&entry.key) {
                Some(home) => format!("`{}` belongs to {home}: take it out here", entry.key),
                None => format!("the keys here are {}", keys.join(", ")),
            }
        });
        match is_slip {
            true => problems.add(span, &at, message, remedy),
            // The header of the table that it belongs to may be what could not be read.
            false => problems.missing(span, &at, message, remedy),
        }
    }
}

/// Keys of a table that are looked at for a slip.
const SLIPS: usize = 200;

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
    let is_there = |entry: &Entry| entry.key == key;
    let is_slip = |entry: &Entry| nearest(&entry.key, [key]).is_some();
    if !entries.iter().any(is_there) && !entries.iter().take(SLIPS).any(is_slip) {
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

/// A list of `LEAST` items or more; an item that was reported leaves its place empty, so that the
/// others keep their index.
#[derive(Debug)]
pub(super) struct List<T, const LEAST: usize = 0>(pub(super) Vec<Option<Located<T>>>);

impl<T: JsonSchema, const LEAST: usize> JsonSchema for List<T, LEAST> {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        format!("{LEAST}OrMore{}", T::schema_name()).into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let items = generator.subschema_for::<T>();
        match LEAST {
            0 => json_schema!({ "type": "array", "items": items }),
            _ => json_schema!({ "type": "array", "items": items, "minItems": LEAST }),
        }
    }
}

/// Reports that there are fewer than there have to be.
fn too_few(found: usize, least: usize, node: &Node, at: &Path<'_>, problems: &mut Problems<'_>) {
    if found < least {
        let message = format!("{} is empty: it holds one or more", at.what());
        problems.missing(&node.span, at, message, "put one in");
    }
}

impl<T: Read, const LEAST: usize> Read for List<T, LEAST> {
    fn read(node: &Node, at: &Path<'_>, problems: &mut Problems<'_>) -> Option<Self> {
        let Value::List(items) = &node.value else {
            let message = format!("{} is a list, not {}", at.what(), node.value.what());
            problems.add(&node.span, at, message, "put it between `[` and `]`");
            return None;
        };
        too_few(items.len(), LEAST, node, at, problems);
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

/// A table whose keys are names that the author chose, in the order of the file; `LEAST` or more.
#[derive(Debug)]
pub(super) struct Named<T, const LEAST: usize = 0>(pub(super) Vec<NamedEntry<T>>);

/// A name with what it stands for; nothing where that was reported.
#[derive(Debug)]
pub(super) struct NamedEntry<T> {
    pub(super) name: String,
    pub(super) name_span: Span,
    pub(super) value: Option<T>,
}

/// Characters of a name.
const NAME: usize = 64;

impl<T: JsonSchema, const LEAST: usize> JsonSchema for Named<T, LEAST> {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        format!("{LEAST}OrMoreNamed{}", T::schema_name()).into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut schema = json_schema!({
            "type": "object",
            "additionalProperties": generator.subschema_for::<T>(),
            "propertyNames": { "minLength": 1, "maxLength": NAME },
        });
        if LEAST > 0 {
            schema.insert("minProperties".to_owned(), LEAST.into());
        }
        schema
    }
}

impl<T: Read, const LEAST: usize> Read for Named<T, LEAST> {
    fn read(node: &Node, at: &Path<'_>, problems: &mut Problems<'_>) -> Option<Self> {
        let entries = entries(node, &at.what(), at, problems)?;
        too_few(entries.len(), LEAST, node, at, problems);
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
