//! Laws of the compiled programs: jumps land where they should, and what a program does is what
//! its steps say.

use proptest::prelude::*;
use trilane_core::scenario::{Draw, Scenario, Step};
use trilane_core::workload::{Amount, Instr, Kind, NO_SCOPE, Program, draw};

use super::generate;

/// Something that a task does, with its drawn time.
#[derive(Debug, PartialEq)]
enum Did {
    Io(u64),
    Cpu(u64),
    Native(u64),
    Take(u32),
    Give(u32),
    Put(u32),
    Get(u32),
    Limit(u64),
    Unlimit,
    Branches(u32),
    Branch,
    Ends,
    Joined,
}

/// The draws of one task, read in order.
struct Draws<'w> {
    rest: &'w [u64],
    read: u32,
}

impl Draws<'_> {
    fn next(&mut self) -> u64 {
        self.read += 1;
        let (first, rest) = self
            .rest
            .split_first()
            .expect("a program reads no more than it said");
        self.rest = rest;
        *first
    }
}

/// What the steps say, straight from the tree.
fn say(steps: &[Step], draws: &mut Draws<'_>, did: &mut Vec<Did>) {
    let time = |draw: &Draw, draws: &mut Draws<'_>| match draw {
        Draw::Fixed(dur) => dur.as_nanos(),
        _ => draws.next(),
    };
    for step in steps {
        match step {
            Step::Io { dur, .. } => did.push(Did::Io(time(dur, draws))),
            Step::Cpu { dur, .. } => did.push(Did::Cpu(time(dur, draws))),
            Step::Native { dur, .. } => did.push(Did::Native(time(dur, draws))),
            Step::Put { queue } => did.push(Did::Put(*queue)),
            Step::Get { queue } => did.push(Did::Get(*queue)),
            Step::Lock { resource, steps } => {
                did.push(Did::Take(*resource));
                say(steps, draws, did);
                did.push(Did::Give(*resource));
            }
            Step::Repeat { times, steps } => (0..*times).for_each(|_| say(steps, draws, did)),
            Step::Timeout { after, steps } => {
                did.push(Did::Limit(time(after, draws)));
                say(steps, draws, did);
                did.push(Did::Unlimit);
            }
            Step::Gather { branches } => {
                did.push(Did::Branches(branches.len() as u32));
                for branch in branches {
                    did.push(Did::Branch);
                    say(branch, draws, did);
                    did.push(Did::Ends);
                }
                did.push(Did::Joined);
            }
        }
    }
}

/// A scope that is open, and the draws read when it was.
struct Open {
    at: u32,
    read: u32,
}

