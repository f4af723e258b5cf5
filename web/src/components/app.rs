//! The whole page: the header, the place that is shown, and what lies over it.

use std::cell::RefCell;

use yew::prelude::*;

use super::Dispatch;
use super::behind::use_behind;
use super::choose::Choose;
use super::code::Code;
use super::drop::Drop;
use super::embed::Embed;
use super::export::Export;
use super::header::Header;
use super::keys::{KeyList, use_keys};
use super::lab::{embedded, lab};
use super::learn::Learn;
use super::measure::Measure;
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
        <Header look={store.look} place={store.place} link={store.link()} lab={store.lab_link()} dispatch={dispatch.clone()} />
        if let Some(notice) = &store.notice {
            <p class="notice" role="status">{ notice }
                <button onclick={super::always(&dispatch, Action::Dismiss)}>{ "Close" }</button></p>
        }
        { match store.place {
            Place::Learn => html! { <Learn path={store.path.clone()} dark={store.surface.dark} /> },
            Place::Lab => lab(&store, &dispatch, &ask),
            Place::Choose => html! {
                <Choose question={store.question.clone()} answers={store.answers.clone()} can={(store.history.can_undo(), store.history.can_redo())}
                    lab={store.lab_link()} dark={store.surface.dark} dispatch={dispatch.clone()} />
            },
            Place::Measure => html! { <Measure store={store.clone()} job={(*job).clone()} ask={ask.clone()} /> },
            Place::Embed => html! { <Embed store={store.clone()} /> },
        } }
        { match store.panel {
            Panel::None => html! {},
            Panel::Code => html! { <Code code={store.code.clone()} shown={store.shown.clone()} focus={store.focus()} dark={store.surface.dark} dispatch={dispatch.clone()} /> },
            Panel::Export => html! { <Export shown={store.shown.clone()} focus={store.focus()} surface={store.surface} dispatch={dispatch.clone()} ask={ask.clone()} /> },
            Panel::Keys => html! { <KeyList dispatch={dispatch.clone()} /> },
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
