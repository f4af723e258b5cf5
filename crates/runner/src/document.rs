//! A workload and a plan as every harness reads them: data only.
//!
//! The harness runs steps as people write them, nested, because that is how Python's `with` and
//! `async with` work; so the flat program of a kind is folded up again here. The drawn numbers go
//! into a file of their own: there may be a hundred million.

use std::io::{self, Write};

use serde_json::{Value, json};
use trilane_core::plan::{Plan, ProcessPool};
use trilane_core::workload::{Amount, Instr, Kind, Place, Resource, ResourceKind, Workload};

/// Writes the drawn numbers: 64-bit nanoseconds, little-endian.
///
/// # Errors
/// What the writer says.
pub fn write_draws(work: &Workload, mut out: impl Write) -> io::Result<()> {
    for draw in &work.draws {
        out.write_all(&draw.to_le_bytes())?;
    }
    out.flush()
}

/// The job's document. `draws` is where the runner finds the drawn numbers, `port` that of the delay server
/// where there is one.
pub fn document(work: &Workload, plan: &Plan, draws: &str, port: Option<u16>) -> Value {
    json!({
        "kinds": work.kinds.iter().map(kind).collect::<Vec<_>>(),
        "resources": work.resources.iter().map(resource).collect::<Vec<_>>(),
        "draws": draws,
        "tasks": work.tasks,
        "plan": plan_document(plan),
        "io": port.map(|port| json!({ "port": port })),
        "switch_interval": null,
    })
}

fn kind(kind: &Kind) -> Value {
    let arrivals: Vec<u64> = kind.arrivals.iter().map(|at| at.as_nanos()).collect();
    json!({
        "name": kind.name,
        "first_task": kind.first_task,
        "count": kind.count,
        "after": kind.after,
        "arrivals": arrivals,
        "input": kind.input.0,
        "output": kind.output.0,
        "memory": kind.memory.0,
        "first_draw": kind.first_draw,
        "draws_per_task": kind.program.draws_per_task,
        "steps": Folding { code: &kind.program.code, at: 0 }.steps(),
    })
}

fn resource(resource: &Resource) -> Value {
    match resource.kind {
        ResourceKind::Lock { permits } => json!({ "name": resource.name, "permits": permits }),
        ResourceKind::Queue { capacity } => json!({ "name": resource.name, "capacity": capacity }),
    }
}

fn plan_document(plan: &Plan) -> Value {
    let pool = |pool: &ProcessPool| json!({ "workers": pool.workers, "start": pool.start.name() });
    match plan {
        Plan::Sync => json!({ "kind": "sync" }),
        Plan::Threads { workers } => json!({ "kind": "threads", "workers": workers }),
        Plan::ThreadEach => json!({ "kind": "thread_each" }),
        Plan::Processes {
            pool: ProcessPool { workers, start },
            chunk,
        } => json!({
            "kind": "processes", "workers": workers, "start": start.name(), "chunk": chunk,
        }),
        Plan::Interpreters { workers } => json!({ "kind": "interpreters", "workers": workers }),
        Plan::Asyncio {
            limit,
            threads,
            processes,
        } => json!({
            "kind": "asyncio",
            "limit": limit,
            "threads": threads,
            "processes": processes.as_ref().map(pool),
        }),
    }
}

/// Folds a flat program up into nested steps.
struct Folding<'a> {
    code: &'a [Instr],
    at: usize,
}

