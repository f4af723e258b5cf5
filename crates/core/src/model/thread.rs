//! Threads: what each is doing, and the driver that turns its program's [`Op`]s into time.

use super::clock::{Clock, Event, EventKind, GENERATION_MASK};
use super::kernel::Kernel;
use super::op::{Op, Then};
use super::steps::Glide;
use super::{NEVER, NONE, Sim};
use crate::trace::{Lane, Sink, SpanKind};
use crate::units::Time;

/// What the kernel knows of a thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// Waits until woken, or until its time is over.
    Blocked,
    /// Has a core set aside and is on its way to it.
    Waking,
    /// Wants a core, and all are taken.
    Queued,
    /// On a core, in a run of code that ends with an event.
    Running,
    /// On a core, its program deciding what to do next.
    Deciding,
    /// In the interpreter lock's `take_gil` or waiting for the switch in `drop_gil`.
    WaitsForGil,
    /// Over.
    Ended,
}

/// The program a thread runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Program {
    /// The first thread: hands out the work, or (plan `sync`) does it.
    Main,
    /// The first thread, running an event loop.
    Loop,
    /// A worker of a thread or interpreter pool.
    PoolWorker,
    /// A thread made for one task.
    OwnThread,
    /// A worker process.
    ProcessWorker,
    /// The manager thread of a process pool.
    Manager,
    /// The feeder thread of a process pool's call queue.
    Feeder,
    /// The fork server of a process pool.
    ForkServer,
}

/// A thread, in one line of the cache: there may be a million.
#[derive(Debug)]
#[repr(align(64))]
pub(crate) struct Thread {
    /// What is left of the present run of code, ns; in a wait, the code that comes after it.
    pub(crate) run_left: u64,
    /// When the present run began; for a waiter of the interpreter lock, when it began to wait.
    pub(crate) run_start: u64,
    /// When the present span of its lane began: of its task's lane, while it has one, so that a
    /// change of what is shown touches nothing but this line of the cache.
    pub(crate) since: u64,
    /// The task it works for.
    pub(crate) task: u32,
    /// The interpreter lock it needs.
    pub(crate) gil: u32,
    pub(crate) generation: u32,
    /// Registers of its program.
    pub(crate) a: u32,
    pub(crate) b: u32,
    /// Which entry of its pool's list of items under way is its own.
    pub(crate) work: u32,
    pub(crate) core: u16,
    /// Where its program stands.
    pub(crate) pc: u8,
    /// Where a submission under way stands; 0 for none.
    pub(crate) submitting: u8,
    pub(crate) state: State,
    pub(crate) program: Program,
    /// What its lane shows: its task's, while it has one.
    pub(crate) kind: SpanKind,
    pub(crate) run_kind: SpanKind,
    pub(crate) has_gil: bool,
    /// What it does next needs the interpreter lock.
    pub(crate) wants_gil: bool,
    /// It got the lock by being woken for it.
    pub(crate) waited_for_gil: bool,
    /// Its wait ended by itself, not because somebody woke it.
    pub(crate) timed_out: bool,
    /// It works on for a task that was cancelled.
    pub(crate) orphan: bool,
    /// It may stand in the line of a lock or a queue.
    pub(crate) in_line: bool,
    /// Its program does nothing now but carry its task on.
    pub(crate) at_task: bool,
}

impl Thread {
    pub(crate) fn new(program: Program, gil: u32, now: u64) -> Thread {
        Thread {
            run_left: 0,
            run_start: 0,
            since: now,
            task: NONE,
            gil,
            generation: 0,
            a: NONE,
            b: NONE,
            work: NONE,
            core: 0,
            pc: 0,
            submitting: 0,
            state: State::Blocked,
            program,
            kind: SpanKind::Overhead,
            run_kind: SpanKind::Overhead,
            has_gil: false,
            wants_gil: true,
            waited_for_gil: false,
            timed_out: false,
            orphan: false,
            in_line: false,
            at_task: false,
        }
    }

    /// Makes every event that stands for this thread stale.
    #[inline]
    pub(crate) fn new_generation(&mut self) {
        self.generation = self.generation.wrapping_add(1) & GENERATION_MASK;
    }

