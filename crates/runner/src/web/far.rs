//! Locks and queues between workers: they lie with the parent, and a worker asks for them by messages, as a
//! `multiprocessing.Manager`'s are asked for through a pipe.
//!
//! A worker may lose interest while it waits, when a time limit is over. Then it says so; and if what it
//! waited for is on its way already, it sends it back.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use serde::{Deserialize, Serialize};
use tokio::sync::oneshot;

use crate::coroutine::Resource;

/// What a worker asks of its parent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Wish {
    Acquire,
    Release,
    Put(u32),
    Get,
    /// It does not wait any more.
    Never,
}

/// A wish, of which resource, and its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Asked {
    pub(super) wish: Wish,
    pub(super) resource: u32,
    pub(super) number: u32,
}

/// A wish is granted; of a queue, with the item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Granted {
    pub(super) number: u32,
    pub(super) item: Option<u32>,
}

/// In a worker: what lies with the parent.
#[derive(Clone, Debug)]
pub(crate) struct Far {
    resource: u32,
    line: Rc<Line>,
}

/// In a worker: what it waits for.
pub(super) struct Line {
    say: Box<dyn Fn(Asked)>,
    state: RefCell<Waits>,
}

#[derive(Debug, Default)]
struct Waits {
    next: u32,
    waiting: BTreeMap<u32, oneshot::Sender<Granted>>,
    /// Of wishes that nobody waits for any more: the resource, and what was wished.
    dropped: BTreeMap<u32, (u32, Wish)>,
}

impl std::fmt::Debug for Line {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.state.fmt(f)
    }
}

/// Says, when it is dropped before its wish is granted, that nobody waits.
struct Wait<'a> {
    far: &'a Far,
    wish: Wish,
    number: u32,
    granted: bool,
}

impl Drop for Wait<'_> {
    fn drop(&mut self) {
        if self.granted {
            return;
        }
        let mut state = self.far.line.state.borrow_mut();
        state.waiting.remove(&self.number);
        let dropped = (self.far.resource, self.wish);
        state.dropped.insert(self.number, dropped);
        drop(state);
        self.far.say(Wish::Never, self.number);
    }
}

impl Line {
    pub(super) fn new(say: impl Fn(Asked) + 'static) -> Rc<Line> {
        Rc::new(Line {
            say: Box::new(say),
            state: RefCell::default(),
        })
    }

    /// What lies with the parent, so many of them.
    pub(super) fn resources(self: &Rc<Self>, count: usize) -> Vec<Resource> {
        (0..count as u32)
            .map(|resource| {
                Resource::Far(Far {
                    resource,
                    line: Rc::clone(self),
                })
            })
            .collect()
    }

    /// The parent grants a wish, or confirms that one was dropped.
    pub(super) fn hear(&self, granted: Granted) {
        let (waiting, dropped) = {
            let mut state = self.state.borrow_mut();
            let waiting = state.waiting.remove(&granted.number);
            (waiting, state.dropped.remove(&granted.number))
        };
        if let Some(waiting) = waiting {
            let _ = waiting.send(granted);
        } else if let Some((resource, wish)) = dropped {
            let back = match (wish, granted.item) {
                (Wish::Acquire, _) => Wish::Release,
                (Wish::Get, Some(item)) => Wish::Put(item),
                // What was put is put: as with a thread whose limit is over just then.
                _ => return,
            };
            let number = granted.number;
            (self.say)(Asked {
                wish: back,
                resource,
                number,
            });
        }
    }
}

impl Far {
    fn say(&self, wish: Wish, number: u32) {
        (self.line.say)(Asked {
            wish,
            resource: self.resource,
            number,
        });
    }

    async fn ask(&self, wish: Wish) -> Option<u32> {
        let (done, wait) = oneshot::channel();
        let number = {
            let mut state = self.line.state.borrow_mut();
            state.next += 1;
            let number = state.next;
            state.waiting.insert(number, done);
            number
        };
        let mut waits = Wait {
            far: self,
            wish,
            number,
            granted: false,
        };
        self.say(wish, number);
        let granted = wait.await;
        waits.granted = true;
        granted.ok()?.item
    }

    pub(crate) async fn acquire(&self) {
        self.ask(Wish::Acquire).await;
    }

    pub(crate) fn release(&self) {
        self.say(Wish::Release, 0);
    }

    /// Puts an item in, and gives it back.
    pub(crate) async fn put(&self, item: u32) -> Option<u32> {
        self.ask(Wish::Put(item)).await;
        Some(item)
    }

    pub(crate) async fn get(&self) -> Option<u32> {
        self.ask(Wish::Get).await
    }
}
