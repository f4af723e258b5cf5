//! A worker with a memory of its own, as its parent has it: started, asked, heard.
//!
//! What goes between them are bytes, copied on the way by the browser (`postMessage`), as a pipe copies them:
//! the frames of [`crate::wire`], with a tag before them.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::Uint8Array;
use serde::{Deserialize, Serialize};
use tokio::sync::oneshot;
use wasm_bindgen::prelude::*;
use web_sys::{ErrorEvent, MessageEvent, Worker};

use super::far_parent::Grants;
use super::launch::{Module, launch};
use crate::coroutine::Resource;
use crate::job::Job;
use crate::records::Role;
use crate::wire::{self, Ended, Request};
use crate::work::Speed;

/// The function that a worker begins with.
const FUNCTION: &str = "trilane_worker";

/// Before a frame: a request, or the answer to one.
pub(super) const FRAME: u8 = 0;
/// Before what is asked of the parent, or granted by it.
pub(super) const SHARED: u8 = 1;
/// Before a setting.
pub(super) const SETTING: u8 = 2;

/// What a worker must know before it begins; the job's document and the drawn numbers follow.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Setting {
    pub(super) role: Role,
    pub(super) speed: Speed,
    /// When it was asked for.
    pub(super) asked_at: u64,
    /// Whether its tasks share what lies with the parent.
    pub(super) shares: bool,
    /// Whether it answers, once it has started.
    pub(super) says_so: bool,
    /// Bytes of the job's document.
    pub(super) job: usize,
}

/// The job as it is sent to workers.
#[derive(Debug)]
pub(crate) struct Apart {
    /// Its document.
    pub(crate) document: Vec<u8>,
    /// The drawn numbers, eight bytes each.
    pub(crate) draws: Vec<u8>,
}

/// How a worker is started.
#[derive(Clone, Copy)]
pub(super) struct Start<'a> {
    pub(super) role: Role,
    pub(super) speed: Speed,
    pub(super) apart: &'a Apart,
    /// What its tasks share with those of others.
    pub(super) shared: Option<&'a Rc<Vec<Resource>>>,
}

/// Who waits for an answer.
type Waits = Rc<RefCell<Option<oneshot::Sender<Vec<u8>>>>>;

/// A worker. Dropping it ends it.
pub(super) struct Child {
    role: Role,
    worker: Worker,
    waits: Waits,
    _on_message: Closure<dyn Fn(MessageEvent)>,
    _on_error: Closure<dyn Fn(ErrorEvent)>,
}

/// A message: a tag and what follows.
pub(super) fn tagged(tag: u8, write: impl FnOnce(&mut Vec<u8>)) -> Uint8Array {
    let mut bytes = vec![tag];
    write(&mut bytes);
    Uint8Array::from(bytes.as_slice())
}

impl Child {
    /// Starts one.
    pub(super) fn start(start: Start<'_>) -> Result<Child, JsValue> {
        Child::begin(start, false)
    }

    /// Starts one, and what is to be waited for until it has started.
    pub(super) fn starting(
        start: Start<'_>,
    ) -> Result<(Child, impl Future<Output = Vec<u8>> + use<>), JsValue> {
        let child = Child::begin(start, true)?;
        let started = child.answer();
        Ok((child, started))
    }

    fn begin(start: Start<'_>, says_so: bool) -> Result<Child, JsValue> {
        let Start {
            role,
            speed,
            apart,
            shared,
        } = start;
        let asked_at = super::now();
        let worker = launch(Module::Own, FUNCTION)?;
        let waits = Waits::default();
        let (answered, to) = (Rc::clone(&waits), worker.clone());
        let grants = shared.map(|shared| {
            Grants::new(shared, move |granted| {
                let message = tagged(SHARED, |out| _ = serde_json::to_writer(out, &granted));
                let _ = to.post_message(&message);
            })
        });
        let on_message = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
            let bytes = Uint8Array::from(event.data()).to_vec();
            match (bytes.split_first(), &grants) {
                (Some((&FRAME, frame)), _) => {
                    let waits = answered.borrow_mut().take();
                    let _ = waits.map(|waits| waits.send(frame.to_vec()));
                }
                (Some((&SHARED, asked)), Some(grants)) => {
                    if let Ok(asked) = serde_json::from_slice(asked) {
                        grants.hear(asked);
                    }
                }
                _ => {}
            }
        });
        worker.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        let on_error = Closure::<dyn Fn(ErrorEvent)>::new(move |event: ErrorEvent| {
            event.prevent_default();
            let why = Some(event.message()).filter(|why| !why.is_empty() && why != "undefined");
            super::fail(&match why {
                Some(why) => format!("a worker ended before its work: {why}"),
                None => "a worker could not be started: the browser gave no reason".to_owned(),
            });
        });
        worker.set_onerror(Some(on_error.as_ref().unchecked_ref()));
        let setting = Setting {
            role,
            speed,
            asked_at,
            shares: shared.is_some(),
            says_so,
            job: apart.document.len(),
        };
        worker.post_message(&tagged(SETTING, |out| {
            _ = serde_json::to_writer(&mut *out, &setting);
            out.push(b'\n');
            out.extend_from_slice(&apart.document);
            out.extend_from_slice(&apart.draws);
        }))?;
        Ok(Child {
            role,
            worker,
            waits,
            _on_message: on_message,
            _on_error: on_error,
        })
    }

    /// Sends what a task is handed, and waits for what it hands back.
    pub(super) async fn exchange(&self, job: &Job, request: Request) {
        self.send(job, request).1.await;
    }

    /// Sends it; how long that took, ns, and what is to be waited for.
    pub(super) fn send(
        &self,
        job: &Job,
        request: Request,
    ) -> (u64, impl Future<Output = Vec<u8>> + use<>) {
        let before = super::now();
        let input = match self.role.copies() {
            true => wire::input(job, request),
            false => Vec::new(),
        };
        let answer = self.ask(request, &input);
        (super::now().saturating_sub(before), answer)
    }

    fn ask(&self, request: Request, input: &[u8]) -> impl Future<Output = Vec<u8>> + use<> {
        let answer = self.answer();
        let message = tagged(FRAME, |out| _ = wire::send(out, request, input));
        if self.worker.post_message(&message).is_err() {
            super::fail("a worker cannot be sent its work: lessen the task's input");
        }
        answer
    }

    /// What it says next.
    fn answer(&self) -> impl Future<Output = Vec<u8>> + use<> {
        let (done, wait) = oneshot::channel();
        *self.waits.borrow_mut() = Some(done);
        // The other end goes only with the whole run.
        async move { wait.await.unwrap_or_default() }
    }

    /// Lets it end; what it did.
    pub(super) async fn end(self) -> Ended {
        let frame = self.ask(Request::End, &[]).await;
        let ended = Ended::hear(&mut frame.as_slice());
        let ended = ended.unwrap_or_else(|error| Err(error.to_string()));
        ended
            .unwrap_or_else(|why| super::fail(&format!("a worker's records cannot be read: {why}")))
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        self.worker.set_onmessage(None);
        self.worker.set_onerror(None);
        self.worker.terminate();
    }
}
