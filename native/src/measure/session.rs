//! A running harness: one process that takes requests and answers them, a line each.
//!
//! It leads a process group of its own, so that whatever happens to it, or to this program, all that
//! it started ends with it. It may die, hang or print rubbish: each is a [`Trouble`] with a name, and
//! the last that it said on standard error.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde::de::DeserializeOwned;
use serde_json::Value;
use thiserror::Error;

use super::cancel::{Cancel, Cancelled, Held};
use crate::stop::{self, Left};

/// An interpreter starts, and imports what it needs, within a second; on a busy machine in some.
const START: Duration = Duration::from_secs(30);
/// How long a harness may take to end when it is asked to.
const END: Duration = Duration::from_secs(3);
/// As much of standard error is kept.
const STDERR_BYTES: usize = 16 * 1024;
/// As many of its last lines are told.
const STDERR_LINES: usize = 6;

/// What can happen to a harness.
#[derive(Debug, Error)]
pub(crate) enum Trouble {
    /// It could not be started.
    #[error("cannot start `{program}`: {reason}")]
    Start { program: String, reason: String },
    /// It ended before it answered.
    #[error("{who} {how} before it answered{stderr}")]
    Died {
        who: &'static str,
        how: String,
        stderr: String,
    },
    /// It did not answer in time.
    #[error(
        "{who} did not answer within {seconds} s and was ended: give it longer with --timeout SECONDS{stderr}"
    )]
    Hung {
        who: &'static str,
        seconds: u64,
        stderr: String,
    },
    /// It said something that is no answer.
    #[error("{who} answered with something else than a result: `{line}`{stderr}")]
    Rubbish {
        who: &'static str,
        line: String,
        stderr: String,
    },
    /// It said what went wrong.
    #[error("{0}")]
    Said(String),
    /// It was ended because somebody wanted it so.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}

/// A harness that has said hello.
#[derive(Debug)]
pub(crate) struct Session {
    /// What it runs, for people.
    who: &'static str,
    child: Child,
    stdin: Option<ChildStdin>,
    lines: Receiver<Vec<u8>>,
    stderr: Arc<Mutex<Vec<u8>>>,
    /// Closed once nothing more can come on it.
    heard: Receiver<()>,
    cancel: Cancel,
    _held: Held,
    _group: stop::Guard,
}

