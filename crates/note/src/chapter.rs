//! A chapter of the course as a page of its own.
//!
//! Pictures share one style sheet, and are drawn as finely as there is room for: the whole chapter is tried in
//! coarser and coarser grains, until it fits.

use std::fmt::{self, Write};

use trilane_core::race::RaceError;
use trilane_core::trace::Trace;
use trilane_core::units::Dur;
use trilane_lessons::block::Widget as Kind;
use trilane_lessons::page::{Book, Node, Page, Target, Widget};
use trilane_timeline::kitchen::Kitchen;
use trilane_timeline::svg::{self, Axis, Ground, Options};
use trilane_timeline::words::Say;

use crate::escape;
use crate::live::{Live, Words};
use crate::page::{MOST, around, table};
use crate::ran::Ran;

/// Width of a picture, px: what a text has on a desk.
const WIDTH_PX: u32 = 720;
/// The element that has the pictures' style sheet.
const SHEET: &str = "chapter";
/// How finely a chapter is drawn: px of a column, lanes in a group, moments of a playhead. The finest comes first.
const GRAINS: [(u32, u32, usize); 7] = [
    (1, 8, 101),
    (2, 8, 81),
    (2, 6, 61),
    (3, 4, 61),
    (4, 4, 41),
    (6, 3, 31),
    (12, 2, 21),
];

const STYLE: &str = "\
main{max-width:46rem;margin:0 auto}
.summary{font-size:1.1rem;opacity:.8}
.figure{font-variant-numeric:tabular-nums;font-weight:600;color:inherit;text-decoration-style:dotted}
.block{margin:1.4rem 0;padding:.9rem 1rem;border:1px solid #8886;border-radius:10px}
.block>*:first-child{margin-top:0}.claim{font-size:1.05rem;font-weight:600}.caption{opacity:.8;font-size:.92rem}
blockquote{margin:1rem 0;padding-left:1rem;border-left:3px solid #8886}
.block table{font-size:.9rem;width:100%}code{font-family:ui-monospace,monospace;font-size:.92em}
.chart{list-style:none;padding-left:1rem;border-left:2px solid #8886}.chart li{margin:.3rem 0}
@media(max-width:30rem){.block{padding:.6rem}}";

/// A chapter is too large for a page of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooLarge {
    /// How large it is where it is drawn as coarsely as can be, bytes.
    pub bytes: usize,
}

impl fmt::Display for TooLarge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { bytes } = self;
        write!(
            f,
            "the chapter takes {bytes} bytes, and a page of its own may have {MOST}: give it fewer blocks or fewer plans"
        )
    }
}

/// A chapter as HTML, in its book's language.
///
/// # Errors
/// A block cannot be run.
pub fn chapter(book: &Book, page: &Page) -> Result<Result<String, TooLarge>, RaceError> {
    let mut races = Vec::new();
    run(&page.nodes, &mut races)?;
    let mut html = String::new();
    for (grain_px, most_rows, moments) in GRAINS {
        let print = Print {
            book,
            page,
            races: &races,
            grain_px,
            most_rows,
            moments,
        };
        html = print.html();
        if html.len() <= MOST {
            return Ok(Ok(html));
        }
    }
    Ok(Err(TooLarge { bytes: html.len() }))
}

/// Every block's race, by the block's name.
fn run(nodes: &[Node], races: &mut Vec<(String, Ran)>) -> Result<(), RaceError> {
    for node in nodes {
        match node {
            Node::Widget(widget) => {
                if let Some(text) = &widget.scenario {
                    races.push((widget.id.clone(), Ran::new(text, &widget.plans)?));
                }
            }
            Node::Element(_, _, inside) => run(inside, races)?,
            _ => {}
        }
    }
    Ok(())
}

/// A chapter, drawn in one grain.
struct Print<'a> {
    book: &'a Book,
    page: &'a Page,
    races: &'a [(String, Ran)],
    grain_px: u32,
    most_rows: u32,
    moments: usize,
}

