//! The course: every block runs, every claim holds, every number is what comes out, every link leads
//! somewhere, nothing of the notes is left out, and all languages say the same.

mod words;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use trilane_core::{examples, race, story};
use trilane_lessons::block::{Fence, Widget};
use trilane_lessons::chapter;
use trilane_lessons::course::{Language, Notes, Trouble};
use trilane_lessons::proof::Proof;
use trilane_lessons::quantity::{self, Unit};

/// The language that the course is written in.
const SOURCE: &str = "en";

static COURSE: LazyLock<Vec<Language>> = LazyLock::new(|| {
    let mut languages = Vec::new();
    for folder in entries(&content()) {
        if folder.join("language.toml").exists() {
            languages.push(language(&folder));
        }
    }
    languages
});

fn content() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../content")
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("a folder");
    let mut paths: Vec<PathBuf> = entries
        .map(|entry| entry.expect("a readable folder").path())
        .collect();
    paths.sort();
    paths
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn name(path: &Path) -> String {
    let name = path.file_name().expect("a file's name");
    name.to_string_lossy().into_owned()
}

fn language(folder: &Path) -> Language {
    let chapters = entries(folder).into_iter();
    let chapters = chapters.filter(|path| path.extension().is_some_and(|ending| ending == "md"));
    let files = chapters.map(|path| (name(&path), read(&path))).collect();
    let settings = read(&folder.join("language.toml"));
    Language::read(&name(folder), &settings, &files)
        .unwrap_or_else(|troubles| panic!("{}", all(&troubles)))
}

fn source() -> &'static Language {
    let found = COURSE.iter().find(|language| language.code == SOURCE);
    found.expect("the course's own language")
}

fn all(troubles: &[Trouble]) -> String {
    let rendered: Vec<String> = troubles.iter().map(Trouble::render).collect();
    rendered.join("\n\n")
}

#[track_caller]
fn none(troubles: &[Trouble]) {
    assert!(troubles.is_empty(), "{}", all(troubles));
}

#[test]
fn every_block_runs_and_every_claim_holds() {
    none(&Proof::new(source()).claims());
}

#[test]
fn every_number_is_what_comes_out() {
    let proof = Proof::new(source());
    for language in COURSE.iter() {
        none(&proof.figures(language));
    }
}

#[test]
fn every_link_leads_somewhere() {
    for language in COURSE.iter() {
        none(&language.links());
    }
}

#[test]
fn all_languages_have_the_same_chapters_blocks_and_claims() {
    let codes: Vec<&str> = COURSE
        .iter()
        .map(|language| language.code.as_str())
        .collect();
    assert_eq!(codes, ["de", "en"]);
    for language in COURSE.iter().filter(|language| language.code != SOURCE) {
        none(&language.against(source()));
    }
}

/// The headings of the course notes. Whoever shortens notes.toml meets this list.
const PARTS: [(&str, usize); 13] = [
    ("Core concepts", 4),
    ("Execution models", 7),
    ("Scheduling types", 2),
    ("Context switching", 2),
    ("Choosing the right tool", 3),
    ("Bridging blocking and async", 3),
    ("Best practices", 4),
    ("Quick analogies", 3),
    ("Threads", 7),
    ("Processes", 8),
    ("Asyncio", 9),
    ("Flowchart", 2),
    ("Example code: mix of all", 1),
];

#[test]
fn nothing_of_the_notes_is_left_out() {
    let notes = Notes::read(&read(&content().join(Notes::FILE)));
    let notes = notes.unwrap_or_else(|troubles| panic!("{}", all(&troubles)));
    let parts: Vec<(&str, usize)> = notes
        .parts()
        .map(|(name, items)| (name, items.len()))
        .collect();
    assert_eq!(parts, PARTS);
    for language in COURSE.iter() {
        none(&notes.uncovered(language));
    }
}

/// The narration of a run leads to the heading under which a rule is explained, in every language.
#[test]
fn what_a_narration_points_to_is_there() {
    for language in COURSE.iter() {
        for rule in story::rules() {
            let (slug, anchor) = rule.lesson;
            let chapter = language.chapters.iter().find(|one| one.slug == slug);
            let headings = chapter.map(|chapter| &chapter.headings);
            assert!(
                headings.is_some_and(|all| all.iter().any(|one| one.id == anchor)),
                "{}: no chapter `{slug}` has the heading `{anchor}` that explains {}",
                language.code,
                rule.name
            );
        }
    }
}

