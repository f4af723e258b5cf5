//! Notes: Markdown as a tree of what the page shows of it. Markup in it stays text.
//!
//! Of CommonMark, what notes are written with: paragraphs, headings, rules, quotes, lists, code, tables,
//! emphasis, links. A whole parser of it, with its 2 231 names of characters, is a seventh of what a
//! visitor would have to download. The tests hold this one to such a parser.
//!
//! Time is linear in the text for each level of nesting, and levels end at [`DEEPEST`].

mod inline;

use inline::inline;

/// Levels of quotes, lists and emphasis; what is deeper stays text.
const DEEPEST: usize = 12;

/// A piece of notes.
#[derive(Clone, Debug, PartialEq)]
pub enum Node {
    /// Text as it is.
    Text(String),
    /// A few letters of code.
    Code(String),
    /// An element by its HTML name, of a fixed set, with what is in it.
    Element(&'static str, Vec<Node>),
    /// A link to a web page.
    Link(String, Vec<Node>),
}

/// Reads Markdown.
pub fn read(markdown: &str) -> Vec<Node> {
    let lines: Vec<&str> = markdown.lines().collect();
    blocks(&lines, 0)
}

fn blocks(lines: &[&str], depth: usize) -> Vec<Node> {
    let mut out = Vec::new();
    let mut at = 0;
    while let Some(&line) = lines.get(at) {
        let rest = &lines[at..];
        let (node, used) = match start(line) {
            _ if line.trim().is_empty() => {
                at += 1;
                continue;
            }
            Some(Start::Fence(fence)) => code(rest, fence),
            Some(Start::Heading(text)) => (Node::Element("h4", inline(text, depth)), 1),
            Some(Start::Rule) => (Node::Element("hr", vec![]), 1),
            Some(Start::Quote) if depth < DEEPEST => quote(rest, depth),
            Some(Start::Item(first)) if depth < DEEPEST => list(rest, &first, depth),
            _ if is_table(rest) => table(rest, depth),
            _ => paragraph(rest, depth),
        };
        out.push(node);
        at += used;
    }
    out
}

/// How a line begins a block.
enum Start<'a> {
    Fence(&'a str),
    Heading(&'a str),
    Rule,
    Quote,
    Item(Item),
}

/// A list's marker.
struct Item {
    ordered: bool,
    /// Its first number is 1, or it has none.
    first: bool,
    /// Where its text begins.
    indent: usize,
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start_matches(' ').len()
}

fn start(line: &str) -> Option<Start<'_>> {
    let text = line.trim_start_matches(' ');
    if indent(line) > 3 {
        return None;
    }
    let same = |letter: char| text.len() - text.trim_start_matches(letter).len();
    for letter in ['`', '~'] {
        let many = same(letter);
        if many >= 3 && !(letter == '`' && text[many..].contains('`')) {
            return Some(Start::Fence(&text[..many]));
        }
    }
    let hashes = same('#');
    if (1..=6).contains(&hashes)
        && text[hashes..]
            .chars()
            .next()
            .is_none_or(char::is_whitespace)
    {
        let heading = text[hashes..].trim();
        let open = heading.trim_end_matches('#');
        return Some(Start::Heading(match open.ends_with([' ', '\t']) {
            true => open.trim_end(),
            false if open.is_empty() => "",
            false => heading,
        }));
    }
    if is_rule(text) {
        return Some(Start::Rule);
    }
    if text.starts_with('>') {
        return Some(Start::Quote);
    }
    let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let marker = match digits {
        0 if text.starts_with(['-', '*', '+']) => 1,
        1..=9 if text[digits..].starts_with(['.', ')']) => digits + 1,
        _ => return None,
    };
    let after = &text[marker..];
    let spaces = indent(after);
    if after.is_empty() || spaces == 0 {
        // A marker on its own is an item without text, which notes have no use for.
        return None;
    }
    Some(Start::Item(Item {
        ordered: digits > 0,
        first: digits == 0 || &text[..digits] == "1",
        indent: indent(line) + marker + if spaces > 4 { 1 } else { spaces },
    }))
}

fn is_rule(text: &str) -> bool {
    ['-', '*', '_'].into_iter().any(|letter| {
        text.matches(letter).count() >= 3 && text.chars().all(|c| c == letter || c == ' ')
    })
}

/// Whether a line goes on with the paragraph above it.
fn goes_on(line: &str) -> bool {
    match start(line) {
        _ if line.trim().is_empty() => false,
        None => true,
        Some(Start::Item(item)) => !item.first,
        Some(_) => false,
    }
}

fn code(lines: &[&str], fence: &str) -> (Node, usize) {
    let closes = |line: &str| {
        let text = line.trim();
        text.len() >= fence.len() && text.chars().all(|c| fence.starts_with(c))
    };
    let inside = lines[1..].iter().take_while(|line| !closes(line)).count();
    let mut text = lines[1..=inside].join("\n");
    if inside > 0 {
        text.push('\n');
    }
    let used = (inside + 2).min(lines.len());
    (Node::Element("pre", vec![Node::Text(text)]), used)
}

fn quote(lines: &[&str], depth: usize) -> (Node, usize) {
    let inside: Vec<&str> = lines
        .iter()
        .map_while(|line| {
            let text = line.trim_start().strip_prefix('>')?;
            Some(text.strip_prefix(' ').unwrap_or(text))
        })
        .collect();
    let used = inside.len();
    (
        Node::Element("blockquote", blocks(&inside, depth + 1)),
        used,
    )
}

fn list(lines: &[&str], first: &Item, depth: usize) -> (Node, usize) {
    let mut items: Vec<Vec<&str>> = Vec::new();
    // Blank lines between what belongs to the list make paragraphs of its items' texts.
    let mut loose = false;
    let mut blank = false;
    let mut width = 0;
    let mut used = 0;
    for (at, &line) in lines.iter().enumerate() {
        let item = match start(line) {
            Some(Start::Item(item)) if item.ordered == first.ordered => Some(item),
            _ => None,
        };
        let within = indent(line) >= width && width > 0;
        if line.trim().is_empty() {
            blank = true;
            continue;
        } else if let (Some(item), false) = (item, within) {
            width = item.indent;
            items.push(vec![&line[width..]]);
        } else if within {
            let lines = items.last_mut().expect("the first line begins an item");
            if blank {
                lines.push("");
            }
            lines.push(&line[width..]);
        } else if !blank && goes_on(line) {
            let lines = items.last_mut().expect("the first line begins an item");
            lines.push(line.trim_start());
        } else {
            break;
        }
        loose |= blank;
        blank = false;
        used = at + 1;
    }
    let items = items.iter().map(|lines| {
        let inside = blocks(lines, depth + 1).into_iter();
        let inside = inside.flat_map(|node| match node {
            Node::Element("p", inside) if !loose => inside,
            other => vec![other],
        });
        Node::Element("li", inside.collect())
    });
    let name = if first.ordered { "ol" } else { "ul" };
    (Node::Element(name, items.collect()), used)
}

fn is_table(lines: &[&str]) -> bool {
    lines.get(1).is_some_and(|line| {
        let line = line.trim();
        line.contains('-')
            && line.contains('|')
            && line.chars().all(|c| "|-: ".contains(c))
            && cells(line).count() == cells(lines[0]).count()
    })
}

/// A row's cells; a bar with a backslash before it is none between cells.
fn cells(line: &str) -> impl Iterator<Item = &str> {
    let line = line.trim();
    let line = line.strip_prefix('|').unwrap_or(line);
    let line = line.strip_suffix('|').unwrap_or(line);
    let mut before = ' ';
    line.split(move |c| {
        let bar = c == '|' && before != '\\';
        before = c;
        bar
    })
    .map(str::trim)
}

fn table(lines: &[&str], depth: usize) -> (Node, usize) {
    let width = cells(lines[0]).count();
    let row = |line: &str| {
        let given = cells(line).map(|cell| inline(&cell.replace("\\|", "|"), depth));
        let all = given.chain(std::iter::repeat(vec![])).take(width);
        let all = all.map(|inside| Node::Element("td", inside));
        Node::Element("tr", all.collect())
    };
    let more = lines[2..].iter().take_while(|line| goes_on(line)).count();
    let rows = [&lines[..1], &lines[2..2 + more]].concat();
    let rows = rows.into_iter().map(row).collect();
    (Node::Element("table", rows), 2 + more)
}

fn paragraph(lines: &[&str], depth: usize) -> (Node, usize) {
    let more = lines[1..].iter().take_while(|line| goes_on(line)).count();
    let text: Vec<&str> = lines[..=more]
        .iter()
        .map(|line| line.trim_start())
        .collect();
    let text = text.join("\n");
    (Node::Element("p", inline(text.trim_end(), depth)), 1 + more)
}

#[cfg(test)]
mod tests;