impl Print<'_> {
    fn html(&self) -> String {
        let (before, after) = around(&self.book.code, &self.page.title);
        let made = self
            .book
            .labels
            .page
            .made
            .replace("{0}", env!("CARGO_PKG_VERSION"));
        let mut out = before;
        let _ = writeln!(
            out,
            "<style>\n{STYLE}\n</style>\n<div id=\"{SHEET}\">\n{}<h1>{}</h1>\n<p class=\"summary\">{}</p>",
            svg::sheet(Ground::Auto, SHEET),
            escape(&self.page.title),
            escape(&self.page.summary)
        );
        self.nodes(&self.page.nodes, &mut out);
        let _ = write!(
            out,
            "\n</div>\n<p class=\"caption\">{}</p>\n{after}",
            escape(&made)
        );
        out
    }

    fn nodes(&self, nodes: &[Node], out: &mut String) {
        nodes.iter().for_each(|node| self.node(node, out));
    }

    fn inline(&self, nodes: &[Node]) -> String {
        let mut out = String::new();
        self.nodes(nodes, &mut out);
        out
    }

    fn node(&self, node: &Node, out: &mut String) {
        match node {
            Node::Text(text) => out.push_str(&escape(text)),
            Node::Code(text) => {
                let _ = write!(out, "<code>{}</code>", escape(text));
            }
            Node::Listing(_, text) => {
                let _ = writeln!(out, "<pre tabindex=\"0\">{}</pre>", escape(text.trim_end()));
            }
            Node::Element(name, _, inside) if inside.is_empty() => {
                let _ = match name.as_str() {
                    "br" | "hr" => writeln!(out, "<{name}>"),
                    _ => write!(out, "<{name}></{name}>"),
                };
            }
            Node::Element(name, id, inside) => {
                let id = id.as_ref().map(|id| format!(" id=\"{}\"", escape(id)));
                let inside = self.inline(inside);
                let _ = match name.as_str() {
                    "table" => writeln!(
                        out,
                        "<div class=\"wide\" tabindex=\"0\"><table>{inside}</table></div>"
                    ),
                    _ => write!(out, "<{name}{}>{inside}</{name}>", id.unwrap_or_default()),
                };
                if matches!(
                    name.as_str(),
                    "p" | "h2" | "h3" | "h4" | "ul" | "ol" | "li" | "tr"
                ) {
                    out.push('\n');
                }
            }
            Node::Link(Target::Web(to), inside) => {
                let inside = self.inline(inside);
                let _ = write!(out, "<a href=\"{}\">{inside}</a>", escape(to));
            }
            Node::Link(target, inside) => self.within(target, None, inside, out),
            Node::Figure(target, means, inside) => self.within(target, Some(means), inside, out),
            Node::Widget(widget) => self.block(widget, out),
        }
    }

    /// A link to a chapter: another one is not in the file, so what is shown of it stands alone.
    fn within(&self, target: &Target, means: Option<&str>, inside: &[Node], out: &mut String) {
        let inside = self.inline(inside);
        let attributes =
            means.map(|means| format!(" class=\"figure\" title=\"{}\"", escape(means)));
        let attributes = attributes.unwrap_or_default();
        let _ = match target {
            Target::Chapter(chapter, anchor) if *chapter == self.page.slug => {
                write!(
                    out,
                    "<a href=\"#{}\"{attributes}>{inside}</a>",
                    escape(anchor)
                )
            }
            _ => write!(out, "<span{attributes}>{inside}</span>"),
        };
    }

    fn block(&self, widget: &Widget, out: &mut String) {
        let _ = writeln!(
            out,
            "<section class=\"block\" id=\"{}\">",
            escape(&widget.id)
        );
        let labels = &self.book.labels;
        let line = |class: &str, nodes: &[Node], out: &mut String| {
            if !nodes.is_empty() {
                let _ = writeln!(out, "<p class=\"{class}\">{}</p>", self.inline(nodes));
            }
        };
        if widget.kind == Kind::Quiz {
            let _ = writeln!(out, "<p class=\"caption\">{}</p>", escape(&labels.believe));
        }
        line("claim", &widget.claim, out);
        line("question", &widget.question, out);
        // What is to be guessed is not told before somebody asks.
        let hidden = widget.guess.is_some();
        if hidden {
            let _ = writeln!(
                out,
                "<details><summary>{}</summary>",
                escape(self.answer(widget).as_deref().unwrap_or(&labels.answer))
            );
        }
        line("why", &widget.why, out);
        if widget.kind == Kind::Choose {
            self.chart(out);
        }
        if let Some((_, ran)) = self.races.iter().find(|(id, _)| *id == widget.id) {
            self.pictures(widget, ran, out);
            self.figures(widget, ran, out);
        }
        if hidden {
            out.push_str("</details>\n");
        }
        line("caption", &widget.caption, out);
        if let Some(text) = &widget.scenario {
            let _ = writeln!(
                out,
                "<details class=\"listing\"><summary>{}</summary><pre tabindex=\"0\">{}</pre></details>",
                escape(&labels.page.scenario),
                escape(text.trim())
            );
        }
        out.push_str("</section>\n");
    }

    /// What stands above a hidden answer: whose run time it is.
    fn answer(&self, widget: &Widget) -> Option<String> {
        let plan = widget.plans.get(widget.guess?)?;
        Some(format!("{}: {plan}", self.book.labels.guess_first))
    }

    /// The flowchart in words, as it is drawn elsewhere.
    fn chart(&self, out: &mut String) {
        let words = &self.book.labels.choose;
        let [cpu, io, library] = [&words.cpu, &words.io, &words.library].map(|text| escape(text));
        let [yes, no] = [&words.yes, &words.no].map(|text| escape(text));
        let ends = [
            &words.processes,
            &words.asyncio,
            &words.threads,
            &words.sync,
        ];
        let [processes, asyncio, threads, sync] = ends.map(|text| escape(text));
        let _ = writeln!(
            out,
            "<ul class=\"chart\"><li><b>{cpu}</b><ul class=\"chart\"><li>{yes}: {processes}</li><li>{no}: <b>{io}</b>\
             <ul class=\"chart\"><li>{yes}: <b>{library}</b><ul class=\"chart\"><li>{yes}: {asyncio}</li>\
             <li>{no}: {threads}</li></ul></li><li>{no}: {sync}</li></ul></li></ul></li></ul>"
        );
    }

    /// The block's pictures, those with a time axis under a playhead.
    fn pictures(&self, widget: &Widget, ran: &Ran, out: &mut String) {
        let say = |text: &str| self.book.say(text);
        let say = Say::by(&say);
        let ids: Vec<String> = (0..=ran.traces.len())
            .map(|n| format!("{}-picture-{n}", widget.id))
            .collect();
        let options = |n: usize| Options {
            width_px: WIDTH_PX,
            most_rows: self.most_rows,
            id: &ids[n],
            grain_px: self.grain_px,
            sheet: Some(SHEET),
            say,
            ..Options::default()
        };
        let traces = (1..).zip(&ran.traces);
        if widget.kind == Kind::Timeline {
            let ends = ran.race.runs.iter().map(|run| run.makespan_ns);
            let window_ns = Some((0, ends.take(ran.traces.len()).max().unwrap_or(1)));
            for (n, trace) in traces {
                let options = Options {
                    window_ns,
                    ..options(n)
                };
                let axis = svg::timeline_axis(trace, &options);
                let picture = svg::timeline(trace, &options);
                self.live(widget, &[(n - 1, trace)], &axis, say, &picture, out);
            }
            return;
        }
        if widget.kind == Kind::Kitchen {
            for (n, trace) in traces {
                let kitchen = Kitchen::new(trace);
                let at = kitchen.telling(widget.at_ns);
                let picture = svg::kitchen(&kitchen, at, &options(n));
                let _ = writeln!(
                    out,
                    "<figure>\n<div class=\"wide\" tabindex=\"0\">\n{picture}</div>\n</figure>"
                );
            }
        }
        let captions = ran.speedups();
        let runs: Vec<(&Trace, &str)> = (ran.traces.iter())
            .zip(captions.iter().map(String::as_str))
            .collect();
        let all: Vec<(usize, &Trace)> = ran.traces.iter().enumerate().collect();
        let options = options(0);
        let axis = svg::axis(&runs, &options);
        let picture = svg::race(&runs, &options);
        self.live(widget, &all, &axis, say, &picture, out);
    }

    fn live(
        &self,
        widget: &Widget,
        traces: &[(usize, &Trace)],
        axis: &Axis,
        say: Say<'_>,
        picture: &str,
        out: &mut String,
    ) {
        let labels = &self.book.labels;
        let runs: Vec<(&Trace, String, Option<Dur>)> = (traces.iter())
            .map(|&(n, trace)| (trace, written(widget, n, trace), None))
            .collect();
        let live = Live {
            runs: &runs,
            axis,
            moments: self.moments,
            at_ns: widget.at_ns.unwrap_or(axis.end_ns / 2),
            words: &Words {
                play: labels.play.clone(),
                pause: labels.pause.clone(),
                playhead: labels.playhead.clone(),
                done: labels.page.done.clone(),
                decimal: self.book.decimal,
            },
            say,
        };
        out.push_str(&live.figure(picture));
    }

    /// How long each plan takes, and what held it back.
    fn figures(&self, widget: &Widget, ran: &Ran, out: &mut String) {
        let words = &self.book.labels.choose.outcome;
        let head = [&words.plan, &words.simulation, &words.held];
        let row = |(at, held): (usize, &String)| {
            let run = &ran.race.runs[at];
            let time = match run.outcome {
                "completed" => Dur::from_nanos(run.makespan_ns).to_string(),
                other => other.to_owned(),
            };
            let plan = written(widget, at, &ran.traces[at]);
            vec![plan, self.book.say(&time), self.book.say(held)]
        };
        let rows: Vec<Vec<String>> = ran.held.iter().enumerate().map(row).collect();
        let table = table(&head.map(String::clone), &rows);
        out.push_str(&table);
    }
}

