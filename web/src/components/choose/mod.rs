//! Choose: the flowchart, answered by hand or by a scenario's own numbers, and what the simulation says to it.
//!
//! Everything but the place itself takes what it shows as properties, and asks a worker of its own: it
//! needs neither the Lab's state nor its race.

mod chart;
mod consult;
mod evidence;
mod flips;
mod outcome;
mod words;

use std::rc::Rc;

use trilane_core::examples;
use trilane_lessons::page::Book;
use yew::prelude::*;

use super::book::{Course, use_words};
use super::later::Shows;
use super::{Dispatch, always, dispatch_soon};
use crate::choose::{Met, leads};
use crate::cut::{Part, cut};
use crate::link;
use crate::place::Place;
use crate::platform;
use crate::state::Action;
use crate::wire::Question;
use chart::Chart;
use consult::{Progress, use_consult};
use outcome::Outcome;

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct Props {
    pub(crate) question: Question,
    pub(crate) answers: Vec<bool>,
    /// Whether something can be undone, and redone.
    pub(crate) can: (bool, bool),
    /// The Lab's address, which carries the scenario.
    pub(crate) lab: String,
    pub(crate) dark: bool,
    pub(crate) dispatch: Dispatch,
}

cut!(places, fn part() -> Shows<Props> = |props| html! { <Choose ..props.clone() /> });
pub(crate) static PART: Part<Shows<Props>> = Part::new(|| Box::pin(part()));

/// The place.
#[component]
fn Choose(props: &Props) -> Html {
    let course = use_words();
    let working = use_state_eq(|| true);
    let state = if *working { "busy" } else { "ready" };
    html! {
        <main key="choose" class="choosing" id="place" tabindex="-1" data-place="choose" data-state={state} lang={course.code()}>
            { match &course.book {
                Ok(book) => html! { <Opened {book} course={course.clone()} question={props.question.clone()}
                    answers={props.answers.clone()} can={props.can} lab={props.lab.clone()} dark={props.dark}
                    working={Callback::from(move |is| working.set(is))} dispatch={props.dispatch.clone()} /> },
                Err(why) => Course::trouble(why),
            } }
        </main>
    }
}

#[derive(PartialEq, Properties)]
struct OpenedProps {
    book: Rc<Book>,
    course: Course,
    question: Question,
    answers: Vec<bool>,
    can: (bool, bool),
    lab: String,
    dark: bool,
    working: Callback<bool>,
    dispatch: Dispatch,
}

#[component]
fn Opened(props: &OpenedProps) -> Html {
    let words = &props.book.labels.choose;
    let dispatch = &props.dispatch;
    let choose = {
        let dispatch = dispatch.clone();
        Callback::from(move |answers| dispatch.dispatch(Action::Answers(answers)))
    };
    html! {
        <>
        <div class="about-choosing">
            <h1>{ &words.title }</h1>
            <p class="summary">{ &words.about }</p>
            <div class="setting">
                { scenario(props) }
                { props.course.choice(&props.book) }
                <span class="tools">
                    <button onclick={always(dispatch, Action::Undo)} disabled={!props.can.0} data-do="undo" aria-label={words.undo.clone()}>{ "↶" }</button>
                    <button onclick={always(dispatch, Action::Redo)} disabled={!props.can.1} data-do="redo" aria-label={words.redo.clone()}>{ "↷" }</button>
                </span>
            </div>
        </div>
        <Advisor book={props.book.clone()} question={props.question.clone()} answers={props.answers.clone()} {choose}
            lab={props.lab.clone()} dark={props.dark} working={props.working.clone()} />
        </>
    }
}

/// Which scenario: one of the examples, or the text of the Lab.
fn scenario(props: &OpenedProps) -> Html {
    let words = &props.book.labels.choose;
    let open = examples::of(&props.question.text);
    let onchange = {
        let dispatch = props.dispatch.clone();
        Callback::from(move |event: Event| {
            let name = platform::value(&event);
            let example = examples::all().iter().find(|example| example.name == name);
            if let Some(example) = example {
                dispatch_soon(&dispatch, Action::Open(example));
            }
        })
    };
    html! {
        <label><span>{ &words.scenario }</span>
            <select {onchange} data-field="example">
                if open.is_none() { <option value="" selected=true>{ &words.own_scenario }</option> }
                { for examples::all().iter().map(|example| html! {
                    <option value={example.name} selected={open == Some(example)}>{ props.book.say(example.title) }</option>
                }) }
            </select></label>
    }
}

#[derive(PartialEq, Properties)]
pub(crate) struct AdvisorProps {
    pub(crate) book: Rc<Book>,
    /// The scenario, and the machine; its plans count for nothing.
    pub(crate) question: Question,
    pub(crate) answers: Vec<bool>,
    pub(crate) choose: Callback<Vec<bool>>,
    /// Where the scenario's race is to be seen.
    pub(crate) lab: String,
    pub(crate) dark: bool,
    /// Whether something is awaited.
    pub(crate) working: Callback<bool>,
}

/// The flowchart, and behind it what the simulation says.
#[component]
pub(crate) fn Advisor(props: &AdvisorProps) -> Html {
    // What plans race in the Lab, and what was measured there, does not matter.
    let question = Question {
        plans: vec![],
        files: vec![],
        ..props.question.clone()
    };
    let consult = use_consult(&question);
    let known = &consult.known;
    let walked = known
        .walked
        .as_ref()
        .and_then(|walked| walked.as_ref().ok());
    let end = match leads(&props.answers) {
        Met::End(family) => Some(family),
        Met::Ask(_) => None,
    };
    let wanted = end.is_some() && walked.is_some() && known.advice == Progress::Idle;
    {
        let consult = consult.clone();
        use_effect_with((wanted, question), move |(wanted, _)| {
            if *wanted {
                consult.begin();
            }
        });
    }
    let awaited = known.walked.is_none() || wanted || matches!(known.advice, Progress::Working(_));
    {
        let working = props.working.clone();
        use_effect_with(awaited, move |awaited| working.emit(*awaited));
    }
    let words = &props.book.labels.choose;
    html! {
        <div class="advisor">
            <section class="answering" aria-label={words.chart.clone()}>
                <Chart book={props.book.clone()} answers={props.answers.clone()} walked={walked.cloned()} choose={props.choose.clone()} />
                if let Some(Err(why)) = &known.walked {
                    <p class="wrong" role="alert" data-field="broken">{ if why.is_empty() { &words.broken } else { why } }{ " " }
                        <a href={props.lab.clone()}>{ Place::Lab.label() }</a></p>
                }
            </section>
            if let (Some(end), Some(walked)) = (end, walked) {
                <Outcome book={props.book.clone()} {end} answer={walked.answer} consult={consult.clone()}
                    lab={link::to(Place::Lab, &props.lab)} dark={props.dark} />
            }
        </div>
    }
}

#[derive(PartialEq, Properties)]
pub(crate) struct FlowchartProps {
    pub(crate) book: Rc<Book>,
    /// The chapter whose races show each end.
    pub(crate) chapter: String,
    /// Where the page is, from another one; empty on the page itself.
    pub(crate) home: AttrValue,
}

/// The flowchart by itself, for a chapter.
#[component]
pub(crate) fn Flowchart(props: &FlowchartProps) -> Html {
    let answers = use_state(Vec::<bool>::new);
    let choose = {
        let answers = answers.clone();
        Callback::from(move |now| answers.set(now))
    };
    html! {
        <Chart book={props.book.clone()} answers={(*answers).clone()} {choose} chapter={props.chapter.clone()} home={props.home.clone()} />
    }
}
