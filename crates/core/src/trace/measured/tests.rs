use super::*;
use crate::trace::{laws, view};

const MS: u64 = 1_000_000;

fn thread(role: ThreadRole, number: u32) -> ThreadInfo {
    ThreadInfo {
        role,
        number,
        process: 0,
        interpreter: 0,
        born: Time::ZERO,
    }
}

fn row(code: Code, thread: u32, task: u32, a: u64, b: u64, c: u64, d: u64) -> Row {
    Row {
        code,
        thread,
        task,
        a: a * MS,
        b: b * MS,
        c: c * MS,
        d: d * MS,
    }
}

fn made(gil: bool, threads: Vec<ThreadInfo>, tasks: u32, rows: Vec<Row>) -> Trace {
    let info = RunInfo {
        plan: "threads(2)".to_owned(),
        python: "3.13".to_owned(),
        gil,
        cores: 8,
        kinds: vec!["page".to_owned()],
        tasks,
    };
    let notes = Notes {
        threads,
        rows,
        tasks: (0..tasks).map(|index| (0, index)).collect(),
        peak_bytes: Some(1_000),
        stopped: None,
    };
    trace(info, notes)
}

/// Every lane of the trace in short: `page[0]: PoolWait 1, Python 4 @1`, times in ms.
fn told(trace: &Trace) -> Vec<String> {
    let lanes = view::lanes(trace);
    let mut told = Vec::new();
    for (id, spans) in (0u32..).zip(&lanes.tasks) {
        let spans: Vec<String> = spans
            .iter()
            .map(|span| {
                let ms = (span.end.as_nanos() - span.start.as_nanos()) / MS;
                match span.thread {
                    Some(thread) => format!("{:?} {ms} @{thread}", span.kind),
                    None => format!("{:?} {ms}", span.kind),
                }
            })
            .collect();
        told.push(format!("{}: {}", trace.task_name(id), spans.join(", ")));
    }
    told
}

#[test]
fn a_thread_that_waits_for_the_lock_and_a_core() {
    let threads = vec![
        thread(ThreadRole::Main, 0),
        thread(ThreadRole::Worker, 0),
        thread(ThreadRole::Worker, 1),
    ];
    let rows = vec![
        row(Code::Arrive, NOBODY, 0, 0, 0, 0, 0),
        row(Code::Begin, 1, 0, 1, 0, 0, 0),
        row(Code::Python, 1, 0, 1, 11, 4, 2),
        row(Code::Native, 1, 0, 11, 20, 5, 1),
        row(Code::Io, 1, 0, 20, 40, 10, 0),
        row(Code::End, 1, 0, 40, 0, 0, 0),
    ];
    let trace = made(true, threads, 1, rows);
    assert_eq!(
        told(&trace),
        [
            "page[0]: PoolWait 1, GilWait 4 @1, CoreWait 2 @1, Python 4 @1, CoreWait 1 @1, \
             Native 5 @1, GilWait 3 @1, Io 10 @1, CoreWait 0 @1, GilWait 9 @1"
        ]
    );
    assert_eq!(laws::check(&trace), Vec::<String>::new());
    assert_eq!(trace.outcome, Outcome::Completed);
}

#[test]
fn a_coroutine_whose_step_an_executor_runs() {
    let threads = vec![thread(ThreadRole::Loop, 0), thread(ThreadRole::Worker, 0)];
    let rows = vec![
        row(Code::Arrive, NOBODY, 0, 0, 0, 0, 0),
        row(Code::Begin, 0, 0, 2, 0, 0, 0),
        row(Code::Io, 0, 0, 2, 15, 10, 0),
        row(Code::Offload, 0, 0, 15, 30, 0, 0),
        row(Code::Work, 1, 0, 18, 25, 0, 0),
        row(Code::Python, 1, 0, 18, 25, 7, 0),
        row(Code::End, 0, 0, 30, 0, 0, 0),
        row(Code::Idle, 0, NOBODY, 3, 12, 0, 0),
    ];
    let trace = made(false, threads, 1, rows);
    assert_eq!(
        told(&trace),
        ["page[0]: LoopWait 2, Io 10, LoopWait 3, PoolWait 3, Python 7 @1, LoopWait 5"]
    );
    assert_eq!(laws::check(&trace), Vec::<String>::new());
}

