//! What one puts into one's notes to have a widget there: a text for each sort of notes.

use std::fmt::Write;

use trilane_lessons::block::Widget;

/// What is to be seen, and where the page is that it is built with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// What it is shown as: its name in a block.
    pub kind: String,
    /// The scenario's title.
    pub title: String,
    /// What the flowchart is called, which has no scenario.
    pub flowchart: String,
    /// The scenario.
    pub text: String,
    /// The plans.
    pub plans: Vec<String>,
    /// Keys of the knobs to show.
    pub knobs: Vec<String>,
    /// The plan that is guessed first.
    pub guess: Option<String>,
    /// Of a quiz: what is often believed, and why it is wrong.
    pub claim: String,
    /// See `claim`.
    pub why: String,
    /// `auto`, `light` or `dark`.
    pub theme: String,
    /// The page's address, with a `/` at its end.
    pub home: String,
    /// The script's file in `embed/v1/`, and the hash that a browser holds it to.
    pub script: Option<(String, String)>,
}

/// A text to copy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snippet {
    /// The sort of notes: its name in the page, and in the languages' words for it.
    pub name: &'static str,
    /// The text.
    pub text: String,
}

/// Version of the format, and the folder that has it.
const FOLDER: &str = "embed/v1/";

impl Wanted {
    /// Whether it has a scenario: all but the flowchart have.
    fn runs(&self) -> bool {
        self.kind != Widget::Choose.name()
    }

    /// Whether it asks whether something is so.
    fn asks(&self) -> bool {
        self.kind == Widget::Quiz.name()
    }

    /// Attributes of the element besides the scenario.
    pub fn attributes(&self) -> Vec<(&'static str, String)> {
        let mut all = Vec::new();
        if self.runs() {
            all.push(("plans", self.plans.join("; ")));
            all.push(("knobs", self.knobs.join(" ")));
            all.push(("guess", self.guess.clone().unwrap_or_default()));
        }
        if self.asks() {
            all.push(("claim", self.claim.clone()));
            all.push(("why", self.why.clone()));
        }
        if self.theme != "auto" {
            all.push(("theme", self.theme.clone()));
        }
        all.retain(|(_, value)| !value.is_empty());
        all
    }

    /// Every snippet, in order.
    pub fn snippets(&self) -> Vec<Snippet> {
        let page = format!("{}\n{}", self.script_tag(), self.element(true));
        let mut all = vec![("element", page), ("iframe", self.iframe())];
        if self.runs() {
            let block = self.block();
            // A language that Quarto does not know it shows as code; a class it hands to its filters.
            let quarto = block.replacen("`trilane\n", "`{.trilane}\n", 1);
            all.extend([("block", block), ("quarto", quarto)]);
        }
        all.extend([
            ("mkdocs", self.mkdocs()),
            ("sphinx", self.sphinx()),
            ("obsidian", self.obsidian()),
            ("jupyter", self.jupyter()),
            ("marimo", self.marimo()),
        ]);
        let snippet = |(name, text)| Snippet { name, text };
        all.into_iter().map(snippet).collect()
    }

    /// The address of the script, whatever its hash.
    fn script(&self) -> String {
        format!("{}{FOLDER}trilane.js", self.home)
    }

    fn mkdocs(&self) -> String {
        format!(
            "# mkdocs.yml\nextra_javascript:\n  - path: {}\n    type: module\n\n<!-- page.md -->\n{}",
            self.script(),
            self.element(false)
        )
    }

    fn sphinx(&self) -> String {
        format!(
            "# conf.py\nhtml_js_files = [({}, {{\"type\": \"module\"}})]\n\n.. page.rst\n.. raw:: html\n\n   {}",
            string(&self.script()),
            self.element(false)
        )
    }

    fn obsidian(&self) -> String {
        let title: String = (self.frame_title().chars())
            .map(|c| if matches!(c, '[' | ']') { ' ' } else { c })
            .collect();
        let mut out = self.iframe();
        if self.runs() {
            let _ = write!(out, "\n[![{title}](race.svg)]({})\n", self.home);
        }
        out
    }

    fn jupyter(&self) -> String {
        format!("import trilane\n\n{}\n", self.widget(""))
    }

    fn marimo(&self) -> String {
        format!(
            "import marimo as mo\nimport trilane\n\nwidget = mo.ui.anywidget(\n    {}\n)\nwidget\n",
            self.widget("    ")
        )
    }

    /// The widget in Python, whose lines after the first begin with `indent`.
    fn widget(&self, indent: &str) -> String {
        let mut class = self.kind.clone();
        class[..1].make_ascii_uppercase();
        let mut lines = Vec::new();
        if self.runs() {
            lines.push(python(&format!("{}\n", self.text.trim_end())));
            let list = |items: &[String]| {
                let all: Vec<String> = items.iter().map(|item| string(item)).collect();
                all.join(", ")
            };
            lines.push(format!("plans=[{}]", list(&self.plans)));
            if !self.knobs.is_empty() {
                lines.push(format!("knobs=[{}]", list(&self.knobs)));
            }
        }
        // What the element has as attributes the widget has under the same names.
        let mut rest = self.attributes();
        rest.retain(|(name, _)| !["plans", "knobs"].contains(name));
        lines.extend(
            rest.iter()
                .map(|(name, value)| format!("{name}={}", string(value))),
        );
        match lines.is_empty() {
            true => format!("trilane.{class}()"),
            false => {
                let before = format!("\n{indent}    ");
                let lines = lines.join(&format!(",{before}"));
                format!("trilane.{class}({before}{lines},\n{indent})")
            }
        }
    }

