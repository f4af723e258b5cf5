//! What can be known of a run before it is run: each task's work, and how quick it could be at best.

use trilane_core::plan::Plan;
use trilane_core::profile::Costs;
use trilane_core::scenario::{Resource, ResourceKind};
use trilane_core::workload::{Amount, Instr, Workload};

/// The work of one task, its branches included, in nanoseconds on one machine.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Work {
    /// Bytecode.
    pub python: u64,
    /// Native code.
    pub native: u64,
    /// Waits outside Python.
    pub io: u64,
    /// The part of those waits that has no async form.
    pub blocking_io: u64,
    /// All of it, one step after another, branches of a gather side by side.
    pub shortest: u64,
    /// By resource: how long it holds permits of it at least.
    pub locked: Vec<u64>,
}

impl Work {
    /// All of it, one step after another.
    pub fn in_a_row(&self) -> u64 {
        self.python + self.native + self.io
    }

    fn add(&mut self, other: &Work) {
        self.python += other.python;
        self.native += other.native;
        self.io += other.io;
        self.blocking_io += other.blocking_io;
        for (mine, others) in self.locked.iter_mut().zip(&other.locked) {
            *mine += others;
        }
    }
}

/// The work of a task of `workload` under `costs`, by the profile's factors, rounded down step by
/// step.
pub fn work(workload: &Workload, task: u32, costs: &Costs) -> Work {
    let kind = &workload.kinds[workload.kind_of(task) as usize];
    let nth = u64::from(task - kind.first_task);
    let cursor = kind.first_draw + nth * u64::from(kind.program.draws_per_task);
    let mut walk = Walk {
        code: &kind.program.code,
        draws: &workload.draws,
        cursor: cursor as usize,
        loops: vec![0; kind.program.slots as usize],
        resources: workload.resources.len(),
        costs,
    };
    walk.line(0)
}

struct Walk<'w> {
    code: &'w [Instr],
    draws: &'w [u64],
    cursor: usize,
    loops: Vec<u32>,
    resources: usize,
    costs: &'w Costs,
}

impl Walk<'_> {
    fn amount(&mut self, amount: Amount) -> u64 {
        match amount {
            Amount::Fixed(ns) => ns,
            Amount::Next => {
                self.cursor += 1;
                self.draws[self.cursor - 1]
            }
        }
    }

    /// One line of control, from `pc` to its end.
    fn line(&mut self, mut pc: usize) -> Work {
        let mut work = Work {
            locked: vec![0; self.resources],
            ..Work::default()
        };
        let mut held: Vec<u64> = Vec::new();
        let scale = |ns: u64, ppm: u64| (u128::from(ns) * u128::from(ppm) / 1_000_000) as u64;
        loop {
            match self.code[pc] {
                Instr::Cpu { dur, .. } => {
                    let ns = scale(self.amount(dur), self.costs.cpu_ppm);
                    work.python += ns;
                    work.shortest += ns;
                }
                Instr::Native { dur, .. } => {
                    let ns = scale(self.amount(dur), self.costs.native_ppm);
                    work.native += ns;
                    work.shortest += ns;
                }
                Instr::Io { dur, blocking, .. } => {
                    let ns = self.amount(dur);
                    work.io += ns;
                    work.blocking_io += if blocking { ns } else { 0 };
                    work.shortest += ns;
                }
                Instr::LoopBegin { slot, times } => self.loops[slot as usize] = times,
                Instr::LoopEnd { slot, begin } => {
                    self.loops[slot as usize] -= 1;
                    if self.loops[slot as usize] > 0 {
                        pc = begin as usize;
                    }
                }
                Instr::TimeoutBegin { dur, .. } => {
                    self.amount(dur);
                }
                Instr::Gather { end, .. } => {
                    let mut branch = pc + 1;
                    let mut longest = 0;
                    while let Instr::BranchBegin { next, .. } = self.code[branch] {
                        let of_branch = self.line(branch + 1);
                        longest = longest.max(of_branch.shortest);
                        work.add(&of_branch);
                        branch = next as usize;
                    }
                    work.shortest += longest;
                    pc = end as usize;
                }
                Instr::End | Instr::BranchEnd => return work,
                Instr::Acquire { .. } => held.push(work.shortest),
                Instr::Release { resource } => {
                    let since = held.pop().unwrap_or_default();
                    work.locked[resource as usize] += work.shortest - since;
                }
                Instr::Put { .. }
                | Instr::Get { .. }
                | Instr::TimeoutEnd { .. }
                | Instr::BranchBegin { .. }
                | Instr::GatherEnd => {}
            }
            pc += 1;
        }
    }
}

/// Whether a plan runs the branches of a gather side by side, as tasks of their own.
pub fn has_branches(plan: &Plan) -> bool {
    match plan {
        Plan::Threads { .. } | Plan::ThreadEach | Plan::Asyncio { .. } => true,
        Plan::Sync | Plan::Processes { .. } | Plan::Interpreters { .. } => false,
    }
}

/// Lower bounds of the run time of all this work, each with its name.
pub fn lower_bounds(
    plan: &Plan,
    costs: &Costs,
    cores: u32,
    resources: &[Resource],
    all: &[Work],
) -> Vec<(&'static str, u64)> {
    let sum = |of: fn(&Work) -> u64| all.iter().map(of).sum::<u64>();
    let python = sum(|work| work.python);
    let on_cores = sum(|work| work.python + work.native);
    let mut bounds = vec![("all work ÷ cores", on_cores.div_ceil(u64::from(cores)))];
    for (i, resource) in resources.iter().enumerate() {
        if let ResourceKind::Lock { permits } = resource.kind {
            let held: u64 = all.iter().map(|work| work.locked[i]).sum();
            bounds.push(("a lock held ÷ permits", held.div_ceil(u64::from(permits))));
        }
    }
    if let Plan::Asyncio {
        limit: Some(limit), ..
    } = *plan
    {
        let in_flight = sum(|work| work.shortest);
        bounds.push(("all work ÷ limit", in_flight.div_ceil(u64::from(limit))));
    }
    // How many threads can run bytecode at the same time, if there is a lock.
    let locks = match *plan {
        Plan::Sync | Plan::Threads { .. } | Plan::ThreadEach => 1,
        Plan::Asyncio {
            processes: None, ..
        } => 1,
        Plan::Asyncio {
            processes: Some(pool),
            ..
        } => pool.workers + 1,
        Plan::Processes { pool, .. } => pool.workers,
        Plan::Interpreters { workers } => workers,
    };
    if costs.gil {
        bounds.push(("bytecode ÷ locks", python.div_ceil(u64::from(locks))));
    }
    match *plan {
        Plan::Sync => bounds.push(("one after another", sum(Work::in_a_row))),
        Plan::Asyncio {
            threads: None,
            processes: None,
            ..
        } => {
            let on_loop = sum(|work| work.python + work.native + work.blocking_io);
            bounds.push(("what holds the loop", on_loop));
        }
        Plan::Threads { workers } | Plan::Interpreters { workers } => {
            let all = sum(Work::in_a_row);
            bounds.push(("all work ÷ workers", all.div_ceil(u64::from(workers))));
        }
        Plan::Processes { pool, .. } => {
            let all = sum(Work::in_a_row);
            bounds.push(("all work ÷ workers", all.div_ceil(u64::from(pool.workers))));
        }
        Plan::ThreadEach | Plan::Asyncio { .. } => {}
    }
    bounds
}
