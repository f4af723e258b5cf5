//! What goes through the pipes between a pool's parent and its worker processes: small frames of fixed
//! form, with the payload's bytes behind them, copied each way as a task's input and output are.

use std::hint::black_box;
use std::io::{self, Read, Write};

use serde::{Deserialize, Serialize};

use crate::job::{Job, Kind};
use crate::records::Kept;

/// Numbers of a request: what, kind, task, count, time, payload.
const NUMBERS: usize = 6;
/// In the place of an answer's length: a worker's last words follow.
const TROUBLE: u64 = u64::MAX;

/// What a worker is to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Request {
    /// Whole tasks, one after another.
    Tasks { kind: u32, first: u32, count: u32 },
    /// A step of a task whose coroutine waits in the parent.
    Step {
        leaf: Leaf,
        kind: u32,
        task: u32,
        ns: u64,
    },
    /// Nothing more: say what happened, and end.
    End,
}

/// The steps that can be done elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Leaf {
    Cpu,
    Native,
    Io,
}

/// What a worker says at its end; its rows follow.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Ended {
    pub(crate) kept: Kept,
    pub(crate) rows: usize,
    pub(crate) cpu_ns: u64,
    pub(crate) peak: u64,
}

/// Sends a request with its payload.
pub(crate) fn send(out: &mut impl Write, request: Request, payload: &[u8]) -> io::Result<()> {
    let [what, kind, task, count, ns] = match request {
        Request::End => [0; 5],
        Request::Tasks { kind, first, count } => [1, kind.into(), first.into(), count.into(), 0],
        Request::Step {
            leaf,
            kind,
            task,
            ns,
        } => [2 + leaf as u64, kind.into(), task.into(), 0, ns],
    };
    let mut frame = [0; NUMBERS * 8];
    let numbers = [what, kind, task, count, ns, payload.len() as u64];
    let (eights, _) = frame.as_chunks_mut::<8>();
    for (eight, number) in eights.iter_mut().zip(numbers) {
        *eight = number.to_le_bytes();
    }
    out.write_all(&frame)?;
    out.write_all(payload)?;
    out.flush()
}

/// Receives a request and its payload.
pub(crate) fn receive(pipe: &mut impl Read) -> io::Result<(Request, Vec<u8>)> {
    let mut numbers = [0; NUMBERS];
    for number in &mut numbers {
        *number = read_number(pipe)?;
    }
    let [what, kind, task, count, ns, size] = numbers;
    let small = |number: u64| u32::try_from(number).map_err(|_| strange());
    let (kind, task) = (small(kind)?, small(task)?);
    let leaf = |leaf| Request::Step {
        leaf,
        kind,
        task,
        ns,
    };
    let request = match what {
        0 => Request::End,
        1 => Request::Tasks {
            kind,
            first: task,
            count: small(count)?,
        },
        2 => leaf(Leaf::Cpu),
        3 => leaf(Leaf::Native),
        4 => leaf(Leaf::Io),
        _ => return Err(strange()),
    };
    Ok((request, read_bytes(pipe, size)?))
}

/// Sends an answer.
pub(crate) fn answer(out: &mut impl Write, payload: &[u8]) -> io::Result<()> {
    out.write_all(&(payload.len() as u64).to_le_bytes())?;
    out.write_all(payload)?;
    out.flush()
}

/// Says why there is no answer.
pub(crate) fn last_words(out: &mut impl Write, words: &str) -> io::Result<()> {
    out.write_all(&TROUBLE.to_le_bytes())?;
    out.write_all(words.as_bytes())?;
    out.flush()
}

/// Receives an answer, or a worker's last words.
pub(crate) fn read_answer(pipe: &mut impl Read) -> io::Result<Result<Vec<u8>, String>> {
    match read_number(pipe)? {
        TROUBLE => {
            let mut words = String::new();
            pipe.read_to_string(&mut words)?;
            Ok(Err(words))
        }
        size => read_bytes(pipe, size).map(Ok),
    }
}

fn read_number(pipe: &mut impl Read) -> io::Result<u64> {
    let mut eight = [0; 8];
    pipe.read_exact(&mut eight)?;
    Ok(u64::from_le_bytes(eight))
}

fn read_bytes(pipe: &mut impl Read, size: u64) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; usize::try_from(size).map_err(|_| strange())?];
    pipe.read_exact(&mut bytes)?;
    Ok(bytes)
}

fn strange() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "not a frame of this program")
}

/// What a worker is handed with a request.
pub(crate) fn input(job: &Job, request: Request) -> Vec<u8> {
    payload(job, request, |kind| kind.input)
}

/// What it hands back.
pub(crate) fn output(job: &Job, request: Request) -> Vec<u8> {
    payload(job, request, |kind| kind.output)
}

fn payload(job: &Job, request: Request, of_task: impl Fn(&Kind) -> usize) -> Vec<u8> {
    let (kind, count) = match request {
        Request::Tasks { kind, count, .. } => (kind, count as usize),
        Request::Step { kind, .. } => (kind, 1),
        Request::End => return Vec::new(),
    };
    black_box(vec![
        1;
        of_task(&job.kinds[kind as usize]).saturating_mul(count)
    ])
}

impl Ended {
    /// What the thread that asks noted down, and what it used.
    pub(crate) fn new(kept: Kept, cpu_ns: u64, peak: u64) -> Ended {
        Ended {
            rows: kept.rows(),
            kept,
            cpu_ns,
            peak,
        }
    }

    /// Says it, as the answer to [`Request::End`].
    pub(crate) fn say(&self, out: &mut impl Write) -> io::Result<()> {
        answer(out, &serde_json::to_vec(self)?)?;
        self.kept.write_rows(out)
    }

    /// Hears it.
    pub(crate) fn hear(pipe: &mut impl Read) -> io::Result<Result<Ended, String>> {
        let told = match read_answer(pipe)? {
            Ok(told) => told,
            Err(words) => return Ok(Err(words)),
        };
        let mut ended: Ended = serde_json::from_slice(&told)?;
        ended.kept.read_rows(pipe, ended.rows)?;
        Ok(Ok(ended))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_comes_out_as_it_went_in() {
        let step = |leaf| Request::Step {
            leaf,
            kind: 3,
            task: u32::MAX,
            ns: u64::MAX,
        };
        let tasks = Request::Tasks {
            kind: 1,
            first: 7,
            count: 9,
        };
        for (request, payload) in [
            (Request::End, &b""[..]),
            (tasks, b"abc"),
            (step(Leaf::Cpu), b""),
            (step(Leaf::Native), b"x"),
            (step(Leaf::Io), b"yz"),
        ] {
            let mut pipe = Vec::new();
            send(&mut pipe, request, payload).expect("sent");
            let (got, bytes) = receive(&mut pipe.as_slice()).expect("received");
            assert_eq!((got, bytes.as_slice()), (request, payload));
        }
        assert!(receive(&mut [9; 48].as_slice()).is_err());
        assert!(receive(&mut [0; 5].as_slice()).is_err());
    }

    #[test]
    fn an_answer_is_bytes_or_last_words() {
        let mut pipe = Vec::new();
        answer(&mut pipe, b"abc").expect("sent");
        last_words(&mut pipe, "no more memory").expect("sent");
        let mut pipe = pipe.as_slice();
        assert_eq!(read_answer(&mut pipe).expect("read"), Ok(b"abc".to_vec()));
        let words = read_answer(&mut pipe).expect("read");
        assert_eq!(words, Err("no more memory".to_owned()));
    }
}
