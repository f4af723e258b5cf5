//! Writes Python line by line: indentation, comments that fit the line, calls broken the way
//! formatters break them. A block without a statement gets its `pass` here, so that nobody else has
//! to think of it.

use super::text::{WIDTH, columns, wrap};

/// Python text in the making.
#[derive(Debug, Default)]
pub(super) struct Writer {
    text: String,
    /// For each open block, whether it has a statement.
    blocks: Vec<bool>,
}

impl Writer {
    /// The text so far.
    pub(super) fn finish(self) -> String {
        debug_assert!(self.blocks.is_empty(), "a block was left open");
        self.text
    }

    /// Appends text that is already laid out at the outermost level.
    pub(super) fn paste(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// Writes one statement, or a part of one.
    pub(super) fn line(&mut self, code: impl AsRef<str>) {
        self.raw(code.as_ref());
        if let Some(block) = self.blocks.last_mut() {
            *block = true;
        }
    }

    /// Writes empty lines.
    pub(super) fn blank(&mut self, lines: usize) {
        self.text.extend(std::iter::repeat_n('\n', lines));
    }

    /// Writes a comment, broken to fit.
    pub(super) fn comment(&mut self, text: &str) {
        for line in wrap(text, WIDTH - self.margin() - 2) {
            self.raw(&format!("# {line}"));
        }
    }

    /// Writes a statement with a comment: behind it where that fits, above it otherwise.
    pub(super) fn noted(&mut self, code: impl AsRef<str>, note: &str) {
        let code = code.as_ref();
        let together = format!("{code}  # {note}");
        if self.margin() + columns(&together) <= WIDTH {
            self.line(together);
        } else {
            self.sentence(note);
            self.line(code);
        }
    }

    /// Writes `head(args)tail`, broken over lines where it is too long for one.
    pub(super) fn call(&mut self, head: &str, args: &[String], tail: &str) {
        let fits = |this: &Writer, line: &str| this.margin() + columns(line) <= WIDTH;
        let whole = format!("{head}({}){tail}", args.join(", "));
        if fits(self, &whole) {
            return self.line(whole);
        }
        self.line(format!("{head}("));
        self.blocks.push(true);
        let inner = args.join(", ");
        // A generator that is the only argument takes no comma behind it.
        if fits(self, &inner) || args.len() == 1 {
            self.raw(&inner);
        } else {
            for arg in args {
                self.raw(&format!("{arg},"));
            }
        }
        self.blocks.pop();
        self.line(format!("){tail}"));
    }

    /// Writes `target = [element clause]`, broken in front of the clause's parts where needed.
    pub(super) fn comprehension(&mut self, target: &str, element: &str, clause: &str) {
        let whole = format!("{target} = [{element} {clause}]");
        if self.margin() + columns(&whole) <= WIDTH {
            return self.line(whole);
        }
        self.line(format!("{target} = ["));
        self.blocks.push(true);
        let inner = format!("{element} {clause}");
        if self.margin() + columns(&inner) <= WIDTH {
            self.raw(&inner);
        } else {
            self.raw(element);
            self.raw(clause);
        }
        self.blocks.pop();
        self.line("]");
    }

    /// Writes `target = (items)`, an item a line where one line is too short.
    pub(super) fn tuple(&mut self, target: &str, items: &[String]) {
        let whole = format!("{target} = ({})", items.join(", "));
        if self.margin() + columns(&whole) <= WIDTH {
            return self.line(whole);
        }
        self.open(format!("{target} = ("));
        for item in items {
            self.line(format!("{item},"));
        }
        self.close_bracket(")");
    }

    /// Writes `head(inner(args))`, the inner call on lines of its own where needed.
    pub(super) fn nested_call(&mut self, head: &str, inner: &str, args: &[String]) {
        let whole = format!("{head}({inner}({}))", args.join(", "));
        if self.margin() + columns(&whole) <= WIDTH {
            return self.line(whole);
        }
        self.line(format!("{head}("));
        self.blocks.push(true);
        self.call(inner, args, "");
        self.close_bracket(")");
    }

    /// As [`Writer::call`], with a comment as in [`Writer::noted`].
    pub(super) fn call_noted(&mut self, head: &str, args: &[String], note: &str) {
        let whole = format!("{head}({})  # {note}", args.join(", "));
        if self.margin() + columns(&whole) <= WIDTH {
            self.line(whole);
        } else {
            self.sentence(note);
            self.call(head, args, "");
        }
    }

    /// Opens a block: `head` is written with its colon.
    pub(super) fn open(&mut self, head: impl AsRef<str>) {
        self.line(head);
        self.blocks.push(false);
    }

    /// Opens a block whose head is a call: `def f(a, b) -> None:`.
    pub(super) fn open_call(&mut self, head: &str, args: &[String], tail: &str) {
        self.call(head, args, tail);
        self.blocks.push(false);
    }

    /// Opens a block whose head has been written.
    pub(super) fn indent(&mut self) {
        self.blocks.push(false);
    }

    /// Closes an indented list: `]`.
    pub(super) fn close_bracket(&mut self, bracket: &str) {
        self.blocks.pop();
        self.line(bracket);
    }

    /// Closes the innermost block.
    pub(super) fn close(&mut self) {
        if self.blocks.last() == Some(&false) {
            self.line("pass");
        }
        self.blocks.pop();
    }

    /// Writes a note as a comment of its own, which is a sentence.
    fn sentence(&mut self, note: &str) {
        let mut letters = note.chars();
        let first = letters.next().map(|c| c.to_ascii_uppercase());
        let text: String = first.into_iter().chain(letters).chain(['.']).collect();
        self.comment(&text);
    }

    fn margin(&self) -> usize {
        self.blocks.len() * 4
    }

    fn raw(&mut self, code: &str) {
        self.text.extend(std::iter::repeat_n(' ', self.margin()));
        self.text.push_str(code);
        self.text.push('\n');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_block_gets_its_pass_and_a_long_call_is_broken() {
        let mut py = Writer::default();
        py.open("while True:");
        py.comment("nothing");
        py.close();
        py.call("call", &["a".repeat(40), "b".repeat(40)], "");
        let text = py.finish();
        assert!(
            text.starts_with("while True:\n    # nothing\n    pass\ncall(\n    aaa"),
            "{text}"
        );
        assert!(text.ends_with("b,\n)\n"), "{text}");
    }
}
