//! The flowchart of the notes, to click through; each answer can be taken back.

use trilane_lessons::page::Book;
use yew::prelude::*;

use crate::learn::Spot;

/// A place in the flowchart: a question, or a leaf with what it advises and where its race is.
enum Step<'b> {
    Ask(&'b str),
    Leaf(&'b str, &'static str),
}

/// Where some answers lead.
fn step<'b>(book: &'b Book, answers: &[bool]) -> Step<'b> {
    let words = &book.labels.choose;
    match answers {
        [] => Step::Ask(&words.cpu),
        [true, ..] => Step::Leaf(&words.processes, "cpu-bound"),
        [false] => Step::Ask(&words.io),
        [false, false, ..] => Step::Leaf(&words.sync, "stay-synchronous"),
        [false, true] => Step::Ask(&words.library),
        [false, true, true, ..] => Step::Leaf(&words.asyncio, "async-library"),
        [false, true, false, ..] => Step::Leaf(&words.threads, "blocking-library"),
    }
}

#[derive(PartialEq, Properties)]
pub(super) struct Props {
    pub(super) book: std::rc::Rc<Book>,
    pub(super) chapter: String,
}

#[component]
pub(super) fn Chart(props: &Props) -> Html {
    let answers = use_state(Vec::<bool>::new);
    let words = &props.book.labels.choose;
    let to = |list: Vec<bool>| {
        let answers = answers.clone();
        Callback::from(move |_: MouseEvent| answers.set(list.clone()))
    };
    let passed = (0..answers.len()).filter_map(|at| {
        let Step::Ask(question) = step(&props.book, &answers[..at]) else {
            return None;
        };
        let answer = if answers[at] { &words.yes } else { &words.no };
        Some(html! {
            <li>{ question }{ " " }<b>{ answer }</b>{ " " }
                <button class="quiet" onclick={to(answers[..at].to_vec())} data-do="take-back">{ &words.back }</button></li>
        })
    });
    let answer = |yes: bool| {
        let mut list = (*answers).clone();
        list.push(yes);
        to(list)
    };
    html! {
        <div class="chart">
            <ol>{ for passed }</ol>
            <div role="status">{ match step(&props.book, &answers) {
                Step::Ask(question) => html! {
                    <p class="question">{ question }{ " " }
                        <button onclick={answer(true)} data-answer="yes">{ &words.yes }</button>{ " " }
                        <button onclick={answer(false)} data-answer="no">{ &words.no }</button></p>
                },
                Step::Leaf(advice, anchor) => html! {
                    <p class="question" data-field="advice"><strong>{ advice }</strong>{ " " }
                        <a href={Spot::address(&props.chapter, anchor)}>{ &words.race }</a></p>
                },
            } }</div>
        </div>
    }
}