    fn script_tag(&self) -> String {
        let home = &self.home;
        match &self.script {
            Some((file, hash)) => format!(
                "<script type=\"module\" src=\"{home}{FOLDER}{file}\" integrity=\"{hash}\" crossorigin></script>"
            ),
            None => format!("<script type=\"module\" src=\"{home}{FOLDER}trilane.js\"></script>"),
        }
    }

    /// The element, with its scenario in lines of their own where `open`. Readers of Markdown would end at its
    /// empty lines: for them it is an attribute, and so is a text that would end its script early.
    fn element(&self, open: bool) -> String {
        let tag = format!("trilane-{}", self.kind);
        let mut out = format!("<{tag}");
        for (name, value) in self.attributes() {
            let _ = write!(out, " {name}=\"{}\"", escape(&value));
        }
        let inline =
            open && !self.text.to_lowercase().contains("</script") && !self.text.contains("<!--");
        match (self.runs(), inline) {
            (false, _) => out.push('>'),
            (true, true) => {
                let text = self.text.trim_end();
                let _ = write!(
                    out,
                    ">\n<script type=\"text/trilane\">\n{text}\n</script>\n"
                );
            }
            (true, false) => {
                let _ = write!(out, " scenario=\"{}\">", escape(&self.text));
            }
        }
        let _ = writeln!(out, "</{tag}>");
        out
    }

    fn iframe(&self) -> String {
        let mut query = format!("kind={}", encoded(&self.kind));
        let mut all = self.attributes();
        if self.runs() {
            all.push(("scenario", self.text.clone()));
        }
        for (name, value) in all {
            let _ = write!(query, "&{name}={}", encoded(&value));
        }
        let title = escape(self.frame_title());
        format!(
            "<iframe data-trilane title=\"{title}\" loading=\"lazy\" style=\"width:100%;height:480px;border:0\"\n  \
             src=\"{}{FOLDER}#{}\"></iframe>\n",
            self.home,
            escape(&query)
        )
    }

    /// What a frame is called.
    fn frame_title(&self) -> &str {
        match self.runs() {
            true => &self.title,
            false => &self.flowchart,
        }
    }

    /// The block, as chapters have it.
    fn block(&self) -> String {
        let quoted = |list: &[String]| {
            let all: Vec<String> = list.iter().map(|item| string(item)).collect();
            all.join(", ")
        };
        // A fence has to be longer than any within.
        let fence = "`".repeat(ticks(&self.text).max(2) + 1);
        let mut out = format!(
            "{fence}trilane\nv = 1\nid = \"{}\"\nwidget = \"{}\"\nplans = [{}]\n",
            slug(&self.title),
            self.kind,
            quoted(&self.plans)
        );
        if !self.knobs.is_empty() {
            let _ = writeln!(out, "knobs = [{}]", quoted(&self.knobs));
        }
        if let Some(guess) = &self.guess {
            let _ = writeln!(out, "guess = {}", string(guess));
        }
        let words = match self.asks() {
            true => vec![("claim", &self.claim), ("why", &self.why)],
            false => vec![("caption", &self.title)],
        };
        for (key, words) in words {
            let _ = writeln!(out, "{key} = {}", literal(words));
        }
        let text = self.text.trim_end();
        let scenario = match text.contains("'''") || text.chars().any(is_control) {
            // Escapes would be read within the quotes that need them.
            true => string(&format!("{text}\n")),
            false => format!("'''\n{text}\n'''"),
        };
        let _ = write!(out, "scenario = {scenario}\n{fence}\n");
        out
    }
}

fn is_control(c: char) -> bool {
    c.is_control() && !matches!(c, '\n' | '\t')
}

/// The longest row of backticks.
fn ticks(text: &str) -> usize {
    let rows = text.split(|c| c != '`').map(str::len);
    rows.max().unwrap_or(0)
}

/// A string of TOML.
fn string(text: &str) -> String {
    // What JSON escapes TOML reads alike.
    serde_json::to_string(text).expect("a string is JSON")
}

/// A text as Python has it: in lines of its own, where nothing in it would be read as something else.
fn python(text: &str) -> String {
    match text.contains(['\\', '\r']) || text.contains("\"\"\"") || text.chars().any(is_control) {
        // What JSON escapes Python reads alike.
        true => string(text),
        false => format!("\"\"\"\n{text}\"\"\""),
    }
}

/// Words of a block, in which nothing is escaped, so that their places can be told.
fn literal(text: &str) -> String {
    match (
        text.contains('\''),
        text.contains("'''") || text.ends_with('\''),
    ) {
        (false, _) => format!("'{text}'"),
        (true, false) => format!("'''{text}'''"),
        (true, true) => format!("'{}'", text.replace('\'', "’")),
    }
}

fn escape(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('"', "&quot;");
    let text = text.replace('<', "&lt;").replace('>', "&gt;");
    text.replace('\n', "&#10;")
}

/// A value of a query: everything but letters, digits and marks that need no escape as `%XX`.
fn encoded(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                out.push(char::from(byte));
            }
            other => _ = write!(out, "%{other:02X}"),
        }
    }
    out
}

/// An anchor of a title's letters and digits.
fn slug(title: &str) -> String {
    let lower = title.to_lowercase();
    let words = lower.split(|c: char| !c.is_ascii_alphanumeric());
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).take(6).collect();
    match words.is_empty() {
        true => "a-race".to_owned(),
        false => words.join("-"),
    }
}

#[cfg(test)]
mod tests;
