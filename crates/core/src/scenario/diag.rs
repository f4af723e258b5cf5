//! What is wrong with a scenario's text, and where: every problem at once, each with a remedy.

use std::collections::BTreeSet;
use std::fmt;
use std::ops::Range;

use serde::Serialize;
use unicode_width::UnicodeWidthChar;

use super::Format;
use super::source::{Node, Span};
use crate::text::{is_unprintable, nearest, shown};

/// One thing that is wrong with a scenario.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
    /// The key it is about: `tasks.page.steps.1.cpu`, items of a list counted from 0; empty for the
    /// whole file and for text that is not TOML or JSON at all.
    pub path: String,
    /// The line of the text, on which nothing is left that could move a cursor; a long one is cut
    /// around the place.
    pub excerpt: String,
    /// Where the place begins in the excerpt, in characters.
    pub caret: u32,
    /// How many characters of the excerpt the place takes; at least 1.
    pub width: u32,
    /// The value and the rule it breaks.
    pub message: String,
    /// What to do about it.
    pub remedy: String,
}

impl Problem {
    /// A problem with the bytes `span` of a text; a place beyond its end is at its end.
    pub fn at(
        text: &str,
        span: &Range<usize>,
        path: impl Into<String>,
        message: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Problem {
        let start = text.floor_char_boundary(span.start);
        let end = text.floor_char_boundary(span.end).max(start);
        let begin = text[..start].rfind('\n').map_or(0, |at| at + 1);
        let next = text[begin..].find('\n').map_or(text.len(), |at| begin + at);
        let line = text[begin..next].trim_end_matches('\r');
        // A place at the line break itself is shown at the line's end.
        let at = (start - begin).min(line.len());
        let until = (end - begin).clamp(at, line.len());
        let (excerpt, caret) = excerpt(line, at);
        let room = excerpt.chars().count().saturating_sub(caret);
        let place = line[at..until].chars().take(EXCERPT).count();
        Problem {
            line: text[..begin].matches('\n').count() as u32 + 1,
            column: line[..at].chars().count() as u32 + 1,
            path: path.into(),
            excerpt,
            caret: caret as u32,
            width: place.min(room).max(1) as u32,
            message: message.into(),
            remedy: remedy.into(),
        }
    }

    /// The problem as plain text of several lines, without a line break at the end:
    ///
    /// ```text
    /// fetch.toml:12:14: unknown resource `bd`
    ///    |
    /// 12 |   { lock = "bd", steps = [] },
    ///    |            ^^^^ tasks.page.steps.2.lock
    ///    = did you mean `db`?
    /// ```
    pub fn render(&self, source_name: &str) -> String {
        let gutter = self.line.to_string().len();
        let cells = |text: &str| text.chars().map(|c| c.width().unwrap_or(0)).sum::<usize>();
        let mut chars = self.excerpt.chars();
        let before: String = chars.by_ref().take(self.caret as usize).collect();
        let place: String = chars.take(self.width as usize).collect();
        let (indent, carets) = (cells(&before), cells(&place).max(1));
        let marks = format!("{:indent$}{:^<carets$}", "", "");
        let path = if self.path.is_empty() { "" } else { " " };
        format!(
            "{source_name}:{line}:{column}: {message}\n\
             {empty:gutter$} |\n\
             {line} | {excerpt}\n\
             {empty:gutter$} | {marks}{path}{at}\n\
             {empty:gutter$} = {remedy}",
            line = self.line,
            column = self.column,
            message = self.message,
            excerpt = self.excerpt,
            at = self.path,
            remedy = self.remedy,
            empty = "",
        )
    }
}

/// The way from the root to a value, kept on the stack of whoever walks the tree.
#[derive(Clone, Copy)]
pub(super) struct Path<'p> {
    parent: Option<&'p Path<'p>>,
    part: Part<'p>,
    /// Where the key stands, or for an item of a list the item: what to point at when something
    /// inside is missing.
    start: usize,
    end: usize,
}

#[derive(Clone, Copy)]
enum Part<'p> {
    Root,
    Key(&'p str),
    Item(usize),
}

