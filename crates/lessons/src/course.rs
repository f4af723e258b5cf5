//! A course: the chapters of one language, and translations held against them.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use trilane_core::scenario::Problem;
use trilane_core::text::shown;

use crate::block::{Block, Fence, Words};
use crate::chapter::{self, Chapter, Link, Placed};
use crate::labels::Labels;
use crate::phrases::Phrases;
use crate::shown::Decimal;

/// A problem, and the file it is in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// The file: `de/02-gil.md`.
    pub file: String,
    /// What is wrong there.
    pub problem: Problem,
}

impl Trouble {
    /// The problem as text of several lines.
    pub fn render(&self) -> String {
        self.problem.render(&self.file)
    }
}

/// What `language.toml` says of a language.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Settings {
    /// Its own name: `Deutsch`.
    name: String,
    /// `,` where it writes 1,5.
    #[serde(default = "point")]
    decimal: char,
    /// What stands on buttons and beside sliders.
    labels: Labels,
    /// What the simulator says, in another language than its own.
    #[serde(default)]
    phrases: Phrases,
}

const fn point() -> char {
    '.'
}

/// The chapters of one language.
#[derive(Clone, Debug, PartialEq)]
pub struct Language {
    /// Its folder: `de`.
    pub code: String,
    /// Its own name: `Deutsch`.
    pub name: String,
    /// How it writes numbers.
    pub decimal: Decimal,
    /// Words of the page around its chapters.
    pub labels: Labels,
    /// What the simulator says, where that is another language.
    pub phrases: Phrases,
    /// Its chapters, in order.
    pub chapters: Vec<Chapter>,
}

impl Language {
    /// Reads a language: its `language.toml` and its chapters, each with its file's name.
    ///
    /// # Errors
    /// Everything that is wrong with any of them.
    pub fn read(
        code: &str,
        settings: &str,
        files: &BTreeMap<String, String>,
    ) -> Result<Language, Vec<Trouble>> {
        let mut troubles = Vec::new();
        let settings: Option<Settings> = toml::from_str(settings)
            .map_err(|error| {
                let span = error.span().unwrap_or(0..0);
                let remedy =
                    "docs/CONTENT.md tells what is in it; content/en/language.toml has all of it";
                troubles.push(Trouble {
                    file: format!("{code}/language.toml"),
                    problem: Problem::at(settings, &span, "", error.message(), remedy),
                });
            })
            .ok();
        let mut chapters = Vec::new();
        for (file, text) in files {
            match chapter::parse(file, text) {
                Ok(chapter) => chapters.push(chapter),
                Err(problems) => troubles.extend(problems.into_iter().map(|problem| Trouble {
                    file: format!("{code}/{file}"),
                    problem,
                })),
            }
        }
        match (settings, troubles.is_empty()) {
            (Some(settings), true) => Ok(Language {
                code: code.to_owned(),
                name: settings.name,
                decimal: match settings.decimal {
                    ',' => Decimal::Comma,
                    _ => Decimal::Point,
                },
                labels: settings.labels,
                phrases: settings.phrases,
                chapters,
            }),
            _ => Err(troubles),
        }
    }

    /// The chapter of this file, or `own` for no file.
    pub fn chapter<'c>(&'c self, file: &str, own: &'c Chapter) -> Option<&'c Chapter> {
        match file {
            "" => Some(own),
            file => self.chapters.iter().find(|chapter| chapter.file == file),
        }
    }

