//! Sentences that the simulator says, in another language.
//!
//! What held a run back is put together from English templates with numbers in them. A language lists those
//! templates with its own words, so that a sentence is found by its template, and what was filled in is
//! filled in again: words among it are translated the same way, decimals are written as the language does.

use serde::{Deserialize, Serialize};

/// How deep phrases stand in phrases: a list of all states is taken apart one by one.
const DEEPEST: u32 = 20;

/// Templates, with `{0}`, `{1}`, … for what is filled in, and what the language says in their place. Of those
/// that fit a sentence the first is taken.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Phrases(Vec<(String, String)>);

impl Phrases {
    /// The templates, and what stands in their place.
    pub fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        let pairs = self.0.iter();
        pairs.map(|(template, words)| (template.as_str(), words.as_str()))
    }

    /// Whether there are none, as in the language that sentences are made in.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// A sentence in this language; as it is where no template fits.
    pub fn say(&self, text: &str, decimal: char) -> String {
        match self.is_empty() {
            true => text.to_owned(),
            false => self.within(text, decimal, 0),
        }
    }

    /// Whether a template fits a sentence.
    pub fn knows(&self, text: &str) -> bool {
        self.0
            .iter()
            .any(|(template, _)| fits(template, text).is_some())
    }

    fn within(&self, text: &str, decimal: char, depth: u32) -> String {
        let found = self.0.iter().filter(|_| depth < DEEPEST);
        let found = found.filter_map(|(template, words)| Some((fits(template, text)?, words)));
        let Some((filled, words)) = found.into_iter().next() else {
            return number(text, decimal);
        };
        let mut said = words.clone();
        // Through marks that no sentence has, since what is filled in may have braces.
        for at in 0..filled.len() {
            said = said.replace(&format!("{{{at}}}"), &format!("\0{at}\0"));
        }
        for (at, piece) in filled.iter().enumerate() {
            let piece = self.within(piece, decimal, depth + 1);
            said = said.replace(&format!("\0{at}\0"), &piece);
        }
        said
    }
}

/// What stands between the gaps of a template. Its gaps are numbered in their order.
fn pieces(template: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut rest = template;
    for at in 0..10 {
        let Some((before, after)) = rest.split_once(&format!("{{{at}}}")) else {
            break;
        };
        pieces.push(before);
        rest = after;
    }
    pieces.push(rest);
    pieces
}

/// What fills a template's gaps in a text; nothing where it does not fit.
fn fits<'t>(template: &str, text: &'t str) -> Option<Vec<&'t str>> {
    // Most templates end otherwise than the text, which is quickly seen.
    let end = template.rsplit('}').next().unwrap_or_default();
    if !text.ends_with(end) {
        return None;
    }
    let pieces = pieces(template);
    let (first, rest) = pieces.split_first()?;
    let text = text.strip_prefix(first)?;
    fill(rest, text)
}

/// The gaps before each of `pieces`, the last of which ends the text.
fn fill<'t>(pieces: &[&str], text: &'t str) -> Option<Vec<&'t str>> {
    let Some((next, rest)) = pieces.split_first() else {
        return text.is_empty().then(Vec::new);
    };
    if rest.is_empty() {
        let gap = text.strip_suffix(next)?;
        return (!gap.is_empty()).then(|| vec![gap]);
    }
    // The shortest gap with which the rest fits.
    text.match_indices(next)
        .filter(|(at, _)| *at > 0)
        .find_map(|(at, _)| {
            let mut gaps = fill(rest, &text[at + next.len()..])?;
            gaps.insert(0, &text[..at]);
            Some(gaps)
        })
}

/// Decimals as the language writes them; a plan or the name of a task stays as it is.
fn number(text: &str, decimal: char) -> String {
    let bytes = text.as_bytes();
    let digit = |at: Option<usize>| {
        at.and_then(|at| bytes.get(at))
            .is_some_and(u8::is_ascii_digit)
    };
    let is_number = bytes.first().is_some_and(u8::is_ascii_digit) && !text.contains('(');
    if decimal == '.' || !is_number {
        return text.to_owned();
    }
    let marks = text.char_indices().map(|(at, c)| match c {
        '.' if digit(at.checked_sub(1)) && digit(Some(at + 1)) => decimal,
        c => c,
    });
    marks.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn german() -> Phrases {
        let all = [
            ("{0} takes {1}: {2}", "{0} braucht {1}: {2}"),
            ("only {0} for {1}", "nur {0} für {1}"),
            ("{0} threads", "{0} Threads"),
            ("{0} tasks", "{0} Aufgaben"),
            ("{0} busy, {1}", "{1}, {0} beschäftigt"),
            ("the other {0} idle", "die übrigen {0} sind frei"),
            ("one task after another", "eine Aufgabe nach der anderen"),
            ("{0}: {1}", "{0} – {1}"),
        ];
        let all = all.map(|(template, words)| (template.to_owned(), words.to_owned()));
        Phrases(all.into())
    }

    #[test]
    fn sentences_are_found_by_their_templates() {
        let check = |text: &str, expect: &str| {
            assert_eq!(german().say(text, ','), expect);
            assert!(german().knows(text), "{text}");
        };
        check("one task after another", "eine Aufgabe nach der anderen");
        check(
            "only 8 threads for 40 tasks",
            "nur 8 Threads für 40 Aufgaben",
        );
        check(
            "1.5 busy, the other 3 idle",
            "die übrigen 3 sind frei, 1,5 beschäftigt",
        );
        check(
            "threads(8) takes 1.02 s: only 8 threads for 1 234 tasks",
            "threads(8) braucht 1,02 s: nur 8 Threads für 1 234 Aufgaben",
        );
        // What is filled in is never taken for a gap.
        check("{1} takes 1 s: x", "{1} braucht 1 s: x");
    }

    #[test]
    fn what_no_template_fits_stays_as_it_is() {
        for text in ["nothing to do", "", "only  for ", "threads(8, 1.5)"] {
            assert_eq!(german().say(text, ','), text);
            assert!(!german().knows(text), "{text}");
        }
        assert_eq!(Phrases::default().say("takes 1.5 s", ','), "takes 1.5 s");
    }
}
