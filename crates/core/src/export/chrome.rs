//! Chrome's trace event format, as JSON: what `chrome://tracing`, Perfetto, Speedscope and VizTracer
//! open. Source: "Trace Event Format", Duca and Sinclair, the Chromium project.

use std::fmt::Write;

use serde_json::Value;

use super::{Scene, flow_name, pid};
use crate::trace::Trace;
use crate::units::Time;

/// The process that holds the tasks' tracks; far from those of the run.
const TASKS_PID: u32 = 1_000_000;

/// A trace in Chrome's trace event format.
pub fn chrome(trace: &Trace) -> String {
    let scene = Scene::new(trace);
    let mut out = Events {
        text: String::new(),
        any: false,
    };
    out.text
        .push_str("{\"displayTimeUnit\":\"ms\",\"traceEvents\":[");
    names(&scene, &mut out);
    spans(&scene, &mut out);
    flows(&scene, &mut out);
    for counter in &scene.counters {
        let (pid, name) = (pid(counter.process), quoted(&counter.name));
        for (at, value) in &counter.steps {
            let ts = micros(*at);
            out.event(format_args!(
                r#""ph":"C","pid":{pid},"ts":{ts},"name":{name},"args":{{"":{value}}}"#
            ));
        }
    }
    let (plan, python) = (quoted(&trace.plan), quoted(&trace.python));
    let _ = write!(
        out.text,
        "\n],\"otherData\":{{\"made by\":\"trilane\",\"plan\":{plan},\"python\":{python},\"cores\":{}}}}}\n",
        trace.cores
    );
    out.text
}

struct Events {
    text: String,
    any: bool,
}

impl Events {
    fn event(&mut self, fields: std::fmt::Arguments<'_>) {
        let before = if self.any { ",\n{" } else { "\n{" };
        let _ = write!(self.text, "{before}{fields}}}");
        self.any = true;
    }

    fn name(&mut self, what: &str, pid: u32, tid: u32, name: &str) {
        let name = quoted(name);
        self.event(format_args!(
            r#""ph":"M","pid":{pid},"tid":{tid},"name":"{what}","args":{{"name":{name}}}"#
        ));
    }

    fn order(&mut self, what: &str, pid: u32, tid: u32, index: usize) {
        self.event(format_args!(
            r#""ph":"M","pid":{pid},"tid":{tid},"name":"{what}","args":{{"sort_index":{index}}}"#
        ));
    }
}

fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

/// The format's times are microseconds; whole nanoseconds are three digits after the point.
fn micros(ns: u64) -> String {
    format!("{}.{:03}", ns / 1000, ns % 1000)
}

/// Process and thread of a lane.
fn place(scene: &Scene<'_>, lane: usize) -> (u32, u32) {
    match scene.is_thread(lane) {
        true => (pid(scene.process(lane)), scene.tids[lane]),
        false => (TASKS_PID, task_tid(lane - scene.threads())),
    }
}

/// Tasks count from 1: some viewers take thread 0 for none.
fn task_tid(task: usize) -> u32 {
    task as u32 + 1
}

fn names(scene: &Scene<'_>, out: &mut Events) {
    for (at, process) in scene.processes().into_iter().enumerate() {
        let pid = pid(process);
        out.name("process_name", pid, pid, &scene.process_name(process));
        out.order("process_sort_index", pid, pid, at);
    }
    for (thread, info) in scene.trace.threads.iter().enumerate() {
        let (pid, tid) = (pid(info.process), scene.tids[thread]);
        out.name("thread_name", pid, tid, &info.name());
        out.order("thread_sort_index", pid, tid, thread);
    }
    if !scene.trace.tasks.is_empty() {
        out.name("process_name", TASKS_PID, TASKS_PID, "tasks");
        out.order(
            "process_sort_index",
            TASKS_PID,
            TASKS_PID,
            TASKS_PID as usize,
        );
    }
    for (task, info) in scene.trace.tasks.iter().enumerate() {
        // A task that never arrived has no lane.
        if info.born < Time::FAR {
            let name = scene.trace.task_name(task as u32);
            out.name("thread_name", TASKS_PID, task_tid(task), &name);
            out.order("thread_sort_index", TASKS_PID, task_tid(task), task);
        }
    }
}

fn spans(scene: &Scene<'_>, out: &mut Events) {
    for (lane, spans) in scene.lanes.iter().enumerate() {
        let (pid, tid) = place(scene, lane);
        let mut slice = |start: u64, end: u64, name: &str, args: &str| {
            let (ts, dur) = (micros(start), micros(end - start));
            out.event(format_args!(
                r#""ph":"X","pid":{pid},"tid":{tid},"ts":{ts},"dur":{dur},"name":{name}{args}"#
            ));
        };
        // A slice comes before those that lie within it.
        for stretch in scene.stretches.get(lane).into_iter().flatten() {
            let name = quoted(&scene.trace.task_name(stretch.task));
            slice(stretch.start, stretch.end, &name, "");
        }
        for span in spans {
            let name = quoted(span.kind.label());
            let thread = span.thread.filter(|_| !scene.is_thread(lane));
            let args = thread.map_or_else(String::new, |thread| {
                let thread = quoted(&scene.trace.threads[thread as usize].name());
                format!(r#","args":{{"thread":{thread}}}"#)
            });
            slice(span.start.as_nanos(), span.end.as_nanos(), &name, &args);
        }
    }
}

fn flows(scene: &Scene<'_>, out: &mut Events) {
    for (id, (kind, from, to)) in scene.flows().enumerate() {
        let name = flow_name(kind);
        for (phase, end) in [("\"s\"", from), ("\"f\",\"bp\":\"e\"", to)] {
            let ((pid, tid), ts) = (place(scene, end.lane), micros(end.at));
            out.event(format_args!(
                r#""ph":{phase},"id":{id},"pid":{pid},"tid":{tid},"ts":{ts},"name":"{name}","cat":"flow""#
            ));
        }
    }
}
