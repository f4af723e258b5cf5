//! Notes: Markdown as a tree of what the page shows of it. Markup in it stays text.

use pulldown_cmark::{Event, Options, Parser, Tag};

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
    // The innermost open element is the last.
    let mut open: Vec<(Sort, Vec<Node>)> = vec![(Sort::Plain, vec![])];
    for event in Parser::new_ext(markdown, Options::ENABLE_TABLES) {
        let node = match event {
            Event::Start(tag) => {
                open.push((sort(&tag), vec![]));
                continue;
            }
            Event::End(_) => {
                let Some((sort, inside)) = open.pop() else {
                    break;
                };
                match sort {
                    Sort::Element(name) => Node::Element(name, inside),
                    Sort::Link(to) => Node::Link(to, inside),
                    Sort::Plain => {
                        push(&mut open, inside);
                        continue;
                    }
                }
            }
            Event::Code(text) => Node::Code(text.into_string()),
            Event::SoftBreak => Node::Text(" ".to_owned()),
            Event::HardBreak => Node::Element("br", vec![]),
            Event::Rule => Node::Element("hr", vec![]),
            Event::Text(text) | Event::Html(text) | Event::InlineHtml(text) => {
                Node::Text(text.into_string())
            }
            _ => continue,
        };
        push(&mut open, vec![node]);
    }
    open.into_iter()
        .next()
        .map(|(_, nodes)| nodes)
        .unwrap_or_default()
}

fn push(open: &mut [(Sort, Vec<Node>)], nodes: Vec<Node>) {
    if let Some((_, inside)) = open.last_mut() {
        inside.extend(nodes);
    }
}

enum Sort {
    Element(&'static str),
    Link(String),
    /// What is in it stands for itself.
    Plain,
}

fn sort(tag: &Tag<'_>) -> Sort {
    Sort::Element(match tag {
        Tag::Paragraph => "p",
        // The page has headings of its own above.
        Tag::Heading { .. } => "h4",
        Tag::BlockQuote(_) => "blockquote",
        Tag::CodeBlock(_) => "pre",
        Tag::List(Some(_)) => "ol",
        Tag::List(None) => "ul",
        Tag::Item => "li",
        Tag::Emphasis => "em",
        Tag::Strong => "strong",
        Tag::Table(_) => "table",
        Tag::TableHead | Tag::TableRow => "tr",
        Tag::TableCell => "td",
        // Only what leads to a web page: a script is an address, too.
        Tag::Link { dest_url, .. }
            if dest_url.starts_with("https://") || dest_url.starts_with("http://") =>
        {
            return Sort::Link(dest_url.to_string());
        }
        _ => return Sort::Plain,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Node {
        Node::Text(text.to_owned())
    }

    #[test]
    fn markdown_becomes_elements() {
        let check = |markdown: &str, expect: &[Node]| assert_eq!(read(markdown), expect);
        check(
            "a **b** `c`",
            &[Node::Element(
                "p",
                vec![
                    text("a "),
                    Node::Element("strong", vec![text("b")]),
                    text(" "),
                    Node::Code("c".to_owned()),
                ],
            )],
        );
        check(
            "- x",
            &[Node::Element(
                "ul",
                vec![Node::Element("li", vec![text("x")])],
            )],
        );
        check("", &[]);
    }

    #[test]
    fn nothing_in_notes_is_markup_or_a_script() {
        let check = |markdown: &str| {
            let shown = format!("{:?}", read(markdown));
            assert!(
                !shown.contains("Link") && !shown.contains("Element(\"script"),
                "{shown}"
            );
        };
        check("<script>alert(1)</script>");
        check("[x](javascript:alert(1))");
        check("![x](https://example.com/x.png)");
        check("<a href=\"javascript:alert(1)\">x</a>");
        assert!(
            matches!(&read("[x](https://python.org)")[..], [Node::Element("p", inside)] if matches!(inside[0], Node::Link(..)))
        );
    }
}
