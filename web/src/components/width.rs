//! How wide something is, for pictures that are laid out for their width.

use yew::prelude::*;

use crate::platform::learn::on_width;

/// A reference for an element, and how wide it is inside, px, which is 0 until it is known.
#[hook]
pub(super) fn use_width() -> (NodeRef, u32) {
    let width_px = use_state_eq(|| 0u32);
    let element = use_node_ref();
    {
        let (element, width_px) = (element.clone(), width_px.clone());
        use_effect_with((), move |()| {
            let watched = on_width(&element, move |px| width_px.set(px));
            move || drop(watched)
        });
    }
    (element, *width_px)
}
