//! `window.trilane`: what others may ask of the page. `ready` is a promise, `simulate(text, plans)`
//! gives the document of `trilane simulate --json`.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

use js_sys::{Array, Function, Object, Promise, Reflect};
use wasm_bindgen::prelude::*;

use crate::platform::window;
use crate::wire::{Reply, Request};
use crate::worker::{Heard, Port};

thread_local! {
    static READY: RefCell<Option<Function>> = const { RefCell::new(None) };
}

/// Says that the page can be used.
pub(crate) fn ready() {
    if let Some(resolve) = READY.take() {
        let _ = resolve.call0(&JsValue::NULL);
    }
}

/// Who waits for an answer: resolve and reject.
type Waiting = Rc<RefCell<VecDeque<(Function, Function)>>>;

/// Puts it on the window. The worker behind it is its own, so that the Lab's cancelling does not touch
/// it, and starts with the first question.
pub(crate) fn offer() {
    let trilane = Object::new();
    let ready = Promise::new(&mut |resolve, _| READY.set(Some(resolve)));
    let port: Rc<RefCell<Option<Port>>> = Rc::default();
    let waiting = Waiting::default();
    let simulate =
        Closure::<dyn Fn(String, JsValue) -> Promise>::new(move |text, plans: JsValue| {
            let plans = match Array::is_array(&plans) {
                true => Array::from(&plans)
                    .iter()
                    .filter_map(|plan| plan.as_string())
                    .collect(),
                false => vec![],
            };
            let request = Request::Simulate { text, plans };
            let (port, waiting) = (port.clone(), waiting.clone());
            Promise::new(&mut move |resolve, reject| {
                waiting.borrow_mut().push_back((resolve, reject));
                let mut port = port.borrow_mut();
                let port = port.get_or_insert_with(|| {
                    let waiting = waiting.clone();
                    Port::open(move |heard| settle(&waiting, heard))
                });
                port.post(&request, &[]);
            })
        });
    let set = |key: &str, value: &JsValue| Reflect::set(&trilane, &key.into(), value);
    let _ = set("ready", &ready);
    let _ = set("simulate", &simulate.into_js_value());
    let _ = Reflect::set(&window(), &"trilane".into(), &trilane);
}

fn settle(waiting: &Waiting, heard: Heard) {
    let reject = |(_, reject): (Function, Function), why: &str| {
        let _ = reject.call1(&JsValue::NULL, &js_sys::Error::new(why));
    };
    match heard {
        Heard::Reply(Reply::Json(document), _) => {
            // The answers come in the order of the questions.
            let Some(first) = waiting.borrow_mut().pop_front() else {
                return;
            };
            match document {
                Ok(text) => _ = first.0.call1(&JsValue::NULL, &text.into()),
                Err(why) => reject(first, &why),
            }
        }
        Heard::Reply(..) => {}
        Heard::Died(why) => {
            let all: Vec<_> = waiting.borrow_mut().drain(..).collect();
            all.into_iter().for_each(|each| reject(each, &why));
        }
    }
}
