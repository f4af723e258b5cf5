//! A worker of its own that walks, simulates and plots: ended where it is not wanted any more, since what it
//! does it does in one go.

use std::cell::RefCell;
use std::rc::Rc;

use yew::prelude::*;

use crate::state::MISSING;
use crate::state::Shared;
use crate::wire::{
    Advised, Advising, Picture, Question, Reply, Request, Stage, Surface, SweepAsk, Walked,
};
use crate::worker::{Heard, Port};

/// How far an advice is.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) enum Progress {
    /// Nobody asked for it.
    #[default]
    Idle,
    /// It is being worked out.
    Working(Advising),
    /// It is there.
    Done(Rc<Advised>),
    /// It was ended by the visitor.
    Cancelled,
    /// It could not be worked out, in words.
    Failed(String),
}

/// A plot, its number and what it shows in words.
#[derive(Clone, PartialEq)]
pub(super) struct Swept {
    pub(super) plot: u32,
    pub(super) words: Vec<String>,
    pub(super) pictures: Shared<Vec<Picture>>,
}

/// What is known of a scenario so far.
#[derive(Clone, Default, PartialEq)]
pub(super) struct Known {
    /// What it answers by itself, or that its text has a problem.
    pub(super) walked: Option<Result<Rc<Walked>, String>>,
    pub(super) advice: Progress,
    pub(super) swept: Option<Swept>,
}

/// What can happen to it.
pub(super) enum Act {
    /// Another scenario, of which nothing is known.
    Fresh,
    Begin,
    Cancel,
    Hear(Box<Reply>, Vec<Vec<u8>>),
    Died(String),
}

impl Reducible for Known {
    type Action = Act;

    fn reduce(self: Rc<Self>, act: Act) -> Rc<Self> {
        let mut known = (*self).clone();
        match act {
            Act::Fresh => known = Known::default(),
            Act::Begin => {
                known.advice = Progress::Working(Advising {
                    stage: Stage::Ranking,
                    done: 0,
                    of: 0,
                });
            }
            Act::Cancel => known.advice = Progress::Cancelled,
            Act::Hear(reply, parts) => known.hear(*reply, &parts),
            Act::Died(why) => {
                known.advice = Progress::Failed(why);
            }
        }
        Rc::new(known)
    }
}

impl Known {
    fn hear(&mut self, reply: Reply, parts: &[Vec<u8>]) {
        match reply {
            Reply::Walked(walked) => self.walked = Some(Ok(Rc::new(*walked))),
            Reply::Problems(..) => self.walked = Some(Err(String::new())),
            Reply::Refused(_, why) => self.walked = Some(Err(why)),
            Reply::Missing => self.walked = Some(Err(MISSING.to_owned())),
            Reply::Advising(advising) => self.advice = Progress::Working(advising),
            Reply::Advised(advised) => self.advice = Progress::Done(Rc::new(*advised)),
            Reply::Swept(plot, words) => {
                let pictures = parts.iter().filter_map(|bytes| Picture::unpack(bytes));
                self.swept = Some(Swept {
                    plot,
                    words,
                    pictures: Shared::new(pictures.collect()),
                });
            }
            _ => {}
        }
    }
}

/// The worker, and what it found out.
#[derive(Clone)]
pub(super) struct Consult {
    pub(super) known: UseReducerHandle<Known>,
    port: Rc<RefCell<Option<Port>>>,
    question: Question,
}

impl PartialEq for Consult {
    fn eq(&self, other: &Consult) -> bool {
        self.known == other.known
            && self.question == other.question
            && Rc::ptr_eq(&self.port, &other.port)
    }
}

impl Consult {
    /// Has the advice worked out.
    pub(super) fn begin(&self) {
        let died = matches!(self.known.advice, Progress::Failed(_));
        self.known.dispatch(Act::Begin);
        if died || self.port.borrow().is_none() {
            self.open();
        }
        self.post(&Request::Advise(Box::new(self.question.clone())));
    }

    /// Ends the work.
    pub(super) fn cancel(&self) {
        self.port.borrow_mut().take();
        self.known.dispatch(Act::Cancel);
    }

    /// Asks for a plot of the advice.
    pub(super) fn sweep(&self, ask: SweepAsk, surface: Surface) {
        self.post(&Request::Sweep(ask, surface));
    }

    fn open(&self) {
        let dispatch = self.known.dispatcher();
        let port = Port::open(move |heard| {
            dispatch.dispatch(match heard {
                Heard::Reply(reply, parts) => Act::Hear(Box::new(reply), parts),
                Heard::Died(why) => Act::Died(why),
            });
        });
        *self.port.borrow_mut() = Some(port);
    }

    fn post(&self, request: &Request) {
        if let Some(port) = &*self.port.borrow() {
            port.post(request, &[]);
        }
    }
}

/// Asks what a scenario answers by itself, whenever it is another one.
#[hook]
pub(super) fn use_consult(question: &Question) -> Consult {
    let known = use_reducer_eq(Known::default);
    let port = use_mut_ref(|| None::<Port>);
    let consult = Consult {
        known,
        port,
        question: question.clone(),
    };
    {
        let consult = consult.clone();
        use_effect_with(question.clone(), move |question| {
            consult.known.dispatch(Act::Fresh);
            consult.open();
            consult.post(&Request::Walk(Box::new(question.clone())));
        });
    }
    consult
}
