//! Undo and redo: what was asked before.

use super::State;
use crate::wire::Question;

/// Most steps that can be taken back.
const MOST: usize = 200;

/// What a change belongs to: changes of one gesture are taken back together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Gesture {
    /// A knob is dragged.
    Knob(String),
    /// Somebody types.
    Text,
    /// A change of its own.
    Other,
}

/// What was asked before, and what was taken back.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct History {
    past: Vec<Question>,
    future: Vec<Question>,
    /// The gesture that is under way.
    gesture: Option<Gesture>,
}

impl History {
    /// Whether there is something to take back.
    pub fn can_undo(&self) -> bool {
        !self.past.is_empty()
    }

    /// Whether something was taken back.
    pub fn can_redo(&self) -> bool {
        !self.future.is_empty()
    }

    /// Ends the gesture.
    pub(super) fn settle(&mut self) {
        self.gesture = None;
    }
}

impl State {
    /// Keeps what is asked now, before it changes.
    pub(super) fn remember(&mut self, gesture: Gesture) {
        let same = gesture != Gesture::Other && self.history.gesture.as_ref() == Some(&gesture);
        self.history.gesture = Some(gesture);
        if same {
            return;
        }
        self.history.future.clear();
        // The same twice would be a step that does nothing.
        if self.history.past.last() != Some(&self.question) {
            self.history.past.push(self.question.clone());
        }
        if self.history.past.len() > MOST {
            self.history.past.remove(0);
        }
    }

    pub(super) fn undo(&mut self) {
        self.history.settle();
        // What changed nothing in the end was remembered all the same.
        while let Some(before) = self.history.past.pop() {
            if before != self.question {
                let now = std::mem::replace(&mut self.question, before);
                self.history.future.push(now);
                return self.rewound();
            }
        }
    }

    pub(super) fn redo(&mut self) {
        self.history.settle();
        if let Some(after) = self.history.future.pop() {
            let now = std::mem::replace(&mut self.question, after);
            self.history.past.push(now);
            self.rewound();
        }
    }

    /// Other plans may stand where one was opened.
    fn rewound(&mut self) {
        self.plan_problem = None;
        let rows = (self.question.plans.len() + self.question.files.len()) as u32;
        self.open = self.open.take().filter(|open| open.row < rows);
        self.step = true;
    }
}
