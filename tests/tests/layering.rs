//! Who may import whom: the table of ARCHITECTURE.md, held against every `use` and path in the code.
//!
//! The table is read from the document itself, so that the two cannot drift apart. Test modules are
//! left out: a test may need a neighbour that the code it tests must not know.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// What each part may import, by the name of its module or crate.
type Table = BTreeMap<String, BTreeSet<String>>;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("tests lie in the workspace")
        .to_owned()
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The import table: rows of ARCHITECTURE.md whose first cell is one name in backticks.
fn table(document: &str) -> Table {
    let names = |cell: &str| -> BTreeSet<String> {
        cell.split('`')
            .skip(1)
            .step_by(2)
            .map(str::to_owned)
            .collect()
    };
    let (_, section) = document
        .split_once("## Who may import whom")
        .expect("has the section");
    let section = section
        .split("\n## ")
        .next()
        .expect("a split has a first part");
    let mut table = Table::new();
    for line in section.lines().filter(|line| line.starts_with("| `")) {
        let cells: Vec<&str> = line.trim_matches('|').split('|').collect();
        for part in names(cells[0]) {
            table.insert(part, names(cells[1]));
        }
    }
    table
}

/// Every `.rs` file under a folder, in order.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let entries = std::fs::read_dir(&folder)
            .unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
        for entry in entries {
            let path = entry.expect("a readable folder").path();
            let name = path
                .file_name()
                .and_then(|name| name.to_str())
                .unwrap_or_default();
            if path.is_dir() && name != "target" && !name.starts_with('.') {
                folders.push(path);
            } else if name.ends_with(".rs") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// Whether a file holds nothing but tests.
fn is_test(path: &Path) -> bool {
    let name = path
        .file_stem()
        .and_then(|name| name.to_str())
        .unwrap_or_default();
    name == "tests" || name.ends_with("_tests") || path.iter().any(|part| part == "tests")
}

/// The code of a source: without comments, without the contents of string literals, and without
/// inline test modules. Good enough for rustfmt's formatting, which every file has.
fn code(source: &str) -> String {
    let mut kept = String::new();
    let mut in_tests = false;
    let mut after_cfg_test = false;
    for line in source.lines() {
        if in_tests {
            in_tests = line != "}";
            continue;
        }
        if after_cfg_test && line.contains("mod ") && line.ends_with('{') {
            in_tests = true;
            after_cfg_test = false;
            continue;
        }
        after_cfg_test = line == "#[cfg(test)]" || (after_cfg_test && line.starts_with("#["));
        let line = line.split("//").next().unwrap_or_default();
        for (i, piece) in line.split('"').enumerate() {
            kept.push_str(if i % 2 == 0 { piece } else { "\"\"" });
        }
        kept.push('\n');
    }
    kept
}

/// The modules that follow each `prefix::` in some code: one name, or those of a group.
fn heads(code: &str, prefix: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let needle = format!("{prefix}::");
    for (at, _) in code.match_indices(&needle) {
        let before = code[..at].chars().next_back();
        if before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == ':') {
            continue;
        }
        let rest = &code[at + needle.len()..];
        match rest.strip_prefix('{') {
            Some(group) => found.extend(group_heads(group)),
            None => found.extend(identifier(rest)),
        }
    }
    found
}

/// The first identifiers of `a::b, c::{d, e}}…` up to the group's end.
fn group_heads(group: &str) -> Vec<String> {
    let mut heads = Vec::new();
    let mut depth = 0;
    let mut at_head = true;
    for (i, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => at_head = true,
            _ if at_head && (c.is_alphabetic() || c == '_') => {
                heads.extend(identifier(&group[i..]));
                at_head = false;
            }
            _ => {}
        }
    }
    heads
}

fn identifier(text: &str) -> Option<String> {
    let end = text
        .find(|c: char| !(c.is_alphanumeric() || c == '_'))
        .unwrap_or(text.len());
    (end > 0).then(|| text[..end].to_owned())
}

