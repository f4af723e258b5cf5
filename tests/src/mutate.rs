//! Mutated scenario texts: what a slip of the hand, or of malice, makes of a good file.

use proptest::prelude::*;

/// What to do to a text. Places are given as fractions, so that a mutation means something whatever
/// the text's length, and shrinks towards its beginning.
#[derive(Clone, Debug)]
pub enum Mutation {
    /// Another number for one that stands there.
    Number(u16, &'static str),
    /// Another word of the language for one that stands there.
    Word(u16, &'static str),
    /// A line less.
    DropLine(u16),
    /// A line twice.
    RepeatLine(u16),
    /// Two lines change places.
    SwapLines(u16, u16),
    /// Some bytes less.
    Cut(u16, u8),
    /// A byte more.
    Insert(u16, u8),
}

const NUMBERS: [&str; 17] = [
    "0",
    "1",
    "2",
    "3",
    "7",
    "16",
    "17",
    "40",
    "1000",
    "99999",
    "10000000",
    "4294967296",
    "18446744073709551616",
    "-1",
    "0.5",
    "1e300",
    "nan",
];

const WORDS: [&str; 24] = [
    "cpu",
    "io",
    "native",
    "lock",
    "put",
    "get",
    "repeat",
    "gather",
    "timeout",
    "steps",
    "ns",
    "us",
    "ms",
    "s",
    "min",
    "exp",
    "uniform",
    "normal",
    "pareto",
    "lognormal",
    "every",
    "poisson",
    "true",
    "false",
];

/// Any mutation.
pub fn mutation() -> impl Strategy<Value = Mutation> {
    let at = any::<u16>;
    prop_oneof![
        6 => (at(), prop::sample::select(&NUMBERS[..])).prop_map(|(at, to)| Mutation::Number(at, to)),
        4 => (at(), prop::sample::select(&WORDS[..])).prop_map(|(at, to)| Mutation::Word(at, to)),
        1 => at().prop_map(Mutation::DropLine),
        1 => at().prop_map(Mutation::RepeatLine),
        1 => (at(), at()).prop_map(|(a, b)| Mutation::SwapLines(a, b)),
        1 => (at(), any::<u8>()).prop_map(|(at, bytes)| Mutation::Cut(at, bytes)),
        1 => (at(), any::<u8>()).prop_map(|(at, byte)| Mutation::Insert(at, byte)),
    ]
}

/// The text with the mutations done to it, one after another.
pub fn apply(text: &str, mutations: &[Mutation]) -> Vec<u8> {
    let mut bytes = text.as_bytes().to_vec();
    for mutation in mutations {
        bytes = one(&bytes, mutation);
    }
    bytes
}

fn one(text: &[u8], mutation: &Mutation) -> Vec<u8> {
    let index = |at: u16, len: usize| usize::from(at) * len / (usize::from(u16::MAX) + 1);
    let mut lines: Vec<&[u8]> = text.split_inclusive(|byte| *byte == b'\n').collect();
    match *mutation {
        Mutation::Number(at, to) => replace(text, at, to, |byte| byte.is_ascii_digit()),
        Mutation::Word(at, to) => replace(text, at, to, |byte| byte.is_ascii_alphabetic()),
        Mutation::Cut(at, count) => {
            let from = index(at, text.len());
            let to = (from + usize::from(count)).min(text.len());
            [&text[..from], &text[to..]].concat()
        }
        Mutation::Insert(at, byte) => {
            let at = index(at, text.len());
            [&text[..at], &[byte], &text[at..]].concat()
        }
        _ if lines.is_empty() => Vec::new(),
        Mutation::DropLine(at) => {
            lines.remove(index(at, lines.len()));
            lines.concat()
        }
        Mutation::RepeatLine(at) => {
            let at = index(at, lines.len());
            lines.insert(at, lines[at]);
            lines.concat()
        }
        Mutation::SwapLines(a, b) => {
            let (a, b) = (index(a, lines.len()), index(b, lines.len()));
            lines.swap(a, b);
            lines.concat()
        }
    }
}

/// Replaces one of the runs of bytes that are `of` a sort.
fn replace(text: &[u8], at: u16, to: &str, of: impl Fn(u8) -> bool) -> Vec<u8> {
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for (i, byte) in text.iter().enumerate() {
        match runs.last_mut() {
            _ if !of(*byte) => {}
            Some((_, end)) if *end == i => *end = i + 1,
            _ => runs.push((i, i + 1)),
        }
    }
    match runs.get(usize::from(at) * runs.len() / (usize::from(u16::MAX) + 1)) {
        Some(&(start, end)) => [&text[..start], to.as_bytes(), &text[end..]].concat(),
        None => text.to_vec(),
    }
}
