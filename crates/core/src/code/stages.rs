//! In which order kinds of task are released.
//!
//! Most scenarios fall into stages: everything of one stage is released together once everything
//! before it has ended, and a program can say that in plain sequence. Only where kinds overlap
//! freely does each need somebody of its own who waits for what it follows and keeps its arrivals.

use crate::scenario::{Arrive, TaskKind};

/// How a program is to release the kinds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Schedule {
    /// One stage after another; in a stage at most the last kind arrives over time.
    Stages(Vec<Vec<usize>>),
    /// Each kind on its own, in an order in which every kind stands behind those it follows.
    Overlapping {
        /// The kinds that are released some day.
        order: Vec<usize>,
        /// The kinds that wait for each other.
        stuck: Vec<usize>,
    },
}

/// The schedule that these kinds need.
pub(super) fn schedule(kinds: &[TaskKind]) -> Schedule {
    let mut level: Vec<Option<usize>> = vec![None; kinds.len()];
    let mut order = Vec::new();
    // Each pass settles the kinds whose predecessors are settled; a pass without progress means
    // that what is left waits for itself.
    loop {
        let before = order.len();
        for (index, kind) in kinds.iter().enumerate() {
            let deepest = kind.after.iter().map(|&k| level[k as usize].map(|l| l + 1));
            let deepest = deepest.collect::<Option<Vec<_>>>();
            if let (None, Some(levels)) = (level[index], deepest) {
                level[index] = Some(levels.into_iter().max().unwrap_or(0));
                order.push(index);
            }
        }
        if order.len() == before {
            break;
        }
    }
    let stuck: Vec<usize> = (0..kinds.len()).filter(|&k| level[k].is_none()).collect();
    match staged(kinds, &level) {
        Some(stages) if stuck.is_empty() => Schedule::Stages(stages),
        _ => Schedule::Overlapping { order, stuck },
    }
}

/// The stages, where going through them one by one releases no kind later than it should be.
fn staged(kinds: &[TaskKind], level: &[Option<usize>]) -> Option<Vec<Vec<usize>>> {
    let depth = level
        .iter()
        .flatten()
        .max()
        .map_or(0, |&deepest| deepest + 1);
    let mut stages = vec![Vec::new(); depth];
    for (index, kind) in kinds.iter().enumerate() {
        let own = level[index]?;
        let before = (0..kinds.len()).filter(|&k| level[k].is_some_and(|l| l + 1 == own));
        // Who follows all of the stage before follows everything before that as well.
        for earlier in before {
            if !kind.after.contains(&(earlier as u32)) {
                return None;
            }
        }
        stages[own].push(index);
    }
    for stage in &mut stages {
        stage.sort_by_key(|&k| kinds[k].arrive != Arrive::AtOnce);
        let over_time = stage
            .iter()
            .filter(|&&k| kinds[k].arrive != Arrive::AtOnce)
            .count();
        if over_time > 1 {
            return None;
        }
    }
    Some(stages)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::{Bytes, Dur};

    fn kind(after: &[u32], arrive: Arrive) -> TaskKind {
        TaskKind {
            name: String::new(),
            count: 1,
            arrive,
            after: after.to_vec(),
            input: Bytes(0),
            output: Bytes(0),
            memory: Bytes(0),
            steps: Vec::new(),
        }
    }

    fn check(kinds: &[(&[u32], bool)], expect: Schedule) {
        let kinds: Vec<TaskKind> = kinds
            .iter()
            .map(|&(after, over_time)| match over_time {
                true => kind(after, Arrive::Every(Dur::from_millis(1))),
                false => kind(after, Arrive::AtOnce),
            })
            .collect();
        assert_eq!(schedule(&kinds), expect);
    }

    #[test]
    fn what_follows_everything_before_it_is_a_stage() {
        check(&[], Schedule::Stages(vec![]));
        check(
            &[(&[], true), (&[], false)],
            Schedule::Stages(vec![vec![1, 0]]),
        );
        check(
            &[(&[1, 2], false), (&[3], false), (&[3], false), (&[], false)],
            Schedule::Stages(vec![vec![3], vec![1, 2], vec![0]]),
        );
    }

    #[test]
    fn what_overlaps_or_waits_for_itself_is_not() {
        let overlapping = |order: &[usize], stuck: &[usize]| Schedule::Overlapping {
            order: order.to_vec(),
            stuck: stuck.to_vec(),
        };
        check(&[(&[], true), (&[], true)], overlapping(&[0, 1], &[]));
        check(
            &[(&[2], false), (&[], false), (&[], false)],
            overlapping(&[1, 2, 0], &[]),
        );
        check(
            &[(&[1], false), (&[0], false), (&[], false)],
            overlapping(&[2], &[0, 1]),
        );
    }
}
