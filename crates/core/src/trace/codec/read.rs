//! Bytes to a trace.

use super::*;
use crate::trace::{
    Flow, FlowKind, Lane, Origin, Outcome, SpanKind, SpanRecord, Spans, Stuck, TaskInfo,
    ThreadInfo, ThreadRole, Trace,
};
use crate::units::Time;

/// The trace that [`encode`] wrote.
pub fn decode(bytes: &[u8]) -> Result<Trace, CodecError> {
    let body = bytes.strip_prefix(MAGIC).ok_or(CodecError::NotATrace)?;
    let (&version, body) = body
        .split_first()
        .ok_or(CodecError::Short { part: "the header" })?;
    if version != VERSION {
        return Err(CodecError::Version { found: version });
    }
    let (body, sum) = body
        .split_last_chunk::<4>()
        .ok_or(CodecError::Short { part: "the header" })?;
    let expected = u32::from_le_bytes(*sum);
    let found = crc32fast::hash(&bytes[..bytes.len() - 4]);
    if found != expected {
        return Err(CodecError::Damaged { found, expected });
    }
    Reader { rest: body }.trace()
}

struct Reader<'a> {
    rest: &'a [u8],
}

impl Reader<'_> {
    fn trace(mut self) -> Result<Trace, CodecError> {
        let flags = self.byte("the flags")?;
        let known = FLAG_GIL | FLAG_MEASURED | FLAG_ORDERED;
        check(
            flags & !known == 0,
            "the flags",
            flags.into(),
            "known to this version",
        )?;
        let plan = self.text("the plan")?;
        let python = self.text("the python")?;
        let cores = self.small("the number of cores")?;
        let events = self.number("the number of events")?;
        let count = self.count("the names of kinds", 1)?;
        let kinds = (0..count)
            .map(|_| self.text("a kind's name"))
            .collect::<Result<_, _>>()?;
        let outcome = self.outcome()?;
        let mut trace = Trace {
            origin: if flags & FLAG_MEASURED != 0 {
                Origin::Measured
            } else {
                Origin::Simulated
            },
            plan,
            python,
            gil: flags & FLAG_GIL != 0,
            cores,
            kinds,
            tasks: Vec::new(),
            threads: Vec::new(),
            spans: Spans::default(),
            flows: Vec::new(),
            memory: Vec::new(),
            outcome,
            events,
        };
        self.tasks(&mut trace)?;
        self.threads(&mut trace)?;
        self.spans(&mut trace, flags & FLAG_ORDERED != 0)?;
        self.flows(&mut trace)?;
        self.memory(&mut trace)?;
        check(
            self.rest.is_empty(),
            "the end",
            self.rest.len() as u64,
            "0 bytes after the last part",
        )?;
        Ok(trace)
    }

    fn outcome(&mut self) -> Result<Outcome, CodecError> {
        match self.byte("the outcome")? {
            0 => Ok(Outcome::Completed),
            1 => {
                let count = self.count("the stuck tasks", 3)?;
                let stuck = (0..count).map(|_| self.stuck()).collect::<Result<_, _>>()?;
                Ok(Outcome::Deadlock(stuck))
            }
            2 => Ok(Outcome::Stopped(self.text("why it stopped")?)),
            other => bad("the outcome", other.into(), "0, 1 or 2"),
        }
    }

    fn stuck(&mut self) -> Result<Stuck, CodecError> {
        let task = self.text("a stuck task")?;
        let on = self.text("a stuck task")?;
        let count = self.count("a stuck task's holders", 1)?;
        let held_by = (0..count)
            .map(|_| self.text("a stuck task"))
            .collect::<Result<_, _>>()?;
        Ok(Stuck { task, on, held_by })
    }

    fn tasks(&mut self, trace: &mut Trace) -> Result<(), CodecError> {
        let part = "a task";
        let count = self.count("the tasks", 4)?;
        check(
            count < 1 << 31,
            "the number of tasks",
            count,
            "below 2147483648",
        )?;
        trace.tasks.reserve_exact(count as usize);
        let (mut born, mut last) = (0u64, 0u32);
        for _ in 0..count {
            let flags = self.byte(part)?;
            let known = TASK_TIMED_OUT | TASK_FINISHED | TASK_BRANCH;
            check(
                flags & !known == 0,
                part,
                flags.into(),
                "known to this version",
            )?;
            let kind = self.below("a task's kind", trace.kinds.len() as u64)?;
            let index = self.change("a task's index", last.into())?;
            check(
                u32::try_from(index).is_ok(),
                "a task's index",
                index,
                "below 4294967296",
            )?;
            let parent = match flags & TASK_BRANCH {
                0 => None,
                _ => Some(self.below("a branch's parent", count)?),
            };
            born = self.change("a task's arrival", born)?;
            trace.tasks.push(TaskInfo {
                kind,
                index: index as u32,
                parent,
                born: Time::from_nanos(born),
                timed_out: flags & TASK_TIMED_OUT != 0,
                finished: flags & TASK_FINISHED != 0,
            });
            last = (index as u32).wrapping_add(1);
        }
        Ok(())
    }

    fn threads(&mut self, trace: &mut Trace) -> Result<(), CodecError> {
        let count = self.count("the threads", 5)?;
        check(
            count < SpanRecord::MOST_THREADS,
            "the number of threads",
            count,
            "below 268435455",
        )?;
        trace.threads.reserve_exact(count as usize);
        let mut born = 0;
        for _ in 0..count {
            let role = match self.byte("a thread's role")? {
                0 => ThreadRole::Main,
                1 => ThreadRole::Loop,
                2 => ThreadRole::Worker,
                3 => ThreadRole::Process,
                4 => ThreadRole::Interpreter,
                5 => ThreadRole::Manager,
                6 => ThreadRole::Feeder,
                7 => ThreadRole::ForkServer,
                other => return bad("a thread's role", other.into(), "0 to 7"),
            };
            let number = self.small("a thread's number")?;
            let process = self.group("a thread's process")?;
            let interpreter = self.group("a thread's interpreter")?;
            born = self.change("a thread's beginning", born)?;
            let born = Time::from_nanos(born);
            trace.threads.push(ThreadInfo {
                role,
                number,
                process,
                interpreter,
                born,
            });
        }
        Ok(())
    }

    fn spans(&mut self, trace: &mut Trace, ordered: bool) -> Result<(), CodecError> {
        let count = self.count("the spans", 2)?;
        let mut places: Vec<Option<u32>> = vec![None; trace.tasks.len()];
        // A lane's spans follow each other in time.
        let mut task_at: Vec<u64> = trace
            .tasks
            .iter()
            .map(|task| task.born.as_nanos())
            .collect();
        let mut thread_at: Vec<u64> = trace
            .threads
            .iter()
            .map(|thread| thread.born.as_nanos())
            .collect();
        let (mut end, mut lane, mut task) = (0u64, None, 0u32);
        for _ in 0..count {
            let first = self.byte("a span")?;
            let kind = SpanKind::ALL.get(usize::from(first & 15)).copied();
            let Some(kind) = kind else {
                return bad("a span's kind", 15, "0 to 14");
            };
            let (tasks, threads) = (trace.tasks.len() as u64, trace.threads.len() as u64);
            lane = match first & LANE_MASK {
                LANE_SAME => lane,
                LANE_THREAD => Some(Lane::thread(self.below("a span's thread", threads)?)),
                how => {
                    let id = match how {
                        LANE_NEXT_TASK => u64::from(task) + 1,
                        _ => self.change("a span's task", task.into())?,
                    };
                    check(id < tasks, "a span's task", id, "one of the tasks")?;
                    Some(Lane::task(id as u32))
                }
            };
            let Some(lane) = lane else {
                return bad(
                    "the first span's lane",
                    first.into(),
                    "told, not the one before",
                );
            };
            let before = lane.as_task().and_then(|task| places[task as usize]);
            let place = match first & PLACE_MASK {
                PLACE_NONE => None,
                PLACE_TOLD => Some(self.below("a span's place", threads)?),
                PLACE_AS_BEFORE if before.is_some() => before,
                _ => {
                    return bad(
                        "a span's place",
                        first.into(),
                        "none, told, or the task's last",
                    );
                }
            };
            end = match ordered {
                false => self.change("a span's end", end)?,
                true => {
                    let later = self.number("a span's end")?;
                    let Some(end) = end.checked_add(later) else {
                        return bad("a span's length", later, "within 584 years");
                    };
                    end
                }
            };
            let at = match (lane.as_task(), lane.as_thread()) {
                (Some(id), _) => {
                    task = id;
                    places[id as usize] = place.or(before);
                    &mut task_at[id as usize]
                }
                (None, Some(id)) => &mut thread_at[id as usize],
                (None, None) => return bad("a span's lane", 0, "a task's or a thread's"),
            };
            check(
                end >= *at,
                "a span's end",
                end,
                "not before the span before it",
            )?;
            *at = end;
            trace.spans.push(SpanRecord::new(lane, end, kind, place));
        }
        Ok(())
    }

    fn flows(&mut self, trace: &mut Trace) -> Result<(), CodecError> {
        let count = self.count("the flows", 5)?;
        trace.flows.reserve_exact(count as usize);
        let mut end = 0;
        for _ in 0..count {
            let kind = match self.byte("a flow's kind")? {
                0 => FlowKind::Submit,
                1 => FlowKind::Result,
                2 => FlowKind::Item,
                3 => FlowKind::Lock,
                4 => FlowKind::Gil,
                5 => FlowKind::Branch,
                6 => FlowKind::Join,
                other => return bad("a flow's kind", other.into(), "0 to 6"),
            };
            let from = self.lane(trace)?;
            let to = self.lane(trace)?;
            end = self.change("a flow's end", end)?;
            let length = self.number("a flow's length")?;
            check(length <= end, "a flow's length", length, "at most its end")?;
            let (start, end) = (Time::from_nanos(end - length), Time::from_nanos(end));
            trace.flows.push(Flow {
                kind,
                from,
                start,
                to,
                end,
            });
        }
        Ok(())
    }

    fn lane(&mut self, trace: &Trace) -> Result<Lane, CodecError> {
        let lane = Lane::from_bits(self.small("a flow's lane")?.rotate_right(1));
        let there = match (lane.as_task(), lane.as_thread()) {
            (Some(task), _) => (task as usize) < trace.tasks.len(),
            (None, Some(thread)) => (thread as usize) < trace.threads.len(),
            (None, None) => false,
        };
        check(
            there,
            "a flow's lane",
            lane.to_bits().into(),
            "one of the tasks or threads",
        )?;
        Ok(lane)
    }

    fn memory(&mut self, trace: &mut Trace) -> Result<(), CodecError> {
        let count = self.count("the changes of memory", 2)?;
        trace.memory.reserve_exact(count as usize);
        let mut at = 0;
        for _ in 0..count {
            at = self.change("a change of memory", at)?;
            let change = unfold(self.number("a change of memory")?);
            trace.memory.push((Time::from_nanos(at), change));
        }
        Ok(())
    }

    fn byte(&mut self, part: &'static str) -> Result<u8, CodecError> {
        let (&byte, rest) = self.rest.split_first().ok_or(CodecError::Short { part })?;
        self.rest = rest;
        Ok(byte)
    }

    fn number(&mut self, part: &'static str) -> Result<u64, CodecError> {
        let mut number = 0u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte(part)?;
            let bits = u64::from(byte & 0x7f);
            check(
                shift < 63 || bits < 2,
                part,
                bits,
                "below 2 in its 64th bit",
            )?;
            number |= bits << shift;
            if byte & 0x80 == 0 {
                return Ok(number);
            }
        }
        bad(part, number, "at most 64 bits long")
    }

    fn small(&mut self, part: &'static str) -> Result<u32, CodecError> {
        let number = self.number(part)?;
        check(
            u32::try_from(number).is_ok(),
            part,
            number,
            "below 4294967296",
        )?;
        Ok(number as u32)
    }

    /// A process's or an interpreter's number: they count up from 0, and viewers count on from them.
    fn group(&mut self, part: &'static str) -> Result<u32, CodecError> {
        let number = self.small(part)?;
        check(number < 1 << 28, part, number.into(), "below 268435456")?;
        Ok(number)
    }

    fn below(&mut self, part: &'static str, limit: u64) -> Result<u32, CodecError> {
        let number = self.small(part)?;
        check(
            u64::from(number) < limit,
            part,
            number.into(),
            "one of those that the trace has",
        )?;
        Ok(number)
    }

    fn change(&mut self, part: &'static str, from: u64) -> Result<u64, CodecError> {
        Ok(from.wrapping_add(unfold(self.number(part)?) as u64))
    }

    /// A number of things that each take at least `least` bytes, so that no number makes room for
    /// more than the input can hold.
    fn count(&mut self, part: &'static str, least: u64) -> Result<u64, CodecError> {
        let count = self.number(part)?;
        match count <= self.rest.len() as u64 / least {
            true => Ok(count),
            false => Err(CodecError::Short { part }),
        }
    }

    fn text(&mut self, part: &'static str) -> Result<String, CodecError> {
        let length = self.count(part, 1)? as usize;
        let (text, rest) = self.rest.split_at(length);
        self.rest = rest;
        match std::str::from_utf8(text) {
            Ok(text) => Ok(text.to_owned()),
            Err(error) => bad(part, error.valid_up_to() as u64, "utf-8 past this byte"),
        }
    }
}

fn check(
    holds: bool,
    part: &'static str,
    value: u64,
    rule: &'static str,
) -> Result<(), CodecError> {
    if holds {
        Ok(())
    } else {
        bad(part, value, rule)
    }
}

fn bad<T>(part: &'static str, value: u64, rule: &'static str) -> Result<T, CodecError> {
    Err(CodecError::Bad { part, value, rule })
}
