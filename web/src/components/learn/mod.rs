//! Learn: the course as chapters, with widgets in the text that are played.

mod choose;
mod desk;
mod guess;
mod kitchen;
mod runs;
mod text;
mod widget;

use std::rc::Rc;

use miniz_oxide::inflate::decompress_to_vec_with_limit;
use trilane_lessons::page::{Book, Node, Page, Widget};
use yew::prelude::*;

use crate::learn::{Language, Progress, Spot, chosen, filled, languages};
use crate::platform::learn::{fetch, keep, kept, languages_list, scroll_to, wanted_languages};
use crate::{api, platform, wire};
use desk::Desk;

/// No book is larger, bytes.
const MOST: usize = 1 << 24;
/// What is kept on the device: the language, and the guesses.
const LANGUAGE: &str = "trilane.language";
const PROGRESS: &str = "trilane.learn";

#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    /// Where in the course: `gil/native-code`.
    pub(crate) path: String,
    pub(crate) dark: bool,
}

/// What all of a chapter shares.
#[derive(Clone, PartialEq)]
struct Reading {
    book: Rc<Book>,
    /// The chapter's slug.
    chapter: String,
    desk: Desk,
    progress: Rc<Progress>,
    /// What is still to be guessed here: widgets, and the plans whose run time it is.
    secrets: Rc<Vec<(String, String)>>,
    /// A guess is made, or forgotten.
    guessed: Callback<(String, Option<u64>)>,
    dark: bool,
    /// Room for pictures, px.
    width_px: u32,
}

