//! The browser's own event loop as the loop of a run: timers, groups of coroutines, and when it was idle.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::task::{Poll, Waker};
use std::time::Duration;

use gloo_timers::future::TimeoutFuture;
use tokio::sync::oneshot;
use trilane_core::trace::measured::Code;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;
use web_sys::{MessageChannel, MessagePort};

use super::clock::now;
use crate::records::{NOBODY, put};

/// A coroutine's steps.
pub(crate) type Running<'a> = Pin<Box<dyn Future<Output = ()> + 'a>>;

/// A turn of the loop without anything to do takes less, ns; five ticks of a coarse clock.
const WAITED: u64 = 500_000;
/// Timers that are started by timers, five deep, wait at least so long (HTML, "timer initialization
/// steps").
const NESTED_MS: u64 = 4;

thread_local! {
    /// When a coroutine was last left.
    static LEFT: Cell<u64> = const { Cell::new(0) };
    static HOPS: Hops = Hops::new();
}

/// Waits, and lets the loop go on. Timers count whole milliseconds, as asyncio's `epoll` does; so they are
/// rounded up as it does.
pub async fn sleep(wait: Duration) {
    let ms = (wait.as_nanos() as u64).div_ceil(1_000_000);
    if ms < NESTED_MS {
        // A message in between, and the timer is started by no timer.
        hop().await;
    }
    TimeoutFuture::new(ms as u32).await;
}

/// What it gives, if it does so in time.
pub async fn timeout<T>(limit: Duration, what: impl Future<Output = T>) -> Option<T> {
    unless(sleep(limit), what).await
}

/// What it gives, unless something else comes first.
pub async fn unless<T>(first: impl Future, what: impl Future<Output = T>) -> Option<T> {
    let (mut what, mut first) = (pin!(what), pin!(first));
    poll_fn(|cx| match what.as_mut().poll(cx) {
        Poll::Ready(done) => Poll::Ready(Some(done)),
        Poll::Pending => first.as_mut().poll(cx).map(|_| None),
    })
    .await
}

/// Messages to oneself, and who waits for each.
struct Hops {
    knock: MessagePort,
    waiting: Rc<RefCell<VecDeque<oneshot::Sender<()>>>>,
    _on_message: Closure<dyn Fn()>,
}

impl Hops {
    fn new() -> Hops {
        let channel = MessageChannel::new().unwrap_throw();
        let waiting = Rc::<RefCell<VecDeque<oneshot::Sender<()>>>>::default();
        let first = waiting.clone();
        let on_message = Closure::<dyn Fn()>::new(move || {
            let next = first.borrow_mut().pop_front();
            // Its time limit may be over.
            let _ = next.map(|next| next.send(()));
        });
        let port = channel.port1();
        port.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        Hops {
            knock: channel.port2(),
            waiting,
            _on_message: on_message,
        }
    }
}

/// A turn of the loop.
async fn hop() {
    let (done, wait) = oneshot::channel();
    HOPS.with(|hops| {
        hops.waiting.borrow_mut().push_back(done);
        hops.knock.post_message(&JsValue::NULL).unwrap_throw();
    });
    let _ = wait.await;
}

/// Does something as the first of a run's coroutines.
pub(crate) async fn first<T>(what: impl Future<Output = T>) -> T {
    LEFT.set(now());
    watched(what).await
}

/// Does something on the loop; what lies between its turns, and those of other coroutines, is noted down
/// as the loop's idle time.
async fn watched<T>(what: impl Future<Output = T>) -> T {
    let mut what = pin!(what);
    poll_fn(|cx| {
        let (a, b) = (LEFT.get(), now());
        if b.saturating_sub(a) > WAITED {
            put(Code::Idle, NOBODY, [a, b, 0, 0]);
        }
        let polled = what.as_mut().poll(cx);
        LEFT.set(now());
        polled
    })
    .await
}

/// Coroutines on the loop; those that have not ended do so with their group.
pub(crate) struct Group(Rc<RefCell<Members>>);

#[derive(Default)]
struct Members {
    /// Each as long as it has not ended and is not just being polled.
    alive: Vec<Option<Running<'static>>>,
    left: usize,
    dissolved: bool,
    /// Who waits for the last.
    waits: Option<Waker>,
}

impl Group {
    pub(crate) fn new() -> Group {
        Group(Rc::default())
    }

    pub(crate) fn spawn(&mut self, what: impl Future<Output = ()> + 'static) {
        let at = {
            let mut members = self.0.borrow_mut();
            members.alive.push(Some(Box::pin(what)));
            members.left += 1;
            members.alive.len() - 1
        };
        let members = Rc::clone(&self.0);
        spawn_local(watched(poll_fn(move |cx| {
            // Out of the list, so that it may look for its group itself.
            let Some(mut running) = members.borrow_mut().alive[at].take() else {
                return Poll::Ready(());
            };
            let polled = running.as_mut().poll(cx);
            let mut members = members.borrow_mut();
            if polled.is_pending() && !members.dissolved {
                members.alive[at] = Some(running);
                return Poll::Pending;
            }
            members.left -= 1;
            if members.left == 0
                && let Some(waits) = members.waits.take()
            {
                waits.wake();
            }
            Poll::Ready(())
        })));
    }

    /// Waits until all have ended.
    pub(crate) async fn ended(&mut self) {
        poll_fn(|cx| {
            let mut members = self.0.borrow_mut();
            if members.left == 0 {
                return Poll::Ready(());
            }
            members.waits = Some(cx.waker().clone());
            Poll::Pending
        })
        .await;
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        let alive = {
            let mut members = self.0.borrow_mut();
            members.dissolved = true;
            std::mem::take(&mut members.alive)
        };
        // Not within the borrow: what they hold may end other things. The places stay for who is polled next.
        let places = alive.len();
        drop(alive);
        self.0.borrow_mut().alive.resize_with(places, || None);
    }
}
