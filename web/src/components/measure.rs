//! The Measure place: what to run for real, on what, how often; and what came of it beside its predictions.

use std::cell::RefCell;

use trilane_core::examples;
use yew::prelude::*;

use super::drop::Choose;
use super::lab::{about, knobs, race, working};
use super::later::Shows;
use super::plans::AddPlan;
use super::{Dispatch, Question, always, dispatch_soon};
use crate::cut::{Part, cut};
use crate::link;
use crate::place::Place;
use crate::platform::runs::{self, Heard, Job};
use crate::platform::{self, value};
use crate::state::{Action, Choice, Interpreter, MOST_REPEATS, Running, Shared, State};

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct Props {
    pub(crate) store: UseReducerHandle<State>,
    pub(crate) job: Shared<RefCell<Job>>,
    pub(crate) ask: Question,
}

cut!(places, fn part() -> Shows<Props> = |props| html! { <Measure ..props.clone() /> });
pub(crate) static PART: Part<Shows<Props>> = Part::new(|| Box::pin(part()));

#[component]
fn Measure(props: &Props) -> Html {
    let (store, dispatch) = (&*props.store, &props.store.dispatcher());
    let files = store.question.files.len();
    let state = match store.measuring.running {
        Some(_) => "busy",
        None => working(store),
    };
    html! {
        <main key="measure" id="place" tabindex="-1" data-place="measure" data-state={state}>
            <aside class="left" aria-label="What to measure">
                { scenario(store, dispatch) }
                { order(props, dispatch) }
                <details class="turn"><summary>{ "Knobs of the work and the machine" }</summary>{ knobs(store, dispatch) }</details>
            </aside>
            <section class="middle" id="race" tabindex="-1" aria-label="Predicted and measured">
                if files == 0 { { nothing_yet(store) } }
                if let Some(shown) = store.shown.as_ref().filter(|shown| !shown.agreement.is_empty()) {
                    <p class="verdict" data-field="agreement">{ &shown.agreement }</p>
                }
                if let Some(shown) = store.shown.as_ref().filter(|shown| !shown.remarks.is_empty()) {
                    <ul class="remarks" data-field="remarks">{ for shown.remarks.iter().map(|remark| html! { <li>{ format!("Note: {remark}.") }</li> }) }</ul>
                }
                { race(store, dispatch, &props.ask, false) }
                <AddPlan problem={store.plan_problem.clone()} dispatch={dispatch.clone()} />
            </section>
            <section class="text files-here">
                <h2>{ "Files of real runs" }</h2>
                <p class="mute">{ "Measure on any machine with " }<code>{ "trilane measure -o run.json" }</code>
                    { " and drop the file anywhere on this page, or open it here. Files of several machines stand side by side, each below the prediction for it." }</p>
                <Choose dispatch={dispatch.clone()} />
            </section>
            { about(store) }
        </main>
    }
}

/// Before anything was measured: how it is done here, and how CPython comes in where no server has found one.
fn nothing_yet(store: &State) -> Html {
    let served = store
        .measuring
        .interpreters
        .iter()
        .any(|one| !runs::is_here(&one.id));
    html! {
        <p class="verdict" data-field="how">{ "Nothing is measured yet: choose plans and what to run them on, and press Measure. Each real run then stands below its prediction." }
            if !served {
                { " For real runs of CPython, start " }<code>{ "trilane serve" }</code>{ " and open the address that it prints, or run " }
                <code>{ "trilane measure -o run.json" }</code>{ " and drop the file here." }
            }
        </p>
    }
}

/// Which scenario: one of the examples, or the text of the Lab.
fn scenario(store: &State, dispatch: &Dispatch) -> Html {
    let open = store.example();
    let choose = {
        let dispatch = dispatch.clone();
        Callback::from(move |event: Event| {
            let name = value(&event);
            let example = examples::all().iter().find(|example| example.name == name);
            if let Some(example) = example {
                dispatch_soon(&dispatch, Action::Open(example));
            }
        })
    };
    let title = store.shown.as_ref().map(|shown| shown.title.clone());
    html! {
        <section class="gallery chosen">
            <h2><label for="example">{ "Scenario" }</label></h2>
            <select id="example" data-field="example" onchange={choose}>
                if open.is_none() { <option value="" selected=true>{ title.unwrap_or_else(|| "Of one's own".to_owned()) }</option> }
                { for examples::all().iter().map(|example| html! {
                    <option value={example.name} selected={open == Some(example)}>{ example.title }</option>
                }) }
            </select>
            <p class="mute">if let Some(example) = open { { example.says }{ " " } }
                <a href={link::to(Place::Lab, &store.link())}>{ "Change it in the Lab" }</a></p>
            if !store.problems.is_empty() { <p class="wrong" role="status">{ "Its text has a problem, which the Lab shows. The race is that of the last text without one." }</p> }
        </section>
    }
}

