//! The `interpreters` plan: a pool of interpreters in one process (PEP 734), each with a GIL.

use crate::scenario::ResourceKind;

use super::blocking::{self, Host};
use super::pools;
use super::program::Program;
use super::text::integer;

/// Writes the program.
pub(super) fn write(p: &mut Program<'_>, workers: u32) {
    p.needs_python(14);
    blocking::write_tasks(p, Host::Interpreter);
    p.import_from("concurrent.futures", "InterpreterPoolExecutor");
    p.open_main("def main");
    shared(p);
    p.py.open(format!(
        "with InterpreterPoolExecutor(max_workers={workers}) as pool:"
    ));
    pools::hand_out(p, Host::Interpreter, 1);
    p.py.close();
    p.py.close();
}

/// Queues that interpreters share. A lock is a queue with a token for each permit.
fn shared(p: &mut Program<'_>) {
    for index in p.used_resources() {
        let name = p.resources[index].clone();
        p.import_from("concurrent", "interpreters");
        match p.scenario.resources[index].kind {
            ResourceKind::Lock { permits } => {
                p.say_once("Interpreters share no locks: who holds a token holds the lock.");
                p.py.line(format!("{name} = interpreters.create_queue()"));
                p.py.open(format!(
                    "for token in range({}):",
                    integer(u64::from(permits))
                ));
                p.py.line(format!("{name}.put(token)"));
                p.py.close();
            }
            ResourceKind::Queue { capacity } => {
                let object = Program::queue_object("interpreters.create_queue", capacity);
                p.py.line(format!("{name} = {object}"));
            }
        }
    }
}
