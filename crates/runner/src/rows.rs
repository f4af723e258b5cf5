//! Reading the records of a run: a line of JSON, then rows of seven 64-bit numbers.

use serde::Deserialize;
use trilane_core::trace::measured::{self, Code, NOBODY, Notes, Row};
use trilane_core::trace::{RunInfo, ThreadInfo, ThreadRole, Trace};
use trilane_core::units::Time;
use trilane_core::workload::Workload;

const FIELDS: usize = 7;

#[derive(Debug, Deserialize)]
struct Header {
    threads: Vec<Thread>,
    rows: usize,
}

#[derive(Debug, Deserialize)]
struct Thread {
    role: String,
    number: u32,
    process: u32,
    interpreter: u32,
    born: u64,
}

/// What ran, besides its work.
#[derive(Clone, Debug)]
pub struct About {
    /// The plan, as one writes it.
    pub plan: String,
    /// The Python's name.
    pub python: String,
    /// Whether its threads take an interpreter lock.
    pub gil: bool,
    /// Cores that it had.
    pub cores: u32,
    /// Most memory that it added, bytes, if known.
    pub peak_bytes: Option<u64>,
    /// Why it did not go to its end, if it did not.
    pub stopped: Option<String>,
}

/// The trace of some work that began at `start`, ns, by the clock of the records that a runner wrote.
///
/// # Errors
/// What is wrong with the records, to follow "the records of a run".
pub fn trace(bytes: &[u8], start: u64, work: &Workload, about: About) -> Result<Trace, String> {
    let (threads, rows) = parse(bytes, start)?;
    let mut tasks = Vec::with_capacity(work.tasks as usize);
    for (number, kind) in (0u32..).zip(&work.kinds) {
        tasks.extend((0..kind.count).map(|index| (number, index)));
    }
    let info = RunInfo {
        plan: about.plan,
        python: about.python,
        gil: about.gil,
        cores: about.cores,
        kinds: work.kinds.iter().map(|kind| kind.name.clone()).collect(),
        tasks: work.tasks,
    };
    let notes = Notes {
        threads,
        rows,
        tasks,
        peak_bytes: about.peak_bytes,
        stopped: about.stopped,
    };
    Ok(measured::trace(info, notes))
}

/// The threads and rows of a run that began at `start` by the same clock.
fn parse(bytes: &[u8], start: u64) -> Result<(Vec<ThreadInfo>, Vec<Row>), String> {
    let line = bytes
        .iter()
        .position(|&byte| byte == b'\n')
        .ok_or("has no first line")?;
    let header: Header = serde_json::from_slice(&bytes[..line])
        .map_err(|error| format!("begin with a line that is none of ours: {error}"))?;
    let body = &bytes[line + 1..];
    let expected = header.rows.checked_mul(FIELDS * 8);
    if expected != Some(body.len()) {
        return Err(format!(
            "hold {} bytes, and {} rows take {} bytes each",
            body.len(),
            header.rows,
            FIELDS * 8
        ));
    }
    let count = header.threads.len();
    let since = |time: u64| time.saturating_sub(start);
    let mut threads = Vec::with_capacity(count);
    for thread in header.threads {
        threads.push(ThreadInfo {
            role: role(&thread.role).ok_or(format!("name the role `{}`", thread.role))?,
            number: thread.number,
            process: thread.process,
            interpreter: thread.interpreter,
            born: Time::from_nanos(since(thread.born)),
        });
    }
    let mut rows = Vec::with_capacity(header.rows);
    for bytes in body.chunks_exact(FIELDS * 8) {
        rows.push(row(bytes, &since, count)?);
    }
    Ok((threads, rows))
}

fn row(bytes: &[u8], since: &dyn Fn(u64) -> u64, threads: usize) -> Result<Row, String> {
    let mut fields = [0i64; FIELDS];
    for (field, eight) in fields.iter_mut().zip(bytes.chunks_exact(8)) {
        *field = i64::from_le_bytes(eight.try_into().map_err(|_| "are cut off")?);
    }
    let [code, thread, task, a, b, c, d] = fields;
    let code = Code::from_number(code).ok_or(format!("hold a row with the code {code}"))?;
    let thread = u32::try_from(thread).unwrap_or(NOBODY);
    if thread != NOBODY && thread as usize >= threads {
        return Err(format!("hold a row of thread {thread}, of {threads}"));
    }
    let number = |value: i64| u64::try_from(value).unwrap_or(0);
    let time = |value: i64| since(number(value));
    // A branch's `b` is a task, not a time.
    let b = match code {
        Code::Branch => number(b),
        _ => time(b),
    };
    Ok(Row {
        code,
        thread,
        task: u32::try_from(task).unwrap_or(NOBODY),
        a: time(a),
        b,
        c: number(c),
        d: number(d),
    })
}

fn role(name: &str) -> Option<ThreadRole> {
    Some(match name {
        "main" => ThreadRole::Main,
        "loop" => ThreadRole::Loop,
        "worker" => ThreadRole::Worker,
        "process" => ThreadRole::Process,
        "interpreter" => ThreadRole::Interpreter,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(header: &str, rows: &[[i64; FIELDS]]) -> Vec<u8> {
        let mut bytes = format!("{header}\n").into_bytes();
        for field in rows.iter().flatten() {
            bytes.extend(field.to_le_bytes());
        }
        bytes
    }

    const ONE: &str = r#"{"threads": [{"role": "main", "number": 0, "process": 0, "interpreter": 0, "born": 90}], "rows": 1}"#;

    #[test]
    fn times_count_from_the_start_of_the_run() {
        let bytes = file(ONE, &[[5, 0, 7, 110, 150, 30, 5]]);
        let (threads, rows) = parse(&bytes, 100).expect("sound");
        assert_eq!(threads[0].born, Time::ZERO);
        let Row { a, b, c, d, .. } = rows[0];
        assert_eq!((a, b, c, d), (10, 50, 30, 5));
        assert_eq!(rows[0].code, Code::Python);
        let bytes = file(ONE, &[[1, -1, 9, 110, 3, 0, 0]]);
        let (_, rows) = parse(&bytes, 100).expect("sound");
        assert_eq!((rows[0].b, rows[0].thread), (3, NOBODY));
    }

    #[test]
    fn what_is_none_of_ours_is_refused() {
        let check = |bytes: Vec<u8>, expect: &str| {
            let error = parse(&bytes, 0).expect_err("refused");
            assert!(error.contains(expect), "{error}");
        };
        check(b"rubbish".to_vec(), "no first line");
        check(b"rubbish\n".to_vec(), "none of ours");
        check(file(ONE, &[]), "0 bytes");
        check(file(ONE, &[[99, 0, 0, 0, 0, 0, 0]]), "code 99");
        check(file(ONE, &[[5, 4, 0, 0, 0, 0, 0]]), "thread 4");
    }
}
