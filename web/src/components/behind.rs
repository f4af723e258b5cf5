//! Behind the page: the worker, the address, the theme and the room there is, each kept in step with the
//! state.

use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use super::playhead::use_playing;
use super::{Dispatch, Question, once_readable};
use crate::place::Place;
use crate::state::{Action, State};
use crate::wire::{Export, Reply, Request, Surface};
use crate::worker::{Client, Event as Heard};
use crate::{api, link, platform, soon};

/// The element whose width pictures have.
pub(crate) const ROOM: &str = "room";
/// What is typed is one step to undo until this much time passes, ms.
const PAUSE_MS: i32 = 900;

/// Keeps everything in step; gives the way to ask the worker.
#[hook]
pub(crate) fn use_behind(store: &UseReducerHandle<State>) -> Question {
    let client = {
        let dispatch = store.dispatcher();
        use_memo((), move |()| {
            Client::new(move |event| match event {
                Heard::Answer(Reply::File(_, what, name), parts) => {
                    save(what, &name, parts, &dispatch)
                }
                Heard::Answer(reply, parts) => {
                    dispatch.dispatch(Action::Answer(Box::new(reply), parts))
                }
                Heard::Died(why) => dispatch.dispatch(Action::Died(why)),
            })
        })
    };
    let ask = {
        let client = (*client).clone();
        use_callback((), move |request: Request, ()| client.ask(request))
    };
    use_room(store);
    use_files(store, &client);
    use_questions(store, &ask);
    use_address(store);
    use_place(store);
    let dispatch = store.dispatcher();
    use_playing(store.playing, move |ms| dispatch.dispatch(Action::Tick(ms)));
    use_effect_with(store.look, |look| platform::set_look(look.name()));
    {
        let dispatch = store.dispatcher();
        use_effect_with(store.question.text.clone(), move |_| {
            platform::pause("settle", PAUSE_MS, move || {
                dispatch.dispatch(Action::Settle)
            });
        });
    }
    let settled = (!store.busy && store.shown.is_some()) || !store.problems.is_empty();
    use_effect_with(settled, |settled| {
        if *settled {
            api::ready();
        }
    });
    use_soon(store, settled);
    ask
}

/// What is fetched right after the first race, and at once where a place shows none; where that failed, the next
/// race tries again.
#[hook]
fn use_soon(store: &UseReducerHandle<State>, settled: bool) {
    let is_due = settled || store.place != Place::Lab;
    let (dispatch, was_read) = (store.dispatcher(), use_mut_ref(soon_is_here));
    let found = use_mut_ref(|| false);
    use_effect_with((is_due, store.race), move |(is_due, _)| {
        if !is_due || (*was_read.borrow() && *found.borrow()) {
            return;
        }
        spawn_local(async move {
            if soon::PART.fetched().await.is_ok() {
                // What was asked for by an address that could not be read then.
                let read = was_read.replace(true);
                if !read && link::is_packed(&platform::hash()) {
                    dispatch.dispatch(Action::Follow(platform::hash()));
                }
                dispatch.dispatch(Action::Whole);
            }
            if let Ok(doors) = platform::runs::PART.fetched().await
                && !found.replace(true)
            {
                (doors.find)(Box::new(move |all| dispatch.dispatch(Action::Found(all))));
            }
        });
    });
}

/// Whether links can be read.
fn soon_is_here() -> bool {
    soon::PART.here().is_some()
}

/// How wide and how dense pictures are, and whether they are dark.
#[hook]
fn use_room(store: &UseReducerHandle<State>) {
    let dispatch = store.dispatcher();
    use_effect_with((), move |()| {
        let measure = {
            let dispatch = dispatch.clone();
            move || {
                tell_room(&dispatch);
                if platform::is_embedded() {
                    platform::tell_height();
                }
            }
        };
        measure();
        platform::on_resize(measure);
        // It may have changed since the page began.
        dispatch.dispatch(Action::SystemDark(platform::system_is_dark()));
        platform::on_system_theme(move |dark| dispatch.dispatch(Action::SystemDark(dark)));
    });
}

/// Tells how wide the room for pictures is, where there is one.
pub(crate) fn tell_room(dispatch: &Dispatch) {
    let width = platform::width(ROOM);
    if width > 0 {
        dispatch.dispatch(Action::Room(width, platform::density() as f32));
    }
}

/// Files that were dropped go to the worker before a race that names them.
#[hook]
fn use_files(store: &UseReducerHandle<State>, client: &Client) {
    let (client, last) = (client.clone(), store.kept.last().cloned());
    use_effect_with(store.kept.len(), move |_| {
        if let Some((number, bytes)) = last {
            client.keep(number, bytes.to_vec());
        }
    });
}