/// What is to be run, on what and how often; how far it is.
fn order(props: &Props, dispatch: &Dispatch) -> Html {
    let store = &*props.store;
    let measuring = &store.measuring;
    if measuring.interpreters.is_empty() {
        return html! {};
    }
    let running = measuring.running.is_some();
    let wanted = store.order();
    let nothing = wanted.plans.is_empty() || wanted.interpreters.is_empty();
    let times = {
        let dispatch = dispatch.clone();
        Callback::from(move |event: Event| {
            if let Ok(times) = value(&event).parse() {
                dispatch.dispatch(Action::Choose(Choice::Repeat(times)));
            }
        })
    };
    html! {
        <section class="order" aria-label="Real runs">
            <fieldset disabled={running}>
                <legend><h2>{ "Run on" }</h2></legend>
                { for measuring.interpreters.iter().map(|one| {
                    let checked = measuring.on.contains(&one.id);
                    let text = html! { <span>{ &one.id }{ " " }<small class="mute">{ &one.label }</small></span> };
                    choice(Choice::On(one.id.clone()), &one.id, text, checked, one.refuses.clone(), dispatch)
                }) }
            </fieldset>
            <fieldset disabled={running}>
                <legend><h2>{ "Plans" }</h2></legend>
                { for store.question.plans.iter().map(|plan| {
                    let refuses = measuring.refuses(plan);
                    let checked = refuses.is_none() && !measuring.left_out.contains(plan);
                    choice(Choice::Plan(plan.clone()), plan, html! { <code>{ plan }</code> }, checked, refuses, dispatch)
                }) }
            </fieldset>
            <label class="times-of"><span>{ "Runs of each" }</span>
                <input type="number" min="1" max={MOST_REPEATS.to_string()} value={measuring.repeat.to_string()} onchange={times} disabled={running} /></label>
            if let Some(going) = &measuring.running {
                { progress(going, props, dispatch) }
            } else {
                <p class="bar"><button class="play" onclick={run(props, dispatch)} disabled={nothing} data-do="run">{ "Measure" }</button></p>
                if let Some(why) = &measuring.failed { <p role="alert" class="wrong" data-field="failed">{ why }</p> }
                { calibration(props, dispatch) }
            }
        </section>
    }
}

/// A box to tick, or why it cannot be.
fn choice(
    what: Choice,
    name: &str,
    text: Html,
    checked: bool,
    refuses: Option<String>,
    dispatch: &Dispatch,
) -> Html {
    html! {
        <label class="switch"><input type="checkbox" data-measure={name.to_owned()} {checked} disabled={refuses.is_some()}
            onchange={always(dispatch, Action::Choose(what))} />
            <span>{ text }if let Some(why) = refuses { <small class="mute why">{ why }</small> }</span></label>
    }
}

fn progress(going: &Running, props: &Props, dispatch: &Dispatch) -> Html {
    let cancel = {
        let (job, dispatch) = (props.job.clone(), dispatch.clone());
        Callback::from(move |_: MouseEvent| {
            job.borrow_mut().cancel();
            dispatch.dispatch(Action::Measured(Some("It was cancelled.".to_owned())));
        })
    };
    html! {
        <div class="going">
            <progress max="1" value={going.share.to_string()} aria-label="How much is done" />
            <p role="status" data-field="running">{ &going.words }</p>
            <button onclick={cancel} data-do="cancel">{ "Cancel" }</button>
        </div>
    }
}

/// What a run tells becomes what is shown.
fn hear(dispatch: &Dispatch) -> impl Fn(Heard) + 'static {
    let dispatch = dispatch.clone();
    dispatch.dispatch(Action::Running(Running::default()));
    move |heard| match heard {
        Heard::Progress(running) => dispatch.dispatch(Action::Running(running)),
        Heard::File(name, bytes) => dispatch_soon(&dispatch, Action::Drop(name, bytes)),
        Heard::Over(why) => dispatch.dispatch(Action::Measured(why)),
    }
}

fn run(props: &Props, dispatch: &Dispatch) -> Callback<MouseEvent> {
    let (job, store, dispatch) = (props.job.clone(), props.store.clone(), dispatch.clone());
    Callback::from(move |_: MouseEvent| {
        let order = store.order();
        // What is measured is predicted for the same machine.
        dispatch.dispatch(Action::Cores(platform::cores()));
        let python = store.predicts();
        if let Some(python) = python.filter(|python| *python != store.question.python) {
            dispatch.dispatch(Action::Python(python));
        }
        *job.borrow_mut() = runs::measure(&order, hear(&dispatch));
    })
}

/// Making a profile of what is chosen, and keeping it.
fn calibration(props: &Props, dispatch: &Dispatch) -> Html {
    let store = &*props.store;
    let one = store.measuring.chosen().find(|one| one.calibrates);
    let make = |one: &Interpreter| {
        let (job, dispatch, id) = (props.job.clone(), dispatch.clone(), one.id.clone());
        let onclick = Callback::from(move |_: MouseEvent| {
            *job.borrow_mut() = runs::calibrate(&id, hear(&dispatch));
        });
        html! {
            <><p class="mute">{ format!("Predictions are as good as the figures behind them. Measure what things cost under {} on this machine, and predict with that: half a minute.", one.id) }</p>
            <p class="bar"><button {onclick} data-do="calibrate">{ format!("Calibrate {}", one.id) }</button></p></>
        }
    };
    let save = store.question.profile.clone().map(|text| {
        let name = format!("profile-{}.toml", store.question.python);
        let onclick = Callback::from(move |_: MouseEvent| {
            platform::save(&name, "application/toml", text.as_bytes());
        });
        html! { <p class="bar"><button {onclick} data-do="save-profile">{ "Save the profile" }</button></p> }
    });
    html! {
        <div class="calibration">
            if one.is_some() || save.is_some() { <h2>{ "The prediction's figures" }</h2> }
            { one.map(make).unwrap_or_default() }
            { save.unwrap_or_default() }
        </div>
    }
}
