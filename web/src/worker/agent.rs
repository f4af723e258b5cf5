//! The worker, from within: takes requests in order, and runs a race a plan at a time between them.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

use js_sys::{Array, Uint8Array};
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::*;
use web_sys::{DedicatedWorkerGlobalScope, MessageChannel, MessageEvent};

use crate::answer::{Agent, Answer};
use crate::wire::{self, Request};

/// What the worker is at.
struct Work {
    scope: DedicatedWorkerGlobalScope,
    agent: Agent,
    /// Requests not looked at yet, each with its bytes.
    asked: VecDeque<(Request, Vec<u8>)>,
}

/// Takes requests from now on, and says so with an empty message.
pub(crate) fn start() {
    let scope: DedicatedWorkerGlobalScope = js_sys::global().unchecked_into();
    let mut agent = Agent::default();
    {
        let scope = scope.clone();
        agent.on_progress(move |reply| say(&scope, &reply.into()));
    }
    let work = Rc::new(RefCell::new(Work {
        scope: scope.clone(),
        agent,
        asked: VecDeque::new(),
    }));
    // A message to oneself is a turn of the event loop: other messages get theirs in between. A timer
    // would be 4 ms.
    let turns = MessageChannel::new().expect("workers have message channels");
    let (own, knock) = (turns.port1(), turns.port2());
    let next = move || {
        let _ = knock.post_message(&JsValue::NULL);
    };
    {
        let (work, next) = (work.clone(), next.clone());
        let turn = Closure::<dyn Fn()>::new(move || {
            if work.borrow_mut().turn() {
                next();
            }
        });
        own.set_onmessage(Some(turn.as_ref().unchecked_ref()));
        // The worker's own life long.
        turn.forget();
    }
    let hear = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
        let message = Array::from(&event.data());
        let mut parts = super::parts(&message).into_iter();
        let request = wire::unpack(&parts.next().unwrap_or_default());
        let request = request.expect("the page writes what is read here");
        let bytes = parts.next().unwrap_or_default();
        work.borrow_mut().asked.push_back((request, bytes));
        next();
    });
    scope.set_onmessage(Some(hear.as_ref().unchecked_ref()));
    hear.forget();
    scope
        .post_message(&JsValue::NULL)
        .expect("nothing can be sent");
}

impl Work {
    /// Answers a request, or runs a plan of the race; false when there is nothing to do.
    fn turn(&mut self) -> bool {
        let answer = match self.asked.pop_front() {
            Some((request, bytes)) => Some(self.agent.ask(request, bytes)),
            None => self.agent.work(),
        };
        if let Some(answer) = answer {
            say(&self.scope, &answer);
        }
        self.agent.works()
    }
}

fn say(scope: &DedicatedWorkerGlobalScope, answer: &Answer) {
    let (message, moved) = (Array::new(), Array::new());
    let head = wire::pack(&answer.reply);
    for part in std::iter::once(&head).chain(&answer.parts) {
        let bytes = Uint8Array::from(part.as_slice());
        moved.push(&bytes.buffer());
        message.push(&bytes);
    }
    scope
        .post_message_with_transfer(&message, &moved)
        .expect("buffers can be sent");
}
