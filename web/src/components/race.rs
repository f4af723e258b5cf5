//! Every plan's race, on one axis.

use trilane_core::trace::SpanKind;
use trilane_timeline::draw::{DrawList, Paint};
use yew::prelude::*;

use super::{Props, Store, app::ROOM};
use crate::platform::{self, value};
use crate::state::{Action, Look};
use crate::timeline::Canvas;
use crate::wire::{Picture, Ran, state_of};

#[component]
pub(crate) fn Race(props: &Props) -> Html {
    let store = &props.store;
    let dark = match store.look {
        Look::System => platform::system_is_dark(),
        look => look == Look::Dark,
    };
    let Some(shown) = &store.shown else {
        return html! { <><div id={ROOM} /><p class="mute">{ "Simulating…" }</p></> };
    };
    let mut pictures = store.pictures.iter();
    let rows: Vec<Html> = shown
        .rows
        .iter()
        .enumerate()
        .map(|(at, row)| match &row.run {
            Ok(run) => ran(store, at, run, pictures.next(), dark),
            Err(why) => html! {
                <article key={row.written.clone()} data-plan={row.written.clone()} data-outcome="refused" class="refused">
                    <div class="head"><h3>{ &row.written }</h3>{ remove(store, at, &row.written) }</div>
                    <p class="held">{ why }</p>
                </article>
            },
        })
        .collect();
    html! {
        <>
        <ul class="legend" aria-label="Colours of the states">
            { for shown.states.iter().filter_map(|&number| state_of(number)).map(|kind| html! {
                <li><Canvas picture={swatch(kind)} {dark} />{ kind.label() }</li>
            }) }
        </ul>
        <div id={ROOM} />
        { for rows }
        if let Some(axis) = pictures.next() {
            <div class="axis"><Canvas picture={axis.clone()} {dark} /></div>
        }
        <AddPlan store={store.clone()} />
        </>
    }
}

fn swatch(kind: SpanKind) -> Picture {
    let mut list = DrawList::default();
    list.rect((0.0, 0.0), (13.0, 9.0), 2.0, Paint::State(kind));
    Picture {
        width: 13.0,
        height: 9.0,
        list,
    }
}

fn ran(store: &Store, at: usize, run: &Ran, picture: Option<&Picture>, dark: bool) -> Html {
    let speedup = run.speedup.map(|speedup| speedup.to_string());
    let completed = run.outcome == "completed";
    let python = if run.python == store.python {
        String::new()
    } else {
        format!("{} · ", run.python)
    };
    html! {
        <article key={format!("{at} {}@{}", run.plan, run.python)} data-plan={run.plan.clone()} data-python={run.python.clone()}
            data-makespan-ns={run.makespan_ns.to_string()} data-speedup={speedup} data-outcome={run.outcome.clone()}
            data-best={run.best.then_some("")}>
            <div class="head">
                <h3>{ &run.name }</h3><code>{ python }{ &run.detail }</code>
                if run.best { <span class="badge good">{ "best" }</span> }
                if !completed { <span class="badge">{ &run.outcome }</span> }
                if run.late { <span class="badge">{ "runs past the window" }</span> }
                <strong class="time">{ &run.time }</strong><span class="times">{ &run.times }</span>
                { remove(store, at, &run.plan) }
            </div>
            if let Some(picture) = picture {
                <Canvas picture={picture.clone()} {dark} label={run.words.clone()} />
            }
            <p class="held">{ &run.held }</p>
        </article>
    }
}

fn remove(store: &Store, at: usize, name: &str) -> Html {
    let onclick = {
        let store = store.clone();
        Callback::from(move |_: MouseEvent| store.dispatch(Action::RemovePlan(at)))
    };
    html! {
        <button class="remove" {onclick} disabled={store.plans.len() < 2} aria-label={format!("Remove {name}")}>{ "×" }</button>
    }
}

#[component]
fn AddPlan(props: &Props) -> Html {
    let store = &props.store;
    let written = use_state(String::new);
    let oninput = {
        let written = written.clone();
        Callback::from(move |event: InputEvent| written.set(value(&event)))
    };
    let onsubmit = {
        let store = store.clone();
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            store.dispatch(Action::AddPlan((*written).clone()));
        })
    };
    html! {
        <form class="add" {onsubmit}>
            <label>{ "Another plan" }<input name="plan" placeholder="threads(32)@3.14t" {oninput} aria-describedby="plan-problem" /></label>
            <button>{ "Add" }</button>
            <p id="plan-problem" role="status">{ store.plan_problem.clone().unwrap_or_default() }</p>
        </form>
    }
}
