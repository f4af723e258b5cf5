//! Single steps on an event loop: awaited, sent to an executor, or holding the loop.

use crate::scenario::{Place, Step};

use super::{Body, place_of};
use crate::code::helpers::Helper;
use crate::code::program::Program;
use crate::code::text::integer;

/// Writes an `io` step.
pub(super) fn write_io(p: &mut Program<'_>, body: &Body<'_>, step: &Step, seconds: String) {
    let note = "replace with your call";
    if let Step::Io {
        blocking: false, ..
    } = step
        && place_of(step, body.plan) == Some(Place::Loop)
    {
        return p.py.noted(format!("await asyncio.sleep({seconds})"), note);
    }
    p.import("time");
    match place_of(step, body.plan) {
        Some(Place::Threads) => {
            p.say_once("Blocks, so a thread waits for it and the loop goes on.");
            p.py.call_noted(
                "await asyncio.to_thread",
                &["time.sleep".to_owned(), seconds],
                note,
            );
        }
        Some(Place::Processes) => {
            p.say_once("Blocks, so a process waits for it; a thread would be cheaper.");
            let args = to_process(p, body, "time.sleep", seconds);
            p.py.call_noted("await loop.run_in_executor", &args, note);
        }
        Some(Place::Loop) | None => {
            p.say_once("Blocks, and freezes the loop: no other task runs until it returns.");
            p.py.noted(format!("time.sleep({seconds})"), note);
        }
    }
}

/// Writes a `cpu` or `native` step: a call of the function.
pub(super) fn write_work(
    p: &mut Program<'_>,
    body: &Body<'_>,
    step: &Step,
    function: &str,
    seconds: String,
) {
    let native = matches!(step, Step::Native { .. });
    match place_of(step, body.plan) {
        Some(Place::Threads) => {
            p.say_once(match (native, p.version.free_threaded) {
                (true, true) => "A thread takes it off the loop.",
                (true, false) => "Lets go of the GIL, so a thread keeps it off the loop for good.",
                (false, true) => {
                    "No GIL in this Python, so a thread takes it off the loop for good."
                }
                (false, false) => {
                    "Holds the GIL in the thread as well, so the loop still has to share it."
                }
            });
            let args = [function.to_owned(), seconds];
            p.py.call("await asyncio.to_thread", &args, "");
        }
        Some(Place::Processes) => {
            p.say_once(match p.version.free_threaded {
                true => "In another process: the loop stays free.",
                false => "Another process has a GIL of its own: the loop stays free.",
            });
            let args = to_process(p, body, function, seconds);
            p.py.call("await loop.run_in_executor", &args, "");
        }
        Some(Place::Loop) | None => {
            p.say_once("Holds the loop: no other task runs until it is done.");
            p.py.line(format!("{function}({seconds})"));
        }
    }
}

/// The arguments of `run_in_executor` that send a step to the processes.
fn to_process(
    p: &mut Program<'_>,
    body: &Body<'_>,
    function: &str,
    seconds: String,
) -> Vec<String> {
    let mut args = vec!["processes".to_owned(), function.to_owned(), seconds];
    if let Some(cargo) = body.cargo {
        p.help(Helper::Exchange);
        p.say_once("What is sent there and comes back is pickled.");
        args.insert(1, "exchange".to_owned());
        args.extend([cargo.payload.to_owned(), integer(cargo.output)]);
    }
    args
}
