//! The course in the reader's language, as Learn and the flowchart have it: fetched when it is first needed,
//! the language chosen by itself and by hand.

use std::rc::Rc;

use miniz_oxide::inflate::decompress_to_vec_with_limit;
use trilane_lessons::page::Book;
use yew::prelude::*;

use crate::learn::{Language, chosen, languages};
use crate::platform::learn::{fetch, keep, kept, languages_list, wanted_languages};
use crate::{api, platform, wire};

/// No book is larger, bytes.
const MOST: usize = 1 << 24;
/// The language that was chosen, on the device.
const LANGUAGE: &str = "trilane.language";

/// Reads what `cargo xtask build` packs of a language.
pub(crate) fn read_book(packed: &[u8]) -> Option<Book> {
    let bytes = decompress_to_vec_with_limit(packed, MOST).ok()?;
    wire::unpack(&bytes)
}

/// The course.
#[derive(Clone, PartialEq)]
pub(super) struct Course {
    /// The languages there are.
    pub(super) languages: Rc<Vec<Language>>,
    /// The book, or why it cannot be read; nothing is said while it is fetched.
    pub(super) book: Result<Rc<Book>, String>,
    /// Another language is chosen.
    pub(super) choose: Callback<Event>,
}

impl Course {
    /// The code of the language that is shown.
    pub(super) fn code(&self) -> String {
        self.book
            .as_ref()
            .map_or_else(|_| "en".to_owned(), |book| book.code.clone())
    }

    /// What is shown in place of the book.
    pub(super) fn trouble(why: &str) -> Html {
        match why.is_empty() {
            true => html! { <p class="mute">{ "…" }</p> },
            false => html! {
                <p class="wrong" role="alert">{ format!("The chapters cannot be read: {why}. Reload the page to try again.") }</p>
            },
        }
    }

    /// The choice of a language.
    pub(super) fn choice(&self, book: &Book) -> Html {
        html! {
            <label><span>{ &book.labels.language }</span>
                <select onchange={self.choose.clone()} data-do="language">
                    { for self.languages.iter().map(|language| html! {
                        <option value={language.code.clone()} lang={language.code.clone()} selected={language.code == book.code}>{ &language.name }</option>
                    }) }
                </select></label>
        }
    }
}

/// Fetches the course with its chapters.
#[hook]
pub(super) fn use_course() -> Course {
    use_fetched(|language| &language.file)
}

/// Fetches only its words, which places beside the chapters are told in: a book without chapters.
#[hook]
pub(super) fn use_words() -> Course {
    use_fetched(|language| &language.words)
}

#[hook]
fn use_fetched(of: fn(&Language) -> &String) -> Course {
    let all = use_memo((), |()| languages(&languages_list()));
    let language = use_state(|| {
        let kept = kept(LANGUAGE);
        chosen(&all, kept.as_deref(), &wanted_languages()).cloned()
    });
    let book = use_state(|| Err(String::new()));
    {
        let book = book.clone();
        use_effect_with((*language).clone(), move |language| {
            if let Some(language) = language {
                fetch(of(language), move |packed| {
                    let torn = || "the file is not whole".to_owned();
                    let read = packed.and_then(|packed| read_book(&packed).ok_or_else(torn));
                    book.set(read.map(Rc::new));
                });
            }
        });
    }
    let choose = {
        let (all, language) = (all.clone(), language.clone());
        Callback::from(move |event: Event| {
            let code = platform::value(&event);
            keep(LANGUAGE, &code);
            language.set(all.iter().find(|language| language.code == code).cloned());
        })
    };
    use_effect_with(book.is_ok(), |ready| {
        if *ready {
            api::ready();
        }
    });
    Course {
        languages: all,
        book: (*book).clone(),
        choose,
    }
}
