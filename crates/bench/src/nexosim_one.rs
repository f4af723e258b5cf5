//! nexosim with one model that holds all tasks: the leanest use of it, in which it is a clock and
//! an event queue for the plain state machine.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use cpu_time::ProcessTime;
use nexosim::model::{BuildContext, Context, Model, ProtoModel, schedulable};
use nexosim::simulation::{Mailbox, SimInit};
use serde::{Deserialize, Serialize};

use crate::engines::{Finish, drive};
use crate::machine::Machine;
use crate::work::Work;

/// The model. Its state lies in the environment, which need not be serialisable.
#[derive(Serialize, Deserialize)]
struct All;

struct State {
    work: Arc<Work>,
    machine: Machine,
}

struct Prototype(State);

#[Model(type Env = State)]
impl All {
    #[nexosim(init)]
    async fn init(&mut self, cx: &Context<Self>, env: &mut State) {
        env.machine
            .start(&env.work, &mut |ns, task| schedule(cx, ns, task));
    }

    #[nexosim(schedulable)]
    async fn done(&mut self, task: u32, cx: &Context<Self>, env: &mut State) {
        env.machine
            .done(&env.work, task, &mut |ns, task| schedule(cx, ns, task));
    }
}

fn schedule(cx: &Context<All>, ns: u64, task: u32) {
    cx.schedule_event(Duration::from_nanos(ns), schedulable!(All::done), task)
        .expect("every step takes time");
}

impl ProtoModel for Prototype {
    type Model = All;
    fn build(self, _: &mut BuildContext<'_, Self>) -> (All, State) {
        (All, self.0)
    }
}

/// Runs the work.
pub fn run(work: &Arc<Work>) -> Result<Finish> {
    let start = ProcessTime::now();
    let state = State {
        work: work.clone(),
        machine: Machine::new(work),
    };
    let bench = SimInit::with_num_threads(1).add_model(Prototype(state), Mailbox::new(), "all");
    drive(start, bench)
}