impl<'p> Path<'p> {
    pub(super) const ROOT: Path<'static> = Path {
        parent: None,
        part: Part::Root,
        start: 0,
        end: 0,
    };

    pub(super) fn key(&'p self, key: &'p str, span: &Span) -> Path<'p> {
        Path {
            parent: Some(self),
            part: Part::Key(key),
            start: span.start,
            end: span.end,
        }
    }

    pub(super) fn item(&'p self, index: usize, span: &Span) -> Path<'p> {
        Path {
            parent: Some(self),
            part: Part::Item(index),
            start: span.start,
            end: span.end,
        }
    }

    pub(super) fn span(&self) -> Span {
        self.start..self.end
    }

    /// What stands here, for an error message: `` `gather` ``, `an item of `gather``.
    pub(super) fn what(&self) -> String {
        match self.part {
            Part::Item(_) => format!("an item of `{}`", self.last()),
            Part::Key(_) | Part::Root => format!("`{}`", self.last()),
        }
    }

    /// The innermost key on the way.
    pub(super) fn last(&self) -> &'p str {
        match (self.part, self.parent) {
            (Part::Key(key), _) => key,
            (Part::Item(_), Some(parent)) => parent.last(),
            (Part::Item(_) | Part::Root, _) => "scenario",
        }
    }
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(parent) = self.parent {
            parent.fmt(f)?;
            if !matches!(parent.part, Part::Root) {
                f.write_str(".")?;
            }
        }
        match self.part {
            Part::Root => Ok(()),
            Part::Item(index) => write!(f, "{index}"),
            // A name with a dot or a space in it is quoted, as TOML would have it.
            Part::Key(key) if is_bare(key) => f.write_str(key),
            Part::Key(key) => write!(f, "{key:?}"),
        }
    }
}

/// Whether a key reads well without quotes.
fn is_bare(key: &str) -> bool {
    !key.is_empty()
        && key
            .chars()
            .all(|c| c.is_alphanumeric() || c == '_' || c == '-')
}

/// More than anybody reads at once; what comes after is only counted.
const MOST: usize = 100;

/// Characters of an excerpt, so that it fits into 80 columns with its line number.
const EXCERPT: usize = 70;

/// Problems as they are found.
pub(super) struct Problems<'t> {
    text: &'t str,
    format: Format,
    /// Where each line begins.
    lines: Vec<usize>,
    list: Vec<Problem>,
    /// Problems beyond [`MOST`].
    more: usize,
    /// Lines that are not well-formed: what was understood of them may be wrong.
    broken: BTreeSet<u32>,
}

impl<'t> Problems<'t> {
    pub(super) fn new(text: &'t str, format: Format) -> Problems<'t> {
        let starts = text
            .bytes()
            .enumerate()
            .filter(|(_, byte)| *byte == b'\n')
            .map(|(at, _)| at + 1);
        let lines = std::iter::once(0).chain(starts).collect();
        Problems {
            text,
            format,
            lines,
            list: Vec::new(),
            more: 0,
            broken: BTreeSet::new(),
        }
    }

    /// A key with a value, as the text's format writes it; `value` is written as TOML.
    pub(super) fn pair(&self, key: &str, value: &str) -> String {
        match self.format {
            // After the last table of a file, a key would belong to that table.
            Format::Toml if key == "tasks" => "[tasks.page]` with `count` and `steps".to_owned(),
            Format::Toml if !is_bare(key) => format!("{key:?} = {value}"),
            Format::Toml => format!("{key} = {value}"),
            Format::Json => format!("\"{key}\": {}", self.inline(value)),
        }
    }

    /// A value that is written as TOML, as the text's format writes it.
    pub(super) fn inline(&self, toml: &str) -> String {
        if self.format == Format::Toml {
            return toml.to_owned();
        }
        // The examples in this crate write every key as a bare word before ` = `.
        let words = toml.split(' ').collect::<Vec<_>>();
        let mut out = String::new();
        for (at, word) in words.iter().enumerate() {
            match (words.get(at + 1), *word) {
                (_, "=") => continue,
                (Some(&"="), key) => out.extend(["\"", key, "\":"]),
                (_, other) => out.push_str(other),
            }
            out.push(' ');
        }
        out.truncate(out.trim_end().len());
        out
    }

    /// A value as the text writes it.
    pub(super) fn text_of(&self, node: &Node) -> &'t str {
        self.text.get(node.span.clone()).unwrap_or_default()
    }

