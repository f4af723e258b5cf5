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

/// What can be taken back: what was asked, and what was answered in the flowchart.
#[derive(Clone, Debug, Default, PartialEq)]
struct Was {
    question: Question,
    answers: Vec<bool>,
}

/// What was asked before, and what was taken back.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct History {
    past: Vec<Was>,
    future: Vec<Was>,
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
        let now = self.was();
        if self.history.past.last() != Some(&now) {
            self.history.past.push(now);
        }
        if self.history.past.len() > MOST {
            self.history.past.remove(0);
        }
    }

    pub(super) fn undo(&mut self) {
        self.history.settle();
        // What changed nothing in the end was remembered all the same.
        while let Some(before) = self.history.past.pop() {
            let now = self.was();
            if before != now {
                self.history.future.push(now);
                return self.rewound(before);
            }
        }
    }

    pub(super) fn redo(&mut self) {
        self.history.settle();
        if let Some(after) = self.history.future.pop() {
            self.history.past.push(self.was());
            self.rewound(after);
        }
    }

    fn was(&self) -> Was {
        Was {
            question: self.question.clone(),
            answers: self.answers.clone(),
        }
    }

    /// Other plans may stand where one was opened.
    fn rewound(&mut self, to: Was) {
        self.question = to.question;
        self.answers = to.answers;
        self.plan_problem = None;
        let rows = (self.question.plans.len() + self.question.files.len()) as u32;
        self.open = self.open.take().filter(|open| open.row < rows);
        self.step = true;
    }
}
