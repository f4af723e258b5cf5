//! A block as the custom element that plays it.

use std::fmt::Write;

use trilane_core::race::RaceError;
use trilane_core::scenario::Problem;
use trilane_lessons::block::{Block, Words};

use crate::escape;
use crate::still::still;

/// A block as HTML for Markdown: the element's tag has a line of its own, or it would be no block of HTML to a reader
/// of Markdown, and no line is empty, as that would end it. `lang` is the language of its words.
///
/// # Errors
/// The block's scenario or plans cannot be run.
pub fn element(block: &Block, lang: &str) -> Result<String, RaceError> {
    let tag = format!("trilane-{}", block.widget.name());
    let mut out = format!(
        "<{tag} v=\"1\" id=\"{}\" lang=\"{}\"",
        escape(&block.id),
        escape(lang)
    );
    let guess = block.guess.and_then(|at| block.plans.get(at));
    let Words {
        caption,
        question,
        claim,
        why,
    } = &block.words;
    let at = block.at.map(|at| format!("{}ns", at.as_nanos()));
    let text = |phrase: &Option<trilane_lessons::block::Phrase>| {
        phrase.as_ref().map(|phrase| plain(&phrase.text))
    };
    let all = [
        ("plans", Some(block.plans.join("; "))),
        ("knobs", Some(block.knobs.join(" "))),
        ("guess", guess.cloned()),
        ("at", at),
        ("caption", text(caption)),
        ("question", text(question)),
        ("claim", text(claim)),
        ("why", text(why)),
        ("scenario", block.scenario.clone()),
    ];
    for (name, value) in all {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            let _ = write!(out, " {name}=\"{}\"", escape(&value).replace('\n', "&#10;"));
        }
    }
    out.push_str(">\n");
    let words: Vec<String> = block
        .words
        .all()
        .map(|(_, phrase)| plain(&phrase.text))
        .collect();
    if let Some(picture) = still(block, &format!("still-{}", block.id))? {
        let lines = picture.lines().filter(|line| !line.trim().is_empty());
        let picture: Vec<&str> = lines.collect();
        out.push_str(&picture.join("\n"));
        out.push('\n');
    }
    for words in &words {
        let _ = writeln!(out, "<p>{}</p>", escape(words));
    }
    let _ = write!(out, "</{tag}>");
    Ok(out)
}

/// What is wrong with a block, where it would stand.
pub fn problems(file: &str, problems: &[Problem]) -> String {
    let told: Vec<String> = problems
        .iter()
        .map(|problem| problem.render(file))
        .collect();
    // Within a `pre` an empty line ends nothing.
    format!(
        "<pre class=\"trilane-problem\" role=\"alert\">{}</pre>",
        escape(&told.join("\n\n"))
    )
}

/// Inline Markdown without its marks.
fn plain(text: &str) -> String {
    use pulldown_cmark::{Event, Parser};
    let mut out = String::new();
    for event in Parser::new(text) {
        match event {
            Event::Text(text) | Event::Code(text) => out.push_str(&text),
            Event::SoftBreak | Event::HardBreak => out.push(' '),
            _ => {}
        }
    }
    out
}
