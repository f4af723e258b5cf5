//! The whole page: the header, the place that is shown, and what lies over it.

use std::cell::RefCell;

use yew::prelude::*;

use super::Dispatch;
use super::behind::use_behind;
use super::drop::Drop;
use super::header::Header;
use super::keys::use_keys;
use super::lab::{embedded, lab};
use super::later::Later;
use super::{choose, embed, learn, measure, panels};
use crate::place::Place;
use crate::platform;
use crate::platform::runs::Job;
use crate::state::{Action, Look, Panel, Shared, State};

#[component]
pub(crate) fn App() -> Html {
    let store = use_reducer(|| {
        let look = platform::kept_look().map_or(Look::System, |name| Look::of(&name));
        let state = State::of(&platform::hash(), look);
        state.after(Action::SystemDark(platform::system_is_dark()))
    });
    let ask = use_behind(&store);
    let dispatch: Dispatch = store.dispatcher();
    use_keys(&dispatch, &ask, &store);
    // Whichever place is shown meanwhile, what is measured goes on.
    let job = use_state(|| Shared::new(RefCell::new(Job::default())));
    if platform::is_embedded() {
        return embedded(&store, &dispatch, &ask);
    }
    html! {
        <>
        { match store.place {
            Place::Learn => html! { <a class="skip" href="#place" onclick={skip("place")}>{ "Skip to the chapter" }</a> },
            Place::Choose => html! { <a class="skip" href="#place" onclick={skip("place")}>{ "Skip to the flowchart" }</a> },
            Place::Embed => html! { <a class="skip" href="#place" onclick={skip("place")}>{ "Skip to the snippets" }</a> },
            Place::Lab | Place::Measure => html! { <a class="skip" href="#room" onclick={skip("race")}>{ "Skip to the race" }</a> },
        } }
        <Header store={store.clone()} />
        if let Some(notice) = &store.notice {
            <p class="notice" role="status">{ notice }
                <button onclick={super::always(&dispatch, Action::Dismiss)}>{ "Close" }</button></p>
        }
        if store.panel != Panel::None {
            <Later<panels::Props> part={&panels::PART} with={panels::Props { store: store.clone(), ask: ask.clone() }} />
        }
        { match store.place {
            Place::Learn => {
                let with = learn::Props { path: store.path.clone(), dark: store.surface.dark };
                html! { <Later<learn::Props> part={&learn::PART} {with} place={Place::Learn} /> }
            }
            Place::Lab => lab(&store, &dispatch, &ask),
            Place::Choose => {
                let can = (store.history.can_undo(), store.history.can_redo());
                let with = choose::Props { question: store.question.clone(), answers: store.answers.clone(), can,
                    lab: store.lab_link(), dark: store.surface.dark, dispatch: dispatch.clone() };
                html! { <Later<choose::Props> part={&choose::PART} {with} place={Place::Choose} /> }
            }
            Place::Measure => {
                let with = measure::Props { store: store.clone(), job: (*job).clone(), ask: ask.clone() };
                html! { <Later<measure::Props> part={&measure::PART} {with} place={Place::Measure} /> }
            }
            Place::Embed => html! { <Later<embed::Props> part={&embed::PART} with={embed::Props { store: store.clone() }} place={Place::Embed} /> },
        } }
        <Drop dispatch={dispatch.clone()} />
        </>
    }
}

/// The way past the header, to an element.
fn skip(to: &'static str) -> Callback<MouseEvent> {
    Callback::from(move |event: MouseEvent| {
        event.prevent_default();
        platform::focus(to);
    })
}
