//! Running the real `python3`.

use std::io::Read;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

/// Longer than any program here takes by far, even on a busy machine; what takes longer hangs.
const PATIENCE: Duration = Duration::from_secs(40);

/// What a program did.
pub(crate) struct Ran {
    pub(crate) ok: bool,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// Runs `python3 -W error` with these arguments, and ends it where it hangs.
pub(crate) fn run(args: &[&str], folder: &Path) -> Ran {
    run_file(&python().file, args, folder)
}

fn run_file(file: &str, args: &[&str], folder: &Path) -> Ran {
    let child = Command::new(file)
        .args(["-W", "error"])
        .args(args)
        .current_dir(folder)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .spawn();
    let mut child = child.unwrap_or_else(|error| {
        panic!("python3 does not start ({error}): install it with `apt-get install -y python3`")
    });
    // Read beside the wait: a full pipe would stop the program for ever.
    let (stdout, stderr) = (drain(child.stdout.take()), drain(child.stderr.take()));
    let started = Instant::now();
    let status = loop {
        match child.try_wait().expect("python3 can be waited for") {
            Some(status) => break Some(status),
            None if started.elapsed() > PATIENCE => {
                // The whole group: workers that live on would hold the pipes open.
                let group = format!("-{}", child.id());
                let killed = Command::new("kill").args(["-KILL", "--", &group]).status();
                killed.expect("kill starts");
                child.wait().expect("python3 can be waited for");
                break None;
            }
            None => std::thread::sleep(Duration::from_millis(5)),
        }
    };
    let mut stderr = stderr.join().expect("the reader does not panic");
    if status.is_none() {
        stderr.push_str("(killed: it hung)");
    }
    Ran {
        ok: status.is_some_and(|status| status.success()),
        stdout: stdout.join().expect("the reader does not panic"),
        stderr,
    }
}

fn drain(pipe: Option<impl Read + Send + 'static>) -> std::thread::JoinHandle<String> {
    std::thread::spawn(move || {
        let mut text = Vec::new();
        if let Some(mut pipe) = pipe {
            pipe.read_to_end(&mut text).expect("a pipe can be read");
        }
        String::from_utf8_lossy(&text).into_owned()
    })
}

/// The Python on the path.
pub(crate) struct Python {
    /// Its own file: `python3` may be a script that looks for it, at every start.
    file: String,
    /// `(3, 11)`.
    pub(crate) version: (u32, u32),
}

/// The Python on the path, asked once.
pub(crate) fn python() -> &'static Python {
    static PYTHON: OnceLock<Python> = OnceLock::new();
    PYTHON.get_or_init(|| {
        let code = "import sys; print(*sys.version_info[:2], sys.executable)";
        let ran = run_file("python3", &["-c", code], Path::new("."));
        let mut words = ran.stdout.trim().splitn(3, ' ');
        let mut number = || words.next().and_then(|word| word.parse().ok());
        match (number(), number(), words.next()) {
            (Some(major), Some(minor), Some(file)) => Python {
                file: file.to_owned(),
                version: (major, minor),
            },
            _ => panic!(
                "python3 does not say what it is: {}{}",
                ran.stdout, ran.stderr
            ),
        }
    })
}

/// The version to write programs for: `3.11`.
pub(crate) fn version() -> String {
    let (major, minor) = python().version;
    format!("{major}.{minor}")
}
