//! The course for the page: a file a language, which is fetched when somebody opens Learn.

use std::path::Path;

use anyhow::Result;
use miniz_oxide::deflate::compress_to_vec;
use trilane_lessons::page::book;

use super::elements;
use crate::lessons;

/// How hard deflate tries, of 10.
const EFFORT: u8 = 10;

/// A language as the page fetches it.
pub(super) struct File {
    /// Its code.
    pub(super) code: String,
    /// Its own name.
    name: String,
    /// Its book in postcard, deflated: as small from hosts that do not compress what they do not know.
    pub(super) bytes: Vec<u8>,
    /// The same without its chapters: the words on buttons alone.
    pub(super) words: Vec<u8>,
}

/// Every language of the course, the course's own first.
pub(super) fn files(root: &Path) -> Result<Vec<File>> {
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

/// Where each language is, as index.html's `data-learn` has it: `CODE,NAME,BOOK,WORDS`, with `;` in between.
pub(super) fn list(files: &[File], books: &[&str]) -> String {
    let list = files.iter().zip(books).map(|(file, book)| {
        let words = elements::words_at(file);
        format!("{},{},./{book},./{words}", file.code, file.name)
    });
    list.collect::<Vec<_>>().join(";")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_is_listed_with_its_files() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let files = files(&root).expect("the course is right");
        let list = list(&files, &["en.book", "de.book"]);
        let [english, german] = [&files[0], &files[1]].map(elements::words_at);
        assert_eq!(
            list,
            format!("en,English,./en.book,./{english};de,Deutsch,./de.book,./{german}")
        );
    }
}
