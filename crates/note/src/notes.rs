//! Blocks in notes of any sort: Markdown with fences named `trilane` in it.

use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};
use trilane_core::scenario::Problem;
use trilane_lessons::block::{self, Block, Fault, Fence};
use trilane_lessons::proof;

/// The name of a fence that is a block.
const FENCE: &str = "trilane";

/// A fence of a text.
#[derive(Debug)]
pub struct Fenced {
    /// The bytes of all of it, with its fences.
    pub span: Range<usize>,
    /// The block, or everything that is wrong with it, by the text's lines and columns.
    pub block: Result<Box<Block>, Vec<Problem>>,
}

/// One block by itself, which is what stands between its fences: read, run, and held to what it claims.
///
/// # Errors
/// Everything that is wrong with it, by its own lines and columns.
pub fn lone(text: &str) -> Result<Box<Block>, Vec<Problem>> {
    read(text, text, 0, &[])
}

/// Every block of a text, read, run, and held to what it claims.
pub fn fenced(text: &str) -> Vec<Fenced> {
    let mut all: Vec<Fenced> = Vec::new();
    let mut open: Option<(String, Option<usize>)> = None;
    for (event, span) in Parser::new_ext(text, Options::all()).into_offset_iter() {
        match event {
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info)))
                if info.split([' ', ',']).next() == Some(FENCE) =>
            {
                open = Some((String::new(), None));
            }
            Event::Text(part) => {
                if let Some((inside, begin)) = &mut open {
                    begin.get_or_insert(span.start);
                    inside.push_str(&part);
                }
            }
            Event::End(TagEnd::CodeBlock) => {
                if let Some((inside, begin)) = open.take() {
                    let begin = begin.unwrap_or(span.start);
                    let block = read(text, &inside, begin, &all);
                    all.push(Fenced { span, block });
                }
            }
            _ => {}
        }
    }
    all
}

fn read(
    text: &str,
    inside: &str,
    begin: usize,
    before: &[Fenced],
) -> Result<Box<Block>, Vec<Problem>> {
    let fault = |message: String, remedy: &str| Fault {
        span: 0..1,
        path: String::new(),
        message,
        remedy: remedy.to_owned(),
    };
    let read = block::read(inside).and_then(|fence| match fence {
        Fence::Block(block) => checked(inside, block, before),
        Fence::Words { .. } => Err(vec![fault(
            "a block with words alone".to_owned(),
            "add `widget = …` and what it shows: only the course has translations",
        )]),
    });
    read.map_err(|faults| {
        let all = faults.into_iter().map(|fault| {
            let whole = text.get(begin..begin + inside.len()) == Some(inside);
            // Inside of a list or a quote the fence has gaps: its first line is all that can be told.
            let span = match whole {
                true => fault.span.start + begin..fault.span.end + begin,
                false => begin..begin + 1,
            };
            Problem::at(text, &span, fault.path, fault.message, fault.remedy)
        });
        all.collect()
    })
}

fn checked(inside: &str, block: Box<Block>, before: &[Fenced]) -> Result<Box<Block>, Vec<Fault>> {
    let same = before
        .iter()
        .any(|other| other.block.as_ref().is_ok_and(|other| other.id == block.id));
    if same {
        return Err(vec![Fault {
            span: 0..1,
            path: "id".to_owned(),
            message: format!("`{}` is another block's name already", block.id),
            remedy: "give this one another `id`".to_owned(),
        }]);
    }
    let faults = proof::block(&block)
        .into_iter()
        .map(|(claim, (message, remedy))| {
            let found = claim.and_then(|claim| inside.find(&claim).map(|at| at..at + claim.len()));
            Fault {
                span: found.unwrap_or(0..1),
                path: "expect".to_owned(),
                message,
                remedy,
            }
        });
    let faults: Vec<Fault> = faults.collect();
    match faults.is_empty() {
        true => Ok(block),
        false => Err(faults),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "v = 1\nid = \"a\"\nwidget = \"race\"\nexample = \"cpu-bound\"\nplans = [\"sync\", \"threads(8)\"]\ncaption = \"c\"\n";

    #[test]
    fn blocks_are_found_run_and_held_to_their_claims() {
        let text = format!(
            "# Notes\n\n```trilane\n{GOOD}expect = [\"sync <= 1ms\"]\n```\n\n```python\nx\n```\n\n```trilane\n{GOOD}```\n"
        );
        let all = fenced(&text);
        assert_eq!(all.len(), 2);
        let problems = all[0].block.as_ref().expect_err("sums take longer");
        assert_eq!(
            (problems[0].line, problems[0].path.as_str()),
            (10, "expect")
        );
        assert!(all[1].block.is_ok());
        assert!(text[all[1].span.clone()].starts_with("```trilane\n"));
    }

    #[test]
    fn a_problem_stands_at_its_place_in_the_notes() {
        let text = "one\n\n```trilane\nv = 1\nid = \"a\"\nwidget = \"racer\"\n```\n";
        let all = fenced(text);
        let problems = all[0].block.as_ref().expect_err("there is no racer");
        assert_eq!((problems[0].line, problems[0].column), (6, 10));
        let told = crate::problems("notes.md", problems);
        assert!(told.contains("notes.md:6:10"), "{told}");
        let twice = format!("```trilane\n{GOOD}```\n\n```trilane\n{GOOD}```\n");
        let problems = fenced(&twice)
            .pop()
            .expect("two")
            .block
            .expect_err("one name");
        assert_eq!(problems[0].line, 11);
    }

    #[test]
    fn an_element_has_no_empty_line_and_carries_its_picture() {
        let mut all = fenced(&format!("```trilane\n{GOOD}```\n"));
        let block = all.remove(0).block.expect("it is right");
        let html = crate::element(&block, "en").expect("it runs");
        assert!(html.lines().all(|line| !line.trim().is_empty()));
        assert!(
            html.starts_with(
                "<trilane-race v=\"1\" id=\"a\" lang=\"en\" plans=\"sync; threads(8)\""
            ),
            "{html}"
        );
        assert!(html.contains("<svg") && html.contains("&#10;"), "{html}");
        // A reader of Markdown takes all of it as it is.
        let mut read = String::new();
        pulldown_cmark::html::push_html(&mut read, Parser::new(&format!("a\n\n{html}\n\nb\n")));
        assert_eq!(read, format!("<p>a</p>\n{html}\n<p>b</p>\n"));
    }
}
