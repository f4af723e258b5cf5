//! The command line, as clap reads it. The contract for every flag is docs and tests; help is here.

use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use clap_complete::Shell;

/// Shows and predicts how Python programs behave under threads, processes and asyncio.
///
/// Without a command: the first embedded example, raced under the default plans.
#[derive(Debug, Parser)]
#[command(name = "trilane", version, max_term_width = 80, after_help = AFTER_HELP)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

const AFTER_HELP: &str = "\
Exit status: 0 done (a deadlock is a result too), 1 the work failed, 2 the input is wrong.
Colours follow NO_COLOR, CLICOLOR_FORCE, COLORTERM and TERM.";

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Race a scenario under several plans, and say what held each back
    Simulate(Simulate),
    /// Which plan to take, why, and where the answer flips
    Advise(Advise),
    /// Run a scenario for real, on this machine's Python or in Rust, under several plans
    Measure(Measure),
    /// Put predicted beside measured, with the error between them
    Compare(Compare),
    /// Measure what things cost under a Python of this machine, and make a profile of it
    Calibrate(Calibrate),
    /// The Python program for a scenario and a plan
    Code(Code),
    /// Write a timeline: .svg, .png, .html, .json (Chrome trace), .pftrace (Perfetto) or .trilane
    Export(Export),
    /// A block of notes as the custom element that plays it, with its still picture
    Note(Note),
    /// Serve the page to a browser of this machine, with real runs behind it
    Serve(Serve),
    /// List the embedded examples, or print one
    Examples(Examples),
    /// The JSON Schema of scenario files
    Schema,
    /// Completions for a shell, on standard output
    Completions {
        /// The shell
        shell: Shell,
    },
}

/// What is to be run on which machine; shared by every command that simulates.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct Setup {
    /// A file (TOML, or JSON), "-" for standard input, or an embedded example's name
    /// [default: the first example]
    pub(crate) scenario: Option<String>,

    /// A plan: sync, threads(8), threads(each), processes(4), interpreters(4), asyncio(limit=100),
    /// asyncio+threads(8)+processes(4); "@3.14t" after it fixes its Python. May be repeated
    #[arg(long = "plan", value_name = "PLAN")]
    pub(crate) plans: Vec<String>,

    /// The Python of plans that do not fix theirs: 3.11 to 3.14, 3.13t, 3.14t
    /// [default: the newest with a GIL]
    #[arg(long, value_name = "VERSION")]
    pub(crate) python: Option<String>,

    /// What things cost: a profile file in place of the embedded one of its Python
    #[arg(long, value_name = "FILE")]
    pub(crate) profile: Option<PathBuf>,

    /// Cores of the simulated machine [default: the scenario's, or 4]
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = clap::value_parser!(u32).range(1..=1024))]
    pub(crate) cores: Option<u32>,

    /// Draws the work anew [default: the scenario's, or 0]
    #[arg(long, value_name = "S", allow_negative_numbers = true)]
    pub(crate) seed: Option<u64>,
}

#[derive(Args, Debug, Default)]
pub(crate) struct Simulate {
    #[command(flatten)]
    pub(crate) setup: Setup,

    /// Seed of the machine's own jitter (wake-ups, timers)
    #[arg(
        long,
        value_name = "J",
        default_value_t = 0,
        allow_negative_numbers = true
    )]
    pub(crate) jitter: u64,

    /// The figures as JSON
    #[arg(long, conflicts_with = "timeline")]
    pub(crate) json: bool,

    /// The lanes of every plan below its bar: threads, event loop, GIL
    #[arg(long)]
    pub(crate) timeline: bool,
}

#[derive(Args, Debug)]
pub(crate) struct Advise {
    #[command(flatten)]
    pub(crate) setup: Setup,

    /// The advice as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// What is to be run for real; shared by the commands that measure.
#[derive(Args, Clone, Debug)]
pub(crate) struct Real {
    /// A plan, as for `simulate`; "@gil" after it runs it in Rust behind an emulated GIL. May be
    /// repeated [default: the default set]
    #[arg(long = "plan", value_name = "PLAN")]
    pub(crate) plans: Vec<String>,

