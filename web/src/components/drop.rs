//! Files dropped anywhere on the page, or chosen by hand.

use yew::prelude::*;

use super::{Dispatch, dispatch_soon};
use crate::platform;
use crate::state::Action;

/// Larger files are no scenario, and no trace that a browser could show.
const MOST_BYTES: f64 = 256e6;

#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    pub(crate) dispatch: Dispatch,
}

/// The field to choose a file with.
#[component]
pub(crate) fn Choose(props: &Props) -> Html {
    let choose = {
        let dispatch = props.dispatch.clone();
        Callback::from(move |event: Event| {
            let dispatch = dispatch.clone();
            platform::chosen(&event, move |name, bytes| {
                dispatch_soon(&dispatch, Action::Drop(name, bytes))
            });
        })
    };
    html! {
        <p class="mute files"><label>{ "Open a file: " }<input type="file" accept=".toml,.json,.trilane" onchange={choose} /></label>
            { " or drop a scenario, a profile or a measured run anywhere." }</p>
    }
}

#[component]
pub(crate) fn Drop(props: &Props) -> Html {
    let over = use_state(|| false);
    {
        let (over, dispatch) = (over.setter(), props.dispatch.clone());
        use_effect_with((), move |()| {
            platform::on_files(
                move |is_over| over.set(is_over),
                MOST_BYTES,
                move |file| match file {
                    Ok((name, bytes)) => dispatch_soon(&dispatch, Action::Drop(name, bytes)),
                    Err(why) => dispatch.dispatch(Action::Notice(why)),
                },
            );
        });
    }
    html! {
        if *over {
            <div class="drop" aria-hidden="true"><p>{ "A scenario, a profile or a measured run: let go" }</p></div>
        }
    }
}
