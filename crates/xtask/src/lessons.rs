//! `cargo xtask lessons`: is everything right that the chapters say? With `--write` their figures are
//! brought up to date.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result, bail};
use trilane_lessons::course::{Language, Notes, Trouble};
use trilane_lessons::proof::Proof;

/// The language that the course is written in; all others are translations of it.
const SOURCE: &str = "en";

/// Checks the chapters, or writes their figures.
pub(crate) fn run(root: &Path, arguments: &[String]) -> Result<()> {
    let write = match arguments {
        [] => false,
        [flag] if flag == "--write" => true,
        [other, ..] => bail!("`{other}` is nothing that `lessons` takes: there is `--write`"),
    };
    let content = root.join("content");
    let (source, languages) = languages(&content)?;
    let proof = Proof::new(&source);
    if write {
        for language in languages.iter().chain([&source]) {
            for (file, text) in proof.rewritten(language).map_err(report)? {
                std::fs::write(content.join(&language.code).join(&file), text)?;
                println!("wrote content/{}/{file}", language.code);
            }
        }
        return Ok(());
    }
    let notes = std::fs::read_to_string(content.join("notes.toml"))?;
    let mut troubles = match Notes::read(&notes) {
        Ok(notes) => notes.uncovered(&source),
        Err(troubles) => troubles,
    };
    troubles.extend(proof.claims());
    for language in languages.iter().chain([&source]) {
        troubles.extend(language.links());
        troubles.extend(proof.figures(language));
        if language.code != source.code {
            troubles.extend(language.against(&source));
        }
    }
    match troubles.is_empty() {
        true => {
            let chapters = source.chapters.len();
            let languages = languages.len() + 1;
            println!("{chapters} chapters in {languages} languages: everything holds");
            Ok(())
        }
        false => Err(report(troubles)),
    }
}

/// The course's own language, and its translations.
pub(crate) fn languages(content: &Path) -> Result<(Language, Vec<Language>)> {
    let mut languages = read(content)?;
    let at = languages
        .iter()
        .position(|language| language.code == SOURCE);
    let source = languages.remove(at.with_context(|| format!("there is no content/{SOURCE}"))?);
    Ok((source, languages))
}

/// Every language of the course: a folder with a `language.toml`.
fn read(content: &Path) -> Result<Vec<Language>> {
    let (mut languages, mut troubles) = (Vec::new(), Vec::new());
    for folder in std::fs::read_dir(content).context("there is no folder content")? {
        let folder = folder?.path();
        let Ok(settings) = std::fs::read_to_string(folder.join("language.toml")) else {
            continue;
        };
        let mut files = BTreeMap::new();
        for file in std::fs::read_dir(&folder)? {
            let path = file?.path();
            if path.extension().is_some_and(|ending| ending == "md") {
                let name = path.file_name().unwrap_or_default().to_string_lossy();
                files.insert(name.into_owned(), std::fs::read_to_string(&path)?);
            }
        }
        let code = folder.file_name().unwrap_or_default().to_string_lossy();
        match Language::read(&code, &settings, &files) {
            Ok(language) => languages.push(language),
            Err(more) => troubles.extend(more),
        }
    }
    languages.sort_by(|a, b| a.code.cmp(&b.code));
    match troubles.is_empty() {
        true => Ok(languages),
        false => Err(report(troubles)),
    }
}

fn report(troubles: Vec<Trouble>) -> anyhow::Error {
    let all: Vec<String> = troubles.iter().map(Trouble::render).collect();
    anyhow::anyhow!("{} problems\n\n{}", troubles.len(), all.join("\n\n"))
}