    /// Whether it goes on only with the lock, and has not got it.
    #[inline]
    pub(super) fn needs_gil(&self) -> bool {
        self.wants_gil && !self.has_gil
    }

    /// Whether it was made for one task and does nothing else now.
    #[inline]
    fn is_own(&self) -> bool {
        self.program == Program::OwnThread && self.submitting == 0
    }

    /// Breaks off its present run of code: what of it is left is for later.
    #[inline]
    pub(super) fn break_off(&mut self, now: u64, kernel: &Kernel) {
        let done = kernel.done_in(now - self.run_start);
        self.run_left = self.run_left.saturating_sub(done);
        self.new_generation();
    }

    /// Ends the own span of thread `id`, which this is.
    #[inline]
    fn close<S: Sink>(&mut self, id: u32, now: u64, sink: &mut S) {
        if self.task == NONE && now > self.since {
            if self.state != State::Ended {
                sink.span(Lane::thread(id), Time::from_nanos(now), self.kind, None);
            }
            self.since = now;
        }
    }

    /// Runs its code, which ends at `end` if nothing happens before: then true, with the clock moved.
    #[inline(always)]
    pub(super) fn run_until<S: Sink>(
        &mut self,
        end: u64,
        id: u32,
        kernel: &Kernel,
        clock: &mut Clock,
        sink: &mut S,
    ) -> bool {
        let now = clock.now;
        self.show(id, self.run_kind, now, sink);
        if kernel.quiet() && clock.skip_to(end) {
            self.run_left = 0;
            return true;
        }
        self.run_start = now;
        self.state = State::Running;
        self.new_generation();
        let event = Event::new(EventKind::RunEnd, id, self.generation);
        clock.at_soon(end, event);
        false
    }

    /// It waits from `now` on for its interpreter's lock.
    #[inline(always)]
    pub(super) fn wait_for_gil<S: Sink>(&mut self, id: u32, now: u64, sink: &mut S) {
        self.state = State::WaitsForGil;
        self.show(id, SpanKind::GilWait, now, sink);
        self.run_start = now;
    }

    /// It waits from `now` on, until it is woken or until an instant.
    #[inline(always)]
    fn block<S: Sink>(&mut self, id: u32, kind: SpanKind, until: u64, now: u64, sink: &mut S) {
        self.show(id, kind, now, sink);
        self.state = State::Blocked;
        self.wants_gil = true;
        self.timed_out = false;
        self.has_gil = false;
        if until != NEVER {
            self.new_generation();
        }
    }

    /// From `now` on the lane of thread `id`, which this is, shows `kind`.
    #[inline]
    pub(super) fn show<S: Sink>(&mut self, id: u32, kind: SpanKind, now: u64, sink: &mut S) {
        if self.kind != kind {
            self.cut(id, now, sink);
            self.kind = kind;
        }
    }

    /// Ends the present span of its lane, whatever comes next.
    #[inline]
    fn cut<S: Sink>(&mut self, id: u32, now: u64, sink: &mut S) {
        if now > self.since {
            let (lane, place) = match self.task {
                NONE => (Lane::thread(id), None),
                task => (Lane::task(task), Some(id)),
            };
            sink.span(lane, Time::from_nanos(now), self.kind, place);
            self.since = now;
        }
    }
}

