//! A page of its own: one file that needs no network, for a file system or a print. Its script moves the playheads,
//! and without it everything else is there.

use std::fmt::Write;

use pulldown_cmark::{Event, Options, Parser, html};

use crate::escape;
use crate::live::{self, SCRIPT, SCRIPT_HASH};

/// No page is larger, bytes: what does not fit is left out, the least important first.
pub const MOST: usize = 250_000;

/// What is kept free for saying that something is missing, bytes.
const SPARE: usize = 200;

/// What a page allows: its own style sheets and pictures, the one script that is its own, and nothing from anywhere.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; script-src";

const STYLE: &str = "\
:root{color-scheme:light dark}
body{max-width:70rem;margin:0 auto;padding:1rem;font:16px/1.55 system-ui,sans-serif}
svg{max-width:100%;height:auto}
table{border-collapse:collapse;margin:1rem 0}td,th{padding:.3rem .9rem .3rem 0;text-align:left;border-bottom:1px solid #8886;vertical-align:top}.runs td{white-space:nowrap}.runs td:last-child{white-space:normal;min-width:13rem}
pre{overflow-x:auto;padding:.8rem 1rem;border:1px solid #8886;border-radius:8px;font-size:.85rem}
summary{cursor:pointer;font-weight:600;padding:.4rem 0}
figure{margin:1rem 0}
@media print{details::details-content{content-visibility:visible;height:auto}details.listing>summary{display:none}pre{white-space:pre-wrap}figure{break-inside:avoid}}";

/// What stands before and after the text of a page that needs nothing, in this language.
pub(crate) fn around(lang: &str, title: &str) -> (String, String) {
    let before = format!(
        "<!doctype html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY} '{SCRIPT_HASH}'\">\n\
         <title>{}</title>\n<style>\n{STYLE}\n{}\n</style>\n</head>\n<body>\n<main>\n",
        escape(lang),
        escape(title),
        live::STYLE
    );
    let after = format!("</main>\n<script>{SCRIPT}</script>\n</body>\n</html>\n");
    (before, after)
}

/// What stands on a page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// Its title.
    pub title: String,
    /// What it is about, in Markdown.
    pub notes: String,
    /// The picture, as HTML: a figure with a playhead, say, and what it is where that does not fit.
    pub picture: [String; 2],
    /// A table: its head, and its rows.
    pub head: Vec<String>,
    /// The rows, as long as the head.
    pub rows: Vec<Vec<String>>,
    /// What is opened: names, and pictures as SVG, the most important first.
    pub more: Vec<(String, String)>,
    /// A text as it is, and what it is called.
    pub listing: (String, String),
}

/// A page as HTML. Where pictures did not fit, it says how many.
pub fn page(page: &Page) -> String {
    let title = escape(&page.title);
    let (mut out, after) = around("en", &page.title);
    let _ = writeln!(out, "<h1>{title}</h1>");
    let (name, listing) = &page.listing;
    let tail = format!(
        "<details class=\"listing\"><summary>{}</summary><pre tabindex=\"0\">{}</pre></details>\n\
         <p>Simulated by Trilane {}.</p>\n{after}",
        escape(name),
        escape(listing.trim_end()),
        env!("CARGO_PKG_VERSION")
    );
    let notes = markdown(&page.notes);
    let table = table(&page.head, &page.rows);
    let mut left_out = 0;
    let mut room = MOST.saturating_sub(SPARE + out.len() + tail.len() + notes.len() + table.len());
    let [live, still] = &page.picture;
    let picture = if live.len() <= room { live } else { still };
    let mut add = |html: String| {
        let fits = html.len() <= room;
        left_out += usize::from(!fits);
        room -= if fits { html.len() } else { 0 };
        if fits { html } else { String::new() }
    };
    let picture = add(picture.clone());
    let more: Vec<String> = (page.more.iter())
        .map(|(name, svg)| {
            let name = escape(name);
            add(format!(
                "<details><summary>{name}</summary>\n<figure><div class=\"wide\" tabindex=\"0\">\n{svg}</div></figure></details>\n"
            ))
        })
        .collect();
    let missing = match left_out {
        0 => String::new(),
        n => format!(
            "<p>{n} more of its pictures would not fit: <code>trilane export</code> draws each.</p>\n"
        ),
    };
    for part in [&picture, &table, &notes, &more.concat(), &missing, &tail] {
        out.push_str(part);
    }
    out
}

/// A table with a head; nothing where it has no rows.
pub(crate) fn table(head: &[String], rows: &[Vec<String>]) -> String {
    if rows.is_empty() {
        return String::new();
    }
    let cells = |tag: &str, all: &[String]| {
        let cells = all
            .iter()
            .map(|cell| format!("<{tag}>{}</{tag}>", escape(cell)));
        cells.collect::<String>()
    };
    let mut out = format!(
        "<div class=\"wide\" tabindex=\"0\"><table class=\"runs\">\n<thead><tr>{}</tr></thead>\n<tbody>\n",
        cells("th", head)
    );
    for row in rows {
        let _ = writeln!(out, "<tr>{}</tr>", cells("td", row));
    }
    out.push_str("</tbody>\n</table></div>\n");
    out
}

/// Markdown as HTML; HTML in it is shown as the text that it is.
fn markdown(text: &str) -> String {
    let events = Parser::new_ext(text, Options::ENABLE_TABLES).map(|event| match event {
        Event::Html(html) | Event::InlineHtml(html) => Event::Text(html),
        other => other,
    });
    let mut out = String::new();
    html::push_html(&mut out, events);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_needs_nothing_and_nothing_in_it_is_code() {
        let html = page(&Page {
            title: "a <b>".to_owned(),
            notes: "**Look** <script>x</script>".to_owned(),
            picture: ["<svg></svg>\n".to_owned(), String::new()],
            head: vec!["plan".to_owned()],
            rows: vec![vec!["<i>".to_owned()]],
            more: vec![("lanes".to_owned(), "<svg/>".to_owned())],
            listing: ("the scenario".to_owned(), "x = \"</pre>\"\n".to_owned()),
        });
        assert!(!html.contains("would not fit"), "{html}");
        assert_eq!(html.matches("<script").count(), 1, "its own alone: {html}");
        assert!(
            html.contains(SCRIPT_HASH) && !html.contains("http:") && !html.contains("<i>"),
            "{html}"
        );
        assert!(
            html.contains("<strong>Look</strong>") && html.contains("&lt;/pre&gt;"),
            "{html}"
        );
    }

    #[test]
    fn what_does_not_fit_is_left_out_and_counted() {
        let more = |n: usize| ("lanes".to_owned(), "x".repeat(n));
        let html = page(&Page {
            more: vec![more(MOST / 2), more(MOST), more(10)],
            ..Page::default()
        });
        assert!(
            html.len() <= MOST && html.contains("<p>1 more of its pictures"),
            "{}",
            html.len()
        );
    }
}
