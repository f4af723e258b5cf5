//! Real runs on the machine that serves the page: of what, on what, how often; and how far they are.

use std::collections::BTreeSet;

use trilane_core::profile::embedded_names;
use yew::prelude::*;

use super::Dispatch;
use super::panel::Over;
use crate::platform::served::{self, Heard, Job};
use crate::platform::{self, value};
use crate::state::{Action, Interpreter, Order, Running, Shared};

/// Runs of each plan, where nobody says how many.
const REPEAT: u32 = 5;
/// At most.
const MOST: u32 = 50;

#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    pub(crate) scenario: String,
    pub(crate) plans: Vec<String>,
    pub(crate) interpreters: Shared<Vec<Interpreter>>,
    pub(crate) running: Option<Running>,
    pub(crate) failed: Option<String>,
    pub(crate) dispatch: Dispatch,
}

#[component]
pub(crate) fn Measure(props: &Props) -> Html {
    let all = &props.interpreters;
    let on = use_state(|| {
        all.iter()
            .take(1)
            .map(|one| one.id.clone())
            .collect::<BTreeSet<String>>()
    });
    let plans = use_state(|| {
        let here = |plan: &&String| match plan.split_once('@') {
            Some((_, python)) => all.iter().any(|one| one.name == python),
            None => true,
        };
        props
            .plans
            .iter()
            .filter(here)
            .cloned()
            .collect::<BTreeSet<String>>()
    });
    let repeat = use_state(|| REPEAT);
    let job = use_mut_ref(Job::default);
    {
        // Whoever closes the panel hangs up.
        let job = job.clone();
        use_effect_with((), move |()| move || job.borrow().cancel());
    }
    let run = {
        let (job, dispatch) = (job.clone(), props.dispatch.clone());
        let order = Order {
            scenario: props.scenario.clone(),
            plans: plans.iter().cloned().collect(),
            interpreters: on.iter().cloned().collect(),
            repeat: *repeat,
        };
        let known = |one: &&Interpreter| embedded_names().contains(&one.name.as_str());
        let chosen = all.iter().filter(|one| on.contains(&one.id));
        let python = chosen.clone().find(known).map(|one| one.name.clone());
        Callback::from(move |_: MouseEvent| {
            // What is measured is predicted for the same machine.
            dispatch.dispatch(Action::Cores(platform::cores()));
            if let Some(python) = &python {
                dispatch.dispatch(Action::Python(python.clone()));
            }
            dispatch.dispatch(Action::Running(Running::default()));
            let dispatch = dispatch.clone();
            let measured = served::measure(&order, move |heard| {
                dispatch.dispatch(match heard {
                    Heard::Progress(running) => Action::Running(running),
                    Heard::Trace(name, bytes) => Action::Drop(name, bytes),
                    Heard::Over(why) => Action::Measured(why),
                });
            });
            *job.borrow_mut() = measured;
        })
    };
    let cancel = {
        let (job, dispatch) = (job.clone(), props.dispatch.clone());
        Callback::from(move |_: MouseEvent| {
            job.borrow().cancel();
            dispatch.dispatch(Action::Measured(Some("It was cancelled.".to_owned())));
        })
    };
    let times = {
        let repeat = repeat.setter();
        Callback::from(move |event: Event| {
            if let Ok(times) = value(&event).parse::<u32>() {
                repeat.set(times.clamp(1, MOST));
            }
        })
    };
    let choice = |set: &UseStateHandle<BTreeSet<String>>, key: &str, text: Html| {
        let (set, key) = (set.clone(), key.to_owned());
        let checked = set.contains(&key);
        let name = key.clone();
        let onchange = Callback::from(move |_: Event| {
            let mut changed = (*set).clone();
            if !changed.remove(&key) {
                changed.insert(key.clone());
            }
            set.set(changed);
        });
        html! { <label class="switch"><input type="checkbox" data-measure={name} {checked} {onchange} />{ text }</label> }
    };
    let nothing = plans.is_empty() || on.is_empty();
    html! {
        <Over title="Measure on this machine" name="measure" dispatch={props.dispatch.clone()}>
            <p class="mute">{ "The scenario runs for real, as often as you say; the run in the middle comes below the predictions, on the same axis." }</p>
            <fieldset disabled={props.running.is_some()}>
                <legend>{ "On" }</legend>
                { for all.iter().map(|one| choice(&on, &one.id, html! { <span>{ &one.id }{ " " }<code class="mute">{ &one.label }</code></span> })) }
            </fieldset>
            <fieldset disabled={props.running.is_some()}>
                <legend>{ "Plans" }</legend>
                { for props.plans.iter().map(|plan| choice(&plans, plan, html! { <code>{ plan }</code> })) }
            </fieldset>
            <label class="times-of">{ "Runs of each " }
                <input type="number" min="1" max={MOST.to_string()} value={repeat.to_string()} onchange={times} /></label>
            <p class="bar">
            if let Some(running) = &props.running {
                <button onclick={cancel} data-do="cancel">{ "Cancel" }</button>
                <progress max="1" value={running.share.to_string()} aria-label="How much is done" />
                <span role="status" data-field="running">{ &running.words }</span>
            } else {
                <button class="play" onclick={run} disabled={nothing} data-do="run">{ "Run" }</button>
                if let Some(why) = &props.failed { <span role="status" class="wrong">{ why }</span> }
            }
            </p>
        </Over>
    }
}
