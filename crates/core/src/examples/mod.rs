//! Embedded examples: short scenarios, each about one claim, misconception, pattern or trouble.
//!
//! They are what a newcomer runs first and what the guide, the gallery and the tests share, so each
//! holds what it is about in [`Example::says`], and the tests simulate it and check that claim.
//! Titles and notes are inside the text: an example is a scenario file like any other.

mod list;

pub use list::all;

/// One embedded scenario.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Example {
    /// What to call it on the command line and in links: `one-blocking-call`.
    pub name: &'static str,
    /// What sort of thing it is about.
    pub topic: Topic,
    /// What it is about, as people say it. Of a misconception: the wrong sentence.
    pub says: &'static str,
    /// The plans that show its point best, as one writes them.
    pub plans: &'static [&'static str],
    /// The scenario, as TOML.
    pub text: &'static str,
}

/// What sort of thing an example is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Topic {
    /// Something that is true of Python's models, to be seen.
    Claim,
    /// Something that is often believed, and how it really is.
    Misconception,
    /// A way to arrange work.
    Pattern,
    /// A run that goes wrong, on purpose.
    Trouble,
}

impl Topic {
    /// Every topic, in the order in which they are best shown.
    pub const ALL: [Topic; 4] = [
        Topic::Claim,
        Topic::Misconception,
        Topic::Pattern,
        Topic::Trouble,
    ];

    /// A heading for people.
    pub const fn label(self) -> &'static str {
        match self {
            Topic::Claim => "claim",
            Topic::Misconception => "misconception",
            Topic::Pattern => "pattern",
            Topic::Trouble => "trouble",
        }
    }
}

/// The example of this name.
pub fn find(name: &str) -> Option<&'static Example> {
    all().iter().find(|example| example.name == name)
}
