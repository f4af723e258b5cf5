//! A block: what stands in a fence named `trilane`, in TOML.
//!
//! In the course's own language a block says everything. In a translation it has the same `id` and
//! nothing but words; the rest is looked up. Whatever reads a block anywhere (the page, a book's
//! preprocessor, a custom element) reads it here.

mod check;
mod knob;

use std::collections::BTreeMap;
use std::ops::Range;

use serde::{Deserialize, Serialize};
use toml::Spanned;
use trilane_core::scenario::Problem;
use trilane_core::units::Time;

use crate::quantity::{self, Claim};
use check::Check;
pub(crate) use knob::reachable;
pub use knob::turned;

/// The version of the format.
pub const VERSION: u32 = 1;
/// Knobs that fit beside a race in a text.
pub const MOST_KNOBS: usize = 2;
/// Plans that fit below each other in a text.
pub const MOST_PLANS: usize = 8;

/// What a block is shown as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Widget {
    /// A bar a plan on one time axis.
    Race,
    /// The lanes of each plan.
    Timeline,
    /// The same run as cooks in kitchens.
    Kitchen,
    /// The flowchart.
    Choose,
    /// A claim to believe or not, a guess, the race, and why.
    Quiz,
}

impl Widget {
    /// Every widget, with its name in a block.
    pub const ALL: [(&'static str, Widget); 5] = [
        ("race", Widget::Race),
        ("timeline", Widget::Timeline),
        ("kitchen", Widget::Kitchen),
        ("choose", Widget::Choose),
        ("quiz", Widget::Quiz),
    ];

    /// Its name in a block.
    pub fn name(self) -> &'static str {
        let found = Widget::ALL.iter().find(|(_, widget)| *widget == self);
        found.map_or("", |(name, _)| name)
    }
}

/// Words of a block, and where they stand in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Phrase {
    /// Inline Markdown.
    pub text: String,
    /// Its bytes in the block.
    pub span: Range<usize>,
}

/// The words of a block: what a translation gives.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Words {
    /// What the widget shows, for all; its name for those who cannot see it.
    pub caption: Option<Phrase>,
    /// What is asked before a guess.
    pub question: Option<Phrase>,
    /// A quiz: what is often believed.
    pub claim: Option<Phrase>,
    /// A quiz: why it is wrong.
    pub why: Option<Phrase>,
}

impl Words {
    /// Those that are there, by their keys.
    pub fn all(&self) -> impl Iterator<Item = (&'static str, &Phrase)> {
        let all = [
            ("caption", &self.caption),
            ("question", &self.question),
            ("claim", &self.claim),
            ("why", &self.why),
        ];
        all.into_iter()
            .filter_map(|(key, phrase)| Some((key, phrase.as_ref()?)))
    }
}

/// A widget in a text.
#[derive(Clone, Debug, PartialEq)]
pub struct Block {
    /// Its name in the chapter, and its anchor.
    pub id: String,
    /// What it is shown as.
    pub widget: Widget,
    /// The example that it was made from.
    pub example: Option<String>,
    /// The scenario's text; only a flowchart may have none.
    pub scenario: Option<String>,
    /// The plans, in order.
    pub plans: Vec<String>,
    /// The knobs to show, by their keys.
    pub knobs: Vec<String>,
    /// The plan whose run time is guessed first, by its place in `plans`.
    pub guess: Option<usize>,
    /// Where the playhead stands at first; where nothing is said at the end, and in a kitchen where most goes on.
    pub at: Option<Time>,
    /// What is to hold.
    pub expect: Vec<Claim>,
    /// Its words.
    pub words: Words,
}

/// What a fence holds.
#[derive(Clone, Debug, PartialEq)]
pub enum Fence {
    /// A whole block.
    Block(Box<Block>),
    /// The words of a block that is written elsewhere.
    Words {
        /// That block's name.
        id: String,
        /// Its words in this language.
        words: Words,
    },
}

/// A problem in a block, by its bytes there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Where.
    pub span: Range<usize>,
    /// The key.
    pub path: String,
    /// The value and the rule it breaks.
    pub message: String,
    /// What to do about it.
    pub remedy: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    v: Spanned<u32>,
    id: Spanned<String>,
    widget: Option<Spanned<String>>,
    example: Option<Spanned<String>>,
    scenario: Option<Spanned<String>>,
    #[serde(default)]
    set: BTreeMap<String, Spanned<toml::Value>>,
    plans: Option<Spanned<Vec<Spanned<String>>>>,
    #[serde(default)]
    knobs: Vec<Spanned<String>>,
    guess: Option<Spanned<String>>,
    at: Option<Spanned<String>>,
    #[serde(default)]
    expect: Vec<Spanned<String>>,
    caption: Option<Spanned<String>>,
    question: Option<Spanned<String>>,
    claim: Option<Spanned<String>>,
    why: Option<Spanned<String>>,
}

/// Reads what stands in a fence.
///
/// # Errors
/// Everything that is wrong with it.
pub fn read(text: &str) -> Result<Fence, Vec<Fault>> {
    let raw: Raw = match toml::from_str(text) {
        Ok(raw) => raw,
        Err(error) => return Err(vec![syntax(text, &error)]),
    };
    Check::new(text).fence(&raw)
}

/// The same, each problem with its line and column.
///
/// # Errors
/// Everything that is wrong with it.
pub fn parse(text: &str) -> Result<Fence, Vec<Problem>> {
    let problem = |f: Fault| Problem::at(text, &f.span, f.path, f.message, f.remedy);
    read(text).map_err(|faults| faults.into_iter().map(problem).collect())
}

fn syntax(text: &str, error: &toml::de::Error) -> Fault {
    let message = error.message().lines().collect::<Vec<_>>().join("; ");
    let remedy = match message.starts_with("missing field") {
        true => "a block begins with `v = 1` and `id = \"a-name\"`",
        false => "docs/CONTENT.md has the keys of a block; its values are TOML",
    };
    Fault {
        span: error.span().unwrap_or(0..text.len().min(1)),
        path: String::new(),
        message,
        remedy: remedy.to_owned(),
    }
}

/// Whether a name can be an anchor: small letters, digits and hyphens.
pub(crate) fn is_slug(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit())
        && name
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
}

impl Block {
    /// Its scenario's text with these knobs turned.
    ///
    /// # Errors
    /// There is no such knob, or a value does not fit.
    pub fn text(&self, when: &[quantity::Turn]) -> Result<String, quantity::Fault> {
        let mut text = self.scenario.clone().unwrap_or_default();
        for (key, value) in when {
            text = turned(&text, key, value)?;
        }
        Ok(text)
    }
}