/// Runs the program in a row; checks every jump, scope and count on the way.
fn run(program: &Program, draws: &mut Draws<'_>) -> Vec<Did> {
    let (mut did, mut steps, mut branches) = (Vec::new(), 0, 0);
    let mut slots = vec![0_u32; program.slots as usize];
    let mut open: Vec<Open> = Vec::new();
    let mut gathers: Vec<Open> = Vec::new();
    let mut pc = 0_u32;
    loop {
        let instr = program.code[pc as usize];
        let time = |dur: Amount, draws: &mut Draws<'_>| match dur {
            Amount::Fixed(ns) => ns,
            Amount::Next => draws.next(),
        };
        let closes = matches!(
            instr,
            Instr::Release { .. }
                | Instr::LoopEnd { .. }
                | Instr::TimeoutEnd { .. }
                | Instr::BranchEnd
        );
        let scope = |open: &[Open]| open.last().map_or(NO_SCOPE, |open| open.at);
        let within = if closes {
            &open[..open.len() - 1]
        } else {
            &open[..]
        };
        assert_eq!(
            program.enclosing[pc as usize],
            scope(within),
            "the scope of {pc}"
        );
        let mark = |draws: &Draws<'_>| Open {
            at: pc,
            read: draws.read,
        };
        let here = &program.code[..];
        let mut next = pc + 1;
        match instr {
            Instr::Io { dur, .. } => did.push(Did::Io(time(dur, draws))),
            Instr::Cpu { dur, .. } => did.push(Did::Cpu(time(dur, draws))),
            Instr::Native { dur, .. } => did.push(Did::Native(time(dur, draws))),
            Instr::Put { queue } => did.push(Did::Put(queue)),
            Instr::Get { queue } => did.push(Did::Get(queue)),
            Instr::Acquire { resource, release } => {
                assert_eq!(here[release as usize], Instr::Release { resource });
                did.push(Did::Take(resource));
                open.push(mark(draws));
            }
            Instr::Release { resource } => {
                let Some(Instr::Acquire { release, .. }) = open.pop().map(|o| here[o.at as usize])
                else {
                    panic!("a release without its acquire")
                };
                assert_eq!(release, pc);
                did.push(Did::Give(resource));
            }
            Instr::LoopBegin { slot, times } => {
                assert!(times > 0);
                slots[slot as usize] = times;
                open.push(mark(draws));
            }
            Instr::LoopEnd { slot, begin } => {
                assert_eq!(open.last().map(|open| open.at), Some(begin));
                slots[slot as usize] -= 1;
                match slots[slot as usize] {
                    0 => drop(open.pop()),
                    _ => next = begin + 1,
                }
            }
            Instr::TimeoutBegin { slot, dur, end, .. } => {
                assert_eq!(here[end as usize], Instr::TimeoutEnd { slot });
                assert!((slot as usize + 1) < slots.len());
                did.push(Did::Limit(time(dur, draws)));
                open.push(mark(draws));
            }
            Instr::TimeoutEnd { .. } => {
                let begin = open.pop().expect("an open limit");
                let Instr::TimeoutBegin {
                    end, draws: count, ..
                } = here[begin.at as usize]
                else {
                    panic!("a limit's end without its begin")
                };
                assert_eq!((end, count), (pc, draws.read - begin.read));
                did.push(Did::Unlimit);
            }
            Instr::Gather {
                branches: count,
                end,
                ..
            } => {
                assert!(count > 0);
                assert_eq!(here[end as usize], Instr::GatherEnd);
                did.push(Did::Branches(count));
                branches += u64::from(count);
                gathers.push(mark(draws));
            }
            Instr::BranchBegin { next, .. } => {
                assert_eq!(here[next as usize - 1], Instr::BranchEnd);
                did.push(Did::Branch);
                open.push(mark(draws));
            }
            Instr::BranchEnd => {
                let begin = open.pop().expect("an open branch");
                let Instr::BranchBegin { next, draws: count } = here[begin.at as usize] else {
                    panic!("a branch's end without its begin")
                };
                assert_eq!((next, count), (pc + 1, draws.read - begin.read));
                did.push(Did::Ends);
            }
            Instr::GatherEnd => {
                let begin = gathers.pop().expect("an open gather");
                let Instr::Gather {
                    end, draws: count, ..
                } = here[begin.at as usize]
                else {
                    panic!("a gather's end without its begin")
                };
                assert_eq!((end, count), (pc, draws.read - begin.read));
                did.push(Did::Joined);
            }
            Instr::End => {
                assert_eq!(
                    pc as usize,
                    here.len() - 1,
                    "the program ends before its code"
                );
                assert!(open.is_empty() && gathers.is_empty());
                assert_eq!(
                    (steps, branches),
                    (program.steps_per_task, program.branches_per_task)
                );
                return did;
            }
        }
        let is_step = !closes && !matches!(instr, Instr::BranchBegin { .. } | Instr::GatherEnd);
        steps += u64::from(is_step);
        pc = next;
    }
}

fn draws_of<'w>(kind: &Kind, all: &'w [u64], task: u32) -> Draws<'w> {
    let per_task = kind.program.draws_per_task as usize;
    let start = kind.first_draw as usize + task as usize * per_task;
    Draws {
        rest: &all[start..start + per_task],
        read: 0,
    }
}

fn check(scenario: &Scenario, seed: u64) {
    let workload = draw(scenario, seed);
    let mut tasks = 0;
    for (kind, written) in workload.kinds.iter().zip(&scenario.kinds) {
        assert_eq!((kind.first_task, kind.count), (tasks, written.count));
        tasks += kind.count;
        for task in 0..kind.count {
            let mut said = Vec::new();
            say(
                &written.steps,
                &mut draws_of(kind, &workload.draws, task),
                &mut said,
            );
            let mut draws = draws_of(kind, &workload.draws, task);
            assert_eq!(run(&kind.program, &mut draws), said);
            assert!(draws.rest.is_empty(), "a task leaves draws unread");
            assert_eq!(
                workload.kind_of(kind.first_task + task),
                kind.first_task_kind(&workload.kinds)
            );
        }
    }
    assert_eq!(workload.tasks, tasks);
    let per_kind = |kind: &Kind| u64::from(kind.count) * u64::from(kind.program.draws_per_task);
    assert_eq!(
        workload.draws.len() as u64,
        workload.kinds.iter().map(per_kind).sum::<u64>()
    );
    assert_eq!(
        draw(scenario, seed),
        workload,
        "one seed gives one workload"
    );
}

/// A kind's place among its siblings, by name.
trait Position {
    fn first_task_kind(&self, kinds: &[Kind]) -> u32;
}

impl Position for Kind {
    fn first_task_kind(&self, kinds: &[Kind]) -> u32 {
        kinds
            .iter()
            .position(|kind| kind.name == self.name)
            .map_or(u32::MAX, |at| at as u32)
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn a_program_does_what_its_steps_say(scenario in generate::scenario(), seed in any::<u64>()) {
        check(&scenario, seed);
    }
}

#[test]
fn every_example_compiles_lawfully() {
    for example in trilane_core::examples::all() {
        let format = trilane_core::scenario::Format::Toml;
        let mut scenario = trilane_core::scenario::parse(example.text(), format)
            .unwrap_or_else(|problems| panic!("{}", problems[0].render(example.name)));
        for kind in &mut scenario.kinds {
            kind.count = kind.count.min(3);
        }
        check(&scenario, scenario.seed);
    }
}
