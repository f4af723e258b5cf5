//! The playhead: taken along by the pointer on a picture, or moving by itself.

use std::cell::Cell;

use yew::prelude::*;

use crate::platform;
use crate::wire::Axis;

/// How often it moves for who wants no motion, ms.
const STEP_MS: f64 = 500.0;

#[derive(PartialEq, Properties)]
pub(super) struct ScrubProps {
    pub(super) axis: Axis,
    #[prop_or_default]
    pub(super) style: Option<String>,
    /// Takes it to a time, ns.
    pub(super) seek: Callback<u64>,
    pub(super) children: Html,
}

/// A picture on a time axis, along which the playhead can be taken.
#[component]
pub(super) fn Scrub(props: &ScrubProps) -> Html {
    let seek = {
        let (seek, axis) = (props.seek.clone(), props.axis);
        move |event: &PointerEvent| {
            let (x, _) = platform::point(event);
            let ns = axis.scale().ns(f64::from(x)).max(0.0);
            seek.emit(ns as u64);
        }
    };
    let down = {
        let seek = seek.clone();
        Callback::from(move |event: PointerEvent| {
            if event.button() == 0 {
                platform::capture(&event);
                seek(&event);
            }
        })
    };
    let moved = Callback::from(move |event: PointerEvent| {
        if event.buttons() & 1 == 1 && platform::captured(&event) {
            seek(&event);
        }
    });
    html! {
        <div class="scrubbed" style={props.style.clone()} onpointerdown={down} onpointermove={moved}>{ props.children.clone() }</div>
    }
}

/// While it plays, calls `tick` with the ms that have passed: every frame, or in steps for who wants no motion.
#[hook]
pub(super) fn use_playing<F>(playing: bool, tick: F)
where
    F: Fn(f64) + 'static,
{
    use_effect_with(playing, move |playing| {
        let step_ms = match platform::wants_no_motion() {
            true => STEP_MS,
            false => 0.0,
        };
        let passed = Cell::new(0.0);
        let frame = move |ms: f64| {
            passed.set(passed.get() + ms);
            if passed.get() > step_ms {
                tick(passed.take());
            }
        };
        let going = playing.then(|| platform::frames(frame));
        move || drop(going)
    });
}
