//! What a worker process does: it is told its setting, then does what it is asked, item by item.

use std::io::{self, BufReader, BufWriter, Write};
use std::os::fd::AsFd;
use std::sync::Arc;
use std::sync::atomic::AtomicU32;

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use trilane_core::trace::measured::Code;

use super::clock::now;
use super::control::{self, fail, give_up};
use super::processes::read_setting;
use super::trouble::Trouble;
use super::usage::Usage;
use super::{fifo, files};
use crate::blocking::Steps;
use crate::gil::Gil;
use crate::records::{Book, Role, put};
use crate::wire::{self, Ended, Request};
use crate::work::Work;

/// The whole life of a worker process.
pub(crate) fn work() {
    control::speak_as_worker();
    std::thread::spawn(end_with_parent);
    let mut requests = BufReader::new(io::stdin().lock());
    let setting = read_setting(&mut requests)
        .unwrap_or_else(|error| give_up(&error, "reading a worker's setting"));
    let steps = (|| {
        let job = Arc::new(files::load(&setting.job)?);
        let port = job.io.map(|server| server.port);
        Ok(Arc::new(Steps {
            draws: Arc::new(files::each_draw(&job)?),
            shared: match &setting.pipes {
                Some(prefix) => fifo::open(&job, prefix)?,
                None => Vec::new(),
            },
            work: Work::new(setting.speed, Gil::new(setting.gil), port),
            spawn: None,
            ids: AtomicU32::new(job.tasks),
            job,
        }))
    })();
    let steps = steps.unwrap_or_else(|trouble: Trouble| fail(&trouble));
    let usage = Usage::begin();
    let book = Arc::new(Book::default());
    let here = book.begin(Role::Process);
    let mut answers = BufWriter::new(io::stdout().lock());
    let gil = &steps.work.gil;
    gil.take();
    loop {
        let request = gil.without(|| wire::receive(&mut requests));
        // The parent is gone, or about to be.
        let Ok((request, _input)) = request else {
            return;
        };
        match request {
            Request::End => break,
            Request::Tasks { kind, first, count } => {
                for task in first..first + count {
                    steps.task(kind as usize, task);
                }
            }
            Request::Step { leaf, task, ns, .. } => {
                let a = now();
                steps.work.leaf(leaf, task, ns);
                put(Code::Work, task, [a, now(), 0, 0]);
            }
        }
        let output = wire::output(&steps.job, request);
        if gil.without(|| wire::answer(&mut answers, &output)).is_err() {
            return;
        }
    }
    drop(here);
    for kept in book.settle() {
        // Who does not listen any more has no use for it.
        let _ = Ended::new(kept, usage.cpu_ns(), usage.peak()).say(&mut answers);
    }
    let _ = answers.flush();
}

/// Ends this process when the pipe from its parent closes, whatever it is at. A thread that waits in the
/// kernel disturbs no measurement.
fn end_with_parent() {
    let stdin = io::stdin();
    loop {
        let mut fds = [PollFd::new(stdin.as_fd(), PollFlags::empty())];
        let _ = poll(&mut fds, PollTimeout::NONE);
        let closed = fds[0].revents().unwrap_or(PollFlags::empty());
        if closed.intersects(PollFlags::POLLHUP | PollFlags::POLLERR) {
            std::process::exit(1);
        }
    }
}
