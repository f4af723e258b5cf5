//! The Lab in its three columns, and the race in a frame of another page.

use yew::prelude::*;

use super::figures::Figures;
use super::gallery::Gallery;
use super::knobs::Knobs;
use super::machine::Machine;
use super::narration::Narration;
use super::notes::{Notes, Part};
use super::plans::AddPlan;
use super::race::Race;
use super::text::ScenarioText;
use super::transport::Transport;
use super::{Dispatch, Question};
use crate::place::Place;
use crate::platform;
use crate::state::State;

/// The Lab.
pub(crate) fn lab(store: &State, dispatch: &Dispatch, ask: &Question) -> Html {
    html! {
        <main key="lab" id="place" tabindex="-1" data-place="lab" data-state={working(store)}>
            <aside class="left" aria-label="Scenario">
                <Gallery open={store.example()} search={store.search.clone()} dispatch={dispatch.clone()} />
                { knobs(store, dispatch) }
            </aside>
            <section class="middle" id="race" tabindex="-1" aria-label="Race">
                { race(store, dispatch, ask, false) }
                <AddPlan problem={store.plan_problem.clone()} dispatch={dispatch.clone()} />
            </section>
            <ScenarioText text={store.question.text.clone()} problems={store.problems.clone()}
                dark={store.surface.dark} kept={store.shown.is_some()} dispatch={dispatch.clone()} />
            { about(store) }
        </main>
    }
}

/// The race alone.
pub(crate) fn embedded(store: &State, dispatch: &Dispatch, ask: &Question) -> Html {
    html! {
        <main class="embed" data-place="lab" data-state={working(store)}>
            if let Some(notice) = &store.notice { <p class="notice" role="status">{ notice }</p> }
            if let Some(shown) = &store.shown {
                <p class="embedded"><b>{ &shown.title }</b>
                    <a href={platform::without_embed(&store.link())} target="_blank" rel="noopener">{ "Open in Trilane" }</a></p>
            }
            { race(store, dispatch, ask, true) }
            <Narration told={store.told.clone()} shown={store.shown.clone()} />
        </main>
    }
}

/// Whether a race is awaited, as `data-state` says it.
pub(super) fn working(store: &State) -> &'static str {
    if store.busy { "busy" } else { "ready" }
}

/// The knobs of the work and of the machine.
pub(super) fn knobs(store: &State, dispatch: &Dispatch) -> Html {
    html! {
        <>
        <Knobs knobs={store.knobs.clone()} broken={!store.problems.is_empty()} dispatch={dispatch.clone()} />
        <Machine cores={store.question.cores.or(store.shown.as_ref().map(|shown| shown.cores))}
            python={store.question.python.clone()} own={store.question.profile.is_some()} dispatch={dispatch.clone()} />
        </>
    }
}

/// The playhead's controls, and every row on one axis.
pub(super) fn race(store: &State, dispatch: &Dispatch, ask: &Question, embedded: bool) -> Html {
    let axis = |axis: crate::wire::Axis| axis.scale().px(store.playhead_ns as f64);
    let x = store.shown.as_ref().map_or(0.0, |shown| axis(shown.axis));
    let lanes = store
        .lanes
        .as_ref()
        .map(|(lanes, _)| (lanes.axis, axis(lanes.axis)));
    // Out of sight where the opened row does not show that time.
    let u = lanes.filter(|(axis, x)| (axis.left_px..=axis.right_px).contains(x));
    let style = format!("--t:{x:.1}px;--u:{:.1}px", u.map_or(-9999.0, |(_, x)| x));
    let can = match embedded {
        true => (false, false),
        false => (store.history.can_undo(), store.history.can_redo()),
    };
    html! {
        <>
        <Transport playing={store.playing} rate={store.rate} time={store.time()} playhead_ns={store.playhead_ns}
            end_ns={store.end_ns()} log={store.surface.log} {can} {embedded}
            focus={store.focus()} dispatch={dispatch.clone()} ask={ask.clone()} />
        <div class="rows" {style}>
            <Race shown={store.shown.clone()} pictures={store.pictures.clone()} dark={store.surface.dark}
                python={store.question.python.clone()} plans={store.question.plans.clone()}
                focus={store.focus()} open={store.open.clone()} lanes={store.lanes.clone()} events={store.events.clone()}
                tip={store.tip.clone()} surface={store.surface} measured_first={store.place == Place::Measure} dispatch={dispatch.clone()} ask={ask.clone()} />
        </div>
        </>
    }
}

/// What is said of the race.
pub(super) fn about(store: &State) -> Html {
    let notes = |part: Part| {
        html! { <Notes shown={store.shown.clone()} python={store.question.python.clone()} {part} /> }
    };
    html! {
        <aside class="right" aria-label="What happens, and why">
            { notes(Part::Verdict) }
            <Narration told={store.told.clone()} shown={store.shown.clone()} />
            <Figures figures={store.figures.clone()} shown={store.shown.clone()} dark={store.surface.dark} />
            { notes(Part::Notes) }
        </aside>
    }
}
