//! A book as mdBook hands it over, and what becomes of its chapters.

use anyhow::{Context, Result, bail};
use serde_json::Value;
use trilane_note::{element, escape, fenced, problems};

/// What book.toml says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Settings {
    /// Where the built page is: below the book, or an address.
    page: String,
    /// Whether a broken block ends the build.
    pub(crate) strict: bool,
    /// The book's language.
    lang: String,
}

impl Settings {
    /// Reads what mdBook says: its context, and the book.
    pub(crate) fn read(text: &str) -> Result<(Settings, Value)> {
        let mut said: Vec<Value> = serde_json::from_str(text)
            .context("what stands on the input is no book of mdBook's")?;
        let (Some(book), Some(context)) = (said.pop(), said.pop()) else {
            bail!("what stands on the input is no book of mdBook's: it has a context and a book");
        };
        let config = &context["config"];
        let own = &config["preprocessor"]["trilane"];
        let page = own["page"].as_str().unwrap_or("trilane/");
        Ok((
            Settings {
                page: format!("{}/", page.trim_end_matches('/')),
                strict: own["strict"].as_bool().unwrap_or(false),
                lang: config["book"]["language"]
                    .as_str()
                    .unwrap_or("en")
                    .to_owned(),
            },
            book,
        ))
    }

    /// The script for a chapter in so many folders.
    fn script(&self, folders: usize) -> String {
        let up = match self.page.contains("://") || self.page.starts_with('/') {
            true => String::new(),
            false => "../".repeat(folders),
        };
        let url = escape(&format!("{up}{}embed/v1/trilane.js", self.page));
        format!("<script type=\"module\" src=\"{url}\"></script>")
    }
}

/// Puts elements in place of the blocks, and gives what is wrong with those that are broken.
pub(crate) fn play(book: &mut Value, settings: &Settings) -> Vec<String> {
    let mut broken = Vec::new();
    // mdBook 0.5 says `items`, 0.4 `sections`.
    for key in ["items", "sections"] {
        items(book.get_mut(key), settings, &mut broken);
    }
    broken
}

fn items(items: Option<&mut Value>, settings: &Settings, broken: &mut Vec<String>) {
    let items = items.and_then(Value::as_array_mut);
    for item in items.into_iter().flatten() {
        // What is no chapter is a line between them, or a heading above them.
        if let Some(chapter) = item.get_mut("Chapter") {
            let file = chapter["source_path"].as_str().or(chapter["path"].as_str());
            let file = file.unwrap_or("a draft").to_owned();
            let folders = chapter["path"].as_str().unwrap_or("").matches('/').count();
            if let Some(text) = chapter["content"].as_str() {
                chapter["content"] = played(text, &file, folders, settings, broken).into();
            }
            self::items(chapter.get_mut("sub_items"), settings, broken);
        }
    }
}

/// A chapter with its blocks played.
fn played(
    text: &str,
    file: &str,
    folders: usize,
    settings: &Settings,
    broken: &mut Vec<String>,
) -> String {
    let all = fenced(text);
    if all.is_empty() {
        return text.to_owned();
    }
    let (mut out, mut from) = (String::new(), 0);
    for fence in all {
        out.push_str(&text[from..fence.span.start]);
        from = fence.span.end;
        let html = match &fence.block {
            Ok(block) => element(block, &settings.lang).unwrap_or_else(|error| {
                broken.push(format!("{file}: `{}`: {error}", block.id));
                format!("<pre role=\"alert\">{}</pre>", escape(&error.to_string()))
            }),
            Err(found) => {
                broken.extend(found.iter().map(|problem| problem.render(file)));
                problems(file, found)
            }
        };
        // Between empty lines it is a block of its own.
        out.push_str(&format!("\n\n{html}\n\n"));
    }
    out.push_str(&text[from..]);
    format!("{}\n\n{}\n", out.trim_end(), settings.script(folders))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(list: &str, more: &str) -> String {
        let content = "# One\n\n```trilane\nv = 1\nid = \"a\"\nwidget = \"race\"\nexample = \"cpu-bound\"\nplans = [\"sync\"]\ncaption = \"c\"\n```\n\nafter\n\n```trilane\nv = 1\nid = \"b\"\nwidget = \"racer\"\n```\n";
        let chapter = serde_json::json!({ "Chapter": { "name": "One", "content": content, "path": "in/one.md",
            "sub_items": [{ "Chapter": { "name": "Two", "content": "plain", "path": "two.md", "sub_items": [] } }, "Separator"] } });
        let book = serde_json::json!({ list: [chapter] });
        format!("[{{\"config\":{{\"book\":{{\"language\":\"de\"}}{more}}}}},{book}]")
    }

    #[test]
    fn blocks_are_played_and_broken_ones_told_in_both_forms_of_a_book() {
        for list in ["items", "sections"] {
            let (settings, mut book) = Settings::read(&said(list, "")).expect("a book");
            let broken = play(&mut book, &settings);
            assert!(
                broken.len() == 1 && broken[0].contains("in/one.md:17:10"),
                "{broken:?}"
            );
            let chapter = &book[list][0]["Chapter"];
            let text = chapter["content"].as_str().expect("text");
            assert!(
                text.contains("<trilane-race v=\"1\" id=\"a\" lang=\"de\" plans=\"sync\""),
                "{text}"
            );
            assert!(
                text.contains("\n\nafter\n") && text.contains("in/one.md:17:10"),
                "{text}"
            );
            assert!(text.ends_with(
                "<script type=\"module\" src=\"../trilane/embed/v1/trilane.js\"></script>\n"
            ));
            assert_eq!(chapter["sub_items"][0]["Chapter"]["content"], "plain");
            assert!(book.get("other").is_none());
        }
    }

    #[test]
    fn the_page_may_be_anywhere() {
        let more = ",\"preprocessor\":{\"trilane\":{\"page\":\"https://notes.example/t\",\"strict\":true}}";
        let (settings, _) = Settings::read(&said("items", more)).expect("a book");
        assert!(settings.strict);
        assert!(
            settings
                .script(3)
                .contains("\"https://notes.example/t/embed/v1/trilane.js\"")
        );
        assert!(Settings::read("[]").is_err() && Settings::read("x").is_err());
    }
}
