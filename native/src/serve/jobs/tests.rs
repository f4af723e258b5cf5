use std::sync::mpsc::{Receiver, Sender};

use super::*;
use crate::failure::bad_input;

/// A job that says when it begins, and ends when it is told how, or cancelled.
fn job() -> (Work, Receiver<()>, Sender<Result<Outcome>>) {
    let (began, begins) = channel();
    let (end, ends) = channel::<Result<Outcome>>();
    let work: Work = Box::new(move |cancel, tell| {
        tell(Progress {
            part: "run",
            left_ms: 7_000,
            ..Progress::default()
        });
        let _ = began.send(());
        loop {
            if let Ok(result) = ends.recv_timeout(Duration::from_millis(1)) {
                return result;
            }
            cancel.check()?;
        }
    });
    (work, begins, end)
}

fn run<T>(work: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    runtime.expect("a runtime").block_on(work)
}

/// Listens until it is over, and gives the last event.
fn last(jobs: &Arc<Jobs>, job: &Arc<Job>) -> (&'static str, String) {
    let mut listener = Listener::new(jobs, Arc::clone(job));
    run(async {
        loop {
            let stage = listener.next().await.expect("it goes on");
            if stage.is_over() {
                return stage.event();
            }
        }
    })
}

#[test]
fn one_runs_and_eight_wait() {
    let jobs = Jobs::start().expect("a thread");
    let (work, begins, end) = job();
    let first = jobs.add(work).expect("there is room");
    begins.recv().expect("it begins");
    let mut queue = Vec::new();
    for ahead in 1..=8 {
        let (work, begins, end) = job();
        let job = jobs.add(work).expect("there is room");
        assert!(matches!(*job.stage.borrow(), Stage::Queued(n) if n == ahead));
        queue.push((job, begins, end));
    }
    let (work, ..) = job();
    assert_eq!(jobs.add(work).map(|job| job.id), Err(Full { retry_s: 7 }));
    // One that is cancelled makes room, and the others move up.
    jobs.cancel(&queue[0].0, "for a test");
    assert!(matches!(*queue[1].0.stage.borrow(), Stage::Queued(1)));
    let (work, ..) = job();
    jobs.add(work).expect("there is room");
    end.send(Ok(Outcome {
        document: json!({ "a": 1 }),
        traces: vec![vec![1, 2]],
    }))
    .expect("it listens");
    assert_eq!(last(&jobs, &first), ("done", "{\"a\":1}".to_owned()));
    assert_eq!(first.trace(0), Some(Bytes::from_static(&[1, 2])));
    assert_eq!(first.trace(1), None);
    queue[1].1.recv().expect("the next begins");
    assert!(matches!(*queue[2].0.stage.borrow(), Stage::Queued(1)));
}

#[test]
fn a_failure_is_told_with_who_is_to_blame() {
    let jobs = Jobs::start().expect("a thread");
    let check = |result: Result<Outcome>, expect: &str| {
        let (work, _begins, end) = job();
        let job = jobs.add(work).expect("there is room");
        end.send(result).expect("it listens");
        assert_eq!(last(&jobs, &job), ("failed", expect.to_owned()));
    };
    check(
        Err(anyhow!("a disk is full")),
        r#"{"error":"a disk is full","input":false}"#,
    );
    check(
        Err(bad_input("no such plan")),
        r#"{"error":"no such plan","input":true}"#,
    );
}

#[test]
fn whoever_leaves_last_cancels() {
    let jobs = Jobs::start().expect("a thread");
    let (work, begins, _end) = job();
    let job = jobs.add(work).expect("there is room");
    let (one, other) = (
        Listener::new(&jobs, Arc::clone(&job)),
        Listener::new(&jobs, Arc::clone(&job)),
    );
    begins.recv().expect("it begins");
    drop(one);
    assert!(!job.cancel.asked());
    drop(other);
    let event = last(&jobs, &job);
    assert_eq!(
        event,
        ("cancelled", r#"{"why":"its page was closed"}"#.to_owned())
    );
}

#[test]
fn what_nobody_listens_to_or_takes_too_long_is_cancelled() {
    let jobs = Jobs::start().expect("a thread");
    let (work, begins, _end) = job();
    let first = jobs.add(work).expect("there is room");
    begins.recv().expect("it begins");
    jobs.cancel_unheard(&first);
    assert_eq!(last(&jobs, &first).0, "cancelled");
    let (work, ..) = job();
    let alone = Jobs::default().add(work).expect("there is room");
    let Stage::Cancelled(why) = alone.run(Duration::from_millis(20)) else {
        panic!("it has a limit");
    };
    assert!(why.contains("longer"), "{why}");
}

#[test]
fn only_the_last_few_are_remembered() {
    let jobs = Jobs::start().expect("a thread");
    for _ in 0..=MOST_KEPT {
        let (work, _begins, end) = job();
        let job = jobs.add(work).expect("there is room");
        end.send(Ok(Outcome::default())).expect("it listens");
        assert_eq!(last(&jobs, &job).0, "done");
    }
    assert!(jobs.find(1).is_none());
    assert!(jobs.find(2).is_some());
    assert!(jobs.find(99).is_none());
}
