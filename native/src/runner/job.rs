//! The job: the drawn workload and the plan, as `measure/job.rs` wrote them for every harness.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::Deserialize;
use serde_json::Value;
use trilane_core::workload::Place;

use super::trouble::Trouble;

/// All that a run needs to know.
#[derive(Debug, Deserialize)]
pub(super) struct Job {
    pub(super) kinds: Vec<Kind>,
    pub(super) resources: Vec<Shared>,
    draws: PathBuf,
    pub(super) tasks: u32,
    pub(super) plan: PlanOf,
    pub(super) io: Option<Server>,
}

/// One kind of task.
#[derive(Debug, Deserialize)]
pub(super) struct Kind {
    first_task: u32,
    pub(super) count: u32,
    pub(super) after: Vec<usize>,
    pub(super) arrivals: Vec<u64>,
    pub(super) input: usize,
    pub(super) output: usize,
    pub(super) memory: usize,
    first_draw: u64,
    draws_per_task: u64,
    steps: Vec<Value>,
    /// The steps, read.
    #[serde(skip)]
    pub(super) program: Arc<[Step]>,
}

/// A lock, a semaphore or a queue.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Shared {
    pub(super) name: String,
    pub(super) permits: Option<u32>,
    pub(super) capacity: Option<u32>,
}

/// The delay server of runs that wait on sockets.
#[derive(Clone, Copy, Debug, Deserialize)]
pub(super) struct Server {
    pub(super) port: u16,
}

/// The plan.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(super) enum PlanOf {
    Sync,
    Threads {
        workers: usize,
    },
    ThreadEach,
    Processes {
        workers: usize,
        chunk: u32,
    },
    Asyncio {
        limit: Option<usize>,
        threads: Option<usize>,
        processes: Option<PoolOf>,
    },
}

/// A pool of processes under a loop.
#[derive(Clone, Copy, Debug, Deserialize)]
pub(super) struct PoolOf {
    pub(super) workers: usize,
}

/// One step. `None` for a time is the task's next draw.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Step {
    Cpu(Option<u64>, Option<Place>),
    Native(Option<u64>, Option<Place>),
    Io {
        ns: Option<u64>,
        blocking: bool,
        on: Option<Place>,
    },
    Lock(usize, Vec<Step>),
    Put(usize),
    Get(usize),
    Repeat(u32, Vec<Step>),
    Timeout {
        ns: Option<u64>,
        draws: u64,
        steps: Vec<Step>,
    },
    Gather(Vec<Branch>),
}

/// One branch of a gather: it may run on a thread of its own.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Branch {
    /// Draws that it consumes.
    pub(super) draws: u64,
    pub(super) steps: Arc<[Step]>,
}

impl Kind {
    pub(super) fn first_task(&self) -> u32 {
        self.first_task
    }

    /// Where the draws of a task begin.
    pub(super) fn draws_of(&self, task: u32) -> u64 {
        self.first_draw + u64::from(task - self.first_task) * self.draws_per_task
    }
}

impl Job {
    /// Reads a job.
    pub(super) fn load(path: &Path) -> Result<Job, Trouble> {
        let unreadable = |what: String| Trouble::Failed(format!("the job {what}"));
        let text = std::fs::read(path).map_err(|error| unreadable(error.to_string()))?;
        let mut job: Job = serde_json::from_slice(&text).map_err(|error| {
            unreadable(format!(
                "is none of ours: {error}; write it as this version does"
            ))
        })?;
        for kind in &mut job.kinds {
            let steps = kind.steps.iter().map(step).collect::<Option<Vec<_>>>();
            let steps = steps.ok_or_else(|| unreadable("has a step that is none".to_owned()))?;
            kind.program = steps.into();
            kind.steps = Vec::new();
        }
        Ok(job)
    }

    /// Writes a job for worker processes: the same without arrivals, which are the parent's.
    pub(super) fn copy_for_workers(path: &Path, copy: &Path) -> io::Result<()> {
        let mut job: Value = serde_json::from_slice(&std::fs::read(path)?)?;
        for kind in job["kinds"].as_array_mut().into_iter().flatten() {
            kind["arrivals"] = Value::Array(Vec::new());
        }
        std::fs::write(copy, job.to_string())
    }

    /// Whether any step is native code.
    pub(super) fn uses_native(&self) -> bool {
        let native = |step: &Step| matches!(step, Step::Native(..));
        self.kinds
            .iter()
            .any(|kind| count(&kind.program, &native) > 0)
    }

    /// How many items all tasks put into a queue.
    pub(super) fn puts(&self, queue: usize) -> u64 {
        let put = |step: &Step| matches!(step, Step::Put(index) if *index == queue);
        self.kinds
            .iter()
            .map(|kind| u64::from(kind.count).saturating_mul(count(&kind.program, &put)))
            .fold(0, u64::saturating_add)
    }

