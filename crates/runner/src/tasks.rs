//! All tasks of a run on a loop: handed out when they arrive, and waited for.

use std::sync::Arc;
use std::time::Duration;

use trilane_core::trace::measured::Code;

use crate::agenda::{Agenda, Batch};
use crate::coroutine::Tasks;
use crate::host::{Group, now, sleep, timeout};
use crate::records::put;

/// All tasks, as a `TaskGroup` has them; when the last had ended.
pub(crate) async fn all(tasks: &Arc<Tasks>) -> u64 {
    let mut group = Group::new();
    // One row for all that is given at once: a row each would be a part of the cost.
    let mut a = now();
    while let Some(batch) = next(&tasks.run.agenda, &mut a).await {
        for task in batch.first..batch.first + batch.count {
            group.spawn(Arc::clone(tasks).task(batch.kind, task));
        }
        let count = u64::from(batch.count);
        put(Code::Submit, batch.first, [a, now(), count, 0]);
        a = now();
    }
    group.ended().await;
    now()
}

/// The next tasks, as soon as they arrive, in the order that holds for all plans; nothing once all were
/// given. `at` becomes the time at which they were found.
pub(crate) async fn next(agenda: &Agenda, at: &mut u64) -> Option<Batch> {
    loop {
        if let Some(batch) = agenda.take(*at) {
            return Some(batch);
        }
        let (due, blocked) = agenda.outlook();
        let wait = due.map(|due| Duration::from_nanos(due.saturating_sub(now())));
        match (wait, blocked) {
            (None, false) => return None,
            (Some(wait), false) => sleep(wait).await,
            (None, true) => agenda.notify.notified().await,
            // Whichever comes first.
            (Some(wait), true) => {
                let _ = timeout(wait, agenda.notify.notified()).await;
            }
        }
        *at = now();
    }
}
