//! The worker, from within: waits for requests, answers them in order.

use std::cell::RefCell;

use js_sys::{Array, Uint8Array};
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::*;
use web_sys::{DedicatedWorkerGlobalScope, MessageEvent};

use crate::answer::Agent;
use crate::wire::{Request, pack};

/// Takes requests from now on, and says so with an empty message.
pub(crate) fn start() {
    let scope: DedicatedWorkerGlobalScope = js_sys::global().unchecked_into();
    let agent = RefCell::new(Agent::default());
    let to = scope.clone();
    let hear = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
        let text = event.data().as_string().unwrap_or_default();
        let request: Request =
            serde_json::from_str(&text).expect("the page writes what is read here");
        let (reply, pictures) = agent.borrow_mut().answer(&request);
        let message = Array::of1(
            &serde_json::to_string(&reply)
                .expect("replies are JSON")
                .into(),
        );
        let moved = Array::new();
        for picture in &pictures {
            let bytes = Uint8Array::from(pack(picture).as_slice());
            moved.push(&bytes.buffer());
            message.push(&bytes);
        }
        to.post_message_with_transfer(&message, &moved)
            .expect("texts and buffers can be sent");
    });
    scope.set_onmessage(Some(hear.as_ref().unchecked_ref()));
    // The worker's own life long.
    hear.forget();
    scope
        .post_message(&JsValue::NULL)
        .expect("nothing can be sent");
}