/// The modules of its own crate that a file names, by `crate::` or by enough `super::`.
///
/// `module` is the file's own path in the crate: `["model", "gil"]`.
fn own_imports(code: &str, module: &[&str]) -> BTreeSet<String> {
    let supers = vec!["super"; module.len()].join("::");
    let mut found = heads(code, "crate");
    found.extend(heads(code, &supers));
    found.remove("super");
    found
}

/// The path of a file's module: `src/model/gil.rs` is `model`, `gil`.
fn module_path<'p>(file: &'p Path, src: &Path) -> Vec<&'p str> {
    let relative = file.strip_prefix(src).expect("the file lies in src");
    let mut path: Vec<&str> = relative.iter().filter_map(|part| part.to_str()).collect();
    let last = path.pop().unwrap_or_default().trim_end_matches(".rs");
    if !matches!(last, "mod" | "lib" | "main") {
        path.push(last);
    }
    path
}

/// What some code of `part` imports against the table. Names that are no part (types at the root,
/// macros) are not the table's business.
fn violations(table: &Table, part: &str, imports: &BTreeSet<String>) -> Vec<String> {
    let Some(allowed) = table.get(part) else {
        return vec![format!(
            "`{part}` has no row in ARCHITECTURE.md's import table"
        )];
    };
    let bad =
        |name: &&String| *name != part && table.contains_key(*name) && !allowed.contains(*name);
    imports
        .iter()
        .filter(bad)
        .map(|name| format!("`{part}` imports `{name}`"))
        .collect()
}

/// The violations of a whole crate whose modules are parts of the table.
fn core_violations(table: &Table, src: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for file in sources(src).iter().filter(|file| !is_test(file)) {
        let module = module_path(file, src);
        let Some(part) = module.first() else { continue };
        let code = code(&read(file));
        for violation in violations(table, part, &own_imports(&code, &module)) {
            found.push(format!("{}: {violation}", file.display()));
        }
    }
    found
}

