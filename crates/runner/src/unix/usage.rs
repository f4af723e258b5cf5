//! What a run used: CPU time, context switches, memory.

use nix::libc::c_long;
use nix::sys::resource::{UsageWho, getrusage};

use super::clock::process_cpu;

/// Counters of this process, and of the children it has waited for, at an instant.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Usage {
    resident: u64,
    cpu: u64,
    switches: [c_long; 2],
}

impl Usage {
    /// Begins to count; the peak of memory begins anew where the system lets it.
    pub(crate) fn begin() -> Usage {
        // `proc_pid_clear_refs(5)`; elsewhere the peak only ever grows.
        let _ = std::fs::write("/proc/self/clear_refs", "5");
        Usage {
            resident: status("VmRSS:"),
            cpu: process_cpu(),
            switches: switches(),
        }
    }

    /// CPU nanoseconds of this process since.
    pub(crate) fn cpu_ns(&self) -> u64 {
        process_cpu() - self.cpu
    }

    /// Voluntary and involuntary context switches since.
    pub(crate) fn switches(&self) -> [c_long; 2] {
        let [voluntary, involuntary] = switches();
        [voluntary - self.switches[0], involuntary - self.switches[1]]
    }

    /// By how many bytes the memory of this process grew at most.
    pub(crate) fn peak(&self) -> u64 {
        status("VmHWM:").saturating_sub(self.resident)
    }
}

fn switches() -> [c_long; 2] {
    let of = |who| {
        getrusage(who).map_or([0, 0], |usage| {
            [
                usage.voluntary_context_switches(),
                usage.involuntary_context_switches(),
            ]
        })
    };
    let (own, theirs) = (of(UsageWho::RUSAGE_SELF), of(UsageWho::RUSAGE_CHILDREN));
    [own[0] + theirs[0], own[1] + theirs[1]]
}

/// A size in bytes that the kernel tells of this process; 0 where it does not.
fn status(name: &str) -> u64 {
    let text = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix(name));
    let kilobytes = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    kilobytes.unwrap_or(0) * 1024
}