/// What the state wants to know is asked.
#[hook]
fn use_questions(store: &UseReducerHandle<State>, ask: &Question) {
    {
        let (ask, wanted) = (ask.clone(), store.race_ask());
        use_effect_with((store.race, wanted.is_some()), move |_| {
            if let Some((race, surface)) = wanted {
                ask.emit(Request::Race(Box::new(race), surface));
            }
        });
    }
    {
        let (ask, shown) = (ask.clone(), store.shown.is_some());
        use_effect_with(store.surface, move |surface: &Surface| {
            if shown && surface.width_px > 0 {
                ask.emit(Request::Draw(*surface));
            }
        });
    }
    {
        let ask = ask.clone();
        use_effect_with(store.lanes_ask(), move |lanes| {
            if let Some(lanes) = lanes {
                ask.emit(Request::Lanes(*lanes));
            }
        });
    }
    {
        let ask = ask.clone();
        use_effect_with(store.at_ask(), move |at| {
            if let Some(at) = at {
                ask.emit(Request::At(*at));
            }
        });
    }
    {
        let ask = ask.clone();
        let surface = Surface {
            width_px: 0,
            log: false,
            ..store.surface
        };
        use_effect_with((store.focus(), surface), move |(of, surface)| {
            if let Some(of) = of {
                ask.emit(Request::Figures(*of, *surface));
            }
        });
    }
    {
        let ask = ask.clone();
        let events = store.open.as_ref().and_then(|open| open.events);
        use_effect_with((store.focus(), events), move |(of, events)| {
            if let (Some(of), Some(first)) = (of, events) {
                ask.emit(Request::Events(*of, *first));
            }
        });
    }
    {
        let ask = ask.clone();
        let wanted = (store.focus(), store.panel == crate::state::Panel::Code);
        use_effect_with(wanted, move |(of, open)| {
            if let (Some(of), true) = (of, open) {
                ask.emit(Request::Code(*of));
            }
        });
    }
}

/// The address bar says what is shown.
#[hook]
fn use_address(store: &UseReducerHandle<State>) {
    let dispatch = store.dispatcher();
    use_effect_with((), move |()| {
        // Of both the browser's back button and an address that was typed in.
        platform::on_window("popstate", move || {
            let dispatch = dispatch.clone();
            once_readable(&platform::hash(), move || {
                dispatch.dispatch(Action::Follow(platform::hash()));
            });
        });
    });
    let step = store.step;
    let fresh = platform::hash().is_empty() && store.example().is_some() && store.open.is_none();
    // While the playhead moves by itself, the address would be written sixty times a second.
    // Nor before it can say everything.
    let link = (!store.playing && store.whole).then(|| store.link());
    use_effect_with((link, store.notice.is_some()), move |(link, _)| {
        let Some(link) = link.clone() else { return };
        let write = move || {
            // The first example needs no address of its own; what is followed has it already.
            if platform::hash() != link && (step || !fresh) {
                platform::set_hash(&link, step);
            }
        };
        match step {
            true => write(),
            // Browsers bear some hundred changes in half a minute.
            false => platform::pause("address", 250, write),
        }
    });
}

/// Whoever goes to another place begins at its beginning, and reads its name on the tab.
#[hook]
fn use_place(store: &UseReducerHandle<State>) {
    let before = use_mut_ref(|| None::<Place>);
    let has_files = !store.question.files.is_empty();
    let link = store.link();
    use_effect_with((store.place, store.whole), move |(place, whole)| {
        // What was dropped is in no address, and would be lost.
        if *place == Place::Measure && *whole && !has_files {
            platform::isolate(link);
        }
    });
    use_effect_with(store.place, move |place| {
        platform::set_title(place.title());
        // Not where one comes in.
        if before.borrow_mut().replace(*place).is_some() {
            platform::focus("place");
            platform::to_top();
        }
    });
}

/// Hands a file over to the visitor.
fn save(what: Export, name: &str, parts: Vec<Vec<u8>>, dispatch: &UseReducerDispatcher<State>) {
    let bytes = parts.into_iter().next().unwrap_or_default();
    if what == Export::Png {
        let dispatch = dispatch.clone();
        platform::save_png(name, &bytes, move || {
            dispatch.dispatch(Action::Notice(
                "This browser cannot paint the picture: save it as SVG instead.".to_owned(),
            ));
        });
        return;
    }
    let kind = match what {
        Export::Svg | Export::RaceSvg => "image/svg+xml",
        Export::Chrome => "application/json",
        Export::Csv => "text/csv",
        _ => "application/octet-stream",
    };
    platform::save(name, kind, &bytes);
}
