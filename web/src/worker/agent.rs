//! The worker, from within: takes requests in order, and runs a race a plan at a time between them.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

use js_sys::{Array, Uint8Array};
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;
use web_sys::{DedicatedWorkerGlobalScope, MessageChannel, MessageEvent};

use crate::answer::{Agent, Answer, PART};
use crate::wire::{self, Request};

/// What the worker is at.
struct Work {
    scope: DedicatedWorkerGlobalScope,
    agent: Agent,
    /// Requests not looked at yet, each with its bytes.
    asked: VecDeque<(Request, Vec<u8>)>,
    /// The next of them needs a part that is being fetched. Races go on meanwhile, but for newer ones.
    fetching: bool,
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
        fetching: false,
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
            if work.borrow_mut().is_to_fetch() {
                fetch(work.clone(), next.clone());
            }
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

/// Fetches what the next request needs; where that fails, the agent says so.
fn fetch(work: Rc<RefCell<Work>>, next: impl Fn() + 'static) {
    spawn_local(async move {
        let fetched = PART.fetched().await;
        let mut work = work.borrow_mut();
        work.fetching = false;
        if fetched.is_err() {
            work.answer_next();
        }
        next();
    });
}

impl Work {
    /// Whether the next request needs what is neither here nor on its way; from now on it is.
    fn is_to_fetch(&mut self) -> bool {
        let needs = (self.asked.front()).is_some_and(|(request, _)| request.is_later());
        let begin = needs && !self.fetching && PART.here().is_none();
        self.fetching |= begin;
        begin
    }

    /// Answers a request, or runs a plan of the race; false when there is nothing to do.
    fn turn(&mut self) -> bool {
        if !self.answer_next() {
            let answer = self.agent.work();
            if let Some(answer) = answer {
                say(&self.scope, &answer);
            }
        }
        // Whatever waited for a part has had its turn already.
        self.agent.works() || (!self.fetching && !self.asked.is_empty())
    }

    /// Answers the next request, while a part is being fetched the next that needs none; false where there is
    /// none.
    fn answer_next(&mut self) -> bool {
        let mut asked = self.asked.iter();
        let next = asked.position(|(request, _)| !(self.fetching && request.is_later()));
        let Some((request, bytes)) = next.and_then(|at| self.asked.remove(at)) else {
            return false;
        };
        let answer = self.agent.ask(request, bytes);
        say(&self.scope, &answer);
        true
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
