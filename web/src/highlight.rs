//! Python in colours: comments, strings, numbers, keywords and the names of what is defined.
//!
//! For programs that [`trilane_core::code`] writes, to be read and not edited; an editor for them would be many
//! times as large as this.

/// A piece of a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Piece<'a> {
    /// Its letters.
    pub text: &'a str,
    /// Its CSS class, where it has a colour.
    pub class: Option<&'static str>,
}

const KEYWORDS: [&str; 33] = [
    "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue",
    "def", "del", "elif", "else", "except", "finally", "for", "from", "global", "if", "import",
    "in", "is", "lambda", "not", "or", "pass", "raise", "return", "try", "while", "with",
];

/// The pieces of a program, in order: together they are the program.
pub fn python(text: &str) -> Vec<Piece<'_>> {
    let mut pieces: Vec<Piece<'_>> = Vec::new();
    let mut defines = false;
    // What has no colour is one piece, and not one a letter: it began here.
    let mut plain = 0;
    let mut at = 0;
    while let Some(first) = text[at..].chars().next() {
        let (length, class) = token(&text[at..], first, &mut defines);
        if class.is_some() {
            if plain < at {
                let text = &text[plain..at];
                pieces.push(Piece { text, class: None });
            }
            let text = &text[at..at + length];
            pieces.push(Piece { text, class });
            plain = at + length;
        }
        at += length;
    }
    if plain < at {
        let text = &text[plain..];
        pieces.push(Piece { text, class: None });
    }
    pieces
}

/// Bytes and class of what a text begins with. `defines` says whether a name is being defined.
fn token(rest: &str, first: char, defines: &mut bool) -> (usize, Option<&'static str>) {
    match first {
        '#' => (rest.find('\n').unwrap_or(rest.len()), Some("c")),
        '"' | '\'' => (string(rest), Some("s")),
        c if c.is_ascii_digit() => (word(rest, |c| c == '.'), Some("n")),
        '@' => (1 + word(&rest[1..], |c| c == '.'), Some("d")),
        c if c == '_' || c.is_alphabetic() => {
            let length = word(rest, |_| false);
            let name = &rest[..length];
            let prefixed = length <= 2 && rest[length..].starts_with(['"', '\'']);
            if prefixed && name.chars().all(|c| "rbfuRBFU".contains(c)) {
                return (length + string(&rest[length..]), Some("s"));
            }
            let keyword = KEYWORDS.binary_search(&name).is_ok();
            let class = if keyword {
                Some("k")
            } else {
                defines.then_some("d")
            };
            *defines = matches!(name, "def" | "class");
            (length, class)
        }
        c => (c.len_utf8(), None),
    }
}

/// Bytes of a name or number.
fn word(text: &str, also: impl Fn(char) -> bool) -> usize {
    let inside = |c: char| c == '_' || c.is_alphanumeric() || also(c);
    text.find(|c| !inside(c)).unwrap_or(text.len())
}

/// Bytes of a string literal, with its quotes; one without an end goes to its line's.
fn string(text: &str) -> usize {
    let quote = &text[..1];
    let triple = quote.repeat(3);
    if text.starts_with(&triple) {
        return text[3..].find(&triple).map_or(text.len(), |at| at + 6);
    }
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            '\n' => return at,
            '\\' if !escaped => escaped = true,
            c if !escaped && quote.starts_with(c) => return at + 1,
            _ => escaped = false,
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expect: &[(&str, &str)]) {
        let pieces = python(text);
        let all: String = pieces.iter().map(|piece| piece.text).collect();
        assert_eq!(all, text);
        let coloured: Vec<(&str, &str)> = pieces
            .iter()
            .filter_map(|piece| Some((piece.text, piece.class?)))
            .collect();
        assert_eq!(coloured, expect, "{text}");
    }

    #[test]
    fn pieces_have_their_class() {
        check(
            "async def main(): # go",
            &[("async", "k"), ("def", "k"), ("main", "d"), ("# go", "c")],
        );
        check(
            "x = f\"a{b}\" + 'it\\'s'",
            &[("f\"a{b}\"", "s"), ("'it\\'s'", "s")],
        );
        check(
            "\"\"\"a\n\"b\"\n\"\"\"\n1_000.5",
            &[("\"\"\"a\n\"b\"\n\"\"\"", "s"), ("1_000.5", "n")],
        );
        check(
            "@wraps(f)\nintern = 'open\n",
            &[("@wraps", "d"), ("'open", "s")],
        );
        check("", &[]);
    }

    #[test]
    fn keywords_are_sorted_for_the_search() {
        assert!(KEYWORDS.is_sorted());
    }

    #[test]
    fn every_program_comes_back_whole() {
        for example in trilane_core::examples::all() {
            let all: String = python(example.text())
                .iter()
                .map(|piece| piece.text)
                .collect();
            assert_eq!(all, example.text());
        }
    }
}
