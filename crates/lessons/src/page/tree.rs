//! From Markdown to a tree.

use pulldown_cmark::{CodeBlockKind, CowStr, Event, Parser, Tag, TagEnd};

use super::{Node, Target, target, widget};
use crate::chapter::{Chapter, FENCE, Link, options};
use crate::course::Language;

/// What is open: an element, and what is in it so far.
struct Open {
    node: Node,
    inside: Vec<Node>,
}

/// A tree as it grows.
struct Tree<'t> {
    links: &'t dyn Fn(&str) -> Target,
    /// The chapter's blocks that come next.
    widgets: std::vec::IntoIter<Option<Node>>,
    open: Vec<Open>,
    done: Vec<Node>,
    /// In a code block: its language, and its text so far.
    listing: Option<(String, String)>,
    /// In a table's head.
    head: bool,
}

/// A chapter's text.
pub(super) fn nodes(language: &Language, source: &Language, chapter: &Chapter) -> Vec<Node> {
    let widgets: Vec<Option<Node>> = (chapter.fences.iter())
        .map(|placed| {
            let widget = widget(language, source, chapter, placed)?;
            Some(Node::Widget(Box::new(widget)))
        })
        .collect();
    let links = |to: &str| target(language, chapter, &Link::new(0..0, to));
    read(&chapter.text[chapter.begin..], &links, widgets)
}

/// Words of a block: what is in the one paragraph that they are.
pub(super) fn inline(language: &Language, chapter: &Chapter, text: &str) -> Vec<Node> {
    let links = |to: &str| target(language, chapter, &Link::new(0..0, to));
    let mut nodes = read(text, &links, vec![]);
    match &mut nodes[..] {
        [Node::Element(name, _, inside)] if name == "p" => std::mem::take(inside),
        _ => nodes,
    }
}

fn read(text: &str, links: &dyn Fn(&str) -> Target, widgets: Vec<Option<Node>>) -> Vec<Node> {
    let mut tree = Tree {
        links,
        widgets: widgets.into_iter(),
        open: vec![],
        done: vec![],
        listing: None,
        head: false,
    };
    for event in Parser::new_ext(text, options()) {
        tree.event(event);
    }
    tree.done
}

impl Tree<'_> {
    fn add(&mut self, node: Node) {
        match self.open.last_mut() {
            Some(open) => open.inside.push(node),
            None => self.done.push(node),
        }
    }

    fn begin(&mut self, node: Node) {
        let inside = vec![];
        self.open.push(Open { node, inside });
    }

    fn element(&mut self, name: &str) {
        self.begin(Node::Element(name.to_owned(), None, vec![]));
    }

    fn end(&mut self) {
        let Some(Open {
            mut node,
            inside: all,
        }) = self.open.pop()
        else {
            return;
        };
        if let Node::Element(_, _, inside) | Node::Link(_, inside) | Node::Figure(_, _, inside) =
            &mut node
        {
            *inside = all;
        }
        self.add(node);
    }

    fn event(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(TagEnd::CodeBlock) => {
                let Some((language, text)) = self.listing.take() else {
                    return;
                };
                match language == FENCE {
                    true => {
                        if let Some(Some(widget)) = self.widgets.next() {
                            self.add(widget);
                        }
                    }
                    false => self.add(Node::Listing(language, text)),
                }
            }
            Event::End(TagEnd::TableHead) => {
                // Its cells stand in it without a row.
                self.end();
                self.end();
                self.element("tbody");
                self.head = false;
            }
            Event::End(TagEnd::Table) => {
                self.end();
                self.end();
            }
            Event::End(_) => self.end(),
            Event::Text(text) => match &mut self.listing {
                Some((_, listing)) => listing.push_str(&text),
                None => self.add(Node::Text(together(&text))),
            },
            Event::Code(text) => self.add(Node::Code(text.into_string())),
            Event::SoftBreak => self.add(Node::Text(" ".to_owned())),
            Event::HardBreak => self.add(Node::Element("br".to_owned(), None, vec![])),
            Event::Rule => self.add(Node::Element("hr".to_owned(), None, vec![])),
            _ => {}
        }
    }

    fn start(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::CodeBlock(kind) => {
                let language = match &kind {
                    CodeBlockKind::Fenced(info) => info.split(' ').next().unwrap_or_default(),
                    CodeBlockKind::Indented => "",
                };
                self.listing = Some((language.to_owned(), String::new()));
            }
            Tag::Heading { level, id, .. } => {
                let id = id.map(CowStr::into_string);
                self.begin(Node::Element(level.to_string(), id, vec![]));
            }
            Tag::Link {
                dest_url, title, ..
            } => {
                let to = (self.links)(&dest_url);
                self.begin(match title.is_empty() || matches!(to, Target::Web(_)) {
                    true => Node::Link(to, vec![]),
                    false => Node::Figure(to, title.into_string(), vec![]),
                });
            }
            Tag::TableHead => {
                self.head = true;
                self.element("thead");
                self.element("tr");
            }
            Tag::TableCell => self.element(if self.head { "th" } else { "td" }),
            Tag::List(Some(_)) => self.element("ol"),
            Tag::List(None) => self.element("ul"),
            Tag::Item => self.element("li"),
            Tag::BlockQuote(_) => self.element("blockquote"),
            Tag::Table(_) => self.element("table"),
            Tag::TableRow => self.element("tr"),
            Tag::Emphasis => self.element("em"),
            Tag::Strong => self.element("strong"),
            Tag::Paragraph => self.element("p"),
            // What the options do not switch on, and pictures, which a chapter has none of.
            _ => self.element("span"),
        }
    }
}

