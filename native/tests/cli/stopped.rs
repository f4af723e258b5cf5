//! Ctrl-C, `kill` and closed pipes: what is left behind when `export` does not get to its end.

use std::fs::File;
use std::io::Read;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Child, ExitStatus, Stdio};
use std::sync::OnceLock;

use rustix::process::{Pid, Signal, kill_process};

use crate::common::trilane;

/// What stands in the file before.
const BEFORE: &str = "what was there";
/// A write that is over before the signal comes is tried again, so often at most.
const TRIES: usize = 40;

/// Begins to write a trace of some megabytes: time enough to be stopped in.
fn begin(path: &Path) -> Child {
    let path = path.to_str().expect("UTF-8");
    let args = [
        "export",
        "--plan",
        "asyncio",
        "-o",
        path,
        "ten-thousand-sockets",
    ];
    let mut command = trilane(&args);
    command.stdout(Stdio::null()).stderr(Stdio::null());
    command.spawn().expect("the binary starts")
}

fn send(child: &Child, signal: Signal) {
    let pid = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
    // A zombie can be sent a signal too: the child is there until it is waited for.
    kill_process(pid.expect("a process id"), signal).expect("sent");
}

/// Whether the file to write into is there, beside the one it will become.
fn is_writing(place: &Path) -> bool {
    let names = std::fs::read_dir(place).expect("a readable directory");
    names
        .flatten()
        .any(|entry| entry.file_name().to_string_lossy().starts_with(".trilane-"))
}

/// What the same command writes when nobody stops it.
fn whole() -> &'static [u8] {
    static WHOLE: OnceLock<Vec<u8>> = OnceLock::new();
    WHOLE.get_or_init(undisturbed)
}

fn undisturbed() -> Vec<u8> {
    let place = tempfile::tempdir().expect("a temporary directory");
    let path = place.path().join("a.json");
    let status = begin(&path).wait().expect("it ends");
    assert_eq!(status.code(), Some(0));
    std::fs::read(&path).expect("it was written")
}

/// Sends the signal while the file is being written, until a run was stopped by it.
fn stopped(signal: Signal, mut check: impl FnMut(&Path, ExitStatus)) {
    let whole = whole();
    for _ in 0..TRIES {
        let place = tempfile::tempdir().expect("a temporary directory");
        let path = place.path().join("a.json");
        std::fs::write(&path, BEFORE).expect("written");
        let mut child = begin(&path);
        let early = loop {
            if is_writing(place.path()) {
                break None;
            }
            let done = child.try_wait().expect("it can be waited for");
            if done.is_some() {
                break done;
            }
            std::thread::yield_now();
        };
        if early.is_none() {
            send(&child, signal);
        }
        let status = child.wait().expect("it ends");
        let left = std::fs::read(&path).expect("it is there");
        if left != BEFORE.as_bytes() {
            assert!(left == whole, "half a file: {} bytes", left.len());
        }
        if status.code() == Some(0) || left == whole {
            continue;
        }
        check(place.path(), status);
        return;
    }
    panic!("each of {TRIES} writes was over before the signal came");
}

#[test]
fn a_stop_takes_the_half_file_away_and_leaves_what_was_there() {
    for signal in [Signal::INT, Signal::TERM, Signal::HUP] {
        stopped(signal, |place, status| {
            assert_eq!(status.code(), Some(130), "{signal:?}");
            assert!(!is_writing(place), "{signal:?}: half a file is left");
        });
    }
}

/// Nobody can tidy up after this one; what was there is there all the same.
#[test]
fn a_kill_leaves_what_was_there() {
    stopped(Signal::KILL, |_, status| {
        assert_eq!(status.signal(), Some(Signal::KILL.as_raw()));
    });
}

/// While there is no file yet, nothing has to be tidied, and the program just ends.
#[test]
fn a_stop_before_anything_is_written_leaves_nothing() {
    let place = tempfile::tempdir().expect("a temporary directory");
    let mut child = begin(&place.path().join("a.json"));
    send(&child, Signal::INT);
    let status = child.wait().expect("it ends");
    assert!(
        status.code() == Some(130) || status.signal() == Some(Signal::INT.as_raw()),
        "{status:?}"
    );
    let left = std::fs::read_dir(place.path()).expect("readable").count();
    assert_eq!(left, 0);
}

#[test]
fn a_pipe_whose_reader_leaves_ends_quietly() {
    let place = tempfile::tempdir().expect("a temporary directory");
    let path = place.path().join("a.json");
    let mode = rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR;
    rustix::fs::mknodat(rustix::fs::CWD, &path, rustix::fs::FileType::Fifo, mode, 0)
        .expect("a pipe");
    let mut child = begin(&path);
    let mut reader = File::open(&path).expect("the writer has opened it");
    let mut some = [0; 16];
    reader.read_exact(&mut some).expect("it writes");
    drop(reader);
    let status = child.wait().expect("it ends");
    assert_eq!(status.code(), Some(0), "{status:?}");
    assert!(some.starts_with(b"{"));
}