    /// The same, to be shown in a message.
    pub(super) fn source(&self, node: &Node) -> String {
        shown(self.text_of(node))
    }

    /// The text is not well-formed at `span`.
    pub(super) fn syntax(&mut self, span: Span, message: String, remedy: &str) {
        let line = self.line_of(span.start);
        self.push(span, String::new(), message, remedy.to_owned());
        self.broken.insert(line as u32 + 1);
    }

    /// The value at `span` breaks a rule.
    pub(super) fn add(
        &mut self,
        span: &Span,
        at: &Path<'_>,
        message: impl Into<String>,
        remedy: impl Into<String>,
    ) {
        // On a line that is not well-formed the value may be a piece of what was meant.
        let line = self.line_of(span.start) as u32 + 1;
        if !self.broken.contains(&line) {
            self.push(span.clone(), at.to_string(), message.into(), remedy.into());
        }
    }

    /// Something is missing, or a name stands for nothing. Not said of a text that is not
    /// well-formed, because the reader may only have lost it.
    pub(super) fn missing(
        &mut self,
        span: &Span,
        at: &Path<'_>,
        message: impl Into<String>,
        remedy: impl Into<String>,
    ) {
        if self.broken.is_empty() {
            self.add(span, at, message, remedy);
        }
    }

    /// A key stands in a table twice, and the second is passed over. The path ends with the key.
    pub(super) fn twice(&mut self, span: Span, key: &str) {
        let message = format!("{} stands there twice", shown(key));
        self.push(span, String::new(), message, "keep one of them".to_owned());
    }

    /// What might have been meant by `word`, as a remedy; otherwise what `or_else` says. Only the
    /// first few names are compared, and none once nobody will read it: a file with thousands of
    /// mistakes must not take long.
    pub(super) fn did_you_mean<'k>(
        &self,
        word: &str,
        known: impl IntoIterator<Item = &'k str>,
        or_else: impl FnOnce() -> String,
    ) -> String {
        const COMPARED: usize = 200;
        if self.is_full() {
            return String::new();
        }
        match nearest(word, known.into_iter().take(COMPARED)) {
            Some(near) => format!("did you mean `{near}`?"),
            None => or_else(),
        }
    }

    /// Whether further problems are only counted.
    pub(super) fn is_full(&self) -> bool {
        self.list.len() == MOST
    }

    pub(super) fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Everything found, in the order of the text.
    pub(super) fn finish(mut self) -> Vec<Problem> {
        self.list
            .sort_by_key(|problem| (problem.line, problem.column));
        if self.more > 0
            && let Some(last) = self.list.last().cloned()
        {
            self.list.push(Problem {
                path: String::new(),
                message: format!("and {} more problems", self.more),
                remedy: "mend those above first".to_owned(),
                ..last
            });
        }
        self.list
    }

    fn line_of(&self, offset: usize) -> usize {
        self.lines.partition_point(|start| *start <= offset) - 1
    }

    fn push(&mut self, span: Span, path: String, message: String, remedy: String) {
        if self.is_full() {
            self.more += 1;
            return;
        }
        self.list
            .push(Problem::at(self.text, &span, path, message, remedy));
    }
}

/// A line fit for showing, and where byte `at` of it is then, in characters.
fn excerpt(line: &str, at: usize) -> (String, usize) {
    let plain = |c: char| match c {
        '\t' => ' ',
        c if is_unprintable(c) => '·',
        c => c,
    };
    // As much as fits, the place in the middle unless the line ends sooner on one side.
    const HALF: usize = EXCERPT / 2;
    let left = line[..at].chars().rev().take(EXCERPT).count();
    let right = line[at..].chars().take(EXCERPT).count();
    let before = left.min(EXCERPT - right.min(HALF));
    let after = right.min(EXCERPT - before);
    let mut head: Vec<char> = line[..at]
        .chars()
        .rev()
        .take(before + 1)
        .map(plain)
        .collect();
    if head.len() > before {
        head.truncate(before);
        head.push('…');
    }
    let mut tail: Vec<char> = line[at..].chars().take(after + 1).map(plain).collect();
    if tail.len() > after {
        tail.truncate(after);
        tail.push('…');
    }
    (head.iter().rev().chain(&tail).collect(), head.len())
}
