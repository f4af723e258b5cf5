//! What stands within a line: code, emphasis, links.

use super::{DEEPEST, Node};

/// Bytes of an address; a longer one is no link.
const LONGEST_ADDRESS: usize = 2048;

/// Reads the text of a paragraph, a heading or a cell.
pub(super) fn inline(text: &str, depth: usize) -> Vec<Node> {
    let mut line = Line {
        text,
        depth,
        out: vec![],
        plain: String::new(),
        unclosed: vec![],
    };
    let mut at = 0;
    while at < text.len() {
        at += line.step(at);
    }
    line.flush();
    line.out
}

struct Line<'a> {
    text: &'a str,
    depth: usize,
    out: Vec<Node>,
    /// Text that is not in `out` yet.
    plain: String,
    /// Runs of letters for which no end was found, so that none is looked for again.
    unclosed: Vec<&'a str>,
}

impl<'a> Line<'a> {
    fn flush(&mut self) {
        if !self.plain.is_empty() {
            self.out.push(Node::Text(std::mem::take(&mut self.plain)));
        }
    }

    fn push(&mut self, node: Node) {
        self.flush();
        self.out.push(node);
    }

    fn extend(&mut self, nodes: Vec<Node>) {
        for node in nodes {
            match node {
                Node::Text(text) => self.plain.push_str(&text),
                other => self.push(other),
            }
        }
    }

    /// Reads on from here; how many bytes were read.
    fn step(&mut self, at: usize) -> usize {
        let rest = &self.text[at..];
        let first = rest.chars().next().unwrap_or(' ');
        let read = match first {
            '\\' => self.escape(rest),
            '`' => self.code(at),
            '*' | '_' => self.emphasis(at),
            '[' => self.link(rest),
            '!' if rest.starts_with("![") => self.image(rest),
            '<' => self.address(rest),
            ' ' | '\n' => self.line_break(rest),
            _ => None,
        };
        if let Some(read) = read {
            return read;
        }
        // A run that means nothing is text as a whole.
        let length = match first {
            '`' | '*' | '_' => run(rest, first),
            _ => first.len_utf8(),
        };
        self.plain.push_str(&rest[..length]);
        length
    }

    fn escape(&mut self, rest: &str) -> Option<usize> {
        let next = rest[1..].chars().next()?;
        match next {
            '\n' => self.push(Node::Element("br", vec![])),
            next if next.is_ascii_punctuation() => self.plain.push(next),
            _ => return None,
        }
        Some(2)
    }

    fn line_break(&mut self, rest: &str) -> Option<usize> {
        let spaces = run(rest, ' ');
        if !rest[spaces..].starts_with('\n') {
            return None;
        }
        match spaces {
            0 | 1 => self.plain.push(' '),
            _ => self.push(Node::Element("br", vec![])),
        }
        Some(spaces + 1)
    }

    fn code(&mut self, at: usize) -> Option<usize> {
        let ticks = self.opening(at, '`')?;
        let from = at + ticks.len();
        let Some(length) = end_of_code(&self.text[from..], ticks) else {
            self.unclosed.push(ticks);
            return None;
        };
        let code = self.text[from..from + length].replace('\n', " ");
        let inner = code
            .strip_prefix(' ')
            .and_then(|code| code.strip_suffix(' '));
        let inner = inner.filter(|inner| !inner.trim().is_empty());
        let code = inner.unwrap_or(&code).to_owned();
        self.push(Node::Code(code));
        Some(length + 2 * ticks.len())
    }

