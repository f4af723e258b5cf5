//! Locks and queues between processes: named pipes, whose bytes are permits or items.
//!
//! A pipe is the kernel's own semaphore: reading takes a permit out and waits for one, writing puts one
//! back and wakes a reader. Nothing is shared but a name in the folder of the run, so that a worker that
//! dies leaves nothing locked in memory, and what is left goes away with the folder.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::fd::AsFd;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::stat::Mode;

use super::clock::now;
use super::trouble::Trouble;
use crate::gil::Gil;
use crate::job::Job;
use crate::shared::Resource;

/// Bytes of an item: its task.
const ITEM: usize = 4;
/// Bytes that a pipe is asked to hold, the most that Linux grants without privileges (`pipe(7)`).
#[cfg(target_os = "linux")]
const ROOM: usize = 1 << 20;
#[cfg(not(target_os = "linux"))]
const ROOM: usize = 1 << 13;
/// Items that surely fit: half of the room may be lost where reads and writes leave pages half full.
const MOST_ITEMS: u64 = (ROOM / 2 / ITEM) as u64;
/// A worker does one task at a time, which holds few permits: more than this of any lock are never taken.
const MOST_PERMITS: u32 = 4_096;

/// A pipe of entries of one size.
#[derive(Debug)]
struct Pipe {
    /// Reads that wait: the kernel wakes one reader for an entry.
    waiting: File,
    /// Reads that do not, for a look and for waits with a limit.
    looking: File,
    size: usize,
}

/// Permits: a byte each.
#[derive(Debug)]
pub(crate) struct Tokens(Pipe);

/// A queue: a pipe of items, and one of the places that are free where it has a bound.
#[derive(Debug)]
pub(crate) struct Fifos {
    items: Pipe,
    places: Option<Tokens>,
}

fn name(prefix: &Path, index: usize, what: &str) -> PathBuf {
    let mut name = prefix.as_os_str().to_owned();
    name.push(format!(".{what}-{index}"));
    name.into()
}

/// Makes the pipes of a run; every process of it opens them by their names.
pub(crate) fn make(job: &Job, prefix: &Path) -> Result<Vec<Resource>, Trouble> {
    for (index, shared) in job.resources.iter().enumerate() {
        let most = match shared.capacity {
            Some(0) => job.puts(index),
            Some(capacity) => job.puts(index).min(u64::from(capacity)),
            None => 0,
        };
        if most > MOST_ITEMS {
            return Err(Trouble::Failed(format!(
                "`{}` may hold {most} items; a queue between processes holds at most {MOST_ITEMS}: lower \
                 its capacity, or take a plan with threads",
                shared.name
            )));
        }
        for what in ["permits", "items", "places"] {
            let path = name(prefix, index, what);
            let made = nix::unistd::mkfifo(&path, Mode::S_IRUSR | Mode::S_IWUSR);
            made.map_err(|errno| Trouble::of(&errno.into(), "making a pipe"))?;
        }
    }
    let resources = open(job, prefix)?;
    for (resource, shared) in resources.iter().zip(&job.resources) {
        match resource {
            Resource::FarLock(tokens) => tokens.fill(shared.permits.unwrap_or(1).min(MOST_PERMITS)),
            Resource::FarQueue(Fifos {
                places: Some(places),
                ..
            }) => places.fill(shared.capacity.unwrap_or(0)),
            _ => {}
        }
    }
    Ok(resources)
}

/// Opens what [`make`] made.
pub(crate) fn open(job: &Job, prefix: &Path) -> Result<Vec<Resource>, Trouble> {
    let open = |index: usize, what: &str, size: usize| {
        Pipe::open(&name(prefix, index, what), size)
            .map_err(|error| Trouble::of(&error, "opening a pipe"))
    };
    let mut resources = Vec::new();
    for (index, shared) in job.resources.iter().enumerate() {
        resources.push(match shared.capacity {
            None => Resource::FarLock(Tokens(open(index, "permits", 1)?)),
            Some(capacity) => {
                // A bound that is never reached needs no pipe for its places.
                let bound = capacity > 0 && u64::from(capacity) <= MOST_ITEMS;
                Resource::FarQueue(Fifos {
                    items: open(index, "items", ITEM)?,
                    places: match bound {
                        true => Some(Tokens(open(index, "places", 1)?)),
                        false => None,
                    },
                })
            }
        });
    }
    Ok(resources)
}

