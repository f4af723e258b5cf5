//! Time: what is to happen later, and what is to happen every frame.

use std::cell::RefCell;
use std::rc::Rc;

use gloo_timers::callback::Timeout;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::*;

use super::window;

thread_local! {
    static PAUSES: RefCell<Vec<(&'static str, Timeout)>> = const { RefCell::new(Vec::new()) };
}

/// Calls back once, after so many milliseconds.
pub(crate) fn later(ms: i32, call: impl FnOnce() + 'static) {
    Timeout::new(ms.max(0) as u32, call).forget();
}

/// Calls back once nobody has asked for the same for so many milliseconds.
pub(crate) fn pause(what: &'static str, ms: i32, call: impl FnOnce() + 'static) {
    let timeout = Timeout::new(ms.max(0) as u32, call);
    // The older one is dropped, and so never comes.
    PAUSES.with_borrow_mut(|pauses| {
        pauses.retain(|(asked, _)| *asked != what);
        pauses.push((what, timeout));
    });
}

/// Frames that are asked for until this is dropped.
pub(crate) struct Frames {
    going: Rc<RefCell<bool>>,
}

impl Drop for Frames {
    fn drop(&mut self) {
        *self.going.borrow_mut() = false;
    }
}

/// Calls back every frame with the time since the one before, ms.
pub(crate) fn frames(call: impl Fn(f64) + 'static) -> Frames {
    type Slot = Rc<RefCell<Option<Closure<dyn FnMut(f64)>>>>;
    let going = Rc::new(RefCell::new(true));
    let slot = Slot::default();
    let (again, alive) = (slot.clone(), going.clone());
    let mut before = None;
    *slot.borrow_mut() = Some(Closure::new(move |now: f64| {
        if !*alive.borrow() {
            // The last word of this closure: it may go now.
            let own = again.clone();
            later(0, move || drop(own.borrow_mut().take()));
            return;
        }
        // A tab that was hidden meanwhile does not jump.
        call((now - before.unwrap_or(now)).clamp(0.0, 100.0));
        before = Some(now);
        request(&again);
    }));
    fn request(slot: &Slot) {
        if let Some(closure) = slot.borrow().as_ref() {
            let _ = window().request_animation_frame(closure.as_ref().unchecked_ref());
        }
    }
    request(&slot);
    Frames { going }
}
