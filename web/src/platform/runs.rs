//! Real runs, whatever makes them: the one door through which the Measure place asks for them.
//!
//! What can run plans says so as an [`Interpreter`], takes an [`Order`], and tells how it goes as [`Heard`].
//! Today that is the machine that serves the page ([`super::served`]); another one is found beside it in
//! [`find`], and an order's ids say in [`measure`] whose it is.

use super::served;
use crate::state::{Interpreter, Order, Running};

/// What a run tells.
pub(crate) enum Heard {
    /// How far it is.
    Progress(Running),
    /// A file of it, with its name: a measurement, or a profile.
    File(String, Vec<u8>),
    /// It is over; why, where there is no result.
    Over(Option<String>),
}

/// Work that goes on. Dropping or cancelling it ends it.
#[derive(Default)]
pub(crate) struct Job(Option<Box<dyn FnOnce()>>);

impl Job {
    /// Work that ends when this is called.
    pub(crate) fn new(end: impl FnOnce() + 'static) -> Job {
        Job(Some(Box::new(end)))
    }

    pub(crate) fn cancel(&mut self) {
        if let Some(end) = self.0.take() {
            end();
        }
    }
}

impl Drop for Job {
    fn drop(&mut self) {
        self.cancel();
    }
}

/// Calls back with all that can run plans here.
pub(crate) fn find(call: impl FnOnce(Vec<Interpreter>) + 'static) {
    served::interpreters(call);
}

/// Runs plans, and tells how it goes.
pub(crate) fn measure(order: &Order, hear: impl Fn(Heard) + 'static) -> Job {
    served::measure(order, hear)
}

/// Makes a profile of one that can be calibrated.
pub(crate) fn calibrate(id: &str, hear: impl Fn(Heard) + 'static) -> Job {
    served::calibrate(id, hear)
}