#[test]
fn core_imports_only_what_the_table_allows() {
    let table = table(&read(&root().join("ARCHITECTURE.md")));
    let found = core_violations(&table, &root().join("crates/core/src"));
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn crates_upon_core_import_only_what_the_table_allows() {
    let table = table(&read(&root().join("ARCHITECTURE.md")));
    let mut found = Vec::new();
    for part in ["timeline", "lessons"] {
        let src = root().join("crates").join(part).join("src");
        for file in sources(&src).iter().filter(|file| !is_test(file)) {
            let code = code(&read(file));
            assert!(
                !code.contains("web_sys"),
                "{}: {part} knows no browser",
                file.display()
            );
            let imports = heads(&code, "trilane_core");
            found.extend(
                violations(&table, part, &imports)
                    .into_iter()
                    .map(|violation| format!("{}: {violation}", file.display())),
            );
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn every_row_of_the_table_is_a_part_that_exists() {
    let core = root().join("crates/core/src");
    for part in table(&read(&root().join("ARCHITECTURE.md"))).keys() {
        let here = [
            core.join(format!("{part}.rs")),
            core.join(part),
            root().join("crates").join(part),
        ];
        assert!(
            here.iter().any(|path| path.exists()),
            "the table names `{part}`, which is nowhere"
        );
    }
}

#[test]
fn the_engine_knows_nothing_of_python() {
    for file in sources(&root().join("crates/core/src/engine")) {
        let text = read(&file).to_lowercase();
        assert!(
            !text.contains("python"),
            "{} speaks of Python",
            file.display()
        );
    }
}

#[test]
fn pure_crates_are_the_same_on_every_target() {
    for part in ["core", "timeline", "lessons"] {
        let folder = root().join("crates").join(part);
        let manifest = read(&folder.join("Cargo.toml"));
        assert!(
            !manifest.contains("[features]"),
            "{part} has cargo features"
        );
        assert!(
            !manifest.contains("[target."),
            "{part} depends on the target"
        );
        for file in sources(&folder.join("src")) {
            let code = code(&read(&file));
            let banned = ["target_", "feature = ", "cfg(unix", "cfg(windows"];
            for banned in banned {
                assert!(!code.contains(banned), "{} has `{banned}`", file.display());
            }
        }
    }
}

#[test]
fn only_the_pages_edges_touch_the_browser() {
    let src = root().join("web/src");
    for file in sources(&src) {
        let edge = [
            "platform",
            "api.rs",
            "editor.rs",
            "element.rs",
            "worker",
            "timeline",
        ];
        let edge = edge.iter().any(|edge| file.starts_with(src.join(edge)));
        let code = code(&read(&file));
        let touches = code.contains("web_sys") || code.contains("js_sys");
        assert!(edge || !touches, "{} touches the browser", file.display());
    }
}

#[test]
fn a_long_file_says_why_it_is_long() {
    const LIMIT: usize = 500;
    const REASON: &str = "// Over 500 lines: ";
    for folder in ["crates", "native", "tests", "web"] {
        for file in sources(&root().join(folder)) {
            let text = read(&file);
            let lines = text.lines().count();
            let reason = text
                .lines()
                .any(|line| line.starts_with(REASON) && line.len() > REASON.len());
            assert!(
                lines <= LIMIT || reason,
                "{} has {lines} lines: split it, or say why not on a line `{REASON}..`",
                file.display()
            );
        }
    }
}

#[test]
fn nothing_is_switched_off_or_left_undone() {
    // Written apart, so that this file does not find itself.
    let ignore = format!("#[{}", "ignore");
    let allow = format!("#[{}(", "allow");
    let todo = format!("{}DO", "TO");
    for folder in ["crates", "native", "tests", "web"] {
        for file in sources(&root().join(folder)) {
            let text = read(&file);
            let mut above = "";
            for (i, line) in text.lines().enumerate() {
                let place = format!("{}:{}", file.display(), i + 1);
                let trimmed = line.trim_start();
                assert!(!trimmed.starts_with(&ignore), "{place}: an ignored test");
                assert!(!trimmed.contains(&todo), "{place}: something is left to do");
                let reasoned = above.trim_start().starts_with("//") || line.contains("reason =");
                assert!(
                    !trimmed.starts_with(&allow) || reasoned,
                    "{place}: allowed, without a reason"
                );
                above = line;
            }
        }
    }
}

/// The checker catches what it is for.
#[test]
fn planted_violations_are_found() {
    let table = table(
        "## Who may import whom\n\n| part | may import |\n|---|---|\n\
         | `engine` | `units` |\n| `model` | `engine`, `units` |\n| `units` | nothing |\n\n## Next\n",
    );
    let check = |part: &str, module: &[&str], source: &str, expect: &[&str]| {
        let found = violations(&table, part, &own_imports(&code(source), module));
        assert_eq!(found, expect, "{source}");
    };
    let one = &["`engine` imports `model`"][..];
    check("engine", &["engine"], "use crate::units::Time;\n", &[]);
    check("engine", &["engine"], "use crate::model::Gil;\n", one);
    check(
        "engine",
        &["engine"],
        "use crate::{units::{Time, Dur}, model::Gil};\n",
        one,
    );
    check(
        "engine",
        &["engine"],
        "use crate::{\n    model,\n    units::Time,\n};\n",
        one,
    );
    check(
        "engine",
        &["engine"],
        "fn f() { crate::model::run() }\n",
        one,
    );
    check("engine", &["engine"], "use super::model::Gil;\n", one);
    check(
        "engine",
        &["engine", "heap"],
        "use super::super::model::Gil;\n",
        one,
    );
    check("engine", &["engine", "heap"], "use super::model;\n", &[]);
    check(
        "engine",
        &["engine"],
        "// crate::model::run()\nlet s = \"crate::model::run\";\n",
        &[],
    );
    let tests = "#[cfg(test)]\nmod tests {\n    use crate::model::Gil;\n}\n";
    check("engine", &["engine"], tests, &[]);
    check(
        "engine",
        &["engine"],
        &format!("{tests}use crate::model::Gil;\n"),
        one,
    );
    check(
        "cake",
        &["cake"],
        "",
        &["`cake` has no row in ARCHITECTURE.md's import table"],
    );
    assert_eq!(
        heads("use trilane_core::{report::Report, trace};", "trilane_core").len(),
        2
    );
}
