//! A chapter: Markdown with what stands above it, its blocks, its figures and its links.

use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};
use trilane_core::scenario::Problem;
use trilane_core::text::shown;

use crate::block::{self, Fault, Fence, is_slug};
use crate::front::{self, Front};
use crate::quantity::{self, Reading};

/// The name of a block's fence.
pub const FENCE: &str = "trilane";

/// A chapter as it was read.
#[derive(Clone, Debug, PartialEq)]
pub struct Chapter {
    /// Its name in links: `gil` of `02-gil.md`.
    pub slug: String,
    /// The file's name, for messages.
    pub file: String,
    /// The whole text.
    pub text: String,
    /// What it says of itself.
    pub front: Front,
    /// Where the Markdown begins, behind what stands above it.
    pub begin: usize,
    /// Its headings, in order.
    pub headings: Vec<Heading>,
    /// Its blocks, in order.
    pub fences: Vec<Placed>,
    /// Its figures.
    pub figures: Vec<Figure>,
    /// Its other links.
    pub links: Vec<Link>,
    /// Text that is neither code nor link.
    pub prose: Vec<Range<usize>>,
}

/// A heading with its anchor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heading {
    /// Its level: 2 to 4.
    pub level: u8,
    /// Its anchor.
    pub id: String,
}

/// A block, and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Placed {
    /// The bytes between its fences.
    pub span: Range<usize>,
    /// What it says.
    pub fence: Fence,
}

impl Placed {
    /// The block's name.
    pub fn id(&self) -> &str {
        match &self.fence {
            Fence::Block(block) => &block.id,
            Fence::Words { id, .. } => id,
        }
    }
}

/// A number in the text, with what it is a number of: a link with a title.
#[derive(Clone, Debug, PartialEq)]
pub struct Figure {
    /// Where its block is.
    pub link: Link,
    /// The bytes of what is shown.
    pub label: Range<usize>,
    /// What it is.
    pub reading: Reading,
}

/// A link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// The bytes of the whole of it.
    pub span: Range<usize>,
    /// The chapter's file; empty for this one; or a whole address.
    pub file: String,
    /// The anchor; may be empty.
    pub anchor: String,
}

impl Link {
    pub(crate) fn new(span: Range<usize>, target: &str) -> Link {
        let (file, anchor) = match target.split_once('#') {
            Some(parts) if !target.contains("://") => parts,
            _ => (target, ""),
        };
        Link {
            span,
            file: file.to_owned(),
            anchor: anchor.to_owned(),
        }
    }

    /// Whether it leads to a page of the web.
    pub fn is_external(&self) -> bool {
        self.file.starts_with("https://")
    }
}

/// The Markdown that chapters are written in.
pub fn options() -> Options {
    Options::ENABLE_TABLES | Options::ENABLE_HEADING_ATTRIBUTES
}

/// The name of a chapter in links, by that of its file: `gil` of `02-gil.md`.
pub fn slug(file: &str) -> Option<&str> {
    let name = file.strip_suffix(".md")?;
    let (number, slug) = name.split_once('-')?;
    let numbered = number.len() == 2 && number.bytes().all(|b| b.is_ascii_digit());
    (numbered && is_slug(slug)).then_some(slug)
}

/// Reads a chapter.
///
/// # Errors
/// Everything that is wrong with it.
pub fn parse(file: &str, text: &str) -> Result<Chapter, Vec<Problem>> {
    let mut faults = Vec::new();
    let (front, begin) = front::read(text, &mut faults);
    let mut read = Read {
        chapter: Chapter {
            slug: slug(file).unwrap_or_default().to_owned(),
            file: file.to_owned(),
            text: text.to_owned(),
            front,
            begin,
            headings: Vec::new(),
            fences: Vec::new(),
            figures: Vec::new(),
            links: Vec::new(),
            prose: Vec::new(),
        },
        faults,
        open: None,
        code: None,
        link_depth: 0,
    };
    if read.chapter.slug.is_empty() {
        let remedy = "call it `02-name.md`: two digits for its place, and a name";
        read.fault(
            0..0,
            format!("{} is no chapter's name", shown(file)),
            remedy,
        );
    }
    read.markdown(&text[begin..], begin);
    let (chapter, mut faults) = (read.chapter, read.faults);
    for (at, placed) in chapter.fences.iter().enumerate() {
        let before = chapter.fences[..at].iter().map(Placed::id);
        let anchors = chapter.headings.iter().map(|heading| heading.id.as_str());
        if before.chain(anchors).any(|id| id == placed.id()) {
            let message = format!("{} is an anchor already", shown(placed.id()));
            faults.push(fault(
                placed.span.clone(),
                message,
                "give the block another `id`",
            ));
        }
    }
    let problem = |f: Fault| Problem::at(text, &f.span, f.path, f.message, f.remedy);
    match faults.is_empty() {
        true => Ok(chapter),
        false => Err(faults.into_iter().map(problem).collect()),
    }
}

