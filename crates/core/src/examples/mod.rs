//! Embedded examples: short scenarios, each about one claim, misconception, pattern or trouble.
//!
//! They are what a newcomer runs first and what the guide, the gallery and the tests share, so each
//! holds what it is about in [`Example::says`], and the tests simulate it and check that claim.
//! Notes are inside the text: an example is a scenario file like any other.

mod list;

pub use list::{all, first};

/// One embedded scenario.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Example {
    /// What to call it on the command line and in links: `one-blocking-call`.
    pub name: &'static str,
    /// Its text's title.
    pub title: &'static str,
    /// What sort of thing it is about.
    pub topic: Topic,
    /// What it is about, as people say it. Of a misconception: the wrong sentence.
    pub says: &'static str,
    /// The plans that show its point best, as one writes them.
    pub plans: &'static [&'static str],
    /// [`digest`] of its text.
    digest: u64,
}

impl Example {
    /// The scenario, as TOML.
    pub fn text(&self) -> &'static str {
        list::text(self.name)
    }
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

/// The example whose text this is, unchanged.
pub fn of(text: &str) -> Option<&'static Example> {
    let digest = digest(text);
    all().iter().find(|example| example.digest == digest)
}

/// What tells one text from another, with a chance of 1 in 2⁶⁴ to mistake some other text for an example: FNV-1a.
const fn digest(text: &str) -> u64 {
    let bytes = text.as_bytes();
    let (mut digest, mut at) = (0xcbf2_9ce4_8422_2325_u64, 0);
    while at < bytes.len() {
        digest = (digest ^ bytes[at] as u64).wrapping_mul(0x0100_0000_01b3);
        at += 1;
    }
    digest
}

/// The example of this name.
pub fn find(name: &str) -> Option<&'static Example> {
    all().iter().find(|example| example.name == name)
}
