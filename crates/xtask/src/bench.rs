//! `cargo xtask bench`: Trilane and its peers on the same drawn work, side by side in one run.
//!
//! The measuring itself is in the package `trilane-bench` (and in its SimPy script): one engine, one
//! workload, one size, one fresh process a call. Here the calls are interleaved and repeated, and
//! the least is taken: the clock of a machine, of a virtual one above all, may have a fast and a
//! slow mode, and every engine is to be measured in the fast one. The makespans are compared,
//! because engines that do not agree on the answer cannot be compared in speed.

mod gates;
mod report;
mod web;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};
use serde::{Deserialize, Serialize};

use crate::process::{cargo, execute, output};
use crate::written::between_marks;

/// The SimPy that is measured.
const SIMPY: &str = "simpy==4.1.2";
/// Measured calls of each engine, workload and size.
const REPEATS: usize = 5;
/// The same where a call takes a moment: so many processes rarely all miss the fast mode.
const REPEATS_SMALL: usize = 12;
/// The most tasks of a small size.
const SMALL: u32 = 10_000;
/// A call that takes longer than this is made only once.
const LONG_S: f64 = 4.0;

/// Who is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Engine {
    Trilane,
    Recording,
    RecordingFirst,
    Heap,
    NexosimOne,
    NexosimEach,
    Simpy,
    HoldHeap,
    HoldLadder,
}

impl Engine {
    const ALL: [Engine; 9] = [
        Engine::Trilane,
        Engine::Recording,
        Engine::RecordingFirst,
        Engine::Heap,
        Engine::NexosimOne,
        Engine::NexosimEach,
        Engine::Simpy,
        Engine::HoldHeap,
        Engine::HoldLadder,
    ];

    fn name(self) -> &'static str {
        match self {
            Engine::Trilane => "trilane",
            Engine::Recording => "trilane-recording",
            Engine::RecordingFirst => "trilane-recording-first",
            Engine::Heap => "heap",
            Engine::NexosimOne => "nexosim-one-model",
            Engine::NexosimEach => "nexosim-model-a-task",
            Engine::Simpy => "simpy",
            Engine::HoldHeap => "hold-heap",
            Engine::HoldLadder => "hold-ladder",
        }
    }

    /// The most tasks it is given, and why not more.
    fn limit(self, full: bool) -> (u32, &'static str) {
        match self {
            Engine::Simpy if !full => (100_000, "minutes a run; --full does not cut it"),
            Engine::NexosimEach => (100_000, "over 4 kB a task"),
            _ => (u32::MAX, ""),
        }
    }

    /// How far its makespan may lie from the plain state machine's, as a share.
    ///
    /// The plain machine, SimPy and the one-model nexosim follow the same rules to the nanosecond.
    /// Others may take equal or nearly equal events in another order, which shifts who waits for
    /// whom: nexosim's models start in no given order; CPython's switch interval, which Trilane
    /// follows, runs from when a waiter begins to wait and not from when the holder began to hold;
    /// and its event loop rounds a wait up to whole milliseconds. All of them are busy with the same
    /// work for the same time, so what remains is the chance of which task ends last.
    fn tolerance(self) -> Option<f64> {
        match self {
            Engine::Heap | Engine::NexosimOne | Engine::Simpy => Some(1e-9),
            Engine::Trilane | Engine::Recording | Engine::RecordingFirst | Engine::NexosimEach => {
                Some(0.005)
            }
            Engine::HoldHeap | Engine::HoldLadder => None,
        }
    }
}

/// One engine on one workload of one size.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Case {
    workload: &'static str,
    n: u32,
    engine: Engine,
}

/// What one call prints.
#[derive(Debug, Default, Deserialize)]
struct Sample {
    #[serde(default)]
    ns_per_event: f64,
    #[serde(default)]
    makespan_ns: u64,
    #[serde(default)]
    bytes_per_task: Option<f64>,
    #[serde(default)]
    times_bare: Option<f64>,
}

/// A row of the result, as written to `--json`.
#[derive(Clone, Debug, Serialize)]
struct Row {
    engine: &'static str,
    workload: &'static str,
    n: u32,
    ns_per_event: f64,
    bytes_per_task: Option<f64>,
    /// Of recording: how many times as long it takes as the same run without.
    times_bare: Option<f64>,
}

