//! Piles: those that do the same stand as one where there is no room for each.

use crate::kitchen::signs::Doing;

/// One thing, or several that do the same.
pub(super) struct Slot<T> {
    pub(super) doing: Doing,
    pub(super) members: Vec<T>,
}

/// Puts things into `room` slots, or as many as there are different things being done. They keep their
/// order within what they do; the rare ones stand alone first.
pub(super) fn slots<T: Copy>(all: &[T], doing: impl Fn(&T) -> Doing, room: usize) -> Vec<Slot<T>> {
    if all.len() <= room {
        let one = |item: &T| Slot {
            doing: doing(item),
            members: vec![*item],
        };
        return all.iter().map(one).collect();
    }
    let mut groups: Vec<Slot<T>> = Vec::new();
    for item in all {
        let what = doing(item);
        match groups.iter_mut().find(|group| group.doing == what) {
            Some(group) => group.members.push(*item),
            None => groups.push(Slot {
                doing: what,
                members: vec![*item],
            }),
        }
    }
    let mut by_size: Vec<usize> = (0..groups.len()).collect();
    by_size.sort_by_key(|at| (groups[*at].members.len(), *at));
    let mut left = room.saturating_sub(groups.len());
    let mut alone = vec![0; groups.len()];
    for at in by_size {
        let many = groups[at].members.len();
        // The last slot of a group that has one for each holds one, not a pile.
        alone[at] = if many - 1 <= left { many - 1 } else { left };
        left -= alone[at];
    }
    let mut placed = Vec::with_capacity(room);
    for (mut group, alone) in groups.into_iter().zip(alone) {
        let rest = group.members.split_off(alone);
        let what = group.doing;
        placed.extend(group.members.into_iter().map(|item| Slot {
            doing: what,
            members: vec![item],
        }));
        placed.push(Slot {
            doing: what,
            members: rest,
        });
    }
    placed
}

#[cfg(test)]
mod tests {
    use super::*;
    use trilane_core::trace::SpanKind;

    #[track_caller]
    fn check(kinds: &str, room: usize, expect: &[usize]) {
        let all: Vec<char> = kinds.chars().collect();
        let doing = |c: &char| match c {
            'i' => Doing::State(SpanKind::Io),
            _ => Doing::State(SpanKind::Python),
        };
        let placed = slots(&all, doing, room);
        let sizes: Vec<usize> = placed.iter().map(|slot| slot.members.len()).collect();
        assert_eq!(sizes, expect, "{kinds} in {room}");
        assert!(
            placed
                .iter()
                .all(|slot| slot.members.iter().all(|c| doing(c) == slot.doing))
        );
    }

    #[test]
    fn those_without_room_stand_as_a_pile() {
        check("", 3, &[]);
        check("iip", 3, &[1, 1, 1]);
        check("iiii", 3, &[1, 1, 2]);
        check("iiiipiiii", 4, &[1, 1, 6, 1]);
        check("iiiipp", 1, &[4, 2]);
        check("pppiiiii", 5, &[1, 1, 1, 1, 4]);
    }
}
