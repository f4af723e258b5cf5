//! The end of a run: lanes are closed, and tasks that can never go on are named, with what each
//! waits for and who holds that.

use super::Sim;
use super::main_program::arrival;
use super::task::flag;
use super::{NEVER, NONE};
use crate::plan::Plan;
use crate::trace::{Lane, Sink, SpanKind, Stuck};
use crate::units::Time;
use crate::workload::Instr;

/// Names in one `held_by` are cut here: a list of a million helps nobody.
const NAMED: usize = 20;

impl<S: Sink> Sim<'_, S> {
    /// Ends every lane at this instant.
    pub(crate) fn close_lanes(&mut self) {
        self.bear_the_rest();
        self.settle_lanes();
        let end = Time::from_nanos(self.clock.now);
        for id in 0..self.threads.len() as u32 {
            self.close_thread(id);
            let task = self.threads[id as usize].task;
            if task != NONE {
                self.close_task(task, end, Some(id));
            }
        }
        if self.tasks.left > 0 {
            for task in 0..self.tasks.hot.len() as u32 {
                self.close_task(task, end, None);
            }
        }
    }

    /// Of a task that a thread works for, the thread knows what its lane shows: tells the task.
    fn settle_lanes(&mut self) {
        for thread in &self.threads {
            if let Some(task) = self.tasks.hot.get_mut(thread.task as usize) {
                (task.since, task.kind) = (thread.since, thread.kind);
            }
        }
    }

    fn close_task(&mut self, task: u32, end: Time, thread: Option<u32>) {
        let slot = &mut self.tasks.hot[task as usize];
        let live = slot.flags & (flag::BORN | flag::ENDED) == flag::BORN;
        if live && end.as_nanos() > slot.since {
            slot.since = end.as_nanos();
            self.sink.span(Lane::task(task), end, slot.kind, thread);
        }
    }

    /// Tasks that nobody handed out: the lanes of those that have arrived begin at their arrival,
    /// and those that never will have lanes of no length, so that they can be named.
    fn bear_the_rest(&mut self) {
        if self.tasks.left == 0 {
            return;
        }
        for task in 0..self.tasks.top {
            let slot = &self.tasks.hot[task as usize];
            let kind = &self.work.kinds[usize::from(slot.kind_index)];
            let state = &self.submitter.kinds[usize::from(slot.kind_index)];
            if slot.flags & flag::BORN == 0 {
                let arrival = match state.released {
                    NEVER => NEVER,
                    _ => arrival(kind, state, task - kind.first_task),
                };
                self.bear(task, arrival.min(self.clock.now));
            }
        }
    }

    /// Every task that has not ended, and what it waits for.
    pub(crate) fn stuck(&mut self) -> Vec<Stuck> {
        self.settle_lanes();
        let all = 0..self.tasks.hot.len() as u32;
        let open = all.filter(|&task| self.tasks.hot[task as usize].flags & flag::ENDED == 0);
        open.map(|task| self.stuck_task(task)).collect()
    }

    fn stuck_task(&self, task: u32) -> Stuck {
        let (on, held_by) = self.waits_on(task);
        Stuck {
            task: self.name(task),
            on,
            held_by,
        }
    }

    fn waits_on(&self, task: u32) -> (String, Vec<String>) {
        let slot = &self.tasks.hot[task as usize];
        let number = usize::from(slot.kind_index);
        let kind = &self.work.kinds[number];
        if slot.flags & flag::BORN == 0 && self.submitter.kinds[number].released == NEVER {
            return self.waits_for_kinds(&kind.after);
        }
        let resource = |id: u32| &self.work.resources[id as usize].name;
        match (slot.kind, kind.program.code[slot.at.pc() as usize]) {
            (SpanKind::LockWait, Instr::Acquire { resource: id, .. }) => {
                let holders = &self.resources[id as usize].holders;
                (
                    format!("lock `{}`", resource(id)),
                    self.names(holders.iter().copied()),
                )
            }
            (SpanKind::QueueWait, Instr::Get { queue }) => (
                format!("an item from queue `{}`, which is empty", resource(queue)),
                Vec::new(),
            ),
            (SpanKind::QueueWait, Instr::Put { queue }) => {
                let size = self.resources[queue as usize].capacity;
                let on = format!(
                    "room in queue `{}`, which is full with {size}",
                    resource(queue)
                );
                (on, Vec::new())
            }
            (SpanKind::JoinWait, _) => {
                let branches = self.tasks.branches.iter().zip(self.tasks.top..);
                let open = branches.filter(|(branch, id)| {
                    let ended = self.tasks.hot[*id as usize].flags & flag::ENDED != 0;
                    branch.parent == task && !ended
                });
                (
                    "its branches at a gather".to_owned(),
                    self.names(open.map(|(_, id)| id)),
                )
            }
            (SpanKind::PoolWait, _) if matches!(self.plan, Plan::Sync) => (
                "its turn: tasks run one after another".to_owned(),
                self.names(self.working()),
            ),
            (SpanKind::PoolWait, _) => (
                "a free worker of the pool".to_owned(),
                self.names(self.working()),
            ),
            _ => (
                "the program, which waits itself".to_owned(),
                self.names(self.working()),
            ),
        }
    }

    fn waits_for_kinds(&self, after: &[u32]) -> (String, Vec<String>) {
        let open = after
            .iter()
            .filter(|&&kind| self.tasks.kind_left[kind as usize] > 0);
        let names: Vec<String> = open
            .map(|&kind| self.work.kinds[kind as usize].name.clone())
            .collect();
        let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
        (format!("the end of every {}", quoted.join(" and ")), names)
    }

    /// Tasks that have a thread to themselves.
    fn working(&self) -> impl Iterator<Item = u32> + '_ {
        self.threads
            .iter()
            .map(|thread| thread.task)
            .filter(|&task| task != NONE)
    }

    fn names(&self, tasks: impl Iterator<Item = u32>) -> Vec<String> {
        let mut names: Vec<String> = tasks.take(NAMED).map(|task| self.name(task)).collect();
        names.dedup();
        names
    }

    fn name(&self, task: u32) -> String {
        match self.tasks.branch(task) {
            None => self.work.task_name(task),
            Some(_) => format!("{}/{task}", self.work.task_name(self.tasks.root(task))),
        }
    }
}
