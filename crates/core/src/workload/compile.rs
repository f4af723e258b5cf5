//! Steps to a flat [`Program`].

use super::{Amount, Instr, NO_SCOPE, Program};
use crate::scenario::{Draw, Step};

/// What the steps of a list add up to for one task.
#[derive(Clone, Copy, Default)]
struct Sums {
    steps: u64,
    draws: u64,
    branches: u64,
}

impl Sums {
    fn add(&mut self, other: Sums) {
        self.steps += other.steps;
        self.draws += other.draws;
        self.branches += other.branches;
    }

    fn times(self, n: u32) -> Sums {
        let n = u64::from(n);
        Sums {
            steps: self.steps * n,
            draws: self.draws * n,
            branches: self.branches * n,
        }
    }
}

struct Compiler {
    code: Vec<Instr>,
    enclosing: Vec<u32>,
    scope: u32,
    slots: u32,
    most_slots: u32,
}

/// Compiles the steps of a kind. The steps are those of a checked scenario: their nesting and their
/// number are bounded, so neither the recursion nor the sums can overflow.
pub(super) fn compile(steps: &[Step]) -> Program {
    let mut compiler = Compiler {
        code: Vec::new(),
        enclosing: Vec::new(),
        scope: NO_SCOPE,
        slots: 0,
        most_slots: 0,
    };
    let sums = compiler.list(steps);
    compiler.emit(Instr::End);
    Program {
        code: compiler.code,
        enclosing: compiler.enclosing,
        draws_per_task: sums.draws as u32,
        slots: compiler.most_slots,
        steps_per_task: sums.steps,
        branches_per_task: sums.branches,
    }
}

/// Whether a step leaves no instruction behind: a repeat of nothing, or of no times.
pub(super) fn is_nothing(step: &Step) -> bool {
    match step {
        Step::Repeat { times, steps } => *times == 0 || steps.iter().all(is_nothing),
        _ => false,
    }
}

fn amount(draw: &Draw) -> (Amount, u64) {
    match draw {
        Draw::Fixed(dur) => (Amount::Fixed(dur.as_nanos()), 0),
        _ => (Amount::Next, 1),
    }
}

impl Compiler {
    fn emit(&mut self, instr: Instr) -> u32 {
        self.code.push(instr);
        self.enclosing.push(self.scope);
        self.code.len() as u32 - 1
    }

    fn here(&self) -> u32 {
        self.code.len() as u32
    }

    /// Slots are given out as a stack within one line of control. Branches of a gather may run side
    /// by side, but each is a task of its own then, with slots of its own.
    fn with_slots(&mut self, count: u32, inner: impl FnOnce(&mut Compiler, u32) -> Sums) -> Sums {
        let slot = self.slots;
        self.slots += count;
        self.most_slots = self.most_slots.max(self.slots);
        let sums = inner(self, slot);
        self.slots = slot;
        sums
    }

    /// Compiles `steps` as the inside of the scope that `opening` opens.
    fn inside(&mut self, opening: u32, steps: &[Step]) -> Sums {
        let outer = std::mem::replace(&mut self.scope, opening);
        let sums = self.list(steps);
        self.scope = outer;
        sums
    }

    fn list(&mut self, steps: &[Step]) -> Sums {
        let mut sums = Sums::default();
        for step in steps {
            sums.add(self.step(step));
        }
        sums
    }

    fn step(&mut self, step: &Step) -> Sums {
        let mut sums = Sums {
            steps: 1,
            ..Sums::default()
        };
        match step {
            Step::Io { dur, blocking, on } => {
                let (dur, draws) = amount(dur);
                sums.draws = draws;
                self.emit(Instr::Io {
                    dur,
                    blocking: *blocking,
                    on: *on,
                });
            }
            Step::Cpu { dur, on } => {
                let (dur, draws) = amount(dur);
                sums.draws = draws;
                self.emit(Instr::Cpu { dur, on: *on });
            }
            Step::Native { dur, on } => {
                let (dur, draws) = amount(dur);
                sums.draws = draws;
                self.emit(Instr::Native { dur, on: *on });
            }
            Step::Put { queue } => {
                self.emit(Instr::Put { queue: *queue });
            }
            Step::Get { queue } => {
                self.emit(Instr::Get { queue: *queue });
            }
            Step::Lock { resource, steps } => {
                let resource = *resource;
                let opening = self.emit(Instr::Acquire {
                    resource,
                    release: 0,
                });
                sums.add(self.inside(opening, steps));
                let release = self.emit(Instr::Release { resource });
                self.code[opening as usize] = Instr::Acquire { resource, release };
            }
            Step::Repeat { .. } if is_nothing(step) => return Sums::default(),
            Step::Repeat { times, steps } => {
                let times = *times;
                sums.add(self.with_slots(1, |this, slot| {
                    let begin = this.emit(Instr::LoopBegin { slot, times });
                    let inner = this.inside(begin, steps);
                    this.emit(Instr::LoopEnd { slot, begin });
                    inner.times(times)
                }));
            }
            Step::Timeout { after, steps } => {
                let (dur, draws) = amount(after);
                sums.draws = draws;
                sums.add(self.with_slots(2, |this, slot| {
                    let opening = this.emit(Instr::TimeoutBegin {
                        slot,
                        dur,
                        end: 0,
                        draws: 0,
                    });
                    let inner = this.inside(opening, steps);
                    let end = this.emit(Instr::TimeoutEnd { slot });
                    let draws = inner.draws as u32;
                    this.code[opening as usize] = Instr::TimeoutBegin {
                        slot,
                        dur,
                        end,
                        draws,
                    };
                    inner
                }));
            }
            Step::Gather { branches } => sums.add(self.gather(branches)),
        }
        sums
    }

    fn gather(&mut self, branches: &[Vec<Step>]) -> Sums {
        let count = branches.len() as u32;
        let opening = self.emit(Instr::Gather {
            branches: count,
            end: 0,
            draws: 0,
        });
        let mut sums = Sums {
            branches: u64::from(count),
            ..Sums::default()
        };
        for branch in branches {
            let begin = self.emit(Instr::BranchBegin { next: 0, draws: 0 });
            let inner = self.inside(begin, branch);
            self.emit(Instr::BranchEnd);
            let (next, draws) = (self.here(), inner.draws as u32);
            self.code[begin as usize] = Instr::BranchBegin { next, draws };
            sums.add(inner);
        }
        let end = self.emit(Instr::GatherEnd);
        let draws = sums.draws as u32;
        self.code[opening as usize] = Instr::Gather {
            branches: count,
            end,
            draws,
        };
        sums
    }
}
