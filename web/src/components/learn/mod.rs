//! Learn: the course as chapters, with widgets in the text that are played.

mod alone;
mod desk;
pub(super) mod guess;
mod kitchen;
mod remote;
mod runs;
mod text;
mod widget;

use std::rc::Rc;

use trilane_lessons::page::{Book, Node, Page, Widget};
use yew::prelude::*;

use super::book::{Course, use_course};
use super::later::Shows;
use super::width::use_width;
use crate::cut::{Part, cut};
use crate::learn::{Progress, Spot, filled};
use crate::platform;
use crate::platform::learn::{keep, kept, scroll_to, show_current};
pub(crate) use alone::{Alone, Props as AloneProps};
use desk::Desk;
pub(crate) use remote::{Heard, Remote};

/// The guesses, as they are kept on the device.
const PROGRESS: &str = "trilane.learn";

#[derive(Clone, PartialEq, Properties)]
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
    /// Where the page is, for a widget on another one; empty on the page itself.
    home: AttrValue,
    /// Who holds a widget that stands in no chapter.
    remote: Option<Remote>,
}

cut!(learn, fn part() -> Shows<Props> = |props| html! { <Learn ..props.clone() /> });
pub(crate) static PART: Part<Shows<Props>> = Part::new(|| Box::pin(part()));

#[component]
fn Learn(props: &Props) -> Html {
    let course = use_course();
    let spot = Spot::of(&props.path);
    let state = if course.book.is_ok() { "ready" } else { "busy" };
    html! {
        <main key="learn" class="learn" id="place" tabindex="-1" data-place="learn" data-state={state} lang={course.code()}>
            { match &course.book {
                Ok(book) => html! { <Open book={book.clone()} {spot} dark={props.dark} course={course.clone()} /> },
                Err(why) => Course::trouble(why),
            } }
        </main>
    }
}

#[derive(PartialEq, Properties)]
struct OpenProps {
    book: Rc<Book>,
    spot: Spot,
    dark: bool,
    course: Course,
}

/// The list of chapters, and the one that is open.
#[component]
fn Open(props: &OpenProps) -> Html {
    let OpenProps { book, spot, .. } = props;
    let desk = use_state(Desk::new);
    let progress = use_state(|| Rc::new(Progress::of(&kept(PROGRESS).unwrap_or_default())));
    let (room, width_px) = use_room();
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
    let list = use_node_ref();
    {
        let list = list.clone();
        use_effect_with((at, book.clone()), move |_| show_current(&list));
    }
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
        width_px,
        home: AttrValue::default(),
        remote: None,
    };
    html! {
        <>
        <nav class="chapters" aria-label={book.labels.chapters.clone()}>
            { props.course.choice(book) }
            <ol ref={list}>{ for book.chapters.iter().map(|page| entry(page, at, book, &progress)) }</ol>
        </nav>
        <div class="sheet">
        { room }
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

/// Something as wide as a widget without a height, to be put where widgets will stand; and how much room pictures
/// have in it, px.
#[hook]
fn use_room() -> (Html, u32) {
    let (room, width_px) = use_width();
    let html = html! {
        <div class="widget room" aria-hidden="true"><article><div ref={room} /></article></div>
    };
    (html, width_px)
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
