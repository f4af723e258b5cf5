//! The Quarto extension (examples/notes/quarto) in plain pandoc, which Quarto stands on; its page is looked at in a browser
//! with the other notes.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn root() -> &'static Path {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent();
    root.expect("the workspace")
}

/// The folder of the binary.
fn programs() -> PathBuf {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    let built = cargo
        .current_dir(root())
        .args(["build", "--quiet", "--locked", "--package", "trilane"])
        .status();
    assert!(built.is_ok_and(|status| status.success()), "no binary");
    root().join("target/debug")
}

/// A document by pandoc, with the extension's filter.
fn made(text: &str, to: &str, path: &Path) -> (Output, Vec<u8>) {
    let folder = tempfile::tempdir().expect("a folder");
    let (from, out) = (folder.path().join("n.qmd"), folder.path().join("out"));
    std::fs::write(&from, text).expect("written");
    let filter = root().join("examples/notes/quarto/_extensions/trilane/trilane.lua");
    let mut all = vec![path.to_owned()];
    all.extend(std::env::split_paths(
        &std::env::var_os("PATH").unwrap_or_default(),
    ));
    let mut pandoc = Command::new("pandoc");
    pandoc.env("PATH", std::env::join_paths(all).expect("a path"));
    pandoc.current_dir(folder.path());
    pandoc.args(["n.qmd", "--from=markdown", "--to", to, "--output=out"]);
    let done = pandoc.arg("--lua-filter").arg(filter).output();
    let done = done.expect("pandoc runs: `cargo xtask tools pandoc` installs it");
    (done, std::fs::read(out).unwrap_or_default())
}

fn document(head: &str, blocks: &[&str]) -> String {
    let fences: Vec<String> = (blocks.iter())
        .map(|block| format!("```{{.trilane}}\n{block}\n```\n\nafter\n\n"))
        .collect();
    format!("---\ntitle: N\n{head}---\n\n# One\n\n{}", fences.concat())
}

const GOOD: &str = "v = 1\nid = \"a\"\nwidget = \"race\"\nexample = \"cpu-bound\"\nplans = [\"sync\", \"threads(8)\"]\ncaption = 'It is \"so\"'";

#[test]
fn a_block_is_an_element_where_there_are_scripts_and_a_picture_elsewhere() {
    let head = "lang: de-AT\ntrilane:\n  page: ../t\n";
    let (done, html) = made(&document(head, &[GOOD]), "html", &programs());
    let html = String::from_utf8(html).expect("text");
    let told = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{told}");
    assert!(
        html.contains("<trilane-race v=\"1\" id=\"a\" lang=\"de\""),
        "{html}"
    );
    assert!(html.contains("<svg ") && html.contains("<p>after</p>"));
    assert!(html.contains("src=\"../t/embed/v1/trilane.js\""), "{html}");
    let (done, latex) = made(&document("", &[GOOD]), "latex", &programs());
    let latex = String::from_utf8(latex).expect("text");
    assert!(done.status.success());
    assert!(latex.contains("{trilane-a.png}"), "{latex}");
    assert!(
        !latex.contains("trilane.js") && latex.contains("It is"),
        "{latex}"
    );
    let (done, docx) = made(&document("", &[GOOD]), "docx", &programs());
    assert!(done.status.success());
    let has = |bytes: &[u8]| docx.windows(bytes.len()).any(|window| window == bytes);
    assert!(has(b"word/media/") && has(b".png"));
}

#[test]
fn what_is_wrong_stands_in_its_place_and_a_strict_document_ends() {
    let broken = GOOD.replace("\"race\"", "\"racer\"");
    let blocks = [GOOD, &broken, GOOD];
    let (done, html) = made(&document("", &blocks), "html", &programs());
    let (told, html) = (
        String::from_utf8_lossy(&done.stderr),
        String::from_utf8(html).expect("text"),
    );
    assert!(done.status.success(), "{told}");
    let line = 1 + document("", &blocks)
        .lines()
        .position(|line| line.contains("racer"))
        .expect("it is there");
    for said in [&*told, &html] {
        assert!(
            said.contains(&format!("n.qmd:{line}:10: unknown widget")),
            "{said}"
        );
        assert!(
            said.contains("`a` is another block's name already"),
            "{said}"
        );
    }
    assert_eq!(html.matches("<trilane-race").count(), 1);
    assert_eq!(html.matches("<p>after</p>").count(), 3);
    let (done, latex) = made(&document("", &[&broken]), "latex", &programs());
    assert!(done.status.success());
    assert!(String::from_utf8_lossy(&latex).contains("unknown widget"));
    let strict = document("trilane:\n  strict: true\n", &[&broken]);
    let (done, _) = made(&strict, "html", &programs());
    let told = String::from_utf8_lossy(&done.stderr);
    assert!(!done.status.success());
    assert!(told.contains("1 of the document's blocks"), "{told}");
}

#[test]
fn a_program_that_is_not_there_is_told_with_the_remedy() {
    let head = "trilane:\n  program: no-such-program\n";
    let (done, _) = made(&document(head, &[GOOD]), "html", &programs());
    let told = String::from_utf8_lossy(&done.stderr);
    assert!(!done.status.success());
    assert!(
        told.contains("`no-such-program` cannot be run") && told.contains("pip install trilane"),
        "{told}"
    );
}