#[test]
fn there_is_enough_to_guess_and_to_turn() {
    let fences = source().chapters.iter().flat_map(|chapter| &chapter.fences);
    let blocks: Vec<_> = fences
        .filter_map(|placed| match &placed.fence {
            Fence::Block(block) => Some(block),
            Fence::Words { .. } => None,
        })
        .collect();
    let count = |widget| blocks.iter().filter(|block| block.widget == widget).count();
    assert!(count(Widget::Quiz) >= 15, "misconceptions");
    for (name, widget) in Widget::ALL {
        assert!(count(widget) > 0, "no chapter has a {name}");
    }
    let guesses = blocks.iter().filter(|block| block.guess.is_some()).count();
    assert!(guesses > count(Widget::Quiz) + 10, "{guesses} guesses");
    let fails = blocks.iter().flat_map(|block| &block.expect);
    let fails = fails.filter(|claim| !claim.when.is_empty()).count();
    assert!(fails >= 20, "{fails} places where a rule fails");
    for block in &blocks {
        let shown = block.widget == Widget::Choose || !block.expect.is_empty();
        assert!(shown, "{} proves nothing", block.id);
    }
}

/// A course of one chapter, and whether what is wrong with it is found.
fn course(code: &str, text: &str) -> Result<Language, String> {
    let files = BTreeMap::from([("01-one.md".to_owned(), text.to_owned())]);
    Language::read(code, LANGUAGE, &files).map_err(|troubles| all(&troubles))
}

/// What stands in every language.toml.
const LANGUAGE: &str = include_str!("../../../content/en/language.toml");

const HEAD: &str = "---\ntitle: One\nsummary: Two.\n---\n\n";

const BLOCK: &str = "```trilane\nv = 1\nid = \"one\"\nwidget = \"race\"\nexample = \"cpu-bound\"\nplans = [\"sync\", \"threads(4)\"]\nknobs = [\"tasks.piece.count\"]\ncaption = \"c\"\nexpect = [\"threads(4) >= 0.9 * sync\"]\n```\n";

#[test]
fn what_is_wrong_is_told_with_its_place() {
    let check = |from: &str, to: &str, expect: &[&str]| {
        let text = format!("{HEAD}## A {{#a}}\n\n{BLOCK}");
        assert!(text.contains(from), "{from}");
        let said = course("xx", &text.replacen(from, to, 1)).expect_err(to);
        for expect in expect {
            assert!(said.contains(expect), "{to}: {said}");
        }
    };
    check(
        "v = 1",
        "v = 2",
        &["xx/01-one.md:9:5", "version 2", "write `v = 1`"],
    );
    check(
        "\"race\"",
        "\"rase\"",
        &["01-one.md:11:10", "unknown widget `rase`", "`race`"],
    );
    check(
        "cpu-bound",
        "cpu-bond",
        &["unknown example", "did you mean `cpu-bound`?"],
    );
    check("example =", "examples =", &["unknown field `examples`"]);
    check(
        "piece.count",
        "piece.cont",
        &["no knob", "did you mean `tasks.piece.count`?"],
    );
    check(
        "threads(4)\"]\nk",
        "threads(\"]\nk",
        &["01-one.md:13:", "threads("],
    );
    check(
        "threads(4)\"]\nk",
        "threads(4)@4.0\"]\nk",
        &["unknown Python `4.0`", "3.14"],
    );
    check("caption = \"c\"\n", "", &["a race without `caption`"]);
    check(
        "0.9 * sync",
        "0.9 * asyncio",
        &["`asyncio` is none of the block's plans"],
    );
    check(
        "sync\"]\n`",
        "sync when tasks.piece.count = 0\"]\n`",
        &["does not fit", "from 1 to"],
    );
    check(
        "{#a}",
        "",
        &["01-one.md:6:1", "a heading without an anchor"],
    );
    check("## A", "# A", &["a heading of level 1"]);
    check("{#a}", "{#one}", &["`one` is an anchor already"]);
    check("summary: Two.\n", "", &["a chapter without a summary"]);
    check(
        "title: One",
        "titles: One",
        &["unknown key `titles`", "did you mean `title`?"],
    );
    check("## A", "<b>bold</b>\n\n## A", &["HTML in a chapter"]);
    check(
        "## A",
        "[1 ms](#one \"treads(4)\")\n\n## A",
        &["01-one.md:6:1", "treads"],
    );
    check("```trilane\nv", "- ```trilane\n  v", &["01-one.md:"]);
    let broken = "scenario = '''\ntrilane = 1\ntitle = \"t\"\n[tasks.a]\ncount = 1\nsteps = [ { cpu = \"5 parsecs\" } ]\n'''";
    check(
        "example = \"cpu-bound\"",
        broken,
        &["01-one.md:17:19", "tasks.a.steps.0.cpu"],
    );
}

