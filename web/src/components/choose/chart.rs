//! The flowchart, drawn: questions one below the other, each with an answer that leads aside to an end and
//! one that leads on.
//!
//! Two columns read at 360 px as on a desk. Every answer is a button that can be pressed at any time: it
//! answers what comes before it as well; pressed again it is taken back.

use std::rc::Rc;

use trilane_core::advice::Family;
use trilane_core::advice::flowchart::{Decision, Question};
use trilane_lessons::labels::Choose;
use trilane_lessons::page::Book;
use yew::prelude::*;

use super::words;
use crate::choose::{FORKS, Fork, LAST, Met, answers_to, leads};
use crate::learn::Spot;
use crate::wire::Walked;

#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    pub(crate) book: Rc<Book>,
    /// The answers, from the first question on.
    pub(crate) answers: Vec<bool>,
    /// What a scenario's own numbers answer.
    #[prop_or_default]
    pub(crate) walked: Option<Rc<Walked>>,
    /// The questions are answered so.
    pub(crate) choose: Callback<Vec<bool>>,
    /// The chapter whose races show each end; nothing where the ends are told elsewhere.
    #[prop_or_default]
    pub(crate) chapter: Option<String>,
    /// Where the page is, from another one; empty on the page itself.
    #[prop_or_default]
    pub(crate) home: AttrValue,
}

/// The flowchart.
#[component]
pub(crate) fn Chart(props: &Props) -> Html {
    let words = &props.book.labels.choose;
    let own = |at: usize| {
        let decisions = props.walked.as_ref().map(|walked| &walked.decisions);
        decisions.and_then(|all| all.get(at))
    };
    let reached = props.answers.len();
    let end = leads(&props.answers);
    let by_itself = props.walked.as_ref().map(|walked| walked.answer);
    let forks = FORKS.iter().enumerate().map(|(at, fork)| {
        let last = at + 1 == FORKS.len();
        html! {
            <>
            { question(fork, props, own(at), at <= reached) }
            { answer(at, !fork.goes_on, props, own(at)) }
            { leaf(fork.ends, end, by_itself, words) }
            { answer(at, fork.goes_on, props, own(at)) }
            if last { { leaf(LAST, end, by_itself, words) } }
            </>
        }
    });
    html! {
        <div class="chart">
            <div class="flow" role="group" aria-label={words.chart.clone()} data-field="flowchart">{ for forks }</div>
            { status(props, end) }
        </div>
    }
}

/// Where the answers have led.
fn status(props: &Props, end: Met) -> Html {
    let words = &props.book.labels.choose;
    let to = |answers: Vec<bool>| {
        let choose = props.choose.clone();
        Callback::from(move |_: MouseEvent| choose.emit(answers.clone()))
    };
    let back = props
        .answers
        .split_last()
        .map(|(_, before)| before.to_vec());
    let fill = props.walked.as_ref().map(|walked| {
        let answers: Vec<bool> = walked.decisions.iter().map(|one| one.yes).collect();
        let same = answers == props.answers;
        html! { <button onclick={to(answers)} disabled={same} data-do="fill">{ &words.fill }</button> }
    });
    html! {
        <>
        <div role="status">{ match end {
            Met::Ask(question) => html! { <p class="question" data-field="asked">{ asked(question, words) }</p> },
            Met::End(family) => html! {
                <p class="question" data-field="advice" data-family={family.to_string()}><strong>{ advised(family, words) }</strong>
                    if let (Some(chapter), Some(anchor)) = (&props.chapter, race(family)) {
                        { " " }<a href={format!("{}{}", props.home, Spot::address(chapter, anchor))} target={(!props.home.is_empty()).then_some("_blank")}>{ &words.race }</a>
                    }</p>
            },
        } }</div>
        <p class="bar">
            { fill.unwrap_or_default() }
            if let Some(back) = back {
                <button onclick={to(back)} data-do="take-back">{ &words.back }</button>
                if props.answers.len() > 1 { <button onclick={to(vec![])} data-do="again">{ &words.again }</button> }
            }
        </p>
        </>
    }
}

/// What a question asks.
fn asked(question: Question, words: &Choose) -> &str {
    match question {
        Question::Cpu => &words.cpu,
        Question::Io => &words.io,
        Question::Library => &words.library,
    }
}

/// What an end advises.
fn advised(family: Family, words: &Choose) -> &str {
    match family {
        Family::Processes => &words.processes,
        Family::Asyncio => &words.asyncio,
        Family::Threads => &words.threads,
        _ => &words.sync,
    }
}

/// The heading under which an end is raced, in the chapter about choosing.
fn race(family: Family) -> Option<&'static str> {
    Some(match family {
        Family::Processes => "cpu-bound",
        Family::Asyncio => "async-library",
        Family::Threads => "blocking-library",
        Family::Sync => "stay-synchronous",
        _ => return None,
    })
}

/// A question's name in ids.
fn name(question: Question) -> &'static str {
    match question {
        Question::Cpu => "cpu",
        Question::Io => "io",
        Question::Library => "library",
    }
}

fn question(fork: &Fork, props: &Props, own: Option<&Decision>, met: bool) -> Html {
    let words = &props.book.labels.choose;
    let id = format!("ask-{}", name(fork.question));
    html! {
        <div class={classes!("ask", met.then_some("lit"))} data-ask={name(fork.question)}>
            <p {id}>{ asked(fork.question, words) }</p>
            if let Some(own) = own { <small class="mute">{ words::reason(&own.reason, &props.book) }</small> }
        </div>
    }
}

fn answer(at: usize, yes: bool, props: &Props, own: Option<&Decision>) -> Html {
    let words = &props.book.labels.choose;
    let fork = &FORKS[at];
    let given = props.answers.get(at) == Some(&yes);
    let answers = match given {
        true => props.answers[..at].to_vec(),
        false => answers_to(at, yes),
    };
    let onclick = {
        let choose = props.choose.clone();
        Callback::from(move |_: MouseEvent| choose.emit(answers.clone()))
    };
    let own = own.is_some_and(|own| own.yes == yes);
    let (side, arrow) = match yes == fork.goes_on {
        true => ("down", "↓"),
        false => ("aside", "→"),
    };
    let class = classes!("edge", side, given.then_some("lit"), own.then_some("own"));
    html! {
        <div {class}><button {onclick} aria-pressed={given.to_string()} title={own.then(|| words.own.clone())}
            aria-describedby={format!("ask-{}", name(fork.question))}
            data-ask={name(fork.question)} data-answer={if yes { "yes" } else { "no" }} data-own={own.then_some("")}>
            { if yes { &words.yes } else { &words.no } }{ " " }<span aria-hidden="true">{ arrow }</span>
            if own { <i class="dot" aria-hidden="true" /><span class="out">{ &words.own }</span> }
        </button></div>
    }
}

fn leaf(family: Family, end: Met, own: Option<Family>, words: &Choose) -> Html {
    let lit = end == Met::End(family);
    let class = classes!(
        "leaf",
        lit.then_some("lit"),
        (own == Some(family)).then_some("own"),
        (family == LAST).then_some("last")
    );
    html! {
        <div {class} data-leaf={family.to_string()} data-lit={lit.then_some("")}><b>{ words::side(family, words).name.clone() }</b></div>
    }
}
