//! Running real Pythons: the machine's `python3`, whatever its version, and 3.14 for what no older one
//! has.

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
    python().run(args, folder)
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
        panic!("{file} does not start ({error}): `apt-get install -y python3` installs python3")
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

/// A Python that runs programs here.
pub(crate) struct Python {
    /// Its own file: `python3` may be a script that looks for it, at every start.
    file: String,
    /// `(3, 11)`.
    version: (u32, u32),
}

impl Python {
    /// Asks it what it is.
    fn at(file: &str) -> Option<Python> {
        let code = "import sys; print(*sys.version_info[:2], sys.executable)";
        let ran = run_file(file, &["-c", code], Path::new("."));
        let mut words = ran.stdout.trim().splitn(3, ' ');
        let mut number = || words.next().and_then(|word| word.parse().ok());
        Some(Python {
            version: (number()?, number()?),
            file: words.next()?.to_owned(),
        })
    }

    /// The version to write programs for: `3.11`.
    pub(crate) fn version(&self) -> String {
        format!("{}.{}", self.version.0, self.version.1)
    }

    /// Runs it with warnings as errors, and ends it where it hangs.
    pub(crate) fn run(&self, args: &[&str], folder: &Path) -> Ran {
        run_file(&self.file, args, folder)
    }
}

/// The Python on the path, asked once.
pub(crate) fn python() -> &'static Python {
    static PYTHON: OnceLock<Python> = OnceLock::new();
    PYTHON.get_or_init(|| Python::at("python3").expect("python3 says what it is"))
}

/// A Python with interpreter pools: the one on the path, or the 3.14 that `cargo xtask tools` finds on
/// the machine or fetches. Tests fail where there is none: what they check is checked everywhere.
pub(crate) fn newest() -> &'static Python {
    static NEWEST: OnceLock<Python> = OnceLock::new();
    NEWEST.get_or_init(|| {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/tools");
        let tool = root.join("python-3.14/bin/python3.14");
        let there = [Path::new("python3"), &tool].into_iter().find_map(|file| {
            let usable = file == Path::new("python3") || file.exists();
            let python = usable.then(|| Python::at(&file.to_string_lossy())).flatten()?;
            (python.version >= (3, 14)).then_some(python)
        });
        there.expect(
            "interpreter pools need Python 3.14: `cargo xtask tools python-3.14` finds or fetches it",
        )
    })
}

/// The Python to run a plan with.
pub(crate) fn for_plan(plan: &str) -> &'static Python {
    match plan.starts_with("interpreters") {
        true => newest(),
        false => python(),
    }
}
