//! The language that the worker letters pictures in.

use serde::{Deserialize, Serialize};
use trilane_lessons::phrases::Phrases;

/// A language that is not the pictures' own.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tongue {
    /// What it says in place of English.
    pub phrases: Phrases,
    /// What stands before the fraction of a number.
    pub decimal: char,
}

impl Tongue {
    /// A sentence or a label of a picture in this language.
    pub fn say(&self, text: &str) -> String {
        self.phrases.say(text, self.decimal)
    }
}
