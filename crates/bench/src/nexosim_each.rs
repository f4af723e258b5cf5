//! nexosim as it is meant to be used: a model a task, and one for what they contend for. A task
//! asks for the lock, the loop or a core by a message, is granted it by a message, and gives it
//! back by a message.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use cpu_time::ProcessTime;
use nexosim::model::{BuildContext, Context, Model, ProtoModel, schedulable};
use nexosim::ports::Output;
use nexosim::simulation::{Mailbox, SimInit};
use serde::{Deserialize, Serialize};

use crate::engines::{Finish, drive};
use crate::machine::slice;
use crate::work::{CORES, Kind, STEPS, Shape, Work};

/// What a task tells the machine.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
enum Ask {
    /// Wants to run a CPU step, or a native one.
    Want { task: u32, native: bool },
    /// Has run one.
    Done { native: bool },
    /// Has used up its quantum and wants to go on.
    Again { task: u32 },
}

#[derive(Serialize, Deserialize)]
struct Task {
    id: u32,
    step: u8,
    left: u64,
    ask: Output<Ask>,
}

struct TaskPrototype {
    task: Task,
    work: Arc<Work>,
}

impl ProtoModel for TaskPrototype {
    type Model = Task;
    fn build(self, _: &mut BuildContext<'_, Self>) -> (Task, Arc<Work>) {
        (self.task, self.work)
    }
}

#[Model(type Env = Arc<Work>)]
impl Task {
    #[nexosim(init)]
    async fn init(&mut self, cx: &Context<Self>, work: &mut Arc<Work>) {
        self.begin(cx, work).await;
    }

    async fn begin(&mut self, cx: &Context<Self>, work: &Arc<Work>) {
        let step = self.step as usize;
        if step == STEPS {
            return;
        }
        self.left = work.ns(self.id, step);
        match work.shape.kind(step) {
            Kind::Io => self.schedule(cx, self.left),
            Kind::Cpu => {
                self.ask
                    .send(Ask::Want {
                        task: self.id,
                        native: false,
                    })
                    .await
            }
            Kind::Native => {
                self.ask
                    .send(Ask::Want {
                        task: self.id,
                        native: true,
                    })
                    .await
            }
        }
    }

    fn schedule(&self, cx: &Context<Self>, ns: u64) {
        cx.schedule_event(Duration::from_nanos(ns), schedulable!(Self::ended), ())
            .expect("every step takes time");
    }

    async fn granted(&mut self, _: (), cx: &Context<Self>, work: &mut Arc<Work>) {
        match work.shape.kind(self.step as usize) {
            Kind::Cpu => self.schedule(cx, slice(work.shape, self.left)),
            Kind::Native | Kind::Io => self.schedule(cx, self.left),
        }
    }

    #[nexosim(schedulable)]
    async fn ended(&mut self, _: (), cx: &Context<Self>, work: &mut Arc<Work>) {
        match work.shape.kind(self.step as usize) {
            Kind::Io => {}
            Kind::Native => self.ask.send(Ask::Done { native: true }).await,
            Kind::Cpu => {
                self.left -= slice(work.shape, self.left);
                if self.left > 0 {
                    self.ask.send(Ask::Again { task: self.id }).await;
                    return;
                }
                self.ask.send(Ask::Done { native: false }).await;
            }
        }
        self.step += 1;
        self.begin(cx, work).await;
    }
}

/// The lock and the cores, or the loop.
#[derive(Serialize, Deserialize)]
struct Contended {
    has_cores: bool,
    held: bool,
    lock_queue: VecDeque<u32>,
    idle_cores: u32,
    core_queue: VecDeque<u32>,
    grant: Vec<Output<()>>,
}

#[Model]
impl Contended {
    async fn ask(&mut self, ask: Ask) {
        match ask {
            Ask::Want { task, native: true } => self.take_core(task).await,
            Ask::Want {
                task,
                native: false,
            } => {
                if self.held {
                    self.lock_queue.push_back(task);
                } else {
                    self.held = true;
                    self.run(task).await;
                }
            }
            Ask::Done { native: true } => self.release_core().await,
            Ask::Done { native: false } => self.hand_over().await,
            Ask::Again { task } => {
                self.lock_queue.push_back(task);
                self.hand_over().await;
            }
        }
    }

    async fn hand_over(&mut self) {
        if self.has_cores {
            self.release_core().await;
        }
        match self.lock_queue.pop_front() {
            Some(next) => self.run(next).await,
            None => self.held = false,
        }
    }

    async fn run(&mut self, task: u32) {
        if self.has_cores {
            self.take_core(task).await;
        } else {
            self.grant[task as usize].send(()).await;
        }
    }

    async fn take_core(&mut self, task: u32) {
        if self.idle_cores == 0 {
            self.core_queue.push_back(task);
        } else {
            self.idle_cores -= 1;
            self.grant[task as usize].send(()).await;
        }
    }

    async fn release_core(&mut self) {
        match self.core_queue.pop_front() {
            Some(next) => self.grant[next as usize].send(()).await,
            None => self.idle_cores += 1,
        }
    }
}

/// Runs the work.
pub fn run(work: &Arc<Work>) -> Result<Finish> {
    let start = ProcessTime::now();
    let mut bench = SimInit::with_num_threads(1);
    let contended_box = Mailbox::new();
    let mut contended = Contended {
        has_cores: work.shape == Shape::Thr,
        held: false,
        lock_queue: VecDeque::new(),
        idle_cores: CORES,
        core_queue: VecDeque::new(),
        grant: Vec::new(),
    };
    for id in 0..work.n {
        let mailbox = Mailbox::new();
        let mut grant = Output::default();
        grant.connect(Task::granted, &mailbox);
        contended.grant.push(grant);
        let mut task = Task {
            id,
            step: 0,
            left: 0,
            ask: Output::default(),
        };
        task.ask.connect(Contended::ask, &contended_box);
        let prototype = TaskPrototype {
            task,
            work: work.clone(),
        };
        bench = bench.add_model(prototype, mailbox, &format!("task{id}"));
    }
    bench = bench.add_model(contended, contended_box, "machine");
    drive(start, bench)
}
