//! A chapter of the course, as a page of its own.

use std::collections::BTreeMap;

use anyhow::{Context, Result, anyhow};
use trilane_lessons::course::Language;
use trilane_lessons::page::book;

use crate::failure::{bad_input, did_you_mean};

/// A language of the course, as its folder has it.
struct Folder {
    code: &'static str,
    settings: &'static str,
    chapters: &'static [(&'static str, &'static str)],
}

include!(concat!(env!("OUT_DIR"), "/course.rs"));

/// The language that the course is written in: all others look up in it what they do not say.
const SOURCE: &str = "en";

/// The chapter of this name as HTML, in this language.
pub(super) fn chapter(name: &str, language: Option<&str>) -> Result<String> {
    let code = language.unwrap_or(SOURCE);
    let codes: Vec<&str> = COURSE.iter().map(|folder| folder.code).collect();
    let Some(folder) = COURSE.iter().find(|folder| folder.code == code) else {
        let shown = crate::term::sanitise(code);
        return Err(bad_input(format!(
            "the course has no language `{shown}`: --language takes {}",
            codes.join(", ")
        )));
    };
    let source = COURSE.iter().find(|folder| folder.code == SOURCE);
    let source = read(source.context("the course has lost its own language")?)?;
    let own = read(folder)?;
    let book = book(&own, &source);
    let Some(page) = book.chapters.iter().find(|page| page.slug == name) else {
        let all: Vec<&str> = book
            .chapters
            .iter()
            .map(|page| page.slug.as_str())
            .collect();
        let meant = did_you_mean(name, all.iter().copied());
        let meant = meant.map_or_else(String::new, |meant| format!("; did you mean `{meant}`?"));
        return Err(bad_input(format!(
            "the course has no chapter `{}`{meant}: --chapter takes {}",
            crate::term::sanitise(name),
            all.join(", ")
        )));
    };
    let html = trilane_note::chapter(&book, page)?;
    html.map_err(|too_large| anyhow!("cannot write the chapter `{name}`: {too_large}"))
}

fn read(folder: &Folder) -> Result<Language> {
    let chapters = folder.chapters.iter();
    let files: BTreeMap<String, String> = chapters
        .map(|&(file, text)| (file.to_owned(), text.to_owned()))
        .collect();
    Language::read(folder.code, folder.settings, &files).map_err(|troubles| {
        let all: Vec<String> = troubles.iter().map(|trouble| trouble.render()).collect();
        anyhow!("{}", all.join("\n\n"))
    })
}
