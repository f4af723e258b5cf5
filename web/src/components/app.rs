//! The whole page: the header, the Lab in its three columns, and what happens behind them.

use yew::prelude::*;

use super::Store;
use super::gallery::Gallery;
use super::machine::Machine;
use super::notes::Notes;
use super::race::Race;
use super::text::ScenarioText;
use crate::state::{Action, Look, State};
use crate::wire::Request;
use crate::worker::{Client, Event as Heard};
use crate::{api, platform};

/// The element whose width pictures have.
pub(crate) const ROOM: &str = "room";

#[component]
pub(crate) fn App() -> Html {
    let store = use_reducer(|| {
        let look = platform::kept_look().map_or(Look::System, |name| Look::of(&name));
        State::of(&platform::hash(), look)
    });
    use_behind(&store);
    let dispatch = |action: Action| {
        let store = store.clone();
        Callback::from(move |_: MouseEvent| store.dispatch(action.clone()))
    };
    let share = {
        let link = store.link();
        let copied =
            Action::Told("The link is in your clipboard, and in the address bar.".to_owned());
        let store = store.clone();
        Callback::from(move |_: MouseEvent| {
            platform::copy(&platform::address(&link));
            store.dispatch(copied.clone());
        })
    };
    let state = if store.busy { "busy" } else { "ready" };
    html! {
        <>
        <header>
            <span class="brand"><i class="a" /><i class="b" /><i class="c" />{ "Trilane" }</span>
            <span class="claim">{ "how concurrent Python runs" }</span>
            <button onclick={share}>{ "Share link" }</button>
            <button class="look" onclick={dispatch(Action::Look(store.look.next()))}
                aria-label={format!("Theme: {}; change it", store.look.name())}>
                { format!("◐ {}", store.look.name()) }
            </button>
        </header>
        if let Some(notice) = &store.notice {
            <p class="notice" role="status">{ notice }
                <button onclick={dispatch(Action::Dismiss)}>{ "Close" }</button></p>
        }
        <main data-place="lab" data-state={state}>
            <aside class="left">
                <Gallery store={store.clone()} />
                <Machine store={store.clone()} />
            </aside>
            <section class="middle">
                <Race store={store.clone()} />
            </section>
            <aside class="right"><Notes store={store.clone()} /></aside>
            <div class="middle"><ScenarioText store={store.clone()} /></div>
        </main>
        </>
    }
}

/// The worker, the address, the theme and the room there is, each kept in step with the state.
#[hook]
fn use_behind(store: &Store) {
    let client = {
        let dispatcher = store.dispatcher();
        use_memo((), move |()| {
            Client::new(move |event| {
                dispatcher.dispatch(match event {
                    Heard::Answer(reply, pictures) => Action::Answer(reply, pictures),
                    Heard::Died(why) => Action::Died(why),
                });
            })
        })
    };
    let dispatcher = store.dispatcher();
    use_effect_with((), move |()| {
        let width = dispatcher.clone();
        let measure = move || width.dispatch(Action::Width(platform::width(ROOM)));
        measure();
        platform::on_window("resize", measure);
        let follow = dispatcher.clone();
        // Of both the browser's back button and an address that was typed in.
        platform::on_window("popstate", move || {
            follow.dispatch(Action::Follow(platform::hash()));
        });
        platform::on_system_theme(move || dispatcher.dispatch(Action::Repaint));
    });
    let known = store.width_px > 0;
    {
        let (client, state) = ((*client).clone(), store.clone());
        use_effect_with((store.question(), known), move |_| {
            if let Some(ask) = state.ask() {
                client.ask(Request::Race(ask));
            }
        });
    }
    {
        let (client, shown) = ((*client).clone(), store.shown.is_some());
        use_effect_with(store.width_px, move |&width_px| {
            if shown && width_px > 0 {
                client.ask(Request::Draw { width_px });
            }
        });
    }
    {
        let (step, fresh) = (
            store.step,
            platform::hash().is_empty() && store.example().is_some(),
        );
        use_effect_with((store.link(), store.notice.is_some()), move |(link, _)| {
            // The first example needs no address of its own; what is followed has it already.
            if platform::hash() != *link && !(fresh && !step) {
                platform::set_hash(link, step);
            }
        });
    }
    use_effect_with(store.look, |look| platform::set_look(look.name()));
    use_effect_with(store.busy, |busy| {
        if !busy {
            api::ready();
        }
    });
}
