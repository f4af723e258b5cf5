//! From text to a tree in which every key and value knows where it stands.
//!
//! TOML and JSON give the same tree, so that everything after this file is the same for both. The
//! serde interfaces of their crates are not used, because serde stops at the first error and
//! forgets where a value stood; the crates' own syntax trees keep both.

use std::ops::Range;

use jsonc_parser::ast;
use jsonc_parser::common::Ranged;
use toml::de::{DeTable, DeValue};

use super::Format;
use super::diag::Problems;

/// Bytes of the text.
pub(super) type Span = Range<usize>;

/// A value and where it stands.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) span: Span,
    pub(super) value: Value,
}

/// A value of either format.
#[derive(Debug)]
pub(super) enum Value {
    Text(String),
    /// A whole number; one beyond 128 bits is cut, which is beyond every limit all the same.
    Whole(i128),
    /// A number that is not whole, which no key of the language takes.
    Real,
    Bool(bool),
    /// JSON's `null`.
    Null,
    /// TOML's dates.
    Date,
    List(Vec<Node>),
    Table(Vec<Entry>),
}

/// A key of a table with its value.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) key: String,
    pub(super) key_span: Span,
    pub(super) node: Node,
}

impl Value {
    /// What it is, for an error message.
    pub(super) const fn what(&self) -> &'static str {
        match self {
            Value::Text(_) => "a string",
            Value::Whole(_) => "a whole number",
            Value::Real => "a number with a fraction",
            Value::Bool(_) => "true or false",
            Value::Null => "null",
            Value::Date => "a date",
            Value::List(_) => "a list",
            Value::Table(_) => "a table",
        }
    }
}

/// Brackets within brackets that a text may have. A scenario at its own limits needs less, and the
/// readers of both formats recurse.
const MAX_BRACKETS: usize = 78;

/// Parts that a dotted TOML key may have; each is a table within the one before.
const MAX_DOTS: usize = 8;

/// Reads the text; where it is not well-formed, reports that and gives what could be understood.
pub(super) fn read(text: &str, format: Format, problems: &mut Problems<'_>) -> Option<Node> {
    match format {
        Format::Toml => read_toml(text, problems),
        Format::Json => read_json(text, problems),
    }
}

fn read_toml(text: &str, problems: &mut Problems<'_>) -> Option<Node> {
    if let Some(span) = long_key(text) {
        problems.syntax(
            span,
            format!("a key of more than {MAX_DOTS} parts"),
            "no key of a scenario is that deep: see `trilane schema`",
        );
        return None;
    }
    let (table, errors) = DeTable::parse_recoverable(text);
    let mut too_deep = false;
    for error in errors {
        // Every bracket beyond the limit is an error of its own to the reader.
        if error.message().contains(TOO_DEEP) && std::mem::replace(&mut too_deep, true) {
            continue;
        }
        let span = error.span().unwrap_or(text.len()..text.len());
        if error.message().starts_with("duplicate key") {
            problems.twice(span.clone(), text.get(span).unwrap_or_default());
        } else {
            let message = format!("not TOML: {}", error.message());
            problems.syntax(span, message, toml_remedy(error.message()));
        }
    }
    let span = 0..0;
    Some(Node {
        span,
        value: Value::Table(toml_table(table.into_inner())),
    })
}

/// A dotted key that would nest too deep: the TOML reader bounds each key at 80 parts, but tables
/// within such tables multiply.
fn long_key(text: &str) -> Option<Span> {
    use toml_parser::lexer::TokenKind;
    let mut dots = 0;
    for token in toml_parser::Source::new(text).lex() {
        match token.kind() {
            TokenKind::Dot => dots += 1,
            TokenKind::Whitespace
            | TokenKind::Atom
            | TokenKind::BasicString
            | TokenKind::LiteralString => {}
            _ => dots = 0,
        }
        if dots >= MAX_DOTS {
            return Some(token.span().start()..token.span().end());
        }
    }
    None
}

/// What the TOML reader says of nesting that is too deep, among other words.
const TOO_DEEP: &str = "recurs";

/// What to do about a message of the TOML reader.
fn toml_remedy(message: &str) -> &'static str {
    let says = |part: &str| message.contains(part);
    if says(TOO_DEEP) {
        "a scenario does not nest that deep: see `trilane schema`"
    } else if says("must be quoted") {
        "put the text in quotes, as in \"5ms\""
    } else if says("missing comma") {
        "put a comma between the items"
    } else if says("extra comma") {
        "take out the comma"
    } else if says("unclosed array table") {
        "close the header with `]]`"
    } else if says("unclosed array") {
        "close the list with `]`"
    } else if says("unclosed inline table") {
        "close the table with `}`"
    } else if says("unclosed table") {
        "close the header with `]`"
    } else if says("basic string") || says("literal string") {
        "end the text with the quote it begins with, on the same line"
    } else if says("key with no value") || says("missing value") || says("missing assignment") {
        "write it as `key = value`"
    } else if says("carriage return") {
        "end lines with a newline, or with carriage return and newline"
    } else {
        "see https://toml.io for what TOML allows here"
    }
}

fn toml_table(table: DeTable<'_>) -> Vec<Entry> {
    let mut entries: Vec<Entry> = table
        .into_iter()
        .map(|(key, value)| {
            let key_span = key.span();
            let span = value.span();
            let node = Node {
                span,
                value: toml_value(value.into_inner()),
            };
            Entry {
                key: key.into_inner().into_owned(),
                key_span,
                node,
            }
        })
        .collect();
    // The reader keeps tables in the order of their keys; people expect the order of the file.
    entries.sort_by_key(|entry| entry.key_span.start);
    entries
}

