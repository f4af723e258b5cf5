//! What stands above a chapter: lines `key: value` between two lines `---`.
//!
//! It is the small part of YAML that Quarto, MkDocs, Obsidian and others read too.

use std::ops::Range;

use trilane_core::text::{nearest, shown};

use crate::block::Fault;

/// What a chapter says of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Front {
    /// Its title.
    pub title: String,
    /// What it is about, in a sentence.
    pub summary: String,
}

const KEYS: [&str; 2] = ["title", "summary"];

/// Reads what stands above a chapter, and where the chapter begins.
pub(crate) fn read(text: &str, faults: &mut Vec<Fault>) -> (Front, usize) {
    let mut front = Front::default();
    let mut add = |span: Range<usize>, message: String, remedy: &str| {
        faults.push(Fault {
            span,
            path: String::new(),
            message,
            remedy: remedy.to_owned(),
        });
    };
    let mut lines = text.split_inclusive('\n');
    let mut at = lines.next().map_or(0, str::len);
    if !text.starts_with("---\n") {
        let remedy = "begin with `---`, `title: …`, `summary: …`, `---`, a line each";
        add(
            0..1.min(text.len()),
            "a chapter without a title".to_owned(),
            remedy,
        );
        return (front, 0);
    }
    for line in lines {
        let span = at..at + line.trim_end().len();
        at += line.len();
        let line = line.trim();
        if line == "---" {
            break;
        }
        let Some((key, value)) = line.split_once(':') else {
            add(
                span,
                format!("{} is no `key: value`", shown(line)),
                "end the lines above the chapter with `---`",
            );
            continue;
        };
        let value = unquoted(value.trim()).to_owned();
        match key {
            "title" => front.title = value,
            "summary" => front.summary = value,
            _ => {
                let remedy = match nearest(key, KEYS) {
                    Some(meant) => format!("did you mean `{meant}`?"),
                    None => format!("there are {}", KEYS.join(", ")),
                };
                add(span, format!("unknown key {}", shown(key)), &remedy);
            }
        }
    }
    for (key, value) in [("title", &front.title), ("summary", &front.summary)] {
        if value.is_empty() {
            add(
                0..3,
                format!("a chapter without a {key}"),
                &format!("add a line `{key}: …`"),
            );
        }
    }
    (front, at)
}

fn unquoted(value: &str) -> &str {
    let inner = value
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'));
    inner.unwrap_or(value)
}
