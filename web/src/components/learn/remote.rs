//! Whoever holds a widget that stands in no chapter: it hears what happens to it, and moves it.

use std::rc::Rc;

use trilane_lessons::block::Widget as Kind;
use yew::prelude::*;

use super::desk::Played;
use super::widget::{Props, Store};
use crate::learn::{Act, View};

/// What is heard.
pub(crate) enum Heard {
    /// It is there, and can be moved by this.
    Here(Callback<Act>),
    /// It is as it was turned and played.
    Is(View),
    /// Its race was run; a flowchart has none.
    Ran(Option<Rc<Played>>),
    /// It cannot be shown, in words.
    Failed(String),
}

/// Who hears it.
#[derive(Clone, PartialEq)]
pub(crate) struct Remote {
    pub(crate) hear: Callback<Heard>,
}

/// Tells whoever holds the widget, if it stands in no chapter.
#[hook]
pub(super) fn use_remote(
    props: &Props,
    store: &UseReducerHandle<Store>,
    result: Option<&Result<Rc<Played>, String>>,
) {
    let tell = {
        let remote = props.reading.remote.clone();
        move |heard: Heard| {
            if let Some(remote) = &remote {
                remote.hear.emit(heard);
            }
        }
    };
    {
        let (tell, dispatch) = (tell.clone(), store.dispatcher());
        use_effect_with((), move |()| {
            tell(Heard::Here(Callback::from(move |act| {
                dispatch.dispatch(act)
            })));
        });
    }
    {
        let tell = tell.clone();
        use_effect_with(store.0.clone(), move |view| tell(Heard::Is(view.clone())));
    }
    let chart = props.widget.kind == Kind::Choose;
    use_effect_with(
        (result.cloned(), chart),
        move |(result, chart)| match result {
            Some(Ok(played)) => tell(Heard::Ran(Some(played.clone()))),
            Some(Err(why)) => tell(Heard::Failed(why.clone())),
            None if *chart => tell(Heard::Ran(None)),
            None => {}
        },
    );
}