impl Session {
    /// Starts a harness and waits for its first word.
    pub(crate) fn start(
        mut command: Command,
        who: &'static str,
        timeout: Option<Duration>,
        cancel: &Cancel,
    ) -> Result<Session, Trouble> {
        cancel.check()?;
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let started = stop::keep(|| command.spawn(), Left::group);
        let (mut child, group) = started.map_err(|error| Trouble::Start {
            program: command.get_program().display().to_string(),
            reason: crate::failure::reason(&error),
        })?;
        let held = cancel.holds(i32::try_from(child.id()).unwrap_or(0));
        let (sender, lines) = channel();
        let stdout = child.stdout.take();
        std::thread::spawn(move || stdout.map(|stdout| read_lines(stdout, &sender)));
        let stderr = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&stderr);
        let pipe = child.stderr.take();
        let (hears, heard) = channel();
        std::thread::spawn(move || {
            if let Some(pipe) = pipe {
                keep_tail(pipe, &kept);
            }
            drop(hears);
        });
        let mut session = Session {
            who,
            stdin: child.stdin.take(),
            child,
            lines,
            stderr,
            heard,
            cancel: cancel.clone(),
            _held: held,
            _group: group,
        };
        let hello: Value = session.answer(timeout.unwrap_or(START))?;
        match hello.get("hello") {
            Some(_) => Ok(session),
            None => Err(session.rubbish(hello.to_string().as_bytes())),
        }
    }

    /// Asks for something and waits for the answer.
    pub(crate) fn ask<T: DeserializeOwned>(
        &mut self,
        request: &Value,
        limit: Duration,
    ) -> Result<T, Trouble> {
        if let Some(stdin) = &mut self.stdin {
            // A harness that is gone shows when it is listened to.
            let _ = writeln!(stdin, "{request}").and_then(|()| stdin.flush());
        }
        let answer: Value = self.answer(limit)?;
        if let Some(error) = answer.get("error") {
            return Err(Trouble::Said(said(error)));
        }
        let line = answer.to_string();
        serde_json::from_value(answer).map_err(|_| self.rubbish(line.as_bytes()))
    }

    fn answer(&mut self, limit: Duration) -> Result<Value, Trouble> {
        match self.lines.recv_timeout(limit) {
            Ok(line) => serde_json::from_slice(&line).map_err(|_| self.rubbish(&line)),
            Err(RecvTimeoutError::Timeout) => {
                self.kill();
                Err(Trouble::Hung {
                    who: self.who,
                    seconds: limit.as_secs(),
                    stderr: self.last_words(),
                })
            }
            Err(RecvTimeoutError::Disconnected) => {
                self.cancel.check()?;
                let how = self.status();
                Err(Trouble::Died {
                    who: self.who,
                    how,
                    stderr: self.last_words(),
                })
            }
        }
    }

    /// The child has closed its output: how it ended.
    fn status(&mut self) -> String {
        match self.wait() {
            Some(status) => ending(status),
            None => {
                self.kill();
                "closed its output".to_owned()
            }
        }
    }

    /// Waits a while for it to end by itself.
    fn wait(&mut self) -> Option<ExitStatus> {
        let deadline = Instant::now() + END;
        while Instant::now() < deadline {
            match self.child.try_wait() {
                Ok(None) => std::thread::sleep(Duration::from_millis(2)),
                Ok(ended) => return ended,
                Err(_) => return None,
            }
        }
        None
    }

    fn rubbish(&mut self, line: &[u8]) -> Trouble {
        self.kill();
        let line = String::from_utf8_lossy(&line[..line.len().min(200)]);
        Trouble::Rubbish {
            who: self.who,
            line: crate::term::sanitise(line.trim_end()),
            stderr: self.last_words(),
        }
    }

    /// The end of what it said on standard error, as a part of a sentence; empty if nothing.
    fn last_words(&self) -> String {
        // What is on its way through the pipe when a process dies comes a moment later: on a busy machine a
        // long one. Something that it has started may hold the pipe open.
        let _ = self.heard.recv_timeout(Duration::from_secs(1));
        let kept = self
            .stderr
            .lock()
            .map(|kept| kept.clone())
            .unwrap_or_default();
        let text = String::from_utf8_lossy(&kept);
        let lines: Vec<&str> = text
            .lines()
            .filter(|line| !line.trim().is_empty())
            .collect();
        match lines.len() {
            0 => String::new(),
            n => format!(
                "; it last said:\n  {}",
                lines[n.saturating_sub(STDERR_LINES)..].join("\n  ")
            ),
        }
    }

    /// Lets it end by itself, and makes it end if it does not.
    pub(crate) fn finish(mut self) {
        drop(self.stdin.take());
        self.wait();
    }

    fn kill(&mut self) {
        stop::kill_group(i32::try_from(self.child.id()).unwrap_or(0));
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        // Also after a good end: a child of its own that it forgot still is in the group.
        self.kill();
    }
}

/// `{"error": …}` says it in one line.
fn said(error: &Value) -> String {
    match error.as_str() {
        Some(text) => crate::term::sanitise(text),
        None => error.to_string(),
    }
}

fn ending(status: ExitStatus) -> String {
    #[cfg(unix)]
    if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
        return match nix::sys::signal::Signal::try_from(signal) {
            Ok(signal) => format!("was ended by {signal}"),
            Err(_) => format!("was ended by signal {signal}"),
        };
    }
    match status.code() {
        Some(code) => format!("ended with status {code}"),
        None => "ended".to_owned(),
    }
}

/// Sends whole lines on until the pipe ends. A line without end is rubbish, and not kept for long.
fn read_lines(pipe: impl Read, lines: &Sender<Vec<u8>>) {
    const LONGEST: u64 = 16 * 1024 * 1024;
    let mut pipe = BufReader::new(pipe);
    loop {
        let mut line = Vec::new();
        match pipe.by_ref().take(LONGEST).read_until(b'\n', &mut line) {
            Ok(0) | Err(_) => return,
            Ok(_) => {
                if lines.send(line).is_err() {
                    return;
                }
            }
        }
    }
}

fn keep_tail(mut pipe: impl Read, kept: &Mutex<Vec<u8>>) {
    let mut buffer = [0; 4096];
    while let Ok(count) = pipe.read(&mut buffer) {
        if count == 0 {
            return;
        }
        if let Ok(mut kept) = kept.lock() {
            kept.extend_from_slice(&buffer[..count]);
            let surplus = kept.len().saturating_sub(STDERR_BYTES);
            kept.drain(..surplus);
        }
    }
}