#[test]
fn work_that_goes_on_for_nobody_is_its_threads_own() {
    let threads = vec![thread(ThreadRole::Loop, 0), thread(ThreadRole::Worker, 0)];
    let rows = vec![
        row(Code::Arrive, NOBODY, 0, 0, 0, 0, 0),
        row(Code::Begin, 0, 0, 0, 0, 0, 0),
        row(Code::Offload, 0, 0, 0, 10, 0, 0),
        row(Code::Work, 1, 0, 1, 50, 0, 0),
        row(Code::Io, 1, 0, 1, 50, 49, 0),
        row(Code::Cut, 0, 0, 10, 0, 0, 0),
        row(Code::Io, 0, 0, 10, 20, 10, 0),
        row(Code::End, 0, 0, 20, 0, 0, 0),
    ];
    let trace = made(false, threads, 1, rows);
    assert_eq!(told(&trace), ["page[0]: PoolWait 1, Io 9 @1, Io 10"]);
    assert!(trace.tasks[0].timed_out);
    assert_eq!(laws::check(&trace), Vec::<String>::new());
}

#[test]
fn a_task_that_did_not_end_stops_the_run() {
    let rows = vec![
        row(Code::Arrive, NOBODY, 0, 0, 0, 0, 0),
        row(Code::Begin, 0, 0, 1, 0, 0, 0),
        row(Code::Branch, 0, 1, 1, 0, 0, 0),
        row(Code::Python, 0, 0, 1, 3, 2, 0),
    ];
    let trace = made(true, vec![thread(ThreadRole::Main, 0)], 1, rows);
    let Outcome::Stopped(reason) = &trace.outcome else {
        panic!("{:?}", trace.outcome);
    };
    assert!(reason.contains("1 task"), "{reason}");
    assert_eq!(trace.tasks[1].parent, Some(0));
}

#[test]
fn a_loop_that_took_less_cpu_time_than_it_seems_to_have_worked_waited() {
    let rows = |cpu| {
        vec![
            row(Code::Arrive, NOBODY, 0, 0, 0, 0, 0),
            row(Code::Begin, 0, 0, 2, 0, 0, 0),
            row(Code::Python, 0, 0, 2, 4, 2, 0),
            row(Code::End, 0, 0, 4, 0, 0, 0),
            row(Code::Idle, 0, NOBODY, 12, 13, 0, 0),
            row(Code::Idle, 0, NOBODY, 14, 15, 0, 0),
            row(Code::Cpu, 0, NOBODY, 0, 15, cpu, 0),
        ]
    };
    let check = |others: &[ThreadRole], cpu, expect: [SpanKind; 3]| {
        let mut threads = vec![thread(ThreadRole::Loop, 0)];
        threads.extend(others.iter().map(|&role| thread(role, 1)));
        let trace = made(true, threads, 1, rows(cpu));
        let spans = &view::lanes(&trace).threads[0];
        let told: Vec<SpanKind> = spans
            .iter()
            .filter(|span| !matches!(span.kind, SpanKind::Idle | SpanKind::Python))
            .map(|span| span.kind)
            .collect();
        assert_eq!(told, expect, "{cpu} ms of CPU time");
    };
    use SpanKind::{CoreWait, GilWait, Overhead};
    let worker = [ThreadRole::Worker];
    check(&worker, 13, [Overhead, Overhead, Overhead]);
    check(&worker, 5, [Overhead, GilWait, Overhead]);
    check(&[], 5, [Overhead, CoreWait, Overhead]);
    check(&worker, 3, [GilWait, GilWait, Overhead]);
}

#[test]
fn figures_of_a_thread_follow_its_time_and_not_the_order_of_tasks() {
    // A loop's own work between two tasks is told after both of them.
    let rows = vec![
        row(Code::Arrive, NOBODY, 0, 0, 0, 0, 0),
        row(Code::Arrive, NOBODY, 1, 0, 0, 0, 0),
        row(Code::Begin, 0, 0, 2, 0, 0, 0),
        row(Code::Python, 0, 0, 2, 12, 10, 0),
        row(Code::End, 0, 0, 12, 0, 0, 0),
        row(Code::Begin, 0, 1, 14, 0, 0, 0),
        row(Code::Python, 0, 1, 14, 24, 10, 0),
        row(Code::End, 0, 1, 24, 0, 0, 0),
    ];
    let trace = made(false, vec![thread(ThreadRole::Loop, 0)], 2, rows);
    let report = crate::report::report(&trace);
    assert!(
        (report.cores_busy - 1.0).abs() < 1e-9,
        "{}",
        report.cores_busy
    );
    assert_eq!(report.context_switches, 1);
}
