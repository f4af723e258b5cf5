//! The course for the page: a file a language, which is fetched when somebody opens Learn.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use miniz_oxide::deflate::compress_to_vec;
use trilane_lessons::page::book;

use crate::lessons;

/// Where index.html says which languages there are: `CODE,NAME,FILE,WORDS`, with `;` in between.
const ATTRIBUTE: &str = "data-learn=\"";

/// How hard deflate tries, of 10.
const EFFORT: u8 = 10;

/// A language as the page fetches it.
pub(crate) struct File {
    /// Its code.
    pub(crate) code: String,
    /// Its own name.
    name: String,
    /// Its book in postcard, deflated: as small from hosts that do not compress what they do not know.
    pub(crate) bytes: Vec<u8>,
    /// The same without its chapters: the words on buttons alone.
    pub(crate) words: Vec<u8>,
}

/// Every language of the course, the course's own first.
pub(crate) fn files(root: &Path) -> Result<Vec<File>> {
    let (source, others) = lessons::languages(&root.join("content"))?;
    let all = std::iter::once(&source).chain(&others);
    all.map(|language| {
        let mut book = book(language, &source);
        let bytes = compress_to_vec(&postcard::to_allocvec(&book)?, EFFORT);
        book.chapters.clear();
        let words = compress_to_vec(&postcard::to_allocvec(&book)?, EFFORT);
        let (code, name) = (language.code.clone(), language.name.clone());
        Ok(File {
            code,
            name,
            bytes,
            words,
        })
    })
    .collect()
}

/// The page with its list of languages and of the files that each is in: its book, and its words.
pub(crate) fn listed(page: &str, files: &[File], names: &[[String; 2]]) -> Result<String> {
    let (before, rest) = page
        .split_once(ATTRIBUTE)
        .with_context(|| format!("index.html has no `{ATTRIBUTE}`"))?;
    let (_, after) = rest
        .split_once('"')
        .context("index.html has an open quote")?;
    let list = files.iter().zip(names);
    let list: Vec<String> = list
        .map(|(file, [book, words])| format!("{},{},./{book},./{words}", file.code, file.name))
        .collect();
    Ok(format!("{before}{ATTRIBUTE}{}\"{after}", list.join(";")))
}

/// The files' names where they do not change with their content.
fn plain(code: &str) -> [String; 2] {
    ["learn", "words"].map(|name| format!("{name}-{code}.book"))
}

/// `cargo xtask chapters`: the files under their plain names, by Trunk's hook or by hand.
pub(crate) fn run(root: &Path, arguments: &[String]) -> Result<()> {
    let folder = match (arguments.first(), std::env::var_os("TRUNK_STAGING_DIR")) {
        (Some(folder), _) => PathBuf::from(folder),
        (None, Some(staging)) => PathBuf::from(staging),
        (None, None) => root.join("dist"),
    };
    for file in files(root)? {
        let names = plain(&file.code).into_iter();
        for (name, bytes) in names.zip([file.bytes, file.words]) {
            let path = folder.join(name);
            std::fs::write(&path, bytes)
                .with_context(|| format!("cannot write {}", path.display()))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_names_the_languages_as_trunk_does() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let page = std::fs::read_to_string(root.join("index.html")).expect("the page");
        let files = files(&root).expect("the course is right");
        let names: Vec<[String; 2]> = files.iter().map(|file| plain(&file.code)).collect();
        assert_eq!(
            listed(&page, &files, &names).expect("it has the list"),
            page
        );
    }
}
