//! The job: the drawn workload and the plan, as [`crate::document`] wrote them.

use std::path::PathBuf;
use std::sync::Arc;

use serde::Deserialize;
use serde_json::Value;
use trilane_core::workload::Place;

/// All that a run needs to know.
#[derive(Debug, Deserialize)]
pub(crate) struct Job {
    pub(crate) kinds: Vec<Kind>,
    pub(crate) resources: Vec<Shared>,
    /// The file of the drawn numbers, where there is one.
    pub(crate) draws: PathBuf,
    pub(crate) tasks: u32,
    pub(crate) plan: PlanOf,
    pub(crate) io: Option<Server>,
}

/// One kind of task.
#[derive(Debug, Deserialize)]
pub(crate) struct Kind {
    first_task: u32,
    pub(crate) count: u32,
    pub(crate) after: Vec<usize>,
    pub(crate) arrivals: Vec<u64>,
    pub(crate) input: usize,
    pub(crate) output: usize,
    pub(crate) memory: usize,
    first_draw: u64,
    draws_per_task: u64,
    steps: Vec<Value>,
    /// The steps, read.
    #[serde(skip)]
    pub(crate) program: Arc<[Step]>,
}

/// A lock, a semaphore or a queue.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Shared {
    pub(crate) name: String,
    pub(crate) permits: Option<u32>,
    pub(crate) capacity: Option<u32>,
}

/// The delay server of runs that wait on sockets.
#[derive(Clone, Copy, Debug, Deserialize)]
pub(crate) struct Server {
    pub(crate) port: u16,
}

/// The plan.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum PlanOf {
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
pub(crate) struct PoolOf {
    pub(crate) workers: usize,
}

/// One step. `None` for a time is the task's next draw.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Step {
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
pub(crate) struct Branch {
    /// Draws that it consumes.
    pub(crate) draws: u64,
    pub(crate) steps: Arc<[Step]>,
}

impl Step {
    /// Where under a loop a step is done that takes its thread: where it says, else where the plan wants it, of
    /// the executors that are `there`, else on the loop.
    pub(crate) fn place(&self, there: &dyn Fn(Place) -> bool) -> Place {
        let (on, wanted): (_, &[Place]) = match self {
            Step::Cpu(_, on) => (on, &[Place::Processes]),
            Step::Native(_, on) => (on, &[Place::Processes, Place::Threads]),
            Step::Io { blocking, on, .. } => match blocking {
                true => (on, &[Place::Threads, Place::Processes]),
                false => (on, &[]),
            },
            _ => return Place::Loop,
        };
        let mut places = on.iter().chain(wanted);
        let found = places.find(|&&place| place == Place::Loop || there(place));
        found.copied().unwrap_or(Place::Loop)
    }
}

impl Kind {
    pub(crate) fn first_task(&self) -> u32 {
        self.first_task
    }

    /// Where the draws of a task begin.
    pub(crate) fn draws_of(&self, task: u32) -> u64 {
        self.first_draw + u64::from(task - self.first_task) * self.draws_per_task
    }
}

impl Job {
    /// Reads a job; what is wrong with it where it is none.
    pub(crate) fn read(text: &[u8]) -> Result<Job, String> {
        let mut job: Job = serde_json::from_slice(text).map_err(|error| {
            format!("the job is none of ours: {error}; write it as this version does")
        })?;
        for kind in &mut job.kinds {
            let steps = kind.steps.iter().map(step).collect::<Option<Vec<_>>>();
            let steps = steps.ok_or("the job has a step that is none")?;
            kind.program = steps.into();
            kind.steps = Vec::new();
        }
        Ok(job)
    }

    /// Whether any step is native code.
    pub(crate) fn uses_native(&self) -> bool {
        let native = |step: &Step| matches!(step, Step::Native(..));
        self.kinds
            .iter()
            .any(|kind| count(&kind.program, &native) > 0)
    }

    /// How many steps of all tasks go to threads under a loop.
    #[cfg(target_arch = "wasm32")]
    pub(crate) fn steps_on_threads(&self, processes: bool) -> u64 {
        let there = |place: Place| processes || place != Place::Processes;
        let goes = |step: &Step| step.place(&there) == Place::Threads;
        (self.kinds.iter())
            .map(|kind| u64::from(kind.count).saturating_mul(count(&kind.program, &goes)))
            .fold(0, u64::saturating_add)
    }

    /// How many items all tasks put into a queue.
    pub(crate) fn puts(&self, queue: usize) -> u64 {
        let put = |step: &Step| matches!(step, Step::Put(index) if *index == queue);
        self.kinds
            .iter()
            .map(|kind| u64::from(kind.count).saturating_mul(count(&kind.program, &put)))
            .fold(0, u64::saturating_add)
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

/// The drawn numbers: all of them for whoever uses them all, or a look at each for a worker, which uses few
/// and is to start quickly.
pub(crate) enum Draws {
    All(Vec<u64>),
    Each(Box<dyn Fn(u64) -> u64 + Send + Sync>),
}

impl Draws {
    /// As they were written: eight bytes each, little-endian.
    pub(crate) fn all(bytes: &[u8]) -> Draws {
        let (eights, _) = bytes.as_chunks::<8>();
        Draws::All(
            eights
                .iter()
                .map(|eight| u64::from_le_bytes(*eight))
                .collect(),
        )
    }

    pub(crate) fn at(&self, index: u64) -> u64 {
        match self {
            Draws::All(draws) => draws[index as usize],
            Draws::Each(look) => look(index),
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
