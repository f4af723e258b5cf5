//! Python names out of scenario names: what a reader recognises, what Python accepts, and never one
//! that hides a builtin, a module or a name that the program uses itself.

use std::collections::{BTreeMap, BTreeSet};

/// Longest identifier taken over; with four levels of indentation lines still fit.
const LONGEST: usize = 32;

/// Names that a scenario's name must not become: keywords, builtins, modules, and the programs' own.
const RESERVED: &str = "\
and as assert async await break case class continue def del elif else except false finally for from \
global if import in is lambda match none nonlocal not or pass raise return true try type while with \
yield abs aiter all anext any ascii bin bool breakpoint bytearray bytes callable chr classmethod \
compile complex copyright credits delattr dict dir divmod enumerate eval exec exit filter float \
format frozenset getattr globals hasattr hash help hex id input int isinstance issubclass iter len \
license list locals map max memoryview min next object oct open ord pow print property quit range \
repr reversed round set setattr slice sorted staticmethod str sum super tuple vars zip \
accumulate asyncio contextmanager hashlib heapq interpreters multiprocessing queue random repeat \
suppress threading time wait \
arrivals attach exchange feed held_until in_slot io_until main native_work permit permit_until \
poisson put_until python_work rounds_per_second run_all run_in_order start take_until time_left \
branch branches context deadline done elapsed ended feeders group loop number payload pool processes \
rng shared slots started task thread token";

/// Hands out names, each once.
#[derive(Debug, Default)]
pub(super) struct Names {
    taken: BTreeSet<String>,
    /// The last number behind each name that was wanted twice, so that thousands of the same name
    /// do not each try all numbers.
    numbers: BTreeMap<String, u32>,
}

impl Names {
    /// The wanted name, with a tail where it is reserved or taken.
    pub(super) fn claim(&mut self, wanted: &str) -> String {
        let mut name = wanted.to_owned();
        // `deadline_2` and so on are the inner time limits of the programs.
        if RESERVED.split_ascii_whitespace().any(|word| word == wanted)
            || wanted.starts_with("deadline_")
        {
            name.push('_');
        }
        let mut candidate = name.clone();
        while !self.taken.insert(candidate.clone()) {
            let number = self.numbers.entry(name.clone()).or_insert(1);
            *number += 1;
            candidate = format!("{}_{number}", name.trim_end_matches('_'));
        }
        candidate
    }
}

/// A lower-case identifier that reads like `name`: `Fetch page` and `fetchPage` become
/// `fetch_page`. `fallback` stands in for what leaves nothing, and before a digit.
pub(super) fn identifier(name: &str, fallback: &str) -> String {
    let mut out = String::new();
    let mut after_lower = false;
    for c in name.chars() {
        if c.is_uppercase() && after_lower {
            out.push('_');
        }
        after_lower = c.is_lowercase();
        let lower = c.to_lowercase().filter(|&c| is_word(c));
        let length = out.len();
        out.extend(lower);
        if out.len() == length && !out.ends_with('_') && !is_mark(c) {
            out.push('_');
        }
    }
    let out: String = out.trim_matches('_').chars().take(LONGEST).collect();
    let out = out.trim_end_matches('_');
    match out.chars().next() {
        None => fallback.to_owned(),
        Some('0'..='9') => format!("{fallback}_{out}"),
        Some(_) => out.to_owned(),
    }
}

/// Letters and digits that Python takes in a name and that its NFKC normalisation leaves alone
/// (PEP 3131), so that two different names stay different: ASCII and whole blocks of the most used
/// scripts. Anything else is as good as a blank.
fn is_word(c: char) -> bool {
    match c {
        'a'..='z' | '0'..='9' => true,
        // Latin-1 and Latin Extended-A, without the signs and the compatibility letters.
        '\u{df}'..='\u{f6}' | '\u{f8}'..='\u{131}' | '\u{135}'..='\u{13e}' => true,
        '\u{142}'..='\u{148}' | '\u{14b}'..='\u{17e}' => true,
        // Greek, Cyrillic, hiragana, katakana, Han, Hangul.
        '\u{3ac}'..='\u{3ce}' | '\u{430}'..='\u{47f}' => true,
        '\u{3041}'..='\u{3096}' | '\u{30a1}'..='\u{30fa}' => true,
        '\u{4e00}'..='\u{9fa5}' | '\u{ac00}'..='\u{d7a3}' => true,
        _ => false,
    }
}

/// Combining marks: parts of the letter before them, not separators.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_identifiers() {
        let check = |name, expect: &str| assert_eq!(identifier(name, "task"), expect, "{name}");
        check("page", "page");
        check("fetch-page", "fetch_page");
        check("fetchPage", "fetch_page");
        check("Fetch  PAGE!", "fetch_page");
        check("2fast", "task_2fast");
        check("", "task");
        check("--", "task");
        check("__debug__", "debug");
        check("größe", "größe");
        check("страница", "страница");
        check("ﬁ²", "task");
        check("e\u{301}t", "et");
    }

    #[test]
    fn no_name_is_handed_out_twice_or_hides_another() {
        let mut names = Names::default();
        assert_eq!(names.claim("page"), "page");
        assert_eq!(names.claim("page"), "page_2");
        assert_eq!(names.claim("class"), "class_");
        assert_eq!(names.claim("class"), "class_2");
        assert_eq!(names.claim("deadline_2"), "deadline_2_");
    }
}