impl<S: Sink> Sim<'_, S> {
    /// Asks the thread's program what it does next, until that takes time.
    #[inline(always)]
    pub(super) fn decide(&mut self, id: u32) {
        let (kind, until) = loop {
            let thread = &mut self.threads[id as usize];
            // What comes after a run of code, whatever its kind, is for Python code to decide.
            thread.wants_gil = true;
            if !thread.has_gil {
                match self.gils.get_mut(thread.gil as usize) {
                    None => thread.has_gil = true,
                    Some(gil) if gil.is_held() => return self.wait_off_core(id),
                    Some(gil) => {
                        let dropper = gil.give(id, thread, self.clock.now, self.sink);
                        if dropper != NONE {
                            let gil = thread.gil;
                            self.wait_again(gil, dropper);
                            continue;
                        }
                    }
                }
            }
            if thread.at_task {
                match self.tasks.glide(thread, self.work) {
                    Glide::Run { kind, lock, ns } => {
                        if !self.begin_run(id, kind, lock, ns) {
                            return;
                        }
                        continue;
                    }
                    Glide::Wait { ns, .. } => {
                        let now = self.clock.now;
                        let until = now.saturating_add(ns);
                        thread.block(id, SpanKind::Io, until, now, self.sink);
                        let (generation, core, gil) = (thread.generation, thread.core, thread.gil);
                        self.let_go(core, gil);
                        let event = Event::new(EventKind::WaitEnd, id, generation);
                        return self.clock.at(until, event);
                    }
                    Glide::End if thread.is_own() => match self.own_task_over(id) {
                        0 => return self.end_thread(id),
                        ns if !self.begin_run(id, SpanKind::Overhead, true, ns) => return,
                        _ => continue,
                    },
                    Glide::Stop | Glide::End => {}
                }
            }
            let op = self.step(id);
            if op.is_run() {
                if op.ns > 0 && !self.begin_run(id, op.kind(), op.needs_lock(), op.ns) {
                    return;
                }
                continue;
            }
            match op.then() {
                Then::Block => break (op.kind(), op.ns),
                Then::Sleep => break (op.kind(), self.clock.now.saturating_add(op.ns)),
                Then::End => return self.end_thread(id),
                // A task's own, which its thread's program does not hand on.
                Then::Run | Then::GoOn | Then::TaskEnded | Then::Away | Then::Timer => {}
            }
        };
        self.block(id, kind, until);
    }

    /// Runs code that holds the lock, if nothing can happen before it is done: the same as going back
    /// to [`Sim::decide`] with it, in short.
    #[inline(always)]
    pub(super) fn runs_through(&mut self, id: u32, kind: SpanKind, ns: u64) -> bool {
        let thread = &mut self.threads[id as usize];
        if !thread.has_gil || !self.kernel.quiet() {
            return false;
        }
        let now = self.clock.now;
        let end = now.saturating_add(self.kernel.stretched(ns));
        let wanted = thread.gil != NONE && self.gils[thread.gil as usize].is_wanted();
        if wanted || !self.clock.skip_to(end) {
            return false;
        }
        thread.show(id, kind, now, self.sink);
        true
    }

    /// Runs code; see [`Sim::run_code`].
    #[inline(always)]
    fn begin_run(&mut self, id: u32, kind: SpanKind, lock: bool, ns: u64) -> bool {
        let thread = &mut self.threads[id as usize];
        thread.run_kind = kind;
        thread.run_left = ns;
        thread.wants_gil = lock;
        if !lock {
            self.release_gil(id);
        } else if !thread.has_gil && !self.take_gil(id) {
            // It went over to another interpreter, whose lock another has.
            return false;
        }
        self.run_code(id)
    }

    /// Runs what is left of the thread's code. True if it is done, with the clock moved; false if
    /// it ends with an event, or was kept from beginning.
    #[inline(always)]
    pub(super) fn run_code(&mut self, id: u32) -> bool {
        let thread = &mut self.threads[id as usize];
        let end = (self.clock.now).saturating_add(self.kernel.stretched(thread.run_left));
        if thread.wants_gil
            && let Some(gil) = self.gils.get(thread.gil as usize)
            && gil.interrupts(end, self.costs.switch_interval)
        {
            return self.run_interrupted(id, end);
        }
        thread.run_until(end, id, &self.kernel, &mut self.clock, self.sink)
    }

    /// The same where a request for the lock stands or will come before the end.
    #[inline(never)]
    pub(super) fn run_interrupted(&mut self, id: u32, end: u64) -> bool {
        if self.check_gil(id, end) {
            return false;
        }
        let thread = &mut self.threads[id as usize];
        thread.run_until(end, id, &self.kernel, &mut self.clock, self.sink)
    }

    fn block(&mut self, id: u32, kind: SpanKind, until: u64) {
        let thread = &mut self.threads[id as usize];
        thread.block(id, kind, until, self.clock.now, self.sink);
        let (generation, core, gil) = (thread.generation, thread.core, thread.gil);
        self.let_go(core, gil);
        if until != NEVER {
            let event = Event::new(EventKind::WaitEnd, id, generation);
            self.clock.at(until, event);
        }
    }

    /// A thread that blocks gives its lock and its core away.
    #[inline(always)]
    fn let_go(&mut self, core: u16, gil: u32) {
        self.let_go_of_gil(gil);
        self.hand_core_on(core);
    }

    /// A wait is over by its own time. Timers are late by their slack (`timerslack_ns`, 50 µs by
    /// default), which the thread spends as one that could run.
    #[inline(always)]
    pub(super) fn wait_ended(&mut self, id: u32) -> Option<u32> {
        let thread = &mut self.threads[id as usize];
        thread.timed_out = true;
        if thread.in_line {
            self.stop_waiting(id);
        }
        let mut late = self.clock.draw(&self.costs.timer_late);
        if id == 0 {
            late += self.late_poll();
        }
        if late > 0 || !self.wakes_at_once() {
            self.wake(id, late, SpanKind::CoreWait);
            return None;
        }
        if self.queued_for_gil(id) {
            return None;
        }
        self.wake_at_once(id)
    }

    fn end_thread(&mut self, id: u32) {
        self.mark(id, SpanKind::Idle);
        self.release_gil(id);
        self.leave_core(id);
        self.threads[id as usize].state = State::Ended;
        self.memory(-(self.costs.memory.thread as i64));
    }

    /// From now on the thread's lane (its task's, while it has one) shows `kind`.
    #[inline]
    pub(crate) fn mark(&mut self, id: u32, kind: SpanKind) {
        let thread = &mut self.threads[id as usize];
        thread.show(id, kind, self.clock.now, self.sink);
    }

    /// The thread begins to work for a task, which was nowhere until now.
    #[inline(always)]
    pub(crate) fn attach(&mut self, id: u32, task: u32) {
        let now = self.clock.now;
        let thread = &mut self.threads[id as usize];
        thread.close(id, now, self.sink);
        let slot = &self.tasks.hot[task as usize];
        if now > slot.since {
            self.sink
                .span(Lane::task(task), Time::from_nanos(now), slot.kind, None);
        }
        thread.since = slot.since.max(now);
        thread.kind = SpanKind::Overhead;
        thread.task = task;
    }

    /// The thread's task is its no more, and shows `kind`; the thread itself is busy.
    #[inline(always)]
    pub(crate) fn detach(&mut self, id: u32, kind: SpanKind) -> u32 {
        let now = self.clock.now;
        let thread = &mut self.threads[id as usize];
        // A change of kind at this instant only renames the span that begins now; one of the same
        // kind must still end here, because the thread is no longer its place.
        thread.cut(id, now, self.sink);
        let task = thread.task;
        let slot = &mut self.tasks.hot[task as usize];
        slot.since = thread.since;
        slot.kind = kind;
        thread.task = NONE;
        thread.at_task = false;
        thread.since = now;
        thread.kind = SpanKind::Overhead;
        task
    }

    /// Ends the thread's own span here.
    pub(crate) fn close_thread(&mut self, id: u32) {
        self.threads[id as usize].close(id, self.clock.now, self.sink);
    }
}

impl<S: Sink> Sim<'_, S> {
    /// What the thread's program does next. Called only on a core and with the interpreter lock.
    #[inline]
    fn step(&mut self, id: u32) -> Op {
        let thread = &self.threads[id as usize];
        if thread.submitting != 0 {
            return self.other_step(id);
        }
        match thread.program {
            Program::Loop => self.loop_step(id),
            _ => self.other_step(id),
        }
    }

    #[inline(never)]
    fn other_step(&mut self, id: u32) -> Op {
        if self.threads[id as usize].submitting != 0
            && let Some(op) = self.submit_step(id)
        {
            return op;
        }
        match self.threads[id as usize].program {
            Program::Main => self.main_step(id),
            Program::Loop => self.loop_step(id),
            Program::PoolWorker => self.pool_worker_step(id),
            Program::OwnThread => self.own_thread_step(id),
            Program::ProcessWorker => self.process_worker_step(id),
            Program::Manager => self.manager_step(id),
            Program::Feeder => self.feeder_step(id),
            Program::ForkServer => self.fork_server_step(id),
        }
    }
}