impl Folding<'_> {
    /// The steps up to the end of the scope, whose closing instruction is passed over.
    fn steps(&mut self) -> Vec<Value> {
        let mut steps = Vec::new();
        while let Some(&instr) = self.code.get(self.at) {
            self.at += 1;
            steps.push(match instr {
                Instr::Cpu { dur, on } => json!(["cpu", amount(dur), place(on)]),
                Instr::Native { dur, on } => json!(["native", amount(dur), place(on)]),
                Instr::Io { dur, blocking, on } => {
                    json!(["io", amount(dur), blocking, place(on)])
                }
                Instr::Acquire { resource, .. } => json!(["lock", resource, self.steps()]),
                Instr::Put { queue } => json!(["put", queue]),
                Instr::Get { queue } => json!(["get", queue]),
                Instr::LoopBegin { times, .. } => json!(["repeat", times, self.steps()]),
                Instr::TimeoutBegin { dur, draws, .. } => {
                    json!(["timeout", amount(dur), draws, self.steps()])
                }
                Instr::Gather { .. } => json!(["gather", self.branches()]),
                Instr::Release { .. }
                | Instr::LoopEnd { .. }
                | Instr::TimeoutEnd { .. }
                | Instr::BranchEnd
                | Instr::BranchBegin { .. }
                | Instr::GatherEnd
                | Instr::End => return steps,
            });
        }
        steps
    }

    /// The branches of a gather, each with the number of its draws.
    fn branches(&mut self) -> Vec<Value> {
        let mut branches = Vec::new();
        while let Some(&Instr::BranchBegin { draws, .. }) = self.code.get(self.at) {
            self.at += 1;
            branches.push(json!([draws, self.steps()]));
        }
        // The end of the gather.
        self.at += 1;
        branches
    }
}

fn amount(amount: Amount) -> Value {
    match amount {
        Amount::Fixed(ns) => json!(ns),
        Amount::Next => Value::Null,
    }
}

fn place(on: Option<Place>) -> Value {
    match on {
        None => Value::Null,
        Some(Place::Loop) => json!("loop"),
        Some(Place::Threads) => json!("threads"),
        Some(Place::Processes) => json!("processes"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use trilane_core::scenario::{self, Format};
    use trilane_core::workload::draw;

    fn check(steps: &str, expect: &str) {
        let text = format!(
            "trilane = 1\ntitle = \"t\"\n[tasks.a]\ncount = 1\nsteps = {steps}\n\
             [resources]\ndb = {{ permits = 1 }}\nq = {{ capacity = 0 }}\n"
        );
        let scenario = scenario::parse(&text, Format::Toml).expect("a scenario");
        let work = draw(&scenario, 0);
        let document = document(&work, &Plan::Sync, "draws", None);
        let expect: Value = serde_json::from_str(expect).expect("JSON");
        assert_eq!(document["kinds"][0]["steps"], expect, "{steps}");
    }

    #[test]
    fn steps_are_nested_as_they_were_written() {
        check(
            r#"[{ cpu = "1us" }, { lock = "db", steps = [{ io = "exp(1ms)", blocking = true }] }, { native = "2us", on = "loop" }]"#,
            r#"[["cpu", 1000, null], ["lock", 0, [["io", null, true, null]]], ["native", 2000, "loop"]]"#,
        );
        check(
            r#"[{ repeat = 3, steps = [{ put = "q" }, { get = "q" }] }, { timeout = "1ms", steps = [{ io = "exp(1ms)" }, { cpu = "1us" }] }, { cpu = "1us" }]"#,
            r#"[["repeat", 3, [["put", 1], ["get", 1]]], ["timeout", 1000000, 1, [["io", null, false, null], ["cpu", 1000, null]]], ["cpu", 1000, null]]"#,
        );
        check(
            r#"[{ gather = [[{ io = "exp(1ms)" }], [{ cpu = "1us" }, { gather = [[{ cpu = "2us" }]] }]] }, { cpu = "3us" }]"#,
            r#"[["gather", [[1, [["io", null, false, null]]], [0, [["cpu", 1000, null], ["gather", [[0, [["cpu", 2000, null]]]]]]]]], ["cpu", 3000, null]]"#,
        );
    }

    #[test]
    fn draws_are_eight_bytes_each() {
        let text =
            "trilane = 1\ntitle = \"t\"\n[tasks.a]\ncount = 3\nsteps = [{ cpu = \"exp(1ms)\" }]\n";
        let scenario = scenario::parse(text, Format::Toml).expect("a scenario");
        let work = draw(&scenario, 0);
        let mut bytes = Vec::new();
        write_draws(&work, &mut bytes).expect("written");
        let read: Vec<u64> = bytes
            .chunks_exact(8)
            .map(|eight| u64::from_le_bytes(eight.try_into().expect("eight")))
            .collect();
        assert_eq!(read, work.draws);
    }
}
