//! The worker, seen from the page: a [`Port`] to one, and the Lab's [`Client`] with its manners.

pub(crate) mod agent;
mod client;
mod port;

pub(crate) use client::{Client, Event};
pub(crate) use port::{Heard, Port};

use wasm_bindgen::JsCast;

/// Whether this is a worker's global scope.
pub(crate) fn is_worker() -> bool {
    js_sys::global()
        .dyn_into::<web_sys::DedicatedWorkerGlobalScope>()
        .is_ok()
}
