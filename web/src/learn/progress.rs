//! What a reader guessed. It is kept on the device, and nowhere else.

use std::collections::BTreeMap;

/// Guesses by chapter and widget, ns.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Progress(BTreeMap<String, u64>);

impl Progress {
    /// Reads what [`Progress::text`] wrote; what cannot be read is forgotten.
    pub fn of(text: &str) -> Progress {
        let guess = |line: &str| {
            let (name, ns) = line.split_once('=')?;
            Some((name.to_owned(), ns.parse().ok()?))
        };
        Progress(text.lines().filter_map(guess).collect())
    }

    /// A line a guess: `gil/one-at-a-time=250000000`.
    pub fn text(&self) -> String {
        let lines = self.0.iter().map(|(name, ns)| format!("{name}={ns}\n"));
        lines.collect()
    }

    /// What was guessed, ns.
    pub fn guess(&self, chapter: &str, widget: &str) -> Option<u64> {
        self.0.get(&format!("{chapter}/{widget}")).copied()
    }

    /// Guesses, or forgets a guess.
    pub fn set(&mut self, chapter: &str, widget: &str, ns: Option<u64>) {
        let name = format!("{chapter}/{widget}");
        match ns {
            Some(ns) => _ = self.0.insert(name, ns),
            None => _ = self.0.remove(&name),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn guesses_are_kept_as_text() {
        let mut progress = Progress::of("gil/a=5\nnonsense\nx=y\n");
        assert_eq!(progress.guess("gil", "a"), Some(5));
        progress.set("gil", "b", Some(7));
        progress.set("gil", "a", None);
        assert_eq!(progress.text(), "gil/b=7\n");
        assert_eq!(Progress::of(&progress.text()), progress);
    }
}