    /// The drawn numbers.
    pub(super) fn draws(&self, all: bool) -> Result<Draws, Trouble> {
        let unreadable = |error: io::Error| Trouble::of(&error, "reading the drawn work");
        if !all {
            return File::open(&self.draws).map(Draws::File).map_err(unreadable);
        }
        let bytes = std::fs::read(&self.draws).map_err(unreadable)?;
        let (eights, _) = bytes.as_chunks::<8>();
        Ok(Draws::All(
            eights
                .iter()
                .map(|eight| u64::from_le_bytes(*eight))
                .collect(),
        ))
    }
}

/// How often such a step is done, repeats counted.
fn count(steps: &[Step], which: &dyn Fn(&Step) -> bool) -> u64 {
    let one = |step: &Step| match step {
        Step::Lock(_, steps) | Step::Timeout { steps, .. } => count(steps, which),
        Step::Repeat(times, steps) => u64::from(*times).saturating_mul(count(steps, which)),
        Step::Gather(branches) => branches
            .iter()
            .map(|branch| count(&branch.steps, which))
            .fold(0, u64::saturating_add),
        _ => u64::from(which(step)),
    };
    steps.iter().map(one).fold(0, u64::saturating_add)
}

/// The drawn numbers: all of them for the process that uses them all, or a look into the file for a worker,
/// which uses few and is to start quickly.
#[derive(Debug)]
pub(super) enum Draws {
    All(Vec<u64>),
    File(File),
}

impl Draws {
    pub(super) fn at(&self, index: u64) -> u64 {
        match self {
            Draws::All(draws) => draws[index as usize],
            Draws::File(file) => {
                let mut eight = [0; 8];
                // The file has been written whole before any worker starts.
                let _ = file.read_exact_at(&mut eight, index * 8);
                u64::from_le_bytes(eight)
            }
        }
    }
}

fn step(value: &Value) -> Option<Step> {
    let parts = value.as_array()?;
    let at = |index: usize| parts.get(index);
    let index = || Some(at(1)?.as_u64()? as usize);
    Some(match at(0)?.as_str()? {
        "cpu" => Step::Cpu(amount(at(1)?)?, place(at(2)?)?),
        "native" => Step::Native(amount(at(1)?)?, place(at(2)?)?),
        "io" => Step::Io {
            ns: amount(at(1)?)?,
            blocking: at(2)?.as_bool()?,
            on: place(at(3)?)?,
        },
        "lock" => Step::Lock(index()?, steps(at(2)?)?),
        "put" => Step::Put(index()?),
        "get" => Step::Get(index()?),
        "repeat" => Step::Repeat(u32::try_from(at(1)?.as_u64()?).ok()?, steps(at(2)?)?),
        "timeout" => Step::Timeout {
            ns: amount(at(1)?)?,
            draws: at(2)?.as_u64()?,
            steps: steps(at(3)?)?,
        },
        "gather" => Step::Gather(
            at(1)?
                .as_array()?
                .iter()
                .map(branch)
                .collect::<Option<_>>()?,
        ),
        _ => return None,
    })
}

fn steps(value: &Value) -> Option<Vec<Step>> {
    value.as_array()?.iter().map(step).collect()
}

fn branch(value: &Value) -> Option<Branch> {
    Some(Branch {
        draws: value.get(0)?.as_u64()?,
        steps: steps(value.get(1)?)?.into(),
    })
}

fn amount(value: &Value) -> Option<Option<u64>> {
    match value {
        Value::Null => Some(None),
        value => value.as_u64().map(Some),
    }
}

fn place(value: &Value) -> Option<Option<Place>> {
    Some(Some(match value.as_str() {
        None => return value.is_null().then_some(None),
        Some("loop") => Place::Loop,
        Some("threads") => Place::Threads,
        Some("processes") => Place::Processes,
        Some(_) => return None,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn steps_are_read_as_they_are_written() {
        let written = json!([
            "timeout",
            null,
            2,
            [
                ["io", null, true, "threads"],
                ["lock", 1, [["cpu", 5, null]]],
                ["repeat", 3, [["put", 0]]]
            ]
        ]);
        let read = step(&written).expect("a step");
        let expect = Step::Timeout {
            ns: None,
            draws: 2,
            steps: vec![
                Step::Io {
                    ns: None,
                    blocking: true,
                    on: Some(Place::Threads),
                },
                Step::Lock(1, vec![Step::Cpu(Some(5), None)]),
                Step::Repeat(3, vec![Step::Put(0)]),
            ],
        };
        assert_eq!(read, expect);
        let puts = |step: &Step| matches!(step, Step::Put(0));
        assert_eq!(count(&[read], &puts), 3);
        let gather = step(&json!([
            "gather",
            [[1, [["io", null, false, null]]], [0, []]]
        ]));
        assert!(matches!(gather, Some(Step::Gather(branches)) if branches.len() == 2));
    }

    #[test]
    fn what_is_no_step_is_refused() {
        for written in [
            json!("cpu"),
            json!([]),
            json!(["spin", 1]),
            json!(["cpu", -1, null]),
            json!(["cpu", 1, "elsewhere"]),
            json!(["lock", 0]),
            json!(["gather", [[1]]]),
        ] {
            assert_eq!(step(&written), None, "{written}");
        }
    }
}