#[test]
fn what_is_not_so_is_found() {
    let proof_of = |text: &str| {
        let language = course("en", text).unwrap_or_else(|said| panic!("{said}"));
        let proof = Proof::new(&language);
        let mut troubles = proof.claims();
        troubles.extend(proof.figures(&language));
        troubles.extend(language.links());
        all(&troubles)
    };
    let text = |prose: &str| format!("{HEAD}{prose}\n\n## A {{#a}}\n\n{BLOCK}");
    assert_eq!(
        proof_of(&text("It takes [400 ms](#one \"sync\"), see [A](#a).")),
        ""
    );
    let check = |prose: &str, expect: &str| {
        let said = proof_of(&text(prose));
        assert!(said.contains(expect), "{prose}: {said}");
    };
    check("[401 ms](#one \"sync\")", "`401 ms` is 400 by now");
    check("[400 kB](#one \"sync\")", "Time is meant");
    check("[long](#one \"sync\")", "shows no number");
    check("[400 ms](#two \"sync\")", "a figure of no block");
    check("[400 ms](#one \"asyncio\")", "none of the block's plans");
    check("It takes 123 ms.", "`123` comes from nowhere");
    check("It is 4 times as fast.", "`4` comes from nowhere");
    check("[b](02-two.md)", "no chapter `02-two.md`");
    check("[b](#b)", "nothing is called `b`");
    let wrong = text("").replace("0.9 * sync", "1.9 * sync");
    assert!(proof_of(&wrong).contains("`threads(4) >= 1.9 * sync` does not hold"));
    assert_eq!(
        proof_of(&text(
            "With 50 ms each, on Python 3.14, in 4 threads, after 5 ms."
        )),
        ""
    );
}

/// Every figure that a chapter may name is in the document of a race.
#[test]
fn every_figure_has_a_name_in_the_document() {
    let example = examples::find("mix-of-all").expect("an example");
    let race = race::simulate(example.text(), &["asyncio+threads".to_owned()]).expect("it runs");
    let run = serde_json::to_value(&race.runs[0]).expect("only numbers and strings");
    for (name, unit) in quantity::FIGURES {
        let value = run.pointer(&format!("/{}", name.replace('.', "/")));
        let value = value.unwrap_or_else(|| panic!("no run has {name}"));
        assert_eq!(value.is_string(), unit == Unit::Word, "{name}: {value}");
        assert_eq!(value.is_number(), unit != Unit::Word, "{name}: {value}");
    }
}

/// What docs/CONTENT.md shows as a chapter is one, and what it shows as claims are claims.
#[test]
fn the_guide_is_right() {
    let guide = read(&content().join("../docs/CONTENT.md"));
    let between = |open: &str, close: &str| {
        let (_, rest) = guide.split_once(open).expect(open);
        rest.split_once(close).expect(close).0.to_owned()
    };
    let chapter = between("````markdown\n", "````\n");
    let language = course("en", &chapter).unwrap_or_else(|said| panic!("{said}"));
    let proof = Proof::new(&language);
    none(&proof.claims());
    none(&proof.figures(&language));
    let claims = between("```toml\nexpect = [\n", "]\n```");
    for line in claims.lines() {
        let claim = line.split('"').nth(1).expect("a claim in quotes");
        if let Err((message, remedy)) = quantity::claim(claim) {
            panic!("{message}: {remedy}");
        }
    }
}

#[test]
fn figures_are_brought_up_to_date() {
    let text = format!(
        "{HEAD}[1,000 ms](#one \"sync\") and [0.50 times](#one \"sync / threads(4)\").\n\n{BLOCK}"
    );
    let language = course("en", &text).unwrap_or_else(|said| panic!("{said}"));
    let proof = Proof::new(&language);
    let texts = proof
        .rewritten(&language)
        .unwrap_or_else(|troubles| panic!("{}", all(&troubles)));
    let fresh = &texts["01-one.md"];
    assert!(
        fresh.contains("[400 ms](#one \"sync\") and [1.00 times]"),
        "{fresh}"
    );
}

#[test]
fn a_translation_that_differs_is_found() {
    let source = course(
        "en",
        &format!("{HEAD}## A {{#a}}\n\n[400 ms](#one \"sync\")\n\n{BLOCK}"),
    );
    let source = source.unwrap_or_else(|said| panic!("{said}"));
    let words = "```trilane\nv = 1\nid = \"one\"\ncaption = \"w\"\n```\n";
    let good = format!("{HEAD}## B {{#a}}\n\n[400 ms](#one \"sync\")\n\n{words}");
    let check = |text: &str, expect: &str| {
        let language = course("xx", text).unwrap_or_else(|said| panic!("{said}"));
        let said = all(&language.against(&source));
        assert!(
            said.contains(expect) && said.is_empty() == expect.is_empty(),
            "{text}: {said}"
        );
    };
    check(&good, "");
    check(&good.replace("{#a}", "{#b}"), "other headings");
    check(
        &good
            .replace("400 ms", "401 ms")
            .replace("\"sync\"", "\"threads(4)\""),
        "other figures",
    );
    check(
        &good.replace("id = \"one\"", "id = \"two\""),
        "other blocks",
    );
    check(
        &good.replace("caption = \"w\"", ""),
        "has , and the original caption",
    );
    check(&good.replace(words, BLOCK), "says more than words");
    let slug = chapter::slug("02-two-words.md");
    assert_eq!((slug, chapter::slug("two.md")), (Some("two-words"), None));
}