/// Takes the names away.
pub(crate) fn remove(job: &Job, prefix: &Path) {
    for index in 0..job.resources.len() {
        for what in ["permits", "items", "places"] {
            // The folder goes away anyway.
            let _ = std::fs::remove_file(name(prefix, index, what));
        }
    }
}

impl Pipe {
    fn open(path: &Path, size: usize) -> io::Result<Pipe> {
        // For both ways: opening for one would wait for somebody at the other end.
        let both = || OpenOptions::new().read(true).write(true).to_owned();
        let waiting = both().open(path)?;
        let looking = both()
            .custom_flags(nix::fcntl::OFlag::O_NONBLOCK.bits())
            .open(path)?;
        #[cfg(target_os = "linux")]
        {
            use nix::fcntl::{FcntlArg, fcntl};
            // Where it is not granted, 64 KiB hold less, and a `put` waits that should not.
            let _ = fcntl(&waiting, FcntlArg::F_SETPIPE_SZ(ROOM as i32));
        }
        Ok(Pipe {
            waiting,
            looking,
            size,
        })
    }

    /// Writes an entry. Writes of so few bytes are never cut in two (`pipe(7)`, `PIPE_BUF`).
    fn write(&self, entry: &[u8]) {
        if let Err(error) = (&self.waiting).write_all(entry) {
            super::control::give_up(&error, "writing into a pipe between workers");
        }
    }

    /// Reads an entry, if one comes in time.
    fn read(&self, gil: &Gil, deadline: Option<u64>) -> Option<[u8; ITEM]> {
        if let Some(entry) = self.look() {
            return Some(entry);
        }
        gil.without(|| match deadline {
            None => {
                let mut entry = [0; ITEM];
                match (&self.waiting).read_exact(&mut entry[..self.size]) {
                    Ok(()) => Some(entry),
                    Err(error) => super::control::give_up(&error, "reading from a pipe"),
                }
            }
            Some(deadline) => self.read_until(deadline),
        })
    }

    fn look(&self) -> Option<[u8; ITEM]> {
        let mut entry = [0; ITEM];
        match (&self.looking).read(&mut entry[..self.size]) {
            Ok(read) if read == self.size => Some(entry),
            // Somebody was quicker, or there is nothing.
            _ => None,
        }
    }

    fn read_until(&self, deadline: u64) -> Option<[u8; ITEM]> {
        loop {
            let left = deadline.saturating_sub(now());
            if left == 0 {
                return self.look();
            }
            let left = u16::try_from(left.div_ceil(1_000_000)).unwrap_or(u16::MAX);
            let mut fds = [PollFd::new(self.looking.as_fd(), PollFlags::POLLIN)];
            // Interrupted or woken for nothing: the clock decides.
            let _ = poll(&mut fds, PollTimeout::from(left));
            if let Some(entry) = self.look() {
                return Some(entry);
            }
        }
    }
}

impl Tokens {
    fn fill(&self, count: u32) {
        self.0.write(&vec![1; count as usize]);
    }

    /// Takes one; whether it was had in time.
    pub(crate) fn take(&self, gil: &Gil, deadline: Option<u64>) -> bool {
        self.0.read(gil, deadline).is_some()
    }

    /// Puts one back.
    pub(crate) fn give(&self) {
        self.0.write(&[1]);
    }
}

impl Fifos {
    /// Puts an item in; whether there was room in time.
    pub(crate) fn put(&self, item: u32, gil: &Gil, deadline: Option<u64>) -> bool {
        let room = match &self.places {
            Some(places) => places.take(gil, deadline),
            None => true,
        };
        if room {
            self.items.write(&item.to_le_bytes());
        }
        room
    }

    /// Takes an item out, if one came in time.
    pub(crate) fn get(&self, gil: &Gil, deadline: Option<u64>) -> Option<u32> {
        let item = self.items.read(gil, deadline)?;
        if let Some(places) = &self.places {
            places.give();
        }
        Some(u32::from_le_bytes(item))
    }
}