    /// A problem in one of its chapters.
    pub(crate) fn trouble(
        &self,
        chapter: &Chapter,
        span: &std::ops::Range<usize>,
        message: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Trouble {
        Trouble {
            file: format!("{}/{}", self.code, chapter.file),
            problem: Problem::at(&chapter.text, span, "", message, remedy),
        }
    }

    /// Links that lead nowhere.
    pub fn links(&self) -> Vec<Trouble> {
        let mut troubles = Vec::new();
        for chapter in &self.chapters {
            let figures = chapter.figures.iter().map(|figure| &figure.link);
            for link in chapter.links.iter().chain(figures) {
                if let Err((message, remedy)) = self.leads(chapter, link) {
                    troubles.push(self.trouble(chapter, &link.span, message, remedy));
                }
            }
        }
        troubles
    }

    fn leads(&self, own: &Chapter, link: &Link) -> Result<(), (String, String)> {
        if link.is_external() {
            return Ok(());
        }
        let Some(chapter) = self.chapter(&link.file, own) else {
            let all = self.chapters.iter().map(|chapter| chapter.file.as_str());
            let remedy = format!("there are {}", all.collect::<Vec<_>>().join(", "));
            return Err((format!("no chapter {}", shown(&link.file)), remedy));
        };
        if link.anchor.is_empty() && !link.file.is_empty() || chapter.has(&link.anchor) {
            return Ok(());
        }
        let message = format!(
            "nothing is called {} in {}",
            shown(&link.anchor),
            chapter.file
        );
        let remedy = format!(
            "it has {}",
            chapter.anchors().collect::<Vec<_>>().join(", ")
        );
        Err((message, remedy))
    }

    /// What a translation has otherwise than the course's own language.
    pub fn against(&self, source: &Language) -> Vec<Trouble> {
        let mut troubles = Vec::new();
        for chapter in &self.chapters {
            match source.chapters.iter().find(|own| own.file == chapter.file) {
                Some(own) => self.compare(chapter, own, source, &mut troubles),
                None => troubles.push(self.trouble(
                    chapter,
                    &(0..0),
                    format!("{} has no such chapter", source.code),
                    "give it the name of the chapter that it translates",
                )),
            }
        }
        for own in &source.chapters {
            if !self.chapters.iter().any(|chapter| chapter.file == own.file) {
                let message = format!("{} has no translation of this chapter", self.code);
                let remedy = format!("add {}/{}", self.code, own.file);
                troubles.push(source.trouble(own, &(0..0), message, remedy));
            }
        }
        troubles
    }

    fn compare(
        &self,
        chapter: &Chapter,
        own: &Chapter,
        source: &Language,
        troubles: &mut Vec<Trouble>,
    ) {
        let headings = |chapter: &Chapter| -> Vec<String> {
            let line = |heading: &chapter::Heading| format!("{} {}", heading.level, heading.id);
            chapter.headings.iter().map(line).collect()
        };
        let blocks = |chapter: &Chapter| -> Vec<String> {
            chapter
                .fences
                .iter()
                .map(|placed| placed.id().to_owned())
                .collect()
        };
        let figures = |chapter: &Chapter| -> Vec<String> {
            let line = |figure: &chapter::Figure| {
                let title = &chapter.text[figure.link.span.clone()];
                let title = title.split_once('"').map_or("", |(_, rest)| rest);
                format!("{}#{} {title}", figure.link.file, figure.link.anchor)
            };
            let mut all: Vec<String> = chapter.figures.iter().map(line).collect();
            all.sort();
            all
        };
        let pairs = [
            ("headings", headings(chapter), headings(own)),
            ("blocks", blocks(chapter), blocks(own)),
            ("figures", figures(chapter), figures(own)),
        ];
        for (what, here, there) in pairs {
            if here != there {
                let extra = difference(&here, &there);
                let missing = difference(&there, &here);
                let message = format!("other {what} than in {}/{}", source.code, own.file);
                let remedy = format!("too much here: {extra}; missing: {missing}");
                troubles.push(self.trouble(chapter, &(0..0), message, remedy));
            }
        }
        for (placed, original) in chapter.fences.iter().zip(&own.fences) {
            let (Fence::Words { words, .. }, Fence::Block(block)) =
                (&placed.fence, &original.fence)
            else {
                let message = "a translation's block says more than words";
                let remedy = "leave `id` and the words, and nothing else";
                troubles.push(self.trouble(chapter, &placed.span, message, remedy));
                continue;
            };
            let keys = |words: &Words| words.all().map(|(key, _)| key).collect::<Vec<_>>();
            let (here, there) = (keys(words), keys(&block.words));
            if here != there {
                let message = format!(
                    "has {}, and the original {}",
                    here.join(", "),
                    there.join(", ")
                );
                let remedy = "translate the same words";
                troubles.push(self.trouble(chapter, &placed.span, message, remedy));
            }
        }
    }
}

/// The course notes that the chapters are made from, item by item.
#[derive(Clone, Debug, PartialEq)]
pub struct Notes {
    text: String,
    parts: Vec<Part>,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Part {
    /// The notes' heading.
    name: String,
    items: Vec<Item>,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Item {
    /// What the notes say.
    says: String,
    /// Where a chapter says it: `02-gil.md#one-at-a-time`.
    at: toml::Spanned<String>,
}

impl Notes {
    /// The file's name.
    pub const FILE: &'static str = "notes.toml";

    /// Reads the list.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn read(text: &str) -> Result<Notes, Vec<Trouble>> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Raw {
            part: Vec<Part>,
        }
        match toml::from_str::<Raw>(text) {
            Ok(raw) => Ok(Notes {
                text: text.to_owned(),
                parts: raw.part,
            }),
            Err(error) => {
                let span = error.span().unwrap_or(0..0);
                let remedy =
                    "write `[[part]]`, `name = \"…\"`, `items = [ { says = \"…\", at = \"…\" } ]`";
                Err(vec![Trouble {
                    file: Notes::FILE.to_owned(),
                    problem: Problem::at(text, &span, "", error.message(), remedy),
                }])
            }
        }
    }