/// What a number may be of.
const UNITS: [&str; 9] = ["ns", "µs", "ms", "s", "B", "kB", "MB", "GB", "%"];

/// The text, in which no line breaks between a number and its unit.
fn together(text: &str) -> String {
    let is_unit = |word: &str| {
        let end = |c: char| !c.is_alphanumeric() && c != '%';
        UNITS.contains(&word.trim_end_matches(end))
    };
    let mut words = text.split(' ');
    let mut out = words.next().unwrap_or_default().to_owned();
    for word in words {
        let stay = out.ends_with(|c: char| c.is_ascii_digit()) && is_unit(word);
        out.push(if stay { '\u{a0}' } else { ' ' });
        out.push_str(word);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        fn one(node: &Node) -> String {
            let all = |inside: &[Node]| inside.iter().map(one).collect::<String>();
            match node {
                Node::Text(text) => text.clone(),
                Node::Code(text) => format!("`{text}`"),
                Node::Listing(language, text) => format!("{language}:{text}"),
                Node::Element(name, None, inside) => format!("<{name}>{}</>", all(inside)),
                Node::Element(name, Some(id), inside) => format!("<{name} {id}>{}</>", all(inside)),
                Node::Link(to, inside) => format!("[{}]({to:?})", all(inside)),
                Node::Figure(_, title, inside) => format!("[{}]={title}", all(inside)),
                Node::Widget(widget) => widget.id.clone(),
            }
        }
        let links = |to: &str| Target::Web(to.to_owned());
        read(text, &links, vec![]).iter().map(one).collect()
    }

    #[test]
    fn markdown_becomes_a_tree() {
        let check = |text: &str, expect: &str| assert_eq!(shown(text), expect);
        check("a *b* **c** `d`\ne", "<p>a <em>b</> <strong>c</> `d` e</>");
        check("## A {#a}\n\ntext", "<h2 a>A</><p>text</>");
        check("- a\n  - b\n- c", "<ul><li>a<ul><li>b</></></><li>c</></>");
        check("1. a", "<ol><li>a</></>");
        check(
            "| a | b |\n|---|---|\n| c | d |",
            "<table><thead><tr><th>a</><th>b</></></><tbody><tr><td>c</><td>d</></></></>",
        );
        check("```python\nx = 1\n```", "python:x = 1\n");
        check("> a", "<blockquote><p>a</></>");
        check("[a](https://b)", "<p>[a](Web(\"https://b\"))</>");
        check("***", "<hr></>");
    }

    #[test]
    fn a_number_stays_with_its_unit() {
        let check = |text: &str, expect: &str| assert_eq!(together(text), expect);
        check(
            "after 10 ms, 5 % of 2,5 s.",
            "after 10\u{a0}ms, 5\u{a0}% of 2,5\u{a0}s.",
        );
        check("(4 kB)", "(4\u{a0}kB)");
        check("4 miles, in 3.14 so ", "4 miles, in 3.14 so ");
        check("", "");
    }
}
