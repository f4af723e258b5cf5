//! Learn, as far as it needs no browser: where a chapter is, what was guessed, and a widget's own state.

mod guess;
mod order;
mod progress;
mod view;

pub use guess::{Guess, PLACES, Verdict};
pub use order::Order;
pub use progress::Progress;
pub use view::{Act, View};

/// A language of the course, as the page's HTML names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Language {
    /// Its code: `de`.
    pub code: String,
    /// Its own name.
    pub name: String,
    /// Where its chapters are.
    pub file: String,
    /// Where its words are without the chapters.
    pub words: String,
}

/// Reads the list `en,English,./learn-en.book,./words-en.book;…`.
pub fn languages(list: &str) -> Vec<Language> {
    let one = |part: &str| {
        let mut parts = part.split(',').map(str::to_owned);
        Some(Language {
            code: parts.next()?,
            name: parts.next()?,
            file: parts.next()?,
            words: parts.next()?,
        })
    };
    list.split(';').filter_map(one).collect()
}

/// The language to begin with: the one that was chosen last, else the first that the browser asks for.
pub fn chosen<'l>(
    languages: &'l [Language],
    kept: Option<&str>,
    wanted: &[String],
) -> Option<&'l Language> {
    let of = |code: &str| {
        let code = code.split('-').next().unwrap_or_default().to_lowercase();
        languages.iter().find(|language| language.code == code)
    };
    let kept = kept.and_then(of);
    let wanted = || wanted.iter().find_map(|code| of(code));
    kept.or_else(wanted).or(languages.first())
}

/// Where in the course somebody is: a chapter's slug, and an anchor in it; both may be empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Spot {
    /// The chapter.
    pub chapter: String,
    /// The heading or widget.
    pub anchor: String,
}

impl Spot {
    /// Reads what stands behind `#/learn/`: `gil/native-code`.
    pub fn of(path: &str) -> Spot {
        let (chapter, anchor) = path.split_once('/').unwrap_or((path, ""));
        Spot {
            chapter: chapter.to_owned(),
            anchor: anchor.to_owned(),
        }
    }

    /// The address of a spot, with its `#`.
    pub fn address(chapter: &str, anchor: &str) -> String {
        match anchor {
            "" => format!("#/learn/{chapter}"),
            anchor => format!("#/learn/{chapter}/{anchor}"),
        }
    }
}

/// A label with `{0}` and `{1}` filled in.
pub fn filled(label: &str, values: &[&str]) -> String {
    let mut out = label.to_owned();
    for (at, value) in values.iter().enumerate() {
        out = out.replace(&format!("{{{at}}}"), value);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_is_the_reader_s() {
        let all = languages("en,English,./e.json,./ew.json;de,Deutsch,./d.json,./dw.json");
        let check = |kept: Option<&str>, wanted: &[&str], expect: &str| {
            let wanted: Vec<String> = wanted.iter().map(|&code| code.to_owned()).collect();
            let found = chosen(&all, kept, &wanted).expect("there is a first one");
            assert_eq!(found.code, expect);
        };
        check(None, &["de-AT", "en"], "de");
        check(None, &["fr", "de"], "de");
        check(None, &["fr"], "en");
        check(Some("en"), &["de"], "en");
        check(Some("xx"), &["de"], "de");
        assert!(chosen(&languages(""), None, &[]).is_none());
    }

    #[test]
    fn a_spot_has_an_address() {
        assert_eq!(Spot::address("gil", ""), "#/learn/gil");
        assert_eq!(
            Spot::address("gil", "native-code"),
            "#/learn/gil/native-code"
        );
        assert_eq!(Spot::of("gil/native-code").anchor, "native-code");
        assert_eq!(Spot::of("").chapter, "");
        assert_eq!(filled("{1} of {0}", &["a", "b"]), "b of a");
    }
}