/// All rows, by case.
type Rows = BTreeMap<Case, Row>;

/// What was asked for.
struct Options {
    json: Option<PathBuf>,
    quick: bool,
    full: bool,
    web: bool,
}

const WORKLOADS: [&str; 2] = ["thr", "aio"];

pub(crate) fn run(root: &Path, arguments: &[String]) -> Result<()> {
    let options = options(arguments)?;
    if options.web {
        return web::run(root, options.json.as_ref(), options.quick);
    }
    let place = root.join("target/bench");
    std::fs::create_dir_all(&place).with_context(|| format!("cannot make {}", place.display()))?;
    execute(cargo(root).args(["build", "--release", "--package", "trilane-bench"]))?;
    let python = simpy(root, &place)?;
    let tools = Tools {
        root,
        place: &place,
        python,
    };

    let sizes: &[u32] = match options.quick {
        true => &[1_000, 10_000],
        false => &[1_000, 10_000, 100_000, 1_000_000],
    };
    let mut rows = Rows::new();
    let mut disagreements = Vec::new();
    for &n in sizes {
        let repeats = match n {
            _ if options.quick => REPEATS,
            ..=SMALL => REPEATS_SMALL,
            _ => REPEATS,
        };
        for workload in WORKLOADS {
            tools.draw(workload, n)?;
            let samples = tools.measure(workload, n, repeats, options.full)?;
            disagreements.extend(disagreeing(&samples));
            for (case, samples) in samples {
                rows.insert(case, tools.row(case, &samples)?);
            }
        }
    }

    let gates = gates::judge(&rows);
    let table = report::markdown(root, &tools.python, &rows, &gates, options.full)?;
    println!("{table}");
    if let Some(path) = &options.json {
        let rows: Vec<&Row> = rows.values().collect();
        let text = serde_json::to_string_pretty(&rows)? + "\n";
        std::fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))?;
    }
    if !options.quick {
        between_marks(&root.join("docs/BENCHMARKS.md"), "bench", &table)?;
        // The README has the figures without the gates.
        let (figures, _) = table.split_once(report::GATES).unwrap_or((&table, ""));
        between_marks(&root.join("README.md"), "bench", figures)?;
    }
    ensure!(
        disagreements.is_empty(),
        "the engines do not agree on when the work ends:\n  {}",
        disagreements.join("\n  ")
    );
    Ok(())
}

fn options(arguments: &[String]) -> Result<Options> {
    let mut options = Options {
        json: None,
        quick: false,
        full: false,
        web: false,
    };
    let mut arguments = arguments.iter();
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--quick" => options.quick = true,
            "--full" => options.full = true,
            "--web" => options.web = true,
            "--json" => {
                let path = arguments
                    .next()
                    .context("`--json` needs a file to write to")?;
                options.json = Some(PathBuf::from(path));
            }
            other => bail!("`{other}` is no option of bench: --web, --quick, --full, --json FILE"),
        }
    }
    Ok(options)
}

/// A virtual environment with SimPy, made where there is none yet.
fn simpy(root: &Path, place: &Path) -> Result<PathBuf> {
    let venv = place.join("venv");
    let bin = venv.join(if cfg!(windows) { "Scripts" } else { "bin" });
    let python = bin.join("python");
    let version = "import simpy; print('simpy==' + simpy.__version__)";
    let installed = output(Command::new(&python).args(["-c", version]));
    if installed.is_some_and(|installed| installed.trim() == SIMPY) {
        return Ok(python);
    }
    let base = if cfg!(windows) { "python" } else { "python3" };
    execute(
        Command::new(base)
            .current_dir(root)
            .args(["-m", "venv", "--clear"])
            .arg(&venv),
    )?;
    execute(Command::new(&python).args(["-m", "pip", "install", "--quiet", SIMPY]))?;
    Ok(python)
}

/// Where the programs are that measure.
struct Tools<'a> {
    root: &'a Path,
    place: &'a Path,
    python: PathBuf,
}

