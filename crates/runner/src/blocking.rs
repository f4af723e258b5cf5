//! Steps as code for every plan whose waits block a thread.

use std::hint::black_box;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use trilane_core::trace::measured::Code;

use crate::host::now;
use crate::job::{Branch, Draws, Job, Step};
use crate::records::put;
use crate::shared::{Resource, Waited};
use crate::work::Work;

/// Something to be done on another thread.
pub(crate) type Call = Box<dyn FnOnce() + Send>;

/// A time limit is over: it ends the steps inside the limit of this number.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cut(u32);

/// All that is needed to do a task's steps.
pub(crate) struct Steps {
    pub(crate) job: Arc<Job>,
    pub(crate) draws: Arc<Draws>,
    pub(crate) shared: Vec<Resource>,
    pub(crate) work: Work,
    /// Starts a branch on a thread of its own; without it branches run in a row.
    pub(crate) spawn: Option<Box<dyn Fn(Call) + Send + Sync>>,
    /// The id of the next branch.
    pub(crate) ids: AtomicU32,
}

/// Where a task stands.
#[derive(Clone, Copy, Debug)]
struct Context {
    task: u32,
    /// Its next draw.
    cursor: u64,
    /// The earliest limit around it: when it is over, and its number.
    deadline: Option<(u64, u32)>,
    /// Limits around it.
    depth: u32,
}

impl Steps {
    /// A whole task, from its first step to its last.
    pub(crate) fn task(self: &Arc<Self>, kind: usize, task: u32) {
        let kind = &self.job.kinds[kind];
        let mut cx = Context {
            task,
            cursor: kind.draws_of(task),
            deadline: None,
            depth: 0,
        };
        put(Code::Begin, task, [now(), 0, 0, 0]);
        let memory = black_box(vec![1u8; kind.memory]);
        // Nothing is left that a limit could cut: there is none around a whole task.
        let _ = self.steps(&kind.program, &mut cx);
        drop(memory);
        put(Code::End, task, [now(), 0, 0, 0]);
    }

    fn steps(self: &Arc<Self>, steps: &[Step], cx: &mut Context) -> Result<(), Cut> {
        for step in steps {
            self.work.gil.check();
            self.step(step, cx)?;
        }
        Ok(())
    }

    fn step(self: &Arc<Self>, step: &Step, cx: &mut Context) -> Result<(), Cut> {
        match step {
            Step::Cpu(ns, _) => self.work.cpu(cx.task, self.amount(*ns, cx)),
            Step::Native(ns, _) => self.work.native(cx.task, self.amount(*ns, cx)),
            Step::Io { ns, .. } => {
                let ns = self.amount(*ns, cx);
                let cut = self.work.io(cx.task, ns, cx.until());
                return cx.in_time(!cut);
            }
            Step::Lock(index, inner) => {
                let lock = &self.shared[*index];
                let a = now();
                let held = lock.acquire(&self.work.gil, cx.until());
                put(Code::Lock, cx.task, [a, now(), *index as u64, 0]);
                cx.in_time(held)?;
                let done = self.steps(inner, cx);
                lock.release();
                return done;
            }
            Step::Put(index) => {
                let a = now();
                let done = self.shared[*index].put(cx.task, &self.work.gil, cx.until());
                let item = done.then_some(cx.task);
                return cx.exchanged(a, *index, item);
            }
            Step::Get(index) => {
                let a = now();
                let item = self.shared[*index].get(&self.work.gil, cx.until());
                return cx.exchanged(a, *index, item);
            }
            Step::Repeat(times, inner) => {
                for _ in 0..*times {
                    self.steps(inner, cx)?;
                }
            }
            Step::Timeout { ns, draws, steps } => {
                let ns = self.amount(*ns, cx);
                return self.limited(ns, *draws, steps, cx);
            }
            Step::Gather(branches) => match self.spawn {
                Some(_) => return self.gather(branches, cx),
                None => {
                    for branch in branches {
                        self.steps(&branch.steps, cx)?;
                    }
                }
            },
        }
        Ok(())
    }

    fn amount(&self, ns: Option<u64>, cx: &mut Context) -> u64 {
        ns.unwrap_or_else(|| {
            cx.cursor += 1;
            self.draws.at(cx.cursor - 1)
        })
    }

    /// A limit cuts waits, as time-outs of sockets and locks do, and never code.
    fn limited(
        self: &Arc<Self>,
        ns: u64,
        draws: u64,
        steps: &[Step],
        cx: &mut Context,
    ) -> Result<(), Cut> {
        let outer = *cx;
        let deadline = now().saturating_add(ns);
        cx.depth += 1;
        if cx.until().is_none_or(|until| deadline <= until) {
            cx.deadline = Some((deadline, cx.depth));
        }
        let done = self.steps(steps, cx);
        *cx = outer;
        cx.cursor += draws;
        match done {
            Err(Cut(number)) if number > outer.depth => {
                put(Code::Cut, cx.task, [now(), 0, 0, 0]);
                Ok(())
            }
            done => done,
        }
    }

    fn gather(self: &Arc<Self>, branches: &[Branch], cx: &mut Context) -> Result<(), Cut> {
        let Some(spawn) = &self.spawn else {
            return Ok(());
        };
        let joined = Arc::new(Waited::new((branches.len(), None)));
        for branch in branches {
            let child = Context {
                task: self.ids.fetch_add(1, Ordering::Relaxed),
                ..*cx
            };
            cx.cursor += branch.draws;
            let a = now();
            put(Code::Branch, child.task, [a, u64::from(cx.task), 0, 0]);
            let (steps, code) = (Arc::clone(self), Arc::clone(&branch.steps));
            let joined = Arc::clone(&joined);
            spawn(Box::new(move || {
                let cut = steps.branch(&code, child);
                joined.change(|(left, first)| {
                    *left -= 1;
                    *first = first.or(cut);
                    *left == 0
                });
            }));
            put(Code::Submit, child.task, [a, now(), 0, 0]);
        }
        let a = now();
        let all = |state: &mut (usize, Option<Cut>)| (state.0 == 0).then_some(state.1);
        let cut = joined.wait(&self.work.gil, None, all).flatten();
        put(Code::Join, cx.task, [a, now(), 0, 0]);
        cut.map_or(Ok(()), Err)
    }

    /// A branch; which limit of its parent's cut it, if one did.
    fn branch(self: &Arc<Self>, code: &[Step], mut cx: Context) -> Option<Cut> {
        put(Code::Begin, cx.task, [now(), 0, 0, 0]);
        let done = self.steps(code, &mut cx);
        put(Code::End, cx.task, [now(), 0, 0, 0]);
        done.err()
    }
}

impl Context {
    fn until(&self) -> Option<u64> {
        self.deadline.map(|(until, _)| until)
    }

    /// Goes on, unless a wait was not over in time.
    fn in_time(&self, had: bool) -> Result<(), Cut> {
        match self.deadline {
            Some((_, number)) if !had => Err(Cut(number)),
            _ => Ok(()),
        }
    }

    fn exchanged(&self, a: u64, index: usize, item: Option<u32>) -> Result<(), Cut> {
        let told = item.map_or(u64::MAX, u64::from);
        put(Code::Queue, self.task, [a, now(), index as u64, told]);
        self.in_time(item.is_some())
    }
}