    /// A Python of this machine: a path, a name on PATH, or a version such as 3.12; or "rust", its
    /// twin on Rust's threads, processes and event loop. May be repeated [default: python3]
    #[arg(long = "python", value_name = "EXE|rust")]
    pub(crate) pythons: Vec<String>,

    /// Runs of each plan; the median is told
    #[arg(long, value_name = "N", default_value_t = 5, allow_negative_numbers = true, value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub(crate) repeat: u32,

    /// A run that takes longer is ended [default: 20 s, and 10 times what is predicted]
    #[arg(long, value_name = "SECONDS", allow_negative_numbers = true, value_parser = clap::value_parser!(u32).range(1..=86400))]
    pub(crate) timeout: Option<u32>,

    /// What an I/O step waits for: a sleep, or a server on loopback that answers late
    #[arg(long, value_name = "HOW", value_enum, default_value_t = Io::Sleep)]
    pub(crate) io: Io,

    /// Cores that the runs may use, at most this machine's [default: all]
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = clap::value_parser!(u32).range(1..=1024))]
    pub(crate) cores: Option<u32>,

    /// Draws the work anew [default: the scenario's, or 0]
    #[arg(long, value_name = "S", allow_negative_numbers = true)]
    pub(crate) seed: Option<u64>,

    /// What things cost, for the prediction: a profile file in place of the embedded one of its
    /// Python. May be repeated
    #[arg(long = "profile", value_name = "FILE")]
    pub(crate) profiles: Vec<PathBuf>,
}

/// What an I/O step waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Io {
    /// `time.sleep` and `asyncio.sleep`, or their Rust twins
    Sleep,
    /// A socket of a server on loopback
    Sockets,
}

#[derive(Args, Debug)]
pub(crate) struct Measure {
    /// A file (TOML, or JSON), "-" for standard input, or an embedded example's name
    /// [default: the first example]
    pub(crate) scenario: Option<String>,

    #[command(flatten)]
    pub(crate) real: Real,

    /// The figures as JSON
    #[arg(long, conflicts_with = "timeline")]
    pub(crate) json: bool,

    /// The lanes of every plan below its bar: threads, event loop, GIL
    #[arg(long)]
    pub(crate) timeline: bool,

    /// Write what was measured into this file too, to drop on the page: .json (every run, with its
    /// figures and its timeline) or .trilane (the timeline of one run)
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
}

#[derive(Args, Debug)]
pub(crate) struct Compare {
    /// Files (TOML, or JSON), "-" for standard input, or names of embedded examples
    /// [default: the first example]
    pub(crate) scenarios: Vec<String>,

    #[command(flatten)]
    pub(crate) real: Real,

    /// The rows as JSON: one document, or a list of them for several scenarios
    #[arg(long, conflicts_with = "timeline")]
    pub(crate) json: bool,

    /// The two timelines of every plan, one above the other on one axis
    #[arg(long)]
    pub(crate) timeline: bool,

    /// Draw predicted above measured, plan by plan, into this file
    #[arg(long, value_name = "FILE")]
    pub(crate) svg: Option<PathBuf>,
}

#[derive(Args, Debug)]
pub(crate) struct Calibrate {
    /// The Python: a path, a name on PATH, or a version such as 3.12 [default: python3]
    #[arg(long, value_name = "EXE")]
    pub(crate) python: Option<String>,

    /// Where to write the profile, for --profile [default: standard output]
    #[arg(short, long, value_name = "PROFILE")]
    pub(crate) output: Option<PathBuf>,

    /// Take few samples: a look within seconds, not a profile to keep
    #[arg(long)]
    pub(crate) quick: bool,
}

#[derive(Args, Debug)]
pub(crate) struct Code {
    /// A file (TOML, or JSON), "-" for standard input, or an embedded example's name
    /// [default: the first example]
    pub(crate) scenario: Option<String>,

    /// The plan to write the program for: threads(8), asyncio, processes(4)@3.14
    #[arg(long, value_name = "PLAN")]
    pub(crate) plan: String,

    /// The Python to write it for, where the plan does not fix it
    /// [default: the newest with a GIL]
    #[arg(long, value_name = "VERSION")]
    pub(crate) python: Option<String>,

    /// Cores that a pool without a number is sized for [default: the scenario's, or 4]
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = clap::value_parser!(u32).range(1..=1024))]
    pub(crate) cores: Option<u32>,
}

