//! The Lab's worker: one question at a time, and a newer one goes before an older.
//!
//! A worker that computes hears nothing, so an older question that takes too long is ended with its
//! worker; the next starts in a few milliseconds, since its module is compiled already.

use std::cell::RefCell;
use std::rc::Rc;

use super::port::{Heard, Port};
use crate::platform::later;
use crate::wire::{Picture, Reply, Request};

/// How long an older question may still take once there is a newer one.
const PATIENCE_MS: i32 = 200;
/// A worker that dies so often without an answer in between is not started again.
const MOST_DEATHS: u32 = 3;

/// What the Lab hears.
pub(crate) enum Event {
    Answer(Reply, Vec<Picture>),
    Died(String),
}

/// The Lab's worker. Clones are the same one.
#[derive(Clone)]
pub(crate) struct Client(Rc<RefCell<Inner>>);

struct Inner {
    port: Option<Port>,
    /// Number of the question that is being worked on.
    asked: Option<u64>,
    next: Option<Request>,
    count: u64,
    /// Times that the worker died since it last answered.
    deaths: u32,
    hear: Rc<dyn Fn(Event)>,
}

impl PartialEq for Client {
    fn eq(&self, other: &Client) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl Client {
    /// A client whose answers go to `hear`. Its worker starts at once.
    pub(crate) fn new(hear: impl Fn(Event) + 'static) -> Client {
        let client = Client(Rc::new(RefCell::new(Inner {
            port: None,
            asked: None,
            next: None,
            count: 0,
            deaths: 0,
            hear: Rc::new(hear),
        })));
        client.restart();
        client
    }

    /// Asks; what was asked before and is not being worked on is forgotten.
    pub(crate) fn ask(&self, request: Request) {
        let mut inner = self.0.borrow_mut();
        // New pictures of an older race are not what is waited for: the next race is drawn anyway.
        let next = match (inner.next.take(), request) {
            (Some(Request::Race(ask)), Request::Draw { width_px }) => {
                Request::Race(crate::wire::Ask { width_px, ..ask })
            }
            (_, request) => request,
        };
        inner.next = Some(next);
        let Some(asked) = inner.asked else {
            drop(inner);
            self.send();
            return;
        };
        drop(inner);
        let client = self.clone();
        later(PATIENCE_MS, move || {
            let late = {
                let inner = client.0.borrow();
                inner.asked == Some(asked) && inner.next.is_some()
            };
            if late {
                client.restart();
                client.send();
            }
        });
    }

    fn send(&self) {
        let mut inner = self.0.borrow_mut();
        let Some(request) = inner.next.take() else {
            return;
        };
        inner.count += 1;
        inner.asked = Some(inner.count);
        if let Some(port) = &inner.port {
            port.post(&request);
        }
    }

    fn restart(&self) {
        let client = self.clone();
        let port = Port::open(move |heard| client.heard(heard));
        let mut inner = self.0.borrow_mut();
        inner.port = Some(port);
        inner.asked = None;
    }

    fn heard(&self, heard: Heard) {
        let hear = self.0.borrow().hear.clone();
        match heard {
            Heard::Reply(reply, pictures) => {
                {
                    let mut inner = self.0.borrow_mut();
                    inner.asked = None;
                    inner.deaths = 0;
                }
                // What was overtaken by a newer question is not shown.
                if self.0.borrow().next.is_none() {
                    hear(Event::Answer(reply, pictures));
                }
                self.send();
            }
            Heard::Died(why) => {
                // Not within its own call: the port that calls is the one that goes.
                let client = self.clone();
                later(0, move || {
                    let deaths = {
                        let mut inner = client.0.borrow_mut();
                        inner.deaths += 1;
                        inner.deaths
                    };
                    if deaths <= MOST_DEATHS {
                        client.restart();
                        client.send();
                        return hear(Event::Died(why));
                    }
                    client.0.borrow_mut().port = None;
                    hear(Event::Died(format!(
                        "{why}; that was {deaths} times in a row, so it is not started again: reload \
                         the page"
                    )));
                });
            }
        }
    }
}