/// A plan as the block writes it, which tells apart what differs in its Python alone.
fn written(widget: &Widget, at: usize, trace: &Trace) -> String {
    widget.plans.get(at).unwrap_or(&trace.plan).clone()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use trilane_lessons::course::Language;
    use trilane_lessons::page::book;

    use super::*;

    const SETTINGS: &str = include_str!("../../../content/en/language.toml");

    fn written(text: &str) -> String {
        let text = format!("---\ntitle: A <b>\nsummary: About.\n---\n\n{text}");
        let files = BTreeMap::from([("01-a.md".to_owned(), text)]);
        let language = Language::read("en", SETTINGS, &files).expect("it is right");
        let book = book(&language, &language);
        let html = chapter(&book, &book.chapters[0]).expect("it runs");
        html.expect("it fits")
    }

    #[test]
    fn a_chapter_has_its_words_its_pictures_and_its_answers() {
        let html = written(
            "## One {#one}\n\nThey *take* [320 ms](#q \"threads(4)\"), see [it](#one).\n\n| a | b |\n|---|---|\n| c | d |\n\n\
             ```trilane\nv = 1\nid = \"q\"\nwidget = \"quiz\"\nexample = \"one-at-a-time\"\nplans = [\"sync\", \"threads(4)\"]\n\
             guess = \"threads(4)\"\nclaim = \"Threads & cores\"\nquestion = \"How long?\"\nwhy = \"The GIL.\"\ncaption = \"Turns\"\n```\n",
        );
        assert!(html.len() <= MOST, "{}", html.len());
        for part in [
            "<html lang=\"en\">",
            "<h1>A &lt;b&gt;</h1>",
            "<h2 id=\"one\">One</h2>",
            "<em>take</em>",
            "<a href=\"#q\" class=\"figure\" title=\"threads(4)\">320\u{a0}ms</a>",
            "<a href=\"#one\">it</a>",
            "<th>a</th>",
            "Threads &amp; cores",
            "<summary>Guess first: threads(4)</summary>\n<p class=\"why\">The GIL.</p>",
            "<figure class=\"live\">",
            "one thread runs Python at a time",
        ] {
            assert!(html.contains(part), "{part}: {html}");
        }
        assert_eq!(
            html.matches("prefers-color-scheme:dark").count(),
            2,
            "one sheet for all"
        );
    }
}