    /// The run of a letter here, if an end of it may still come.
    fn opening(&self, at: usize, letter: char) -> Option<&'a str> {
        let marks = &self.text[at..at + run(&self.text[at..], letter)];
        (!self.unclosed.contains(&marks)).then_some(marks)
    }

    fn emphasis(&mut self, at: usize) -> Option<usize> {
        let letter = self.text[at..].chars().next()?;
        let marks = self.opening(at, letter)?;
        let before = self.text[..at].chars().next_back();
        let from = at + marks.len();
        let rest = &self.text[from..];
        let after = rest.chars().next();
        // In a word, `_` means nothing.
        let in_word = letter == '_' && flanks(before, after) && !is_punctuation(before);
        let opens = flanks(after, before) && !in_word;
        if !opens || marks.len() > 3 || self.depth >= DEEPEST {
            return None;
        }
        let Some(length) = end_of_emphasis(rest, marks, letter) else {
            self.unclosed.push(marks);
            return None;
        };
        let inside = inline(&rest[..length], self.depth + 1);
        self.push(match marks.len() {
            1 => Node::Element("em", inside),
            2 => Node::Element("strong", inside),
            _ => Node::Element("em", vec![Node::Element("strong", inside)]),
        });
        Some(length + 2 * marks.len())
    }

    fn link(&mut self, rest: &str) -> Option<usize> {
        let (label, to, length) = link(rest)?;
        let inside = inline(label, self.depth + 1);
        match is_web(to) {
            true => self.push(Node::Link(to.to_owned(), inside)),
            false => self.extend(inside),
        }
        Some(length)
    }

    /// A picture is not fetched from anywhere: what it shows in words stands for it.
    fn image(&mut self, rest: &str) -> Option<usize> {
        let (label, _, length) = link(&rest[1..])?;
        self.extend(inline(label, self.depth + 1));
        Some(length + 1)
    }

    fn address(&mut self, rest: &str) -> Option<usize> {
        let short = &rest.as_bytes()[..rest.len().min(LONGEST_ADDRESS)];
        let end = short.iter().position(|&byte| byte == b'>')?;
        let to = &rest[1..end];
        if !is_web(to) || to.contains([' ', '\n', '<']) {
            return None;
        }
        self.push(Node::Link(to.to_owned(), vec![Node::Text(to.to_owned())]));
        Some(end + 1)
    }
}

/// Only what leads to a web page: a script is an address, too.
fn is_web(to: &str) -> bool {
    to.starts_with("https://") || to.starts_with("http://")
}

/// Whether marks belong to what is on one side of them, the other side being as it is.
fn flanks(side: Option<char>, other: Option<char>) -> bool {
    let is_space = |c: Option<char>| c.is_none_or(char::is_whitespace);
    !is_space(side) && (!is_punctuation(side) || is_space(other) || is_punctuation(other))
}

fn is_punctuation(c: Option<char>) -> bool {
    c.is_some_and(|c| !c.is_alphanumeric() && !c.is_whitespace())
}

/// How often a letter stands at the beginning.
fn run(text: &str, letter: char) -> usize {
    text.len() - text.trim_start_matches(letter).len()
}

/// Where code ends that was opened by so many ticks.
fn end_of_code(text: &str, ticks: &str) -> Option<usize> {
    let mut at = 0;
    loop {
        at += text[at..].find('`')?;
        let many = run(&text[at..], '`');
        if many == ticks.len() {
            return Some(at);
        }
        at += many;
    }
}

/// Where emphasis ends: at the same marks after a word, and not within code.
fn end_of_emphasis(text: &str, marks: &str, letter: char) -> Option<usize> {
    let mut at = 0;
    loop {
        let rest = &text[at..];
        at += rest.find([letter, '`', '\\'])?;
        let rest = &text[at..];
        at += match rest.chars().next()? {
            '\\' => 1 + rest[1..].chars().next()?.len_utf8(),
            '`' => {
                let many = run(rest, '`');
                match end_of_code(&rest[many..], &rest[..many]) {
                    Some(length) => length + 2 * many,
                    None => many,
                }
            }
            _ => {
                let many = run(rest, letter);
                let before = text[..at].chars().next_back();
                let after = rest[many..].chars().next();
                let in_word = letter == '_' && flanks(after, before) && !is_punctuation(after);
                if many == marks.len() && flanks(before, after) && !in_word {
                    return Some(at);
                }
                many
            }
        };
    }
}

/// `[label](address)`: both, and the length of it all. A label holds no brackets.
fn link(text: &str) -> Option<(&str, &str, usize)> {
    let end = 1 + text[1..].find(['[', ']'])?;
    let after = text[end..].strip_prefix("](")?;
    let bytes = &after.as_bytes()[..after.len().min(LONGEST_ADDRESS)];
    let mut open = 0_u32;
    let close = bytes.iter().position(|&byte| {
        match byte {
            b'(' => open += 1,
            b')' if open == 0 => return true,
            b')' => open -= 1,
            _ => {}
        }
        false
    })?;
    let inside = after[..close].trim();
    // A title in quotes is not shown.
    let (to, title) = inside.split_once([' ', '\n']).unwrap_or((inside, ""));
    let title = title.trim();
    let titled = title.is_empty() || (title.len() > 1 && title.starts_with(['"', '\'']));
    titled.then_some((&text[1..end], to, end + 2 + close + 1))
}