#[component]
pub(crate) fn Learn(props: &Props) -> Html {
    let all = use_memo((), |()| languages(&languages_list()));
    let language = use_state(|| {
        let kept = kept(LANGUAGE);
        chosen(&all, kept.as_deref(), &wanted_languages()).cloned()
    });
    let book = use_state(|| Err(String::new()));
    {
        let book = book.clone();
        use_effect_with((*language).clone(), move |language| {
            if let Some(Language { file, .. }) = language {
                fetch(file, move |packed| {
                    let book_of = |packed: Vec<u8>| {
                        let bytes = decompress_to_vec_with_limit(&packed, MOST).ok()?;
                        wire::unpack::<Book>(&bytes)
                    };
                    let torn = || "the file is not whole".to_owned();
                    let read = packed.and_then(|packed| book_of(packed).ok_or_else(torn));
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
    let spot = Spot::of(&props.path);
    let state = if book.is_ok() { "ready" } else { "busy" };
    let code = book.as_ref().map_or("en", |book| book.code.as_str());
    html! {
        <main key="learn" class="learn" id="place" tabindex="-1" data-place="learn" data-state={state} lang={code.to_owned()}>
            { match &*book {
                Ok(book) => html! { <Open book={book.clone()} {spot} dark={props.dark} languages={all} {choose} /> },
                Err(why) if why.is_empty() => html! { <p class="mute">{ "…" }</p> },
                Err(why) => html! { <p class="wrong" role="alert">{ format!("The chapters cannot be read: {why}. Reload the page to try again.") }</p> },
            } }
        </main>
    }
}

#[derive(PartialEq, Properties)]
struct OpenProps {
    book: Rc<Book>,
    spot: Spot,
    dark: bool,
    languages: Rc<Vec<Language>>,
    choose: Callback<Event>,
}

/// The list of chapters, and the one that is open.
#[component]
fn Open(props: &OpenProps) -> Html {
    let OpenProps { book, spot, .. } = props;
    let desk = use_state(Desk::new);
    let progress = use_state(|| Rc::new(Progress::of(&kept(PROGRESS).unwrap_or_default())));
    let width_px = use_state_eq(|| 0u32);
    let room = use_node_ref();
    {
        let (room, width_px) = (room.clone(), width_px.clone());
        use_effect_with((), move |()| {
            let watched = platform::learn::on_width(&room, move |px| width_px.set(px));
            move || drop(watched)
        });
    }
    let named = book
        .chapters
        .iter()
        .position(|page| page.slug == spot.chapter);
    let lost = named.is_none() && !spot.chapter.is_empty();
    let at = named.unwrap_or(0);
    use_effect_with((at, spot.anchor.clone()), |(_, anchor)| {
        match anchor.as_str() {
            "" => platform::to_top(),
            anchor => scroll_to(&text::place(anchor)),
        }
    });
    let Some(page) = book.chapters.get(at) else {
        return html! {};
    };
    let guessed = {
        let (progress, chapter) = (progress.clone(), page.slug.clone());
        Callback::from(move |(widget, ns): (String, Option<u64>)| {
            // What another tab has kept meanwhile stays.
            let mut fresh = Progress::of(&kept(PROGRESS).unwrap_or_else(|| progress.text()));
            fresh.set(&chapter, &widget, ns);
            keep(PROGRESS, &fresh.text());
            progress.set(Rc::new(fresh));
        })
    };
    let mut secrets = Vec::new();
    widgets(&page.nodes, &mut |widget| {
        let plan = widget.guess.and_then(|at| widget.plans.get(at));
        if let (Some(plan), None) = (plan, progress.guess(&page.slug, &widget.id)) {
            secrets.push((widget.id.clone(), plan.clone()));
        }
    });
    let reading = Reading {
        book: book.clone(),
        chapter: page.slug.clone(),
        desk: (*desk).clone(),
        progress: (*progress).clone(),
        secrets: Rc::new(secrets),
        guessed,
        dark: props.dark,
        width_px: *width_px,
    };
    html! {
        <>
        <nav class="chapters" aria-label={book.labels.chapters.clone()}>
            <label><span>{ &book.labels.language }</span>
                <select onchange={props.choose.clone()} data-do="language">
                    { for props.languages.iter().map(|language| html! {
                        <option value={language.code.clone()} lang={language.code.clone()} selected={language.code == book.code}>{ &language.name }</option>
                    }) }
                </select></label>
            <ol>{ for book.chapters.iter().map(|page| entry(page, at, book, &progress)) }</ol>
        </nav>
        <div class="sheet">
        <div class="widget room" aria-hidden="true"><article><div ref={room} /></article></div>
        <div class="chapter" key={page.slug.clone()} data-chapter={page.slug.clone()}>
            if lost { <p class="notice" role="status">{ &book.labels.lost }</p> }
            <h1>{ &page.title }</h1>
            <p class="summary">{ &page.summary }</p>
            { for page.nodes.iter().map(|node| text::node(node, &reading)) }
            <nav class="around" aria-label={format!("{}: {} / {}", book.labels.chapters, book.labels.previous, book.labels.next)}>
                { step(book, at.checked_sub(1), &book.labels.previous) }
                { step(book, Some(at + 1), &book.labels.next) }
            </nav>
        </div>
        </div>
        </>
    }
}

fn entry(page: &Page, at: usize, book: &Book, progress: &Progress) -> Html {
    let mut ids = Vec::new();
    widgets(&page.nodes, &mut |widget| {
        ids.extend(widget.guess.is_some().then(|| widget.id.clone()));
    });
    let done = (ids.iter())
        .filter(|id| progress.guess(&page.slug, id).is_some())
        .count();
    let counts = [done.to_string(), ids.len().to_string()];
    let told = filled(&book.labels.guesses, &[&counts[0], &counts[1]]);
    let current = book
        .chapters
        .get(at)
        .is_some_and(|open| open.slug == page.slug);
    html! {
        <li><a href={Spot::address(&page.slug, "")} aria-current={current.then_some("page")}>
            { &page.title }
            if !ids.is_empty() { <small title={told.clone()} aria-label={told}>{ counts.join("/") }</small> }
        </a></li>
    }
}

/// Every widget in some nodes.
fn widgets(nodes: &[Node], call: &mut impl FnMut(&Widget)) {
    for node in nodes {
        match node {
            Node::Widget(widget) => call(widget),
            Node::Element(_, _, inside) => widgets(inside, call),
            _ => {}
        }
    }
}

fn step(book: &Book, at: Option<usize>, label: &str) -> Html {
    match at.and_then(|at| book.chapters.get(at)) {
        Some(page) => html! {
            <a href={Spot::address(&page.slug, "")}><small>{ label }</small>{ &page.title }</a>
        },
        None => html! { <span /> },
    }
}