fn fault(span: Range<usize>, message: impl Into<String>, remedy: impl Into<String>) -> Fault {
    Fault {
        span,
        path: String::new(),
        message: message.into(),
        remedy: remedy.into(),
    }
}

struct Read {
    chapter: Chapter,
    faults: Vec<Fault>,
    /// The fence that is open: its text, and where that begins.
    open: Option<(String, Option<usize>)>,
    /// The bytes of a code block of another sort, as far as it goes.
    code: Option<usize>,
    link_depth: u32,
}

impl Read {
    fn fault(&mut self, span: Range<usize>, message: impl Into<String>, remedy: impl Into<String>) {
        self.faults.push(fault(span, message, remedy));
    }

    fn markdown(&mut self, text: &str, begin: usize) {
        for (event, span) in Parser::new_ext(text, options()).into_offset_iter() {
            self.event(event, span.start + begin..span.end + begin);
        }
    }

    fn event(&mut self, event: Event<'_>, span: Range<usize>) {
        match event {
            Event::Start(Tag::Heading { level, id, .. }) => {
                self.heading(level as u8, id.as_deref(), span)
            }
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info)))
                if info.split(' ').next() == Some(FENCE) =>
            {
                self.open = Some((String::new(), None));
            }
            Event::Start(Tag::CodeBlock(_)) => self.code = Some(span.start),
            Event::End(TagEnd::CodeBlock) => match self.open.take() {
                Some((text, begin)) => self.fence(&text, begin.unwrap_or(span.start), span),
                None => self.code = None,
            },
            Event::Start(Tag::Link {
                dest_url, title, ..
            }) => {
                self.link_depth += 1;
                self.link(span, &dest_url, &title);
            }
            Event::End(TagEnd::Link) => self.link_depth -= 1,
            Event::Text(text) => self.text(&text, span),
            Event::Html(_) | Event::InlineHtml(_) => {
                self.fault(
                    span,
                    "HTML in a chapter",
                    "write Markdown: a chapter is shown in many places",
                );
            }
            _ => {}
        }
    }

    fn heading(&mut self, level: u8, id: Option<&str>, span: Range<usize>) {
        if !(2..=4).contains(&level) {
            let message = format!("a heading of level {level}");
            self.fault(
                span.clone(),
                message,
                "begin at `##`: the chapter's title stands above it, and end at `####`",
            );
        }
        let Some(id) = id.filter(|id| is_slug(id)) else {
            let remedy = "end it with `{#name}`: links and translations know it by that";
            return self.fault(span, "a heading without an anchor", remedy);
        };
        if self.chapter.headings.iter().any(|heading| heading.id == id) {
            self.fault(
                span,
                format!("{} is an anchor already", shown(id)),
                "give the heading another",
            );
        }
        let id = id.to_owned();
        self.chapter.headings.push(Heading { level, id });
    }

    fn fence(&mut self, text: &str, begin: usize, whole: Range<usize>) {
        // Inside of a list or a quote the text of a fence has gaps, and no place could be told.
        if self.chapter.text.get(begin..begin + text.len()) != Some(text) {
            let remedy = "put it at the beginning of a line, outside of lists and quotes";
            return self.fault(whole, "a block inside of something", remedy);
        }
        let place = |span: Range<usize>| span.start + begin..span.end + begin;
        let fence = match block::read(text) {
            Ok(fence) => fence,
            Err(faults) => {
                self.faults.extend(faults.into_iter().map(|fault| Fault {
                    span: place(fault.span),
                    ..fault
                }));
                return;
            }
        };
        let words = match &fence {
            Fence::Block(block) => &block.words,
            Fence::Words { words, .. } => words,
        };
        for (_, phrase) in words.all() {
            self.markdown(&phrase.text, place(phrase.span.clone()).start);
        }
        let span = place(0..text.len());
        self.chapter.fences.push(Placed { span, fence });
    }

    fn link(&mut self, span: Range<usize>, target: &str, title: &str) {
        let link = Link::new(span.clone(), target);
        if title.is_empty() || link.is_external() {
            return self.chapter.links.push(link);
        }
        match quantity::reading(title) {
            Ok(reading) => self.chapter.figures.push(Figure {
                link,
                label: span.start..span.start,
                reading,
            }),
            Err((message, remedy)) => self.fault(span, message, remedy),
        }
    }

    fn text(&mut self, text: &str, span: Range<usize>) {
        if let Some((fence, begin)) = &mut self.open {
            begin.get_or_insert(span.start);
            fence.push_str(text);
        } else if self.code.is_some() {
        } else if self.link_depth == 0 {
            self.chapter.prose.push(span);
        } else if let Some(figure) = self.chapter.figures.last_mut()
            && figure.link.span.contains(&span.start)
        {
            let start = match figure.label.is_empty() {
                true => span.start,
                false => figure.label.start,
            };
            figure.label = start..span.end;
        }
    }
}