#[derive(Args, Debug)]
pub(crate) struct Export {
    #[command(flatten)]
    pub(crate) setup: Setup,

    /// Seed of the machine's own jitter (wake-ups, timers)
    #[arg(
        long,
        value_name = "J",
        default_value_t = 0,
        allow_negative_numbers = true
    )]
    pub(crate) jitter: u64,

    /// A picture of the kitchen at the instant --at in place of the timeline: threads as cooks, the GIL
    /// as their stove, tasks as pans. Takes .svg or .png, and one plan, the first
    #[arg(long, requires = "at")]
    pub(crate) kitchen: bool,

    /// The instant of the run that --kitchen shows: 158ms, 1.5s
    #[arg(long, value_name = "TIME", requires = "kitchen")]
    pub(crate) at: Option<String>,

    /// Width of the kitchen, px [default: 1000]
    #[arg(long, value_name = "PX", requires = "kitchen", allow_negative_numbers = true, value_parser = clap::value_parser!(u32).range(320..=4000))]
    pub(crate) width: Option<u32>,

    /// A chapter of the course as a page of its own, .html: its name in the course's addresses, such as gil
    #[arg(
        long,
        value_name = "NAME",
        conflicts_with_all = ["scenario", "plans", "python", "profile", "cores", "seed", "jitter", "kitchen"]
    )]
    pub(crate) chapter: Option<String>,

    /// The language of the chapter [default: en]
    #[arg(long, value_name = "CODE", requires = "chapter")]
    pub(crate) language: Option<String>,

    /// Where to write; the ending says what: .svg, .png, .html (a page of its own, with the race, its
    /// figures and the lanes), .json (Chrome trace), .pftrace (Perfetto), .trilane (Trilane's own, to drop
    /// on the page).
    /// A picture of one plan shows its lanes, of several (or of the default set) the race; a trace
    /// holds one plan, the first
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: PathBuf,
}

/// Reads a block, as chapters and notes have it between two fences, runs it, holds it to what it expects, and
/// prints HTML for its place: the custom element, which has a still picture and words within for whoever has
/// no scripts. Whatever is wrong with the block is printed in its place, and on standard error; the status
/// is 2 then.
#[derive(Args, Debug)]
pub(crate) struct Note {
    /// A file with what stands between the fences, or "-" for standard input
    #[arg(default_value = "-")]
    pub(crate) block: String,

    /// Only the still picture, as SVG; nothing for a flowchart
    #[arg(long, conflicts_with = "png")]
    pub(crate) svg: bool,

    /// Only the still picture, as PNG, for whatever takes no SVG
    #[arg(long)]
    pub(crate) png: bool,

    /// The language of its words: en or de
    #[arg(long, value_name = "CODE", default_value = "en")]
    pub(crate) lang: String,

    /// What messages call the file that the block stands in [default: the file that is read]
    #[arg(long, value_name = "NAME")]
    pub(crate) name: Option<String>,

    /// The line of that file on which the block begins
    #[arg(long, value_name = "N", default_value_t = 1, allow_negative_numbers = true, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) line: u32,
}

/// Prints an address to open in a browser, and serves until Ctrl-C. The page can then run scenarios for
/// real, on the Pythons of this machine and in Rust, and calibrate.
///
/// Only browsers of this machine that were opened with the printed address are answered: the token in it is
/// a key, new with every start.
#[derive(Args, Debug)]
pub(crate) struct Serve {
    /// Where to listen; 0 takes a free one
    #[arg(long, value_name = "N", default_value_t = 8080)]
    pub(crate) port: u16,

    /// The address to listen on. Another than loopback lets other machines in, and needs the flag below
    #[arg(long, value_name = "ADDR", default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    pub(crate) host: IpAddr,

    /// Goes with --host: whoever on the network sees the token, which travels unencrypted, can start
    /// programs on this machine under your name
    #[arg(long = "i-know-that-others-can-run-code-here")]
    pub(crate) exposed: bool,
}

#[derive(Args, Debug)]
pub(crate) struct Examples {
    /// Print this example's text
    #[arg(conflicts_with = "json")]
    pub(crate) name: Option<String>,

    /// The list as JSON
    #[arg(long)]
    pub(crate) json: bool,
}
