//! What is shown of a part that is fetched when it is first seen: words meanwhile, and where it cannot be
//! fetched, a way to try again.
//!
//! A place or a panel goes behind a cut in four lines, beside its component:
//!
//! ```ignore
//! cut!(learn, fn learn() -> Shows<Props> = |props| html! { <Learn ..props.clone() /> });
//! pub(crate) static PART: Part<Shows<Props>> = Part::new(|| Box::pin(learn()));
//! ```
//!
//! and where it is shown, `<Later<learn::Props> part={&learn::PART} with={props} place={Place::Learn} />`.

use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use crate::cut::Part;
use crate::place::Place;
use crate::platform;

/// The element that is a place.
const ID: &str = "place";

/// What a part gives: how it is shown.
pub(crate) type Shows<P> = fn(&P) -> Html;

#[derive(Properties)]
pub(crate) struct Props<P: PartialEq + 'static> {
    pub(crate) part: &'static Part<Shows<P>>,
    /// What it is shown with.
    pub(crate) with: P,
    /// The place that it is; nothing for what is less than a place.
    #[prop_or_default]
    pub(crate) place: Option<Place>,
}

impl<P: PartialEq> PartialEq for Props<P> {
    fn eq(&self, other: &Props<P>) -> bool {
        std::ptr::eq(self.part, other.part) && self.with == other.with
    }
}

/// The part, or that it is on its way, or that it cannot be fetched.
#[component]
pub(crate) fn Later<P: PartialEq + 'static>(props: &Props<P>) -> Html {
    let failed = use_state(|| false);
    let try_again = use_state(|| 0);
    // Whoever came by keyboard stands on the words that say it loads, which the part then takes the place of.
    let focused = use_state(|| false);
    let part = props.part;
    let draw = use_force_update();
    use_effect_with((*focused, part.here().is_some()), |&(focused, here)| {
        if focused && here {
            platform::focus(ID);
        }
    });
    {
        let (failed, focused) = (failed.setter(), focused.setter());
        let is_place = props.place.is_some();
        use_effect_with(*try_again, move |_| {
            if part.here().is_some() {
                return;
            }
            spawn_local(async move {
                match part.fetched().await {
                    Ok(_) => {
                        focused.set(is_place && platform::has_focus(ID));
                        draw.force_update();
                    }
                    Err(_) => failed.set(true),
                }
            });
        });
    }
    if let Some(show) = part.here() {
        return show(&props.with);
    }
    let again = {
        let (failed, tries) = (failed.setter(), try_again.clone());
        Callback::from(move |_: MouseEvent| {
            failed.set(false);
            tries.set(*tries + 1);
        })
    };
    waiting(*failed, props.place, again)
}

fn waiting(failed: bool, place: Option<Place>, again: Callback<MouseEvent>) -> Html {
    let words = match failed {
        false => html! { <p class="mute" role="status">{ "Loading…" }</p> },
        true => html! {
            <p class="wrong" role="alert">{ "This part of the page could not be fetched. Is there a network? " }
                <button onclick={again} data-do="fetch-again">{ "Try again" }</button></p>
        },
    };
    let state = if failed { "failed" } else { "busy" };
    match place {
        Some(place) => html! {
            <main key={place.name()} class="later" id={ID} tabindex="-1" data-place={place.name()} data-state={state}>
                <h1>{ place.label() }</h1>{ words }</main>
        },
        None => html! { <div class="later">{ words }</div> },
    }
}
