use pulldown_cmark::{Event, Options, Parser, Tag};
use trilane_core::examples;

use super::{Node, read};

/// The same by a whole parser of CommonMark.
fn reference(markdown: &str) -> Vec<Node> {
    let mut open: Vec<(Option<Node>, Vec<Node>)> = vec![(None, vec![])];
    for event in Parser::new_ext(markdown, Options::ENABLE_TABLES) {
        let nodes = match event {
            Event::Start(tag) => {
                open.push((element(&tag), vec![]));
                continue;
            }
            Event::End(_) => {
                let (node, inside) = open.pop().expect("what ends began");
                match node {
                    Some(Node::Element(name, _)) => vec![Node::Element(name, inside)],
                    Some(Node::Link(to, _)) => vec![Node::Link(to, inside)],
                    _ => inside,
                }
            }
            Event::Code(text) => vec![Node::Code(text.into_string())],
            Event::SoftBreak => vec![Node::Text(" ".to_owned())],
            Event::HardBreak => vec![Node::Element("br", vec![])],
            Event::Rule => vec![Node::Element("hr", vec![])],
            Event::Text(text) | Event::InlineHtml(text) => vec![Node::Text(text.into_string())],
            other => panic!("not in notes: {other:?}"),
        };
        let (_, inside) = open.last_mut().expect("the outermost stays open");
        for node in nodes {
            match (inside.last_mut(), node) {
                (Some(Node::Text(text)), Node::Text(more)) => text.push_str(&more),
                (_, node) => inside.push(node),
            }
        }
    }
    open.pop().expect("the outermost").1
}

fn element(tag: &Tag<'_>) -> Option<Node> {
    let name = match tag {
        Tag::Paragraph => "p",
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
        Tag::Link { dest_url, .. } if dest_url.starts_with("http") => {
            return Some(Node::Link(dest_url.to_string(), vec![]));
        }
        _ => return None,
    };
    Some(Node::Element(name, vec![]))
}

fn check(markdown: &str) {
    assert_eq!(read(markdown), reference(markdown), "{markdown}");
}

#[test]
fn the_examples_notes_are_read_as_commonmark() {
    for example in examples::all() {
        let scenario = trilane_core::scenario::parse(
            example.text(),
            trilane_core::scenario::Format::guess("", example.text()),
        );
        let scenario = scenario.expect("an example is a scenario");
        let notes = scenario.notes.expect("every example has notes");
        check(&notes);
    }
}

#[test]
fn what_notes_are_written_with_is_read_as_commonmark() {
    for markdown in [
        "",
        "a **b** `c` *d* _e_ __f__ ***g***",
        "one\ntwo  \nthree\\\nfour\n\nfive",
        "*a **b** c* and **a *b* c**",
        "snake_case_name, 2 * 3 * 4, a ** b, * not*, 5*6*7",
        "`a*b` *c `*` d* `` ` `` ` x ` ``` `a",
        "\\*a\\* \\_ \\a \\\\",
        "*open and `open and [open and **open",
        "# One\n## Two ##\n#Three\n####### Four\ntext\n# Five",
        "- a\n- b\n  more\nlazy\n- c",
        "- a\n\n- b\n\n  two\n\nafter",
        "* a\n  - b\n    - c\n  - d\n* e",
        "1. a\n2. b\n   - c\n3. d",
        "text\n- item\n\ntext\n1. item\n\ntext\n2. not an item",
        "> a\n> b\n>\n> - c\n\n> d",
        "```python\na = 1\n\n- b *c*\n```\nafter",
        "- a\n  ```\n  code\n    deeper\n  ```\n- b",
        "~~~\nx\n~~~",
        "---\n\n***\n\na\n\n_ _ _",
        "| a | b |\n|---|:-:|\n| `c` | *d* |\n| e |\n\nafter",
        "a | b\n-|-\nc | d\\|e",
        "[a](https://python.org) [b *c*](http://x.org/a_(b)) [d](https://x.org \"title\")",
        "[a](javascript:alert(1)) ![b](https://x.org/x.png) [c] [d][e] (f)",
        "<https://python.org/a*b*> a < b > c",
        "<b>bold</b> a",
        "naïve *café* — “quotes” 日本 **語**",
    ] {
        check(markdown);
    }
}

#[test]
fn nothing_in_notes_is_markup_or_a_script() {
    for markdown in [
        "<script>alert(1)</script>",
        "[x](javascript:alert(1))",
        "![x](https://example.com/x.png)",
        "<a href=\"javascript:alert(1)\">x</a>",
        "<javascript:alert(1)>",
    ] {
        let shown = format!("{:?}", read(markdown));
        assert!(
            !shown.contains("Link") && !shown.contains("Element(\"script"),
            "{shown}"
        );
    }
}

#[test]
fn no_text_takes_forever_or_too_deep_a_stack() {
    for piece in [
        ">", "> ", "- ", "  - ", "*", "**a ", "_a ", "*a_ ", "`", "``a", "[", "[a](", "![", "<",
        "\\", "|-", "a|\n-|\n", "```\n", "# ", "* a\n\n",
    ] {
        read(&piece.repeat(10_000));
    }
    let deep: String = (0..300).map(|n| " ".repeat(2 * n) + "- a\n").collect();
    read(&deep);
}
