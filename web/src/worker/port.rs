//! A worker of one's own: started with the module that the page already has, heard and spoken to.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::{Array, JSON, Reflect, Uint8Array};
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::*;
use web_sys::{
    Blob, BlobPropertyBag, ErrorEvent, MessageEvent, Url, Worker, WorkerOptions, WorkerType,
};

use crate::wire::{self, Reply, Request};

#[wasm_bindgen]
extern "C" {
    /// The address of the script around this module, whatever its hashed name.
    #[wasm_bindgen(thread_local_v2, js_namespace = ["import", "meta"], js_name = url)]
    static SCRIPT: String;
}

/// What a port hears.
#[derive(Debug)]
pub(crate) enum Heard {
    Reply(Reply, Vec<Vec<u8>>),
    /// The worker is gone, and why.
    Died(String),
}

/// A worker. It may be spoken to before it has started; dropping it ends it.
pub(crate) struct Port {
    worker: Option<Worker>,
    /// What is to be said when it has started.
    held: Rc<RefCell<Option<Vec<Array>>>>,
    _on_message: Closure<dyn Fn(MessageEvent)>,
    _on_error: Closure<dyn Fn(ErrorEvent)>,
}

impl Port {
    /// Starts a worker, and hands what it says to `hear`.
    pub(crate) fn open(hear: impl Fn(Heard) + 'static) -> Port {
        let hear = Rc::new(hear);
        let held = Rc::new(RefCell::new(Some(Vec::<Array>::new())));
        let worker = launch().ok();
        let (to, waiting, heard) = (worker.clone(), held.clone(), hear.clone());
        let on_message = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
            match event.data().dyn_into::<Array>() {
                Ok(message) => heard(read(&message)),
                // It has started.
                Err(_) => {
                    for message in waiting.take().unwrap_or_default() {
                        let _ = to.as_ref().map(|to| to.post_message(&message));
                    }
                }
            }
        });
        let on_error = Closure::<dyn Fn(ErrorEvent)>::new(move |event: ErrorEvent| {
            event.prevent_default();
            // A script that cannot be fetched is told by a plain event, which has no message.
            let why = Reflect::get(&event, &"message".into()).ok();
            let why = why.and_then(|why| why.as_string());
            let why = why.filter(|why| !why.is_empty() && why != "undefined");
            hear(Heard::Died(
                why.unwrap_or_else(|| "it could not be loaded".to_owned()),
            ));
        });
        if let Some(worker) = &worker {
            worker.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
            worker.set_onerror(Some(on_error.as_ref().unchecked_ref()));
            let _ = worker.post_message(&wasm_bindgen::module());
        }
        Port {
            worker,
            held,
            _on_message: on_message,
            _on_error: on_error,
        }
    }

    /// Says it to the worker, with bytes beside it.
    pub(crate) fn post(&self, request: &Request, bytes: &[u8]) {
        let message = Array::of1(&Uint8Array::from(wire::pack(request).as_slice()));
        if !bytes.is_empty() {
            message.push(&Uint8Array::from(bytes));
        }
        match (self.held.borrow_mut().as_mut(), &self.worker) {
            (Some(held), _) => held.push(message),
            (None, Some(worker)) => _ = worker.post_message(&message),
            (None, None) => {}
        }
    }

    /// Whether the worker has started.
    pub(crate) fn started(&self) -> bool {
        self.held.borrow().is_none()
    }
}

impl Drop for Port {
    fn drop(&mut self) {
        if let Some(worker) = &self.worker {
            worker.set_onmessage(None);
            worker.set_onerror(None);
            worker.terminate();
        }
    }
}

/// The worker's script loads ours, with the module that the page sends it: neither fetched nor compiled
/// again. It imports it when it runs: what a worker begins with would have to be allowed as a worker by the
/// policy of whatever page this is on, and this is a script like others.
fn launch() -> Result<Worker, JsValue> {
    let url = JSON::stringify(&SCRIPT.with(|url| url.as_str().into()))?;
    let script = format!(
        "onmessage=(e)=>{{onmessage=null;import({url}).then((m)=>m.default({{module_or_path:e.data}}),(e)=>setTimeout(()=>{{throw e}}))}}"
    );
    let kind = BlobPropertyBag::new();
    kind.set_type("text/javascript");
    let blob = Blob::new_with_str_sequence_and_options(&Array::of1(&script.into()), &kind)?;
    let url = Url::create_object_url_with_blob(&blob)?;
    let options = WorkerOptions::new();
    options.set_type(WorkerType::Module);
    Worker::new_with_options(&url, &options)
}

fn read(message: &Array) -> Heard {
    let mut parts = super::parts(message).into_iter();
    match wire::unpack(&parts.next().unwrap_or_default()) {
        Some(reply) => Heard::Reply(reply, parts.collect()),
        None => Heard::Died("its answer cannot be read".to_owned()),
    }
}
