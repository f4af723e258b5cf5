//! The flowchart, as far as it needs no browser: where answers lead.

use trilane_core::advice::Family;
use trilane_core::advice::flowchart::Question;

/// Where some answers lead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Met {
    /// To a question.
    Ask(Question),
    /// To an end.
    End(Family),
}

/// A question of the flowchart, its way in, and the end that one of its answers is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fork {
    /// The question.
    pub question: Question,
    /// Which answer goes on to the next question, or to the last end.
    pub goes_on: bool,
    /// Where the other answer ends.
    pub ends: Family,
}

/// The flowchart: at each fork one answer ends, and the other goes on to the next.
pub const FORKS: [Fork; 3] = [
    Fork {
        question: Question::Cpu,
        goes_on: false,
        ends: Family::Processes,
    },
    Fork {
        question: Question::Io,
        goes_on: true,
        ends: Family::Sync,
    },
    Fork {
        question: Question::Library,
        goes_on: false,
        ends: Family::Asyncio,
    },
];

/// Where the last fork's other answer ends.
pub const LAST: Family = Family::Threads;

/// Where answers lead. What is answered beyond an end counts for nothing.
pub fn leads(answers: &[bool]) -> Met {
    for (at, fork) in FORKS.iter().enumerate() {
        match answers.get(at) {
            None => return Met::Ask(fork.question),
            Some(answer) if *answer != fork.goes_on => return Met::End(fork.ends),
            Some(_) => {}
        }
    }
    Met::End(LAST)
}

/// The answers up to an end.
pub fn met(answers: &[bool]) -> Vec<bool> {
    let past = (FORKS.iter().zip(answers)).position(|(fork, answer)| *answer != fork.goes_on);
    let most = past.map_or(FORKS.len(), |at| at + 1);
    answers.iter().copied().take(most).collect()
}

/// The answers that lead to a fork, and give this one there.
pub fn answers_to(fork: usize, answer: bool) -> Vec<bool> {
    let before = FORKS.iter().take(fork).map(|fork| fork.goes_on);
    before.chain([answer]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use trilane_core::advice::flowchart::walk;
    use trilane_core::advice::work::Work;
    use trilane_core::{examples, race};

    #[test]
    fn answers_lead_to_every_end_and_to_no_other() {
        let check = |answers: &[bool], expect: Met| {
            assert_eq!(leads(answers), expect, "{answers:?}");
            assert_eq!(leads(&met(answers)), expect, "{answers:?}");
        };
        check(&[], Met::Ask(Question::Cpu));
        check(&[false], Met::Ask(Question::Io));
        check(&[false, true], Met::Ask(Question::Library));
        check(&[true], Met::End(Family::Processes));
        check(&[false, false], Met::End(Family::Sync));
        check(&[false, true, true], Met::End(Family::Asyncio));
        check(&[false, true, false], Met::End(Family::Threads));
        assert_eq!(met(&[true, true, true, true]), [true]);
        assert_eq!(met(&[false, true, true, false]), [false, true, true]);
        assert_eq!(answers_to(2, true), [false, true, true]);
        assert_eq!(answers_to(0, true), [true]);
    }

    /// The chart on the page is the one that core walks.
    #[test]
    fn what_a_scenario_answers_leads_where_core_says() {
        for example in examples::all() {
            let scenario = race::read(example.text()).expect("an example");
            let walk = walk(&Work::of(&scenario));
            let answers: Vec<bool> = walk.decisions.iter().map(|one| one.yes).collect();
            assert_eq!(leads(&answers), Met::End(walk.answer), "{}", example.name);
            assert_eq!(met(&answers), answers);
            for (fork, decision) in FORKS.iter().zip(&walk.decisions) {
                assert_eq!(fork.question, decision.question, "{}", example.name);
            }
        }
    }
}
