//! What is under a point, in words: what, how long, whose.

use trilane_core::trace::{SpanKind, Trace};
use trilane_core::units::Dur;

use super::select::whose;
use crate::rows::{Content, Timeline};
use crate::scene::Hit;
use crate::words;

/// What is at a place, a line each: what it is and for how long, whose it is, and when.
///
/// `waits for the GIL for 5.08 ms`, `page[7] on worker-3`, `22.10 to 27.18 ms`.
pub fn tip(timeline: &Timeline, trace: &Trace, hit: &Hit) -> String {
    let row = &timeline.groups[hit.place.group].rows[hit.place.row];
    let at = words::moment(hit.at_ns);
    let lines = match (&row.content, hit.entry) {
        (Content::Lanes { stack, lanes }, _) => {
            let stack = &timeline.stacks[*stack as usize];
            let states = SpanKind::ALL.map(|kind| (stack.count(kind, hit.at_ns), kind));
            let what = if lanes.is_empty() { "cores" } else { "lanes" };
            let mut lines = vec![format!("{} {what}, at {at}", stack.lanes())];
            let mut states: Vec<_> = states.into_iter().filter(|(count, _)| *count > 0).collect();
            states.sort_by_key(|(count, kind)| (std::cmp::Reverse(*count), *kind));
            lines.extend(
                states
                    .iter()
                    .map(|(n, kind)| format!("{n} × {}", kind.label())),
            );
            lines
        }
        (Content::Depth { curve, kind }, _) => {
            let count = timeline.curves[*curve as usize].at(hit.at_ns);
            vec![format!("{count} × {}", kind.label()), format!("at {at}")]
        }
        (content, None) => {
            let what = match content {
                Content::Holders { .. } => "nobody holds it",
                Content::Core { .. } => "idle",
                _ => "not there",
            };
            vec![format!("{}: {what}", row.label), format!("at {at}")]
        }
        (content, Some(entry)) => {
            let length = Dur::from_nanos(entry.end_ns - entry.start_ns);
            let what = match content {
                Content::Holders { .. } => "holds the GIL",
                _ => entry.kind.label(),
            };
            let mut lines = vec![format!("{what} for {length}")];
            let (task, thread) = whose(timeline, content, &entry, hit.at_ns);
            let task = task.map(|task| trace.task_name(task));
            let thread = thread.map(|thread| timeline.threads[thread as usize].as_str());
            lines.extend(match (task, thread) {
                (Some(task), Some(thread)) => Some(format!("{task} on {thread}")),
                (Some(task), None) => Some(task),
                (None, Some(thread)) => Some(thread.to_owned()),
                (None, None) => None,
            });
            lines.push(words::stretch(entry.start_ns, entry.end_ns));
            lines
        }
    };
    lines.join("\n")
}