fn toml_value(value: DeValue<'_>) -> Value {
    match value {
        DeValue::String(text) => Value::Text(text.into_owned()),
        DeValue::Integer(int) => {
            let whole = i128::from_str_radix(int.as_str(), int.radix());
            Value::Whole(whole.unwrap_or(match int.as_str().starts_with('-') {
                true => i128::MIN,
                false => i128::MAX,
            }))
        }
        DeValue::Float(_) => Value::Real,
        DeValue::Boolean(value) => Value::Bool(value),
        DeValue::Datetime(_) => Value::Date,
        DeValue::Array(items) => Value::List(
            items
                .into_iter()
                .map(|item| Node {
                    span: item.span(),
                    value: toml_value(item.into_inner()),
                })
                .collect(),
        ),
        DeValue::Table(table) => Value::Table(toml_table(table)),
    }
}

fn read_json(text: &str, problems: &mut Problems<'_>) -> Option<Node> {
    if let Some(at) = deep_bracket(text) {
        problems.syntax(
            at..at + 1,
            format!("brackets nested more than {MAX_BRACKETS} deep"),
            "a scenario does not nest that deep: see `trilane schema`",
        );
        return None;
    }
    let strict = jsonc_parser::ParseOptions {
        allow_comments: false,
        allow_loose_object_property_names: false,
        allow_trailing_commas: false,
        allow_missing_commas: false,
        allow_single_quoted_strings: false,
        allow_hexadecimal_numbers: false,
        allow_unary_plus_numbers: false,
        allow_bare_decimal_point_numbers: false,
        allow_non_finite_numbers: false,
        allow_extended_string_escapes: false,
    };
    match jsonc_parser::parse_to_ast(text, &jsonc_parser::CollectOptions::default(), &strict) {
        Ok(result) => match result.value {
            Some(value) => Some(json_value(value, problems)),
            None => {
                problems.syntax(
                    text.len()..text.len(),
                    "the file is empty".to_owned(),
                    "a scenario begins with `{ \"trilane\": 1, \"title\": \"...\" }`",
                );
                None
            }
        },
        Err(error) => {
            let range = error.range();
            let (message, remedy) = json_words(error.kind());
            problems.syntax(range.start..range.end, message, remedy);
            None
        }
    }
}

/// The first bracket that is nested too deep. Strings are the only place in strict JSON where a
/// bracket does not count, and the reader stops at the first bracket that does not match.
fn deep_bracket(text: &str) -> Option<usize> {
    let (mut depth, mut in_string, mut escaped) = (0_usize, false, false);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b'[' | b'{' if !in_string => depth += 1,
            b']' | b'}' if !in_string => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > MAX_BRACKETS {
            return Some(at);
        }
    }
    None
}

fn json_words(kind: &jsonc_parser::errors::ParseErrorKind) -> (String, &'static str) {
    use jsonc_parser::errors::ParseErrorKind as Kind;
    let remedy = match kind {
        Kind::CommentsNotAllowed | Kind::UnterminatedCommentBlock => {
            "JSON has no comments: take it out, put it into \"notes\", or write the scenario as TOML"
        }
        Kind::TrailingCommasNotAllowed => "take out the comma after the last item",
        Kind::SingleQuotedStringsNotAllowed => "use double quotes",
        Kind::ExpectedComma => "put a comma between the items",
        Kind::ExpectedStringObjectProperty => "put the key in double quotes",
        Kind::UnterminatedArray => "close the list with `]`",
        Kind::UnterminatedObject => "close the table with `}`",
        Kind::UnexpectedWord => "put the text in double quotes",
        Kind::NonFiniteNumbersNotAllowed => "write a number",
        Kind::MultipleRootJsonValues => "keep one table, from `{` to `}`",
        _ => "see https://www.json.org for what JSON allows",
    };
    let text = kind.to_string();
    let mut chars = text.chars();
    let lower = chars
        .next()
        .map(|c| c.to_ascii_lowercase().to_string())
        .unwrap_or_default();
    (format!("not JSON: {lower}{}", chars.as_str()), remedy)
}

fn json_value(value: ast::Value<'_>, problems: &mut Problems<'_>) -> Node {
    let range = value.range();
    let span = range.start..range.end;
    let value = match value {
        ast::Value::StringLit(text) => Value::Text(text.value.into_owned()),
        ast::Value::NumberLit(number) => json_number(number.value),
        ast::Value::BooleanLit(literal) => Value::Bool(literal.value),
        ast::Value::NullKeyword(_) => Value::Null,
        ast::Value::Array(items) => Value::List(
            items
                .elements
                .into_iter()
                .map(|item| json_value(item, problems))
                .collect(),
        ),
        ast::Value::Object(object) => Value::Table(json_table(object, problems)),
    };
    Node { span, value }
}

fn json_number(text: &str) -> Value {
    if text.contains(['.', 'e', 'E']) {
        let real: f64 = text.parse().unwrap_or(f64::NAN);
        // `1e3` and `200.0` are whole numbers to JSON.
        return match libm::trunc(real) == real && real.abs() < 9e15 {
            true => Value::Whole(real as i128),
            false => Value::Real,
        };
    }
    let cut = if text.starts_with('-') {
        i128::MIN
    } else {
        i128::MAX
    };
    Value::Whole(text.parse().unwrap_or(cut))
}

fn json_table(object: ast::Object<'_>, problems: &mut Problems<'_>) -> Vec<Entry> {
    let mut seen = std::collections::BTreeSet::new();
    let mut entries = Vec::new();
    for property in object.properties {
        let range = property.name.range();
        let key_span = range.start..range.end;
        let key = property.name.into_string();
        let node = json_value(property.value, problems);
        if seen.insert(key.clone()) {
            entries.push(Entry {
                key,
                key_span,
                node,
            });
        } else {
            problems.twice(key_span, &key);
        }
    }
    entries
}