    /// The notes' headings, each with what is said under it.
    pub fn parts(&self) -> impl Iterator<Item = (&str, Vec<&str>)> {
        self.parts.iter().map(|part| {
            let items = part.items.iter().map(|item| item.says.as_str());
            (part.name.as_str(), items.collect())
        })
    }

    /// Items that no chapter says: their place is nowhere.
    pub fn uncovered(&self, language: &Language) -> Vec<Trouble> {
        let mut troubles = Vec::new();
        for item in self.parts.iter().flat_map(|part| &part.items) {
            let (file, anchor) = item
                .at
                .get_ref()
                .split_once('#')
                .unwrap_or((item.at.get_ref(), ""));
            let chapter = language
                .chapters
                .iter()
                .find(|chapter| chapter.file == file);
            if !chapter.is_some_and(|chapter| chapter.has(anchor)) {
                let message = format!("nobody says {}", shown(&item.says));
                let remedy = format!(
                    "there is no {} in {}",
                    shown(item.at.get_ref()),
                    language.code
                );
                troubles.push(Trouble {
                    file: Notes::FILE.to_owned(),
                    problem: Problem::at(&self.text, &item.at.span(), "", message, remedy),
                });
            }
        }
        troubles
    }
}

/// What is in one list and not in the other, or that only the order differs.
fn difference(here: &[String], there: &[String]) -> String {
    let there: BTreeSet<&String> = there.iter().collect();
    let only: Vec<&str> = (here.iter().filter(|line| !there.contains(line)))
        .map(String::as_str)
        .collect();
    match only.is_empty() {
        true => "nothing".to_owned(),
        false => only.join(", "),
    }
}

impl Chapter {
    /// Everything that a link can lead to.
    pub fn anchors(&self) -> impl Iterator<Item = &str> {
        let headings = self.headings.iter().map(|heading| heading.id.as_str());
        headings.chain(self.fences.iter().map(Placed::id))
    }

    /// Whether a link can lead to this.
    pub fn has(&self, anchor: &str) -> bool {
        self.anchors().any(|known| known == anchor)
    }

    /// The block of this name, if it is written here.
    pub fn block(&self, id: &str) -> Option<&Block> {
        let placed = self.fences.iter().find(|placed| placed.id() == id)?;
        match &placed.fence {
            Fence::Block(block) => Some(block),
            Fence::Words { .. } => None,
        }
    }
}
