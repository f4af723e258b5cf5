//! Putting a program together: what its functions turned out to need goes in front of them.

use crate::plan::Plan;

use super::names::identifier;
use super::program::Program;
use super::text::{self, integer};
use super::writer::Writer;

impl Program<'_> {
    /// Writes the line that says what ran and how long it took.
    pub(super) fn summary(&mut self) {
        self.py.line("elapsed = time.perf_counter() - started");
        let kinds = self.scenario.kinds.iter().zip(&self.kinds);
        let mut parts: Vec<String> = kinds
            .map(|(kind, names)| {
                let name = text::in_fstring(&kind.name);
                format!("{name}: {{{}}} of {}", names.done, kind.count)
            })
            .collect();
        let tail = "done in {elapsed:.3f} s";
        let whole = match parts.len() {
            0 => tail.to_owned(),
            _ => format!("{} {tail}", parts.join(", ")),
        };
        if text::columns(&whole) <= 55 {
            return self.py.line(format!("print(f\"{whole}\")"));
        }
        let last = parts.len() - 1;
        for (index, part) in parts.iter_mut().enumerate() {
            part.push_str(if index == last { " " } else { ", " });
        }
        parts.push(tail.to_owned());
        let lines: Vec<String> = parts.iter().map(|part| format!("f\"{part}\"")).collect();
        self.py.open("print(");
        for line in lines {
            self.py.line(line);
        }
        self.py.close_bracket(")");
    }

    /// The whole program.
    pub(super) fn finish(mut self) -> String {
        let globals = std::mem::take(&mut self.globals).finish();
        let functions = std::mem::take(&mut self.py).finish();
        let mut out = Writer::default();
        self.docstring(&mut out);
        self.import_lines(&mut out);
        if self.seeded {
            out.blank(1);
            out.line(format!("SEED = {}", integer(self.scenario.seed)));
        }
        if !globals.is_empty() {
            out.blank(1);
            out.paste(&globals);
        }
        for helper in &self.helpers {
            out.blank(2);
            out.paste(helper.text());
        }
        out.paste(&functions);
        out.blank(2);
        out.open("if __name__ == \"__main__\":");
        out.line(self.entry);
        out.close();
        out.finish()
    }

    fn docstring(&self, out: &mut Writer) {
        let title = match text::in_docstring(&self.scenario.title) {
            title if title.is_empty() => "Untitled".to_owned(),
            title => title,
        };
        let full_stop = if title.ends_with(['.', '?', '!']) {
            ""
        } else {
            "."
        };
        for line in text::wrap(&format!("\"\"\"{title}{full_stop}"), text::WIDTH) {
            out.line(line);
        }
        out.blank(1);
        for line in text::wrap(
            &format!("The plan is {}: {}.", self.plan, meaning(self.plan)),
            79,
        ) {
            out.line(line);
        }
        let file = self.file_name();
        out.line("Stand-ins for your own calls are marked; the standard library is all it needs.");
        out.blank(1);
        out.line(format!("Run it: {} {file}", self.version.command()));
        out.line("\"\"\"");
    }

    /// A file name that no module of the standard library has: with the family as its tail, so that
    /// `import queue` in a program about queues does not find the program.
    fn file_name(&self) -> String {
        let ascii: String = self.scenario.title.chars().filter(char::is_ascii).collect();
        let stem: String = identifier(&ascii, "work").chars().take(40).collect();
        let family = match self.plan {
            Plan::Sync => "sync",
            Plan::Threads { .. } | Plan::ThreadEach => "threads",
            Plan::Processes { .. } => "processes",
            Plan::Interpreters { .. } => "interpreters",
            Plan::Asyncio { .. } => "asyncio",
        };
        format!("{stem}_{family}.py")
    }

    fn import_lines(&self, out: &mut Writer) {
        if !self.imports.is_empty() {
            out.blank(1);
        }
        for (module, names) in &self.imports {
            if names.contains("") {
                out.line(format!("import {module}"));
            }
        }
        for (module, names) in &self.imports {
            let names: Vec<String> = names
                .iter()
                .filter(|n| !n.is_empty())
                .map(|&n| n.to_owned())
                .collect();
            if !names.is_empty() {
                import_from_line(out, module, &names);
            }
        }
    }
}

fn import_from_line(out: &mut Writer, module: &str, names: &[String]) {
    let line = format!("from {module} import {}", names.join(", "));
    if text::columns(&line) <= text::WIDTH {
        return out.line(line);
    }
    out.open(format!("from {module} import ("));
    for name in names {
        out.line(format!("{name},"));
    }
    out.close_bracket(")");
}

/// What a plan does, for the doc string.
fn meaning(plan: Plan) -> String {
    match plan {
        Plan::Sync => "a plain loop, one task after another".to_owned(),
        Plan::Threads { workers } => format!("{} shared by all tasks", many(workers, "thread")),
        Plan::ThreadEach => "a thread for each task".to_owned(),
        Plan::Processes { pool, .. } => {
            let workers = pool.workers;
            let noun = if workers == 1 { "process" } else { "processes" };
            format!("{workers} worker {noun}")
        }
        Plan::Interpreters { workers } => {
            format!("{} in one process", many(workers, "interpreter"))
        }
        Plan::Asyncio {
            limit,
            threads,
            processes,
        } => {
            let mut text = "one event loop runs all tasks".to_owned();
            if let Some(limit) = limit {
                text.push_str(&format!(", {limit} at a time"));
            }
            match (threads.is_some(), processes.is_some()) {
                (false, false) => {}
                (true, false) => text.push_str("; blocking and native calls go to threads"),
                (false, true) => text.push_str("; what would block it goes to processes"),
                (true, true) => {
                    text.push_str("; blocking calls go to threads, computing to processes");
                }
            }
            text
        }
    }
}

fn many(count: u32, noun: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{plural}")
}