impl Tools<'_> {
    fn draws(&self, workload: &str, n: u32) -> PathBuf {
        self.place.join(format!("{workload}-{n}.draws"))
    }

    fn binary(&self, name: &str) -> Command {
        Command::new(self.root.join("target/release").join(name))
    }

    fn draw(&self, workload: &str, n: u32) -> Result<()> {
        let mut command = self.binary("time");
        command
            .args(["draw", workload, &n.to_string()])
            .arg(self.draws(workload, n));
        execute(&mut command)
    }

    /// Calls every engine in turn, and all of them again, until each has its repeats.
    fn measure(
        &self,
        workload: &'static str,
        n: u32,
        repeats: usize,
        full: bool,
    ) -> Result<BTreeMap<Case, Vec<Sample>>> {
        let mut samples: BTreeMap<Case, Vec<Sample>> = BTreeMap::new();
        let mut once = Vec::new();
        for repeat in 0..repeats {
            for engine in Engine::ALL {
                if n > engine.limit(full).0 || once.contains(&engine) {
                    continue;
                }
                let case = Case {
                    workload,
                    n,
                    engine,
                };
                let start = std::time::Instant::now();
                let sample = self.call(case)?;
                let seconds = start.elapsed().as_secs_f64();
                eprintln!(
                    "{workload} {n:>7} {:<20} {:>10.1} ns/event, {}/{repeats}",
                    engine.name(),
                    sample.ns_per_event,
                    repeat + 1
                );
                // A pair of runs is compared with itself, and one pair says little.
                if seconds > LONG_S && engine != Engine::Recording {
                    once.push(engine);
                }
                samples.entry(case).or_default().push(sample);
            }
        }
        Ok(samples)
    }

    fn call(&self, case: Case) -> Result<Sample> {
        let draws = self.draws(case.workload, case.n);
        let n = case.n.to_string();
        let mut command = match case.engine {
            Engine::Simpy => {
                let mut command = Command::new(&self.python);
                command.arg(self.root.join("crates/bench/simpy_peer.py"));
                command.args([case.workload, &n]).arg(draws).arg("1");
                command
            }
            engine => {
                let mut command = self.binary("time");
                command
                    .args(["run", engine.name(), case.workload, &n])
                    .arg(draws);
                command
            }
        };
        parse(&mut command)
    }

    /// The least of the samples, with the memory of a task.
    fn row(&self, case: Case, samples: &[Sample]) -> Result<Row> {
        let bytes_per_task = match case.engine {
            Engine::HoldHeap | Engine::HoldLadder => None,
            Engine::Simpy => samples[0].bytes_per_task,
            engine => {
                let mut command = self.binary("memory");
                command.args([engine.name(), case.workload, &case.n.to_string()]);
                parse(command.arg(self.draws(case.workload, case.n)))?.bytes_per_task
            }
        };
        let times = samples.iter().map(|sample| sample.ns_per_event);
        let mut times_bare: Vec<f64> = samples.iter().filter_map(|s| s.times_bare).collect();
        times_bare.sort_unstable_by(f64::total_cmp);
        Ok(Row {
            engine: case.engine.name(),
            workload: case.workload,
            n: case.n,
            ns_per_event: times.fold(f64::INFINITY, f64::min),
            bytes_per_task,
            times_bare: times_bare.get(times_bare.len() / 2).copied(),
        })
    }
}

/// Runs a command that prints one line of JSON.
fn parse(command: &mut Command) -> Result<Sample> {
    let output = command
        .output()
        .with_context(|| format!("cannot run {command:?}"))?;
    if !output.status.success() {
        bail!(
            "{command:?} failed: {}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
    serde_json::from_slice(&output.stdout)
        .with_context(|| format!("{command:?} printed no line of JSON"))
}

/// Every makespan that lies too far from the plain state machine's.
fn disagreeing(samples: &BTreeMap<Case, Vec<Sample>>) -> Vec<String> {
    let reference = samples
        .iter()
        .find(|(case, _)| case.engine == Engine::Heap)
        .map_or(0, |(_, samples)| samples[0].makespan_ns);
    let mut found = Vec::new();
    for (case, samples) in samples {
        let Some(tolerance) = case.engine.tolerance() else {
            continue;
        };
        for sample in samples {
            let error = sample.makespan_ns as f64 / reference as f64 - 1.0;
            if error.abs() > tolerance {
                found.push(format!(
                    "{} {}: {} gives {} ns, {:+.3} % off the plain machine's {reference} ns; allowed are {} %",
                    case.workload,
                    case.n,
                    case.engine.name(),
                    sample.makespan_ns,
                    error * 100.0,
                    tolerance * 100.0
                ));
            }
        }
    }
    found.dedup();
    found
}
