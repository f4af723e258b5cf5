//! Ctrl-C: whatever must not outlive this program is taken away before it ends.

use std::path::PathBuf;
use std::process::Child;
use std::sync::{Mutex, MutexGuard, Once, PoisonError};

use tempfile::{NamedTempFile, TempDir};

/// Status of a program that SIGINT ended, as shells tell it: 128 + 2.
const INTERRUPTED: i32 = 130;

/// What there is to take away, with the number of its guard.
static LEFT: Mutex<Vec<(u64, Left)>> = Mutex::new(Vec::new());

/// Something that must not outlive this program.
#[derive(Debug)]
pub(crate) enum Left {
    /// One file.
    File(PathBuf),
    /// A folder with all in it.
    Folder(PathBuf),
    /// A child and all its own children, by the number of their process group.
    Group(i32),
}

/// Keeps something on the list while it lives.
#[derive(Debug)]
pub(crate) struct Guard(u64);

/// Makes something that must not outlive this program, with the handler in place and waiting: there is
/// no instant at which it is there and Ctrl-C leaves it.
pub(crate) fn keep<T, E>(
    make: impl FnOnce() -> Result<T, E>,
    left: impl FnOnce(&T) -> Left,
) -> Result<(T, Guard), E> {
    listen();
    let mut list = list();
    let made = make()?;
    let number = list.iter().map(|(number, _)| *number).max().unwrap_or(0) + 1;
    list.push((number, left(&made)));
    Ok((made, Guard(number)))
}

/// Puts the handler in place, where it is not yet.
pub(crate) fn listen() {
    static HANDLER: Once = Once::new();
    HANDLER.call_once(|| {
        // Without a handler Ctrl-C still ends the program; all that is lost is the tidying.
        let _ = ctrlc::set_handler(|| {
            // Kept until the end: nothing new begins meanwhile.
            let mut list = list();
            // Processes first: they may still write into the folders.
            list.sort_by_key(|(_, left)| !matches!(left, Left::Group(_)));
            for (_, left) in list.drain(..) {
                left.remove();
            }
            std::process::exit(INTERRUPTED);
        });
    });
}

fn list() -> MutexGuard<'static, Vec<(u64, Left)>> {
    LEFT.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Left {
    /// A file that is being written.
    pub(crate) fn file(file: &NamedTempFile) -> Left {
        Left::File(file.path().to_owned())
    }

    /// A folder for the time of a run.
    pub(crate) fn folder(folder: &TempDir) -> Left {
        Left::Folder(folder.path().to_owned())
    }

    /// A child that leads a process group of its own.
    pub(crate) fn group(child: &Child) -> Left {
        Left::Group(i32::try_from(child.id()).unwrap_or(0))
    }

    fn remove(self) {
        // Whatever is gone already needs no taking away.
        match self {
            Left::File(path) => drop(std::fs::remove_file(path)),
            Left::Folder(path) => drop(std::fs::remove_dir_all(path)),
            Left::Group(leader) => kill_group(leader),
        }
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        list().retain(|(number, _)| *number != self.0);
    }
}

/// Ends every process of a group, at once.
pub(crate) fn kill_group(leader: i32) {
    #[cfg(unix)]
    if leader > 1 {
        use nix::sys::signal::{Signal, killpg};
        use nix::unistd::Pid;
        let _ = killpg(Pid::from_raw(leader), Signal::SIGKILL);
    }
    #[cfg(not(unix))]
    let _ = leader;
}
