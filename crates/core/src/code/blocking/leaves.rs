//! Single steps without an event loop, and what is to be said about them.

use crate::scenario::{Draw, Step};

use super::{Body, Host};
use crate::code::helpers::Helper;
use crate::code::program::Program;
use crate::code::{steps, text};

/// Writes a `cpu` step.
pub(super) fn write_cpu(p: &mut Program<'_>, host: Host, dur: Draw) {
    p.help(Helper::PythonWork);
    say_cpu(p, host);
    p.py.line(format!("python_work({})", text::seconds(dur)));
}

/// Writes a `native` step.
pub(super) fn write_native(p: &mut Program<'_>, host: Host, dur: Draw) {
    p.help(Helper::NativeWork);
    let threads = matches!(host, Host::PoolThread | Host::OwnThread);
    if threads && !p.version.free_threaded {
        p.say_once("Lets go of the GIL: several threads do this at the same time.");
    }
    p.py.line(format!("native_work({})", text::seconds(dur)));
}

fn say_cpu(p: &mut Program<'_>, host: Host) {
    match host {
        Host::Alone => {}
        Host::PoolThread | Host::OwnThread if p.version.free_threaded => {
            p.say_once("No GIL in this Python: threads do this in parallel, a core each.");
        }
        Host::PoolThread | Host::OwnThread => {
            p.say_once("Holds the GIL: threads take turns here, so more of them do not help.");
        }
        Host::Process | Host::Interpreter if p.version.free_threaded => {
            p.say_once("Runs in parallel; in this Python, without a GIL, threads would as well.");
        }
        Host::Process => p.say_once("Each process has a GIL of its own: this runs in parallel."),
        Host::Interpreter => {
            p.say_once("Each interpreter has a GIL of its own: this runs in parallel.");
        }
    }
}

/// Writes an `io` step.
pub(super) fn write_io(p: &mut Program<'_>, body: &Body<'_>, dur: Draw) {
    let seconds = text::seconds(dur);
    if body.only_waits {
        match body.host {
            Host::Process => {
                p.say_once("Only waits: a process is a heavy way to wait; threads or asyncio do.");
            }
            Host::Interpreter => {
                p.say_once("Only waits: threads or asyncio do that at less cost.");
            }
            Host::Alone => p.say_once("Nothing else runs while this waits."),
            Host::PoolThread | Host::OwnThread => {}
        }
    }
    match &body.deadline {
        None => {
            p.import("time");
            p.py.noted(format!("time.sleep({seconds})"), "replace with your call");
        }
        Some(deadline) => {
            p.help(Helper::IoUntil);
            let args = [seconds, deadline.clone()];
            p.py.call_noted("io_until", &args, "replace with your call");
        }
    }
}

/// Writes a `put` step.
pub(super) fn write_put(p: &mut Program<'_>, body: &Body<'_>, queue: usize) {
    let name = p.resources[queue].clone();
    match (body.host, &body.deadline) {
        (Host::Interpreter, Some(deadline)) => {
            p.help(Helper::PutUntil);
            p.py.line(format!("put_until({name}, number, {deadline})"));
        }
        (_, Some(deadline)) => {
            p.help(Helper::TimeLeft);
            let args = [
                "number".to_owned(),
                format!("timeout=time_left({deadline})"),
            ];
            p.py.call(&format!("{name}.put"), &args, "");
        }
        (Host::Alone, None) => {
            p.say_once("Nobody runs meanwhile who could make room: fail, do not wait.");
            p.py.line(format!("{name}.put_nowait(number)"));
        }
        (_, None) => p.py.line(format!("{name}.put(number)")),
    }
}

/// Writes a `get` step.
pub(super) fn write_get(p: &mut Program<'_>, body: &Body<'_>, queue: usize) {
    let name = p.resources[queue].clone();
    let line = match (body.host, &body.deadline) {
        (Host::Interpreter, Some(deadline)) => {
            p.help(Helper::TakeUntil);
            format!("take_until({name}, {deadline})")
        }
        (_, Some(deadline)) => {
            p.help(Helper::TimeLeft);
            format!("{name}.get(timeout=time_left({deadline}))")
        }
        (Host::Alone, None) => {
            p.say_once("Nobody runs meanwhile who could put one in: fail, do not wait.");
            format!("{name}.get_nowait()")
        }
        (_, None) => format!("{name}.get()"),
    };
    p.py.line(line);
}

/// Whether a deadline can cut anything in the steps.
pub(super) fn can_be_cut(host: Host, steps: &[Step]) -> bool {
    steps::any(steps, &|step| match step {
        Step::Io { .. } | Step::Get { .. } | Step::Put { .. } => true,
        Step::Lock { .. } => host != Host::Alone,
        _ => false,
    })
}
