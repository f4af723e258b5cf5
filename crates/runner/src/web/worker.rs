//! What a worker with a memory of its own does: it is told its setting, then does what it is asked, item by
//! item.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::AtomicU32;
use std::time::Duration;

use js_sys::Uint8Array;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use trilane_core::trace::measured::Code;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;
use web_sys::{DedicatedWorkerGlobalScope, MessageEvent};

use super::child::{Apart, FRAME, SETTING, SHARED, Setting, tagged};
use super::event_loop::sleep;
use super::far::Line;
use super::now;
use super::workers::Under;
use crate::coroutine::Tasks;
use crate::gil::Gil;
use crate::job::{Draws, Job};
use crate::records::{Book, NOBODY, put};
use crate::run::Run;
use crate::wire::{self, Ended, Leaf, Request};
use crate::work::Work;

/// Listens from now on. The first message is the setting.
pub(super) fn begin() {
    let scope: DedicatedWorkerGlobalScope = js_sys::global().unchecked_into();
    let (frames, asked) = unbounded_channel();
    let said = scope.clone();
    let line = Line::new(move |asked| {
        let message = tagged(SHARED, |out| _ = serde_json::to_writer(out, &asked));
        said.post_message(&message).unwrap_throw();
    });
    let hears = Rc::clone(&line);
    let first = RefCell::new(Some((line, asked, scope.clone())));
    let on_message = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
        let bytes = Uint8Array::from(event.data()).to_vec();
        match bytes.split_first() {
            Some((&SETTING, told)) => {
                let Some((line, asked, scope)) = first.borrow_mut().take() else {
                    return;
                };
                let worker = Worker::new(told, &line).unwrap_or_else(|why| super::fail(&why));
                spawn_local(worker.work(asked, scope));
            }
            Some((&FRAME, frame)) => _ = frames.send(frame.to_vec()),
            Some((&SHARED, granted)) => {
                if let Ok(granted) = serde_json::from_slice(granted) {
                    hears.hear(granted);
                }
            }
            _ => {}
        }
    });
    scope.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
    // The worker's own life long.
    on_message.forget();
}

struct Worker {
    tasks: Arc<Tasks>,
    setting: Setting,
}

impl Worker {
    fn new(told: &[u8], line: &Rc<Line>) -> Result<Worker, String> {
        let end = told.iter().position(|&byte| byte == b'\n');
        let (setting, rest) = told.split_at(end.ok_or("a worker was told no setting")?);
        let setting: Setting = serde_json::from_slice(setting)
            .map_err(|error| format!("a worker's setting is none of ours: {error}"))?;
        let (document, draws) = rest[1..].split_at(setting.job);
        let job = Arc::new(Job::read(document)?);
        let work = Work::new(setting.speed, Gil::default(), None);
        let apart = Apart {
            document: Vec::new(),
            draws: Vec::new(),
        };
        let run = Arc::new(Run::new(&job, work, Arc::new(Book::default()), apart));
        let tasks = Tasks {
            shared: match setting.shares {
                true => line.resources(job.resources.len()),
                false => Vec::new(),
            },
            draws: Arc::new(Draws::all(draws)),
            limit: None,
            under: Under::none(),
            in_a_row: true,
            ids: AtomicU32::new(job.tasks),
            run,
        };
        Ok(Worker {
            tasks: tasks.shared(),
            setting,
        })
    }

    /// Does what it is asked, until that is to end.
    async fn work(self, mut asked: UnboundedReceiver<Vec<u8>>, scope: DedicatedWorkerGlobalScope) {
        let run = &self.tasks.run;
        let here = run.book.begin_at(self.setting.role, self.setting.asked_at);
        put(Code::Start, NOBODY, [self.setting.asked_at, now(), 0, 0]);
        if self.setting.says_so {
            say(&scope, |out| _ = wire::answer(out, &[]));
        }
        while let Some(frame) = asked.recv().await {
            let Ok((request, _input)) = wire::receive(&mut frame.as_slice()) else {
                super::fail("a worker was asked for something that is none of ours");
            };
            match request {
                Request::End => break,
                Request::Tasks { kind, first, count } => {
                    for task in first..first + count {
                        Arc::clone(&self.tasks).task(kind as usize, task).await;
                    }
                }
                Request::Step { leaf, task, ns, .. } => self.step(leaf, task, ns).await,
            }
            let output = match self.setting.role.copies() {
                true => wire::output(&run.job, request),
                false => vec![],
            };
            say(&scope, |out| _ = wire::answer(out, &output));
        }
        drop(here);
        for kept in run.book.settle() {
            say(&scope, |out| _ = Ended::new(kept, 0, 0).say(out));
        }
    }

    /// A step of a task whose coroutine waits with the parent. Nobody else is here, so that a wait that blocks
    /// is a timer's.
    async fn step(&self, leaf: Leaf, task: u32, ns: u64) {
        let a = now();
        match leaf {
            Leaf::Io => {
                sleep(Duration::from_nanos(ns)).await;
                put(Code::Io, task, [a, now(), ns, 0]);
            }
            leaf => self.tasks.run.work.leaf(leaf, task, ns),
        }
        put(Code::Work, task, [a, now(), 0, 0]);
    }
}

fn say(scope: &DedicatedWorkerGlobalScope, write: impl FnOnce(&mut Vec<u8>)) {
    scope
        .post_message(&tagged(FRAME, write))
        .expect_throw("a worker's answer cannot be sent: lessen the task's output");
}
