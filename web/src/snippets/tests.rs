//! What is copied is what the elements, the frame and the blocks take.

use trilane_lessons::block::{Fence, parse};

use super::*;

const TEXT: &str =
    "trilane = 1\ntitle = \"a & <b>\"\n[tasks.a]\ncount = 2\nsteps = [{ io = \"1ms\" }]\n";

fn wanted(text: &str) -> Wanted {
    Wanted {
        kind: "race".to_owned(),
        title: "A \"title\" & more".to_owned(),
        text: text.to_owned(),
        plans: vec!["sync".to_owned(), "threads(2)".to_owned()],
        knobs: vec!["tasks.a.count".to_owned()],
        guess: Some("sync".to_owned()),
        theme: "dark".to_owned(),
        home: "https://notes.example/t/".to_owned(),
        script: Some(("trilane-1.js".to_owned(), "sha384-x".to_owned())),
        ..Wanted::default()
    }
}

fn of(wanted: &Wanted, name: &str) -> String {
    let all = wanted.snippets();
    let found = all.into_iter().find(|snippet| snippet.name == name);
    found.expect("there is one").text
}

#[test]
fn the_element_carries_its_scenario_as_it_is() {
    let text = of(&wanted(TEXT), "element");
    assert!(text.starts_with(
        "<script type=\"module\" src=\"https://notes.example/t/embed/v1/trilane-1.js\" integrity=\"sha384-x\""
    ));
    assert!(text.contains("<trilane-race plans=\"sync; threads(2)\" knobs=\"tasks.a.count\" guess=\"sync\" theme=\"dark\">"));
    assert!(text.contains(TEXT), "{text}");
    let tricky = of(&wanted("x = \"</SCRIPT>\""), "element");
    assert!(
        tricky.contains("scenario=\"x = &quot;&lt;/SCRIPT&gt;&quot;\""),
        "{tricky}"
    );
    // A page of Markdown, or of reStructuredText, has all of it on one line.
    for host in ["mkdocs", "sphinx"] {
        let text = of(&wanted(TEXT), host);
        let line = text.lines().last().expect("a line").trim_start();
        assert!(
            line.starts_with("<trilane-race ") && line.ends_with("</trilane-race>"),
            "{text}"
        );
        assert!(line.contains("&#10;[tasks.a]&#10;"), "{text}");
    }
}

#[test]
fn a_block_is_read_as_it_was_meant() {
    for text in [TEXT.to_owned(), TEXT.replace("a & <b>", "it's ''' ```` so")] {
        let block = of(&wanted(&text), "block");
        let inner = block.split_once("trilane\n").expect("a fence").1;
        let inner = inner.trim_end().trim_end_matches('`');
        let Fence::Block(read) = parse(inner).expect(&block) else {
            panic!("not whole: {block}");
        };
        assert_eq!(
            read.scenario.as_deref().map(str::trim_end),
            Some(text.trim_end())
        );
        assert_eq!((read.plans, read.guess), (wanted("").plans, Some(0)));
        assert_eq!(read.id, "a-title-more");
    }
    let quiz = Wanted {
        kind: "quiz".to_owned(),
        claim: "It \"is\".".to_owned(),
        why: "It is not.".to_owned(),
        ..wanted(TEXT)
    };
    let block = of(&quiz, "block");
    let inner = block.split_once("trilane\n").expect("a fence").1;
    assert!(
        parse(inner.trim_end().trim_end_matches('`')).is_ok(),
        "{block}"
    );
}

#[test]
fn notebooks_get_the_same_widget() {
    let text = of(&wanted(TEXT), "jupyter");
    assert_eq!(
        text,
        format!(
            "import trilane\n\ntrilane.Race(\n    \"\"\"\n{TEXT}\"\"\",\n    plans=[\"sync\", \"threads(2)\"],\n    \
             knobs=[\"tasks.a.count\"],\n    guess=\"sync\",\n    theme=\"dark\",\n)\n"
        )
    );
    let tricky = of(&wanted("x = \"\"\"\\t\"\"\""), "marimo");
    assert!(
        tricky.contains("    trilane.Race(\n        \"x = \\\"\\\"\\\"\\\\t"),
        "{tricky}"
    );
    assert!(of(&wanted(TEXT), "quarto").starts_with("```{.trilane}\nv = 1\n"));
    let choose = Wanted {
        kind: "choose".to_owned(),
        theme: "auto".to_owned(),
        ..wanted(TEXT)
    };
    assert_eq!(
        of(&choose, "jupyter"),
        "import trilane\n\ntrilane.Choose()\n"
    );
}

/// Each language says of each snippet where it goes, and of nothing else.
#[test]
fn every_sort_of_notes_has_its_words() {
    use trilane_lessons::course::Language;
    for settings in [
        include_str!("../../../content/en/language.toml"),
        include_str!("../../../content/de/language.toml"),
    ] {
        let language = Language::read("", settings, &Default::default());
        let words = language.expect("it is right").labels.embed;
        let mut there: Vec<&str> = words.hosts.keys().map(String::as_str).collect();
        let mut all: Vec<&str> = wanted(TEXT).snippets().iter().map(|one| one.name).collect();
        there.sort_unstable();
        all.sort_unstable();
        assert_eq!(there, all);
        assert!(
            Widget::ALL
                .iter()
                .all(|(name, _)| words.kinds.contains_key(*name))
        );
    }
}

#[test]
fn a_frame_s_address_survives_html_and_queries() {
    let text = of(&wanted(TEXT), "iframe");
    assert!(
        text.contains("#kind=race&amp;plans=sync%3B%20threads%282%29&amp;"),
        "{text}"
    );
    assert!(
        text.contains("title=\"A &quot;title&quot; &amp; more\""),
        "{text}"
    );
    let choose = Wanted {
        kind: "choose".to_owned(),
        ..wanted(TEXT)
    };
    assert!(!of(&choose, "iframe").contains("scenario"));
    assert!(
        choose
            .snippets()
            .iter()
            .all(|snippet| !["block", "quarto"].contains(&snippet.name))
    );
}
