//! A trace to bytes.

use super::*;
use crate::trace::{Origin, Outcome, SpanRecord, Trace};

/// The bytes of a trace whose lanes, places and kinds are all there (as those of every recorded
/// trace are).
pub fn encode(trace: &Trace) -> Vec<u8> {
    let mut out = Writer(Vec::with_capacity(64 + trace.spans.len() as usize * 7));
    out.0.extend_from_slice(MAGIC);
    out.byte(VERSION);
    let ordered = trace.spans.iter().is_sorted_by_key(|span| span.end);
    let mut flags = 0;
    for (is, flag) in [
        (trace.gil, FLAG_GIL),
        (trace.origin == Origin::Measured, FLAG_MEASURED),
        (ordered, FLAG_ORDERED),
    ] {
        flags |= if is { flag } else { 0 };
    }
    out.byte(flags);
    out.text(&trace.plan);
    out.text(&trace.python);
    out.number(trace.cores.into());
    out.number(trace.events);
    out.number(trace.kinds.len() as u64);
    trace.kinds.iter().for_each(|kind| out.text(kind));
    outcome(&mut out, &trace.outcome);
    tasks(&mut out, trace);
    threads(&mut out, trace);
    spans(&mut out, trace, ordered);
    flows(&mut out, trace);
    memory(&mut out, trace);
    let sum = crc32fast::hash(&out.0);
    out.0.extend_from_slice(&sum.to_le_bytes());
    out.0
}

fn outcome(out: &mut Writer, outcome: &Outcome) {
    match outcome {
        Outcome::Completed => out.byte(0),
        Outcome::Deadlock(stuck) => {
            out.byte(1);
            out.number(stuck.len() as u64);
            for one in stuck {
                out.text(&one.task);
                out.text(&one.on);
                out.number(one.held_by.len() as u64);
                one.held_by.iter().for_each(|holder| out.text(holder));
            }
        }
        Outcome::Stopped(why) => {
            out.byte(2);
            out.text(why);
        }
    }
}

fn tasks(out: &mut Writer, trace: &Trace) {
    out.number(trace.tasks.len() as u64);
    let (mut born, mut index) = (0, 0u32);
    for task in &trace.tasks {
        let timed_out = if task.timed_out { TASK_TIMED_OUT } else { 0 };
        let finished = if task.finished { TASK_FINISHED } else { 0 };
        let branch = if task.parent.is_some() {
            TASK_BRANCH
        } else {
            0
        };
        out.byte(timed_out | finished | branch);
        out.number(task.kind.into());
        out.change(index.into(), task.index.into());
        if let Some(parent) = task.parent {
            out.number(parent.into());
        }
        out.change(born, task.born.as_nanos());
        (born, index) = (task.born.as_nanos(), task.index.wrapping_add(1));
    }
}

fn threads(out: &mut Writer, trace: &Trace) {
    out.number(trace.threads.len() as u64);
    let mut born = 0;
    for thread in &trace.threads {
        out.byte(thread.role as u8);
        out.number(thread.number.into());
        out.number(thread.process.into());
        out.number(thread.interpreter.into());
        out.change(born, thread.born.as_nanos());
        born = thread.born.as_nanos();
    }
}

fn spans(out: &mut Writer, trace: &Trace, ordered: bool) {
    out.number(trace.spans.len());
    let mut places: Vec<Option<u32>> = vec![None; trace.tasks.len()];
    let (mut end, mut lane, mut task) = (0u64, None, 0u32);
    for span in trace.spans.iter() {
        let place = match (span.thread(), span.lane.as_task()) {
            (None, _) => PLACE_NONE,
            (Some(thread), Some(task)) if places[task as usize] == Some(thread) => PLACE_AS_BEFORE,
            (Some(_), _) => PLACE_TOLD,
        };
        let how = match span.lane.as_task() {
            _ if lane == Some(span.lane) => LANE_SAME,
            None => LANE_THREAD,
            Some(id) if id == task.wrapping_add(1) => LANE_NEXT_TASK,
            Some(_) => LANE_TASK,
        };
        out.byte(span.kind() as u8 | place | how);
        match (how, span.lane.as_task(), span.lane.as_thread()) {
            (LANE_TASK, Some(id), _) => out.change(task.into(), id.into()),
            (LANE_THREAD, _, Some(id)) => out.number(id.into()),
            _ => {}
        }
        if let (PLACE_TOLD, Some(thread)) = (place, span.thread()) {
            out.number(thread.into());
        }
        match ordered {
            true => out.number(span.end - end),
            false => out.change(end, span.end),
        }
        (end, lane) = (span.end, Some(span.lane));
        if let Some(id) = span.lane.as_task() {
            task = id;
            remember(&mut places, span);
        }
    }
}

fn remember(places: &mut [Option<u32>], span: SpanRecord) {
    if let (Some(task), Some(thread)) = (span.lane.as_task(), span.thread()) {
        places[task as usize] = Some(thread);
    }
}

fn flows(out: &mut Writer, trace: &Trace) {
    out.number(trace.flows.len() as u64);
    let mut end = 0;
    for flow in &trace.flows {
        out.byte(flow.kind as u8);
        // The bit that tells threads from tasks goes to the low end, where it costs nothing.
        out.number(flow.from.to_bits().rotate_left(1).into());
        out.number(flow.to.to_bits().rotate_left(1).into());
        out.change(end, flow.end.as_nanos());
        out.number(flow.end.since(flow.start).as_nanos());
        end = flow.end.as_nanos();
    }
}

fn memory(out: &mut Writer, trace: &Trace) {
    out.number(trace.memory.len() as u64);
    let mut last = 0;
    for (at, change) in &trace.memory {
        out.change(last, at.as_nanos());
        out.number(fold(*change));
        last = at.as_nanos();
    }
}

struct Writer(Vec<u8>);

impl Writer {
    fn byte(&mut self, byte: u8) {
        self.0.push(byte);
    }

    fn number(&mut self, mut number: u64) {
        while number >= 0x80 {
            self.0.push(number as u8 | 0x80);
            number >>= 7;
        }
        self.0.push(number as u8);
    }

    fn change(&mut self, from: u64, to: u64) {
        self.number(fold(to.wrapping_sub(from) as i64));
    }

    fn text(&mut self, text: &str) {
        self.number(text.len() as u64);
        self.0.extend_from_slice(text.as_bytes());
    }
}
