//! Ending a measurement from outside, at once: whoever waits for a harness does not look up now and then,
//! which would disturb what is measured, but hears its pipe close.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use thiserror::Error;

use crate::stop::kill_group;

/// The work was ended because somebody asked for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("it was cancelled")]
pub(crate) struct Cancelled;

/// A switch that ends a measurement, and all copies of it the same.
#[derive(Clone, Debug, Default)]
pub(crate) struct Cancel(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    asked: bool,
    /// Process groups that run for it.
    groups: Vec<i32>,
}

impl Cancel {
    /// Ends all that runs, and whatever would begin.
    pub(crate) fn cancel(&self) {
        let mut state = self.state();
        state.asked = true;
        for group in state.groups.drain(..) {
            kill_group(group);
        }
    }

    /// Whether it was asked for.
    pub(crate) fn asked(&self) -> bool {
        self.state().asked
    }

    /// Goes on only where nobody has cancelled.
    pub(crate) fn check(&self) -> Result<(), Cancelled> {
        match self.asked() {
            true => Err(Cancelled),
            false => Ok(()),
        }
    }

    /// Has a process group ended with the rest while the guard lives; at once where it is too late.
    pub(super) fn holds(&self, group: i32) -> Held {
        let mut state = self.state();
        match state.asked {
            true => kill_group(group),
            false => state.groups.push(group),
        }
        Held {
            cancel: self.clone(),
            group,
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A process group that cancelling ends.
#[derive(Debug)]
pub(super) struct Held {
    cancel: Cancel,
    group: i32,
}

impl Drop for Held {
    fn drop(&mut self) {
        let mut state = self.cancel.state();
        state.groups.retain(|group| *group != self.group);
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::process::{CommandExt, ExitStatusExt};
    use std::process::{Child, Command};

    use super::*;

    fn sleeper(cancel: &Cancel) -> (Child, Held) {
        let child = Command::new("sleep").arg("600").process_group(0).spawn();
        let child = child.expect("sleep starts");
        let held = cancel.holds(i32::try_from(child.id()).expect("a process id"));
        (child, held)
    }

    #[test]
    fn what_runs_ends_and_what_comes_later_too() {
        let cancel = Cancel::default();
        let (mut early, _held) = sleeper(&cancel);
        assert_eq!(cancel.check(), Ok(()));
        cancel.clone().cancel();
        assert_eq!(cancel.check(), Err(Cancelled));
        let (mut late, _held) = sleeper(&cancel);
        for child in [&mut early, &mut late] {
            let status = child.wait().expect("it ends");
            assert_eq!(status.signal(), Some(9));
        }
    }

    #[test]
    fn what_is_let_go_is_left_alone() {
        let cancel = Cancel::default();
        let (mut child, held) = sleeper(&cancel);
        drop(held);
        cancel.cancel();
        assert!(child.try_wait().expect("it can be waited for").is_none());
        child.kill().expect("killed");
        child.wait().expect("it ends");
    }
}
