//! Chapters as a page shows them: a tree without Markdown, every block whole, every link resolved.
//!
//! A course is read and checked where the page is built, so that the page itself needs neither a reader of
//! Markdown nor one of blocks. What travels is [`Book`], a language each.

mod tree;

use serde::{Deserialize, Serialize};

use crate::block::{self, Block, Fence};
use crate::chapter::{Chapter, Link, Placed};
use crate::course::Language;
use crate::labels::Labels;
use crate::phrases::Phrases;

/// All chapters of a language.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Book {
    /// The language's code: `de`.
    pub code: String,
    /// Its own name.
    pub name: String,
    /// What stands before the fraction of a number.
    pub decimal: char,
    /// What stands on buttons and beside sliders.
    pub labels: Labels,
    /// What the simulator says, where that is another language.
    pub phrases: Phrases,
    /// The chapters, in order.
    pub chapters: Vec<Page>,
}

/// A chapter.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Page {
    /// Its name in addresses: `gil`.
    pub slug: String,
    /// Its title.
    pub title: String,
    /// What it is about, in a sentence.
    pub summary: String,
    /// Its text.
    pub nodes: Vec<Node>,
}

/// A piece of a chapter.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Node {
    /// Text as it is.
    Text(String),
    /// A few letters of code.
    Code(String),
    /// Code in lines, and its language.
    Listing(String, String),
    /// An element by its HTML name, its anchor, and what is in it.
    Element(String, Option<String>, Vec<Node>),
    /// A link, and what is shown of it.
    Link(Target, Vec<Node>),
    /// A number that comes out of a block: where that is, what it is, and how it is shown.
    Figure(Target, String, Vec<Node>),
    /// A widget.
    Widget(Box<Widget>),
}

/// Where a link leads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Target {
    /// To a page of the web.
    Web(String),
    /// To a chapter, by its slug and an anchor in it, which may be empty.
    Chapter(String, String),
}

/// A block with its words.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Widget {
    /// Its anchor.
    pub id: String,
    /// What it is shown as.
    pub kind: block::Widget,
    /// The scenario's text; only a flowchart may have none.
    pub scenario: Option<String>,
    /// The plans, in order.
    pub plans: Vec<String>,
    /// The knobs to show, by their keys.
    pub knobs: Vec<String>,
    /// The plan whose run time is guessed first.
    pub guess: Option<usize>,
    /// Where the playhead stands at first, ns.
    pub at_ns: Option<u64>,
    /// What it shows.
    pub caption: Vec<Node>,
    /// What is asked before the guess.
    pub question: Vec<Node>,
    /// Of a quiz: what is often believed.
    pub claim: Vec<Node>,
    /// Of a quiz: why it is wrong.
    pub why: Vec<Node>,
}

impl Book {
    /// A sentence of the simulator's in the book's language.
    pub fn say(&self, text: &str) -> String {
        self.phrases.say(text, self.decimal)
    }
}

/// The book of a language. A block whose original is nowhere is left out: the check tells of it.
pub fn book(language: &Language, source: &Language) -> Book {
    let page = |chapter: &Chapter| Page {
        slug: chapter.slug.clone(),
        title: chapter.front.title.clone(),
        summary: chapter.front.summary.clone(),
        nodes: tree::nodes(language, source, chapter),
    };
    Book {
        code: language.code.clone(),
        name: language.name.clone(),
        decimal: language.decimal.mark(),
        labels: language.labels.clone(),
        phrases: language.phrases.clone(),
        chapters: language.chapters.iter().map(page).collect(),
    }
}

/// Where a link of a chapter leads.
fn target(language: &Language, own: &Chapter, link: &Link) -> Target {
    if link.is_external() {
        return Target::Web(link.file.clone());
    }
    let chapter = language.chapter(&link.file, own).unwrap_or(own);
    Target::Chapter(chapter.slug.clone(), link.anchor.clone())
}

/// The block that stands in a chapter, whole.
fn widget(
    language: &Language,
    source: &Language,
    chapter: &Chapter,
    placed: &Placed,
) -> Option<Widget> {
    let (block, words): (&Block, _) = match &placed.fence {
        Fence::Block(block) => (block, &block.words),
        Fence::Words { id, words } => {
            let own = (source.chapters.iter()).find(|own| own.file == chapter.file)?;
            (own.block(id)?, words)
        }
    };
    let inline = |phrase: &Option<block::Phrase>| match phrase {
        Some(phrase) => tree::inline(language, chapter, &phrase.text),
        None => vec![],
    };
    Some(Widget {
        id: block.id.clone(),
        kind: block.widget,
        scenario: block.scenario.clone(),
        plans: block.plans.clone(),
        knobs: block.knobs.clone(),
        guess: block.guess,
        at_ns: block.at.map(|at| at.as_nanos()),
        caption: inline(&words.caption),
        question: inline(&words.question),
        claim: inline(&words.claim),
        why: inline(&words.why),
    })
}
